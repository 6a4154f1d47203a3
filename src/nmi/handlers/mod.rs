//! One file per thing that is answered.

pub mod host_token;
pub mod metadata;
pub mod token;

use std::net::IpAddr;

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::answer::Answer;
use super::daemon::Daemon;
use super::forward::Passed;
use super::refusal::{self, Refusal};
use crate::domain::metadata_path::MetadataPath;

/// A request that has passed the checks that all have in common.
#[derive(Debug)]
pub struct Asked {
    /// The peer of the connection.
    pub peer: IpAddr,
    /// The method.
    pub method: Method,
    /// The path.
    pub path: MetadataPath,
    /// The query, as it came.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// Passes a request on to the metadata service, from its caller's share, if the caller still may when its turn comes.
///
/// # Errors
/// The share is used up, the caller has lost its exception or its address meanwhile, or no answer came.
async fn pass_on(
    daemon: &Daemon,
    asked: &Asked,
    payer: &str,
    may_still: impl Fn() -> bool,
) -> Result<Answer, Refusal> {
    daemon.budget.enter(payer).await?;
    let lost = || {
        let detail = "the exception for the pod is gone, or the pod itself";
        Refusal::new(refusal::NOT_BOUND, detail)
    };
    if !may_still() {
        return Err(lost());
    }
    let passed = Passed {
        method: asked.method.clone(),
        path: &asked.path.path,
        query: &asked.query,
        headers: &asked.headers,
        body: asked.body.clone(),
    };
    let mut answer = Answer::plain(daemon.forwarder.pass(passed).await?);
    if !may_still() {
        return Err(lost());
    }
    answer.outcome = "PassedOn";
    Ok(answer)
}
