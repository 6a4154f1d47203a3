//! What `-v` and `-vv` say: a line per request to every service, and never a secret.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use crate::support::{Output, Site};

/// The request lines without time stamps, durations and ids.
fn requests(output: &Output) -> Vec<String> {
    static LINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"DEBUG ((?:GET|PUT|PATCH|POST|DELETE) \S+ (?:\d+|no answer)) in \d+ ms(.*)")
            .unwrap()
    });
    let found = LINE.captures_iter(&output.stderr);
    found.map(|line| line[1].to_owned()).collect()
}

#[test]
fn every_service_is_named_with_path_and_status() {
    let site = Site::new();
    let output = site.podid(&["list", "-v"]).ok();
    let lines = requests(&output);
    let has = |wanted: &str| lines.iter().any(|line| line == wanted);
    assert!(
        has("POST https://127.0.0.1:PORT/TENANT/oauth2/v2.0/token 200"),
        "{lines:#?}"
    );
    let cluster = "GET https://127.0.0.1:PORT/subscriptions/SUBSCRIPTION/resourceGroups/demo/providers/Microsoft.ContainerService/managedClusters/demo 200";
    assert!(has(cluster), "{lines:#?}");
    let identities = "GET https://127.0.0.1:PORT/apis/aadpodidentity.k8s.io/v1/azureidentities 200";
    assert!(has(identities), "{lines:#?}");
    assert!(
        output.stderr.contains("request_id=\"GUID\""),
        "{}",
        output.stderr
    );
    assert!(
        output.stderr.contains("audit_id=\"GUID\""),
        "{}",
        output.stderr
    );
    assert!(lines.iter().all(|line| !line.contains('?')), "{lines:#?}");

    let imds = ["nodepool", "list", "-v", "--credential", "managed-identity"];
    let lines = requests(&site.podid(&imds));
    let token = "GET http://127.0.0.1:PORT/metadata/identity/oauth2/token ";
    assert!(
        lines.iter().any(|line| line.starts_with(token)),
        "{lines:#?}"
    );
    assert!(requests(&site.podid(&["list"]).ok()).is_empty());
}

#[test]
fn twice_says_more_and_debug_is_the_same() {
    let site = Site::new();
    let once = site.podid(&["list", "-v"]).ok().stderr;
    let twice = site.podid(&["list", "-vv"]).ok().stderr;
    assert!(!once.contains("TRACE"), "{once}");
    assert!(twice.contains("the token at hand is used again"), "{twice}");
    assert!(
        site.podid(&["list", "--debug"])
            .ok()
            .stderr
            .contains("TRACE")
    );
    site.fault(&json!({"match": {"path": "managedClusters"}, "action": {"status": 503}}));
    let retried = site.podid(&["list", "-v"]).ok();
    let statuses: Vec<_> = requests(&retried)
        .into_iter()
        .filter(|line| line.contains("managedClusters/demo"))
        .collect();
    assert!(
        statuses[0].ends_with(" 503") && statuses[1].ends_with(" 200"),
        "{statuses:#?}"
    );
}

/// Services and proxies may quote what they were sent.
#[test]
fn secrets_that_a_service_quotes_are_masked() {
    let site = Site::new();
    let quoted = "you sent Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln and client_secret=hunter2hunter2 to \
                  https://store.example/x?sv=1&sig=Zm9vYmFyYmF6&se=2 with client-key-data: LS0tLS1CRUdJTiBQUklWQVRF";
    for (status, arguments) in [
        (400, &["list", "-vv"][..]),
        (403, &["list", "--error-format", "json"]),
        (409, &["nodepool", "list", "-vv"]),
    ] {
        site.fault(&json!({
            "match": {"path": "managedClusters"}, "times": 1,
            "action": {"status": status, "code": "Odd", "message": quoted},
        }));
        let output = site.podid(arguments);
        assert_ne!(output.code, 0);
        let said = &output.raw_stderr;
        assert!(said.contains("ou sent Bearer ***"), "{said}");
        for secret in ["eyJ", "hunter2", "Zm9v", "LS0t"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
        assert!(said.contains("sv=1&sig=***&se=2"), "{said}");
    }
}
