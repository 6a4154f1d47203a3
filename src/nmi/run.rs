//! From arguments to a daemon, and to its end.
//!
//! SIGTERM and SIGINT end it: no connection is accepted any more, requests under way are answered, then it is gone.

use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::args::{Args, Cleanup, LogFormat, Switch};
use super::caller::Callers;
use super::cluster::Cluster;
use super::connections::{Connections, Limits};
use super::daemon::{Choices, Daemon};
use super::events::events;
use super::forward::Forwarder;
use super::gate::{self, Gate};
use super::metrics::Metrics;
use super::prefetch::Prefetch;
use super::server::serve;
use super::status::{self, Offer};
use super::tokens::budget::Budget;
use super::tokens::imds::Imds;
use super::tokens::service_principal::ServicePrincipals;
use super::tokens::{Source, Sources, Tokens};
use super::{descriptors, privilege, redirect, router, taint, upstream};
use crate::azure::{self, Cloud, Transport};
use crate::k8s::{ConnectOptions, connect};
use crate::telemetry;

/// Connections of operators at most: a probe and a scraper.
const STATUS_LIMIT: usize = 64;

/// Why the daemon could not start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{0}")]
    Cloud(#[from] azure::cloud::Refusal),
    #[error("{0}")]
    Azure(#[from] azure::Error),
    #[error("the API server cannot be asked: {0}")]
    Kubernetes(#[from] crate::k8s::Error),
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error(
        "the name of the node is missing: give --node, or NODE_NAME from the pod's spec.nodeName"
    )]
    NoNode,
    #[error("{0}")]
    Redirect(#[from] redirect::Error),
    #[error("{0}")]
    System(#[from] std::io::Error),
    #[error("the address of the metadata service cannot have a path: {0}")]
    Imds(#[from] url::ParseError),
}

/// Runs podid-nmi with the process's arguments and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let translated = upstream::translate(std::env::args_os());
    if translated
        .arguments
        .get(1)
        .is_some_and(|first| first == "cleanup")
    {
        let read = Cleanup::try_parse_from(translated.arguments.into_iter().skip(1));
        return read.map_or_else(|error| misused(&error), |_| clean_up());
    }
    let args = match Args::try_parse_from(translated.arguments) {
        Ok(args) => args,
        Err(error) => return misused(&error),
    };
    telemetry::start_daemon(args.log_level, args.log_format == LogFormat::Json);
    azure::install_crypto_provider();
    for warning in translated.warnings {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .on_thread_start(privilege::give_up)
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(run(args)),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "podid-nmi did not start");
            // Also in words: the log may be filtered.
            let _ = writeln!(
                std::io::stderr(),
                "{}",
                said("podid-nmi did not start", &error)
            );
            ExitCode::FAILURE
        }
    }
}

fn misused(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// `podid-nmi cleanup`.
fn clean_up() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let cleaned = runtime
        .map_err(StartError::from)
        .and_then(|runtime| runtime.block_on(gate::clean_up()).map_err(StartError::from));
    let (text, code) = match cleaned {
        Ok(true) => (
            "The packet rules of podid-nmi were removed".to_owned(),
            ExitCode::SUCCESS,
        ),
        Ok(false) => (
            "There were no packet rules of podid-nmi".to_owned(),
            ExitCode::SUCCESS,
        ),
        Err(error) => (
            said("the packet rules were not removed", &error),
            ExitCode::FAILURE,
        ),
    };
    let _ = writeln!(std::io::stderr(), "{text}");
    code
}

/// An error in words.
fn said(what: &str, error: &StartError) -> String {
    let mut text = format!("Error: {what}\nCaused by: {error}");
    if let StartError::Redirect(error) = error
        && let Some(hint) = error.hint()
    {
        text.push_str("\nHint: ");
        text.push_str(hint);
    }
    text
}

async fn run(args: Args) -> Result<(), StartError> {
    if args.node.is_empty() {
        return Err(StartError::NoNode);
    }
    let cloud = args.cloud()?;
    let options = ConnectOptions {
        kubeconfig: args.kubeconfig.clone(),
        // A pooled connection can be dead without a word too.
        timeout: Some(args.api_server_silence),
        ..ConnectOptions::default()
    };
    let client = connect(&options).await?.client;
    let listeners = Listeners::open(&args).await?;
    let gate = Arc::new(Gate::new(&args, &listeners.addresses()?)?);
    // From here on pods wait for an answer of this instance, or are refused.
    gate.install().await?;
    // The ports are open and the redirect has threads of its own: nothing here needs a right any more.
    privilege::give_up();
    // The watches and the writer of events end with this set.
    let mut tasks = JoinSet::new();
    let daemon = Arc::new(build(&args, &cloud, client.clone(), &gate, &mut tasks)?);
    let (stop, stopping) = watch::channel(false);
    let mut servers = listeners.serve(&args, &daemon, &stopping)?;
    let (end, ending) = watch::channel(false);
    let kept = Arc::clone(&gate);
    let kept = tokio::spawn(async move { kept.run(ending).await });
    if let Some(key) = args.startup_taint.clone() {
        let (daemon, node) = (Arc::clone(&daemon), args.node.clone());
        tasks.spawn(async move {
            let ready = || status::is_ready(&daemon);
            taint::remove_when_ready(client, &node, &key, ready).await;
        });
    }
    asked_to_end().await?;
    tracing::info!("ending; requests under way are answered");
    stop.send_replace(true);
    while servers.join_next().await.is_some() {}
    // Until the last answer the rules are kept; and after it, unless they are to go.
    end.send_replace(true);
    let _ = kept.await;
    if args.cleanup {
        gate.close().await?;
    }
    Ok(())
}

fn build(
    args: &Args,
    cloud: &Cloud,
    client: kube::Client,
    gate: &Arc<Gate>,
    tasks: &mut JoinSet<()>,
) -> Result<Daemon, StartError> {
    let transport = Transport::new(cloud, args.ca_file.as_deref())?;
    let metrics = Arc::new(Metrics::default());
    let budget = Budget::new(args.imds_rate);
    tasks.spawn(Arc::clone(&budget).run());
    let cluster = Cluster::start(
        client.clone(),
        &args.node,
        args.scope(),
        args.api_server_silence,
        tasks,
    );
    let (events, writer) = events(client.clone(), &args.node, Arc::clone(&metrics));
    tasks.spawn(writer.run());
    let principals = args.allow_service_principals.then(|| {
        let allowed = args.allow_authority.clone();
        let source = ServicePrincipals::new(client, transport.clone(), cloud, allowed);
        Box::new(source) as Box<dyn Source>
    });
    let sources = Sources {
        managed: Box::new(Imds::new(transport.clone(), cloud.imds())?),
        service_principal: principals,
    };
    let held = (args.token_cache == Switch::On).then_some(args.token_cache_size);
    if args.host_token {
        tracing::warn!(
            "/host/token is on: whoever connects from the loopback address gets tokens of any pod of this node"
        );
    }
    let tokens = Tokens::new(sources, Arc::clone(&budget), Arc::clone(&metrics), held);
    let wanted = held.is_some() && args.prefetch == Switch::On;
    let prefetch = wanted.then(|| Prefetch::new(args.prefetch_resource.clone()));
    if let Some(prefetch) = prefetch.clone() {
        let (cluster, tokens) = (Arc::clone(&cluster), Arc::clone(&tokens));
        tasks.spawn(prefetch.run(cluster, tokens, Arc::clone(&metrics)));
    }
    Ok(Daemon {
        cluster,
        callers: Callers::default(),
        gate: Arc::clone(gate),
        tokens,
        prefetch,
        budget,
        forwarder: Forwarder::new(transport, cloud.imds()),
        metrics,
        events,
        choices: Choices {
            block_instance_metadata: args.block_instance_metadata,
            host_token: args.host_token,
            assignment_timeout: args.assignment_timeout,
        },
    })
}

/// Open before anything else starts: a port that is taken ends the daemon at once.
struct Listeners {
    pods: Vec<TcpListener>,
    operators: Vec<(TcpListener, Offer)>,
}

impl Listeners {
    async fn open(args: &Args) -> Result<Self, StartError> {
        let mut pods = Vec::new();
        let mut addresses = args.listen_address.clone();
        for host in gate::hosts(args)? {
            if !addresses
                .iter()
                .any(|own| *own == host || gate::covers(*own, host))
            {
                addresses.push(host);
            }
        }
        for address in addresses {
            pods.push(listen(SocketAddr::new(address, args.port)).await?);
        }
        let mut operators = vec![(listen(args.status_address).await?, Offer::All)];
        if let Some(address) = args.metrics_address {
            operators.push((listen(address).await?, Offer::Metrics));
        }
        Ok(Self { pods, operators })
    }

    /// Where pods are answered.
    fn addresses(&self) -> std::io::Result<Vec<SocketAddr>> {
        self.pods.iter().map(TcpListener::local_addr).collect()
    }

    fn serve(
        self,
        args: &Args,
        daemon: &Arc<Daemon>,
        stopping: &watch::Receiver<bool>,
    ) -> std::io::Result<JoinSet<()>> {
        let mut servers = JoinSet::new();
        let metrics = &daemon.metrics;
        let limits = Limits {
            all: descriptors::enough_for(args.max_connections),
            per_peer: args.max_connections_per_pod,
        };
        // Of all addresses together.
        let connections = Connections::new(limits, Arc::clone(metrics));
        for listener in self.pods {
            let address = listener.local_addr()?;
            tracing::info!(%address, mode = ?args.mode, node = args.node, "answering pods");
            let own = Arc::clone(daemon);
            let answer = move |peer: IpAddr, request| {
                let daemon = Arc::clone(&own);
                async move { router::answer(&daemon, peer, request).await }
            };
            let (connections, stop) = (Arc::clone(&connections), stopping.clone());
            servers.spawn(serve(
                listener,
                connections,
                args.drain_timeout,
                stop,
                answer,
            ));
        }
        for (listener, offer) in self.operators {
            let address = listener.local_addr()?;
            tracing::info!(%address, ?offer, "answering operators");
            let (own, stop) = (Arc::clone(daemon), stopping.clone());
            let answer = move |_, request| {
                let answer = status::answer(&own, offer, *stop.borrow(), &request);
                async move { answer }
            };
            let limits = Limits {
                all: STATUS_LIMIT,
                per_peer: STATUS_LIMIT,
            };
            let own = Connections::new(limits, Arc::clone(metrics));
            let stop = stopping.clone();
            servers.spawn(serve(listener, own, args.drain_timeout, stop, answer));
        }
        Ok(servers)
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|source| StartError::Listen { address, source })
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

/// Waits for Ctrl-C: the daemon runs on Linux, but can be built and tried elsewhere.
#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
