//! How the target of a request is read: the path and the query, against readings of other servers.

#![no_main]

use libfuzzer_sys::fuzz_target;

// The rules themselves, without the rest of podid: so the fuzzers are ready in a minute.
#[allow(dead_code)]
#[path = "../../src/domain/mod.rs"]
mod domain;
#[path = "../../src/domain/request_property.rs"]
mod request_property;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(target) = std::str::from_utf8(bytes) {
        request_property::check_target(target);
    }
});
