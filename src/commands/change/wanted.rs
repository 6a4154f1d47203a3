//! What the user wants to add: from flags, or from a file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::ArgValueCompleter;
use serde::Deserialize;

use crate::commands::arguments::identity_id;
use crate::commands::{complete, input};
use crate::domain::name::{BindingSelector, Namespace, PodIdentityName};
use crate::domain::pod_identity::{PodIdentity, default_name, distinct};
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Result};

/// Which pod identities.
#[derive(Debug, Clone, Args)]
pub struct WantedArgs {
    /// Namespace of the pods
    #[arg(long, value_name = "NAMESPACE", required_unless_present = "from_file", add = ArgValueCompleter::new(complete::namespaces))]
    pub namespace: Option<String>,
    /// Name of the pod identity; the managed identity's when not given
    #[arg(long, short = 'n', value_name = "NAME")]
    pub name: Option<String>,
    /// Resource id of the user-assigned managed identity
    #[arg(long, value_name = "ID", required_unless_present = "from_file", add = ArgValueCompleter::new(complete::identities))]
    pub identity_resource_id: Option<String>,
    /// Value of the pods' label aadpodidbinding; the name of the pod identity when not given
    #[arg(long, value_name = "SELECTOR")]
    pub binding_selector: Option<String>,
    /// YAML or JSON file with a list `podIdentities`; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["namespace", "name", "identity_resource_id", "binding_selector"])]
    pub from_file: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct File {
    pod_identities: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    namespace: String,
    name: Option<String>,
    identity_resource_id: String,
    binding_selector: Option<String>,
}

impl WantedArgs {
    /// The pod identities wanted, validated and without repetitions.
    ///
    /// # Errors
    /// A name, selector or id is refused, or the file cannot be read.
    pub async fn read(&self) -> Result<Vec<PodIdentity>> {
        let wanted = match &self.from_file {
            Some(path) => from_file(path).await?,
            None => vec![self.one()?],
        };
        distinct(wanted).map_err(|error| Error::usage(error.to_string()).target("--from-file"))
    }

    fn one(&self) -> Result<PodIdentity> {
        let entry = Entry {
            namespace: self.namespace.clone().unwrap_or_default(),
            name: self.name.clone(),
            identity_resource_id: self.identity_resource_id.clone().unwrap_or_default(),
            binding_selector: self.binding_selector.clone(),
        };
        entry.parse()
    }
}

impl Entry {
    fn parse(&self) -> Result<PodIdentity> {
        let namespace: Namespace = at(self.namespace.parse(), "--namespace")?;
        let identity = identity_id(&self.identity_resource_id)?;
        let name: PodIdentityName = match self.name.as_deref().filter(|name| !name.is_empty()) {
            Some(name) => at(name.parse(), "--name")?,
            None => at(default_name(&identity), "--name")
                .map_err(|error| error.hint("choose one with --name"))?,
        };
        let given = self
            .binding_selector
            .as_deref()
            .filter(|selector| !selector.is_empty());
        let selector: BindingSelector = match given {
            Some(selector) => at(selector.parse(), "--binding-selector")?,
            None => at(name.as_str().parse(), "--binding-selector")
                .map_err(|error| error.hint("choose one with --binding-selector"))?,
        };
        Ok(PodIdentity {
            namespace,
            name,
            selector,
            identity,
        })
    }
}

fn at<T>(
    parsed: std::result::Result<T, crate::domain::name::InvalidName>,
    flag: &str,
) -> Result<T> {
    parsed.map_err(|error| Error::usage(error.to_string()).target(flag))
}

async fn from_file(path: &Path) -> Result<Vec<PodIdentity>> {
    let shown = path.display().to_string();
    let text = input::read_text(path, "--from-file").await?;
    let file: File = serde_saphyr::from_str(&text).map_err(|error| {
        Error::usage(format!("File `{shown}` is not a list of pod identities"))
            .cause(shown_at(&error.to_string(), &shown))
            .hint("it holds `podIdentities:` with entries of namespace, name, identityResourceId and bindingSelector")
            .target("--from-file")
    })?;
    let mut wanted = Vec::new();
    let mut refused = Vec::new();
    for (index, entry) in file.pod_identities.iter().enumerate() {
        match entry.parse() {
            Ok(item) => wanted.push(item),
            Err(error) => refused.push(error.context(format!("Entry {}", index + 1))),
        }
    }
    if !refused.is_empty() {
        return Err(Error::several(
            format!("File `{shown}` was refused"),
            refused,
        ));
    }
    if wanted.is_empty() {
        return Err(
            Error::usage(format!("File `{shown}` lists no pod identity")).target("--from-file"),
        );
    }
    Ok(wanted)
}

/// The reader's words on where the fault is, with the file's own name.
fn shown_at(text: &str, file: &str) -> String {
    text.trim_start_matches("error: ")
        .replace("<input>", file)
        .trim_end()
        .to_owned()
}

/// The namespaces of what is wanted, each once.
#[must_use]
pub fn namespaces(wanted: &[PodIdentity]) -> Vec<String> {
    let distinct: BTreeSet<String> = wanted
        .iter()
        .map(|item| item.namespace.to_string())
        .collect();
    distinct.into_iter().collect()
}

/// The managed identities of what is wanted, each once.
#[must_use]
pub fn identities(wanted: &[PodIdentity]) -> Vec<ResourceId> {
    let distinct: BTreeSet<ResourceId> = wanted.iter().map(|item| item.identity.clone()).collect();
    distinct.into_iter().collect()
}
