//! The server of a named sandbox: owns the sandbox, answers over its socket, ends when told to.
//!
//! The protocol is one word, `status` or `stop`, and one answer. The answer to `stop` comes when
//! everything is gone, so that whoever asked can rely on it.

use std::fs;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::assets::kubernetes_version;
use super::error::Error;
use super::named::{Place, State, Status};
use super::{Options, Sandbox};

/// How long a client may take to say its word.
const WORD_TIME: Duration = Duration::from_secs(10);

type Shared = Arc<Mutex<Status>>;

/// Starts a sandbox and serves it under the name of `place` until it is told to stop.
///
/// # Errors
/// When the name is taken, or the sandbox does not start.
pub async fn serve(place: &Place, mut options: Options) -> Result<(), Error> {
    place.create()?;
    let _name = place.lock()?;
    let socket = place.socket();
    // We hold the lock, so this is what a killed server left.
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(Error::path("listen on", &socket))?;
    let shared = starting(place);
    let current = Arc::clone(&shared);
    let told = Arc::clone(&options.progress);
    options.progress = Arc::new(move |step| {
        change(&current, |status| step.clone_into(&mut status.step));
        told(step);
    });
    let (sender, mut stops) = mpsc::channel(8);
    let answers = tokio::spawn(answer_all(listener, Arc::clone(&shared), sender));
    let outcome = tokio::select! {
        outcome = run(&shared, options) => outcome.map(|()| None),
        waiting = stops.recv() => Ok(waiting),
        () = told_to_end() => Ok(None),
    };
    // The sandbox is gone: `run` owned it. Nobody may find the name half taken.
    answers.abort();
    let _ = fs::remove_file(&socket);
    let waiting = outcome?;
    place.remove()?;
    let others = std::iter::from_fn(|| stops.try_recv().ok());
    for mut stream in waiting.into_iter().chain(others) {
        // Whoever asked may be gone.
        let _ = stream.write_all(b"stopped\n").await;
    }
    Ok(())
}

/// Starts the sandbox and holds it until it is dropped itself.
async fn run(shared: &Shared, options: Options) -> Result<(), Error> {
    let sandbox = Sandbox::start(options).await?;
    change(shared, |status| {
        status.state = State::Ready;
        status.step.clear();
        let environment = sandbox.environment().into_iter();
        status.environment = environment
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
    });
    std::future::pending().await
}

fn starting(place: &Place) -> Shared {
    Arc::new(Mutex::new(Status {
        name: place.name().to_string(),
        state: State::Starting,
        step: "Starting".into(),
        pid: std::process::id(),
        since: jiff::Timestamp::now().to_string(),
        kubernetes: kubernetes_version().to_owned(),
        environment: std::collections::BTreeMap::new(),
    }))
}

fn change<T>(shared: &Shared, edit: impl FnOnce(&mut Status) -> T) -> T {
    edit(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn answer_all(listener: UnixListener, shared: Shared, stops: mpsc::Sender<UnixStream>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (shared, stops) = (Arc::clone(&shared), stops.clone());
        tokio::spawn(async move {
            // A client that went away has nobody to tell.
            let _ = tokio::time::timeout(WORD_TIME, answer(stream, &shared, &stops)).await;
        });
    }
}

async fn answer(
    mut stream: UnixStream,
    shared: &Shared,
    stops: &mpsc::Sender<UnixStream>,
) -> io::Result<()> {
    let mut word = String::new();
    BufReader::new(&mut stream).read_line(&mut word).await?;
    match word.trim() {
        "status" => {
            let status = change(shared, |status| serde_json::to_vec(status))?;
            stream.write_all(&status).await
        }
        "stop" => {
            change(shared, |status| status.state = State::Stopping);
            // Answered by `serve` at the very end.
            stops.send(stream).await.map_err(io::Error::other)
        }
        _ => Ok(()),
    }
}

/// Waits for SIGTERM or SIGINT. SIGHUP is caught and forgotten: a closed terminal ends no sandbox.
async fn told_to_end() {
    let signals = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ];
    let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = signals.map(signal) else {
        return std::future::pending().await;
    };
    loop {
        tokio::select! {
            _ = terminate.recv() => return,
            _ = interrupt.recv() => return,
            _ = hangup.recv() => {}
        }
    }
}
