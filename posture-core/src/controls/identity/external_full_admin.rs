//! `identity.external-full-admin`

use crate::checks::access;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "an account that the user did not name as trusted can do everything in this \
                     one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.external-full-admin",
    life: since("0.1.0"),
    title: "External accounts cannot become administrator",
    finding: "External account can become administrator",
    keywords: &[
        "IAM",
        "role",
        "trust policy",
        "AssumeRole",
        "cross-account access",
        "AdministratorAccess",
    ],
    severity: Critical,
    rationale: "An attacker who takes over the external account also controls this one. The \
                management account of the organization is not counted: it controls its members \
                anyway, and has an access role in each of them.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Limit the permissions of the role, or the principals that can assume it.",
            console: "IAM → Roles → the role → Trust relationships",
            command: Change(
                "aws iam update-assume-role-policy --role-name <role> \
                             --policy-document file://<trust.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("DE.CM-06", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        ccm41("IAM-15", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[Role::TRUSTS_ACCOUNTS, Role::FULL_ADMIN, Role::ADMIN_PATHS, Account::ORGANIZATION],
        params: &[Param::Names(&TRUSTED)],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| {
                scope.account.organization = Known(None);
                scope.roles.items.push(role(&[], true));
            },
            fail: |scope| {
                scope.account.organization = Known(None);
                scope.roles.items.push(role(&["210987654321"], true));
            },
        },
    },
};

static TRUSTED: Names = Names {
    name: "trusted-accounts",
    doc: "The IDs of the accounts that may become administrator, such as the management account.",
    default: &[],
};

fn check(role: &Role, context: &Context<'_>) -> CheckResult {
    let trusted = context.names(&TRUSTED);
    let organization = &context.scope.account.organization;
    let foreign = role.trusts_accounts.map(|accounts| {
        access::but_management(&access::untrusted(accounts, &trusted), organization)
    });
    // It may also lead to an administrator through other identities.
    let administers = role.full_admin.any() | role.admin_paths.any();
    if !*(foreign.any() & administers).known()? {
        return pass();
    }
    fail(Role::TRUSTS_ACCOUNTS, foreign.known()?.evidence(), "only trusted accounts")
}

fn role(accounts: &[&str], admin: bool) -> Role {
    let accounts = accounts.iter().copied().collect();
    let statements = if admin { vec!["statement `Everything`".to_owned()] } else { Vec::new() };
    Role::unread("arn:aws:iam::123456789012:role/partner", "partner", None)
        .trusts_accounts(Known(accounts))
        .full_admin(Known(statements))
        .admin_paths(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::control::Undecided;
    use crate::params::Value;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| {
            scope.account.organization = Known(None);
            scope.roles.items.push(role);
        }
    }

    fn member_of(management: &str) -> Fact<Option<Organization>> {
        Known(Some(Organization {
            id: "o-1".to_owned(),
            management_account: management.to_owned(),
            is_management: false,
        }))
    }

    #[test]
    fn the_management_account_of_the_own_organization_is_not_counted() {
        let of = |organization: Fact<Option<Organization>>, accounts: &[&str]| {
            let role = role(accounts, true);
            move |scope: &mut Scope| {
                scope.account.organization = organization;
                scope.roles.items.push(role);
            }
        };
        let (ours, other) = ("210987654321", "999999999999");
        assert_passes(&CONTROL, of(member_of(ours), &[ours]));
        assert_fails(&CONTROL, of(member_of(ours), &[ours, other]));
        assert_fails(&CONTROL, of(member_of(other), &[ours]));
        // One account may be the management account where that is not known; of two, one is not.
        assert_unknown(&CONTROL, of(denied(), &[ours]));
        assert_fails(&CONTROL, of(denied(), &[ours, other]));
        assert_fails(&CONTROL, of(denied(), &["everyone"]));
        assert_passes(&CONTROL, of(denied(), &[]));
    }

    #[test]
    fn it_takes_both_trust_and_administration() {
        let other = &["210987654321"];
        assert_fails(&CONTROL, with(role(other, true)));
        assert_passes(&CONTROL, with(role(other, false)));
        assert_passes(&CONTROL, with(role(&[], true)));
        assert_passes(&CONTROL, with(role(other, false).trusts_accounts(denied())));
        assert_unknown(&CONTROL, with(role(other, true).trusts_accounts(denied())));
        assert_unknown(&CONTROL, with(role(other, true).full_admin(denied())));
        let path = || Known(vec!["assume role `admin`".to_owned()]);
        assert_fails(&CONTROL, with(role(other, false).admin_paths(path())));
        assert_passes(&CONTROL, with(role(&[], false).admin_paths(path())));
        assert_unknown(&CONTROL, with(role(other, false).admin_paths(denied())));
    }

    #[test]
    fn an_account_that_is_named_is_trusted() {
        let world = world(with(role(&["210987654321"], true)));
        let trusted = [("trusted-accounts", Value::Names(vec!["210987654321".to_owned()]))];
        assert_eq!(judged_with(&CONTROL, &world, &trusted), [Ok(Verdict::Pass)]);
    }

    #[test]
    fn a_trusted_account_does_not_hide_what_is_undecided_and_everyone_is_not_trusted() {
        let trusted = [("trusted-accounts", Value::Names(vec!["210987654321".to_owned()]))];
        let accounts = Entries::new(vec!["210987654321".to_owned()], Some(DENIED));
        let admin = role(&[], true).trusts_accounts(Known(accounts));
        let world = world(with(admin));
        assert_eq!(judged_with(&CONTROL, &world, &trusted), [Err(Undecided::Unknown(DENIED))]);
        assert_fails(&CONTROL, with(role(&["everyone"], true)));
    }
}
