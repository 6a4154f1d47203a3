//! Tokens of managed identities, from the node's instance metadata service.

use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

use super::source::{Source, Want};
use super::token::{Said, Token};
use crate::azure::Transport;
use crate::azure::transport::Reply;
use crate::nmi::refusal::{self, Refusal};

/// The path of a token request, below the endpoint.
pub const PATH: &str = "metadata/identity/oauth2/token";
const VERSION: &str = "2018-02-01";
const LIMIT: Duration = Duration::from_secs(15);
/// Longest part of the service's own words that is passed on.
const QUOTED: usize = 300;

/// The metadata service.
#[derive(Debug)]
pub struct Imds {
    transport: Transport,
    url: Url,
}

impl Imds {
    /// The service at an endpoint.
    ///
    /// # Errors
    /// The endpoint cannot have a path.
    pub fn new(transport: Transport, endpoint: &Url) -> Result<Self, url::ParseError> {
        let url = endpoint.join(PATH)?;
        Ok(Self { transport, url })
    }

    async fn get(&self, want: &Want) -> Result<Token, Refusal> {
        let identity = &want.identity;
        let mut url = self.url.clone();
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("api-version", VERSION);
            query.append_pair("resource", &want.resource);
            if !identity.client_id.is_empty() {
                query.append_pair("client_id", &identity.client_id);
            } else if identity.resource_id.is_empty() {
                // Without an id the service would hand out whatever identity the machine has.
                return Err(Refusal::new(
                    refusal::INCOMPLETE,
                    format!(
                        "AzureIdentity {} has neither clientID nor resourceID",
                        identity.key
                    ),
                ));
            } else {
                query.append_pair("msi_res_id", &identity.resource_id);
            }
        }
        let request = self.transport.request(Method::GET, url);
        let request = request.header("Metadata", "true");
        let reply = self.transport.execute(request, LIMIT).await;
        let reply = reply.map_err(|error| no_answer("the metadata service", &error))?;
        if reply.status == 200 {
            return token(reply, &want.resource, &identity.client_id);
        }
        Err(refused(&reply, identity.key.to_string()))
    }
}

impl Source for Imds {
    fn name(&self) -> &'static str {
        "imds"
    }

    fn is_limited(&self) -> bool {
        true
    }

    fn fetch<'a>(&'a self, want: &'a Want) -> BoxFuture<'a, Result<Token, Refusal>> {
        self.get(want).boxed()
    }
}

/// No answer came: in time, or at all.
pub(super) fn no_answer(who: &str, error: &reqwest::Error) -> Refusal {
    let code = if error.is_timeout() {
        refusal::TIMEOUT
    } else {
        refusal::UNAVAILABLE
    };
    Refusal::new(code, format!("{who} gave no answer"))
}

#[derive(Deserialize)]
struct Granted<'a> {
    access_token: std::borrow::Cow<'a, str>,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    expires_in: Value,
    #[serde(default)]
    expires_on: Value,
    #[serde(default)]
    not_before: Value,
}

/// Reads a token; numbers come as numbers or as texts.
pub(super) fn token(reply: Reply, resource: &str, client_id: &str) -> Result<Token, Refusal> {
    let body = Zeroizing::new(reply.body);
    let unreadable = || {
        Refusal::new(
            refusal::UNAVAILABLE,
            "the answer of the token service cannot be read",
        )
    };
    let granted: Granted<'_> = serde_json::from_slice(&body).map_err(|_| unreadable())?;
    let number = |value: &Value| {
        let text = value.as_str().map(str::parse);
        value.as_u64().or_else(|| text?.ok())
    };
    let access_token = Zeroizing::new(granted.access_token.into_owned());
    if access_token.is_empty() {
        return Err(unreadable());
    }
    Ok(Token::new(Said {
        access_token,
        client_id: granted.client_id.unwrap_or_else(|| client_id.to_owned()),
        expires_in: number(&granted.expires_in).ok_or_else(unreadable)?,
        expires_on: number(&granted.expires_on),
        not_before: number(&granted.not_before),
        resource: resource.to_owned(),
    }))
}

/// The pause that a service asks for, in seconds.
pub(super) fn retry_after(reply: &Reply) -> Option<u64> {
    let header = reply.headers.get(http::header::RETRY_AFTER)?;
    header.to_str().ok()?.trim().parse().ok()
}

/// What the service says in its own words, on one line and not too long.
pub(super) fn words(reply: &Reply) -> String {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let said = body["error_description"].as_str().unwrap_or_default();
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(QUOTED).collect()
}

fn refused(reply: &Reply, identity: String) -> Refusal {
    let said = words(reply);
    let not_found = said.to_ascii_lowercase().contains("identity not found");
    match reply.status {
        400 | 404 if not_found => Refusal::new(
            refusal::NOT_ON_NODE,
            format!(
                "this node's machine does not hold {identity}: it is not assigned to the node pool's scale set, \
                 has only just been, or was deleted and made anew"
            ),
        ),
        429 => Refusal::new(
            refusal::THROTTLED,
            "the metadata service is being asked too often",
        )
        .after(retry_after(reply)),
        410 => Refusal::new(refusal::UPDATING, "").after(retry_after(reply)),
        404 | 500..=599 => {
            let detail = format!("the metadata service answered {}: {said}", reply.status);
            Refusal::new(refusal::UNAVAILABLE, detail).after(retry_after(reply))
        }
        status => Refusal::new(
            refusal::REFUSED,
            format!("the metadata service answered {status}: {said}"),
        ),
    }
}
