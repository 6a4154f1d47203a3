//! Tests of [`super`].

use proptest::prelude::*;
use regex::Regex;

use super::*;

fn reason(item: &str) -> String {
    match PodLabels::parse(&[item]).unwrap_err().as_slice() {
        [InvalidLabels::Label { label, reason }] if label == item => reason.clone(),
        other => panic!("{other:?}"),
    }
}

/// What Kubernetes' own expressions say of a label.
fn kubernetes_accepts(key: &str, value: &str) -> bool {
    let subdomain =
        Regex::new(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$").unwrap();
    let text = Regex::new("^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$").unwrap();
    let name = match key.split('/').collect::<Vec<_>>().as_slice() {
        [name] => *name,
        [prefix, name] if prefix.len() <= 253 && subdomain.is_match(prefix) => *name,
        _ => return false,
    };
    name.len() <= 63
        && text.is_match(name)
        && value.len() <= 63
        && (value.is_empty() || text.is_match(value))
}

#[test]
fn each_rule_has_its_words() {
    let long = "a".repeat(64);
    let long_prefix = "a".repeat(254);
    for (item, expected) in [
        ("app", "it has no `=`; a label is written KEY=VALUE"),
        (
            "a=b=c",
            "it has more than one `=`; a label is written KEY=VALUE",
        ),
        ("a/b/c=d", "its key has more than one `/`"),
        ("/a=b", "the prefix of its key is empty"),
        (
            &format!("{long_prefix}/a=b"),
            "the prefix of its key has 254 characters, at most 253 are allowed",
        ),
        (
            "My.org/a=b",
            "the prefix of its key holds `M`; only a-z, 0-9, `-` and `.` are allowed",
        ),
        (
            "my..org/a=b",
            "each part of the prefix of its key must start and end with a letter or digit",
        ),
        ("=b", "its key is empty"),
        ("my.org/=b", "the name in its key is empty"),
        (
            &format!("{long}=b"),
            "its key has 64 characters, at most 63 are allowed",
        ),
        ("-a=b", "its key must start and end with a letter or digit"),
        (
            "a b=c",
            "its key holds ` `; only letters, digits, `-`, `_` and `.` are allowed",
        ),
        (
            &format!("a={long}"),
            "its value has 64 characters, at most 63 are allowed",
        ),
        (
            "a=b/c",
            "its value holds `/`; only letters, digits, `-`, `_` and `.` are allowed",
        ),
        (
            "a=b.",
            "its value must start and end with a letter or digit",
        ),
    ] {
        assert_eq!(reason(item), expected, "{item}");
    }
}

#[test]
fn a_key_with_two_values_names_both() {
    let wrong = PodLabels::parse(&["app=web", "tier=x", "app=api"]).unwrap_err();
    assert_eq!(
        wrong[0].to_string(),
        "label `app` is given twice, with the values `web` and `api`"
    );
    assert_eq!(wrong.len(), 1);
    let same = PodLabels::parse(&["app=web", "app=web", ""]).unwrap();
    assert_eq!(same.to_string(), "app=web");
}

#[test]
fn nothing_is_no_set_of_labels() {
    assert_eq!(PodLabels::parse(&[""]), Err(vec![InvalidLabels::None]));
    assert_eq!(
        PodLabels::from_map(Labels::new()),
        Err(vec![InvalidLabels::None])
    );
}

#[test]
fn everything_wrong_is_told_at_once() {
    assert_eq!(PodLabels::parse(&["a", "b=c", "-=d"]).unwrap_err().len(), 2);
}

proptest! {
    #[test]
    fn the_rules_are_those_of_kubernetes(
        key in r"([a-zA-Z0-9._-]{0,6}/){0,2}[a-zA-Z0-9._ -]{0,5}|[a-z]{60,66}|[a-z.]{250,256}/a",
        value in r"[a-zA-Z0-9._/ -]{0,5}|[a-z]{60,66}",
    ) {
        let item = format!("{key}={value}");
        let accepted = PodLabels::parse(&[item.as_str()]);
        prop_assert_eq!(accepted.is_ok(), kubernetes_accepts(&key, &value), "{}", item);
        let map = Labels::from([(key, value)]);
        prop_assert_eq!(PodLabels::from_map(map), accepted);
    }

    #[test]
    fn what_is_shown_is_read_again(
        labels in proptest::collection::btree_map("([a-z]{1,4}/)?[a-z]{1,5}", "[a-z]{0,4}", 1..5)
    ) {
        let labels = PodLabels::from_map(labels).unwrap();
        let text = labels.to_string();
        let items: Vec<&str> = text.split(' ').collect();
        prop_assert_eq!(PodLabels::parse(&items).unwrap(), labels);
    }

    #[test]
    fn never_panics(item in ".*") {
        let _ = PodLabels::parse(&[item]);
    }
}
