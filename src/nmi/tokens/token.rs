//! A token and its times.
//!
//! Both clocks count from the moment a token came: the steady one, which no correction of the time touches, and the
//! wall clock, which goes on while a machine sleeps. A token is as old as the older of the two says.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use serde::Serialize;
use zeroize::Zeroizing;

use super::moment::Moment;

/// A token that ends within this time is as good as ended.
const MARGIN: Duration = Duration::from_secs(10);
/// Pause before a renewal that did not help is tried again.
const AGAIN: Duration = Duration::from_secs(30);
/// Names, numbers and marks of an answer, at most.
const FRAME: usize = 384;

/// What a source says of a token.
#[derive(Debug, Default)]
pub struct Said {
    /// The token itself.
    pub access_token: Zeroizing<String>,
    /// Client id of the identity.
    pub client_id: String,
    /// Seconds that it lives.
    pub expires_in: u64,
    /// The second it ends, if the source says so.
    pub expires_on: Option<u64>,
    /// The second it begins, if the source says so.
    pub not_before: Option<u64>,
    /// What it is for.
    pub resource: String,
}

/// A token.
pub struct Token {
    said: Said,
    came: Moment,
    due: Duration,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("client_id", &self.said.client_id)
            .field("resource", &self.said.resource)
            .finish_non_exhaustive()
    }
}

impl Token {
    /// A token that has just come.
    #[must_use]
    pub fn new(said: Said) -> Self {
        Self::came_at(said, Moment::now())
    }

    /// A token that came at a moment.
    #[must_use]
    pub fn came_at(said: Said, came: Moment) -> Self {
        // Between 75 and 85 % of its life, so that the nodes of a cluster do not all ask at once.
        let life = Duration::from_secs(said.expires_in);
        let random = RandomState::new().hash_one(said.expires_in) % 100;
        let per_mille = 750 + u32::try_from(random).unwrap_or(0);
        Self {
            came,
            due: life / 1000 * per_mille,
            said,
        }
    }

    /// The token itself.
    #[must_use]
    pub fn access(&self) -> &str {
        &self.said.access_token
    }

    fn left(&self, now: &Moment) -> Duration {
        Duration::from_secs(self.said.expires_in).saturating_sub(now.since(&self.came))
    }

    /// It can be handed out.
    #[must_use]
    pub fn is_valid(&self, now: &Moment) -> bool {
        self.left(now) > MARGIN
    }

    /// It is time to renew it.
    #[must_use]
    pub fn is_due(&self, now: &Moment) -> bool {
        now.since(&self.came) >= self.due
    }

    /// The same token with a later time for its renewal: the last one failed or brought nothing newer.
    #[must_use]
    pub fn postponed(&self, now: &Moment) -> Self {
        Self {
            said: Said {
                access_token: self.said.access_token.clone(),
                client_id: self.said.client_id.clone(),
                resource: self.said.resource.clone(),
                ..self.said
            },
            came: self.came,
            due: now.since(&self.came) + AGAIN.min(self.left(now) / 4),
        }
    }

    /// The answer of the metadata service: every value a string.
    fn answer(&self) -> Answer<'_> {
        let left = self.left(&Moment::now()).as_secs();
        let seconds = |time: SystemTime| {
            time.duration_since(SystemTime::UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs()
        };
        let came = seconds(self.came.wall);
        Answer {
            access_token: &self.said.access_token,
            refresh_token: "",
            client_id: &self.said.client_id,
            expires_in: left.to_string(),
            expires_on: self
                .said
                .expires_on
                .unwrap_or(came.saturating_add(self.said.expires_in))
                .to_string(),
            ext_expires_in: left.to_string(),
            not_before: self.said.not_before.unwrap_or(came).to_string(),
            resource: &self.said.resource,
            token_type: "Bearer",
        }
    }
}

/// Wire shape, in the order of the metadata service.
#[derive(Serialize)]
struct Answer<'a> {
    access_token: &'a str,
    refresh_token: &'a str,
    client_id: &'a str,
    expires_in: String,
    expires_on: String,
    ext_expires_in: String,
    not_before: String,
    resource: &'a str,
    token_type: &'a str,
}

impl Answer<'_> {
    /// Bytes that it takes as JSON, at most.
    fn room(&self) -> usize {
        let texts = [self.access_token, self.client_id, self.resource];
        texts.iter().map(|text| escaped(text)).sum::<usize>() + FRAME
    }
}

/// Bytes that a text takes in JSON, at most.
fn escaped(text: &str) -> usize {
    let long = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    text.len() + 5 * text.as_bytes().iter().filter(|byte| long(byte)).count()
}

/// The body of the answer to a token request: an object, or for several tenants a list as aad-pod-identity has it.
#[must_use]
pub fn body<T: AsRef<Token>>(tokens: &[T]) -> Bytes {
    let answers: Vec<Answer<'_>> = tokens.iter().map(|one| one.as_ref().answer()).collect();
    let room = answers.iter().map(Answer::room).sum();
    match answers.as_slice() {
        [one] => wiped(one, room),
        several => wiped(&several, room),
    }
}

/// The body of the answer to a driver of the node.
#[must_use]
pub fn host_body(token: &Token) -> Bytes {
    #[derive(Serialize)]
    struct Host<'a> {
        token: Answer<'a>,
        clientid: &'a str,
    }
    let (token, clientid) = (token.answer(), token.said.client_id.as_str());
    let room = token.room() + escaped(clientid) + FRAME;
    wiped(&Host { token, clientid }, room)
}

/// Serialised into memory that is wiped once it is sent; `room` bytes are enough.
fn wiped(value: &impl Serialize, room: usize) -> Bytes {
    // Memory that grows leaves copies behind, and memory that is not used has to be wiped as well.
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    // A struct of texts always can be written to memory.
    let _ = serde_json::to_writer(&mut *text, value);
    Bytes::from_owner(text)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn token(expires_in: u64) -> Token {
        Token::new(Said {
            access_token: Zeroizing::new("secret".to_owned()),
            client_id: "c".to_owned(),
            expires_in,
            expires_on: Some(1_800_000_000),
            not_before: None,
            resource: "r".to_owned(),
        })
    }

    #[test]
    fn every_value_is_a_string() {
        let body = body(&[Arc::new(token(100))]);
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let fields: Vec<&String> = read.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            [
                "access_token",
                "refresh_token",
                "client_id",
                "expires_in",
                "expires_on",
                "ext_expires_in",
                "not_before",
                "resource",
                "token_type"
            ]
        );
        assert!(
            read.as_object()
                .unwrap()
                .values()
                .all(serde_json::Value::is_string)
        );
        assert_eq!(read["expires_on"], "1800000000");
    }

    #[test]
    fn an_answer_finds_room_whatever_is_in_it() {
        let largest = u64::MAX;
        for text in ["", "plain", "\"\\\u{1}\u{7f}\n", "ünïcode \u{2028}"] {
            let said = Said {
                access_token: Zeroizing::new(text.repeat(100)),
                client_id: text.to_owned(),
                expires_in: largest,
                expires_on: Some(largest),
                not_before: Some(largest),
                resource: text.to_owned(),
            };
            let token = Token::new(said);
            let answer = token.answer();
            assert!(serde_json::to_vec(&answer).unwrap().len() <= answer.room());
            assert!(host_body(&token).len() <= answer.room() + escaped(text) + FRAME);
        }
    }

    #[test]
    fn it_ages_by_either_clock() {
        let fresh = token(3600);
        let mut now = fresh.came;
        assert!(fresh.is_valid(&now) && !fresh.is_due(&now));
        // The machine slept, or somebody set the clock forward.
        now.wall += Duration::from_mins(53);
        assert!(fresh.is_valid(&now) && fresh.is_due(&now));
        assert!(!fresh.postponed(&now).is_due(&now));
        now.wall += Duration::from_secs(595);
        assert!(!fresh.is_valid(&now));
        // Somebody set the clock back: the steady one still counts.
        now.wall -= Duration::from_hours(10);
        assert!(fresh.is_valid(&now) && !fresh.is_due(&now));
        now.steady += Duration::from_mins(53);
        assert!(fresh.is_valid(&now) && fresh.is_due(&now));
        now.steady += Duration::from_mins(7);
        assert!(!fresh.is_valid(&now));
        assert!(!token(5).is_valid(&Moment::now()));
    }

    #[test]
    fn times_beyond_reason_break_nothing() {
        let endless = Token::new(Said {
            expires_in: u64::MAX,
            ..Said::default()
        });
        assert!(endless.is_valid(&Moment::now()));
        let body = body(&[Arc::new(endless)]);
        let read: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(read["expires_on"], u64::MAX.to_string());
    }

    #[test]
    fn it_never_shows_itself() {
        assert!(!format!("{:?}", token(100)).contains("secret"));
    }

    #[test]
    fn renewals_are_spread_around_80_per_cent() {
        let dues: Vec<u64> = (0..50).map(|_| token(1000).due.as_secs()).collect();
        assert!(dues.iter().all(|due| (750..=850).contains(due)), "{dues:?}");
        assert!(dues.iter().any(|due| *due != dues[0]));
    }
}
