//! Tests of signing in that need no service.

use super::certificate::CertificateAssertion;
use super::*;
use crate::azure::cloud::Cloud;
use crate::azure::transport::Transport;
use azure_identity::ClientAssertion;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A closed loopback port: whatever is sent there fails at once.
fn offline() -> (Cloud, Transport) {
    let cloud = Cloud::public().with_imds("http://127.0.0.1:9/").unwrap();
    let transport = Transport::new(&cloud, None).unwrap();
    (cloud, transport)
}

async fn refused(kind: CredentialKind, settings: CredentialSettings) -> SignInError {
    let (cloud, transport) = offline();
    Credential::new(kind, settings, &cloud, &transport)
        .token("https://management.azure.com/.default")
        .await
        .unwrap_err()
}

#[test]
fn kinds_have_names() {
    for kind in CredentialKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert!("azd".parse::<CredentialKind>().is_err());
}

#[tokio::test]
async fn a_half_configured_secret_is_not_passed_over() {
    let error = refused(
        CredentialKind::Auto,
        CredentialSettings {
            client_secret: Some("hunter2".to_owned()),
            ..CredentialSettings::default()
        },
    )
    .await;
    assert_eq!(
        error.to_string(),
        "signing in with client-secret failed: AZURE_TENANT_ID and AZURE_CLIENT_ID are not set"
    );
}

#[tokio::test]
async fn a_chosen_way_that_is_not_configured_says_what_it_needs() {
    let error = refused(
        CredentialKind::WorkloadIdentity,
        CredentialSettings {
            ..CredentialSettings::default()
        },
    )
    .await;
    assert_eq!(
        error.to_string(),
        "signing in with workload-identity failed: AZURE_FEDERATED_TOKEN_FILE is not set"
    );
}

#[tokio::test]
async fn a_certificate_that_cannot_be_read_is_named() {
    let error = refused(
        CredentialKind::ClientCertificate,
        CredentialSettings {
            tenant_id: Some("t".to_owned()),
            client_id: Some("c".to_owned()),
            client_certificate_path: Some("/nowhere/sp.pem".to_owned()),
            ..CredentialSettings::default()
        },
    )
    .await;
    assert!(
        error
            .to_string()
            .contains("`/nowhere/sp.pem` could not be read"),
        "{error}"
    );
}

#[test]
fn secrets_do_not_show_in_debug() {
    let settings = CredentialSettings {
        client_secret: Some("hunter2".to_owned()),
        ..CredentialSettings::default()
    };
    assert!(!format!("{settings:?}").contains("hunter2"));
    let (cloud, transport) = offline();
    let credential = Credential::new(CredentialKind::Auto, settings, &cloud, &transport);
    assert!(!format!("{credential:?}").contains("hunter2"));
}

#[test]
fn certificate_files_that_will_not_do_are_told_apart() {
    let words = |pem: &[u8]| {
        CertificateAssertion::parse("sp.pem", pem, "c", "a".to_owned())
            .unwrap_err()
            .to_string()
    };
    assert!(words(b"\x30\x82 pkcs12").contains("openssl pkcs12"));
    assert!(words(b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n").contains("is encrypted"));
    assert!(words(b"-----BEGIN X-----\n").contains("holds no certificate"));
}

#[test]
fn pkcs12_archives_of_openssl_are_opened() {
    let pem = include_bytes!("testdata/certificate.pem");
    let of_pem = CertificateAssertion::parse("sp.pem", pem, "app", String::new()).unwrap();
    let header = |made: &CertificateAssertion| {
        let signed = made.sign(0).unwrap();
        signed.split('.').next().unwrap().to_owned()
    };
    // AES-256 with SHA-256, as OpenSSL 3 writes; RC2-40 and 3DES with SHA-1, as older programs; no password.
    let modern = include_bytes!("testdata/modern.pfx").as_slice();
    let legacy = include_bytes!("testdata/legacy.pfx").as_slice();
    let open = include_bytes!("testdata/no-password.pfx").as_slice();
    let read = |archive: &[u8], password: &str| {
        CertificateAssertion::parse_pkcs12("sp.pfx", archive, password, "app", String::new())
    };
    for (archive, password) in [(modern, "Grüße 7"), (legacy, "Grüße 7"), (open, "")] {
        let made = read(archive, password).unwrap();
        // The header names the certificate.
        assert_eq!(header(&made), header(&of_pem));
        let wrong = read(archive, "wrong").unwrap_err().to_string();
        assert!(wrong.contains("password does not open"), "{wrong}");
        let half = read(&archive[..archive.len() / 2], password).unwrap_err();
        let half = half.to_string();
        assert!(half.contains("neither PEM nor a PKCS#12"), "{half}");
    }
    let large = vec![0xff; 300_000];
    for garbage in [b"".as_slice(), b"text", &[0x30, 0x80], &large] {
        assert!(read(garbage, "").is_err());
    }
}

#[tokio::test]
async fn the_assertion_is_a_jwt_that_the_certificate_verifies() {
    let pem = include_bytes!("testdata/certificate.pem");
    let assertion = CertificateAssertion::parse(
        "certificate.pem",
        pem,
        "client",
        "https://login/t/oauth2/v2.0/token".to_owned(),
    )
    .unwrap();
    let jwt = assertion.secret(None).await.unwrap();
    let parts: Vec<_> = jwt.split('.').collect();
    let json = |part: &str| -> serde_json::Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(json(parts[0])["alg"], "PS256");
    // openssl x509 -fingerprint -sha256, in base64url.
    assert_eq!(
        json(parts[0])["x5t#S256"],
        include_str!("testdata/thumbprint.txt").trim()
    );
    let payload = json(parts[1]);
    assert_eq!(
        (&payload["iss"], &payload["sub"]),
        (&"client".into(), &"client".into())
    );
    assert_eq!(payload["aud"], "https://login/t/oauth2/v2.0/token");
    let public = include_bytes!("testdata/public.der");
    ring::signature::UnparsedPublicKey::new(&ring::signature::RSA_PSS_2048_8192_SHA256, public)
        .verify(
            format!("{}.{}", parts[0], parts[1]).as_bytes(),
            &URL_SAFE_NO_PAD.decode(parts[2]).unwrap(),
        )
        .unwrap();
}
