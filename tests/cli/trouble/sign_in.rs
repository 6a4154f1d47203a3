//! Signing in fails.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::Site;

const NOBODY: [(&str, &str); 4] = [
    ("AZURE_TENANT_ID", ""),
    ("AZURE_CLIENT_ID", ""),
    ("AZURE_CLIENT_SECRET", ""),
    ("PODID_IMDS_ENDPOINT", "http://127.0.0.1:1"),
];

#[test]
fn not_signed_in() {
    let site = Site::new();
    assert_snapshot!(site.podid_with(&NOBODY, &["list"]).all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: No way of signing in to Azure worked
      client-secret: AZURE_CLIENT_SECRET is not set
      client-certificate: AZURE_CLIENT_CERTIFICATE_PATH is not set
      workload-identity: AZURE_FEDERATED_TOKEN_FILE is not set
      managed-identity: this machine has no managed identity endpoint
      cli: AzureCliCredential authentication failed. az not found on PATH
    Hint: sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET
    ");
    let cli = site.podid_with(&NOBODY, &["list", "--credential", "cli"]);
    assert_snapshot!(cli.all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: Signing in with cli failed: AzureCliCredential authentication failed. az not found on PATH
    Hint: sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET
    ");
    let unknown = site.podid(&["list", "--credential", "magic"]);
    assert_snapshot!(unknown.all(), @"
    exit code 2
    ----- stderr
    error: invalid value 'magic' for '--credential <KIND>': `magic` is not a way to sign in; choose auto, client-secret, client-certificate, workload-identity, managed-identity or cli

    For more information, try '--help'.
    ");
}

#[test]
fn a_wrong_secret() {
    let site = Site::new();
    let wrong = "wrong-secret-aB3~xyz";
    let output = site.podid_with(&[("AZURE_CLIENT_SECRET", wrong)], &["list", "-vv"]);
    assert!(!output.raw_stderr.contains(wrong), "{}", output.raw_stderr);
    let output = site.podid_with(&[("AZURE_CLIENT_SECRET", wrong)], &["list"]);
    assert_snapshot!(output.all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: Signing in with client-secret failed: ClientSecretCredential authentication failed. AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'OPERATOR-APP'. Trace ID: GUID Correlation ID: GUID Timestamp: TIME
    Hint: the client secret is not valid: check AZURE_CLIENT_SECRET, or make a new one
    ");
}

#[test]
fn an_unknown_application_and_tenant() {
    let site = Site::new();
    let id = "99999999-9999-9999-9999-999999999999";
    let application = site.podid_with(&[("AZURE_CLIENT_ID", id)], &["list"]);
    assert_snapshot!(application.all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: Signing in with client-secret failed: ClientSecretCredential authentication failed. AADSTS700016: Application with identifier 'GUID' was not found in the directory 'TENANT'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant. Trace ID: GUID Correlation ID: GUID Timestamp: TIME
    Hint: the application is not in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID
    ");
    let tenant = site.podid_with(&[("AZURE_TENANT_ID", id)], &["list"]);
    assert_snapshot!(tenant.all(), @"
    exit code 4
    ----- stderr
    Error: Cluster `demo` could not be read
    Caused by: Signing in with client-secret failed: ClientSecretCredential authentication failed. AADSTS90002: Tenant 'GUID' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Trace ID: GUID Correlation ID: GUID Timestamp: TIME
    Hint: the tenant does not exist: check AZURE_TENANT_ID
    ");
}

#[test]
fn an_expired_token_is_renewed_once() {
    let site = Site::new();
    let expired = |times: u64| {
        json!({
            "match": {"service": "arm"}, "times": times,
            "action": {"status": 401, "code": "ExpiredAuthenticationToken", "message": "The access token expiry UTC time is earlier than current UTC time."},
        })
    };
    site.fault(&expired(1));
    site.podid(&["identity", "list"]).ok();
    let sign_ins = site.calls();
    let sign_ins = sign_ins.iter().filter(|call| call.path.ends_with("/token"));
    assert_eq!(sign_ins.count(), 2);
    site.fault(&expired(100));
    assert_snapshot!(site.podid(&["identity", "list"]).all(), @"
    exit code 4
    ----- stderr
    Error: The access token expiry UTC time is earlier than current UTC time.
    Hint: sign in again, and check this machine's clock
          request GUID  code ExpiredAuthenticationToken
    ");
}

/// az itself is not installed where the tests run: this stand-in notes how it was called, and fails.
#[test]
fn az_signs_in_with_the_account_of_the_subscription() {
    use std::os::unix::fs::PermissionsExt;

    let site = Site::new();
    std::fs::create_dir_all(site.path("bin")).unwrap();
    std::fs::create_dir_all(site.path(".azure")).unwrap();
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {}\nexit 1\n",
        site.path("called")
    );
    let az = site.write("bin/az", &script);
    std::fs::set_permissions(az, std::fs::Permissions::from_mode(0o755)).unwrap();
    site.write(
        ".azure/azureProfile.json",
        "\u{feff}{\"subscriptions\": [\
         {\"id\": \"aaaaaaaa-0000-0000-0000-000000000000\", \"name\": \"Team one\", \"isDefault\": true},\
         {\"id\": \"bbbbbbbb-0000-0000-0000-000000000000\", \"name\": \"Team two\"}]}",
    );
    let path = format!("{}:/usr/bin:/bin", site.path("bin"));
    let called_with = |subscription: &str, more: &[&str]| {
        let variables = [
            ("PATH", path.as_str()),
            ("AZURE_SUBSCRIPTION_ID", subscription),
            ("AZURE_TENANT_ID", ""),
        ];
        let arguments = [&["nodepool", "list", "--credential", "cli"], more].concat();
        assert_eq!(site.podid_with(&variables, &arguments).code, 4);
        let called = std::fs::read_to_string(site.path("called")).unwrap();
        std::fs::remove_file(site.path("called")).unwrap();
        called
    };
    let two = "bbbbbbbb-0000-0000-0000-000000000000";
    assert!(called_with(two, &[]).contains(&format!("--subscription {two}")));
    assert!(called_with("", &["--subscription", "team two"]).contains("--subscription team two"));
    // az would refuse one that it does not know, though its account may reach it.
    let unknown = "cccccccc-0000-0000-0000-000000000000";
    assert!(!called_with(unknown, &[]).contains("--subscription"));
    // What az itself chose need not be said.
    assert!(!called_with("", &[]).contains("--subscription"));
}
