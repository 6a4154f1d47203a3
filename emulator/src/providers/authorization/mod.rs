//! Microsoft.Authorization: the endpoints. What an assignment means is decided in `crate::access`.

pub(crate) mod deny_assignments;
pub(crate) mod permissions;
pub(crate) mod role_assignments;
pub(crate) mod role_definitions;
pub(crate) mod scope;
