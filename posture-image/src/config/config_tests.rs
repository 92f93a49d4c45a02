use super::*;

fn config(json: &str) -> Result<Config, Gap> {
    Config::read(json.as_bytes(), "config", &Limits::default())
}

#[test]
fn fields_of_docker_are_read_too() {
    let config = config(
        r#"{"os":"linux","architecture":"arm64","variant":"v8","config":{"User":"app","Env":["PATH=/bin","A=b=c","X"],
        "ExposedPorts":{"22/tcp":{},"8080":{},"53/udp":{},"x":{}},"Volumes":{"/etc/":{},"/data":{}},
        "Healthcheck":{"Test":["CMD-SHELL","true"]},"OnBuild":["RUN x"],"Entrypoint":["/bin/sh","-c","x"],
        "Labels":{"a":"b"},"Cmd":null},"rootfs":{"type":"layers","diff_ids":[]}}"#,
    )
    .unwrap();
    assert_eq!(config.env[1], ("A".to_owned(), "b=c".to_owned()));
    assert_eq!(
        config.ports.items.iter().map(Port::to_string).collect::<Vec<_>>(),
        ["22/tcp", "53/udp", "8080/tcp"]
    );
    assert_eq!(config.ports.gaps.len(), 1);
    assert_eq!(config.ports.items[0].management(), Some("SSH"));
    assert!(config.ports.items[1].is_privileged() && !config.ports.items[2].is_privileged());
    assert_eq!(config.sensitive_volumes(), ["/etc/"]);
    let volumes = ["/var/../etc", "/root/.ssh", "//proc/./1", "/rooted", "/etc/app", "/../bin"];
    let volumes = volumes.map(str::to_owned).to_vec();
    let config = Config { volumes, ..config };
    assert_eq!(config.sensitive_volumes(), ["/var/../etc", "/root/.ssh", "//proc/./1", "/../bin"]);
    assert_eq!(config.health, Health::Command(vec!["true".into()]));
    assert!(config.starts_shell());
}

#[test]
fn what_has_another_type_is_malformed() {
    for wrong in [
        "",
        "[]",
        "null",
        r#"{"config":[]}"#,
        r#"{"config":{"User":5}}"#,
        r#"{"config":{"Env":{}}}"#,
        r#"{"config":{"Env":[1]}}"#,
        r#"{"config":{"ExposedPorts":[]}}"#,
        r#"{"rootfs":{"diff_ids":["x"]}}"#,
        r#"{"config":{"user":"a","User":"b"}}"#,
        r#"{"config":{"Labels":["x"]}}"#,
        r#"{"config":{"exposedports":{"22/tcp":{}}}}"#,
        r#"{"config":{"volumes":{"/etc":{}}}}"#,
        r#"{"config":{"env":["A=b"]}}"#,
        r#"{"Config":{"User":"0"}}"#,
        r#"{"config":{"Healthcheck":{"test":["NONE"]}}}"#,
        r#"{"config":{},"History":[]}"#,
        "{\"config\":{\"u\u{17f}er\":\"0\",\"User\":\"1\"}}",
    ] {
        assert_eq!(config(wrong).unwrap_err().cause, Cause::Malformed, "{wrong}");
    }
}

#[test]
fn health_checks_have_several_forms() {
    for (check, expected) in [
        ("null", Health::Absent),
        ("{}", Health::Absent),
        (r#"{"Test":[]}"#, Health::Absent),
        (r#"{"Test":["NONE"]}"#, Health::Off),
        (r#"{"Test":["CMD","a","b"]}"#, Health::Command(vec!["a".into(), "b".into()])),
    ] {
        assert_eq!(
            config(&format!(r#"{{"config":{{"Healthcheck":{check}}}}}"#)).unwrap().health,
            expected
        );
    }
    for wrong in [r#"{"Test":["CMD"]}"#, r#"{"Test":"x"}"#, r#"{"Test":["X"]}"#, r#"{"Test":[1]}"#]
    {
        let health = config(&format!(r#"{{"config":{{"Healthcheck":{wrong}}}}}"#)).unwrap().health;
        assert!(matches!(health, Health::Unknown(_)), "{wrong}");
    }
}

#[test]
fn ports_are_read_strictly() {
    assert_eq!(Port::parse("80-90/TCP").unwrap().to_string(), "80-90/tcp");
    assert_eq!(Port::parse("20-25").unwrap().management(), Some("FTP"));
    for wrong in ["", "0", "65536", "+80", "80/", "80/icmp", "90-80", "80/tcp/x", "-1"] {
        assert_eq!(Port::parse(wrong), None, "{wrong}");
    }
}
