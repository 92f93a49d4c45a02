//! The page on one report that holds every outcome, and with names that mean harm.

use std::collections::HashSet;

use posture_core::controls;
use posture_core::exception::{Exception, Pattern, Place};
use posture_core::fact::Known;
use posture_core::gap::{Gap, Reason};
use posture_core::judge::{self, Finding, Options};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::{Report, roll_up};
use posture_core::resource::{Bucket, PublicAccessBlock};
use posture_core::scope::{Calls, Scope};
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;

use super::evidence::is_inherited;
use super::look::{Appearance, Bar, ORDER, color};
use super::page::Page;
use super::shell::{SCRIPT, STYLE, source};
use super::text::{Anchor, Link, Prose, name};
use super::write;
use crate::tests::{assert_parts, first_of_each, providers, report};

fn page(report: &Report<'_>) -> String {
    let mut out = Vec::new();
    write(report, &Params::default(), providers, None, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without style sheet and script.
fn body(page: &str) -> String {
    let (_, body) = page.split_once("</style>").unwrap();
    let (body, _) = body.split_once("<script>").unwrap();
    body.to_owned()
}

/// Every tag of the page, from `<` to `>`. No attribute holds a `>`: see [`Text`].
fn tags(body: &str) -> Vec<&str> {
    body.split('<').skip(1).map(|rest| rest.split('>').next().unwrap()).collect()
}

#[test]
fn the_page() {
    let body = body(&page(&report(&["csf", "cis-aws"])));
    let body = body.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    // Hundreds of requirements that nothing was assessed of differ in their words only.
    let (before, after) = body.split_once("<section class=part id=not-assessed>").unwrap();
    let (rows, after) = after.split_once("<section class=part").unwrap();
    let rows = first_of_each(rows, |row| {
        let kind = row.strip_prefix("<tr data-k=")?.split(' ').next()?;
        let framework = row.split_once("id=\"r-")?.1.split('.').next()?;
        Some(format!("{framework} {kind}"))
    });
    let body =
        format!("{before}<section class=part id=not-assessed>{rows}<section class=part{after}");
    assert_parts("html", &body, |_, rest| {
        let part = rest.strip_prefix("<section class=part id=")?;
        part.split('>').next().map(str::to_owned)
    });
}

#[test]
fn same_report_same_bytes() {
    assert_eq!(page(&report(&["csf"])), page(&report(&["csf"])));
}

#[test]
fn nothing_is_asked_of_any_network() {
    let page = page(&report(&["csf", "ccm", "cis-aws"]));
    for tag in tags(&body(&page)) {
        let name = tag.split([' ', '>']).next().unwrap();
        let known = "a b body button caption code dd details div dl dt em fieldset form h1 h2 h3 h4 head header i input \
                     label legend li main nav ol option output p pre rect section select small span summary svg table \
                     tbody td th thead title tr ul";
        let known = known.split_whitespace().any(|known| known == name.trim_start_matches('/'));
        assert!(known, "<{tag}>");
        let acts = |word: &str| word.starts_with("on") && word.contains('=');
        assert!(!tag.split_whitespace().any(acts), "<{tag}>");
        assert!(!tag.contains(" style=") && !tag.contains(" src="), "<{tag}>");
        if let Some((_, link)) = tag.split_once("href=") {
            assert!(link.starts_with("\"#") || link.starts_with("\"https://"), "<{tag}>");
            assert_eq!(link.starts_with("\"https://"), tag.contains("rel=noreferrer"), "<{tag}>");
        }
    }
    for word in
        ["@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval(", "</script", "</style"]
    {
        assert!(!STYLE.contains(word) && !SCRIPT.contains(word), "{word}");
    }
}

#[test]
fn only_what_is_in_the_page_may_act() {
    let page = page(&report(&[]));
    let (_, policy) = page.split_once("Content-Security-Policy content=\"").unwrap();
    let (policy, _) = policy.split_once('"').unwrap();
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    for (tag, end) in [("<style>", "</style>"), ("<script>", "</script>")] {
        assert_eq!(page.matches(tag).count(), 1);
        let (_, text) = page.split_once(tag).unwrap();
        let (text, _) = text.split_once(end).unwrap();
        assert!(policy.contains(&format!("'{}'", source(text))), "{policy}");
    }
    // An example of the specification of content security policies, level 3.
    assert_eq!(
        source("alert('Hello, world.');"),
        "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
    );
}

#[test]
fn every_outcome_has_its_rows_and_nothing_else_counts_as_a_pass() {
    let report = report(&[]);
    let page = page(&report);
    for mark in ORDER {
        let findings: Vec<Finding<'_>> =
            report.findings.iter().filter(|finding| FindingStatus::of(finding) == mark).collect();
        assert!(!findings.is_empty(), "{mark:?}");
        let start = format!("<tbody class={}>", mark.class());
        let rows: usize = page
            .split(&start)
            .skip(1)
            .map(|rest| rest.split("</tbody>").next().unwrap().matches("<tr data-s=").count())
            .sum();
        assert_eq!(rows, findings.len(), "{mark:?}");
    }
    let excepted = page.split("<tbody class=x>").nth(1).unwrap();
    assert!(excepted.contains("policy_public_read:"));
    assert!(
        excepted
            .contains("accepted by web team until 2027-01-31: a public site\\u{9b}2J; see SEC-7")
    );
}

#[test]
fn every_requirement_is_there_once_with_its_state() {
    let report = report(&["csf", "cis-aws"]);
    let page = page(&report);
    for framework in &report.frameworks {
        for row in &framework.requirements {
            let anchor = Anchor(framework.framework, row.requirement);
            let id = format!("id=\"{anchor}\"");
            assert_eq!(page.matches(&id).count(), 1, "{id}");
            let tag = page.split('<').find(|tag| tag.contains(&id)).unwrap();
            assert!(tag.contains(&format!("data-k={} ", color(row.state))), "{tag}");
            // What was not assessed is listed, whether or not it has a section.
            let (_, list) = page.split_once("<section class=part id=not-assessed>").unwrap();
            let (list, _) = list.split_once("<section class=part").unwrap();
            let cell = format!("<td><code>{}</code><td>", name(row.requirement.id));
            let state = format!("data-k={}", color(row.state));
            let listed = list.lines().any(|line| line.contains(&cell) && line.contains(&state));
            assert_eq!(listed, !row.state.is_assessed(), "{anchor}");
        }
    }
}

#[test]
fn every_gap_is_named() {
    let report = report(&[]);
    let page = page(&report);
    let (_, rows) = page.split_once("class=\"stack gaps\"").unwrap();
    for action in ["s3:GetBucketPolicy", "kms:ListKeys"] {
        assert!(rows.contains(&format!("<tr><td><code>{action}</code>")), "{action}");
    }
    assert!(rows.contains("<b>AccessDenied</b> not authorized\\u{7}"));
}

#[test]
fn coverage_and_result_are_two_numbers() {
    let report = report(&["cis-aws"]);
    let counts = report.frameworks[0].counts();
    let page = page(&report);
    let coverage = format!(
        "Coverage: some evidence for <b>{}</b> of {} assessable, a part of <b>{}</b> decided ({} in total)",
        counts.evidenced,
        counts.assessable,
        counts.decided,
        counts.total()
    );
    assert!(page.contains(&coverage));
    assert!(page.contains(&format!("Result: {}", crate::coverage::result(counts))));
}

/// One row of a thousand with a result is not shown as all of them, neither in words nor in a bar.
#[test]
fn a_bar_is_full_only_where_everything_has_a_result() {
    let report = report(&["nist-800-53-r5", "cis-aws"]);
    let page = page(&report);
    for framework in &report.frameworks {
        let (counts, total) = (framework.counts(), framework.framework.requirements.len());
        let (_, decided) = counts.score();
        assert!(decided < total / 2);
        let (_, card) =
            page.split_once(&format!("href=\"#f-{}\"", framework.framework.id)).unwrap();
        let (card, _) = card.split_once("<li>").unwrap();
        let (_, bar) = card.rsplit_once("aria-label=\"").unwrap();
        let (words, _) = bar.split_once('"').unwrap();
        let shown: usize = words
            .split(", ")
            .map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(shown, total, "{words}");
        assert!(
            card.contains(&format!("of {total} ha")) || card.contains("no result yet"),
            "{card}"
        );
    }
}

#[test]
fn hostile_names_are_text() {
    let evil = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</style></table></details><h1>x",
        "<!--",
        "]]>&lt;&#0;",
        "javascript:alert(1)",
        "\u{2028}\u{2029}\u{202e}gpj\u{2066}\u{200b}",
        "\u{1b}]8;;https://evil.example\u{7}\u{9b}2J\0\r\n\t",
        "\u{e0041}\u{feff}",
    ];
    let mut scope = Scope::empty(Provider::Aws, evil[1]);
    scope.partition = evil[0].to_owned();
    scope.name = Some(evil.concat());
    scope.identity = Some(evil[2].to_owned());
    scope.account.public_access_block = Known(PublicAccessBlock::default());
    for text in evil {
        let mut gap = Gap::new(text, text, Reason::Denied);
        gap.region = Some(text.to_owned());
        gap.code = Some(text.to_owned());
        gap.request_id = Some(text.to_owned());
        gap.detail = Some(text.repeat(10_000));
        let gap = posture_core::fact::Fact::Gap(scope.add_gap(gap));
        scope.calls.insert(text.to_owned(), Calls::default());
        let bucket = |id: String| {
            Bucket::unread(id, text, Some(text))
                .acls_disabled(Known(true))
                .acl_public_read(Known(posture_core::entries::Entries::none()))
                .public_access_block(Known(PublicAccessBlock::default()))
        };
        scope.buckets.items.push(bucket(format!("{text} 1")).policy_public_read(gap));
        let open = Known(vec![text.to_owned()].into());
        scope.buckets.items.push(bucket(format!("{text} 2")).policy_public_read(open));
    }
    let time = Time::from_unix(0);
    let snapshot = Snapshot::new(evil[0], time, time, vec![scope]);
    let control = controls::ALL.iter().find(|control| control.id == "storage.public-access");
    let exception = Exception {
        controls: vec!["storage.public-access".to_owned()],
        place: Place { resource: Some(Pattern::new(format!("{} 2", evil[0]))), ..Place::default() },
        owner: evil[0].to_owned(),
        reason: evil.concat(),
        expires: Time::from_unix(9),
        ticket: Some(evil[0].to_owned()),
        compensating_control: Some(evil[0].to_owned()),
    };
    let options = Options { exceptions: vec![exception], ..Options::default() };
    let findings = judge::judge(&snapshot, &[*control.unwrap()], &options);
    assert_eq!((findings.tally(0).fail, findings.tally(0).excepted), (9, 1));
    let page = page(&roll_up(findings, &[]));
    assert!(page.len() < 500_000, "{} bytes", page.len());
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</style").count(), 1);
    assert!(!page.contains("<img") && !page.contains("<!--"));
    for tag in tags(&body(&page)) {
        assert!(!tag.contains("alert") && !tag.contains("javascript"), "<{tag}>");
    }
    let odd = page.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    });
    assert_eq!(odd, None);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn an_account_is_never_called_by_the_name_of_another() {
    let scopes = ["111111111111", "222222222222"].map(|id| Scope::empty(Provider::Aws, id));
    let time = Time::from_unix(0);
    let snapshot = Snapshot::new("0.1.0", time, time, scopes.to_vec());
    let controls = [controls::ALL[0]];
    let report = roll_up(judge::judge(&snapshot, &controls, &Options::default()), &[]);
    let params = Params::default();
    let page = Page::new(&report, &params, providers);
    // Wherever it is in memory, it is the account with its number.
    assert_eq!(page.label(&scopes[1].clone()), "222222222222");
    assert_eq!(page.place(&scopes[1]), Some(1));
    for stranger in
        [Scope::empty(Provider::Aws, "333333333333"), Scope::empty(Provider::Azure, "222222222222")]
    {
        assert_eq!(page.place(&stranger), None);
        assert_eq!(page.label(&stranger), stranger.id);
    }
}

#[test]
fn only_safe_links_are_links() {
    let shown = |url: &str| Link(url, url).to_string();
    assert_eq!(
        shown("https://example.com/a?b=1&c=2"),
        "<a rel=noreferrer href=\"https://example.com/a?b=1&amp;c=2\">https://example.com/a?b=1&amp;c=2</a>"
    );
    for bad in [
        "http://example.com",
        "javascript:alert(1)",
        "HTTPS://example.com",
        "https://a\" onclick=\"b",
        "https://a\u{202e}b",
        "data:text/html,x",
    ] {
        assert!(!shown(bad).contains("<a"), "{bad}");
    }
}

#[test]
fn backticks_in_our_own_words_are_code() {
    assert_eq!(
        Prose("Set `a<b` to `c`.").to_string(),
        "Set <code>a&lt;b</code> to <code>c</code>."
    );
    assert_eq!(Prose("one ` only").to_string(), "one ` only");
}

#[test]
fn bars_are_as_long_as_what_they_show() {
    let bar = Bar(&[(1, "met", "met"), (0, "exc", "excepted"), (2, "unmet", "not met")]);
    let text = bar.to_string();
    assert!(text.contains("aria-label=\"1 met, 2 not met\""), "{text}");
    assert!(text.contains("<rect class=k-met x=0 width=333 height=10>"), "{text}");
    assert!(text.contains("<rect class=k-unmet x=333 width=667 height=10>"), "{text}");
    assert!(Bar(&[(0, "met", "met")]).to_string().contains("aria-label=\"nothing\""));
    let few = Bar(&[(1, "unmet", "not met"), (100_000, "met", "met")]).to_string();
    assert!(few.contains("<rect class=k-unmet x=0 width=11 "), "{few}");
}

#[test]
fn what_a_provider_answers_for_is_known() {
    for (id, least) in [("csf", 3), ("ccm", 15), ("ccm-4.0", 15), ("800-53", 20)] {
        let framework = posture_core::frameworks::find(id).unwrap();
        let inherited = framework.requirements.iter();
        let inherited = inherited.filter(|requirement| is_inherited(framework, requirement));
        assert!(inherited.count() >= least, "{id}");
    }
    for provider in Provider::ALL {
        assert!(!providers(*provider).assurance.is_empty(), "{provider}");
    }
}

#[test]
fn no_two_requirements_share_a_place() {
    for framework in posture_core::frameworks::all() {
        let anchors = framework.requirements.iter();
        let anchors: HashSet<String> =
            anchors.map(|requirement| Anchor(framework, requirement).to_string()).collect();
        assert_eq!(anchors.len(), framework.requirements.len(), "{}", framework.id);
    }
}

/// What is in a file of a node is not "organizational", and no run has a control for it.
#[test]
fn what_is_on_a_node_is_not_assessed_and_says_why() {
    let body = body(&page(&report(&["cis-kubernetes"])));
    let (_, row) = body.split_once("id=\"r-cis-kubernetes-2.0.1.1.1\">").unwrap();
    let (row, _) = row.split_once("<tr ").unwrap();
    assert!(row.contains("not assessed (no control yet)"), "{row}");
    assert!(
        row.ends_with(
            "<td>no control reaches it: A file of the node; the API shows no files of nodes\n"
        ),
        "{row}"
    );
    let counted = "aria-label=\"82 assessable, nothing shown, 3 organizational, 46 on nodes\"";
    assert!(body.contains(counted));
}
