//! Sign-in policies, and whom they may exclude.

use crate::prelude::*;

/// What a policy may exclude.
///
/// A policy for all users that excludes some applies to all only if there is a reason for the exclusion, which no API shows:
/// emergency accounts have to be excluded, and an excluded group may contain anyone. So everything that is excluded and
/// not covered by another policy is a failure until it is named here. The accounts that synchronize directories [cannot do MFA](https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-all-users-mfa-strength#user-exclusions),
/// and no other principal should have their role; security defaults exclude them as well.
pub(crate) static EXCEPTIONS: Names = Names {
    name: "accepted-exclusions",
    doc: "What a Conditional Access policy may exclude, such as emergency access accounts: IDs of users, groups, roles, applications and locations. The default is the Directory Synchronization Accounts role; list it as well if you set others.",
    default: &["d29b2b05-8046-44ba-8758-1e26182fcf32"],
};

/// The test of a control that a policy of the fact must meet, for all users.
macro_rules! by_policy {
    ($fact:ident, $expected:literal $(,)?) => {
        sign_in::judged!($fact, $expected, by_rules, [], |directory| directory)
    };
}
pub(crate) use by_policy;

/// The same where security defaults are another way.
macro_rules! by_policy_or_defaults {
    ($fact:ident, $expected:literal $(,)?) => {
        sign_in::judged!(
            $fact,
            $expected,
            by_rules_or_defaults,
            [Directory::SECURITY_DEFAULTS],
            |directory| directory.security_defaults(Known(false))
        )
    };
}
pub(crate) use by_policy_or_defaults;

macro_rules! judged {
    ($fact:ident, $expected:literal, $judge:ident, [$( $other:expr )?], |$directory:ident| $without:expr) => {
        pastey::paste! {
            Test {
                reads: &[
                    Directory::[<$fact:upper>],
                    Directory::SIGN_IN_RULES,
                    Directory::SIGN_IN_EXCLUSIONS_DECIDED,
                    $( $other )?
                ],
                params: &[Param::Names(&sign_in::EXCEPTIONS)],
                check: Check::Directory(|directory, context| {
                    let rules = (Directory::[<$fact:upper>], &directory.$fact);
                    sign_in::$judge(directory, context, rules, $expected)
                }),
                examples: Examples {
                    pass: |scope| {
                        let $directory = sign_in::directory().$fact(sign_in::rules(&[&[]]));
                        scope.add($without);
                    },
                    fail: |scope| {
                        let $directory = sign_in::directory().$fact(sign_in::rules(&[&["a group"]]));
                        scope.add($without);
                    },
                },
            }
        }
    };
}
pub(crate) use judged;

/// Judges policies that must apply to all users: one of them excludes no more than it may.
pub(crate) fn by_rules(
    directory: &Directory,
    context: &Context<'_>,
    (fact, rules): (FactId, &Fact<Vec<SignInRule>>),
    expected: &'static str,
) -> CheckResult {
    judge(enforced(directory, rules, context), context, (fact, rules), expected)
}

/// The same where [security defaults](https://learn.microsoft.com/en-us/entra/fundamentals/security-defaults) are another way.
pub(crate) fn by_rules_or_defaults(
    directory: &Directory,
    context: &Context<'_>,
    (fact, rules): (FactId, &Fact<Vec<SignInRule>>),
    expected: &'static str,
) -> CheckResult {
    let enforced = enforced(directory, rules, context) | directory.security_defaults.clone();
    judge(enforced, context, (fact, rules), expected)
}

/// The same if a separate setting is another way.
pub(crate) fn by_setting_or_rules(
    setting: &Fact<bool>,
    directory: &Directory,
    context: &Context<'_>,
    (fact, rules): (FactId, &Fact<Vec<SignInRule>>),
    expected: &'static str,
) -> CheckResult {
    let enforced = setting.clone() | enforced(directory, rules, context);
    judge(enforced, context, (fact, rules), expected)
}

fn judge(
    enforced: Fact<bool>,
    context: &Context<'_>,
    (fact, rules): (FactId, &Fact<Vec<SignInRule>>),
    expected: &'static str,
) -> CheckResult {
    if *enforced.known()? {
        return pass();
    }
    fail(fact, lacking(rules, context), expected)
}

/// Whether one of the rules leaves out no more than it may.
fn enforced(
    directory: &Directory,
    rules: &Fact<Vec<SignInRule>>,
    context: &Context<'_>,
) -> Fact<bool> {
    let accepted = context.names(&EXCEPTIONS);
    rules.and_then(|rules| {
        if rules.iter().any(|rule| unaccepted(rule, &accepted).is_empty()) {
            return Known(true);
        }
        if rules.is_empty() {
            return Known(false);
        }
        // Those who are left out may be covered by another rule.
        let may_cover = |rule: &SignInRule| {
            !rule.undecided.is_empty()
                && unaccepted(rule, &accepted).iter().all(|id| contains(&rule.undecided, id))
        };
        // A policy that was not understood may be one that excludes no one.
        let understood = directory.sign_in_rules.map(|_| false);
        if rules.iter().any(may_cover) {
            return directory.sign_in_exclusions_decided.and_then(|_| understood.clone());
        }
        understood
    })
}

fn contains(ids: &[String], id: &str) -> bool {
    ids.iter().any(|own| own.eq_ignore_ascii_case(id))
}

/// What the rules lack, in words.
fn lacking(rules: &Fact<Vec<SignInRule>>, context: &Context<'_>) -> String {
    let accepted = context.names(&EXCEPTIONS);
    let best = match rules {
        Known(rules) => rules.iter().min_by_key(|rule| unaccepted(rule, &accepted).len()),
        NotOffered | Gap(_) => None,
    };
    match best {
        None => "no policy".to_owned(),
        Some(rule) => {
            format!("`{}` excludes {}", rule.name, unaccepted(rule, &accepted).join(", "))
        }
    }
}

fn unaccepted<'a>(rule: &'a SignInRule, accepted: &[&str]) -> Vec<&'a str> {
    let is_accepted = |id: &&str| accepted.iter().any(|known| known.eq_ignore_ascii_case(id));
    rule.excluded.iter().map(String::as_str).filter(|id| !is_accepted(id)).collect()
}

/// Policies for examples and tests: one for each list of exclusions.
pub(crate) fn rules(all: &[&[&str]]) -> Fact<Vec<SignInRule>> {
    let rule = |excluded: &&[&str]| SignInRule {
        name: "Require MFA".to_owned(),
        excluded: excluded.iter().map(|id| (*id).to_owned()).collect(),
        undecided: Vec::new(),
    };
    Known(all.iter().map(rule).collect())
}

/// A directory for examples and tests, all of whose rules were understood.
pub(crate) fn directory() -> Directory {
    super::directory::unread().sign_in_rules(Known(3)).sign_in_exclusions_decided(Known(true))
}

/// Checks a control for what all of them have in common, given how a directory gets the policies that it judges and how
/// nothing else meets it.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_rules_judged(
    control: &'static Control,
    with: impl Fn(Fact<Vec<SignInRule>>) -> Directory,
) {
    let of =
        |directory: Directory| move |scope: &mut Scope| scope.directories.items.push(directory);
    assert_passes(control, of(with(rules(&[&[]]))));
    assert_passes(control, of(with(rules(&[&["someone"], &[]]))));
    assert_fails(control, of(with(rules(&[]))));
    assert_fails(control, of(with(rules(&[&["someone"]]))));
    assert_unknown(control, of(with(denied())));
    // If another policy was not understood, it may be the one; if one suffices, or there is none at all, that does not matter.
    assert_unknown(control, of(with(rules(&[&["someone"]])).sign_in_rules(denied())));
    assert_passes(control, of(with(rules(&[&[]])).sign_in_rules(denied())));
    assert_fails(control, of(with(rules(&[])).sign_in_rules(denied())));
    // If an excluded principal may be covered by another policy, the result is unknown; others have to be accepted.
    let undecided = |excluded: &[&str], undecided: &[&str]| {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Known(vec![SignInRule {
            name: "Require MFA".to_owned(),
            excluded: owned(excluded),
            undecided: owned(undecided),
        }])
    };
    let of_undecided = |excluded: &[&str], ids: &[&str]| {
        of(with(undecided(excluded, ids)).sign_in_exclusions_decided(denied()))
    };
    assert_unknown(control, of_undecided(&["someone"], &["Someone"]));
    assert_unknown(
        control,
        of_undecided(&["d29b2b05-8046-44ba-8758-1e26182fcf32", "someone"], &["someone"]),
    );
    assert_fails(control, of_undecided(&["else", "someone"], &["someone"]));
    assert_fails(control, of_undecided(&["someone"], &[]));
    assert_passes(
        control,
        of_undecided(
            &["d29b2b05-8046-44ba-8758-1e26182fcf32"],
            &["d29b2b05-8046-44ba-8758-1e26182fcf32"],
        ),
    );
    // Accounts that synchronize directories may be left out, and those that are named.
    assert_passes(control, of(with(rules(&[&["D29B2B05-8046-44ba-8758-1e26182fcf32"]]))));
    let judged = |accepted: &[&str]| {
        let names = accepted.iter().map(|name| (*name).to_owned()).collect();
        let params = [("accepted-exclusions", crate::params::Value::Names(names))];
        let world = world(of(with(rules(&[&["u1", "G2"]]))));
        judged_with(control, &world, &params)
    };
    assert_eq!(judged(&["U1", "g2", "u3"]), [Ok(Verdict::Pass)]);
    let failed = judged(&["u1"]);
    let [Ok(Verdict::Fail(evidence))] = &failed[..] else { panic!("{failed:?}") };
    assert!(evidence[0].found.ends_with("excludes G2"), "{evidence:?}");
}

/// Holds a control that security defaults meet as well to what all of these have in common, given how a directory gets the
/// rules that it judges.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_defaults_are_another_way(
    control: &'static Control,
    example: fn(Fact<Vec<SignInRule>>) -> Directory,
) {
    let with = |rules, defaults| {
        move |scope: &mut Scope| {
            scope.directories.items.push(example(rules).security_defaults(defaults));
        }
    };
    assert_passes(control, with(rules(&[]), Known(true)));
    assert_passes(control, with(denied(), Known(true)));
    assert_passes(control, with(rules(&[&[]]), denied()));
    assert_unknown(control, with(rules(&[]), denied()));
    assert_unknown(control, with(rules(&[&["someone"]]), denied()));
    assert_unknown(control, with(denied(), Known(false)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::identity::{
        device_code_sign_in, legacy_protocols, mfa_for_administrators, mfa_for_everyone,
        mfa_for_management, mfa_for_risky_sign_ins,
    };

    type With = fn(Fact<Vec<SignInRule>>) -> Directory;

    #[test]
    fn one_policy_that_excludes_no_more_than_it_may_is_enough() {
        let controls: [(&'static Control, With); 3] = [
            (&device_code_sign_in::CONTROL, |rules| directory().device_codes_blocked(rules)),
            (&mfa_for_everyone::CONTROL, |rules| directory().mfa_for_everyone(rules)),
            (&mfa_for_risky_sign_ins::CONTROL, |rules| directory().mfa_for_risky_sign_ins(rules)),
        ];
        for (control, with) in controls {
            assert_rules_judged(control, with);
        }
    }

    #[test]
    fn security_defaults_are_another_way() {
        let controls: [(&'static Control, With); 3] = [
            (&legacy_protocols::CONTROL, |rules| directory().legacy_protocols_blocked(rules)),
            (&mfa_for_administrators::CONTROL, |rules| directory().mfa_for_administrators(rules)),
            (&mfa_for_management::CONTROL, |rules| directory().mfa_for_management(rules)),
        ];
        for (control, with) in controls {
            assert_rules_judged(control, |rules| with(rules).security_defaults(Known(false)));
            assert_defaults_are_another_way(control, with);
        }
    }
}
