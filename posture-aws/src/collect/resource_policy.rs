//! The facts that follow from a resource's policy.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::resource::Organization;

use crate::ask::ApiClient;
use crate::policy::{Access, Answer, Document, Found, Home, Membership, OWN_ORGANIZATION};

/// Whatever the policy grants.
pub(crate) const ANY: &[&str] = &[];

/// A policy as it was read, and where.
pub(crate) struct ResourcePolicy<'a> {
    pub(crate) ask: &'a ApiClient,
    pub(crate) action: &'static str,
    /// The ARN of the resource.
    pub(crate) target: &'a str,
    pub(crate) account: &'a str,
    /// None if there is no policy.
    pub(crate) text: &'a Fact<Option<String>>,
    /// The organization of the account.
    pub(crate) organization: &'a Fact<Option<Organization>>,
}

/// The organization against which "outside" is measured.
pub(crate) fn membership(organization: &Fact<Option<Organization>>) -> Membership<'_> {
    match organization {
        Known(Some(organization)) => Membership::Of(&organization.id),
        Known(None) | Fact::NotOffered => Membership::None,
        Fact::Gap(_) => Membership::Unknown,
    }
}

/// The result of a question about a policy, as a fact: whatever is certain is listed, and a gap shows what else may be, be it
/// for the policy's words or for the organization that could not be read.
pub(crate) fn listed(
    ask: &ApiClient,
    at: (&'static str, &str),
    organization: &Fact<Option<Organization>>,
    found: &Found,
) -> Fact<Entries> {
    Entries::new(found.certain.clone(), open(ask, at, organization, found)).into_fact()
}

/// The same for a question about other accounts. Those that may be admitted are named, as a control may trust them.
pub(crate) fn parties(
    ask: &ApiClient,
    at: (&'static str, &str),
    organization: &Fact<Option<Organization>>,
    found: &Found,
) -> Fact<Entries> {
    let list = Entries::new(found.certain.clone(), open(ask, at, organization, found));
    list.naming(found.undecided_parties()).into_fact()
}

/// The gap behind what is not decided.
fn open(
    ask: &ApiClient,
    (action, target): (&'static str, &str),
    organization: &Fact<Option<Organization>>,
    found: &Found,
) -> Option<GapId> {
    match organization.gap() {
        _ if found.undecided.is_empty() => None,
        Some(gap) if found.depends_on(OWN_ORGANIZATION) => Some(gap),
        _ => {
            let may_be: Vec<String> = found.undecided.iter().map(ToString::to_string).collect();
            ask.undetermined::<()>(action, target, may_be.join("; ")).gap()
        }
    }
}

/// The same for a question that any certain answer decides, so that the rest is not requested.
pub(crate) fn decided(
    ask: &ApiClient,
    at: (&'static str, &str),
    organization: &Fact<Option<Organization>>,
    found: &Found,
) -> Fact<Vec<String>> {
    if !found.certain.is_empty() || found.undecided.is_empty() {
        return Known(found.certain.clone());
    }
    match listed(ask, at, organization, found) {
        Fact::Gap(gap) => Fact::Gap(gap),
        Known(_) | Fact::NotOffered => Known(Vec::new()),
    }
}

impl ResourcePolicy<'_> {
    pub(crate) fn public(&self, actions: &[&str]) -> Fact<Entries> {
        self.list(|document, home| document.public(home, actions))
    }

    pub(crate) fn public_storage(&self, access: Access) -> Fact<Entries> {
        self.list(|document, home| document.public_storage(home, access))
    }

    pub(crate) fn external_accounts(&self) -> Fact<Entries> {
        self.judged(Entries::none(), |document, home| {
            let found = document.external_accounts(home);
            parties(self.ask, (self.action, self.target), self.organization, &found)
        })
    }

    pub(crate) fn services_without_source(&self) -> Fact<Entries> {
        self.list(Document::services_without_source)
    }

    /// Of the policy of a key.
    pub(crate) fn administrators_who_decrypt(&self) -> Fact<Entries> {
        self.list(|document, _| document.administrators_who_decrypt(self.target))
    }

    /// Of the policy of a key.
    pub(crate) fn deleted_principals(&self) -> Fact<Vec<String>> {
        self.judged(Vec::new(), |document, _| Known(document.deleted_principals()))
    }

    pub(crate) fn forces_tls(&self) -> Fact<bool> {
        self.judged(false, |document, _| match document.forces_tls(self.target) {
            Answer::Yes => Known(true),
            Answer::No => Known(false),
            open @ Answer::Unknown(_) => {
                self.ask.undetermined(self.action, self.target, open.reason())
            }
        })
    }

    fn list(&self, question: impl FnOnce(&Document, &Home<'_>) -> Found) -> Fact<Entries> {
        self.judged(Entries::none(), |document, home| {
            let found = question(document, home);
            listed(self.ask, (self.action, self.target), self.organization, &found)
        })
    }

    /// A fact about the policy; `none` if there is no policy.
    fn judged<T>(
        &self,
        none: T,
        question: impl FnOnce(&Document, &Home<'_>) -> Fact<T>,
    ) -> Fact<T> {
        // The partition of the resource is that of its account.
        let partition = self.target.split(':').nth(1).unwrap_or("aws");
        let organization = membership(self.organization);
        let home = Home { account: self.account, partition, organization };
        self.text.and_then(|text| match text {
            None => Known(none),
            Some(text) => match Document::parse(text) {
                Ok(document) => question(&document, &home),
                Err(malformed) => {
                    self.ask.malformed(self.action, self.target, malformed.to_string())
                }
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;

    use super::*;

    const TARGET: &str = "arn:aws:s3:::b";

    fn asker() -> ApiClient {
        ApiClient::new(1, None, tokio::sync::watch::channel(false).1)
    }

    fn policy<'a>(ask: &'a ApiClient, text: &'a Fact<Option<String>>) -> ResourcePolicy<'a> {
        ResourcePolicy {
            ask,
            action: "s3:GetBucketPolicy",
            target: TARGET,
            account: "123456789012",
            text,
            organization: &Known(None),
        }
    }

    fn statement(condition: &str) -> Fact<Option<String>> {
        Known(Some(format!(
            r#"{{"Statement": {{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}}}"#
        )))
    }

    fn reason(ask: ApiClient, fact: &Fact<Entries>) -> Reason {
        let gap = fact.gap().expect("a gap");
        ask.into_gaps().swap_remove(gap.index()).reason
    }

    #[test]
    fn no_policy_is_an_answer_and_an_unread_one_is_not() {
        let ask = asker();
        let none = Known(None);
        assert_eq!(policy(&ask, &none).public_storage(Access::Read), Known(Entries::none()));
        assert_eq!(policy(&ask, &none).forces_tls(), Known(false));
        let unread = Fact::Gap(GapId::NOT_COLLECTED);
        assert_eq!(
            policy(&ask, &unread).public_storage(Access::Read),
            Fact::Gap(GapId::NOT_COLLECTED)
        );
        assert_eq!(policy(&ask, &unread).forces_tls(), Fact::Gap(GapId::NOT_COLLECTED));
    }

    #[test]
    fn what_is_certain_is_listed() {
        let ask = asker();
        let open = statement("{}");
        assert_eq!(
            policy(&ask, &open).public_storage(Access::Read),
            Known(Entries::from(["statement 1"]))
        );
        assert_eq!(policy(&ask, &open).public_storage(Access::Write), Known(Entries::none()));
        assert_eq!(policy(&ask, &open).public(ANY), Known(Entries::from(["statement 1"])));
    }

    #[test]
    fn another_organization_than_the_own_one_is_external() {
        let shared = statement(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#);
        let of = |id: &str| {
            Known(Some(Organization {
                id: id.to_owned(),
                management_account: "999999999999".to_owned(),
                is_management: false,
            }))
        };
        let external = |organization: &Fact<Option<Organization>>| {
            let ask = asker();
            ResourcePolicy { organization, ..policy(&ask, &shared) }.external_accounts()
        };
        let other = Known(Entries::from(["organization `o-home`"]));
        assert_eq!(external(&of("o-home")), Known(Entries::none()));
        assert_eq!(external(&of("o-other")), other);
        assert_eq!(external(&Known(None)), other);
        // The gap is that of the organization, which the reader can close.
        let unread = external(&Fact::Gap(GapId::new(7)));
        assert_eq!(unread.any(), Fact::Gap(GapId::new(7)));
        // For a control that trusts that organization, it does not matter whether it is the account's own one.
        let trusting = |id: &str| {
            let named = format!("organization `{id}`");
            unread.known().unwrap().without(|entry| entry == named).any()
        };
        assert_eq!(trusting("o-home"), Known(false));
        assert_eq!(trusting("o-other"), Fact::Gap(GapId::new(7)));
    }

    #[test]
    fn what_may_be_open_to_everyone_has_no_name() {
        let ask = asker();
        let text = Known(Some(
            r#"{"Statement": [
                {"Effect": "Allow", "Principal": {"CanonicalUser": "abc"}, "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*",
                 "Condition": {"StringEquals": {"new:Key": "x"}}}
            ]}"#
            .to_owned(),
        ));
        let entries = policy(&ask, &text).external_accounts();
        // The condition may be met by some accounts only, which nothing names.
        assert!(matches!(entries, Fact::Gap(_)), "{entries:?}");
    }

    #[test]
    fn a_certain_entry_does_not_hide_an_undecided_one() {
        let text = Known(Some(
            r#"{"Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "s3:*", "Resource": "*"},
                {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*",
                 "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-stranger00"}}},
                {"Effect": "Allow", "Principal": {"CanonicalUser": "abc"}, "Action": "s3:*", "Resource": "*"}
            ]}"#
            .to_owned(),
        ));
        // Whatever the organization is: without it, and for the canonical user.
        for organization in [Fact::Gap(GapId::new(7)), Known(None)] {
            let ask = asker();
            let policy = ResourcePolicy { organization: &organization, ..policy(&ask, &text) };
            let fact = policy.external_accounts();
            let entries = fact.known().unwrap();
            let untrusted =
                entries.without(|entry| entry == "111111111111" || entry.contains("o-"));
            assert!(matches!(untrusted.any(), Fact::Gap(_)), "{entries:?}");
            assert_eq!(entries.any(), Known(true));
        }
    }

    #[test]
    fn what_does_not_hang_on_the_organization_has_a_gap_of_its_own() {
        let unread = Fact::Gap(GapId::new(7));
        let maybe = statement(r#"{"StringEquals": {"new:Key": "x"}}"#);
        let ask = asker();
        let policy = ResourcePolicy { organization: &unread, ..policy(&ask, &maybe) };
        let fact = policy.public_storage(Access::Read);
        assert_ne!(fact.gap(), unread.gap());
        assert_eq!(reason(ask, &fact), Reason::Undetermined);
    }

    #[test]
    fn a_service_is_listed_unless_it_has_to_say_for_whom_it_acts() {
        let of = |condition: &str| {
            Known(Some(format!(
                r#"{{"Statement": {{"Effect": "Allow", "Principal": {{"Service": "sns.amazonaws.com"}}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}}}"#
            )))
        };
        let ask = asker();
        let any = of("{}");
        let fact = policy(&ask, &any).services_without_source();
        assert_eq!(fact.known().unwrap().evidence(), "sns.amazonaws.com");
        let own = of(r#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#);
        assert_eq!(policy(&ask, &own).services_without_source(), Known(Entries::none()));
    }

    #[test]
    fn a_question_that_one_answer_decides_is_open_only_without_one() {
        let found = |certain: &[&str], undecided: &[&str]| {
            let mut found = Found::default();
            for what in certain {
                found.add(*what, Answer::Yes);
            }
            for what in undecided {
                found.add(*what, Answer::needs("new:Key"));
            }
            found
        };
        let judged = |certain: &[&str], undecided: &[&str]| {
            let ask = asker();
            let found = found(certain, undecided);
            let fact = decided(&ask, ("iam:X", TARGET), &Known(None), &found);
            fact.gap().map_or_else(|| fact.known().cloned().map_err(|_| ()), |_| Err(()))
        };
        let list = |names: &[&str]| Ok(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(judged(&[], &[]), list(&[]));
        assert_eq!(judged(&["a"], &[]), list(&["a"]));
        assert_eq!(judged(&["a"], &["b"]), list(&["a"]));
        assert_eq!(judged(&[], &["b"]), Err(()));
    }

    #[test]
    fn what_cannot_be_decided_or_read_is_a_gap() {
        let ask = asker();
        let maybe = statement(r#"{"StringEquals": {"new:Key": "x"}}"#);
        let fact = policy(&ask, &maybe).public_storage(Access::Read);
        assert_eq!(reason(ask, &fact), Reason::Undetermined);
        let ask = asker();
        let broken = Known(Some("{".to_owned()));
        let fact = policy(&ask, &broken).external_accounts();
        assert_eq!(reason(ask, &fact), Reason::Malformed);
    }
}
