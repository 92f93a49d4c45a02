//! `identity.federated-issuers`

use crate::prelude::*;

/// Why a failure shows it.
const SHOWS: &str = "an identity provider that the user does not name as trusted issues the tokens with which the application \
                     or identity signs in";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "identity.federated-issuers",
    life: since("0.1.0"),
    title: "Federated credentials trust known identity providers only",
    finding: "Federated credential trusts an unknown identity provider",
    keywords: &[
        "Entra ID",
        "app registration",
        "managed identity",
        "workload identity federation",
        "federated identity credential",
        "issuer",
        "OIDC",
    ],
    severity: High,
    rationale: "Anyone who controls a trusted identity provider can sign in as the application or \
                managed identity, at any time and without a secret. Attackers add one to keep \
                their access.",
    remediation: &[(
        Azure,
        Remedy {
            text: "Delete the federated credential, or add its issuer to the parameter if you \
                   trust it. The command lists the applications; those of a managed identity are \
                   among its settings.",
            console: "Microsoft Entra ID → App registrations → the application → Certificates & \
                      secrets → Federated credentials, or Managed Identities → the identity → \
                      Settings → Federated credentials",
            command: Inspect("az ad app list --all --query \"[].{id: id, name: displayName}\""),
        },
    )],
    references: &[
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation",
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-block-using-azure-policy",
    ],
    satisfies: &[
        csf20("PR.AA-04", Partial(SHOWS)),
        csf20("PR.AA-05", Supporting),
        ccm41("IAM-13", Supporting),
        mcsb1("IM-3", Supporting),
    ],
    test: Test {
        reads: &[FederatedCredential::ISSUER],
        params: &[Param::Given(&TRUSTED)],
        check: Check::FederatedCredential(check),
        examples: Examples {
            pass: |scope| scope.add(trusting("https://token.actions.githubusercontent.com/")),
            fail: |scope| scope.add(trusting("https://login.example.org")),
        },
    },
};

static TRUSTED: Given = Given {
    name: "trusted-issuers",
    doc: "The identity providers that applications and managed identities may trust, by the URL of the issuer; a slash at the end does not matter.",
    example: &["https://token.actions.githubusercontent.com"],
    unset: "no issuer is excluded: set `trusted-issuers` under `[control.\"identity.federated-issuers\"]` in posture.toml",
};

fn check(credential: &FederatedCredential, context: &Context<'_>) -> CheckResult {
    // The host is not case-sensitive, but the path, which distinguishes tenants, may be.
    let plain = |url: &str| url.trim_end_matches('/').to_owned();
    let issuer = credential.issuer.known()?;
    if context.given(&TRUSTED).iter().any(|trusted| plain(trusted) == plain(issuer)) {
        return pass();
    }
    fail(FederatedCredential::ISSUER, issuer.clone(), "an issuer that the parameter names")
}

fn trusting(issuer: &str) -> FederatedCredential {
    FederatedCredential::unread("a1/f1", "deploy: main", None).issuer(Known(issuer.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let with = |one: FederatedCredential| move |scope: &mut Scope| scope.add(one);
        assert_passes(&CONTROL, with(trusting("https://token.actions.githubusercontent.com")));
        assert_fails(
            &CONTROL,
            with(trusting("https://token.actions.githubusercontent.com.evil.example")),
        );
        assert_fails(
            &CONTROL,
            with(trusting("https://token.actions.githubusercontent.com/tenant")),
        );
        assert_unknown(&CONTROL, with(trusting("x").issuer(denied())));
    }
}
