//! The first command of a newcomer: an audit of clouds that are simulated in the same process.

use posture_tests::Program;

#[test]
fn the_demo_audits_clouds_a_cluster_and_images_without_any_network() {
    // Credentials and addresses of the environment are none of its business.
    let run = Program::new()
        .env("AWS_ENDPOINT_URL", "http://203.0.113.1")
        .env("AWS_ENDPOINT_URL_IAM", "http://203.0.113.1")
        .env("AWS_PROFILE", "nobody")
        .args(&["demo", "--format", "json"])
        .run();
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let scopes = report["scopes"].as_array().unwrap();
    let of = |provider: &str| scopes.iter().filter(|scope| scope["provider"] == provider).count();
    assert_eq!(of("aws"), 3, "{scopes:#?}");
    // Two subscriptions and the tenant above them.
    assert_eq!(of("azure"), 3, "{scopes:#?}");
    assert_eq!(of("kubernetes"), 1, "{scopes:#?}");
    assert_eq!(of("image"), 2, "{scopes:#?}");
    let clouds =
        scopes.iter().filter(|scope| scope["provider"] == "aws" || scope["provider"] == "azure");
    assert!(clouds.into_iter().all(|scope| scope["partition"] == "simulated"));
    // One image is looked after, and one is not.
    for control in ["images.root-user", "images.latest-tag", "images.setuid-files"] {
        assert_eq!(run.outcome(control, "registry.example/shop/web:2.0"), "pass", "{control}");
        assert_eq!(run.outcome(control, "registry.example/shop/api:latest"), "fail", "{control}");
    }
    for control in ["images.critical-vulnerabilities", "images.known-exploited-vulnerabilities"] {
        assert_eq!(run.outcome(control, "CVE-1900-0001 in openssl"), "fail");
    }
    // Production is looked after, the sandbox is not, and there not everything may be read.
    assert_eq!(run.outcome("storage.public-access", "contoso-sandbox-share"), "fail");
    assert_eq!(run.outcome("storage.public-access", "contoso-reports"), "pass");
    assert!(
        run.gaps()
            .iter()
            .any(|(action, why)| action.starts_with("kms:") && why.starts_with("denied"))
    );
    for framework in report["frameworks"].as_array().unwrap() {
        assert!(framework["coverage"].is_object() || framework["states"].is_object());
    }
}

/// The smallest terminal, with several of the worst failures and not a list of frameworks alone.
#[test]
fn the_demo_fits_one_screen() {
    let run = Program::new().args(&["demo"]).run();
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(lines.len() <= 23, "{}", run.out);
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{}", run.out);
    assert!(lines.iter().filter(|line| line.starts_with("CRITICAL")).count() >= 5, "{}", run.out);
    assert!(run.out.contains("more frameworks: --all"), "{}", run.out);
    assert!(lines[0].contains("AWS") && lines[0].contains("Kubernetes"), "{}", run.out);
}

#[test]
fn the_demo_stays_on_this_machine_whatever_proxy_there_is() {
    let run = Program::new()
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .args(&["demo", "--format", "json"])
        .run();
    assert_eq!(run.code, 10, "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_check_takes_no_network_at_all() {
    let isolated = |program: &std::path::Path, arguments: &[&str]| {
        let mut command = std::process::Command::new("unshare");
        command.arg("-rn").arg(program).args(arguments).output().unwrap()
    };
    if !isolated("true".as_ref(), &[]).status.success() {
        println!("this machine allows no user to create a network; NOT tested");
        return;
    }
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let output = isolated(&Program::path(), &["check", example]);
    assert_eq!(output.status.code(), Some(10), "{}", String::from_utf8_lossy(&output.stderr));
}
