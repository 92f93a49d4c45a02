//! Controls from files: what they say, what they leave open, and what is refused.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;
use std::sync::LazyLock;

use posture_cel::{Error, Expected, Read, load, parse, read};
use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::fact::{Fact, Known, NotOffered};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::judge::{self, Options, Outcome};
use posture_core::params::{Params, Value};
use posture_core::provider::Provider;
use posture_core::resource::{Bucket, FactId, Kind};
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;
use proptest::prelude::*;

const OWNER: &str = r#"
id = "contoso.bucket-owner"
title = "Buckets have an owner tag"
severity = "medium"
rationale = "Anyone who finds a misconfigured bucket must know which team to ask."
references = ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html"]
resource = "bucket"
pass = '''
has(tags.owner) &&
tags.owner != ""
'''
expected = "a tag `owner` that names a team"

[remediation.aws]
text = "Give the bucket a tag that names the team."
console = "S3 → Buckets → the bucket → Properties → Tags"
command = "aws s3api put-bucket-tagging --bucket <name> --tagging 'TagSet=[{Key=owner,Value=<team>}]'"

[satisfies]
"csf-2.0:ID.AM-05" = "supporting"

[[case]]
name = "with an owner"
expect = "pass"
facts = { tags = { owner = "payments" } }

[[case]]
name = "without"
expect = "fail"
facts = { tags = {} }

[[case]]
name = "unread"
expect = "unknown"
unread = ["tags"]
"#;

/// A control of buckets with this expression, which has to be right.
fn control(pass: &str) -> Read {
    parse(&written(pass)).unwrap_or_else(|mistakes| panic!("{pass}: {mistakes:?}"))
}

/// The control judges Azure where the expression asks for a fact that AWS does not offer.
fn written(pass: &str) -> String {
    let head = OWNER.split("resource =").next().unwrap();
    let tail = &OWNER[OWNER.find("[remediation.aws]").unwrap()..];
    let lacks = |fact: FactId| !fact.is_offered_by(Provider::Aws) && pass.contains(fact.name);
    let provider = if Kind::Bucket.fact_ids().any(lacks) { "azure" } else { "aws" };
    let tail = tail.replacen("aws", provider, 1);
    format!("{head}resource = \"bucket\"\npass = '''{pass}'''\n{tail}")
}

/// What is wrong with an expression.
fn wrong(pass: &str) -> Vec<String> {
    match parse(&written(pass)) {
        Ok(_) => panic!("{pass} is taken"),
        Err(mistakes) => mistakes.into_iter().map(|mistake| mistake.what).collect(),
    }
}

fn outcome(control: &'static Control, bucket: Bucket) -> Outcome {
    outcome_with(control, bucket, Params::default())
}

fn outcome_with(control: &'static Control, bucket: Bucket, params: Params) -> Outcome {
    let mut scope = Scope::empty(control.remediation[0].0, "123456789012");
    let gap = scope.add_gap(Gap::new("s3:GetBucketVersioning", "", Reason::Denied));
    assert_eq!(gap, DENIED);
    scope.finished = now();
    scope.buckets.items.push(bucket);
    let snapshot = Snapshot::new("", now(), now(), vec![scope]);
    let options = Options { params, ..Options::default() };
    let findings = judge::judge(&snapshot, &[control], &options);
    findings.iter().next().unwrap().outcome.clone()
}

const DENIED: GapId = GapId::new(2);

fn now() -> Time {
    "2026-06-30T12:00:00Z".parse().unwrap()
}

fn bucket() -> Bucket {
    Bucket::unread("arn:aws:s3:::records", "records", Some("eu-central-1"))
}

fn is(outcome: &Outcome) -> Expected {
    outcome.into()
}

#[test]
fn each_case_of_a_control_comes_out_as_it_says() {
    let read = parse(OWNER).unwrap();
    assert_eq!(read.control.id, "contoso.bucket-owner");
    assert_eq!(read.control.test.reads.iter().map(|fact| fact.name).collect::<Vec<_>>(), ["tags"]);
    assert_eq!(read.control.satisfies[0].requirement.to_string(), "csf-2.0:ID.AM-05");
    for case in &read.cases {
        assert_eq!(read.judge(case).outcome, case.expected, "{}", case.name);
    }
    assert_eq!(read.judge(&read.cases[1]).why, ["tags is {}"]);
    assert_eq!(read.judge(&read.cases[2]).why, ["tags was not read"]);
    let failing = read.control.failing(Provider::Aws);
    assert_eq!(failing.buckets.items.len(), 1);
}

#[test]
fn what_is_shown_to_readers_is_taken() {
    let page = include_str!("../../docs/own-controls.md");
    let example = page.split("```toml\n").find(|block| block.starts_with("id = ")).unwrap();
    let read = parse(example.split("```").next().unwrap()).unwrap();
    assert!(read.cases.iter().all(|case| read.judge(case).outcome == case.expected));
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/controls");
    load(Path::new(files), &mut Catalogue::default()).unwrap();
}

#[test]
fn what_decides_is_evidence_and_nothing_else() {
    let read = control("versioning && (mfa_delete || object_lock)");
    let known = |versioning, mfa, lock| {
        bucket().versioning(Known(versioning)).mfa_delete(Known(mfa)).object_lock(Known(lock))
    };
    let facts = |outcome: Outcome| match outcome {
        Outcome::Fail(evidence) => evidence.iter().map(|one| one.fact).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(facts(outcome(read.control, known(false, true, false))), ["versioning"]);
    assert_eq!(
        facts(outcome(read.control, known(true, false, false))),
        ["mfa_delete", "object_lock"]
    );
    let Outcome::Fail(evidence) = outcome(control("name.startsWith('x')").control, bucket()) else {
        panic!("it passes")
    };
    assert_eq!((evidence[0].fact, &*evidence[0].found), ("name", "records"));
}

#[test]
fn one_certain_answer_outranks_a_gap() {
    let gap = || Fact::Gap(DENIED);
    let either = control("versioning || mfa_delete").control;
    let both = control("versioning && mfa_delete").control;
    for (control, one, other, expected) in [
        (either, Known(true), gap(), Expected::Pass),
        (either, gap(), Known(true), Expected::Pass),
        (either, Known(false), gap(), Expected::Unknown),
        (either, gap(), gap(), Expected::Unknown),
        (both, Known(false), gap(), Expected::Fail),
        (both, gap(), Known(false), Expected::Fail),
        (both, Known(true), gap(), Expected::Unknown),
        // What the provider does not offer neither grants nor withholds.
        (both, NotOffered, Known(true), Expected::Pass),
        (both, NotOffered, NotOffered, Expected::NotApplicable),
        (either, NotOffered, Known(false), Expected::Fail),
        (either, NotOffered, gap(), Expected::Unknown),
    ] {
        let bucket = bucket().versioning(one.clone()).mfa_delete(other.clone());
        assert_eq!(is(&outcome(control, bucket)), expected, "{one:?} {other:?}");
    }
    let Outcome::Unknown(gap) = outcome(both, bucket().versioning(gap()).mfa_delete(Known(true)))
    else {
        panic!("it is known")
    };
    assert_eq!(gap, DENIED);
    // Where both ways lead to the same, the condition does not matter.
    let same = control("versioning ? mfa_delete : mfa_delete").control;
    assert_eq!(is(&outcome(same, bucket().mfa_delete(Known(true)))), Expected::Pass);
}

#[test]
fn an_expression_without_an_answer_is_unknown_and_says_so() {
    let tagged = |tags: &[(&str, &str)]| {
        bucket().tags(Known(tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()))
    };
    for pass in [
        "tags.owner != ''",
        "tags['owner'] != ''",
        "tags.owner > 3",
        "size(tags) / 0 == 0",
        "tags.exists(key, tags[key] > 2)",
        "soft_delete_days > 3",
    ] {
        let bucket = tagged(&[("team", "x")]).soft_delete_days(Known(None));
        let Outcome::Unknown(gap) = outcome(control(pass).control, bucket) else {
            panic!("{pass}")
        };
        assert_eq!(gap, GapId::NO_ANSWER, "{pass}");
    }
    // A certain yes beside it decides.
    let either = control("tags.owner != '' || name == 'records'").control;
    assert_eq!(is(&outcome(either, tagged(&[]))), Expected::Pass);
    let scope = Scope::empty(Provider::Aws, "1");
    assert_eq!(scope.gap(GapId::NO_ANSWER).unwrap().reason, Reason::Undetermined);
}

#[test]
fn what_has_not_happened_yet_has_no_age() {
    let made = |time: &str| bucket().access_keys_made(Known(vec![time.parse().unwrap()]));
    let young = control("access_keys_made.all(t, daysSince(t) <= 90)").control;
    assert_eq!(is(&outcome(young, made("2026-06-29T12:00:00Z"))), Expected::Pass);
    let Outcome::Unknown(gap) = outcome(young, made("2026-07-01T12:00:00Z")) else { panic!() };
    assert_eq!(gap, GapId::AHEAD_OF_TIME);
    let lasting = control("access_keys_made.all(t, daysUntil(t) > 0)").control;
    assert_eq!(is(&outcome(lasting, made("2026-07-01T12:00:00Z"))), Expected::Pass);
}

#[test]
fn where_the_time_is_not_known_ages_have_no_answer() {
    for pass in
        ["access_keys_made.all(t, daysSince(t) <= 90)", "access_keys_made.all(t, daysUntil(t) > 0)"]
    {
        let mut scope = Scope::empty(Provider::Azure, "123456789012");
        scope.finished = now();
        scope.time_unknown = Some(scope.add_gap(Gap::new("", "", Reason::Undetermined)));
        scope.buckets.items.push(bucket().access_keys_made(Known(vec![now()])));
        let unknown = scope.time_unknown.unwrap();
        let snapshot = Snapshot::new("", now(), now(), vec![scope]);
        let findings = judge::judge(&snapshot, &[control(pass).control], &Options::default());
        let outcome = findings.iter().next().unwrap().outcome.clone();
        assert_eq!(outcome, Outcome::Unknown(unknown), "{pass}");
    }
}

#[test]
fn what_is_in_facts_can_be_asked() {
    let lists = bucket()
        .delete_locks(Known(vec!["no-delete".to_owned()]))
        .smb_versions(Known(["SMB3.0".to_owned(), "SMB3.1.1".to_owned()].into()))
        .soft_delete_days(Known(Some(30)))
        .access_keys_made(Known(vec!["2026-04-01T12:00:00Z".parse().unwrap()]));
    for (pass, expected) in [
        ("'no-delete' in delete_locks", true),
        ("size(delete_locks) == 1", true),
        ("delete_locks.size() > 1", false),
        ("smb_versions.all(v, v.startsWith('SMB3'))", true),
        ("smb_versions.exists(v, v == 'SMB2.1')", false),
        ("smb_versions.exists_one(v, v == 'SMB3.0')", true),
        ("size(smb_versions.filter(v, v.endsWith('.1'))) == 1", true),
        ("soft_delete_days != null && soft_delete_days >= 7", true),
        ("soft_delete_days in [7, 14, 30]", true),
        ("name.matches('^[a-z]+$')", true),
        ("matches(name, '^[A-Z]+$')", false),
        ("region == 'eu-central-1' && provider == 'aws'", true),
        ("id.contains(':s3:')", true),
        // Ninety days is not more than ninety days.
        ("access_keys_made.all(t, daysSince(t) <= 90)", true),
        ("access_keys_made.all(t, daysSince(t) < 90)", false),
        ("access_keys_made.all(t, daysUntil(t) == -90.0)", true),
        ("!(size(delete_locks) == 0)", true),
        ("delete_locks.all(a, smb_versions.exists(b, a != b))", true),
    ] {
        let expected = if expected { Expected::Pass } else { Expected::Fail };
        assert_eq!(is(&outcome(control(pass).control, lists.clone())), expected, "{pass}");
    }
}

#[test]
fn thresholds_hold_as_they_were_set() {
    let text = written("soft_delete_days != null && soft_delete_days >= params.min_days").replace(
        "[satisfies]",
        "[params.min-days]\nabout = \"The fewest days.\"\ndays = 7\n\n[satisfies]",
    );
    let read = parse(&text).unwrap();
    let kept = |days| bucket().soft_delete_days(Known(Some(days)));
    assert_eq!(is(&outcome(read.control, kept(7))), Expected::Pass);
    let mut params = Params::default();
    params.set(read.control, "min-days", Value::Number(14)).unwrap();
    assert_eq!(is(&outcome_with(read.control, kept(7), params)), Expected::Fail);
    let mistakes = parse(&text.replace("params.min_days", "params.min_day")).unwrap_err();
    assert!(mistakes[0].what.contains("did you mean `min_days`"), "{mistakes:?}");
}

#[test]
fn the_names_of_a_threshold_count_among_the_steps() {
    let text = written("params.known.all(a, params.known.exists(b, a == b)) && versioning")
        .replace(
            "[satisfies]",
            "[params.known]\nabout = \"Names.\"\nnames = [\"x\"]\n\n[satisfies]",
        );
    let read = parse(&text).unwrap();
    let kept = || bucket().versioning(Known(true));
    assert_eq!(is(&outcome(read.control, kept())), Expected::Pass);
    let many = (0..3_000).map(|number| number.to_string()).collect();
    let mut params = Params::default();
    params.set(read.control, "known", Value::Names(many)).unwrap();
    assert_eq!(is(&outcome_with(read.control, kept(), params)), Expected::Unknown);
}

#[test]
fn what_does_not_apply_is_not_judged() {
    let text = written("mfa_delete").replace(
        "[remediation.aws]",
        "applies = 'versioning'\nnot-applicable = \"nothing is kept\"\n\n[remediation.aws]",
    );
    let read = parse(&text).unwrap();
    let world = |versioning, mfa| bucket().versioning(versioning).mfa_delete(mfa);
    let gap = || Fact::Gap(DENIED);
    assert_eq!(
        outcome(read.control, world(Known(false), gap())),
        Outcome::NotApplicable("nothing is kept".into())
    );
    assert_eq!(is(&outcome(read.control, world(gap(), Known(true)))), Expected::Unknown);
    assert_eq!(is(&outcome(read.control, world(Known(true), Known(true)))), Expected::Pass);
    assert!(parse(&text.replace("not-applicable =", "expected =")).is_err());
}

#[test]
fn a_mistake_names_its_line_and_the_nearest_fact() {
    let place = |text: &str, what: &str| {
        text.lines().position(|line| line.contains(what)).map(|line| line + 1).unwrap()
    };
    let one = |text: &str| parse(text).unwrap_err().into_iter().next().unwrap();
    let text = OWNER.replace("tags.owner != \"\"", "tagss.owner != \"\"");
    let mistake = one(&text);
    assert_eq!(mistake.line, place(&text, "tagss"));
    assert_eq!(mistake.what, "`tagss` is not a fact of a bucket; did you mean `tags`?");
    let text = OWNER.replace("severity = \"medium\"", "severity = \"middling\"");
    assert_eq!(one(&text).line, place(&text, "middling"));
    let text = OWNER.replace("title =", "titel =");
    let mistake = one(&text);
    assert_eq!(mistake.line, place(&text, "titel"));
    assert!(mistake.what.contains("titel"), "{mistake}");
    let text = OWNER.replace("ID.AM-05", "ID.AM-055");
    let mistake = one(&text);
    assert_eq!(mistake.line, place(&text, "ID.AM-055"));
    assert!(mistake.what.contains("`ID.AM-05`"), "{mistake}");
    let text = OWNER.replace("facts = { tags = {} }", "facts = { tag = {} }");
    let mistake = one(&text);
    assert_eq!(mistake.line, place(&text, "tag = {}"));
    assert!(mistake.what.contains("`tags`"), "{mistake}");
    let text = OWNER.replace("facts = { tags = {} }", "facts = { tags = 3 }");
    assert_eq!(one(&text).line, place(&text, "tags = 3"));
    let text = OWNER.replace("resource = \"bucket\"", "resource = \"buckets\"");
    assert!(one(&text).what.contains("did you mean `bucket`"));
    let text = OWNER.replace("[remediation.aws]", "[remediation.asw]");
    assert!(
        parse(&text)
            .unwrap_err()
            .iter()
            .any(|m| m.what.contains("unknown provider `asw`; available: aws, azure"))
    );
    let text = OWNER.replace("contoso.bucket-owner", "Bucket Owner");
    assert!(one(&text).what.contains("an ID is"));
    let text = OWNER.replace("Give the bucket", "Give \\u001b[31m the bucket");
    assert!(one(&text).what.contains("control characters"));
    let text = OWNER.replace("https://docs", "javascript:docs");
    assert!(one(&text).what.contains("https://"));
    let text = OWNER.replace("expect = \"pass\"", "expect = \"fail\"");
    assert!(one(&text).what.contains("expect = \"pass\""));
    for text in ["", "=", "id = 3", "\u{0}", "[[case]]", &OWNER[..OWNER.len() / 2]] {
        assert!(parse(text).is_err(), "{text}");
    }
}

#[test]
fn every_mistake_is_reported_at_once_with_its_table_and_line() {
    let text = r#"id = "contoso.owner"
titel = "Buckets say who owns them"
severity = "middling"
rationale = 7
resource = "bucket"
pass = "tagss.owner != null"
[remediation.aws]
text = "Do it."
consol = "Here"
[params.min-days]
days = -1
[satisfies]
"csf-2.0:ID.AM-055" = "supporting"
"csf-2.0:ID.AM-05" = "some"
[[case]]
name = "one"
expects = "pass"
facts = { tag = {} }
[[case]]
expect = "fail"
unread = ["versionin"]
"#;
    let all: Vec<String> = parse(text).unwrap_err().iter().map(ToString::to_string).collect();
    for expected in [
        "2: unknown key `titel`; did you mean `title`?",
        "3: `severity` cannot be \"middling\"; expected one of low, medium, high, critical",
        "4: `rationale` must be text, not integer",
        "6: `tagss` is not a fact of a bucket; did you mean `tags`?",
        "7: [remediation.aws]: `command` is missing",
        "9: [remediation.aws]: unknown key `consol`; did you mean `console`?",
        "10: [params.min-days]: `about` is missing",
        "11: [params.min-days]: `days` must be a whole number that is not negative, not integer",
        "13: [satisfies]: NIST Cybersecurity Framework 2.0 has no requirement `ID.AM-055`; did you mean `ID.AM-05`",
        "14: [satisfies]: `csf-2.0:ID.AM-05` cannot be \"some\"; expected one of full, partial, supporting",
        "17: [[case]] \"one\": unknown key `expects`; did you mean `expect`?",
        "18: [[case]] \"one\": `tag` is not a fact of this resource; did you mean `tags`?",
        "19: [[case]] 2: `name` is missing",
        "21: [[case]] 2: `versionin` is not a fact of this resource; did you mean `versioning`",
    ] {
        assert!(all.iter().any(|one| one.starts_with(expected)), "{expected}: {all:#?}");
    }
    // Nothing follows from what was reported already.
    assert_eq!(all.len(), 14, "{all:#?}");
    let many = (0..2_000).map(|n| format!("k{n} = 1\n")).collect::<String>();
    let mistakes = parse(&many).unwrap_err();
    assert_eq!(mistakes.len(), 51);
    assert_eq!(mistakes.last().unwrap().what, "more errors follow");
}

#[test]
fn what_a_rule_names_besides_facts_is_evidence() {
    let evidence = |pass: &str| match outcome(control(pass).control, bucket()) {
        Outcome::Fail(all) => {
            all.iter().map(|one| format!("{}: {}", one.fact, one.found)).collect::<Vec<_>>()
        }
        other => panic!("{pass}: {other:?}"),
    };
    assert_eq!(evidence("region == 'us-east-1' || 1 > 2"), ["region: eu-central-1"]);
    assert_eq!(evidence("id.startsWith('x') && name == 'records'"), ["id: arn:aws:s3:::records"]);
    assert_eq!(evidence("provider != 'aws'"), ["provider: aws"]);
    assert_eq!(evidence("name != 'records'"), ["name: records"]);
}

#[test]
fn what_a_fact_never_is_is_not_a_comparison() {
    for (pass, message) in [
        ("versioning == 'on'", "`versioning` cannot be \"on\""),
        ("versioning != null", "`versioning` cannot be null"),
        ("encryption == 'custom'", "`encryption` cannot be \"custom\""),
        ("public_network in ['enabled', 'disbled']", "`public_network` cannot be \"disbled\""),
        ("delete_locks", "`delete_locks` cannot be true"),
        ("daysSince(versioning) > 1", "`versioning` cannot be"),
        ("size(tags)", "not a Boolean expression"),
        ("'x'", "not a Boolean expression"),
        ("versioning && 3", "not a Boolean expression"),
        ("smb_versions.filter(v, v == '')", "not a Boolean expression"),
    ] {
        let wrong = wrong(pass).join("\n");
        assert!(wrong.contains(message), "{pass}: {wrong}");
    }
    control("encryption == 'provider' || encryption == 'none'");
    control("soft_delete_days == null");
}

#[test]
fn expressions_are_bounded() {
    let deep =
        |open: &str, close: &str| format!("{}versioning{}", open.repeat(1000), close.repeat(1000));
    for (pass, message) in [
        ("smb_versions.map(v, v) == []", "`map` is not supported"),
        ("smb_versions.map(v, v != '', 'x') == []", "`map` is not supported"),
        ("smb_versions.all(v, v + v != '')", "`+` is not allowed in loops"),
        ("smb_versions.all(v, v in [v, v])", "a list inside a loop"),
        (
            "smb_versions.all(a, smb_versions.all(b, smb_versions.all(c, smb_versions.all(d, a == d))))",
            "at most 3 deep",
        ),
        ("smb_versions.all(name, name != '')", "`name` is already in use"),
        ("smb_versions.all(tags, tags != '')", "`tags` is already in use"),
        ("name.matches(region)", "must be a string literal"),
        ("name.matches('(')", "invalid pattern"),
        ("name.lowerAscii() == ''", "unknown function `lowerAscii`"),
        ("name.startWith('a')", "did you mean `startsWith`"),
        ("optional.of(1) == optional.none()", "unknown function `of`"),
        ("tags.?owner == 1", "not an expression"),
        ("{'a': 1} == {}", "maps and messages cannot be constructed"),
        ("b'x' == b'x'", "bytes are not supported"),
        ("versioning ==", "not an expression"),
        ("", "not an expression"),
        ("params.x == 1", "unknown parameter `x`"),
        ("params == 1", "params.NAME"),
        (&format!("name in ['{}']", "x".repeat(5000)), "longer than"),
        (&format!("name in [{}]", ["''"; 600].join(",")), "more than 500 parts"),
        (&deep("(", ")"), "brackets may be nested at most"),
        (&deep("[", "]"), "brackets may be nested at most"),
        (&deep("name == '\\'' && (", ")"), "longer than"),
        (&deep("!(", ")"), "brackets may be nested at most"),
        (&format!("name == r'\\' && {}", deep("(", ")")), "brackets may be nested at most"),
        (&format!("name == '\\'' && {}", deep("(", ")")), "brackets may be nested at most"),
        (&format!("name{} == ''", ".a".repeat(1900)), "the expression is nested more than"),
        (&format!("{}1 == 1", "1+".repeat(1900)), "the expression is nested more than"),
        (&format!("{}true", "versioning ? false : ".repeat(180)), "not an expression"),
        (&format!("versioning{}", " && versioning".repeat(280)), "more than 500 parts"),
    ] {
        let wrong = wrong(pass).join("\n");
        assert!(wrong.contains(message), "{}: {wrong}", &pass[..pass.len().min(80)]);
    }
    for sign in ["!", "-", "!-"] {
        let _ = parse(&written(&format!("{}versioning", sign.repeat(1500))));
    }
    // What is bounded by its length is bounded by what the cloud holds, too.
    let many: Vec<String> = (0..3_000).map(|number| format!("lock-{number}")).collect();
    let pairs = control("delete_locks.all(a, delete_locks.exists(b, a == b))").control;
    let Outcome::Unknown(gap) = outcome(pairs, bucket().delete_locks(Known(many))) else {
        panic!("nine million steps were taken")
    };
    assert_eq!(gap, GapId::NO_ANSWER);
}

/// An "and", an "or", a "not", an "if" or a comparison of some facts.
fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("versioning".to_owned()),
        Just("mfa_delete".to_owned()),
        Just("object_lock".to_owned()),
        Just("versioning == mfa_delete".to_owned()),
        Just("object_lock != tls_enforced".to_owned()),
        Just("tls_enforced == true".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner)
                .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

/// Controls whose expressions may meet what they have no answer for.
static HARDY: LazyLock<Vec<&'static Control>> = LazyLock::new(|| {
    [
        "int(tags.a) > 0",
        "double(tags.a) > 0.0",
        "string(soft_delete_days) == tags.a",
        "soft_delete_days * soft_delete_days * soft_delete_days > 0",
        "-soft_delete_days - 9223372036854775807 < 0",
        "soft_delete_days / (soft_delete_days - 1) == 1",
        "soft_delete_days % (soft_delete_days - 7) == 0",
        "tags[tags.a] != ''",
        "delete_locks[soft_delete_days] == ''",
        "delete_locks[0 - 1] == ''",
        "delete_locks.all(l, l.startsWith(tags.a) || l.endsWith(name))",
        "size(delete_locks + delete_locks) > size(name + name)",
        "name.matches('^(a|b)*[^x-z]{2,9}$')",
        "name.contains(tags.a) && tags.a in tags",
        "daysSince(tags.a) > 3 || daysUntil(name) > 3",
        "int(double(soft_delete_days) * 1e300) > 0",
        "tags.exists_one(k, tags[k] == name)",
        "size(tags.filter(k, k > name)) == 0",
    ]
    .map(|pass| control(pass).control)
    .into()
});

/// A bucket of whose four facts some are known.
fn with(facts: [Option<bool>; 4]) -> Bucket {
    let [a, b, c, d] = facts.map(|fact| fact.map_or(Fact::Gap(DENIED), Known));
    bucket().versioning(a).mfa_delete(b).object_lock(c).tls_enforced(d)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The outcome for a partly known world is the outcome in each world that it may be.
    #[test]
    fn hiding_facts_never_reverses_a_verdict(
        pass in expressions(),
        facts in proptest::array::uniform4(proptest::option::of(any::<bool>())),
    ) {
        // A control whose expression names no fact has no cases that differ; its verdict is checked all the same.
        let control = control(&pass).control;
        let verdict = is(&outcome(control, with(facts)));
        if verdict != Expected::Unknown {
            for bits in 0..16_u8 {
                let mut full = facts;
                for (place, fact) in full.iter_mut().enumerate() {
                    fact.get_or_insert(bits & (1 << place) != 0);
                }
                prop_assert_eq!(is(&outcome(control, with(full))), verdict, "{} {:?}", pass, full);
            }
        }
        let full = facts.map(|fact| Some(fact.unwrap_or(true)));
        prop_assert_ne!(is(&outcome(control, with(full))), Expected::Unknown, "{}", pass);
    }

    /// Nor does anything that a cloud may hold.
    #[test]
    fn any_fact_is_answered_or_unknown(
        tags in proptest::collection::btree_map(".{0,12}", ".{0,40}", 0..4),
        locks in proptest::collection::vec(".{0,20}", 0..5),
        days in any::<u32>(),
        name in ".{0,40}",
    ) {
        let first = tags.values().next().cloned().unwrap_or_default();
        let tags = tags.into_iter().chain([("a".to_owned(), first)]).collect();
        let bucket = Bucket::unread(name.clone(), name, None)
            .tags(Known(tags))
            .delete_locks(Known(locks))
            .soft_delete_days(Known(Some(days)));
        for control in HARDY.iter() {
            outcome(control, bucket.clone());
        }
    }

    /// Nothing that is written there brings it down.
    #[test]
    fn any_text_is_an_expression_or_a_mistake(text in "[ -~\n]{0,120}") {
        if !text.contains("'''") {
            let _ = parse(&written(&text));
        }
        let _ = parse(&text);
    }

    /// Nor what is nearly right.
    #[test]
    fn a_mistake_is_reported_without_a_panic(place in 0..OWNER.len(), with in "[ -~\n]{0,3}", cut in 0..4_usize) {
        let mut text = OWNER.to_owned();
        let start = (0..=place).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (start + cut..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
        text.replace_range(start..end, &with);
        if let Ok(read) = parse(&text) {
            for case in &read.cases {
                let _ = read.judge(case);
            }
        }
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_folder_is_added_as_a_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let before = Catalogue::default();
    let mut catalogue = Catalogue::default();
    assert!(matches!(load(folder.path(), &mut catalogue), Err(Error::Nothing(_))));
    write(folder.path(), "README.md", "no control");
    write(folder.path(), "contoso/owner.toml", OWNER);
    load(folder.path(), &mut catalogue).unwrap();
    assert_eq!(catalogue.all().len(), before.all().len() + 1);
    assert!(catalogue.knows("contoso"));

    let mistakes = |catalogue: &mut Catalogue| match load(folder.path(), catalogue) {
        Err(Error::Mistakes(all)) => all,
        other => panic!("{other:?}"),
    };
    // The same once more: nothing takes the place of anything.
    let again = mistakes(&mut catalogue);
    assert!(
        again[0].contains("owner.toml:1: a control `contoso.bucket-owner` already exists"),
        "{again:?}"
    );
    let shadow = OWNER.replace("contoso.bucket-owner", "storage.versioning");
    write(folder.path(), "shadow.toml", &shadow);
    let mut fresh = Catalogue::default();
    let taken = mistakes(&mut fresh);
    assert!(taken[0].contains("a control `storage.versioning` already exists"), "{taken:?}");
    assert_eq!(fresh, before);
    // A case that comes out otherwise.
    let wrong = OWNER.replace("has(tags.owner)", "!has(tags.owner)");
    write(folder.path(), "shadow.toml", &wrong.replace("contoso.", "fabrikam."));
    let otherwise = mistakes(&mut fresh);
    assert_eq!(otherwise.len(), 2, "{otherwise:?}");
    let line = OWNER.lines().position(|line| line.contains("[[case]]")).unwrap() + 1;
    assert!(
        otherwise[0].contains(&format!(
            "shadow.toml:{line}: case \"with an owner\": expected pass, got fail"
        )),
        "{otherwise:?}"
    );
    assert_eq!(fresh, before);
    // Every mistake of every file at once.
    write(folder.path(), "contoso/owner.toml", "id = 3");
    write(folder.path(), "shadow.toml", "=");
    let all = mistakes(&mut fresh);
    for file in ["owner.toml:1: `id` must be text, not integer", "shadow.toml:1: "] {
        assert!(all.iter().any(|mistake| mistake.contains(file)), "{file}: {all:?}");
    }
    assert!(matches!(read(&folder.path().join("nowhere")), Err(Error::Read { .. })));
    write(folder.path(), "shadow.toml", &"#".repeat(300 << 10));
    assert!(matches!(read(folder.path()), Err(Error::Read { .. })));
}

#[test]
fn a_fact_that_a_provider_does_not_offer_is_a_mistake_with_its_line() {
    let azure = "[remediation.azure]\ntext = \"Do it.\"\nconsole = \"Here\"\ncommand = \"az\"\n";
    let text = written("versioning &&\n mfa_delete");
    assert!(parse(&text).is_ok());
    let both = text.replacen("[remediation.aws]", &format!("{azure}\n[remediation.aws]"), 1);
    let mistakes = parse(&both).unwrap_err();
    let what =
        "Azure does not offer `mfa_delete`; test `provider` first, or remove `[remediation.azure]`";
    assert!(mistakes.iter().any(|mistake| mistake.what == what), "{mistakes:?}");
    let line = both.lines().position(|line| line.contains("mfa_delete")).map(|line| line + 1);
    assert_eq!(Some(mistakes[0].line), line);
    // An expression that asks for the provider decides itself.
    let asked = both.replace("mfa_delete", "(provider != \"aws\" || mfa_delete)");
    assert!(parse(&asked).is_ok(), "{:?}", parse(&asked).err());
    // If no provider that the control judges offers it, the question never has an answer.
    let alone = text.replace("mfa_delete", "(provider != \"aws\" || shared_key_access)");
    let mistakes = parse(&alone).unwrap_err();
    assert_eq!(mistakes[0].what, "AWS does not offer `shared_key_access`");
}

/// Each folder contains links to itself: the first that is too deep ends it.
#[cfg(unix)]
#[test]
fn a_folder_that_leads_back_to_itself_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..20 {
        std::os::unix::fs::symlink(".", folder.path().join(number.to_string())).unwrap();
    }
    let error = posture_cel::read(folder.path()).unwrap_err();
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(cause.contains("too deep"), "{error} {cause}");
}

/// No process writes into it.
#[cfg(unix)]
#[test]
fn a_pipe_in_a_folder_of_controls_is_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("a.toml")).status();
    assert!(made.unwrap().success());
    assert!(matches!(posture_cel::read(folder.path()), Err(posture_cel::Error::Nothing(_))));
}
