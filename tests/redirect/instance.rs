//! The redirect as an instance of podid-nmi runs it on the node.

use std::thread::{self, JoinHandle};
use std::time::Duration;

use podid::nmi::redirect::{Method, Options, Redirect, Result};
use tokio::sync::oneshot;

use crate::node::{Entry, HOST, HOST_6, IMDS_6, Node, Place, address};

/// The redirect of both families to `port` of the node.
pub(crate) fn options(method: Method, port: u16) -> Options {
    let targets = vec![
        address(&format!("{HOST}:{port}")),
        address(&format!("[{HOST_6}]:{port}")),
    ];
    let mut options = Options::new(method, targets);
    options.metadata.push(address(IMDS_6));
    // Longer than any test: what comes back in time was noticed, not found by chance.
    options.resync = Duration::from_mins(10);
    options
}

/// Runs `work` in the node's namespace.
pub(crate) fn on<T: Send>(node: &Node, work: impl Future<Output = T> + Send) -> T {
    node.inside(Place::Host, || runtime().block_on(work))
}

/// Installs the redirect and ends, as an instance does that is stopped.
pub(crate) fn install(node: &Node, options: Options) -> Redirect {
    let redirect = Redirect::new(options).unwrap();
    on(node, redirect.install()).unwrap();
    redirect
}

/// An instance that watches its rules.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) redirect: Redirect,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<()>>>,
}

impl Instance {
    /// Starts one; it has installed its rules when this returns.
    pub(crate) fn start(node: &Node, options: Options) -> Self {
        let redirect = Redirect::new(options).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let (ready, installed) = std::sync::mpsc::channel();
        let entry: Entry = node.entry(Place::Host);
        let watched = redirect.clone();
        let thread = thread::spawn(move || {
            entry.enter();
            runtime().block_on(async {
                ready.send(watched.install().await).unwrap();
                let stop = async { drop(stopped.await) };
                watched.watch(stop).await
            })
        });
        installed.recv().unwrap().unwrap();
        Instance {
            redirect,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        drop(self.stop.take());
        let ended = self.thread.take().map(JoinHandle::join);
        if !thread::panicking() {
            ended.unwrap().unwrap().unwrap();
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    // Of one thread: that and the ones it starts are in the namespace.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
