//! The strengths of authentication that policies refer to: each allows some ways to prove oneself, and not every one of them
//! has to be MFA.

use std::collections::BTreeMap;

use posture_collect::text::clip;
use posture_model::gap::{Gap, Reason};
use serde_json::Value;

use super::actions::{POLICIES, STRENGTHS};
use super::truth::Truth;
use crate::client::Items;
use crate::collect::body::{View, same, senseless};

/// Whether passing it [counts as MFA](https://learn.microsoft.com/en-us/graph/api/resources/authenticationstrengthpolicy).
const SATISFIED: &str = "requirementsSatisfied";

/// The strengths of the tenant, if they were requested.
#[derive(Debug, Default)]
pub(super) struct Strengths {
    by_id: BTreeMap<String, Value>,
    /// Why these may not be all.
    gap: Option<Gap>,
}

/// Whether a strength in a policy only names one of the tenant. Usually a policy contains all of it, but it is a relation,
/// which need not be followed.
pub(super) fn is_reference(strength: View<'_>) -> bool {
    strength.at(SATISFIED) == Ok(None) && strength.need("id", View::text).is_ok()
}

impl Strengths {
    pub(super) fn new(Items { items, refused }: Items) -> Self {
        let mut all = Self { by_id: BTreeMap::new(), gap: refused.map(|refused| refused.gap) };
        for item in items {
            match View(&item).need("id", View::text).map(str::to_ascii_lowercase) {
                Ok(id) => {
                    all.by_id.insert(id, item);
                }
                Err(_) => {
                    all.gap.get_or_insert_with(|| senseless(STRENGTHS, ""));
                }
            }
        }
        all
    }

    /// Whether a strength, as a policy demands it, is MFA.
    pub(super) fn is_mfa(&self, policy: &str, strength: View<'_>) -> Truth {
        if !is_reference(strength) {
            return satisfies(POLICIES, policy, strength);
        }
        let id = strength.text("id").ok().flatten().unwrap_or_default();
        match (self.by_id.get(&id.to_ascii_lowercase()), &self.gap) {
            (Some(strength), _) => satisfies(STRENGTHS, id, View(strength)),
            (None, Some(why)) => Truth::Unknown(why.clone()),
            (None, None) => {
                unclear(STRENGTHS, id, Reason::Undetermined, "there is none with this ID")
            }
        }
    }
}

fn satisfies(action: &str, target: &str, strength: View<'_>) -> Truth {
    match strength.need(SATISFIED, View::text) {
        Ok(satisfied) if same(satisfied, "mfa") => Truth::Yes,
        Ok(satisfied) if same(satisfied, "none") => Truth::No,
        Ok(odd) => {
            let what = format!("cannot determine whether `{odd}` is MFA");
            unclear(action, target, Reason::Undetermined, &what)
        }
        Err(_) => unclear(
            action,
            target,
            Reason::Malformed,
            "`requirementsSatisfied` has an unexpected type",
        ),
    }
}

fn unclear(action: &str, target: &str, reason: Reason, what: &str) -> Truth {
    let mut gap = Gap::new(action, target, reason);
    gap.detail = Some(clip(what.to_owned()));
    Truth::Unknown(gap)
}
