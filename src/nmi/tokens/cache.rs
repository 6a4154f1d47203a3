//! The cache: tokens by (identity, resource, tenant), and requests under way.
//!
//! Bounded in the number of tokens. When it is full, the identity that holds most gives up the token it used least
//! recently: a pod that asks for ever new resources only displaces its own.

use std::collections::HashMap;
use std::sync::Arc;

use super::moment::Moment;
use super::{Token, Want};
use crate::domain::matching::Identity;
use crate::nmi::refusal::Refusal;

/// What a token is kept under. The identity is in it whole: a changed object never gets the token of what it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    identity: Arc<Identity>,
    resource: String,
    tenant: Option<String>,
}

impl Key {
    /// The key of what is wanted.
    #[must_use]
    pub fn of(want: &Want) -> Self {
        Self {
            identity: Arc::clone(&want.identity),
            resource: want.resource.clone(),
            tenant: want.tenant.clone(),
        }
    }
}

struct Entry<F> {
    token: Option<Arc<Token>>,
    flight: Option<F>,
    used: u64,
}

/// Tokens and requests under way.
pub struct Cache<F> {
    most: usize,
    entries: HashMap<Key, Entry<F>>,
    clock: u64,
}

impl<F: Clone> Cache<F> {
    /// Holds `most` tokens.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            entries: HashMap::new(),
            clock: 0,
        }
    }

    /// A token that can be handed out.
    pub fn get(&mut self, key: &Key, now: &Moment) -> Option<Arc<Token>> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.used = self.clock;
        entry.token.clone().filter(|token| token.is_valid(now))
    }

    /// A request is under way.
    #[must_use]
    pub fn is_flying(&self, key: &Key) -> bool {
        self.entries
            .get(key)
            .is_some_and(|entry| entry.flight.is_some())
    }

    /// The request under way.
    #[must_use]
    pub fn flight(&self, key: &Key) -> Option<F> {
        self.entries.get(key)?.flight.clone()
    }

    /// A request starts.
    pub fn fly(&mut self, key: Key, flight: F) {
        self.clock += 1;
        let used = self.clock;
        let entry = self.entries.entry(key).or_insert(Entry {
            token: None,
            flight: None,
            used,
        });
        entry.flight = Some(flight);
    }

    /// A request has ended.
    pub fn land(&mut self, key: &Key, result: &Result<Arc<Token>, Refusal>, now: &Moment) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        entry.flight = None;
        match result {
            Ok(token) if token.is_valid(now) => {
                // The metadata service keeps tokens too and may hand out the old one once more.
                let same = entry
                    .token
                    .as_ref()
                    .is_some_and(|old| old.access() == token.access());
                let postponed = entry
                    .token
                    .as_ref()
                    .filter(|_| same)
                    .map(|old| old.postponed(now));
                entry.token = Some(postponed.map_or_else(|| Arc::clone(token), Arc::new));
            }
            Err(refusal) if refusal.is_temporary() => {
                let old = entry.token.take().filter(|token| token.is_valid(now));
                entry.token = old.map(|token| Arc::new(token.postponed(now)));
            }
            _ => entry.token = None,
        }
        if entry.token.is_none() {
            self.entries.remove(key);
        }
        self.shrink(now);
    }

    /// How many tokens are held.
    #[must_use]
    pub fn len(&self) -> usize {
        let entries = self.entries.values();
        entries.filter(|entry| entry.token.is_some()).count()
    }

    /// No token is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shrink(&mut self, now: &Moment) {
        if self.entries.len() <= self.most {
            return;
        }
        self.entries.retain(|_, entry| {
            entry.flight.is_some()
                || entry
                    .token
                    .as_ref()
                    .is_some_and(|token| token.is_valid(now))
        });
        while self.len() > self.most {
            let Some(key) = self.displaced() else {
                return;
            };
            self.entries.remove(&key);
        }
    }

    /// The token to give up: the least recently used of the identity that holds most.
    fn displaced(&self) -> Option<Key> {
        let held = || {
            self.entries
                .iter()
                .filter(|(_, entry)| entry.token.is_some())
        };
        let mut counts: HashMap<&Identity, usize> = HashMap::new();
        for (key, _) in held() {
            *counts.entry(&key.identity).or_default() += 1;
        }
        let (greediest, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        let own = held().filter(|(key, _)| *key.identity == *greediest);
        let (key, _) = own.min_by_key(|(_, entry)| entry.used)?;
        Some(key.clone())
    }
}

#[cfg(test)]
mod clocks;
#[cfg(test)]
mod tests;
