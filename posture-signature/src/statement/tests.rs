use serde_json::{Value, json};

use super::*;

const DIGITS: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn image() -> Digest {
    Digest::sha256(b"")
}

fn statement(predicate_type: &str, predicate: &Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": "other", "digest": { "sha256": "00" } }, { "name": "app", "digest": { "sha1": "11", "sha256": DIGITS } }],
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

fn parse(value: &Value) -> Result<About, String> {
    read(value.to_string().as_bytes(), &image(), &Limits::default())
}

fn provenance(predicate_type: &str, predicate: &Value) -> Option<Provenance> {
    parse(&statement(predicate_type, predicate)).unwrap().statement.provenance
}

#[test]
fn one_of_the_subjects_must_be_the_image() {
    let good = statement("https://example.com/p", &json!({}));
    assert_eq!(parse(&good).unwrap().other, None);
    for subject in [
        json!([]),
        json!([{}]),
        json!([{ "digest": {} }]),
        json!([{ "digest": { "sha512": DIGITS } }]),
        json!([{ "digest": { "SHA256": DIGITS } }]),
        json!([{ "digest": { "sha256": DIGITS.to_uppercase() } }]),
        json!([{ "digest": { "sha256": format!("sha256:{DIGITS}") } }]),
        json!([{ "name": DIGITS, "digest": { "sha256": &DIGITS[..63] } }]),
    ] {
        let mut other = good.clone();
        other["subject"] = subject.clone();
        assert!(parse(&other).unwrap().other.is_some(), "{subject}");
    }
}

#[test]
fn what_is_not_a_statement_is_malformed() {
    let good = statement("https://example.com/p", &json!({}));
    for (field, value) in [
        ("_type", json!("https://in-toto.io/Statement/v2")),
        ("_type", json!(1)),
        ("predicateType", json!(null)),
        ("subject", json!({})),
        ("subject", json!([{ "digest": { "sha256": 1 } }])),
        ("subject", Value::Array(vec![json!({}); 10_001])),
    ] {
        let mut wrong = good.clone();
        wrong[field] = value;
        assert!(parse(&wrong).is_err(), "{field}");
    }
    let mut old = good.clone();
    old["_type"] = "https://in-toto.io/Statement/v0.1".into();
    assert!(parse(&old).is_ok());
    let twice = good.to_string().replacen("\"subject\":", "\"subject\":[],\"subject\":", 1);
    assert!(read(twice.as_bytes(), &image(), &Limits::default()).is_err());
    assert!(read("[".repeat(100_000).as_bytes(), &image(), &Limits::default()).is_err());
    let deep = format!(
        "{{\"a\":{}1{},{}",
        "[".repeat(100_000),
        "]".repeat(100_000),
        &good.to_string()[1..]
    );
    // What is not read is skipped without recursion.
    assert!(read(deep.as_bytes(), &image(), &Limits::default()).is_ok());
}

#[test]
fn the_kind_follows_from_the_type_of_the_predicate() {
    for (predicate, kind) in [
        ("https://slsa.dev/provenance/v0.2", Kind::Provenance),
        ("https://slsa.dev/provenance/v1", Kind::Provenance),
        ("https://spdx.dev/Document", Kind::BillOfMaterials),
        ("https://spdx.dev/Document/v2.3", Kind::BillOfMaterials),
        ("https://cyclonedx.org/bom", Kind::BillOfMaterials),
        ("https://cyclonedx.org/bom/v1.6", Kind::BillOfMaterials),
        ("https://openvex.dev/ns", Kind::Exploitability),
        ("https://openvex.dev/ns/v0.2.0", Kind::Exploitability),
        ("https://cosign.sigstore.dev/attestation/vuln/v1", Kind::Scan),
        ("https://in-toto.io/attestation/vulns/v0.2", Kind::Scan),
        ("https://cyclonedx.org/bomb", Kind::Other("https://cyclonedx.org/bomb".into())),
        (
            "https://sigstore.dev/cosign/sign/v1",
            Kind::Other("https://sigstore.dev/cosign/sign/v1".into()),
        ),
        ("a\u{1b}b", Kind::Other("a\\u{1b}b".into())),
    ] {
        let about = parse(&statement(predicate, &json!({}))).unwrap();
        assert_eq!(about.statement.kind, kind);
        assert_eq!(about.signature, predicate == "https://sigstore.dev/cosign/sign/v1");
    }
}

#[test]
fn provenance_states_builder_source_and_revision() {
    let some = |text: &str| Some(text.to_owned());
    let old = json!({
        "builder": { "id": "https://ci.example.com" },
        "buildType": "https://example.com/build",
        "invocation": { "configSource": { "uri": "git+https://git.example.com/app@refs/heads/main", "digest": { "sha1": "aa" } } },
        "metadata": { "buildInvocationID": "7" },
    });
    let expected = Provenance {
        builder: some("https://ci.example.com"),
        build_type: some("https://example.com/build"),
        source: some("git+https://git.example.com/app@refs/heads/main"),
        revision: some("aa"),
        invocation: some("7"),
    };
    assert_eq!(provenance("https://slsa.dev/provenance/v0.2", &old), Some(expected.clone()));
    let github = json!({
        "buildDefinition": {
            "buildType": "https://actions.github.io/buildtypes/workflow/v1",
            "externalParameters": { "workflow": { "ref": "refs/tags/v1", "repository": "https://github.com/example/app", "path": "x" } },
            "resolvedDependencies": [
                { "uri": "pkg:docker/alpine", "digest": { "sha256": "bb" } },
                { "uri": "git+https://github.com/example/app@refs/tags/v1", "digest": { "gitCommit": "aa" } },
            ],
        },
        "runDetails": { "builder": { "id": "https://github.com/actions/runner" }, "metadata": { "invocationId": "7" } },
    });
    let expected = Provenance {
        builder: some("https://github.com/actions/runner"),
        build_type: some("https://actions.github.io/buildtypes/workflow/v1"),
        source: some("https://github.com/example/app@refs/tags/v1"),
        ..expected
    };
    assert_eq!(provenance("https://slsa.dev/provenance/v1", &github), Some(expected));
    let buildkit = json!({
        "builder": { "id": "" },
        "buildType": "https://mobyproject.org/buildkit@v1",
        "materials": [{ "uri": "pkg:docker/alpine@3", "digest": { "sha256": "bb" } }],
        "metadata": { "https://mobyproject.org/buildkit@v1#metadata": { "vcs": { "source": "git@git.example.com:app", "revision": "cc" } } },
    });
    let found = provenance("https://slsa.dev/provenance/v0.2", &buildkit).unwrap();
    assert_eq!(
        (found.builder, found.source, found.revision),
        (None, some("git@git.example.com:app"), some("cc"))
    );
}

#[test]
fn provenance_of_another_shape_or_version_is_not_read() {
    assert_eq!(provenance("https://slsa.dev/provenance/v0.1", &json!({})), None);
    assert_eq!(provenance("https://slsa.dev/provenance/v1", &json!("x")), None);
    assert_eq!(
        provenance("https://slsa.dev/provenance/v1", &json!({ "runDetails": { "builder": 1 } })),
        None
    );
    assert_eq!(
        provenance("https://slsa.dev/provenance/v1", &json!({})),
        Some(Provenance::default())
    );
    let long =
        json!({ "runDetails": { "builder": { "id": format!("\u{1b}{}", "x".repeat(10_000)) } } });
    let builder = provenance("https://slsa.dev/provenance/v1", &long).unwrap().builder.unwrap();
    assert!(builder.starts_with("\\u{1b}") && builder.len() < 400);
}
