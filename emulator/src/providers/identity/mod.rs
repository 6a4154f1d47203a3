//! Microsoft.ManagedIdentity, and the `identity` block that other providers' resources carry.

pub(crate) mod block;
pub(crate) mod block_change;
pub(crate) mod federated_credentials;
pub(crate) mod linked_access;
pub(crate) mod user_assigned_identities;
