//! What is kept, and what is given up.

use zeroize::Zeroizing;

use super::super::token::Said;
use super::*;
use crate::nmi::refusal;

pub(super) fn key(identity: &str, resource: &str) -> Key {
    let identity = Identity {
        client_id: identity.to_owned(),
        ..Identity::default()
    };
    Key {
        identity: Arc::new(identity),
        resource: resource.to_owned(),
        tenant: None,
    }
}

fn token(text: &str) -> Arc<Token> {
    Arc::new(Token::new(Said {
        access_token: Zeroizing::new(text.to_owned()),
        expires_in: 3600,
        ..Said::default()
    }))
}

fn put(cache: &mut Cache<()>, key: &Key, result: &Result<Arc<Token>, Refusal>) {
    cache.fly(key.clone(), ());
    assert!(cache.is_flying(key));
    cache.land(key, result, &Moment::now());
    assert!(!cache.is_flying(key));
}

#[test]
fn trouble_that_passes_leaves_a_valid_token_and_a_refusal_takes_it() {
    let (mut cache, now) = (Cache::new(10), Moment::now());
    let at = key("a", "r");
    put(&mut cache, &at, &Ok(token("one")));
    put(
        &mut cache,
        &at,
        &Err(Refusal::new(refusal::UNAVAILABLE, "")),
    );
    assert_eq!(cache.get(&at, &now).unwrap().access(), "one");
    put(&mut cache, &at, &Err(Refusal::new(refusal::REFUSED, "")));
    assert!(cache.get(&at, &now).is_none() && cache.is_empty());
    // Nothing is left of a key that never had a token.
    put(
        &mut cache,
        &at,
        &Err(Refusal::new(refusal::UNAVAILABLE, "")),
    );
    assert!(cache.entries.is_empty());
}

#[test]
fn whoever_asks_for_ever_new_resources_displaces_only_its_own() {
    let (mut cache, now) = (Cache::new(10), Moment::now());
    let quiet = key("quiet", "r");
    put(&mut cache, &quiet, &Ok(token("q")));
    for n in 0..1000 {
        put(&mut cache, &key("loud", &n.to_string()), &Ok(token("l")));
        assert!(cache.len() <= 10);
    }
    assert!(cache.get(&quiet, &now).is_some());
    assert!(cache.get(&key("loud", "999"), &now).is_some());
    assert!(cache.get(&key("loud", "1"), &now).is_none());
}

#[test]
fn a_changed_identity_has_no_token_yet() {
    let (mut cache, now) = (Cache::new(10), Moment::now());
    put(&mut cache, &key("a", "r"), &Ok(token("one")));
    let mut changed = key("a", "r");
    changed.identity = Arc::new(Identity {
        tenant: Some("other".to_owned()),
        ..(*changed.identity).clone()
    });
    assert!(cache.get(&changed, &now).is_none());
}
