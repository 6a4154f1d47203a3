//! What a source of tokens is. A new kind of identity is a new implementation, and one line in [`Sources::of`].

use std::sync::Arc;

use futures::future::BoxFuture;

use super::token::Token;
use crate::domain::matching::{self, Identity};
use crate::nmi::refusal::{self, Refusal};

/// A token that is wanted.
#[derive(Debug, Clone)]
pub struct Want {
    /// Whose.
    pub identity: Arc<Identity>,
    /// What for.
    pub resource: String,
    /// Another tenant than the identity's own.
    pub tenant: Option<String>,
}

/// Where tokens come from.
pub trait Source: Send + Sync {
    /// Its name in metrics and logs.
    fn name(&self) -> &'static str;

    /// Requests to it count against the machine's share of the metadata service.
    fn is_limited(&self) -> bool;

    /// Gets a token, once; whoever asked tries again.
    fn fetch<'a>(&'a self, want: &'a Want) -> BoxFuture<'a, Result<Token, Refusal>>;
}

/// The sources, by the type of identity.
pub struct Sources {
    /// For user-assigned managed identities.
    pub managed: Box<dyn Source>,
    /// For service principals; none when they are switched off.
    pub service_principal: Option<Box<dyn Source>>,
}

impl Sources {
    /// The source for a type of identity.
    ///
    /// # Errors
    /// There is none, or it is switched off.
    pub fn of(&self, kind: matching::Source) -> Result<&dyn Source, Refusal> {
        match kind {
            matching::Source::Managed => Ok(self.managed.as_ref()),
            matching::Source::Secret | matching::Source::Certificate => {
                self.service_principal.as_deref().ok_or_else(|| {
                    Refusal::new(
                        refusal::NO_SERVICE_PRINCIPALS,
                        "podid-nmi was started without --allow-service-principals",
                    )
                })
            }
            matching::Source::Unknown(number) => Err(Refusal::new(
                refusal::INCOMPLETE,
                format!("the AzureIdentity has type {number}; known are 0, 1 and 2"),
            )),
        }
    }
}
