//! The emulator as a program.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Parser;
use podid_emulator::{Emulator, Options, Seed};
use serde_json::json;

/// Azure Resource Manager, Entra ID and instance metadata on loopback
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Port for HTTPS; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    https_port: u16,
    /// Port for HTTP; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    http_port: u16,
    /// Factor on the duration of operations; 0 ends them at once [default: the seed's, or 1]
    #[arg(long)]
    time_scale: Option<f64>,
    /// YAML file with what the emulated cloud holds at first
    #[arg(long)]
    seed: Option<PathBuf>,
    /// File to write the certificate to trust to, PEM
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// File to write the cloud to at the end; it is a valid seed
    #[arg(long)]
    dump_on_exit: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let args = Args::parse();
    let seed = match &args.seed {
        Some(path) => Some(Seed::from_yaml(&std::fs::read_to_string(path)?)?),
        None => None,
    };
    let seeded = seed.as_ref().and_then(|seed| seed.settings.as_ref());
    let time_scale = args
        .time_scale
        .or(seeded.map(|s| s.time_scale))
        .unwrap_or(1.0);
    let emulator = Emulator::start(Options {
        https_port: args.https_port,
        http_port: args.http_port,
        time_scale,
        seed,
    })
    .await?;
    if let Some(path) = &args.ca_file {
        std::fs::write(path, emulator.ca_pem())?;
    }
    let urls = json!({
        "https": emulator.https_url(), "http": emulator.http_url(), "control": emulator.control_url(),
    });
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{urls}")?;
    stdout.flush()?;
    stopped().await?;
    if let Some(path) = &args.dump_on_exit {
        std::fs::write(path, emulator.dump()?)?;
    }
    emulator.stop().await;
    Ok(())
}

/// Waits for an interrupt or, where there is one, a termination signal.
async fn stopped() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate =
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
