//! What goes wrong on purpose.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::pace::Dice;
use crate::text::glob;

/// The calls to which a fault applies.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// The actions, with `*` for anything.
    pub action: String,
    /// The account or the subscription, of Kubernetes the user; any by default.
    pub account: Option<String>,
    /// The region, of Kubernetes the namespace; any by default. Azure's calls have none.
    pub region: Option<String>,
    /// Words that the request holds: of AWS in path, query or body, of the others in path or query.
    pub about: Option<String>,
    /// How likely it is; certain by default.
    pub probability: Option<f64>,
    /// How many calls go well before it.
    pub after: u64,
    /// To how many calls it applies; every one by default.
    pub times: Option<u64>,
    /// What happens.
    pub fault: Fault,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            action: "*".to_owned(),
            account: None,
            region: None,
            about: None,
            probability: None,
            after: 0,
            times: None,
            fault: Fault::ServerError,
        }
    }
}

impl Rule {
    /// A fault for every call of an action.
    pub fn new(action: &str, fault: Fault) -> Self {
        Self { action: action.to_owned(), fault, ..Self::default() }
    }

    /// A fault for every call that contains a text.
    pub fn about(words: &str, fault: Fault) -> Self {
        Self { about: Some(words.to_owned()), fault, ..Self::default() }
    }
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// No policy of the caller allows it.
    Denied,
    /// A policy of the organization denies it.
    DeniedByOrganization,
    /// A policy of the resource denies it.
    DeniedByResource,
    /// The service throttles, and returns for how many seconds if a number is given.
    Throttled(Option<u64>),
    /// The service fails: 500.
    ServerError,
    /// The service is not there: 503.
    Unavailable,
    /// The connection ends in the middle of the answer.
    Truncated,
    /// The response is of the right kind and makes no sense.
    Malformed,
    /// The response is of another kind: an HTML page.
    WrongType,
    /// The first byte takes so many milliseconds.
    SlowStart(u64),
    /// The body takes so many milliseconds.
    SlowBody(u64),
    /// The response ends after so many of its tags (in JSON: braces, brackets and commas) as if it were complete; a shorter
    /// one is whole.
    Cut(u64),
    /// Success, with this body; without a body if it is empty.
    Body(String),
    /// Success without content: 204.
    NoContent,
    /// The answer is dated so, whatever the time is.
    Date(String),
    /// The connection is closed without an answer.
    Reset,
    /// The credentials have expired.
    Expired,
    /// The clock of the caller is off.
    Skewed,
    /// Lists continue where they began.
    EndlessPages,
    /// The requested object was deleted since it was listed. Of Kubernetes also: the token that continues a list has expired.
    Gone,
    /// Another address is named for it.
    Redirected(String),
    /// Lists go on at this address, whatever the client makes of it. Azure's lists only.
    NextPage(String),
    /// A custom response.
    Answer(Custom),
}

/// An answer in place of the service's.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Custom {
    /// The status.
    pub status: u16,
    /// The code of the error.
    pub code: String,
    /// Its message.
    pub message: String,
    /// What is sent instead of an error in the service's format, such as text that is not JSON.
    pub body: Option<String>,
}

/// A call, as rules name it.
pub(crate) trait Subject {
    /// The name of its permission.
    fn action(&self) -> &str;
    /// The region that it is sent to; empty if there is none.
    fn region(&self) -> &str;
    /// Whether it holds some words.
    fn speaks_of(&self, words: &str) -> bool;
}

/// The rules of a world, and how often each was met.
#[derive(Debug)]
pub(crate) struct Faults {
    rules: Vec<(Rule, AtomicU64)>,
}

impl Faults {
    pub(crate) fn new(rules: &[Rule]) -> Self {
        Self { rules: rules.iter().map(|rule| (rule.clone(), AtomicU64::new(0))).collect() }
    }

    /// The fault for a call; the last matching rule decides.
    pub(crate) fn strike(&self, call: &impl Subject, account: &str, dice: &Dice) -> Option<&Fault> {
        self.rules.iter().rev().find_map(|(rule, met)| {
            let is = |wanted: &Option<String>, found: &str| {
                wanted.as_ref().is_none_or(|wanted| wanted == found)
            };
            let applies = glob(&rule.action, call.action())
                && is(&rule.account, account)
                && is(&rule.region, call.region())
                && rule.about.as_ref().is_none_or(|words| call.speaks_of(words));
            if !applies || rule.probability.is_some_and(|chance| dice.roll() >= chance) {
                return None;
            }
            let met = met.fetch_add(1, Ordering::Relaxed);
            let over = rule.times.is_some_and(|times| met >= rule.after + times);
            (met >= rule.after && !over).then_some(&rule.fault)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(&'static str);

    impl Subject for Named {
        fn action(&self) -> &str {
            self.0
        }

        fn region(&self) -> &str {
            ""
        }

        fn speaks_of(&self, _: &str) -> bool {
            false
        }
    }

    #[test]
    fn a_rule_begins_and_ends_where_it_says() {
        let rule = Rule { after: 1, times: Some(2), ..Rule::new("s3:*", Fault::Reset) };
        let faults = Faults::new(&[rule]);
        let dice = Dice::new(0);
        let call = Named("s3:GetBucketAcl");
        let struck: Vec<bool> =
            (0..5).map(|_| faults.strike(&call, "1", &dice).is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
    }

    #[test]
    fn a_scenario_names_faults_in_words() {
        let rules: Vec<Rule> = serde_json::from_str(
            r#"[{"action":"s3:*","fault":"denied"},{"fault":{"throttled":3}},{"fault":{"slow-start":20}}]"#,
        )
        .unwrap();
        assert_eq!(rules[1].fault, Fault::Throttled(Some(3)));
    }
}
