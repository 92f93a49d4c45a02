//! `images.unfixed-vulnerabilities`

use crate::checks::vulnerability;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.unfixed-vulnerabilities",
    life: since("0.1.0"),
    title: "No package of the image has a serious vulnerability without a fix",
    finding: "A package has a serious vulnerability that no version fixes",
    keywords: &["CVE", "OSV", "vulnerability", "patch", "SBOM", "unfixed", "--ignore-unfixed"],
    severity: Medium,
    rationale: "Critical and high vulnerabilities without a fix are as open as others. Nothing but another package, or less of it, removes them.",
    remediation: &[(
        Image,
        Remedy {
            text: "Remove the package or replace it, or accept the finding until a fix is published. `--ignore-unfixed` does not judge them. The command shows each with its fixed version.",
            console: "RUN apt-get upgrade",
            command: Inspect(
                "posture audit image <path> --control images.unfixed-vulnerabilities --details",
            ),
        },
    )],
    references: &["https://ossf.github.io/osv-schema/", "https://osv.dev/"],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        csf20("PR.PS-02", Supporting),
        ccm41("TVM-08", Supporting),
        ccm41("AIS-07", Supporting),
        ccm41("TVM-03", Supporting),
        cis_docker18("4.4", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: Test {
        reads: vulnerability::READS,
        params: &[Param::Count(&vulnerability::MIN_EPSS)],
        check: Check::Vulnerability(check),
        examples: Examples {
            pass: |scope| scope.add(vulnerability::of("low", &[])),
            fail: |scope| scope.add(vulnerability::of("high", &[])),
        },
    },
};

fn check(of: &Vulnerability, context: &Context<'_>) -> CheckResult {
    if let Some(exempt) = vulnerability::exempt(of)? {
        return exempt;
    }
    if !["critical", "high"].contains(&of.rating.known()?.as_str()) {
        return pass();
    }
    if !of.fixed_versions.known()?.is_empty() {
        return not_applicable("a version fixes it");
    }
    if *of.ignored_unfixed.known()? {
        return not_applicable("no version fixes it, and --ignore-unfixed is set");
    }
    if let Some(improbable) = vulnerability::improbable(of, context)? {
        return improbable;
    }
    let found = vulnerability::words(of)?;
    let expected = "no critical or high vulnerability";
    vulnerability::failed(of, Vulnerability::INSTALLED, found, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_serious_and_has_no_fix_fails() {
        let of = vulnerability::of;
        assert_fails(&CONTROL, |scope| scope.add(of("critical", &[])));
        assert_passes(&CONTROL, |scope| scope.add(of("medium", &[])));
        assert_not_applicable(&CONTROL, |scope| scope.add(of("high", &["2"])));
        let ignored = of("high", &[]).ignored_unfixed(Known(true));
        assert_not_applicable(&CONTROL, |scope| scope.add(ignored));
        assert_unknown(&CONTROL, |scope| scope.add(of("high", &[]).rating(denied())));
        assert_unknown(&CONTROL, |scope| scope.add(of("high", &[]).fixed_versions(denied())));
        assert_unknown(&CONTROL, |scope| scope.add(of("high", &[]).without_effect(denied())));
    }
}
