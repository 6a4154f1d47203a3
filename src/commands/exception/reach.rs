//! The warnings about the pods that an exception lets through.

use std::fmt::Write as _;

use crate::context::Context;
use crate::domain::exception::Reach;
use crate::domain::name::Namespace;

/// Workloads, and pods of each, that a warning names.
const OWNERS: usize = 5;
const PODS: usize = 3;

/// Warns when pods of several workloads, or pods with a binding, are let through.
pub(super) fn tell(context: &Context, namespace: &Namespace, reach: &Result<Reach, String>) {
    let reach = match reach {
        Ok(reach) => reach,
        Err(reason) => {
            context.ui.status(&format!(
                "Which pods the exception lets through was not looked at: {reason}"
            ));
            return;
        }
    };
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
