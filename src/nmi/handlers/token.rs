//! `/metadata/identity/oauth2/token`: a token for the pod that asks.

use std::sync::Arc;

use http::{Method, StatusCode};

use super::{Asked, pass_on};
use crate::domain::matching::{Choice, Pod};
use crate::domain::token_request::TokenRequest;
use crate::nmi::answer::{Answer, json};
use crate::nmi::daemon::Daemon;
use crate::nmi::refusal::{self, Refusal};
use crate::nmi::select::{Asker, asked as ids, confirm, select};
use crate::nmi::tokens::token::body;
use crate::nmi::tokens::{Token, Want};

/// Answers with a token, or passes an excepted pod through to the metadata service.
///
/// # Errors
/// Why the pod gets no token.
pub async fn answer(daemon: &Daemon, asked: &Asked) -> Result<Answer, Refusal> {
    if asked.method != Method::GET {
        return Err(Refusal::new(refusal::METHOD, ""));
    }
    let pod = daemon.callers.find(&daemon.cluster, asked.peer).await?;
    if daemon.cluster.is_excepted(&pod) {
        let who = Asker::Address(asked.peer);
        let may_still = || {
            let now = who.still(&daemon.cluster, &pod.uid);
            now.is_some_and(|pod| daemon.cluster.is_excepted(&pod))
        };
        let passed = pass_on(daemon, asked, &pod.uid, may_still).await;
        let mut passed = passed.map_err(|refusal| refusal.of(&pod))?;
        passed.pod = Some(pod.key.clone());
        return Ok(passed);
    }
    let request = TokenRequest::parse(&asked.query);
    let request =
        request.map_err(|error| Refusal::new(refusal::BAD_QUERY, error.to_string()).of(&pod))?;
    let who = Asker::Address(asked.peer);
    let (want, tokens) = granted(daemon, &who, &pod, &request).await?;
    Ok(Answer {
        response: json(StatusCode::OK, body(&tokens)),
        outcome: "Ok",
        pod: Some(pod.key.clone()),
        identity: Some(want.identity.key.clone()),
    })
}

/// The tokens of the identity that a request means, for a pod that may have them.
///
/// # Errors
/// Why it may not, or why there is none.
pub async fn granted(
    daemon: &Daemon,
    who: &Asker,
    pod: &Arc<Pod>,
    request: &TokenRequest,
) -> Result<(Want, Vec<Arc<Token>>), Refusal> {
    let patience = daemon.choices.assignment_timeout;
    let choice = select(&daemon.cluster, who, pod, &request.identity, patience).await?;
    let want = |identity| Want {
        identity,
        resource: request.resource.clone(),
        tenant: None,
    };
    let tokens = &daemon.tokens;
    let want = match choice {
        Choice::One(identity) => want(identity),
        Choice::ByObjectId {
            object_id,
            candidates,
        } => {
            let candidates: Vec<Want> = candidates.into_iter().map(want).collect();
            let found = tokens
                .with_object_id(&pod.uid, &object_id, &candidates)
                .await
                .map_err(|refusal| refusal.of(pod))?;
            found.ok_or_else(|| {
                let named = ids(&request.identity);
                let detail = format!("no identity with {named} is bound to pod {}", pod.key);
                Refusal::new(refusal::NOT_BOUND, detail).of(pod)
            })?
        }
    };
    let got = tokens.all(&pod.uid, &want, request.bypass_cache).await;
    let got = got.map_err(|refusal| refusal.of(pod))?;
    confirm(&daemon.cluster, who, pod, &want.identity)?;
    if let Some(prefetch) = &daemon.prefetch {
        prefetch.asked(&want.identity.key, &want.resource);
    }
    Ok((want, got))
}
