//! Azure Resource Manager, Entra ID and the instance metadata service on loopback.
//!
//! One [`world::World`] behind one lock holds all state. [`server`] takes connections in, records calls and makes faults happen;
//! [`arm::route`] takes an ARM request to its provider in [`providers`]; [`access`] decides who may do what; [`entra`] issues tokens,
//! [`imds`] hands them to nodes, [`vault`] lets them be used; [`control`] is for tests. [`seed`] reads and writes the world.
//! Nothing here is shared with podid: the emulator speaks the wire contracts of Azure, not those of its client.

#![cfg_attr(test, allow(clippy::unwrap_used))]
// An ArmError is made once per refused request; boxing it everywhere would only cost readability.
#![allow(clippy::result_large_err)]
// Nearly every function here only computes; the attribute on each would say nothing.
#![allow(clippy::must_use_candidate)]

pub mod access;
pub mod arm;
mod background;
pub mod control;
mod emulator;
pub mod entra;
pub mod imds;
pub mod providers;
pub mod seed;
pub mod server;
pub mod vault;
pub mod world;

pub use self::emulator::{Emulator, Options, StartError};
pub use self::seed::{Seed, SeedError};
