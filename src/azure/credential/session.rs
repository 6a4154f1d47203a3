//! The sign-in of a process: which credential works, and the token it gave.

use std::fmt;
use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential};
use azure_core::time::{Duration, OffsetDateTime};
use tokio::sync::Mutex;

use super::CredentialSettings;
use super::kind::CredentialKind;
use super::sources::{self, Closed};
use crate::azure::cloud::Cloud;
use crate::azure::transport::{Transport, causes};

/// azure_core's words in place of the reason of an error that it does not try again.
const NOT_RETRIED: &str = "will not be retried";

/// A token is renewed this long before it ends.
const EARLY: Duration = Duration::minutes(5);

/// Signs in on first use and keeps the token.
#[derive(Clone)]
pub struct Credential(Arc<Inner>);

struct Inner {
    kind: CredentialKind,
    settings: CredentialSettings,
    cloud: Cloud,
    transport: Transport,
    /// One sign-in at a time: whoever comes second finds the token of the first.
    session: Mutex<Session>,
}

#[derive(Default)]
struct Session {
    source: Option<(CredentialKind, Arc<dyn TokenCredential>)>,
    token: Option<(String, AccessToken)>,
}

/// One way that was tried, and why it did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The way.
    pub kind: CredentialKind,
    /// Why not.
    pub reason: String,
}

/// No way of signing in worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInError {
    /// What was tried, in order.
    pub attempts: Vec<Attempt>,
    /// What to do about it.
    pub next_step: String,
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.attempts.as_slice() {
            [only] => write!(f, "signing in with {} failed: {}", only.kind, only.reason),
            attempts => {
                f.write_str("no way of signing in to Azure worked")?;
                for attempt in attempts {
                    write!(f, "\n  {}: {}", attempt.kind, attempt.reason)?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for SignInError {}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Credential")
            .field(&self.0.kind)
            .field(&self.0.settings)
            .finish()
    }
}

impl Credential {
    /// Prepares to sign in by `kind` as `settings` say; nothing is sent or started yet.
    #[must_use]
    pub fn new(
        kind: CredentialKind,
        settings: CredentialSettings,
        cloud: &Cloud,
        transport: &Transport,
    ) -> Self {
        Self(Arc::new(Inner {
            kind,
            settings,
            cloud: cloud.clone(),
            transport: transport.clone(),
            session: Mutex::new(Session::default()),
        }))
    }

    /// The token for `scope`, signing in when there is none or it ends soon.
    ///
    /// # Errors
    /// Says what was tried and why each way failed.
    pub async fn token(&self, scope: &str) -> Result<AccessToken, SignInError> {
        let mut session = self.0.session.lock().await;
        if let Some((of, token)) = &session.token
            && of == scope
            && token.expires_on - EARLY > OffsetDateTime::now_utc()
        {
            tracing::trace!(until = %token.expires_on, "the token at hand is used again");
            return Ok(token.clone());
        }
        let token = if let Some((kind, source)) = session.source.clone() {
            ask(kind, source.as_ref(), scope)
                .await
                .map_err(|attempt| self.failed(vec![attempt]))?
        } else {
            let (kind, source, token) = self.sign_in(scope).await?;
            tracing::debug!(%kind, "signed in");
            session.source = Some((kind, source));
            token
        };
        session.token = Some((scope.to_owned(), token.clone()));
        Ok(token)
    }

    /// Forgets the token, so that the next call asks for a new one.
    pub async fn forget(&self) {
        let mut session = self.0.session.lock().await;
        session.token = None;
        // azure_identity caches inside the credential, so the credential goes too.
        session.source = None;
    }

    /// Which way podid signed in; nothing before the first token.
    pub async fn signed_in_with(&self) -> Option<CredentialKind> {
        let session = self.0.session.lock().await;
        session.source.as_ref().map(|(kind, _)| *kind)
    }

    async fn sign_in(
        &self,
        scope: &str,
    ) -> Result<(CredentialKind, Arc<dyn TokenCredential>, AccessToken), SignInError> {
        let wanted = self.0.kind;
        let auto = wanted == CredentialKind::Auto;
        let order: &[_] = if auto {
            &CredentialKind::ALL[1..]
        } else {
            std::slice::from_ref(&wanted)
        };
        let mut attempts = Vec::new();
        for &kind in order {
            let reason = match self.try_one(kind, auto, scope).await {
                Ok((source, token)) => return Ok((kind, source, token)),
                Err(Closed::Unset(reason)) => reason,
                Err(Closed::Broken(reason)) => {
                    // Someone configured this way on purpose; another way would be another identity.
                    let reason = Attempt { kind, reason };
                    if is_configured(kind) {
                        return Err(self.failed(vec![reason]));
                    }
                    attempts.push(reason);
                    continue;
                }
            };
            tracing::trace!(%kind, reason, "this way of signing in is not open");
            attempts.push(Attempt { kind, reason });
        }
        Err(self.failed(attempts))
    }

    async fn try_one(
        &self,
        kind: CredentialKind,
        auto: bool,
        scope: &str,
    ) -> Result<(Arc<dyn TokenCredential>, AccessToken), Closed> {
        let Inner {
            settings,
            cloud,
            transport,
            ..
        } = &*self.0;
        if auto
            && kind == CredentialKind::ManagedIdentity
            && settings.identity_endpoint.is_none()
            && !transport.has_imds().await
        {
            return Err(Closed::Unset(
                "this machine has no managed identity endpoint".to_owned(),
            ));
        }
        let source = sources::open(kind, settings, cloud, transport)?;
        let token = ask(kind, source.as_ref(), scope)
            .await
            .map_err(|attempt| Closed::Broken(attempt.reason))?;
        Ok((source, token))
    }

    fn failed(&self, attempts: Vec<Attempt>) -> SignInError {
        let text: String = attempts
            .iter()
            .map(|attempt| attempt.reason.as_str())
            .collect();
        let next_step = next_step(&attempts, &text);
        let secret = self.0.settings.client_secret.as_deref().unwrap_or_default();
        SignInError {
            attempts: attempts
                .into_iter()
                .map(|attempt| {
                    let own = attempt.reason.as_str();
                    let refused = self.0.transport.refusal();
                    let refused = refused.filter(|_| own.contains(NOT_RETRIED));
                    Attempt {
                        reason: without_secret(refused.unwrap_or(own), secret),
                        ..attempt
                    }
                })
                .collect(),
            next_step,
        }
    }
}

/// Whether this way is only taken when somebody set it up for podid.
fn is_configured(kind: CredentialKind) -> bool {
    !matches!(kind, CredentialKind::ManagedIdentity | CredentialKind::Cli)
}

async fn ask(
    kind: CredentialKind,
    source: &dyn TokenCredential,
    scope: &str,
) -> Result<AccessToken, Attempt> {
    source
        .get_token(&[scope], None)
        .await
        .map_err(|error| Attempt {
            kind,
            reason: tidy(&causes(&error)),
        })
}

/// azure_identity's words on one line, without its link to a page about the Rust SDK.
fn tidy(reason: &str) -> String {
    reason
        .lines()
        .filter(|line| !line.contains("aka.ms/azsdk/rust"))
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// An error of Entra does not quote the secret today; this keeps it so.
fn without_secret(reason: &str, secret: &str) -> String {
    if secret.is_empty() {
        return reason.to_owned();
    }
    reason.replace(secret, "***")
}

fn next_step(attempts: &[Attempt], text: &str) -> String {
    let known = [
        (
            "AADSTS7000215",
            "the client secret is not valid: check AZURE_CLIENT_SECRET, or make a new one",
        ),
        (
            "AADSTS7000222",
            "the client secret has expired: make a new one",
        ),
        (
            "AADSTS700016",
            "the application is not in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID",
        ),
        (
            "AADSTS90002",
            "the tenant does not exist: check AZURE_TENANT_ID",
        ),
        (
            "AADSTS700027",
            "the certificate is not registered with the application: add it there, or check AZURE_CLIENT_CERTIFICATE_PATH",
        ),
        (
            "AADSTS700211",
            "no federated credential of the application names this issuer",
        ),
        (
            "AADSTS700213",
            "no federated credential of the application names this subject",
        ),
        (
            "AADSTS700212",
            "no federated credential of the application names this audience",
        ),
        (
            "AADSTS700024",
            "the federated token is outside its lifetime: check the clock and the token file",
        ),
        (
            "AADSTS70021",
            "no federated credential of the application matches issuer, subject and audience of the token",
        ),
    ];
    if let Some((_, step)) = known.iter().find(|(code, _)| text.contains(code)) {
        return (*step).to_owned();
    }
    match attempts {
        [only] if is_configured(only.kind) => {
            "check the values that sign-in reads, or choose another way with `--credential`".to_owned()
        }
        [only] if only.kind == CredentialKind::ManagedIdentity => {
            "assign a managed identity to this machine, or choose another way with `--credential`".to_owned()
        }
        _ => "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET".to_owned(),
    }
}
