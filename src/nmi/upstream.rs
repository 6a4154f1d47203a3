//! The flags of aad-pod-identity's NMI, turned into podid-nmi's own, with a warning for each.
//!
//! A DaemonSet that was written for it starts as it is; what its flags ask for happens, or the log says why not.

use std::ffi::OsString;

/// What becomes of a flag.
enum Fate {
    /// It has another name here.
    Renamed(&'static str),
    /// It names a port, here part of an address.
    Port(&'static str),
    /// It has no meaning here.
    Dropped(&'static str),
}

use Fate::{Dropped, Port, Renamed};

const LOG_LEVEL: &str = "see --log-level";
const STDERR: &str = "the log goes to stderr; see --log-format";

const FLAGS: &[(&str, Fate)] = &[
    ("nmi-port", Renamed("port")),
    ("nmi-listen-address", Renamed("listen-address")),
    ("operation-mode", Renamed("mode")),
    ("http-probe-port", Port("status-address")),
    ("prometheus-port", Port("metrics-address")),
    (
        "forceNamespaced",
        Dropped(
            "identities are matched in the pod's namespace unless --across-namespaces is given",
        ),
    ),
    (
        "MICNamespace",
        Dropped("no pod passes by its name; use an AzurePodIdentityException"),
    ),
    ("enableProfile", Dropped("there is no profiler")),
    ("enableScaleFeatures", Dropped("always on")),
    ("metadata-header-required", Dropped("always required")),
    (
        "retry-attempts-for-created",
        Dropped("requests wait for the assignment itself; see --assignment-timeout"),
    ),
    (
        "retry-attempts-for-assigned",
        Dropped("requests wait for the assignment itself; see --assignment-timeout"),
    ),
    (
        "find-identity-retry-interval",
        Dropped("requests wait for the assignment itself; see --assignment-timeout"),
    ),
    (
        "set-retry-after-header",
        Dropped("always set where another try can help"),
    ),
    (
        "allow-network-plugin-kubenet",
        Dropped("kubenet is not refused; keep NET_RAW from pods there"),
    ),
    ("kubelet-config", Dropped("kubenet is not looked for")),
    ("ipt-update-interval-sec", Renamed("redirect-resync")),
    (
        "enable-conntrack-deletion",
        Dropped("connections from before the redirect are always cut"),
    ),
    ("custom-user-agent", Dropped("the user agent is podid's")),
    // Those of its log.
    ("v", Dropped(LOG_LEVEL)),
    ("vmodule", Dropped(LOG_LEVEL)),
    ("stderrthreshold", Dropped(LOG_LEVEL)),
    ("logtostderr", Dropped(STDERR)),
    ("alsologtostderr", Dropped(STDERR)),
    ("log_dir", Dropped(STDERR)),
    ("log_file", Dropped(STDERR)),
    ("log_file_max_size", Dropped(STDERR)),
    ("one_output", Dropped(STDERR)),
    ("skip_log_headers", Dropped(STDERR)),
    ("skip_headers", Dropped(STDERR)),
    ("add_dir_header", Dropped(STDERR)),
    ("log_backtrace_at", Dropped(STDERR)),
];

/// Arguments, and what to warn of.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Translated {
    /// Arguments that podid-nmi knows, or that nobody knows.
    pub arguments: Vec<OsString>,
    /// One line for each flag of the other kind.
    pub warnings: Vec<String>,
}

/// Turns the flags of aad-pod-identity's NMI into podid-nmi's own.
pub fn translate(arguments: impl IntoIterator<Item = OsString>) -> Translated {
    let mut made = Translated::default();
    let mut metadata: [Option<String>; 2] = [None, None];
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next() {
        let text = argument.to_string_lossy().into_owned();
        // `-v 5` is the only short one.
        let short = text.strip_prefix('-').filter(|rest| {
            let level = rest.strip_prefix('v');
            level.is_some_and(|level| !level.starts_with(|c: char| c.is_alphabetic()))
        });
        let split = text.strip_prefix("--").map(split);
        let Some((name, inline)) = split.or(short.map(verbosity)) else {
            made.arguments.push(argument);
            continue;
        };
        let fate = FLAGS.iter().find(|(own, _)| *own == name);
        let place = ["metadata-ip", "metadata-port"]
            .iter()
            .position(|own| *own == name);
        if fate.is_none() && place.is_none() {
            made.arguments.push(argument);
            continue;
        }
        // A value may follow as an argument of its own, as long as it is none itself.
        let next = |rest: &mut std::iter::Peekable<_>| {
            let follows = |next: &OsString| !next.to_string_lossy().starts_with('-');
            rest.next_if(follows)
                .map(|value: OsString| value.to_string_lossy().into_owned())
        };
        let value = inline.or_else(|| next(&mut rest)).unwrap_or_default();
        if let Some(place) = place {
            made.warnings.push(format!(
                "--{name} is --imds-endpoint and --metadata-address here"
            ));
            metadata[place] = Some(value);
        } else if let Some((name, fate)) = fate {
            made.put(name, fate, &value);
        }
    }
    if metadata.iter().any(Option::is_some) {
        let [address, port] = metadata;
        let address = address.unwrap_or_else(|| "169.254.169.254".to_owned());
        let port = port.unwrap_or_else(|| "80".to_owned());
        made.arguments
            .push(format!("--imds-endpoint=http://{address}:{port}/").into());
        made.arguments
            .push(format!("--metadata-address={address}:{port}").into());
    }
    made
}

impl Translated {
    fn put(&mut self, name: &str, fate: &Fate, value: &str) {
        match fate {
            Renamed(own) => {
                // Modes were read ignoring case.
                let value = if *own == "mode" {
                    value.to_lowercase()
                } else {
                    value.to_owned()
                };
                self.warnings.push(format!("--{name} is --{own} here"));
                self.arguments.push(format!("--{own}={value}").into());
            }
            Port(own) => {
                self.warnings
                    .push(format!("--{name} is --{own} here, with an address"));
                self.arguments
                    .push(format!("--{own}=0.0.0.0:{value}").into());
            }
            Dropped(why) => self.warnings.push(format!("--{name} is ignored: {why}")),
        }
    }
}

/// Reads `v`, `v5` and `v=5`.
fn verbosity(flag: &str) -> (&str, Option<String>) {
    let (name, level) = flag.split_at(1);
    let level = level.strip_prefix('=').unwrap_or(level);
    (name, (!level.is_empty()).then(|| level.to_owned()))
}

fn split(flag: &str) -> (&str, Option<String>) {
    match flag.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (flag, None),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::nmi::args::{Args, Mode};

    fn translated(arguments: &[&str]) -> Translated {
        translate(arguments.iter().map(OsString::from))
    }

    #[test]
    fn the_usual_daemon_set_starts_as_it_is() {
        let made = translated(&[
            "podid-nmi",
            "--node=n1",
            "--http-probe-port=8085",
            "--enableScaleFeatures=true",
            "--operation-mode=Managed",
            "--forceNamespaced",
            "--nmi-port",
            "2600",
            "--metadata-ip",
            "127.0.0.1",
            "--block-instance-metadata=true",
            "--kubelet-config=/etc/default/kubelet",
            "--log-format=json",
        ]);
        assert_eq!(made.warnings.len(), 7, "{:?}", made.warnings);
        let args = Args::try_parse_from(&made.arguments).unwrap();
        assert_eq!(
            (args.mode, args.port, args.node.as_str()),
            (Mode::Managed, 2600, "n1")
        );
        assert_eq!(args.status_address.to_string(), "0.0.0.0:8085");
        assert_eq!(args.imds_endpoint, "http://127.0.0.1:80/");
        assert!(args.block_instance_metadata);
    }

    /// Every flag of its last release; with the value that it has in the DaemonSets people run.
    const THEIRS: &[(&str, &str)] = &[
        ("--nmi-listen-address", "127.0.0.1"),
        ("--nmi-port", "2579"),
        ("--metadata-ip", "169.254.169.254"),
        ("--metadata-port", "80"),
        ("--ipt-update-interval-sec", "60"),
        ("--forceNamespaced", "true"),
        ("--MICNamespace", "default"),
        ("--http-probe-port", "8085"),
        ("--retry-attempts-for-created", "16"),
        ("--retry-attempts-for-assigned", "4"),
        ("--find-identity-retry-interval", "5"),
        ("--enableProfile", "false"),
        ("--enableScaleFeatures", "true"),
        ("--metadata-header-required", "true"),
        ("--prometheus-port", "9090"),
        ("--operation-mode", "Standard"),
        ("--allow-network-plugin-kubenet", "false"),
        ("--kubelet-config", "/etc/default/kubelet"),
        ("--set-retry-after-header", "false"),
        ("--enable-conntrack-deletion", "false"),
        ("--custom-user-agent", "me"),
        ("--v", "5"),
        ("-v", "5"),
        ("--logtostderr", "true"),
        ("--vmodule", "nmi=5"),
    ];

    #[test]
    fn each_flag_of_its_last_release_is_understood_with_a_warning() {
        for (flag, value) in THEIRS {
            let joined = format!("{flag}={value}");
            for given in [&[joined.as_str()][..], &[*flag, *value]] {
                let made = translated(&[&["podid-nmi", "--node", "n1"], given].concat());
                assert_eq!(made.warnings.len(), 1, "{given:?}");
                let args = Args::try_parse_from(&made.arguments);
                assert!(args.is_ok(), "{given:?}: {:?}", made.arguments);
            }
        }
        // These have the same name and values here.
        let same = [
            "podid-nmi",
            "--node=n1",
            "--block-instance-metadata=false",
            "--log-format=text",
        ];
        let made = translated(&same);
        assert!(made.warnings.is_empty());
        assert!(Args::try_parse_from(&made.arguments).is_ok());
        // Not one of theirs.
        assert!(translated(&["podid-nmi", "-version"]).warnings.is_empty());
    }

    #[test]
    fn own_flags_pass_untouched_and_a_flag_is_no_value() {
        let own = ["podid-nmi", "--node", "n1", "--port", "0", "--unknown"];
        let made = translated(&own);
        assert_eq!(made.arguments, own.map(OsString::from));
        assert!(made.warnings.is_empty());
        let made = translated(&["podid-nmi", "--enableProfile", "--port", "0"]);
        assert_eq!(
            made.arguments,
            ["podid-nmi", "--port", "0"].map(OsString::from)
        );
    }
}
