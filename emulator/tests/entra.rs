//! Entra: the ways to sign in, the errors.

#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use podid_emulator::Seed;
use podid_emulator::entra::keys::{SigningKey, generate_pkcs8};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use support::{
    ARM_SCOPE, Answer, Azure, GROUP, OWNER, OWNER_APP, SECRET, SEED, TENANT, claims, refused, v2,
};

const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EXCHANGE: &str = "api://AzureADTokenExchange";

#[tokio::test]
async fn a_client_secret_in_the_form_or_as_basic() {
    let azure = Azure::start().await;
    let claims = claims(&azure.token);
    assert_eq!(claims["aud"], "https://management.azure.com");
    assert_eq!(claims["iss"], format!("https://sts.windows.net/{TENANT}/"));
    for (name, value) in [
        ("tid", TENANT),
        ("oid", OWNER),
        ("sub", OWNER),
        ("appid", OWNER_APP),
        ("idtyp", "app"),
        ("ver", "1.0"),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let v1 = [
        ("grant_type", "client_credentials"),
        ("client_id", OWNER_APP),
        ("client_secret", SECRET),
        ("resource", "https://vault.azure.net"),
    ];
    let answer = azure
        .form(&format!("/{TENANT}/oauth2/token"), &v1)
        .await
        .is(200)
        .body;
    assert_eq!(
        (answer["expires_in"].as_str(), answer["resource"].as_str()),
        (Some("3599"), Some("https://vault.azure.net"))
    );

    let basic = STANDARD.encode(format!("{OWNER_APP}:{SECRET}"));
    let request = azure
        .client
        .post(azure.url(&v2()))
        .header("authorization", format!("Basic {basic}"));
    let request = request.body("grant_type=client_credentials&scope=api%3A%2F%2Fown%2F.default");
    let answer = support::send(request).await.unwrap().is(200).body;
    assert_eq!(answer["expires_in"], 3599);
    let claims = support::claims(answer["access_token"].as_str().unwrap());
    assert_eq!(
        (
            claims["ver"].as_str(),
            claims["azp"].as_str(),
            claims["aud"].as_str()
        ),
        (Some("2.0"), Some(OWNER_APP), Some("api://own"))
    );
    assert_eq!(
        claims["iss"],
        format!("{}/{TENANT}/v2.0", azure.emulator.https_url())
    );
}

/// A good request for a token, but for one field.
fn form_with(name: &str, value: &'static str) -> [(&'static str, &'static str); 4] {
    let good = [
        ("grant_type", "client_credentials"),
        ("client_id", OWNER_APP),
        ("client_secret", SECRET),
        ("scope", ARM_SCOPE),
    ];
    good.map(|(n, v)| if n == name { (n, value) } else { (n, v) })
}

#[tokio::test]
async fn refused_secrets() {
    let azure = Azure::start().await;
    let unknown = "00000000-0000-0000-0000-00000000ffff";
    for (field, value, status, error, code) in [
        ("client_secret", "wrong", 401, "invalid_client", 7_000_215),
        ("client_secret", "", 401, "invalid_client", 7_000_218),
        ("client_id", unknown, 400, "unauthorized_client", 700_016),
    ] {
        let answer = azure.form(&v2(), &form_with(field, value)).await;
        refused(&answer, status, error, code);
    }
}

#[tokio::test]
async fn refused_requests() {
    let azure = Azure::start().await;
    let bare = "https://management.azure.com/";
    for (field, value, error, code) in [
        ("grant_type", "password", "unsupported_grant_type", 70_003),
        ("grant_type", "", "invalid_request", 900_144),
        ("scope", bare, "invalid_scope", 1_002_012),
    ] {
        let answer = azure.form(&v2(), &form_with(field, value)).await;
        refused(&answer, 400, error, code);
    }
    let nowhere = azure
        .form("/nowhere/oauth2/v2.0/token", &form_with("", ""))
        .await;
    refused(&nowhere, 400, "invalid_request", 90_002);
}

struct Certificate {
    pem: String,
    der: Vec<u8>,
    pair: RsaKeyPair,
}

impl Certificate {
    fn new() -> Self {
        let pkcs8 = generate_pkcs8().unwrap();
        let der = PrivatePkcs8KeyDer::from(pkcs8.as_slice());
        let key =
            rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, &rcgen::PKCS_RSA_SHA256).unwrap();
        let certificate = rcgen::CertificateParams::default()
            .self_signed(&key)
            .unwrap();
        Self {
            pem: certificate.pem(),
            der: certificate.der().to_vec(),
            pair: RsaKeyPair::from_pkcs8(&pkcs8).unwrap(),
        }
    }

    fn sign(&self, modern: bool, claims: &Value) -> String {
        let (header, encoding): (_, &dyn RsaEncoding) = if modern {
            (
                json!({"alg": "PS256", "typ": "JWT", "x5t#S256": URL_SAFE_NO_PAD.encode(digest(&SHA256, &self.der))}),
                &RSA_PSS_SHA256,
            )
        } else {
            (
                json!({"alg": "RS256", "typ": "JWT", "x5t": URL_SAFE_NO_PAD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &self.der))}),
                &RSA_PKCS1_SHA256,
            )
        };
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        self.pair
            .sign(encoding, &random, signed.as_bytes(), &mut signature)
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

async fn assert_with(azure: &Azure, app: &str, assertion: &str) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", app),
        ("scope", ARM_SCOPE),
        ("client_assertion_type", BEARER),
        ("client_assertion", assertion),
    ];
    azure.form(&v2(), &form).await
}

/// An Azure whose operator has a certificate, and that certificate.
async fn certified() -> (Azure, Certificate) {
    let known = Certificate::new();
    let mut seed = Seed::from_yaml(SEED).unwrap();
    let certificates = &mut seed.service_principals[0].certificates;
    certificates.push(known.pem.clone());
    (Azure::start_with(seed).await, known)
}

/// The claims of a good assertion.
fn good_claims(azure: &Azure) -> Value {
    let now = jiff::Timestamp::now().as_second();
    json!({"aud": azure.url(&v2()), "iss": OWNER_APP, "sub": OWNER_APP, "jti": "1", "iat": now, "exp": now + 600})
}

#[tokio::test]
async fn certificate_assertions() {
    let (azure, known) = certified().await;
    let good = good_claims(&azure);
    for modern in [false, true] {
        let answer = assert_with(&azure, OWNER_APP, &known.sign(modern, &good)).await;
        let token = answer.is(200).body["access_token"].clone();
        assert_eq!(claims(token.as_str().unwrap())["oid"], OWNER);
    }
    let mut other_form = good;
    other_form["aud"] = json!(azure.url(&format!("/{TENANT}/oauth2/token")));
    assert_with(&azure, OWNER_APP, &known.sign(true, &other_form))
        .await
        .is(200);
}

#[tokio::test]
async fn refused_certificate_assertions() {
    let (azure, known) = certified().await;
    let good = good_claims(&azure);
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        known.sign(true, &claims)
    };
    let mut forged = known.sign(true, &good);
    let at = forged.rfind('.').unwrap() + 10;
    let swapped = if &forged[at..=at] == "A" { "B" } else { "A" };
    forged.replace_range(at..=at, swapped);
    let unknown = Certificate::new().sign(true, &good);
    let late = with("exp", json!(good["iat"].as_i64().unwrap() - 3600));
    let elsewhere = with("aud", json!("https://elsewhere/token"));
    for (assertion, status, error, code) in [
        (unknown, 401, "invalid_client", 700_027),
        (forged, 401, "invalid_client", 700_027),
        (late, 401, "invalid_client", 700_024),
        (elsewhere, 401, "invalid_client", 700_023),
        (
            with("sub", json!("someone")),
            401,
            "invalid_client",
            700_021,
        ),
        (with("jti", json!("")), 400, "invalid_request", 50_027),
        ("nonsense".to_owned(), 400, "invalid_request", 50_027),
    ] {
        let answer = assert_with(&azure, OWNER_APP, &assertion).await;
        refused(&answer, status, error, code);
    }
}

async fn federate(azure: &Azure, issuer: &str, subject: &str) -> String {
    let id = azure.identity("reader");
    let path = format!("{id}/federatedIdentityCredentials/pipeline");
    let body =
        json!({"properties": {"issuer": issuer, "subject": subject, "audiences": [EXCHANGE]}});
    let answer = azure.arm(Method::PUT, &path, body).await;
    assert!(
        answer.status == 200 || answer.status == 201,
        "{}",
        answer.text
    );
    let identity = azure.get(&id).await.is(200).body;
    identity["properties"]["clientId"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn federated_assertions_match_byte_for_byte() {
    let azure = Azure::start().await;
    let key = SigningKey::generate().unwrap();
    let issuer = "https://issuer.example/";
    let client_id = federate(&azure, issuer, "system:serviceaccount:a:b").await;
    let body = json!({"issuer": issuer, "jwks": {"keys": [key.jwk()]}});
    azure.control(Method::PUT, "issuers", body).await.is(204);
    let now = jiff::Timestamp::now().as_second();
    let good = json!({"iss": issuer, "sub": "system:serviceaccount:a:b", "aud": [EXCHANGE], "exp": now + 600});
    let sign = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        podid_emulator::entra::jwt::sign(&key, &claims).unwrap()
    };
    let answer = assert_with(&azure, &client_id, &sign("x", json!(1)))
        .await
        .is(200);
    let token = claims(answer.body["access_token"].as_str().unwrap());
    assert_eq!(token["appid"], client_id);
    assert!(
        token["xms_mirid"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case(&azure.identity("reader")),
        "{token}"
    );

    let stranger = SigningKey::generate().unwrap();
    let cases = [
        (sign("iss", json!("https://issuer.example")), 700_211),
        (sign("sub", json!("system:serviceaccount:a:B")), 700_213),
        (sign("aud", json!("api://other")), 700_212),
        (sign("exp", json!(now - 3600)), 700_024),
        (
            podid_emulator::entra::jwt::sign(&stranger, &good).unwrap(),
            5_002_738,
        ),
    ];
    for (assertion, code) in cases {
        refused(
            &assert_with(&azure, &client_id, &assertion).await,
            401,
            "invalid_client",
            code,
        );
    }
    let writer = azure.get(&azure.identity("writer")).await.is(200).body;
    let writer = writer["properties"]["clientId"].as_str().unwrap();
    refused(
        &assert_with(&azure, writer, &sign("x", json!(1))).await,
        400,
        "invalid_request",
        70_021,
    );
}

#[tokio::test]
async fn the_keys_of_an_issuer_are_fetched() {
    // One emulator's Entra is the other's issuer: discovery and keys over HTTPS, behind a CA of its own.
    let (azure, other) = (Azure::start().await, Azure::start().await);
    let issuer = format!("{}/{TENANT}/v2.0", other.emulator.https_url());
    let client_id = federate(&azure, &issuer, OWNER).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", OWNER_APP),
        ("client_secret", SECRET),
        ("scope", "api://AzureADTokenExchange/.default"),
    ];
    let assertion = other.form(&v2(), &form).await.is(200).body["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    refused(
        &assert_with(&azure, &client_id, &assertion).await,
        400,
        "invalid_request",
        50_166,
    );
    azure
        .control(
            Method::PUT,
            "issuers",
            json!({"issuer": issuer, "ca": other.emulator.ca_pem()}),
        )
        .await
        .is(204);
    assert_with(&azure, &client_id, &assertion).await.is(200);
}

#[tokio::test]
async fn arm_takes_its_own_tokens_only() {
    let azure = Azure::start().await;
    let path = format!("{}?api-version=2024-03-01", azure.url(GROUP));
    let ask = |token: String| {
        let path = path.clone();
        let azure = &azure;
        async move {
            azure
                .plain(&path, &[("authorization", &format!("Bearer {token}"))])
                .await
        }
    };
    ask(azure.token.clone()).await.is(200);
    let anonymous = azure.plain(&path, &[]).await.is(401);
    assert_eq!(anonymous.code(), "AuthenticationFailed");
    let challenge = anonymous.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with(&format!(
            "Bearer authorization_uri=\"{}/{TENANT}\"",
            azure.emulator.https_url()
        )),
        "{challenge}"
    );
    let v1 = [
        ("grant_type", "client_credentials"),
        ("client_id", OWNER_APP),
        ("client_secret", SECRET),
        ("resource", "https://vault.azure.net"),
    ];
    let vault = azure
        .form(&format!("/{TENANT}/oauth2/token"), &v1)
        .await
        .is(200)
        .body;
    assert_eq!(
        ask(vault["access_token"].as_str().unwrap().into())
            .await
            .is(401)
            .code(),
        "InvalidAuthenticationTokenAudience"
    );
    let key = SigningKey::generate().unwrap();
    let forged = podid_emulator::entra::jwt::sign(&key, &claims(&azure.token)).unwrap();
    assert_eq!(
        ask(forged).await.is(401).code(),
        "InvalidAuthenticationToken"
    );
    azure.advance(4000.0).await;
    assert_eq!(
        ask(azure.token.clone()).await.is(401).code(),
        "ExpiredAuthenticationToken"
    );
}
