//! A request through the redirect, as proof that it works.
//!
//! A packet of a pod arrives on the pod's device, and podid-nmi has none to send from. Its probe
//! leaves the node's own side instead, with a mark for which the rules repeat the redirect, and
//! podid-nmi must answer. It proves that the kernel redirects, that the target listens and that
//! nothing in between drops. That the same holds on arrival is known from the rules read back
//! from the kernel, not from a packet.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use super::conntrack;
use super::error::{Error, Result};
use super::options::Options;

/// The mark of the probe's packets: "podi". No part of Kubernetes uses the whole word as a mark.
pub(super) const MARK: u32 = 0x706f_6469;
/// The path the probe asks for. Any answer will do, also a refusal.
pub const PATH: &str = "/podid/probe";
/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends one request to each redirected metadata address.
pub(super) fn run(options: &Options) -> Result<()> {
    for (metadata, target) in options.pairs() {
        let stream = connect(metadata)?;
        let failed = |source| Error::Probe { metadata, source };
        let from = stream.local_addr().map_err(failed)?;
        let answered = conntrack::answerer(from, metadata)?;
        if answered != Some(target) {
            return Err(Error::Elsewhere {
                metadata,
                answered: answered.map_or_else(|| "nobody".to_owned(), |who| who.to_string()),
                wanted: target,
            });
        }
        ask(stream, metadata).map_err(failed)?;
    }
    Ok(())
}

fn connect(metadata: SocketAddr) -> Result<TcpStream> {
    let failed = |source| Error::Probe { metadata, source };
    let domain = Domain::for_address(metadata);
    let socket = Socket::new(domain, Type::STREAM, Some(Protocol::TCP)).map_err(failed)?;
    socket
        .set_mark(MARK)
        .map_err(|source| match source.kind() {
            io::ErrorKind::PermissionDenied => Error::Permission {
                doing: "mark the probe of the redirect",
            },
            _ => failed(source),
        })?;
    let connected = socket.connect_timeout(&metadata.into(), PATIENCE);
    connected.map_err(failed)?;
    Ok(socket.into())
}

fn ask(mut stream: TcpStream, metadata: SocketAddr) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {metadata}\r\nMetadata: true\r\n\
         User-Agent: podid-nmi-probe\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes())?;
    let mut start = [0; 7];
    stream.read_exact(&mut start)?;
    if &start == b"HTTP/1." {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidData,
        "the answer is not HTTP",
    ))
}
