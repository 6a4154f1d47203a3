//! Resources: whole JSON documents by id, so that unknown fields survive.

use std::collections::BTreeMap;

use serde_json::Value;

/// One resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Resource {
    /// The id in its original casing.
    pub id: String,
    /// The document: id, name, type, location, tags, identity, properties...
    pub body: Value,
    /// The current ETag, without quotes.
    pub etag: String,
    /// State of the provider that clients never see.
    pub hidden: Value,
}

impl Resource {
    /// Makes a resource; its ETag is given on `put`.
    pub fn new(id: impl Into<String>, body: Value) -> Self {
        Self {
            id: id.into(),
            body,
            etag: String::new(),
            hidden: Value::Null,
        }
    }

    /// The `type` of the document.
    pub fn full_type(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The last part of the id.
    pub fn name(&self) -> &str {
        self.id.rsplit('/').next().unwrap_or_default()
    }

    /// The `location` of the document.
    pub fn location(&self) -> &str {
        self.body["location"].as_str().unwrap_or_default()
    }
}

/// All resources, keyed by lower-cased id.
#[derive(Debug, Default)]
pub struct Resources {
    by_id: BTreeMap<String, Resource>,
}

impl Resources {
    /// The resource with this id, ignoring case.
    pub fn get(&self, id: &str) -> Option<&Resource> {
        self.by_id.get(&key(id))
    }

    /// The same, to change it. The ETag stays: call `touch` or `put` after a change clients should notice.
    pub fn get_mut(&mut self, id: &str) -> Option<&mut Resource> {
        self.by_id.get_mut(&key(id))
    }

    /// Whether it exists.
    pub fn contains(&self, id: &str) -> bool {
        self.by_id.contains_key(&key(id))
    }

    /// Stores a resource under a new ETag and gives it back.
    pub fn put(&mut self, mut resource: Resource) -> &Resource {
        resource.etag = new_etag();
        let slot = self
            .by_id
            .entry(key(&resource.id))
            .or_insert_with(|| resource.clone());
        *slot = resource;
        slot
    }

    /// Stores a resource with the ETag it has, as a dump gave it.
    pub fn restore(&mut self, resource: Resource) {
        self.by_id.insert(key(&resource.id), resource);
    }

    /// Gives a resource a new ETag.
    pub fn touch(&mut self, id: &str) {
        if let Some(resource) = self.get_mut(id) {
            resource.etag = new_etag();
        }
    }

    /// Removes a resource.
    pub fn remove(&mut self, id: &str) -> Option<Resource> {
        self.by_id.remove(&key(id))
    }

    /// Removes a resource and everything below it; the ids removed.
    pub fn remove_tree(&mut self, id: &str) -> Vec<String> {
        let doomed: Vec<String> = self
            .by_id
            .keys()
            .filter(|other| is_at_or_below(other, id))
            .cloned()
            .collect();
        for one in &doomed {
            self.by_id.remove(one);
        }
        doomed
    }

    /// Resources of one type (ignoring case) strictly below a scope, ordered by id.
    pub fn list_under(&self, scope: &str, full_type: &str) -> Vec<&Resource> {
        self.by_id
            .values()
            .filter(|r| r.full_type().eq_ignore_ascii_case(full_type))
            .filter(|r| is_at_or_below(&r.id, scope) && !r.id.eq_ignore_ascii_case(scope))
            .collect()
    }

    /// Every resource of one type.
    pub fn of_type(&self, full_type: &str) -> impl Iterator<Item = &Resource> {
        self.by_id
            .values()
            .filter(move |r| r.full_type().eq_ignore_ascii_case(full_type))
    }

    /// Every resource, ordered by lower-cased id.
    pub fn iter(&self) -> impl Iterator<Item = &Resource> {
        self.by_id.values()
    }
}

/// Whether `id` is `scope` or below it: compared ignoring case, at path boundaries (`/rg1` does not hold `/rg10`).
pub fn is_at_or_below(id: &str, scope: &str) -> bool {
    let scope = scope.trim_end_matches('/');
    let Some(head) = id.get(..scope.len()) else {
        return false;
    };
    head.eq_ignore_ascii_case(scope) && matches!(id.as_bytes().get(scope.len()), None | Some(b'/'))
}

fn key(id: &str) -> String {
    id.trim_end_matches('/').to_lowercase()
}

fn new_etag() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scopes_end_at_path_boundaries() {
        assert!(is_at_or_below(
            "/subscriptions/S/resourceGroups/rg1/x",
            "/subscriptions/s/resourcegroups/RG1"
        ));
        assert!(!is_at_or_below(
            "/subscriptions/s/resourceGroups/rg10",
            "/subscriptions/s/resourceGroups/rg1"
        ));
        assert!(is_at_or_below("/anything", "/"));
        assert!(!is_at_or_below(
            "/subscriptions/s",
            "/subscriptions/s/resourceGroups/g"
        ));
    }

    #[test]
    fn every_put_changes_the_etag() {
        let mut all = Resources::default();
        let first = all
            .put(Resource::new("/A/b", json!({"type": "T"})))
            .etag
            .clone();
        let second = all
            .put(Resource::new("/a/B", json!({"type": "T"})))
            .etag
            .clone();
        assert_ne!(first, second);
        assert_eq!(all.list_under("/a", "t").len(), 1);
    }
}
