//! What speaks against pod identity on a cluster, from what is known before the first write.

use super::assignment::{Unsuitable, suitable};

/// The most identities the AKS add-on takes, and the most exceptions.
pub const ADD_ON_LIMIT: usize = 200;

/// What a cluster is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Facts {
    /// It runs with a service principal instead of a managed identity.
    pub service_principal: bool,
    /// `osType` and `type` of each node pool.
    pub pools: Vec<(String, String)>,
    /// Its network plugin is kubenet.
    pub kubenet: bool,
    /// Its owner accepted kubenet.
    pub kubenet_accepted: bool,
    /// A deny assignment locks its node resource group.
    pub locked: bool,
}

/// Who would carry out the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// podid itself.
    Podid,
    /// The AKS add-on.
    AddOn,
}

/// Something that makes the change impossible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The add-on needs a managed identity.
    ServicePrincipal,
    /// Every node pool runs Windows.
    WindowsOnly,
    /// No Linux pool is a scale set; this is why the first one is not.
    NoScaleSet(Unsuitable),
    /// There is no node pool at all.
    NoPool,
    /// The network is kubenet, and nobody accepted that.
    Kubenet,
    /// The node resource group is locked.
    Locked,
}

/// All findings at once, in the order in which they are told.
#[must_use]
pub fn findings(facts: &Facts, actor: Actor) -> Vec<Finding> {
    let mut found = Vec::new();
    if actor == Actor::AddOn && facts.service_principal {
        found.push(Finding::ServicePrincipal);
    }
    found.extend(pools(&facts.pools));
    if actor == Actor::AddOn && facts.kubenet && !facts.kubenet_accepted {
        found.push(Finding::Kubenet);
    }
    // The add-on's resource provider is spared by the lock.
    if actor == Actor::Podid && facts.locked {
        found.push(Finding::Locked);
    }
    found
}

fn pools(pools: &[(String, String)]) -> Option<Finding> {
    let mut reasons = Vec::new();
    for (os_type, pool_type) in pools {
        match suitable(os_type, pool_type) {
            Ok(()) => return None,
            Err(reason) => reasons.push(reason),
        }
    }
    let other = reasons
        .iter()
        .find(|reason| **reason != Unsuitable::Windows);
    Some(match (reasons.is_empty(), other) {
        (true, _) => Finding::NoPool,
        (false, None) => Finding::WindowsOnly,
        (false, Some(reason)) => Finding::NoScaleSet(*reason),
    })
}

/// Whether `there` items and `more` of them are more than the add-on takes.
#[must_use]
pub fn exceeds_limit(there: usize, more: usize) -> bool {
    there.saturating_add(more) > ADD_ON_LIMIT
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(os_type: &str, pool_type: &str) -> (String, String) {
        (os_type.to_owned(), pool_type.to_owned())
    }

    fn good() -> Facts {
        Facts {
            pools: vec![
                pool("Linux", "VirtualMachineScaleSets"),
                pool("Windows", "VirtualMachineScaleSets"),
            ],
            ..Facts::default()
        }
    }

    #[test]
    fn a_usual_cluster_has_no_finding() {
        assert_eq!(findings(&good(), Actor::AddOn), []);
        assert_eq!(findings(&good(), Actor::Podid), []);
    }

    #[test]
    fn everything_is_found_at_once() {
        let facts = Facts {
            service_principal: true,
            pools: vec![pool("Windows", "VirtualMachineScaleSets")],
            kubenet: true,
            kubenet_accepted: false,
            locked: true,
        };
        let add_on = [
            Finding::ServicePrincipal,
            Finding::WindowsOnly,
            Finding::Kubenet,
        ];
        assert_eq!(findings(&facts, Actor::AddOn), add_on);
        assert_eq!(
            findings(&facts, Actor::Podid),
            [Finding::WindowsOnly, Finding::Locked]
        );
    }

    #[test]
    fn kubenet_can_be_accepted() {
        let facts = Facts {
            kubenet: true,
            kubenet_accepted: true,
            ..good()
        };
        assert_eq!(findings(&facts, Actor::AddOn), []);
    }

    #[test]
    fn the_reason_of_a_linux_pool_is_told() {
        let reason = |pools: Vec<(String, String)>| {
            findings(
                &Facts {
                    pools,
                    ..Facts::default()
                },
                Actor::Podid,
            )
        };
        let set = "VirtualMachineScaleSets";
        let mixed = vec![pool("Windows", set), pool("Linux", "AvailabilitySet")];
        assert_eq!(
            reason(mixed),
            [Finding::NoScaleSet(Unsuitable::AvailabilitySet)]
        );
        assert_eq!(reason(Vec::new()), [Finding::NoPool]);
        assert_eq!(reason(vec![pool("Linux", set), pool("Windows", set)]), []);
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        assert!(!exceeds_limit(199, 1) && exceeds_limit(200, 1) && !exceeds_limit(200, 0));
    }
}
