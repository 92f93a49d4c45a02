//! Security groups: what any rule allows is allowed, and answers go back by themselves.

use posture_model::network::Traffic;

use super::Flow;

/// A security group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) permissions: Vec<Permission>,
    /// What it lets in from addresses.
    pub(crate) inbound: Flow,
}

/// What a rule of a group lets in.
#[derive(Clone, Debug)]
pub(crate) struct Permission {
    /// From addresses. A reference to a group matches private addresses, and so nothing of the internet.
    pub(crate) flow: Flow,
    /// The rule in words.
    pub(crate) text: String,
}

impl Group {
    pub(crate) fn new(permissions: Vec<Permission>) -> Self {
        let flows = permissions.iter().map(|permission| permission.flow.clone());
        let inbound = union(flows);
        Self { permissions, inbound }
    }

    /// The rules in words that let some traffic in, or may.
    pub(crate) fn deciding(&self, traffic: &Traffic) -> impl Iterator<Item = &str> {
        let lets =
            move |permission: &&Permission| !permission.flow.possible().and(traffic).is_empty();
        self.permissions.iter().filter(lets).map(|permission| permission.text.as_str())
    }
}

/// What passes by any of several ways. They are joined two by two, as each joining walks both sides.
pub(crate) fn union(flows: impl Iterator<Item = Flow>) -> Flow {
    let mut flows: Vec<Flow> = flows.collect();
    while flows.len() > 1 {
        let mut halved = Vec::with_capacity(flows.len().div_ceil(2));
        let mut rest = flows.into_iter();
        while let Some(one) = rest.next() {
            halved.push(match rest.next() {
                Some(other) => one.or(other),
                None => one,
            });
        }
        flows = halved;
    }
    flows.pop().unwrap_or_else(Flow::nothing)
}
