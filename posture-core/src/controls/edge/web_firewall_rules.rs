//! `edge.web-firewall-rules`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: nothing may use the web ACL. So the control decides nothing but the row of AWS.
pub(crate) static CONTROL: Control = Control {
    id: "edge.web-firewall-rules",
    life: since("0.1.0"),
    title: "Web ACLs of AWS WAF have rules",
    finding: "Web ACL has no rules",
    keywords: &["AWS WAF", "web ACL", "rules", "managed rule group"],
    severity: Medium,
    rationale: "A web ACL without rules treats every request alike: what it protects looks filtered, and \
                is not.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add rules to the web ACL, such as rule groups that AWS manages, or delete it. \
                   The command shows it.",
            console: "WAF & Shield → Web ACLs → the web ACL → Rules → Add rules",
            command: Inspect("aws wafv2 get-web-acl --arn <web-acl>"),
        },
    )],
    references: &[
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html",
        "https://docs.aws.amazon.com/config/latest/developerguide/wafv2-webacl-not-empty.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/waf-controls.html",
    ],
    satisfies: &[
        csf20("PR.IR-01", Supporting),
        ccm41("I&S-09", Supporting),
        ccm41("TVM-05", Supporting),
        fsbp("WAF.10", Full),
    ],
    test: Test {
        reads: &[WebAcl::RULES],
        params: &[],
        check: Check::WebAcl(check),
        examples: Examples {
            pass: |scope| scope.add(example(2)),
            fail: |scope| scope.add(example(0)),
        },
    },
};

fn check(acl: &WebAcl, _: &Context<'_>) -> CheckResult {
    if *acl.rules.known()? == 0 {
        return fail(WebAcl::RULES, "none", "at least one");
    }
    pass()
}

fn example(rules: u32) -> WebAcl {
    WebAcl::unread("example", "example", None).rules(Known(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_enough() {
        let with = |one: WebAcl| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(example(1)));
        assert_fails(&CONTROL, with(example(0)));
        assert_unknown(&CONTROL, with(example(0).rules(denied())));
    }
}
