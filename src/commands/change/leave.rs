//! Asks, right before a PATCH that takes identities off a scale set, whether they may still go.
//!
//! The claims were read before; meanwhile somebody who knows nothing of podid's marks may have
//! applied an `AzureIdentity`, and another podid may have gone on with what looked abandoned.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use super::claims;
use crate::domain::claim::{self, Leaver, Objection};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};
use crate::k8s::pod_identity::Identity;

/// Who takes identities off, and where the claims are.
#[derive(Clone)]
pub struct Leave {
    client: kube::Client,
    leaver: Option<Leaver>,
}

impl Leave {
    /// For the removal of `object`.
    #[must_use]
    pub fn of(client: &kube::Client, object: &Identity) -> Self {
        Leave {
            client: client.clone(),
            leaver: Some(Leaver {
                namespace: object.namespace.clone(),
                name: object.name.clone(),
                uid: object.uid.clone(),
            }),
        }
    }

    /// For identities that nobody claims.
    #[must_use]
    pub fn unclaimed(client: &kube::Client) -> Self {
        Leave {
            client: client.clone(),
            leaver: None,
        }
    }

    /// What speaks against taking `leaving` off now.
    ///
    /// # Errors
    /// The claims cannot be read.
    pub async fn objection(&self, leaving: &BTreeSet<ResourceId>) -> Result<Option<Objection>> {
        let snapshot = claims::snapshot(&self.client).await?;
        let now = Timestamp::now().as_second();
        let leaver = self.leaver.as_ref();
        Ok(claim::objection(&snapshot.claims, leaver, leaving, now))
    }
}

impl fmt::Debug for Leave {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leave")
            .field("leaver", &self.leaver)
            .finish_non_exhaustive()
    }
}

impl From<Objection> for Error {
    fn from(objection: Objection) -> Self {
        let kind = match objection {
            Objection::Expired => Kind::Pending,
            Objection::Needed(_) | Objection::Gone | Objection::Overtaken => Kind::Conflict,
        };
        let mut text = objection.to_string();
        text[..1].make_ascii_uppercase();
        Error::new(kind, text)
    }
}
