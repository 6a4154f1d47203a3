//! Log lines on stderr: for `-v`, and of the daemons; never with a token or a body.

use std::io;

use tracing_subscriber::EnvFilter;

use crate::redact::redacted;

/// Starts logging at verbosity 0 (nothing), 1 (requests) or more (everything podid does).
pub fn start(verbosity: u8) {
    let filter = match verbosity {
        0 => return,
        1 => "podid=debug",
        // The libraries' own request logs are left out: they are the ones that know headers.
        _ => "podid=trace,kube_client=info,azure_core=info,azure_identity=info",
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| Redacting)
        .with_target(false)
        .finish();
    // A second start in the same process keeps the first.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// stderr without what looks like a secret: the last gate, for text that came from elsewhere.
struct Redacting;

impl io::Write for Redacting {
    /// Takes one whole line, as the subscriber writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        io::stderr().write_all(redacted(&text).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Starts the log of a daemon, as JSON or for people.
pub fn start_daemon(level: tracing::Level, json: bool) {
    let filter = format!("podid={level},kube_client=warn");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(|| Redacting)
        .with_target(false);
    // A second start in the same process keeps the first.
    let _ = if json {
        tracing::subscriber::set_global_default(subscriber.json().flatten_event(true).finish())
    } else {
        tracing::subscriber::set_global_default(subscriber.finish())
    };
}
