//! The arguments of podid-mic.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Parser, ValueEnum};

use crate::azure::Cloud;
use crate::azure::cloud::{CustomEndpoints, Refusal};
use crate::azure::credential::{CredentialKind, CredentialSettings};
use crate::domain::resource_id::ResourceId;
use crate::env;

/// Put the identities that pods need on the scale sets and machines they run on
///
/// podid-mic is the controller of standard mode: it watches pods, AzureIdentities and AzureIdentityBindings, writes an
/// AzureAssignedIdentity for each pod and identity, and assigns the identities. It takes away only what it assigned.
/// With `--mode preassign` it keeps every bound identity on every host, as managed mode needs it.
#[derive(Debug, Parser)]
#[command(name = "podid-mic", version, max_term_width = 100)]
pub struct Args {
    /// What to keep on the hosts: what their pods need, or every bound identity
    #[arg(long, value_enum, default_value_t, env = env::PODID_MIC_MODE, hide_env_values = true)]
    pub mode: Mode,
    /// Namespace of the lease and of the records of what was assigned
    #[arg(long, value_name = "NAME", default_value = "kube-system", env = env::POD_NAMESPACE, hide_env_values = true)]
    pub namespace: String,
    /// Name of this instance in the lease; by default the host's
    #[arg(long, value_name = "NAME", env = env::POD_NAME, hide_env_values = true)]
    pub instance: Option<String>,
    /// Say what would be done with everything that is there now, and end
    #[arg(long)]
    pub dry_run: bool,
    /// Match bindings of other namespaces too, except for identities that keep to their own
    #[arg(long, env = env::PODID_MIC_ACROSS_NAMESPACES, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub across_namespaces: bool,
    /// Resource id of an identity that is never taken off; can be given more than once
    #[arg(long, value_name = "ID", value_delimiter = ',', env = env::PODID_MIC_PROTECT, hide_env_values = true)]
    pub protect: Vec<ResourceId>,
    /// How often each host is read again, to see what others changed
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10m", env = env::PODID_MIC_DRIFT_INTERVAL, hide_env_values = true)]
    pub drift_interval: Duration,
    /// How long an identity stays after its last pod has gone
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s", env = env::PODID_MIC_LINGER, hide_env_values = true)]
    pub linger: Duration,
    /// First wait before an identity that was refused is tried again; doubled each time
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "30s", env = env::PODID_MIC_RETRY_INTERVAL, hide_env_values = true)]
    pub retry_interval: Duration,
    /// How long a leader is believed without a sign of life
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "15s", env = env::PODID_MIC_LEASE_DURATION, hide_env_values = true)]
    pub lease_duration: Duration,
    /// Address and port of /healthz, /readyz and /metrics
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:8086", env = env::PODID_MIC_STATUS_ADDRESS, hide_env_values = true)]
    pub status_address: SocketAddr,
    /// Kubeconfig; without one KUBECONFIG, ~/.kube/config, then the pod's account
    #[arg(long, value_name = "PATH")]
    pub kubeconfig: Option<PathBuf>,
    /// Longest silence of the API server before its connections count as dead
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "60s", env = env::PODID_MIC_API_SERVER_SILENCE, hide_env_values = true)]
    pub api_server_silence: Duration,
    /// Which sign-in to use: auto, client-secret, client-certificate, workload-identity or managed-identity
    #[arg(long, value_name = "KIND", default_value = "auto", env = env::PODID_CREDENTIAL, hide_env_values = true)]
    pub credential: CredentialKind,
    /// Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud
    #[arg(long, value_name = "CLOUD", default_value = "AzureCloud", env = env::PODID_CLOUD, hide_env_values = true)]
    pub cloud: String,
    /// PEM file with certificate authorities that are trusted besides the system's
    #[arg(long, value_name = "PATH", env = env::PODID_CA_FILE, hide_env_values = true)]
    pub ca_file: Option<PathBuf>,
    /// Format of the log on stderr
    #[arg(long, value_enum, default_value_t, env = env::PODID_MIC_LOG_FORMAT, hide_env_values = true)]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", default_value = "info", env = env::PODID_MIC_LOG_LEVEL, hide_env_values = true)]
    pub log_level: tracing::Level,
}

/// What to keep on the hosts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// What the pods of a host need, with an AzureAssignedIdentity for each
    #[default]
    Standard,
    /// Every bound identity, before pods come; no AzureAssignedIdentity
    Preassign,
}

/// Format of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line
    #[default]
    Json,
    /// For people
    Text,
}

impl Args {
    /// The cloud.
    ///
    /// # Errors
    /// It has no such name, or an address is refused.
    pub fn cloud(&self) -> Result<Cloud, Refusal> {
        let Some(resource_manager) = env::read(env::PODID_ARM_ENDPOINT) else {
            return Cloud::named(&self.cloud);
        };
        let authority =
            env::read(env::PODID_AUTHORITY_HOST).or_else(|| env::read(env::AZURE_AUTHORITY_HOST));
        Cloud::custom(CustomEndpoints {
            resource_manager,
            authority: authority.unwrap_or_default(),
            audience: env::read(env::PODID_ARM_AUDIENCE),
            imds: env::read(env::PODID_IMDS_ENDPOINT),
            ..CustomEndpoints::default()
        })
    }

    /// What signing in may use.
    #[must_use]
    pub fn sign_in(&self) -> CredentialSettings {
        CredentialSettings {
            tenant_id: env::read(env::AZURE_TENANT_ID),
            client_id: env::read(env::AZURE_CLIENT_ID),
            client_secret: env::read(env::AZURE_CLIENT_SECRET),
            client_certificate_path: env::read(env::AZURE_CLIENT_CERTIFICATE_PATH),
            federated_token_file: env::read(env::AZURE_FEDERATED_TOKEN_FILE),
            ..CredentialSettings::default()
        }
    }
}

/// Reads a duration such as `90s`, `5m` or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let span = || text.parse::<jiff::SignedDuration>().ok();
    let read = seconds.or_else(|| Duration::try_from(span()?).ok());
    read.filter(|read| *read <= Duration::from_hours(24))
        .ok_or_else(|| "expected a duration such as 20s or 5m, at most a day".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Args::command().debug_assert();
    }
}
