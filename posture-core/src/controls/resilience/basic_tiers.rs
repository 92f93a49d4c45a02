//! `resilience.basic-tiers`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "resilience.basic-tiers",
    life: since("0.1.0"),
    title: "Production does not run on basic or free tiers",
    finding: "Resources run on a basic or free tier",
    keywords: &[
        "SKU",
        "Basic SKU",
        "public IP address",
        "load balancer",
        "Azure Cache for Redis",
        "Azure SQL",
        "VPN gateway",
        "availability SLA",
    ],
    severity: Low,
    rationale: "The smallest tier of a service is cheap because it lacks what production needs: \
                an availability SLA, a second instance, and monitoring.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Move the resource at least to the standard tier of its service. List the \
                   subscriptions that are not used for production in `not-production`. The \
                   command lists resources by tier.",
            console: "Resource Graph Explorer → resources | where sku.name =~ 'Basic' or properties.sku.name =~ 'Basic'",
            command: Inspect(
                "az extension add --name resource-graph && az graph query \
                              --graph-query \"resources | extend tier = \
                              tostring(coalesce(sku.name, properties.sku.name)) | where tier in~ \
                              ('Basic', 'Free') | project id, type, tier\"",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/virtual-network/ip-services/public-ip-basic-upgrade-guidance",
        "https://learn.microsoft.com/en-us/azure/load-balancer/skus",
        "https://learn.microsoft.com/en-us/azure/azure-cache-for-redis/cache-overview",
        "https://learn.microsoft.com/en-us/azure/vpn-gateway/about-gateway-skus",
    ],
    // Five kinds of resources are looked at, of all that have tiers.
    satisfies: &[
        csf20("PR.IR-03", Supporting),
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_azure6("6.1.5", Partial(shows::STEP)),
    ],
    test: Test {
        reads: &[Account::BASIC_TIERS],
        params: &[Param::Names(&NOT_PRODUCTION)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| scope.account.basic_tiers = Known(Vec::new()),
            fail: |scope| scope.account.basic_tiers = Known(vec!["shop (Basic)".to_owned()]),
        },
    },
};

static NOT_PRODUCTION: Names = Names {
    name: "not-production",
    doc: "The names or IDs of the subscriptions that are not used for production.",
    default: &[],
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let names = context.names(&NOT_PRODUCTION);
    let is_named = |own: &str| names.iter().any(|name| name.eq_ignore_ascii_case(own));
    if is_named(&account.name) || is_named(&account.id) {
        return not_applicable("it is not used for production");
    }
    let found = account.basic_tiers.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Account::BASIC_TIERS, found.join(", "), "at least a standard tier")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(tiers: Fact<Vec<String>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.basic_tiers = tiers
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Vec::new())));
        assert_fails(&CONTROL, with(Known(vec!["shop (Basic)".to_owned()])));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn what_is_not_production_may_be_small() {
        let world = || {
            world(|scope| {
                scope.account.name = "Sandbox".to_owned();
                scope.account.basic_tiers = denied();
            })
        };
        let judged = |name: &str| {
            let names = crate::params::Value::Names(vec![name.to_owned()]);
            judged_with(&CONTROL, &world(), &[("not-production", names)])
        };
        assert!(matches!(judged("sandbox")[..], [Ok(Verdict::NotApplicable(_))]));
        assert!(matches!(judged("sand")[..], [Err(_)]));
    }
}
