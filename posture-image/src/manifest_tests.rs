use super::*;
use crate::digest::Algorithm;

fn sum(text: &str) -> String {
    Digest::of(Algorithm::Sha256, text.as_bytes()).to_string()
}

fn read(text: &str) -> Result<Document, Gap> {
    Document::read(text.as_bytes(), "", "manifest", &Limits::default())
}

fn manifest(extra: &str) -> String {
    format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"{}","digest":"{}","size":1}},"layers":[]{extra}}}"#,
        CONFIGS[0],
        sum("c")
    )
}

#[test]
fn a_document_is_one_thing() {
    assert!(matches!(read(&manifest("")), Ok(Document::Manifest(one)) if one.artifact.is_none()));
    for (text, cause) in [
        (r#"{"schemaVersion":1,"fsLayers":[]}"#.to_owned(), Cause::Unsupported),
        (manifest(r#","manifests":[]"#), Cause::Ambiguous),
        (manifest(r#","Layers":[]"#), Cause::Malformed),
        (manifest(r#","fsLayers":[]"#), Cause::Ambiguous),
        (manifest(r#","mediaType":"application/vnd.oci.image.index.v1+json""#), Cause::Malformed),
        ("{}".to_owned(), Cause::Malformed),
        (r#"{"schemaVersion":2}"#.to_owned(), Cause::Malformed),
        (r#"{"schemaVersion":2,"manifests":[{"size":1}]}"#.to_owned(), Cause::Malformed),
        (
            r#"{"schemaVersion":2,"manifests":[{"size":1,"digest":"md5:00"}]}"#.to_owned(),
            Cause::Unsupported,
        ),
        (r#"{"schemaVersion":2,"manifests":[],"config":{}}"#.to_owned(), Cause::Ambiguous),
    ] {
        assert_eq!(read(&text).unwrap_err().cause, cause, "{text}");
    }
    let stated = Document::read(
        manifest(r#","mediaType":"x""#).as_bytes(),
        MEDIA_TYPES[0],
        "m",
        &Limits::default(),
    );
    assert_eq!(stated.unwrap_err().cause, Cause::Ambiguous);
}

#[test]
fn bounds_are_reported() {
    let limits = Limits { manifest: 10, ..Limits::default() };
    let error = Document::read(manifest("").as_bytes(), "", "m", &limits).unwrap_err();
    assert_eq!(error.cause, Cause::Incomplete);
    let entry = format!(r#"{{"digest":"{}","size":1}}"#, sum("x"));
    let index = format!(r#"{{"schemaVersion":2,"manifests":[{entry},{entry}]}}"#);
    let limits = Limits { index_entries: 1, ..Limits::default() };
    assert_eq!(
        Document::read(index.as_bytes(), "", "m", &limits).unwrap_err().cause,
        Cause::Incomplete
    );
    let limits = Limits { layers: 0, ..Limits::default() };
    let one = manifest("").replace("[]", &format!("[{entry}]"));
    assert_eq!(
        Document::read(one.as_bytes(), "", "m", &limits).unwrap_err().cause,
        Cause::Incomplete
    );
    let deep = manifest(&format!(r#","annotations":{}{}"#, "[".repeat(70), "]".repeat(70)));
    assert_eq!(read(&deep).unwrap_err().cause, Cause::Malformed);
}

#[test]
fn inline_data_is_checked() {
    let with =
        |data: &str| manifest("").replace(r#""size":1"#, &format!(r#""size":1,"data":"{data}""#));
    assert!(read(&with("Yw==")).is_ok());
    assert_eq!(read(&with("ZA==")).unwrap_err().cause, Cause::Mismatch);
    assert_eq!(read(&with("?")).unwrap_err().cause, Cause::Malformed);
}

#[test]
fn artifacts_are_named() {
    let chart = manifest("").replace(CONFIGS[0], "application/vnd.cncf.helm.config.v1+json");
    let Ok(Document::Manifest(chart)) = read(&chart) else { panic!() };
    assert_eq!(chart.artifact.as_deref(), Some("application/vnd.cncf.helm.config.v1+json"));
}

#[test]
fn a_platform_is_chosen_and_attestations_are_none() {
    let entry = |digest: &str, platform: &str, extra: &str| {
        let platform: Vec<&str> = platform.split('/').collect();
        let variant =
            platform.get(2).map_or(String::new(), |variant| format!(r#","variant":"{variant}""#));
        format!(
            r#"{{"digest":"{}","size":1,"platform":{{"os":"{}","architecture":"{}"{variant}}}{extra}}}"#,
            sum(digest),
            platform[0],
            platform[1]
        )
    };
    let attestation = r#","annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#;
    let index = format!(
        r#"{{"schemaVersion":2,"manifests":[{},{},{},{},{}]}}"#,
        entry("a", "linux/amd64", ""),
        entry("b", "linux/arm/v6", ""),
        entry("c", "linux/arm/v7", ""),
        entry("d", "linux/arm64", ""),
        entry("e", "linux/amd64", attestation),
    );
    let Ok(Document::Index(entries)) = read(&index) else { panic!() };
    let chosen = |platform: &str| {
        choose(&entries, &Platform::parse(platform).unwrap(), "index")
            .map(|entry| entry.digest.to_string())
    };
    assert_eq!(chosen("linux/amd64").unwrap(), sum("a"));
    assert_eq!(chosen("linux/arm/v7").unwrap(), sum("c"));
    assert_eq!(chosen("linux/arm64/v8").unwrap(), sum("d"));
    assert_eq!(chosen("linux/arm").unwrap_err().cause, Cause::Ambiguous);
    assert_eq!(chosen("windows/amd64").unwrap_err().cause, Cause::Missing);
    for wrong in ["", "linux", "linux/", "/amd64", "a/b/c/d", "a/b/"] {
        assert_eq!(Platform::parse(wrong), None, "{wrong}");
    }
}
