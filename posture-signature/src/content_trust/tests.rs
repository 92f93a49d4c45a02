use super::*;

fn uses(text: &str) -> Vec<(Use, usize)> {
    find(text).into_iter().map(|found| (found.what, found.line)).collect()
}

#[test]
fn the_famous_line_consists_of_commands_that_do_not_exist() {
    let found = find("docker content trust --inspect app:1.2 | docker security scan --stdin\n");
    let shown: Vec<_> = found.iter().map(|found| (found.what, found.words.as_str())).collect();
    assert_eq!(
        shown,
        [
            (Use::NoSuchContentTrust, "docker content trust"),
            (Use::NoSuchScan, "docker security scan")
        ]
    );
    assert!(Use::NoSuchContentTrust.instead().contains("cosign verify"));
    assert!(Use::NoSuchScan.instead().contains("posture audit image"));
}

#[test]
fn the_variable_is_found_in_every_usual_form() {
    for text in [
        "DOCKER_CONTENT_TRUST=1",
        "export DOCKER_CONTENT_TRUST=1",
        "  - DOCKER_CONTENT_TRUST=1",
        "  DOCKER_CONTENT_TRUST: \"1\"",
        "  DOCKER_CONTENT_TRUST: 1 # signed images only",
        "  DOCKER_CONTENT_TRUST : 'true'",
        "{\"DOCKER_CONTENT_TRUST\": \"1\"}",
        "ENV DOCKER_CONTENT_TRUST=1 OTHER=2",
        "ENV DOCKER_CONTENT_TRUST 1",
        "set -x DOCKER_CONTENT_TRUST 1",
        "setenv DOCKER_CONTENT_TRUST 1",
        "$env:DOCKER_CONTENT_TRUST = 1",
        "SET DOCKER_CONTENT_TRUST=1",
        "DOCKER_CONTENT_TRUST=yes docker pull app",
        "DOCKER_CONTENT_TRUST=1;docker pull app",
        "DOCKER_CONTENT_TRUST=1&&docker pull app",
        "docker run -e DOCKER_CONTENT_TRUST=1 app",
        "- {name: DOCKER_CONTENT_TRUST, value: \"1\"}",
        "{\"name\":\"DOCKER_CONTENT_TRUST\",\"value\":\"1\"}",
    ] {
        assert_eq!(uses(text), [(Use::Enabled, 1)], "{text}");
    }
    assert_eq!(uses("- name: DOCKER_CONTENT_TRUST\n  value: \"1\"\n"), [(Use::Enabled, 2)]);
    for text in [
        "DOCKER_CONTENT_TRUST=$TRUST",
        "DOCKER_CONTENT_TRUST: ${{ vars.TRUST }}",
        "set DOCKER_CONTENT_TRUST=%T%",
    ] {
        assert_eq!(uses(text), [(Use::Variable, 1)], "{text}");
    }
}

#[test]
fn what_is_off_or_only_read_is_not_reliance() {
    for text in [
        "",
        "DOCKER_CONTENT_TRUST=0",
        "DOCKER_CONTENT_TRUST=false",
        "DOCKER_CONTENT_TRUST: \"\"",
        "DOCKER_CONTENT_TRUST=",
        "unset DOCKER_CONTENT_TRUST && docker pull app",
        "export DOCKER_CONTENT_TRUST",
        "  - DOCKER_CONTENT_TRUST",
        "if [ \"$DOCKER_CONTENT_TRUST\" = 1 ]; then",
        "echo ${DOCKER_CONTENT_TRUST:-1}",
        "# DOCKER_CONTENT_TRUST=1",
        "// docker trust sign app",
        "REM set DOCKER_CONTENT_TRUST=1",
        "MY_DOCKER_CONTENT_TRUST=1",
        "DOCKER_CONTENT_TRUSTED=1",
        "docker pull --disable-content-trust app",
        "docker pull --disable-content-trust=true app",
        "docker run app trust sign",
        "docker scout cves app",
        "docker image inspect app | grep trust",
        "docker trusted inspect",
        "the notary signs the list",
        "echo notary list",
        "- name: DOCKER_CONTENT_TRUST\n  value: \"0\"\n",
        "- name: DOCKER_CONTENT_TRUST\n- name: OTHER\n- name: C\n- name: D\n  value: \"1\"\n",
    ] {
        assert_eq!(uses(text), [], "{text}");
    }
}

#[test]
fn commands_servers_and_flags_are_found() {
    for (text, what) in [
        ("docker trust sign app:1", Use::Command),
        ("  run: docker --context build trust inspect --pretty app", Use::Command),
        ("docker trust key generate dev", Use::Command),
        ("docker build --disable-content-trust=false .", Use::Flag),
        ("  --disable-content-trust=false \\", Use::Flag),
        ("DOCKER_CONTENT_TRUST_SERVER=https://notary.example.com", Use::Server),
        ("notary -s https://notary.example.com list app", Use::Notary),
        ("sudo notary init app", Use::Notary),
        ("curl https://notary.docker.io/v2/", Use::Address),
    ] {
        assert_eq!(uses(text), [(what, 1)], "{text}");
        assert!(!what.instead().is_empty());
    }
    assert_eq!(uses("notary -s https://notary.docker.io list app").len(), 2);
}

#[test]
fn no_secret_and_nothing_that_controls_a_terminal_is_shown() {
    let text = "DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE=hunter2\nDOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE: hunter2\n\
                DOCKER_CONTENT_TRUST_SERVER=https://user:hunter2@notary.example.com\nDOCKER_CONTENT_TRUST=\u{1b}[31m\n";
    let found = find(text);
    assert_eq!(found.len(), 4, "{found:?}");
    for found in found {
        assert!(!found.words.contains("hunter2") && !found.words.contains('\u{1b}'), "{found:?}");
    }
}

#[test]
fn a_huge_text_is_bounded() {
    assert_eq!(find(&"DOCKER_CONTENT_TRUST=1\n".repeat(300_000)).len(), USES);
    let long = format!("{}DOCKER_CONTENT_TRUST=1", "é".repeat(1 << 20));
    assert_eq!(uses(&long), []);
}
