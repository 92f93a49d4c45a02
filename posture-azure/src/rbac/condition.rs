//! Conditions of role assignments, as far as they show which actions they cover.

use serde_json::Value;

use super::answer::Answer;
use super::pattern::Pattern;

/// Parentheses within parentheses beyond which a condition is not followed.
const DEPTH: usize = 64;

/// A [condition](https://learn.microsoft.com/en-us/azure/role-based-access-control/conditions-format). The values that it compares are
/// only known when a request is made; the actions that it covers are known before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition(String);

impl Condition {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The condition beside an assignment or in a permission; the outer none if it does not fit.
    pub(crate) fn read(value: &Value) -> Option<Option<Self>> {
        match super::super::collect::body::field(value, "condition") {
            None | Some(Value::Null) => Some(None),
            Some(Value::String(text)) if text.trim().is_empty() => Some(None),
            Some(Value::String(text)) => Some(Some(Self::new(text))),
            Some(_) => None,
        }
    }

    /// Whether it allows an action: yes if no value of any attribute can make it deny, no if none can make
    /// it let through.
    pub(crate) fn lets(&self, action: &str) -> Answer {
        let mut parser = Parser { rest: &self.0, action, depth: 0 };
        match parser.either() {
            Some(answer) if parser.peek().is_none() => answer,
            // What does not parse may mean anything.
            _ => Answer::Unknown(()),
        }
    }
}

/// Reads a condition and answers at once what can be answered of it.
struct Parser<'c> {
    rest: &'c str,
    action: &'c str,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    /// Goes past a sign.
    fn takes(&mut self, sign: &str) -> bool {
        self.peek();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Goes past a word, without regard to case.
    fn takes_word(&mut self, word: &str) -> bool {
        self.peek();
        let head = self.rest.get(..word.len());
        let rest = self.rest.get(word.len()..).unwrap_or_default();
        let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let takes = ends && head.is_some_and(|head| head.eq_ignore_ascii_case(word));
        if takes {
            self.rest = rest;
        }
        takes
    }

    fn either(&mut self) -> Option<Answer> {
        let mut sum = self.both()?;
        while self.takes("||") || self.takes_word("OR") {
            sum = sum | self.both()?;
        }
        Some(sum)
    }

    fn both(&mut self) -> Option<Answer> {
        let mut product = self.one()?;
        while self.takes("&&") || self.takes_word("AND") {
            product = product & self.one()?;
        }
        Some(product)
    }

    fn one(&mut self) -> Option<Answer> {
        let mut negated = false;
        while self.takes("!") || self.takes_word("NOT") {
            negated = !negated;
        }
        let answer = if self.takes("(") {
            self.depth += 1;
            if self.depth > DEPTH {
                return None;
            }
            let answer = self.either()?;
            self.depth -= 1;
            self.takes(")").then_some(answer)?
        } else if self.takes_word("ActionMatches") {
            Pattern::new(&self.braced()?).matches(self.action).into()
        } else {
            self.comparison()?
        };
        Some(if negated { !answer } else { answer })
    }

    /// The text in quotation marks in braces.
    fn braced(&mut self) -> Option<String> {
        let inner = self.rest.trim_start().strip_prefix('{')?;
        let (text, rest) = inner.split_once('}')?;
        self.rest = rest;
        let text = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        Some(text.to_owned())
    }

    /// Goes past a comparison of attributes, which nothing is known of: up to the next operator between comparisons.
    fn comparison(&mut self) -> Option<Answer> {
        let mut seen = false;
        loop {
            let next = self.peek();
            let ends = matches!(next, None | Some('(' | ')'))
                || self.rest.starts_with("&&")
                || self.rest.starts_with("||")
                || self.is_at_word("AND")
                || self.is_at_word("OR");
            if ends {
                return seen.then_some(Answer::Unknown(()));
            }
            seen = true;
            // Text in quotation marks, brackets and braces is not read.
            let close = match next {
                Some('\'') => Some('\''),
                Some('[') => Some(']'),
                Some('{') => Some('}'),
                _ => None,
            };
            self.rest = match close {
                Some(close) => {
                    let inner = self.rest.get(1..)?;
                    inner.split_once(close)?.1
                }
                None => {
                    let stop = |c: char| c.is_whitespace() || "'[]{}()&|".contains(c);
                    let end = self.rest.char_indices().skip(1).find(|(_, c)| stop(*c));
                    end.map_or("", |(end, _)| self.rest.get(end..).unwrap_or_default())
                }
            };
        }
    }

    fn is_at_word(&mut self, word: &str) -> bool {
        let before = self.rest;
        let is = self.takes_word(word);
        self.rest = before;
        is
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use posture_model::tri::Tri::{No, Unknown, Yes};

    const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";

    #[test]
    fn a_condition_concerns_the_actions_that_it_names() {
        // The form that the portal writes.
        let delegated = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR \
            (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {1, 2})) AND \
            ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[a:b] StringEquals 'OR )'))";
        let blobs = "( ( !(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'} \
            AND NOT SubOperationMatches{'Blob.List'}) ) OR ( @Resource[x:name] StringEquals 'a' ) )";
        for (condition, action, expected) in [
            (delegated, WRITE, Unknown(())),
            (delegated, READ, Yes),
            (blobs, READ, Unknown(())),
            (blobs, WRITE, Yes),
            ("!(ActionMatches{'*/WRITE'})", WRITE, No),
            ("! ActionMatches { '*/read' } && NOT (ActionMatches{'*/delete'})", WRITE, Yes),
            ("@Resource[x:name] StringEquals 'a'", WRITE, Unknown(())),
            ("NOT Exists @Resource[x:y] || !(ActionMatches{'*/read'})", WRITE, Yes),
            ("actionmatches{'*'} and ORDER eq 'x'", WRITE, Unknown(())),
        ] {
            assert_eq!(Condition::new(condition).lets(action), expected, "{condition} {action}");
        }
    }

    #[test]
    fn a_comparison_ends_where_the_next_part_begins() {
        for (condition, expected) in [
            ("@Request[x:y] StringEquals 'z'||ActionMatches{'*'}", Yes),
            ("@Request[x:y] StringEquals 'z' OR ActionMatches{'*'}", Yes),
            ("@Request[x:y] StringEquals 'z'&&!ActionMatches{'*'}", No),
            ("@Request[x:y] StringEquals 'z' AND !(ActionMatches{'*'})", No),
            ("x OR ActionMatches{'*'}", Yes),
            // Text in quotation marks, brackets and braces is not part of it.
            ("@Request[x) OR (y] StringEquals 'z' AND NOT ActionMatches{'*'}", No),
            ("x ForAnyOfAnyValues:GuidEquals {a) OR (b} AND NOT ActionMatches{'*'}", No),
            ("x StringEquals ') OR (' AND NOT ActionMatches{'*'}", No),
            // Nor are words that begin or end like an operator.
            ("ActionMatches{'*'} OR_ x", Unknown(())),
            ("ActionMatches{'*'} ORx y", Unknown(())),
            ("!ActionMatches{'*'} AND_ x", Unknown(())),
            ("!ActionMatches{'*'} AND1 x", Unknown(())),
            ("FLOOR ActionMatches{'*'}", Unknown(())),
            ("x ORDER ActionMatches{'*'}", Unknown(())),
            // Nothing follows.
            ("ActionMatches{'*'} OR", Unknown(())),
            ("ActionMatches{'*'} ||", Unknown(())),
            ("(ActionMatches{'*'} OR )", Unknown(())),
            ("!ActionMatches{'*'} AND", Unknown(())),
        ] {
            assert_eq!(Condition::new(condition).lets(WRITE), expected, "{condition}");
        }
    }

    #[test]
    fn parentheses_are_followed_to_a_depth_and_in_any_number() {
        let nested = |depth: usize| {
            format!("{}ActionMatches{{'*'}}{}", "(".repeat(depth), ")".repeat(depth))
        };
        assert_eq!(Condition::new(&nested(DEPTH)).lets(WRITE), Yes);
        assert_eq!(Condition::new(&nested(DEPTH + 1)).lets(WRITE), Unknown(()));
        let many = ["(ActionMatches{'*'})"; 3 * DEPTH].join(" AND ");
        assert_eq!(Condition::new(&many).lets(WRITE), Yes);
    }

    #[test]
    fn a_condition_of_blanks_is_none() {
        for none in [json!({}), json!({ "condition": null }), json!({ "condition": " " })] {
            assert_eq!(Condition::read(&none), Some(None), "{none}");
        }
        let some = Condition::read(&json!({ "condition": "x" }));
        assert_eq!(some, Some(Some(Condition::new("x"))));
        assert_eq!(Condition::read(&json!({ "condition": 7 })), None);
    }

    #[test]
    fn what_makes_no_sense_is_undetermined() {
        for text in [
            "(",
            ")",
            "!",
            "",
            "()",
            "a AND",
            "ActionMatches{*}",
            "ActionMatches",
            "'",
            "@Request[",
            "!(ActionMatches{'*/read'}) and",
            "!(ActionMatches{'*/read'}) x",
            "é ü OR",
            "(a))",
        ] {
            assert_eq!(Condition::new(text).lets(WRITE), Unknown(()), "{text}");
        }
    }

    #[test]
    fn a_hostile_condition_takes_no_time_and_no_stack() {
        for text in
            ["(".repeat(100_000), "!".repeat(100_000), "a ".repeat(50_000), "a OR ".repeat(20_000)]
        {
            assert_eq!(Condition::new(&text).lets(WRITE), Unknown(()));
        }
    }
}
