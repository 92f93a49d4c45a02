//! Whole tenants: which subscriptions are read, and what one that refuses costs.

use posture_sim::azure::{Scenario, Subscription};
use posture_sim::{Fault, Rule};
use posture_tests::azure::{
    SUBSCRIPTION, Tenant, account, ago, answer, assert_planned, tenant, with,
};
use posture_tests::{Program, TlsProxy};
use serde_json::json;

const OTHER: &str = "aaaaaaaa-0000-4000-8000-000000000002";

fn two() -> Scenario {
    let mut scenario = with(vec![account("records")]);
    scenario.subscriptions.push(Subscription {
        id: OTHER.to_owned(),
        name: "staging".to_owned(),
        resources: vec![account("drafts")],
        ..Subscription::default()
    });
    scenario
}

#[test]
fn one_subscription_that_denies_access_is_a_gap_and_the_run_continues() {
    let mut scenario = two();
    scenario.subscriptions[1].denied = true;
    let run = Tenant::serve(scenario).json(&["--control", "storage"]);
    assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
    let findings = run.findings("storage.minimum-tls");
    let refused: Vec<_> = findings.iter().filter(|f| f.resource.is_none()).collect();
    assert_eq!(refused.len(), 1, "{findings:?}");
    assert_eq!(refused[0].outcome, "unknown");
    assert_eq!(refused[0].gap.as_ref().unwrap().1, "denied");
    assert_eq!(run.code, 11);
}

#[test]
fn a_subscription_is_chosen_by_id_or_by_a_name_that_only_one_has() {
    let tenant = Tenant::serve(two());
    for name in [OTHER, &OTHER.to_uppercase(), "staging"] {
        let run = tenant.json(&["--control", "storage", "--subscription", name]);
        let report = run.json();
        let scopes: Vec<&str> = report["scopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|s| s["id"].as_str().unwrap())
            .collect();
        assert!(scopes.contains(&OTHER) && !scopes.contains(&SUBSCRIPTION), "{scopes:?}");
    }
    let run = tenant.audit(&["--subscription", "stagin"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `staging`"), "{}", run.err);
    let mut twins = two();
    twins.subscriptions[0].name = "staging".to_owned();
    let run = Tenant::serve(twins).audit(&["--subscription", "staging"]);
    assert_eq!(run.code, 2, "two subscriptions have the name: {}", run.out);
}

/// What is not read because its name is unknown is not silently omitted.
#[test]
fn a_subscription_without_an_id_is_not_left_out_without_a_word() {
    let good = json!({ "subscriptionId": SUBSCRIPTION, "displayName": "production" });
    for odd in [
        json!({ "displayName": "staging" }),
        json!({ "subscriptionId": null, "displayName": "staging" }),
        json!({ "subscriptionId": 7 }),
        json!({ "subscriptionId": "../x" }),
        json!(null),
    ] {
        let mut scenario = two();
        let list = json!({ "value": [good, odd] }).to_string();
        scenario.faults.push(answer("/subscriptions?", 200, "", "", Some(&list)));
        let tenant = Tenant::serve(scenario);
        let run = tenant.audit(&["--control", "storage"]);
        assert_eq!(run.code, 1, "{odd}: {}", run.out);
        assert!(run.err.contains("cannot list subscriptions"), "{odd}: {}", run.err);
        // Who names one that is there is not concerned.
        let run = tenant.json(&["--control", "storage", "--subscription", SUBSCRIPTION]);
        assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass", "{odd}");
    }
}

#[test]
fn a_management_group_means_the_subscriptions_below_it_at_any_depth() {
    let mut scenario = two();
    let group = |members: &[&str]| members.iter().map(|m| (*m).to_owned()).collect();
    scenario.management_groups.insert("root".to_owned(), group(&["inner"]));
    scenario.management_groups.insert("inner".to_owned(), group(&[OTHER]));
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(&["--control", "storage", "--management-group", "root"]);
    assert_eq!(run.findings("storage.minimum-tls").len(), 1);
    assert_eq!(run.outcome("storage.minimum-tls", "drafts"), "pass");
    for bad in ["nobody", "../../subscriptions", ""] {
        let run = tenant.audit(&["--management-group", bad]);
        assert_eq!(run.code, 1, "{bad}: {}", run.err);
    }
}

#[test]
fn a_management_group_requires_the_permissions_that_are_printed_for_one() {
    for (more, refused) in [(&["--management-group"][..], false), (&[], true)] {
        let permissions = ["permissions", "azure", "--control", "storage"];
        let role = Program::new().args(&permissions).args(more).run().json();
        let actions = role["Actions"].as_array().unwrap().iter();
        let actions = actions.map(|action| action.as_str().unwrap().to_owned()).collect();
        let mut scenario = Scenario { actions, ..two() };
        scenario.management_groups.insert("root".to_owned(), vec![OTHER.to_owned()]);
        let tenant = Tenant::serve(scenario);
        let run = tenant.audit(&["--control", "storage", "--management-group", "root"]);
        assert_eq!(run.code == 1, refused, "{more:?}: {}", run.err);
        // Without a group nothing more is needed.
        assert_ne!(tenant.audit(&["--control", "storage"]).code, 1);
    }
}

#[test]
fn a_provider_that_is_not_registered_has_no_resources() {
    let mut scenario = with(vec![account("records")]);
    scenario.subscriptions[0].unregistered = vec!["Microsoft.Storage".to_owned()];
    let run = Tenant::serve(scenario).json(&["--control", "storage"]);
    let findings = run.findings("storage.minimum-tls");
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].outcome, "not-applicable");
    assert_eq!(run.code, 0);
}

/// The calls that are made are the calls that were planned.
#[test]
fn what_is_planned_is_what_is_called() {
    let mut scenario = two();
    scenario.page_size = 1;
    assert_planned(&scenario, &["--control", "storage"]);
    assert_planned(&scenario, &[]);
}

#[test]
fn each_cloud_is_reached_at_its_own_addresses() {
    for (cloud, host) in
        [("usgovernment", "management.usgovcloudapi.net"), ("china", "management.chinacloudapi.cn")]
    {
        let mut scenario = with(vec![account("records")]);
        scenario.cloud = cloud.to_owned();
        let tenant = Tenant::serve(scenario);
        let run = tenant.json(&["--control", "storage"]);
        assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
        assert!(tenant.requests().iter().any(|request| request.host == host));
        // The login reports this to the other cloud's client.
        let wrong = tenant.program().args(&["audit", "azure", "--simulator", &tenant.url()]).run();
        assert_eq!(wrong.code, 1, "{}", wrong.out);
    }
}

#[test]
fn credentials_that_are_refused_are_explained_and_never_shown() {
    let server = Tenant::serve(tenant());
    let url = server.url();
    let run = server
        .program()
        .env("AZURE_CLIENT_SECRET", "canary-secret")
        .args(&["audit", "azure", "--simulator", &url, "--credential", "environment"])
        .run();
    assert_eq!(run.code, 1);
    assert!(run.err.contains("environment: "), "{}", run.err);
    assert!(run.err.contains("AADSTS7000215"), "{}", run.err);
    assert!(!run.err.contains("canary-secret"), "{}", run.err);
    let none = Program::new().args(&["audit", "azure", "--simulator", &url]).run();
    assert_eq!(none.code, 1);
    assert!(none.err.contains("cli: ") && none.err.contains("az login"), "{}", none.err);
    let elsewhere =
        server.program().args(&["audit", "azure", "--simulator", "http://169.254.169.254"]).run();
    assert_eq!(elsewhere.code, 1);
    assert!(elsewhere.err.contains("not on this machine"), "{}", elsewhere.err);
}

/// A program with a command line of Azure that runs a script.
fn with_cli(script: &str) -> Program {
    use std::os::unix::fs::PermissionsExt as _;
    let program = Program::new().file("az", &format!("#!/bin/sh\n{script}\n"));
    let az = program.folder().join("az");
    std::fs::set_permissions(&az, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.folder().display());
    program.env("PATH", &path)
}

#[test]
fn a_session_of_the_command_line_that_does_not_do_is_named_with_the_login_that_renews_it() {
    const OWN: &str = "11111111-1111-4111-8111-111111111111";
    let server = Tenant::serve(tenant());
    let url = server.url();
    let fails = |code: &str| format!("echo 'ERROR: {code}: no token. Trace ID: x' >&2; exit 1");
    for (script, cause, help) in [
        (
            fails("AADSTS700082"),
            "the session has expired",
            format!("az login --tenant {OWN}"),
        ),
        (
            fails("AADSTS50076"),
            "multifactor authentication is required",
            format!("az login --tenant {OWN}"),
        ),
        (
            "echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1".to_owned(),
            "not signed in",
            format!("az login --tenant {OWN}"),
        ),
        (
            fails("AADSTS50020"),
            "the credentials belong to another tenant",
            format!("az login --tenant {OWN}"),
        ),
        (
            fails("AADSTS50057"),
            "the account or application is locked or disabled",
            "ask an administrator of the tenant to unlock".to_owned(),
        ),
        (
            // {"tid":"22222222-2222-4222-8222-222222222222"}
            r#"echo '{"accessToken": "x.eyJ0aWQiOiIyMjIyMjIyMi0yMjIyLTQyMjItODIyMi0yMjIyMjIyMjIyMjIifQ.y", "expires_on": 4102444800, "expiresOn": "2100-01-01 00:00:00.000000", "tokenType": "Bearer"}'"#.to_owned(),
            "the credentials belong to another tenant",
            format!("az login --tenant {OWN}"),
        ),
    ] {
        let run = with_cli(&script)
            .args(&["audit", "azure", "--simulator", &url, "--credential", "cli", "--tenant", OWN])
            .run();
        assert_eq!(run.code, 1, "{script}: {}", run.out);
        assert!(run.err.contains(&format!("cli: {cause}")), "{script}: {}", run.err);
        assert!(run.err.contains(&help), "{script}: {}", run.err);
    }
}

#[test]
fn what_is_wrong_with_an_application_or_its_tenant_is_named() {
    let server = Tenant::serve(tenant());
    let url = server.url();
    for (name, value, cause) in [
        ("AZURE_TENANT_ID", "99999999-9999-4999-8999-999999999999", "the tenant does not exist"),
        ("AZURE_CLIENT_ID", "nobody", "the tenant has no such application"),
        ("AZURE_CLIENT_SECRET", "wrong", "the client secret is wrong"),
    ] {
        let run = server
            .program()
            .env(name, value)
            .args(&["audit", "azure", "--simulator", &url, "--credential", "environment"])
            .run();
        assert_eq!(run.code, 1, "{name}: {}", run.out);
        assert!(run.err.contains(&format!("environment: {cause}")), "{name}: {}", run.err);
    }
}

/// Credentials of an application for the cloud itself, which can only be asked through a proxy.
fn through(proxy: &str) -> Program {
    Program::new()
        .env("AZURE_TENANT_ID", "11111111-1111-4111-8111-111111111111")
        .env("AZURE_CLIENT_ID", "22222222-2222-4222-8222-222222222222")
        .env("AZURE_CLIENT_SECRET", "canary-secret")
        .env("HTTPS_PROXY", proxy)
        .args(&["audit", "azure", "--credential", "environment"])
}

#[test]
fn a_connection_that_is_refused_is_named() {
    let server = Tenant::serve(tenant());
    // A port without a listener.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let closed = format!("http://{closed}");
    let simulated = server
        .program()
        .args(&["audit", "azure", "--simulator", &closed])
        .args(&["--credential", "environment"]);
    let proxied = through(&closed);
    for (program, cause) in [
        (simulated, "environment: the connection was refused"),
        (proxied, "environment: the proxy refused the connection"),
    ] {
        let run = program.run();
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.err.contains(cause), "{}", run.err);
        assert!(run.err.contains("Connection refused"), "{}", run.err);
    }
}

#[test]
fn a_proxy_whose_name_has_no_address_is_named() {
    // No part of a name may be so long: the system rejects it, and asks no server.
    let run = through(&format!("http://{}.invalid:1", "a".repeat(64))).run();
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("environment: the proxy refused the connection"), "{}", run.err);
    assert!(run.err.contains("dns error"), "{}", run.err);
    assert!(run.err.contains("check HTTPS_PROXY"), "{}", run.err);
}

#[test]
fn a_certificate_that_cannot_be_trusted_is_named() {
    for (ends, trusted, cause) in [
        (2200, false, "from an authority that this machine does not trust"),
        // One that has ended by this machine's clock, whatever that says.
        (2001, true, "the clock of this machine is wrong"),
    ] {
        let proxy = TlsProxy::start(ends);
        let mut program = through(&proxy.address());
        if trusted {
            program = program.env("SSL_CERT_FILE", proxy.authority().to_str().unwrap());
        }
        let run = program.run();
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.err.contains(cause), "{}", run.err);
        // What will not change is not tried again.
        assert_eq!(proxy.asked(), ["login.microsoftonline.com"]);
    }
}

#[test]
fn what_a_simulator_reports_is_marked_as_such() {
    let run = Tenant::serve(tenant()).json(&["--control", "storage"]);
    for scope in run.json()["scopes"].as_array().unwrap() {
        assert_eq!(scope["partition"], "simulated");
    }
}

#[test]
fn the_environment_does_not_say_where_a_secret_goes() {
    let server = Tenant::serve(with(vec![account("records")]));
    let url = server.url();
    let run = server
        .program()
        .env("AZURE_AUTHORITY_HOST", "https://evil.example/")
        .args(&["audit", "azure", "--simulator", &url, "--control", "storage", "--format", "json"])
        .run();
    assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
    let requests = server.requests();
    assert!(requests.iter().all(|request| !request.host.contains("evil")), "{requests:?}");
}

#[test]
fn no_secret_and_no_token_is_kept_or_shown() {
    let mut scenario = with(vec![account("records")]);
    scenario.client.secret = "canary-client-secret-0123456789".to_owned();
    let server = Tenant::serve(scenario);
    let url = server.url();
    let run = server
        .program()
        .env("RUST_LOG", "trace")
        .args(&["audit", "azure", "--simulator", &url, "-vvv", "--details", "--save", "kept.json"])
        .args(&["--format", "json", "--output", "report.json"])
        .run();
    let read = |name: &str| std::fs::read_to_string(run.path(name)).unwrap();
    for text in [&run.out, &run.err, &read("kept.json"), &read("report.json")] {
        // The second is how every token of the simulator begins.
        for canary in ["canary-client-secret-0123456789", "eyJhbGciOi"] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
    }
}

#[test]
fn only_reads_are_ever_asked_and_no_other_host() {
    let server = Tenant::serve(posture_tests::azure::example());
    server.audit(&[]);
    server.audit(&["--plan"]);
    let requests = server.requests();
    assert!(requests.len() > 50, "{}", requests.len());
    for request in requests {
        let (host, path) = (request.host.as_str(), request.path.as_str());
        let reads = match (request.method.as_str(), host) {
            ("GET", "management.azure.com" | "graph.microsoft.com") => true,
            // The secret for a token; a query and a batch do not fit into an address.
            ("POST", "login.microsoftonline.com") => path.ends_with("/oauth2/v2.0/token"),
            ("POST", "management.azure.com") => {
                path == "/providers/Microsoft.ResourceGraph/resources"
            }
            ("POST", "graph.microsoft.com") => path == "/v1.0/$batch",
            _ => false,
        };
        assert!(reads, "{request:?}");
    }
}

#[test]
fn ages_are_counted_by_the_clock_of_the_provider() {
    let mut scenario = tenant();
    // Of a day more than ninety by this machine's clock, by the provider's of a day less.
    let user = |id: &str, days: i64| {
        json!({
            "@odata.type": "#microsoft.graph.user", "id": id, "userPrincipalName": id,
            "accountEnabled": true, "userType": "Member", "createdDateTime": ago(700),
            "signInActivity": { "lastSuccessfulSignInDateTime": ago(days) },
        })
    };
    scenario.graph.insert("/users".to_owned(), json!([user("anna", 91)]));
    let control = ["--control", "identity.unused-user"];
    assert_eq!(Tenant::serve(scenario.clone()).json(&control).outcome(control[1], "anna"), "fail");
    scenario.clock_ahead = -2 * 86_400;
    let server = Tenant::serve(scenario.clone());
    let run = server.json(&control);
    assert_eq!(run.outcome(control[1], "anna"), "pass");
    let report = run.json();
    for scope in report["scopes"].as_array().unwrap() {
        let ahead = scope["clock-ahead-seconds"].as_i64().unwrap();
        assert!((172_799..=172_802).contains(&ahead), "{ahead}");
    }
    let table = server.audit(&[&control[..], &["--all"]].concat());
    assert!(table.out.contains("2880 minutes ahead"), "{}", table.out);
    // A few minutes do not matter.
    scenario.clock_ahead = 200;
    let run = Tenant::serve(scenario.clone()).json(&control);
    assert!(run.json()["scopes"][0]["clock-ahead-seconds"].is_null());
    // With an implausible time, it is unknown how long ago anything was.
    scenario.clock_ahead = 0;
    let before_the_release = "Thu, 01 Jan 2026 00:00:00 GMT".to_owned();
    scenario.faults = vec![Rule::new("*", Fault::Date(before_the_release))];
    let run = Tenant::serve(scenario).json(&control);
    assert_eq!(run.outcome(control[1], "anna"), "unknown");
}
