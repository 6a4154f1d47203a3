//! Which identity a pod gets, over any sequence of events, against a model that knows no index.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The rules themselves, without the rest of podid: so the fuzzers are ready in a minute.
#[allow(dead_code)]
#[path = "../../src/domain/mod.rs"]
mod domain;
#[path = "../../src/domain/matching/property/world.rs"]
mod world;

fuzz_target!(|bytes: &[u8]| world::run(bytes, |_| {}));
