//! What the tests share: the servers, a cluster of its own for each test, and the binary's runs.

// Each test binary uses its own part.
#![allow(dead_code, unused_imports)]

mod add_on;
mod control;
mod output;
mod pods;
mod proxy;
mod run;
mod seed;
mod servers;
mod site;

pub(crate) use control::Call;
pub(crate) use output::Output;
pub(crate) use run::Started;
pub(crate) use seed::{NODE_GROUP, OPERATOR, OTHER_TENANT, Plan, desired};
pub(crate) use servers::{Kubernetes, until, wait};
pub(crate) use site::Site;
