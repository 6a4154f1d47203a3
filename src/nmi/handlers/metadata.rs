//! Metadata without credentials, from the metadata service itself.
//!
//! Everybody who can reach the daemon may read it, as without the daemon. Writing, which acknowledges maintenance of
//! the whole node, is for excepted pods alone.

use http::Method;

use super::{Asked, pass_on};
use crate::domain::metadata_path::Route;
use crate::nmi::answer::Answer;
use crate::nmi::daemon::Daemon;
use crate::nmi::refusal::{self, Refusal};

/// Passes a request on, if it may be.
///
/// # Errors
/// It may not, or no answer came.
pub async fn answer(daemon: &Daemon, asked: &Asked) -> Result<Answer, Refusal> {
    let caller = daemon.cluster.pods().at(asked.peer).ok();
    let excepted = caller
        .as_ref()
        .is_some_and(|pod| daemon.cluster.is_excepted(pod));
    if daemon.choices.block_instance_metadata && asked.path.route == Route::Instance && !excepted {
        let detail = "pods get no instance metadata: podid-nmi runs with --block-instance-metadata";
        return Err(Refusal::new(refusal::BLOCKED, detail));
    }
    let writes = asked.method == Method::POST && asked.path.route == Route::Metadata;
    if asked.method != Method::GET && !(writes && excepted) {
        return Err(Refusal::new(refusal::METHOD, ""));
    }
    let payer = caller.as_ref().map(|pod| pod.uid.clone());
    let payer = payer.unwrap_or_else(|| asked.peer.to_string());
    let mut answer = pass_on(daemon, asked, &payer).await?;
    answer.pod = caller.map(|pod| pod.key.clone());
    Ok(answer)
}
