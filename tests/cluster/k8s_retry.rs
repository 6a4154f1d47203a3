//! What is sent again, and what is not: against a server that answers as told and counts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kube::Client;
use podid::k8s::cluster::namespace_exists;
use podid::k8s::pod_identity::{Expected, delete_identity};
use podid::k8s::{ConnectOptions, Error, connect};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const FOUND: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 29\r\n\r\n{\"metadata\":{\"name\":\"found\"}}";
const BUSY: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
const FULL: &str =
    "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n";
const BROKEN: &str = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n";
const STARTING: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";
/// The connection closes without an answer.
const SILENCE: &str = "";
/// The connection stays open without an answer.
const NEVER: &str = "never";

/// Answers, the last of them for ever, and the request lines that came.
#[derive(Clone)]
struct Told {
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Told {
    fn next(&self, request: &str) -> &'static str {
        let line = request.lines().next().unwrap_or_default().to_owned();
        self.requests.lock().unwrap().push(line);
        let mut answers = self.answers.lock().unwrap();
        if answers.len() > 1 {
            answers.pop_front().unwrap()
        } else {
            answers[0]
        }
    }

    fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

async fn serve(mut stream: TcpStream, told: Told) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            match stream.read(&mut buffer).await {
                Ok(read) if read > 0 => request.extend_from_slice(&buffer[..read]),
                _ => return,
            }
        }
        let answer = told.next(&String::from_utf8_lossy(&request));
        request.clear();
        if answer == NEVER {
            // Ends when the client gives up and closes the connection.
            let _ = stream.read(&mut buffer).await;
            return;
        }
        if answer.is_empty() || stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn told(answers: &[&'static str]) -> (Told, Client) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let told = Told {
        answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
        requests: Arc::default(),
    };
    let server = told.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, server.clone()));
        }
    });
    let kubeconfig = format!(
        "{{apiVersion: v1, kind: Config, current-context: c, users: [], \
          contexts: [{{name: c, context: {{cluster: c}}}}], \
          clusters: [{{name: c, cluster: {{server: 'http://{address}'}}}}]}}"
    );
    let options = ConnectOptions {
        kubeconfig_yaml: Some(kubeconfig.into_bytes()),
        timeout: Some(Duration::from_secs(2)),
        ..ConnectOptions::default()
    };
    (told, connect(&options).await.unwrap().client)
}

#[tokio::test]
async fn a_read_is_repeated_until_the_server_is_back() {
    let (told, client) = told(&[STARTING, BROKEN, SILENCE, FOUND]).await;
    assert!(namespace_exists(&client, "found").await.unwrap());
    assert_eq!(told.count(), 4);
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let (told, client) = told(&[BUSY, FOUND]).await;
    let start = Instant::now();
    assert!(namespace_exists(&client, "found").await.unwrap());
    assert!(start.elapsed() >= Duration::from_secs(1));
    assert_eq!(told.count(), 2);
}

#[tokio::test]
async fn a_wait_that_nobody_has_is_an_error_at_once() {
    let (told, client) = told(&[FULL]).await;
    let error = namespace_exists(&client, "found").await.unwrap_err();
    assert!(matches!(error, Error::Api { code: 429, .. }), "{error:?}");
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up_on() {
    let (told, client) = told(&[NEVER]).await;
    let start = Instant::now();
    let error = namespace_exists(&client, "found").await.unwrap_err();
    assert!(error.is_unreachable(), "{error:?}");
    assert!(
        start.elapsed() < Duration::from_secs(6),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn repetition_ends() {
    let (told, client) = told(&[STARTING]).await;
    let error = namespace_exists(&client, "found").await.unwrap_err();
    assert!(matches!(error, Error::Api { code: 503, .. }), "{error:?}");
    assert_eq!(told.count(), 6);
}

#[tokio::test]
async fn a_delete_that_may_have_worked_is_not_repeated() {
    for answer in [SILENCE, BROKEN] {
        let (told, client) = told(&[answer]).await;
        let error = delete_identity(&client, "a", "b", &Expected::default())
            .await
            .unwrap_err();
        assert!(!error.is_not_found(), "{error:?}");
        assert_eq!(told.count(), 1, "{answer}");
    }
    let (told, client) = told(&[STARTING, FOUND]).await;
    assert!(
        delete_identity(&client, "a", "b", &Expected::default())
            .await
            .unwrap()
    );
    assert_eq!(told.count(), 2);
}
