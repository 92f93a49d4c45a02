//! The files in the folder in which posture is started.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use posture_tests::Program;

/// A program in a folder full of bait, at home elsewhere.
fn baited(home: &str) -> Program {
    const PROFILE: &str = "[default]\nregion = us-east-1\ncredential_process = touch taken\n";
    let program = Program::new()
        .env("HOME", home)
        .env("PATH", "/usr/bin:/bin")
        .file(
            ".env",
            "AWS_ACCESS_KEY_ID=AKIABAIT\nAWS_SECRET_ACCESS_KEY=x\nAZURE_CLIENT_SECRET=x\n",
        )
        .file("config", PROFILE)
        .file(
            "credentials",
            "[default]\naws_access_key_id = AKIABAIT\naws_secret_access_key = x\n",
        );
    let folder = program.folder().to_owned();
    for name in [".aws", ".azure"] {
        std::fs::create_dir(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join("config"), PROFILE).unwrap();
    }
    for name in ["az", "azd", "aws"] {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\ntouch '{}/taken'\n", folder.display())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    program
}

#[test]
fn nothing_but_the_configuration_is_read_from_the_current_folder() {
    let elsewhere = tempfile::tempdir().unwrap();
    let home = elsewhere.path().to_str().unwrap();
    for arguments in [&["audit", "aws"][..], &["audit", "azure"]] {
        let run = baited(home).args(arguments).run();
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains("no usable credentials"), "{}", run.err);
        assert!(!run.path("taken").exists(), "{arguments:?}");
    }
    // The bait would be taken if a caller asked for it.
    let run = baited(home).env("AWS_CONFIG_FILE", "config").args(&["audit", "aws"]).run();
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.path("taken").exists(), "{}", run.err);
}
