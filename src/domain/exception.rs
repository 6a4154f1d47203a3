//! Exceptions: pods whose token requests NMI lets through to IMDS.
//!
//! The rule is upstream's: an exception applies to the pods of its own namespace, and one label
//! that a pod carries with an equal value is enough, ignoring the case of the value. An exception
//! with two labels is wider than one with either of them, not narrower; one without labels applies
//! to no pod.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::label::{self, Labels, PodLabels};
use super::name::{ExceptionName, InvalidName, Namespace};
use super::workload::{Owner, Pod};

/// An exception as it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedException {
    /// The namespace of the pods and of the object.
    pub namespace: Namespace,
    /// The name of the object.
    pub name: ExceptionName,
    /// The labels of the pods.
    pub pod_labels: PodLabels,
}

impl WantedException {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }
}

/// An exception as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The namespace of the pods.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The labels of the pods.
    pub pod_labels: Labels,
}

impl Exception {
    /// `namespace/name`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether NMI lets this pod through because of it.
    #[must_use]
    pub fn applies_to(&self, pod: &Pod) -> bool {
        self.namespace == pod.namespace && lets_through(&self.pod_labels, &pod.labels)
    }
}

/// One label of an exception beside what a pod carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelComparison {
    /// The key.
    pub key: String,
    /// The exception's value.
    pub wanted: String,
    /// The pod's value, if it carries the key.
    pub found: Option<String>,
}

impl LabelComparison {
    /// Whether this label alone lets the pod through.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.found
            .as_ref()
            .is_some_and(|found| found.eq_ignore_ascii_case(&self.wanted))
    }
}

/// Compares each label of an exception with those of a pod.
#[must_use]
pub fn compare_labels(exception: &Labels, pod: &Labels) -> Vec<LabelComparison> {
    let compared = exception.iter().map(|(key, wanted)| LabelComparison {
        key: key.clone(),
        wanted: wanted.clone(),
        found: pod.get(key).cloned(),
    });
    compared.collect()
}

/// Whether an exception with these labels lets a pod of its namespace through: any label suffices.
#[must_use]
pub fn lets_through(exception: &Labels, pod: &Labels) -> bool {
    exception.iter().any(|(key, wanted)| {
        pod.get(key)
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

/// The exceptions that apply to a pod.
#[must_use]
pub fn matches<'a>(exceptions: &'a [Exception], pod: &Pod) -> Vec<&'a Exception> {
    exceptions
        .iter()
        .filter(|exception| exception.applies_to(pod))
        .collect()
}

/// The name of an exception whose name was not given; the same labels get the same name.
///
/// It starts with the labels, for people, and ends with a digest of them, so that no two sets of
/// labels share a name.
///
/// # Errors
/// Never for valid labels, each of which holds a letter or digit.
pub fn default_name(labels: &PodLabels) -> Result<ExceptionName, InvalidName> {
    let text = labels.to_string();
    let words: Vec<String> = text
        .to_ascii_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut start = words.join("-");
    start.truncate(50);
    let digest = Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).simple();
    let start = start.trim_end_matches('-');
    format!("{start}-{}", &digest.to_string()[..8]).parse()
}

/// The pods that an exception applies to, by owner.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The names of the pods of each owner.
    pub pods: BTreeMap<Owner, Vec<String>>,
    /// The pods among them that have a binding selector: NMI ignores it from now on.
    pub bound: Vec<String>,
}

impl Reach {
    /// The pods among `pods` that an exception with these labels lets through.
    #[must_use]
    pub fn of(labels: &Labels, namespace: &str, pods: &[Pod]) -> Reach {
        let mut reach = Reach::default();
        let reached = pods.iter().filter(|pod| {
            pod.namespace == namespace && pod.is_intercepted() && lets_through(labels, &pod.labels)
        });
        for pod in reached {
            let of_owner = reach.pods.entry(pod.owner.clone()).or_default();
            of_owner.push(pod.name.clone());
            if selector(pod).is_some() {
                reach.bound.push(pod.name.clone());
            }
        }
        reach
    }

    /// The pods that a wanted exception lets through.
    #[must_use]
    pub fn among(wanted: &WantedException, pods: &[Pod]) -> Reach {
        Reach::of(wanted.pod_labels.as_map(), wanted.namespace.as_str(), pods)
    }

    /// Whether it lets pods of more than one owner through.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        self.pods.len() > 1
    }

    /// Its pods, all owners together.
    #[must_use]
    pub fn count(&self) -> usize {
        self.pods.values().map(Vec::len).sum()
    }
}

/// The binding selector that a pod carries.
#[must_use]
pub fn selector(pod: &Pod) -> Option<&str> {
    pod.labels
        .get("aadpodidbinding")
        .map(String::as_str)
        .filter(|selector| !selector.is_empty())
}

/// How a wanted exception compares with what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// There is none of that name.
    Absent,
    /// It is there with the same labels.
    Same,
    /// It is there with these labels.
    Different(String),
}

/// Compares a wanted exception with the exceptions there are.
#[must_use]
pub fn compare(wanted: &WantedException, there: &[Exception]) -> Comparison {
    let labels = wanted.pod_labels.as_map();
    let mut of_name = there
        .iter()
        .filter(|one| one.key() == wanted.key())
        .peekable();
    if of_name.peek().is_none() {
        return Comparison::Absent;
    }
    // A profile can hold several of one name.
    match of_name.find(|one| one.pod_labels != *labels) {
        None => Comparison::Same,
        Some(one) if one.pod_labels.is_empty() => Comparison::Different("no labels".to_owned()),
        Some(one) => Comparison::Different(format!("`{}`", label::shown(&one.pod_labels))),
    }
}

/// The exception of this namespace that has the same labels, whatever its name.
#[must_use]
pub fn with_labels<'a>(
    namespace: &Namespace,
    labels: &PodLabels,
    there: &'a [Exception],
) -> Option<&'a Exception> {
    there
        .iter()
        .find(|one| one.namespace == namespace.as_str() && one.pod_labels == *labels.as_map())
}

#[cfg(test)]
mod tests;
