//! Everything that speaks against a change: looked for before the first write, told all at once.
//!
//! Rules about the cluster are in [`crate::domain::preflight`], rules about roles and deny
//! assignments in [`crate::domain::access`]. What cannot be looked at is a warning, never fine.

mod roles;

use super::cluster::{Cluster, Pool};
use crate::context::Context;
use crate::domain::assignment::Unsuitable;
use crate::domain::preflight::{self, Actor, Facts, Finding};
use crate::error::{Error, Kind, Result};

pub use roles::{Grants, Roles, look_at_cluster_role, look_at_granting, look_at_roles};

/// What was found so far.
#[derive(Debug, Default)]
pub struct Findings {
    refusals: Vec<Error>,
    warnings: Vec<String>,
}

impl Findings {
    /// Adds something that makes the change impossible.
    pub fn refuse(&mut self, refusal: Error) {
        let text = refusal.to_string();
        if self.refusals.iter().all(|other| other.to_string() != text) {
            self.refusals.push(refusal);
        }
    }

    /// Adds something that could not be looked at.
    pub fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }

    /// The value, or nothing when it was refused: the refusal is kept, so that others are found too.
    ///
    /// # Errors
    /// A failure that is no finding, such as a service that does not answer.
    pub fn take<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        let error = match result {
            Ok(value) => return Ok(Some(value)),
            Err(error) => error,
        };
        let is_finding =
            |error: &Error| matches!(error.kind, Kind::Usage | Kind::NotFound | Kind::Conflict);
        if error.details.is_empty() && is_finding(&error) {
            self.refuse(error);
        } else if !error.details.is_empty() && error.details.iter().all(is_finding) {
            error.details.into_iter().for_each(|part| self.refuse(part));
        } else {
            return Err(error);
        }
        Ok(None)
    }

    /// Tells the warnings and ends with the refusals, if there are any.
    ///
    /// # Errors
    /// All refusals.
    pub fn end(self, context: &Context) -> Result<()> {
        for warning in &self.warnings {
            context.ui.warn(warning);
        }
        if self.refusals.is_empty() {
            return Ok(());
        }
        let mut refused = Error::refusals(self.refusals);
        if refused.kind == Kind::Failed {
            // Of several kinds; nothing was tried, so nothing failed.
            refused.kind = Kind::Usage;
        }
        Err(refused)
    }
}

/// Looks at the cluster itself; `kubenet_accepted` when this change accepts it.
pub fn look_at_cluster(
    findings: &mut Findings,
    cluster: &Cluster,
    actor: Actor,
    kubenet_accepted: bool,
) {
    let mut facts = facts(cluster);
    facts.kubenet_accepted |= kubenet_accepted;
    for finding in preflight::findings(&facts, actor) {
        findings.refuse(refusal(cluster, finding));
    }
}

/// Looks at the node pools with their scale sets, as podid itself would change them.
pub fn look_at_pools(findings: &mut Findings, cluster: &Cluster, pools: &[Pool]) {
    let usable = pools.iter().any(|pool| pool.target().is_some());
    let listed = pools
        .iter()
        .all(|pool| pool.unsuitable != Some(Unsuitable::NoScaleSet));
    if !usable && !listed {
        // What ARM calls a scale set pool has none here.
        findings.refuse(refusal(
            cluster,
            Finding::NoScaleSet(Unsuitable::NoScaleSet),
        ));
    }
}

fn facts(cluster: &Cluster) -> Facts {
    let managed = &cluster.managed;
    Facts {
        service_principal: managed.service_principal().is_some(),
        pools: managed
            .agent_pools()
            .into_iter()
            .map(|pool| (pool.os_type, pool.pool_type))
            .collect(),
        kubenet: managed.is_kubenet(),
        kubenet_accepted: managed.kubenet_accepted(),
        locked: managed.is_locked(),
    }
}

fn refusal(cluster: &Cluster, finding: Finding) -> Error {
    let name = cluster.id.name();
    let no_pool = |cause: String| {
        Error::usage(format!(
            "No node pool of cluster `{name}` can hold identities"
        ))
        .cause(cause)
        .hint("pod identity needs a Linux node pool of type VirtualMachineScaleSets")
    };
    match finding {
        Finding::ServicePrincipal => {
            Error::usage(format!("Cluster `{name}` runs with a service principal"))
                .cause("the pod identity add-on assigns identities with the cluster's managed identity")
                .hint(format!(
                    "give it one with `az aks update -g {} -n {name} --enable-managed-identity`, or use --via direct",
                    cluster.group()
                ))
                .target(cluster.id.to_string())
        }
        Finding::WindowsOnly => no_pool("every node pool runs Windows".to_owned()),
        Finding::NoScaleSet(reason) => no_pool(reason.to_string()),
        Finding::NoPool => no_pool("it has no node pool".to_owned()),
        Finding::Kubenet => {
            Error::usage(format!("Cluster `{name}` uses the network plugin kubenet, and nobody accepted that"))
                .cause("on kubenet a pod can pretend to be another by ARP spoofing and take its tokens (CVE-2021-1677)")
                .hint(format!(
                    "keep NET_RAW from pods, then accept it with `podid enable -g {} --cluster-name {name} --allow-network-plugin-kubenet`; or move the cluster to Azure CNI",
                    cluster.group()
                ))
                .target("--allow-network-plugin-kubenet")
        }
        Finding::Locked => cluster.locked(),
    }
}
