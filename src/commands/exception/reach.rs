//! Which pods an exception lets through, and the warnings about it.

use std::fmt::Write as _;

use crate::context::Context;
use crate::domain::exception::Reach;
use crate::domain::label::PodLabels;
use crate::domain::name::Namespace;
use crate::error::Result;
use crate::k8s;

/// Workloads, and pods of each, that a warning names.
const OWNERS: usize = 5;
const PODS: usize = 3;

/// The pods that an exception with these labels would let through; `None` when they may not be seen.
///
/// # Errors
/// The API server does not answer.
pub(super) async fn read(
    context: &Context,
    client: &kube::Client,
    namespace: &Namespace,
    labels: &PodLabels,
) -> Result<Option<Reach>> {
    match k8s::pod::list_pods(client, Some(namespace.as_str())).await {
        Ok(pods) => Ok(Some(Reach::of(labels.as_map(), namespace.as_str(), &pods))),
        Err(error) if error.is_forbidden() => {
            context.ui.warn(
                "which pods this exception lets through could not be seen: no permission to list pods",
            );
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Warns when pods of several workloads, or pods with a binding, are let through.
pub(super) fn tell(context: &Context, namespace: &Namespace, reach: Option<&Reach>) {
    let Some(reach) = reach else { return };
    if reach.pods.is_empty() {
        context.ui.status(&format!(
            "No pod in namespace `{namespace}` carries one of these labels now"
        ));
    }
    if reach.is_broad() {
        context.ui.warn(&format!(
            "this exception is broad (one label is enough): it lets {} pods of {} workloads use every identity of \
             their nodes: {}",
            reach.count(),
            reach.pods.len(),
            workloads(reach)
        ));
    }
    if !reach.bound.is_empty() {
        context.ui.warn(&format!(
            "the label aadpodidbinding has no effect on pods of an exception: {}",
            bounded(&reach.bound, PODS)
        ));
    }
}

fn workloads(reach: &Reach) -> String {
    let mut text = String::new();
    for (owner, pods) in reach.pods.iter().take(OWNERS) {
        if !text.is_empty() {
            text.push_str(", ");
        }
        // Writing to a text cannot fail.
        let _ = write!(text, "{owner} ({})", bounded(pods, PODS));
    }
    if reach.pods.len() > OWNERS {
        let _ = write!(text, " and {} more workloads", reach.pods.len() - OWNERS);
    }
    text
}

fn bounded(names: &[String], most: usize) -> String {
    let mut text = names
        .iter()
        .take(most)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > most {
        let _ = write!(text, " and {} more", names.len() - most);
    }
    text
}
