//! File descriptors: a connection takes one, and the limit that a process starts with can be lower than the number of
//! connections that are allowed.

/// Descriptors for everything but pods' connections: the metadata service, the API server, probes.
#[cfg(target_os = "linux")]
const OTHERS: usize = 512;

/// Raises the limit of the process as far as it goes; how many of `wanted` connections it is enough for.
#[cfg(target_os = "linux")]
#[must_use]
pub fn enough_for(wanted: usize) -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    // What cannot be raised is taken as it is.
    let _ = setrlimit(Resource::Nofile, raised);
    let there = getrlimit(Resource::Nofile).current;
    let there = there.map_or(usize::MAX, |there| {
        usize::try_from(there).unwrap_or(usize::MAX)
    });
    let enough = wanted.min(share(there));
    if enough < wanted {
        tracing::warn!(
            descriptors = there,
            wanted,
            enough,
            "the limit on open files allows fewer connections than --max-connections"
        );
    }
    enough
}

/// How many of so many descriptors are for pods' connections: all but the others', half when there are few.
#[cfg(target_os = "linux")]
fn share(there: usize) -> usize {
    there.saturating_sub(OTHERS).max(there / 2)
}

/// Elsewhere the daemon is only tried out: nothing is raised.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn enough_for(wanted: usize) -> usize {
    wanted
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::share;

    #[test]
    fn others_keep_their_share_of_few_descriptors() {
        assert_eq!(share(1_000_000), 1_000_000 - 512);
        assert_eq!(share(1024), 512);
        assert_eq!(share(256), 128);
    }
}
