//! Roles that a file asks for.

use super::access::{self, Answer, Demand};
use super::holder::Holder;
use super::{For, Outcome, grant_needs, holder};
use crate::commands::change::cluster::Cluster;
use crate::domain::file::{Principal, RoleScope, RoleWish};
use crate::domain::grant::Need;
use crate::error::{Error, Kind, Result};

fn purpose(principal: Principal) -> For {
    match principal {
        Principal::Operator => For::Direct,
        Principal::ControlPlane => For::Managed,
        Principal::Kubelet => For::Standard,
    }
}

/// The role and the scope that `wish` means on `cluster`.
///
/// # Errors
/// The cluster names no node resource group.
pub fn need(cluster: &Cluster, wish: &RoleWish) -> Result<Need> {
    Ok(Need {
        role: wish.role,
        scope: match &wish.scope {
            RoleScope::Resource(id) => id.clone(),
            RoleScope::NodeResourceGroup => cluster.node_resource_group()?,
        },
    })
}

/// The object id of whoever is to have the role.
///
/// # Errors
/// The cluster has no such identity, or the sign-in fails.
pub async fn principal_id(cluster: &Cluster, wish: &RoleWish) -> Result<String> {
    Ok(holder(cluster, wish).await?.object_id)
}

/// Whoever is to have the role.
///
/// # Errors
/// The cluster has no such identity, or the sign-in fails.
pub(in crate::commands) async fn holder(cluster: &Cluster, wish: &RoleWish) -> Result<Holder> {
    holder::of(cluster, purpose(wish.principal)).await
}

/// Whether the principal has the role already, or one that covers it.
///
/// # Errors
/// Role assignments may not be read.
pub async fn is_held(cluster: &Cluster, wish: &RoleWish) -> Result<bool> {
    let holder = holder(cluster, wish).await?;
    let demands = [Demand::from(&need(cluster, wish)?)];
    match access::check(&cluster.azure, &holder, &demands).await.pop() {
        Some(Answer::Allowed) => Ok(true),
        Some(Answer::Unknown(error)) => Err(error),
        // That a deny assignment forbids it is told when it is granted.
        Some(Answer::Missing(_) | Answer::Denied(_)) | None => Ok(false),
    }
}

/// Grants the role; whether it was not there before.
///
/// # Errors
/// The signed-in principal may not grant it; the error says who can.
pub async fn grant(cluster: &Cluster, wish: &RoleWish) -> Result<bool> {
    let holder = holder(cluster, wish).await?;
    let needs = [need(cluster, wish)?];
    let outcome = grant_needs(cluster, &holder, &needs).await.pop();
    let outcome = outcome.unwrap_or_else(|| Err(Error::new(Kind::Failed, "No role was asked for")));
    outcome.map(|outcome| outcome == Outcome::Granted)
}
