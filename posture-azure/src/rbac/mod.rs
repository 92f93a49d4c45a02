//! What roles mean: actions as patterns, and what a set of permissions allows.

mod pattern;

use serde_json::Value;

pub(crate) use pattern::Pattern;

/// The actions of one role: what it gives, less what it takes from that again.
///
/// [`notActions`](https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions#notactions) is no
/// denial: another role may give what this one leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) actions: Vec<Pattern>,
    pub(crate) not_actions: Vec<Pattern>,
}

impl Permission {
    /// Reads one element of `permissions`; none where it does not fit.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let patterns = |name: &str| match value.get(name) {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(list)) => {
                list.iter().map(|item| Some(Pattern::new(item.as_str()?))).collect()
            }
            Some(_) => None,
        };
        Some(Self { actions: patterns("actions")?, not_actions: patterns("notActions")? })
    }

    /// Whether it gives an action.
    pub(crate) fn allows(&self, action: &str) -> bool {
        let any = |patterns: &[Pattern]| patterns.iter().any(|pattern| pattern.matches(action));
        any(&self.actions) && !any(&self.not_actions)
    }
}
