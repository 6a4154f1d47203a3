//! Which exceptions a cluster seems to lack.
//!
//! An exception gives pods whatever their node may do, so one is suggested on evidence only: a
//! system workload that is documented to ask IMDS by itself, a refusal that NMI reported, or a
//! binding selector that no binding has. A pod without any of these is left alone.

use std::collections::BTreeMap;

use super::exception::{self, Exception, Reach, lets_through, selector};
use super::label::Labels;
use super::workload::{Owner, Pod};

/// A system workload that asks IMDS for tokens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct System {
    /// What it is.
    pub what: &'static str,
    /// Its namespace; any when none.
    pub namespace: Option<&'static str>,
    /// The label of its pods.
    pub label: (&'static str, &'static str),
    /// The usual name of the exception.
    pub exception: &'static str,
}

/// The system workloads that are documented to need an exception.
pub const SYSTEMS: &[System] = &[
    // deploy/infra/mic-exception.yaml of aad-pod-identity, and AKS's own documentation.
    System {
        what: "AKS add-ons",
        namespace: Some("kube-system"),
        label: ("kubernetes.azure.com/managedby", "aks"),
        exception: "aks-addon-exception",
    },
    // The GitOps extension reports to Azure with the cluster's identity.
    System {
        what: "Flux extension",
        namespace: Some("flux-system"),
        label: ("app.kubernetes.io/name", "flux-extension"),
        exception: "flux-extension-exception",
    },
    // MIC changes scale sets with the node's identity; its labels differ by way of installation.
    System {
        what: "MIC of aad-pod-identity",
        namespace: None,
        label: ("app.kubernetes.io/component", "mic"),
        exception: "mic-exception",
    },
    System {
        what: "MIC of aad-pod-identity",
        namespace: None,
        label: ("component", "mic"),
        exception: "mic-exception",
    },
];

impl System {
    fn includes(&self, pod: &Pod) -> bool {
        let (key, value) = self.label;
        self.namespace
            .is_none_or(|namespace| namespace == pod.namespace)
            && pod.labels.get(key).is_some_and(|found| found == value)
    }

    fn labels(&self) -> Labels {
        let (key, value) = self.label;
        Labels::from([(key.to_owned(), value.to_owned())])
    }
}

/// Labels that differ between pods of one workload, or with each of its versions.
const VOLATILE: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// Labels that usually name a workload, the likeliest first.
const NAMING: &[&str] = &[
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "name",
    "app.kubernetes.io/instance",
    "app.kubernetes.io/component",
    "component",
];

/// A binding, as far as it gives an identity to pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bond {
    /// Its namespace.
    pub namespace: String,
    /// The binding selector.
    pub selector: String,
    /// It also serves pods of other namespaces.
    pub everywhere: bool,
}

/// Why an exception is suggested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is a system workload that asks IMDS by itself.
    System(&'static System),
    /// It has no binding selector, and NMI refused its requests in these words.
    Refused(String),
    /// Its binding selector belongs to no binding.
    NoBinding(String),
}

/// An exception that would let pods through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Namespace of the pods.
    pub namespace: String,
    /// What made the pods.
    pub owners: Vec<Owner>,
    /// The pods that need it.
    pub pods: Vec<String>,
    /// Why.
    pub reason: Reason,
    /// The narrowest labels that all of them carry; none when they carry no lasting label.
    pub pod_labels: Labels,
    /// Other workloads that the labels would let through as well.
    pub also: Vec<Owner>,
}

/// Suggests exceptions for pods whose token requests fail, or must fail, without one.
///
/// `refused` maps `namespace/name` of a pod to what NMI said.
#[must_use]
pub fn suggest(
    pods: &[Pod],
    exceptions: &[Exception],
    bonds: &[Bond],
    refused: &BTreeMap<String, String>,
) -> Vec<Suggestion> {
    let mut groups: BTreeMap<(String, String), (Reason, Vec<&Pod>)> = BTreeMap::new();
    let open = pods
        .iter()
        .filter(|pod| pod.is_intercepted() && exception::matches(exceptions, pod).is_empty());
    for pod in open {
        let Some(reason) = reason(pod, bonds, refused) else {
            continue;
        };
        let group = match &reason {
            Reason::System(system) => system.exception.to_owned(),
            _ => pod.owner.to_string(),
        };
        let key = (pod.namespace.clone(), group);
        let (_, members) = groups.entry(key).or_insert((reason, Vec::new()));
        members.push(pod);
    }
    groups
        .into_iter()
        .map(|((namespace, _), (reason, members))| suggestion(namespace, reason, &members, pods))
        .collect()
}

fn reason(pod: &Pod, bonds: &[Bond], refused: &BTreeMap<String, String>) -> Option<Reason> {
    if let Some(system) = SYSTEMS.iter().find(|system| system.includes(pod)) {
        return Some(Reason::System(system));
    }
    let Some(selector) = selector(pod) else {
        let words = refused.get(&pod.key())?;
        return Some(Reason::Refused(words.clone()));
    };
    let bound = bonds.iter().any(|bond| {
        bond.selector == selector && (bond.everywhere || bond.namespace == pod.namespace)
    });
    (!bound).then(|| Reason::NoBinding(selector.to_owned()))
}

fn suggestion(namespace: String, reason: Reason, members: &[&Pod], pods: &[Pod]) -> Suggestion {
    let mut owners: Vec<Owner> = members.iter().map(|pod| pod.owner.clone()).collect();
    owners.sort();
    owners.dedup();
    let others = |labels: &Labels| -> Vec<Owner> {
        let reach = Reach::of(labels, &namespace, pods);
        reach
            .pods
            .into_keys()
            .filter(|owner| !owners.contains(owner))
            .collect()
    };
    let pod_labels = match &reason {
        Reason::System(system) => system.labels(),
        _ => narrowest(members, |labels| others(labels).len()),
    };
    Suggestion {
        also: others(&pod_labels),
        owners,
        pods: members.iter().map(|pod| pod.name.clone()).collect(),
        reason,
        pod_labels,
        namespace,
    }
}

/// The one label that every member carries and that reaches the fewest others.
fn narrowest(members: &[&Pod], others: impl Fn(&Labels) -> usize) -> Labels {
    let Some((first, rest)) = members.split_first() else {
        return Labels::new();
    };
    let lasting = first
        .labels
        .iter()
        .filter(|(key, _)| !VOLATILE.contains(&key.as_str()));
    let candidates = lasting.filter_map(|(key, value)| {
        let label = Labels::from([(key.clone(), value.clone())]);
        let shared = rest.iter().all(|pod| lets_through(&label, &pod.labels));
        // A selector is for bindings; an exception by it is the last resort.
        let by_selector = key == "aadpodidbinding";
        let rank = NAMING.iter().position(|naming| naming == key);
        shared.then(|| {
            (
                (others(&label), by_selector, rank.unwrap_or(NAMING.len())),
                label,
            )
        })
    });
    candidates
        .min_by_key(|(rank, _)| *rank)
        .map(|(_, label)| label)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        let pairs = text
            .split_whitespace()
            .map(|pair| pair.split_once('=').unwrap());
        pairs
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect()
    }

    fn pod(namespace: &str, owner: &str, own: &str) -> Pod {
        Pod {
            namespace: namespace.to_owned(),
            name: format!("{owner}-1"),
            labels: labels(own),
            owner: Owner {
                kind: "Deployment".to_owned(),
                name: owner.to_owned(),
            },
            host_network: false,
            active: true,
        }
    }

    fn suggested(pods: &[Pod], bonds: &[Bond], refused: &[&str]) -> Vec<(String, String)> {
        let refused = refused
            .iter()
            .map(|key| ((*key).to_owned(), "no identity".to_owned()));
        let found = suggest(pods, &[], bonds, &refused.collect());
        let shown = |one: &Suggestion| {
            let reason = match &one.reason {
                Reason::System(system) => system.exception.to_owned(),
                Reason::Refused(words) => words.clone(),
                Reason::NoBinding(selector) => format!("no binding {selector}"),
            };
            (reason, super::super::label::shown(&one.pod_labels))
        };
        found.iter().map(shown).collect()
    }

    #[test]
    fn system_workloads_are_known_and_share_one_exception() {
        let managed = "kubernetes.azure.com/managedby=aks k8s-app=x";
        let pods = [
            pod("kube-system", "metrics", managed),
            pod("kube-system", "agent", managed),
            pod("billing", "fake", managed),
            pod(
                "flux-system",
                "agent",
                "app.kubernetes.io/name=flux-extension",
            ),
            pod("identity", "mic", "component=mic"),
        ];
        let owner = |text: &str| text.to_owned();
        assert_eq!(
            suggested(&pods, &[], &[]),
            [
                (
                    owner("flux-extension-exception"),
                    owner("app.kubernetes.io/name=flux-extension")
                ),
                (owner("mic-exception"), owner("component=mic")),
                (
                    owner("aks-addon-exception"),
                    owner("kubernetes.azure.com/managedby=aks")
                ),
            ]
        );
    }

    #[test]
    fn a_selector_without_a_binding_and_a_refusal_are_evidence() {
        let bond = |namespace: &str, selector: &str, everywhere| Bond {
            namespace: namespace.to_owned(),
            selector: selector.to_owned(),
            everywhere,
        };
        let pods = [
            pod("a", "bound", "aadpodidbinding=one app=bound"),
            pod("a", "shared", "aadpodidbinding=two app=shared"),
            pod("a", "other", "aadpodidbinding=three app=other"),
            pod("a", "silent", "app=silent"),
            pod("a", "told", "app=told"),
        ];
        let bonds = [
            bond("a", "one", false),
            bond("b", "two", true),
            bond("b", "three", false),
        ];
        let found = suggested(&pods, &bonds, &["a/told-1", "a/bound-1"]);
        let expected = [
            ("no binding three", "app=other"),
            ("no identity", "app=told"),
        ];
        assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn whoever_is_through_or_not_intercepted_needs_nothing() {
        let mut host = pod("a", "host", "app=host");
        host.host_network = true;
        let mut done = pod("a", "done", "app=done");
        done.active = false;
        let pods = [host, done, pod("a", "web", "app=web")];
        let refused = ["a/host-1", "a/done-1", "a/web-1"];
        let refused: BTreeMap<String, String> =
            refused.map(|key| (key.to_owned(), String::new())).into();
        let exceptions = [Exception {
            namespace: "a".to_owned(),
            name: "e".to_owned(),
            pod_labels: labels("app=web"),
        }];
        assert_eq!(suggest(&pods, &exceptions, &[], &refused), []);
    }

    #[test]
    fn the_narrowest_lasting_label_is_taken() {
        let pods = [
            pod(
                "a",
                "web",
                "app=shop tier=web pod-template-hash=1 aadpodidbinding=x",
            ),
            pod("a", "api", "app=shop tier=api pod-template-hash=2"),
            pod("a", "odd", "pod-template-hash=3 app=shop aadpodidbinding=y"),
            pod("a", "bare", "pod-template-hash=4"),
        ];
        let refused = ["a/web-1", "a/odd-1", "a/bare-1"].map(|key| (key.to_owned(), String::new()));
        let found = suggest(&pods, &[], &[], &refused.into());
        let told: Vec<(String, usize)> = found
            .iter()
            .map(|one| (super::super::label::shown(&one.pod_labels), one.also.len()))
            .collect();
        assert_eq!(
            told,
            [
                (String::new(), 0),
                ("aadpodidbinding=y".to_owned(), 0),
                ("tier=web".to_owned(), 0),
            ]
        );
    }
}
