//! Names of the records that say a node holds an identity for a pod.
//!
//! Readable, and one of a kind: the pod's and the identity's name alone run together (`a` and `b-c` read as `a-b`
//! and `c`), and a pod of the same name comes after another, so a digest over all of it stands at the end.

use uuid::Uuid;

use super::matching::Key;

/// Digests of assignments are over this and what they name.
const SPACE: Uuid = Uuid::from_u128(0x6f2b_8c1d_4e3a_4c57_9a1e_7d50_32b4_98e6);
/// Characters of the pod's and of the identity's name that are kept.
const KEPT: usize = 40;
/// Digits of the digest: those before the first that a UUID fixes.
const DIGITS: usize = 12;

/// The name of the record for a pod, made once as `uid`, and an identity: a DNS label's characters, at most 94.
#[must_use]
pub fn assignment_name(pod: &Key, uid: &str, identity: &Key) -> String {
    let whole = [
        uid,
        &pod.namespace,
        &pod.name,
        &identity.namespace,
        &identity.name,
    ];
    // Names of objects have no slash.
    let digest = Uuid::new_v5(&SPACE, whole.join("/").as_bytes())
        .simple()
        .to_string();
    let mut parts = vec![readable(&pod.name), readable(&identity.name)];
    parts.push(digest[..DIGITS].to_owned());
    parts.retain(|part| !part.is_empty());
    parts.join("-")
}

/// The beginning of a name in characters that may stand anywhere in a name.
fn readable(name: &str) -> String {
    let letters = name.chars().map(|c| match c {
        'a'..='z' | '0'..='9' => c,
        'A'..='Z' => c.to_ascii_lowercase(),
        _ => '-',
    });
    let cut: String = letters.take(KEPT).collect();
    cut.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_shows_what_it_is_for() {
        let name = assignment_name(&Key::new("shop", "web-0"), "1", &Key::new("shop", "reader"));
        assert!(name.starts_with("web-0-reader-"), "{name}");
        assert_eq!(name.len(), "web-0-reader-".len() + DIGITS);
    }

    #[test]
    fn what_reads_the_same_is_told_apart() {
        let id = Key::new("n", "id");
        let names = [
            assignment_name(&Key::new("b-c", "a"), "1", &id),
            assignment_name(&Key::new("c", "a-b"), "1", &id),
            assignment_name(&Key::new("c", "a-b"), "2", &id),
            assignment_name(&Key::new("c", "a"), "1", &Key::new("n", "b-id")),
            assignment_name(&Key::new("c", "a-b"), "1", &Key::new("m", "id")),
            assignment_name(&Key::new("c", "a.b"), "1", &id),
        ];
        let different: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
    }

    fn is_label_like(name: &str) -> bool {
        let inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        name.len() <= 2 * KEPT + DIGITS + 2
            && name.chars().all(inside)
            && !name.starts_with('-')
            && !name.ends_with('-')
    }

    fn object_name() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab]([-.][ab]){0,3}",
            "[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?",
        ]
    }

    fn key() -> impl Strategy<Value = Key> {
        ("[ab](-[ab]){0,2}", object_name()).prop_map(|(namespace, name)| Key::new(namespace, name))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Different pods and identities have different names, the same ones always the same, and all are valid.
        #[test]
        fn names_are_valid_and_one_of_a_kind(
            all in prop::collection::vec((key(), "[0-3]", key()), 1..60),
        ) {
            let mut seen: HashMap<String, (Key, String, Key)> = HashMap::new();
            for (pod, uid, identity) in all {
                let name = assignment_name(&pod, &uid, &identity);
                prop_assert!(is_label_like(&name), "{}", name);
                let this = (pod, uid, identity);
                if let Some(other) = seen.insert(name, this.clone()) {
                    prop_assert_eq!(other, this);
                }
            }
        }

        /// Whatever is called by whatever name, the record's name is valid.
        #[test]
        fn any_text_makes_a_valid_name(pod in ".{0,80}", identity in ".{0,80}") {
            let name = assignment_name(&Key::new("a", pod), "1", &Key::new("a", identity));
            prop_assert!(is_label_like(&name), "{}", name);
        }
    }
}
