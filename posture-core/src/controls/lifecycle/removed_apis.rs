//! `lifecycle.removed-apis`

use crate::prelude::*;

/// See the [module](self).
///
/// Counter-test: the API server keeps what is stored when it drops a version, so that nothing stops by itself. What fails is the next
/// deployment of the manifest or the client, so that no requirement is decided.
pub(crate) static CONTROL: Control = Control {
    id: "lifecycle.removed-apis",
    life: since("0.1.0"),
    title: "Objects use API versions that later Kubernetes versions keep",
    finding: "Object uses an API version that Kubernetes removes later",
    keywords: &["Kubernetes", "apiVersion", "beta", "deprecated API", "upgrade", "managedFields"],
    severity: Medium,
    rationale: "After the upgrade the API server rejects the manifest. Deployments stop, and the upgrade that would close \
                vulnerabilities is put off.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Change `apiVersion` in the manifest to the stable version of the API, and update the client that wrote the object. \
                   The command shows which client wrote an object in which version.",
            console: "apiVersion, metadata.managedFields[*].apiVersion",
            command: Inspect(
                "kubectl get validatingadmissionpolicybindings --show-managed-fields --output yaml",
            ),
        },
    )],
    references: &[
        "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
        "https://kubernetes.io/docs/reference/using-api/deprecation-policy/",
    ],
    satisfies: &[
        csf20("PR.PS-02", Supporting),
        csf20("PR.PS-01", Supporting),
        ccm41("CCC-06", Supporting),
        nsa_kubernetes12("U", Supporting),
    ],
    test: Test {
        reads: &[BetaObject::API_VERSION, BetaObject::REMOVED_IN],
        params: &[],
        check: Check::BetaObject(check),
        examples: Examples {
            pass: |scope| scope.add(object(None)),
            fail: |scope| scope.add(object(Some("1.37"))),
        },
    },
};

fn object(removed_in: Option<&str>) -> BetaObject {
    let id = "IPAddress/10.0.0.1@networking.k8s.io/v1beta1";
    BetaObject::unread(id, "10.0.0.1", None)
        .api_version(Known("networking.k8s.io/v1beta1".to_owned()))
        .removed_in(Known(removed_in.map(str::to_owned)))
}

fn check(object: &BetaObject, _: &Context<'_>) -> CheckResult {
    let Some(removed_in) = object.removed_in.known()? else { return pass() };
    let found = match object.api_version.known() {
        Ok(version) => format!("{version} is removed in {removed_in}"),
        Err(_) => format!("removed in {removed_in}"),
    };
    fail(BetaObject::REMOVED_IN, found, "a version that stays")
}
