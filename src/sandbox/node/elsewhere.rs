//! Systems without network namespaces: [`super::requirements`] has refused a node before anything here is reached.

use std::convert::Infallible;
use std::io;
use std::path::Path;
use std::process::Command;

use super::NotReplaced;
use crate::sandbox::api_server::ApiServer;
use crate::sandbox::azure::Azure;
use crate::sandbox::error::Error;

/// A node; there is none here.
#[derive(Debug)]
pub(in crate::sandbox) struct Node(Infallible);

impl Node {
    pub(in crate::sandbox) async fn start(
        _folder: &Path,
        _azure: &Azure,
        _server: &ApiServer,
    ) -> Result<Node, Error> {
        Err(Error::NotLinux)
    }

    pub(in crate::sandbox) fn folder(&self) -> &Path {
        match self.0 {}
    }
}

/// Becomes `command` inside a network; never here.
#[must_use]
pub fn replace_by(_way: &Path, _command: Command) -> NotReplaced {
    NotReplaced::Network(io::ErrorKind::Unsupported.into())
}
