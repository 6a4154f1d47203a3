//! Tokens: where they come from, and the cache in front of it.
//!
//! Guarantees: one request at a time per (identity, resource, tenant), however many ask; a token is renewed at about
//! 80 % of its life while the old one still serves; trouble that passes does not take a token away that is still
//! valid, a refusal for good does; the number of tokens held is bounded, and no identity can crowd out the others.
//! The cache knows nothing of pods: whether one may have a token is decided before, at every request.

pub mod budget;
pub mod cache;
pub mod imds;
pub mod moment;
pub mod object_id;
#[cfg(test)]
mod property;
pub mod service_principal;
pub mod source;
pub mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};

use self::budget::Budget;
use self::cache::{Cache, Key};
use self::moment::Moment;
use self::object_id::ObjectIds;
pub use self::source::{Source, Sources, Want};
pub use self::token::Token;
use super::metrics::Metrics;
use super::refusal::Refusal;

/// One request under way, for everybody who waits for its token.
type Flight = Shared<BoxFuture<'static, Result<Arc<Token>, Refusal>>>;

/// Hands out tokens.
pub struct Tokens {
    sources: Sources,
    budget: Arc<Budget>,
    metrics: Arc<Metrics>,
    cache: Option<Mutex<Cache<Flight>>>,
    object_ids: ObjectIds,
}

impl Tokens {
    /// Tokens from these sources; `held` tokens are kept at most, none without.
    pub fn new(
        sources: Sources,
        budget: Arc<Budget>,
        metrics: Arc<Metrics>,
        held: Option<usize>,
    ) -> Arc<Self> {
        Arc::new(Self {
            sources,
            budget,
            metrics,
            cache: held.map(|held| Mutex::new(Cache::new(held))),
            object_ids: ObjectIds::default(),
        })
    }

    /// Tokens for all tenants of an identity: one, or for a service principal with more tenants one for each.
    ///
    /// # Errors
    /// Why one of them cannot be had.
    pub async fn all(
        self: &Arc<Self>,
        payer: &str,
        want: &Want,
        fresh: bool,
    ) -> Result<Vec<Arc<Token>>, Refusal> {
        let mut tokens = vec![self.one(payer, want, fresh).await?];
        for tenant in &want.identity.auxiliary_tenants {
            let want = Want {
                tenant: Some(tenant.clone()),
                ..want.clone()
            };
            tokens.push(self.one(payer, &want, fresh).await?);
        }
        Ok(tokens)
    }

    /// One token; `payer` is whose share of the budget a request to the source is taken from.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub async fn one(
        self: &Arc<Self>,
        payer: &str,
        want: &Want,
        fresh: bool,
    ) -> Result<Arc<Token>, Refusal> {
        let Some(cache) = &self.cache else {
            return self.fetch(payer, want).await.map(Arc::new);
        };
        let key = Key::of(want);
        let flight = {
            let now = Moment::now();
            let mut cache = lock(cache);
            match cache.get(&key, &now) {
                Some(token) if !fresh => {
                    self.metrics.cache("hit");
                    if token.is_due(&now) && !cache.is_flying(&key) {
                        let flight = self.fly(payer.to_owned(), want.clone(), key.clone());
                        cache.fly(key, flight);
                    }
                    return Ok(token);
                }
                _ => {}
            }
            self.metrics.cache("miss");
            if let Some(flight) = cache.flight(&key) {
                flight
            } else {
                let flight = self.fly(payer.to_owned(), want.clone(), key.clone());
                cache.fly(key, flight.clone());
                flight
            }
        };
        flight.await
    }

    /// Gets a token into the cache before anybody asks for it; how that ended, nothing if it was there already.
    ///
    /// All such requests together stand in one line for the metadata service.
    pub async fn ahead(self: &Arc<Self>, want: Want) -> Option<&'static str> {
        let key = Key::of(&want);
        let flight = {
            let mut cache = lock(self.cache.as_ref()?);
            if cache.get(&key, &Moment::now()).is_some() || cache.is_flying(&key) {
                return None;
            }
            let flight = self.fly("prefetch".to_owned(), want, key.clone());
            cache.fly(key, flight.clone());
            flight
        };
        let got = flight.await;
        Some(got.map_or_else(|refusal| refusal.code.name, |_| "Ok"))
    }

    /// Starts a request that goes on even when whoever asked first hangs up.
    fn fly(self: &Arc<Self>, payer: String, want: Want, key: Key) -> Flight {
        let (tokens, landing, at) = (Arc::clone(self), Arc::clone(self), key.clone());
        let work = tokio::spawn(async move {
            let result = tokens.fetch(&payer, &want).await.map(Arc::new);
            tokens.land(&key, &result);
            result
        });
        let ended = async move {
            work.await.unwrap_or_else(|_| {
                // It broke off; nobody must wait for it for ever.
                let detail = "the token request ended without a result";
                let result = Err(Refusal::new(super::refusal::UNAVAILABLE, detail));
                landing.land(&at, &result);
                result
            })
        };
        ended.boxed().shared()
    }

    fn land(&self, key: &Key, result: &Result<Arc<Token>, Refusal>) {
        if let Some(cache) = &self.cache {
            lock(cache).land(key, result, &Moment::now());
        }
    }

    async fn fetch(&self, payer: &str, want: &Want) -> Result<Token, Refusal> {
        let source = self.sources.of(want.identity.source)?;
        if source.is_limited() {
            self.budget.enter(payer).await?;
        }
        let before = std::time::Instant::now();
        let result = source.fetch(want).await;
        let outcome = result
            .as_ref()
            .map_or_else(|refusal| refusal.code.name, |_| "Ok");
        self.metrics
            .source(source.name(), outcome, before.elapsed());
        if let Err(refusal) = &result {
            tracing::warn!(
                identity = %want.identity.key, source = source.name(), code = refusal.code.name,
                detail = refusal.detail, "no token from the source"
            );
            if source.is_limited() && refusal.code == super::refusal::THROTTLED {
                self.budget.pause(refusal.pause());
            }
        }
        result
    }

    /// The one of these identities whose principal has an object id, which their own tokens tell.
    ///
    /// # Errors
    /// No token of one of them can be had, so that nobody knows.
    pub async fn with_object_id(
        self: &Arc<Self>,
        payer: &str,
        object_id: &str,
        candidates: &[Want],
    ) -> Result<Option<Want>, Refusal> {
        let mut trouble = None;
        for want in candidates {
            let known = self.object_ids.get(&want.identity);
            let own = match known {
                Some(own) => own,
                None => match self.one(payer, want, false).await {
                    Ok(token) => self.object_ids.learn(&want.identity, &token),
                    Err(refusal) => {
                        trouble = Some(refusal);
                        continue;
                    }
                },
            };
            if own.eq_ignore_ascii_case(object_id) {
                return Ok(Some(want.clone()));
            }
        }
        trouble.map_or(Ok(None), Err)
    }

    /// How many tokens are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.cache.as_ref().map_or(0, |cache| lock(cache).len())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
