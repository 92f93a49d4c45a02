//! What can go wrong between the program and the cloud.

use std::time::Duration;

use crate::wire::Call;

/// What happens to a call instead of, or on the way to, its answer.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Refused, in these words.
    Deny(String),
    /// Asked for patience.
    Throttle,
    /// The service breaks down.
    ServerError,
    /// The connection ends in the middle of the answer.
    Truncate,
    /// The answer is not what was asked for.
    Garbage,
    /// The answer takes this long.
    Slow(Duration),
    /// The connection is closed without an answer.
    Drop,
    /// This is the response: JSON, or XML as it is.
    Answer(String),
    /// The answer, with one text in it replaced by another.
    Replace(&'static str, &'static str),
    /// The answer, changed in this way. Of the credential report, it is the report itself that is changed.
    Edit(fn(String) -> String),
    /// Sent elsewhere.
    Redirect(String),
    /// A failure that the service names by a code.
    Error(u16, &'static str),
    /// Pages of no more than this many entries.
    Page(usize),
}

/// The calls to which a fault applies.
#[derive(Clone, Debug)]
pub struct Rule {
    action: String,
    region: Option<String>,
    about: Option<String>,
    key: Option<String>,
    pub(crate) times: Option<u32>,
    pub(crate) fault: Fault,
}

impl Rule {
    /// All calls of an action; `*` for every action.
    pub fn new(action: &str, fault: Fault) -> Self {
        Self { action: action.to_owned(), region: None, about: None, key: None, times: None, fault }
    }

    pub(crate) fn action(&self) -> &str {
        &self.action
    }

    /// Denies an action.
    pub fn deny(action: &str) -> Self {
        let who = "arn:aws:iam::123456789012:user/auditor";
        Self::new(
            action,
            Fault::Deny(format!("User: {who} is not authorized to perform: {action}")),
        )
    }

    /// Denies it in these words.
    pub fn words(mut self, words: &str) -> Self {
        self.fault = Fault::Deny(words.to_owned());
        self
    }

    /// Changes the answers of an action.
    pub fn edit(action: &str, edit: fn(String) -> String) -> Self {
        Self::new(action, Fault::Edit(edit))
    }

    /// Replaces a text in the answers of an action.
    pub fn replace(action: &str, from: &'static str, to: &'static str) -> Self {
        Self::new(action, Fault::Replace(from, to))
    }

    /// Only in this region.
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Only where path, query or body hold this text.
    pub fn about(mut self, text: &str) -> Self {
        self.about = Some(text.to_owned());
        self
    }

    /// Only so often.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    pub(crate) fn applies_to(&self, call: &Call) -> bool {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        (self.action == "*" || self.action == call.action)
            && self.times != Some(0)
            && is(&self.region, &call.region)
            && is(&self.key, &call.key)
            && self.about.as_ref().is_none_or(|text| call.arguments.contains(text))
    }
}
