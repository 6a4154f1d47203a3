//! Where settings come from: flag, environment, configuration file, az's defaults, built in.
//!
//! clap reads flags and environment. This module adds the configuration file and az's own
//! configuration, knows for each value where it comes from, and turns everything into what the
//! Azure client takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use clap::parser::{ArgMatches, ValueSource};

use crate::azure::cloud::{Cloud, CustomEndpoints};
use crate::azure::credential::{CredentialKind, CredentialSettings};
use crate::cli::GlobalArgs;
use crate::env;
use crate::error::{Error, Result};
use crate::output::format::Format;
use crate::output::style::ColorChoice;
use crate::output::ui::ErrorFormat;

pub mod az;
pub mod edit;
pub mod file;
mod key;

pub use key::{Key, Origin, Setting};

/// Longest time to wait when nobody says.
const TIMEOUT: Duration = Duration::from_mins(5);

/// The settings of one run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    global: GlobalArgs,
    from_flags: Vec<Key>,
    path: PathBuf,
    file: file::Values,
}

impl Settings {
    /// What the command line, the environment and the configuration file say.
    ///
    /// # Errors
    /// The configuration file is refused; the settings are then those without it.
    pub fn load(global: GlobalArgs, matches: Option<&ArgMatches>) -> (Self, Option<Error>) {
        let mut settings = Settings {
            from_flags: matches.map(given_as_flags).unwrap_or_default(),
            global,
            ..Settings::default()
        };
        let Some(place) = file::place() else {
            return (settings, None);
        };
        let read = file::text(&place)
            .and_then(|text| file::parse(text.as_deref().unwrap_or_default(), &place.path));
        settings.path = place.path;
        match read {
            Ok(values) => {
                settings.file = values;
                (settings, None)
            }
            Err(error) => (settings, Some(error)),
        }
    }

    fn given<T>(&self, key: Key, value: Option<T>, variable: &'static str) -> Option<Setting<T>> {
        let origin = if self.from_flags.contains(&key) || variable.is_empty() {
            Origin::Flag(key.flag())
        } else {
            Origin::Environment(variable)
        };
        value.map(|value| Setting::new(value, origin))
    }

    fn in_file<T>(&self, value: Option<T>) -> Option<Setting<T>> {
        value.map(|value| Setting::new(value, Origin::File(self.path.clone())))
    }

    /// The resource group of the cluster; `given` is the command's own argument.
    #[must_use]
    pub fn resource_group(&self, given: Option<&String>) -> Option<Setting<String>> {
        argument(given, Key::ResourceGroup, env::PODID_RESOURCE_GROUP)
            .or_else(|| self.in_file(self.file.resource_group.clone()))
            .or_else(az::resource_group)
    }

    /// The name of the cluster; `given` is the command's own argument.
    #[must_use]
    pub fn cluster_name(&self, given: Option<&String>) -> Option<Setting<String>> {
        argument(given, Key::ClusterName, env::PODID_CLUSTER_NAME)
            .or_else(|| self.in_file(self.file.cluster_name.clone()))
    }

    /// The name or id of the subscription.
    #[must_use]
    pub fn subscription(&self) -> Option<Setting<String>> {
        let given = self.global.subscription.clone();
        self.given(Key::Subscription, given, env::AZURE_SUBSCRIPTION_ID)
            .or_else(|| self.in_file(self.file.subscription.clone()))
            .or_else(|| az::Profile::read().chosen())
    }

    /// The format of results; without one it depends on the terminal.
    #[must_use]
    pub fn output(&self) -> Option<Setting<Format>> {
        let az = || {
            let set = az::output()?;
            // A format that only az has is no mistake of podid's user.
            let format = <Format as ValueEnum>::from_str(&set.value, true).ok()?;
            Some(set.map(|_| format))
        };
        self.given(Key::Output, self.global.output, env::PODID_OUTPUT)
            .or_else(|| self.in_file(self.file.output))
            .or_else(az)
    }

    /// The longest time to wait for Azure and Kubernetes.
    #[must_use]
    pub fn timeout(&self) -> Setting<Duration> {
        self.given(Key::Timeout, self.global.timeout, env::PODID_TIMEOUT)
            .or_else(|| self.in_file(self.file.timeout))
            .unwrap_or(Setting::new(TIMEOUT, Origin::BuiltIn))
    }

    /// When to use colour.
    #[must_use]
    pub fn color(&self) -> Setting<ColorChoice> {
        self.given(Key::Color, self.global.color, "")
            .or_else(|| self.in_file(self.file.color))
            .unwrap_or(Setting::new(ColorChoice::default(), Origin::BuiltIn))
    }

    /// The way to sign in.
    #[must_use]
    pub fn credential(&self) -> Setting<CredentialKind> {
        let given = self.global.credential;
        self.given(Key::Credential, given, env::PODID_CREDENTIAL)
            .or_else(|| self.in_file(self.file.credential))
            .unwrap_or(Setting::new(CredentialKind::default(), Origin::BuiltIn))
    }

    /// The format of errors on stderr.
    #[must_use]
    pub fn error_format(&self) -> Setting<ErrorFormat> {
        let given = self.global.error_format;
        self.given(Key::ErrorFormat, given, env::PODID_ERROR_FORMAT)
            .or_else(|| self.in_file(self.file.error_format))
            .unwrap_or(Setting::new(ErrorFormat::default(), Origin::BuiltIn))
    }

    /// Who changes the cluster; `given` is the command's own argument.
    #[must_use]
    pub fn via<T: ValueEnum + Default>(&self, given: Option<T>) -> Setting<T> {
        let file = || T::from_str(self.file.via.as_deref()?, false).ok();
        given
            .map(|way| Setting::new(way, Origin::Flag(Key::Via.flag())))
            .or_else(|| self.in_file(file()))
            .unwrap_or_else(|| Setting::new(T::default(), Origin::BuiltIn))
    }

    /// The cloud in force: a custom one when its endpoint is set, else the named one, else public.
    ///
    /// # Errors
    /// An unknown cloud name, or endpoints that are refused.
    pub fn cloud(&self) -> Result<Setting<Cloud>> {
        let given = self.given(Key::Cloud, self.global.cloud.clone(), env::PODID_CLOUD);
        if let Some(endpoint) = env::read(env::PODID_ARM_ENDPOINT) {
            if given.is_some() {
                return Err(
                    Error::usage("Both --cloud and PODID_ARM_ENDPOINT choose a cloud")
                        .hint("unset PODID_ARM_ENDPOINT, or leave --cloud away")
                        .target("--cloud"),
                );
            }
            let origin = Origin::Environment(env::PODID_ARM_ENDPOINT);
            return Ok(Setting::new(custom_cloud(endpoint)?, origin));
        }
        let named = given.or_else(|| self.in_file(self.file.cloud.clone()));
        if let Some(Setting { value, origin }) = named {
            return Ok(Setting::new(Cloud::named(&value)?, origin));
        }
        let Some(Setting { value, origin }) = az::cloud_name() else {
            return Ok(Setting::new(Cloud::public(), Origin::BuiltIn));
        };
        let cloud = Cloud::named(&value).or_else(|_| az::registered_cloud(&value))?;
        Ok(Setting::new(cloud, origin))
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
            identity_endpoint: env::read(env::IDENTITY_ENDPOINT),
            identity_header: env::read(env::IDENTITY_HEADER),
            cli_subscription: self.subscription_of_az(),
            ..CredentialSettings::default()
        }
    }

    /// The subscription whose account az should use: az may be signed in to several tenants.
    ///
    /// One that az does not know is left out: az would refuse, while its account may well be able to
    /// reach a subscription that was made after `az login`.
    fn subscription_of_az(&self) -> Option<String> {
        let chosen = self.subscription()?;
        if matches!(chosen.origin, Origin::Az(_)) {
            return None;
        }
        Some(chosen.value).filter(|wanted| az::Profile::read().knows(wanted))
    }
}

/// The cloud that the environment describes.
fn custom_cloud(resource_manager: String) -> Result<Cloud> {
    let authority =
        env::read(env::PODID_AUTHORITY_HOST).or_else(|| env::read(env::AZURE_AUTHORITY_HOST));
    let authority = authority.ok_or_else(|| {
        Error::usage("PODID_ARM_ENDPOINT is set but not PODID_AUTHORITY_HOST")
            .hint("a custom cloud needs both: where Resource Manager is and where tokens come from")
            .target(env::PODID_AUTHORITY_HOST)
    })?;
    Ok(Cloud::custom(CustomEndpoints {
        resource_manager,
        authority,
        audience: env::read(env::PODID_ARM_AUDIENCE),
        imds: env::read(env::PODID_IMDS_ENDPOINT),
        ..CustomEndpoints::default()
    })?)
}

/// An argument that clap filled from a flag or from its variable.
fn argument(given: Option<&String>, key: Key, variable: &'static str) -> Option<Setting<String>> {
    let set = env::read(variable);
    let origin = match given {
        Some(_) if given != set.as_ref() => Origin::Flag(key.flag()),
        _ => Origin::Environment(variable),
    };
    let value = given.cloned().or(set)?;
    Some(Setting::new(value, origin))
}

fn given_as_flags(matches: &ArgMatches) -> Vec<Key> {
    let ids = [
        ("subscription", Key::Subscription),
        ("output", Key::Output),
        ("timeout", Key::Timeout),
        ("color", Key::Color),
        ("credential", Key::Credential),
        ("cloud", Key::Cloud),
        ("error_format", Key::ErrorFormat),
    ];
    ids.into_iter()
        .filter(|(id, _)| matches.value_source(id) == Some(ValueSource::CommandLine))
        .map(|(_, key)| key)
        .collect()
}
