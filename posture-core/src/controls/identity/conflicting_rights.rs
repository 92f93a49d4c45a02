//! `identity.conflicting-rights`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "one principal that the user did not accept may at any time grant permissions, administer keys and stop \
                     logs, so that these duties are not separate";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.conflicting-rights",
    life: since("0.1.0"),
    title: "Identities, keys and logs are administered separately",
    finding: "One principal administers identities, keys and logs",
    keywords: &[
        "separation of duties",
        "segregation of duties",
        "Owner",
        "Contributor",
        "PIM",
        "diagnostic setting",
        "Key Vault",
        "AdministratorAccess",
        "kms:PutKeyPolicy",
        "cloudtrail:StopLogging",
    ],
    severity: Medium,
    rationale: "A principal with all three permissions grants access, reads the protected data \
                and removes the traces. One stolen session is enough.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Replace the policy by separate roles for IAM, KMS and CloudTrail, or deny two \
                       of the three duties in a permissions boundary. Accept the roles that are only \
                       for emergencies (`accepted-principals`). The command lists the policies of a \
                       role.",
                console: "IAM → Roles → the role → Permissions policies",
                command: Inspect("aws iam list-attached-role-policies --role-name <role>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Make the role assignment eligible with PIM, so that it is active only when \
                       needed, or split it into roles for access, vaults and monitoring. The command \
                       lists the assignments.",
                console: "Subscriptions → the subscription → Access control (IAM) → Role assignments",
                command: Inspect("az role assignment list --all --include-inherited"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_least_privileges.html",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/en-us/entra/id-governance/privileged-identity-management/pim-configure",
    ],
    satisfies: &[
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-04", Partial(SHOWS)),
        ccm41("IAM-09", Partial(SHOWS)),
        mcsb1("PA-1", Supporting),
    ],
    test: Test {
        reads: &[Account::CONFLICTING_DUTIES],
        params: &[Param::Names(&ACCEPTED)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.conflicting_duties = Known(Entries::none()),
            fail: |scope| scope.account.conflicting_duties = Known(Entries::from([OWNER])),
        },
    },
};

static ACCEPTED: Names = Names {
    name: "accepted-principals",
    doc: "The principals that may have all three permissions, such as emergency accounts: object IDs on Azure, ARNs or their last \
          part on AWS, not case-sensitive.",
    default: &[],
};

const OWNER: &str = "22222222-2222-4222-8222-222222222222";

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let accepted = context.names(&ACCEPTED);
    account
        .conflicting_duties
        .known()?
        .without(|id| {
            let name = id.rsplit('/').next().unwrap_or(id);
            let is = |accepted: &&str| {
                accepted.eq_ignore_ascii_case(id) || accepted.eq_ignore_ascii_case(name)
            };
            accepted.iter().any(is)
        })
        .must_be_empty(Account::CONFLICTING_DUTIES, "no principal with all three permissions")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    #[test]
    fn verdicts() {
        let with = |fact| move |scope: &mut Scope| scope.account.conflicting_duties = fact;
        assert_passes(&CONTROL, with(Known(Entries::none())));
        assert_fails(&CONTROL, with(Known(Entries::from([OWNER]))));
        assert_unknown(&CONTROL, with(denied()));
        assert_unknown(&CONTROL, with(Known(Entries::new(vec![], Some(DENIED)))));
    }

    #[test]
    fn an_emergency_account_is_accepted_and_what_is_open_stays_so() {
        let judge = |entries: Entries| {
            let scope = world(|scope| scope.account.conflicting_duties = Known(entries));
            let accepted = Value::Names(vec![OWNER.to_ascii_uppercase()]);
            judged_with(&CONTROL, &scope, &[("accepted-principals", accepted)]).remove(0)
        };
        assert_eq!(judge(Entries::from([OWNER])), Ok(Verdict::Pass));
        let role = format!("arn:aws:iam::123456789012:role/{OWNER}");
        assert_eq!(judge(Entries::from([role.as_str()])), Ok(Verdict::Pass));
        assert!(matches!(judge(Entries::from(["role/x", "admin/role"])), Ok(Verdict::Fail(_))));
        assert!(matches!(judge(Entries::from([OWNER, "other"])), Ok(Verdict::Fail(_))));
        assert!(judge(Entries::new(vec![OWNER.to_owned()], Some(DENIED))).is_err());
    }
}
