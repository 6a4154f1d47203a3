//! `podid config show`.

use clap::Args as ClapArgs;
use clap::ValueEnum;
use serde::Serialize;

use crate::commands::arguments::Via;
use crate::context::Context;
use crate::error::Result;
use crate::output::report::Report;
use crate::output::table::Table;
use crate::settings::{Key, Setting, Settings};

/// Show every default in force and where it comes from
///
/// A flag beats the environment, which beats the configuration file, which beats az's own
/// configuration, which beats what is built in.
#[derive(Debug, ClapArgs)]
#[command(after_long_help = "Examples:
  # Why is this cluster meant?
  podid config show

  # The resource group alone
  podid config show --query \"[?name=='resourceGroup'].value | [0]\" -o tsv")]
pub struct Args {}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    name: &'static str,
    value: Option<String>,
    origin: &'static str,
    source: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// The cloud in force is refused.
pub(super) fn run(context: &Context, _args: &Args) -> Result<Report> {
    let mut table = Table::new(&["SETTING", "VALUE", "ORIGIN"]);
    let mut all = Vec::new();
    for key in Key::ALL {
        let setting = in_force(&context.settings, key)?;
        let shown = Shown {
            name: key.name(),
            origin: setting.as_ref().map_or("unset", |set| set.origin.kind()),
            source: setting.as_ref().map(|set| set.origin.to_string()),
            value: setting.map(|set| set.value),
        };
        table.row([
            shown.name,
            shown.value.as_deref().unwrap_or_default(),
            shown.source.as_deref().unwrap_or("not set"),
        ]);
        all.push(shown);
    }
    Ok(Report::new(all, table))
}

fn in_force(settings: &Settings, key: Key) -> Result<Option<Setting<String>>> {
    Ok(match key {
        Key::ResourceGroup => settings.resource_group(None),
        Key::ClusterName => settings.cluster_name(None),
        Key::Subscription => settings.subscription(),
        Key::Output => settings.output().map(named),
        Key::Timeout => Some(settings.timeout().map(|limit| {
            let span = jiff::SignedDuration::try_from(limit).unwrap_or_default();
            format!("{span:#}")
        })),
        Key::Color => Some(named(settings.color())),
        Key::Credential => Some(settings.credential().map(|kind| kind.to_string())),
        Key::Cloud => Some(settings.cloud()?.map(|cloud| cloud.name().to_owned())),
        Key::ErrorFormat => Some(named(settings.error_format())),
        Key::Via => Some(named(settings.via::<Via>(None))),
    })
}

fn named<T: ValueEnum>(setting: Setting<T>) -> Setting<String> {
    setting.map(|value| {
        let name = value.to_possible_value();
        name.map(|name| name.get_name().to_owned())
            .unwrap_or_default()
    })
}
