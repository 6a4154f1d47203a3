//! Edits of a profile: value in, value out, or a refusal.
//!
//! What the service computes (`provisioningState`, `provisioningInfo`) is never sent back. An
//! item that is being deleted is not there any more: sending it would add it again.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value, json};

use super::{EXCEPTIONS, ExceptionItem, IDENTITIES, Item, ItemState, flag, items};

/// The most identities, and the most exceptions, that AKS takes.
pub const LIMIT: usize = 200;

/// What the service computes inside an item.
const COMPUTED: [&str; 2] = ["provisioningState", "provisioningInfo"];

/// A pod identity to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIdentity {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its binding selector.
    pub selector: String,
    /// Resource id of the managed identity, as ARM gives it.
    pub resource_id: String,
    /// Client id of the managed identity.
    pub client_id: String,
    /// Object id of the managed identity: its principal id.
    pub object_id: String,
}

/// One change of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Adds a pod identity; one that is there with the same content stays as it is.
    AddIdentity(NewIdentity),
    /// Removes a pod identity.
    RemoveIdentity {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Removes a pod identity whatever its state: one stuck in its deletion counts as there.
    RepairIdentity {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Adds an exception, or gives it these labels when the edits may replace.
    SetException {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// The labels of its pods.
        labels: BTreeMap<String, String>,
        /// Only gives labels to one that is there; none is made.
        must_exist: bool,
    },
    /// Removes an exception.
    RemoveException {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
    /// Turns the add-on on.
    Enable {
        /// Accepts pod identity on kubenet; without it an acceptance that is there stays.
        allow_network_plugin_kubenet: bool,
    },
    /// Turns the add-on off, and with it every identity, exception and the kubenet consent.
    Disable,
}

impl Edit {
    /// What it is about: `namespace/name`, or the profile.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::AddIdentity(new) => format!("{}/{}", new.namespace, new.name),
            Self::RemoveIdentity { namespace, name }
            | Self::RepairIdentity { namespace, name }
            | Self::SetException {
                namespace, name, ..
            }
            | Self::RemoveException { namespace, name } => format!("{namespace}/{name}"),
            Self::Enable { .. } | Self::Disable => "podIdentityProfile".to_owned(),
        }
    }
}

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It was not there.
    Added,
    /// It is there with the same content.
    Unchanged,
    /// It was there with other content.
    Replaced,
    /// It is there with the same content but failed, or its managed identity was made again: it
    /// is sent again.
    Repaired,
    /// It goes.
    Removed,
    /// There is nothing to remove.
    Absent,
}

impl Effect {
    /// Whether it needs a write.
    #[must_use]
    pub fn is_change(self) -> bool {
        !matches!(self, Self::Unchanged | Self::Absent)
    }
}

/// What edits make of a profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The profile to send.
    pub profile: Value,
    /// What each edit does, in their order.
    pub effects: Vec<Effect>,
}

impl Change {
    /// Whether nothing needs to be sent.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.effects.iter().any(|effect| effect.is_change())
    }
}

/// Why an edit is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A pod identity of that name uses another managed identity.
    OtherIdentity {
        /// `namespace/name`.
        key: String,
        /// The managed identity it uses.
        present: String,
    },
    /// A pod identity of that name has another selector.
    OtherSelector {
        /// `namespace/name`.
        key: String,
        /// The selector it has.
        present: String,
    },
    /// An exception of that name has other labels.
    OtherLabels {
        /// `namespace/name`.
        key: String,
        /// The labels it has.
        present: BTreeMap<String, String>,
    },
    /// There is no such exception any more.
    Gone {
        /// `namespace/name`.
        key: String,
    },
    /// The add-on is off.
    Off,
    /// More than [`LIMIT`] of them.
    TooMany {
        /// `pod identities` or `exceptions`.
        what: &'static str,
        /// How many there would be.
        count: usize,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherIdentity { key, present } => {
                write!(f, "`{key}` uses identity `{present}`")
            }
            Self::OtherSelector { key, present } => {
                write!(f, "the binding selector of `{key}` is `{present}`")
            }
            Self::OtherLabels { key, present } => {
                let labels = present.iter().map(|(key, value)| format!("{key}={value}"));
                let labels: Vec<String> = labels.collect();
                write!(f, "the pod labels of `{key}` are `{}`", labels.join(" "))
            }
            Self::Gone { key } => write!(f, "there is no exception `{key}`"),
            Self::Off => f.write_str("the pod identity add-on is off"),
            Self::TooMany { what, count } => {
                write!(f, "a cluster has at most {LIMIT} {what}, not {count}")
            }
        }
    }
}

/// Applies `edits` in their order to `profile` as it was read.
///
/// # Errors
/// Every refusal; nothing is sent then.
pub fn edit(profile: &Value, edits: &[Edit], replace: bool) -> Result<Change, Vec<Refusal>> {
    let mut draft = Draft::of(profile, replace);
    let before = (draft.identities.len(), draft.exceptions.len());
    let mut effects = Vec::with_capacity(edits.len());
    let mut refusals = Vec::new();
    for edit in edits {
        match draft.apply(edit) {
            Ok(effect) => effects.push(effect),
            Err(refusal) if !refusals.contains(&refusal) => refusals.push(refusal),
            Err(_) => {}
        }
    }
    let counts = [
        ("pod identities", before.0, draft.identities.len()),
        ("exceptions", before.1, draft.exceptions.len()),
    ];
    for (what, before, count) in counts {
        // A cluster that holds more already may still be changed, as long as it does not grow.
        if count > LIMIT && count > before {
            refusals.push(Refusal::TooMany { what, count });
        }
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    Ok(Change {
        profile: draft.profile(),
        effects,
    })
}

struct Draft {
    /// Everything but the lists.
    rest: Map<String, Value>,
    identities: Vec<Value>,
    exceptions: Vec<Value>,
    /// Pod identities that are being deleted.
    leaving: Vec<Item>,
    replace: bool,
}

impl Draft {
    fn of(profile: &Value, replace: bool) -> Self {
        let mut rest = profile.as_object().cloned().unwrap_or_default();
        rest.shift_remove(IDENTITIES);
        rest.shift_remove(EXCEPTIONS);
        let (leaving, staying): (Vec<&Value>, Vec<&Value>) = items(profile, IDENTITIES)
            .partition(|item| Item::of(item).state == ItemState::Deleting);
        Self {
            rest,
            identities: staying.into_iter().cloned().collect(),
            exceptions: items(profile, EXCEPTIONS).cloned().collect(),
            leaving: leaving.into_iter().map(Item::of).collect(),
            replace,
        }
    }

    fn apply(&mut self, edit: &Edit) -> Result<Effect, Refusal> {
        let on = flag(&Value::Object(self.rest.clone()), "enabled");
        match edit {
            Edit::AddIdentity(_) | Edit::SetException { .. } if !on => Err(Refusal::Off),
            Edit::AddIdentity(new) => self.add_identity(new),
            Edit::RemoveIdentity { namespace, name } => {
                Ok(take(&mut self.identities, namespace, name))
            }
            Edit::RepairIdentity { namespace, name } => {
                let is = |item: &Item| item.namespace == *namespace && item.name == *name;
                let was_leaving = self.leaving.iter().any(is);
                let taken = take(&mut self.identities, namespace, name);
                Ok(if was_leaving { Effect::Removed } else { taken })
            }
            Edit::SetException {
                namespace,
                name,
                labels,
                must_exist,
            } => {
                if *must_exist && position(&self.exceptions, namespace, name).is_none() {
                    return Err(Refusal::Gone { key: edit.key() });
                }
                self.set_exception(namespace, name, labels)
            }
            Edit::RemoveException { namespace, name } => {
                Ok(take(&mut self.exceptions, namespace, name))
            }
            Edit::Enable {
                allow_network_plugin_kubenet,
            } => Ok(self.enable(on, *allow_network_plugin_kubenet)),
            Edit::Disable => Ok(self.disable(on)),
        }
    }

    fn add_identity(&mut self, new: &NewIdentity) -> Result<Effect, Refusal> {
        let key = format!("{}/{}", new.namespace, new.name);
        let Some(at) = position(&self.identities, &new.namespace, &new.name) else {
            self.identities.push(json!({
                "name": new.name,
                "namespace": new.namespace,
                "bindingSelector": new.selector,
                "identity": identity_of(new),
            }));
            return Ok(Effect::Added);
        };
        let present = Item::of(&self.identities[at]);
        let same_identity = present.resource_id.eq_ignore_ascii_case(&new.resource_id);
        let same_selector = present.selector == new.selector;
        if !self.replace && !same_identity {
            let present = present.resource_id;
            return Err(Refusal::OtherIdentity { key, present });
        }
        if !self.replace && !same_selector {
            let present = present.selector;
            return Err(Refusal::OtherSelector { key, present });
        }
        let complete = present.client_id.eq_ignore_ascii_case(&new.client_id)
            && present.object_id.eq_ignore_ascii_case(&new.object_id);
        let item = &mut self.identities[at];
        if !same_selector {
            item["bindingSelector"] = new.selector.clone().into();
        }
        if !same_identity || !complete {
            item["identity"] = identity_of(new);
        }
        Ok(if !same_identity || !same_selector {
            Effect::Replaced
        } else if !complete || present.state.is_failure() {
            Effect::Repaired
        } else {
            Effect::Unchanged
        })
    }

    fn set_exception(
        &mut self,
        namespace: &str,
        name: &str,
        labels: &BTreeMap<String, String>,
    ) -> Result<Effect, Refusal> {
        let named = |item: &Value| position(std::slice::from_ref(item), namespace, name).is_some();
        let Some(at) = self.exceptions.iter().position(named) else {
            self.exceptions
                .push(json!({"name": name, "namespace": namespace, "podLabels": labels}));
            return Ok(Effect::Added);
        };
        let present = |item: &Value| ExceptionItem::of(item).labels;
        let mut of_name = self.exceptions.iter().filter(|item| named(item));
        let Some(other) = of_name.find(|item| present(item) != *labels) else {
            return Ok(Effect::Unchanged);
        };
        if !self.replace {
            return Err(Refusal::OtherLabels {
                key: format!("{namespace}/{name}"),
                present: present(other),
            });
        }
        self.exceptions[at]["podLabels"] = json!(labels);
        // az can have made several of the name; one that stayed would go on letting pods through.
        let mut kept = false;
        self.exceptions
            .retain(|item| !named(item) || !std::mem::replace(&mut kept, true));
        Ok(Effect::Replaced)
    }

    fn enable(&mut self, on: bool, consent: bool) -> Effect {
        const CONSENT: &str = "allowNetworkPluginKubenet";
        let consented = self.rest.get(CONSENT) == Some(&Value::Bool(true));
        self.rest.insert("enabled".to_owned(), true.into());
        if consent {
            self.rest.insert(CONSENT.to_owned(), true.into());
        }
        match (on, consent && !consented) {
            (false, _) => Effect::Added,
            (true, true) => Effect::Replaced,
            (true, false) => Effect::Unchanged,
        }
    }

    fn disable(&mut self, on: bool) -> Effect {
        self.identities.clear();
        self.exceptions.clear();
        self.rest.shift_remove("allowNetworkPluginKubenet");
        self.rest.insert("enabled".to_owned(), false.into());
        if on { Effect::Removed } else { Effect::Absent }
    }

    /// The profile to send: both lists always, as az does, so that an empty one empties.
    fn profile(self) -> Value {
        let mut profile = self.rest;
        let clean = |mut item: Value| {
            if let Value::Object(item) = &mut item {
                for computed in COMPUTED {
                    item.shift_remove(computed);
                }
            }
            item
        };
        let identities = self.identities.into_iter().map(clean).collect();
        let exceptions = self.exceptions.into_iter().map(clean).map(|mut item| {
            if item.get("podLabels").is_none_or(Value::is_null) {
                item["podLabels"] = json!({});
            }
            item
        });
        let exceptions = exceptions.collect();
        profile.insert(IDENTITIES.to_owned(), Value::Array(identities));
        profile.insert(EXCEPTIONS.to_owned(), Value::Array(exceptions));
        Value::Object(profile)
    }
}

fn identity_of(new: &NewIdentity) -> Value {
    json!({
        "resourceId": new.resource_id,
        "clientId": new.client_id,
        "objectId": new.object_id,
    })
}

fn position(list: &[Value], namespace: &str, name: &str) -> Option<usize> {
    let is = |item: &Value| {
        item.get("namespace").and_then(Value::as_str) == Some(namespace)
            && item.get("name").and_then(Value::as_str) == Some(name)
    };
    list.iter().position(is)
}

/// Drops every item of that name; az can have made several.
fn take(list: &mut Vec<Value>, namespace: &str, name: &str) -> Effect {
    let before = list.len();
    list.retain(|item| position(std::slice::from_ref(item), namespace, name).is_none());
    if list.len() < before {
        Effect::Removed
    } else {
        Effect::Absent
    }
}
