//! What the provider tests share: a started world with two callers, and a client that speaks Resource Manager.
#![allow(dead_code, unreachable_pub)] // each test binary uses its own part

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use http::Method;
use podid_emulator::access;
use podid_emulator::arm::request::{Request, normalise_path, parse_query, split};
use podid_emulator::arm::target::Target;
use podid_emulator::providers::{create_subscription, dispatch};
use podid_emulator::world::World;
use podid_emulator::world::directory::{Principal, PrincipalKind, ServicePrincipal, Tenant};
use serde_json::{Value, json};

pub const TENANT: &str = "10000000-0000-0000-0000-000000000001";
pub const SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000001";
pub const FOREIGN_SUBSCRIPTION: &str = "20000000-0000-0000-0000-000000000002";
pub const OWNER: &str = "30000000-0000-0000-0000-000000000001";
pub const LIMITED: &str = "30000000-0000-0000-0000-000000000002";
pub const GROUP: &str = "/subscriptions/20000000-0000-0000-0000-000000000001/resourceGroups/demo";

pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> String {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
        self.message().to_owned()
    }
}

pub struct Azure {
    world: Arc<Mutex<World>>,
}

#[derive(Clone)]
pub struct Caller {
    world: Arc<Mutex<World>>,
    oid: String,
}

impl Azure {
    pub async fn start() -> Self {
        let mut world = World::default();
        world.settings.time_scale = 0.0;
        for (t, s) in [
            (TENANT, SUBSCRIPTION),
            ("10000000-0000-0000-0000-000000000002", FOREIGN_SUBSCRIPTION),
        ] {
            world.directory.tenants.insert(
                t.into(),
                Tenant {
                    tenant_id: t.into(),
                    display_name: "t".into(),
                    default_domain: "t".into(),
                },
            );
            create_subscription(&mut world, s, t, "sub");
        }
        for oid in [OWNER, LIMITED] {
            world.directory.put(ServicePrincipal {
                app_id: oid.replace("3000", "4000"),
                object_id: oid.into(),
                tenant_id: TENANT.into(),
                display_name: "x".into(),
                secrets: vec![],
                certificates: vec![],
                federated_credentials: vec![],
                groups: vec![],
                resource_id: None,
                created: jiff::Timestamp::UNIX_EPOCH,
            });
        }
        let azure = Self {
            world: Arc::new(Mutex::new(world)),
        };
        let system = Caller {
            world: azure.world.clone(),
            oid: String::new(),
        };
        system
            .grant(
                OWNER,
                "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
                &format!("/subscriptions/{SUBSCRIPTION}"),
            )
            .await;
        azure
            .owner()
            .put(GROUP, json!({"location": "westeurope"}))
            .await
            .is(201);
        azure
    }
    pub fn owner(&self) -> Caller {
        Caller {
            world: self.world.clone(),
            oid: OWNER.into(),
        }
    }
    pub fn limited(&self) -> Caller {
        Caller {
            world: self.world.clone(),
            oid: LIMITED.into(),
        }
    }
    pub async fn settings(&self, change: Value) {
        let mut world = self.world.lock().unwrap();
        let mut s = serde_json::to_value(&world.settings).unwrap();
        for (k, v) in change.as_object().unwrap() {
            s[k] = v.clone();
        }
        world.settings = serde_json::from_value(s).unwrap();
    }
    pub async fn advance(&self, seconds: f64) {
        self.world.lock().unwrap().clock.advance(seconds);
    }
    pub async fn fail_next(&self, code: &str) {
        use podid_emulator::arm::error::ArmError;
        use podid_emulator::world::operations::Outcome;
        self.world.lock().unwrap().operations.forced =
            Some(Outcome::Failed(ArmError::new(500, code, "made to fail")));
    }
}

impl Caller {
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Value,
    ) -> Answer {
        let mut world = self.world.lock().unwrap();
        world.tick();
        let (path, query) = path
            .split_once('?')
            .unwrap_or((path, "api-version=2024-01-01"));
        let path = normalise_path(path);
        let mut request = Request::system(method.clone(), &path, "1", body);
        request.query = parse_query(query);
        request.segments = split(&path);
        request.base_url = "https://h".into();
        for (k, v) in headers {
            request.headers.insert(
                http::HeaderName::from_bytes(k.as_bytes()).unwrap(),
                v.parse().unwrap(),
            );
        }
        if !self.oid.is_empty() {
            request.principal = Principal {
                tenant_id: TENANT.into(),
                object_id: self.oid.clone(),
                app_id: Some(self.oid.replace("3000", "4000")),
                kind: PrincipalKind::ServicePrincipal,
                groups: vec![],
                system: false,
            };
        }
        if path.contains("/operations/") || path.contains("/operationresults/") {
            use podid_emulator::world::operations::Status;
            let op = world
                .operations
                .get(path.rsplit('/').next().unwrap())
                .unwrap();
            let body = match &op.status {
                Status::InProgress => json!({"status": "InProgress"}),
                Status::Succeeded(_) => json!({"status": "Succeeded"}),
                Status::Failed(e) => json!({"status": "Failed", "error": e.body()}),
                Status::Canceled(_) => json!({"status": "Canceled"}),
            };
            return Answer {
                status: 200,
                headers: BTreeMap::new(),
                body,
            };
        }
        let target = Target::parse(&method, &request.segments).unwrap();
        let exempt = path == "/subscriptions" || path == "/tenants";
        let result = if exempt {
            Ok(())
        } else {
            access::authorize(
                &world,
                &request.principal,
                &target.action_name(&method),
                &target.authorization_scope(),
            )
        }
        .and_then(|()| dispatch(&mut world, &request, &target));
        let reply = result.unwrap_or_else(podid_emulator::arm::error::ArmError::into_reply);
        Answer {
            status: reply.status,
            headers: reply
                .headers
                .into_iter()
                .map(|(k, v)| (k.to_lowercase(), v))
                .collect(),
            body: reply.body.unwrap_or_default(),
        }
    }
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, &[], Value::Null).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, &[], body).await
    }
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PATCH, path, &[], body).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, &[], body).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, &[], Value::Null).await
    }

    /// Follows an operation to its end and gives its status document.
    pub async fn finish(&self, answer: Answer) -> Value {
        assert!(answer.status < 300, "{}", answer.body);
        let url = answer
            .headers
            .get("azure-asyncoperation")
            .or_else(|| answer.headers.get("location"))
            .expect("an operation")
            .clone();
        for _ in 0..200 {
            let status = self.get(url.trim_start_matches("https://h")).await;
            if status.body["status"] != "InProgress" {
                return status.body;
            }
        }
        panic!("the operation does not end");
    }

    pub async fn grant(&self, oid: &str, role: &str, scope: &str) {
        let name = uuid::Uuid::new_v4();
        self.put(&format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"),
            json!({"properties": {"roleDefinitionId": format!("/providers/Microsoft.Authorization/roleDefinitions/{role}"), "principalId": oid, "principalType": "ServicePrincipal"}})).await.is(201);
    }

    /// Makes a user-assigned identity and gives its body.
    pub async fn identity(&self, name: &str) -> Value {
        self.put(&identity_id(name), json!({"location": "westeurope"}))
            .await
            .is(201)
    }
}

pub fn identity_id(name: &str) -> String {
    format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}")
}

pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
