//! Metadata without credentials, from the metadata service itself.
//!
//! Everybody who can reach the daemon may read it, as without the daemon. Writing, which acknowledges maintenance of
//! the whole node, is for excepted pods alone.

use std::net::IpAddr;

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
    let excepted = may_write(daemon, asked.peer);
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
    let may_still = || {
        let open = asked.path.route != Route::Instance || !daemon.choices.block_instance_metadata;
        (open && !writes) || may_write(daemon, asked.peer)
    };
    let mut answer = pass_on(daemon, asked, &payer, may_still).await?;
    answer.pod = caller.map(|pod| pod.key.clone());
    Ok(answer)
}

/// Whether an exception lets the caller write, and read what others may not.
#[must_use]
pub fn may_write(daemon: &Daemon, peer: IpAddr) -> bool {
    let caller = daemon.cluster.pods().at(peer);
    caller.is_ok_and(|pod| daemon.cluster.is_excepted(&pod))
}
