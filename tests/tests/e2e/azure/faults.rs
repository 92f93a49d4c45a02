//! What goes wrong on the way.

use posture_sim::{Fault, Rule};
use posture_tests::azure::{
    SUBSCRIPTION, Tenant, account, answer as answered, fault, patience, with,
};
use posture_tests::with_little_patience;
use serde_json::{Value, json};

const STORAGE: &[&str] = &["--control", "storage"];

#[test]
fn who_is_throttled_asks_again() {
    let mut scenario = with(vec![account("records")]);
    scenario.faults.push(Rule { times: Some(1), ..patience("/blobServices/default?", 0) });
    let run = Tenant::serve(scenario).json(STORAGE);
    assert_eq!(run.outcome("storage.soft-delete", "records"), "pass");
    let action = "Microsoft.Storage/storageAccounts/blobServices/read";
    let report = run.json();
    // The tenant itself comes after its subscriptions.
    let calls = &report["scopes"][0]["calls"][action];
    assert_eq!((calls["operations"].as_u64(), calls["attempts"].as_u64()), (Some(1), Some(2)));
    assert_eq!(calls["throttled"], 1);
}

#[test]
fn who_is_asked_to_wait_for_an_hour_says_so_at_once() {
    let mut scenario = with(vec![account("records")]);
    scenario.faults.push(patience("/blobServices/default?", 3600));
    let run = Tenant::serve(scenario).json(STORAGE);
    assert_eq!(run.outcome("storage.soft-delete", "records"), "unknown");
    assert_eq!(run.outcome("storage.minimum-tls", "records"), "pass");
    assert!(run.out.contains("asked to wait 3600 seconds"));
    assert_eq!(run.gaps()[0].1, "throttled");
}

#[test]
fn a_failure_that_passes_is_not_seen_and_one_that_stays_is_a_gap() {
    for (times, expected) in [(Some(2), "pass"), (None, "unknown")] {
        let mut scenario = with(vec![account("records")]);
        scenario.faults.push(Rule { times, ..fault("/fileServices/default?", 503, "ServerBusy") });
        let run = Tenant::serve(scenario).json(STORAGE);
        assert_eq!(run.outcome("storage.share-soft-delete", "records"), expected);
        if expected == "unknown" {
            assert_eq!(run.gaps()[0].1, "server-error");
        }
    }
}

#[test]
fn a_list_that_leads_elsewhere_or_round_in_a_circle_is_cut_short_and_says_so() {
    let locks = format!("/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/locks");
    let leads_to = |link: &str| Rule::about(&format!("{locks}?"), Fault::NextPage(link.to_owned()));
    for (link, what) in [
        (
            "https://evil.example/steal?api-version=2020-05-01".to_owned(),
            "the next page is on another host",
        ),
        ("http://management.azure.com/x".to_owned(), "the next page is on another host"),
        ("not a link".to_owned(), "the next page is on another host"),
        (
            format!("https://management.azure.com{locks}?api-version=2020-05-01"),
            "the list returns to an earlier page",
        ),
    ] {
        let mut scenario = with(vec![account("records")]);
        scenario.faults.push(leads_to(&link));
        let tenant = Tenant::serve(scenario);
        let run = tenant.json(STORAGE);
        assert_eq!(run.outcome("storage.delete-lock", "records"), "unknown", "{link}");
        assert!(run.out.contains(what), "{link}");
        let hosts: Vec<String> = tenant.requests().into_iter().map(|r| r.host).collect();
        assert!(hosts.iter().all(|host| !host.contains("evil")), "{hosts:?}");
    }
    // An empty link is not a link.
    let mut scenario = with(vec![account("records")]);
    scenario.faults.push(leads_to(""));
    let run = Tenant::serve(scenario).json(STORAGE);
    assert_eq!(run.outcome("storage.delete-lock", "records"), "pass");
}

#[test]
fn a_page_of_resource_graph_that_fails_leaves_no_account_out_without_a_word() {
    let mut scenario = with(["a", "b", "c"].map(account).into());
    scenario.page_size = 2;
    // The count and the first page pass.
    scenario.faults.push(Rule { after: 2, ..fault("Microsoft.ResourceGraph", 403, "Forbidden") });
    let run = Tenant::serve(scenario).json(STORAGE);
    let findings = run.findings("storage.minimum-tls");
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].outcome, "unknown");
    assert_eq!(findings[0].gap.as_ref().unwrap().1, "denied");
}

#[test]
fn a_token_that_ends_in_the_middle_of_the_run_is_replaced() {
    let mut scenario = with(["a", "b", "c"].map(account).into());
    scenario.client.token_requests = Some(8);
    let tenant = Tenant::serve(scenario);
    let run = tenant.json(STORAGE);
    assert_eq!(run.code, 0, "{:?}", run.gaps());
    let logins = tenant.requests().iter().filter(|r| r.host.starts_with("login")).count();
    assert!(logins > 1, "{logins}");
}

#[test]
fn an_answer_that_does_not_come_is_a_gap() {
    let mut scenario = with(vec![account("records")]);
    scenario.faults.push(Rule::about("/fileServices/default?", Fault::SlowStart(60_000)));
    let tenant = Tenant::serve(scenario);
    let run = with_little_patience(
        |gap| gap == "Microsoft.Storage/storageAccounts/fileServices/read",
        |seconds| tenant.json(&["--control", "storage", "--timeout", seconds]),
    );
    assert_eq!(run.outcome("storage.share-soft-delete", "records"), "unknown");
    assert_eq!(run.outcome("storage.soft-delete", "records"), "pass");
    assert_eq!(run.gaps()[0].1, "timed-out", "{:?}", run.gaps());
}

#[test]
fn rows_that_are_cut_off_or_go_round_in_a_circle_are_not_all() {
    for (answer, reason) in [
        (r#"{"totalRecords":9,"count":0,"data":[],"resultTruncated":"true"}"#, "incomplete"),
        (
            r#"{"totalRecords":9,"count":0,"data":[],"resultTruncated":"true","$skipToken":"again"}"#,
            "malformed",
        ),
    ] {
        let mut scenario = with(vec![account("records")]);
        scenario.faults.push(answered("Microsoft.ResourceGraph", 200, "", "", Some(answer)));
        let run = Tenant::serve(scenario).json(STORAGE);
        let findings = run.findings("storage.minimum-tls");
        assert!(findings.iter().all(|finding| finding.outcome == "unknown"), "{findings:?}");
        assert!(run.gaps().iter().any(|(_, why)| why == reason), "{:?}", run.gaps());
        assert_eq!(run.code, 11);
    }
}

/// A page of Resource Graph with these rows, of so many.
fn page(rows: &Value, total: usize) -> String {
    let count = rows.as_array().map_or(0, Vec::len);
    json!({ "totalRecords": total, "count": count, "resultTruncated": "false", "data": rows })
        .to_string()
}

/// Nothing that Resource Graph returns is silently left out: what is unclear is a gap of every list.
#[test]
fn rows_that_do_not_say_what_they_are_or_are_too_few_leave_the_list_incomplete() {
    let id = format!(
        "/subscriptions/{SUBSCRIPTION}/resourceGroups/main/providers/Microsoft.Storage/storageAccounts/records"
    );
    let row = json!({ "id": id, "name": "records", "type": "microsoft.storage/storageaccounts" });
    let but = |name: &str, value: Value| {
        let mut row = row.clone();
        row[name] = value;
        row
    };
    let mut bodies = Vec::new();
    for odd in [
        but("id", Value::Null),
        but("id", json!(7)),
        but("id", json!("records")),
        but("id", json!("/subscriptions/other/x")),
        but("type", Value::Null),
        but("type", json!(["microsoft.storage/storageaccounts"])),
        but("type", json!("microsoft.storage/other")),
        json!(null),
        json!("records"),
    ] {
        bodies.push(page(&json!([odd]), 1));
        bodies.push(page(&json!([row, odd]), 2));
    }
    // Fewer than there are, and fewer than were counted just before.
    bodies.push(page(&json!([row]), 2));
    bodies.push(page(&json!([]), 0));
    bodies.push(json!({ "data": [row] }).to_string());
    bodies.push(
        json!({ "data": [row], "count": 2, "totalRecords": 1, "resultTruncated": "false" })
            .to_string(),
    );
    bodies.push(json!({ "data": [row], "count": 1, "totalRecords": 1 }).to_string());
    for body in bodies {
        let mut scenario = with(vec![account("records")]);
        let rule = answered("Microsoft.ResourceGraph", 200, "", "", Some(&body));
        scenario.faults.push(Rule { after: 1, ..rule });
        let run = Tenant::serve(scenario).json(STORAGE);
        let findings = run.findings("storage.minimum-tls");
        assert!(!findings.is_empty(), "{body}");
        assert!(
            findings.iter().all(|finding| finding.outcome == "unknown"),
            "{body}: {findings:?}"
        );
        assert!(findings.iter().any(|finding| finding.resource.is_none()), "{body}: {findings:?}");
        assert_eq!(run.code, 11, "{body}");
    }
}

#[test]
fn an_answer_that_is_nested_without_end_is_malformed() {
    let mut scenario = with(vec![account("records")]);
    let body = r#"{"properties":"#.repeat(100_000);
    scenario.faults.push(answered("/blobServices/default?", 200, "", "", Some(&body)));
    let run = Tenant::serve(scenario).json(STORAGE);
    assert_eq!(run.outcome("storage.soft-delete", "records"), "unknown");
    assert!(run.gaps().iter().all(|(_, why)| why == "malformed"), "{:?}", run.gaps());
}
