//! Where the exceptions of a cluster are kept, and how they are changed.
//!
//! On a cluster with the add-on they are items of `podIdentityProfile`, which the AKS resource
//! provider turns into objects; else podid writes the objects itself ([`direct`]).

mod direct;

use std::time::Duration;

use crate::commands::arguments::{ChangeArgs, ClusterArgs, KubernetesArgs, Via};
use crate::commands::change::aks::{self, Manner};
use crate::commands::change::cluster::{self, Cluster, Way};
use crate::context::Context;
use crate::domain::exception::{Exception, WantedException};
use crate::domain::label;
use crate::domain::profile::{Edit, Effect, Profile};
use crate::domain::workload::Pod;
use crate::error::{Error, Kind, Result};
use crate::k8s;
use crate::k8s::pod_identity::{self, Exception as Object};

/// How long a look at pods may take that only serves a warning.
const LOOK: Duration = Duration::from_secs(2);

/// A cluster whose exceptions are changed.
pub(super) struct Site {
    /// The cluster.
    pub(super) cluster: Cluster,
    way: Kept,
    manner: Manner,
}

/// Where its exceptions are kept.
enum Kept {
    /// Objects.
    Objects(kube::Client),
    /// The profile; Kubernetes only for warnings, or the reason why not.
    Profile(Result<kube::Client, String>),
}

/// Pods, or the reason why they could not be seen.
pub(super) type Seen = Result<Vec<Pod>, String>;

/// Reads the cluster and chooses the way.
///
/// # Errors
/// The cluster or its Kubernetes API cannot be used, or it cannot be changed this way.
pub(super) async fn open(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
    change: &ChangeArgs,
    replace: bool,
) -> Result<Site> {
    let mut site = open_without_pods(context, cluster, kubernetes, change).await?;
    site.manner.replace = replace;
    if let Kept::Profile(client) = &mut site.way {
        *client = look(context, &site.cluster, kubernetes).await;
    }
    Ok(site)
}

/// Like [`open`], for a change that no pod needs to be looked at for.
///
/// # Errors
/// As [`open`].
pub(super) async fn open_without_pods(
    context: &Context,
    cluster: &ClusterArgs,
    kubernetes: &KubernetesArgs,
    change: &ChangeArgs,
) -> Result<Site> {
    let manner = Manner {
        no_wait: change.no_wait,
        headers: change.headers()?,
        ..Manner::default()
    };
    if change.via(context) == Via::Direct {
        let (cluster, connection) = cluster::read_both(context, cluster, kubernetes).await?;
        choose(&cluster, change.via(context))?;
        return Ok(Site {
            cluster,
            way: Kept::Objects(connection.client),
            manner,
        });
    }
    let cluster = cluster::read(context, cluster).await?;
    let way = match choose(&cluster, change.via(context))? {
        Way::Aks => Kept::Profile(Err("nobody asked".to_owned())),
        Way::Direct => Kept::Objects(
            cluster::connect_to(context, &cluster, kubernetes)
                .await?
                .client,
        ),
    };
    Ok(Site {
        cluster,
        way,
        manner,
    })
}

/// Unlike for pod identities a locked node resource group is no hindrance: scale sets stay as they are.
fn choose(cluster: &Cluster, via: Via) -> Result<Way> {
    match (via, cluster.managed.pod_identity_enabled()) {
        (Via::Auto | Via::Direct, false) => Ok(Way::Direct),
        (Via::Direct, true) => Err(Error::usage(format!(
            "Cluster `{}` uses the pod identity add-on",
            cluster.id.name()
        ))
        .cause("the AKS resource provider would undo changes that podid makes itself")
        .hint("leave --via direct away: the exception is then kept in podIdentityProfile")
        .target("--via")),
        (Via::Auto | Via::Aks, _) => cluster.way(via),
    }
}

/// Connects for a warning: whoever changes a profile need not reach Kubernetes at all.
async fn look(
    context: &Context,
    cluster: &Cluster,
    kubernetes: &KubernetesArgs,
) -> Result<kube::Client, String> {
    let connected = cluster::connect_to(context, cluster, kubernetes);
    match tokio::time::timeout(LOOK, connected).await {
        Ok(Ok(connection)) => Ok(connection.client),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("the sign-in to Kubernetes takes too long".to_owned()),
    }
}

impl Site {
    /// The word for the way in results.
    pub(super) fn via(&self) -> &'static str {
        match self.way {
            Kept::Objects(_) => Way::Direct.as_str(),
            Kept::Profile(_) => Way::Aks.as_str(),
        }
    }

    /// The exceptions of a namespace.
    ///
    /// # Errors
    /// They may not be read.
    pub(super) async fn exceptions(&self, namespace: &str) -> Result<Vec<Exception>> {
        match &self.way {
            Kept::Objects(client) => objects(client, Some(namespace)).await,
            Kept::Profile(_) => Ok(profile(&self.cluster, Some(namespace))),
        }
    }

    /// The pods of a namespace, as far as they can be seen.
    ///
    /// # Errors
    /// The API server that is about to be changed does not answer.
    pub(super) async fn pods(&self, namespace: &str) -> Result<Seen> {
        let list = |client| k8s::pod::list_pods(client, Some(namespace));
        match &self.way {
            Kept::Profile(Err(reason)) => Ok(Err(reason.clone())),
            Kept::Profile(Ok(client)) => match tokio::time::timeout(LOOK, list(client)).await {
                Ok(listed) => Ok(listed.map_err(|error| error.to_string())),
                Err(_) => Ok(Err("the API server takes too long".to_owned())),
            },
            Kept::Objects(client) => match list(client).await {
                Ok(pods) => Ok(Ok(pods)),
                Err(error) if error.is_forbidden() => Ok(Err(error.to_string())),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Refuses a namespace that is not there, when podid itself would write to it.
    ///
    /// # Errors
    /// There is no such namespace, or it may not be read.
    pub(super) async fn check_namespace(&self, namespace: &str) -> Result<()> {
        let Kept::Objects(client) = &self.way else {
            return Ok(());
        };
        if k8s::cluster::namespace_exists(client, namespace).await? {
            return Ok(());
        }
        Err(k8s::Error::NamespaceNotFound {
            namespace: namespace.to_owned(),
        }
        .into())
    }

    /// Refuses what cannot be done to an exception that is there, before anything is written.
    ///
    /// # Errors
    /// AKS keeps the object, or it cannot be read.
    pub(super) async fn check(&self, there: &Exception) -> Result<()> {
        match &self.way {
            Kept::Objects(client) => direct::check(client, there).await,
            Kept::Profile(_) => Ok(()),
        }
    }

    /// One sentence on what [`Site::set`] would do.
    ///
    /// # Errors
    /// The profile does not take the exception.
    pub(super) fn preview(&self, wanted: &WantedException, there: bool) -> Result<String> {
        let what = if there {
            "replace the labels of"
        } else {
            "create"
        };
        let key = wanted.key();
        Ok(match &self.way {
            Kept::Objects(_) => format!("{what} AzurePodIdentityException {key}"),
            Kept::Profile(_) => {
                aks::plan(
                    &self.cluster,
                    &[setting(wanted, there)],
                    self.manner.replace,
                )?;
                format!("{what} exception {key} of podIdentityProfile")
            }
        })
    }

    /// Makes an exception, or gives the one that is there other labels; the outcome.
    ///
    /// # Errors
    /// It changed meanwhile, or a service refuses.
    pub(super) async fn set(
        &self,
        context: &Context,
        wanted: &WantedException,
        there: bool,
    ) -> Result<&'static str> {
        self.announce(context);
        match &self.way {
            Kept::Objects(client) if there => {
                direct::replace(&self.cluster, client, wanted).await?;
                Ok("updated")
            }
            Kept::Objects(client) => {
                direct::create(client, wanted).await?;
                Ok("added")
            }
            Kept::Profile(_) => {
                let done = self.edit(context, setting(wanted, there)).await;
                done.map_err(|error| {
                    told(
                        error,
                        &wanted.key(),
                        if there { "updated" } else { "added" },
                    )
                })
            }
        }
    }

    /// Deletes an exception; the outcome.
    ///
    /// # Errors
    /// AKS keeps it, or a service refuses.
    pub(super) async fn delete(
        &self,
        context: &Context,
        there: &Exception,
    ) -> Result<&'static str> {
        self.announce(context);
        match &self.way {
            Kept::Objects(client) => {
                direct::delete(client, there).await?;
                Ok("removed")
            }
            Kept::Profile(_) => {
                let removal = Edit::RemoveException {
                    namespace: there.namespace.clone(),
                    name: there.name.clone(),
                };
                let done = self.edit(context, removal).await;
                done.map_err(|error| told(error, &there.key(), "removed"))
            }
        }
    }

    async fn edit(&self, context: &Context, edit: Edit) -> Result<&'static str> {
        let done = aks::change(context, &self.cluster, &[edit], &self.manner).await?;
        let Some(done) = done.into_iter().next() else {
            return Ok("unchanged");
        };
        if let Some(failure) = done.failure {
            return Err(failure);
        }
        Ok(match done.effect {
            _ if self.manner.no_wait && done.effect.is_change() => "accepted",
            Effect::Added => "added",
            Effect::Replaced | Effect::Repaired => "updated",
            Effect::Removed | Effect::Absent => "removed",
            Effect::Unchanged => "unchanged",
        })
    }

    fn announce(&self, context: &Context) {
        match self.way {
            Kept::Profile(_) => self.cluster.announce(context, Way::Aks),
            Kept::Objects(_) => context.ui.status(&format!(
                "Changing cluster `{}` directly (Kubernetes objects)",
                self.cluster.id.name()
            )),
        }
    }
}

/// With `there` one that was seen: it is not made again when somebody removed it since.
fn setting(wanted: &WantedException, there: bool) -> Edit {
    Edit::SetException {
        namespace: wanted.namespace.to_string(),
        name: wanted.name.to_string(),
        labels: wanted.pod_labels.as_map().clone(),
        must_exist: there,
    }
}

fn told(error: Error, key: &str, done: &str) -> Error {
    if error.kind == Kind::Pending {
        return error;
    }
    error.context(format!("Exception `{key}` was not {done}"))
}

/// The exceptions of one namespace, or of all, from wherever the cluster keeps them.
///
/// # Errors
/// The Kubernetes API cannot be used, or they may not be read.
pub(super) async fn list(
    context: &Context,
    cluster: &Cluster,
    kubernetes: &KubernetesArgs,
    namespace: Option<&str>,
) -> Result<Vec<Exception>> {
    if cluster.managed.pod_identity_enabled() {
        return Ok(profile(cluster, namespace));
    }
    let connection = cluster::connect_to(context, cluster, kubernetes).await?;
    objects(&connection.client, namespace).await
}

/// The exceptions that are in force: the objects that NMI reads, whoever made them.
///
/// # Errors
/// They may not be read.
pub(super) async fn objects(
    client: &kube::Client,
    namespace: Option<&str>,
) -> Result<Vec<Exception>> {
    let objects = pod_identity::list_exceptions(client, namespace).await?;
    Ok(objects.into_iter().map(exception).collect())
}

fn profile(cluster: &Cluster, namespace: Option<&str>) -> Vec<Exception> {
    let profile = Profile::of(cluster.managed.pod_identity_profile());
    let items = profile.exceptions.into_iter().map(|item| Exception {
        namespace: item.namespace,
        name: item.name,
        pod_labels: item.labels,
    });
    items
        .filter(|one| namespace.is_none_or(|namespace| one.namespace == namespace))
        .collect()
}

fn exception(object: Object) -> Exception {
    Exception {
        namespace: object.namespace,
        name: object.name,
        pod_labels: object.pod_labels,
    }
}

/// The command that makes an exception.
pub(super) fn add_command(
    cluster: &Cluster,
    namespace: &str,
    name: Option<&str>,
    pod_labels: &label::Labels,
) -> String {
    let name = name.map_or_else(String::new, |name| format!(" --name {name}"));
    format!(
        "podid exception add {} --namespace {namespace}{name} --pod-labels {}",
        cluster.flags(),
        label::shown(pod_labels)
    )
}

/// That there is no such exception.
pub(super) fn not_found(cluster: &Cluster, key: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("Cluster `{}` has no exception `{key}`", cluster.id.name()),
    )
    .hint("see what there is with `podid exception list`")
    .target(key)
}
