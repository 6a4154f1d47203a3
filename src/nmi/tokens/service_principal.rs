//! Tokens of service principals, from Entra, with the secret or certificate in a Kubernetes Secret.
//!
//! Whoever may write an `AzureIdentity` chooses the Secret and the authority it names. So the Secret must be in the
//! identity's own namespace, and the authority must be one of a short list: otherwise anybody with a namespace could
//! have any Secret of the cluster sent to a server of theirs.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use http::Method;
use http::header::CONTENT_TYPE;
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};
use tokio::sync::Semaphore;
use url::Url;
use zeroize::Zeroizing;

use super::imds::{no_answer, retry_after, token, words};
use super::source::{Source, Want};
use super::token::Token;
use crate::azure::credential::CertificateAssertion;
use crate::azure::transport::Reply;
use crate::azure::{Cloud, Transport};
use crate::domain::matching::{self, Identity};
use crate::nmi::refusal::{self, Refusal};

const LIMIT: Duration = Duration::from_secs(20);
const SECRET_LIMIT: Duration = Duration::from_secs(10);
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Entra of the clouds there are; a secret is sent to no other host unless an operator says so.
const AUTHORITIES: [&str; 3] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
];

/// Entra, for service principals.
pub struct ServicePrincipals {
    client: Client,
    transport: Transport,
    authority: Url,
    allowed: Vec<String>,
    signing: Arc<Semaphore>,
}

/// The values of a Secret; wiped when dropped.
type Values = Vec<(String, Zeroizing<Vec<u8>>)>;

impl ServicePrincipals {
    /// Reads Secrets with `client` and asks the cloud's Entra, or one of the `allowed` hosts.
    #[must_use]
    pub fn new(client: Client, transport: Transport, cloud: &Cloud, allowed: Vec<String>) -> Self {
        Self {
            client,
            transport,
            authority: cloud.authority().clone(),
            allowed,
            signing: Arc::new(Semaphore::new(1)),
        }
    }

    async fn get(&self, want: &Want) -> Result<Token, Refusal> {
        let identity = &want.identity;
        let incomplete = |what: &str| {
            let detail = format!("AzureIdentity {} has no {what}", identity.key);
            Refusal::new(refusal::INCOMPLETE, detail)
        };
        if identity.client_id.is_empty() {
            return Err(incomplete("clientID"));
        }
        let tenant = want.tenant.as_ref().or(identity.tenant.as_ref());
        let tenant = tenant.ok_or_else(|| incomplete("tenantID"))?;
        let url = self.token_url(identity, tenant)?;
        let values = self.secret(identity).await?;
        let mut form = vec![
            ("grant_type", "client_credentials"),
            ("client_id", &identity.client_id),
            ("resource", &want.resource),
        ];
        let proof = self.proof(identity, values, &url).await?;
        match identity.source {
            matching::Source::Secret => form.push(("client_secret", &proof)),
            _ => form.extend([
                ("client_assertion_type", ASSERTION),
                ("client_assertion", &proof),
            ]),
        }
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let request = self.transport.request(Method::POST, url);
        let request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        let reply = self.transport.execute(request, LIMIT).await;
        let reply = reply.map_err(|error| no_answer("Entra", &error))?;
        if reply.status == 200 {
            return token(reply, &want.resource, &identity.client_id);
        }
        Err(refused(&reply, identity))
    }

    /// The secret, or the signed assertion.
    async fn proof(
        &self,
        identity: &Arc<Identity>,
        values: Values,
        url: &Url,
    ) -> Result<Zeroizing<String>, Refusal> {
        if identity.source == matching::Source::Secret {
            return secret(identity, &values);
        }
        // PKCS#12 is made to take long: one at a time, and not where requests of others are answered.
        let broken_off = |_| Refusal::new(refusal::UNAVAILABLE, "no assertion was signed");
        let turn = Arc::clone(&self.signing).acquire_owned();
        let turn = tokio::time::timeout(LIMIT, turn).await;
        let turn = turn.map_err(|_| {
            let detail = "others with certificates are still waiting for their assertions";
            Refusal::new(refusal::UNAVAILABLE, detail)
        })?;
        let (identity, audience) = (Arc::clone(identity), url.to_string());
        let signing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            signed(&identity, &values, audience)
        });
        signing.await.map_err(broken_off)?
    }

    fn token_url(&self, identity: &Identity, tenant: &str) -> Result<Url, Refusal> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if tenant.is_empty() || !tenant.chars().all(plain) || tenant.contains("..") {
            let detail = format!("the tenant of AzureIdentity {} is none", identity.key);
            return Err(Refusal::new(refusal::INCOMPLETE, detail));
        }
        let authority = match &identity.authority {
            None => self.authority.clone(),
            Some(given) => self.checked(given).ok_or_else(|| {
                let detail = format!(
                    "the adEndpoint of AzureIdentity {} is not an authority that secrets are sent to; \
                     an operator can add its host with --allow-authority",
                    identity.key
                );
                Refusal::new(refusal::AUTHORITY, detail)
            })?,
        };
        let url = authority.join(&format!("{tenant}/oauth2/token"));
        url.map_err(|_| Refusal::new(refusal::AUTHORITY, "the authority cannot have a path"))
    }

    /// The authority an identity names, if secrets may go there.
    fn checked(&self, given: &str) -> Option<Url> {
        let url = Url::parse(given).ok()?;
        if url.origin() == self.authority.origin() && url.username().is_empty() {
            return Some(self.authority.clone());
        }
        let host = url.host_str()?;
        let listed = AUTHORITIES.contains(&host)
            || self
                .allowed
                .iter()
                .any(|own| own.eq_ignore_ascii_case(host));
        let plain = url.username().is_empty() && url.password().is_none();
        let sound = url.scheme() == "https" && url.port().is_none() && plain && listed;
        // Only scheme and host are taken over: a path or a query is none of the identity's business.
        sound.then(|| Url::parse(&format!("https://{host}/")).ok())?
    }

    async fn secret(&self, identity: &Identity) -> Result<Values, Refusal> {
        let key = identity.secret.as_ref().ok_or_else(|| {
            let detail = format!("AzureIdentity {} has no clientPassword", identity.key);
            Refusal::new(refusal::INCOMPLETE, detail)
        })?;
        if key.namespace != identity.key.namespace {
            let detail = format!(
                "AzureIdentity {} names the Secret {key}; only Secrets of its own namespace are read",
                identity.key
            );
            return Err(Refusal::new(refusal::FOREIGN_SECRET, detail));
        }
        let api: Api<Secret> = Api::namespaced(self.client.clone(), &key.namespace);
        let read = tokio::time::timeout(SECRET_LIMIT, api.get(&key.name)).await;
        let temporary = |what: String| Err(Refusal::new(refusal::UNAVAILABLE, what));
        match read {
            Ok(Ok(secret)) => Ok(secret
                .data
                .unwrap_or_default()
                .into_iter()
                .map(|(name, value)| (name, Zeroizing::new(value.0)))
                .collect()),
            Ok(Err(kube::Error::Api(status))) if matches!(status.code, 403 | 404) => {
                let why = if status.code == 404 {
                    "does not exist"
                } else {
                    "may not be read by podid-nmi"
                };
                let detail = format!("the Secret {key} {why}");
                Err(Refusal::new(refusal::SECRET, detail))
            }
            Ok(Err(_)) => temporary(format!("the Secret {key} could not be read")),
            Err(_) => temporary(format!("the Secret {key} could not be read in time")),
        }
    }
}

impl Source for ServicePrincipals {
    fn name(&self) -> &'static str {
        "service_principal"
    }

    fn is_limited(&self) -> bool {
        false
    }

    fn fetch<'a>(&'a self, want: &'a Want) -> BoxFuture<'a, Result<Token, Refusal>> {
        self.get(want).boxed()
    }
}

fn wrong(identity: &Identity, what: &str) -> Refusal {
    let detail = format!("the Secret of AzureIdentity {} {what}", identity.key);
    Refusal::new(refusal::SECRET, detail)
}

fn value<'a>(values: &'a Values, name: &str) -> Option<&'a Zeroizing<Vec<u8>>> {
    let found = values.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| value)
}

/// A text without the line end that comes from `echo | kubectl create secret`; Entra makes none.
fn text(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    Some(text.trim_end_matches(['\r', '\n']))
}

fn secret(identity: &Identity, values: &Values) -> Result<Zeroizing<String>, Refusal> {
    let only = values.first().filter(|_| values.len() == 1);
    let secret = value(values, "clientSecret").or(only.map(|(_, value)| value));
    let secret = secret.ok_or_else(|| wrong(identity, "has no key clientSecret"))?;
    let text = text(secret).ok_or_else(|| wrong(identity, "is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// An assertion signed with the key of a certificate: PEM, or PKCS#12 with the key `password` beside it.
fn signed(
    identity: &Identity,
    values: &Values,
    audience: String,
) -> Result<Zeroizing<String>, Refusal> {
    let name = identity.secret.as_ref().map(matching::Key::to_string);
    let (name, id) = (name.unwrap_or_default(), &identity.client_id);
    let mut pem = Zeroizing::new(Vec::new());
    for name in ["certificate", "tls.crt", "tls.key"] {
        if let Some(part) = value(values, name) {
            pem.extend_from_slice(part);
            pem.push(b'\n');
        }
    }
    let is_pem = pem.windows(10).any(|part| part == b"-----BEGIN");
    let made = match value(values, "certificate") {
        Some(archive) if !is_pem => {
            let password = value(values, "password").map_or(Some(""), |password| text(password));
            let password =
                password.ok_or_else(|| wrong(identity, "has a password that is not text"))?;
            CertificateAssertion::parse_pkcs12(&name, archive, password, id, audience)
        }
        None if pem.is_empty() => {
            let what = "has no key certificate, nor tls.crt and tls.key";
            return Err(wrong(identity, what));
        }
        _ => CertificateAssertion::parse(&name, &pem, id, audience),
    };
    let made = made.map_err(|error| wrong(identity, &format!("cannot be used: {error}")))?;
    let now = jiff::Timestamp::now().as_second();
    let signed = made.sign(now).map(Zeroizing::new);
    signed.map_err(|_| wrong(identity, "holds a key that does not sign"))
}

fn refused(reply: &Reply, identity: &Identity) -> Refusal {
    let said = words(reply);
    match reply.status {
        429 => Refusal::new(refusal::THROTTLED, "Entra is being asked too often")
            .after(retry_after(reply)),
        500..=599 => {
            let detail = format!("Entra answered {}: {said}", reply.status);
            Refusal::new(refusal::UNAVAILABLE, detail).after(retry_after(reply))
        }
        status => Refusal::new(
            refusal::REFUSED,
            format!("Entra answered {status} for {}: {said}", identity.key),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::matching::Key;

    fn identity(authority: Option<&str>) -> Identity {
        Identity {
            key: Key::new("a", "sp"),
            source: matching::Source::Secret,
            authority: authority.map(str::to_owned),
            ..Identity::default()
        }
    }

    fn url(authority: Option<&str>, tenant: &str) -> Result<String, &'static str> {
        crate::azure::install_crypto_provider();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let _inside = runtime.enter();
        let config = kube::Config::new("http://127.0.0.1:1".parse().unwrap());
        let cloud = Cloud::public();
        let source = ServicePrincipals::new(
            Client::try_from(config).unwrap(),
            Transport::new(&cloud, None).unwrap(),
            &cloud,
            vec!["login.example".to_owned()],
        );
        let made = source.token_url(&identity(authority), tenant);
        made.map(|url| url.to_string())
            .map_err(|refusal| refusal.code.name)
    }

    #[test]
    fn secrets_go_to_listed_authorities_only() {
        let usual = "https://login.microsoftonline.com/t/oauth2/token";
        for sound in [
            None,
            Some("https://login.microsoftonline.com"),
            Some("https://LOGIN.microsoftonline.com/x?y"),
        ] {
            assert_eq!(url(sound, "t").as_deref(), Ok(usual), "{sound:?}");
        }
        let own = url(Some("https://login.example/"), "t");
        assert_eq!(own.as_deref(), Ok("https://login.example/t/oauth2/token"));
        for foreign in [
            "http://login.microsoftonline.com/",
            "https://login.microsoftonline.com:444/",
            "https://login.microsoftonline.com.evil.example/",
            "https://login.microsoftonline.com@evil.example/",
            "https://evil.example/login.microsoftonline.com/",
            "https://u:p@login.microsoftonline.us/",
            "https://169.254.169.254/",
            "not a url",
            "",
        ] {
            assert_eq!(url(Some(foreign), "t"), Err("Authority"), "{foreign}");
        }
    }

    #[test]
    fn a_tenant_is_a_name_not_a_path() {
        for tenant in ["", "a/b", "../x", "..", "a?b", "a#b", "a%2fb"] {
            assert_eq!(url(None, tenant), Err("IncompleteIdentity"), "{tenant}");
        }
        assert!(url(None, "contoso.onmicrosoft.com").is_ok());
    }

    #[test]
    fn the_secret_has_a_fixed_name_or_is_the_only_one() {
        let values = |names: &[&str]| -> Values {
            let named = names.iter().map(|name| (*name).to_owned());
            named
                .map(|name| {
                    (
                        name.clone(),
                        Zeroizing::new(format!("{name}\n").into_bytes()),
                    )
                })
                .collect()
        };
        let proof = |names: &[&str]| {
            let made = secret(&identity(None), &values(names));
            made.map(|text| text.to_string())
                .map_err(|refusal| refusal.code.name)
        };
        assert_eq!(proof(&["x"]).as_deref(), Ok("x"));
        assert_eq!(proof(&["a", "clientSecret"]).as_deref(), Ok("clientSecret"));
        assert_eq!(proof(&["a", "b"]), Err("Secret"));
        assert_eq!(proof(&[]), Err("Secret"));
    }
}
