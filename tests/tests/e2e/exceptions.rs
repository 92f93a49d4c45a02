//! Failures that were accepted: they are shown, counted by themselves, and end.

use posture_tests::{Program, Run};

fn check(format: &str) -> Run {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let exception = |resource: &str, expires: &str| {
        format!(
            "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"{resource}\"\nowner = \"web team\"\n\
             reason = \"made anew from source\"\nexpires = {expires}\n"
        )
    };
    let configuration = [
        exception("arn:aws:s3:::website-123456789012", "2020-01-01"),
        exception("arn:aws:s3:::invoices-123456789012", "2099-12-31"),
        exception("arn:aws:s3:::nobody", "2099-12-31"),
    ];
    Program::new()
        .file("posture.toml", &configuration.concat())
        .args(&["check", example, "--control", "storage.versioning", "--format", format])
        .run()
}

#[test]
fn an_exception_covers_one_resource_until_its_day_and_stays_in_sight() {
    let run = check("json");
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let of = |name: &str| {
        let findings = report["findings"].as_array().unwrap().iter();
        let mut found = findings.filter(|finding| finding["resource"]["name"] == name);
        found.next().unwrap()
    };
    let covered = of("invoices-123456789012");
    assert_eq!(
        (&covered["outcome"], &covered["exception"]["owner"]),
        (&"fail".into(), &"web team".into())
    );
    let ended = of("website-123456789012");
    assert_eq!(ended["outcome"], "fail");
    assert!(ended["exception"].is_null(), "{ended}");
    assert_eq!(report["controls"][0]["tally"]["excepted"], 1);
    assert!(run.err.contains("website-123456789012` expired on 2020-01-01"), "{}", run.err);
    assert!(run.err.contains("arn:aws:s3:::nobody` covers no failures"), "{}", run.err);
    assert!(run.err.contains("expires on 2099-12-31, more than a year from now"), "{}", run.err);
    let table = check("table");
    let accepted = table.out.lines().find(|line| line.starts_with("excepted "));
    assert!(accepted.is_some_and(|line| line.ends_with(" 1")), "{}", table.out);
}

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

/// The id of a failure of the example.
fn failure(control: &str) -> (String, String) {
    let run =
        Program::new().args(&["check", EXAMPLE, "--control", control, "--format", "json"]).run();
    let report = run.json();
    let mut findings = report["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["outcome"] == "fail").unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&finding["id"]), text(&finding["resource"]["id"]))
}

#[test]
fn one_that_is_added_covers_its_failure_and_is_listed() {
    let control = "storage.versioning";
    let (id, resource) = failure(control);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("posture.toml");
    std::fs::write(&file, "[audit]\nseverity = \"low\"").unwrap();
    let file = file.to_str().unwrap();
    let add = |id: &str, expires: &str, owner: &str| {
        let common = ["exceptions", "add", id, "--snapshot", EXAMPLE, "--file", file];
        let rest = ["--owner", owner, "--reason", "a \"quoted\" reason", "--expires", expires];
        Program::new().args(&common).args(&rest).args(&["--ticket", "SEC-1"]).run()
    };
    let added = add(&id[..8], "2099-12-31", "web team");
    assert_eq!(added.code, 0, "{}", added.err);
    assert!(added.out.contains(&resource), "{}", added.out);
    let check = ["check", EXAMPLE, "--control", control, "--config", file, "--format", "json"];
    let report = Program::new().args(&check).run().json();
    let exception = |finding: &&serde_json::Value| !finding["exception"].is_null();
    let covered: Vec<_> = report["findings"].as_array().unwrap().iter().filter(exception).collect();
    assert_eq!(covered.len(), 1);
    assert_eq!(covered[0]["exception"]["ticket"], "SEC-1");
    assert_eq!(covered[0]["outcome"], "fail");
    assert_eq!(report["exceptions"][0]["covers"], 1);
    let list = Program::new().args(&["exceptions", "list", "--config", file]).run();
    assert!(list.out.contains("web team") && list.out.contains("in force"), "{}", list.out);
    let held = Program::new().args(&["exceptions", "check", EXAMPLE, "--config", file]).run();
    assert_eq!(held.code, 0, "{}", held.out);
    assert!(held.out.contains("covers 1"), "{}", held.out);
    // What makes no sense is not written.
    let before = std::fs::read_to_string(file).unwrap();
    for (id, expires, owner) in
        [("ffffffffffff", "2099-12-31", "a"), (&id, "2099-12-31", " "), ("", "2099-12-31", "a")]
    {
        assert_eq!(add(id, expires, owner).code, 2, "{id} {owner}");
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), before);
    // One that has ended must be reviewed.
    std::fs::write(file, before.replace("2099-12-31", "2020-01-01")).unwrap();
    let held = Program::new().args(&["exceptions", "check", EXAMPLE, "--config", file]).run();
    assert_eq!(held.code, 10, "{}", held.out);
    assert!(held.out.contains("expired"), "{}", held.out);
}

/// A folder with a configuration, and the program in it.
struct Configured(tempfile::TempDir);

impl Configured {
    fn new(configuration: &str) -> Self {
        let configured = Self(tempfile::tempdir().unwrap());
        configured.write("posture.toml", configuration);
        configured
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let file = self.path("posture.toml");
        let option = if arguments[0] == "add" { "--file" } else { "--config" };
        Program::new().args(&["exceptions"]).args(arguments).args(&[option, &file]).run()
    }

    fn add(&self, finding: &str, expires: &str) -> Run {
        let rest = ["--owner", "web team", "--reason", "a", "--expires", expires];
        self.run(&[&["add", finding, "--snapshot", EXAMPLE][..], &rest].concat())
    }

    /// The IDs that the list shows.
    fn ids(&self) -> Vec<String> {
        let list = self.run(&["list"]).out;
        let heads = list.lines().filter(|line| !line.starts_with([' ', 'T']));
        heads.map(|line| line.split(' ').next().unwrap().to_owned()).collect()
    }
}

/// A day that many days from today, as far as an exception can expire on it.
fn in_days(days: i64) -> String {
    let now = posture_core::time::Time::from(jiff::Timestamp::now());
    now.earlier(-days * 86_400).day()
}

#[test]
fn neither_a_past_day_nor_a_second_exception_for_the_same_is_added() {
    let (id, _) = failure("storage.versioning");
    let configured = Configured::new("[audit]\nmax-exception-days = 400\n");
    let before = configured.text("posture.toml");
    let past = configured.add(&id, "2020-01-01");
    assert!(past.code == 2 && past.err.contains("2020-01-01 is in the past"), "{}", past.err);
    // What the configuration could not be read with is not written either.
    let late = configured.add(&id, "2099-12-31");
    assert!(late.code == 2 && late.err.contains("expires too late"), "{}", late.err);
    assert_eq!(configured.text("posture.toml"), before);
    let added = configured.add(&id, &in_days(100));
    assert_eq!(added.code, 0, "{}", added.err);
    let [exception] = configured.ids().try_into().unwrap();
    assert!(added.err.contains(&format!("added exception {exception} to ")), "{}", added.err);
    let before = configured.text("posture.toml");
    for expires in [in_days(100), in_days(200)] {
        let again = configured.add(&id, &expires);
        assert!(
            again.code == 2 && again.err.contains("already accepted by web team"),
            "{}",
            again.err
        );
        let renew = format!("posture exceptions renew {exception} --expires {expires}");
        assert!(again.err.contains(&renew), "{}", again.err);
    }
    assert_eq!(configured.text("posture.toml"), before);
    // One that has expired is renewed, and not written a second time.
    configured.write("posture.toml", &before.replace(&in_days(100), "2020-01-01"));
    let expired = configured.add(&id, &in_days(100));
    assert!(expired.code == 2 && expired.err.contains("expired on 2020-01-01"), "{}", expired.err);
    // A wider one that ends earlier leaves something to accept; one that ends later does not.
    let wider = |expires: &str| {
        format!(
            "[[exception]]\ncontrols = [\"storage\"]\nresource = \"*\"\nscope = \"*1*\"\nowner = \"b\"\n\
             reason = \"c\"\nexpires = {expires}\n"
        )
    };
    configured.write("posture.toml", &wider(&in_days(50)));
    assert_eq!(configured.add(&id, &in_days(100)).code, 0);
    configured.write("posture.toml", &wider(&in_days(200)));
    let covered = configured.add(&id, &in_days(100));
    assert!(covered.code == 2 && covered.err.contains("already accepted by b"), "{}", covered.err);
}

#[test]
fn exceptions_are_renewed_and_removed_without_another_byte_being_touched() {
    let exception = |resource: &str, expires: &str| {
        format!(
            "[[exception]] # one\ncontrol = \"storage.versioning\"\nresource = \"{resource}\" # which\n\
             reason = \"\"\"two\n# lines\"\"\"\nowner = \"web team\"\nexpires = {expires} # until\n"
        )
    };
    let head = "# Ours\n\ninclude = [\"more.toml\"]\n\n[audit] # strict\nseverity   =   \"low\"\n\n# Asked on Monday\n";
    let (first, second) = (exception("a", "2020-01-01"), exception("b", "2099-12-31"));
    let tail = "\n# The end\n[metrics]\nfile = \"x\"\n";
    let main = format!("{head}{first}\n{second}{tail}");
    let configured = Configured::new(&main);
    let more = exception("c", "2099-12-31");
    configured.write("more.toml", &format!("{more}# last"));
    let ids = configured.ids();
    assert_eq!(ids.len(), 3);
    let renewed = configured.run(&["renew", &ids[0], "--expires", "2098-02-28"]);
    assert_eq!(renewed.code, 0, "{}", renewed.err);
    assert!(renewed.err.contains("renewed until 2098-02-28"), "{}", renewed.err);
    assert_eq!(configured.text("posture.toml"), main.replace("2020-01-01", "2098-02-28"));
    assert_eq!(configured.ids(), ids, "an ID says what is covered");
    let past = configured.run(&["renew", &ids[0], "--expires", "2020-02-01"]);
    assert!(past.code == 2 && past.err.contains("is in the past"), "{}", past.err);
    assert_eq!(configured.text("posture.toml"), main.replace("2020-01-01", "2098-02-28"));
    // In a file that is included.
    assert_eq!(configured.run(&["remove", &ids[2]]).code, 0);
    assert_eq!(configured.text("more.toml"), "# last");
    let removed = configured.run(&["remove", &ids[0]]);
    assert!(removed.code == 0 && removed.err.contains("removed"), "{}", removed.err);
    let (kept, _) = head.split_once("# Asked").unwrap();
    assert_eq!(configured.text("posture.toml"), format!("{kept}{second}{tail}"));
    assert_eq!(configured.ids(), ids[1..2]);
    for (wrong, words) in [
        (ids[0].as_str(), "there is no exception"),
        ("zzzzzz", "there is no exception"),
        ("", "is too short for an exception ID"),
        (&ids[1][..3], "is too short for an exception ID"),
    ] {
        let run = configured.run(&["remove", wrong]);
        assert!(run.code == 2 && run.err.contains(words), "{wrong}: {}", run.err);
    }
    // In a list it has no lines of its own: it can be renewed, and is removed by hand.
    let list = "exception = [{ control = \"storage.versioning\", resource = \"a\", owner = \"b\", reason = \"c\", \
                expires = 2099-12-31 }]\n";
    configured.write("posture.toml", list);
    let run = configured.run(&["remove", &ids[0]]);
    assert!(run.code == 1 && run.err.contains("by hand"), "{}", run.err);
    assert_eq!(configured.text("posture.toml"), list);
    assert_eq!(configured.run(&["renew", &ids[0], "--expires", "2098-02-28"]).code, 0);
    assert_eq!(configured.text("posture.toml"), list.replace("2099-12-31", "2098-02-28"));
    // One that is written twice is removed twice: nothing stays accepted.
    configured.write("posture.toml", &format!("{first}\n{}", exception("a", "2099-12-31")));
    assert_eq!(configured.run(&["remove", &ids[0]]).code, 0);
    assert_eq!(configured.text("posture.toml"), "");
    // A limit holds for what is renewed.
    configured.write("posture.toml", &format!("[audit]\nmax-exception-days = 30\n{first}"));
    let late = configured.run(&["renew", &ids[0], "--expires", &in_days(60)]);
    assert!(late.code == 2 && late.err.contains("expires too late"), "{}", late.err);
    assert_eq!(configured.run(&["renew", &ids[0], "--expires", &in_days(20)]).code, 0);
}

#[cfg(unix)]
#[test]
fn others_may_read_a_configuration_after_it_is_edited_as_before() {
    use std::os::unix::fs::PermissionsExt;
    let (id, _) = failure("storage.versioning");
    let configured = Configured::new("");
    let file = configured.path("posture.toml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(configured.add(&id, "2099-12-31").code, 0);
    let [exception] = configured.ids().try_into().unwrap();
    assert_eq!(configured.run(&["renew", &exception, "--expires", "2098-12-31"]).code, 0);
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn list_and_check_use_the_same_words_and_warn_of_what_ends() {
    let long = format!("arn:aws:s3:::{}", "a".repeat(120));
    let exception = |resource: &str, expires: &str| {
        format!(
            "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"{resource}\"\nowner = \"web team\"\n\
             reason = \"a\"\nticket = \"SEC-1\"\nexpires = {expires}\n"
        )
    };
    let (soon, later) = (in_days(10), in_days(20));
    let text = [
        exception("arn:aws:s3:::invoices-123456789012", "2099-12-31"),
        exception("arn:aws:s3:::website-123456789012", &soon),
        exception(&long, &later),
        exception("b", "2020-01-01"),
    ];
    let configured = Configured::new(&text.concat());
    let list = configured.run(&["list"]);
    let check = configured.run(&["check", EXAMPLE]);
    assert_eq!((list.code, check.code), (0, 10), "{}{}", list.err, check.err);
    let heads = |run: &Run| {
        let lines = run.out.lines().filter(|line| !line.starts_with(' '));
        lines.map(|line| line.split_once("  ").unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    let words = [
        "in force until 2099-12-31".to_owned(),
        format!("expires soon, on {soon}"),
        format!("expires soon, on {later}"),
        "expired on 2020-01-01".to_owned(),
    ];
    assert_eq!(heads(&list), words);
    let covers =
        ["covers 1 failure", "covers 1 failure", "covers no failures", "covers no failures"];
    let with = words.iter().zip(covers).map(|(words, covers)| format!("{words}, {covers}"));
    assert_eq!(heads(&check), with.collect::<Vec<_>>());
    for run in [&list, &check] {
        assert!(run.out.contains(&long), "{}", run.out);
        assert!(run.out.contains("web team: a (SEC-1)"), "{}", run.out);
        assert!(run.err.contains("1 exception expires within 14 days"), "{}", run.err);
    }
    let quiet = configured.run(&["list", "--quiet"]);
    assert!(quiet.err.is_empty(), "{}", quiet.err);
}

#[test]
fn files_of_exceptions_are_included_and_none_holds_for_too_long() {
    let exception = "[[exception]]\ncontrols = [\"storage\"]\nscope = \"123456789012\"\nowner = \"a\"\n\
                     reason = \"b\"\nexpires = 2099-12-31\n";
    let run = |main: &str, included: &str| {
        let program = Program::new().file("posture.toml", main).file("accepted.toml", included);
        program.args(&["check", EXAMPLE, "--control", "storage", "--format", "json"]).run()
    };
    let included = run("include = [\"accepted.toml\"]\n", exception);
    assert!(included.json()["exceptions"][0]["covers"].as_u64().unwrap() > 5);
    let more = run("include = [\"accepted.toml\"]\n", "[audit]\nseverity = \"high\"\n");
    assert_eq!(more.code, 2);
    assert!(more.err.contains("contains more than exceptions"), "{}", more.err);
    let limited = "include = [\"accepted.toml\"]\n[audit]\nmax-exception-days = 365\n";
    let long = run(limited, exception);
    assert_eq!(long.code, 2);
    assert!(long.err.contains("expires too late"), "{}", long.err);
}

#[test]
fn failures_of_the_baseline_do_not_count_and_new_ones_do() {
    let control = ["--control", "storage.versioning"];
    let check = |snapshot: &str, baseline: &str| {
        let program = Program::new().args(&["check", snapshot, "--baseline", baseline]);
        program.args(&control).args(&["--quiet"]).run()
    };
    assert_eq!(check(EXAMPLE, EXAMPLE).code, 0);
    // Before, one of them was as it should be.
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let better =
        text.replacen(r#""versioning":{"known":false}"#, r#""versioning":{"known":true}"#, 1);
    assert_ne!(text, better);
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.json");
    std::fs::write(&before, better).unwrap();
    let before = before.to_str().unwrap();
    assert_eq!(check(EXAMPLE, before).code, 10);
    assert_eq!(check(before, EXAMPLE).code, 0);
    let diff = Program::new().args(&["diff", before, EXAMPLE]).args(&control).run();
    assert_eq!(diff.code, 10, "{}", diff.err);
    assert!(diff.out.contains("pass → fail"), "{}", diff.out);
    assert!(diff.out.contains("bucket.versioning: true → false"), "{}", diff.out);
    assert!(
        diff.out.contains("1 change: 1 new failure, 0 reopened, 0 fixed, 0 now unknown."),
        "{}",
        diff.out
    );
    // A failure that becomes unknown is not fixed.
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let hidden = text.replacen(r#""versioning":{"known":false}"#, r#""versioning":{"gap":0}"#, 1);
    let after = folder.path().join("after.json");
    std::fs::write(&after, hidden).unwrap();
    let lost =
        Program::new().args(&["diff", EXAMPLE, after.to_str().unwrap()]).args(&control).run();
    assert_eq!(lost.code, 11, "{}", lost.out);
    assert!(lost.out.contains("0 fixed, 1 now unknown"), "{}", lost.out);
    // In Markdown, and only what is asked for; the exit code and the sum stay those of all changes.
    let shown = |arguments: &[&str]| {
        Program::new().args(&["diff", before, EXAMPLE]).args(&control).args(arguments).run()
    };
    let markdown = shown(&["--format", "markdown"]);
    assert_eq!(markdown.code, 10);
    assert!(
        markdown.out.contains("| pass → fail | `bucket.versioning: true → false` |"),
        "{}",
        markdown.out
    );
    let fail = shown(&["--only", "fail", "--format", "json"]);
    assert_eq!((fail.code, fail.json()["changes"].as_array().unwrap().len()), (10, 1));
    let unknown = shown(&["--only", "unknown"]);
    assert!(unknown.code == 10 && !unknown.out.contains("pass → fail"), "{}", unknown.out);
    assert!(unknown.out.contains("1 change: 1 new failure"), "{}", unknown.out);
    let words = unknown.out.replace('\n', " ");
    assert!(words.contains("Shown: 0 to unknown."), "{words}");
    assert_eq!(shown(&["--only", "failed"]).code, 2);
    let same = Program::new().args(&["diff", EXAMPLE, EXAMPLE, "--format", "json"]).run();
    assert_eq!((same.code, same.json()["changes"].as_array().unwrap().len()), (0, 0));
}

#[test]
fn an_exception_that_has_ended_makes_a_new_failure_of_an_old_one() {
    let check = |snapshot: &str| {
        Program::new()
            .file(
                "posture.toml",
                "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"*a*\"\nowner = \"web team\"\n\
                 reason = \"made anew\"\nexpires = 2027-01-31\n",
            )
            .args(&["check", snapshot, "--baseline", EXAMPLE, "--control", "storage.versioning"])
            .args(&["--quiet"])
            .run()
    };
    assert_eq!(check(EXAMPLE).code, 0);
    // The same account, read after the exception's end.
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let later = folder.path().join("later.json");
    let (_, end) = text.rsplit_once("\"finished\":\"").unwrap();
    let day = format!("\"{}T", end.get(..10).unwrap());
    std::fs::write(&later, text.replace(&day, "\"2027-02-10T")).unwrap();
    assert_eq!(check(later.to_str().unwrap()).code, 10);
}

#[test]
fn several_formats_are_written_in_one_run() {
    let run = Program::new()
        .args(&["report", EXAMPLE, "--output", "a.json", "--output", "b.csv"])
        .args(&["--format", "json", "--format", "csv", "--format", "csv-requirements"])
        .run();
    assert_eq!(run.code, 0, "{}", run.err);
    let read = |name: &str| std::fs::read_to_string(run.path(name)).unwrap();
    assert!(read("a.json").starts_with("{\n  \"format\": \"posture-report\""));
    assert!(read("b.csv").starts_with("finding,control,"));
    // Every requirement, whatever became of it.
    let rows = run.out.lines().filter(|line| line.starts_with("csf-2.0,")).count();
    assert_eq!(rows, 106);
}

/// Of every kind that has them, tags show what an exception is about, and so do regions.
#[test]
fn an_exception_is_chosen_by_tag_and_region_of_a_vault() {
    use posture_sim::azure::Resource;
    use posture_tests::azure::{Tenant, resource, with};
    use serde_json::json;
    let vault = |name: &str, region: &str, team: &str| {
        let top = json!({ "tags": { "Team": team } });
        let properties = json!({ "enableSoftDelete": true });
        Resource {
            location: Some(region.to_owned()),
            ..resource("Microsoft.KeyVault/vaults", name, top, properties)
        }
    };
    let tenant = Tenant::serve(with(vec![
        vault("one", "westeurope", "web"),
        vault("two", "westeurope", "data"),
        vault("three", "northeurope", "data"),
    ]));
    let excepted = |place: &str| {
        let exception = format!(
            "[[exception]]\ncontrol = \"vaults.purge-protection\"\n{place}\nowner = \"web team\"\n\
             reason = \"emptied every night\"\nexpires = 2099-12-31\n"
        );
        let run = tenant
            .program()
            .file("posture.toml", &exception)
            .args(&["audit", "azure", "--simulator", &tenant.url()])
            .args(&["--control", "vaults.purge-protection", "--format", "json"])
            .run();
        let report = run.json();
        let findings = report["findings"].as_array().unwrap().clone();
        let covered = findings.iter().filter(|finding| !finding["exception"].is_null());
        let mut names: Vec<String> = covered
            .map(|finding| finding["resource"]["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort_unstable();
        assert_eq!(findings.iter().filter(|finding| finding["outcome"] == "fail").count(), 3);
        names
    };
    assert_eq!(excepted("tag = \"team=web\""), ["one"]);
    assert_eq!(excepted("tag = \"team=data\""), ["three", "two"]);
    assert_eq!(excepted("region = \"westeurope\""), ["one", "two"]);
    assert_eq!(excepted("tag = \"team=data\"\nregion = \"north*\""), ["three"]);
}

/// In AWS, tags of keys, trails and log groups are read by separate calls: if an exception selects by a tag of
/// such a kind, and nowhere else.
#[test]
fn an_exception_is_chosen_by_the_tag_of_a_key_a_trail_or_a_log_group() {
    use crate::sim_aws::Simulated;
    use serde_json::json;
    const ACCOUNT: &str = "111111111111";
    const CONTROLS: [(&str, &str, &str); 3] = [
        ("keys.rotation", "key", "kms:ListResourceTags"),
        ("logging.audit-trail-validation", "trail", "cloudtrail:ListTags"),
        ("logging.log-group-retention", "group", "logs:ListTagsForResource"),
    ];
    let cloud = Simulated::serve(&json!({ "accounts": [{
        "id": ACCOUNT, "regions": { "us-east-1": "ENABLED_BY_DEFAULT" }, "standalone": true,
        "keys": [
            { "KeyId": "key-web", "Tags": { "team": "web" } },
            { "KeyId": "key-data", "Tags": { "team": "data" } },
        ],
        "trails": [
            { "Name": "trail-web", "S3BucketName": "records", "Tags": { "team": "web" } },
            { "Name": "trail-data", "S3BucketName": "records" },
        ],
        "log_groups": [
            { "logGroupName": "group-web", "retentionInDays": 1, "tags": { "team": "web" } },
            { "logGroupName": "group-data", "retentionInDays": 1, "tags": { "Team": "web" } },
        ],
    }] }));
    let audit = |place: &str, of: &[&str]| {
        let exception = |control: &&str| {
            format!(
                "[[exception]]\ncontrol = \"{control}\"\n{place}\nowner = \"web team\"\n\
                 reason = \"made anew\"\nexpires = 2099-12-31\n"
            )
        };
        let configuration: String = of.iter().map(exception).collect();
        let asked = cloud.requests().len();
        let all = CONTROLS.iter().flat_map(|(control, ..)| ["--control", control]);
        let run = cloud
            .program(ACCOUNT, &all.collect::<Vec<_>>())
            .file("posture.toml", &configuration)
            .run();
        let report = run.json();
        let findings = report["findings"].as_array().unwrap().clone();
        assert_eq!(findings.iter().filter(|finding| finding["outcome"] == "fail").count(), 6);
        let covered = findings.iter().filter(|finding| !finding["exception"].is_null());
        let mut names: Vec<String> = covered
            .map(|finding| finding["resource"]["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort_unstable();
        let tags = |action: &&str| {
            cloud.requests().iter().skip(asked).any(|request| request.action == **action)
        };
        let actions = CONTROLS.map(|(.., action)| action);
        (names, actions.into_iter().filter(|action| tags(action)).collect::<Vec<_>>())
    };
    let controls = CONTROLS.map(|(control, ..)| control);
    let (names, asked) = audit("tag = \"team=web\"", &controls);
    assert_eq!(names, ["group-web", "key-web", "trail-web"]);
    assert_eq!(asked, CONTROLS.map(|(.., action)| action));
    for (control, kind, action) in CONTROLS {
        let (names, asked) = audit("tag = \"team=w*\"", &[control]);
        assert_eq!((names, asked), (vec![format!("{kind}-web")], vec![action]));
        let (names, asked) = audit(&format!("resource = \"*{kind}-data*\""), &[control]);
        assert_eq!((names, asked), (vec![format!("{kind}-data")], vec![]));
    }
}
