//! Roles and deny assignments: may whoever assigns the identities do it, and if not, who can help?

use super::Findings;
use crate::commands::change::cluster::Cluster;
use crate::commands::role::access::{self, Answer, Demand};
use crate::commands::role::holder::{self, Holder};
use crate::commands::role::who_can;
use crate::domain::grant::{Need, Role};
use crate::domain::preflight::Actor;
use crate::domain::resource_id::ResourceId;
use crate::error::{Error, Kind, Result};

/// What lets a principal put a managed identity on a resource.
const ASSIGN: &[&str] = &["Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"];
/// What lets a principal change scale sets.
const WRITE_SETS: &[&str] = &[
    "Microsoft.Compute/virtualMachineScaleSets/read",
    "Microsoft.Compute/virtualMachineScaleSets/write",
];
/// What lets a principal change a cluster.
const WRITE_CLUSTER: &[&str] = &["Microsoft.ContainerService/managedClusters/write"];
/// What lets a principal create managed identities.
const CREATE: &[&str] = &["Microsoft.ManagedIdentity/userAssignedIdentities/write"];
/// What lets a principal grant roles.
const GRANT: &[&str] = &["Microsoft.Authorization/roleAssignments/write"];

/// The roles a change needs.
#[derive(Debug, Clone, Default)]
pub struct Roles<'a> {
    /// Managed identities that will be assigned.
    pub identities: &'a [ResourceId],
    /// Those of them that have to be created first.
    pub absent: &'a [ResourceId],
    /// Scale sets that podid itself will change.
    pub scale_sets: &'a [ResourceId],
    /// Missing roles are to be granted.
    pub grant: bool,
}

/// What is to be granted, and to whom.
#[derive(Debug)]
pub struct Grants {
    pub(in crate::commands) holder: Holder,
    /// One write each.
    pub needs: Vec<Need>,
}

/// Looks at the roles of whoever assigns the identities: the signed-in principal when podid does
/// it itself, the control-plane identity when the add-on does.
///
/// # Errors
/// The sign-in fails, or the cluster has no such identity.
pub async fn look_at_roles(
    findings: &mut Findings,
    cluster: &Cluster,
    actor: Actor,
    roles: &Roles<'_>,
) -> Result<Grants> {
    let holder = match actor {
        Actor::Podid => holder::signed_in(cluster).await?,
        Actor::AddOn => holder::control_plane(cluster)?,
    };
    let mut grants = Grants {
        holder,
        needs: Vec::new(),
    };
    if roles.identities.is_empty() && roles.scale_sets.is_empty() && roles.absent.is_empty() {
        return Ok(grants);
    }
    let demand = |actions, scope: &ResourceId| Demand {
        actions,
        scope: scope.clone(),
    };
    let assign = roles.identities.iter().map(|id| demand(ASSIGN, id));
    let sets = roles.scale_sets.iter().map(|id| demand(WRITE_SETS, id));
    let demands: Vec<Demand> = assign.chain(sets).collect();
    let mut answers = access::check(&cluster.azure, &grants.holder, &demands).await;
    let of_sets = answers.split_off(roles.identities.len());
    let inquiry = Inquiry {
        cluster,
        actor,
        roles,
    };
    inquiry.identities(findings, &mut grants, answers);
    inquiry.scale_sets(findings, &mut grants, of_sets)?;
    inquiry.creation(findings).await?;
    inquiry.granting(findings, &grants).await?;
    Ok(grants)
}

/// Looks whether the signed-in principal may change the cluster itself, as the add-on's way does.
///
/// # Errors
/// The sign-in fails.
pub async fn look_at_cluster_role(findings: &mut Findings, cluster: &Cluster) -> Result<()> {
    let caller = holder::signed_in(cluster).await?;
    let demand = Demand {
        actions: WRITE_CLUSTER,
        scope: cluster.id.clone(),
    };
    let answers = access::check(&cluster.azure, &caller, std::slice::from_ref(&demand)).await;
    let what = format!("change cluster `{}`", cluster.id.name());
    for answer in answers {
        match answer {
            Answer::Allowed => {}
            Answer::Missing(actions) => findings.refuse(
                may_not(&caller, &what, &actions, cluster.id.as_str()).hint(format!(
                    "ask an owner of {}, or have them run: az role assignment create --role \"Azure Kubernetes Service Contributor Role\" --assignee-object-id {} --assignee-principal-type {} --scope {}",
                    cluster.id, caller.object_id, caller.principal_type, cluster.id
                )),
            ),
            Answer::Denied(name) => findings.refuse(forbidden(&caller, &what, &name, &cluster.id)),
            Answer::Unknown(error) => findings.warn(unchecked(&caller, &what, &error)),
        }
    }
    Ok(())
}

/// Looks whether the signed-in principal may grant the roles of `grants`.
///
/// # Errors
/// The sign-in fails.
pub async fn look_at_granting(
    findings: &mut Findings,
    cluster: &Cluster,
    actor: Actor,
    grants: &Grants,
) -> Result<()> {
    let roles = &Roles::default();
    let inquiry = Inquiry {
        cluster,
        actor,
        roles,
    };
    inquiry.granting(findings, grants).await
}

struct Inquiry<'a> {
    cluster: &'a Cluster,
    actor: Actor,
    roles: &'a Roles<'a>,
}

impl Inquiry<'_> {
    fn identities(&self, findings: &mut Findings, grants: &mut Grants, answers: Vec<Answer>) {
        let mut unknown: Vec<(&str, Error)> = Vec::new();
        for (id, answer) in self.roles.identities.iter().zip(answers) {
            let need = Need {
                role: Role::ManagedIdentityOperator,
                scope: id.clone(),
            };
            match answer {
                Answer::Allowed => {}
                Answer::Missing(_) if self.roles.grant => grants.needs.push(need),
                Answer::Missing(actions) => {
                    findings.refuse(self.missing(&grants.holder, &need, &actions, id.as_str()));
                }
                Answer::Denied(name) => findings.refuse(forbidden(
                    &grants.holder,
                    &purpose(&need),
                    &name,
                    &need.scope,
                )),
                Answer::Unknown(error) => {
                    if self.roles.grant {
                        grants.needs.push(need);
                    }
                    unknown.push((id.name(), error));
                }
            }
        }
        let names: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
        if let Some((_, error)) = unknown.first() {
            let what = format!("assign {}", names.join(", "));
            findings.warn(unchecked(&grants.holder, &what, error));
        }
    }

    fn scale_sets(
        &self,
        findings: &mut Findings,
        grants: &mut Grants,
        answers: Vec<Answer>,
    ) -> Result<()> {
        if answers.is_empty() {
            return Ok(());
        }
        let need = Need {
            role: Role::VirtualMachineContributor,
            scope: self.cluster.node_resource_group()?,
        };
        let mut wanted = false;
        let mut told = false;
        let mut lacking: Vec<&str> = Vec::new();
        for (set, answer) in self.roles.scale_sets.iter().zip(answers) {
            match answer {
                Answer::Allowed => {}
                Answer::Missing(_) if self.roles.grant => wanted = true,
                Answer::Missing(_) => lacking.push(set.name()),
                // That the group is locked was told already.
                Answer::Denied(_) if self.cluster.managed.is_locked() => {}
                Answer::Denied(name) => {
                    let what = purpose(&need);
                    findings.refuse(forbidden(&grants.holder, &what, &name, &need.scope));
                }
                Answer::Unknown(error) => {
                    wanted |= self.roles.grant;
                    if !told {
                        let what = format!("change the scale sets of {}", need.scope.name());
                        findings.warn(unchecked(&grants.holder, &what, &error));
                    }
                    told = true;
                }
            }
        }
        if !lacking.is_empty() {
            // One sentence for all scale sets: the role is granted once, on their group.
            let scope = lacking.join(", ");
            findings.refuse(self.missing(&grants.holder, &need, WRITE_SETS, &scope));
        }
        if wanted {
            grants.needs.push(need);
        }
        Ok(())
    }

    /// May the managed identities be created?
    async fn creation(&self, findings: &mut Findings) -> Result<()> {
        let mut groups: Vec<ResourceId> = self
            .roles
            .absent
            .iter()
            .filter_map(ResourceId::parent)
            .collect();
        groups.sort();
        groups.dedup();
        if groups.is_empty() {
            return Ok(());
        }
        let caller = holder::signed_in(self.cluster).await?;
        for (group, answer) in self.ask(&caller, CREATE, &groups).await {
            let what = format!("create managed identities in `{}`", group.name());
            match answer {
                Answer::Allowed => {}
                Answer::Missing(actions) => findings.refuse(
                    may_not(&caller, &what, &actions, group.as_str()).hint(format!(
                        "have an owner of {group} grant you `Managed Identity Contributor`, or create the identity"
                    )),
                ),
                Answer::Denied(name) => findings.refuse(forbidden(&caller, &what, &name, &group)),
                Answer::Unknown(error) => findings.warn(unchecked(&caller, &what, &error)),
            }
        }
        Ok(())
    }

    /// May the missing roles be granted?
    async fn granting(&self, findings: &mut Findings, grants: &Grants) -> Result<()> {
        if grants.needs.is_empty() {
            return Ok(());
        }
        let caller = holder::signed_in(self.cluster).await?;
        let scopes: Vec<ResourceId> = grants.needs.iter().map(|need| need.scope.clone()).collect();
        let answers = self.ask(&caller, GRANT, &scopes).await;
        for (need, (scope, answer)) in grants.needs.iter().zip(answers) {
            let what = format!("grant role `{}` on `{}`", need.role, scope.name());
            match answer {
                // Not known: the grant itself will tell.
                Answer::Allowed | Answer::Unknown(_) => {}
                Answer::Missing(actions) => findings.refuse(
                    may_not(&caller, &what, &actions, scope.as_str())
                        .hint(who_can(&grants.holder, need)),
                ),
                Answer::Denied(name) => findings.refuse(forbidden(&caller, &what, &name, &scope)),
            }
        }
        Ok(())
    }

    async fn ask(
        &self,
        caller: &Holder,
        actions: &'static [&'static str],
        scopes: &[ResourceId],
    ) -> Vec<(ResourceId, Answer)> {
        let demands: Vec<Demand> = scopes
            .iter()
            .map(|scope| Demand {
                actions,
                scope: scope.clone(),
            })
            .collect();
        let answers = access::check(&self.cluster.azure, caller, &demands).await;
        scopes.iter().cloned().zip(answers).collect()
    }

    fn missing(&self, holder: &Holder, need: &Need, actions: &[&str], on: &str) -> Error {
        let way = match self.actor {
            Actor::Podid => "",
            Actor::AddOn => " --for managed",
        };
        let identity = match need.role {
            Role::ManagedIdentityOperator => format!(" --identity-resource-id {}", need.scope),
            _ => String::new(),
        };
        may_not(holder, &purpose(need), actions, on)
.target(need.scope.to_string())
            .hint(format!(
                "if you may grant roles, add --grant, or run: podid role grant -g {} --cluster-name {}{way}{identity}",
                self.cluster.group(),
                self.cluster.id.name(),
            ))
            .hint(who_can(holder, need))
    }
}

/// What a role is needed for.
fn purpose(need: &Need) -> String {
    let name = need.scope.name();
    match need.role {
        Role::ManagedIdentityOperator => format!("assign managed identity `{name}`"),
        _ => format!("change the scale sets of `{name}`"),
    }
}

fn may_not(holder: &Holder, what: &str, actions: &[&str], scope: &str) -> Error {
    Error::new(
        Kind::Permission,
        capitalised(&format!("{} may not {what}", holder.label)),
    )
    .cause(format!(
        "no role allows {} on {scope}",
        actions.join(" and ")
    ))
    .target(scope)
}

fn forbidden(holder: &Holder, what: &str, name: &str, scope: &ResourceId) -> Error {
    Error::new(
        Kind::Permission,
        capitalised(&format!("{} may not {what}", holder.label)),
    )
    .cause(format!("deny assignment `{name}` forbids it"))
    .hint("no role helps against a deny assignment; ask whoever locked the scope")
    .target(scope.to_string())
}

fn unchecked(holder: &Holder, what: &str, error: &Error) -> String {
    format!(
        "whether {} may {what} could not be checked: {error}",
        holder.label
    )
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
