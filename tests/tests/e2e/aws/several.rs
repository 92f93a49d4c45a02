//! Several regions, accounts and profiles, and an audit that is stopped.

use std::time::Duration;

use posture_tests::{Cloud, Fault, Program, Rule};

const TWO: &[(&str, &str)] =
    &[("us-east-1", "ENABLED_BY_DEFAULT"), ("eu-central-1", "ENABLED"), ("ap-east-1", "DISABLED")];

#[test]
fn every_enabled_region_is_read_and_no_other() {
    let cloud = Cloud::with("100000000040", "regions");
    cloud.regions(TWO);
    let run = cloud.report(&[]);
    assert_eq!(run.gaps(), []);
    assert!(!cloud.calls().iter().any(|call| call.region == "ap-east-1"));
    assert_eq!(run.outcome("detection.threat-detector", "us-east-1"), "pass");
    assert_eq!(run.outcome("detection.threat-detector", "eu-central-1"), "fail");
    assert_eq!(run.findings("logging.log-group-retention").len(), 2);
    // A region that is not enabled has nothing to judge: the report shows it, and it is not a read error.
    let regions = &run.json()["scopes"][0]["regions"];
    let disabled: Vec<&str> = regions
        .as_array()
        .unwrap()
        .iter()
        .filter(|region| region["enabled"] == false)
        .map(|region| region["name"].as_str().unwrap())
        .collect();
    assert_eq!(disabled, ["ap-east-1"]);
    assert_eq!(run.findings("detection.threat-detector").len(), 2);
}

#[test]
fn a_region_that_refuses_is_unknown_and_the_others_are_judged() {
    let cloud = Cloud::with("100000000041", "regions");
    cloud.regions(TWO);
    cloud.rule(Rule::deny("*").region("eu-central-1"));
    let run = cloud.report(&["--control", "detection.threat-detector", "--control", "keys"]);
    assert_eq!(run.outcome("detection.threat-detector", "us-east-1"), "pass");
    assert_eq!(run.outcome("detection.threat-detector", "eu-central-1"), "unknown");
}

#[test]
fn regions_can_be_chosen_and_left_out() {
    let cloud = Cloud::with("100000000042", "regions");
    cloud.regions(TWO);
    let only = ["--control", "logging.log-group-retention"];
    for arguments in [["--region", "eu-central-1"], ["--exclude-region", "us-east-1"]] {
        let run = cloud.report(&[&only[..], &arguments].concat());
        let findings = run.findings("logging.log-group-retention");
        assert_eq!(findings.len(), 1, "{arguments:?}: {findings:?}");
        assert_eq!(findings[0].resource.as_deref(), Some("group-eu-central-1"));
    }
}

#[test]
fn a_region_that_does_not_exist_is_an_error_with_the_list() {
    let cloud = Cloud::with("100000000043", "regions");
    cloud.regions(TWO);
    let run = cloud.audit(&["--region", "eu-centrall-1"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("eu-centrall-1"), "{}", run.err);
    assert!(run.err.contains("eu-central-1"), "{}", run.err);
    assert!(run.err.contains("us-east-1"), "{}", run.err);
    assert_eq!(run.out, "");
}

/// The accounts of an organization, as the local server made them.
fn organization(cloud: &Cloud) -> [String; 2] {
    let made = cloud.add("organization");
    let mut lines = made.lines().map(str::to_owned);
    [lines.next().unwrap(), lines.next().unwrap()]
}

#[test]
fn an_account_of_the_organization_that_refuses_is_a_gap_and_not_the_end() {
    let cloud = Cloud::empty("100000000044");
    let [open, refusing] = organization(&cloud);
    cloud.rule(Rule::deny("sts:AssumeRole").about(&refusing));
    let run = cloud.report_with_examples(&["--organization", "--control", "storage"]);
    let report = run.json();
    let scopes: Vec<&str> =
        report["scopes"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut expected = [cloud.account(), &open, &refusing];
    expected.sort_unstable();
    assert_eq!(scopes, expected);
    assert_eq!(run.gaps(), [("sts:AssumeRole".to_owned(), "denied".to_owned())]);
    for finding in report["findings"].as_array().unwrap() {
        assert_eq!(
            finding["outcome"] == "unknown",
            finding["scope"] == refusing.as_str(),
            "{finding}"
        );
    }
}

#[test]
fn an_organization_that_cannot_be_listed_is_an_error() {
    let cloud = Cloud::empty("100000000045");
    cloud.rule(Rule::deny("organizations:ListAccounts"));
    let run = cloud.audit(&["--organization"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("organizations:ListAccounts"), "{}", run.err);
}

#[test]
fn several_roles_are_several_accounts() {
    let cloud = Cloud::empty("100000000046");
    let role = |account: &str| format!("arn:aws:iam::{account}:role/auditor");
    let (one, two) = (role("100000000047"), role("100000000048"));
    cloud.rule(Rule::deny("sts:AssumeRole").about("100000000048"));
    let only = ["--control", "storage.account-public-access-block"];
    let run = cloud.report(&[&only[..], &["--role-arn", &one, "--role-arn", &two]].concat());
    let control = "storage.account-public-access-block";
    assert_eq!(run.outcome(control, "100000000047"), "fail");
    assert_eq!(run.outcome(control, "100000000048"), "unknown");

    // The external id travels with the request, and the only account that refuses is a failure of the whole.
    cloud.calls();
    cloud.report(&[&only[..], &["--role-arn", &one, "--external-id", "shared-4711"]].concat());
    let assumed = cloud.calls().into_iter().find(|call| call.action == "sts:AssumeRole").unwrap();
    assert!(assumed.arguments.contains("ExternalId=shared-4711"), "{}", assumed.arguments);
    let run = cloud.audit(&["--role-arn", &two]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains(&two) && run.err.contains("not authorized"), "{}", run.err);
}

#[test]
fn profiles_are_read_from_the_shared_configuration() {
    let (first, second) = (Cloud::empty("100000000049"), Cloud::empty("100000000050"));
    let configuration = format!(
        "[profile first]\nendpoint_url = {}\nregion = us-east-1\n[profile second]\nendpoint_url = {}\nregion = us-east-1\n",
        first.endpoint(),
        second.endpoint()
    );
    let credentials = format!(
        "[first]\naws_access_key_id = {0}\naws_secret_access_key = x\n[second]\naws_access_key_id = {0}\naws_secret_access_key = x\n",
        Cloud::KEY
    );
    let run = Program::new()
        .file("config", &configuration)
        .file("credentials", &credentials)
        .env("AWS_CONFIG_FILE", "config")
        .env("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .args(&[
            "audit",
            "aws",
            "--format",
            "json",
            "--control",
            "storage.account-public-access-block",
        ])
        .args(&["--profile", "first", "--profile", "second"])
        .run();
    let report = run.json();
    let scopes: Vec<&str> =
        report["scopes"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(scopes, [first.account(), second.account()]);
}

/// A profile that leads to a simulated account, by the key that the proxy accepts.
fn shared(cloud: &Cloud, names: &[&str]) -> Program {
    let (mut config, mut credentials) = (String::new(), String::new());
    for name in names {
        config += &format!("[profile {name}]\nregion = us-east-1\n");
        credentials +=
            &format!("[{name}]\naws_access_key_id = {}\naws_secret_access_key = x\n", Cloud::KEY);
    }
    Program::new()
        .file("config", &config)
        .file("credentials", &credentials)
        .env("AWS_CONFIG_FILE", "config")
        .env("AWS_SHARED_CREDENTIALS_FILE", "credentials")
        .env("AWS_ENDPOINT_URL", &cloud.endpoint())
}

/// Keys of another account, which the local server represents directly.
fn other_keys(program: Program) -> Program {
    program.env("AWS_ACCESS_KEY_ID", "AKIAOTHERACCOUNT0000").env("AWS_SECRET_ACCESS_KEY", "y")
}

const ONE: &str = "storage.account-public-access-block";

#[test]
fn a_named_profile_goes_before_keys_in_the_environment() {
    let cloud = Cloud::empty("100000000081");
    let audit = ["audit", "aws", "--format", "json", "--control", ONE];
    let scope =
        |run: &posture_tests::Run| run.json()["scopes"][0]["id"].as_str().unwrap().to_owned();

    let program = other_keys(shared(&cloud, &["production"]));
    let run = program.args(&audit).args(&["--profile", "production"]).run();
    assert_eq!(scope(&run), cloud.account());
    assert!(cloud.calls().iter().all(|call| call.key == Cloud::KEY));
    assert!(run.err.contains("AWS_ACCESS_KEY_ID in the environment is not used"), "{}", run.err);

    // The same in a configuration.
    let program = other_keys(shared(&cloud, &["production"]));
    let target = "[[target]]\nprovider = \"aws\"\nprofile = \"production\"\n";
    let run = program
        .file("posture.toml", target)
        .args(&["audit", "targets", "--format", "json", "--control", ONE])
        .run();
    assert_eq!(scope(&run), cloud.account());
    assert!(cloud.calls().iter().all(|call| call.key == Cloud::KEY));

    // What the environment names comes after its keys, as with the AWS CLI, and the output notes it.
    let program = other_keys(shared(&cloud, &["production"])).env("AWS_PROFILE", "production");
    let run = program.args(&audit).run();
    assert_ne!(scope(&run), cloud.account());
    assert!(run.err.contains("takes precedence over AWS_PROFILE"), "{}", run.err);
    let quiet = other_keys(shared(&cloud, &["production"])).env("AWS_PROFILE", "production");
    assert_eq!(quiet.args(&audit).args(&["--quiet"]).run().err, "");
}

#[test]
fn an_unknown_profile_is_an_error_with_the_nearest_names() {
    let cloud = Cloud::empty("100000000082");
    for keys in [false, true] {
        let program = shared(&cloud, &["production", "staging"]);
        let program = if keys { other_keys(program) } else { program };
        let run = program.args(&["audit", "aws", "--profile", "productoin"]).run();
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(
            run.err.contains("the shared AWS configuration has no profile `productoin`"),
            "{}",
            run.err
        );
        assert!(run.err.contains("did you mean `production`?"), "{}", run.err);
    }
    let program = other_keys(shared(&cloud, &["production"])).env("AWS_PROFILE", "productoin");
    let run = program.args(&["audit", "aws"]).run();
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("AWS_PROFILE"), "{}", run.err);
    // A profile without credentials is not one that others could replace.
    let program = other_keys(shared(&cloud, &["production"]));
    let program =
        program.file("config", "[profile production]\n[profile empty]\nregion = us-east-1\n");
    let run = program.args(&["audit", "aws", "--profile", "empty"]).run();
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("profile `empty` has no usable credentials"), "{}", run.err);
    assert_eq!(cloud.calls().len(), 0);
}

#[test]
fn a_second_profile_of_the_same_account_is_noted() {
    let cloud = Cloud::empty("100000000083");
    let audit = ["audit", "aws", "--format", "json", "--control", ONE];
    let run = shared(&cloud, &["first", "second"])
        .args(&audit)
        .args(&["--profile", "first", "--profile", "second"])
        .run();
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 1);
    let expected = format!("profile `second` also resolves to account {}", cloud.account());
    assert!(run.err.contains(&expected), "{}", run.err);
    let targets = "[[target]]\nprovider = \"aws\"\nprofile = \"first\"\n\
                   [[target]]\nprovider = \"aws\"\nprofile = \"second\"\n";
    let run = shared(&cloud, &["first", "second"])
        .file("posture.toml", targets)
        .args(&["audit", "targets", "--format", "json", "--control", ONE])
        .run();
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 1);
    assert!(run.err.contains("two targets resolve to"), "{}", run.err);
}

/// A proxy that lets nothing through, and the hosts that it was asked for.
fn closed_proxy() -> (String, std::sync::Arc<std::sync::Mutex<Vec<String>>>) {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let hosts = std::sync::Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            hosts.lock().unwrap().push(first);
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        }
    });
    (address, asked)
}

/// Which hosts are asked through the proxy, in order.
fn asked_by(arguments: &[&str], environment: &[(&str, &str)]) -> (Vec<String>, posture_tests::Run) {
    let (address, asked) = closed_proxy();
    let mut program = Program::new()
        .env("HTTPS_PROXY", &address)
        .env("AWS_ACCESS_KEY_ID", Cloud::KEY)
        .env("AWS_SECRET_ACCESS_KEY", "canary-secret-key-0123456789");
    for (name, value) in environment {
        program = program.env(name, value);
    }
    let run = program.args(&["audit", "aws"]).args(arguments).run();
    assert_eq!(run.code, 1, "{}", run.err);
    let mut hosts: Vec<String> = Vec::new();
    for line in asked.lock().unwrap().iter() {
        let host = line.strip_prefix("CONNECT ").and_then(|rest| rest.split(':').next());
        let host = host.unwrap_or_else(|| panic!("{line}")).to_owned();
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    (hosts, run)
}

#[test]
fn the_first_call_goes_where_region_and_settings_say_and_through_the_proxy() {
    let one = |host: &str| vec![host.to_owned()];
    let (hosts, run) = asked_by(&[], &[]);
    assert_eq!(hosts, one("sts.us-east-1.amazonaws.com"));
    assert!(run.err.contains("the proxy refused the connection"), "{}", run.err);
    assert!(run.err.contains("127.0.0.1"), "{}", run.err);
    let (hosts, _) = asked_by(&["--region", "cn-north-1"], &[]);
    assert_eq!(hosts, one("sts.cn-north-1.amazonaws.com.cn"));
    let (hosts, _) = asked_by(&["--region", "us-gov-west-1"], &[("AWS_REGION", "eu-west-1")]);
    assert_eq!(hosts, one("sts.us-gov-west-1.amazonaws.com"));
    let (hosts, _) = asked_by(&["--region", "eu-central-1"], &[]);
    assert_eq!(hosts, ["sts.eu-central-1.amazonaws.com", "sts.us-east-1.amazonaws.com"]);
    let (hosts, _) = asked_by(&[], &[("AWS_USE_FIPS_ENDPOINT", "true")]);
    assert_eq!(hosts, one("sts-fips.us-east-1.amazonaws.com"));
    let (hosts, _) = asked_by(&[], &[("AWS_USE_DUALSTACK_ENDPOINT", "true")]);
    assert_eq!(hosts, one("sts.us-east-1.api.aws"));
}

#[test]
fn what_is_meant_for_this_machine_goes_through_no_proxy() {
    let cloud = Cloud::empty("100000000084");
    let (address, asked) = closed_proxy();
    let mut program = cloud.program();
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        program = program.env(name, &address);
    }
    let run = program.args(&["audit", "aws", "--format", "json", "--control", ONE]).run();
    assert_eq!(run.outcome(ONE, cloud.account()), "fail");
    assert_eq!(*asked.lock().unwrap(), [] as [String; 0]);
}

#[test]
fn settings_that_cannot_be_used_are_named() {
    for (name, value) in
        [("AWS_CA_BUNDLE", "/nowhere/ca.pem"), ("HTTPS_PROXY", "socks5://user:canary@127.0.0.1:1")]
    {
        let run = Cloud::empty("100000000085").program().env(name, value);
        let run = run.args(&["audit", "aws"]).run();
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains(name) && !run.err.contains("canary"), "{}", run.err);
    }
}

#[test]
fn a_profile_that_needs_a_code_says_so() {
    let cloud = Cloud::empty("100000000086");
    cloud.rule(Rule::deny("sts:AssumeRole"));
    let config = "[profile guarded]\nrole_arn = arn:aws:iam::100000000087:role/audit\n\
                  source_profile = plain\nmfa_serial = arn:aws:iam::100000000086:mfa/anna\n\
                  [profile plain]\nregion = us-east-1\n";
    let run = shared(&cloud, &["plain"])
        .file("config", config)
        .args(&["audit", "aws", "--profile", "guarded"])
        .run();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("arn:aws:iam::100000000086:mfa/anna"), "{}", run.err);
    assert!(run.err.contains("aws configure export-credentials --profile guarded"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_profile_of_a_console_session_is_asked_for_through_the_command_line_it_comes_from() {
    use std::os::unix::fs::PermissionsExt;
    let cloud = Cloud::empty("100000000091");
    let config = "[profile console]\nlogin_session = arn:aws:iam::100000000091:user/anna\nregion = us-east-1\n";
    let script = format!(
        "#!/bin/sh\necho \"$@\" > asked\necho '{{\"Version\":1,\"AccessKeyId\":\"{}\",\"SecretAccessKey\":\"x\",\
         \"SessionToken\":\"y\",\"Expiration\":\"2099-01-01T00:00:00Z\"}}'\n",
        Cloud::KEY
    );
    let program = || {
        let program = other_keys(shared(&cloud, &[])).file("config", config);
        let path = format!("{}:/usr/bin:/bin", program.folder().display());
        program.env("PATH", &path)
    };
    let arguments = ["audit", "aws", "--profile", "console", "--format", "json", "--control", ONE];
    let with = program().file("aws", &script);
    std::fs::set_permissions(with.folder().join("aws"), PermissionsExt::from_mode(0o755)).unwrap();
    let run = with.args(&arguments).run();
    assert_eq!(run.outcome(ONE, cloud.account()), "fail");
    let asked = std::fs::read_to_string(run.path("asked")).unwrap();
    assert_eq!(asked.trim(), "configure export-credentials --profile console --format process");
    // Without it, nothing else replaces it.
    let run = program().env("PATH", "/usr/bin:/bin").args(&arguments).run();
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("needs the AWS CLI"), "{}", run.err);
}

/// The last account of the list is suspended, and the one before it is about to be closed.
fn inactive(text: String) -> String {
    let mut page: serde_json::Value = serde_json::from_str(&text).unwrap();
    let accounts = page["Accounts"].as_array_mut().unwrap();
    let states = ["SUSPENDED", "PENDING_CLOSURE"];
    for (account, state) in accounts.iter_mut().rev().zip(states) {
        account["State"] = state.into();
        account["Status"] = "SUSPENDED".into();
    }
    page.to_string()
}

#[test]
fn accounts_that_are_not_active_are_not_gaps() {
    let cloud = Cloud::empty("100000000088");
    let [first, second] = organization(&cloud);
    cloud.rule(Rule::edit("organizations:ListAccounts", inactive));
    let run = cloud.report(&["--organization", "--control", ONE]);
    let report = run.json();
    let scopes = report["scopes"].as_array().unwrap();
    assert_eq!(scopes.len(), 1, "{scopes:?}");
    assert_eq!(run.gaps(), []);
    for (account, word) in [(first, "pending closure"), (second, "suspended")] {
        let expected = format!("{account} ({word})");
        assert!(run.err.contains(&expected), "{expected}: {}", run.err);
    }
    assert!(!cloud.has_called("sts:AssumeRole"));
}

#[test]
fn accounts_of_the_organization_can_be_left_out() {
    let cloud = Cloud::empty("100000000089");
    let [kept, left] = organization(&cloud);
    let run = cloud.report(&[
        "--organization",
        "--control",
        ONE,
        "--exclude-account",
        &left,
        "--exclude-account",
        "999999999999",
    ]);
    let report = run.json();
    let scopes: Vec<&str> =
        report["scopes"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    let mut expected = [cloud.account(), &kept];
    expected.sort_unstable();
    assert_eq!(scopes, expected);
    assert!(run.err.contains("999999999999"), "{}", run.err);
    assert!(!cloud.calls().iter().any(|call| call.arguments.contains(&left)));
    let run = cloud.audit(&["--organization", "--exclude-account", "12"]);
    assert_eq!(run.code, 2, "{}", run.err);
}

#[test]
fn a_throttled_organization_is_waited_for() {
    let cloud = Cloud::empty("100000000090");
    organization(&cloud);
    cloud.rule(Rule::new("organizations:ListAccounts", Fault::Throttle).times(3));
    let run = cloud.report(&["--organization", "--control", ONE]);
    assert_eq!(run.json()["scopes"].as_array().unwrap().len(), 3);
    assert_eq!(run.gaps(), []);
}

#[test]
fn an_interrupted_audit_keeps_what_it_has_and_says_that_it_is_partial() {
    let cloud = Cloud::with("100000000051", "small");
    cloud.rule(Rule::new("s3:GetBucketVersioning", Fault::Slow(Duration::from_secs(3600))));
    cloud.calls();
    let running = cloud.program().args(&["audit", "aws", "--save", "partial.json"]).start();
    while !cloud.has_called("s3:GetBucketVersioning") {
        std::thread::sleep(Duration::from_millis(50));
    }
    // Until nothing else is asked any more.
    while !cloud.calls().is_empty() {
        std::thread::sleep(Duration::from_secs(1));
    }
    running.interrupt();
    let run = running.wait();
    assert_eq!(run.code, 11, "{}", run.err);
    assert!(run.err.contains("partial.json"), "{}", run.err);
    let kept = run.path("partial.json");
    let again = Program::new().args(&["check", kept.to_str().unwrap()]).run();
    assert!(again.out.contains("Stopped before it finished."), "{}", again.out);
    assert_eq!(again.code, 10, "{}", again.err);
    let again = Program::new().args(&["check", kept.to_str().unwrap(), "--format", "json"]).run();
    let unread = again.findings("storage.versioning");
    assert!(unread.iter().all(|finding| finding.outcome == "unknown"), "{unread:?}");
    assert!(
        again.gaps().contains(&("s3:GetBucketVersioning".to_owned(), "canceled".to_owned())),
        "{:?}",
        again.gaps()
    );
}
