//! `compute.reachable-administrators`

use crate::checks::opening;
use crate::control::Undecided;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the machine answers anyone on the internet and administers the account or subscription, so that its \
                     rights are not limited to what one workload needs";

/// See the [module](self).
///
/// Counter-test: where one fails, anyone on the internet can talk to a machine that can do everything in the account. No
/// requirement of least privilege allows that, whatever the machine is for.
pub(crate) static CONTROL: Control = Control {
    id: "compute.reachable-administrators",
    life: since("0.1.0"),
    title: "Machines with administrator access are not on the internet",
    finding: "The internet reaches a machine with administrator access",
    keywords: &[
        "EC2",
        "instance profile",
        "AdministratorAccess",
        "internet-facing",
        "attack path",
        "public IP",
        "security group",
        "managed identity",
        "virtual machine",
        "Owner",
        "Contributor",
    ],
    severity: Critical,
    rationale: "One flaw in the program that answers, and the attacker asks the metadata service \
                for the credentials of the role: the whole account from one request.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Replace the role of the instance by one that allows only what its program \
                       needs, and close what the internet should not reach. The command shows the \
                       instance with its role.",
                console: "EC2 → Instances → the instance → Actions → Security → Modify IAM role",
                command: Inspect("aws ec2 describe-instances --instance-ids <instance>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Delete the role assignment of the managed identity, and assign a role \
                       with the few actions that the machine needs, on the resources that it \
                       needs. Or close the path that the evidence names. The command lists the \
                       role assignments.",
                console: "Subscriptions → the subscription → Access control (IAM) → Role \
                          assignments",
                command: Inspect("az role assignment list --all --include-inherited"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/overview",
        "https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/privileged",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.IR-01", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("I&S-03", Supporting),
        mcsb1("PA-7", Partial(SHOWS)),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[
            Machine::OPEN_TO_ANYONE,
            Machine::IDENTITIES,
            Machine::ADMINISTERS,
            Role::PROFILES,
            Role::FULL_ADMIN,
            Role::ADMIN_PATHS,
        ],
        params: &[],
        check: Check::Machine(check),
        examples: Examples {
            pass: |scope| put(scope, machine("tcp 443"), role(&[])),
            fail: |scope| put(scope, machine("tcp 443"), role(&["statement `Everything`"])),
        },
    },
};

fn check(machine: &Machine, context: &Context<'_>) -> CheckResult {
    if machine.identities.any() == Known(false) {
        return not_applicable("it acts as no identity");
    }
    // One certain reason for which it cannot be settles it, whatever is not known of the other.
    let open = machine.open_to_anyone.any();
    if open == Known(false) {
        return pass();
    }
    let power = power(machine, context);
    if let Ok(None) = power {
        return pass();
    }
    open.known()?;
    let Some(power) = power? else { return pass() };
    let way = machine.open_to_anyone.known()?.evidence_with("; ");
    fail(
        Machine::OPEN_TO_ANYONE,
        format!("{way}; {power}"),
        "not reachable from everywhere, or without administrator access",
    )
}

/// With what the machine administers the account; none if it does not.
fn power(machine: &Machine, context: &Context<'_>) -> Result<Option<String>, Undecided> {
    match machine.administers.known() {
        Ok(roles) if *roles.any().known()? => {
            Ok(Some(format!("its identity has {}", roles.evidence())))
        }
        Ok(_) => Ok(None),
        Err(Undecided::NotOffered) => power_of_role(machine, context),
        Err(why) => Err(why),
    }
}

/// The role with which the machine administers the account, with what makes it an administrator; none if it does not.
fn power_of_role(machine: &Machine, context: &Context<'_>) -> Result<Option<String>, Undecided> {
    let mut open: Option<Undecided> = None;
    for profile in machine.identities.known()? {
        let mut found = false;
        for role in &context.scope.roles.items {
            match role.profiles.known() {
                Ok(profiles) if profiles.contains(profile) => found = true,
                Ok(_) => continue,
                Err(why) => {
                    open = open.or(Some(why));
                    continue;
                }
            }
            for (what, fact) in [
                ("is an administrator by", &role.full_admin),
                ("can become one by", &role.admin_paths),
            ] {
                match fact.known() {
                    Ok(ways) if ways.is_empty() => {}
                    Ok(ways) => {
                        let ways = ways.join(", ");
                        return Ok(Some(format!("its role `{}` {what} {ways}", role.name)));
                    }
                    Err(Undecided::NotOffered) => {}
                    Err(why) => open = open.or(Some(why)),
                }
            }
        }
        if !found && open.is_none() {
            // The role behind the profile is not in the list: it is short, or the profile is of another time.
            let gap = context.scope.roles.gaps.first().copied();
            open = Some(Undecided::Unknown(gap.unwrap_or(GapId::NO_ANSWER)));
        }
    }
    open.map_or(Ok(None), Err)
}

const PROFILE: &str = "arn:aws:iam::123456789012:instance-profile/server";

fn machine(service: &str) -> Machine {
    Machine::unread("arn:aws:ec2:us-east-1:123456789012:instance/i-1", "i-1", Some("us-east-1"))
        .open_to_anyone(Known(opening::open(service)))
        .identities(Known(vec![PROFILE.to_owned()]))
        .administers(NotOffered)
}

fn role(statements: &[&str]) -> Role {
    Role::unread("arn:aws:iam::123456789012:role/server", "server", None)
        .profiles(Known(vec![PROFILE.to_owned()]))
        .full_admin(Known(statements.iter().map(|&one| one.to_owned()).collect()))
        .admin_paths(Known(Vec::new()))
}

fn put(scope: &mut Scope, machine: Machine, role: Role) {
    scope.machines.items.push(machine);
    scope.roles.items.push(role);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(machine: Machine, role: Role) -> impl FnOnce(&mut Scope) {
        move |scope| put(scope, machine, role)
    }

    fn admin() -> Role {
        role(&["statement `Everything`"])
    }

    #[test]
    fn verdicts() {
        assert_fails(&CONTROL, with(machine("tcp 443"), admin()));
        assert_passes(&CONTROL, with(machine("tcp 443"), role(&[])));
        let path = role(&[]).admin_paths(Known(vec!["pass role `app`".to_owned()]));
        assert_fails(&CONTROL, with(machine("tcp 443"), path));
        let hidden = machine("tcp 443").open_to_anyone(Known(Entries::none()));
        assert_passes(&CONTROL, with(hidden.clone(), admin()));
        assert_passes(&CONTROL, with(hidden, admin().full_admin(denied())));
        let alone = machine("tcp 443").identities(Known(Vec::new()));
        assert_not_applicable(&CONTROL, with(alone, admin()));
    }

    #[test]
    fn on_azure_the_roles_of_its_identity_decide() {
        let on = |roles: Fact<Entries>| with(machine("tcp 443").administers(roles), role(&[]));
        let owner = || Known(Entries::from(["Owner on /subscriptions/1"]));
        assert_fails(&CONTROL, on(owner()));
        assert_passes(&CONTROL, on(Known(Entries::none())));
        assert_unknown(&CONTROL, on(denied()));
        let hidden = machine("tcp 443").administers(owner()).open_to_anyone(denied());
        assert_unknown(&CONTROL, with(hidden, role(&[])));
        let closed = machine("tcp 443").administers(owner());
        assert_passes(&CONTROL, with(closed.open_to_anyone(Known(Entries::none())), role(&[])));
    }

    #[test]
    fn what_is_not_known_of_either_is_unknown() {
        assert_unknown(&CONTROL, with(machine("tcp 443").open_to_anyone(denied()), admin()));
        assert_passes(&CONTROL, with(machine("tcp 443").open_to_anyone(denied()), role(&[])));
        assert_unknown(&CONTROL, with(machine("tcp 443"), role(&[]).full_admin(denied())));
        assert_unknown(&CONTROL, with(machine("tcp 443"), admin().profiles(denied())));
        assert_unknown(&CONTROL, with(machine("tcp 443").identities(denied()), admin()));
        // A profile whose role is not known.
        assert_unknown(&CONTROL, with(machine("tcp 443"), admin().profiles(Known(Vec::new()))));
    }
}
