//! podid-nmi on the node: the shipped program, with the arguments and the account of its DaemonSet.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use super::cluster;
use super::namespace::Namespace;
use super::network::{HOST, METADATA};
use super::requirements;
use crate::env;
use crate::sandbox::azure::Azure;
use crate::sandbox::error::Error;
use crate::sandbox::process::{Guarded, Program};

const PROGRAM: &str = "podid-nmi";
/// Where it answers operators, unless told otherwise.
const STATUS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8085);
const START_TIME: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);

/// Starts it in the node's network; it ends with its owner.
pub(super) fn start(
    host: &Namespace,
    folder: &Path,
    node: &str,
    azure: &Azure,
) -> Result<Guarded, Error> {
    let path = requirements::podid_nmi()?;
    let mut arguments = cluster::daemon().arguments();
    arguments.extend([
        format!("--node={node}"),
        format!("--host-ip={HOST}"),
        format!("--metadata-address={METADATA}"),
        format!("--imds-endpoint=http://{}/", METADATA.ip()),
        format!("--status-address={STATUS}"),
        format!(
            "--kubeconfig={}",
            folder.join("podid-nmi.kubeconfig").display()
        ),
        format!("--authority-host={}", azure.url()),
        format!("--ca-file={}", folder.with_file_name("ca.pem").display()),
    ]);
    let program = Program {
        path: &path,
        arguments,
        // Not the operator's.
        environment: vec![
            (env::KUBECONFIG, None),
            (env::AZURE_CLIENT_SECRET, None),
            (env::PODID_SANDBOX, None),
        ],
        folder,
        log: folder.join("podid-nmi.log"),
        remove: None,
    };
    host.inside(|| Guarded::start(program))
        .map_err(Error::path("start", &path))
}

/// Waits until each of its checks passes: a request has come through the packet rules, its caches are filled.
pub(super) async fn ready(host: &Namespace, daemon: &mut Guarded) -> Result<(), Error> {
    let start = Instant::now();
    while !host.inside(is_ready).unwrap_or(false) {
        if daemon.ended().is_some() {
            return Err(Error::Ended {
                program: PROGRAM,
                log: daemon.log_tail(),
            });
        }
        if start.elapsed() > START_TIME {
            return Err(Error::NotReady {
                program: PROGRAM,
                seconds: START_TIME.as_secs(),
                log: daemon.log_tail(),
            });
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

fn is_ready() -> std::io::Result<bool> {
    let limit = Duration::from_secs(2);
    let mut stream = TcpStream::connect_timeout(&STATUS, limit)?;
    stream.set_read_timeout(Some(limit))?;
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.1 200 "))
}
