//! Which identities a scale set must gain or lose: wanted minus actual.

use std::collections::{BTreeMap, BTreeSet};

use super::resource_id::ResourceId;

/// Why a node pool cannot hold user-assigned identities for pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unsuitable {
    /// NMI does not run on Windows.
    #[error("Windows nodes do not run NMI")]
    Windows,
    /// Its nodes are single virtual machines.
    #[error("its nodes are virtual machines, not a scale set")]
    VirtualMachines,
    /// An availability set has no identity of its own.
    #[error("an availability set cannot hold an identity")]
    AvailabilitySet,
    /// Its scale set was not found in the node resource group.
    #[error("its scale set was not found in the node resource group")]
    NoScaleSet,
    /// The file names other node pools.
    #[error("the file names other node pools")]
    NotChosen,
}

/// Decides whether a node pool can hold identities, from `osType` and `type` as ARM gives them.
///
/// # Errors
/// The reason why it cannot.
pub fn suitable(os_type: &str, pool_type: &str) -> Result<(), Unsuitable> {
    if os_type.eq_ignore_ascii_case("Windows") {
        return Err(Unsuitable::Windows);
    }
    if pool_type.eq_ignore_ascii_case("AvailabilitySet") {
        return Err(Unsuitable::AvailabilitySet);
    }
    if pool_type.eq_ignore_ascii_case("VirtualMachines") {
        return Err(Unsuitable::VirtualMachines);
    }
    Ok(())
}

/// What a scale set holds.
pub type Holdings = BTreeMap<ResourceId, BTreeSet<ResourceId>>;

/// The identities each scale set lacks; scale sets that lack none are left out.
#[must_use]
pub fn missing(wanted: &BTreeSet<ResourceId>, holdings: &Holdings) -> Holdings {
    collect(holdings, |held| wanted.difference(held).cloned().collect())
}

/// The identities each scale set holds out of `unwanted`, limited to what podid assigned there.
///
/// `owned` names, for each identity, the scale sets podid assigned it to; everything else was
/// put there by somebody else and stays.
#[must_use]
pub fn removable(
    unwanted: &BTreeSet<ResourceId>,
    owned: &BTreeMap<ResourceId, BTreeSet<ResourceId>>,
    holdings: &Holdings,
) -> Holdings {
    holdings
        .iter()
        .filter_map(|(scale_set, held)| {
            let ours = |identity: &&ResourceId| {
                held.contains(identity)
                    && owned
                        .get(identity)
                        .is_some_and(|sets| sets.contains(scale_set))
            };
            let leaving: BTreeSet<ResourceId> = unwanted.iter().filter(ours).cloned().collect();
            (!leaving.is_empty()).then(|| (scale_set.clone(), leaving))
        })
        .collect()
}

fn collect(
    holdings: &Holdings,
    pick: impl Fn(&BTreeSet<ResourceId>) -> BTreeSet<ResourceId>,
) -> Holdings {
    let picked = holdings
        .iter()
        .map(|(scale_set, held)| (scale_set.clone(), pick(held)));
    picked
        .filter(|(_, identities)| !identities.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(kind: &str, name: &str) -> ResourceId {
        format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/{kind}/{name}").parse().unwrap()
    }

    fn identity(name: &str) -> ResourceId {
        id("Microsoft.ManagedIdentity/userAssignedIdentities", name)
    }

    fn scale_set(name: &str) -> ResourceId {
        id("Microsoft.Compute/virtualMachineScaleSets", name)
    }

    #[test]
    fn additions_ignore_the_case_of_ids() {
        let holdings = Holdings::from([
            (scale_set("one"), BTreeSet::from([identity("READER")])),
            (scale_set("two"), BTreeSet::new()),
        ]);
        let missing = missing(&BTreeSet::from([identity("reader")]), &holdings);
        assert_eq!(missing.keys().collect::<Vec<_>>(), [&scale_set("two")]);
    }

    #[test]
    fn removes_only_what_podid_assigned() {
        let held = BTreeSet::from([identity("reader"), identity("kubelet")]);
        let holdings = Holdings::from([(scale_set("one"), held.clone()), (scale_set("two"), held)]);
        let owned = BTreeMap::from([(identity("reader"), BTreeSet::from([scale_set("one")]))]);
        let unwanted = BTreeSet::from([identity("reader"), identity("kubelet")]);
        let leaving = removable(&unwanted, &owned, &holdings);
        assert_eq!(
            leaving,
            Holdings::from([(scale_set("one"), BTreeSet::from([identity("reader")]))])
        );
    }

    #[test]
    fn knows_unsuitable_pools() {
        assert_eq!(suitable("Linux", "VirtualMachineScaleSets"), Ok(()));
        assert_eq!(
            suitable("windows", "VirtualMachineScaleSets"),
            Err(Unsuitable::Windows)
        );
        assert_eq!(
            suitable("Linux", "virtualmachines"),
            Err(Unsuitable::VirtualMachines)
        );
        assert_eq!(
            suitable("Linux", "AvailabilitySet"),
            Err(Unsuitable::AvailabilitySet)
        );
    }
}
