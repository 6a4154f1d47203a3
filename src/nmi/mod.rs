//! podid-nmi: answers the token requests of the pods of one node in place of the instance metadata service.
//!
//! - [`run`]: from arguments to a daemon, and its end. [`args`], [`upstream`]: what it can be told.
//! - [`server`], [`connections`], [`descriptors`]: connections and their limits. [`router`]: from a request to the handler in [`handlers`].
//! - [`cluster`]: what the API server says, kept up to date. [`caller`]: which pod asks. [`select`]: which identity.
//! - [`tokens`]: where tokens come from, and the cache. [`prefetch`]: before they are asked for.
//! - [`forward`]: what goes to the metadata service as it is.
//! - [`answer`], [`refusal`]: answers in the shape that clients of the metadata service read.
//! - [`redirect`]: how requests of pods are led here. [`gate`]: the proof that they are. [`taint`]: then pods may come.
//! - [`status`], [`metrics`], [`events`]: what operators see. [`privilege`]: what threads may do in the kernel.
//!
//! The order of trust: the address of the socket is the only thing believed of a caller; no header and no parameter
//! says who somebody is. Whatever is not known for certain is refused.

pub mod answer;
pub mod args;
pub mod caller;
pub mod cluster;
pub mod connections;
pub mod daemon;
pub mod descriptors;
pub mod events;
pub mod forward;
pub mod gate;
pub mod handlers;
pub mod metrics;
pub mod prefetch;
#[cfg(target_os = "linux")]
pub mod privilege;
#[cfg(not(target_os = "linux"))]
#[path = "privilege/elsewhere.rs"]
pub mod privilege;
#[cfg(target_os = "linux")]
pub mod redirect;
#[cfg(not(target_os = "linux"))]
#[path = "redirect/elsewhere.rs"]
pub mod redirect;
pub mod refusal;
pub mod router;
pub mod run;
pub mod select;
pub mod server;
pub mod status;
pub mod taint;
pub mod tokens;
pub mod upstream;

pub use run::main;
