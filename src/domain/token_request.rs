//! The query of a token request, read as the instance metadata service reads it.
//!
//! Names of parameters are compared ignoring case, unknown ones are ignored, an id without a value counts as
//! absent. What would leave open which identity is meant is refused: a parameter given twice, two resource ids.

use std::collections::BTreeMap;

/// Longest `resource` that is read.
const LONGEST_RESOURCE: usize = 1024;
/// Longest id that is read.
const LONGEST_ID: usize = 512;
/// The first version of the metadata service.
const FIRST_VERSION: &str = "2017-03-01";

/// The identity a request names; nothing named means the pod's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedIdentity {
    /// Client id, in lower case.
    pub client_id: Option<String>,
    /// Object id of the principal, in lower case.
    pub object_id: Option<String>,
    /// Azure resource id in one form: lower case, a slash at its beginning, none at its end.
    pub resource_id: Option<String>,
}

impl WantedIdentity {
    /// Nothing is named.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A token request that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    /// What the token is for, exactly as asked: Entra tells a slash at the end apart.
    pub resource: String,
    /// The identity named.
    pub identity: WantedIdentity,
    /// A token that was made before will not do.
    pub bypass_cache: bool,
}

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryRefusal {
    /// No `api-version`.
    #[error("Required query variable 'api-version' is missing")]
    NoVersion,
    /// A version that was never served.
    #[error("api-version is not a date from 2017-03-01 on, such as 2018-02-01")]
    BadVersion,
    /// No `resource`.
    #[error("Required query variable 'resource' is missing")]
    NoResource,
    /// A resource that cannot be one.
    #[error("the resource is longer than {LONGEST_RESOURCE} characters or holds white space")]
    BadResource,
    /// A parameter came twice.
    #[error("query variable '{0}' is given more than once")]
    Repeated(&'static str),
    /// The two names of the resource id differ.
    #[error("msi_res_id and mi_res_id name two identities")]
    TwoResourceIds,
    /// The two names of the object id differ.
    #[error("object_id and principal_id name two identities")]
    TwoObjectIds,
    /// An id that cannot be one.
    #[error("query variable '{0}' holds no id")]
    BadId(&'static str),
    /// A broken escape.
    #[error("the query holds an escape that cannot be read")]
    BadEscape,
}

const KNOWN: [&str; 8] = [
    "api-version",
    "resource",
    "client_id",
    "object_id",
    "principal_id",
    "msi_res_id",
    "mi_res_id",
    "bypass_cache",
];

impl TokenRequest {
    /// Reads the query of a request to the metadata service, as it was sent.
    ///
    /// # Errors
    /// What is missing, given twice or cannot be read.
    pub fn parse(query: &str) -> Result<Self, QueryRefusal> {
        let given = parameters(query)?;
        check_version(given.get("api-version").map(String::as_str))?;
        Self::from_parameters(&given)
    }

    /// Reads the query of a driver's request on the node, which names no version.
    ///
    /// # Errors
    /// What is missing, given twice or cannot be read.
    pub fn parse_unversioned(query: &str) -> Result<Self, QueryRefusal> {
        Self::from_parameters(&parameters(query)?)
    }

    fn from_parameters(given: &BTreeMap<&'static str, String>) -> Result<Self, QueryRefusal> {
        let resource = given
            .get("resource")
            .filter(|resource| !resource.is_empty())
            .ok_or(QueryRefusal::NoResource)?;
        let unfit = |c: char| c.is_control() || c.is_whitespace();
        if resource.len() > LONGEST_RESOURCE || resource.contains(unfit) {
            return Err(QueryRefusal::BadResource);
        }
        let id = |name: &'static str| identifier(given, name);
        let one = |first: Option<String>, second: Option<String>, refusal| match (first, second) {
            (Some(first), Some(second)) if first != second => Err(refusal),
            (first, second) => Ok(first.or(second)),
        };
        let resource_id = one(
            id("msi_res_id")?.map(|id| resource_id_form(&id)),
            id("mi_res_id")?.map(|id| resource_id_form(&id)),
            QueryRefusal::TwoResourceIds,
        )?;
        let object_id = one(
            id("object_id")?,
            id("principal_id")?,
            QueryRefusal::TwoObjectIds,
        )?;
        Ok(Self {
            resource: resource.clone(),
            identity: WantedIdentity {
                client_id: id("client_id")?,
                object_id,
                resource_id,
            },
            bypass_cache: given
                .get("bypass_cache")
                .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        })
    }
}

/// The one form in which resource ids are compared.
#[must_use]
pub fn resource_id_form(id: &str) -> String {
    format!("/{}", id.trim_matches('/').to_ascii_lowercase())
}

fn check_version(version: Option<&str>) -> Result<(), QueryRefusal> {
    let version = version
        .filter(|version| !version.is_empty())
        .ok_or(QueryRefusal::NoVersion)?;
    let digits = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<&str> = version.split('-').collect();
    let is_date = matches!(parts.as_slice(), [year, month, day]
        if digits(year, 4) && digits(month, 2) && digits(day, 2));
    if is_date && version >= FIRST_VERSION {
        Ok(())
    } else {
        Err(QueryRefusal::BadVersion)
    }
}

fn identifier(
    given: &BTreeMap<&'static str, String>,
    name: &'static str,
) -> Result<Option<String>, QueryRefusal> {
    let Some(value) = given.get(name).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let unfit = |c: char| c.is_control() || c.is_whitespace();
    if value.len() > LONGEST_ID || value.contains(unfit) {
        return Err(QueryRefusal::BadId(name));
    }
    Ok(Some(value.to_ascii_lowercase()))
}

/// The parameters that mean something, decoded.
fn parameters(query: &str) -> Result<BTreeMap<&'static str, String>, QueryRefusal> {
    let mut given = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name)?;
        let Some(known) = KNOWN.iter().find(|known| known.eq_ignore_ascii_case(&name)) else {
            continue;
        };
        if given.insert(*known, decode(value)?).is_some() {
            return Err(QueryRefusal::Repeated(known));
        }
    }
    Ok(given)
}

fn decode(text: &str) -> Result<String, QueryRefusal> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    bytes
                        .next()
                        .and_then(|digit| char::from(digit).to_digit(16))
                };
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err(QueryRefusal::BadEscape);
                };
                u8::try_from(high * 16 + low).unwrap_or(0)
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).map_err(|_| QueryRefusal::BadEscape)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = "api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";

    fn refused(query: &str) -> QueryRefusal {
        TokenRequest::parse(query).unwrap_err()
    }

    fn wanted(more: &str) -> WantedIdentity {
        TokenRequest::parse(&format!("{SOUND}&{more}"))
            .unwrap()
            .identity
    }

    #[test]
    fn reads_what_sdks_send() {
        let request = TokenRequest::parse(SOUND).unwrap();
        assert_eq!(request.resource, "https://vault.azure.net");
        assert!(request.identity.is_default() && !request.bypass_cache);
        let id = "/subscriptions/S/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Reader";
        for name in ["msi_res_id", "mi_res_id", "MSI_RES_ID"] {
            let wanted = wanted(&format!("{name}={id}/"));
            assert_eq!(
                wanted.resource_id.as_deref(),
                Some(id.to_lowercase().as_str())
            );
        }
        assert_eq!(
            wanted("client_id=ABC-1").client_id.as_deref(),
            Some("abc-1")
        );
        assert_eq!(wanted("principal_id=ABC").object_id.as_deref(), Some("abc"));
        assert!(wanted("client_id=&object_id=&msi_res_id=&foo=1&foo=2").is_default());
    }

    #[test]
    fn refuses_what_is_missing_or_wrong() {
        assert_eq!(refused("resource=x"), QueryRefusal::NoVersion);
        assert_eq!(refused("api-version=&resource=x"), QueryRefusal::NoVersion);
        for version in ["2016-01-01", "latest", "2018-2-1", "2018-02-01-preview"] {
            let query = format!("api-version={version}&resource=x");
            assert_eq!(refused(&query), QueryRefusal::BadVersion, "{version}");
        }
        assert_eq!(refused("api-version=2018-02-01"), QueryRefusal::NoResource);
        assert_eq!(
            refused("api-version=2018-02-01&resource="),
            QueryRefusal::NoResource
        );
        assert_eq!(
            refused("api-version=2018-02-01&resource=a%20b"),
            QueryRefusal::BadResource
        );
        assert_eq!(
            refused("api-version=2018-02-01&resource=%zz"),
            QueryRefusal::BadEscape
        );
        let long = format!("api-version=2018-02-01&resource={}", "r".repeat(2000));
        assert_eq!(refused(&long), QueryRefusal::BadResource);
        assert_eq!(
            refused(&format!("{SOUND}&client_id=a%0ab")),
            QueryRefusal::BadId("client_id")
        );
    }

    #[test]
    fn refuses_what_says_two_things() {
        for (more, refusal) in [
            ("resource=x", QueryRefusal::Repeated("resource")),
            ("RESOURCE=x", QueryRefusal::Repeated("resource")),
            (
                "client_id=a&client_id=a",
                QueryRefusal::Repeated("client_id"),
            ),
            ("msi_res_id=/a&mi_res_id=/b", QueryRefusal::TwoResourceIds),
            ("object_id=a&principal_id=b", QueryRefusal::TwoObjectIds),
        ] {
            assert_eq!(refused(&format!("{SOUND}&{more}")), refusal, "{more}");
        }
        assert!(wanted("msi_res_id=/A&mi_res_id=a/").resource_id.is_some());
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(query in ".{0,200}") {
            let _ = TokenRequest::parse(&query);
        }

        /// Whatever is accepted names at most one of each, free of what could break out of a line or a header.
        #[test]
        fn what_is_accepted_is_clean(tail in "(&?(client_id|object_id|msi_res_id|resource)=[a-z%0-9+&=]{0,12}){0,4}") {
            if let Ok(request) = TokenRequest::parse(&format!("api-version=2018-02-01{tail}")) {
                let identity = &request.identity;
                for text in [&identity.client_id, &identity.object_id, &identity.resource_id].into_iter().flatten() {
                    proptest::prop_assert!(!text.contains(char::is_control));
                }
                proptest::prop_assert!(!request.resource.is_empty());
            }
        }
    }
}
