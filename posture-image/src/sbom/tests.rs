use super::*;
use crate::digest::Algorithm;
use crate::packages::{Manager, Ownership};
use crate::truth::Answer;
use proptest::prelude::*;
use serde_json::json;

fn sbom(value: &Value) -> Sbom {
    read(value.to_string().as_bytes(), "s.json", &Limits::default()).unwrap()
}

fn cyclone(components: &Value) -> Value {
    json!({"bomFormat": "CycloneDX", "specVersion": "1.4", "version": 1, "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
        "metadata": {"timestamp": "2026-01-01T00:00:00Z", "tools": [{"vendor": "x", "name": "maker", "version": "1"}]}, "components": components})
}

fn spdx(packages: &Value) -> Value {
    json!({"spdxVersion": "SPDX-2.2", "SPDXID": "SPDXRef-DOCUMENT", "name": "n", "documentNamespace": "https://x.test/1",
        "creationInfo": {"created": "2026-01-01T00:00:00Z", "creators": ["Tool: maker-1"]}, "packages": packages,
        "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root"}]})
}

fn package(id: &str, name: &str, version: &str, purl: &str) -> Value {
    let mut package = json!({"SPDXID": id, "name": name, "downloadLocation": "NOASSERTION", "licenseDeclared": "MIT", "licenseConcluded": "NOASSERTION"});
    if !version.is_empty() {
        package["versionInfo"] = json!(version);
    }
    if !purl.is_empty() {
        package["externalRefs"] = json!([{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}]);
    }
    package
}

fn library(name: &str, version: &str, purl: &str) -> Value {
    let mut library = json!({"type": "library", "name": name});
    if !version.is_empty() {
        library["version"] = json!(version);
    }
    if !purl.is_empty() {
        library["purl"] = json!(purl);
    }
    library
}

fn details(sbom: &Sbom) -> Vec<String> {
    sbom.components.gaps.iter().map(ToString::to_string).collect()
}

#[test]
fn packages_of_both_formats_are_listed_with_the_sbom_as_their_source() {
    let mut nested = library("outer", "1", "pkg:npm/outer@1");
    nested["components"] = json!([library("@s/inner", "2", "pkg:npm/%40s/inner@2")]);
    let one = sbom(&cyclone(&json!([
        {"type": "operating-system", "name": "debian", "version": "12.5"},
        {"type": "file", "name": "/etc/passwd"},
        nested,
        library("libssl3", "3.0-1", "pkg:deb/debian/libssl3@3.0-1?arch=amd64&distro=debian-12.5&upstream=openssl%403.0-1"),
        {"type": "application", "name": "package-lock.json", "properties": [{"name": "aquasecurity:trivy:Type", "value": "npm"}]},
    ])));
    assert_eq!(
        (one.creators.as_slice(), one.components.items.len()),
        (["maker 1".to_owned()].as_slice(), 3)
    );
    assert_eq!(one.components.items[1].place, "$.components[2].components[0]");
    let other = sbom(&spdx(&json!([
        package("SPDXRef-root", "app", "", &format!("pkg:oci/app@sha256:{}", "ab".repeat(32))),
        package("SPDXRef-1", "outer", "1", "pkg:npm/outer@1"),
        package("SPDXRef-2", "@s/inner", "2", "pkg:npm/%40s/inner@2"),
        package(
            "SPDXRef-3",
            "libssl3",
            "3.0-1",
            "pkg:deb/debian/libssl3@3.0-1?arch=amd64&distro=debian-12.5&upstream=openssl%403.0-1"
        ),
    ])));
    assert_eq!(
        (other.subject.as_deref(), other.digests.len(), other.components.items.len()),
        (Some("app"), 1, 3)
    );
    for sbom in [one, other] {
        assert!(sbom.components.is_complete(), "{:?}", details(&sbom));
        let inventory = sbom.inventory();
        let os = inventory.os.known().unwrap();
        assert_eq!((os.id.as_str(), os.version.as_deref()), ("debian", Some("12")));
        let ssl = inventory.packages.items.iter().find(|one| one.name == "libssl3").unwrap();
        assert_eq!((ssl.manager, ssl.stated_by.as_deref()), (Manager::Dpkg, Some("s.json")));
        assert_eq!(ssl.source, Some(("openssl".to_owned(), "3.0-1".to_owned())));
        assert!(ssl.evidence.starts_with("s.json: $."));
        let inner = inventory.packages.items.iter().find(|one| one.name == "@s/inner").unwrap();
        // Beside packages of a distribution, it may be a part of one.
        assert!(matches!(inner.ownership, Ownership::Unknown(_)));
    }
}

#[test]
fn what_a_package_lacks_is_a_gap_with_its_place() {
    let one = sbom(&cyclone(&json!([
        library("a", "", "pkg:npm/a"),
        library("b", "1", ""),
        library("c", "1", "pkg:npm/c@2"),
        library("d", "1", "npm/d"),
        {"name": "e"},
        {"type": "library"},
        library("f", "1", "pkg:conan/f@1"),
    ])));
    assert_eq!(
        details(&one),
        [
            "s.json: $.components[0]: a has no version (missing)",
            "s.json: $.components[1]: b has no package URL (missing)",
            "s.json: $.components[2]: c has another version in its package URL (ambiguous)",
            "s.json: $.components[3]: not a package URL (malformed)",
            "s.json: $.components[4]: `type` is missing (malformed)",
            "s.json: $.components[5]: `name` is missing (malformed)",
        ]
    );
    let gaps = one.inventory().packages.gaps;
    assert_eq!(
        gaps.last().unwrap().to_string(),
        "s.json: $.components[6]: packages of the type conan are not matched (unsupported)"
    );
    let other = sbom(&spdx(&json!([
        package("SPDXRef-1", "a", "", "pkg:npm/a"),
        package("SPDXRef-2", "b", "NOASSERTION", ""),
        json!({"SPDXID": "x"})
    ])));
    assert_eq!(other.components.gaps.len(), 4, "{:?}", details(&other));
    // Without the source package, the records of a distribution cannot be found.
    let deb = sbom(&cyclone(&json!([library(
        "libssl3",
        "3.0-1",
        "pkg:deb/debian/libssl3@3.0-1?distro=debian-12"
    )])));
    assert!(
        deb.components.is_complete()
            && deb.inventory().packages.gaps[0].detail.contains("source package")
    );
    let mut incomplete = cyclone(&json!([]));
    incomplete["compositions"] = json!([{"aggregate": "incomplete_first_party_only"}]);
    assert_eq!(sbom(&incomplete).components.gaps[0].cause, Cause::Incomplete);
    incomplete["compositions"] = json!([{"aggregate": "unknown"}]);
    assert_eq!(sbom(&incomplete).components.gaps[0].cause, Cause::Incomplete);
}

#[test]
fn a_list_that_is_not_there_is_not_an_empty_one() {
    let mut value = cyclone(&json!([]));
    assert!(sbom(&value).components.is_certainly_empty());
    value["components"] = Value::Null;
    assert_eq!(sbom(&value).components.gaps[0].cause, Cause::Missing);
    value["metadata"]["component"] = json!({"type": "application", "name": "app", "components": [library("a", "1", "pkg:npm/a@1")]});
    let read = sbom(&value);
    assert_eq!(
        (read.components.items[0].place.as_str(), read.components.gaps.len()),
        ("$.metadata.component.components[0]", 0)
    );
    let mut value = spdx(&json!([]));
    assert!(sbom(&value).components.is_certainly_empty());
    value["packages"] = Value::Null;
    assert_eq!(sbom(&value).components.gaps[0].cause, Cause::Missing);
    let only = sbom(&cyclone(
        &json!([{"type": "operating-system", "name": "alpine", "version": "3.20.3"}]),
    ));
    assert_eq!(
        only.inventory().packages.gaps[0].detail,
        "it states a distribution and none of its packages"
    );
}

#[test]
fn properties_of_trivy_state_the_source() {
    let mut package = library("libc6", "2.36-9", "pkg:deb/debian/libc6@2.36-9?distro=debian-12");
    package["properties"] = json!([{"name": "aquasecurity:trivy:SrcName", "value": "glibc"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "2.36"},
        {"name": "aquasecurity:trivy:SrcRelease", "value": "9"}, {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"}]);
    let read = sbom(&cyclone(&json!([package])));
    assert_eq!(
        read.components.items[0].source,
        Some(("glibc".to_owned(), Some("1:2.36-9".to_owned())))
    );
}

#[test]
fn a_guess_stays_a_guess() {
    let mut package = library("x", "1", "pkg:maven/org.x/a@1");
    package["properties"] = json!([{"name": "posture:guessed", "value": "true"}, {"name": "posture:owner", "value": ""}]);
    let inventory = sbom(&cyclone(&json!([package]))).inventory();
    assert!(
        inventory.packages.items[0].guessed
            && inventory.packages.items[0].ownership == Ownership::Own
    );
}

#[test]
fn versions_and_names_are_those_of_records() {
    let of = |purl: &str, name: &str| {
        let list = sbom(&cyclone(&json!([library(name, "", purl)]))).inventory().packages.items;
        (list[0].name.clone(), list[0].version.clone())
    };
    for (purl, name, expected, version) in [
        (
            "pkg:golang/github.com/azure/x@v1.2.3",
            "github.com/Azure/x",
            "github.com/Azure/x",
            "1.2.3",
        ),
        ("pkg:golang/github.com/azure/x@v1.2.3", "x", "github.com/azure/x", "1.2.3"),
        ("pkg:golang/stdlib@1.22.3", "stdlib", "stdlib", "1.22.3"),
        ("pkg:maven/org.x/a@1", "a", "org.x:a", "1"),
        ("pkg:pypi/Zope.Interface@1", "x", "zope-interface", "1"),
        ("pkg:rpm/redhat/openssl@3-1.el9?epoch=1", "openssl", "openssl", "1:3-1.el9"),
        ("pkg:deb/debian/a@1%3A2-1", "a", "a", "1:2-1"),
        ("pkg:composer/symfony/yaml@v5", "yaml", "symfony/yaml", "v5"),
        ("pkg:gem/rake@1", "rake", "rake", "1"),
    ] {
        assert_eq!(of(purl, name), (expected.to_owned(), version.to_owned()), "{purl}");
    }
}

#[test]
fn packages_of_rpm_have_their_module_and_the_epoch_of_their_source() {
    let purl = "pkg:rpm/redhat/openssl-libs@3-1.el9?epoch=1&rpmmod=a:1:2:3&upstream=openssl-3-1.el9.src.rpm";
    let inventory = sbom(&cyclone(&json!([library("openssl-libs", "3-1.el9", purl)]))).inventory();
    let [one] = inventory.packages.items.as_slice() else { panic!("{inventory:?}") };
    assert_eq!(one.module.as_deref(), Some("a:1:2:3"));
    let source = one.source.clone();
    assert_eq!(source, Some(("openssl".to_owned(), "1:3-1.el9".to_owned())));
    assert!(crate::packages::purl::purl(one, None).contains("&rpmmod=a:1:2:3"));
}

#[test]
fn distributions_are_unknown_where_package_urls_differ() {
    let of = |purls: &[&str]| {
        let components: Vec<Value> = purls.iter().map(|purl| library("x", "1", purl)).collect();
        sbom(&cyclone(&json!(components))).inventory().os
    };
    assert_eq!(of(&["pkg:npm/x@1"]), Answer::Absent);
    let two = ["pkg:deb/debian/x@1?distro=debian-12", "pkg:deb/debian/x@1?distro=debian-11"];
    assert!(of(&two[..1]).known().is_some() && of(&two).gap().is_some());
    assert!(of(&["pkg:deb/debian/x@1?distro=bookworm"]).gap().is_some());
    let alpine = of(&["pkg:apk/alpine/x@1?distro=3.20.3"]);
    assert_eq!(
        alpine.known().map(|os| (os.id.as_str(), os.version.as_deref())),
        Some(("alpine", Some("3.20.3")))
    );
}

#[test]
fn an_sbom_of_another_image_is_an_error() {
    let digest = Digest::of(Algorithm::Sha256, b"x");
    let identity = Identity {
        manifest: Some(digest.clone()),
        config: Some(Digest::of(Algorithm::Sha256, b"c")),
        ..Identity::default()
    };
    let of = |component: Value| {
        let mut value = cyclone(&json!([]));
        value["metadata"]["component"] = component;
        sbom(&value).check(&identity).map_err(|gap| gap.cause)
    };
    let hash = |content: &str| json!({"type": "container", "name": "a", "hashes": [{"alg": "SHA-256", "content": content}]});
    assert_eq!(
        of(json!({"type": "container", "name": "a", "version": digest.to_string()})),
        Ok(())
    );
    assert_eq!(
        of(json!({"type": "container", "name": "a", "purl": format!("pkg:oci/a@{digest}")})),
        Ok(())
    );
    assert_eq!(of(hash(digest.hex())), Ok(()));
    assert_eq!(of(hash(&"0".repeat(64))), Err(Cause::Mismatch));
    assert_eq!(
        of(json!({"type": "container", "name": "a", "version": "1.2"})),
        Err(Cause::Missing)
    );
    let wrapped = json!({"_type": "https://in-toto.io/Statement/v1", "subject": [{"digest": {"sha256": digest.hex()}}], "predicateType": "https://cyclonedx.org/bom",
        "predicate": cyclone(&json!([]))});
    assert_eq!(sbom(&wrapped).check(&identity), Ok(()));
}

#[test]
fn other_documents_and_versions_are_errors() {
    let limits = Limits::default();
    let with = |mut value: Value, field: &str, to: Value| {
        value[field] = to;
        read(value.to_string().as_bytes(), "s", &limits).unwrap_err().to_string()
    };
    assert_eq!(
        with(cyclone(&json!([])), "specVersion", json!("1.3")),
        "s: $.specVersion: another version of CycloneDX: 1.3 (unsupported)"
    );
    assert_eq!(
        with(spdx(&json!([])), "spdxVersion", json!("SPDX-3.0")),
        "s: $.spdxVersion: another version of SPDX: SPDX-3.0 (unsupported)"
    );
    assert_eq!(
        with(spdx(&json!([])), "creationInfo", json!({"created": "now"})),
        "s: $.creationInfo.created: not a time by RFC 3339 (malformed)"
    );
    assert_eq!(
        with(cyclone(&json!([])), "components", json!({})),
        "s: $.components: not a list (malformed)"
    );
    assert_eq!(
        with(cyclone(&json!([])), "components", json!([3])),
        "s: $.components[0]: not an object (malformed)"
    );
    for text in ["", "{}", "[]", "null", r#"{"spdxVersion":"SPDX-2.3"}"#] {
        assert!(read(text.as_bytes(), "s", &limits).is_err(), "{text}");
    }
    let few = Limits { document_entries: 2, ..Limits::default() };
    let mut nested = library("a", "1", "pkg:npm/a@1");
    nested["components"] =
        json!([library("b", "1", "pkg:npm/b@1"), library("c", "1", "pkg:npm/c@1")]);
    assert_eq!(
        read(cyclone(&json!([nested])).to_string().as_bytes(), "s", &few).unwrap_err().cause,
        Cause::Incomplete
    );
}

#[test]
fn every_prefix_is_an_error_and_depth_is_bounded() {
    let limits = Limits::default();
    for value in [
        cyclone(&json!([library("a", "1", "pkg:npm/a@1")])),
        spdx(&json!([package("SPDXRef-1", "a", "1", "pkg:npm/a@1")])),
    ] {
        let bytes = value.to_string().into_bytes();
        for end in 0..bytes.len() {
            assert!(read(&bytes[..end], "s", &limits).is_err(), "{end}");
        }
    }
    let deep = format!(
        "{{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":{}",
        r#"[{"components":"#.repeat(20_000)
    );
    assert!(read(deep.as_bytes(), "s", &limits).is_err());
}

proptest! {
    #[test]
    fn any_change_can_be_read(at in 0_usize..900, byte in any::<u8>(), format in any::<bool>()) {
        let value = if format { cyclone(&json!([library("a", "1", "pkg:deb/debian/a@1?distro=debian-12")])) } else { spdx(&json!([package("SPDXRef-1", "a", "1", "pkg:npm/a@1")])) };
        let mut bytes = value.to_string().into_bytes();
        let length = bytes.len();
        bytes[at % length] = byte;
        if let Ok(sbom) = read(&bytes, "s", &Limits::default()) {
            let inventory = sbom.inventory();
            prop_assert!(inventory.packages.gaps.len() >= sbom.components.gaps.len());
        }
    }
}
