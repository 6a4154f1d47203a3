//! Role assignments, and what the caller may do.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Call, Client};
use super::error::Error;
use super::notice::{Notice, Reason};
use super::role_definition::{self, API_VERSION};
use super::wire::{or_default, read, read_all};
use crate::domain::permission::Permission;
use crate::domain::resource_id::ResourceId;

pub use super::role_definition::Role;

/// A new principal reaches role assignments within this time, or something else is wrong with it.
const PRINCIPAL_PATIENCE: Duration = Duration::from_mins(2);

/// The UUID namespace of podid's role assignment names; arbitrary, and never to change.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f1c_5b5e_8d0a_5c0e_9f57_70d1_d1a5_51e1);

/// How the description of podid's role assignments begins; never to change, like the namespace.
const MARK: &str = "Granted by podid";

/// What a principal is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub enum PrincipalType {
    /// An application or a managed identity.
    #[default]
    ServicePrincipal,
    /// A person.
    User,
    /// A group.
    Group,
    /// A group of another tenant.
    ForeignGroup,
    /// A device.
    Device,
    /// Something newer than podid.
    #[serde(other)]
    Unknown,
}

impl PrincipalType {
    /// ARM's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServicePrincipal => "ServicePrincipal",
            Self::User => "User",
            Self::Group => "Group",
            Self::ForeignGroup => "ForeignGroup",
            Self::Device => "Device",
            Self::Unknown => "Unknown",
        }
    }
}

impl fmt::Display for PrincipalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A role assignment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoleAssignment {
    /// Its id.
    pub id: String,
    /// Its name, a GUID.
    pub name: String,
    /// What it is.
    pub properties: Properties,
}

/// What a role assignment is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Properties {
    /// The role.
    pub role_definition_id: String,
    /// The principal.
    pub principal_id: String,
    /// What the principal is.
    #[serde(default, deserialize_with = "or_default")]
    pub principal_type: PrincipalType,
    /// Where it holds.
    #[serde(default, deserialize_with = "or_default")]
    pub scope: String,
    /// The condition under which it holds.
    #[serde(default)]
    pub condition: Option<String>,
    /// What its maker wrote about it.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

impl RoleAssignment {
    /// The built-in role, when podid knows it.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Role::of(&self.properties.role_definition_id)
    }

    /// Whether podid granted it: it bears the name that podid gives and podid's mark.
    ///
    /// Somebody who grants a role by hand may take the name from a dry run, but not the mark with it.
    #[must_use]
    pub fn is_podids(&self, scope: &ResourceId, role: Role, principal: &str) -> bool {
        self.id
            .eq_ignore_ascii_case(&assignment_id(scope, role, principal))
            && self.properties.description.starts_with(MARK)
    }

    /// Whether it assigns this role.
    #[must_use]
    pub fn is_role(&self, role: Role) -> bool {
        self.role() == Some(role)
    }
}

/// Whether a grant changed anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// The role assignment is new.
    Created(RoleAssignment),
    /// The principal had the role at this very scope already.
    Unchanged,
}

pub(super) fn collection(scope: &ResourceId, kind: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}")
}

/// A text for an OData filter: a GUID has no quotes, and anything else is not let through as syntax.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The role assignments at `scope` and above it; with `principal`, only those that reach this
/// object id, be it through a group.
///
/// # Errors
/// See [`Error`].
pub async fn list(
    client: &Client,
    scope: &ResourceId,
    principal: Option<&str>,
) -> Result<Vec<RoleAssignment>, Error> {
    let filter = match principal {
        Some(principal) => format!("atScope() and assignedTo({})", quoted(principal)),
        None => "atScope()".to_owned(),
    };
    filtered(client, scope, &filter).await
}

/// The role assignments at `scope`, above it and below it that reach this object id, be it through
/// a group.
///
/// # Errors
/// See [`Error`].
pub async fn list_around(
    client: &Client,
    scope: &ResourceId,
    principal: &str,
) -> Result<Vec<RoleAssignment>, Error> {
    filtered(client, scope, &format!("assignedTo({})", quoted(principal))).await
}

async fn filtered(
    client: &Client,
    scope: &ResourceId,
    filter: &str,
) -> Result<Vec<RoleAssignment>, Error> {
    let call =
        Call::get(collection(scope, "roleAssignments"), API_VERSION).query("$filter", filter);
    read_all(&call, client.list(&call).await?)
}

/// What the signed-in principal may do at `scope`.
///
/// # Errors
/// See [`Error`].
pub async fn permissions(client: &Client, scope: &ResourceId) -> Result<Vec<Permission>, Error> {
    let call = Call::get(collection(scope, "permissions"), API_VERSION);
    read_all(&call, client.list(&call).await?)
}

/// The name podid gives to the assignment of a role: the same for the same scope, role and
/// principal, so that a second grant finds the first instead of making another.
#[must_use]
pub fn assignment_name(scope: &ResourceId, role_guid: &str, principal: &str) -> Uuid {
    let text = format!("{}|{role_guid}|{principal}", scope.key()).to_lowercase();
    Uuid::new_v5(&NAMESPACE, text.as_bytes())
}

/// The id of the role assignment podid makes.
#[must_use]
pub fn assignment_id(scope: &ResourceId, role: Role, principal: &str) -> String {
    let name = assignment_name(scope, role.guid(), principal);
    format!("{}/{name}", collection(scope, "roleAssignments"))
}

/// The call that grants a role, as `--dry-run` shows it.
#[must_use]
pub fn create_call(
    scope: &ResourceId,
    role: Role,
    principal: &str,
    principal_type: PrincipalType,
) -> Call {
    let body = json!({"properties": {
        "roleDefinitionId": role_definition::definition_id(scope.subscription(), role.guid()),
        "principalId": principal,
        // With it the service skips a directory look-up that fails for principals made just now.
        "principalType": principal_type.as_str(),
        "description": format!("{MARK} for pod identity"),
    }});
    Call::put(assignment_id(scope, role, principal), API_VERSION, body)
}

/// Grants a role.
///
/// # Errors
/// See [`Error`]; PrincipalNotFound is tried again for two minutes, with notices.
pub async fn create(
    client: &Client,
    scope: &ResourceId,
    role: Role,
    principal: &str,
    principal_type: PrincipalType,
) -> Result<Grant, Error> {
    let call = create_call(scope, role, principal, principal_type);
    let started = tokio::time::Instant::now();
    let mut attempt = 0;
    loop {
        let error = match client.send(&call).await {
            Ok(response) if response.status == 201 => {
                return Ok(Grant::Created(read(&call, response.body)?));
            }
            Ok(_) => return Ok(Grant::Unchanged),
            Err(error) => error,
        };
        if error.has_code("RoleAssignmentExists") {
            return Ok(Grant::Unchanged);
        }
        attempt += 1;
        let wait = Duration::from_millis(500 * (1 << attempt.min(5)));
        if !error.has_code("PrincipalNotFound") || started.elapsed() + wait > PRINCIPAL_PATIENCE {
            return Err(error);
        }
        let notice = Notice {
            wait,
            reason: Reason::PrincipalNotFound,
            call: call.to_string(),
            attempt,
        };
        if !client.pause(&notice).await {
            return Err(error);
        }
    }
}

/// Deletes a role assignment by its id; says whether it was there.
///
/// # Errors
/// See [`Error`].
pub async fn delete(client: &Client, id: &str) -> Result<bool, Error> {
    match client.send(&Call::delete(id, API_VERSION)).await {
        // 200 shows what was deleted, 204 that there was nothing.
        Ok(response) => Ok(response.status != 204 && response.body != Value::Null),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUB: &str = "11111111-2222-3333-4444-555555555555";

    #[test]
    fn the_name_is_the_same_whatever_the_casing() {
        let lower = ResourceId::resource_group_id(SUB, "ids").unwrap();
        let upper = ResourceId::resource_group_id(SUB, "IDS").unwrap();
        let role = Role::ManagedIdentityOperator;
        let name = assignment_name(&lower, role.guid(), "abc");
        assert_eq!(name, assignment_name(&upper, role.guid(), "ABC"));
        assert_eq!(name.get_version_num(), 5);
        // Names of released versions are found again by later ones, so they never change.
        assert_eq!(name.to_string(), "5d1fd753-791b-596a-b516-c343c4567008");
        assert_ne!(name, assignment_name(&lower, role.guid(), "abd"));
        assert_ne!(name, assignment_name(&lower, Role::Reader.guid(), "abc"));
    }

    #[test]
    fn a_grant_says_what_the_principal_is() {
        let scope = ResourceId::resource_group_id(SUB, "ids").unwrap();
        let call = create_call(&scope, Role::Reader, "p", PrincipalType::default());
        let body = call.body().unwrap();
        assert_eq!(body["properties"]["principalType"], "ServicePrincipal");
        assert_eq!(
            body["properties"]["roleDefinitionId"],
            Role::Reader.definition_id(SUB)
        );
    }

    #[test]
    fn a_quote_stays_text() {
        assert_eq!(quoted("a' or 1 eq 1"), "'a'' or 1 eq 1'");
    }
}
