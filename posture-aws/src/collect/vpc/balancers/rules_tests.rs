//! Where the rules of a listener lead: conditions and actions as Elastic Load Balancing writes them, see
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html> and
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Action.html>.

use posture_model::gap::Reason;

use super::tests::{
    BALANCER, WEB, forward, groups, listeners, open, read, result, rules, secured, shop,
};

const FIXED: &str = "<member><Type>fixed-response</Type><FixedResponseConfig><StatusCode>403</StatusCode></FixedResponseConfig></member>";
const REDIRECT: &str = "<member><Type>redirect</Type><RedirectConfig><StatusCode>HTTP_301</StatusCode></RedirectConfig></member>";
const OTHER: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/other/4";
const UNDETERMINED: Option<Reason> = Some(Reason::Undetermined);
const MALFORMED: Option<Reason> = Some(Reason::Malformed);

fn values(all: &[&str]) -> String {
    let all: String = all.iter().map(|one| format!("<member>{one}</member>")).collect();
    format!("<Values>{all}</Values>")
}

fn condition(field: &str, members: &str) -> String {
    format!("<member><Field>{field}</Field>{members}</member>")
}

/// In the newer form: values in a member for the field.
fn host(all: &[&str]) -> String {
    let config = format!("<HostHeaderConfig>{}</HostHeaderConfig>", values(all));
    condition("host-header", &config)
}

fn path(all: &[&str]) -> String {
    let config = format!("<PathPatternConfig>{}</PathPatternConfig>", values(all));
    condition("path-pattern", &config)
}

fn method(all: &[&str]) -> String {
    let config = format!("<HttpRequestMethodConfig>{}</HttpRequestMethodConfig>", values(all));
    condition("http-request-method", &config)
}

fn header(name: &str, all: &[&str]) -> String {
    let config = format!(
        "<HttpHeaderConfig><HttpHeaderName>{name}</HttpHeaderName>{}</HttpHeaderConfig>",
        values(all)
    );
    condition("http-header", &config)
}

fn query(all: &[(Option<&str>, &str)]) -> String {
    let pair = |(key, value): &(Option<&str>, &str)| {
        let key = key.map(|key| format!("<Key>{key}</Key>")).unwrap_or_default();
        format!("<member>{key}<Value>{value}</Value></member>")
    };
    let all: String = all.iter().map(pair).collect();
    let config = format!("<QueryStringConfig><Values>{all}</Values></QueryStringConfig>");
    condition("query-string", &config)
}

fn source(all: &[&str]) -> String {
    let config = format!("<SourceIpConfig>{}</SourceIpConfig>", values(all));
    condition("source-ip", &config)
}

/// What reaches the machine behind a listener with these rules, each with its conditions and actions, and these default actions.
async fn reached(all: &[(String, String)], default: &str) -> (usize, Option<Reason>) {
    let numbers: Vec<String> = (1..=all.len()).map(|number| number.to_string()).collect();
    let listed: Vec<(&str, &str, &str)> = all
        .iter()
        .zip(&numbers)
        .map(|((conditions, actions), number)| {
            (number.as_str(), conditions.as_str(), actions.as_str())
        })
        .collect();
    let mut answers = shop();
    answers.insert("DescribeRules", rules(&listed));
    answers.insert("DescribeListeners", listeners("HTTPS", 443, default));
    let (certain, why) = open(&read(&answers).await);
    (certain.len(), why)
}

#[tokio::test]
async fn a_rule_leads_everyone_whose_request_can_be_written_for_its_conditions() {
    let regex = "<RegexValues><member>^/a$</member></RegexValues>";
    for (conditions, expected) in [
        (host(&["shop.example"]), (1, None)),
        (host(&["*.example"]), (1, None)),
        (host(&["*"]), (1, None)),
        (path(&["/admin"]), (1, None)),
        (path(&["/a?/*"]), (1, None)),
        (path(&["*.php"]), (1, None)),
        (method(&["POST"]), (1, None)),
        (header("X-Role", &["admin"]), (1, None)),
        (header("X-Role", &["a*", "b"]), (1, None)),
        (query(&[(Some("version"), "1")]), (1, None)),
        (query(&[(Some("version"), "1"), (Some("version"), "2")]), (1, None)),
        // Several conditions of different parts.
        (host(&["shop.example"]) + &path(&["/admin"]) + &method(&["PUT"]), (1, None)),
        (header("X-One", &["1"]) + &header("X-Two", &["2"]), (1, None)),
        (query(&[(Some("a"), "1")]) + &query(&[(Some("b"), "1")]), (1, None)),
        // The older form has the values in the condition itself.
        (condition("host-header", &values(&["shop.example"])), (1, None)),
        (condition("path-pattern", &values(&["/admin"])), (1, None)),
        // The newer form counts where both are there.
        (
            condition(
                "path-pattern",
                &format!(
                    "{}<PathPatternConfig>{}</PathPatternConfig>",
                    values(&["no-path"]),
                    values(&["/a"])
                ),
            ),
            (1, None),
        ),
    ] {
        let found = reached(&[(conditions.clone(), forward(WEB))], FIXED).await;
        assert_eq!(found, expected, "{conditions}");
    }
    for conditions in [
        // Regular expressions are not tried.
        condition("path-pattern", &format!("<PathPatternConfig>{regex}</PathPatternConfig>")),
        condition(
            "path-pattern",
            &format!("<PathPatternConfig>{}{regex}</PathPatternConfig>", values(&["/a"])),
        ),
        condition("host-header", &format!("<HostHeaderConfig>{regex}</HostHeaderConfig>")),
        condition("path-pattern", regex),
        condition("path-pattern", &format!("{}{regex}", values(&["/a"]))),
        condition(
            "http-header",
            &format!(
                "<HttpHeaderConfig><HttpHeaderName>X-Role</HttpHeaderName>{}{regex}</HttpHeaderConfig>",
                values(&["admin"])
            ),
        ),
        // Without a value it is not known what they match.
        condition("host-header", ""),
        condition("path-pattern", "<PathPatternConfig/>"),
        condition("http-request-method", "<HttpRequestMethodConfig/>"),
        condition(
            "http-header",
            "<HttpHeaderConfig><HttpHeaderName>X</HttpHeaderName></HttpHeaderConfig>",
        ),
        condition("query-string", "<QueryStringConfig/>"),
        // No path is written so.
        path(&["admin"]),
        // A value of any key, several keys, and characters that mean something else.
        query(&[(None, "1")]),
        query(&[(Some(""), "1")]),
        query(&[(Some("a*"), "1")]),
        query(&[(Some("a?"), "1")]),
        query(&[(Some("a\\b"), "1")]),
        query(&[(Some("a"), "1\\*")]),
        query(&[(Some("a"), "1"), (Some("b"), "1")]),
        query(&[(Some("a"), "1"), (None, "1")]),
        // Two conditions about one header may exclude each other.
        header("X-Role", &["admin"]) + &header("x-role", &["guest"]),
        query(&[(Some("a"), "1")]) + &query(&[(Some("a"), "2")]),
        // What is known of the others does not decide.
        path(&["/a"]) + &condition("moon-phase", &values(&["full"])),
        condition("moon-phase", &values(&["full"])) + &path(&["/a"]),
    ] {
        let found = reached(&[(conditions.clone(), forward(WEB))], FIXED).await;
        assert_eq!(found, (0, UNDETERMINED), "{conditions}");
    }
}

#[tokio::test]
async fn a_request_gets_past_a_rule_that_does_not_take_it() {
    let past = (1, None);
    for (first, second, expected) in [
        // A rule that takes every request leaves none.
        (path(&["*"]), path(&["/admin"]), (0, None)),
        (path(&["/*"]), path(&["/admin"]), (0, None)),
        (path(&["/x", "/*"]), path(&["/admin"]), (0, None)),
        (host(&["*"]), path(&["/admin"]), (0, None)),
        (host(&["*"]) + &path(&["*"]), path(&["/admin"]), (0, None)),
        // Hosts: their case does not matter.
        (host(&["shop.example"]), path(&["/admin"]), past),
        (host(&["shop.example"]), host(&["admin.example"]), past),
        (host(&["SHOP.example"]), host(&["shop.EXAMPLE"]), (0, UNDETERMINED)),
        (host(&["*.example"]), host(&["admin.example"]), (0, UNDETERMINED)),
        (host(&["/*"]), host(&["*.example"]), past),
        // Paths: their case matters.
        (path(&["/Admin"]), path(&["/admin"]), past),
        (path(&["/admin"]), path(&["/admin"]), (0, UNDETERMINED)),
        (path(&["/a?"]), path(&["/ab"]), (0, UNDETERMINED)),
        (path(&["/a?"]), path(&["/a"]), past),
        (path(&["/a"]), path(&["/a?"]), past),
        (path(&["/x", "/admin"]), path(&["/admin"]), (0, UNDETERMINED)),
        (path(&["/"]), path(&["/*"]), past),
        // Each of several patterns is tried.
        (path(&["/a"]), path(&["/a", "/b"]), past),
        (path(&["/a"]), host(&["a.example"]) + &path(&["/a", "/b"]), past),
        (path(&["/a"]), host(&["a.example", "b.example"]) + &path(&["/b"]), past),
        (host(&["a.example"]), host(&["a.example", "b.example"]) + &path(&["/b"]), past),
        (path(&["/a", "/b"]), path(&["/a", "/b"]), (0, UNDETERMINED)),
        // Methods: their case matters.
        (method(&["POST"]), path(&["/admin"]), past),
        (method(&["GET"]), path(&["/admin"]), (0, UNDETERMINED)),
        (method(&["GET"]), method(&["POST"]), past),
        (method(&["get"]), path(&["/admin"]), past),
        (method(&["*"]), path(&["/admin"]), (0, UNDETERMINED)),
        // Headers: a request need not have one. The case of names and values does not matter.
        (header("X-Role", &["admin"]), path(&["/admin"]), past),
        (header("X-Role", &["*"]), path(&["/admin"]), past),
        (header("X-Role", &["admin"]), header("x-role", &["Admin"]), (0, UNDETERMINED)),
        (header("X-Role", &["admin"]), header("X-Role", &["guest"]), past),
        (header("X-Role", &["admin"]), header("X-Team", &["admin"]), past),
        (header("X-Role", &["/*"]), header("X-Role", &["*a"]), past),
        // Queries: a request need not have one. The case of keys and values does not matter.
        (query(&[(Some("a"), "1")]), path(&["/admin"]), past),
        (query(&[(Some("a"), "*")]), path(&["/admin"]), past),
        (query(&[(Some("A"), "x")]), query(&[(Some("a"), "X")]), (0, UNDETERMINED)),
        (query(&[(Some("a"), "1")]), query(&[(Some("a"), "2")]), past),
        (query(&[(Some("a"), "1")]), query(&[(Some("b"), "1")]), past),
        (
            query(&[(Some("a"), "1"), (Some("a"), "2")]),
            query(&[(Some("a"), "2")]),
            (0, UNDETERMINED),
        ),
        (query(&[(Some("a"), "1")]), header("a", &["1"]), past),
        // All conditions of a rule must hold.
        (method(&["POST"]) + &path(&["/admin"]), path(&["/admin"]), past),
        (method(&["GET"]) + &path(&["/admin"]), path(&["/admin"]), (0, UNDETERMINED)),
        (host(&["*"]) + &path(&["/admin"]), path(&["/admin"]), (0, UNDETERMINED)),
        // What is not known of one may hold, unless another one does not.
        (condition("moon-phase", ""), path(&["/admin"]), (0, UNDETERMINED)),
        (condition("moon-phase", "") + &method(&["POST"]), path(&["/admin"]), past),
        (condition("moon-phase", "") + &path(&["/admin"]), path(&["/admin"]), (0, UNDETERMINED)),
    ] {
        let two = [(first.clone(), FIXED.to_owned()), (second.clone(), forward(WEB))];
        assert_eq!(reached(&two, FIXED).await, expected, "{first} {second}");
    }
}

#[tokio::test]
async fn the_default_actions_get_what_the_rules_leave() {
    for (conditions, expected) in [
        (path(&["/admin"]), (1, None)),
        (path(&["/*"]), (0, None)),
        (host(&["*"]), (0, None)),
        // Whether something is left takes more than one try.
        (path(&["/posture"]), (0, UNDETERMINED)),
        (path(&["/p*"]), (0, UNDETERMINED)),
        (method(&["GET"]), (0, UNDETERMINED)),
        (method(&["POST"]), (1, None)),
        (header("X-Role", &["*"]), (1, None)),
        (condition("moon-phase", ""), (0, UNDETERMINED)),
        (source(&["198.51.100.0/24"]), (1, None)),
        (source(&["0.0.0.0/0", "::/0"]), (0, None)),
        (source(&["0.0.0.0/1", "128.0.0.0/1"]), (0, None)),
        (source(&["somewhere"]), (0, UNDETERMINED)),
        (source(&["198.51.100.0/24"]) + &path(&["*"]), (1, None)),
        (source(&["0.0.0.0/0"]) + &path(&["*"]), (0, None)),
    ] {
        let one = [(conditions.clone(), FIXED.to_owned())];
        assert_eq!(reached(&one, &forward(WEB)).await, expected, "{conditions}");
    }
    assert_eq!(reached(&[], &forward(WEB)).await, (1, None));
    assert_eq!(reached(&[], FIXED).await, (0, None));
}

#[tokio::test]
async fn a_condition_about_sources_takes_the_addresses_that_it_names() {
    for (conditions, expected) in [
        (source(&["0.0.0.0/0"]), (1, None)),
        (source(&["0.0.0.0/1", "128.0.0.0/1"]), (1, None)),
        (condition("source-ip", &values(&["0.0.0.0/0"])), (1, None)),
        // Everyone is not among them.
        (source(&["198.51.100.0/24"]), (0, None)),
        (source(&["10.0.0.0/8"]), (0, None)),
        (source(&["::/0"]), (0, None)),
        // All conditions must hold.
        (source(&["0.0.0.0/0"]) + &source(&["198.51.100.0/24"]), (0, None)),
        (source(&["198.51.100.0/24"]) + &source(&["0.0.0.0/0"]), (0, None)),
        // Where they make no sense, they may be any.
        (source(&["somewhere"]), (0, UNDETERMINED)),
        (source(&["198.51.100.0/24", "somewhere"]), (0, UNDETERMINED)),
        (source(&["0.0.0.0/0", "somewhere"]), (1, None)),
        (source(&[]), (0, UNDETERMINED)),
        (condition("source-ip", ""), (0, UNDETERMINED)),
    ] {
        let found = reached(&[(conditions.clone(), forward(WEB))], FIXED).await;
        assert_eq!(found, expected, "{conditions}");
    }
}

/// Two target groups: one with the machine, and one that leads nowhere.
fn two_groups() -> String {
    let other = format!(
        "<member><TargetGroupArn>{OTHER}</TargetGroupArn><TargetGroupName>other</TargetGroupName><LoadBalancerArns><member>{BALANCER}\
         </member></LoadBalancerArns><TargetType>lambda</TargetType></member></TargetGroups>"
    );
    groups("instance", "HTTP").replace("</TargetGroups>", &other)
}

fn weighted(all: &[(&str, Option<i64>)]) -> String {
    let one = |(arn, weight): &(&str, Option<i64>)| {
        let arn = match *arn {
            "" => String::new(),
            arn => format!("<TargetGroupArn>{arn}</TargetGroupArn>"),
        };
        let weight = weight.map(|weight| format!("<Weight>{weight}</Weight>")).unwrap_or_default();
        format!("<member>{arn}{weight}</member>")
    };
    let all: String = all.iter().map(one).collect();
    format!("<ForwardConfig><TargetGroups>{all}</TargetGroups></ForwardConfig>")
}

#[tokio::test]
async fn a_forward_leads_to_the_target_groups_that_have_a_weight() {
    let group = |arn: &str| format!("<TargetGroupArn>{arn}</TargetGroupArn>");
    for (members, expected) in [
        (weighted(&[(WEB, Some(1))]), (1, None)),
        (weighted(&[(WEB, None)]), (1, None)),
        (weighted(&[(WEB, Some(1))]) + &group(WEB), (1, None)),
        (weighted(&[(WEB, Some(1)), (OTHER, Some(1))]), (1, None)),
        (weighted(&[(OTHER, Some(99)), (WEB, Some(1))]), (1, None)),
        (weighted(&[(WEB, Some(1)), (OTHER, Some(0))]), (1, None)),
        (weighted(&[(WEB, None), (OTHER, Some(1))]), (1, None)),
        (weighted(&[(OTHER, Some(1))]), (0, None)),
        // A group without a weight beside one that has some gets nothing.
        (weighted(&[(WEB, Some(0)), (OTHER, Some(1))]), (0, None)),
        (weighted(&[(WEB, Some(0)), (OTHER, None)]), (0, None)),
        // Where none has one, each of them may be led to.
        (weighted(&[(WEB, Some(0))]), (1, None)),
        (weighted(&[(WEB, Some(0)), (OTHER, Some(0))]), (1, None)),
        // The older form, with an empty list beside it.
        (group(WEB), (1, None)),
        (weighted(&[]) + &group(WEB), (1, None)),
        (group(OTHER), (0, None)),
        // Without a name it may be any.
        (String::new(), (0, UNDETERMINED)),
        (weighted(&[]), (0, UNDETERMINED)),
        (weighted(&[("", Some(1))]), (0, UNDETERMINED)),
        (weighted(&[(OTHER, Some(1)), ("", Some(1))]), (0, UNDETERMINED)),
        (weighted(&[(OTHER, Some(1)), ("", Some(0))]), (0, None)),
        // One that the list does not hold.
        (
            group("arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/gone/5"),
            (0, UNDETERMINED),
        ),
    ] {
        let action = format!("<member><Type>forward</Type>{members}</member>");
        let mut answers = shop();
        answers.insert("DescribeTargetGroups", two_groups());
        answers.insert("DescribeRules", rules(&[("1", &path(&["/a"]), &action)]));
        answers.insert("DescribeListeners", listeners("HTTPS", 443, FIXED));
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), expected, "{members}");
    }
}

#[tokio::test]
async fn an_action_that_asks_for_a_sign_in_leaves_open_who_passes() {
    let sign_in = |kind: &str, config: &str, unauthenticated: &str| {
        let on = match unauthenticated {
            "" => String::new(),
            word => format!("<OnUnauthenticatedRequest>{word}</OnUnauthenticatedRequest>"),
        };
        format!("<member><Type>{kind}</Type><{config}>{on}</{config}></member>")
    };
    let (oidc, cognito) = ("AuthenticateOidcConfig", "AuthenticateCognitoConfig");
    for (before, expected) in [
        (sign_in("authenticate-oidc", oidc, "allow"), (1, None)),
        (sign_in("authenticate-oidc", oidc, "deny"), (0, UNDETERMINED)),
        (sign_in("authenticate-oidc", oidc, "authenticate"), (0, UNDETERMINED)),
        (sign_in("authenticate-oidc", oidc, "perhaps"), (0, UNDETERMINED)),
        (sign_in("authenticate-oidc", oidc, ""), (0, UNDETERMINED)),
        (sign_in("authenticate-cognito", cognito, "allow"), (1, None)),
        (sign_in("authenticate-cognito", cognito, "deny"), (0, UNDETERMINED)),
        (sign_in("authenticate-cognito", cognito, ""), (0, UNDETERMINED)),
        // The settings of the other kind do not count.
        (sign_in("authenticate-cognito", oidc, "allow"), (0, UNDETERMINED)),
        (sign_in("authenticate-oidc", cognito, "allow"), (0, UNDETERMINED)),
        ("<member><Type>jwt-validation</Type></member>".to_owned(), (0, UNDETERMINED)),
        ("<member><Type>teleport</Type></member>".to_owned(), (0, UNDETERMINED)),
    ] {
        let one = [(path(&["/a"]), format!("{before}{}", forward(WEB)))];
        assert_eq!(reached(&one, FIXED).await, expected, "{before}");
        assert_eq!(reached(&[], &format!("{before}{}", forward(WEB))).await, expected, "{before}");
    }
    // Neither answer nor redirect leads to a target.
    for action in [FIXED, REDIRECT] {
        assert_eq!(reached(&[(path(&["/a"]), action.to_owned())], action).await, (0, None));
    }
}

#[tokio::test]
async fn a_rule_that_lacks_what_every_rule_has_is_malformed() {
    let whole = rules(&[("1", &path(&["/a"]), FIXED), ("default", "", FIXED)]);
    for (what, text) in [
        ("no condition", rules(&[("1", "", &forward(WEB))])),
        ("no number", whole.replace("<Priority>1</Priority>", "<Priority>first</Priority>")),
        ("a number below zero", whole.replace("<Priority>1</Priority>", "<Priority>-1</Priority>")),
        ("no priority", whole.replace("<Priority>1</Priority>", "")),
        ("not the default one", whole.replace("<IsDefault>false</IsDefault>", "")),
        ("the default one", whole.replace("<IsDefault>true</IsDefault>", "")),
        (
            "a number for the default one",
            whole.replace("<IsDefault>false</IsDefault>", "<IsDefault>true</IsDefault>"),
        ),
        (
            "a default one that is none",
            whole.replace("<IsDefault>true</IsDefault>", "<IsDefault>false</IsDefault>"),
        ),
    ] {
        let mut answers = shop();
        answers.insert("DescribeRules", text);
        answers.insert("DescribeListeners", listeners("HTTPS", 443, FIXED));
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), (0, MALFORMED), "{what}");
    }
    let mut answers = shop();
    answers.insert("DescribeRules", whole);
    answers.insert("DescribeListeners", listeners("HTTPS", 443, FIXED));
    assert_eq!(open(&read(&answers).await), (vec![], None));
}

#[tokio::test]
async fn a_listener_takes_what_its_protocol_and_port_say() {
    for (protocol, port, expected) in [
        ("HTTP", "443", (1, None)),
        ("HTTPS", "443", (1, None)),
        // Nothing arrives at another port.
        ("HTTPS", "444", (0, None)),
        ("SPDY", "443", (0, UNDETERMINED)),
        ("GENEVE", "443", (0, UNDETERMINED)),
        ("HTTPS", "65536", (0, UNDETERMINED)),
        ("HTTPS", "-1", (0, UNDETERMINED)),
        // Both are always there.
        ("HTTPS", "", (0, MALFORMED)),
        ("", "443", (0, MALFORMED)),
    ] {
        let mut answers = shop();
        let one = listeners("HTTPS", 443, &forward(WEB));
        let port_of = |text: &str| match text {
            "" => String::new(),
            text => format!("<Port>{text}</Port>"),
        };
        let one = one.replace("<Port>443</Port>", &port_of(port));
        let word = match protocol {
            "" => String::new(),
            word => format!("<Protocol>{word}</Protocol>"),
        };
        answers.insert("DescribeListeners", one.replace("<Protocol>HTTPS</Protocol>", &word));
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), expected, "{protocol} {port}");
    }
}

#[tokio::test]
async fn a_listener_that_asks_clients_for_a_certificate_leaves_open_who_has_one() {
    for (mode, expected) in [
        ("<MutualAuthentication><Mode>off</Mode></MutualAuthentication>", (1, None)),
        ("<MutualAuthentication><Mode>passthrough</Mode></MutualAuthentication>", (1, None)),
        ("<MutualAuthentication/>", (1, None)),
        ("<MutualAuthentication><Mode>verify</Mode></MutualAuthentication>", (0, UNDETERMINED)),
        ("<MutualAuthentication><Mode>perhaps</Mode></MutualAuthentication>", (0, UNDETERMINED)),
    ] {
        let mut answers = shop();
        let one = listeners("HTTPS", 443, &forward(WEB));
        let one = one.replace("<DefaultActions>", &format!("{mode}<DefaultActions>"));
        answers.insert("DescribeListeners", one);
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), expected, "{mode}");
    }
}

#[tokio::test]
async fn a_listener_without_rules_leads_by_its_default_actions() {
    let mut answers = shop();
    answers.insert("DescribeRules", result("DescribeRules", "<Rules/>"));
    assert_eq!(open(&read(&answers).await).0.len(), 1);
    answers.insert("DescribeSecurityGroups", secured(&[]));
    let (certain, why) = open(&read(&answers).await);
    assert_eq!((certain.len(), why.is_some()), (0, true));
}
