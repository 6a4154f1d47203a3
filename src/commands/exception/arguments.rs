//! Arguments of the commands about exceptions.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::commands::complete;
use crate::domain::label::{InvalidLabels, PodLabels};
use crate::domain::name::{ExceptionName, InvalidName, Namespace};
use crate::error::{Error, Result};

/// Which exception.
#[derive(Debug, Clone, Args)]
pub(super) struct TargetArgs {
    /// Namespace of the exception
    #[arg(long, value_name = "NAMESPACE", add = ArgValueCompleter::new(complete::namespaces))]
    namespace: String,
    /// Name of the exception
    #[arg(long, short = 'n', value_name = "NAME", add = ArgValueCompleter::new(complete::exceptions))]
    name: String,
}

impl TargetArgs {
    /// The namespace and the name.
    ///
    /// # Errors
    /// One of them is not valid.
    pub(super) fn read(&self) -> Result<(Namespace, ExceptionName)> {
        Ok((namespace(&self.namespace)?, name(&self.name)?))
    }
}

/// The labels of the pods.
#[derive(Debug, Clone, Args)]
pub(super) struct LabelArgs {
    /// Labels of the pods; one that a pod carries is enough
    // No value at all is taken, so that podid itself can say what is wrong with it.
    #[arg(long, value_name = "KEY=VALUE", num_args = 0.., required = true)]
    pod_labels: Vec<String>,
}

impl LabelArgs {
    /// The labels.
    ///
    /// # Errors
    /// One breaks a rule of Kubernetes, a key has two values, or there is none.
    pub(super) fn read(&self) -> Result<PodLabels> {
        PodLabels::parse(&self.pod_labels)
            .map_err(|wrong| Error::refusals(wrong.iter().map(refused).collect()))
    }
}

fn refused(wrong: &InvalidLabels) -> Error {
    let error = match wrong {
        InvalidLabels::Label { label, reason } => {
            Error::usage(format!("`{label}` is not a valid label")).cause(reason)
        }
        InvalidLabels::Repeated { key, first, second } => Error::usage(format!(
            "Label `{key}` is given twice, with the values `{first}` and `{second}`"
        ))
        .hint("a pod carries one of them at most: make an exception for each value"),
        InvalidLabels::None => Error::usage("An exception without labels is refused")
            .cause("NMI looks for one of its labels on a pod, so it would let no pod through")
            .hint("name at least one label, for example --pod-labels app=web"),
    };
    error.target("--pod-labels")
}

/// Reads a namespace.
///
/// # Errors
/// Kubernetes does not accept it.
pub(super) fn namespace(text: &str) -> Result<Namespace> {
    at(text.parse(), "--namespace")
}

/// Reads the name of an exception.
///
/// # Errors
/// Kubernetes does not accept it.
pub(super) fn name(text: &str) -> Result<ExceptionName> {
    at(text.parse(), "--name")
}

fn at<T>(parsed: std::result::Result<T, InvalidName>, flag: &str) -> Result<T> {
    parsed.map_err(|error| Error::usage(error.to_string()).target(flag))
}
