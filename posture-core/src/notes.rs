//! What the absence of findings in a report means: controls with nothing to check, facts that are known of no resource,
//! requirements on which nothing was decided. A reader who sees only passes and failures would not notice.

use std::collections::BTreeMap;

use crate::control::Control;
use crate::frameworks::{Framework, Requirement, Strength};
use crate::lack::Lack;
use crate::provider::Provider;
use crate::report::{Report, State};
use crate::resource::FactId;
use crate::wanted;

/// What is worth saying although nothing became of it.
#[derive(Debug, Default)]
pub struct Notes {
    /// The controls that found nothing to examine anywhere on a provider.
    pub idle_controls: Vec<(Provider, &'static Control)>,
    /// The facts that controls read and that are known of no resource of a provider, although there are such resources.
    pub unread_facts: Vec<(Provider, FactId)>,
    /// The requirements that could be decided, and whose controls decided nothing.
    pub idle_requirements: Vec<(&'static Framework, &'static Requirement)>,
}

/// The notes on a report.
pub fn notes(report: &Report<'_>) -> Notes {
    let findings = &report.findings;
    let mut notes = Notes::default();
    for provider in findings.providers() {
        for (place, control) in findings.controls().iter().enumerate() {
            let tally = findings.whole_tally_on(place, provider);
            let idle = tally.total() == tally.not_applicable;
            if idle && control.judges(provider) {
                notes.idle_controls.push((provider, control));
            }
        }
        let wanted = wanted::by(findings.controls(), provider);
        let mut lacking: BTreeMap<FactId, Lack> = BTreeMap::new();
        let of_provider =
            |examined: &&crate::judge::Examined<'_>| examined.scope().provider == provider;
        for examined in findings.scopes().iter().filter(of_provider) {
            for (fact, lack) in examined.lacks().iter() {
                let sum = lacking.entry(*fact).or_default();
                sum.gaps += lack.gaps;
                sum.population += lack.population;
            }
        }
        let never = lacking
            .into_iter()
            .filter(|(fact, lack)| wanted.fact(*fact) && lack.gaps == lack.population);
        notes.unread_facts.extend(never.map(|(fact, _)| (provider, fact)));
    }
    for framework in &report.frameworks {
        for requirement in &framework.requirements {
            let deciding =
                || requirement.controls.iter().filter(|of| of.strength != Strength::Supporting);
            let decided =
                deciding().any(|of| of.tally.pass + of.tally.fail + of.tally.excepted > 0);
            let open = requirement.state != State::NotAssessedOrganizational;
            if open && deciding().next().is_some() && !decided {
                notes.idle_requirements.push((framework.framework, requirement.requirement));
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Known};
    use crate::gap::{Gap, Reason};
    use crate::judge::{self, Judge, Options};
    use crate::report::roll_up;
    use crate::resource::Bucket;
    use crate::scope::Scope;
    use crate::snapshot::Snapshot;
    use crate::time::Time;
    use crate::{controls, frameworks};

    fn scope(known: bool) -> Scope {
        let mut scope = Scope::empty(Provider::Aws, if known { "1" } else { "2" });
        let denied = Fact::Gap(scope.add_gap(Gap::new("s3:GetBucketPolicy", "", Reason::Denied)));
        let tls = if known { Known(true) } else { denied };
        scope.buckets.items.push(Bucket::unread("b", "b", None).tls_enforced(tls));
        scope
    }

    #[test]
    fn what_could_not_be_read_is_reported() {
        let time = Time::from_unix(0);
        let chosen: Vec<&'static Control> = controls::ALL
            .iter()
            .copied()
            .filter(|control| ["storage.tls-enforced", "keys.rotation"].contains(&control.id))
            .collect();
        let notes_of = |scopes: Vec<Scope>| {
            let snapshot = Snapshot::new("test", time, time, scopes.clone());
            let findings = judge::judge(&snapshot, &chosen, &Options::default());
            let one = notes(&roll_up(findings, frameworks::all()));
            // Where resources are forgotten the same is known of them.
            let mut judge = Judge::new(&chosen, Options::default());
            for mut scope in scopes {
                scope.canonicalise();
                judge.add(scope);
            }
            let other = notes(&roll_up(judge.finish(snapshot.header()), frameworks::all()));
            assert_eq!(format!("{one:?}"), format!("{other:?}"));
            one
        };
        let tls = (Provider::Aws, Bucket::TLS_ENFORCED);
        let all = notes_of(vec![scope(false)]);
        assert_eq!(all.unread_facts, [tls]);
        let idle: Vec<&str> = all.idle_controls.iter().map(|(_, control)| control.id).collect();
        assert_eq!(idle, ["keys.rotation"]);
        let of = |notes: &Notes, id: &str| notes.idle_requirements.iter().any(|(_, r)| r.id == id);
        assert!(of(&all, "PR.DS-02"));
        // One resource of which it is known is enough.
        let some = notes_of(vec![scope(false), scope(true)]);
        assert_eq!(some.unread_facts, []);
        assert!(!of(&some, "PR.DS-02"));
    }
}
