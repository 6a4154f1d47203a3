//! Entra ID: discovery documents, the token endpoints and the tokens themselves.

pub mod assertion;
pub mod discovery;
pub mod errors;
pub mod issuers;
pub mod jwt;
pub mod keys;
pub mod token_endpoint;
pub mod tokens;
