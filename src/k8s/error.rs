//! What can go wrong on the way to, and at, the Kubernetes API.
//!
//! Every variant says what was asked and what came back; none carries a token, a key or a line of a
//! kubeconfig.

use super::operation::Operation;

/// Result of everything in [`crate::k8s`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure on the way to, or at, the Kubernetes API.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no kubeconfig and this is not a pod.
    #[error("no kubeconfig was found (looked at {})", searched.join(", "))]
    NoKubeconfig {
        /// Paths and sources that were tried.
        searched: Vec<String>,
    },
    /// A kubeconfig cannot be read or understood.
    #[error("{origin} cannot be used: {message}")]
    Kubeconfig {
        /// Where it came from.
        origin: String,
        /// What is wrong with it, without its content.
        message: String,
    },
    /// The kubeconfig has no such context.
    #[error("{origin} has no context `{context}`{}", contexts(available))]
    UnknownContext {
        /// Where the kubeconfig came from.
        origin: String,
        /// The context asked for.
        context: String,
        /// The contexts there are.
        available: Vec<String>,
    },
    /// The kubeconfig names no current context and none was asked for.
    #[error("{origin} has no current context{}", contexts(available))]
    NoCurrentContext {
        /// Where the kubeconfig came from.
        origin: String,
        /// The contexts there are.
        available: Vec<String>,
    },
    /// The credential plugin of the kubeconfig is not installed.
    #[error("the kubeconfig's credential plugin `{command}` is not installed")]
    ExecPluginMissing {
        /// Command of the plugin.
        command: String,
        /// Hint that the kubeconfig itself gives.
        install_hint: Option<String>,
    },
    /// The credential plugin, or another way to sign in, failed.
    #[error("the kubeconfig's sign-in failed: {message}")]
    SignIn {
        /// What happened, without the plugin's output.
        message: String,
    },
    /// The API server did not answer.
    #[error("the API server {server} cannot be reached: {message}")]
    Unreachable {
        /// Address of the server.
        server: String,
        /// What the network said.
        message: String,
    },
    /// The API server's certificate was refused.
    #[error("the certificate of the API server {server} was not accepted: {message}")]
    Tls {
        /// Address of the server.
        server: String,
        /// What TLS said.
        message: String,
    },
    /// The API server did not accept the credential (401).
    #[error("the API server did not accept the sign-in ({operation})")]
    Unauthorized {
        /// What was asked.
        operation: Operation,
    },
    /// The signed-in user lacks a permission (403).
    #[error("no permission to {operation}: {message}")]
    Forbidden {
        /// What was asked.
        operation: Operation,
        /// The server's words.
        message: String,
    },
    /// The object is not there (404).
    #[error("{} was not found", operation.target())]
    NotFound {
        /// What was asked.
        operation: Operation,
    },
    /// The namespace is not there.
    #[error("namespace `{namespace}` does not exist")]
    NamespaceNotFound {
        /// Its name.
        namespace: String,
    },
    /// The namespace is being deleted and takes nothing new.
    #[error("namespace `{namespace}` is being deleted")]
    NamespaceTerminating {
        /// Its name.
        namespace: String,
    },
    /// The object was changed or deleted by somebody else meanwhile (409).
    #[error("{} was changed by somebody else meanwhile: {message}", operation.target())]
    Conflict {
        /// What was asked.
        operation: Operation,
        /// The server's words.
        message: String,
    },
    /// Another field manager owns fields with other values (409 of server-side apply).
    #[error(
        "{} is managed by {}, which set {} to another value",
        operation.target(),
        quoted(managers),
        fields.join(", ")
    )]
    OwnedByOthers {
        /// What was asked.
        operation: Operation,
        /// Names of the other field managers.
        managers: Vec<String>,
        /// Paths of the fields, as in `.spec.resourceID`.
        fields: Vec<String>,
    },
    /// The object is not valid (400, 422).
    #[error("the API server refused to {operation}: {message}")]
    Invalid {
        /// What was asked.
        operation: Operation,
        /// The server's words.
        message: String,
    },
    /// The cluster lacks the aad-pod-identity CRDs.
    #[error("the cluster does not have the aad-pod-identity CRDs ({})", missing.join(", "))]
    CrdsMissing {
        /// Plural names with their group.
        missing: Vec<String>,
    },
    /// An installed CRD did not become usable in time.
    #[error("CRD {name} was installed but is not served yet: {message}")]
    CrdNotEstablished {
        /// Name of the CRD.
        name: String,
        /// What its conditions say.
        message: String,
    },
    /// Any other answer of the API server.
    #[error("the API server answered {code} to {operation}: {message}")]
    Api {
        /// What was asked.
        operation: Operation,
        /// HTTP status.
        code: u16,
        /// The server's words.
        message: String,
    },
    /// An answer that is not understood, or a request that cannot be built.
    #[error("{operation} failed: {message}")]
    Protocol {
        /// What was asked.
        operation: Operation,
        /// What happened.
        message: String,
    },
}

impl Error {
    /// The object, its namespace or the CRD is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::NamespaceNotFound { .. })
    }

    /// Somebody else changed the object, or owns its fields.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict { .. } | Self::OwnedByOthers { .. })
    }

    /// A sign-in or permission is missing.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        matches!(
            self,
            Self::Forbidden { .. }
                | Self::Unauthorized { .. }
                | Self::SignIn { .. }
                | Self::ExecPluginMissing { .. }
        )
    }

    /// No answer came from the API server.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Tls { .. })
    }

    /// The cluster lacks the aad-pod-identity CRDs.
    #[must_use]
    pub fn crds_missing(&self) -> bool {
        matches!(self, Self::CrdsMissing { .. })
    }

    /// What the user can do about it, one sentence each.
    #[must_use]
    pub fn hints(&self) -> Vec<String> {
        let hint = match self {
            Self::NoKubeconfig { .. } => {
                "name one with --kubeconfig, set KUBECONFIG, or take the cluster's own from Azure with \
                 --kubeconfig-from-azure"
            }
            Self::UnknownContext { .. } | Self::NoCurrentContext { .. } => {
                "name a context of the kubeconfig with --context"
            }
            Self::ExecPluginMissing {
                command,
                install_hint,
            } => {
                return exec_plugin_hints(command, install_hint.as_deref());
            }
            Self::SignIn { .. } => {
                "sign in again as the kubeconfig expects (with kubelogin: `az login`), or use --admin for the \
                 cluster's local account"
            }
            Self::Unauthorized { .. } => {
                "the sign-in may have expired: sign in again, or use --admin for the cluster's local account"
            }
            Self::Tls { .. } => {
                "the kubeconfig may belong to another or a recreated cluster: fetch it again with `az aks \
                 get-credentials`, or use --kubeconfig-from-azure"
            }
            Self::Unreachable { .. } => {
                "is the cluster running, and is this machine in its authorised address ranges or network?"
            }
            Self::Forbidden { .. } => {
                "ask an administrator of the cluster for it, or use --admin where local accounts are enabled"
            }
            Self::CrdsMissing { .. } => "install them with `podid install --crds-only`",
            Self::NamespaceNotFound { namespace } => {
                return vec![format!(
                    "create it with `kubectl create namespace {namespace}`"
                )];
            }
            Self::Conflict { .. } => "run the same command again",
            Self::OwnedByOthers { operation, .. }
                if operation.resource.starts_with("azureidentit") =>
            {
                "change it where its owner keeps it, or take it over with `podid add --replace`"
            }
            _ => return Vec::new(),
        };
        vec![hint.to_owned()]
    }
}

fn exec_plugin_hints(command: &str, install_hint: Option<&str>) -> Vec<String> {
    let mut hints: Vec<String> = install_hint
        .map(|hint| hint.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|hint| !hint.is_empty())
        .into_iter()
        .collect();
    if command.contains("kubelogin") {
        hints.push("install kubelogin with `az aks install-cli`".to_owned());
    } else if hints.is_empty() {
        hints.push(format!("install `{command}` or put it on the PATH"));
    }
    hints
        .push("--admin uses the cluster's local account instead, where that is enabled".to_owned());
    hints
}

fn contexts(available: &[String]) -> String {
    if available.is_empty() {
        " and no contexts at all".to_owned()
    } else {
        format!("; it has {}", quoted(available))
    }
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
