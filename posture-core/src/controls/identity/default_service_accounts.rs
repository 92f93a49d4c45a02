//! `identity.default-service-accounts`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "pods that name no account have a token or permissions that none of them was given for a task";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.default-service-accounts",
    life: since("0.1.0"),
    title: "Default service accounts have no bindings, users or mounted tokens",
    finding: "A default service account is bound, used or mounts its token",
    keywords: &["Kubernetes", "ServiceAccount", "default", "automountServiceAccountToken"],
    severity: Medium,
    rationale: "Every pod that names no service account runs as the default one of its namespace. \
                What it is granted, all of them have.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Bind and use a service account per workload, and set \
                   `automountServiceAccountToken: false` on the default one. Patch each namespace.",
            console: "ServiceAccount default: automountServiceAccountToken",
            command: Change(
                "kubectl patch serviceaccount default --namespace <namespace> --patch '{\"automountServiceAccountToken\": false}'",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial(SHOWS)),
        csf20("PR.AA-01", Supporting),
        ccm41("IAM-05", Partial(SHOWS)),
        ccm41("IAM-12", Supporting),
        cis_kubernetes2("5.1.5", Full),
        cis_eks18("4.1.5", Full),
        cis_aks18("4.1.5", Full),
        nsa_kubernetes12("P5", Partial(SHOWS)),
    ],
    test: Test {
        reads: &[
            ServiceAccount::BINDINGS,
            ServiceAccount::USED_BY,
            ServiceAccount::AUTOMOUNTS_TOKEN,
        ],
        params: &[],
        check: Check::ServiceAccount(check),
        examples: Examples {
            pass: |scope| scope.add(account("default")),
            fail: |scope| scope.add(account("default").automounts_token(Known(true))),
        },
    },
};

fn account(name: &str) -> ServiceAccount {
    ServiceAccount::unread(format!("ServiceAccount/shop/{name}"), name, Some("shop"))
        .bindings(Known(Entries::none()))
        .used_by(Known(Entries::none()))
        .automounts_token(Known(false))
}

fn check(account: &ServiceAccount, _: &Context<'_>) -> CheckResult {
    if account.name != "default" {
        return not_applicable("the account is not a default one");
    }
    // What is certain outranks what is not known.
    let lists = [
        (ServiceAccount::BINDINGS, &account.bindings, "no binding"),
        (ServiceAccount::USED_BY, &account.used_by, "no workload with its token"),
    ];
    for (fact, list, expected) in lists {
        if list.any() == Known(true) {
            return fail(fact, list.known()?.evidence(), expected);
        }
    }
    if account.automounts_token == Known(true) {
        let found = "pods mount its token by default";
        return fail(
            ServiceAccount::AUTOMOUNTS_TOKEN,
            found,
            "`automountServiceAccountToken: false`",
        );
    }
    for (fact, list, expected) in lists {
        list.must_be_empty(fact, expected)?;
    }
    account.automounts_token.known()?;
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_three_fails_and_none_of_them_passes_unknown() {
        let with = |account: ServiceAccount| move |scope: &mut Scope| scope.add(account);
        let some = || Known(Entries::from(["one"]));
        let open = || Known(Entries::new(Vec::new(), Some(DENIED)));
        let default = || account("default");
        assert_fails(&CONTROL, with(default().bindings(some()).automounts_token(denied())));
        assert_fails(&CONTROL, with(default().used_by(some()).bindings(denied())));
        assert_fails(&CONTROL, with(default().automounts_token(Known(true)).used_by(open())));
        assert_unknown(&CONTROL, with(default().bindings(open())));
        assert_unknown(&CONTROL, with(default().used_by(open())));
        assert_unknown(&CONTROL, with(default().automounts_token(denied())));
        assert_not_applicable(&CONTROL, with(account("web").bindings(some())));
    }
}
