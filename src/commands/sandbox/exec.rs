//! `podid sandbox exec`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use clap::{ArgGroup, Args as ClapArgs};
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde_json::json;

use super::NameArgs;
use crate::context::Context;
use crate::domain::label::{InvalidLabels, Labels, PodLabels};
use crate::domain::name::{Namespace, PodName};
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::k8s::{self, ConnectOptions};
use crate::output::report::Report;
use crate::sandbox::named::Name;
use crate::sandbox::node::{NotReplaced, replace_by, way_into_node, way_into_pod};

const POLL: Duration = Duration::from_millis(20);

/// What a pod does not have: the operator's sign-in, the way to the sandbox itself, a proxy.
const NOT_IN_A_POD: [&str; 14] = [
    env::KUBECONFIG,
    env::AZURE_TENANT_ID,
    env::AZURE_CLIENT_ID,
    env::AZURE_CLIENT_SECRET,
    env::AZURE_CLIENT_CERTIFICATE_PATH,
    env::AZURE_FEDERATED_TOKEN_FILE,
    env::IDENTITY_ENDPOINT,
    env::IDENTITY_HEADER,
    env::PODID_IMDS_ENDPOINT,
    env::PODID_SANDBOX,
    env::PODID_SANDBOX_NODE,
    env::HTTPS_PROXY,
    env::HTTP_PROXY,
    env::ALL_PROXY,
];

/// Run a command in the network of a pod
///
/// For a sandbox with --nmi. The command is a program of this machine that sees the network of the
/// pod: 169.254.169.254 is answered by podid-nmi, and Azure and the API server are where the
/// sandbox's variables say. It runs without the operator's sign-in and without proxies. With
/// --pod-labels the pod is made when there is none, and labelled when there is one; pods made in any
/// other way can be named too. The exit code is the command's.
#[derive(Debug, ClapArgs)]
#[command(group(ArgGroup::new("where").required(true).args(["pod", "node"])))]
#[command(after_long_help = "Examples:
  # Ask for a token as a pod with the binding selector `reader`
  podid sandbox exec --pod web --pod-labels aadpodidbinding=reader -- curl -s -H Metadata:true \\
    'http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net'

  # Look around in it
  podid sandbox exec --pod web -- sh

  # Ask podid-nmi on the node how it is
  podid sandbox exec --node -- curl -s http://127.0.0.1:8085/readyz?verbose")]
pub struct Args {
    /// Name of the sandbox; without it the one that is exported here, else `default`
    #[arg(long, short = 'n', value_name = "NAME")]
    name: Option<Name>,
    /// Namespace of the pod
    #[arg(long, value_name = "NAMESPACE", default_value = "demo")]
    namespace: Namespace,
    /// Name of the pod
    #[arg(long, value_name = "POD")]
    pod: Option<PodName>,
    /// Labels of the pod; it is made when there is none
    #[arg(long, value_name = "KEY=VALUE", num_args = 1.., requires = "pod")]
    pod_labels: Vec<String>,
    /// Run it in the network of the node instead
    #[arg(long)]
    node: bool,
    /// Command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command: does not return when it is found.
///
/// # Errors
/// The sandbox has no node, the pod has no network in time, or the command cannot be run.
pub async fn run(context: &Context, args: Args) -> Result<Report> {
    let sandbox = Exported::find(args.name.clone()).await?;
    let way = match &args.pod {
        Some(pod) => {
            let labels = labels(&args.pod_labels)?;
            let way = way_into_pod(&sandbox.node, args.namespace.as_str(), pod.as_str());
            let wanted = Wanted {
                namespace: args.namespace.as_str(),
                name: pod.as_str(),
                labels: &labels,
            };
            wanted.ensure(context, &sandbox, &way).await?;
            way
        }
        None => way_into_node(&sandbox.node),
    };
    let name = args.command.first().cloned().unwrap_or_default();
    let mut command = Command::new(&name);
    command.args(args.command.iter().skip(1));
    command.envs(&sandbox.variables);
    for variable in NOT_IN_A_POD {
        command.env_remove(variable);
        command.env_remove(variable.to_ascii_lowercase());
    }
    Err(match replace_by(&way, command) {
        NotReplaced::Network(error) => {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => Kind::NotFound,
                std::io::ErrorKind::PermissionDenied => Kind::Permission,
                _ => Kind::Failed,
            };
            Error::new(kind, "The network cannot be entered")
                .cause(error.to_string())
                .hint("the sandbox must be up, and this be run by the user who started it: root")
        }
        NotReplaced::Program(error) => Error::usage(format!(
            "Command `{}` cannot be run",
            name.to_string_lossy()
        ))
        .cause(error.to_string()),
    })
}

/// What the sandbox exports, from this environment or from the sandbox itself.
struct Exported {
    /// The folder of its node.
    node: PathBuf,
    kubeconfig: PathBuf,
    /// What is not in this environment.
    variables: BTreeMap<String, String>,
}

impl Exported {
    async fn find(name: Option<Name>) -> Result<Exported> {
        let here = env::read_os(env::PODID_SANDBOX_NODE);
        if let (None, Some(node)) = (&name, here) {
            let kubeconfig = env::read_os(env::KUBECONFIG).unwrap_or_default();
            return Ok(Exported {
                node: node.into(),
                kubeconfig: first(&kubeconfig),
                variables: BTreeMap::new(),
            });
        }
        let place = NameArgs::named(name).place()?;
        let Some(status) = place.status().await? else {
            let error = Error::new(
                Kind::NotFound,
                format!("Sandbox `{}` is not up", place.name()),
            );
            return Err(error.hint("start one with `podid sandbox up --nmi`"));
        };
        let variables = status.environment;
        let Some(node) = variables.get(env::PODID_SANDBOX_NODE) else {
            let error = Error::new(
                Kind::NotFound,
                format!("Sandbox `{}` has no node", place.name()),
            );
            return Err(error.hint("end it and start it again with `podid sandbox up --nmi`"));
        };
        let kubeconfig = variables.get(env::KUBECONFIG).cloned().unwrap_or_default();
        Ok(Exported {
            node: node.into(),
            kubeconfig: first(kubeconfig.as_ref()),
            variables,
        })
    }
}

/// The kubeconfig of the first cluster, which is the one with the node.
fn first(kubeconfigs: &std::ffi::OsStr) -> PathBuf {
    std::env::split_paths(kubeconfigs)
        .next()
        .unwrap_or_default()
}

fn labels(given: &[String]) -> Result<Labels> {
    if given.is_empty() {
        return Ok(Labels::new());
    }
    let read = PodLabels::parse(given).map_err(|wrong| {
        let refused =
            |wrong: &InvalidLabels| Error::usage(wrong.to_string()).target("--pod-labels");
        Error::refusals(wrong.iter().map(refused).collect())
    })?;
    Ok(read.as_map().clone())
}

/// The pod that is meant.
struct Wanted<'a> {
    namespace: &'a str,
    name: &'a str,
    labels: &'a Labels,
}

impl Wanted<'_> {
    /// Makes or labels the pod, and waits for its network.
    async fn ensure(&self, context: &Context, sandbox: &Exported, way: &Path) -> Result<()> {
        let options = ConnectOptions {
            kubeconfig: Some(sandbox.kubeconfig.clone()),
            timeout: Some(context.timeout()),
            ..ConnectOptions::default()
        };
        let client = k8s::connect(&options).await?.client;
        let pods: Api<Pod> = Api::namespaced(client, self.namespace);
        self.put(&pods).await?;
        let start = Instant::now();
        while !way.exists() {
            if start.elapsed() > context.timeout() {
                let error = Error::new(
                    Kind::Pending,
                    format!("Pod `{}/{}` has no network yet", self.namespace, self.name),
                );
                return Err(error.hint("a pod that has ended, or is of another node, gets none"));
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    async fn put(&self, pods: &Api<Pod>) -> Result<()> {
        let failed = |error: kube::Error| {
            Error::new(
                Kind::Failed,
                format!("Pod `{}/{}` cannot be had", self.namespace, self.name),
            )
            .cause(error.to_string())
        };
        let found = pods.get_opt(self.name).await.map_err(failed)?;
        match (found, self.labels.is_empty()) {
            (Some(_), true) => Ok(()),
            (Some(_), false) => {
                let patch = Patch::Merge(json!({"metadata": {"labels": self.labels}}));
                let labelled = pods.patch(self.name, &PatchParams::default(), &patch).await;
                labelled.map(drop).map_err(failed)
            }
            (None, true) => Err(Error::new(
                Kind::NotFound,
                format!("There is no pod `{}/{}`", self.namespace, self.name),
            )
            .hint("make it by giving its labels, as in --pod-labels aadpodidbinding=reader")
            .target("--pod")),
            (None, false) => {
                let pod = json!({
                    "metadata": {"name": self.name, "labels": self.labels},
                    // Never pulled: the sandbox runs no containers.
                    "spec": {"containers": [{"name": "main", "image": "sandbox"}]},
                });
                let pod: Pod = serde_json::from_value(pod)
                    .map_err(|error| Error::new(Kind::Failed, error.to_string()))?;
                let made = pods.create(&PostParams::default(), &pod).await;
                made.map(drop).map_err(failed)
            }
        }
    }
}
