//! The one HTTP client of a process: TLS, proxies, the CA file, timeouts, and no redirects.
//!
//! Resource Manager, Entra and IMDS are all called through it; azure_identity's credentials get it
//! as their `HttpClient`.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Request};
use reqwest::header::{HeaderMap, USER_AGENT};
use url::Url;

use super::cloud::{Cloud, is_link_local, is_loopback};
use super::error::Error;
use super::trust;

/// How podid names itself to Azure.
pub const AGENT: &str = concat!("podid/", env!("CARGO_PKG_VERSION"));

const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// How rustls begins when it refuses the certificate of a server.
pub(crate) const UNTRUSTED: &str = "invalid peer certificate";
/// IMDS is one hop away or not there at all.
const IMDS_CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const IMDS_PATH: &str = "metadata/identity/oauth2/token";

/// Sends requests.
#[derive(Debug, Clone)]
pub struct Transport {
    outside: reqwest::Client,
    /// Loopback and link-local addresses are never reached through a proxy.
    local: reqwest::Client,
    imds: Url,
    /// Why the certificate of a server was refused: azure_identity drops the reason of an error.
    refusal: Arc<OnceLock<String>>,
}

/// An answer, read to its end.
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold a token or a kubeconfig.
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Transport {
    /// Builds the transport for a cloud, trusting the machine's CAs and those of `ca_file`.
    ///
    /// # Errors
    /// When the file cannot be read or holds no certificate, or TLS cannot be set up.
    pub fn new(cloud: &Cloud, ca_file: Option<&Path>) -> Result<Self, Error> {
        super::install_crypto_provider();
        let tls = trust::client_config(ca_file)?;
        let builder = |connect: Duration| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .user_agent(AGENT)
                .connect_timeout(connect)
                .read_timeout(READ_TIMEOUT)
                // A token must not follow a redirect to wherever it points.
                .redirect(reqwest::redirect::Policy::none())
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder.build().map_err(|source| Error::Transport {
                context: "TLS could not be set up".to_owned(),
                source: Box::new(source),
            })
        };
        Ok(Self {
            outside: build(builder(CONNECT_TIMEOUT))?,
            local: build(builder(IMDS_CONNECT_TIMEOUT).no_proxy())?,
            imds: cloud.imds().clone(),
            refusal: Arc::default(),
        })
    }

    /// Sends one request and reads the whole answer, once, within `limit`.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn execute(
        &self,
        request: reqwest::RequestBuilder,
        limit: Duration,
    ) -> Result<Reply, reqwest::Error> {
        let (client, request) = request.timeout(limit).build_split();
        let request = request?;
        // Without its query: `sig`, and IMDS's client ids, are nobody's business.
        let line = format!(
            "{} {}{}",
            request.method(),
            request.url().origin().ascii_serialization(),
            request.url().path()
        );
        let started = Instant::now();
        let reply = read(client.execute(request).await).await;
        let took = started.elapsed().as_millis();
        if let Ok(reply) = &reply {
            let id = request_id(&reply.headers);
            tracing::debug!(request_id = id, "{line} {} in {took} ms", reply.status);
        } else {
            tracing::debug!("{line} no answer in {took} ms");
        }
        reply
    }

    /// Starts a request, on the client that fits the host.
    pub(crate) fn request(&self, method: reqwest::Method, url: Url) -> reqwest::RequestBuilder {
        let client = if is_loopback(&url) || is_link_local(&url) {
            &self.local
        } else {
            &self.outside
        };
        client.request(method, url)
    }

    /// Why a certificate was refused, once one was.
    pub(crate) fn refusal(&self) -> Option<&str> {
        self.refusal.get().map(String::as_str)
    }

    /// Whether IMDS answers at all, within a second.
    ///
    /// The `Metadata` header is left out on purpose: IMDS then refuses at once and without counting
    /// against its limit, and any answer is proof that it is there.
    pub(crate) async fn has_imds(&self) -> bool {
        let Ok(mut url) = self.imds.join(IMDS_PATH) else {
            return false;
        };
        url.query_pairs_mut()
            .append_pair("api-version", "2018-02-01");
        let request = self.request(reqwest::Method::GET, url);
        self.execute(request, Duration::from_secs(1)).await.is_ok()
    }

    /// azure_identity has the address of IMDS built in; another one is put in its place here.
    fn redirect_imds(&self, url: &Url) -> Url {
        if !is_link_local(url) || is_link_local(&self.imds) {
            return url.clone();
        }
        let Ok(mut there) = self.imds.join(url.path().trim_start_matches('/')) else {
            return url.clone();
        };
        there.set_query(url.query());
        there
    }
}

async fn read(
    response: Result<reqwest::Response, reqwest::Error>,
) -> Result<Reply, reqwest::Error> {
    let response = response?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    // Taken over, not copied, when it came in one piece: a copy of a token is one more to wipe.
    let body = Vec::from(response.bytes().await?);
    Ok(Reply {
        status,
        headers,
        body,
    })
}

/// The id that Microsoft's support asks for.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name)?.to_str().ok();
    text("x-ms-request-id").or_else(|| text("x-ms-correlation-request-id"))
}

#[async_trait]
impl HttpClient for Transport {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let other = |message: String| azure_core::Error::with_message(ErrorKind::Other, message);
        let url = self.redirect_imds(request.url());
        // Secrets and assertions pass here; App Service's endpoint and IMDS are on this machine.
        if url.scheme() != "https" && !is_loopback(&url) && !is_link_local(&url) {
            return Err(other(
                "plain http is for loopback and link-local addresses only".to_owned(),
            ));
        }
        let method: reqwest::Method = request
            .method()
            .as_ref()
            .parse()
            .map_err(|_| other(format!("unknown method {}", request.method())))?;
        let mut builder = self.request(method, url);
        for (name, value) in request.headers().iter() {
            if !name.as_str().eq_ignore_ascii_case(USER_AGENT.as_str()) {
                builder = builder.header(name.as_str(), value.as_str());
            }
        }
        builder = match request.body() {
            Body::Bytes(bytes) => builder.body(bytes.clone()),
            Body::SeekableStream(_) => {
                return Err(other("streamed bodies are not sent".to_owned()));
            }
        };
        let reply = self.execute(builder, READ_TIMEOUT).await.map_err(|error| {
            let reason = causes(&error);
            let kind = if let Some(at) = reason.find(UNTRUSTED) {
                // It stays so however often it is tried; the first is as good as any.
                let _ = self.refusal.set(reason[at..].to_owned());
                ErrorKind::Other
            } else if error.is_connect() {
                ErrorKind::Connection
            } else {
                ErrorKind::Io
            };
            // Without its URL: the query of an IMDS call is nobody's business.
            azure_core::Error::with_error(kind, error.without_url(), "the request failed")
        })?;
        let mut headers = Headers::new();
        for (name, value) in &reply.headers {
            if let Ok(value) = value.to_str() {
                headers.insert(
                    HeaderName::from(name.as_str().to_owned()),
                    HeaderValue::from(value.to_owned()),
                );
            }
        }
        Ok(AsyncRawResponse::from_bytes(
            reply.status.into(),
            headers,
            reply.body,
        ))
    }
}

/// The chain of causes in one line, innermost last, without repeating what the outer ones say.
#[must_use]
pub fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::azure::cloud::CustomEndpoints;

    #[test]
    fn imds_moves_and_nothing_else_does() {
        let cloud = Cloud::custom(CustomEndpoints {
            resource_manager: "https://localhost:1".to_owned(),
            authority: "https://localhost:1".to_owned(),
            imds: Some("http://127.0.0.1:9/_nodes/apps/0".to_owned()),
            ..CustomEndpoints::default()
        })
        .unwrap();
        let transport = Transport::new(&cloud, None).unwrap();
        let moved = |url: &str| {
            transport
                .redirect_imds(&Url::parse(url).unwrap())
                .to_string()
        };
        assert_eq!(
            moved("http://169.254.169.254/metadata/identity/oauth2/token?resource=x"),
            "http://127.0.0.1:9/_nodes/apps/0/metadata/identity/oauth2/token?resource=x"
        );
        assert_eq!(
            moved("https://localhost:1/token"),
            "https://localhost:1/token"
        );
    }

    #[test]
    fn a_ca_file_must_hold_certificates() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Transport::new(&Cloud::public(), Some(file.path())).unwrap_err();
        assert!(
            error.to_string().contains("holds no certificate"),
            "{error}"
        );
        let gone = Transport::new(&Cloud::public(), Some(Path::new("/nowhere/ca.pem")));
        assert!(gone.unwrap_err().to_string().contains("could not be read"));
    }
}
