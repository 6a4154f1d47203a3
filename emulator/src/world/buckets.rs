//! Token buckets.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::settings::BucketSize;

/// A request that found a bucket empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Empty {
    /// Whole seconds until a token is there.
    pub retry_after: u64,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

/// All buckets by key.
#[derive(Debug, Default)]
pub struct Buckets {
    all: BTreeMap<String, Bucket>,
}

impl Buckets {
    /// Tokens in a bucket now.
    pub fn level(&mut self, key: &str, size: BucketSize, now: Timestamp) -> f64 {
        let bucket = self.all.entry(key.to_owned()).or_insert(Bucket {
            tokens: size.size,
            at: now,
        });
        let elapsed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        bucket.tokens = (bucket.tokens + elapsed * size.per_second).min(size.size);
        bucket.at = now;
        bucket.tokens
    }

    /// Takes a token from every bucket, or from none when one is empty; gives what is left in each.
    ///
    /// # Errors
    /// The index of the empty bucket and when to come again.
    pub fn draw(
        &mut self,
        wanted: &[(String, BucketSize)],
        now: Timestamp,
    ) -> Result<Vec<u64>, (usize, Empty)> {
        for (at, (key, size)) in wanted.iter().enumerate() {
            let level = self.level(key, *size, now);
            if level < 1.0 {
                return Err((
                    at,
                    Empty {
                        retry_after: whole((1.0 - level) / size.per_second.max(1e-6)).max(1),
                    },
                ));
            }
        }
        let mut left = Vec::with_capacity(wanted.len());
        for (key, _) in wanted {
            if let Some(bucket) = self.all.get_mut(key) {
                bucket.tokens -= 1.0;
                left.push(whole(bucket.tokens.floor()));
            }
        }
        Ok(left)
    }

    /// Fills all buckets.
    pub fn clear(&mut self) {
        self.all.clear();
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small and not negative
fn whole(value: f64) -> u64 {
    value.ceil().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clock::after;

    #[test]
    fn a_bucket_empties_and_refills() {
        let mut buckets = Buckets::default();
        let size = BucketSize {
            size: 2.0,
            per_second: 0.5,
        };
        let wanted = vec![("k".to_owned(), size)];
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(buckets.draw(&wanted, now), Ok(vec![1]));
        assert_eq!(buckets.draw(&wanted, now), Ok(vec![0]));
        assert_eq!(
            buckets.draw(&wanted, now),
            Err((0, Empty { retry_after: 2 }))
        );
        assert_eq!(buckets.draw(&wanted, after(now, 2.0)), Ok(vec![0]));
    }

    #[test]
    fn an_empty_bucket_costs_the_others_nothing() {
        let mut buckets = Buckets::default();
        let big = BucketSize {
            size: 5.0,
            per_second: 1.0,
        };
        let none = BucketSize {
            size: 0.0,
            per_second: 1.0,
        };
        let now = Timestamp::UNIX_EPOCH;
        let wanted = vec![("big".to_owned(), big), ("none".to_owned(), none)];
        assert_eq!(
            buckets.draw(&wanted, now),
            Err((1, Empty { retry_after: 1 }))
        );
        assert!((buckets.level("big", big, now) - 5.0).abs() < 1e-9);
    }
}
