//! `images.add-instruction`

use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.add-instruction",
    life: since("0.1.0"),
    title: "Local files are added by COPY, and downloads with a checksum",
    finding: "Files are added by ADD, or downloads without a checksum",
    keywords: &["ADD instruction", "COPY", "Dockerfile"],
    severity: Low,
    rationale: "`ADD` also downloads and unpacks, so that a file or an address in its place does what nobody reviewed. A download without a checksum is another one tomorrow.",
    remediation: &[(
        Image,
        Remedy {
            text: "Use `COPY` for local files; `ADD` has its use for archives and for downloads with `--checksum`. The command shows the steps of the build.",
            console: "COPY",
            command: Inspect("skopeo inspect --config <image>"),
        },
    )],
    references: &[
        "https://docs.docker.com/build/building/best-practices/#add-or-copy",
        "https://docs.docker.com/reference/dockerfile/#add",
    ],
    satisfies: &[
        csf20("PR.PS-06", Supporting),
        ccm41("AIS-06", Supporting),
        cis_docker18("4.9", Partial(shows::STEP)),
    ],
    test: no_entries!(ContainerImage.add_instructions, "step 5: ADD", "COPY"),
};
