//! podid-emulator.
fn main() {}
