//! Time that passes, machines that sleep and clocks that are set: no token is handed out after its end, and none is
//! fetched without need.

use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::super::token::Said;
use super::tests::key;
use super::*;

/// Seconds that every token lives.
const LIFE: u64 = 3600;

/// Something that happens to the clocks.
#[derive(Debug, Clone)]
enum Step {
    /// Time passes.
    Pass(u64),
    /// Time passes and the steady clock stands: the machine sleeps.
    Sleep(u64),
    /// The wall clock is set forward.
    Forward(u64),
    /// The wall clock is set back.
    Back(u64),
}

/// `back`: the wall clock may be set back. What a machine has slept through is lost with it, so that no token can be
/// told to be old by either clock; the two do not come together here.
fn steps(back: bool) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..LIFE).prop_map(Step::Pass),
        1 => (0..3 * LIFE).prop_map(Step::Forward),
        1 => (0..100 * LIFE).prop_map(move |by| if back { Step::Back(by) } else { Step::Sleep(by) }),
    ];
    prop::collection::vec(step, 1..80)
}

/// A pod that asks all the time, over a source that mints tokens of [`LIFE`].
struct World {
    cache: Cache<()>,
    now: Moment,
    /// Seconds that have truly passed.
    passed: u64,
    /// When the token ends that is the `n`-th fetched.
    ends: Vec<u64>,
    /// Whether the source has trouble.
    trouble: bool,
}

impl World {
    fn new() -> Self {
        World {
            cache: Cache::new(4),
            now: Moment {
                steady: Instant::now(),
                wall: SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 365 * 50),
            },
            passed: 0,
            ends: Vec::new(),
            trouble: false,
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Pass(by) => {
                self.passed += by;
                self.now.steady += Duration::from_secs(by);
                self.now.wall += Duration::from_secs(by);
            }
            Step::Sleep(by) => {
                self.passed += by;
                self.now.wall += Duration::from_secs(by);
            }
            Step::Forward(by) => self.now.wall += Duration::from_secs(by),
            Step::Back(by) => self.now.wall -= Duration::from_secs(by),
        }
    }

    fn fetch(&mut self, at: &Key) -> Result<Arc<Token>, Refusal> {
        let result = if self.trouble {
            Err(Refusal::new(crate::nmi::refusal::UNAVAILABLE, ""))
        } else {
            self.ends.push(self.passed + LIFE);
            let said = Said {
                access_token: Zeroizing::new((self.ends.len() - 1).to_string()),
                expires_in: LIFE,
                ..Said::default()
            };
            Ok(Arc::new(Token::came_at(said, self.now)))
        };
        self.cache.fly(at.clone(), ());
        self.cache.land(at, &result, &self.now);
        result
    }

    /// A request, as [`super::super::Tokens::one`] answers it; the number of the token.
    fn ask(&mut self, at: &Key) -> Option<usize> {
        let token = if let Some(token) = self.cache.get(at, &self.now) {
            if token.is_due(&self.now) {
                let _ = self.fetch(at);
            }
            token
        } else {
            self.fetch(at).ok()?
        };
        Some(token.access().parse().unwrap())
    }
}

fn check(steps: &[Step], trouble: &[bool]) -> Result<(), TestCaseError> {
    let (mut world, at) = (World::new(), key("a", "r"));
    let mut jumps = 0;
    for (step, trouble) in steps.iter().zip(trouble.iter().cycle()) {
        world.step(step);
        jumps += usize::from(!matches!(step, Step::Pass(_)));
        world.trouble = *trouble;
        // Many ask at the same moment.
        for _ in 0..5 {
            if let Some(number) = world.ask(&at) {
                prop_assert!(
                    world.ends[number] > world.passed,
                    "token {number} has ended"
                );
            }
        }
    }
    // One for the start, one for each time that a token comes near its end, one for each jump of a clock.
    let passed = usize::try_from(world.passed / (LIFE * 3 / 4)).unwrap();
    let fetched = world.ends.len();
    prop_assert!(
        fetched <= 1 + passed + jumps,
        "{fetched} fetched, {passed} due, {jumps} jumps"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn clocks_that_are_set(steps in steps(true), trouble in prop::collection::vec(prop::bool::weighted(0.2), 1..10)) {
        check(&steps, &trouble)?;
    }

    #[test]
    fn machines_that_sleep(steps in steps(false), trouble in prop::collection::vec(prop::bool::weighted(0.2), 1..10)) {
        check(&steps, &trouble)?;
    }
}
