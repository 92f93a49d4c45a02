//! `inventory.regions-allowed`

use posture_model::verdict::Undecided;

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str =
    "data is stored or processed in a region that the user did not name as permitted";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "inventory.regions-allowed",
    life: since("0.1.0"),
    title: "Data is kept in permitted regions only",
    finding: "Data is kept in a region that is not permitted",
    keywords: &[
        "region",
        "location",
        "data residency",
        "data sovereignty",
        "allowed locations",
        "geo-redundancy",
    ],
    severity: Medium,
    rationale: "Laws and contracts bind data to places. What is in another region is subject to \
                other laws, and is often not monitored.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Move the data, and deny the other regions with a service control policy. \
                       The command lists the buckets with their regions.",
                console: "AWS Organizations → Policies → Service control policies",
                command: Inspect("aws s3api list-buckets --max-buckets 1000"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Move the data, and assign the policy `Allowed locations`. The command lists \
                       the resources of a region.",
                console: "Policy → Assignments → Assign policy → Allowed locations",
                command: Inspect("az resource list --location <region>"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html",
        "https://learn.microsoft.com/en-us/azure/governance/policy/samples/built-in-policies",
    ],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        ccm41("DSP-19", Partial(SHOWS)),
        mcsb1("AM-2", Supporting),
    ],
    test: Test {
        reads: &[Account::DATA_REGIONS],
        params: &[Param::Given(&PERMITTED)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| kept(scope, &["us-east-1: 2 buckets", "westeurope: 1 key vault"]),
            fail: |scope| kept(scope, &["us-east-1: 2 buckets", "us-east-2: 1 log group"]),
        },
    },
};

static PERMITTED: Given = Given {
    name: "permitted-regions",
    doc: "The regions in which data may be kept, by the names of the providers, not case-sensitive. Regions of every provider \
          may be in one list.",
    example: &["us-east-1", "westeurope"],
    unset: "no region is excluded: set `permitted-regions` under `[control.\"inventory.regions-allowed\"]` in posture.toml",
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let permitted = context.given(&PERMITTED);
    // An entry is a region, with what is there behind a colon.
    let region = |entry: &str| entry.split(':').next().unwrap_or_default().trim().to_owned();
    let left = account.data_regions.known()?.without(|entry| {
        let of = region(entry);
        permitted.iter().any(|name| name.trim().eq_ignore_ascii_case(&of))
    });
    if left.certain().is_empty() {
        return match left.undecided() {
            Some(gap) => Err(Undecided::Unknown(gap)),
            None => pass(),
        };
    }
    fail(Account::DATA_REGIONS, left.evidence_with("; "), format!("only {}", permitted.join(", ")))
}

fn kept(scope: &mut Scope, regions: &[&str]) {
    scope.account.data_regions = Known(regions.iter().copied().collect());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(regions: Fact<Entries>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.data_regions = regions
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, |scope| kept(scope, &[]));
        assert_passes(&CONTROL, |scope| kept(scope, &["US-east-1: 1 bucket"]));
        assert_fails(&CONTROL, |scope| kept(scope, &["us-east-11: 1 bucket"]));
        assert_unknown(&CONTROL, with(denied()));
        assert_not_applicable(&CONTROL, with(NotOffered));
    }

    #[test]
    fn what_is_open_is_unknown_unless_it_is_in_a_permitted_region() {
        let open = |certain: &[&str], named: &[&str]| {
            let all = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
            with(Known(Entries::new(all(certain), Some(DENIED)).naming(all(named))))
        };
        assert_unknown(&CONTROL, open(&["westeurope: 1 key vault"], &[]));
        assert_unknown(&CONTROL, open(&["westeurope: 1 key vault"], &["us-east-2"]));
        assert_passes(&CONTROL, open(&["westeurope: 1 key vault"], &["us-east-1"]));
        assert_fails(&CONTROL, open(&["eastus: 1 key vault"], &[]));
    }
}
