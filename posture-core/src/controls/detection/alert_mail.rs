//! `detection.alert-mail`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.alert-mail",
    life: since("0.1.0"),
    title: "Defender for Cloud sends security alerts by email",
    finding: "Alert emails are off or not at a required severity",
    keywords: &[
        "Defender for Cloud",
        "security alert",
        "email notification",
        "security contact",
        "severity",
    ],
    severity: Medium,
    rationale: "An alert that only appears in the portal is seen late, if at all.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Turn on email notifications for alerts of high severity, or of a lower \
                   severity and above. The file in the command holds every setting of the \
                   security contact: a setting that it leaves out is reset.",
            console: "Microsoft Defender for Cloud → Environment settings → the subscription → \
                      Email notifications → Notify about alerts with the following severity (or \
                      higher)",
            command: Change(
                "az rest --method put --url \
                             \"https://management.azure.com/subscriptions/<subscription-id>/providers/Microsoft.Security/securityContacts/default?api-version=2023-12-01-preview\" \
                             --body @<contact.json>",
            ),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/configure-email-notifications",
        "https://learn.microsoft.com/en-us/rest/api/defenderforcloud/security-contacts/list",
    ],
    satisfies: &[
        csf20("DE.AE-06", Supporting),
        ccm41("SEF-06", Supporting),
        ccm41("LOG-05", Supporting),
        cis_azure6("8.1.14", Full).with(LEVELS.asked(&["low", "medium", "high"])),
        mcsb1("IR-2", Supporting),
        mcsb1("IR-3", Supporting),
    ],
    test: Test {
        reads: &[Account::ALERT_MAIL_FROM],
        params: &[Param::Names(&LEVELS)],
        check: Check::Account(check),
        examples: Examples {
            pass: |scope| {
                scope.account.alert_mail_from = Known(Some(RiskLevel::Medium));
            },
            fail: |scope| {
                scope.account.alert_mail_from = Known(None);
            },
        },
    },
};

static LEVELS: Names = Names {
    name: "levels",
    doc: "The severities that alert emails may start at. Emails that start at another severity fail.",
    default: &["low", "medium", "high"],
};

fn check(account: &Account, context: &Context<'_>) -> CheckResult {
    let levels = context.names(&LEVELS);
    let expected = || format!("emails from level {}", levels.join(" or "));
    match *account.alert_mail_from.known()? {
        Some(level) if levels.iter().any(|name| name.eq_ignore_ascii_case(level.id())) => pass(),
        Some(level) => {
            fail(Account::ALERT_MAIL_FROM, format!("emails from level {level}"), expected())
        }
        None => fail(Account::ALERT_MAIL_FROM, "no emails", expected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: Fact<Option<RiskLevel>>) -> impl FnOnce(&mut Scope) {
        move |scope| scope.account.alert_mail_from = value
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(Known(Some(RiskLevel::Medium))));
        assert_passes(&CONTROL, with(Known(Some(RiskLevel::High))));
        assert_fails(&CONTROL, with(Known(None)));
        assert_fails(&CONTROL, with(Known(Some(RiskLevel::Critical))));
        assert_not_applicable(&CONTROL, with(NotOffered));
        assert_unknown(&CONTROL, with(denied()));
    }

    #[test]
    fn the_levels_can_be_narrowed() {
        let only = [("levels", crate::params::Value::Names(vec!["low".to_owned()]))];
        let scope = world(with(Known(Some(RiskLevel::High))));
        let judged = judged_with(&CONTROL, &scope, &only);
        assert!(matches!(judged.as_slice(), [Ok(Verdict::Fail(_))]), "{judged:?}");
    }
}
