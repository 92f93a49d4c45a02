//! The requests to AWS without an SDK crate, and what is read of the responses, agree with AWS's models.

use std::collections::BTreeSet;
use std::io::Write;

use posture_aws::model;
use posture_tests::python;
use serde_json::{Value, json};

/// What the models find wrong with operations.
fn mistakes(operations: &Value) -> String {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(operations.to_string().as_bytes()).unwrap();
    let output = python("models_aws.py").arg("operations").arg(file.path()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.success(), errors.trim().is_empty(), "{errors}");
    errors
}

#[test]
fn every_operation_is_as_its_model_has_it() {
    let all = model::operations_as_data();
    assert!(all.as_array().is_some_and(|all| all.len() >= 5), "{all}");
    assert_eq!(mistakes(&all), "");
}

/// The protocol of EC2, which no service speaks that is read so far, with filters, pages and lists in lists.
#[test]
fn every_protocol_is_as_a_model_has_it() {
    let examples = model::examples_as_data();
    assert!(examples.as_array().is_some_and(|all| !all.is_empty()), "{examples}");
    assert_eq!(mistakes(&examples), "");
}

/// Each kind of mistake is found.
#[test]
fn an_operation_that_is_not_as_its_model_has_it_is_found() {
    let (all, examples) = (model::operations_as_data(), model::examples_as_data());
    let of = |action: &str| {
        let mut all = all.as_array().unwrap().iter().chain(examples.as_array().unwrap());
        all.find(|row| row["action"] == action).unwrap().clone()
    };
    let (contact, hub) = ("account:GetContactInformation", "securityhub:DescribeHub");
    let (topic, regions) = ("sns:ListSubscriptionsByTopic", "account:ListRegions");
    let records = "route53:ListResourceRecordSets";
    let (points, groups) = ("s3:ListAccessPoints", "ec2:DescribeSecurityGroups");
    let wrong = [
        (hub, "/members/0/name", json!("HubArm"), "HubArm is not in the model"),
        (hub, "/members/0/required", json!(true), "required"),
        (hub, "/members/0/kind", json!("flag"), "is read as flag"),
        (hub, "/request/uri", json!("/hub"), "should be GET /accounts"),
        (hub, "/request/method", json!("POST"), "should be GET"),
        (hub, "/protocol", json!("rest-xml"), "speaks"),
        (
            hub,
            "/pages",
            json!({ "input": "HubArn", "output": "HubArn", "more": null, "further": [] }),
            "has no pages",
        ),
        (contact, "/members/0/kind/record/0/required", json!(false), "FullName is required"),
        (contact, "/members/0/kind", json!("text"), "is read as text"),
        (regions, "/request/body", json!(r#"{"Maximum":50}"#), "takes no `Maximum`"),
        (regions, "/pages/output", json!("Token"), "the pages"),
        (regions, "/pages", json!(null), "the pages"),
        (
            regions,
            "/members/0/kind/list/record/1/kind/word/0",
            json!("ENABLE"),
            "is never `ENABLE`",
        ),
        (topic, "/takes", json!([]), "TopicArn"),
        (topic, "/request/body", json!("Action=ListTopics&Version=2010-03-31"), "the body"),
        (topic, "/signs", json!("ses"), "signed for"),
        (topic, "/of_s3", json!(true), "signed by"),
        (points, "/of_s3", json!(false), "signed by"),
        (points, "/root", json!("ListResult"), "the root"),
        (points, "/request/account", json!(null), "the host begins with"),
        (points, "/account", json!(null), "validation failed"),
        (points, "/request/headers/x-amz-account-id", json!("1"), "the header"),
        (points, "/request/uri", json!("/v20180820/accesspoint?max=5"), "takes no `max`"),
        (records, "/pages/further/1/0", json!("id"), "the pages"),
        (records, "/pages/further", json!([]), "the pages"),
        // There is no paginator.
        (points, "/pages", json!(null), "the pages"),
        (points, "/members/0/kind/list/record/0/required", json!(false), "Name is required"),
        (groups, "/members/0/name", json!("SecurityGroups"), "is not in the model"),
        (groups, "/members/0/kind/list/record/0/kind", json!("flag"), "is read as flag"),
        (groups, "/pages/output", json!("NextToken"), "the pages"),
        (
            groups,
            "/request/body",
            json!("Action=DescribeSecurityGroups&Version=2016-11-15&Filter.1.Values.1=a"),
            "takes no `Filter.Values`",
        ),
        (
            groups,
            "/request/body",
            json!("Action=DescribeSecurityGroups&Version=2016-11-14&Filter.1.Value.1=a"),
            "the body",
        ),
    ];
    let row = |(action, pointer, value, _): &(&str, &str, Value, &str)| {
        let mut row = of(action);
        let place = row.pointer_mut(pointer);
        *place.unwrap_or_else(|| panic!("{action} has no {pointer}")) = value.clone();
        if *pointer == "/takes" {
            row["request"]["body"] = json!("Action=ListSubscriptionsByTopic&Version=2010-03-31");
        }
        row["action"] = json!(format!("{pointer} = {value}"));
        row
    };
    let errors = mistakes(&wrong.iter().map(row).collect());
    for (_, pointer, value, why) in &wrong {
        let start = format!("{pointer} = {value}: ");
        let found = errors.lines().any(|line| line.starts_with(&start) && line.contains(why));
        assert!(found, "{start}{why}\n{errors}");
    }
}

/// Every service in every region of every partition, with and without FIPS and dual stack.
#[test]
fn every_endpoint_is_where_the_rules_of_the_service_say() {
    let services = model::services();
    let output = python("models_aws.py").arg("endpoints").args(&services).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut partitions = BTreeSet::new();
    let mut rows = 0;
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let word = |name: &str| row[name].as_str().unwrap().to_owned();
        let on = |name: &str| row[name].as_bool().unwrap();
        let configured = row["configured"].as_str();
        let (service, region) = (word("service"), word("region"));
        let found = model::endpoint_of(&service, &region, on("fips"), on("dual"), configured);
        let expected = row["url"].as_str().map(|url| (url.to_owned(), word("signed")));
        assert_eq!(found, expected, "{line}");
        if let (None, Some((url, _))) = (configured, found) {
            let host = url.strip_prefix("https://").unwrap();
            assert!(posture_aws::hosts::is_aws(host), "{host}");
        }
        partitions.insert(word("partition"));
        rows += 1;
    }
    assert!(partitions.len() >= 8, "{partitions:?}");
    assert!(rows >= services.len() * 40 * 4 * 2, "{rows}");
}
