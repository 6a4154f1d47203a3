//! Pure rules: no I/O, no async, no clock.

pub mod resource_id;
