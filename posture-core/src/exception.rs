//! Failures that an owner has accepted. They stay failures, and are shown as excepted.

use crate::control::{Control, Subject};
use crate::fact::{Fact, Known};
use crate::provider::Provider;
use crate::resource::{FactId, Kind};
use crate::scope::Scope;
use crate::time::Time;
use crate::wildcard::Wildcard;

/// How many days before its end an exception is reported to end soon.
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
    /// The region of the resource, in a Kubernetes cluster its namespace; a resource without a region matches none.
    pub region: Option<Pattern>,
    /// The native id of the resource.
    pub resource: Option<Pattern>,
    /// A tag of the resource, by its key, of every kind of resource that has the fact `tags`.
    pub tag: Option<(String, Pattern)>,
    /// The container of a workload: a failure is covered if these containers alone show it. A failure that is not about containers, and
    /// one to which more may contribute than is known, is not covered.
    pub container: Option<Pattern>,
}

/// A text in which `*` matches any text and `?` any letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    exact: Wildcard,
    /// For what a provider compares without regard to case.
    lower: Wildcard,
}

impl Pattern {
    /// The pattern that is written so.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        let (exact, lower) = (Wildcard::new(&text), Wildcard::new(&text.to_lowercase()));
        Self { text, exact, lower }
    }

    /// As it is written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it matches every text that is long enough: it consists of wildcards only.
    pub fn is_anything(&self) -> bool {
        !self.text.is_empty() && self.text.chars().all(|c| matches!(c, '*' | '?'))
    }

    /// Whether a text matches. No pattern takes long, see [`Wildcard::matches`].
    pub fn matches(&self, text: &str) -> bool {
        self.exact.matches(text)
    }

    /// Whether it fits an ID or name of a provider, in either case where the provider ignores case.
    pub(crate) fn fits(&self, provider: Provider, text: &str) -> bool {
        match provider.ignores_case() {
            true => self.lower.matches(&text.to_lowercase()),
            false => self.matches(text),
        }
    }
}

impl Exception {
    /// Whether it is about a control.
    pub fn concerns(&self, control: &Control) -> bool {
        self.controls.iter().any(|name| *name == control.id || *name == control.area())
    }

    /// Its state at a time, whatever it covers.
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
        let Place { provider, scope: account, region, resource, tag, container } = &self.place;
        let fits = |pattern: &Pattern, text: &str| pattern.fits(scope.provider, text);
        let named = |pattern: &Pattern| {
            fits(pattern, &scope.id)
                || scope.name.as_deref().is_some_and(|name| fits(pattern, name))
        };
        let tagged = |(key, pattern): &(String, Pattern)| {
            tag_of(scope, subject.kind, at, key).is_some_and(|value| pattern.matches(&value))
        };
        let is_in = |pattern: &Pattern| subject.region.is_some_and(|region| fits(pattern, region));
        self.expires > now
            && self.concerns(control)
            && provider.is_none_or(|provider| provider == scope.provider)
            && account.as_ref().is_none_or(named)
            && region.as_ref().is_none_or(is_in)
            && resource.as_ref().is_none_or(|pattern| fits(pattern, subject.id))
            && tag.as_ref().is_none_or(tagged)
            && container
                .as_ref()
                .is_none_or(|one| is_of_containers(one, control, scope, subject, at))
    }
}

/// Whether a failure is that of some containers alone: every entry of what the control reads names one of them.
fn is_of_containers(
    pattern: &Pattern,
    control: &Control,
    scope: &Scope,
    subject: Subject<'_>,
    at: usize,
) -> bool {
    let Some(facts) = scope.facts(Kind::Workload, at).filter(|_| subject.kind == Kind::Workload)
    else {
        return false;
    };
    let mut entries = Vec::new();
    for fact in control.test.reads.iter().filter(|fact| fact.kind == Kind::Workload) {
        match facts.fact(fact.name) {
            // Entries to which something may be missing are an object.
            Some(Known(serde_json::Value::Array(all))) => entries.extend(all),
            Some(_) | None => return false,
        }
    }
    let of_one = |entry: &serde_json::Value| {
        let name = entry.as_str().and_then(|text| text.split_once(": "));
        name.is_some_and(|(name, _)| pattern.matches(name))
    };
    !entries.is_empty() && entries.iter().all(of_one)
}

/// The name of the fact that holds the tags of a resource, whatever its kind.
const TAGS: &str = "tags";

/// The facts of these kinds by which exceptions distinguish resources by their tags.
pub fn tags(kinds: impl IntoIterator<Item = Kind>) -> Vec<FactId> {
    let fact = |kind: Kind| {
        let known = kind.facts().iter().find(|fact| fact.name == TAGS)?;
        Some(FactId { kind, name: known.name })
    };
    kinds.into_iter().filter_map(fact).collect()
}

/// The facts by which these exceptions distinguish resources: the tags of the kinds that are judged by controls for which an
/// exception has a tag.
pub fn tags_of(
    exceptions: &[Exception],
    controls: &[&'static Control],
    provider: Provider,
) -> Vec<FactId> {
    let by_tag = |control: &&&Control| {
        let by_tag =
            |exception: &Exception| exception.place.tag.is_some() && exception.concerns(control);
        control.judges(provider) && exceptions.iter().any(by_tag)
    };
    tags(controls.iter().filter(by_tag).map(|control| control.test.check.kind()))
}

/// A tag of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// It has it, with this value.
    Value(String),
    /// It has none of that key, or nothing of its kind has tags.
    Absent,
    /// Its tags were not read.
    Unknown,
}

/// A tag of a resource, by its key.
pub(crate) fn tagged(scope: &Scope, kind: Kind, place: usize, key: &str) -> Tagged {
    let tags = match scope.facts(kind, place).and_then(|facts| facts.fact(TAGS)) {
        Some(Known(serde_json::Value::Object(tags))) => tags,
        Some(Fact::Gap(_)) => return Tagged::Unknown,
        Some(Known(_) | Fact::NotOffered) | None => return Tagged::Absent,
    };
    let same = |known: &str| match scope.provider.ignores_case() {
        true => known.eq_ignore_ascii_case(key),
        false => known == key,
    };
    let value = tags.iter().find(|(known, _)| same(known)).map(|(_, value)| value);
    match value.and_then(serde_json::Value::as_str) {
        Some(value) => Tagged::Value(value.to_owned()),
        None => Tagged::Absent,
    }
}

/// The same; none where it has none of that key, and where that is not known.
fn tag_of(scope: &Scope, kind: Kind, place: usize, key: &str) -> Option<String> {
    match tagged(scope, kind, place, key) {
        Tagged::Value(value) => Some(value),
        Tagged::Absent | Tagged::Unknown => None,
    }
}

/// The state of an exception at the end of an audit.
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
            Self::Ended => "expired",
            Self::EndsSoon => "expires soon",
            Self::Idle => "covers no failures",
            Self::InForce => "in force",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::controls;
    use crate::entries::Entries;
    use crate::gap::GapId;
    use crate::judge::{self, Options, uses};
    use crate::resource::{Bucket, Workload};
    use crate::snapshot::Snapshot;

    #[test]
    fn what_names_no_letter_is_not_a_place() {
        for wide in ["*", "**", "?*", "*?", "????????????"] {
            assert!(Pattern::new(wide).is_anything(), "{wide}");
        }
        for narrow in ["", "a*", "*1", "?a?"] {
            assert!(!Pattern::new(narrow).is_anything(), "{narrow}");
        }
    }

    #[test]
    fn stars_match_any_text() {
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
            ("a*b*c", "a-b-b-cd", false),
            ("*ab", "aab", true),
            ("*aab", "aaab", true),
            ("x*a?c", "xabcabc", true),
            ("?", "", false),
            ("??", "ö", false),
            ("a*", "a", true),
            ("a**", "a", true),
            ("a*b", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).text(), pattern);
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

    /// How many of three buckets an exception covers, and its state.
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
    fn a_container_is_covered_where_it_alone_fails() {
        let control = controls::ALL
            .iter()
            .find(|control| control.id == "workloads.privileged-containers")
            .copied()
            .unwrap();
        let covers = |container: &str, facts: Fact<Entries>| {
            let place = Place { container: Some(Pattern::new(container)), ..Place::default() };
            let exception =
                Exception { controls: vec![control.id.to_owned()], ..exception(place, 90 * DAY) };
            let mut scope =
                Scope::unread(Provider::Kubernetes, "c", "kubernetes", Time::from_unix(0));
            let mut workload = Workload::unread_on(
                Provider::Kubernetes,
                "Deployment/shop/web",
                "web",
                Some("shop"),
            );
            workload.privileged_containers = facts;
            scope.workloads.items.push(workload);
            let subject = Subject::of(&scope.workloads.items[0]);
            exception.covers(control, &scope, subject, 0, Time::from_unix(0))
        };
        let entries = |names: &[&str], open: Option<GapId>| {
            let entry = |name: &&str| format!("{name}: securityContext.privileged is true");
            Known(Entries::new(names.iter().map(entry).collect(), open))
        };
        assert!(covers("istio-*", entries(&["istio-init", "istio-proxy"], None)));
        assert!(!covers("istio-init", entries(&["istio-init", "istio-proxy"], None)));
        assert!(!covers("app", entries(&["application"], None)));
        // There may be another one, none is named, or it is about something else.
        assert!(!covers("app", entries(&["app"], Some(GapId::NOT_COLLECTED))));
        assert!(!covers("*a", entries(&[], None)));
        assert!(!covers("app", Fact::Gap(GapId::NOT_COLLECTED)));
        let bare = Place { container: Some(Pattern::new("*")), ..Place::default() };
        assert_eq!(covered(exception(bare, 90 * DAY)).0, 0);
    }

    #[test]
    fn that_it_ends_or_covers_nothing_is_reported() {
        let all = || Place { resource: Some(Pattern::new("*")), ..Place::default() };
        let none = || Place { resource: Some(Pattern::new("x")), ..Place::default() };
        assert_eq!(covered(exception(all(), 0)), (0, Standing::Ended));
        assert_eq!(covered(exception(all(), 30 * DAY)), (3, Standing::EndsSoon));
        assert_eq!(covered(exception(all(), 30 * DAY + 1)), (3, Standing::InForce));
        assert_eq!(covered(exception(none(), 90 * DAY)), (0, Standing::Idle));
    }

    /// Whether an exception covers a failure of a control on the first bucket of a scope.
    fn covers_first(exception: &Exception, control: &Control, scope: &Scope) -> bool {
        let bucket = &scope.buckets.items[0];
        exception.covers(control, scope, Subject::of(bucket), 0, Time::from_unix(0))
    }

    fn scope_of(provider: Provider, region: Option<&str>) -> Scope {
        let mut scope = Scope::empty(provider, "abc");
        let tags = [("Team".to_owned(), "Web".to_owned())];
        scope.buckets.items =
            vec![Bucket::unread("arn:aws:s3:::Site", "Site", region).tags(Known(tags.into()))];
        scope
    }

    static VERSIONING: &Control = &controls::storage::versioning::CONTROL;

    #[test]
    fn an_account_without_a_name_is_covered_by_its_id_alone() {
        let pattern = |text: &str| {
            exception(Place { scope: Some(Pattern::new(text)), ..Place::default() }, DAY)
        };
        let mut scope = scope_of(Provider::Aws, None);
        assert!(covers_first(&pattern("abc"), VERSIONING, &scope));
        assert!(!covers_first(&pattern("prod"), VERSIONING, &scope));
        assert!(!covers_first(&pattern("p*"), VERSIONING, &scope));
        scope.name = Some("prod".to_owned());
        assert!(covers_first(&pattern("prod"), VERSIONING, &scope));
    }

    #[test]
    fn each_part_of_a_place_is_needed() {
        let place = |what: &str, text: &str| {
            let pattern = Some(Pattern::new(text));
            match what {
                "region" => Place { region: pattern, ..Place::default() },
                "scope" => Place { scope: pattern, ..Place::default() },
                "resource" => Place { resource: pattern, ..Place::default() },
                key => {
                    Place { tag: pattern.map(|value| (key.to_owned(), value)), ..Place::default() }
                }
            }
        };
        // Only Azure does not distinguish small letters from large ones in ids, names, regions and keys of tags.
        for (what, text, aws, azure) in [
            ("scope", "abc", true, true),
            ("scope", "ABC", false, true),
            ("resource", "arn:aws:s3:::Site", true, true),
            ("resource", "arn:aws:s3:::site", false, true),
            ("region", "eu-west-1", true, true),
            ("region", "eu-*", true, true),
            ("region", "EU-west-1", false, true),
            ("region", "eu-west-2", false, false),
            ("Team", "Web", true, true),
            ("Team", "*", true, true),
            ("Team", "web", false, false),
            ("team", "Web", false, true),
            ("owner", "*", false, false),
        ] {
            let exception = exception(place(what, text), DAY);
            for (provider, expected) in [(Provider::Aws, aws), (Provider::Azure, azure)] {
                let scope = scope_of(provider, Some("eu-west-1"));
                let covers = covers_first(&exception, VERSIONING, &scope);
                assert_eq!(covers, expected, "{what} {text} on {provider}");
                let own = Place { provider: Some(provider), ..exception.place.clone() };
                let own = Exception { place: own, ..exception.clone() };
                assert_eq!(covers_first(&own, VERSIONING, &scope), expected, "{what} {text}");
                for other in Provider::ALL.iter().filter(|other| **other != provider) {
                    let place = Place { provider: Some(*other), ..exception.place.clone() };
                    let other = Exception { place, ..exception.clone() };
                    assert!(!covers_first(&other, VERSIONING, &scope), "{what} {text}");
                }
            }
        }
        let somewhere = exception(place("region", "*"), DAY);
        assert!(!covers_first(&somewhere, VERSIONING, &scope_of(Provider::Aws, None)));
        let mut untagged = scope_of(Provider::Aws, None);
        untagged.buckets.items[0].tags = crate::fact::Fact::not_collected();
        assert!(!covers_first(&exception(place("Team", "*"), DAY), VERSIONING, &untagged));
        let today = exception(place("scope", "abc"), 0);
        assert!(!covers_first(&today, VERSIONING, &scope_of(Provider::Aws, None)));
    }

    #[test]
    fn an_exception_is_about_the_controls_and_areas_that_it_names() {
        let of = |names: &[&str]| Exception {
            controls: names.iter().map(|name| (*name).to_owned()).collect(),
            ..exception(Place::default(), DAY)
        };
        let scope = scope_of(Provider::Aws, None);
        for (names, expected) in [
            (&["storage.versioning"][..], true),
            (&["storage"], true),
            (&["keys", "storage"], true),
            (&["storage.versioning", "keys"], true),
            (&["storage.encryption", "keys"], false),
            (&[], false),
        ] {
            assert_eq!(of(names).concerns(VERSIONING), expected, "{names:?}");
            assert_eq!(covers_first(&of(names), VERSIONING, &scope), expected, "{names:?}");
        }
    }

    #[test]
    fn the_tags_of_every_kind_that_has_them_count() {
        let all = tags(Kind::ALL.iter().copied());
        assert!(all.contains(&Bucket::TAGS));
        for kind in Kind::ALL.iter().copied() {
            let has = kind.facts().iter().any(|fact| fact.name == "tags");
            let own = tags([kind]);
            assert_eq!(own.len(), usize::from(has), "{kind}");
            let Some(fact) = own.first() else { continue };
            if kind == Kind::Account {
                // There is one.
                let mut scope = Scope::empty(Provider::Azure, "1");
                let tags = [("team".to_owned(), "web".to_owned())];
                scope.account.tags = Known(BTreeMap::from(tags));
                assert_eq!(tag_of(&scope, kind, 0, "TEAM").as_deref(), Some("web"));
                continue;
            }
            // By the name of the fact alone, whatever the kind: of the first of two resources of the kind.
            let mut scope = Scope::empty(Provider::Aws, "1");
            for (id, team) in [("a", "web"), ("b", "data")] {
                let tags = serde_json::json!({ "known": { "team": team } });
                let resource = serde_json::json!({ "id": id, "name": id, fact.name: tags });
                scope.put(kind, resource).unwrap();
            }
            assert_eq!(tag_of(&scope, kind, 0, "team").as_deref(), Some("web"), "{kind}");
            assert_eq!(tag_of(&scope, kind, 1, "team").as_deref(), Some("data"), "{kind}");
            assert_eq!(tag_of(&scope, kind, 2, "team"), None, "{kind}");
            assert_eq!(tag_of(&scope, kind, 0, "owner"), None, "{kind}");
        }
        assert_eq!(tag_of(&Scope::empty(Provider::Aws, "1"), Kind::Account, 0, "team"), None);
    }

    #[test]
    fn only_exceptions_about_controls_of_the_run_are_listed() {
        let of = |control: &str| Exception {
            controls: vec![control.to_owned()],
            ..exception(Place { scope: Some(Pattern::new("abc")), ..Place::default() }, 90 * DAY)
        };
        let mut scope = scope_of(Provider::Aws, None);
        scope.buckets.items[0].versioning = Known(false);
        let now = Time::from_unix(0);
        let snapshot = Snapshot::new("test", now, now, vec![scope]);
        let exceptions = vec![of("keys.rotation"), of("storage.versioning"), of("storage")];
        let options = Options { exceptions, ..Options::default() };
        let chosen = [VERSIONING, &controls::storage::encryption::CONTROL];
        let findings = judge::judge(&snapshot, &chosen, &options);
        let uses: Vec<(&str, usize, Standing)> = uses(&findings)
            .iter()
            .map(|used| (used.exception.controls[0].as_str(), used.covers, used.standing))
            .collect();
        // The first that fits covers; another of the same place stays idle.
        assert_eq!(
            uses,
            [("storage.versioning", 1, Standing::InForce), ("storage", 0, Standing::Idle)]
        );
    }

    #[test]
    fn standings_have_words_of_their_own() {
        use Standing::{Ended, EndsSoon, Idle, InForce};
        let words = [Ended, EndsSoon, Idle, InForce].map(Standing::words);
        assert_eq!(words, ["expired", "expires soon", "covers no failures", "in force"]);
    }
}
