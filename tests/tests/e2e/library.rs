//! The examples of the library, run against clouds that are not ours to bend.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use posture_tests::azure::Tenant;
use posture_tests::{Cloud, azure};

/// An example, which a build of the tests leaves beside them.
fn example(name: &str, cloud: &Cloud) -> Command {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(std::path::Path::parent).unwrap().join("examples");
    let path: PathBuf = folder.join(name);
    assert!(path.exists(), "{} is not built: run `cargo xtask test`", path.display());
    let mut command = Command::new(path);
    command
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", cloud.endpoint())
        .env("AWS_ACCESS_KEY_ID", Cloud::KEY)
        .env("AWS_SECRET_ACCESS_KEY", "canary-secret-key-0123456789")
        .env("AWS_REGION", "us-east-1");
    command
}

fn output_of(output: Output) -> String {
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{text}{errors}");
    assert!(!text.contains("canary") && !errors.contains("canary"), "{text}{errors}");
    text
}

#[test]
fn the_shortest_example_prints_what_fails() {
    let cloud = Cloud::with("611111111111", "small");
    let text = output_of(example("print", &cloud).output().unwrap());
    assert!(
        text.contains("Overwritten and deleted objects are kept as versions: \"data-00"),
        "{text}"
    );
    let source = include_str!("../../../posture/examples/print.rs");
    let (_, code) = source.split_once("\n\n").unwrap();
    assert!(code.lines().count() < 20, "the documentation calls it short");
}

#[test]
fn a_custom_control_is_judged_as_others_are() {
    let cloud = Cloud::with("622222222222", "small");
    let text = output_of(example("own_control", &cloud).output().unwrap());
    assert!(text.contains("not applicable: storage.named-by-us \"data-00"), "{text}");
    assert!(text.contains("fail: storage.versioning \"data-00"), "{text}");
    // What cannot be read is unknown for it, too.
    cloud.rule(posture_tests::Rule::deny("s3:GetBucketVersioning"));
    let text = output_of(example("own_control", &cloud).output().unwrap());
    assert!(text.contains("unknown: storage.named-by-us \"data-00"), "{text}");
}

#[test]
fn a_custom_renderer_has_every_number() {
    let cloud = Cloud::with("633333333333", "small");
    let text = output_of(example("own_renderer", &cloud).output().unwrap());
    let functions: Vec<&str> = text.lines().map(|line| &line[..2]).collect();
    assert_eq!(functions, ["GV", "ID", "PR", "DE", "RS", "RC"], "{text}");
}

#[test]
fn a_page_and_sarif_are_written_in_a_few_lines() {
    let cloud = Cloud::with("666666666666", "small");
    let folder = tempfile::tempdir().unwrap();
    output_of(example("report", &cloud).arg(folder.path()).output().unwrap());
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("AWS account 666666666666"));
    let sarif = std::fs::read(folder.path().join("report.sarif")).unwrap();
    let sarif: serde_json::Value = serde_json::from_slice(&sarif).unwrap();
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
}

#[test]
fn findings_of_two_clouds_come_as_accounts_are_judged() {
    let cloud = Cloud::with("644444444444", "small");
    let tenant = Tenant::serve(azure::example());
    let mut watch = example("watch", &cloud);
    watch.env("AZURE_SIMULATOR", tenant.url());
    for (name, value) in tenant.environment() {
        watch.env(name, value);
    }
    let text = output_of(watch.output().unwrap());
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("AWS 644444444444: ")), "{text}");
    assert!(lines.iter().any(|line| line.starts_with("Azure ")), "{text}");
    assert!(lines.last().unwrap().starts_with("all: "), "{text}");
}

/// A server that ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_handler_of_a_server_audits() {
    let cloud = Cloud::with("655555555555", "small");
    let mut child = example("serve", &cloud).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let _served = Served(child);
    let address = line.trim().strip_prefix("http://").unwrap().to_owned();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{}", &answer[..answer.len().min(400)]);
    assert!(answer.contains("posture-report") && answer.contains("655555555555"));
}
