//! Controls from files, beside those that are built in.

use posture_tests::{Cloud, Program, Rule};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/controls");
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
const OWNER: &str = include_str!("../../../examples/controls/contoso/bucket_owner.toml");

#[test]
fn a_control_from_a_file_is_collected_for_and_judged_as_others_are() {
    let cloud = Cloud::with("655555555555", "clean");
    let only = ["--control-files", FILES, "--control", "contoso"];
    let run = cloud.report(&only);
    assert!(cloud.has_called("s3:GetBucketTagging") && !cloud.has_called("s3:GetBucketPolicy"));
    let found = run.findings("contoso.bucket-owner");
    assert!(found.iter().any(|finding| finding.outcome == "pass"), "{found:?}");
    assert!(found.iter().all(|finding| finding.outcome != "unknown"), "{found:?}");
    // It is about storage accounts only, and there are none in AWS.
    assert!(!run.out.contains("\"control\": \"contoso.kept-long-enough\""));

    cloud.rule(Rule::deny("s3:GetBucketTagging"));
    let denied = cloud.report(&only);
    let found = denied.findings("contoso.bucket-owner");
    assert!(found.iter().all(|finding| finding.outcome == "unknown"), "{found:?}");
    assert!(found.iter().all(|finding| {
        finding.gap.as_ref().is_some_and(|(action, why)| {
            action == "s3:GetBucketTagging" && why.starts_with("denied")
        })
    }));
}

#[test]
fn the_configuration_names_controls_and_sets_their_thresholds() {
    let run = |more: &str| {
        let text = format!(
            "[audit]\ncontrol-files = ['{FILES}']\ncontrols = ['contoso.kept-long-enough']\n{more}"
        );
        Program::new()
            .file("posture.toml", &text)
            .args(&["check", EXAMPLE, "--format", "json"])
            .run()
    };
    let strict = run("");
    assert_eq!(strict.outcome("contoso.kept-long-enough", "contosolegacy"), "fail");
    let lax = run("[control.'contoso.kept-long-enough']\nmin-days = 7\n");
    assert_eq!(lax.outcome("contoso.kept-long-enough", "contosolegacy"), "pass");
    // Both name the rule by which they judged.
    let rule = |run: &posture_tests::Run| run.json()["controls"][0]["rule"].clone();
    assert!(rule(&strict).is_string() && rule(&strict) == rule(&lax), "{}", rule(&strict));
    let wrong = run("[control.'contoso.kept-long-enough']\nmin-day = 7\n");
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("posture.toml:5") && wrong.err.contains("min-days"),
        "{}",
        wrong.err
    );
    let excepted =
        run("[[exception]]\ncontrol = 'contoso.kept-long-enough'\nresource = '*contosolegacy'\n\
         owner = 'x'\nreason = 'y'\nexpires = 2099-01-01\n");
    let found = excepted.json()["findings"].as_array().unwrap().clone();
    assert!(found.iter().any(|finding| !finding["exception"].is_null()), "{found:?}");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_line() {
    let run = |text: &str, arguments: &[&str]| {
        Program::new().file("own.toml", text).args(arguments).run()
    };
    let audit = ["check", EXAMPLE, "--control-files", "own.toml"];
    let typo = run(&OWNER.replace("has(tags.owner)", "has(tag.owner)"), &audit);
    assert_eq!(typo.code, 2);
    let line = 1 + OWNER.lines().position(|line| line.starts_with("pass =")).unwrap();
    let message = format!("own.toml:{line}: `tag` is not a fact of a bucket; did you mean `tags`?");
    assert!(typo.err.contains(&message), "{}", typo.err);
    let shadow = run(&OWNER.replace("contoso.bucket-owner", "storage.versioning"), &audit);
    assert_eq!(shadow.code, 2);
    assert!(shadow.err.contains("a control `storage.versioning` already exists"), "{}", shadow.err);
    // A case that comes out otherwise: nothing is judged by such a control.
    let otherwise = OWNER.replace("has(tags.owner)", "!has(tags.owner)");
    let refused = run(&otherwise, &audit);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("expected pass, got fail"), "{}", refused.err);
    let missing = run("", &["check", EXAMPLE, "--control-files", "nowhere"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("nowhere"), "{}", missing.err);
}

#[test]
fn the_cases_of_a_control_are_judged_on_demand() {
    let run = |text: &str| {
        Program::new().file("own.toml", text).args(&["controls", "test", "own.toml"]).run()
    };
    let right = run(OWNER);
    assert_eq!(right.code, 0, "{}", right.err);
    assert!(right.out.ends_with("4 cases of 1 control: all as expected.\n"), "{}", right.out);
    let wrong = run(&OWNER.replace("has(tags.owner)", "!has(tags.owner)"));
    assert_eq!(wrong.code, 10);
    assert!(wrong.out.contains("WRONG  with an owner"), "{}", wrong.out);
    assert!(wrong.out.contains("expected pass, got fail: tags is"), "{}", wrong.out);
    // A file is foreign text, and may come from anywhere.
    let hostile = run(&OWNER.replace("\"payments\"", "\"\\u001b[2Jpayments\""));
    assert!(!hostile.out.contains('\u{1b}'), "{:?}", hostile.out);
    let list = Program::new().args(&["controls", "--control-files", FILES]).run();
    assert!(list.out.contains("contoso.bucket-owner") && list.out.contains("storage.versioning"));
    // The reader of a report sees by which rule it was judged.
    let page = Program::new()
        .args(&[
            "check",
            EXAMPLE,
            "--control-files",
            FILES,
            "--control",
            "contoso",
            "--format",
            "html",
        ])
        .run();
    assert!(
        page.out.contains("a bucket passes if has(tags.owner) &amp;&amp; tags.owner !="),
        "{}",
        page.err
    );
    let show = Program::new()
        .args(&["controls", "show", "contoso.bucket-owner", "--control-files", FILES])
        .run();
    assert!(show.out.contains("a bucket passes if has(tags.owner)"), "{}", show.out);
}
