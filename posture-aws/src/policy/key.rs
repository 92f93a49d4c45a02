//! What the policy of a key says about the people who administer and use it.

use std::collections::BTreeSet;

use posture_model::dated::Dated;

use super::answer::{Answer, Found};
use super::document::{Document, Principal, Principals, Statement};

/// Actions of administrators: who may take them decides who uses the key, and whether it exists, see
/// [key administrators](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators).
const ADMINISTERS: &[&str] = &["kms:putkeypolicy", "kms:schedulekeydeletion"];

/// The action of users that yields data.
const DECRYPTS: &[&str] = &["kms:decrypt"];

/// How a list of principals names all of them.
const EVERYONE: &str = "everyone";

/// How the unique IDs of users and roles begin; a group is not a principal.
static UNIQUE: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
    ],
    "2026-11-30",
    &["AIDA", "AROA"],
);

impl Document {
    /// The principals that the policy of the key `arn` allows both to administer it and to decrypt with it: users, roles and
    /// sessions by their ARNs, and `everyone`.
    ///
    /// A whole account is not one of them, as its IAM policies decide which of its principals may do what; nor is a service.
    pub fn administrators_who_decrypt(&self, arn: &str) -> Found {
        let mut found = Found::default();
        let administers = About::new(self, ADMINISTERS, arn);
        let decrypts = About::new(self, DECRYPTS, arn);
        let named: BTreeSet<&Principal> = self.allows().flat_map(Statement::people).collect();
        for person in named {
            let both = administers.allow(person);
            if !both.is_no() {
                found.add(label(person), both.and(decrypts.allow(person)));
            }
        }
        found
    }

    /// The unique IDs that the policy allows. IAM
    /// [puts them in place of the ARN](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles)
    /// when the user or role is deleted; a new one of the same name has another.
    pub fn deleted_principals(&self) -> Vec<String> {
        let mut ids: Vec<String> = self
            .allows()
            .filter_map(|allow| match &allow.principals {
                Principals::These(list) => Some(list),
                Principals::AllBut(_) | Principals::Unnamed => None,
            })
            .flatten()
            .filter_map(|principal| match principal {
                Principal::Aws(name) if is_unique_id(name) => Some(name.clone()),
                _ => None,
            })
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

/// The statements about some actions on one key, each action separately.
struct About<'a>(Vec<(Vec<&'a Statement>, Vec<&'a Statement>)>);

impl<'a> About<'a> {
    fn new(document: &'a Document, actions: &[&str], arn: &str) -> Self {
        let about = |statement: &&Statement, action: &str| {
            statement.actions.matches(action) && statement.resources.matches(arn)
        };
        let of = |action: &&str| {
            let allows = document.allows().filter(|one| about(one, action)).collect();
            (allows, document.denies().filter(|one| about(one, action)).collect())
        };
        Self(actions.iter().map(of).collect())
    }

    /// Whether a principal may take any of the actions.
    fn allow(&self, person: &Principal) -> Answer {
        Answer::any(self.0.iter().map(|(allows, denies)| {
            let some = |statements: &[&Statement], of: fn(&Principals, &Principal) -> Answer| {
                Answer::any(
                    statements.iter().map(|one| of(&one.principals, person).and(holds(one))),
                )
            };
            let may = some(allows, Principals::allow);
            if may.is_no() { may } else { may.and(!some(denies, Principals::deny)) }
        }))
    }
}

/// Whether the conditions of a statement hold: they are not looked into.
fn holds(statement: &Statement) -> Answer {
    match statement.conditions.first() {
        None => Answer::Yes,
        Some(condition) => Answer::needs(condition.key.clone()),
    }
}

/// Whether a text is the unique ID of a user or a role.
fn is_unique_id(text: &str) -> bool {
    UNIQUE.iter().any(|kind| text.starts_with(kind))
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn label(person: &Principal) -> &str {
    match person {
        Principal::Aws(arn) => arn,
        _ => EVERYONE,
    }
}

impl Statement {
    /// The users, roles and sessions that it names, and everyone if it is for everyone.
    fn people(&self) -> Vec<&Principal> {
        match &self.principals {
            Principals::These(list) => list.iter().filter(|one| is_person(one)).collect(),
            Principals::AllBut(_) | Principals::Unnamed => vec![&Principal::Anyone],
        }
    }
}

fn is_person(principal: &Principal) -> bool {
    match principal {
        Principal::Anyone => true,
        Principal::Aws(name) => !principal.is_account() && !is_unique_id(name),
        Principal::Service(_) | Principal::Federated(_) | Principal::Canonical(_) => false,
    }
}

/// Whether a session is one of a role, by their ARNs: that of a session lacks the path of the role.
fn is_session_of(session: &Principal, role: &Principal) -> bool {
    let (Principal::Aws(session), Principal::Aws(name)) = (session, role) else { return false };
    let of = session.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
    let role_name = name.split_once(":role/").and_then(|(_, rest)| rest.rsplit('/').next());
    of.is_some() && of == role_name && account(session) == account(name)
}

fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

impl Principals {
    /// Whether an Allow is for a principal. One for its account is not: it lets the account decide.
    fn allow(&self, person: &Principal) -> Answer {
        self.name(person, |one| {
            one == person || *one == Principal::Anyone || is_session_of(person, one)
        })
    }

    /// Whether a Deny is for a principal. One for its account
    /// [is](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-accounts).
    fn deny(&self, person: &Principal) -> Answer {
        let own = |one: &Principal| one.is_account() && one.account() == person.account();
        self.name(person, |one| {
            one == person
                || *one == Principal::Anyone
                || is_session_of(person, one)
                || person.account().is_some() && own(one)
        })
    }

    fn name(&self, person: &Principal, is: impl Fn(&Principal) -> bool) -> Answer {
        match self {
            Self::Unnamed => Answer::needs("a statement without a principal"),
            Self::These(list) => Answer::from(list.iter().any(is)),
            Self::AllBut(list) if list.contains(person) || list.contains(&Principal::Anyone) => {
                Answer::No
            }
            // Which sessions and accounts it exempts takes more than comparing names.
            Self::AllBut(_) => Answer::needs("a statement with NotPrincipal"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/1";

    fn found(statements: &str) -> Found {
        let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
        Document::parse(&text).unwrap().administrators_who_decrypt(KEY)
    }

    fn statement(effect: &str, who: &str, actions: &str) -> String {
        format!(
            r#"{{"Effect": "{effect}", "Principal": {who}, "Action": {actions}, "Resource": "*"}}"#
        )
    }

    const ALICE: &str = r#"{"AWS": "arn:aws:iam::123456789012:role/team/alice"}"#;
    const SESSION: &str = r#"{"AWS": "arn:aws:sts::123456789012:assumed-role/alice/now"}"#;
    const BOB: &str = r#"{"AWS": "arn:aws:iam::123456789012:user/bob"}"#;
    const ACCOUNT: &str = r#"{"AWS": "arn:aws:iam::123456789012:root"}"#;
    const ADMIN: &str = r#"["kms:Put*", "kms:ScheduleKeyDeletion"]"#;
    const USE: &str = r#"["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*"]"#;
    const ALL: &str = r#""kms:*""#;
    const NAME: &str = "arn:aws:iam::123456789012:role/team/alice";

    #[test]
    fn one_who_administers_and_another_who_decrypts_are_separate() {
        let allow = |who, what| statement("Allow", who, what);
        for (statements, certain) in [
            (vec![allow(ACCOUNT, ALL)], vec![]),
            (vec![allow(r#"{"AWS": "123456789012"}"#, ALL)], vec![]),
            (vec![allow(r#"{"Service": "sns.amazonaws.com"}"#, ALL)], vec![]),
            (vec![allow(r#"{"AWS": "AROAEXAMPLE"}"#, ALL)], vec![]),
            (vec![allow(ALICE, ADMIN), allow(BOB, USE)], vec![]),
            (vec![allow(ALICE, r#""kms:ScheduleKeyDeletion""#), allow(ALICE, USE)], vec![NAME]),
            (
                vec![allow(ALICE, r#""kms:PutKeyPolicy""#), allow(ALICE, r#""kms:decrypt""#)],
                vec![NAME],
            ),
            (vec![allow(ALICE, ALL), allow(ACCOUNT, ALL)], vec![NAME]),
            (vec![allow(ALICE, ADMIN), allow(r#""*""#, USE)], vec![NAME]),
            (vec![allow(r#""*""#, ALL)], vec!["everyone"]),
            (vec![allow(ALICE, ADMIN), allow(ALICE, r#""kms:Encrypt""#)], vec![]),
            (vec![], vec![]),
            // A session may do what its role may.
            (
                vec![allow(ALICE, ADMIN), allow(SESSION, USE)],
                vec!["arn:aws:sts::123456789012:assumed-role/alice/now"],
            ),
            // One of a role of another account, or of another role, is not its session.
            (vec![allow(ALICE, ADMIN), allow(&SESSION.replace("1234", "9876"), USE)], vec![]),
            (vec![allow(ALICE, ADMIN), allow(&SESSION.replace("alice", "bob"), USE)], vec![]),
        ] {
            let found = found(&statements.join(","));
            assert_eq!(found.certain, certain, "{statements:?}");
            assert!(found.undecided.is_empty(), "{statements:?}");
        }
        let other_key = r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/a"}, "Action": "kms:*", "Resource": "arn:aws:kms:eu-central-1:123456789012:key/2"}"#;
        assert_eq!(found(other_key), Found::default());
    }

    #[test]
    fn a_deny_takes_away_and_what_is_not_looked_into_stays_open() {
        let base = statement("Allow", ALICE, ALL);
        let with = |more: &str| found(&format!("{base},{more}"));
        for who in [ALICE, ACCOUNT, r#""*""#] {
            assert_eq!(with(&statement("Deny", who, USE)), Found::default(), "{who}");
        }
        assert_eq!(with(&statement("Deny", BOB, USE)).certain, [NAME]);
        // One of the two administrative actions is left.
        assert_eq!(with(&statement("Deny", ALICE, r#""kms:PutKeyPolicy""#)).certain, [NAME]);
        for open in [
            r#"{"Effect": "Deny", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}"#,
            r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:user/bob"}, "Action": "kms:Decrypt", "Resource": "*"}"#,
        ] {
            let found = with(open);
            assert!(found.certain.is_empty() && found.undecided.len() == 1, "{open}");
        }
        let spared = r#"{"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::123456789012:role/team/alice"}, "Action": "kms:Decrypt", "Resource": "*"}"#;
        assert_eq!(with(spared).certain, [NAME]);
        let conditional = r#"{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "123456789012"}}}"#;
        let found = found(conditional);
        assert!(found.certain.is_empty());
        assert_eq!(found.undecided[0].what, "everyone");
    }

    #[test]
    fn deleted_principals_are_found_by_their_unique_ids() {
        let document = |who: &str, effect: &str| {
            let text = format!(r#"{{"Statement": [{}]}}"#, statement(effect, who, ALL));
            Document::parse(&text).unwrap().deleted_principals()
        };
        let mixed = r#"{"AWS": ["AROAEXAMPLE2", "AIDAEXAMPLE1", "AROAEXAMPLE2", "arn:aws:iam::123456789012:role/a", "123456789012"]}"#;
        assert_eq!(document(mixed, "Allow"), ["AIDAEXAMPLE1", "AROAEXAMPLE2"]);
        assert!(document(mixed, "Deny").is_empty());
        assert!(document(r#""*""#, "Allow").is_empty());
        assert!(!is_unique_id("AROA:x") && !is_unique_id("AKIAEXAMPLE") && is_unique_id("AIDAX"));
    }
}
