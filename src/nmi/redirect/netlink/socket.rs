//! Sockets to the kernel: one for requests, one for announcements of changes.

use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::netlink::{self, SocketAddrNetlink};
use rustix::net::sockopt::{Timeout, set_socket_recv_buffer_size, set_socket_timeout};
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, bind, recvfrom, sendto,
    socket_with,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::message::{Answer, DUMP, Request, read};
use crate::nmi::redirect::error::{Error, Result};

/// Kinds every family of netlink has.
const ERROR: u16 = 2;
const DONE: u16 = 3;
/// Flag of an answer: the dump was disturbed by a change and may miss something.
const DUMP_INTERRUPTED: u16 = 0x10;
/// How often a disturbed dump is repeated.
const DUMP_ATTEMPTS: usize = 10;
/// The kernel answers at once; a longer silence is a fault.
const PATIENCE: Duration = Duration::from_secs(5);
/// Larger than any datagram the kernel makes of a dump.
const DATAGRAM: usize = 1 << 16;
const OPENING: &str = "open a netlink socket";
const LISTENING: &str = "listen to changes of the packet rules";

/// A socket for requests.
#[derive(Debug)]
pub(crate) struct Netlink {
    socket: OwnedFd,
    sequence: u32,
}

impl Netlink {
    /// A socket to netfilter: nf_tables and connection tracking.
    pub(crate) fn netfilter() -> Result<Self> {
        Self::open(Some(netlink::NETFILTER))
    }

    /// A socket to addresses and routes.
    pub(crate) fn route() -> Result<Self> {
        // `NETLINK_ROUTE` is 0, the protocol that need not be named.
        Self::open(None)
    }

    fn open(protocol: Option<Protocol>) -> Result<Self> {
        let opened = open(protocol, SocketFlags::empty(), 0).and_then(|socket| {
            set_socket_timeout(&socket, Timeout::Recv, Some(PATIENCE))?;
            Ok(socket)
        });
        let socket = opened.map_err(|errno| Error::netlink(OPENING, errno))?;
        let sequence = 0;
        Ok(Netlink { socket, sequence })
    }

    /// Sends the requests as one transaction; the last of them that asks for it is waited for.
    ///
    /// # Errors
    /// The first refusal, by what the refused request does.
    pub(crate) fn transact(&mut self, requests: &[Request]) -> Result<Vec<Answer>> {
        let (first, last) = self.send(requests)?;
        let acknowledged = requests.iter().rposition(Request::is_acknowledged);
        let Some(acknowledged) = acknowledged.and_then(|at| u32::try_from(at).ok()) else {
            return Ok(Vec::new());
        };
        let mut answers = Vec::new();
        let doing = requests.first().map_or(OPENING, |request| request.doing);
        loop {
            for answer in self.receive(doing)? {
                if !(first..=last).contains(&answer.sequence) {
                    continue;
                }
                if answer.kind != ERROR {
                    answers.push(answer);
                    continue;
                }
                let at = usize::try_from(answer.sequence - first).unwrap_or_default();
                let doing = requests.get(at).map_or(doing, |request| request.doing);
                outcome(&answer, doing)?;
                if answer.sequence == first + acknowledged {
                    return Ok(answers);
                }
            }
        }
    }

    /// Everything the kernel has for a request.
    ///
    /// # Errors
    /// When it refuses, or when changes never cease while it answers.
    pub(crate) fn dump(&mut self, request: Request) -> Result<Vec<Answer>> {
        let doing = request.doing;
        let request = request.flags(DUMP);
        for _ in 0..DUMP_ATTEMPTS {
            let (sequence, _) = self.send(std::slice::from_ref(&request))?;
            if let Some(answers) = self.dumped(sequence, doing)? {
                return Ok(answers);
            }
        }
        Err(Error::netlink(doing, Errno::AGAIN))
    }

    /// The answers of one dump; `None` when it was disturbed.
    fn dumped(&mut self, sequence: u32, doing: &'static str) -> Result<Option<Vec<Answer>>> {
        let mut answers = Vec::new();
        let mut disturbed = false;
        loop {
            for answer in self.receive(doing)? {
                if answer.sequence != sequence {
                    continue;
                }
                disturbed |= answer.flags & DUMP_INTERRUPTED != 0;
                match answer.kind {
                    ERROR | DONE => {
                        outcome(&answer, doing)?;
                        return Ok((!disturbed).then_some(answers));
                    }
                    _ => answers.push(answer),
                }
            }
        }
    }

    /// Sends requests in one datagram; the first and the last of their numbers.
    fn send(&mut self, requests: &[Request]) -> Result<(u32, u32)> {
        let doing = requests.first().map_or(OPENING, |request| request.doing);
        let first = self.sequence + 1;
        let mut bytes = Vec::new();
        for request in requests {
            self.sequence += 1;
            request.encode(self.sequence, &mut bytes);
        }
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&self.socket, &bytes, SendFlags::empty(), &kernel)
            .map_err(|errno| Error::netlink(doing, errno))?;
        Ok((first, self.sequence))
    }

    fn receive(&self, doing: &'static str) -> Result<Vec<Answer>> {
        receive(&self.socket).map_err(|errno| Error::netlink(doing, errno))
    }
}

/// A socket that hears of changes.
#[derive(Debug)]
pub(crate) struct Changes {
    socket: AsyncFd<OwnedFd>,
}

impl Changes {
    /// A socket for every change of nf_tables, by whomever it is made; needs the right to change them.
    pub(crate) fn of_nftables() -> Result<OwnedFd> {
        /// `NFNLGRP_NFTABLES`, as a bit.
        const GROUP: u32 = 1 << (7 - 1);
        /// Room for announcements that come faster than they are read.
        const ROOM: usize = 1 << 20;
        let opened =
            open(Some(netlink::NETFILTER), SocketFlags::NONBLOCK, GROUP).and_then(|socket| {
                set_socket_recv_buffer_size(&socket, ROOM)?;
                Ok(socket)
            });
        opened.map_err(|errno| Error::netlink(LISTENING, errno))
    }

    /// Hears of the changes on such a socket; needs no right.
    pub(crate) fn on(socket: OwnedFd) -> Result<Self> {
        let doing = LISTENING;
        let socket = register(socket).map_err(|source| Error::Netlink { doing, source })?;
        Ok(Changes { socket })
    }

    /// Waits for a message that `concerns`, or for the news that some were lost.
    pub(crate) async fn next(&mut self, concerns: impl Fn(&Answer) -> bool) -> Result<()> {
        let doing = LISTENING;
        let mut concerned = false;
        loop {
            let ready = self.socket.readable().await;
            let mut ready = ready.map_err(|source| Error::Netlink { doing, source })?;
            // All that is waiting is read, so that a burst is answered once.
            loop {
                match receive(self.socket.get_ref()) {
                    Ok(answers) => concerned |= answers.iter().any(&concerns),
                    // More was announced than there was room for.
                    Err(Errno::NOBUFS) => concerned = true,
                    Err(Errno::AGAIN) => break,
                    Err(errno) => return Err(Error::netlink(doing, errno)),
                }
            }
            ready.clear_ready();
            if concerned {
                return Ok(());
            }
        }
    }
}

/// `AsyncFd::register` asks for `unsafe` because a value might change its descriptor; an `OwnedFd`
/// cannot, so that the former constructor is sound here.
#[expect(deprecated)]
fn register(socket: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(socket, Interest::READABLE)
}

fn open(
    protocol: Option<Protocol>,
    flags: SocketFlags,
    groups: u32,
) -> rustix::io::Result<OwnedFd> {
    let flags = flags | SocketFlags::CLOEXEC;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol)?;
    bind(&socket, &SocketAddrNetlink::new(0, groups))?;
    Ok(socket)
}

/// The messages of one datagram of the kernel.
fn receive(socket: &OwnedFd) -> rustix::io::Result<Vec<Answer>> {
    let mut buffer = Vec::with_capacity(DATAGRAM);
    loop {
        let space: &mut [MaybeUninit<u8>] = buffer.spare_capacity_mut();
        let ((bytes, _), _, sender) = match recvfrom(socket, space, RecvFlags::empty()) {
            Err(Errno::INTR) => continue,
            received => received?,
        };
        // Any process may send to this socket; only the kernel, number 0, is believed.
        let sender = sender.and_then(|sender| SocketAddrNetlink::try_from(sender).ok());
        if sender.is_some_and(|sender| sender.pid() == 0) {
            return Ok(read(bytes).collect());
        }
        buffer.clear();
    }
}

/// The outcome in an acknowledgement or at the end of a dump.
fn outcome(answer: &Answer, doing: &'static str) -> Result<()> {
    match answer.outcome() {
        Some(code) if code < 0 => Err(Error::netlink(doing, Errno::from_raw_os_error(-code))),
        Some(_) => Ok(()),
        None => Err(Error::unreadable(doing)),
    }
}
