use super::*;

fn condition(json: &str) -> Condition {
    let json: Json = serde_json::from_str(json).unwrap();
    Condition::parse_all(json, true).unwrap().remove(0)
}

/// (condition, value of key `k`, result)
fn table(rows: &[(&str, Option<&[&str]>, bool)]) {
    for (json, value, expected) in rows {
        let value = match value {
            None => Value::Missing,
            Some(values) => Value::Is(values.iter().map(|&v| v.to_owned()).collect()),
        };
        let context = Context::complete().with("k", value.clone());
        let answer = condition(json).holds(&context);
        assert_eq!(answer, Answer::from(*expected), "{json} with {value:?}");
    }
}

#[test]
fn each_operator_on_a_present_key() {
    table(&[
        (r#"{"StringEquals": {"K": ["a", "b"]}}"#, Some(&["b"]), true),
        (r#"{"StringEquals": {"k": "A"}}"#, Some(&["a"]), false),
        (r#"{"StringEquals": {"k": "a*"}}"#, Some(&["ab"]), false),
        (r#"{"StringNotEquals": {"k": ["a", "b"]}}"#, Some(&["b"]), false),
        (r#"{"StringNotEquals": {"k": ["a", "b"]}}"#, Some(&["c"]), true),
        (r#"{"StringEqualsIgnoreCase": {"k": "A"}}"#, Some(&["a"]), true),
        (r#"{"StringNotEqualsIgnoreCase": {"k": "A"}}"#, Some(&["a"]), false),
        (r#"{"StringLike": {"k": "a*c?"}}"#, Some(&["abbcd"]), true),
        (r#"{"StringNotLike": {"k": "a*"}}"#, Some(&["ab"]), false),
        (r#"{"NumericLessThan": {"k": 10}}"#, Some(&["9"]), true),
        (r#"{"NumericLessThan": {"k": "10"}}"#, Some(&["10"]), false),
        (r#"{"NumericLessThanEquals": {"k": "10"}}"#, Some(&["10"]), true),
        (r#"{"NumericGreaterThan": {"k": "1.1"}}"#, Some(&["1.2"]), true),
        (r#"{"NumericGreaterThanEquals": {"k": "1.2"}}"#, Some(&["1.2"]), true),
        (r#"{"NumericNotEquals": {"k": "1"}}"#, Some(&["1.0"]), false),
        (r#"{"NumericEquals": {"k": "x"}}"#, Some(&["x"]), false),
        (
            r#"{"DateGreaterThan": {"k": "2020-01-01T00:00:00Z"}}"#,
            Some(&["2021-01-01T00:00:00Z"]),
            true,
        ),
        (r#"{"DateLessThan": {"k": "2020-01-01T00:00:00Z"}}"#, Some(&["1577836799"]), true),
        (r#"{"Bool": {"k": false}}"#, Some(&["false"]), true),
        (r#"{"Bool": {"k": "True"}}"#, Some(&["true"]), true),
        (r#"{"BinaryEquals": {"k": "YQ=="}}"#, Some(&["YQ=="]), true),
        (r#"{"IpAddress": {"k": "10.0.0.0/8"}}"#, Some(&["10.1.2.3"]), true),
        (r#"{"IpAddress": {"k": "2001:db8::/32"}}"#, Some(&["2001:db8::1"]), true),
        (r#"{"IpAddress": {"k": "10.0.0.1"}}"#, Some(&["10.0.0.1"]), true),
        (r#"{"NotIpAddress": {"k": ["10.0.0.0/8", "192.0.2.0/24"]}}"#, Some(&["192.0.2.9"]), false),
        (r#"{"ArnLike": {"k": "arn:aws:sns:*:1:t"}}"#, Some(&["arn:aws:sns:eu:1:t"]), true),
        // A wildcard of an ARN stays within its part.
        (r#"{"ArnLike": {"k": "arn:aws:*::1:t"}}"#, Some(&["arn:aws:sns:eu:1:t"]), false),
        (
            r#"{"ArnEquals": {"k": "arn:aws:iam::1:role/*"}}"#,
            Some(&["arn:aws:iam::1:role/a:b/c"]),
            true,
        ),
        (r#"{"ArnNotLike": {"k": "arn:aws:iam::1:*"}}"#, Some(&["arn:aws:iam::1:role/a"]), false),
        (r#"{"ArnLike": {"k": "*"}}"#, Some(&["arn:aws:sns:eu:1:t"]), true),
        (r#"{"ArnEquals": {"k": "nonsense"}}"#, Some(&["arn:aws:sns:eu:1:t"]), false),
        (r#"{"ArnLike": {"k": "arn:aws:*:*:*:*"}}"#, Some(&["arn:aws:sns"]), false),
        (r#"{"ArnLike": {"k": "arn:aws:sns:eu:1:t"}}"#, Some(&["arn:aws:sns:eu:1:u"]), false),
        (r#"{"IpAddress": {"k": "0.0.0.0/0"}}"#, Some(&["somewhere"]), false),
        (r#"{"IpAddress": {"k": "everywhere"}}"#, Some(&["10.0.0.1"]), false),
        (r#"{"NumericGreaterThan": {"k": "1"}}"#, Some(&["1"]), false),
        (r#"{"NumericGreaterThan": {"k": "1"}}"#, Some(&["inf"]), false),
        (r#"{"Null": {"k": "perhaps"}}"#, Some(&["x"]), true),
        (r#"{"Null": {"k": "${k}"}}"#, Some(&["x"]), true),
        (r#"{"Null": {"k": "true"}}"#, Some(&["x"]), false),
        (r#"{"Null": {"k": false}}"#, Some(&["x"]), true),
    ]);
}

#[test]
fn each_operator_on_a_missing_key() {
    table(&[
        (r#"{"StringEquals": {"k": "a"}}"#, None, false),
        (r#"{"StringLike": {"k": "*"}}"#, None, false),
        (r#"{"NumericLessThan": {"k": "1"}}"#, None, false),
        (r#"{"Bool": {"k": "false"}}"#, None, false),
        (r#"{"IpAddress": {"k": "0.0.0.0/0"}}"#, None, false),
        (r#"{"StringNotEquals": {"k": "a"}}"#, None, true),
        (r#"{"StringNotLike": {"k": "*"}}"#, None, true),
        (r#"{"NotIpAddress": {"k": "0.0.0.0/0"}}"#, None, true),
        (r#"{"ArnNotLike": {"k": "*"}}"#, None, true),
        (r#"{"NumericNotEquals": {"k": "1"}}"#, None, true),
        (r#"{"StringEqualsIfExists": {"k": "a"}}"#, None, true),
        (r#"{"BoolIfExists": {"k": "true"}}"#, None, true),
        (r#"{"Null": {"k": "true"}}"#, None, true),
        (r#"{"Null": {"k": "false"}}"#, None, false),
        (r#"{"ForAllValues:StringEquals": {"k": "a"}}"#, None, true),
        (r#"{"ForAnyValue:StringEquals": {"k": "a"}}"#, None, false),
        (r#"{"ForAnyValue:StringNotEquals": {"k": "a"}}"#, None, false),
    ]);
}

#[test]
fn set_operators_look_at_every_value() {
    table(&[
        (r#"{"ForAllValues:StringEquals": {"k": ["a", "b"]}}"#, Some(&["a", "b"]), true),
        (r#"{"ForAllValues:StringEquals": {"k": ["a", "b"]}}"#, Some(&["a", "c"]), false),
        (r#"{"ForAnyValue:StringEquals": {"k": ["a", "b"]}}"#, Some(&["c", "b"]), true),
        (r#"{"ForAnyValue:StringEquals": {"k": ["a"]}}"#, Some(&["c"]), false),
        (r#"{"ForAllValues:StringNotEquals": {"k": ["a"]}}"#, Some(&["b", "a"]), false),
        (r#"{"ForAnyValue:StringNotEquals": {"k": ["a"]}}"#, Some(&["b", "a"]), true),
        (r#"{"StringEquals": {"k": []}}"#, Some(&["a"]), false),
        (r#"{"StringNotEquals": {"k": []}}"#, Some(&["a"]), true),
    ]);
}

#[test]
fn variables_are_filled_in_or_match_nothing() {
    let own = condition(r#"{"StringLike": {"k": "home/${aws:username}/*"}}"#);
    let with = |user: Value| Context::complete().is("k", "home/al*ce/x").with("aws:UserName", user);
    assert_eq!(own.holds(&with(Value::Is(vec!["al*ce".into()]))), Answer::Yes);
    // A star in a user's name is not a wildcard.
    let other = Context::complete().is("k", "home/alice/x").is("aws:username", "al*ce");
    assert_eq!(own.holds(&other), Answer::No);
    assert_eq!(own.holds(&with(Value::Missing)), Answer::No);
    assert_eq!(own.holds(&with(Value::Open)), Answer::needs("aws:username"));
    let default = condition(r#"{"StringEquals": {"k": "${aws:PrincipalTag/team, 'none'}"}}"#);
    assert_eq!(default.holds(&Context::complete().is("k", "none")), Answer::Yes);
}

#[test]
fn variables_are_literal_in_the_older_version_and_match_no_name_in_the_newer() {
    let pattern = |text: &str, variables| Template::parse(text, variables).outline();
    let own = "arn:aws:iam::1:user/${aws:username}";
    assert!(!pattern(own, true).matches("arn:aws:iam::1:user/alice"));
    assert!(pattern(own, false).matches(own));
    assert!(pattern("a${*}b${$}${?}", true).matches("a*b$?"));
    assert!(!pattern("a${*}b", true).matches("axb"));
    assert!(pattern("a${broken", true).matches("a${broken"));
    assert!(pattern("${aws:username}*", true).matches(&format!("{OWN}x")));
    assert!(pattern("${aws:PrincipalTag/x}*", true).matches(&format!("{VARIABLE}x")));
}

#[test]
fn a_key_that_cannot_be_known_leaves_the_answer_open() {
    let answer = condition(r#"{"StringEquals": {"x": "a"}}"#).holds(&Context::open());
    assert_eq!(answer, Answer::needs("x"));
    let answer = condition(r#"{"Null": {"x": "true"}}"#).holds(&Context::open());
    assert_eq!(answer, Answer::needs("x"));
}

/// A pattern with too few parts, in which a wildcard may match the others.
#[test]
fn an_arn_pattern_with_too_few_parts_leaves_the_answer_open() {
    for pattern in ["arn:aws:sns:*", "arn:*", "a?n", "*:t"] {
        let condition = condition(&format!(r#"{{"ArnLike": {{"k": "{pattern}"}}}}"#));
        let answer = condition.holds(&Context::complete().is("k", "arn:aws:sns:eu:1:t"));
        assert_eq!(answer, Answer::needs("k"), "{pattern}");
    }
}

#[test]
fn a_key_of_several_values_does_not_replace_a_variable() {
    let value = condition(r#"{"StringEquals": {"k": "${aws:PrincipalTag/t}"}}"#);
    let tags = |values: &[&str]| {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Context::complete().is("k", "a").with("aws:PrincipalTag/t", Value::Is(values))
    };
    assert_eq!(value.holds(&tags(&["a"])), Answer::Yes);
    assert_eq!(value.holds(&tags(&["a", "b"])), Answer::No);
}

#[test]
fn a_value_with_a_variable_is_open_and_one_that_is_a_variable_is_known_by_its_key() {
    let template = |text: &str| Template::parse(text, true);
    for text in ["${aws:username}", "a${aws:username}", "${aws:username}b", "${aws:username, 'x'}"]
    {
        assert!(template(text).is_open(), "{text}");
        assert_eq!(template(text).fixed(), None, "{text}");
    }
    assert!(!template("plain${*}").is_open());
    assert_eq!(template("${AWS:ResourceOrgID}").variable(), Some("aws:resourceorgid"));
    assert_eq!(Template::of_variable("aws:resourceorgid"), template("${aws:ResourceOrgID}"));
    for text in ["a${aws:ResourceOrgID}", "${aws:ResourceOrgID, 'x'}", "aws:ResourceOrgID", ""] {
        assert_eq!(template(text).variable(), None, "{text}");
    }
}
