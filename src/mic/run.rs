//! From arguments to a controller, and to its end.
//!
//! SIGTERM and SIGINT end it: PATCHes under way are waited for until Azure has taken them, then the lease is given back.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::args::{Args, LogFormat};
use super::engine::{Engine, Hands};
use super::feed::Feed;
use super::leader::{self, Term};
use super::metrics::Metrics;
use super::preview;
use super::record::Record;
use super::state::State;
use super::status::{Status, serve};
use super::tell::Tell;
use super::workers::{Pace, Settings, Workers};
use crate::azure::{self, Client, ClientOptions, Notices};
use crate::k8s::lease::Terms;
use crate::k8s::{ConnectOptions, connect};
use crate::telemetry;

/// Name of the lease.
const LEASE: &str = "podid-mic";

/// Why the controller ended.
#[derive(Debug, thiserror::Error)]
enum EndError {
    #[error("{0}")]
    Cloud(#[from] azure::cloud::Refusal),
    #[error("{0}")]
    Azure(#[from] azure::Error),
    #[error("the API server cannot be asked: {0}")]
    Kubernetes(#[from] crate::k8s::Error),
    #[error("{0}")]
    System(#[from] std::io::Error),
    #[error("another instance leads by now")]
    Lost,
}

/// Runs podid-mic with the process's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    telemetry::start_daemon(args.log_level, args.log_format == LogFormat::Json);
    azure::install_crypto_provider();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "podid-mic ended");
            // Also in words: the log may be filtered.
            let _ = writeln!(
                std::io::stderr(),
                "Error: podid-mic ended\nCaused by: {error}"
            );
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<(), EndError> {
    let azure = azure(&args)?;
    let options = ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        timeout: Some(args.api_server_silence),
        ..ConnectOptions::default()
    };
    let client = connect(&options).await?.client;
    let listener = TcpListener::bind(args.status_address).await?;
    tracing::info!(address = %listener.local_addr()?, "answering operators");
    let metrics = Arc::new(Metrics::default());
    let mut tasks = JoinSet::new();
    let (sights, seen) = unbounded_channel();
    let feed = Feed::start(
        &client,
        args.mode,
        args.api_server_silence,
        &sights,
        &mut tasks,
    );
    let state = State::new(args.mode, args.across_namespaces);
    let mut engine = Engine::new(state, seen, feed.clone(), Arc::clone(&metrics));
    if args.dry_run {
        engine.sync().await;
        return Ok(preview::print(&engine, &azure).await?);
    }
    let status = Status {
        feed,
        metrics: Arc::clone(&metrics),
        stale: args.api_server_silence * 3 / 2,
    };
    tasks.spawn(serve(listener, Arc::new(status)));
    let (stop, stopping) = watch::channel(false);
    tasks.spawn(async move {
        if asked_to_end().await.is_ok() {
            stop.send_replace(true);
        }
    });
    let ended = lead(&args, client, azure, &mut engine, metrics, stopping).await;
    tasks.abort_all();
    ended
}

/// Waits, leads and ends.
async fn lead(
    args: &Args,
    client: kube::Client,
    azure: Client,
    engine: &mut Engine,
    metrics: Arc<Metrics>,
    mut stopping: watch::Receiver<bool>,
) -> Result<(), EndError> {
    let term = Term::default();
    let terms = terms(args);
    let mut elector = None;
    let waiting = async {
        tokio::select! {
            own = leader::wait(client.clone(), terms, &term) => elector = Some(own),
            _ = stopping.wait_for(|stop| *stop) => {}
        }
    };
    engine.stand_by(waiting).await;
    let Some(mut elector) = elector else {
        return Ok(());
    };
    tracing::info!("leading");
    metrics.leads(true);
    engine.sync().await;
    let hands = hands(args, client, azure, &term, &metrics).await?;
    let (end, ending) = watch::channel(false);
    let every = args.lease_duration / 5;
    let keeping = leader::keep(&mut elector, &term, every, stopping.clone());
    let acting = engine.lead(hands, ending);
    let (lost, hands) = tokio::join!(
        async {
            let lost = keeping.await;
            end.send_replace(true);
            lost
        },
        acting
    );
    if lost {
        return Err(EndError::Lost);
    }
    tracing::info!("ending; what Azure was asked for is waited for");
    // The lease is renewed until the last PATCH was taken.
    let (done, until_done) = watch::channel(false);
    tokio::join!(
        async {
            hands.workers.stop().await;
            done.send_replace(true);
        },
        leader::keep(&mut elector, &term, every, until_done)
    );
    leader::leave(elector, &term).await;
    Ok(())
}

/// What this process acts with while it leads.
async fn hands(
    args: &Args,
    client: kube::Client,
    azure: Client,
    term: &Term,
    metrics: &Arc<Metrics>,
) -> Result<Hands, EndError> {
    let fence = term.fence();
    let record = Record::load(client.clone(), &args.namespace, fence.clone()).await?;
    let (tell, told) = unbounded_channel();
    let settings = Settings {
        pace: Pace {
            drift: args.drift_interval,
            linger: args.linger,
            first_probe: args.retry_interval,
            ..Pace::default()
        },
        protected: args.protect.iter().cloned().collect(),
    };
    let workers = Workers::new(
        azure,
        record.clone(),
        fence.clone(),
        settings,
        tell,
        Arc::clone(metrics) as _,
    );
    let owners = Tell::start(client.clone(), Arc::clone(metrics));
    Ok(Hands {
        client,
        fence,
        workers,
        told,
        record,
        tell: owners,
    })
}

fn azure(args: &Args) -> Result<Client, EndError> {
    Ok(Client::new(ClientOptions {
        cloud: args.cloud()?,
        credential: args.credential,
        credential_settings: args.sign_in(),
        ca_file: args.ca_file.clone(),
        // Each worker sets the times of its own calls.
        timeout: std::time::Duration::from_mins(5),
        notices: Notices::silent(),
    })?)
}

fn terms(args: &Args) -> Terms {
    let host = || std::fs::read_to_string("/etc/hostname").ok();
    let name = args.instance.clone().or_else(host).unwrap_or_default();
    // A restarted process is another one: it does not know what the former had under way.
    let identity = format!("{}_{}", name.trim(), uuid::Uuid::new_v4());
    Terms {
        namespace: args.namespace.clone(),
        name: LEASE.to_owned(),
        identity,
        duration: args.lease_duration,
        margin: args.lease_duration / 3,
    }
}

/// Waits for SIGTERM or SIGINT.
#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
