//! Everything but tokens: what passes, what is refused, and every spelling of the token path.

use serde_json::json;

use crate::client::{request, send};
use crate::daemon::Daemon;
use crate::node::Node;

#[test]
fn metadata_without_credentials_passes_and_the_rest_does_not() {
    let node = Node::new();
    node.pod("web", "127.0.0.2", &json!({}));
    let daemon = Daemon::start(&node, &[]);
    let instance = daemon.get("127.0.0.2", "/metadata/instance?api-version=2021-02-01");
    assert_eq!(instance.status, 200, "{instance:?}");
    assert_eq!(instance.json()["compute"]["location"], "westeurope");
    let leaf = daemon.get(
        "127.0.0.2",
        "/metadata//Instance/compute/./location?api-version=2021-02-01&format=text",
    );
    assert_eq!((leaf.status, leaf.body.as_str()), (200, "westeurope"));
    let info = daemon.get(
        "127.0.0.2",
        "/metadata/identity/info?api-version=2018-02-01",
    );
    assert!(info.json()["tenantId"].is_string(), "{info:?}");
    for path in [
        "/metadata/identity",
        "/metadata/identity/oauth2",
        "/metadata/new/secrets",
        "/",
        "/machine",
        "/metadata/endpoints",
    ] {
        let refused = daemon.get("127.0.0.2", path);
        assert_eq!(
            (refused.status, refused.code()),
            (404, "UnknownPath"),
            "{path}"
        );
    }
    let ack = request(
        "POST",
        "/metadata/scheduledevents?api-version=2020-07-01",
        &[("Metadata", "true"), ("Content-Length", "2")],
    );
    let ack = send("127.0.0.2", daemon.address, &[ack, b"{}".to_vec()].concat());
    assert_eq!((ack.status, ack.code()), (405, "Method"));
}

#[test]
fn instance_metadata_can_be_switched_off() {
    let node = Node::new();
    node.pod("web", "127.0.0.2", &json!({}));
    node.pod("driver", "127.0.0.3", &json!({"app": "driver"}));
    node.put(
        "AzurePodIdentityException",
        "drivers",
        &json!({"spec": {"podLabels": {"app": "driver"}}}),
    );
    let daemon = Daemon::start(&node, &["--block-instance-metadata"]);
    for path in [
        "/metadata/instance",
        "/metadata/INSTANCE/compute",
        r"/metadata\instance",
        "/metadata/versions/../instance",
    ] {
        let refused = daemon.get("127.0.0.2", &format!("{path}?api-version=2021-02-01"));
        assert_eq!((refused.status, refused.code()), (403, "Blocked"), "{path}");
    }
    let excepted = daemon.get("127.0.0.3", "/metadata/instance?api-version=2021-02-01");
    assert_eq!(excepted.status, 200);
}

/// What every server reads as the token path, or some do.
const SPELLINGS: &[&str] = &[
    "/metadata/identity/oauth2/token",
    "/metadata/identity/oauth2/token/",
    "/Metadata/IDENTITY/OAuth2/tokeN",
    "//metadata/identity/oauth2/token",
    "/metadata//identity/./oauth2/token",
    "/metadata/instance/../identity/oauth2/token",
    r"/metadata/identity\oauth2\token",
    "/metadata/identity%2foauth2%2ftoken",
    "/metadata/identity%5coauth2%5ctoken",
    "/metadata/instance/%2e%2e/identity/oauth2/token",
    "/%6detadata/identity/oauth2/token",
    "///metadata///identity///oauth2///token///",
    "/metadata/identity/oauth2/token/.",
    "/metadata/identity/oauth2/token/x/..",
    "/metadata/identity/oauth2/./token",
    "/metadata/./instance/../identity/oauth2/token",
    "/metadata/attested/../identity/oauth2/token",
    "/metadata/identity/info/../oauth2/token",
    "/host/../metadata/identity/oauth2/token",
    "/host/token/../../metadata/identity/oauth2/token",
    r"/\metadata\identity\oauth2\token",
    r"/metadata/instance\..\identity\oauth2\token",
    r"/metadata/instance/..%5cidentity%5coauth2%5ctoken",
    "/metadata/instance%2f..%2fidentity%2foauth2%2ftoken",
    "/metadata/instance/%2E%2E/identity/oauth2/token",
    "/metadata/instance/.%2e/identity/oauth2/token",
    "/%4d%45%54%41%44%41%54%41/identity/oauth2/token",
    "/metadata/identity/oauth2/%74%6f%6b%65%6e",
];

/// What one server could read as the token path and another as something else.
const TWO_READINGS: &[&str] = &[
    "/metadata/identity%252foauth2%252ftoken",
    "/metadata/identity/oauth2/token%00",
    "/metadata/identity/oauth2/token%20",
    "/metadata/identity/oauth2/token;x",
    "/metadata/identity/oauth2/token.",
    "/metadata/identity%c0%afoauth2%c0%aftoken",
    "/metadata/instance%23/../identity/oauth2/token",
    "/../metadata/identity/oauth2/token",
    "/metadata/instance/../../../metadata/identity/oauth2/token",
    "/metadata/identity%25%32%66oauth2%25%32%66token",
    "/metadata/identity/oauth2/token%2500",
    "/metadata/identity/oauth2/token%09",
    "/metadata/identity/oauth2/token%0a",
    "/metadata/identity/oauth2/token%0d%0aX:%20y",
    "/metadata/identity/oauth2/token%3fresource=r",
    "/metadata/identity/oauth2/token%23",
    "/metadata/identity/oauth2/token..",
    "/metadata/identity/oauth2./token",
    "/metadata/.../identity/oauth2/token",
    "/metadata/instance/..;/identity/oauth2/token",
    "/metadata;a=b/identity/oauth2/token",
    "/metadata/identity/oauth2/token::$DATA",
    "/metadata/identity/oauth2/tok*n",
    "/metadata/identity/oauth2/t%u006fken",
    "/metadata/identity/oauth2/token%e3%80%82",
    "/metadata%ef%bc%8fidentity%ef%bc%8foauth2%ef%bc%8ftoken",
    "/metadata/identity/oauth2/to%e2%84%aaen",
    "/metadata/%c0%ae%c0%ae/identity/oauth2/token",
    "/metadata/identity/oauth2/token%",
    "/metadata/identity/oauth2/token%2",
    "/metadata/identity/oauth2/token%g1",
];

/// CVE-2022-23551 and its cousins: whatever spells the token path in any server's eyes is checked or refused here, and
/// none of it reaches the metadata service.
#[test]
fn no_spelling_of_the_token_path_goes_past_the_checks() {
    let node = Node::new();
    node.pod("web", "127.0.0.2", &json!({}));
    let daemon = Daemon::start(&node, &[]);
    let query = "?api-version=2018-02-01&resource=r";
    for path in SPELLINGS {
        let refused = daemon.get("127.0.0.2", &format!("{path}{query}"));
        let said = (refused.status, refused.code_or_none());
        assert_eq!(said, (400, Some("NoLabel")), "{path}");
    }
    for path in TWO_READINGS {
        let refused = daemon.get("127.0.0.2", &format!("{path}{query}"));
        let said = (refused.status, refused.code_or_none());
        assert_eq!(said, (400, Some("BadPath")), "{path}");
    }
    // The absolute form of a target means the same as its path.
    let absolute = daemon.get(
        "127.0.0.2",
        &format!("http://169.254.169.254/metadata/identity/oauth2/token{query}"),
    );
    assert_eq!(absolute.code(), "NoLabel");
    assert_eq!(
        node.site
            .calls()
            .iter()
            .filter(|call| call.service == "imds")
            .count(),
        0
    );
}
