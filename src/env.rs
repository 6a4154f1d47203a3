//! Every environment variable podid reads, each with its meaning.
//!
//! A flag beats its variable. `docs/reference/environment.md` is made from this file.

use std::ffi::OsString;

/// One environment variable: its name and what it does.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The name, for example `PODID_CLUSTER_NAME`.
    pub name: &'static str,
    /// One line on what it sets.
    pub help: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $help:literal])+ $name:ident;)+) => {
        $($(#[doc = $help])+ pub const $name: &str = stringify!($name);)+
        /// All variables, in the order of this page.
        pub const ALL: &[Variable] = &[
            $(Variable { name: stringify!($name), help: concat!($($help),+) }),+
        ];
    };
}

variables! {
    /// Resource group of the cluster (`--resource-group`).
    PODID_RESOURCE_GROUP;
    /// Name of the AKS cluster (`--cluster-name`).
    PODID_CLUSTER_NAME;
    /// Output format: table, json, jsonc, yaml, yamlc, tsv or none (`--output`).
    PODID_OUTPUT;
    /// Format of errors on stderr: text or json (`--error-format`).
    PODID_ERROR_FORMAT;
    /// Longest time to wait for Azure and Kubernetes, for example 90s or 5m (`--timeout`).
    PODID_TIMEOUT;
    /// Which sign-in to use (`--credential`).
    PODID_CREDENTIAL;
    /// Cloud: AzureCloud, AzureUSGovernment or AzureChinaCloud (`--cloud`).
    PODID_CLOUD;
    /// Azure Resource Manager of a custom cloud; http only to loopback.
    PODID_ARM_ENDPOINT;
    /// Audience of tokens for a custom Azure Resource Manager.
    PODID_ARM_AUDIENCE;
    /// Entra of a custom cloud; http only to loopback.
    PODID_AUTHORITY_HOST;
    /// Instance metadata service used for managed identity sign-in.
    PODID_IMDS_ENDPOINT;
    /// Configuration file, instead of `podid/config.yaml` in the user's configuration folder.
    PODID_CONFIG;
    /// PEM file with certificate authorities that are trusted besides the system's.
    PODID_CA_FILE;
    /// Set to anything: no spinners or progress bars.
    PODID_NO_PROGRESS;
    /// podid-mic: standard or preassign (`--mode`).
    PODID_MIC_MODE;
    /// podid-mic: namespace of the lease and the records (`--namespace`), from the pod's `metadata.namespace`.
    POD_NAMESPACE;
    /// podid-mic: name of this instance (`--instance`), from the pod's `metadata.name`.
    POD_NAME;
    /// podid-mic: match bindings of other namespaces too (`--across-namespaces`).
    PODID_MIC_ACROSS_NAMESPACES;
    /// podid-mic: identities that are never taken off (`--protect`).
    PODID_MIC_PROTECT;
    /// podid-mic: how often each host is read again (`--drift-interval`).
    PODID_MIC_DRIFT_INTERVAL;
    /// podid-mic: how long an identity stays after its last pod (`--linger`).
    PODID_MIC_LINGER;
    /// podid-mic: first wait before a refused identity is tried again (`--retry-interval`).
    PODID_MIC_RETRY_INTERVAL;
    /// podid-mic: how long a leader is believed without a sign of life (`--lease-duration`).
    PODID_MIC_LEASE_DURATION;
    /// podid-mic: address and port of /healthz, /readyz and /metrics (`--status-address`).
    PODID_MIC_STATUS_ADDRESS;
    /// podid-mic: longest silence of the API server (`--api-server-silence`).
    PODID_MIC_API_SERVER_SILENCE;
    /// podid-mic: json or text (`--log-format`).
    PODID_MIC_LOG_FORMAT;
    /// podid-mic: error, warn, info, debug or trace (`--log-level`).
    PODID_MIC_LOG_LEVEL;
    /// podid-nmi: name of the node (`--node`), from the pod's `spec.nodeName`.
    NODE_NAME;
    /// podid-nmi: managed or standard (`--mode`).
    PODID_NMI_MODE;
    /// podid-nmi: addresses to answer pods on (`--listen-address`).
    PODID_NMI_LISTEN_ADDRESS;
    /// podid-nmi: port to answer pods on (`--port`).
    PODID_NMI_PORT;
    /// podid-nmi: address and port of /healthz, /readyz and /metrics (`--status-address`).
    PODID_NMI_STATUS_ADDRESS;
    /// podid-nmi: another address and port for /metrics (`--metrics-address`).
    PODID_NMI_METRICS_ADDRESS;
    /// podid-nmi: how requests of pods are led to it (`--redirect`).
    PODID_NMI_REDIRECT;
    /// podid-nmi: longest silence of the API server (`--api-server-silence`).
    PODID_NMI_API_SERVER_SILENCE;
    /// podid-nmi: addresses of the node to lead requests to (`--host-ip`), from the pod's `status.hostIPs`.
    HOST_IP;
    /// podid-nmi: addresses whose requests are led to it (`--metadata-address`).
    PODID_NMI_METADATA_ADDRESS;
    /// podid-nmi: ranges of addresses whose requests are led to it (`--pod-cidr`).
    PODID_NMI_POD_CIDR;
    /// podid-nmi: how often the packet rules are compared (`--redirect-resync`).
    PODID_NMI_REDIRECT_RESYNC;
    /// podid-nmi: remove the packet rules at the end (`--cleanup`).
    PODID_NMI_CLEANUP;
    /// podid-nmi: key of the taint to remove from the node when ready (`--startup-taint`).
    PODID_NMI_STARTUP_TAINT;
    /// podid-nmi: match bindings of other namespaces too (`--across-namespaces`).
    PODID_NMI_ACROSS_NAMESPACES;
    /// podid-nmi: how long a request waits for an assignment (`--assignment-timeout`).
    PODID_NMI_ASSIGNMENT_TIMEOUT;
    /// podid-nmi: on or off (`--token-cache`).
    PODID_NMI_TOKEN_CACHE;
    /// podid-nmi: tokens kept at most (`--token-cache-size`).
    PODID_NMI_TOKEN_CACHE_SIZE;
    /// podid-nmi: on or off (`--prefetch`).
    PODID_NMI_PREFETCH;
    /// podid-nmi: resources of tokens for new pods (`--prefetch-resource`).
    PODID_NMI_PREFETCH_RESOURCE;
    /// podid-nmi: requests to the metadata service per second (`--imds-rate`).
    PODID_NMI_IMDS_RATE;
    /// podid-nmi: refuse pods the instance metadata (`--block-instance-metadata`).
    PODID_NMI_BLOCK_INSTANCE_METADATA;
    /// podid-nmi: answer /host/token (`--host-token`).
    PODID_NMI_HOST_TOKEN;
    /// podid-nmi: serve identities that are service principals (`--allow-service-principals`).
    PODID_NMI_ALLOW_SERVICE_PRINCIPALS;
    /// podid-nmi: more hosts that secrets may be sent to (`--allow-authority`).
    PODID_NMI_ALLOW_AUTHORITY;
    /// podid-nmi: connections at most (`--max-connections`).
    PODID_NMI_MAX_CONNECTIONS;
    /// podid-nmi: connections of one pod at most (`--max-connections-per-pod`).
    PODID_NMI_MAX_CONNECTIONS_PER_POD;
    /// podid-nmi: time for requests under way at its end (`--drain-timeout`).
    PODID_NMI_DRAIN_TIMEOUT;
    /// podid-nmi: json or text (`--log-format`).
    PODID_NMI_LOG_FORMAT;
    /// podid-nmi: error, warn, info, debug or trace (`--log-level`).
    PODID_NMI_LOG_LEVEL;
    /// Folder for kube-apiserver and etcd that the sandbox builds.
    PODID_CACHE_DIR;
    /// Control URL of the running sandbox, a secret; `podid sandbox` sets it for scripts.
    PODID_SANDBOX;
    /// Folder of the sandbox's node: the log of podid-nmi and the ways into pods; `podid sandbox exec` reads it.
    PODID_SANDBOX_NODE;
    /// Folder with etcd and kube-apiserver for the sandbox (the envtest convention).
    KUBEBUILDER_ASSETS;
    /// Kubeconfig files, separated by colons (`--kubeconfig`).
    KUBECONFIG;
    /// Address of the API server, set in every pod: without a kubeconfig podid uses the pod's account.
    KUBERNETES_SERVICE_HOST;
    /// Proxy for Azure and Kubernetes; loopback is never reached through it.
    HTTPS_PROXY;
    /// Proxy for plain http; `podid sandbox` only looks whether it is set.
    HTTP_PROXY;
    /// Proxy for everything; `podid sandbox` only looks whether it is set.
    ALL_PROXY;
    /// Hosts, domains and networks that are reached without a proxy, separated by commas.
    NO_PROXY;
    /// Subscription id or name (`--subscription`).
    AZURE_SUBSCRIPTION_ID;
    /// Tenant of the service principal or workload identity.
    AZURE_TENANT_ID;
    /// Application (client) id of the service principal, or of the managed identity to use.
    AZURE_CLIENT_ID;
    /// Secret of the service principal.
    AZURE_CLIENT_SECRET;
    /// PEM file with certificate and private key of the service principal.
    AZURE_CLIENT_CERTIFICATE_PATH;
    /// File with the federated token of a workload identity.
    AZURE_FEDERATED_TOKEN_FILE;
    /// Entra's address, as the Azure SDKs read it.
    AZURE_AUTHORITY_HOST;
    /// Folder of az's configuration, for its defaults.
    AZURE_CONFIG_DIR;
    /// az's default resource group, instead of the one in az's configuration.
    AZURE_DEFAULTS_GROUP;
    /// az's output format, instead of the one in az's configuration.
    AZURE_CORE_OUTPUT;
    /// az's cloud, instead of the one in az's configuration.
    AZURE_CLOUD_NAME;
    /// Managed identity endpoint of App Service and az's cloud shell.
    IDENTITY_ENDPOINT;
    /// Secret header of that endpoint.
    IDENTITY_HEADER;
    /// Non-empty: no colour.
    NO_COLOR;
    /// Non-empty: colour even without a terminal.
    FORCE_COLOR;
    /// Non-empty and not 0: colour even without a terminal.
    CLICOLOR_FORCE;
    /// Folder of the user's home, for podid's and az's configuration.
    HOME;
    /// Folder for configuration; podid's is `podid` below it.
    XDG_CONFIG_HOME;
    /// Folder for caches; podid's is `podid` below it.
    XDG_CACHE_HOME;
    /// Folders searched for the Go toolchain; `podid sandbox run` appends podid's own.
    PATH;
    /// PEM file that the sandbox's bundle of certificate authorities starts from.
    SSL_CERT_FILE;
    /// PEM file with certificate authorities for az and Python; `podid sandbox` sets it.
    REQUESTS_CA_BUNDLE;
    /// Set to `bash`, `zsh`, `fish`, `powershell` or `elvish` by shell completion.
    COMPLETE;
}

/// `NO_PROXY` in the form that some programs read only.
pub const NO_PROXY_IN_LOWER_CASE: &str = "no_proxy";

/// The value of `name`, unless unset or empty.
#[must_use]
pub fn read(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The value of `name` as the system has it, unless unset or empty; for paths.
#[must_use]
pub fn read_os(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The value of `name` or of its lower-case form: proxies are set in both.
#[must_use]
pub fn read_any_case(name: &str) -> Option<String> {
    read(name).or_else(|| read(&name.to_ascii_lowercase()))
}
