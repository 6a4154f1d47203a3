//! `/host/token`: a token for a pod, asked for by a driver of the node.
//!
//! Off unless an operator turns it on: the caller says which pod it means, and everything on the node that can
//! connect from the loopback address can say so. It must come from there, and the pod must be one of this node.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::{Method, StatusCode};

use super::Asked;
use super::token::granted;
use crate::domain::matching::Key;
use crate::domain::token_request::TokenRequest;
use crate::nmi::answer::{Answer, json};
use crate::nmi::caller::not_ready;
use crate::nmi::daemon::Daemon;
use crate::nmi::refusal::{self, Refusal};
use crate::nmi::select::Asker;
use crate::nmi::tokens::token::host_body;

/// Answers a driver.
///
/// # Errors
/// Why there is no token.
pub async fn answer(daemon: &Daemon, asked: &Asked) -> Result<Answer, Refusal> {
    if !daemon.choices.host_token {
        return Err(Refusal::new(refusal::UNKNOWN_PATH, ""));
    }
    let host = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    if !host.contains(&asked.peer.to_canonical()) {
        return Err(Refusal::new(refusal::NOT_HOST, ""));
    }
    if asked.method != Method::GET {
        return Err(Refusal::new(refusal::METHOD, ""));
    }
    if !daemon.cluster.is_synced() {
        return Err(not_ready());
    }
    let bad = |detail: String| Refusal::new(refusal::BAD_QUERY, detail);
    let header = |name: &str| {
        let mut values = asked.headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        let only = value.filter(|value| !value.is_empty() && values.next().is_none());
        only.ok_or_else(|| bad(format!("the header {name} is missing or given twice")))
    };
    let key = Key::new(header("podns")?, header("podname")?);
    let who = Asker::Named(key.clone());
    let known = daemon.cluster.pods().named(&key).filter(|pod| !pod.ended);
    let pod = known.ok_or_else(|| {
        let detail = format!("no pod {key} is on node {}", daemon.cluster.node);
        Refusal::new(refusal::UNKNOWN_CALLER, detail)
    })?;
    let request = TokenRequest::parse_unversioned(&asked.query);
    let request = request.map_err(|error| bad(error.to_string()))?;
    let (want, tokens) = granted(daemon, &who, &pod, &request).await?;
    let first = tokens.first().map(|token| host_body(token));
    Ok(Answer {
        response: json(StatusCode::OK, first.unwrap_or_default()),
        outcome: "Ok",
        pod: Some(pod.key.clone()),
        identity: Some(want.identity.key.clone()),
    })
}
