//! What the add-on's profile says of each pod identity; one read of the cluster is enough.

use super::{IdentityState, State, Summary};
use crate::commands::change::cluster::{Cluster, Way};
use crate::domain::profile::{Item, ItemState, Profile};

/// The pod identities of the cluster's profile, by namespace and name.
pub(super) fn states(cluster: &Cluster) -> Vec<State> {
    let view = Profile::of(cluster.managed.pod_identity_profile());
    let mut states: Vec<State> = view.identities.into_iter().map(state).collect();
    states.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name)));
    states
}

fn state(item: Item) -> State {
    State {
        state: match item.state {
            // AKS says Succeeded of items of an operation that is over.
            ItemState::Assigned | ItemState::Succeeded => Summary::Assigned,
            ItemState::Updating => Summary::Updating,
            ItemState::Deleting => Summary::Deleting,
            ItemState::Failed => Summary::Failed,
            ItemState::Canceled => Summary::Canceled,
            ItemState::Unknown => Summary::Unknown,
        },
        name: item.name,
        namespace: item.namespace,
        binding_selectors: vec![item.selector],
        identity: IdentityState {
            resource_id: item.resource_id,
            client_id: item.client_id,
        },
        pools: None,
        error: item.error,
        created: None,
        via: Way::Aks.as_str(),
    }
}
