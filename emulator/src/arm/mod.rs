//! Azure Resource Manager's front: requests, replies, errors and routing. What a resource type does lives in `providers`.

pub mod error;
pub mod operation_status;
pub mod request;
pub mod route;
pub mod target;
pub mod throttle;
