//! `images.git-directories`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.git-directories",
    life: since("0.1.0"),
    title: "The image holds no Git repository",
    finding: "The image holds a Git repository",
    keywords: &[".git", ".dockerignore", "source code"],
    severity: Low,
    rationale: "A repository holds every earlier version of every file, also of those that were deleted because they should not be public.",
    remediation: &[(
        Image,
        Remedy {
            text: "Name `.git` in `.dockerignore`, or copy only what the image needs. The command lists the files of the image.",
            console: ".dockerignore",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &["https://docs.docker.com/build/concepts/context/#dockerignore-files"],
    satisfies: &[csf20("PR.DS-01", Supporting), ccm41("DSP-17", Supporting)],
    test: no_entries!(ContainerImage.git_directories, "/app/.git (layer 3)", "no repository"),
};
