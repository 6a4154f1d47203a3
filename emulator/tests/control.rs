//! Who may use the control API: only who knows its secret, over either listener.

#![allow(clippy::unwrap_used)] // a test that cannot go on says where

use podid_emulator::{Emulator, Options};
use reqwest::{Certificate, Client, Method};
use serde_json::json;

#[tokio::test]
async fn without_its_secret_the_control_api_is_closed() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let emulator = Emulator::start(Options::default()).await.unwrap();
    let ca = Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([ca])
        .build()
        .unwrap();
    let other = Emulator::start(Options::default()).await.unwrap();
    assert_ne!(emulator.control_path(), other.control_path());

    let secret = emulator.control_path();
    let wrong = [
        "/_control",
        "/_control/",
        "/_control/calls",
        "/_control//calls",
        "/_CONTROL/calls",
        &other.control_path(),
        &secret[..secret.len() - 1],
        &secret.to_uppercase().replace("/_CONTROL", "/_control"),
    ];
    for base in [emulator.http_url(), emulator.https_url()] {
        for path in wrong {
            for (method, what) in [
                (Method::GET, "dump"),
                (Method::POST, "faults"),
                (Method::PUT, "clusters"),
            ] {
                let url = format!("{base}{path}/{what}");
                let request = client.request(method, &url).json(&json!({}));
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status(), 403, "{url}");
                assert!(!answer.text().await.unwrap().contains(&secret));
            }
        }
        let open = client
            .get(format!("{base}{secret}/dump"))
            .send()
            .await
            .unwrap();
        assert_eq!(open.status(), 200);
    }
}
