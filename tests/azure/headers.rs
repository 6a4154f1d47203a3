//! What goes along with every call, and what never shows in a log.

use std::io::Write;
use std::sync::{Arc, Mutex};

use podid::azure::Client;
use tracing_subscriber::fmt::MakeWriter;

use crate::fixture::{Azure, SECRET, set_id};
use crate::scripted::Scripted;

#[tokio::test]
async fn calls_of_one_command_carry_its_id_and_podids_name() {
    let azure = Azure::start().await;
    let arm = Scripted::start(|_, _, _| (200, Vec::new(), "{}".to_owned())).await;
    let mut options = azure.options();
    options.cloud = azure.cloud_with(&arm.url);
    let client = Client::new(options).unwrap();
    client.get("/subscriptions", "1").await.unwrap();
    client.clone().get("/providers", "1").await.unwrap();
    let id = format!("x-ms-client-request-id: {}", client.command_id());
    let agent = concat!("user-agent: podid/", env!("CARGO_PKG_VERSION"));
    for head in arm.seen() {
        assert!(head.contains(&id), "{head}");
        assert!(head.lines().any(|line| line == agent), "{head}");
    }
    assert_eq!(arm.seen().len(), 2);
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_verbosity_shows_a_secret_or_a_token() {
    let azure = Azure::start().await;
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    // For the whole process: a subscriber of one thread may miss calls that another thread makes
    // first, and what the other tests log must hold no secret either.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let client = azure.client();
    client.get(set_id(), "2024-11-01").await.unwrap();
    let refused = client
        .get("/subscriptions/x/nothing", "1")
        .await
        .unwrap_err();
    let token = client
        .credential()
        .token(&client.cloud().scope())
        .await
        .unwrap();
    let token = token.token.secret().to_owned();
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(
        text.contains("/virtualMachineScaleSets/aks-apps-1"),
        "the log has podid's calls"
    );
    assert!(text.contains(" 200 in "));
    for hidden in [SECRET, &token, &token[token.len() - 40..], "client_secret="] {
        assert!(!text.contains(hidden), "{hidden}");
        assert!(!format!("{refused:?} {client:?}").contains(hidden));
    }
}
