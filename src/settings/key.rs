//! The settings by name, and where the value of one can come from.

use std::fmt;
use std::path::PathBuf;

/// A setting that may have a default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Resource group of the cluster.
    ResourceGroup,
    /// Name of the cluster.
    ClusterName,
    /// Subscription name or id.
    Subscription,
    /// Format of results.
    Output,
    /// Longest time to wait.
    Timeout,
    /// When to use colour.
    Color,
    /// Way to sign in.
    Credential,
    /// Azure cloud.
    Cloud,
    /// Format of errors.
    ErrorFormat,
    /// Who changes the cluster.
    Via,
}

impl Key {
    /// All of them, in the order they are shown.
    pub const ALL: [Key; 10] = [
        Key::ResourceGroup,
        Key::ClusterName,
        Key::Subscription,
        Key::Output,
        Key::Timeout,
        Key::Color,
        Key::Credential,
        Key::Cloud,
        Key::ErrorFormat,
        Key::Via,
    ];

    /// Its name in the configuration file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Key::ResourceGroup => "resourceGroup",
            Key::ClusterName => "clusterName",
            Key::Subscription => "subscription",
            Key::Output => "output",
            Key::Timeout => "timeout",
            Key::Color => "color",
            Key::Credential => "credential",
            Key::Cloud => "cloud",
            Key::ErrorFormat => "errorFormat",
            Key::Via => "via",
        }
    }

    /// The flag that beats every other source.
    #[must_use]
    pub fn flag(self) -> &'static str {
        match self {
            Key::ResourceGroup => "--resource-group",
            Key::ClusterName => "--cluster-name",
            Key::Subscription => "--subscription",
            Key::Output => "--output",
            Key::Timeout => "--timeout",
            Key::Color => "--color",
            Key::Credential => "--credential",
            Key::Cloud => "--cloud",
            Key::ErrorFormat => "--error-format",
            Key::Via => "--via",
        }
    }

    /// The setting of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Key> {
        Key::ALL.into_iter().find(|key| key.name() == name)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a value comes from, the strongest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A flag of the command.
    Flag(&'static str),
    /// An environment variable.
    Environment(&'static str),
    /// podid's configuration file.
    File(PathBuf),
    /// A file of az.
    Az(PathBuf),
    /// podid itself.
    BuiltIn,
}

impl Origin {
    /// The kind of source, for programs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Origin::Flag(_) => "flag",
            Origin::Environment(_) => "environment",
            Origin::File(_) => "file",
            Origin::Az(_) => "az",
            Origin::BuiltIn => "builtIn",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag(name) | Origin::Environment(name) => f.write_str(name),
            Origin::File(path) | Origin::Az(path) => write!(f, "{}", path.display()),
            Origin::BuiltIn => f.write_str("built in"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value in force.
    pub value: T,
    /// Its source.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value from a source.
    pub fn new(value: T, origin: Origin) -> Self {
        Setting { value, origin }
    }

    /// The same origin with another form of the value.
    pub fn map<U>(self, form: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: form(self.value),
            origin: self.origin,
        }
    }
}
