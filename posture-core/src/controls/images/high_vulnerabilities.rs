//! `images.high-vulnerabilities`

use crate::checks::shows;
use crate::checks::vulnerability;
use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "a version without the vulnerability is published, and the image has another one";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.high-vulnerabilities",
    life: since("0.1.0"),
    title: "No package of the image has a known vulnerability rated high",
    finding: "High vulnerability of a package that a newer version fixes",
    keywords: &["CVE", "OSV", "vulnerability", "patch", "SBOM", "high"],
    severity: High,
    rationale: "Attackers look for known vulnerabilities first, with tools that everyone has.",
    remediation: &[(
        Image,
        Remedy {
            text: "Build the image anew on an updated base image, and update dependencies to the fixed version. The command shows each with its fixed version.",
            console: "RUN apt-get upgrade",
            command: Inspect(
                "posture audit image <path> --control images.high-vulnerabilities --details",
            ),
        },
    )],
    references: &["https://ossf.github.io/osv-schema/", "https://osv.dev/"],
    satisfies: &[
        csf20("ID.RA-01", Supporting),
        csf20("PR.PS-02", Partial(SHOWS)),
        ccm41("TVM-08", Partial(SHOWS)),
        ccm41("TVM-06", Supporting),
        ccm41("AIS-07", Partial(SHOWS)),
        ccm41("TVM-03", Supporting),
        cis_docker18("4.4", Partial(shows::STEP)).with(vulnerability::MIN_EPSS.asked(0)),
        nsa_kubernetes12("P3", Supporting),
        nsa_kubernetes12("U", Supporting),
    ],
    test: vulnerability::rated!("high"),
};
