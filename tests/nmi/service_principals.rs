//! Service principals: secrets, certificates, tenants, and what must not leave the cluster.

use serde_json::{Value, json};

use crate::daemon::Daemon;
use crate::node::Node;
use crate::support::OPERATOR;

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const APP: &str = "33333333-3333-3333-3333-333333333333";
const SECRET: &str = "operator-secret-Zq7~xW9.rT2";
const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/src/azure/credential/testdata/certificate.pem"
);
const ALLOWED: &[&str] = &["--allow-service-principals"];

fn bind(node: &Node, more: &Value) {
    let mut spec = json!({
        "type": 1, "clientID": APP, "tenantID": TENANT,
        "clientPassword": {"name": "sp", "namespace": node.site.namespace},
    });
    for (key, value) in more.as_object().unwrap() {
        spec[key] = value.clone();
    }
    node.put("AzureIdentity", "sp", &json!({"spec": spec}));
    let spec = json!({"azureIdentity": "sp", "selector": "sp"});
    node.put("AzureIdentityBinding", "sp", &json!({"spec": spec}));
    node.pod("web", "127.0.0.2", &json!({"aadpodidbinding": "sp"}));
}

#[test]
fn a_secret_of_the_own_namespace_gets_a_token() {
    let node = Node::new();
    bind(&node, &json!({}));
    node.secret(
        &node.site.namespace,
        "sp",
        &json!({"clientSecret": SECRET, "note": "x"}),
    );
    let daemon = Daemon::start(&node, ALLOWED);
    let reply = daemon.token("127.0.0.2", &format!("&client_id={APP}"));
    assert_eq!(reply.claims()["oid"], OPERATOR);
    assert_eq!(reply.claims()["aud"], "https://vault.azure.net");
    assert_eq!(reply.json()["client_id"], APP);
    assert!(!daemon.log_text().contains(SECRET));
    let off = Daemon::start(&node, &[]);
    assert_eq!(off.token("127.0.0.2", "").code(), "NoServicePrincipals");
}

#[test]
fn secrets_of_other_namespaces_and_foreign_authorities_are_refused() {
    let node = Node::new();
    let other = Node::new();
    bind(
        &node,
        &json!({"clientPassword": {"name": "victim", "namespace": other.site.namespace}}),
    );
    node.secret(
        &other.site.namespace,
        "victim",
        &json!({"clientSecret": SECRET}),
    );
    let daemon = Daemon::start(&node, ALLOWED);
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (403, "ForeignSecret"));

    node.secret(&node.site.namespace, "sp", &json!({"clientSecret": SECRET}));
    let before = node.site.calls().len();
    for endpoint in [
        "https://evil.example/",
        "http://login.microsoftonline.com/",
        "https://login.microsoftonline.com@127.0.0.1/",
    ] {
        bind_again(&node, &json!({"adEndpoint": endpoint}));
        let refused = daemon.until_token(endpoint, "127.0.0.2", "", |reply| {
            reply.code() == "Authority"
        });
        assert_eq!(refused.status, 403);
    }
    assert_eq!(node.site.calls().len(), before);
}

fn bind_again(node: &Node, more: &Value) {
    node.delete_pod("web");
    bind(node, more);
}

#[test]
fn what_is_missing_is_told() {
    let node = Node::new();
    bind(&node, &json!({}));
    let daemon = Daemon::start(&node, ALLOWED);
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (400, "Secret"));
    node.secret(
        &node.site.namespace,
        "sp",
        &json!({"clientSecret": "wrong"}),
    );
    let refused = daemon.token("127.0.0.2", "");
    assert_eq!((refused.status, refused.code()), (400, "Refused"));
    assert!(refused.body.contains("AADSTS7000215"), "{refused:?}");
    assert!(!refused.body.contains("wrong"), "{refused:?}");
    bind_again(&node, &json!({"tenantID": ""}));
    daemon.until_token("no tenant", "127.0.0.2", "", |reply| {
        reply.code() == "IncompleteIdentity"
    });
}

#[test]
fn more_tenants_come_as_a_list() {
    let node = Node::new();
    bind(&node, &json!({"auxiliaryTenantIDs": [TENANT]}));
    node.secret(&node.site.namespace, "sp", &json!({"only": SECRET}));
    let daemon = Daemon::start(&node, ALLOWED);
    let reply = daemon.token("127.0.0.2", "");
    let list = reply.json();
    assert_eq!(list.as_array().map(Vec::len), Some(2), "{reply:?}");
    assert!(list[1]["access_token"].is_string());
}

#[test]
fn a_certificate_signs_for_a_token() {
    let node = Node::new();
    let pem = std::fs::read_to_string(CERTIFICATE).unwrap();
    let (key, certificate) = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap());
    let app = "99999999-9999-9999-9999-999999999999";
    let object = "88888888-8888-8888-8888-888888888888";
    node.site.seed(&json!({"servicePrincipals": [{
        "appId": app, "objectId": object, "tenantId": TENANT, "certificates": [certificate],
    }]}));
    let daemon = Daemon::start(&node, ALLOWED);
    bind(&node, &json!({"type": 2, "clientID": app}));
    let parts = json!({"tls.crt": certificate, "tls.key": key});
    node.secret(&node.site.namespace, "sp", &parts);
    let reply = daemon.until_token("the certificate", "127.0.0.2", "", |reply| {
        reply.status == 200
    });
    assert_eq!(reply.claims()["oid"], object);
    assert!(!daemon.log_text().contains("PRIVATE"));
}

#[test]
fn a_certificate_may_be_pkcs12_with_its_password() {
    let node = Node::new();
    let app = "99999999-9999-9999-9999-999999999999";
    let object = "88888888-8888-8888-8888-888888888888";
    let pem = std::fs::read_to_string(CERTIFICATE).unwrap();
    let (_, certificate) = pem.split_at(pem.find("-----BEGIN CERTIFICATE").unwrap());
    node.site.seed(&json!({"servicePrincipals": [{
        "appId": app, "objectId": object, "tenantId": TENANT, "certificates": [certificate],
    }]}));
    let daemon = Daemon::start(&node, ALLOWED);
    let read = |name: &str| std::fs::read(CERTIFICATE.replace("certificate.pem", name)).unwrap();
    let (modern, legacy, open) = (
        read("modern.pfx"),
        read("legacy.pfx"),
        read("no-password.pfx"),
    );
    let no_archive = b"PKCS#12".to_vec();
    for (number, (archive, password, refused)) in [
        (&modern, Some("Grüße 7\n"), None),
        (&legacy, Some("Grüße 7"), None),
        (&open, None, None),
        (
            &modern,
            Some("wrong"),
            Some("password does not open the PKCS#12"),
        ),
        (&modern, None, Some("password does not open the PKCS#12")),
        (&no_archive, Some("p"), Some("neither PEM nor a PKCS#12")),
    ]
    .into_iter()
    .enumerate()
    {
        let (name, address) = (format!("sp{number}"), format!("127.0.0.{}", 10 + number));
        node.secret_bytes(&node.site.namespace, &name, archive, password);
        let spec = json!({
            "type": 2, "clientID": app, "tenantID": TENANT, "clientPassword": {"name": name, "namespace": node.site.namespace},
        });
        node.put("AzureIdentity", &name, &json!({"spec": spec}));
        let spec = json!({"azureIdentity": name, "selector": name});
        node.put("AzureIdentityBinding", &name, &json!({"spec": spec}));
        node.pod(&name, &address, &json!({"aadpodidbinding": name}));
        let reply = daemon.until_token("the binding", &address, "", |reply| {
            reply.status == 200 || reply.code() == "Secret"
        });
        match refused {
            None => assert_eq!(reply.claims()["oid"], object, "{name}"),
            Some(words) => assert!(reply.body.contains(words), "{name}: {reply:?}"),
        }
    }
    assert!(!daemon.log_text().contains("Grüße"));
}
