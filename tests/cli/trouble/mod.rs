//! Bad input and trouble: what is said, what was done, what the next run finds.

mod azure;
mod cluster;
mod identities;
mod input;
mod interrupt;
mod kubernetes;
mod pools;
mod secrets;
mod sign_in;
mod verbosity;
