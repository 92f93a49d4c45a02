//! Whether the policy of a bucket denies requests without TLS.

use super::answer::Answer;
use super::condition::{Condition, Context, Operator, Order, Value};
use super::document::{Document, Principal, Principals, Statement};
use super::glob::Glob;
use super::patterns::Patterns;

impl Document {
    /// Whether every request to a bucket and its objects without TLS is denied: whether a Deny, or
    /// several together, covers everyone, all actions, the bucket and all of its objects wherever
    /// [`aws:SecureTransport`](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport)
    /// is false or the TLS version is below a floor.
    ///
    /// A Deny with further conditions leaves the answer open, unless another one has none. So does a floor
    /// (`s3:TlsVersion`) of a plain `NumericLessThan`: it does not apply if a request without TLS lacks the key.
    pub fn forces_tls(&self, bucket_arn: &str) -> Answer {
        let mut certain: Vec<&Statement> = Vec::new();
        let mut open: Vec<&Statement> = Vec::new();
        let mut needs = Answer::No;
        for deny in self.denies() {
            let everyone = match &deny.principals {
                Principals::These(list) => list.contains(&Principal::Anyone),
                Principals::Unnamed | Principals::AllBut(_) => false,
            };
            if !everyone {
                continue;
            }
            match Answer::all(deny.conditions.iter().map(without_tls)) {
                Answer::Yes => certain.push(deny),
                Answer::No => {}
                unknown @ Answer::Unknown(_) => {
                    needs = needs.or(unknown);
                    open.push(deny);
                }
            }
        }
        let objects = format!("{bucket_arn}/*");
        let bucket = Glob::literal(bucket_arn);
        let objects = Glob::new(&objects);
        let covered = |denies: &[&Statement]| {
            Answer::all([&bucket, &objects].map(|resource| covers(denies, resource)))
        };
        let answer = covered(&certain);
        if !answer.is_no() || open.is_empty() {
            return answer;
        }
        certain.extend(open);
        covered(&certain).and(needs)
    }
}

/// Whether statements together cover every action of S3 on a resource.
fn covers(denies: &[&Statement], resource: &Glob) -> Answer {
    let every = Glob::action("s3:*");
    let decided =
        |known: Option<bool>| known.map_or(Answer::needs("a policy too complex"), Answer::from);
    // All actions on this resource, by the statements that cover the resource alone.
    let mut actions = Vec::new();
    // This resource for all actions, by the statements that cover the actions alone.
    let mut resources = Vec::new();
    let mut either = Answer::No;
    for deny in denies {
        let (on, whole) = (deny.resources.contains(resource), deny.actions.contains(&every));
        either = either.or(decided(on).and(decided(whole)));
        if let (Some(true), Patterns::These(globs)) = (on, &deny.actions) {
            actions.extend_from_slice(globs);
        }
        if let (Some(true), Patterns::These(globs)) = (whole, &deny.resources) {
            resources.extend_from_slice(globs);
        }
    }
    either
        .or(decided(Patterns::These(actions).contains(&every)))
        .or(decided(Patterns::These(resources).contains(resource)))
}

/// Whether a condition holds for every request without TLS.
fn without_tls(condition: &Condition) -> Answer {
    match condition.key.as_str() {
        "aws:securetransport" => {
            condition.holds(&Context::complete().is("aws:securetransport", "false"))
        }
        "s3:tlsversion" => {
            let floor =
                matches!(condition.operator, Operator::Numeric(Order::Less | Order::LessOrEqual));
            if (floor && condition.if_exists) || condition.operator == Operator::Null {
                condition.holds(&Context::open().with("s3:tlsversion", Value::Missing))
            } else {
                Answer::needs("whether a request without TLS has `s3:TlsVersion`")
            }
        }
        key => Answer::needs(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUCKET: &str = "arn:aws:s3:::b";
    const BOTH: &str = r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#;

    fn deny(principal: &str, action: &str, resource: &str, condition: &str) -> String {
        format!(
            r#"{{"Effect": "Deny", "Principal": {principal}, "Action": {action}, "Resource": {resource}, "Condition": {condition}}}"#
        )
    }

    fn forces(statements: &[String]) -> Answer {
        let text =
            format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
        Document::parse(&text).unwrap().forces_tls(BUCKET)
    }

    #[test]
    fn any_spelling_of_no_tls_will_do() {
        for condition in [
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
            r#"{"Bool": {"AWS:SECURETRANSPORT": false}}"#,
            r#"{"BoolIfExists": {"aws:SecureTransport": ["false"]}}"#,
            r#"{"StringEquals": {"aws:SecureTransport": "false"}}"#,
            r#"{"StringNotEquals": {"aws:SecureTransport": "true"}}"#,
            r#"{"StringLike": {"aws:SecureTransport": "f*"}}"#,
            r#"{"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}"#,
            r#"{"NumericLessThanIfExists": {"s3:TlsVersion": 1.3}}"#,
        ] {
            assert_eq!(
                forces(&[deny(r#""*""#, r#""s3:*""#, BOTH, condition)]),
                Answer::Yes,
                "{condition}"
            );
        }
        for condition in [
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            r#"{"StringEquals": {"aws:SecureTransport": "no"}}"#,
        ] {
            assert_eq!(
                forces(&[deny(r#""*""#, r#""s3:*""#, BOTH, condition)]),
                Answer::No,
                "{condition}"
            );
        }
        for condition in [
            r#"{"NumericLessThan": {"s3:TlsVersion": "1.2"}}"#,
            r#"{"Bool": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}}"#,
        ] {
            assert!(
                matches!(
                    forces(&[deny(r#""*""#, r#""s3:*""#, BOTH, condition)]),
                    Answer::Unknown(_)
                ),
                "{condition}"
            );
        }
    }

    #[test]
    fn a_deny_on_one_action_one_prefix_or_one_principal_does_not_force_tls() {
        let plain = r#"{"Bool": {"aws:SecureTransport": "false"}}"#;
        let any = r#"{"AWS": "*"}"#;
        assert_eq!(forces(&[]), Answer::No);
        assert_eq!(forces(&[deny(any, r#""*""#, r#""*""#, plain)]), Answer::Yes);
        assert_eq!(forces(&[deny(any, r#""s3:*""#, r#""arn:aws:s3:::b*""#, plain)]), Answer::Yes);
        for (principal, action, resource) in [
            (any, r#""s3:GetObject""#, BOTH),
            (any, r#"["s3:Get*", "s3:Put*"]"#, BOTH),
            (any, r#""s3:*""#, r#""arn:aws:s3:::b/*""#),
            (any, r#""s3:*""#, r#""arn:aws:s3:::b""#),
            (any, r#""s3:*""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/private/*"]"#),
            (r#"{"AWS": "123456789012"}"#, r#""s3:*""#, BOTH),
        ] {
            assert_eq!(
                forces(&[deny(principal, action, resource, plain)]),
                Answer::No,
                "{action} {resource}"
            );
        }
        let other = deny(any, r#""s3:*""#, BOTH, plain)
            .replace("Principal", "NotPrincipal")
            .replace("\"*\"}", "\"123456789012\"}");
        assert_eq!(forces(&[other]), Answer::No);
        // An Allow over TLS only leaves the identities of the account free to come without.
        let allow = deny(any, r#""s3:*""#, BOTH, r#"{"Bool": {"aws:SecureTransport": "true"}}"#)
            .replace("Deny", "Allow");
        assert_eq!(forces(&[allow]), Answer::No);
    }

    #[test]
    fn several_denies_force_tls_together() {
        let plain = r#"{"Bool": {"aws:SecureTransport": "false"}}"#;
        let on = |resource: &str| deny(r#""*""#, r#""s3:*""#, resource, plain);
        assert_eq!(forces(&[on(r#""arn:aws:s3:::b""#), on(r#""arn:aws:s3:::b/*""#)]), Answer::Yes);
        let open = deny(
            r#""*""#,
            r#""s3:*""#,
            BOTH,
            r#"{"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"x:y": "z"}}"#,
        );
        assert!(matches!(forces(std::slice::from_ref(&open)), Answer::Unknown(_)));
        assert_eq!(forces(&[open, on(BOTH)]), Answer::Yes);
    }
}
