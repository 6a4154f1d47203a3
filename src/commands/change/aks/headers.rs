//! `--aks-custom-headers`: headers of the PUT of a cluster.

use crate::error::{Error, Result};

/// Headers that podid sets itself: a second one would contradict it.
const OWN: [&str; 6] = [
    "authorization",
    "content-length",
    "content-type",
    "host",
    "if-match",
    "transfer-encoding",
];

/// Reads `Name=Value,Name=Value`; a value may hold `=`. Empty means none, as with az.
///
/// # Errors
/// A part without `=`, or what is not a header.
pub fn parse(text: Option<&str>) -> Result<Vec<(String, String)>> {
    let text = text.unwrap_or_default();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(',').map(one).collect()
}

fn one(part: &str) -> Result<(String, String)> {
    let refused = |why: String| {
        Error::usage("The custom headers are not valid")
            .cause(why)
            .hint("give them as Name=Value,Name=Value")
            .target("--aks-custom-headers")
    };
    let Some((name, value)) = part.split_once('=') else {
        return Err(refused(format!("`{part}` has no `=`")));
    };
    let (name, value) = (name.trim(), value.trim());
    // Neither may end the line: what follows would be a header of its own.
    let in_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(in_name) {
        return Err(refused(format!("`{name}` is not the name of a header")));
    }
    if !value.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        return Err(refused(format!(
            "the value of `{name}` holds a character that a header must not hold"
        )));
    }
    if OWN.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Err(refused(format!("podid sets `{name}` itself")));
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_the_sign() {
        let headers = parse(Some("AKSHTTPCustomFeatures=A/B, X-Token=a=b=")).unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            headers,
            [
                pair("AKSHTTPCustomFeatures", "A/B"),
                pair("X-Token", "a=b=")
            ]
        );
        assert_eq!(parse(Some("")).unwrap(), []);
        assert_eq!(parse(None).unwrap(), []);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for bad in [
            "a",
            "a=b,",
            "=b",
            "a b=c",
            "a=b\r\nc: d",
            "If-Match=*",
            "a=ü",
        ] {
            assert!(parse(Some(bad)).is_err(), "{bad:?}");
        }
    }
}
