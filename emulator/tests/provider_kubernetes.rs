//! What the cluster provider writes into an attached Kubernetes API, and that its operations wait for it.
#![allow(clippy::unwrap_used)]

mod provider_support;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use provider_support::{Answer, Azure, Caller, GROUP, PATIENCE, identity_id, text};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

const OPERATOR: &str = "f1a07417-d97a-45cb-824c-7a7467783830";

/// One write: method, path, body.
type Write = (Method, String, Value);

/// A Kubernetes API that records writes, answers one for each permit, and may refuse them all.
#[derive(Clone)]
struct Api {
    writes: Arc<Mutex<Vec<Write>>>,
    permits: Arc<Semaphore>,
    refuses: Arc<Mutex<bool>>,
    url: String,
}

impl Api {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Self {
            writes: Arc::default(),
            permits: Arc::new(Semaphore::new(0)),
            refuses: Arc::default(),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let server = api.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let api = server.clone();
                let service = service_fn(move |request| api.clone().answer(request));
                tokio::spawn(async move {
                    auto::Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                });
            }
        });
        api
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.permits.acquire().await.unwrap().forget();
        let sent: Value = serde_json::from_slice(&body).unwrap_or_default();
        let path = parts.uri.path().to_owned();
        self.writes
            .lock()
            .unwrap()
            .push((parts.method.clone(), path, sent.clone()));
        let (status, reply) = match (*self.refuses.lock().unwrap(), parts.method) {
            (true, _) => (
                StatusCode::FORBIDDEN,
                json!({"kind": "Status", "status": "Failure", "message": "not today", "reason": "Forbidden", "code": 403}),
            ),
            (false, Method::DELETE) => (
                StatusCode::NOT_FOUND,
                json!({"kind": "Status", "status": "Failure", "message": "gone", "reason": "NotFound", "code": 404}),
            ),
            (false, _) => (StatusCode::OK, sent),
        };
        let mut response = Response::new(Full::new(Bytes::from(reply.to_string())));
        *response.status_mut() = status;
        Ok(response)
    }

    fn kubeconfig(&self) -> String {
        format!(
            "apiVersion: v1\nkind: Config\nclusters: [{{name: c, cluster: {{server: '{}'}}}}]\n\
             contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\ncurrent-context: c\nusers: [{{name: u, user: {{}}}}]\n",
            self.url
        )
    }

    fn paths(&self) -> Vec<String> {
        let writes = self.writes.lock().unwrap();
        writes
            .iter()
            .map(|(method, path, _)| {
                let tail = path
                    .strip_prefix("/apis/aadpodidentity.k8s.io/v1/namespaces/")
                    .unwrap();
                format!("{method} {tail}")
            })
            .collect()
    }

    fn body(&self, tail: &str) -> Value {
        let writes = self.writes.lock().unwrap();
        let found = writes.iter().find(|(_, path, _)| path.ends_with(tail));
        found.unwrap().2.clone()
    }
}

fn cluster() -> String {
    format!("{GROUP}/providers/Microsoft.ContainerService/managedClusters/aks")
}

async fn start() -> (Azure, Caller, Api) {
    let azure = Azure::start().await;
    let owner = azure.owner();
    let model = json!({"location": "westeurope", "identity": {"type": "SystemAssigned"},
        "properties": {"agentPoolProfiles": [{"name": "system", "count": 1}]}});
    let answer = owner.put(&cluster(), model).await;
    owner.finish(answer).await;
    owner.identity("a").await;
    let body = owner.get(&cluster()).await.is(200);
    owner
        .grant(
            text(&body, "/identity/principalId"),
            OPERATOR,
            &identity_id("a"),
        )
        .await;
    let api = Api::start().await;
    (azure, owner, api)
}

async fn attach(azure: &Azure, api: &Api) {
    azure
        .control(
            Method::PUT,
            "clusters",
            json!({"id": cluster(), "kubeconfig": api.kubeconfig()}),
        )
        .await;
}

async fn put(caller: &Caller, items: Value, exceptions: Value) -> Answer {
    let profile = json!({"enabled": true, "userAssignedIdentities": items, "userAssignedIdentityExceptions": exceptions});
    let body = json!({"location": "westeurope", "properties": {"podIdentityProfile": profile}});
    caller.put(&cluster(), body).await
}

fn reader() -> Value {
    json!([{"name": "reader", "namespace": "billing", "bindingSelector": "pods",
        "identity": {"resourceId": identity_id("a")}}])
}

#[tokio::test]
async fn objects_are_written_and_deleted() {
    let (azure, owner, api) = start().await;
    api.permits.add_permits(100);
    attach(&azure, &api).await;
    let skip = json!([{"name": "skip", "namespace": "kube-system", "podLabels": {"app": "x"}}]);
    let answer = put(&owner, reader(), skip).await;
    assert_eq!(owner.finish(answer).await["status"], "Succeeded");
    assert_eq!(
        api.paths(),
        [
            "PATCH billing/azureidentities/reader",
            "PATCH billing/azureidentitybindings/reader-binding",
            "PATCH kube-system/azurepodidentityexceptions/skip",
        ]
    );
    let identity = owner.get(&identity_id("a")).await.is(200);
    let written = api.body("/azureidentities/reader");
    assert_eq!(
        written["spec"],
        json!({"type": 0, "resourceID": identity_id("a"), "clientID": identity["properties"]["clientId"]})
    );
    assert_eq!(
        written["metadata"]["annotations"],
        json!({"aadpodidentity.k8s.io/Behavior": "namespaced"})
    );
    assert_eq!(
        written["metadata"]["labels"],
        json!({"kubernetes.azure.com/managedby": "aks"})
    );
    assert_eq!(
        api.body("/reader-binding")["spec"],
        json!({"azureIdentity": "reader", "selector": "pods"})
    );
    assert_eq!(
        api.body("/skip")["spec"],
        json!({"podLabels": {"app": "x"}})
    );
    api.writes.lock().unwrap().clear();
    let answer = put(&owner, json!([]), json!([])).await;
    assert_eq!(owner.finish(answer).await["status"], "Succeeded");
    assert_eq!(
        api.paths(),
        [
            "DELETE billing/azureidentitybindings/reader-binding",
            "DELETE billing/azureidentities/reader",
            "DELETE kube-system/azurepodidentityexceptions/skip",
        ]
    );
}

#[tokio::test]
async fn an_operation_waits_for_the_objects() {
    let (azure, owner, api) = start().await;
    attach(&azure, &api).await;
    let answer = put(&owner, reader(), json!([])).await;
    let url = answer.headers["azure-asyncoperation"].clone();
    let path = &url[url.find("/subscriptions").unwrap()..];
    api.permits.add_permits(1);
    for _ in 0..20 {
        let status = owner.get(path).await.is(200);
        assert_eq!(status["status"], "InProgress");
        let body = owner.get(&cluster()).await.is(200);
        assert_eq!(text(&body, "/properties/provisioningState"), "Updating");
    }
    api.permits.add_permits(1);
    assert_eq!(owner.finish(answer).await["status"], "Succeeded");
    let body = owner.get(&cluster()).await.is(200);
    let item = &body["properties"]["podIdentityProfile"]["userAssignedIdentities"][0];
    assert_eq!(item["provisioningState"], "Assigned");
}

#[tokio::test]
async fn an_api_that_refuses_fails_the_item() {
    let (azure, owner, api) = start().await;
    api.permits.add_permits(100);
    *api.refuses.lock().unwrap() = true;
    attach(&azure, &api).await;
    let answer = put(&owner, reader(), json!([])).await;
    owner.finish(answer).await;
    let body = owner.get(&cluster()).await.is(200);
    let item = &body["properties"]["podIdentityProfile"]["userAssignedIdentities"][0];
    assert_eq!(item["provisioningState"], "Failed", "{item}");
    assert!(
        text(item, "/provisioningInfo/error/error/message").contains("not today"),
        "{item}"
    );
}

#[tokio::test]
async fn an_api_attached_later_is_brought_up_to_date() {
    let (azure, owner, api) = start().await;
    let answer = put(&owner, reader(), json!([])).await;
    owner.finish(answer).await;
    attach(&azure, &api).await;
    let body = owner.get(&cluster()).await.is(200);
    assert_eq!(
        format!("http://{}", text(&body, "/properties/fqdn")),
        api.url
    );
    api.permits.add_permits(100);
    let deadline = Instant::now() + PATIENCE;
    while api.writes.lock().unwrap().len() < 2 && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert_eq!(
        api.paths(),
        [
            "PATCH billing/azureidentities/reader",
            "PATCH billing/azureidentitybindings/reader-binding",
        ]
    );
    let credential = owner
        .post(
            &format!("{}/listClusterAdminCredential", cluster()),
            Value::Null,
        )
        .await
        .is(200);
    let config = base64::engine::general_purpose::STANDARD
        .decode(text(&credential, "/kubeconfigs/0/value"))
        .unwrap();
    assert_eq!(String::from_utf8(config).unwrap(), api.kubeconfig());
}
