//! `identity.role-unrestricted-decrypt`

use crate::prelude::*;

/// See the [module](self).
pub static CONTROL: Control = Control {
    id: "identity.role-unrestricted-decrypt",
    life: since("0.1.0"),
    title: "Inline policies of roles do not allow decryption with every key",
    finding: "Role inline policy allows decryption with every KMS key",
    keywords: &[
        "IAM",
        "role",
        "inline policy",
        "KMS",
        "kms:Decrypt",
        "kms:ReEncryptFrom",
        "least privilege",
    ],
    severity: Medium,
    rationale: "An identity that can decrypt with every key can read all encrypted data that it \
                gets hold of.",
    remediation: &[(
        Aws,
        Remedy {
            text: "List the keys that are needed in the inline policy.",
            console: "IAM → Roles → the role → Permissions",
            command: Change(
                "aws iam put-role-policy --role-name <role> --policy-name <policy> \
                             --policy-document file://<policy.json>",
            ),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html",
    ],
    satisfies: &[
        csf20("PR.AA-05", Partial),
        csf20("PR.DS-01", Supporting),
        ccm41("IAM-05", Partial),
        ccm41("CEK-11", Partial),
        // Not decided: AWS accepts every key of one region, and ignores conditions and Deny.
        fsbp("KMS.2", Supporting),
    ],
    test: Test {
        reads: &[Role::SERVICE_LINKED, Role::DECRYPTS_ANY_KEY],
        params: &[],
        check: Check::Role(check),
        examples: Examples {
            pass: |scope| scope.roles.items.push(good()),
            fail: |scope| {
                scope
                    .roles
                    .items
                    .push(good().decrypts_any_key(Known(vec!["statement `Everything`".to_owned()])))
            },
        },
    },
};

fn check(role: &Role, _: &Context<'_>) -> Judged {
    if *role.service_linked.known()? {
        return not_applicable("a service of the provider owns it");
    }
    let found = role.decrypts_any_key.known()?;
    if found.is_empty() {
        return pass();
    }
    fail(Role::DECRYPTS_ANY_KEY, found.join(", "), "decryption with named keys only")
}

fn good() -> Role {
    Role::unread("arn:aws:iam::123456789012:role/example", "example", None)
        .service_linked(Known(false))
        .decrypts_any_key(Known(Vec::new()))
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
        assert_fails(&CONTROL, with(good().decrypts_any_key(bad())));
        assert_unknown(&CONTROL, with(good().decrypts_any_key(denied())));
    }

    #[test]
    fn a_role_that_a_service_owns_is_not_the_customers_to_change() {
        assert_not_applicable(
            &CONTROL,
            with(good().service_linked(Known(true)).decrypts_any_key(bad())),
        );
        assert_unknown(&CONTROL, with(good().service_linked(denied()).decrypts_any_key(bad())));
    }
}
