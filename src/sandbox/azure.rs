//! The Azure emulator of a sandbox: started in this process, told about the Kubernetes API servers.

use podid_emulator::{Emulator, Options, Seed};
use reqwest::{Certificate, Client, Response};
use serde_json::{Value, json};

use super::api_server::ApiServer;
use super::error::Error;

/// Resource group `demo` with cluster `demo`, and whoever signs in.
const DEMO: &str = include_str!("../../emulator/seeds/demo.yaml");

/// A running emulator and the seed it started from.
pub(super) struct Azure {
    emulator: Emulator,
    http: Client,
    seed: Seed,
}

impl std::fmt::Debug for Azure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Azure")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Who signs in inside the sandbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operator {
    /// Tenant id.
    pub(super) tenant: String,
    /// Subscription id.
    pub(super) subscription: String,
    /// Application (client) id.
    pub(super) client: String,
    /// Client secret.
    pub(super) secret: String,
}

impl Azure {
    /// Starts the emulator with the state that `seed` (YAML) describes, or the built-in one.
    pub(super) async fn start(time_scale: f64, seed: Option<&str>) -> Result<Azure, Error> {
        let seed = Seed::from_yaml(seed.unwrap_or(DEMO)).map_err(|e| Error::Seed(e.to_string()))?;
        let options = Options {
            time_scale,
            seed: Some(seed.clone()),
            ..Options::default()
        };
        let emulator = Emulator::start(options)
            .await
            .map_err(|error| Error::Azure(error.to_string()))?;
        let http = Certificate::from_pem(emulator.ca_pem().as_bytes())
            .and_then(|ca| Client::builder().no_proxy().tls_certs_only([ca]).build())
            .map_err(|error| Error::Azure(error.to_string()))?;
        Ok(Azure {
            emulator,
            http,
            seed,
        })
    }

    /// Address of Resource Manager, Entra, the vault and the control API.
    pub(super) fn url(&self) -> String {
        self.emulator.https_url()
    }

    /// Address of the nodes' instance metadata services.
    pub(super) fn imds_url(&self) -> String {
        self.emulator.http_url()
    }

    /// The authority that signed the emulator's certificate, PEM.
    pub(super) fn ca_pem(&self) -> String {
        self.emulator.ca_pem().to_owned()
    }

    /// Address of the control API, with the secret that opens it.
    pub(super) fn control_url(&self) -> String {
        format!("{}{}", self.url(), self.emulator.control_path())
    }

    /// Resource ids of the managed clusters, in the order of the seed.
    pub(super) fn clusters(&self) -> Vec<String> {
        clusters(&self.seed)
    }

    /// Makes the API server the one of managed cluster `id`, and its issuer one that Entra knows.
    pub(super) async fn attach(&self, id: &str, server: &ApiServer) -> Result<(), Error> {
        let cluster = json!({"id": id, "kubeconfig": server.kubeconfig()});
        self.put("clusters", cluster).await?;
        self.put(
            "issuers",
            json!({"issuer": server.issuer(), "ca": server.ca_pem()}),
        )
        .await
    }

    async fn put(&self, path: &str, body: Value) -> Result<(), Error> {
        let url = format!("{}/{path}", self.control_url());
        let answer = self.http.put(url).json(&body).send().await;
        answer
            .and_then(Response::error_for_status)
            .map(drop)
            .map_err(|error| Error::Azure(error.to_string()))
    }

    /// The first service principal of the seed that has a secret.
    pub(super) fn operator(&self) -> Result<Operator, Error> {
        operator(&self.seed)
    }

    /// Closes its listeners.
    pub(super) async fn stop(self) {
        self.emulator.stop().await;
    }
}

fn clusters(seed: &Seed) -> Vec<String> {
    let kind = "/providers/microsoft.containerservice/managedclusters/";
    let stored = seed.stored.iter().map(|resource| &resource.id);
    let ids = stored.chain(seed.resources.iter().map(|resource| &resource.id));
    let is_cluster = |id: &str| {
        id.split_once(kind)
            .is_some_and(|(_, name)| !name.contains('/'))
    };
    ids.filter(|id| is_cluster(&id.to_lowercase()))
        .cloned()
        .collect()
}

fn operator(seed: &Seed) -> Result<Operator, Error> {
    let missing = |what: &str| Error::Seed(format!("it has no {what}"));
    let principal = seed
        .service_principals
        .iter()
        .find(|principal| !principal.secrets.is_empty());
    let principal = principal.ok_or_else(|| missing("service principal with a secret"))?;
    // A dump has its subscriptions among the stored resources.
    let stored = seed
        .stored
        .iter()
        .filter_map(|resource| resource.id.strip_prefix("/subscriptions/"));
    let mut subscriptions = seed
        .subscriptions
        .iter()
        .map(|one| one.subscription_id.as_str());
    let subscription = subscriptions
        .next()
        .or_else(|| stored.into_iter().find(|id| !id.contains('/')));
    Ok(Operator {
        tenant: principal.tenant_id.clone(),
        subscription: subscription
            .ok_or_else(|| missing("subscription"))?
            .to_owned(),
        client: principal.app_id.clone(),
        secret: principal.secrets[0].clone(),
    })
}

/// The last segment of a resource id.
pub(super) fn name_of(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// The resource group in a resource id.
pub(super) fn group_of(id: &str) -> &str {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case("resourceGroups"));
    segments.next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_seed_has_a_cluster_and_an_operator() {
        let seed = Seed::from_yaml(DEMO).unwrap();
        let clusters = clusters(&seed);
        assert_eq!(
            (group_of(&clusters[0]), name_of(&clusters[0])),
            ("demo", "demo")
        );
        let operator = operator(&seed).unwrap();
        assert!(clusters[0].contains(&operator.subscription));
        assert_eq!(operator.tenant, seed.tenants[0].tenant_id);
    }

    #[test]
    fn a_seed_without_an_operator_is_refused() {
        let error = operator(&Seed::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the seed cannot be used: it has no service principal with a secret"
        );
    }
}
