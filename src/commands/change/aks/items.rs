//! What the profile says of an edit after the fact: the item, not the operation, decides.

use super::failures;
use crate::commands::change::cluster::Cluster;
use crate::domain::profile::{Edit, Item, ItemError, ItemState, Profile};
use crate::error::{Error, Kind};

/// How far an edit got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is as it was wanted.
    Done,
    /// The resource provider is at work on it.
    Moving,
    /// The resource provider gave up on it.
    Failed,
    /// The profile says something else: somebody else wrote it meanwhile.
    Undone,
}

/// How far `edit` got, as the profile says.
pub(super) fn find(view: &Profile, edit: &Edit) -> Finding {
    let or_undone = |done: bool| if done { Finding::Done } else { Finding::Undone };
    match edit {
        Edit::AddIdentity(new) => {
            let Some(item) = view.identity(&new.namespace, &new.name) else {
                return Finding::Undone;
            };
            let same = item.resource_id.eq_ignore_ascii_case(&new.resource_id)
                && item.selector == new.selector;
            match item.state {
                ItemState::Deleting => Finding::Undone,
                _ if !same => Finding::Undone,
                ItemState::Updating => Finding::Moving,
                state if state.is_failure() => Finding::Failed,
                _ => Finding::Done,
            }
        }
        Edit::RemoveIdentity { namespace, name } | Edit::RepairIdentity { namespace, name } => {
            match view.identity(namespace, name).map(|item| item.state) {
                None => Finding::Done,
                Some(ItemState::Deleting) => Finding::Moving,
                Some(state) if state.is_failure() => Finding::Failed,
                Some(_) => Finding::Undone,
            }
        }
        Edit::SetException {
            namespace,
            name,
            labels,
            ..
        } => or_undone(
            view.exception(namespace, name)
                .is_some_and(|exception| exception.labels == *labels),
        ),
        Edit::RemoveException { namespace, name } => {
            or_undone(view.exception(namespace, name).is_none())
        }
        Edit::Enable {
            allow_network_plugin_kubenet,
        } => or_undone(
            view.enabled && (view.allow_network_plugin_kubenet || !allow_network_plugin_kubenet),
        ),
        Edit::Disable if view.enabled => Finding::Undone,
        Edit::Disable if view.identities.is_empty() => Finding::Done,
        Edit::Disable => Finding::Moving,
    }
}

/// The state of the pod identity that `edit` is about.
pub(super) fn state(view: &Profile, edit: &Edit) -> ItemState {
    item(view, edit).map(|item| item.state).unwrap_or_default()
}

/// What AKS says about the failure of the pod identity that `edit` is about.
pub(super) fn error<'a>(view: &'a Profile, edit: &Edit) -> Option<&'a ItemError> {
    item(view, edit)?.error.as_ref()
}

fn item<'a>(view: &'a Profile, edit: &Edit) -> Option<&'a Item> {
    match edit {
        Edit::AddIdentity(new) => view.identity(&new.namespace, &new.name),
        Edit::RemoveIdentity { namespace, name } | Edit::RepairIdentity { namespace, name } => {
            view.identity(namespace, name)
        }
        _ => None,
    }
}

/// Why `edit` is not complete.
pub(super) fn failure(
    cluster: &Cluster,
    view: &Profile,
    edit: &Edit,
    finding: Finding,
) -> Option<Error> {
    let key = edit.key();
    let name = cluster.id.name();
    let adding = matches!(edit, Edit::AddIdentity(_));
    let error = match finding {
        Finding::Done => return None,
        Finding::Undone => Error::new(
            Kind::Conflict,
            format!("Somebody else undid the change of `{key}` in cluster `{name}`"),
        )
        .cause("their write did not say which version of the cluster it was made for")
        .hint("see what is there with `podid list`, and run the same command when they are done"),
        Finding::Moving => {
            let state = state(view, edit);
            let error = Error::new(
                Kind::Failed,
                format!("`{key}` is stuck in cluster `{name}`"),
            )
            .cause(format!(
                "its state is still {state}, but no operation is under way on the cluster"
            ));
            failures::with_repair(error, cluster, key_of(view, edit))
        }
        Finding::Failed if adding => {
            let error = Error::new(
                Kind::Failed,
                format!("Pod identity `{key}` was not assigned in cluster `{name}`"),
            );
            failures::of_item(cluster, error, item(view, edit))
        }
        Finding::Failed => {
            let error = Error::new(
                Kind::Failed,
                format!("Pod identity `{key}` was not removed from cluster `{name}`"),
            );
            failures::of_removed_item(cluster, error, item(view, edit))
        }
    };
    Some(error.target(key))
}

/// Namespace and name of the pod identity that `edit` is about.
fn key_of<'a>(view: &'a Profile, edit: &Edit) -> Option<(&'a str, &'a str)> {
    item(view, edit).map(|item| (item.namespace.as_str(), item.name.as_str()))
}
