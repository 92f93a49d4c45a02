//! SBOMs of images: written, held against the schemas, and read again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr)]

mod support;

use std::path::Path;
use std::process::Command;

use posture_image::image::Image;
use posture_image::limits::Limits;
use posture_image::osv::{Record, Records, audit};
use posture_image::sbom::{self, Format, Output, compare, write};
use posture_image::time::Instant;
use serde_json::{Value, json};
use support::{Build, Tar};

const DPKG: &str = "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nSource: glibc\nVersion: 2.36-9\n\nPackage: g++\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:12\n\n";

fn debian() -> Image {
    let mut image = Build::new()
        .layer(
            Tar::new()
                .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
                .file("var/lib/dpkg/status", DPKG)
                .file("var/lib/dpkg/info/libc6:amd64.list", "/.\n/lib/x86_64-linux-gnu/libc.so.6\n")
                .file("var/lib/dpkg/info/g++.list", "/.\n/usr/bin/g++\n"),
        )
        .layer(
            Tar::new()
                .file("app/node_modules/a/package.json", r#"{"name":"a","version":"1.2.3","license":"MIT"}"#)
                .file("app/node_modules/b/node_modules/a/package.json", r#"{"name":"a","version":"1.2.3","license":"see LICENSE\u001b"}"#)
                .file("app/vendor/composer/installed.json", r#"[{"name":"symfony/yaml","version":"v5.0.0","license":["MIT","GPL-2.0-only"]}]"#),
        )
        .read();
    image.names = vec!["registry.test/team/app:1.2".to_owned()];
    image
}

fn output(format: Format) -> Output<'static> {
    Output {
        format,
        timestamp: Instant::parse("2026-01-02T03:04:05+01:00"),
        serial: [7; 16],
        tool: ("posture", "0.1.0"),
        files: true,
    }
}

fn made(image: &Image, format: Format) -> Value {
    write(image, &output(format)).unwrap()
}

/// Validates a document; skipped without the virtual environment of the tests.
fn assert_valid(document: &Value, schema: &str) {
    let Some(venv) = std::env::var_os("POSTURE_TEST_VENV") else {
        eprintln!("SKIPPED: POSTURE_TEST_VENV is not set, so that {schema} is not checked");
        return;
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document.to_string()).unwrap();
    let run = Command::new(Path::new(&venv).join("bin/python"))
        .arg(here.join("../tests/cloud/validate.py"))
        .arg(here.join("schemas").join(schema))
        .arg(file.path())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    // A schema that takes everything would prove nothing.
    let mut wrong = document.clone();
    wrong["packages"] = json!([{}]);
    wrong["components"] = json!([{}]);
    std::fs::write(file.path(), wrong.to_string()).unwrap();
    let run = Command::new(Path::new(&venv).join("bin/python"))
        .arg(here.join("../tests/cloud/validate.py"))
        .arg(here.join("schemas").join(schema))
        .arg(file.path())
        .output()
        .unwrap();
    assert!(!run.status.success());
}

#[test]
fn both_formats_follow_their_schemas() {
    for image in [debian(), Build::new().read(), Build::new().raw(vec![1; 3]).read()] {
        for (format, schema) in
            [(Format::CycloneDx, "cyclonedx-1.6.json"), (Format::Spdx, "spdx-2.3.json")]
        {
            let document = made(&image, format);
            assert_valid(&document, schema);
            assert_eq!(document.to_string(), made(&image, format).to_string());
        }
    }
}

#[test]
fn cyclonedx_has_packages_with_their_layers_files_and_licenses() {
    let image = debian();
    let document = made(&image, Format::CycloneDx);
    assert_eq!(document["serialNumber"], "urn:uuid:07070707-0707-0707-0707-070707070707");
    assert_eq!(document["metadata"]["timestamp"], "2026-01-02T02:04:05Z");
    let subject = &document["metadata"]["component"];
    let manifest = image.identity.manifest.as_ref().unwrap();
    assert_eq!(subject["version"], manifest.to_string());
    assert_eq!(
        subject["purl"],
        format!(
            "pkg:oci/app@{manifest}?arch=amd64&repository_url=registry.test%2Fteam%2Fapp&tag=1.2"
        )
    );
    let components = document["components"].as_array().unwrap();
    let urls: Vec<&str> = components.iter().filter_map(|one| one["purl"].as_str()).collect();
    assert_eq!(
        urls,
        [
            "pkg:composer/symfony/yaml@v5.0.0",
            "pkg:deb/debian/g%2B%2B@1:12?arch=amd64&distro=debian-12",
            "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc",
            "pkg:npm/a@1.2.3",
            "pkg:npm/a@1.2.3",
        ]
    );
    let references: std::collections::BTreeSet<&str> =
        components.iter().filter_map(|one| one["bom-ref"].as_str()).collect();
    assert_eq!(references.len(), components.len());
    let libc = components.iter().find(|one| one["name"] == "libc6").unwrap();
    assert_eq!(libc["evidence"]["occurrences"][1]["location"], "/lib/x86_64-linux-gnu/libc.so.6");
    let layer = json!({"name": "posture:layer", "value": image.config.diff_ids[0].to_string()});
    assert!(libc["properties"].as_array().unwrap().contains(&layer));
    let licenses: Vec<&Value> =
        components.iter().map(|one| &one["licenses"]).filter(|one| !one.is_null()).collect();
    assert_eq!(licenses[0], &json!([{"expression": "MIT OR GPL-2.0-only"}]));
    assert_eq!(licenses[1], &json!([{"expression": "MIT"}]));
    assert_eq!(licenses[2], &json!([{"license": {"name": "see LICENSE\\u{1b}"}}]));
    assert_eq!(document["compositions"][0]["aggregate"], "complete");
    let without =
        write(&image, &Output { files: false, timestamp: None, ..output(Format::CycloneDx) })
            .unwrap();
    assert!(without["metadata"].get("timestamp").is_none());
    let libc = without["components"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "libc6")
        .unwrap();
    assert!(libc.get("evidence").is_none());
}

#[test]
fn spdx_has_licenses_of_its_own_and_requires_a_time() {
    let image = debian();
    let document = made(&image, Format::Spdx);
    let licenses = document["hasExtractedLicensingInfos"].as_array().unwrap();
    assert_eq!((licenses.len(), licenses[0]["licenseId"].as_str()), (1, Some("LicenseRef-1")));
    let declared: Vec<&str> = document["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["licenseDeclared"].as_str())
        .collect();
    assert_eq!(
        declared[2..],
        ["MIT OR GPL-2.0-only", "NOASSERTION", "NOASSERTION", "MIT", "LicenseRef-1"]
    );
    assert_eq!(document["creationInfo"]["creators"], json!(["Tool: posture-0.1.0"]));
    assert!(write(&image, &Output { timestamp: None, ..output(Format::Spdx) }).is_err());
}

#[test]
fn what_could_not_be_read_is_stated() {
    let image = Build::new()
        .layer(
            Tar::new()
                .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
                .file("app/x.dist-info/METADATA", "Name: x\n"),
        )
        .read();
    let document = made(&image, Format::CycloneDx);
    assert_eq!(document["compositions"][0]["aggregate"], "incomplete");
    let gaps = document["metadata"]["properties"].as_array().unwrap();
    assert!(
        gaps.iter().any(|gap| gap["value"]
            .as_str()
            .unwrap()
            .contains("no package database lists a package")),
        "{gaps:?}"
    );
    assert!(made(&image, Format::Spdx)["comment"].as_str().unwrap().starts_with("Incomplete: "));
    for format in [Format::CycloneDx, Format::Spdx] {
        let document = made(&image, format).to_string();
        let read = sbom::read(document.as_bytes(), "own", &Limits::default()).unwrap();
        let open = |gap: &posture_image::Gap| gap.detail == "the SBOM states that it is incomplete";
        assert!(read.components.gaps.iter().any(open), "{:?}", read.components.gaps);
        assert!(!read.inventory().packages.is_complete());
    }
}

#[test]
fn a_program_that_records_nothing_leaves_the_document_incomplete() {
    let mut elf = b"\x7fELF\x02\x01\x01".to_vec();
    elf.resize(200, 0);
    elf[16] = 2;
    let image = Build::new().layer(Tar::new().mode("tool", 0o755, &elf)).read();
    assert_eq!(made(&image, Format::CycloneDx)["compositions"][0]["aggregate"], "incomplete");
    assert!(sbom::write::gaps(&image)[0].contains("/tool"), "{:?}", sbom::write::gaps(&image));
}

#[test]
fn a_serial_number_follows_from_the_image() {
    let image = debian();
    let serial = sbom::write::serial(&image.identity, Format::Spdx).unwrap();
    assert_eq!(sbom::write::serial(&image.identity, Format::Spdx), Some(serial));
    assert_ne!(sbom::write::serial(&image.identity, Format::CycloneDx), Some(serial));
    assert_eq!((serial[6] >> 4, serial[8] >> 6), (8, 2));
    assert_eq!(sbom::write::serial(&Default::default(), Format::Spdx), None);
}

#[test]
fn an_sbom_of_an_image_gives_the_same_packages_and_vulnerabilities() {
    let image = debian();
    let mut records = Records::default();
    for (ecosystem, name) in [("Debian:12", "glibc"), ("npm", "a"), ("Packagist", "symfony/yaml")] {
        let value = json!({"id": format!("X-{name}"), "affected": [{"package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]});
        records.add(Record::read(&value).unwrap());
    }
    let own = audit(&image.packages, &records);
    assert_eq!(own.items.len(), 3);
    let document = made(&image, Format::CycloneDx);
    let read = sbom::read(document.to_string().as_bytes(), "own.json", &Limits::default()).unwrap();
    assert_eq!(read.check(&image.identity), Ok(()));
    let inventory = read.inventory();
    assert!(
        inventory.packages.items.iter().all(|one| one.stated_by.as_deref() == Some("own.json"))
    );
    assert_eq!(compare(&inventory, &image.packages), sbom::Difference::default());
    let found = audit(&inventory, &records);
    let short = |list: &[posture_image::osv::Vulnerability]| {
        list.iter().map(|one| (one.id.clone(), one.version.clone())).collect::<Vec<_>>()
    };
    assert_eq!((short(&found.items), &found.gaps), (short(&own.items), &own.gaps));
    // SPDX has no place for which package a distribution installed: that is unknown.
    let read = sbom::read(
        made(&image, Format::Spdx).to_string().as_bytes(),
        "own.json",
        &Limits::default(),
    )
    .unwrap();
    assert_eq!(read.check(&image.identity), Ok(()));
    let inventory = read.inventory();
    assert_eq!(compare(&inventory, &image.packages), sbom::Difference::default());
    let found = audit(&inventory, &records);
    assert!(!found.is_complete());
    assert_eq!(short(&found.items), [("X-glibc".to_owned(), "2.36-9".to_owned())]);
}

#[test]
fn sboms_in_files_of_the_image_are_claims_beside_what_was_found() {
    let claim = json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"type": "library", "name": "b", "version": "1", "purl": "pkg:npm/b@1"}]}).to_string();
    let image = Build::new()
        .layer(
            Tar::new().file("app/node_modules/a/package.json", r#"{"name":"a","version":"1.2.3"}"#),
        )
        .layer(
            Tar::new()
                .file("app/app.cdx.json", &claim)
                .file("usr/share/sbom/x.json", "{")
                .file("app/other.json", "{")
                .symlink("app/link.spdx.json", "app.cdx.json"),
        )
        .read();
    let found = sbom::inside(&image.tree, &Limits::default());
    let [one] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((one.path.as_str(), one.layer, found.gaps.len()), ("/app/app.cdx.json", 1, 1));
    assert_eq!(found.gaps[0].place, "/usr/share/sbom/x.json");
    let difference = compare(&one.sbom.inventory(), &image.packages);
    assert_eq!(
        (difference.only_stated, difference.only_found),
        (vec!["pkg:npm/b@1".to_owned()], vec!["pkg:npm/a@1.2.3".to_owned()])
    );
    // A claim is not a package of the image.
    assert!(image.packages.packages.items.iter().all(|one| one.stated_by.is_none()));
    let cut = Build::new().layer(Tar::new().file("a.spdx.json", &claim)).raw(vec![1; 3]).read();
    assert!(!sbom::inside(&cut.tree, &Limits::default()).is_complete());
}
