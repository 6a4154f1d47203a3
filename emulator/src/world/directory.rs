//! The directory: tenants, service principals, users.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrincipalKind {
    /// A person.
    User,
    /// An application or a managed identity.
    ServicePrincipal,
}

/// Who makes a request, as read from its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The tenant that issued the token.
    pub tenant_id: String,
    /// The object id in that tenant.
    pub object_id: String,
    /// The application id of a service principal.
    pub app_id: Option<String>,
    /// What it is.
    pub kind: PrincipalKind,
    /// Groups it is in.
    pub groups: Vec<String>,
    /// The resource provider itself: authorisation does not apply.
    pub system: bool,
}

impl Principal {
    /// The emulator acting for itself, as a resource provider does.
    pub fn system() -> Self {
        Self {
            tenant_id: String::new(),
            object_id: "00000000-0000-0000-0000-000000000000".into(),
            app_id: None,
            kind: PrincipalKind::ServicePrincipal,
            groups: Vec::new(),
            system: true,
        }
    }
}

/// A federated credential of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FederatedCredential {
    /// The credential's name.
    pub name: String,
    /// The token's `iss`, byte for byte.
    pub issuer: String,
    /// The token's `sub`, byte for byte.
    pub subject: String,
    /// The token's `aud`.
    pub audiences: Vec<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The object id.
    pub object_id: String,
    /// The sign-in name.
    pub user_principal_name: String,
    /// The tenant.
    pub tenant_id: String,
    /// Groups, by object id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// An application's or a managed identity's service principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The application (client) id.
    pub app_id: String,
    /// The object (principal) id.
    pub object_id: String,
    /// The tenant.
    pub tenant_id: String,
    /// The name people see.
    #[serde(default)]
    pub display_name: String,
    /// Client secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
    /// Registered certificates, PEM.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<String>,
    /// Federated credentials of an application; those of a managed identity are ARM resources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub federated_credentials: Vec<FederatedCredential>,
    /// Groups, by object id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The resource of a managed identity: a user-assigned identity, or the resource with a system-assigned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// When it was made; a new principal may be unknown elsewhere for a while.
    #[serde(skip)]
    pub created: Timestamp,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The tenant id.
    pub tenant_id: String,
    /// The name people see.
    #[serde(default)]
    pub display_name: String,
    /// The default domain.
    #[serde(default)]
    pub default_domain: String,
}

/// All tenants and principals.
#[derive(Debug, Default)]
pub struct Directory {
    /// Tenants by id.
    pub tenants: BTreeMap<String, Tenant>,
    /// Users by object id.
    pub users: BTreeMap<String, User>,
    service_principals: BTreeMap<String, ServicePrincipal>,
}

impl Directory {
    /// The tenant that owns new subscriptions and identities: the first one seeded.
    pub fn home_tenant(&self) -> String {
        self.tenants.keys().next().cloned().unwrap_or_default()
    }

    /// Adds or replaces a service principal.
    pub fn put(&mut self, principal: ServicePrincipal) {
        self.service_principals
            .insert(principal.object_id.to_lowercase(), principal);
    }

    /// Makes the service principal of a managed identity with fresh ids, or finds the one a seed made for it.
    pub fn register_identity(
        &mut self,
        resource_id: &str,
        tenant_id: &str,
        created: Timestamp,
    ) -> ServicePrincipal {
        if let Some(known) = self.by_resource_id(resource_id) {
            return known.clone();
        }
        let principal = ServicePrincipal {
            app_id: uuid::Uuid::new_v4().to_string(),
            object_id: uuid::Uuid::new_v4().to_string(),
            tenant_id: tenant_id.to_owned(),
            display_name: resource_id
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned(),
            secrets: Vec::new(),
            certificates: Vec::new(),
            federated_credentials: Vec::new(),
            groups: Vec::new(),
            resource_id: Some(resource_id.to_owned()),
            created,
        };
        self.put(principal.clone());
        principal
    }

    /// Removes a service principal.
    pub fn remove(&mut self, object_id: &str) -> Option<ServicePrincipal> {
        self.service_principals.remove(&object_id.to_lowercase())
    }

    /// The service principal with this object id.
    pub fn by_object_id(&self, object_id: &str) -> Option<&ServicePrincipal> {
        self.service_principals.get(&object_id.to_lowercase())
    }

    /// The service principal with this application id.
    pub fn by_app_id(&self, app_id: &str) -> Option<&ServicePrincipal> {
        self.service_principals
            .values()
            .find(|p| p.app_id.eq_ignore_ascii_case(app_id))
    }

    /// The service principal of a managed identity.
    pub fn by_resource_id(&self, resource_id: &str) -> Option<&ServicePrincipal> {
        self.service_principals.values().find(|p| {
            p.resource_id
                .as_deref()
                .is_some_and(|id| id.eq_ignore_ascii_case(resource_id))
        })
    }

    /// Every service principal.
    pub fn service_principals(&self) -> impl Iterator<Item = &ServicePrincipal> {
        self.service_principals.values()
    }

    /// Kind and creation time of any principal, or nothing when the directory does not know it.
    pub fn find(&self, object_id: &str) -> Option<(PrincipalKind, Timestamp)> {
        if let Some(principal) = self.by_object_id(object_id) {
            return Some((PrincipalKind::ServicePrincipal, principal.created));
        }
        self.users
            .values()
            .find(|user| user.object_id.eq_ignore_ascii_case(object_id))
            .map(|_| (PrincipalKind::User, Timestamp::UNIX_EPOCH))
    }
}
