//! The arguments of podid-nmi.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::BoolishValueParser;
use clap::{Parser, ValueEnum};

use crate::azure::Cloud;
use crate::azure::cloud::{CustomEndpoints, Refusal};
use crate::domain::matching::Scope;
use crate::env;

/// Answer the token requests of the pods of one node
///
/// podid-nmi stands in for the instance metadata service of its node: it knows which pod asks by the address of the
/// connection, finds the identities bound to that pod, gets the token and answers as the metadata service does.
/// Every argument can be given as an environment variable.
// Switches of a command line are bools.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Parser)]
#[command(name = "podid-nmi", version, max_term_width = 100)]
#[command(
    after_help = "`podid-nmi cleanup` removes the packet rules that podid-nmi has left on the node."
)]
pub struct Args {
    /// Name of the node whose pods are answered
    #[arg(long, value_name = "NAME", env = env::NODE_NAME, hide_env_values = true)]
    pub node: String,
    /// Where identities come from: bindings alone, or also MIC's record that the node holds the identity
    #[arg(long, value_enum, default_value_t, env = env::PODID_NMI_MODE, hide_env_values = true)]
    pub mode: Mode,
    /// Addresses to answer pods on
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', default_value = "127.0.0.1", env = env::PODID_NMI_LISTEN_ADDRESS, hide_env_values = true)]
    pub listen_address: Vec<IpAddr>,
    /// Port to answer pods on; 0 for any free one
    #[arg(long, default_value_t = 2579, env = env::PODID_NMI_PORT, hide_env_values = true)]
    pub port: u16,
    /// Address and port of /healthz, /readyz and /metrics
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8085", env = env::PODID_NMI_STATUS_ADDRESS, hide_env_values = true)]
    pub status_address: SocketAddr,
    /// Another address and port for /metrics alone, to be reached from outside the node
    #[arg(long, value_name = "ADDRESS:PORT", env = env::PODID_NMI_METRICS_ADDRESS, hide_env_values = true)]
    pub metrics_address: Option<SocketAddr>,
    /// How requests of pods are led here; the rules stay when podid-nmi ends, so that no pod gets past it
    #[arg(long, value_enum, value_name = "METHOD", default_value_t, env = env::PODID_NMI_REDIRECT, hide_env_values = true)]
    pub redirect: RedirectBy,
    /// Addresses of the node to lead requests to, one of each family; by default that towards the metadata service
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', env = env::HOST_IP, hide_env_values = true)]
    pub host_ip: Vec<IpAddr>,
    /// Addresses and ports whose requests are led here
    #[arg(long, value_name = "ADDRESS:PORT", value_delimiter = ',', default_value = "169.254.169.254:80", env = env::PODID_NMI_METADATA_ADDRESS, hide_env_values = true)]
    pub metadata_address: Vec<SocketAddr>,
    /// Lead requests here from these ranges of addresses only; by default from everywhere but the node itself
    #[arg(long, value_name = "CIDR", value_delimiter = ',', env = env::PODID_NMI_POD_CIDR, hide_env_values = true)]
    pub pod_cidr: Vec<String>,
    /// How often the rules are compared even when no change was announced
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", env = env::PODID_NMI_REDIRECT_RESYNC, hide_env_values = true)]
    pub redirect_resync: Duration,
    /// Remove the rules at the end: from then on pods reach the metadata service itself
    #[arg(long, env = env::PODID_NMI_CLEANUP, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub cleanup: bool,
    /// Remove the taint of this key from the node once every check of /readyz passes
    #[arg(long, value_name = "KEY", env = env::PODID_NMI_STARTUP_TAINT, hide_env_values = true)]
    pub startup_taint: Option<String>,
    /// Kubeconfig; without one KUBECONFIG, ~/.kube/config, then the pod's account
    #[arg(long, value_name = "PATH")]
    pub kubeconfig: Option<PathBuf>,
    /// Longest silence of the API server before its connections count as dead; shorter than what a firewall on the way allows
    #[arg(long, value_name = "DURATION", value_parser = silence, default_value = "60s", env = env::PODID_NMI_API_SERVER_SILENCE, hide_env_values = true)]
    pub api_server_silence: Duration,
    /// Match bindings of other namespaces too, except for identities that keep to their own
    #[arg(long, env = env::PODID_NMI_ACROSS_NAMESPACES, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub across_namespaces: bool,
    /// How long a request waits for an identity that is bound but not yet on the node, in standard mode
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "20s", env = env::PODID_NMI_ASSIGNMENT_TIMEOUT, hide_env_values = true)]
    pub assignment_timeout: Duration,
    /// Keep tokens and renew them ahead
    #[arg(long, value_enum, default_value_t, env = env::PODID_NMI_TOKEN_CACHE, hide_env_values = true)]
    pub token_cache: Switch,
    /// Tokens kept at most
    #[arg(long, value_name = "COUNT", default_value_t = 1024, env = env::PODID_NMI_TOKEN_CACHE_SIZE, hide_env_values = true)]
    pub token_cache_size: usize,
    /// Get tokens for pods that have just been scheduled here, before they ask; needs the cache
    #[arg(long, value_enum, default_value_t, env = env::PODID_NMI_PREFETCH, hide_env_values = true)]
    pub prefetch: Switch,
    /// Resource of such tokens, besides those that a pod's identity was asked for on this node before; can be given more than once
    #[arg(long, value_name = "RESOURCE", value_delimiter = ',', env = env::PODID_NMI_PREFETCH_RESOURCE, hide_env_values = true)]
    pub prefetch_resource: Vec<String>,
    /// Requests to the metadata service per second, shared fairly between pods; 0 for no limit
    #[arg(long, value_name = "COUNT", default_value_t = 20, env = env::PODID_NMI_IMDS_RATE, hide_env_values = true)]
    pub imds_rate: u32,
    /// The instance metadata service
    #[arg(long, value_name = "URL", default_value = "http://169.254.169.254/", env = env::PODID_IMDS_ENDPOINT, hide_env_values = true)]
    pub imds_endpoint: String,
    /// Refuse pods the instance metadata below /metadata/instance
    #[arg(long, env = env::PODID_NMI_BLOCK_INSTANCE_METADATA, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub block_instance_metadata: bool,
    /// Answer /host/token for drivers of the node; whoever can connect from 127.0.0.1 gets tokens of any pod here
    #[arg(long, env = env::PODID_NMI_HOST_TOKEN, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub host_token: bool,
    /// Serve identities that are service principals; Secrets are read for it
    #[arg(long, env = env::PODID_NMI_ALLOW_SERVICE_PRINCIPALS, value_parser = BoolishValueParser::new(), num_args = 0..=1, default_value = "false", default_missing_value = "true", require_equals = true, hide_env_values = true, hide_default_value = true, hide_possible_values = true, action = clap::ArgAction::Set)]
    pub allow_service_principals: bool,
    /// Another host that secrets of service principals may be sent to, over https; can be given more than once
    #[arg(long, value_name = "HOST", value_delimiter = ',', env = env::PODID_NMI_ALLOW_AUTHORITY, hide_env_values = true)]
    pub allow_authority: Vec<String>,
    /// Azure cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud
    #[arg(long, value_name = "CLOUD", default_value = "AzureCloud", env = env::PODID_CLOUD, hide_env_values = true)]
    pub cloud: String,
    /// Entra of a custom cloud; http only to loopback
    #[arg(long, value_name = "URL", env = env::PODID_AUTHORITY_HOST, hide_env_values = true)]
    pub authority_host: Option<String>,
    /// PEM file with certificate authorities that are trusted besides the system's
    #[arg(long, value_name = "PATH", env = env::PODID_CA_FILE, hide_env_values = true)]
    pub ca_file: Option<PathBuf>,
    /// Connections at most; when all are taken, the pod that has most gives up one for a pod that has fewer
    #[arg(long, value_name = "COUNT", default_value_t = 2048, env = env::PODID_NMI_MAX_CONNECTIONS, hide_env_values = true)]
    pub max_connections: usize,
    /// Connections of one pod at most
    #[arg(long, value_name = "COUNT", default_value_t = 256, env = env::PODID_NMI_MAX_CONNECTIONS_PER_POD, hide_env_values = true)]
    pub max_connections_per_pod: usize,
    /// Time that requests under way have when podid-nmi ends
    #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "10s", env = env::PODID_NMI_DRAIN_TIMEOUT, hide_env_values = true)]
    pub drain_timeout: Duration,
    /// Format of the log on stderr
    #[arg(long, value_enum, default_value_t, env = env::PODID_NMI_LOG_FORMAT, hide_env_values = true)]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug or trace
    #[arg(long, value_name = "LEVEL", default_value = "info", env = env::PODID_NMI_LOG_LEVEL, hide_env_values = true)]
    pub log_level: tracing::Level,
}

/// Where identities come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Bindings alone; something else puts identities on the node's machine, as AKS's add-on does
    #[default]
    Managed,
    /// Bindings, once MIC has recorded that the node's machine holds the identity
    Standard,
}

/// How requests of pods are led here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum RedirectBy {
    /// By something else
    #[default]
    None,
    /// By a table of nf_tables; needs the capability NET_ADMIN and no program
    Nftables,
    /// By chains of iptables, for nodes without nf_tables; needs its programs
    Iptables,
}

/// Remove the packet rules that podid-nmi has left on this node
///
/// From then on pods reach the metadata service itself. Stop podid-nmi first: it would put its rules back.
#[derive(Debug, Parser)]
#[command(name = "podid-nmi cleanup", version, max_term_width = 100)]
pub struct Cleanup {}

/// On or off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    #[default]
    On,
    /// Off
    Off,
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
    /// How far matching reaches.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope {
            needs_assignment: self.mode == Mode::Standard,
            across_namespaces: self.across_namespaces,
        }
    }

    /// The cloud.
    ///
    /// # Errors
    /// It has no such name, or an address is refused.
    pub fn cloud(&self) -> Result<Cloud, Refusal> {
        let Some(authority) = &self.authority_host else {
            return Cloud::named(&self.cloud)?.with_imds(&self.imds_endpoint);
        };
        Cloud::custom(CustomEndpoints {
            // Never called: the daemon asks Entra and the metadata service only.
            resource_manager: authority.clone(),
            authority: authority.clone(),
            imds: Some(self.imds_endpoint.clone()),
            ..CustomEndpoints::default()
        })
    }
}

/// Reads a duration such as `90s`, `5m` or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let span = || text.parse::<jiff::SignedDuration>().ok();
    let read = seconds.or_else(|| Duration::try_from(span()?).ok());
    read.filter(|read| *read <= Duration::from_hours(1))
        .ok_or_else(|| "expected a duration such as 20s or 5m, at most an hour".to_owned())
}

/// A minute at most: the API server says something that often, and a request is given that long.
fn silence(text: &str) -> Result<Duration, String> {
    let allowed = Duration::from_secs(2)..=Duration::from_mins(1);
    let read = duration(text).ok().filter(|read| allowed.contains(read));
    read.ok_or_else(|| "expected a duration from 2s to 60s".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_argument_is_an_environment_variable_too() {
        let command = Args::command();
        let without = command
            .get_arguments()
            .filter(|argument| argument.get_env().is_none());
        let without: Vec<_> = without.map(clap::Arg::get_id).collect();
        // KUBECONFIG may name several files; it is read with them.
        assert_eq!(without, ["kubeconfig"]);
    }

    #[test]
    fn switches_take_a_value_or_none() {
        let read = |more: &[&str]| {
            let all = ["podid-nmi", "--node", "n"].iter().chain(more);
            Args::try_parse_from(all)
        };
        assert!(!read(&[]).unwrap().host_token);
        assert!(read(&["--host-token"]).unwrap().host_token);
        assert!(!read(&["--host-token=false"]).unwrap().host_token);
        assert_eq!(
            read(&["--assignment-timeout=2m"])
                .unwrap()
                .assignment_timeout,
            Duration::from_mins(2)
        );
        assert!(read(&["--assignment-timeout=soon"]).is_err());
        assert!(read(&["--redirect=ebpf"]).is_err());
        assert!(read(&["--api-server-silence=60s"]).is_ok());
        assert!(read(&["--api-server-silence=61s"]).is_err());
    }
}
