use super::*;

pub(super) fn bom(vulnerabilities: &Value) -> Value {
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 2,
        "metadata": {"timestamp": "2026-01-01T00:00:00Z", "authors": [{"name": "C"}]},
        "components": [{"type": "library", "name": "x", "bom-ref": "x", "purl": "pkg:pypi/x@1.0"},
            {"type": "library", "name": "y", "bom-ref": "y", "components": [{"type": "library", "name": "curl", "bom-ref": "c", "purl": "pkg:deb/debian/curl@1-1"}]}],
        "vulnerabilities": vulnerabilities})
}

pub(super) fn analyzed(id: &str, state: &str, reference: &str) -> Value {
    json!({"id": id, "analysis": {"state": state, "justification": "code_not_reachable"}, "affects": [{"ref": reference}]})
}

#[test]
fn states_of_cyclonedx_are_statements() {
    for (state, status) in [
        ("not_affected", Status::NotAffected),
        ("false_positive", Status::NotAffected),
        ("exploitable", Status::Affected),
        ("resolved", Status::Fixed),
        ("resolved_with_pedigree", Status::Fixed),
        ("in_triage", Status::UnderInvestigation),
    ] {
        let (short, reasons, _, found) =
            applied(&[doc(&bom(&json!([analyzed("PYSEC-1", state, "x")])))]);
        assert_eq!(
            (short, reasons),
            (vec![("PYSEC-1".to_owned(), vec![status])], vec![]),
            "{state}"
        );
        assert_eq!(found.iter().find(|one| one.id == "PYSEC-1").unwrap().vex[0].author, "C");
    }
    let own = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2#x";
    assert_eq!(applied(&[doc(&bom(&json!([analyzed("PYSEC-1", "in_triage", own)])))]).0.len(), 1);
    let other = "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#x";
    assert_eq!(
        applied(&[doc(&bom(&json!([analyzed("PYSEC-1", "in_triage", other)])))]).1,
        ["it is about a component of another document"]
    );
    let mut reference = analyzed("VENDOR-7", "resolved", "c");
    reference["references"] = json!([{"id": "CVE-2026-1", "source": {"name": "NVD"}}]);
    assert_eq!(applied(&[doc(&bom(&json!([reference])))]).0[0].0, "CVE-2026-1");
    for (place, wrong) in [
        ("$.vulnerabilities[0]", analyzed("", "resolved", "x")),
        ("$.vulnerabilities[0].analysis", analyzed("PYSEC-1", "maybe", "x")),
        ("$.vulnerabilities[0].affects[0]", analyzed("PYSEC-1", "resolved", "nothing")),
        ("$.vulnerabilities[0]", json!({"id": "PYSEC-1", "analysis": {"state": "resolved"}})),
    ] {
        let document = doc(&bom(&json!([wrong])));
        assert_eq!(
            (document.statements.items.len(), document.statements.gaps[0].place.as_str()),
            (0, format!("v.json: {place}").as_str())
        );
    }
    // A list of vulnerabilities is not a statement about them.
    let only = bom(&json!([{"id": "PYSEC-1", "affects": [{"ref": "x"}]}]));
    assert_eq!(
        read(only.to_string().as_bytes(), "v", &[], &Limits::default()).unwrap_err().cause,
        Cause::Missing
    );
    let mut old = bom(&json!([]));
    old["specVersion"] = json!("1.3");
    assert_eq!(
        read(old.to_string().as_bytes(), "v", &[], &Limits::default()).unwrap_err().cause,
        Cause::Unsupported
    );
}

#[test]
fn versions_and_the_product_of_cyclonedx_narrow_a_statement() {
    let with = |versions: Value| {
        let mut statement = analyzed("PYSEC-1", "not_affected", "x");
        statement["affects"][0]["versions"] = versions;
        let document = doc(&bom(&json!([statement])));
        let gaps = document.statements.gaps.len();
        let (short, reasons, ..) = applied(&[document]);
        (short.len(), gaps, reasons.first().copied().unwrap_or_default())
    };
    assert_eq!(with(json!([{"version": "1.0"}])), (1, 0, ""));
    assert_eq!(with(json!([{"version": "1.0", "status": "unaffected"}])), (1, 0, ""));
    assert_eq!(with(json!([{"version": "1.1"}])), (0, 0, "it is about other versions"));
    assert_eq!(
        with(json!([{"range": "vers:pypi/<2"}])),
        (0, 0, "it is about a range of versions, which is not evaluated")
    );
    assert_eq!(with(json!([{"version": "1.0", "status": "unknown"}])), (0, 1, ""));
    assert_eq!(with(json!([{"version": "1.0", "range": "x"}])), (0, 1, ""));
    let product = |component: Value| {
        let mut value = bom(&json!([analyzed("PYSEC-1", "not_affected", "x")]));
        value["metadata"]["component"] = component;
        let (short, reasons, ..) = applied(&[doc(&value)]);
        (short.len(), reasons.first().copied().unwrap_or_default())
    };
    let image = |digest: &Digest| json!({"type": "container", "name": "app", "bom-ref": "root", "version": digest.to_string()});
    assert_eq!(product(image(&digest("manifest"))), (1, ""));
    assert_eq!(product(image(&digest("other"))), (0, "it is about an image with another digest"));
    assert_eq!(product(json!({"type": "container", "name": "app", "bom-ref": "root"})).0, 0);
    assert_eq!(product(json!({"type": "application", "name": "app", "bom-ref": "root"})).0, 0);
    let mut whole = bom(&json!([analyzed("PYSEC-1", "not_affected", "root")]));
    whole["metadata"]["component"] = image(&digest("index"));
    assert_eq!(applied(&[doc(&whole)]).0.len(), 1);
}

#[test]
fn references_lead_into_the_sboms_that_are_given() {
    let sbom = |digest: &str| {
        let value = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:11111111-395b-41f5-a30f-a58921a69b79", "version": 3,
            "metadata": {"component": {"type": "container", "name": "app", "bom-ref": "root", "version": digest}},
            "components": [{"type": "library", "name": "x", "version": "1.0", "bom-ref": "pkg:pypi/x@1.0", "purl": "pkg:pypi/x@1.0"}]});
        crate::sbom::read(value.to_string().as_bytes(), "s.json", &Limits::default()).unwrap()
    };
    let with = |reference: &str, sboms: &[crate::sbom::Sbom]| {
        let link = format!("urn:cdx:11111111-395b-41f5-a30f-a58921a69b79/{reference}");
        let value = bom(&json!([analyzed("PYSEC-1", "not_affected", &link)]));
        let document =
            read(value.to_string().as_bytes(), "v.json", sboms, &Limits::default()).unwrap();
        let (short, reasons, ..) = applied(&[document]);
        (short.len(), reasons.first().copied().unwrap_or_default())
    };
    let own = [sbom(&digest("manifest").to_string())];
    assert_eq!(with("3#pkg:pypi/x@1.0", &own), (1, ""));
    assert_eq!(with("3#root", &own), (1, ""));
    let unknown = (0, "it is about a component of another document");
    assert_eq!(with("3#other", &own), unknown);
    assert_eq!(with("2#pkg:pypi/x@1.0", &own), unknown);
    assert_eq!(with("3#pkg:pypi/x@1.0", &[]), unknown);
    assert_eq!(with("3#pkg:pypi/x@1.0", &[sbom("1.2")]), unknown);
    let other = [sbom(&digest("other").to_string())];
    assert_eq!(with("3#pkg:pypi/x@1.0", &other), (0, "it is about an image with another digest"));
}

#[test]
fn a_statement_without_a_time_may_be_the_latest() {
    let mut dated = analyzed("PYSEC-1", "not_affected", "x");
    dated["updated"] = json!("2026-02-01T00:00:00Z");
    let mut value = bom(&json!([dated, analyzed("PYSEC-1", "exploitable", "x")]));
    value["metadata"].as_object_mut().unwrap().remove("timestamp");
    let (short, _, all, _) = applied(&[doc(&value)]);
    assert_eq!(short, [("PYSEC-1".to_owned(), vec![Status::Affected])]);
    assert_eq!(all.gaps[0].cause, Cause::Ambiguous);
}
