//! The first minutes: what the program shows of itself, and what it writes to begin with.

use posture_tests::Program;

fn screen(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn alone_on_a_terminal_it_says_what_can_be_done_now() {
    let run = Program::new().on_terminal(80, 24);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(screen(&run.out).len() <= 15, "{}", run.out);
    for words in ["no credentials", "posture demo", "posture init", "posture --help"] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    let program = Program::new()
        .env("AWS_ACCESS_KEY_ID", "AKIACANARY")
        .env("AWS_SECRET_ACCESS_KEY", "canary")
        .env("AWS_SESSION_TOKEN", "canary")
        .env("AZURE_TENANT_ID", "canary-tenant")
        .env("AZURE_CLIENT_ID", "canary-client")
        .env("AZURE_CLIENT_SECRET", "canary")
        // Whatever would be called does not answer.
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .file("posture.toml", "[[target]]\nprovider = \"aws\"\nname = \"production\"\n");
    std::fs::create_dir(program.folder().join(".aws")).unwrap();
    std::fs::create_dir(program.folder().join(".kube")).unwrap();
    std::fs::write(
        program.folder().join(".kube/config"),
        "current-context: prod\ncontexts: [{name: prod, context: {}}]\nusers: [{name: u, user: {token: canary}}]\n",
    )
    .unwrap();
    std::fs::write(
        program.folder().join(".aws/config"),
        "[default]\nregion = eu-west-1\n[profile \u{202e}]\naws_secret_access_key = canary\n[profile dev]\n",
    )
    .unwrap();
    let run = program.on_terminal(80, 24);
    assert_eq!(run.code, 0, "{}", run.out);
    assert!(screen(&run.out).len() <= 16, "{}", run.out);
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);
    assert!(!run.out.to_lowercase().contains("canary"), "{}", run.out);
    for words in [
        "access key in the environment; profiles default, dev",
        "application in the environment",
        "1 target: production",
        "posture audit aws",
        "kubeconfig with 1 context, the current one is `prod`",
        "posture audit azure",
        "posture audit kubernetes",
        "posture audit targets",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
}

#[test]
fn alone_elsewhere_it_shows_its_help_and_fails() {
    let run = Program::new().run();
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("Usage: posture") && run.err.contains("Examples:"), "{}", run.err);
}

#[test]
fn a_configuration_to_begin_with_is_written_once_and_loads() {
    let run = Program::new().args(&["init"]).run();
    assert_eq!(run.code, 0, "{}", run.err);
    let written = std::fs::read_to_string(run.path("posture.toml")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = run.path("posture.toml").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o7133, 0, "{mode:o}");
    }
    let printed = Program::new().args(&["init", "--output", "-"]).run();
    assert_eq!((printed.code, &printed.out), (0, &written));
    assert!(!printed.path("posture.toml").exists());
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let check = ["check", example, "--quiet"];
    let plain = Program::new().args(&check).run();
    let with = Program::new().file("posture.toml", &written).args(&check).run();
    assert_eq!((with.code, &with.out, with.err.as_str()), (plain.code, &plain.out, ""));
    let again = Program::new().file("posture.toml", "# mine\n").args(&["init"]).run();
    assert_eq!(again.code, 2, "{}", again.err);
    assert!(again.err.contains("is not overwritten"), "{}", again.err);
    assert_eq!(std::fs::read_to_string(again.path("posture.toml")).unwrap(), "# mine\n");
}

#[test]
fn manual_pages_and_completions_are_printed() {
    let page = Program::new().args(&["manual"]).run();
    assert_eq!(page.code, 0, "{}", page.err);
    assert!(page.out.contains(".TH posture 1") && page.out.contains(".SH NAME"), "{}", page.out);
    let all = Program::new().args(&["manual", "man/man1"]).run();
    assert_eq!(all.code, 0, "{}", all.err);
    for name in ["posture", "posture-audit-aws", "posture-exceptions-add"] {
        assert!(all.path(&format!("man/man1/{name}.1")).exists(), "{name}: {}", all.out);
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Program::new().args(&["completions", shell]).run();
        assert_eq!(script.code, 0, "{}", script.err);
        for words in ["manual", "organization", "quiet"] {
            assert!(script.out.contains(words), "{shell}: {words}");
        }
    }
}

#[test]
fn what_others_call_a_command_is_answered_with_its_name() {
    for (typed, meant) in [
        ("aws", "`posture audit aws`"),
        ("scan", "`posture audit aws` or `posture audit azure`"),
        ("compliance", "`posture frameworks list`"),
    ] {
        let run = Program::new().args(&[typed, "--profile", "x"]).run();
        assert_eq!(run.code, 2, "{}", run.err);
        assert_eq!(run.out, "");
        assert!(run.err.contains(meant) && run.err.contains(typed), "{}", run.err);
    }
    // A typing error is answered with the nearest name.
    let run = Program::new().args(&["aduit"]).run();
    assert_eq!(run.code, 2);
    assert!(run.err.contains("audit"), "{}", run.err);
    let version = Program::new().args(&["version"]).run();
    let flag = Program::new().args(&["--version"]).run();
    assert_eq!((version.code, version.out), (flag.code, flag.out));
}

#[test]
fn color_follows_the_flag_and_the_variables() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    for (variable, value, flag, expected) in [
        ("X", "1", "auto", false),
        ("FORCE_COLOR", "1", "auto", true),
        ("CLICOLOR_FORCE", "1", "auto", true),
        ("CLICOLOR_FORCE", "0", "auto", false),
        ("FORCE_COLOR", "1", "never", false),
        ("NO_COLOR", "1", "always", true),
    ] {
        for arguments in [&["check", example][..], &["--help"]] {
            let program = Program::new().env(variable, value).args(arguments);
            let run = program.args(&["--color", flag]).run();
            let colored = run.out.contains('\u{1b}');
            assert_eq!(colored, expected, "{variable}={value} --color {flag}: {arguments:?}");
        }
    }
    for (variable, value, expected) in [
        ("X", "1", true),
        ("NO_COLOR", "0", false),
        ("CLICOLOR", "0", false),
        ("FORCE_COLOR", "0", false),
    ] {
        for arguments in [&["check", example][..], &["--help"]] {
            let run = Program::new().env(variable, value).args(arguments).on_terminal(80, 24);
            assert_eq!(run.out.contains('\u{1b}'), expected, "{variable}={value}: {arguments:?}");
        }
    }
}

/// Standard error and output are one terminal here. What is drawn in between depends on how fast the audit is.
#[test]
fn progress_is_one_line_that_does_not_wrap_and_leaves_nothing_behind() {
    for width in [30, 50, 80] {
        let run = Program::new().args(&["demo"]).on_terminal(width, 24);
        assert_eq!(run.code, 10, "{}", run.out);
        for part in run.out.split(['\r', '\n']) {
            // It is filled up with spaces, so that nothing of what was there stays.
            let part = console::strip_ansi_codes(part);
            let part = part.trim_end();
            if part.contains("throttled") || part.contains("signing in") {
                assert!(console::measure_text_width(part) < width.into(), "{part}");
            }
        }
        let last = run.out.lines().last().unwrap();
        assert!(last.contains("FAILED"), "{last}");
    }
    let quiet = Program::new().args(&["demo", "--quiet"]).on_terminal(80, 24);
    assert!(!quiet.out.contains("throttled"), "{}", quiet.out);
    let elsewhere = Program::new().args(&["demo"]).run();
    assert!(!elsewhere.err.contains("throttled"), "{}", elsewhere.err);
}

/// `cargo install --path posture-cli --locked` builds one program, by the versions of the lock file that is kept.
#[test]
fn the_program_can_be_installed_from_a_clone() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let metadata = std::process::Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "posture-cli").unwrap();
    let programs: Vec<&str> = package["targets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|target| target["kind"][0] == "bin")
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert_eq!(programs, ["posture"]);
    let path = package["manifest_path"].as_str().unwrap();
    assert!(path.ends_with("posture-cli/Cargo.toml"), "{path}");
    for page in ["README.md", "docs/usage.md"] {
        let text = std::fs::read_to_string(format!("{root}/{page}")).unwrap();
        assert!(text.contains("cargo install --path posture-cli --locked"), "{page}");
    }
}
