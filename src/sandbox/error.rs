//! What can go wrong while the sandbox starts.

use std::path::{Path, PathBuf};

/// An error of the sandbox.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There are no ready binaries and no Go toolchain to build them.
    #[error(
        "the Go toolchain was not found, and it builds kube-apiserver and etcd: install Go 1.24 or \
         later, or set KUBEBUILDER_ASSETS to a folder that holds both"
    )]
    GoMissing,
    /// `KUBEBUILDER_ASSETS` names a folder without one of the binaries.
    #[error("`{program}` is not in `{}`, the folder that KUBEBUILDER_ASSETS names", folder.display())]
    AssetMissing {
        /// `etcd` or `kube-apiserver`.
        program: &'static str,
        /// The folder that was searched.
        folder: PathBuf,
    },
    /// Neither a cache folder was named nor a home folder is known.
    #[error("no cache folder is known: set PODID_CACHE_DIR")]
    NoCacheFolder,
    /// `go build` failed.
    #[error("`go build` of {program} failed:\n{log}")]
    Build {
        /// `etcd` or `kube-apiserver`.
        program: &'static str,
        /// The end of what it printed.
        log: String,
    },
    /// A server ended by itself.
    #[error("{program} ended while it started:\n{log}")]
    Ended {
        /// `etcd` or `kube-apiserver`.
        program: &'static str,
        /// The end of its log.
        log: String,
    },
    /// A server did not answer in time.
    #[error("{program} was not ready after {seconds} s:\n{log}")]
    NotReady {
        /// `etcd` or `kube-apiserver`.
        program: &'static str,
        /// How long it was waited for.
        seconds: u64,
        /// The end of its log.
        log: String,
    },
    /// A file or process operation failed.
    #[error("could not {what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A certificate could not be made.
    #[error("could not make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The key that signs service account tokens could not be made.
    #[error("could not make the key of service accounts: {0}")]
    Key(String),
    /// The API server refused a request that sets the sandbox up.
    #[error("the API server refused to {what}: {source}")]
    Kubernetes {
        /// What was asked for.
        what: String,
        /// Its answer.
        source: Box<kube::Error>,
    },
    /// The CRDs could not be installed in a new cluster.
    #[error("could not install the CRDs: {0}")]
    Crds(String),
    /// The Azure emulator did not start or did not do what it was told.
    #[error("the Azure emulator failed: {0}")]
    Azure(String),
    /// The seed cannot be used.
    #[error("the seed cannot be used: {0}")]
    Seed(String),
    /// A name that cannot be a sandbox's.
    #[error(
        "`{0}` cannot be the name of a sandbox: use 1 to 32 lower-case letters, digits and `-`"
    )]
    Name(String),
    /// A sandbox of this name runs already.
    #[error("sandbox `{0}` is up already")]
    Running(String),
    /// No sandbox of this name runs.
    #[error("sandbox `{0}` is not up")]
    Down(String),
    /// The node of a sandbox is for Linux.
    #[error("a sandbox with podid-nmi needs Linux: pods are network namespaces there")]
    NotLinux,
    /// The node of a sandbox is for root.
    #[error(
        "a sandbox with podid-nmi needs root: it makes network namespaces, and packet rules in them"
    )]
    NotRoot,
    /// A program that makes networks is missing.
    #[error("a sandbox with podid-nmi needs the program `{program}`, which was not found")]
    ProgramMissing {
        /// The program.
        program: &'static str,
        /// The package that has it.
        package: &'static str,
    },
    /// There is no podid-nmi to run.
    #[error("the program `podid-nmi` is neither beside podid nor on the search path")]
    NmiMissing,
    /// The node could not be set up.
    #[error("the node of the sandbox failed: {0}")]
    Node(String),
    /// A kubeconfig could not be used.
    #[error("the kubeconfig of the sandbox cannot be used: {0}")]
    Kubeconfig(#[from] kube::config::KubeconfigError),
}

impl Error {
    /// An I/O error while `what` was tried.
    pub(super) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Error {
        let what = what.into();
        move |source| Error::Io { what, source }
    }

    /// An I/O error while `verb` was tried on `path`.
    pub(super) fn path(verb: &str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
        Error::io(format!("{verb} `{}`", path.display()))
    }

    /// A request to the API server that failed while `what` was tried.
    pub(super) fn kubernetes(what: impl Into<String>) -> impl FnOnce(kube::Error) -> Error {
        let what = what.into();
        move |source| Error::Kubernetes {
            what,
            source: Box::new(source),
        }
    }
}
