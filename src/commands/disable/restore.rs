//! The file that brings everything back: `podid apply` reads it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::commands::change::cluster::Cluster;
use crate::domain::file::{self, ExceptionEntry, File, PodIdentityEntry, Way};
use crate::domain::profile::{ItemState, Profile};
use crate::error::{Error, Kind, Result};

/// The file's text.
///
/// # Errors
/// `podid apply` could not bring something back.
pub(super) fn text(cluster: &Cluster, profile: &Profile) -> Result<String> {
    let file = File::of(vec![of(cluster, profile)]);
    let refused = |cause: String| {
        Error::new(
            Kind::Conflict,
            format!(
                "Not everything on cluster `{}` could be brought back",
                cluster.id.name()
            ),
        )
        .cause(cause)
        .hint("remove or repair that first, then run the same command again")
        .target(cluster.id.to_string())
    };
    let text = serde_saphyr::to_string(&file).map_err(|error| refused(error.to_string()))?;
    match file::read(&text) {
        Ok(_) => Ok(format!(
            "# Pod identity of cluster {}, written before it was turned off.\n{text}",
            cluster.id.name()
        )),
        Err(faults) => {
            // Lines of a file that is not written tell nobody anything.
            let told = faults.into_iter().map(|fault| fault.message);
            Err(refused(told.collect::<Vec<_>>().join("; ")))
        }
    }
}

fn of(cluster: &Cluster, profile: &Profile) -> file::Cluster {
    let identities = profile
        .identities
        .iter()
        .filter(|item| item.state != ItemState::Deleting)
        .map(|item| PodIdentityEntry {
            namespace: item.namespace.clone(),
            name: Some(item.name.clone()),
            identity_resource_id: item.resource_id.clone(),
            binding_selector: Some(item.selector.clone()),
        });
    let exceptions = profile.exceptions.iter().map(|item| ExceptionEntry {
        namespace: item.namespace.clone(),
        name: item.name.clone(),
        pod_labels: item.labels.clone(),
    });
    file::Cluster {
        subscription: Some(cluster.id.subscription().to_owned()),
        resource_group: cluster.group().to_owned(),
        name: cluster.id.name().to_owned(),
        via: Way::Aks,
        enabled: Some(true),
        allow_network_plugin_kubenet: profile.allow_network_plugin_kubenet.then_some(true),
        pod_identities: identities.collect(),
        exceptions: exceptions.collect(),
        ..file::Cluster::default()
    }
}

/// Writes the text to a new file that only its owner can read; its path.
///
/// # Errors
/// There is a file of that name, or it cannot be written.
pub(super) fn write(cluster: &Cluster, path: Option<PathBuf>, text: &str) -> Result<PathBuf> {
    let path = path.unwrap_or_else(|| {
        let time = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
        PathBuf::from(format!("podid-restore-{}-{time}.yaml", cluster.id.name()))
    });
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path);
    let written = made.and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        // The cluster loses everything next; the file must not be lost with this machine's power.
        file.sync_all()
    });
    match written {
        Ok(()) => Ok(path),
        Err(error) => Err(unwritten(&path, &error)),
    }
}

fn unwritten(path: &std::path::Path, error: &std::io::Error) -> Error {
    let shown = path.display();
    let refused = Error::usage(format!("Restore file `{shown}` was not written"));
    let refused = if error.kind() == ErrorKind::AlreadyExists {
        refused
            .cause("there is a file of that name, and podid overwrites none")
            .hint("choose another name with --restore-file")
    } else {
        refused
            .cause(error.to_string())
            .hint("choose a place that can be written with --restore-file; nothing was changed")
    };
    refused.target("--restore-file")
}
