//! One connection to one cluster.
//!
//! A process makes one [`Connection`] and clones its client: a credential plugin starts per client, and
//! each start may cost a second or a browser window.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use kube::Client;
use kube::client::ClientBuilder;
use kube::config::{Config, KubeConfigOptions};
use tower::buffer::BufferLayer;
use tower::filter::AsyncFilterLayer;
use tower::retry::RetryLayer;
use tower::util::MapErrLayer;
use url::Url;

use super::error::Error;
use super::error_mapping::{NoAnswer, from_auth};
use super::exec;
use super::kubeconfig::{self, Found};
use super::log::LogLayer;
use super::{proxy, retry};
use crate::env;

/// Requests that may wait for the connection at once.
const QUEUE: usize = 1024;

/// A cluster that is stopped, or behind a firewall, says nothing at all.
const CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// An API server gives up on a request after one minute.
const ANSWER_LIMIT: Duration = Duration::from_secs(65);

const SERVICE_ACCOUNT: &str = "the pod's service account";

/// Where to find the cluster and its credential.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    /// Path of a kubeconfig; without it `KUBECONFIG`, then `~/.kube/config`, then the pod's own account.
    pub kubeconfig: Option<PathBuf>,
    /// Context to use instead of the current one.
    pub context: Option<String>,
    /// A kubeconfig that was fetched from Azure; it stays in memory and wins over every file.
    pub kubeconfig_yaml: Option<Vec<u8>>,
    /// Limit for connecting and for each answer, unless podid's own limits are shorter.
    pub timeout: Option<Duration>,
    /// Refuse a kubeconfig whose sign-in starts a program: it may cost a second or a browser window.
    pub without_plugin: bool,
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes hold keys or tokens; only whether there are any is told.
        f.debug_struct("ConnectOptions")
            .field("kubeconfig", &self.kubeconfig)
            .field("context", &self.context)
            .field("kubeconfig_yaml", &self.kubeconfig_yaml.is_some())
            .field("timeout", &self.timeout)
            .field("without_plugin", &self.without_plugin)
            .finish()
    }
}

/// A client and what it is connected to.
#[derive(Clone)]
pub struct Connection {
    /// The client; clones share connections, sign-in and retries.
    pub client: Client,
    /// Address of the API server.
    pub server: Url,
    /// Context of the kubeconfig; none inside a cluster.
    pub context_name: Option<String>,
    /// Namespace of the context, `default` when it names none.
    pub namespace: String,
}

/// What a kubeconfig, or the pod's account, comes down to.
struct Selected {
    config: Config,
    context: Option<String>,
    origin: String,
}

/// Prepares the connection; credential plugins run now, the first request to the server comes later.
///
/// # Errors
/// No kubeconfig, an unreadable one, an unknown context, or a sign-in that fails.
pub async fn connect(options: &ConnectOptions) -> Result<Connection, Error> {
    // kube and azure_core share one TLS provider; the second installation answers Err, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let Selected {
        config,
        context,
        origin,
    } = configuration(options).await?;
    if options.without_plugin && config.auth_info.exec.is_some() {
        return Err(Error::SignIn {
            message: "the kubeconfig's sign-in starts a program".to_owned(),
        });
    }
    let address = config.cluster_url.to_string();
    let server: Url = address.parse().map_err(|_| Error::Kubeconfig {
        origin: origin.clone(),
        message: format!("`{address}` is not the address of a server"),
    })?;
    let namespace = config.default_namespace.clone();
    let client = build(with_limits(config, options.timeout), address, origin).await?;
    Ok(Connection {
        client,
        server,
        context_name: context,
        namespace,
    })
}

async fn configuration(options: &ConnectOptions) -> Result<Selected, Error> {
    let found = if let Some(bytes) = &options.kubeconfig_yaml {
        kubeconfig::from_bytes(bytes)?
    } else if let Some(path) = &options.kubeconfig {
        kubeconfig::from_file(path)?
    } else {
        match kubeconfig::from_environment()? {
            Ok(found) => found,
            Err(looked_at) => {
                let in_pod = env::read(env::KUBERNETES_SERVICE_HOST).is_some();
                return in_cluster(options, looked_at, in_pod);
            }
        }
    };
    let context = chosen_context(&found, options.context.as_deref())?;
    let of_environment = cluster_proxy(&found, &context).is_none();
    let selected = KubeConfigOptions {
        context: Some(context.clone()),
        ..KubeConfigOptions::default()
    };
    let mut config = Config::from_custom_kubeconfig(found.config, &selected)
        .await
        .map_err(|error| kubeconfig::refused(&found.origin, &error))?;
    if of_environment && config.cluster_url.host().is_some_and(proxy::is_bypassed) {
        config.proxy_url = None;
    }
    Ok(Selected {
        config,
        context: Some(context),
        origin: found.origin,
    })
}

fn in_cluster(
    options: &ConnectOptions,
    mut looked_at: Vec<String>,
    in_pod: bool,
) -> Result<Selected, Error> {
    if in_pod && options.context.is_none() {
        let config = Config::incluster().map_err(|error| Error::Kubeconfig {
            origin: SERVICE_ACCOUNT.to_owned(),
            message: error.to_string(),
        })?;
        return Ok(Selected {
            config,
            context: None,
            origin: SERVICE_ACCOUNT.to_owned(),
        });
    }
    looked_at.push(SERVICE_ACCOUNT.to_owned());
    Err(Error::NoKubeconfig {
        searched: looked_at,
    })
}

fn chosen_context(found: &Found, wanted: Option<&str>) -> Result<String, Error> {
    let available: Vec<String> = found
        .config
        .contexts
        .iter()
        .map(|named| named.name.clone())
        .collect();
    let origin = found.origin.clone();
    let current = found
        .config
        .current_context
        .as_deref()
        .filter(|name| !name.is_empty());
    match wanted.or(current) {
        None => Err(Error::NoCurrentContext { origin, available }),
        Some(context) if available.iter().any(|name| name == context) => Ok(context.to_owned()),
        Some(context) => Err(Error::UnknownContext {
            origin,
            context: context.to_owned(),
            available,
        }),
    }
}

fn cluster_proxy(found: &Found, context: &str) -> Option<String> {
    let config = &found.config;
    let named = config.contexts.iter().find(|named| named.name == context)?;
    let cluster = &named.context.as_ref()?.cluster;
    let named = config
        .clusters
        .iter()
        .find(|named| &named.name == cluster)?;
    named
        .cluster
        .as_ref()?
        .proxy_url
        .clone()
        .filter(|url| !url.is_empty())
}

fn with_limits(mut config: Config, timeout: Option<Duration>) -> Config {
    let at_most = |limit: Duration| Some(timeout.map_or(limit, |timeout| timeout.min(limit)));
    config.connect_timeout = at_most(CONNECT_LIMIT);
    config.read_timeout = at_most(ANSWER_LIMIT);
    config.write_timeout = at_most(ANSWER_LIMIT);
    // kube's own policy repeats 15 times and obeys any Retry-After.
    config.default_retry = false;
    config
}

async fn build(mut config: Config, server: String, origin: String) -> Result<Client, Error> {
    let plugin = exec::sign_in(&mut config.auth_info).await?;
    let builder = ClientBuilder::try_from(config).map_err(|error| match error {
        kube::Error::Auth(auth) => from_auth(&auth),
        kube::Error::RustlsTls(tls) => Error::Kubeconfig {
            origin,
            message: tls.to_string(),
        },
        other => Error::SignIn {
            message: other.to_string(),
        },
    })?;
    let log = LogLayer::new(&server);
    let no_answer = MapErrLayer::new(move |source| NoAnswer {
        server: server.clone(),
        source,
    });
    let builder = builder
        .with_layer(&log)
        .with_layer(&no_answer)
        .with_layer(&BufferLayer::new(QUEUE));
    let retries = RetryLayer::new(retry::Transient::default());
    Ok(match plugin {
        // Inside the retries, so that a token that expires meanwhile is replaced.
        Some(plugin) => builder
            .with_layer(&AsyncFilterLayer::new(move |request| {
                plugin.clone().sign(request)
            }))
            .with_layer(&retries)
            .build(),
        None => builder.with_layer(&retries).build(),
    })
}

#[cfg(test)]
mod tests {
    use super::{ConnectOptions, in_cluster};

    fn refused(context: Option<&str>, in_pod: bool) -> String {
        let options = ConnectOptions {
            context: context.map(str::to_owned),
            ..ConnectOptions::default()
        };
        let looked_at = vec!["`/home/me/.kube/config`".to_owned()];
        in_cluster(&options, looked_at, in_pod)
            .err()
            .unwrap()
            .to_string()
    }

    #[test]
    fn without_a_kubeconfig_the_places_are_named() {
        let expected = "no kubeconfig was found (looked at `/home/me/.kube/config`, the pod's service account)";
        assert_eq!(refused(None, false), expected);
        // A pod's account has no contexts: whoever names one means a kubeconfig.
        assert_eq!(refused(Some("prod"), true), expected);
    }

    #[test]
    fn a_pod_without_an_account_is_told_so() {
        let text = refused(None, true);
        assert!(
            text.starts_with("the pod's service account cannot be used: "),
            "{text}"
        );
    }
}
