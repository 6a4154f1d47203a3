//! Where Azure is: the endpoints of a cloud, and which of them a token may be sent to.
//!
//! Two rules are kept here. A token of a known cloud goes to that cloud's Resource Manager and
//! nowhere else, whatever an environment variable says. Plain http goes to loopback only (and IMDS
//! to its link-local address), because a bearer token on the wire is the identity itself.

use std::net::IpAddr;

use url::{Host, Url};

use super::claims::Claims;

/// The endpoints of one Azure cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    name: String,
    resource_manager: Url,
    authority: Url,
    audience: String,
    imds: Url,
    vault_suffix: String,
}

/// Why a set of endpoints is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An endpoint is not a URL.
    #[error("`{value}` is not a URL for the {endpoint} endpoint")]
    NotAUrl {
        /// Which endpoint.
        endpoint: &'static str,
        /// What was given.
        value: String,
    },
    /// A token would cross the network in the clear.
    #[error("the {endpoint} endpoint `{url}` must use https: plain http is for loopback only")]
    Insecure {
        /// Which endpoint.
        endpoint: &'static str,
        /// The URL refused.
        url: String,
    },
    /// A token of one cloud would go to a host of another.
    #[error("a token for {cloud} is never sent to `{host}`")]
    ForeignHost {
        /// The cloud the token belongs to.
        cloud: &'static str,
        /// The host that would have received it.
        host: String,
    },
    /// A link in an answer leads away from Resource Manager.
    #[error("`{url}` is not on {resource_manager}, so no token is sent there")]
    NotResourceManager {
        /// The link, without its query.
        url: String,
        /// The host that may be called.
        resource_manager: String,
    },
    /// There is no cloud of this name.
    #[error(
        "there is no cloud `{name}`; known are AzureCloud, AzureUSGovernment and AzureChinaCloud"
    )]
    UnknownName {
        /// The name given.
        name: String,
    },
}

struct Known {
    title: &'static str,
    resource_manager: &'static str,
    authority: &'static str,
    /// The first is the one podid asks for; all are honoured by the service, with or without a slash.
    audiences: &'static [&'static str],
    issuers: &'static [&'static str],
    vault_suffix: &'static str,
}

const KNOWN: [Known; 3] = [
    Known {
        title: "AzureCloud",
        resource_manager: "management.azure.com",
        authority: "login.microsoftonline.com",
        audiences: &[
            "https://management.azure.com",
            "https://management.core.windows.net",
        ],
        issuers: &[
            "sts.windows.net",
            "login.microsoftonline.com",
            "login.windows.net",
        ],
        vault_suffix: "vault.azure.net",
    },
    Known {
        title: "AzureUSGovernment",
        resource_manager: "management.usgovcloudapi.net",
        authority: "login.microsoftonline.us",
        audiences: &[
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net",
        ],
        issuers: &["login.microsoftonline.us", "sts.windows.net"],
        vault_suffix: "vault.usgovcloudapi.net",
    },
    Known {
        title: "AzureChinaCloud",
        resource_manager: "management.chinacloudapi.cn",
        authority: "login.chinacloudapi.cn",
        audiences: &[
            "https://management.chinacloudapi.cn",
            "https://management.core.chinacloudapi.cn",
        ],
        issuers: &[
            "sts.chinacloudapi.cn",
            "login.chinacloudapi.cn",
            "login.partner.microsoftonline.cn",
        ],
        vault_suffix: "vault.azure.cn",
    },
];

const IMDS: &str = "http://169.254.169.254/";

/// The endpoints of a cloud podid does not know by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomEndpoints {
    /// The name shown to people.
    pub name: Option<String>,
    /// Azure Resource Manager.
    pub resource_manager: String,
    /// Entra, or what stands in for it.
    pub authority: String,
    /// The audience of Resource Manager tokens; the Resource Manager endpoint when absent.
    pub audience: Option<String>,
    /// The Instance Metadata Service; its link-local address when absent.
    pub imds: Option<String>,
    /// The host suffix of key vaults.
    pub vault_suffix: Option<String>,
}

impl Cloud {
    /// Azure's public cloud.
    #[must_use]
    pub fn public() -> Self {
        Self::known(&KNOWN[0])
    }

    /// Azure for the US government.
    #[must_use]
    pub fn us_government() -> Self {
        Self::known(&KNOWN[1])
    }

    /// Azure in China, operated by 21Vianet.
    #[must_use]
    pub fn china() -> Self {
        Self::known(&KNOWN[2])
    }

    /// The cloud of a name, as `az cloud list` writes it; a few short forms are read too.
    ///
    /// # Errors
    /// When no cloud has this name.
    pub fn named(name: &str) -> Result<Self, Refusal> {
        match name.to_ascii_lowercase().as_str() {
            "azurecloud" | "azurepublic" | "azurepubliccloud" | "public" => Ok(Self::public()),
            "azureusgovernment" | "azureusgovernmentcloud" | "usgovernment" => {
                Ok(Self::us_government())
            }
            "azurechinacloud" | "azurechina" | "china" => Ok(Self::china()),
            _ => Err(Refusal::UnknownName {
                name: name.to_owned(),
            }),
        }
    }

    /// A cloud given by its endpoints: Azure Stack, a sovereign cloud, or the emulator.
    ///
    /// # Errors
    /// When an endpoint is no URL, is plain http away from loopback, or would receive another cloud's tokens.
    pub fn custom(endpoints: CustomEndpoints) -> Result<Self, Refusal> {
        let resource_manager = endpoint("resource manager", &endpoints.resource_manager)?;
        let authority = endpoint("authority", &endpoints.authority)?;
        let imds = endpoint("IMDS", endpoints.imds.as_deref().unwrap_or(IMDS))?;
        let audience = endpoints
            .audience
            .unwrap_or_else(|| resource_manager.as_str().trim_end_matches('/').to_owned());
        let cloud = Self {
            name: endpoints.name.unwrap_or_else(|| "custom".to_owned()),
            resource_manager,
            authority,
            audience,
            imds,
            vault_suffix: endpoints
                .vault_suffix
                .unwrap_or_else(|| KNOWN[0].vault_suffix.to_owned()),
        };
        cloud.refuse_foreign_audience()?;
        Ok(cloud)
    }

    /// This cloud with another IMDS endpoint.
    ///
    /// # Errors
    /// When the endpoint is no URL, or is plain http away from loopback and the link-local address.
    pub fn with_imds(mut self, imds: &str) -> Result<Self, Refusal> {
        self.imds = endpoint("IMDS", imds)?;
        Ok(self)
    }

    fn known(known: &Known) -> Self {
        let https = |host: &str| {
            Url::parse(&format!("https://{host}/")).expect("the table of clouds holds host names")
        };
        Self {
            name: known.title.to_owned(),
            resource_manager: https(known.resource_manager),
            authority: https(known.authority),
            audience: known.audiences[0].to_owned(),
            imds: Url::parse(IMDS).expect("the address of IMDS is a URL"),
            vault_suffix: known.vault_suffix.to_owned(),
        }
    }

    /// The name of the cloud, as `az cloud list` writes it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Azure Resource Manager.
    #[must_use]
    pub fn resource_manager(&self) -> &Url {
        &self.resource_manager
    }

    /// Entra.
    #[must_use]
    pub fn authority(&self) -> &Url {
        &self.authority
    }

    /// The audience of Resource Manager tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The scope to ask for when signing in to Resource Manager.
    #[must_use]
    pub fn scope(&self) -> String {
        // An audience that ends with a slash keeps it: `https://host//.default` is what Entra expects then.
        format!("{}/.default", self.audience)
    }

    /// The Instance Metadata Service.
    #[must_use]
    pub fn imds(&self) -> &Url {
        &self.imds
    }

    /// The host suffix of key vaults.
    #[must_use]
    pub fn vault_suffix(&self) -> &str {
        &self.vault_suffix
    }

    /// Whether a Resource Manager token may be sent to `url`.
    ///
    /// # Errors
    /// When `url` is not on this cloud's Resource Manager host: same scheme, host and port.
    pub fn check_link(&self, url: &Url) -> Result<(), Refusal> {
        let same = url.origin() == self.resource_manager.origin();
        if (same || self.is_own_region(url)) && url.username().is_empty() {
            return Ok(());
        }
        let mut shown = url.clone();
        let _ = (shown.set_username(""), shown.set_password(None));
        shown.set_query(None);
        shown.set_fragment(None);
        Err(Refusal::NotResourceManager {
            url: shown.to_string(),
            resource_manager: self.resource_manager.origin().ascii_serialization(),
        })
    }

    /// Whether a token with these claims may be sent to this cloud's Resource Manager.
    ///
    /// # Errors
    /// When Entra of a known cloud issued it for that cloud and this cloud's host is another.
    pub fn check_token(&self, claims: &Claims) -> Result<(), Refusal> {
        let issuer = Url::parse(&claims.issuer).ok();
        let issuer = issuer.as_ref().and_then(Url::host_str).unwrap_or_default();
        self.refuse_unless_one_of(KNOWN.iter().filter(|known| {
            known.issuers.contains(&issuer) && owns_audience(known, &claims.audience)
        }))
    }

    /// Whether `url` is a regional endpoint (`westeurope.management.azure.com`) of this known cloud:
    /// some resource providers put those into the links of their operations.
    fn is_own_region(&self, url: &Url) -> bool {
        let own = self.resource_manager.host_str().unwrap_or_default();
        KNOWN.iter().any(|known| known.resource_manager == own)
            && url.scheme() == "https"
            && url.port().is_none()
            && url
                .host_str()
                .and_then(|host| host.strip_suffix(own))
                .is_some_and(|region| region.ends_with('.'))
    }

    fn refuse_foreign_audience(&self) -> Result<(), Refusal> {
        let authority = self.authority.host_str().unwrap_or_default();
        // An authority of its own (the emulator) mints tokens no known cloud would accept; the
        // claims of the token are checked once more before it is sent.
        self.refuse_unless_one_of(KNOWN.iter().filter(|known| {
            owns_audience(known, &self.audience)
                && (known.authority == authority || known.issuers.contains(&authority))
        }))
    }

    /// Clouds share an issuer, so one that fits is enough; none at all means the token is not theirs.
    fn refuse_unless_one_of<'a>(
        &self,
        owners: impl Iterator<Item = &'a Known>,
    ) -> Result<(), Refusal> {
        let mut refusal = None;
        for known in owners {
            match self.refuse_unless(known) {
                Ok(()) => return Ok(()),
                Err(error) => refusal = refusal.or(Some(error)),
            }
        }
        refusal.map_or(Ok(()), Err)
    }

    fn refuse_unless(&self, known: &Known) -> Result<(), Refusal> {
        let host = self.resource_manager.host_str().unwrap_or_default();
        // Regional endpoints (`westeurope.management.azure.com`) belong to the cloud as well.
        let own = host == known.resource_manager
            || host
                .strip_suffix(known.resource_manager)
                .is_some_and(|region| region.ends_with('.'));
        if own && self.resource_manager.scheme() == "https" {
            return Ok(());
        }
        Err(Refusal::ForeignHost {
            cloud: known.title,
            host: host.to_owned(),
        })
    }
}

fn owns_audience(known: &Known, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/').to_ascii_lowercase();
    known.audiences.contains(&audience.as_str())
        // The application id of Resource Manager, which v2 tokens carry instead of a URL.
        || audience == "797f4846-ba00-4fd7-ba43-dac1f8f63013"
}

fn endpoint(endpoint: &'static str, value: &str) -> Result<Url, Refusal> {
    let refused = || Refusal::NotAUrl {
        endpoint,
        value: value.to_owned(),
    };
    let mut url = Url::parse(value).map_err(|_| refused())?;
    if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
        return Err(refused());
    }
    let allowed = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url) || (endpoint == "IMDS" && is_link_local(&url)),
        _ => return Err(refused()),
    };
    if !allowed {
        return Err(Refusal::Insecure {
            endpoint,
            url: url.to_string(),
        });
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

/// Whether the URL's host is this machine: a loopback address or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

/// Whether the URL's host is an IPv4 link-local address, where IMDS lives.
#[must_use]
pub fn is_link_local(url: &Url) -> bool {
    matches!(url.host(), Some(Host::Ipv4(address)) if address.is_link_local())
}

#[cfg(test)]
mod tests;
