//! How requests are read, against readings of other servers. Property tests and the fuzzer of requests check it.

use crate::domain::metadata_path::{MetadataPath, Route};
use crate::domain::token_request::TokenRequest;

const TOKEN: &str = "/metadata/identity/oauth2/token";

/// Undoes escapes as a lenient server does: what is no escape stays.
fn unescaped(raw: &[u8], plus: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = raw;
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) if !tail.starts_with(b"+") => {
                out.push(byte);
                rest = &tail[2..];
            }
            (b'+', _) if plus => {
                out.push(b' ');
                rest = tail;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// The path as servers read it that undo escapes so many times, and fold what they know to fold.
fn folded(raw: &str, times: usize) -> String {
    let mut bytes = raw.as_bytes().to_vec();
    for _ in 0..times {
        bytes = unescaped(&bytes, false);
    }
    let text = String::from_utf8_lossy(&bytes)
        .to_lowercase()
        .replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Checks how a path and a query are read.
pub(crate) fn check(path: &str, query: &str) {
    if let Ok(read) = MetadataPath::parse(path) {
        let is_token = read.route == Route::Token;
        assert_eq!(read.path.to_lowercase() == TOKEN, is_token, "{path:?}");
        for times in 0..3 {
            // Whoever reads it as the token path reads what was checked as such.
            assert!(is_token || folded(path, times) != TOKEN, "{path:?}");
        }
        assert_eq!(folded(&read.path, 2), read.path.to_lowercase(), "{path:?}");
        let again = MetadataPath::parse(&read.path);
        assert_eq!(again.as_ref(), Ok(&read), "{path:?}");
    }
    if let Ok(read) = TokenRequest::parse(query) {
        let pairs = query
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let text = |part: &str| unescaped(part.as_bytes(), true);
        let all: Vec<(Vec<u8>, Vec<u8>)> = pairs
            .map(|(name, value)| (text(name), text(value)))
            .collect();
        let given = |name: &str| {
            let named = all
                .iter()
                .filter(|(own, _)| own.eq_ignore_ascii_case(name.as_bytes()));
            named.map(|(_, value)| value.as_slice()).collect::<Vec<_>>()
        };
        assert_eq!(given("resource"), [read.resource.as_bytes()], "{query:?}");
        let client = read.identity.client_id.unwrap_or_default();
        let named = given("client_id");
        assert!(named.len() <= 1, "{query:?}");
        let named = named.first().copied().unwrap_or_default();
        assert!(named.eq_ignore_ascii_case(client.as_bytes()), "{query:?}");
        assert!(
            !read
                .resource
                .contains(|c: char| c.is_control() || c.is_whitespace())
        );
    }
}

/// Checks a request as it comes: the path, `?`, the query.
pub(crate) fn check_target(target: &str) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    check(path, query);
    // The fuzzer finds the query sooner on its own.
    check(path, target);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Built from the parts that matter, so that many are nearly the token path.
        #[test]
        fn paths_and_queries_are_read_in_one_way(
            parts in prop::collection::vec(prop::sample::select(&[
                "/", "\\", "//", "/.", "/..", "%2f", "%5C", "%252f", "%2e", ".", ";", "%00", "%", "metadata", "METADATA",
                "identity", "oauth2", "token", "toke%6e", "instance", "info", "?", "&", "=", "api-version=2018-02-01",
                "&resource=r", "&RESOURCE=", "&client_id=A", "&client%5fid=b", "+", "%2b", "é", "%ff",
            ][..]), 0..14),
        ) {
            check_target(&parts.concat());
        }

        #[test]
        fn so_are_any_others(target in "[ -~]{0,80}") {
            check_target(&target);
        }

        #[test]
        fn every_detour_to_the_token_path_is_seen(
            detours in prop::collection::vec(prop::sample::select(&[
                "/", "\\", "//", "/./", "/x/../", "%2f", "%5c", "/%2e/", "/x%2f..%2F",
            ][..]), 4),
            upper in any::<u32>(),
        ) {
            let parts = ["metadata", "identity", "oauth2", "token"];
            let spelt: Vec<&str> = detours.iter().zip(&parts).flat_map(|(detour, part)| [*detour, *part]).collect();
            let spelt = spelt.concat();
            let case = |(at, c): (usize, char)| {
                if upper >> (at % 32) & 1 == 1 { c.to_ascii_uppercase() } else { c }
            };
            // A path begins with a slash whatever follows.
            let path = format!("/{}", spelt.chars().enumerate().map(case).collect::<String>());
            prop_assert_eq!(MetadataPath::parse(&path).map(|read| read.route), Ok(Route::Token), "{}", path);
        }
    }
}
