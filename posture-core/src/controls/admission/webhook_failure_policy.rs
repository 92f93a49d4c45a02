//! `admission.webhook-failure-policy`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "admission.webhook-failure-policy",
    life: since("0.1.0"),
    title: "Validating webhooks deny requests when they fail",
    finding: "A validating webhook ignores its failures",
    keywords: &["Kubernetes", "admission", "ValidatingWebhookConfiguration", "failurePolicy"],
    severity: Medium,
    rationale: "With `failurePolicy: Ignore` a request passes unchecked while the webhook is down or \
                slow, which an attacker can bring about. Without its Service a webhook checks \
                nothing.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `failurePolicy: Fail`, and leave the namespace of the webhook itself out by \
                   `namespaceSelector`. Delete the configuration of a webhook that is gone.",
            console: "ValidatingWebhookConfiguration: webhooks[*].failurePolicy",
            command: Inspect("kubectl get validatingwebhookconfigurations <name> --output yaml"),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
    ],
    satisfies: &[
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-04", Supporting),
        nsa_kubernetes12("P4", Supporting),
    ],
    test: Test {
        reads: &[
            AdmissionWebhook::VALIDATING,
            AdmissionWebhook::IGNORED_FAILURES,
            AdmissionWebhook::MISSING_SERVICES,
        ],
        params: &[],
        check: Check::AdmissionWebhook(check),
        examples: Examples {
            pass: |scope| scope.add(of(Entries::none(), Entries::none())),
            fail: |scope| scope.add(of(Entries::from(["guard.example.com"]), Entries::none())),
        },
    },
};

fn of(ignored: Entries, missing: Entries) -> AdmissionWebhook {
    AdmissionWebhook::unread("ValidatingWebhookConfiguration/guard", "guard", None)
        .validating(Known(true))
        .ignored_failures(Known(ignored))
        .missing_services(Known(missing))
}

fn check(webhook: &AdmissionWebhook, _: &Context<'_>) -> CheckResult {
    if !*webhook.validating.known()? {
        return not_applicable("its webhooks change requests and do not check them");
    }
    let lists = [
        (AdmissionWebhook::IGNORED_FAILURES, &webhook.ignored_failures, "`failurePolicy: Fail`"),
        (AdmissionWebhook::MISSING_SERVICES, &webhook.missing_services, "a Service that exists"),
    ];
    for (fact, list, expected) in lists {
        if list.any() == Known(true) {
            return list.must_be_empty(fact, expected);
        }
    }
    for (fact, list, expected) in lists {
        list.must_be_empty(fact, expected)?;
    }
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validating_webhooks_alone_are_judged() {
        let with = |webhook: AdmissionWebhook| move |scope: &mut Scope| scope.add(webhook);
        let some = || Entries::from(["one"]);
        let open = || Entries::new(Vec::new(), Some(DENIED));
        assert_fails(&CONTROL, with(of(Entries::none(), some())));
        assert_fails(&CONTROL, with(of(open(), some())));
        assert_unknown(&CONTROL, with(of(Entries::none(), open())));
        assert_not_applicable(&CONTROL, with(of(some(), some()).validating(Known(false))));
        assert_unknown(&CONTROL, with(of(some(), some()).validating(denied())));
    }
}
