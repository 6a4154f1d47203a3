//! The HTTP server: listeners, TLS, and what every request goes through.

pub mod connections;
pub mod handler;
pub mod incoming;
pub mod services;
pub mod shared;
pub mod tls;

pub use self::shared::Shared;
