//! Which node pools may be used.

use std::collections::BTreeSet;

use super::{Cluster, Pool};
use crate::context::Context;
use crate::domain::assignment::Unsuitable;
use crate::error::{Error, Kind, Result};

impl Cluster {
    /// Like [`Cluster::pools`], and refuses a cluster without a pool that can hold identities.
    ///
    /// # Errors
    /// As [`Cluster::pools`], or no pool can hold identities.
    pub async fn usable_pools(&self, context: &Context) -> Result<Vec<Pool>> {
        let pools = self.pools().await?;
        self.check_usable(context, &pools)?;
        Ok(pools)
    }

    /// Refuses a cluster without a pool that can hold identities.
    ///
    /// # Errors
    /// There is none among `pools`.
    pub fn check_usable(&self, context: &Context, pools: &[Pool]) -> Result<()> {
        if pools.iter().all(|pool| pool.target().is_none()) {
            Self::tell_left_out(context, pools);
            return Err(Error::usage(format!(
                "No node pool of cluster `{}` can hold identities",
                self.id.name()
            ))
            .hint("pod identity needs a Linux node pool of type VirtualMachineScaleSets"));
        }
        Ok(())
    }

    /// Says which pools are left out, and why.
    pub fn tell_left_out(context: &Context, pools: &[Pool]) {
        for pool in pools {
            match pool.unsuitable {
                // Whoever chose the pools knows.
                None | Some(Unsuitable::NotChosen) => {}
                Some(Unsuitable::Windows) => {
                    context.ui.status(&format!(
                        "Node pool `{}` is left out: {}",
                        pool.name,
                        Unsuitable::Windows
                    ));
                }
                Some(reason) => context
                    .ui
                    .warn(&format!("node pool `{}` is left out: {reason}", pool.name)),
            }
        }
    }

    /// An error for names of pools that do not exist.
    ///
    /// # Errors
    /// A name is not among the pools.
    pub fn check_pool_names(&self, pools: &[Pool], names: &[String]) -> Result<()> {
        let known: BTreeSet<&str> = pools.iter().map(|pool| pool.name.as_str()).collect();
        for name in names {
            if !known.contains(name.as_str()) {
                let listed = known.iter().copied().collect::<Vec<_>>().join(", ");
                return Err(Error::new(
                    Kind::NotFound,
                    format!("Cluster `{}` has no node pool `{name}`", self.id.name()),
                )
                .hint(format!("its node pools are: {listed}"))
                .target("--nodepool-name"));
            }
        }
        Ok(())
    }
}
