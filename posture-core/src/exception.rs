//! Failures that somebody answers for. They stay failures, and are shown as excepted.

use crate::control::{Control, Subject};
use crate::judge::Findings;
use crate::provider::Provider;
use crate::resource::Kind;
use crate::scope::Scope;
use crate::time::Time;

/// How many days before its end an exception is said to end soon.
pub const SOON: u32 = 30;

/// An accepted failure, or several of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// The ids of controls, or areas such as `storage`.
    pub controls: Vec<String>,
    /// Where it holds.
    pub place: Place,
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// Until when it holds.
    pub expires: Time,
    /// Where it is discussed.
    pub ticket: Option<String>,
    /// What is done instead.
    pub compensating_control: Option<String>,
}

/// Where an exception holds: everywhere where all that is named fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The cloud.
    pub provider: Option<Provider>,
    /// The id or name of the account, subscription or tenant.
    pub scope: Option<Pattern>,
    /// The native id of the resource.
    pub resource: Option<Pattern>,
    /// A tag of the resource, by its key. Only of buckets are tags read.
    pub tag: Option<(String, Pattern)>,
}

/// A text in which `*` stands for any text and `?` for any letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern that is written so.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether it says nothing of what it fits, but for how long that is: there is always a letter.
    pub fn is_anything(&self) -> bool {
        !self.0.is_empty() && self.0.chars().all(|c| matches!(c, '*' | '?'))
    }

    /// Whether a text fits. The time is the product of the lengths at most.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text): (Vec<char>, Vec<char>) =
            (self.0.chars().collect(), text.chars().collect());
        let (mut p, mut t) = (0, 0);
        // Where to go on from when the last star has to stand for one letter more.
        let mut star: Option<(usize, usize)> = None;
        while t < text.len() {
            match pattern.get(p) {
                Some('*') => {
                    star = Some((p, t));
                    p += 1;
                }
                Some(c) if *c == '?' || *c == text[t] => {
                    p += 1;
                    t += 1;
                }
                _ => match star {
                    Some((at, from)) => {
                        p = at + 1;
                        t = from + 1;
                        star = Some((at, from + 1));
                    }
                    None => return false,
                },
            }
        }
        pattern[p..].iter().all(|c| *c == '*')
    }

    /// Whether it fits an id or name of a provider: Azure tells no small letters from large ones.
    pub(crate) fn fits(&self, provider: Provider, text: &str) -> bool {
        match provider {
            Provider::Azure => Self(self.0.to_lowercase()).matches(&text.to_lowercase()),
            _ => self.matches(text),
        }
    }
}

impl Exception {
    /// Whether it is about a control.
    pub fn concerns(&self, control: &Control) -> bool {
        self.controls.iter().any(|name| *name == control.id || *name == control.area())
    }

    /// How it stands at a time, whatever it covers.
    pub fn standing(&self, now: Time) -> Standing {
        if self.expires <= now {
            Standing::Ended
        } else if now.is_older_than_days(SOON, self.expires) {
            Standing::InForce
        } else {
            Standing::EndsSoon
        }
    }

    /// Whether it covers a failure of a control.
    pub(crate) fn covers(
        &self,
        control: &Control,
        scope: &Scope,
        subject: Subject<'_>,
        at: usize,
        now: Time,
    ) -> bool {
        let Place { provider, scope: account, resource, tag } = &self.place;
        let fits = |pattern: &Pattern, text: &str| pattern.fits(scope.provider, text);
        let named = |pattern: &Pattern| {
            fits(pattern, &scope.id)
                || scope.name.as_deref().is_some_and(|name| fits(pattern, name))
        };
        let tagged = |(key, pattern): &(String, Pattern)| {
            tag_of(scope, subject.kind, at, key).is_some_and(|value| pattern.matches(value))
        };
        self.expires > now
            && self.concerns(control)
            && provider.is_none_or(|provider| provider == scope.provider)
            && account.as_ref().is_none_or(named)
            && resource.as_ref().is_none_or(|pattern| fits(pattern, subject.id))
            && tag.as_ref().is_none_or(tagged)
    }
}

/// A tag of a resource; none where it has none of that key, and where that is not known.
fn tag_of<'s>(scope: &'s Scope, kind: Kind, place: usize, key: &str) -> Option<&'s str> {
    match kind {
        Kind::Bucket => {
            let tags = scope.buckets.items.get(place)?.tags.known().ok()?;
            tags.get(key).map(String::as_str)
        }
        _ => None,
    }
}

/// How an exception stands at the end of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It has ended, and covers nothing any more.
    Ended,
    /// It covers failures, and ends within [`SOON`] days.
    EndsSoon,
    /// It covers no failure.
    Idle,
    /// It covers failures.
    InForce,
}

impl Standing {
    /// The standing in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ended => "has ended",
            Self::EndsSoon => "ends soon",
            Self::Idle => "covers no failure",
            Self::InForce => "in force",
        }
    }
}

/// How many failures an exception covers, and how it stands.
#[derive(Clone, Copy, Debug)]
pub struct Use<'f> {
    /// The exception.
    pub exception: &'f Exception,
    /// The failures that it covers.
    pub covers: usize,
    /// How it stands.
    pub standing: Standing,
}

/// How each exception stands that is about a control of this run.
pub fn uses<'f>(findings: &'f Findings<'_>) -> Vec<Use<'f>> {
    let now = findings.header().finished;
    let all = findings.exceptions();
    let covers = findings.covered();
    let judged = |exception: &Exception| {
        findings.controls().iter().any(|control| exception.concerns(control))
    };
    all.iter()
        .zip(covers)
        .filter(|(exception, _)| judged(exception))
        .map(|(exception, covers)| {
            let standing = match exception.standing(now) {
                Standing::EndsSoon | Standing::InForce if covers == 0 => Standing::Idle,
                standing => standing,
            };
            Use { exception, covers, standing }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::controls;
    use crate::fact::Known;
    use crate::judge::{self, Options};
    use crate::resource::Bucket;
    use crate::snapshot::Snapshot;

    #[test]
    fn what_names_no_letter_is_no_place() {
        for wide in ["*", "**", "?*", "*?", "????????????"] {
            assert!(Pattern::new(wide).is_anything(), "{wide}");
        }
        for narrow in ["", "a*", "*1", "?a?"] {
            assert!(!Pattern::new(narrow).is_anything(), "{narrow}");
        }
    }

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, fits) in [
            ("arn:aws:s3:::website", "arn:aws:s3:::website", true),
            ("arn:aws:s3:::website", "arn:aws:s3:::website2", false),
            ("arn:aws:s3:::web*", "arn:aws:s3:::website", true),
            ("*-logs-*", "prod-logs-1", true),
            ("*-logs-*", "prod-log-1", false),
            ("web-?", "web-1", true),
            ("web-?", "web-10", false),
            ("*", "", true),
            ("", "x", false),
            ("a*b*c", "a-b-b-c", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern} {text}");
        }
        let hostile = Pattern::new("*a".repeat(200));
        assert!(!hostile.matches(&"b".repeat(20_000)));
        assert!(!hostile.matches(&format!("{}b", "a".repeat(20_000))));
    }

    fn exception(place: Place, expires: i64) -> Exception {
        Exception {
            controls: vec!["storage.versioning".to_owned()],
            place,
            owner: "web team".to_owned(),
            reason: "made anew from source".to_owned(),
            expires: Time::from_unix(expires),
            ticket: None,
            compensating_control: None,
        }
    }

    /// How many of three buckets an exception covers, and how it stands.
    fn covered(exception: Exception) -> (usize, Standing) {
        let bucket = |name: &str, team: Option<&str>| {
            let tags = team.map(|team| ("team".to_owned(), team.to_owned()));
            Bucket::unread(format!("arn:aws:s3:::{name}"), name, None)
                .versioning(Known(false))
                .tags(Known(BTreeMap::from_iter(tags)))
        };
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        scope.name = Some("prod".to_owned());
        scope.buckets.items =
            vec![bucket("a-1", Some("web")), bucket("a-2", Some("data")), bucket("b-1", None)];
        let now = Time::from_unix(0);
        let snapshot = Snapshot::new("test", now, now, vec![scope]);
        let chosen: Vec<&'static Control> = controls::ALL
            .iter()
            .copied()
            .filter(|control| control.id == "storage.versioning")
            .collect();
        let options = Options { exceptions: vec![exception], ..Options::default() };
        let findings = judge::judge(&snapshot, &chosen, &options);
        let uses = uses(&findings);
        (uses[0].covers, uses[0].standing)
    }

    const DAY: i64 = 86_400;

    #[test]
    fn it_covers_what_fits_all_that_it_names() {
        let far = 90 * DAY;
        let pattern = |text: &str| Some(Pattern::new(text));
        let resource = |text: &str| Place { resource: pattern(text), ..Place::default() };
        let of = |place: Place| covered(exception(place, far)).0;
        assert_eq!(of(resource("arn:aws:s3:::a-1")), 1);
        assert_eq!(of(resource("arn:aws:s3:::a-*")), 2);
        assert_eq!(of(resource("arn:aws:s3:::A-*")), 0);
        let scope = |text: &str| Place { scope: pattern(text), ..Place::default() };
        assert_eq!(of(scope("123456789012")), 3);
        assert_eq!(of(scope("prod")), 3);
        assert_eq!(of(scope("dev*")), 0);
        let tag = |value: &str| Some(("team".to_owned(), Pattern::new(value)));
        assert_eq!(of(Place { tag: tag("web"), ..Place::default() }), 1);
        assert_eq!(of(Place { tag: tag("*"), ..Place::default() }), 2);
        assert_eq!(of(Place { tag: tag("*"), ..resource("*b-1") }), 0);
        let azure = Place { provider: Some(Provider::Azure), ..resource("*") };
        assert_eq!(of(azure), 0);
        let area =
            Exception { controls: vec!["storage".to_owned()], ..exception(resource("*"), far) };
        assert_eq!(covered(area).0, 3);
    }

    #[test]
    fn that_it_ends_or_covers_nothing_is_told() {
        let all = || Place { resource: Some(Pattern::new("*")), ..Place::default() };
        let none = || Place { resource: Some(Pattern::new("x")), ..Place::default() };
        assert_eq!(covered(exception(all(), 0)), (0, Standing::Ended));
        assert_eq!(covered(exception(all(), 30 * DAY)), (3, Standing::EndsSoon));
        assert_eq!(covered(exception(all(), 30 * DAY + 1)), (3, Standing::InForce));
        assert_eq!(covered(exception(none(), 90 * DAY)), (0, Standing::Idle));
    }
}
