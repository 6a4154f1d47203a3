//! Signing in, each way, and the order of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use podid::azure::credential::{CredentialKind, CredentialSettings, SignInError};
use podid::azure::{Client, Error};
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};

use crate::fixture::{
    Azure, CERTIFICATE, ISSUER, OWNER, OWNER_APP, SECRET, STRANGER_APP, identity, owner,
};

fn key() -> RsaKeyPair {
    let PrivateKeyDer::Pkcs8(der) = PrivateKeyDer::from_pem_file(CERTIFICATE).unwrap() else {
        panic!("a PKCS#8 key")
    };
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap()
}

/// The keys of the issuer of federated tokens.
pub fn jwks() -> Value {
    let key = key();
    let public = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "1", "n": text(&public.n), "e": text(&public.e)}]})
}

fn federated_token(subject: &str) -> tempfile::NamedTempFile {
    let key = key();
    let now = jiff::Timestamp::now().as_second();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}",
        part(json!({"alg": "RS256", "typ": "JWT", "kid": "1"})),
        part(
            json!({"iss": ISSUER, "sub": subject, "aud": ["api://AzureADTokenExchange"],
                    "iat": now, "nbf": now, "exp": now + 3600})
        )
    );
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(
        &RSA_PKCS1_SHA256,
        &random,
        signed.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        file.path(),
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)),
    )
    .unwrap();
    file
}

fn client(azure: &Azure, kind: CredentialKind, settings: CredentialSettings) -> Client {
    let mut options = azure.options();
    options.credential = kind;
    options.credential_settings = settings;
    Client::new(options).unwrap()
}

async fn refusal(client: &Client) -> SignInError {
    match client.principal().await.unwrap_err() {
        Error::NotSignedIn(error) => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_client_secret_signs_in_once_for_many_calls() {
    let azure = Azure::start().await;
    let client = azure.client();
    for _ in 0..3 {
        client.get("/subscriptions", "2022-12-01").await.unwrap();
    }
    let principal = client.principal().await.unwrap();
    assert_eq!(principal.object_id, OWNER);
    assert_eq!(principal.app_id.as_deref(), Some(OWNER_APP));
    assert_eq!(azure.calls("entra").await.len(), 1);
}

#[tokio::test]
async fn a_wrong_secret_is_said_so_and_not_shown() {
    let azure = Azure::start().await;
    let settings = CredentialSettings {
        client_secret: Some("hunter2-hunter2".to_owned()),
        ..owner()
    };
    let error = refusal(&client(&azure, CredentialKind::Auto, settings)).await;
    assert_eq!(error.attempts.len(), 1, "{error}");
    assert!(error.to_string().contains("AADSTS7000215"), "{error}");
    assert!(
        error.next_step.contains("AZURE_CLIENT_SECRET"),
        "{}",
        error.next_step
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
    assert!(!format!("{error}").contains(SECRET));
}

#[tokio::test]
async fn a_certificate_signs_in() {
    let azure = Azure::start().await;
    let settings = CredentialSettings {
        client_secret: None,
        client_certificate_path: Some(CERTIFICATE.to_owned()),
        ..owner()
    };
    let client = client(&azure, CredentialKind::Auto, settings);
    assert_eq!(client.principal().await.unwrap().object_id, OWNER);
    let kind = client.credential().signed_in_with().await;
    assert_eq!(kind, Some(CredentialKind::ClientCertificate));
}

#[tokio::test]
async fn a_certificate_that_is_not_registered_is_refused() {
    let azure = Azure::start().await;
    let settings = CredentialSettings {
        client_id: Some(STRANGER_APP.to_owned()),
        client_secret: None,
        client_certificate_path: Some(CERTIFICATE.to_owned()),
        ..owner()
    };
    let error = refusal(&client(&azure, CredentialKind::ClientCertificate, settings)).await;
    assert!(error.to_string().contains("AADSTS"), "{error}");
}

#[tokio::test]
async fn a_workload_signs_in_with_its_service_account_and_no_other_can() {
    let azure = Azure::start().await;
    for (subject, works) in [
        ("system:serviceaccount:ci:podid", true),
        ("system:serviceaccount:ci:other", false),
    ] {
        let token = federated_token(subject);
        let settings = CredentialSettings {
            client_secret: None,
            federated_token_file: Some(token.path().to_str().unwrap().to_owned()),
            ..owner()
        };
        let client = client(&azure, CredentialKind::Auto, settings);
        if works {
            assert_eq!(client.principal().await.unwrap().object_id, OWNER);
            let kind = client.credential().signed_in_with().await;
            assert_eq!(kind, Some(CredentialKind::WorkloadIdentity));
        } else {
            let error = refusal(&client).await;
            assert!(error.to_string().contains("AADSTS70021"), "{error}");
            assert!(
                error.next_step.contains("federated credential"),
                "{}",
                error.next_step
            );
        }
    }
}

#[tokio::test]
async fn the_machines_identity_signs_in_when_nothing_else_is_configured() {
    let azure = Azure::start().await;
    let alpha = podid::azure::user_assigned_identity::get(&azure.client(), &identity("alpha"))
        .await
        .unwrap();
    let settings = CredentialSettings {
        client_id: Some(alpha.client_id),
        ..CredentialSettings::default()
    };
    let client = client(&azure, CredentialKind::Auto, settings);
    assert_eq!(
        client.principal().await.unwrap().object_id,
        alpha.principal_id
    );
    let kind = client.credential().signed_in_with().await;
    assert_eq!(kind, Some(CredentialKind::ManagedIdentity));
    client.get("/subscriptions", "2022-12-01").await.unwrap();
}

#[tokio::test]
async fn when_nothing_works_every_way_and_its_reason_are_listed() {
    let azure = Azure::start().await;
    // An identity that the machine does not hold; az fails because it has no account to ask for.
    let settings = CredentialSettings {
        client_id: Some(STRANGER_APP.to_owned()),
        cli_subscription: Some("no such account".to_owned()),
        ..CredentialSettings::default()
    };
    let error = refusal(&client(&azure, CredentialKind::Auto, settings)).await;
    let kinds: Vec<_> = error.attempts.iter().map(|attempt| attempt.kind).collect();
    assert_eq!(kinds, CredentialKind::ALL[1..]);
    assert!(
        error
            .to_string()
            .contains("client-secret: AZURE_CLIENT_SECRET is not set"),
        "{error}"
    );
    assert!(error.next_step.contains("az login"), "{}", error.next_step);
}

/// Runs this test binary again with an `az` of ours in front: `PATH` of this process stays as it is.
#[tokio::test]
async fn az_starts_once_for_a_whole_process() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let az = folder.path().join("az");
    let payload =
        URL_SAFE_NO_PAD.encode(json!({"oid": "me", "upn": "me@example", "tid": "t"}).to_string());
    let answer = json!({"accessToken": format!("e30.{payload}.eA"), "expires_on": 4_000_000_000u64, "tokenType": "Bearer"});
    let script = format!(
        "#!/bin/sh\necho started >> {}/starts\necho '{answer}'\n",
        folder.path().display()
    );
    std::fs::write(&az, script).unwrap();
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "credential::inside_az", "--ignored"])
        .env("PATH", path)
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
    let starts = std::fs::read_to_string(folder.path().join("starts")).unwrap();
    assert_eq!(starts.lines().count(), 1);
}

#[tokio::test]
#[ignore = "run by az_starts_once_for_a_whole_process, with an az of its own"]
async fn inside_az() {
    let azure = Azure::start().await;
    let client = client(&azure, CredentialKind::Cli, CredentialSettings::default());
    let other = client.clone();
    let (one, two) = tokio::join!(client.principal(), other.principal());
    assert_eq!(one.unwrap().object_id, "me");
    assert!(two.unwrap().is_user);
    assert_eq!(
        client.principal().await.unwrap().user_name.as_deref(),
        Some("me@example")
    );
}
