//! `images.package-inventory`

use crate::prelude::*;

/// Why a failure shows that a requirement is not met.
const SHOWS: &str = "the program is in the image, and no inventory of software that is made from packages can list it";

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "images.package-inventory",
    life: since("0.1.0"),
    title: "Packages list the programs of the image",
    finding: "Packages do not list all programs of the image",
    keywords: &["dpkg", "apk", "rpm", "SBOM", "inventory"],
    severity: Medium,
    rationale: "What no package database lists has no version that could be compared with known vulnerabilities.",
    remediation: &[(
        Image,
        Remedy {
            text: "Keep the package database, and install programs from packages or build them with a record, as Go and cargo-auditable make one. The command lists the files of the image.",
            console: "RUN",
            command: Inspect("crane export <image> - | tar --list --verbose"),
        },
    )],
    references: &[
        "https://github.com/rust-secure-code/cargo-auditable",
        "https://pkg.go.dev/runtime/debug#BuildInfo",
    ],
    satisfies: &[
        csf20("ID.AM-02", Partial(SHOWS)),
        ccm41("TVM-06", Supporting),
        cis_docker18("4.3", Supporting),
        nsa_kubernetes12("P3", Supporting),
    ],
    test: Test {
        reads: &[ContainerImage::DELETED_PACKAGE_DATABASES, ContainerImage::UNRECORDED_PROGRAMS],
        params: &[],
        check: Check::ContainerImage(check),
        examples: Examples {
            pass: |scope| scope.add(image(&[], &[])),
            fail: |scope| scope.add(image(&[], &["/usr/local/bin/tool"])),
        },
    },
};

fn image(deleted: &[&str], unrecorded: &[&str]) -> ContainerImage {
    let list = |all: &[&str]| Known(all.iter().copied().collect::<Entries>());
    ContainerImage::unread("image", "image", None)
        .deleted_package_databases(list(deleted))
        .unrecorded_programs(list(unrecorded))
}

fn check(image: &ContainerImage, _: &Context<'_>) -> CheckResult {
    for (fact, found, expected) in [
        (
            ContainerImage::DELETED_PACKAGE_DATABASES,
            &image.deleted_package_databases,
            "the package database is kept",
        ),
        (
            ContainerImage::UNRECORDED_PROGRAMS,
            &image.unrecorded_programs,
            "every program is of a package or records its parts",
        ),
    ] {
        if let Known(entries) = found
            && !entries.certain().is_empty()
        {
            return fail(fact, entries.evidence(), expected);
        }
    }
    image
        .deleted_package_databases
        .must_be_empty(ContainerImage::DELETED_PACKAGE_DATABASES, "none")?;
    image.unrecorded_programs.must_be_empty(ContainerImage::UNRECORDED_PROGRAMS, "none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deleted_database_fails_whatever_the_programs_are() {
        let database = &["/var/lib/dpkg/status (layer 2)"];
        assert_fails(&CONTROL, |scope| scope.add(image(database, &[])));
        assert_fails(&CONTROL, |scope| {
            scope.add(image(database, &[]).unrecorded_programs(denied()))
        });
        let tool = &["/tool"];
        assert_fails(&CONTROL, |scope| {
            scope.add(image(&[], tool).deleted_package_databases(denied()))
        });
        assert_unknown(&CONTROL, |scope| {
            scope.add(image(&[], &[]).deleted_package_databases(denied()))
        });
        assert_unknown(&CONTROL, |scope| scope.add(image(&[], &[]).unrecorded_programs(denied())));
        assert_passes(&CONTROL, |scope| scope.add(image(&[], &[])));
    }
}
