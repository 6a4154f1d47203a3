//! podid.
fn main() {}
