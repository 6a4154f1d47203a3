//! podid's configuration file: a flat YAML mapping of defaults.
//!
//! Every key and every value is checked when the file is read, and refused with line and column. A
//! secret has no place here: whoever can read the file could act as podid.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::key::Key;
use crate::azure::cloud::Cloud;
use crate::azure::credential::CredentialKind;
use crate::cli::duration;
use crate::env;
use crate::error::{Error, Kind, Result};
use crate::output::format::Format;
use crate::output::style::ColorChoice;
use crate::output::ui::ErrorFormat;

/// The ways of `--via`, which belongs to the commands that change a cluster.
const WAYS: [&str; 3] = ["auto", "direct", "aks"];

/// What a key that holds a secret is called, in lower case.
const SECRET_WORDS: [&str; 7] = [
    "secret",
    "password",
    "token",
    "certificate",
    "assertion",
    "sas",
    "key",
];

/// What the file says; nothing is set without a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Resource group of the cluster.
    pub resource_group: Option<String>,
    /// Name of the cluster.
    pub cluster_name: Option<String>,
    /// Subscription name or id.
    pub subscription: Option<String>,
    /// Format of results.
    pub output: Option<Format>,
    /// Longest time to wait.
    pub timeout: Option<Duration>,
    /// When to use colour.
    pub color: Option<ColorChoice>,
    /// Way to sign in.
    pub credential: Option<CredentialKind>,
    /// Azure cloud, one that podid knows by name.
    pub cloud: Option<String>,
    /// Format of errors.
    pub error_format: Option<ErrorFormat>,
    /// Who changes the cluster.
    pub via: Option<String>,
}

impl Values {
    /// Sets one value from its text.
    ///
    /// # Errors
    /// Says what the setting takes.
    pub fn set(&mut self, key: Key, text: &str) -> std::result::Result<(), String> {
        if text.trim().is_empty() {
            return Err(format!("`{key}` has no value"));
        }
        let own = || Some(text.to_owned());
        match key {
            Key::ResourceGroup => self.resource_group = own(),
            Key::ClusterName => self.cluster_name = own(),
            Key::Subscription => self.subscription = own(),
            Key::Output => self.output = Some(choice(text)?),
            Key::Timeout => self.timeout = Some(duration(text)?),
            Key::Color => self.color = Some(choice(text)?),
            Key::Credential => {
                let kind = text.parse::<CredentialKind>();
                self.credential = Some(kind.map_err(|error| error.to_string())?);
            }
            Key::Cloud => {
                Cloud::named(text).map_err(|error| error.to_string())?;
                self.cloud = own();
            }
            Key::ErrorFormat => self.error_format = Some(choice(text)?),
            Key::Via => {
                if !WAYS.contains(&text) {
                    return Err(expected(&WAYS));
                }
                self.via = own();
            }
        }
        Ok(())
    }
}

fn choice<T: ValueEnum>(text: &str) -> std::result::Result<T, String> {
    T::from_str(text, false).map_err(|_| {
        let shown = T::value_variants()
            .iter()
            .filter_map(ValueEnum::to_possible_value);
        let shown: Vec<String> = shown
            .filter(|value| !value.is_hide_set())
            .map(|value| value.get_name().to_owned())
            .collect();
        expected(&shown)
    })
}

fn expected(names: &[impl AsRef<str>]) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    format!("expected one of {}", names.join(", "))
}

/// Where the file is, and whether somebody named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its path.
    pub path: PathBuf,
    /// `PODID_CONFIG` names it: then it has to be there.
    pub named: bool,
}

/// `$PODID_CONFIG`, else `$XDG_CONFIG_HOME/podid/config.yaml`, else `~/.config/podid/config.yaml`.
#[must_use]
pub fn place() -> Option<Place> {
    if let Some(path) = env::read_os(env::PODID_CONFIG) {
        return Some(Place {
            path: path.into(),
            named: true,
        });
    }
    // The XDG specification has relative paths ignored.
    let folder = env::read_os(env::XDG_CONFIG_HOME)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| env::read_os(env::HOME).map(|home| PathBuf::from(home).join(".config")))?;
    Some(Place {
        path: folder.join("podid").join("config.yaml"),
        named: false,
    })
}

/// The text of the file; nothing when there is none and nobody named it.
///
/// # Errors
/// It cannot be read.
pub fn text(place: &Place) -> Result<Option<String>> {
    match std::fs::read_to_string(&place.path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !place.named => Ok(None),
        Err(error) => Err(Error::usage(format!(
            "The configuration file `{}` cannot be read",
            place.path.display()
        ))
        .cause(error.to_string())
        .hint(if place.named {
            "set PODID_CONFIG to a file that can be read, or unset it"
        } else {
            "make it readable, or name another with PODID_CONFIG"
        })
        .target(place.path.display().to_string())),
    }
}

/// Reads the values in `text`; `path` is for the error.
///
/// # Errors
/// An unknown key, a secret, a wrong value or broken YAML, with line and column.
pub fn parse(text: &str, path: &Path) -> Result<Values> {
    let refused = |place: String, reason: String| {
        Error::new(
            Kind::Usage,
            format!("The configuration file `{}` is refused", path.display()),
        )
        .cause(format!("{place}{reason}"))
        .target(path.display().to_string())
    };
    let pairs: Option<Pairs> = serde_saphyr::from_str(text)
        .map_err(|error| refused(String::new(), error.without_snippet().to_string()))?;
    let mut values = Values::default();
    for (name, value) in pairs.unwrap_or_default().0 {
        let at = |one: &Spanned<String>| {
            let place = &one.referenced;
            format!("line {}, column {}: ", place.line(), place.column())
        };
        let Some(key) = Key::named(&name.value) else {
            let (reason, hint) = unknown(&name.value);
            return Err(refused(at(&name), reason).hint(hint));
        };
        values.set(key, &value.value).map_err(|reason| {
            let reason = format!("`{}` is no value for `{key}`: {reason}", value.value);
            refused(at(&value), reason)
        })?;
    }
    Ok(values)
}

/// Why a key is not taken, and what to do instead.
pub(crate) fn unknown(name: &str) -> (String, String) {
    let plain = name.to_lowercase();
    if SECRET_WORDS.iter().any(|word| plain.contains(word)) {
        return (
            format!("`{name}` has no place in a configuration file: podid stores no secret"),
            "give secrets to podid in the environment, or use --credential cli or managed-identity"
                .to_owned(),
        );
    }
    let known: Vec<&str> = Key::ALL.into_iter().map(Key::name).collect();
    (
        format!("there is no setting `{name}`"),
        format!("settings are {}", known.join(", ")),
    )
}

/// The mapping with the places of its keys and values.
#[derive(Default)]
struct Pairs(Vec<(Spanned<String>, Spanned<String>)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a mapping of settings to plain values")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> std::result::Result<Values, String> {
        parse(text, Path::new("c.yaml")).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_every_setting() {
        let text = "# mine\nresourceGroup: prod\nclusterName: \"prod-aks\"\nsubscription: 0f\noutput: table\n\
                    timeout: 90\ncolor: never\ncredential: cli\ncloud: AzureCloud\nerrorFormat: json\nvia: direct\n";
        let values = read(text).unwrap();
        assert_eq!(values.resource_group.as_deref(), Some("prod"));
        assert_eq!(values.output, Some(Format::Table));
        assert_eq!(values.timeout, Some(Duration::from_secs(90)));
        assert_eq!(values.subscription.as_deref(), Some("0f"));
        assert_eq!(values.via.as_deref(), Some("direct"));
    }

    #[test]
    fn an_empty_file_sets_nothing() {
        assert_eq!(read("").unwrap(), Values::default());
        assert_eq!(read("# nothing yet\n").unwrap(), Values::default());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let wrong = |text: &str| read(text).unwrap_err();
        let told = "The configuration file `c.yaml` is refused: ";
        assert_eq!(
            wrong("output: table\nresource-group: x\n"),
            format!("{told}line 2, column 1: there is no setting `resource-group`")
        );
        assert_eq!(
            wrong("timeout: soon\n"),
            format!(
                "{told}line 1, column 10: `soon` is no value for `timeout`: expected a duration such as 90s, 5m or 1h30m"
            )
        );
        assert!(wrong("clientSecret: x\n").contains("podid stores no secret"));
        assert!(wrong("output: [table]\n").contains("line 1"));
        assert!(wrong("- a\n").contains("line 1"));
        assert!(wrong("output: table\noutput: json\n").contains("line 2"));
        assert!(wrong("output: \"\"\n").contains("has no value"));
    }
}
