//! `images.ambiguous-layers`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str =
    "what is checked is not what runs, so that no check of the image shows its integrity";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.ambiguous-layers",
    life: since("0.1.0"),
    title: "Every program reads the layers of the image in the same way",
    finding: "Programs may read the layers of the image differently",
    keywords: &["tar", "layer", "digest", "whiteout"],
    severity: High,
    rationale: "A file that one program sees and another does not is hidden from scanners, and is there when the container runs. What differs from its digest is not what was signed.",
    remediation: &[(
        Image,
        Remedy {
            text: "Build the image anew with a maintained tool, and find out where this one is from. The command lists the files of the image.",
            console: "FROM",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md",
        "https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests",
    ],
    satisfies: &[csf20("ID.RA-09", Partial(SHOWS)), ccm41("AIS-06", Supporting)],
    test: no_entries!(
        ContainerImage.ambiguous_layers,
        "layer 2: a path twice",
        "layers that have one meaning, and their digests"
    ),
};
