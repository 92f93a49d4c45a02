//! Duties that different people should have.

use super::{Answer, Extent, Found, Gain, Identity, WAYS, despite_boundary};
use crate::policy::escalation::Need;

const KEY: &str = "arn:{p}:kms:*:{a}:key/*";
const TRAIL: &str = "arn:{p}:cloudtrail:*:{a}:trail/*";

/// They decide who uses a key, and whether it exists, see
/// [key administrators](https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html#key-policy-default-allow-administrators).
const ADMINISTERS_KEYS: &[Need] =
    &[every("kms:PutKeyPolicy", KEY), every("kms:ScheduleKeyDeletion", KEY)];

/// After any of these a trail records less, or nothing, see
/// [its actions](https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html).
const STOPS_LOGS: &[Need] = &[
    every("cloudtrail:DeleteTrail", TRAIL),
    every("cloudtrail:PutEventSelectors", TRAIL),
    every("cloudtrail:StopLogging", TRAIL),
    every("cloudtrail:UpdateTrail", TRAIL),
];

const fn every(action: &'static str, on: &'static str) -> Need {
    Need { action, on, extent: Extent::Every }
}

impl Identity<'_> {
    /// Whether it may, on all that there is of each in the account or a region of it: write the permissions of others, administer
    /// keys, and stop trails. For each of these duties one of its actions is enough.
    ///
    /// It is about what its policies allow. The policy of a key may still exclude it.
    pub fn conflicting_duties(&self) -> Found {
        self.with_or_without_boundary(Self::duties_within, despite_boundary)
    }

    fn duties_within(&self) -> Found {
        let mut found = Found::default();
        let may = |need: &Need| self.able(need, &[]).enough;
        let all = Answer::any(STOPS_LOGS.iter().map(may));
        if all.is_no() {
            return found;
        }
        let all = all.and(Answer::any(ADMINISTERS_KEYS.iter().map(may)));
        if all.is_no() {
            return found;
        }
        let rights = WAYS.iter().filter(|way| way.gain == Gain::Rights).flat_map(|way| way.needs);
        let everyone = rights.map(|need| may(&Need { extent: Extent::Every, ..*need }));
        found.add("identities, keys and logs", all.and(Answer::any(everyone)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Document, Home, Membership};

    const HOME: Home<'static> =
        Home { account: "111111111111", partition: "aws", organization: Membership::Unknown };

    fn allow(action: &str, resource: &str) -> String {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
    }

    fn document(statements: &[String]) -> Document {
        let statements = statements.join(",");
        Document::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#))
            .unwrap()
    }

    fn asked(statements: &[String], boundary: Option<&Document>) -> Answer {
        let document = document(statements);
        let identity = Identity::new(HOME, vec![("", &document)], boundary);
        identity.conflicting_duties().answer()
    }

    const RIGHTS: &str = "iam:PutRolePolicy";
    const KEYS: &str = "kms:PutKeyPolicy";
    const LOGS: &str = "cloudtrail:StopLogging";

    #[test]
    fn all_three_duties_conflict_and_two_do_not() {
        let all = [RIGHTS, KEYS, LOGS].map(|action| allow(action, "*"));
        assert_eq!(asked(&all, None), Answer::Yes);
        assert_eq!(asked(&[allow("*", "*")], None), Answer::Yes);
        for missing in 0..3 {
            let mut two = all.to_vec();
            two.remove(missing);
            assert_eq!(asked(&two, None), Answer::No, "{two:?}");
        }
        // Another action of the same duty.
        for (place, action) in [
            (0, "iam:AttachUserPolicy"),
            (0, "iam:CreatePolicyVersion"),
            (1, "kms:ScheduleKeyDeletion"),
            (2, "cloudtrail:DeleteTrail"),
            (2, "cloudtrail:PutEventSelectors"),
            (2, "cloudtrail:UpdateTrail"),
        ] {
            let mut other = all.to_vec();
            other[place] = allow(action, "*");
            assert_eq!(asked(&other, None), Answer::Yes, "{action}");
            other[place] = allow(&action.replace("Stop", "Start").replace(':', ":Get"), "*");
            assert_eq!(asked(&other, None), Answer::No, "{action}");
        }
    }

    #[test]
    fn a_duty_is_about_all_that_there_is_in_the_account_or_a_region() {
        let with = |place: usize, resource: &str| {
            let mut all = [RIGHTS, KEYS, LOGS].map(|action| allow(action, "*"));
            let action = [RIGHTS, KEYS, LOGS][place];
            all[place] = allow(action, resource);
            asked(&all, None)
        };
        for (place, resource) in [
            (0, "arn:aws:iam::111111111111:role/*"),
            (1, "arn:aws:kms:eu-west-1:111111111111:key/*"),
            (2, "arn:aws:cloudtrail:*:111111111111:trail/*"),
        ] {
            assert_eq!(with(place, resource), Answer::Yes, "{resource}");
        }
        for (place, resource) in [
            (0, "arn:aws:iam::111111111111:role/app"),
            (0, "arn:aws:iam::111111111111:user/*"),
            (1, "arn:aws:kms:eu-west-1:111111111111:key/1"),
            (2, "arn:aws:cloudtrail:*:222222222222:trail/*"),
        ] {
            assert_eq!(with(place, resource), Answer::No, "{resource}");
        }
    }

    #[test]
    fn denials_conditions_and_boundaries_decide() {
        let all = [RIGHTS, KEYS, LOGS].map(|action| allow(action, "*"));
        let deny = r#"{"Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*"}"#.to_owned();
        assert_eq!(asked(&[&all[..], &[deny]].concat(), None), Answer::No);
        let open = r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}}}"#;
        let depends = [all[0].clone(), open.to_owned(), all[2].clone()];
        assert!(matches!(asked(&depends, None), Answer::Unknown(_)));
        let boundary = document(&[allow("kms:*", "*"), allow("cloudtrail:*", "*")]);
        assert_eq!(asked(&[allow("*", "*")], Some(&boundary)), Answer::No);
        assert_eq!(asked(&[allow("*", "*")], Some(&document(&[allow("*", "*")]))), Answer::Yes);
    }
}
