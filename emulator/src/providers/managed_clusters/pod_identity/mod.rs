//! `podIdentityProfile`: what a PUT asks for ([`plan`]), what the provider then does on scale sets ([`carry_out`]) and
//! in the cluster ([`objects`]).

mod assign;
pub(crate) mod objects;
mod plan;
mod read;

pub(super) use assign::{assign_to_new, carry_out, fail};
pub(super) use plan::{at_creation, plan};

use serde_json::Value;

use crate::providers::json::{list, text};

/// Where the list of identities is in a cluster.
const IDENTITIES: &str = "/properties/podIdentityProfile/userAssignedIdentities";
/// Where the list of exceptions is in a cluster.
const EXCEPTIONS: &str = "/properties/podIdentityProfile/userAssignedIdentityExceptions";

/// Whether two items are the same pod identity or exception.
fn same_item(a: &Value, b: &Value) -> bool {
    text(a, "/name") == text(b, "/name") && text(a, "/namespace") == text(b, "/namespace")
}

/// The items of a cluster in this state.
fn in_state<'a>(cluster: &'a Value, state: &'a str) -> impl Iterator<Item = &'a Value> {
    list(cluster, IDENTITIES)
        .iter()
        .filter(move |item| text(item, "/provisioningState") == state)
}
