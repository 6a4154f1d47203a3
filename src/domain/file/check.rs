//! What a schema cannot say: names, ids, repetitions, and parts that do not go together.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::node::Node;
use super::wanted::{Binding, ClusterKey, RoleScope, RoleWish, Wanted, WantedCluster};
use super::{
    BindingEntry, Cluster, ExceptionEntry, Fault, File, PodIdentityEntry, RoleEntry, RoleName, Way,
};
use crate::domain::exception::WantedException;
use crate::domain::grant::Role;
use crate::domain::label::PodLabels;
use crate::domain::name::{InvalidName, Namespace, PodIdentityName};
use crate::domain::pod_identity::{PodIdentity, default_name};
use crate::domain::resource_id::{ResourceId, USER_ASSIGNED_IDENTITY};

/// The word for the node resource group as the scope of a role.
pub const NODE_RESOURCE_GROUP: &str = "nodeResourceGroup";

/// Checks a file and turns it into what it asks for, with what deserves a look.
///
/// # Errors
/// All faults that were found.
pub fn check(file: &File, root: &Node) -> Result<(Wanted, Vec<Fault>), Vec<Fault>> {
    let mut checker = Checker {
        root,
        faults: Vec::new(),
        warnings: Vec::new(),
        named: BTreeMap::new(),
    };
    let wanted = checker.file(file);
    if checker.faults.is_empty() {
        Ok((wanted, checker.warnings))
    } else {
        Err(checker.faults)
    }
}

struct Checker<'a> {
    root: &'a Node,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
    named: BTreeMap<ResourceId, String>,
}

impl Checker<'_> {
    fn tell(&mut self, pointer: &str, message: impl Into<String>) {
        self.faults.push(self.root.fault(pointer, message));
    }

    /// The value, or a fault at `pointer`.
    fn good<T, E: Display>(&mut self, pointer: &str, parsed: Result<T, E>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(error) => {
                self.tell(pointer, error.to_string());
                None
            }
        }
    }

    /// A fault when `key` was seen before.
    fn once<K: Ord>(&mut self, seen: &mut BTreeMap<K, String>, key: K, pointer: &str, what: &str) {
        if let Some(first) = seen.get(&key) {
            let line = self.root.nearest(first).place.line;
            self.tell(pointer, format!("{what} is there already, at line {line}"));
        } else {
            seen.insert(key, pointer.to_owned());
        }
    }

    fn file(&mut self, file: &File) -> Wanted {
        let mut create = BTreeMap::new();
        let mut seen = BTreeMap::new();
        for (at, item) in file.managed_identities.iter().enumerate() {
            let pointer = format!("/managedIdentities/{at}/resourceId");
            let Some(id) = self.identity(&pointer, &item.resource_id) else {
                continue;
            };
            let what = format!("Managed identity `{}`", id.name());
            self.once(&mut seen, id.clone(), &pointer, &what);
            if let Some(how) = &item.create {
                create.insert(id, how.clone());
            }
        }
        let mut seen = BTreeMap::new();
        let mut clusters = Vec::new();
        for (at, item) in file.clusters.iter().enumerate() {
            let base = format!("/clusters/{at}");
            let lower = |text: &String| text.to_ascii_lowercase();
            let key = (
                item.subscription.as_ref().map(lower),
                lower(&item.resource_group),
                lower(&item.name),
            );
            let what = format!("Cluster `{}`", item.name);
            self.once(&mut seen, key, &base, &what);
            clusters.push(self.cluster(&base, item));
        }
        Wanted {
            create,
            named: std::mem::take(&mut self.named),
            clusters,
        }
    }

    fn identity(&mut self, pointer: &str, text: &str) -> Option<ResourceId> {
        let parsed = text
            .parse::<ResourceId>()
            .and_then(|id| id.expect_type(USER_ASSIGNED_IDENTITY));
        let id = self.good(pointer, parsed)?;
        if id.resource_group().is_none() {
            self.tell(pointer, format!("`{id}` names no resource group"));
            return None;
        }
        let first = self.named.entry(id.clone());
        first.or_insert_with(|| pointer.to_owned());
        Some(id)
    }

    fn cluster(&mut self, base: &str, item: &Cluster) -> WantedCluster {
        self.header(base, item);
        let pod_identities = self.pod_identities(base, &item.pod_identities);
        let bindings = self.bindings(base, &item.bindings, &pod_identities);
        self.selectors(base, &pod_identities, &bindings);
        let exceptions = self.exceptions(base, &item.exceptions);
        let roles = item
            .roles
            .iter()
            .enumerate()
            .filter_map(|(at, role)| self.role(&format!("{base}/roles/{at}"), role))
            .collect();
        WantedCluster {
            key: ClusterKey {
                subscription: item.subscription.clone(),
                resource_group: item.resource_group.clone(),
                name: item.name.clone(),
            },
            via: item.via,
            kube_context: item.kube_context.clone(),
            enabled: item.enabled,
            allow_network_plugin_kubenet: item.allow_network_plugin_kubenet,
            pod_identities,
            bindings,
            exceptions,
            roles,
            pools: item
                .pools
                .as_ref()
                .map(|pools| pools.include.iter().cloned().collect()),
        }
    }

    /// The parts that name the cluster and the way.
    fn header(&mut self, base: &str, item: &Cluster) {
        let subscription = item.subscription.as_deref();
        if subscription.is_some_and(|id| uuid::Uuid::parse_str(id).is_err()) {
            self.tell(
                &format!("{base}/subscription"),
                "it is not the id of a subscription",
            );
        } else {
            // Any subscription will do to check the other parts.
            let subscription = subscription.unwrap_or("00000000-0000-0000-0000-000000000000");
            let id = ResourceId::managed_cluster(subscription, &item.resource_group, &item.name);
            self.good(&format!("{base}/name"), id);
        }
        let direct_only = [
            ("bindings", !item.bindings.is_empty()),
            ("pools", item.pools.is_some()),
            ("kubeContext", item.kube_context.is_some()),
        ];
        for (key, there) in direct_only {
            if there && item.via == Way::Aks {
                self.tell(
                    &format!("{base}/{key}"),
                    format!("the add-on knows no `{key}`; leave it out, or use via: direct"),
                );
            }
        }
        let aks_only = [
            ("enabled", item.enabled.is_some()),
            (
                "allowNetworkPluginKubenet",
                item.allow_network_plugin_kubenet.is_some(),
            ),
        ];
        for (key, there) in aks_only {
            if there && item.via == Way::Direct {
                self.tell(
                    &format!("{base}/{key}"),
                    format!("`{key}` is about the add-on; leave it out, or use via: aks"),
                );
            }
        }
        let holds = !item.pod_identities.is_empty() || !item.exceptions.is_empty();
        if item.enabled == Some(false) && holds {
            self.tell(
                &format!("{base}/enabled"),
                "an add-on that is off holds no pod identities and no exceptions",
            );
        }
    }

    fn pod_identities(&mut self, base: &str, entries: &[PodIdentityEntry]) -> Vec<PodIdentity> {
        let mut seen = BTreeMap::new();
        let mut parsed = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let pointer = format!("{base}/podIdentities/{at}");
            let Some(item) = self.pod_identity(&pointer, entry) else {
                continue;
            };
            let key = item.key();
            let what = format!("Pod identity `{key}`");
            self.once(&mut seen, key, &pointer, &what);
            parsed.push(item);
        }
        parsed
    }

    fn pod_identity(&mut self, pointer: &str, entry: &PodIdentityEntry) -> Option<PodIdentity> {
        let namespace = self.namespace(pointer, &entry.namespace);
        let id_at = format!("{pointer}/identityResourceId");
        let identity = self.identity(&id_at, &entry.identity_resource_id);
        let name_at = format!("{pointer}/name");
        let name: Option<PodIdentityName> = if let Some(name) = &entry.name {
            self.good(&name_at, name.parse())
        } else {
            let name = default_name(identity.as_ref()?);
            self.good(&name_at, name.map_err(|error| unnamed("name", &error)))
        };
        let selector_at = format!("{pointer}/bindingSelector");
        let selector = if let Some(selector) = &entry.binding_selector {
            self.good(&selector_at, selector.parse())
        } else {
            let selector = name.as_ref()?.as_str().parse();
            let selector = selector.map_err(|error| unnamed("bindingSelector", &error));
            self.good(&selector_at, selector)
        };
        Some(PodIdentity {
            namespace: namespace?,
            name: name?,
            selector: selector?,
            identity: identity?,
        })
    }

    fn namespace(&mut self, pointer: &str, text: &str) -> Option<Namespace> {
        self.good(&format!("{pointer}/namespace"), text.parse())
    }

    fn bindings(
        &mut self,
        base: &str,
        entries: &[BindingEntry],
        pod_identities: &[PodIdentity],
    ) -> Vec<Binding> {
        // The binding of a pod identity has a name of its own already.
        let mut seen: BTreeMap<String, String> = pod_identities
            .iter()
            .enumerate()
            .map(|(at, item)| {
                let key = format!("{}/{}", item.namespace, item.name.binding());
                (key, format!("{base}/podIdentities/{at}"))
            })
            .collect();
        let mut parsed = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let pointer = format!("{base}/bindings/{at}");
            let namespace = self.namespace(&pointer, &entry.namespace);
            // A binding's name follows the rules of the identity's.
            let name = entry.name.parse::<PodIdentityName>();
            let name = self.good(&format!("{pointer}/name"), name);
            let identity = self.good(&format!("{pointer}/identity"), entry.identity.parse());
            let selector = self.good(&format!("{pointer}/selector"), entry.selector.parse());
            let (Some(namespace), Some(_), Some(identity), Some(selector)) =
                (namespace, name, identity, selector)
            else {
                continue;
            };
            let of = |item: &PodIdentity| item.namespace == namespace && item.name == identity;
            if !pod_identities.iter().any(of) {
                self.tell(
                    &format!("{pointer}/identity"),
                    format!("there is no pod identity `{namespace}/{identity}` in `podIdentities` of this cluster"),
                );
            }
            let key = format!("{namespace}/{}", entry.name);
            let what = format!("Binding `{key}`");
            self.once(&mut seen, key, &pointer, &what);
            parsed.push(Binding {
                namespace,
                name: entry.name.clone(),
                identity,
                selector,
            });
        }
        parsed
    }

    /// Two bindings of one identity with one selector fight: whichever goes takes the pods'
    /// identity away, though the other seems to give it. Several identities under one selector are
    /// allowed: the pod says in its request which one it wants.
    fn selectors(&mut self, base: &str, pod_identities: &[PodIdentity], further: &[Binding]) {
        let mut exact: BTreeMap<(String, String, String), String> = BTreeMap::new();
        let mut shared: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
        let mut places: BTreeMap<(String, String), String> = BTreeMap::new();
        let own = pod_identities.iter().enumerate().map(|(at, item)| {
            let pointer = format!("{base}/podIdentities/{at}");
            (
                &item.namespace,
                item.name.to_string(),
                &item.selector,
                pointer,
            )
        });
        let more = further.iter().enumerate().map(|(at, item)| {
            let pointer = format!("{base}/bindings/{at}");
            (
                &item.namespace,
                item.identity.to_string(),
                &item.selector,
                pointer,
            )
        });
        for (namespace, identity, selector, pointer) in own.chain(more) {
            let (namespace, selector) = (namespace.to_string(), selector.to_string());
            let key = (namespace.clone(), identity.clone(), selector.clone());
            // The same name twice was told already.
            if exact.get(&key).is_some_and(|first| {
                first.contains("/podIdentities/") && pointer.contains("/podIdentities/")
            }) {
                continue;
            }
            let what = format!(
                "a binding of pod identity `{namespace}/{identity}` with selector `{selector}`"
            );
            self.once(&mut exact, key, &pointer, &what);
            let pair = (namespace, selector);
            shared.entry(pair.clone()).or_default().insert(identity);
            places.insert(pair, pointer);
        }
        for ((namespace, selector), identities) in shared {
            if identities.len() > 1 {
                let names: Vec<String> = identities.into_iter().collect();
                let pointer = &places[&(namespace.clone(), selector.clone())];
                let message = format!(
                    "pods labelled aadpodidbinding={selector} in namespace `{namespace}` may use several identities ({}); each must ask for one by client id",
                    names.join(", ")
                );
                self.warnings.push(self.root.fault(pointer, message));
            }
        }
    }

    fn exceptions(&mut self, base: &str, entries: &[ExceptionEntry]) -> Vec<WantedException> {
        let mut seen = BTreeMap::new();
        let mut parsed = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let pointer = format!("{base}/exceptions/{at}");
            let namespace = self.namespace(&pointer, &entry.namespace);
            let name = self.good(&format!("{pointer}/name"), entry.name.parse());
            let labels = match PodLabels::from_map(entry.pod_labels.clone()) {
                Ok(labels) => Some(labels),
                Err(wrong) => {
                    for error in wrong {
                        self.tell(&format!("{pointer}/podLabels"), error.to_string());
                    }
                    None
                }
            };
            let (Some(namespace), Some(name), Some(pod_labels)) = (namespace, name, labels) else {
                continue;
            };
            let item = WantedException {
                namespace,
                name,
                pod_labels,
            };
            let key = item.key();
            let what = format!("Exception `{key}`");
            self.once(&mut seen, key, &pointer, &what);
            parsed.push(item);
        }
        parsed
    }

    fn role(&mut self, pointer: &str, entry: &RoleEntry) -> Option<RoleWish> {
        let scope = match (&entry.scope, &entry.identity_resource_id) {
            (Some(scope), None) if scope == NODE_RESOURCE_GROUP => RoleScope::NodeResourceGroup,
            (Some(scope), None) => {
                let id = scope.parse::<ResourceId>();
                RoleScope::Resource(self.good(&format!("{pointer}/scope"), id)?)
            }
            (None, Some(id)) => {
                RoleScope::Resource(self.identity(&format!("{pointer}/identityResourceId"), id)?)
            }
            _ => {
                self.tell(pointer, "a role names either scope or identityResourceId");
                return None;
            }
        };
        Some(RoleWish {
            role: match entry.role {
                RoleName::ManagedIdentityOperator => Role::ManagedIdentityOperator,
                RoleName::VirtualMachineContributor => Role::VirtualMachineContributor,
            },
            scope,
            principal: entry.principal,
        })
    }
}

fn unnamed(key: &str, error: &InvalidName) -> String {
    format!("{error}; choose one with `{key}`")
}

#[cfg(test)]
mod tests;
