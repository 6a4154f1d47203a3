//! Paths of requests to the instance metadata service, brought to one form before anything matches them.
//!
//! Servers differ in what they fold: case, `.` and `..`, doubled and backward slashes, escapes. A filter that
//! matches one spelling and forwards another lets a token request pass as something else (CVE-2022-23551). Here
//! every spelling becomes one path, only that path is matched and only that path is ever forwarded; what cannot
//! be brought to one form beyond doubt is refused.

/// Longest path that is read.
const LONGEST: usize = 1024;

/// What a path asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `/metadata/identity/oauth2/token`.
    Token,
    /// `/metadata/identity/info`.
    Info,
    /// `/host/token`, for drivers on the node.
    HostToken,
    /// `/metadata/instance` and below.
    Instance,
    /// Another branch of the metadata service that holds no credential.
    Metadata,
    /// Nothing that is answered.
    Unknown,
}

/// A path in its one form, and what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataPath {
    /// What it asks for.
    pub route: Route,
    /// The path: no empty, `.` or `..` parts, no escapes, no slash at its end.
    pub path: String,
}

/// Why a path is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathRefusal {
    /// It is longer than any path of the metadata service.
    #[error("the path is longer than {LONGEST} characters")]
    TooLong,
    /// It does not begin with a slash.
    #[error("the path does not begin with a slash")]
    NotAbsolute,
    /// `%` without two hexadecimal digits.
    #[error("the path holds a `%` that begins no escape")]
    BadEscape,
    /// An escape of an escape.
    #[error("the path is escaped twice")]
    EscapedTwice,
    /// A character that no path of the metadata service has.
    #[error("the path holds the character U+{0:04X}, which no path of the metadata service has")]
    Character(u32),
    /// `..` leads out of the root.
    #[error("the path leads above its root")]
    AboveRoot,
    /// A part that ends with a dot, which some servers drop.
    #[error("a part of the path ends with a dot")]
    TrailingDot,
}

impl MetadataPath {
    /// Reads the path of a request, as it was sent, without its query.
    ///
    /// # Errors
    /// When two servers could read the path as two different ones.
    pub fn parse(raw: &str) -> Result<Self, PathRefusal> {
        if raw.len() > LONGEST {
            return Err(PathRefusal::TooLong);
        }
        let decoded = decode(raw)?;
        if !decoded.starts_with('/') {
            return Err(PathRefusal::NotAbsolute);
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in decoded.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or(PathRefusal::AboveRoot)?;
                }
                part if part.ends_with('.') => return Err(PathRefusal::TrailingDot),
                part => parts.push(part),
            }
        }
        Ok(Self {
            route: route(&parts),
            path: format!("/{}", parts.join("/")),
        })
    }
}

/// Undoes escapes and backward slashes; what is left holds only characters that mean themselves.
fn decode(raw: &str) -> Result<String, PathRefusal> {
    let mut decoded = String::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'%' => {
                let mut digit = || {
                    bytes
                        .next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                };
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err(PathRefusal::BadEscape);
                };
                let byte = u8::try_from(high * 16 + low).unwrap_or(0);
                if byte == b'%' {
                    return Err(PathRefusal::EscapedTwice);
                }
                byte
            }
            byte => byte,
        };
        match byte {
            b'\\' | b'/' => decoded.push('/'),
            b'-' | b'.' | b'_' | b'~' => decoded.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => decoded.push(char::from(byte)),
            byte => return Err(PathRefusal::Character(u32::from(byte))),
        }
    }
    Ok(decoded)
}

fn route(parts: &[&str]) -> Route {
    let is = |at: usize, name: &str| {
        parts
            .get(at)
            .is_some_and(|part| part.eq_ignore_ascii_case(name))
    };
    if is(0, "host") && is(1, "token") && parts.len() == 2 {
        return Route::HostToken;
    }
    if !is(0, "metadata") {
        return Route::Unknown;
    }
    if is(1, "identity") {
        return match parts.len() {
            4 if is(2, "oauth2") && is(3, "token") => Route::Token,
            3 if is(2, "info") => Route::Info,
            _ => Route::Unknown,
        };
    }
    if is(1, "instance") {
        return Route::Instance;
    }
    // What is not on this list is not forwarded: a branch that Azure adds tomorrow may hand out credentials.
    let open = ["attested", "loadbalancer", "scheduledevents", "versions"];
    if open.iter().any(|name| is(1, name)) {
        return Route::Metadata;
    }
    Route::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route_of(path: &str) -> Route {
        MetadataPath::parse(path).unwrap().route
    }

    #[test]
    fn every_spelling_of_the_token_path_is_the_token_path() {
        for path in [
            "/metadata/identity/oauth2/token",
            "/metadata/identity/oauth2/token/",
            "/Metadata/Identity/OAuth2/Token",
            "/METADATA/IDENTITY/OAUTH2/TOKEN//",
            "//metadata//identity///oauth2/token",
            "/./metadata/./identity/oauth2/./token/.",
            "/metadata/instance/../identity/oauth2/token",
            "/metadata/identity/info/../oauth2/token",
            r"/metadata/identity\oauth2\token",
            r"\metadata\identity\oauth2\token",
            "/metadata%2fidentity%2Foauth2/token",
            "/metadata/identity%5coauth2%5Ctoken",
            "/%6d%65tadata/identity/oauth2/%74oken",
            "/metadata/instance/%2e%2e/identity/oauth2/token",
            r"/metadata/instance\..\identity\oauth2\token",
            r"/metadata/identity/\oauth2/\token",
        ] {
            let parsed = MetadataPath::parse(path).unwrap();
            assert_eq!(parsed.route, Route::Token, "{path}");
            assert_eq!(
                parsed.path.to_lowercase(),
                "/metadata/identity/oauth2/token",
                "{path}"
            );
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_refused() {
        for path in [
            "",
            "metadata/identity/oauth2/token",
            "*",
            "/metadata/identity%252foauth2%252ftoken",
            "/metadata/identity/oauth2/token%00",
            "/metadata/identity/oauth2/token%20",
            "/metadata/identity/oauth2/token%0d%0a",
            "/metadata/identity;v=1/oauth2/token",
            "/metadata/identity/oauth2/token;",
            "/metadata/identity/oauth2/token.",
            "/metadata/identity./oauth2/token",
            "/metadata/.../identity/oauth2/token",
            "/metadata/identity%c0%afoauth2%c0%aftoken",
            "/metadata/identity/oauth2/tok%e2%84%aaen",
            "/metadata/identity/oauth2/to%u006ben",
            "/metadata/identity/oauth2/token%",
            "/metadata/identity/oauth2/token%3f",
            "/metadata/identity/oauth2/token%23",
            "/metadata/identity+/oauth2/token",
            "/metadata/identity:80/oauth2/token",
            "/../metadata/identity/oauth2/token",
            "/metadata/../../identity/oauth2/token",
            "/metadata/identity/o\u{430}uth2/token",
        ] {
            assert!(MetadataPath::parse(path).is_err(), "{path}");
        }
        let long = format!("/metadata/{}", "a".repeat(LONGEST));
        assert_eq!(MetadataPath::parse(&long), Err(PathRefusal::TooLong));
    }

    #[test]
    fn neighbours_of_the_token_path_are_unknown() {
        for path in [
            "/metadata/identity/oauth2/tokens",
            "/metadata/identity/oauth2",
            "/metadata/identity",
            "/metadata/identity/oauth2/token/more",
            "/metadata/identityoauth2token",
            "/metadata/identity/system/oauth2/token",
            "/identity/oauth2/token",
            "/metadata",
            "/",
            "/metadata/endpoints",
            "/msi/token",
            "/host/token/more",
        ] {
            assert_eq!(route_of(path), Route::Unknown, "{path}");
        }
    }

    #[test]
    fn the_rest_is_told_apart() {
        assert_eq!(route_of("/metadata/identity/info"), Route::Info);
        assert_eq!(route_of("/host/token/"), Route::HostToken);
        assert_eq!(route_of("/metadata/Instance/compute/vmId"), Route::Instance);
        assert_eq!(route_of("/metadata/attested/document"), Route::Metadata);
        assert_eq!(route_of("/metadata/versions"), Route::Metadata);
    }

    proptest::proptest! {
        /// What is accepted is a fixed point: read again, even unescaped once more, it says the same.
        #[test]
        fn an_accepted_path_has_one_reading(raw in "[/\\\\.%a-fA-F0-9mtdinyouhke2-]{0,60}") {
            if let Ok(parsed) = MetadataPath::parse(&raw) {
                proptest::prop_assert_eq!(&MetadataPath::parse(&parsed.path).unwrap(), &parsed);
                proptest::prop_assert!(!parsed.path.contains(['%', '\\']));
                let mut parts = parsed.path[1..].split('/');
                let folds = |part: &str| matches!(part, "" | "." | "..");
                proptest::prop_assert!(parsed.path == "/" || !parts.any(folds));
            }
        }

        #[test]
        fn nothing_makes_it_panic(raw in ".{0,200}") {
            let _ = MetadataPath::parse(&raw);
        }
    }
}
