//! What a command may use: the user interface, the settings, and clients made when first needed.

use std::path::PathBuf;
use std::time::Duration;

use tokio::sync::OnceCell;

use crate::azure::{self, subscription};
use crate::env;
use crate::error::{Error, Result};
use crate::output::ui::Ui;
use crate::settings::Settings;

/// What a command may use.
#[derive(Debug)]
pub struct Context {
    /// Everything said on stderr.
    pub ui: Ui,
    /// What flags, environment and configuration say.
    pub settings: Settings,
    azure: OnceCell<azure::Client>,
    subscription: OnceCell<String>,
}

impl Context {
    /// A context for one run of podid.
    #[must_use]
    pub fn new(settings: Settings, ui: Ui) -> Self {
        Context {
            ui,
            settings,
            azure: OnceCell::new(),
            subscription: OnceCell::new(),
        }
    }

    /// Longest time to wait for Azure and Kubernetes.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.settings.timeout().value
    }

    /// The signed-in client of Azure Resource Manager; made once, signs in at its first request.
    ///
    /// # Errors
    /// The cloud's endpoints are refused, or the CA file cannot be read.
    pub async fn azure(&self) -> Result<&azure::Client> {
        self.azure
            .get_or_try_init(|| async { self.connect() })
            .await
    }

    fn connect(&self) -> Result<azure::Client> {
        let ui = self.ui.clone();
        let options = azure::ClientOptions {
            cloud: self.settings.cloud()?.value,
            credential: self.settings.credential().value,
            credential_settings: self.settings.sign_in(),
            ca_file: env::read(env::PODID_CA_FILE).map(PathBuf::from),
            timeout: self.timeout(),
            notices: azure::Notices::new(move |notice| ui.status(&notice.to_string())),
        };
        Ok(azure::Client::new(options)?)
    }

    /// The id of the subscription in force.
    ///
    /// Order: `--subscription` (an id, or a name that is looked up), `AZURE_SUBSCRIPTION_ID`, the
    /// configuration file, az's chosen subscription, the only one the principal can see.
    ///
    /// # Errors
    /// None is set and the principal sees several, or the name is unknown or ambiguous.
    pub async fn subscription(&self) -> Result<&str> {
        let found = self
            .subscription
            .get_or_try_init(|| self.find_subscription())
            .await?;
        Ok(found)
    }

    async fn find_subscription(&self) -> Result<String> {
        let wanted = self.settings.subscription().map(|setting| setting.value);
        if let Some(id) = wanted
            .as_deref()
            .filter(|text| uuid::Uuid::parse_str(text).is_ok())
        {
            return Ok(id.to_owned());
        }
        let all = subscription::list(self.azure().await?).await?;
        let matching: Vec<_> = match &wanted {
            Some(name) => all
                .iter()
                .filter(|item| item.name.eq_ignore_ascii_case(name))
                .collect(),
            None => all.iter().collect(),
        };
        match (matching.as_slice(), wanted) {
            ([only], _) => Ok(only.id.clone()),
            ([], Some(name)) => Err(Error::new(
                crate::error::Kind::NotFound,
                format!("There is no subscription `{name}` that you can see"),
            )
            .hint("give its id, or sign in to the tenant it belongs to")
            .target("--subscription")),
            (_, Some(name)) => Err(Error::usage(format!(
                "Several subscriptions are called `{name}`"
            ))
            .hint("give the id instead")
            .target("--subscription")),
            (_, None) => Err(Error::usage("No subscription is chosen")
                .hint("use --subscription or AZURE_SUBSCRIPTION_ID")
                .target("--subscription")),
        }
    }
}
