//! The cache over any sequence of events of a cluster: no pod gets a token of an identity that is not bound to it.

use std::sync::Arc;

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::cache::{Cache, Key};
use super::moment::Moment;
use super::token::Said;
use super::{Token, Want};
use crate::domain::matching::property::world::{World, addresses, run};
use crate::domain::token_request::WantedIdentity;

/// Asks as every address for every resource, and checks whose token comes out of the cache.
fn ask(cache: &mut Cache<()>, world: &World) {
    let now = Moment::now();
    for address in addresses() {
        for client in ["client-a-0", "client-a-1", "client-b-0", ""] {
            let wanted = WantedIdentity {
                client_id: (!client.is_empty()).then(|| client.to_owned()),
                ..WantedIdentity::default()
            };
            let Some(identity) = world.obtained(address, &wanted) else {
                continue;
            };
            for resource in ["r1", "r2"] {
                let want = Want {
                    identity: Arc::clone(&identity),
                    resource: resource.to_owned(),
                    tenant: None,
                };
                let key = Key::of(&want);
                let token = cache.get(&key, &now).unwrap_or_else(|| {
                    // As a source mints it: for the client id of the object as it is now.
                    let token = Arc::new(Token::new(Said {
                        access_token: Zeroizing::new(format!("{} {resource}", identity.client_id)),
                        expires_in: 3600,
                        ..Said::default()
                    }));
                    cache.fly(key.clone(), ());
                    cache.land(&key, &Ok(Arc::clone(&token)), &now);
                    token
                });
                let (whose, what) = token.access().split_once(' ').unwrap();
                assert_eq!(what, resource);
                assert!(
                    world.model.may_be(address, whose, world.scope),
                    "{address} got a token of {whose}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_token_of_another_comes_out_of_the_cache(bytes in prop::collection::vec(any::<u8>(), 2..300)) {
        // Small, so that entries are given up as well.
        let mut cache = Cache::new(3);
        run(&bytes, |world| ask(&mut cache, world));
    }
}
