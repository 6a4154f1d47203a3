//! What can go wrong with the redirect, and what to do about it.

use std::io;
use std::net::{IpAddr, SocketAddr};

/// The result of everything in the redirect.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the redirect could not be installed, verified or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The options contradict each other; nothing was changed.
    #[error("the redirect cannot be set up: {0}")]
    Options(String),
    /// The target is no address of this node.
    #[error("{0} is not an address of this node")]
    NotLocal(IpAddr),
    /// The kernel refuses for want of a capability.
    #[error("not permitted to {doing}")]
    Permission {
        /// What was being done.
        doing: &'static str,
    },
    /// The kernel does not know nf_tables, or not what the rules need of it.
    #[error("this kernel cannot {doing}: {source}")]
    Kernel {
        /// What was being done.
        doing: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
    /// Netlink failed otherwise.
    #[error("could not {doing}: {source}")]
    Netlink {
        /// What was being done.
        doing: &'static str,
        /// The kernel's answer.
        source: io::Error,
    },
    /// A program that this method needs is not there.
    #[error("`{program}` could not be started: {source}")]
    Program {
        /// Its name.
        program: &'static str,
        /// Why it did not start.
        source: io::Error,
    },
    /// A program that this method needs failed.
    #[error("`{program}` failed: {message}")]
    Failed {
        /// Its name.
        program: &'static str,
        /// What it said.
        message: String,
    },
    /// The rules in the kernel are not the wanted ones.
    #[error("the redirect rules are not in place: {0}")]
    Rules(String),
    /// The request through the redirect got no answer.
    #[error("a request to {metadata} through the redirect got no answer: {source}")]
    Probe {
        /// The address it was sent to.
        metadata: SocketAddr,
        /// What happened to it.
        source: io::Error,
    },
    /// The request arrived somewhere else.
    #[error("a request to {metadata} was answered by {answered}, not by {wanted}")]
    Elsewhere {
        /// The address it was sent to.
        metadata: SocketAddr,
        /// Who answered.
        answered: String,
        /// Who should have.
        wanted: SocketAddr,
    },
    /// A task of the redirect ended early.
    #[error("the redirect stopped: {0}")]
    Stopped(String),
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Error::Options(_) => "see `podid-nmi --help` for the options of the redirect",
            Error::NotLocal(_) => {
                "pass the node's own address (`status.hostIP` of the pod) and run with \
                 `hostNetwork: true`"
            }
            Error::Permission { .. } => {
                "give the container the capability NET_ADMIN and run it as user 0 with \
                 `hostNetwork: true`"
            }
            Error::Kernel { .. } => {
                "the rules need Linux 5.2 or later with nf_tables, nft_nat, nft_ct, nft_reject_inet \
                 and nf_conntrack_netlink; on other nodes use `--redirect iptables`"
            }
            Error::Program { .. } => {
                "use an image that contains iptables, or `--redirect nftables`, which needs no \
                 program"
            }
            Error::Elsewhere { .. } => {
                "rules of somebody else take these packets first; look at `nft list ruleset`"
            }
            Error::Probe { .. } => {
                "is podid-nmi listening on the node's address, and does a firewall of the node \
                 drop packets to it?"
            }
            Error::Netlink { .. } | Error::Failed { .. } | Error::Rules(_) | Error::Stopped(_) => {
                return None;
            }
        })
    }

    /// The error for the kernel's answer `source` to what was being done.
    #[cfg(target_os = "linux")]
    pub(super) fn netlink(doing: &'static str, source: rustix::io::Errno) -> Self {
        use rustix::io::Errno;
        match source {
            Errno::PERM | Errno::ACCESS => Error::Permission { doing },
            // Subsystem, chain type or expression that is not built in and cannot be loaded.
            Errno::OPNOTSUPP | Errno::PROTONOSUPPORT | Errno::AFNOSUPPORT | Errno::NOENT => {
                Error::Kernel {
                    doing,
                    source: source.into(),
                }
            }
            _ => Error::Netlink {
                doing,
                source: source.into(),
            },
        }
    }

    /// The error for an answer that makes no sense.
    #[cfg(target_os = "linux")]
    pub(super) fn unreadable(doing: &'static str) -> Self {
        Error::Netlink {
            doing,
            source: io::Error::new(io::ErrorKind::InvalidData, "the answer cannot be read"),
        }
    }
}
