//! Azure Resource Manager, Entra ID and the instance metadata service on loopback.
//!
//! One [`world::World`] holds all state; [`arm::route`] takes a request to a provider in [`providers`]; [`access`] decides who may do what.
//! Nothing here is shared with podid: the emulator speaks the wire contracts of Azure, not those of its client.

pub mod access;
pub mod arm;
pub mod providers;
pub mod world;
