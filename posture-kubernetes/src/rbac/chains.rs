//! How a subject becomes another one, and at last may do everything.
//!
//! The moves are those of
//! [Good practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks), read on
//! 2026-11-30. A move is certain where RBAC alone decides it, and conditional where it needs something that RBAC does not show,
//! such as a pod that runs as the account. Admission, which may reject a pod or a binding, is not part of RBAC either.
//!
//! Not followed, so that a subject without a chain is not proven harmless: what operators do with their custom resources and config
//! maps, DNS and the traffic of others, the identities of nodes, and what other authorizers grant. The control
//! `identity.subject-privilege-escalation` states these limits.

use std::collections::{BTreeMap, BTreeSet};

use super::held::Held;
use super::paths::Paths;
use super::{Grant, Rbac, Subject};

/// A step of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The subject that makes it.
    pub from: Subject,
    /// What it is allowed, such as `create pods in namespace shop`.
    pub permission: String,
    /// The binding, the role and the rule that allow it, one for each part of the permission.
    pub through: Vec<String>,
    /// The subject that it becomes; none if it may do everything.
    pub to: Option<Subject>,
    /// What else it needs; none if RBAC alone decides.
    pub needs: Option<&'static str>,
}

/// The steps from a subject to one that may do everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The steps, the first one first.
    pub steps: Vec<Step>,
}

impl Chain {
    /// Whether RBAC alone decides every step.
    pub fn is_certain(&self) -> bool {
        self.steps.iter().all(|step| step.needs.is_none())
    }
}

impl Chain {
    /// In one line, as evidence.
    pub fn line(&self) -> String {
        self.to_string().trim_end().replace('\n', "; ")
    }
}

/// One line for each step.
impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for step in &self.steps {
            write!(f, "{} may {}", step.from, step.permission)?;
            match &step.to {
                Some(to) => write!(f, " and so becomes {to}")?,
                None => f.write_str(" and so may do everything")?,
            }
            if let Some(needs) = step.needs {
                write!(f, ", if {needs}")?;
            }
            writeln!(f, " ({})", step.through.join("; "))?;
        }
        Ok(())
    }
}

impl Rbac {
    /// The service accounts that bindings name, by namespace, and the account `default` that every namespace has.
    pub(super) fn accounts(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut add = |namespace: &str, name: &str| {
            let names = all.entry(namespace.to_owned()).or_default();
            names.insert("default".to_owned());
            names.insert(name.to_owned());
        };
        // Every cluster has it, with the strongest accounts.
        add("kube-system", "default");
        for binding in &self.bindings {
            if let Some(namespace) = &binding.namespace {
                add(namespace, "default");
            }
            for subject in &binding.subjects {
                match subject {
                    Subject::ServiceAccount { namespace, name } => add(namespace, name),
                    Subject::Group(name) => {
                        if let Some(namespace) = name.strip_prefix("system:serviceaccounts:") {
                            add(namespace, "default");
                        }
                    }
                    Subject::User(_) => {}
                }
            }
        }
        all
    }

    /// The shortest chain by which a subject may do everything; none if there is none. A certain chain comes before a shorter one
    /// that is conditional.
    pub fn chain(&self, subject: &Subject) -> Option<Chain> {
        Paths::new(self).of_subject(subject)
    }

    /// Every step that a subject can make. Those that end a chain come without a subject to become.
    pub(super) fn moves(
        &self,
        subject: &Subject,
        accounts: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<Step> {
        if matches!(subject, Subject::Group(name) if name == "system:masters") {
            return vec![Step {
                from: subject.clone(),
                permission: "do everything".to_owned(),
                through: vec![
                    "the API server allows the group everything, without a binding".to_owned(),
                ],
                to: None,
                needs: None,
            }];
        }
        self.moves_by(subject, self.grants(subject), accounts)
    }

    /// The same, by some of its grants.
    pub(super) fn moves_by(
        &self,
        subject: &Subject,
        grants: Vec<Grant<'_>>,
        accounts: &BTreeMap<String, BTreeSet<String>>,
    ) -> Vec<Step> {
        let held = Held::new(grants);
        let mut all = Moves { from: subject, steps: Vec::new() };
        self.to_everything(&held, &mut all);
        for (namespace, names) in accounts {
            self.in_namespace(&held, namespace, names, &mut all);
        }
        self.to_others(&held, &mut all);
        all.steps
    }
}

/// The steps of one subject.
pub(super) struct Moves<'m> {
    from: &'m Subject,
    steps: Vec<Step>,
}

impl Moves<'_> {
    fn add(
        &mut self,
        permission: &str,
        grants: &[&Grant<'_>],
        to: Option<Subject>,
        needs: Option<&'static str>,
    ) {
        let mut through: Vec<String> = grants.iter().map(ToString::to_string).collect();
        through.dedup();
        let from = self.from.clone();
        self.steps.push(Step { from, permission: permission.to_owned(), through, to, needs });
    }

    pub(super) fn end(
        &mut self,
        permission: &str,
        grants: &[&Grant<'_>],
        needs: Option<&'static str>,
    ) {
        self.add(permission, grants, None, needs);
    }

    pub(super) fn to(
        &mut self,
        permission: &str,
        grants: &[&Grant<'_>],
        to: Subject,
        needs: Option<&'static str>,
    ) {
        self.add(permission, grants, Some(to), needs);
    }
}
