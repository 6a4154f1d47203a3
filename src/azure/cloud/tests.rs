//! Which endpoints are accepted, and where a token may be sent.

use super::*;

fn custom(
    resource_manager: &str,
    authority: &str,
    audience: Option<&str>,
) -> Result<Cloud, Refusal> {
    Cloud::custom(CustomEndpoints {
        resource_manager: resource_manager.to_owned(),
        authority: authority.to_owned(),
        audience: audience.map(str::to_owned),
        ..CustomEndpoints::default()
    })
}

fn claims(issuer: &str, audience: &str) -> Claims {
    Claims {
        issuer: issuer.to_owned(),
        audience: audience.to_owned(),
        ..Claims::default()
    }
}

#[test]
fn known_clouds_have_their_own_hosts() {
    assert_eq!(
        Cloud::public().scope(),
        "https://management.azure.com/.default"
    );
    assert_eq!(
        Cloud::named("AzureUSGovernment")
            .unwrap()
            .resource_manager()
            .host_str(),
        Some("management.usgovcloudapi.net")
    );
    assert_eq!(
        Cloud::china().authority().host_str(),
        Some("login.chinacloudapi.cn")
    );
    assert!(Cloud::named("moon").is_err());
}

#[test]
fn plain_http_is_for_loopback() {
    assert!(custom("http://127.0.0.1:8080", "https://localhost:1", None).is_ok());
    assert!(custom("http://[::1]:8080", "https://localhost:1", None).is_ok());
    assert_eq!(
        custom("http://arm.example", "https://login.example", None)
            .unwrap_err()
            .to_string(),
        "the resource manager endpoint `http://arm.example/` must use https: plain http is for loopback only"
    );
    assert!(custom("https://arm.example", "http://login.example", None).is_err());
    // 127.0.0.1 in front of a name is a name.
    assert!(custom("http://127.0.0.1.example", "https://localhost", None).is_err());
    assert!(Cloud::public().with_imds("http://169.254.169.254").is_ok());
    assert!(Cloud::public().with_imds("http://10.0.0.1").is_err());
    assert!(custom("ftp://localhost", "https://localhost", None).is_err());
    assert!(custom("http://user:word@localhost", "https://localhost", None).is_err());
}

#[test]
fn a_known_clouds_audience_goes_to_its_host_only() {
    let entra = "https://login.microsoftonline.com";
    assert_eq!(
        custom(
            "https://arm.evil.example",
            entra,
            Some("https://management.azure.com/")
        )
        .unwrap_err()
        .to_string(),
        "a token for AzureCloud is never sent to `arm.evil.example`"
    );
    assert!(
        custom(
            "https://management.azure.com",
            entra,
            Some("https://management.core.windows.net")
        )
        .is_ok()
    );
    assert!(
        custom(
            "https://westeurope.management.azure.com",
            entra,
            Some("https://management.azure.com")
        )
        .is_ok()
    );
    assert!(
        custom(
            "https://evilmanagement.azure.com",
            entra,
            Some("https://management.azure.com")
        )
        .is_err()
    );
    assert!(
        custom(
            "https://127.0.0.1:9",
            "https://127.0.0.1:9",
            Some("https://management.azure.com")
        )
        .is_ok()
    );
}

#[test]
fn a_token_of_a_known_cloud_is_recognised_by_its_claims() {
    let emulator = custom(
        "https://127.0.0.1:9",
        "https://127.0.0.1:9",
        Some("https://management.azure.com"),
    )
    .unwrap();
    let real = claims(
        "https://sts.windows.net/tenant/",
        "https://management.azure.com/",
    );
    assert!(emulator.check_token(&real).is_err());
    assert!(Cloud::public().check_token(&real).is_ok());
    assert!(Cloud::china().check_token(&real).is_err());
    let own = claims(
        "https://127.0.0.1:9/tenant/",
        "https://management.azure.com",
    );
    assert!(emulator.check_token(&own).is_ok());
}

#[test]
fn links_must_stay_on_the_host() {
    let cloud = Cloud::public();
    let link = |text: &str| cloud.check_link(&Url::parse(text).unwrap());
    assert!(link("https://management.azure.com/subscriptions?x=1").is_ok());
    assert!(link("https://management.azure.com:443/subscriptions").is_ok());
    assert!(link("https://westeurope.management.azure.com/operations/1").is_ok());
    for other in [
        "https://westeurope.management.azure.com:8443/x",
        "https://evilmanagement.azure.com/x",
        "http://westeurope.management.azure.com/x",
        "http://management.azure.com/x",
        "https://management.azure.com:8443/x",
        "https://management.azure.com.evil.example/x",
        "https://management.azure.com@evil.example/x",
    ] {
        assert!(link(other).is_err(), "{other}");
    }
    let shown = link("https://evil.example/x?token=abc")
        .unwrap_err()
        .to_string();
    assert!(!shown.contains("abc"), "{shown}");
}
