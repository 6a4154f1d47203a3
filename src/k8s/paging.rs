//! Complete lists, page by page.

use std::fmt::Debug;

use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use serde::de::DeserializeOwned;

use super::crd::{GROUP, VERSION};
use super::error::Error;
use super::error_mapping::Explain;
use super::operation::Operation;

/// Objects per page.
const PAGE: u32 = 500;

/// Lists everything that `selector` matches, as of now.
///
/// The resource version stays unset: the answer is a consistent read, never an old one from a cache.
/// A list whose continuation expired on the way (410) starts again once.
pub(crate) async fn list_all<K>(
    api: &Api<K>,
    selector: Option<&str>,
    operation: Operation,
) -> Result<Vec<K>, Error>
where
    K: Clone + DeserializeOwned + Debug,
{
    let params = match selector {
        Some(selector) => ListParams::default().labels(selector),
        None => ListParams::default(),
    };
    list_with(api, params, operation).await
}

/// Like [`list_all`], with any selection.
pub(crate) async fn list_with<K>(
    api: &Api<K>,
    params: ListParams,
    operation: Operation,
) -> Result<Vec<K>, Error>
where
    K: Clone + DeserializeOwned + Debug,
{
    match pages(api, params.clone(), &operation).await {
        Err(Error::Api { code: 410, .. }) => pages(api, params, &operation).await,
        other => other,
    }
}

async fn pages<K>(api: &Api<K>, params: ListParams, operation: &Operation) -> Result<Vec<K>, Error>
where
    K: Clone + DeserializeOwned + Debug,
{
    let mut params = params.limit(PAGE);
    let mut items = Vec::new();
    loop {
        let page = api.list(&params).await.explain(|| operation.clone())?;
        items.extend(page.items);
        match page.metadata.continue_ {
            Some(token) if !token.is_empty() => params.continue_token = Some(token),
            _ => return Ok(items),
        }
    }
}

/// Asks for one object of a resource of ours, to learn whether it is served at all.
pub(crate) async fn probe(client: &Client, plural: &str) -> Result<(), Error> {
    let resource = ApiResource {
        group: GROUP.to_owned(),
        version: VERSION.to_owned(),
        api_version: format!("{GROUP}/{VERSION}"),
        kind: String::new(),
        plural: plural.to_owned(),
    };
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let operation = || Operation::list(&format!("{plural}.{GROUP}"), None);
    api.list(&ListParams::default().limit(1))
        .await
        .explain(operation)?;
    Ok(())
}
