//! Every action this crate can call, with the facts that each fills: the source of the permissions, of the plan, and
//! of the command that shows a fact to a person.

use posture_collect::action::find;
pub use posture_collect::{Each, Filter, Per, Value};
use posture_model::resource::FactId;
use posture_model::resource::Subject;
use posture_model::wanted::Wanted;

pub use crate::collect::table::ACTIONS;
pub use crate::entry::{ASSUME_ROLE, Action, LIST_ACCOUNTS, LIST_REGIONS};
use crate::entry::{IDENTITY, holds_always};
use crate::whole::Holds;

/// The actions that find out whose the credentials are. AWS allows them to everyone; they are named for completeness.
pub const IDENTITY_ACTIONS: &[&str] = &[IDENTITY];

/// What an answer of an action must hold, of those in [`ACTIONS`] and of those beside them.
pub(crate) fn holds(action: &str) -> Option<Holds> {
    holds_always(action).or_else(|| find(ACTIONS, action).map(|known| known.own))
}

/// The actions that an audit calls for the wanted facts, ordered by name, not counting those that determine whose the
/// credentials are and which regions there are.
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static Action> {
    posture_collect::action::wanted_actions(ACTIONS, wanted)
}

/// The commands that show a fact of a resource to a person, ready to paste into a shell.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    posture_collect::action::commands(ACTIONS, fact, subject, &[])
}

#[cfg(test)]
mod tests {
    use posture_core::control::Control;
    use posture_model::provider::Provider;
    use posture_model::resource::{AuditTrail, Bucket, Kind};

    use super::*;

    fn judging() -> impl Iterator<Item = &'static Control> {
        posture_core::controls::ALL.iter().copied().filter(|control| control.judges(Provider::Aws))
    }

    #[test]
    fn actions_are_sorted_and_only_read() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
        for action in ACTIONS {
            let (_, operation) = action.name.split_once(':').unwrap();
            let reads = ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb));
            assert!(
                reads || operation == "GenerateCredentialReport",
                "{} is not a read",
                action.name
            );
            assert!(action.command.starts_with("aws "));
        }
    }

    #[test]
    fn no_action_is_answered_by_nothing() {
        let others =
            [LIST_REGIONS, LIST_ACCOUNTS].into_iter().chain(IDENTITY_ACTIONS.iter().copied());
        for action in ACTIONS.iter().map(|action| action.name).chain(others) {
            // A resource without a web ACL is answered so, which is a failure and no pass:
            // https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html
            if action == "wafv2:GetWebACLForResource" {
                continue;
            }
            let (_, operation) = action.split_once(':').unwrap();
            let holds = holds(action).unwrap();
            for empty in ["{}", "<a/>", &format!("<{operation}Response/>")] {
                assert!(holds.check(operation, empty.as_bytes()).is_err(), "{action} {empty}");
            }
        }
    }

    #[test]
    fn every_fact_and_kind_that_a_control_reads_is_filled_by_an_action() {
        for control in judging() {
            for fact in control.test.reads {
                assert!(
                    ACTIONS.iter().any(|action| action.fills.contains(fact))
                        || !fact.is_offered_by(Provider::Aws),
                    "{} reads {fact}",
                    control.id
                );
            }
            for kind in control.kinds().into_iter().filter(|kind| *kind != Kind::Account) {
                assert!(
                    ACTIONS.iter().any(|action| action.lists.contains(&kind)),
                    "{} needs {kind}",
                    control.id
                );
            }
        }
    }

    /// The account is there without being listed by an action.
    const BUILT_IN: &[Kind] = &[Kind::Account];

    #[test]
    fn the_kinds_that_the_provider_has_are_those_that_actions_list() {
        for kind in Kind::ALL.iter().filter(|kind| !BUILT_IN.contains(kind)) {
            let listed = ACTIONS.iter().any(|action| action.lists.contains(kind));
            let has = kind.levels().iter().any(|(provider, _)| *provider == Provider::Aws);
            assert_eq!(has, listed, "{kind}");
        }
    }

    #[test]
    fn what_the_provider_offers_is_what_actions_fill() {
        for fact in Kind::ALL.iter().flat_map(|kind| kind.fact_ids()) {
            let filled = ACTIONS.iter().any(|action| action.fills.contains(&fact));
            assert_eq!(fact.is_offered_by(Provider::Aws), filled, "{fact}");
        }
    }

    #[test]
    fn a_fact_of_another_resource_is_not_asked_of_the_account() {
        let subject = Subject {
            kind: Kind::Account,
            id: "123456789012",
            name: "home",
            region: None,
            source: None,
        };
        let commands = commands(AuditTrail::RECORDING, &subject);
        assert_eq!(
            commands,
            ["aws cloudtrail get-trail-status --name <audit-trail> --region <region>"]
        );
    }

    #[test]
    fn a_hostile_name_stays_one_word_of_the_command() {
        let subject = Subject {
            kind: Kind::Bucket,
            id: "x",
            name: "a'; rm -rf / #",
            region: None,
            source: None,
        };
        let commands = commands(Bucket::VERSIONING, &subject);
        assert_eq!(commands, [r"aws s3api get-bucket-versioning --bucket 'a'\''; rm -rf / #'"]);
    }
}
