//! What the identities of machines may do in their subscription.

use std::collections::BTreeSet;

use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::gap::{Gap, Reason};

use super::access::ASSIGNMENTS;
use crate::client::ApiClient;
use crate::rbac::{Access, Answer, Place, Plane, Reach};

/// Who holds which roles in a subscription.
#[derive(Debug)]
pub(crate) struct Rights {
    pub(crate) access: Access,
    /// The subscription.
    pub(crate) here: Place,
    /// Why there may be more assignments.
    pub(crate) incomplete: Option<Gap>,
    /// Why there may be more eligible assignments.
    pub(crate) eligible: Option<Gap>,
    /// Why there may be denials that were not read.
    pub(crate) hidden: Option<Gap>,
    /// Why something about the assignments that there are is not known.
    pub(crate) doubt: Option<Gap>,
}

impl Rights {
    /// The privileged administrator roles that some identities hold over the whole subscription, by themselves or through
    /// groups. What they hold in other subscriptions does not show here.
    pub(crate) fn administers(&self, ask: &ApiClient, identities: &[String]) -> Fact<Entries> {
        let (mut certain, mut open) = (BTreeSet::new(), BTreeSet::new());
        for who in identities {
            let denied = self.access.is_denied_something(who, &self.here);
            for (assignment, holds) in self.access.given_to(who, &self.here, Reach::Now) {
                let role = self.access.roles.get(&assignment.role);
                let condition = assignment.condition.as_ref();
                let privileged =
                    role.map_or(Answer::Unknown(()), |role| role.is_privileged(condition));
                // What a denial leaves of it is not worked out.
                let whole = denied == Answer::No && self.hidden.is_none();
                let left = if whole { Answer::Yes } else { Answer::Unknown(()) };
                let name = role.map_or(assignment.role.as_str(), |role| &role.name);
                let words = format!("{name} on {}", assignment.place.text());
                match holds & privileged & left {
                    Answer::Yes => certain.insert(words),
                    Answer::Unknown(()) => open.insert(words),
                    Answer::No => false,
                };
            }
        }
        let incomplete = self.incomplete.clone().filter(|_| !identities.is_empty());
        let gap = incomplete.or_else(|| {
            let why = || self.hidden.clone().or_else(|| self.doubt.clone());
            (!open.is_empty()).then(|| why().unwrap_or_else(undetermined))
        });
        let gap = gap.map(|gap| ask.gap(gap));
        Entries::new(certain.into_iter().collect(), gap).into_fact()
    }

    /// The principals who have every one of some duties at a scope. For a duty, one of its actions is enough.
    pub(crate) fn with_all(
        &self,
        ask: &ApiClient,
        at: &Place,
        duties: &[Duty],
        reach: Reach,
    ) -> Fact<Entries> {
        let (mut named, mut others) = (BTreeSet::new(), false);
        // Who has all of them has the first.
        for action in duties.first().map_or(&[][..], |duty| duty.actions) {
            let who = self.access.who_may(duties[0].plane, action, at, reach);
            others |= who.others;
            named.extend(who.certain);
            named.extend(who.perhaps);
        }
        let (mut certain, mut open) = (Vec::new(), others);
        for who in named {
            let has = |duty: &Duty| {
                let may = |action: &&str| self.access.may(&who, duty.plane, action, at, reach);
                Answer::any(duty.actions.iter().map(may))
            };
            match (Answer::all(duties.iter().map(has)), &self.hidden) {
                (Answer::Yes, None) => certain.push(who),
                (Answer::Yes, Some(_)) | (Answer::Unknown(()), _) => open = true,
                (Answer::No, _) => {}
            }
        }
        let eligible = self.eligible.clone().filter(|_| reach == Reach::OnDemand);
        let gap = self.incomplete.clone().or(eligible).or_else(|| {
            let why = || self.hidden.clone().or_else(|| self.doubt.clone());
            open.then(|| why().unwrap_or_else(undetermined))
        });
        Entries::new(certain, gap.map(|gap| ask.gap(gap))).into_fact()
    }
}

/// What a principal may be there for: any of these actions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duty {
    pub(crate) plane: Plane,
    pub(crate) actions: &'static [&'static str],
}

fn undetermined() -> Gap {
    let mut gap = Gap::new(ASSIGNMENTS.name, "", Reason::Undetermined);
    gap.detail = Some("it depends on a condition or a deny assignment".to_owned());
    gap
}

#[cfg(test)]
mod tests;
