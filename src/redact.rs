//! Takes what looks like a secret out of text that is about to be shown.
//!
//! Nothing in podid puts a secret into a message. What services, proxies and credential plugins say
//! may quote what they were sent, so everything for stderr passes here once more.

use std::borrow::Cow;

/// What stands in place of a secret.
const MASK: &str = "***";

/// Names whose value is a secret, as in a query, a form, a header or JSON; in lower case.
const NAMES: [&str; 12] = [
    "sig",
    "client_secret",
    "clientsecret",
    "client_assertion",
    "assertion",
    "access_token",
    "refresh_token",
    "id_token",
    "password",
    "bearer",
    "client-key-data",
    "x-identity-header",
];

/// How a secret begins that needs no name: a JWT, and PEM in base64.
const STARTS: [&str; 2] = ["eyJ", "LS0tLS1CRUdJTi"];

const KEY_BEGINS: &str = "-----BEGIN ";
const KEY_ENDS: &str = "-----END ";

/// The text without secrets.
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    let mut shown = Cow::Borrowed(text);
    for pass in [private_keys, tokens, named_values] {
        if let Some(changed) = pass(&shown) {
            shown = Cow::Owned(changed);
        }
    }
    shown
}

/// PEM blocks of keys; certificates are public.
fn private_keys(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(KEY_BEGINS) {
        let block = &rest[at..];
        let label = block.lines().next().unwrap_or_default();
        let end = block.find(KEY_ENDS);
        // A block that was cut short is a key as well.
        let length = end.map_or(block.len(), |end| {
            block[end..].find('\n').map_or(block.len(), |n| end + n)
        });
        if label.contains("KEY") {
            out.push_str(&rest[..at]);
            out.push_str(MASK);
        } else {
            out.push_str(&rest[..at + length]);
        }
        rest = &block[length..];
    }
    finished(out, rest, text)
}

fn tokens(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = STARTS.iter().filter_map(|start| rest.find(start)).min() {
        let inside = |c: char| c.is_ascii_alphanumeric() || "-_.+/=".contains(c);
        let length = rest[at..].find(|c| !inside(c)).unwrap_or(rest.len() - at);
        out.push_str(&rest[..at]);
        // Shorter than any token's header: a word that happens to begin like one.
        out.push_str(if length >= 12 {
            MASK
        } else {
            &rest[at..at + length]
        });
        rest = &rest[at + length..];
    }
    finished(out, rest, text)
}

/// `name=value`, `name: value`, `"name":"value"` and `Bearer value`.
fn named_values(text: &str) -> Option<String> {
    // ASCII letters only change their case, so that places stay.
    let lower = text.to_ascii_lowercase();
    let mut out = String::new();
    let mut done = 0;
    while let Some((start, end)) = next_value(&lower, done) {
        out.push_str(&text[done..start]);
        out.push_str(MASK);
        done = end;
    }
    finished(out, &text[done..], text)
}

/// Where the next secret value begins and ends.
fn next_value(lower: &str, from: usize) -> Option<(usize, usize)> {
    NAMES
        .iter()
        .filter_map(|name| {
            let mut at = from;
            while let Some(found) = lower[at..].find(name) {
                let begin = at + found;
                at = begin + name.len();
                if let Some(value) = value_after(lower, begin, at, *name == "bearer") {
                    return Some(value);
                }
            }
            None
        })
        .min()
}

fn value_after(lower: &str, begin: usize, end: usize, header: bool) -> Option<(usize, usize)> {
    // `assignment` is not `sig`: a name stands alone.
    if lower[..begin].ends_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let after = &lower[end..];
    let gap = after.len()
        - after
            .trim_start_matches(['"', '\'', '=', ':', ' ', '\\'])
            .len();
    let separated = after[..gap].contains(['=', ':']) || (header && gap > 0);
    let value = &after[gap..];
    let length = value
        .find(|c: char| c.is_whitespace() || "&\"'`,;)}]\\".contains(c))
        .unwrap_or(value.len());
    // A sentence may end in `password:`; a bearer token is longer than a word.
    let least = if header { 12 } else { 1 };
    let masked = value.starts_with(MASK);
    (separated && length >= least && !masked).then_some((end + gap, end + gap + length))
}

fn finished(mut out: String, rest: &str, text: &str) -> Option<String> {
    if rest.len() == text.len() {
        return None;
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_the_rest_stays() {
        for (text, shown) in [
            (
                "GET https://x.blob/y?sv=1&sig=aB%2Fc%3D&se=2 failed",
                "GET https://x.blob/y?sv=1&sig=***&se=2 failed",
            ),
            (
                "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQi.c2ln was sent",
                "Authorization: Bearer *** was sent",
            ),
            ("Bearer 0123456789abcdef, opaque", "Bearer ***, opaque"),
            (
                "grant_type=x&client_secret=a~b.c-d&scope=y",
                "grant_type=x&client_secret=***&scope=y",
            ),
            (
                r#"{"access_token":"abc","x":1}"#,
                r#"{"access_token":"***","x":1}"#,
            ),
            (
                "client-key-data: LS0tLS1CRUdJTiBSU0E=\n",
                "client-key-data: ***\n",
            ),
            ("data LS0tLS1CRUdJTiBSU0E= end", "data *** end"),
            (
                "a\n-----BEGIN PRIVATE KEY-----\nMIIx\n-----END PRIVATE KEY-----\nb",
                "a\n***\nb",
            ),
            ("cut -----BEGIN EC PRIVATE KEY-----\nMIIx", "cut ***"),
            ("PASSWORD = \"x y\"", "PASSWORD = \"*** y\""),
        ] {
            assert_eq!(redacted(text), shown);
        }
    }

    #[test]
    fn what_is_no_secret_is_left_alone() {
        for text in [
            "the assignment design=x of a signature",
            "Hint: set AZURE_CLIENT_SECRET, or sign in with `az login`",
            "the client secret is not valid: check it",
            "-----BEGIN CERTIFICATE-----\nMIIx\n-----END CERTIFICATE-----\n",
            "a bearer of news",
            "eyJ is how a token begins",
            "Größe=1, ünïcode sig nal",
        ] {
            assert_eq!(redacted(text), text);
        }
    }
}
