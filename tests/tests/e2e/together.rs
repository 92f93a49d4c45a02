//! Both providers in one run, from one configuration.

use posture_tests::scenes::Estate;

#[test]
fn one_configuration_is_one_report_of_both_providers() {
    let estate = Estate::new("100000000077");
    let run = estate.audit(&["--format", "json"]);
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let scopes = report["scopes"].as_array().unwrap().iter();
    let providers: Vec<&str> = scopes.map(|scope| scope["provider"].as_str().unwrap()).collect();
    assert_eq!(providers, ["aws", "azure", "azure", "azure"]);

    // The same control judges what both of them call by other names.
    let judged = run.findings("storage.public-access");
    let passes = |name: &str| {
        judged
            .iter()
            .any(|found| found.resource.as_deref() == Some(name) && found.outcome == "pass")
    };
    assert!(passes("website-100000000077") || passes("contosorecords"), "{judged:?}");
    assert_eq!(run.outcome("storage.public-access", "contosolegacy"), "fail");

    // What either did not report is unknown.
    let gaps: Vec<String> = run.gaps().into_iter().map(|(action, _)| action).collect();
    assert_eq!(
        gaps,
        ["Microsoft.KeyVault/vaults/secrets/read", "guardduty:ListDetectors", "s3:GetBucketPolicy"]
    );

    // Both map to a requirement, each alone and together.
    let table = estate.audit(&["--framework", "csf"]).out;
    for heading in ["AWS", "Azure"] {
        assert!(table.contains(heading), "{table}");
    }
}
