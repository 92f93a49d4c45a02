//! `inventory.environments`

use std::collections::BTreeMap;

use posture_model::verdict::Undecided;

use crate::checks::environment;
use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: networks may keep environments apart within one account. So the control decides nothing.
pub(crate) static CONTROL: Control = Control {
    id: "inventory.environments",
    life: since("0.1.0"),
    title: "One account holds one environment",
    finding: "Account holds several environments",
    keywords: &["environment", "production", "test", "subscription", "account", "separation"],
    severity: Low,
    rationale: "The account is the strongest border of the provider: permissions, quotas and \
                mistakes of a test stop there. Within one account, only policies and networks \
                keep production apart.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Move one of the environments to a separate account. Where a tag names \
                       what serves all environments, add its value to the parameter. The command \
                       lists the instances with a tag.",
                console: "AWS Organizations → Accounts → Add an AWS account",
                command: Inspect("aws ec2 describe-instances --filters Name=tag-key,Values=<tag>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Move one of the environments to a separate subscription. Where a tag \
                       names what serves all environments, add its value to the parameter. The \
                       command lists the resources with a tag.",
                console: "Subscriptions → Add",
                command: Inspect("az resource list --tag <tag>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/organizing-your-aws-environment.html",
        "https://learn.microsoft.com/en-us/azure/cloud-adoption-framework/ready/landing-zone/design-area/resource-org-subscriptions",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-05", Supporting),
        mcsb1("NS-1", Supporting),
    ],
    test: Test {
        reads: &[Network::TAGS, Machine::TAGS],
        params: &[Param::Given(&environment::TAGS), Param::Names(&environment::SHARED)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| held(scope, "production", "Production"),
            fail: |scope| held(scope, "production", "test"),
        },
    },
};

fn check(_: &Account, context: &Context<'_>) -> CheckResult {
    let scope = context.scope;
    let networks = scope.networks.items.iter().map(|one| (&one.name, &one.tags));
    let machines = scope.machines.items.iter().map(|one| (&one.name, &one.tags));
    let lists = [&scope.networks.gaps, &scope.machines.gaps];
    let mut open = lists.into_iter().flatten().next().copied();
    // By environment, one resource of it.
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for (name, tags) in networks.chain(machines) {
        match environment::of(tags, context) {
            Known(Some(value)) if !environment::serves_all(&value, context) => {
                found.entry(value.to_ascii_lowercase()).or_insert_with(|| name.clone());
            }
            Known(_) | NotOffered => {}
            Gap(gap) => open = open.or(Some(gap)),
        }
    }
    if found.len() > 1 {
        let each = found.iter().map(|(environment, name)| format!("{environment} ({name})"));
        let found = each.collect::<Vec<_>>().join(", ");
        return fail(Network::TAGS, found, "one environment");
    }
    match open {
        Some(gap) => Err(Undecided::Unknown(gap)),
        None if found.is_empty() => not_applicable("no tag names an environment"),
        None => pass(),
    }
}

/// A network and a machine, each of an environment.
fn held(scope: &mut Scope, network: &str, machine: &str) {
    let tags = |value: &str| Known([("environment".to_owned(), value.to_owned())].into());
    scope.add(Network::unread("core", "core", None).tags(tags(network)));
    scope.add(Machine::unread("web", "web", None).tags(tags(machine)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| held(scope, "production", "PRODUCTION "));
        assert_fails(&CONTROL, |scope| held(scope, "production", "test"));
        assert_passes(&CONTROL, |scope| held(scope, "production", "shared"));
        assert_not_applicable(&CONTROL, |_| {});
        assert_not_applicable(&CONTROL, |scope| held(scope, "hub", ""));
    }

    #[test]
    fn what_is_not_known_is_open_unless_two_environments_are() {
        assert_unknown(&CONTROL, |scope| {
            held(scope, "production", "production");
            scope.add(Machine::unread("more", "more", None).tags(denied()));
        });
        assert_unknown(&CONTROL, |scope| {
            held(scope, "production", "production");
            scope.networks.gaps.push(DENIED);
        });
        assert_fails(&CONTROL, |scope| {
            held(scope, "production", "test");
            scope.machines.gaps.push(DENIED);
        });
    }
}
