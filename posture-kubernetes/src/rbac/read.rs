//! Roles and bindings, read strictly.

use serde_json::Value;

use crate::labels::{Labels, Selector};
use crate::read::{Invalid, Object};

/// A rule of a role. It grants every of its verbs on every of its resources in every of its groups. The authorizer compares exactly:
/// `Secrets` and `GET` grant nothing.
/// [Source](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/v1/evaluation_helpers.go), read on 2026-12-01.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule {
    /// The verbs; `*` for all, those of later versions included.
    pub verbs: Vec<String>,
    /// The groups of the API; empty text for the core, `*` for all.
    pub groups: Vec<String>,
    /// The resources: `pods`, `pods/exec`, `*/scale`; `*` for all with their subresources.
    pub resources: Vec<String>,
    /// The names of the objects; empty for all.
    pub names: Vec<String>,
    /// Paths that are not of resources, with `*` at the end for all that begin so.
    pub urls: Vec<String>,
}

/// A Role or a ClusterRole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The namespace of a Role; none for a ClusterRole.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its labels, by which other roles aggregate it.
    pub labels: Labels,
    /// Its rules. Of a role that aggregates others, what a cluster shows is their union already.
    pub rules: Vec<Rule>,
    /// The selectors of the ClusterRoles that it aggregates; none if it does not aggregate.
    pub aggregates: Option<Vec<Selector>>,
}

/// A holder of permissions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A user, by the name that the authenticator gives.
    User(String),
    /// A group, by the name that the authenticator gives.
    Group(String),
    /// A service account.
    ServiceAccount {
        /// Its namespace.
        namespace: String,
        /// Its name.
        name: String,
    },
}

/// The role that a binding grants.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleRef {
    /// A Role of the namespace of the binding.
    Role(String),
    /// A ClusterRole.
    ClusterRole(String),
}

/// A RoleBinding or a ClusterRoleBinding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The namespace of a RoleBinding, in which alone it grants; none for a ClusterRoleBinding.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The role.
    pub role: RoleRef,
    /// The subjects.
    pub subjects: Vec<Subject>,
}

fn texts(object: &mut Object<'_>, field: &'static str) -> Result<Vec<String>, Invalid> {
    Ok(object.texts(field)?.into_iter().map(str::to_owned).collect())
}

impl Rule {
    fn read(mut rule: Object<'_>) -> Result<Self, Invalid> {
        let read = Self {
            verbs: texts(&mut rule, "verbs")?,
            groups: texts(&mut rule, "apiGroups")?,
            resources: texts(&mut rule, "resources")?,
            names: texts(&mut rule, "resourceNames")?,
            urls: texts(&mut rule, "nonResourceURLs")?,
        };
        rule.closed()?;
        Ok(read)
    }

    /// Whether it grants a verb on a resource with or without a subresource (`pods`, `pods/exec`), whatever the names.
    ///
    /// [Source](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources), read on 2026-11-30: `*` holds
    /// subresources too, `pods` does not, and `*/exec` is that subresource of any resource.
    pub fn grants(&self, verb: &str, group: &str, resource: &str) -> bool {
        let has = |all: &[String], one: &str| all.iter().any(|it| it == "*" || it == one);
        let of_any = resource.split_once('/').map(|(_, inner)| format!("*/{inner}"));
        has(&self.verbs, verb)
            && has(&self.groups, group)
            && (has(&self.resources, resource)
                || of_any.is_some_and(|any| self.resources.contains(&any)))
    }

    /// Whether its names hold a request for an object of a name; for an empty one, a request that names none. The server accepts an
    /// empty name in a rule and compares texts, so such a rule grants whole lists and creation.
    ///
    /// [Source](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/rbac/v1/evaluation_helpers.go), read on 2026-11-30.
    pub(super) fn names_hold(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|one| one == name)
    }

    /// Whether it grants everything on all resources.
    pub fn is_everything(&self) -> bool {
        self.names.is_empty()
            && [&self.verbs, &self.groups, &self.resources]
                .into_iter()
                .all(|all| all.iter().any(|one| one == "*"))
    }
}

struct Head {
    namespace: String,
    name: String,
    labels: Labels,
}

fn head(object: &mut Object<'_>) -> Result<Head, Invalid> {
    let Some(mut metadata) = object.object("metadata")? else {
        return Err(object.error("metadata", "is missing"));
    };
    Ok(Head {
        namespace: metadata.text("namespace")?.unwrap_or_default().to_owned(),
        name: metadata.text("name")?.unwrap_or_default().to_owned(),
        labels: Labels::exactly(metadata.map("labels")?),
    })
}

impl Role {
    /// Reads a Role or a ClusterRole of `rbac.authorization.k8s.io/v1`.
    ///
    /// # Errors
    /// If a field has the wrong type, or a rule has a field that is not known.
    pub fn read(object: &Value) -> Result<Self, Invalid> {
        let mut object = Object::of(object, "")?;
        let Head { namespace, name, labels } = head(&mut object)?;
        let cluster = object.text("kind")? == Some("ClusterRole");
        let rules =
            object.objects("rules")?.into_iter().map(Rule::read).collect::<Result<_, _>>()?;
        let aggregates = match object.object("aggregationRule")? {
            None => None,
            Some(mut rule) => {
                let selectors = rule.objects("clusterRoleSelectors")?.into_iter();
                let selectors = selectors.map(Selector::read).collect::<Result<_, _>>()?;
                rule.closed()?;
                Some(selectors)
            }
        };
        Ok(Self { namespace: (!cluster).then_some(namespace), name, labels, rules, aggregates })
    }

    /// Its kind and name, such as `ClusterRole edit`.
    pub fn id(&self) -> String {
        match &self.namespace {
            None => format!("ClusterRole {}", self.name),
            Some(namespace) => format!("Role {namespace}/{}", self.name),
        }
    }
}

/// The prefix of the name that a service account has as a user.
const ACCOUNT: &str = "system:serviceaccount:";

impl Subject {
    /// A user of a name. That of a service account is the account.
    pub fn user(name: &str) -> Self {
        match name.strip_prefix(ACCOUNT).and_then(|rest| rest.split_once(':')) {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                Self::account(namespace, name)
            }
            _ => Self::User(name.to_owned()),
        }
    }

    /// A service account.
    pub fn account(namespace: &str, name: &str) -> Self {
        Self::ServiceAccount { namespace: namespace.to_owned(), name: name.to_owned() }
    }

    /// The groups that the server itself puts it into. What else a user is in, only the authenticator knows.
    pub fn groups(&self) -> Vec<String> {
        let all = |groups: &[&str]| groups.iter().map(|one| (*one).to_owned()).collect();
        match self {
            Self::User(name) if name == "system:anonymous" => all(&["system:unauthenticated"]),
            Self::User(_) => all(&["system:authenticated"]),
            Self::Group(name) if name == "system:unauthenticated" => all(&[name]),
            Self::Group(name) => all(&[name, "system:authenticated"]),
            Self::ServiceAccount { namespace, .. } => all(&[
                "system:serviceaccounts",
                &format!("system:serviceaccounts:{namespace}"),
                "system:authenticated",
            ]),
        }
    }

    fn read(mut subject: Object<'_>) -> Result<Self, Invalid> {
        let name = subject.text("name")?.unwrap_or_default();
        match subject.text("kind")?.unwrap_or_default() {
            "User" => Ok(Self::user(name)),
            "Group" => Ok(Self::Group(name.to_owned())),
            "ServiceAccount" => {
                let namespace = subject.text("namespace")?.unwrap_or_default();
                if namespace.is_empty() {
                    return Err(subject.error("namespace", "a service account requires it"));
                }
                Ok(Self::account(namespace, name))
            }
            other => Err(subject.error("kind", format!("not a kind of subject: `{other}`"))),
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(name) => write!(f, "user {name}"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::ServiceAccount { namespace, name } => {
                write!(f, "service account {namespace}/{name}")
            }
        }
    }
}

impl Binding {
    /// Reads a RoleBinding or a ClusterRoleBinding of `rbac.authorization.k8s.io/v1`.
    ///
    /// # Errors
    /// If a field has the wrong type, or a subject or the role is of a kind that the server rejects.
    pub fn read(object: &Value) -> Result<Self, Invalid> {
        let mut object = Object::of(object, "")?;
        let Head { namespace, name, .. } = head(&mut object)?;
        let cluster = object.text("kind")? == Some("ClusterRoleBinding");
        let Some(mut role) = object.object("roleRef")? else {
            return Err(object.error("roleRef", "is missing"));
        };
        let of = role.text("name")?.unwrap_or_default().to_owned();
        let role = match (role.text("kind")?.unwrap_or_default(), cluster) {
            ("ClusterRole", _) => RoleRef::ClusterRole(of),
            ("Role", false) => RoleRef::Role(of),
            ("Role", true) => {
                return Err(role.error("kind", "a ClusterRoleBinding cannot grant a Role"));
            }
            (other, _) => {
                return Err(role.error("kind", format!("not a kind of role: `{other}`")));
            }
        };
        let subjects = object.objects("subjects")?.into_iter().map(Subject::read);
        let subjects = subjects.collect::<Result<_, _>>()?;
        Ok(Self { namespace: (!cluster).then_some(namespace), name, role, subjects })
    }

    /// Its kind and name, such as `RoleBinding shop/admins`.
    pub fn id(&self) -> String {
        match &self.namespace {
            None => format!("ClusterRoleBinding {}", self.name),
            Some(namespace) => format!("RoleBinding {namespace}/{}", self.name),
        }
    }
}
