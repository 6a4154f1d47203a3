//! The client of Azure Resource Manager: one sign-in, one transport, retries, budgets, pages.
//!
//! Flow: wait for the budget of the resource, get the token, check that it may go to this host,
//! send, read the answer; try again what passes by itself, within the deadline of the client.
//! Every write of podid can be sent twice without harm (PUT of deterministic names, PATCH of
//! deltas, DELETE), so a dropped connection is retried as well.

mod answer;
mod budget;
mod call;
mod retry;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use url::Url;
use uuid::Uuid;

pub use answer::Response;
pub(crate) use answer::split_error;
use budget::Budgets;
pub use call::{Call, Gate, Method};
use retry::Attempts;

use super::claims::{Claims, Principal};
use super::cloud::Cloud;
use super::credential::{Credential, CredentialKind, CredentialSettings};
use super::error::Error;
use super::notice::{Notice, Notices, Reason};
use super::transport::Transport;

/// One try waits this long for an answer before the next.
const TRY_TIMEOUT: Duration = Duration::from_mins(1);
/// A list longer than this is a loop.
const MAX_PAGES: usize = 10_000;

/// What a client is made of.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// The endpoints.
    pub cloud: Cloud,
    /// Which way to sign in.
    pub credential: CredentialKind,
    /// What signing in may use.
    pub credential_settings: CredentialSettings,
    /// A PEM file of CAs to trust beside the machine's.
    pub ca_file: Option<PathBuf>,
    /// How long everything the client does may take together.
    pub timeout: Duration,
    /// Who is told of waits.
    pub notices: Notices,
}

/// The client of Azure Resource Manager; cheap to clone, clones share sign-in and budgets.
#[derive(Debug, Clone)]
pub struct Client {
    inner: Arc<Inner>,
    deadline: Option<Instant>,
    notices: Notices,
}

#[derive(Debug)]
struct Inner {
    cloud: Cloud,
    credential: Credential,
    transport: Transport,
    command_id: Uuid,
    budgets: Mutex<Budgets>,
}

impl Client {
    /// Makes a client; nothing is sent until the first call.
    ///
    /// # Errors
    /// When the CA file cannot be used, or TLS cannot be set up.
    pub fn new(options: ClientOptions) -> Result<Self, Error> {
        let transport = Transport::new(&options.cloud, options.ca_file.as_deref())?;
        let credential = Credential::new(
            options.credential,
            options.credential_settings,
            &options.cloud,
            &transport,
        );
        Ok(Self {
            inner: Arc::new(Inner {
                cloud: options.cloud,
                credential,
                transport,
                command_id: Uuid::new_v4(),
                budgets: Mutex::new(Budgets::default()),
            }),
            deadline: Some(Instant::now() + options.timeout),
            notices: options.notices,
        })
    }

    /// The same client with a deadline of its own, counted from now.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        Self {
            deadline: Some(Instant::now() + timeout),
            ..self.clone()
        }
    }

    /// The same client, telling `notices` of its waits.
    #[must_use]
    pub fn with_notices(&self, notices: Notices) -> Self {
        Self {
            notices,
            ..self.clone()
        }
    }

    /// The endpoints it calls.
    #[must_use]
    pub fn cloud(&self) -> &Cloud {
        &self.inner.cloud
    }

    /// Who signs in.
    #[must_use]
    pub fn credential(&self) -> &Credential {
        &self.inner.credential
    }

    /// The id sent with every call of this command, so that Microsoft's logs show what belongs together.
    #[must_use]
    pub fn command_id(&self) -> Uuid {
        self.inner.command_id
    }

    /// Reads one resource.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn get(&self, path: impl AsRef<str>, api_version: &str) -> Result<Value, Error> {
        Ok(self.send(&Call::get(path, api_version)).await?.body)
    }

    /// Sends one call, trying again what passes by itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn send(&self, call: &Call) -> Result<Response, Error> {
        let url = call.url(self.inner.cloud.resource_manager());
        self.send_to(call, url).await
    }

    /// Reads all pages of a list.
    ///
    /// # Errors
    /// See [`Error`]; a link to another host is refused.
    pub async fn list(&self, call: &Call) -> Result<Vec<Value>, Error> {
        let mut items = Vec::new();
        let mut url = call.url(self.inner.cloud.resource_manager());
        for _ in 0..MAX_PAGES {
            let mut page = self.send_to(call, url.clone()).await?.body;
            match page.get_mut("value").map(Value::take) {
                Some(Value::Array(values)) => items.extend(values),
                Some(Value::Null) => {}
                _ => return Err(call.bad_answer("a page without `value`")),
            }
            let next = match page.get("nextLink").and_then(Value::as_str) {
                Some(link) if !link.is_empty() => self.link(call, link)?,
                _ => return Ok(items),
            };
            if next == url {
                break;
            }
            url = next;
        }
        Err(call.bad_answer("a list whose pages do not end"))
    }

    /// Follows one link of an answer.
    ///
    /// # Errors
    /// See [`Error`]; a link to another host is refused.
    pub(crate) async fn follow(&self, call: &Call, url: &Url) -> Result<Response, Error> {
        self.send_to(call, url.clone()).await
    }

    /// Reads a link of an answer and checks that it stays on Resource Manager.
    pub(crate) fn link(&self, call: &Call, link: &str) -> Result<Url, Error> {
        let url = self
            .inner
            .cloud
            .resource_manager()
            .join(link)
            .map_err(|_| call.bad_answer("a link that is not a URL"))?;
        self.inner.cloud.check_link(&url)?;
        Ok(url)
    }

    /// Who podid is signed in as, read from its token.
    ///
    /// # Errors
    /// When signing in fails, or the token does not say whom it stands for.
    pub async fn principal(&self) -> Result<Principal, Error> {
        let token = self
            .inner
            .credential
            .token(&self.inner.cloud.scope())
            .await?;
        Claims::of(token.token.secret())
            .and_then(Claims::principal)
            .ok_or_else(|| {
                Error::Invalid("the access token does not say which principal it is for".to_owned())
            })
    }

    /// Sleeps, having told why, unless that would outlive the deadline.
    ///
    /// Returns whether it slept.
    pub(crate) async fn pause(&self, notice: &Notice) -> bool {
        if self.remaining().is_some_and(|left| left <= notice.wait) {
            return false;
        }
        self.notices.tell(notice);
        tokio::time::sleep(notice.wait).await;
        true
    }

    /// The time left, when the client has a deadline.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    async fn send_to(&self, call: &Call, url: Url) -> Result<Response, Error> {
        self.inner.cloud.check_link(&url)?;
        let mut attempts = Attempts::default();
        loop {
            self.hold_back(call, &url).await;
            let error = match self.attempt(call, &url).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if attempts.is_late_echo(call, &error) {
                return Ok(Response::empty(204));
            }
            if error.status() == Some(401) && attempts.may_sign_in_again() {
                self.inner.credential.forget().await;
                continue;
            }
            if call.is_tried_once() {
                return Err(error);
            }
            let Some((wait, reason)) = attempts.next(call, &error) else {
                return Err(error);
            };
            let notice = Notice {
                wait,
                reason,
                call: call.to_string(),
                attempt: attempts.count(),
            };
            if !self.pause(&notice).await {
                return Err(Error::TimedOut {
                    call: call.to_string(),
                    last: Some(Box::new(error)),
                });
            }
        }
    }

    /// How long until the budgets of this call have room, as far as podid knows.
    #[must_use]
    pub fn room_in(&self, call: &Call) -> Duration {
        let url = call.url(self.inner.cloud.resource_manager());
        self.budgets()
            .wait(Instant::now(), call.method(), url.path())
    }

    /// Waits until the budgets of this call have room.
    async fn hold_back(&self, call: &Call, url: &Url) {
        loop {
            let Some(wait) = self
                .budgets()
                .take(Instant::now(), call.method(), url.path())
            else {
                return;
            };
            let notice = Notice {
                wait,
                reason: Reason::Budget,
                call: call.to_string(),
                attempt: 0,
            };
            // Budgets are podid's guess: rather than fail by one, let the service decide.
            if !self.pause(&notice).await {
                return;
            }
        }
    }

    fn budgets(&self) -> std::sync::MutexGuard<'_, Budgets> {
        self.inner
            .budgets
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// A request that Azure's logs join with the others of this run.
    fn identified(&self, call: &Call, url: &Url) -> reqwest::RequestBuilder {
        let id = self.inner.command_id.to_string();
        self.inner
            .transport
            .request(call.method().into(), url.clone())
            .header("x-ms-client-request-id", &id)
            .header("x-ms-correlation-request-id", &id)
    }

    async fn attempt(&self, call: &Call, url: &Url) -> Result<Response, Error> {
        let timed_out = || Error::TimedOut {
            call: call.to_string(),
            last: None,
        };
        let limit = self.remaining().unwrap_or(TRY_TIMEOUT).min(TRY_TIMEOUT);
        if limit.is_zero() {
            return Err(timed_out());
        }
        let token = tokio::time::timeout(
            self.remaining().unwrap_or(Duration::from_mins(5)),
            self.inner.credential.token(&self.inner.cloud.scope()),
        )
        .await
        .map_err(|_| timed_out())??;
        let token = token.token.secret();
        // The last gate before a token leaves: it must belong to the cloud of this host.
        let claims = Claims::of(token).ok_or_else(|| {
            Error::Invalid("the access token cannot be read, so it is sent nowhere".to_owned())
        })?;
        self.inner.cloud.check_token(&claims)?;
        let request = call.fill(self.identified(call, url).bearer_auth(token));
        call.check_gate()?;
        let reply = match self.inner.transport.execute(request, limit).await {
            Ok(reply) => reply,
            Err(_) if self.remaining().is_some_and(|left| left.is_zero()) => {
                return Err(timed_out());
            }
            Err(error) => {
                return Err(Error::Unreachable {
                    host: url.host_str().unwrap_or_default().to_owned(),
                    source: Box::new(error.without_url()),
                });
            }
        };
        self.budgets().learn(
            Instant::now(),
            call.method(),
            url.path(),
            reply.status,
            &reply.headers,
        );
        Response::read(call, reply)
    }
}
