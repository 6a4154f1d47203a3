//! Seed and dump: the world as YAML.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::access::roles;
use crate::arm::error::ArmError;
use crate::arm::request::Request;
use crate::arm::target::Target;
use crate::entra::issuers::Issuer;
use crate::imds::app_service::AppService;
use crate::providers;
use crate::world::directory::{ServicePrincipal, Tenant, User};
use crate::world::resources::Resource;
use crate::world::settings::Settings;
use crate::world::{Secret, World};

/// A subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscription {
    /// Its id.
    pub subscription_id: String,
    /// The name people see.
    pub display_name: String,
    /// Its tenant.
    pub tenant_id: String,
}

/// A resource, put by the emulator itself as if by PUT.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedResource {
    /// Its id.
    pub id: String,
    /// The api-version of the PUT.
    #[serde(default = "api_version")]
    pub api_version: String,
    /// The body of the PUT.
    pub body: Value,
}

/// A role given by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedRole {
    /// Where.
    pub scope: String,
    /// The role's name or GUID.
    pub role: String,
    /// Object id of the principal, or the id of a user-assigned identity.
    pub principal: String,
}

/// A stored resource, word for word: what a dump holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StoredResource {
    /// Its id.
    pub id: String,
    /// Its ETag.
    pub etag: String,
    /// The document.
    pub body: Value,
    /// State of its provider.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub hidden: Value,
}

/// Everything a world can start from. Applied in the order of the fields.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Seed {
    /// Tenants; the first is home.
    pub tenants: Vec<Tenant>,
    /// Applications, and managed identities whose ids should be fixed (with `resourceId`).
    pub service_principals: Vec<ServicePrincipal>,
    /// Users.
    pub users: Vec<User>,
    /// Subscriptions.
    pub subscriptions: Vec<Subscription>,
    /// Resources stored as they are.
    pub stored: Vec<StoredResource>,
    /// Resources made by PUT, in this order; resource groups too.
    pub resources: Vec<SeedResource>,
    /// Roles.
    pub role_assignments: Vec<SeedRole>,
    /// Secrets of vaults.
    pub secrets: Vec<Secret>,
    /// Issuers of federated assertions.
    pub issuers: Vec<Issuer>,
    /// The App Service style identity endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_service: Option<AppService>,
    /// Settings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
}

fn api_version() -> String {
    "2024-11-30".into()
}

/// Why a seed was refused.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// It is not YAML of this shape.
    #[error("the seed cannot be read: {0}")]
    Read(String),
    /// It could not be written.
    #[error("the dump cannot be written: {0}")]
    Write(String),
    /// A resource was refused by its provider.
    #[error("{id}: ({}) {}", .error.code, .error.message)]
    Resource {
        /// The resource.
        id: String,
        /// What the provider said.
        error: Box<ArmError>,
    },
    /// A role or principal does not exist.
    #[error("role assignment at {scope}: there is no {what}")]
    Role {
        /// The scope.
        scope: String,
        /// What is missing.
        what: String,
    },
}

impl Seed {
    /// Reads a seed.
    ///
    /// # Errors
    /// When the text is not YAML of this shape.
    pub fn from_yaml(text: &str) -> Result<Self, SeedError> {
        serde_saphyr::from_str(text).map_err(|error| SeedError::Read(error.to_string()))
    }
}

/// Adds what a seed holds to a world. Operations of its resources end at once.
///
/// # Errors
/// What the provider of a resource said.
pub fn apply(world: &mut World, seed: &Seed) -> Result<(), SeedError> {
    for tenant in &seed.tenants {
        world
            .directory
            .tenants
            .insert(tenant.tenant_id.clone(), tenant.clone());
    }
    for principal in &seed.service_principals {
        world.directory.put(principal.clone());
    }
    for user in &seed.users {
        world
            .directory
            .users
            .insert(user.object_id.clone(), user.clone());
    }
    for subscription in &seed.subscriptions {
        put_subscription(world, subscription);
    }
    for stored in &seed.stored {
        let mut resource = Resource::new(stored.id.clone(), stored.body.clone());
        resource.etag.clone_from(&stored.etag);
        resource.hidden = stored.hidden.clone();
        world.resources.restore(resource);
    }
    let result = put_all(world, seed);
    for secret in &seed.secrets {
        let key = (secret.vault.to_lowercase(), secret.name.to_lowercase());
        world.secrets.insert(key, secret.clone());
    }
    for issuer in &seed.issuers {
        world.issuers.insert(issuer.issuer.clone(), issuer.clone());
    }
    if seed.app_service.is_some() {
        world.app_service.clone_from(&seed.app_service);
    }
    if let Some(settings) = &seed.settings {
        world.settings = settings.clone();
    }
    result
}

fn put_all(world: &mut World, seed: &Seed) -> Result<(), SeedError> {
    let settings = world.settings.clone();
    world.settings.time_scale = 0.0;
    let resources = seed.resources.iter().try_for_each(|resource| {
        put(
            world,
            &resource.id,
            &resource.api_version,
            resource.body.clone(),
        )
    });
    let result = resources.and_then(|()| {
        seed.role_assignments
            .iter()
            .try_for_each(|role| assign(world, role))
    });
    world.settings = settings;
    result
}

fn put_subscription(world: &mut World, subscription: &Subscription) {
    let id = format!("/subscriptions/{}", subscription.subscription_id);
    world.resources.put(Resource::new(
        id.clone(),
        json!({
            "id": id,
            "type": "Microsoft.Resources/subscriptions",
            "subscriptionId": subscription.subscription_id,
            "tenantId": subscription.tenant_id,
            "displayName": subscription.display_name,
            "state": "Enabled",
        }),
    ));
}

fn put(world: &mut World, id: &str, api_version: &str, body: Value) -> Result<(), SeedError> {
    let refused = |error: ArmError| SeedError::Resource {
        id: id.to_owned(),
        error: Box::new(error),
    };
    let request = Request::system(Method::PUT, id, api_version, body);
    let target = Target::parse(&Method::PUT, &request.segments).ok_or_else(|| {
        refused(ArmError::bad_request(
            "InvalidResourceId",
            "The id names no resource.",
        ))
    })?;
    providers::dispatch(world, &request, &target).map_err(refused)?;
    world.tick();
    Ok(())
}

fn assign(world: &mut World, wanted: &SeedRole) -> Result<(), SeedError> {
    let missing = |what: String| SeedError::Role {
        scope: wanted.scope.clone(),
        what,
    };
    let role = roles::by_name(&wanted.role)
        .or_else(|| roles::built_in(&wanted.role))
        .ok_or_else(|| missing(format!("role '{}'", wanted.role)))?;
    let principal = if wanted.principal.starts_with('/') {
        let known = world.directory.by_resource_id(&wanted.principal);
        known
            .map(|p| p.object_id.clone())
            .ok_or_else(|| missing(format!("identity '{}'", wanted.principal)))?
    } else {
        wanted.principal.clone()
    };
    let (kind, _) = world
        .directory
        .find(&principal)
        .ok_or_else(|| missing(format!("principal '{principal}'")))?;
    let seed = format!("{}|{}|{principal}", wanted.scope, role.id).to_lowercase();
    let name = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, seed.as_bytes());
    let scope = wanted.scope.trim_end_matches('/');
    let id = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}");
    let subscription: String = scope.split('/').take(3).collect::<Vec<_>>().join("/");
    let body = json!({"properties": {
        "roleDefinitionId": format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{}", role.id),
        "principalId": principal,
        "principalType": format!("{kind:?}"),
    }});
    put(world, &id, "2022-04-01", body)
}

/// Writes a world as a seed. Attached Kubernetes APIs, faults and the record are not part of it.
///
/// # Errors
/// When YAML cannot be written.
pub fn dump(world: &World) -> Result<String, SeedError> {
    let stored = world.resources.iter().map(|resource| StoredResource {
        id: resource.id.clone(),
        etag: resource.etag.clone(),
        body: resource.body.clone(),
        hidden: resource.hidden.clone(),
    });
    let seed = Seed {
        tenants: world.directory.tenants.values().cloned().collect(),
        service_principals: world.directory.service_principals().cloned().collect(),
        users: world.directory.users.values().cloned().collect(),
        subscriptions: Vec::new(),
        stored: stored.collect(),
        resources: Vec::new(),
        role_assignments: Vec::new(),
        secrets: world.secrets.values().cloned().collect(),
        issuers: world.issuers.values().cloned().collect(),
        app_service: world.app_service.clone(),
        settings: Some(world.settings.clone()),
    };
    serde_saphyr::to_string(&seed).map_err(|error| SeedError::Write(error.to_string()))
}
