//! Which of the identities bound to a pod a request means.
//!
//! Ids are compared ignoring case. Several ids in one request must all mean the same identity. A request without an
//! id gets the first identity that is ready, in the order of namespace and name of the `AzureIdentity`.

use std::sync::Arc;

use super::{Bound, Identity};
use crate::domain::token_request::{WantedIdentity, resource_id_form};

/// What a request comes down to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// This identity.
    One(Arc<Identity>),
    /// The one of these whose principal has this object id, which only a token tells.
    ByObjectId {
        /// The object id, in lower case.
        object_id: String,
        /// The identities that fit everything else.
        candidates: Vec<Arc<Identity>>,
    },
}

/// Why a request gets none of the identities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// None of the identities bound to the pod has the id.
    NotBound,
    /// Each id is one of a bound identity, but not of the same one.
    Contradiction,
    /// The identity is bound and not yet on the node's machine.
    Pending(Vec<Arc<Identity>>),
}

/// Picks the identity a request means.
///
/// # Errors
/// Why none of them is it.
pub fn choose(wanted: &WantedIdentity, bound: &Bound) -> Result<Choice, Refusal> {
    let fitting = |from: &[Arc<Identity>]| -> Vec<Arc<Identity>> {
        from.iter()
            .filter(|identity| fits(wanted, identity))
            .map(Arc::clone)
            .collect()
    };
    let ready = fitting(&bound.ready);
    if let Some(object_id) = wanted.object_id.clone()
        && !ready.is_empty()
    {
        return Ok(Choice::ByObjectId {
            object_id,
            candidates: ready,
        });
    }
    if let Some(identity) = ready.into_iter().next() {
        return Ok(Choice::One(identity));
    }
    let pending = fitting(&bound.pending);
    if !pending.is_empty() {
        return Err(Refusal::Pending(pending));
    }
    if each_fits_another(wanted, bound) {
        return Err(Refusal::Contradiction);
    }
    Err(Refusal::NotBound)
}

fn fits(wanted: &WantedIdentity, identity: &Identity) -> bool {
    let client = wanted.client_id.as_ref();
    let resource = wanted.resource_id.as_ref();
    client.is_none_or(|id| identity.client_id.eq_ignore_ascii_case(id))
        && resource.is_none_or(|id| {
            !identity.resource_id.is_empty() && resource_id_form(&identity.resource_id) == *id
        })
}

fn each_fits_another(wanted: &WantedIdentity, bound: &Bound) -> bool {
    let (Some(client_id), Some(resource_id)) = (&wanted.client_id, &wanted.resource_id) else {
        return false;
    };
    let one = |wanted: &WantedIdentity| {
        let all = bound.ready.iter().chain(&bound.pending);
        all.into_iter().any(|identity| fits(wanted, identity))
    };
    one(&WantedIdentity {
        client_id: Some(client_id.clone()),
        ..WantedIdentity::default()
    }) && one(&WantedIdentity {
        resource_id: Some(resource_id.clone()),
        ..WantedIdentity::default()
    })
}
