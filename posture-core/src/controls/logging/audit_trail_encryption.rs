//! `logging.audit-trail-encryption`

use crate::ask::{About, Ask, Counts};
use crate::checks::trail;
use crate::control::Undecided;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "logging.audit-trail-encryption",
    life: since("0.1.0"),
    title: "Trails are encrypted with a customer-managed key",
    finding: "Trail is not encrypted with a customer-managed key",
    keywords: &[
        "CloudTrail",
        "trail",
        "SSE-KMS",
        "KMS",
        "activity log",
        "storage account",
        "Key Vault",
        "customer-managed key",
    ],
    severity: Medium,
    rationale: "The policy of a customer-managed key controls who can read the trail, separately \
                from access to its bucket.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Encrypt the trail with a customer-managed KMS key whose policy allows \
                       CloudTrail to encrypt and the auditors to decrypt.",
                console: "CloudTrail → Trails → the trail → General details → Edit → Log file SSE-KMS encryption",
                command: Change("aws cloudtrail update-trail --name <trail> --kms-key-id <key>"),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Encrypt each storage account that the activity log is exported to with a \
                       key from your own key vault.",
                console: "Storage accounts → the account → Security + networking → Encryption → Customer-managed keys",
                command: Change(
                    "az storage account update --name <account> \
                                 --encryption-key-source Microsoft.Keyvault \
                                 --encryption-key-vault <vault-uri> --encryption-key-name <key>",
                ),
            },
        ),
    ],
    references: &[
        "https://learn.microsoft.com/en-us/azure/storage/common/customer-managed-keys-overview",
        "https://learn.microsoft.com/en-us/azure/azure-monitor/platform/activity-log",
        "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/cloudtrail-controls.html",
    ],
    satisfies: &[
        csf20("PR.DS-01", Supporting),
        ccm41("CEK-03", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("CEK-08", Supporting),
        cis_aws7("4.5", Full),
        fsbp("CloudTrail.2", Full),
        cis_azure6("6.1.1.3", Full),
        mcsb1("DP-5", Supporting),
    ],
    test: Test {
        reads: &[AuditTrail::KEY, AuditTrail::STORAGE_ELSEWHERE],
        params: &[],
        check: Check::AuditTrail(check),
        examples: Examples {
            pass: |scope| {
                scope.audit_trails.items.push(
                    trail::trail()
                        .key(Known(Some("arn:aws:kms:us-east-1:123456789012:key/1".to_owned()))),
                )
            },
            fail: |scope| scope.audit_trails.items.push(trail::trail().key(Known(None))),
        },
    },
};

fn check(trail: &AuditTrail, context: &Context<'_>) -> CheckResult {
    if let Known(accounts) = &trail.storage_elsewhere
        && !accounts.is_empty()
        && trail.key != Known(None)
    {
        // What the subscription knows of its own accounts is no more than a part.
        let (gap, counts) = match trail.key {
            Gap(gap) if gap != GapId::OUTSIDE_SCOPE => (gap, Counts::AnyFailure),
            _ => (GapId::OUTSIDE_SCOPE, Counts::Every),
        };
        let about = accounts.iter().map(|id| About::storage_account(CONTROL.id, id)).collect();
        return context.ask(Ask::new(about, Err(Undecided::Unknown(gap)), counts));
    }
    if trail.key == NotOffered {
        return not_applicable(
            "it is not delivered to storage that supports a customer-managed key",
        );
    }
    match trail.key.known()? {
        Some(_) => pass(),
        None => fail(AuditTrail::KEY, "a provider-managed key", EXPECTED),
    }
}

const EXPECTED: &str = "a customer-managed key";

/// What it finds of a storage account that keeps the activity log of another subscription.
pub(crate) fn of_storage_account(account: &Bucket) -> CheckResult {
    if matches!(account.encryption.known()?, Encryption::CustomerKey(_)) {
        return pass();
    }
    fail(
        AuditTrail::KEY,
        format!("storage account `{}`: a provider-managed key", account.name),
        EXPECTED,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |key: Fact<Option<String>>| {
            move |scope: &mut Scope| scope.audit_trails.items.push(trail::trail().key(key))
        };
        assert_passes(&CONTROL, with(Known(Some("arn:aws:kms:us-east-1:1:key/1".to_owned()))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_unknown(&CONTROL, with(denied()));
        // It is kept in no bucket at all.
        assert_not_applicable(&CONTROL, with(NotOffered));
    }
}
