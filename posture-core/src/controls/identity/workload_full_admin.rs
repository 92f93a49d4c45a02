//! `identity.workload-full-admin`

use crate::checks::rights;
use crate::checks::shows;
use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "no program needs every action of the account";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.workload-full-admin",
    life: since("0.1.0"),
    title: "Workloads do not run with administrator access",
    finding: "Workload role has or can reach administrator access",
    keywords: &[
        "IAM",
        "role",
        "workload",
        "instance profile",
        "EC2",
        "Lambda",
        "AdministratorAccess",
        "least privilege",
    ],
    severity: Critical,
    rationale: "One flaw in a program that is reachable over the network then exposes the whole \
                account.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Grant the role of the workload only what the program needs.",
            console: "IAM → Roles → the role → Permissions",
            command: Change("aws iam detach-role-policy --role-name <role> --policy-arn <policy>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-10", Partial(SHOWS)),
        cis_aws7("2.14", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Role::WORKLOAD, Role::FULL_ADMIN, Role::ADMIN_PATHS],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope
                    .roles
                    .items
                    .push(good().full_admin(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> CheckResult {
    if !*role.workload.known()? {
        return not_applicable("no workload can assume it");
    }
    rights::administers_nothing(
        (Role::FULL_ADMIN, &role.full_admin),
        (Role::ADMIN_PATHS, &role.admin_paths),
    )
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .workload(Known(true))
        .full_admin(Known(Vec::new()))
        .admin_paths(Known(Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| scope.roles.items.push(role)
    }

    fn bad() -> Fact<Vec<String>> {
        Known(vec!["statement 1".to_owned()])
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(good()));
        assert_fails(&CONTROL, with(good().full_admin(bad())));
        assert_unknown(&CONTROL, with(good().full_admin(denied())));
        assert_fails(&CONTROL, with(good().admin_paths(bad())));
        assert_unknown(&CONTROL, with(good().admin_paths(denied())));
    }

    #[test]
    fn a_role_that_no_workload_takes_on_is_judged_elsewhere() {
        assert_not_applicable(&CONTROL, with(good().workload(Known(false)).full_admin(bad())));
        assert_unknown(&CONTROL, with(good().workload(denied()).full_admin(bad())));
    }
}
