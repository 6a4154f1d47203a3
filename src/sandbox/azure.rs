//! The Azure emulator of a sandbox: started in this process, told about the Kubernetes API servers.

use std::net::SocketAddr;

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

/// A machine of a scale set that is a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Machine {
    /// Resource id of the scale set.
    pub(super) scale_set: String,
    /// Name of the node pool.
    pub(super) pool: String,
    /// Name of the node.
    pub(super) node: String,
}

impl Machine {
    /// The first one of every scale set.
    const INSTANCE: &str = "0";

    /// What a Node object says of its machine.
    pub(super) fn provider_id(&self) -> String {
        format!(
            "azure://{}/virtualMachines/{}",
            self.scale_set,
            Self::INSTANCE
        )
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

    /// The first machine of the first cluster's Linux pools; one for applications if there is any.
    pub(super) fn machine(&self) -> Result<Machine, Error> {
        let dump = self.emulator.dump().and_then(|text| Seed::from_yaml(&text));
        let world = dump.map_err(|error| Error::Azure(error.to_string()))?;
        let cluster = self.clusters().into_iter().next().unwrap_or_default();
        machine(&world, &cluster).ok_or_else(|| {
            Error::Node(format!(
                "cluster `{}` has no Linux scale set",
                name_of(&cluster)
            ))
        })
    }

    /// Opens the metadata service of a machine; where it answers.
    pub(super) async fn metadata_service(&self, machine: &Machine) -> Result<SocketAddr, Error> {
        let url = format!("{}/nodes/listen", self.control_url());
        let body = json!({"scaleSet": machine.scale_set, "instance": Machine::INSTANCE});
        let failed = |error: reqwest::Error| Error::Azure(error.to_string());
        let answer = self.http.post(url).json(&body).send().await;
        let answer = answer
            .and_then(Response::error_for_status)
            .map_err(failed)?;
        let answer: Value = answer.json().await.map_err(failed)?;
        let address = answer["url"]
            .as_str()
            .and_then(|url| url.strip_prefix("http://"));
        address
            .and_then(|address| address.parse().ok())
            .ok_or_else(|| Error::Azure(format!("no address of a metadata service: {answer}")))
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

fn machine(world: &Seed, cluster: &str) -> Option<Machine> {
    let body = |id: &str| {
        let mut stored = world.stored.iter();
        stored
            .find(|resource| resource.id.eq_ignore_ascii_case(id))
            .map(|found| &found.body)
    };
    let properties = &body(cluster)?["properties"];
    let group = properties["nodeResourceGroup"].as_str()?;
    let profiles = properties["agentPoolProfiles"].as_array()?;
    let linux = |profile: &&Value| profile["osType"] == "Linux";
    let (users, systems): (Vec<_>, Vec<_>) = profiles
        .iter()
        .filter(linux)
        .partition(|profile| profile["mode"] == "User");
    users.into_iter().chain(systems).find_map(|profile| {
        let pool = profile["name"].as_str()?;
        let set = world.stored.iter().find(|resource| {
            let id = resource.id.to_lowercase();
            id.contains("/microsoft.compute/virtualmachinescalesets/")
                && group_of(&resource.id).eq_ignore_ascii_case(group)
                && resource.body["tags"]["aks-managed-poolName"] == *pool
        })?;
        Some(Machine {
            scale_set: set.id.clone(),
            pool: pool.to_owned(),
            // The six digits are the instance's number to base 36.
            node: format!("{}000000", name_of(&set.id)),
        })
    })
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

    #[tokio::test]
    async fn the_node_is_a_machine_of_a_linux_pool_for_applications() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let azure = Azure::start(0.0, None).await.unwrap();
        let machine = azure.machine().unwrap();
        assert_eq!(machine.pool, "apps");
        assert!(machine.node.starts_with("aks-apps-"), "{machine:?}");
        assert!(machine.node.ends_with("-vmss000000"), "{machine:?}");
        let address = azure.metadata_service(&machine).await.unwrap();
        assert!(address.ip().is_loopback());
        azure.stop().await;
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
