//! Every action this crate can call, with the facts that each fills: the source of the permissions, of the plan, and
//! of the command that shows a fact to a person.

pub use posture_collect::{Each, Filter, Per, Value};
use posture_model::resource::Subject;
use posture_model::resource::*;
use posture_model::wanted::Wanted;

pub use crate::collect::table::ACTIONS;
pub use crate::entry::Action;
use crate::entry::{DESCENDANTS, PERMISSIONS, RESOURCE_GRAPH, SUBSCRIPTIONS};

/// The actions that every audit needs: what there is, what the identity may do, and the bulk query.
pub static ALWAYS: &[&str] = &[PERMISSIONS, RESOURCE_GRAPH, SUBSCRIPTIONS];

/// The action that lists the subscriptions below a management group, where one is named.
pub const LIST_DESCENDANTS: &str = DESCENDANTS;

/// What an identity needs for an audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Actions of a role, ordered by name.
    pub actions: Vec<&'static str>,
    /// Application permissions of Microsoft Graph, ordered by name, each with the paths that need it.
    pub graph: Vec<(&'static str, Vec<&'static str>)>,
}

/// The permissions that an identity needs for the wanted facts, and to discover what there is. To name a management group
/// requires [`LIST_DESCENDANTS`] as well.
pub fn permissions(wanted: &Wanted) -> Permissions {
    let mut needed = Permissions::default();
    needed.actions.extend(ALWAYS);
    for action in wanted_actions(wanted) {
        if action.own.is_empty() {
            needed.actions.push(action.name);
        }
        for permission in action.own {
            match needed.graph.iter_mut().find(|(known, _)| known == permission) {
                Some((_, paths)) => paths.push(action.name),
                None => needed.graph.push((permission, vec![action.name])),
            }
        }
    }
    needed.actions.sort_unstable();
    needed.actions.dedup();
    needed.graph.sort_unstable();
    needed
}

/// The actions that an audit calls for the wanted facts, ordered by name, without [`ALWAYS`].
pub fn wanted_actions(wanted: &Wanted) -> Vec<&'static Action> {
    posture_collect::action::wanted_actions(ACTIONS, wanted)
}

/// The commands that show a fact of a resource to a person, ready to paste into a shell.
pub fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    let logs = if fact.kind == Kind::Bucket { "/blobServices/default" } else { "" };
    // Microsoft Graph shows those of applications, and Resource Manager those of managed identities.
    let of_identity = subject.id.starts_with('/');
    let shows = |action: &&Action| {
        subject.kind != Kind::FederatedCredential || action.own.is_empty() == of_identity
    };
    posture_collect::action::commands(
        ACTIONS.iter().filter(shows),
        fact,
        subject,
        &[("logs", logs)],
    )
}

#[cfg(test)]
mod tests {
    use posture_core::control::Control;
    use posture_model::provider::Provider;

    use super::*;

    fn judging() -> impl Iterator<Item = &'static Control> {
        let all = posture_core::controls::ALL.iter().copied();
        all.filter(|control| control.judges(Provider::Azure))
    }

    #[test]
    fn actions_are_sorted_and_only_read() {
        assert!(ACTIONS.is_sorted_by(|a, b| a.name < b.name));
        for action in ACTIONS {
            let graph = !action.own.is_empty();
            assert_eq!(action.name.starts_with('/'), graph, "{}", action.name);
            assert_eq!(action.name.ends_with("/read"), !graph, "{} is not a read", action.name);
            for permission in action.own {
                assert!(permission.contains(".Read."), "{permission} is not a read");
            }
            assert!(action.command.starts_with("az "));
        }
    }

    #[test]
    fn every_fact_and_kind_that_a_control_reads_is_filled_by_an_action() {
        for control in judging() {
            for fact in control.test.reads {
                assert!(
                    ACTIONS.iter().any(|action| action.fills.contains(fact))
                        || !fact.is_offered_by(Provider::Azure),
                    "{} reads {fact}",
                    control.id
                );
            }
            let kind = control.test.check.kind();
            assert!(
                // The tenant and its subscriptions are there without being listed by an action.
                matches!(kind, Kind::Account | Kind::Directory)
                    || ACTIONS.iter().any(|a| a.lists.contains(&kind)),
                "{} needs {kind}",
                control.id
            );
        }
    }

    /// The tenant and its subscriptions are there without being listed by an action.
    const BUILT_IN: &[Kind] = &[Kind::Account, Kind::Directory];

    #[test]
    fn the_kinds_that_the_provider_has_are_those_that_actions_list() {
        for kind in Kind::ALL.iter().filter(|kind| !BUILT_IN.contains(kind)) {
            let listed = ACTIONS.iter().any(|action| action.lists.contains(kind));
            let has = kind.levels().iter().any(|(provider, _)| *provider == Provider::Azure);
            assert_eq!(has, listed, "{kind}");
        }
    }

    /// They come with the list of subscriptions, which every audit reads.
    const OF_SUBSCRIPTIONS: &[FactId] = &[Account::TAGS];

    #[test]
    fn what_the_provider_offers_is_what_actions_fill() {
        for fact in Kind::ALL.iter().flat_map(|kind| kind.fact_ids()) {
            let filled = ACTIONS.iter().any(|action| action.fills.contains(&fact))
                || OF_SUBSCRIPTIONS.contains(&fact);
            assert_eq!(fact.is_offered_by(Provider::Azure), filled, "{fact}");
        }
    }

    #[test]
    fn the_command_names_the_kind_that_it_shows() {
        let subject = Subject {
            kind: Kind::AuditTrail,
            id: "/subscriptions/1",
            name: "x",
            region: None,
            source: None,
        };
        let commands = commands(AuditTrail::KEY, &subject);
        assert_eq!(
            commands,
            [
                "az monitor diagnostic-settings list --resource /subscriptions/1",
                "az storage account show --ids <bucket>",
            ]
        );
    }

    #[test]
    fn the_command_is_that_of_the_service_that_has_the_credential() {
        let of = |id| {
            let kind = Kind::FederatedCredential;
            commands(
                FederatedCredential::ISSUER,
                &Subject { kind, id, name: "x", region: None, source: None },
            )
        };
        assert_eq!(of("/subscriptions/1/i/f"), ["az resource show --ids /subscriptions/1/i/f"]);
        let [application] = &*of("a1/f1") else { panic!("{:?}", of("a1/f1")) };
        assert!(application.starts_with("az ad app list"), "{application}");
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
        assert!(commands[0].ends_with(r"--account-name 'a'\''; rm -rf / #'"), "{commands:?}");
    }
}
