//! Azure throttles, contends, drops connections.

use std::time::Instant;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::Site;

/// Adds under a fault that must not stop it.
#[track_caller]
fn survives(fault: &Value) -> (Site, crate::support::Output) {
    let site = Site::new();
    site.fault(fault);
    let output = site.add("reader", &[]).ok();
    assert_eq!(site.holders("reader"), ["apps", "system"]);
    (site, output)
}

#[test]
fn a_storm_of_429_is_waited_out() {
    let start = Instant::now();
    let (site, output) = survives(&json!({
        "match": {"method": "PATCH", "path": "aks-apps-"}, "times": 3,
        "action": {"throttle": {"retryAfter": 1}},
    }));
    assert!(start.elapsed().as_secs() >= 3);
    let told = output.stderr.matches("ARM asked to wait N s (429)").count();
    assert_eq!(told, 3, "{}", output.stderr);
    assert_eq!(site.writes().len(), 5, "{:?}", site.writes());
}

#[test]
fn a_storm_that_does_not_end() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"path": "virtualMachineScaleSets"}, "times": 1000,
        "action": {"throttle": {"retryAfter": 30}},
    }));
    let output = site.add("reader", &["--timeout", "2s"]);
    assert_snapshot!(output.error(), @"
    exit code 8
    Error: The scale sets in resource group `MC_demo_demo_westeurope` could not be listed
    Caused by: No answer to GET /subscriptions/SUBSCRIPTION/resourceGroups/MC_demo_demo_westeurope/providers/Microsoft.Compute/virtualMachineScaleSets within the timeout
    Caused by: The request is being throttled. (TooManyRequests, HTTP 429)
    Hint: wait a few minutes and run the same command again
          request GUID  code TooManyRequests
    ");
}

#[test]
fn changes_by_others_are_read_again() {
    let precondition = json!({
        "match": {"method": "PATCH", "path": "aks-apps-"},
        "action": {"status": 412, "code": "PreconditionFailed", "message": "The condition was not met."},
    });
    let (site, output) = survives(&precondition);
    assert!(
        output
            .stderr
            .contains("another change is under way, trying again")
    );
    assert_eq!(site.writes().len(), 3, "{:?}", site.writes());
    let (site, _) = survives(&json!({
        "match": {"method": "PATCH", "path": "aks-apps-"},
        "action": {"status": 409, "code": "OperationNotAllowed", "message": "Another operation is in progress."},
    }));
    assert_eq!(site.writes().len(), 3, "{:?}", site.writes());
}

#[test]
fn a_scale_set_that_others_change_all_the_time() {
    let site = Site::new();
    site.fault(&json!({
        "match": {"method": "PATCH", "path": "aks-apps-"}, "times": 1000,
        "action": {"status": 409, "code": "OperationNotAllowed", "message": "Another operation is in progress."},
    }));
    let output = site.add("reader", &["--timeout", "3s"]);
    assert_snapshot!(output.error(), @"
    exit code 8
    Error: Pod identity `billing/reader` is not complete yet: 1 of 2 node pools are still being changed
    Caused by: Node pool `apps` is still being changed by others
    Hint: run the same command again, or use a longer --timeout
    ");
}

#[test]
fn dropped_connections_are_made_again() {
    for moment in ["before", "after"] {
        for method in ["GET", "PATCH"] {
            let (site, _) = survives(&json!({
                "match": {"method": method, "path": "virtualMachineScaleSets"},
                "action": {"drop": moment},
            }));
            // What may have happened counts as podid's own: it goes again.
            site.remove("reader", &[]).ok();
            assert!(site.holders("reader").is_empty(), "{method} {moment}");
        }
    }
}

#[test]
fn server_errors_are_tried_again() {
    survives(&json!({
        "match": {"service": "arm"}, "times": 3,
        "action": {"status": 503, "code": "ServiceUnavailable", "message": "Later."},
    }));
}

#[test]
fn an_azure_that_is_not_there() {
    let site = Site::new();
    let nowhere = [("PODID_ARM_ENDPOINT", "https://127.0.0.1:1")];
    let output = site.podid_with(&nowhere, &["identity", "list", "--timeout", "3s"]);
    assert_snapshot!(output.error(), @"
    exit code 1
    Error: 127.0.0.1 could not be reached
    Caused by: error sending request
    Caused by: client error (Connect)
    Caused by: tcp connect error
    Caused by: Connection refused (os error 111)
    Hint: check the network, the proxy (HTTPS_PROXY, NO_PROXY) and, for a private authority, PODID_CA_FILE
    ");
}

#[test]
fn a_certificate_that_is_not_trusted() {
    let site = Site::new();
    let output = site.podid_with(
        &[("PODID_CA_FILE", "")],
        &["identity", "list", "--timeout", "20s"],
    );
    assert_snapshot!(output.error(), @"
    exit code 4
    Error: Signing in with client-secret failed: invalid peer certificate: UnknownIssuer
    Hint: this machine does not trust that certificate: name its authority with PODID_CA_FILE
    ");
}

#[test]
fn an_identity_shown_late_is_no_trouble() {
    let (site, _) = survives(&json!({
        "match": {"method": "PATCH"}, "times": 2, "action": {"staleReads": 2},
    }));
    site.forget_calls();
    site.add("reader", &[]).ok();
}
