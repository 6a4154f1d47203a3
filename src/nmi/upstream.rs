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
        let Some((name, inline)) = text.strip_prefix("--").map(split) else {
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
