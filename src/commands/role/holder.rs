//! Whose roles are meant, and whether they cover a need.

use super::{For, Scope};
use crate::azure::role_assignment::PrincipalType;
use crate::commands::change::cluster::Cluster;
use crate::error::{Error, Result};

/// A principal that needs roles.
#[derive(Debug, Clone)]
pub(in crate::commands) struct Holder {
    /// Its object id in Entra.
    pub(in crate::commands) object_id: String,
    /// `User`, `Group` or `ServicePrincipal`.
    pub(in crate::commands) principal_type: PrincipalType,
    /// How to call it in a message.
    pub(in crate::commands) label: String,
    /// It is who is signed in.
    pub(in crate::commands) is_caller: bool,
}

/// The principal that `--for` or `--assignee-object-id` means.
///
/// # Errors
/// The cluster has no such identity, or the sign-in fails.
pub(super) async fn find(cluster: &Cluster, scope: &Scope) -> Result<Holder> {
    if let Some(object_id) = &scope.assignee_object_id {
        uuid::Uuid::parse_str(object_id).map_err(|_| {
            Error::usage(format!("`{object_id}` is not an object id"))
                .target("--assignee-object-id")
        })?;
        let principal_type = match scope.assignee_principal_type {
            Some(super::AssigneeType::User) => PrincipalType::User,
            Some(super::AssigneeType::Group) => PrincipalType::Group,
            Some(super::AssigneeType::ServicePrincipal) | None => PrincipalType::ServicePrincipal,
        };
        return Ok(Holder {
            object_id: object_id.clone(),
            principal_type,
            label: format!("principal {object_id}"),
            is_caller: cluster.azure.principal().await?.object_id == *object_id,
        });
    }
    of(cluster, scope.purpose).await
}

/// The principal that `purpose` means.
///
/// # Errors
/// The cluster has no such identity, or the sign-in fails.
pub(super) async fn of(cluster: &Cluster, purpose: For) -> Result<Holder> {
    let name = cluster.id.name();
    match purpose {
        For::Direct => signed_in(cluster).await,
        For::Managed => control_plane(cluster),
        For::Standard => {
            let kubelet = cluster
                .managed
                .kubelet_identity()
                .ok_or_else(|| no_identity(name, "kubelet"))?;
            Ok(service(
                kubelet.object_id,
                format!("the kubelet identity of cluster `{name}`"),
            ))
        }
    }
}

/// The control-plane identity, as which the AKS add-on assigns identities.
///
/// # Errors
/// The cluster runs with a service principal.
pub(in crate::commands) fn control_plane(cluster: &Cluster) -> Result<Holder> {
    let name = cluster.id.name();
    let ids = cluster.managed.identity_principal_ids();
    let object_id = ids
        .first()
        .ok_or_else(|| no_identity(name, "control-plane"))?;
    Ok(service(
        (*object_id).to_owned(),
        format!("the control-plane identity of cluster `{name}`"),
    ))
}

/// The signed-in principal.
///
/// # Errors
/// The sign-in fails.
pub(in crate::commands) async fn signed_in(cluster: &Cluster) -> Result<Holder> {
    let principal = cluster.azure.principal().await?;
    let principal_type = if principal.is_user {
        PrincipalType::User
    } else {
        PrincipalType::ServicePrincipal
    };
    Ok(Holder {
        label: format!("the signed-in principal {}", principal.object_id),
        object_id: principal.object_id,
        principal_type,
        is_caller: true,
    })
}

fn service(object_id: String, label: String) -> Holder {
    Holder {
        object_id,
        principal_type: PrincipalType::ServicePrincipal,
        label,
        is_caller: false,
    }
}

fn no_identity(cluster: &str, which: &str) -> Error {
    Error::usage(format!("Cluster `{cluster}` has no {which} identity"))
        .cause("it runs with a service principal")
        .hint("name the principal with --assignee-object-id")
}
