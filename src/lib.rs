//! podid.
