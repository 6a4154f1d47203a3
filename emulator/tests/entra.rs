//! Entra: discovery, the ways to sign in, the errors.

#![allow(clippy::unwrap_used)]

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use podid_emulator::Seed;
use podid_emulator::entra::jwt::Jwt;
use podid_emulator::entra::keys::{SigningKey, VerifyingKey, generate_pkcs8};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};
use support::{ARM_SCOPE, Answer, Azure, GROUP, OWNER, OWNER_APP, SECRET, SEED, TENANT, claims};

const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const EXCHANGE: &str = "api://AzureADTokenExchange";

fn v2() -> String {
    format!("/{TENANT}/oauth2/v2.0/token")
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str, code: u32) {
    assert_eq!(
        (answer.status, answer.body["error"].as_str()),
        (status, Some(error)),
        "{}",
        answer.text
    );
    assert_eq!(answer.body["error_codes"], json!([code]));
    let description = answer.body["error_description"].as_str().unwrap();
    assert!(
        description.starts_with(&format!("AADSTS{code}: ")),
        "{description}"
    );
    for field in ["timestamp", "trace_id", "correlation_id", "error_uri"] {
        assert!(answer.body[field].is_string(), "{field}");
    }
}

#[tokio::test]
async fn discovery_documents() {
    let azure = Azure::start().await;
    let base = azure.emulator.https_url();
    let get = |path: &str| {
        let url = azure.url(path);
        let azure = &azure;
        async move { azure.plain(&url, &[]).await }
    };
    let old = get("/metadata/endpoints?api-version=2015-01-01")
        .await
        .is(200)
        .body;
    assert_eq!(old["authentication"]["loginEndpoint"], format!("{base}/"));
    let list = get("/metadata/endpoints?api-version=2019-05-01")
        .await
        .is(200)
        .body;
    let cloud = get("/metadata/endpoints?api-version=2022-09-01")
        .await
        .is(200)
        .body;
    assert_eq!(list, json!([cloud]));
    assert_eq!(cloud["resourceManager"], format!("{base}/"));
    assert_eq!(cloud["authentication"]["loginEndpoint"], base);
    assert_eq!(
        cloud["authentication"]["audiences"][0],
        "https://management.core.windows.net/"
    );
    assert_eq!(
        get("/metadata/endpoints").await.is(400).code(),
        "MissingApiVersionParameter"
    );

    let openid = get(&format!("/{TENANT}/v2.0/.well-known/openid-configuration"))
        .await
        .is(200)
        .body;
    assert_eq!(openid["token_endpoint"], format!("{base}{}", v2()));
    assert_eq!(openid["issuer"], format!("{base}/{TENANT}/v2.0"));
    let v1 = get(&format!("/{TENANT}/.well-known/openid-configuration"))
        .await
        .is(200)
        .body;
    assert_eq!(v1["issuer"], format!("https://sts.windows.net/{TENANT}/"));
    let by_domain = get("/demo.example/v2.0/.well-known/openid-configuration")
        .await
        .is(200)
        .body;
    assert_eq!(by_domain["issuer"], format!("{base}/{TENANT}/v2.0"));
    refused(
        &get("/nowhere/v2.0/.well-known/openid-configuration").await,
        400,
        "invalid_request",
        90_002,
    );

    let instance = get("/common/discovery/instance?api-version=1.1")
        .await
        .is(200)
        .body;
    assert_eq!(
        instance["metadata"][0]["preferred_network"],
        base.strip_prefix("https://").unwrap()
    );
    let keys = openid["jwks_uri"].as_str().unwrap();
    let jwks = azure.plain(keys, &[]).await.is(200).body;
    let jwt = Jwt::parse(&azure.token).unwrap();
    assert_eq!(jwks["keys"][0]["kid"], jwt.header["kid"]);
    assert!(jwt.is_signed_by(&VerifyingKey::from_jwk(&jwks["keys"][0]).unwrap()));
}

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

#[tokio::test]
async fn refused_secrets() {
    let azure = Azure::start().await;
    let full = [
        ("grant_type", "client_credentials"),
        ("client_id", OWNER_APP),
        ("client_secret", SECRET),
        ("scope", ARM_SCOPE),
    ];
    let with = |name: &'static str, value: &'static str| {
        full.map(|(n, v)| if n == name { (n, value) } else { (n, v) })
    };
    let path = v2();
    let cases = [
        (
            path.as_str(),
            with("client_secret", "wrong"),
            401,
            "invalid_client",
            7_000_215,
        ),
        (
            path.as_str(),
            with("client_secret", ""),
            401,
            "invalid_client",
            7_000_218,
        ),
        (
            path.as_str(),
            with("client_id", "00000000-0000-0000-0000-00000000ffff"),
            400,
            "unauthorized_client",
            700_016,
        ),
        (
            path.as_str(),
            with("grant_type", "password"),
            400,
            "unsupported_grant_type",
            70_003,
        ),
        (
            path.as_str(),
            with("grant_type", ""),
            400,
            "invalid_request",
            900_144,
        ),
        (
            path.as_str(),
            with("scope", "https://management.azure.com/"),
            400,
            "invalid_scope",
            1_002_012,
        ),
        (
            "/nowhere/oauth2/v2.0/token",
            full,
            400,
            "invalid_request",
            90_002,
        ),
    ];
    for (path, form, status, error, code) in cases {
        refused(&azure.form(path, &form).await, status, error, code);
    }
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

#[tokio::test]
async fn certificate_assertions() {
    let (known, unknown) = (Certificate::new(), Certificate::new());
    let mut seed = Seed::from_yaml(SEED).unwrap();
    seed.service_principals[0]
        .certificates
        .push(known.pem.clone());
    let azure = Azure::start_with(seed).await;
    let now = jiff::Timestamp::now().as_second();
    let good = json!({"aud": azure.url(&v2()), "iss": OWNER_APP, "sub": OWNER_APP, "jti": "1", "iat": now, "exp": now + 600});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        claims
    };
    for modern in [false, true] {
        let answer = assert_with(&azure, OWNER_APP, &known.sign(modern, &good))
            .await
            .is(200);
        assert_eq!(
            claims(answer.body["access_token"].as_str().unwrap())["oid"],
            OWNER
        );
    }
    let other_form = with("aud", json!(azure.url(&format!("/{TENANT}/oauth2/token"))));
    assert_with(&azure, OWNER_APP, &known.sign(true, &other_form))
        .await
        .is(200);

    let mut forged = known.sign(true, &good);
    let at = forged.rfind('.').unwrap() + 10;
    let swapped = if &forged[at..=at] == "A" { "B" } else { "A" };
    forged.replace_range(at..=at, swapped);
    let cases = [
        (unknown.sign(true, &good), 401, "invalid_client", 700_027),
        (forged, 401, "invalid_client", 700_027),
        (
            known.sign(true, &with("exp", json!(now - 3600))),
            401,
            "invalid_client",
            700_024,
        ),
        (
            known.sign(true, &with("aud", json!("https://elsewhere/token"))),
            401,
            "invalid_client",
            700_023,
        ),
        (
            known.sign(true, &with("sub", json!("someone"))),
            401,
            "invalid_client",
            700_021,
        ),
        (
            known.sign(true, &with("jti", json!(""))),
            400,
            "invalid_request",
            50_027,
        ),
        ("nonsense".to_owned(), 400, "invalid_request", 50_027),
    ];
    for (assertion, status, error, code) in cases {
        refused(
            &assert_with(&azure, OWNER_APP, &assertion).await,
            status,
            error,
            code,
        );
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
