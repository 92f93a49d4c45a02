//! What a control is.

use serde::{Deserialize, Serialize};

use crate::frameworks::{self, Mapping};
use crate::provider::Provider;
use crate::resource::*;
use crate::scope::{Level, Scope};
use crate::threshold::Param;
use crate::time::Time;

pub use crate::check::{Check, Rule};
pub use crate::context::Context;
pub use posture_model::resource::{Facts, Subject};
pub use posture_model::verdict::{
    CheckResult, Evidence, Undecided, Verdict, fail, not_applicable, pass,
};

/// One objective, with everything about it as plain data, and the function that checks it.
#[derive(Debug)]
pub struct Control {
    /// `area.condition`: names the condition examined, mirrors the path of the file, and is never used for anything
    /// else once released.
    pub id: &'static str,
    /// Since when it is there, and what became of it.
    pub life: Life,
    /// The objective in one line: what holds when the control passes.
    pub title: &'static str,
    /// What is wrong when it fails, in one short line without a period: "Root user has no MFA". It claims no more than a
    /// failure shows.
    pub finding: &'static str,
    /// The words that people search for: the provider's names of products and settings, such as "GuardDuty".
    pub keywords: &'static [&'static str],
    /// How bad a failure is.
    pub severity: Severity,
    /// Why it matters.
    pub rationale: &'static str,
    /// What to do about a failure, for each provider whose resources the control judges.
    pub remediation: &'static [(Provider, Remedy)],
    /// The source of the rule: the provider's documentation.
    pub references: &'static [&'static str],
    /// The requirements it maps to, in CSF 2.0, CCM 4.1 and the benchmarks; others follow from these.
    pub satisfies: &'static [Mapping],
    /// What it reads and how it decides.
    pub test: Test,
}

/// What a control reads and how it decides.
#[derive(Clone, Copy, Debug)]
pub struct Test {
    /// Every fact it may read, of its own kind and of others. Only these are collected for it.
    pub reads: &'static [FactId],
    /// Its thresholds.
    pub params: &'static [Param],
    /// The function that examines a resource.
    pub check: Check,
    /// Two worlds: one that passes and one that fails. They document the control and prove the laws.
    pub examples: Examples,
}

/// The test of a control that checks whether one fact is true: `is_true!(Kind.fact, found, expected)`, where `found` is the
/// evidence when it is not, and `expected` what would pass. The examples are made from the fact.
macro_rules! is_true {
    ($kind:ident.$fact:ident, $found:expr, $expected:expr $(,)?) => {
        $crate::control::fact_is!($kind.$fact, true, $found, $expected)
    };
}
pub(crate) use is_true;

/// The same of a fact that has to be false.
macro_rules! is_false {
    ($kind:ident.$fact:ident, $found:expr, $expected:expr $(,)?) => {
        $crate::control::fact_is!($kind.$fact, false, $found, $expected)
    };
}
pub(crate) use is_false;

macro_rules! fact_is {
    ($kind:ident.$fact:ident, $good:literal, $found:expr, $expected:expr) => {
        pastey::paste! {
            $crate::control::Test {
                reads: &[$crate::resource::$kind::[<$fact:upper>]],
                params: &[],
                check: $crate::control::Check::$kind(|resource, _| {
                    if *resource.$fact.known()? == $good {
                        return $crate::control::pass();
                    }
                    $crate::control::fail(
                        $crate::resource::$kind::[<$fact:upper>],
                        $found,
                        $expected,
                    )
                }),
                examples: $crate::control::Examples {
                    pass: |scope| {
                        let example = $crate::resource::$kind::unread("example", "example", None);
                        scope.add(example.$fact($crate::fact::Fact::Known($good)));
                    },
                    fail: |scope| {
                        let example = $crate::resource::$kind::unread("example", "example", None);
                        scope.add(example.$fact($crate::fact::Fact::Known(!$good)));
                    },
                },
            }
        }
    };
}
pub(crate) use fact_is;

/// The test of a control that checks whether a list is empty: `no_entries!(Kind.fact, expected)`. Each entry is evidence, an undecided
/// one is unknown. The examples are made from the fact; a literal before what is expected is the entry of the one that fails.
macro_rules! no_entries {
    ($kind:ident.$fact:ident, $expected:expr $(,)?) => {
        $crate::control::no_entries!($kind.$fact, "an entry", $expected)
    };
    ($kind:ident.$fact:ident, $entry:literal, $expected:expr $(,)?) => {
        pastey::paste! {
            $crate::control::Test {
                reads: &[$crate::resource::$kind::[<$fact:upper>]],
                params: &[],
                check: $crate::control::Check::$kind(|resource, _| {
                    resource.$fact.must_be_empty($crate::resource::$kind::[<$fact:upper>], $expected)
                }),
                examples: $crate::control::Examples {
                    pass: |scope| {
                        let example = $crate::resource::$kind::unread("example", "example", None);
                        let none = $crate::entries::Entries::none();
                        scope.add(example.$fact($crate::fact::Fact::Known(none)));
                    },
                    fail: |scope| {
                        let example = $crate::resource::$kind::unread("example", "example", None);
                        let one = $crate::entries::Entries::from([$entry]);
                        scope.add(example.$fact($crate::fact::Fact::Known(one)));
                    },
                },
            }
        }
    };
}
pub(crate) use no_entries;

/// The same where the question does not arise for each resource. `guard` answers why not, by the further facts that are listed; the
/// examples are `$example` with the fact set.
macro_rules! no_entries_unless {
    (
        $kind:ident.$fact:ident, $entry:literal, $expected:expr,
        [$($read:ident),*], $guard:expr, $example:expr $(,)?
    ) => {
        pastey::paste! {
            $crate::control::Test {
                reads: &[
                    $( $crate::resource::$kind::[<$read:upper>], )*
                    $crate::resource::$kind::[<$fact:upper>],
                ],
                params: &[],
                check: $crate::control::Check::$kind(|resource, _| {
                    let guard: fn(
                        &$crate::resource::$kind,
                    ) -> Result<
                        Option<&'static str>,
                        posture_model::verdict::Undecided,
                    > = $guard;
                    if let Some(why) = guard(resource)? {
                        return $crate::control::not_applicable(why);
                    }
                    resource.$fact.must_be_empty($crate::resource::$kind::[<$fact:upper>], $expected)
                }),
                examples: $crate::control::Examples {
                    pass: |scope| {
                        let none = $crate::entries::Entries::none();
                        scope.add($example.$fact($crate::fact::Fact::Known(none)));
                    },
                    fail: |scope| {
                        let one = $crate::entries::Entries::from([$entry]);
                        scope.add($example.$fact($crate::fact::Fact::Known(one)));
                    },
                },
            }
        }
    };
}
pub(crate) use no_entries_unless;

/// The life cycle of a control. An ID is never reused once released, and an ID that a control had before
/// still works: in arguments, in configuration, in exceptions and in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// The version of posture that had it first.
    pub since: &'static str,
    /// What became of it.
    pub status: Status,
    /// The ids that it had before, the newest first.
    pub former: &'static [&'static str],
}

/// What became of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is there to stay.
    Stable,
    /// A later version will not have it.
    Deprecated {
        /// The version that deprecated it.
        since: &'static str,
        /// Why.
        why: &'static str,
        /// The control that replaces it, if there is one.
        replaced_by: Option<&'static str>,
    },
}

/// The life of a control that is there since a version of posture.
pub const fn since(version: &'static str) -> Life {
    Life { since: version, status: Status::Stable, former: &[] }
}

impl std::fmt::Display for Life {
    /// In words, such as "since 0.1.0; deprecated since 0.2.0: …".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "since {}", self.since)?;
        if !self.former.is_empty() {
            write!(f, "; formerly {}", self.former.join(", "))?;
        }
        if let Status::Deprecated { since, why, replaced_by } = self.status {
            write!(f, "; deprecated since {since}: {why}")?;
            if let Some(control) = replaced_by {
                write!(f, "; use {control}")?;
            }
        }
        Ok(())
    }
}

impl Life {
    /// The same for a control that had other ids before, the newest first.
    #[must_use]
    pub const fn formerly(mut self, ids: &'static [&'static str]) -> Self {
        self.former = ids;
        self
    }

    /// The same for a control that a later version will not have.
    #[must_use]
    pub const fn deprecated(
        mut self,
        since: &'static str,
        why: &'static str,
        replaced_by: Option<&'static str>,
    ) -> Self {
        self.status = Status::Deprecated { since, why, replaced_by };
        self
    }
}

impl Control {
    /// The control in one line: what is wrong where it fails, and its objective otherwise.
    pub fn headline(&self, fails: bool) -> &'static str {
        if fails { self.finding } else { self.title }
    }

    /// The part of the id before the dot, such as `storage`.
    pub fn area(&self) -> &'static str {
        self.id.split('.').next().unwrap_or(self.id)
    }

    /// Whether a name is its id, one that it had before, or that of its area, which may end with `.*`.
    pub fn is_named(&self, name: &str) -> bool {
        let area = name.strip_suffix(".*").unwrap_or(name);
        self.ids().any(|id| id.eq_ignore_ascii_case(name)) || self.area().eq_ignore_ascii_case(area)
    }

    /// Its id, and those that it had before.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.id).chain(self.life.former.iter().copied())
    }

    /// The id that it had first. What is derived from the id of a control, such as the id of a finding, is derived from this
    /// one, so that it stays the same when the control gets another id.
    pub fn first_id(&self) -> &'static str {
        self.life.former.last().copied().unwrap_or(self.id)
    }

    /// Every requirement that it maps to: those that it names, and those that follow from them.
    pub fn mappings(&self) -> Vec<Mapping> {
        frameworks::expand(self.satisfies, self.area())
    }

    /// A world of a provider in which every finding is a pass.
    pub fn passing(&self, provider: Provider) -> Scope {
        self.example(provider, true)
    }

    /// A world of a provider in which at least one finding is a failure.
    pub fn failing(&self, provider: Provider) -> Scope {
        self.example(provider, false)
    }

    fn example(&self, provider: Provider, passes: bool) -> Scope {
        let kind = self.test.check.kind();
        match self.test.check {
            Check::Rule(rule) => {
                Examples::world(provider, kind, |scope| rule.example(passes, scope))
            }
            _ if passes => Examples::world(provider, kind, self.test.examples.pass),
            _ => Examples::world(provider, kind, self.test.examples.fail),
        }
    }

    /// Whether it judges resources of this provider.
    pub fn judges(&self, provider: Provider) -> bool {
        self.remedy(provider).is_some()
    }

    /// What to do about a failure.
    pub fn remedy(&self, provider: Provider) -> Option<&'static Remedy> {
        self.remediation.iter().find(|(p, _)| *p == provider).map(|(_, remedy)| remedy)
    }

    /// The kinds of resource it needs to have listed: its own and those of the facts it reads.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.test.reads.iter().map(|fact| fact.kind).collect();
        kinds.push(self.test.check.kind());
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

/// How to fix a failure on one provider.
#[derive(Clone, Copy, Debug)]
pub struct Remedy {
    /// What to change, in a sentence.
    pub text: &'static str,
    /// Where it is in the console, as `Service → Page → Setting`.
    pub console: &'static str,
    /// The command for it, with `<placeholders>` for names.
    pub command: Command,
}

/// The command beside a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// It changes the setting.
    Change(&'static str),
    /// It only shows the setting: the change needs more than one command, or the console.
    Inspect(&'static str),
}

impl Command {
    /// The command line.
    pub fn line(self) -> &'static str {
        match self {
            Self::Change(line) | Self::Inspect(line) => line,
        }
    }

    /// The label before it in a sentence: `Fix` or `Inspect`.
    pub fn title(self) -> &'static str {
        match self {
            Self::Change(_) => "Fix",
            Self::Inspect(_) => "Inspect",
        }
    }

    /// What it does, as the label before it: `fix` or `inspect`.
    pub fn label(self) -> &'static str {
        match self {
            Self::Change(_) => "fix",
            Self::Inspect(_) => "inspect",
        }
    }
}

/// How bad a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Good to have.
    Low,
    /// Weakens another defense, or hides what happened.
    Medium,
    /// One more mistake away from harm.
    High,
    /// Anyone can do harm now.
    Critical,
}

impl Severity {
    /// Every severity, from low to critical.
    pub const ALL: &'static [Self] = &[Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

/// Two worlds, made from nothing: one in which every finding of the control is a pass, one in which at least one is a
/// fail. Each holds a resource of the control's kind.
#[derive(Clone, Copy, Debug)]
pub struct Examples {
    /// A world that is as it should be.
    pub pass: fn(&mut Scope),
    /// A world that is not.
    pub fail: fn(&mut Scope),
}

impl Examples {
    /// Those of a control whose check is a [`Rule`], which makes its examples.
    pub const OF_RULE: Self = Self { pass: |_| {}, fail: |_| {} };

    /// A world in which resources of a kind may be, with what `fill` puts there.
    pub fn world(provider: Provider, kind: Kind, fill: impl FnOnce(&mut Scope)) -> Scope {
        let mut scope = Scope::empty(provider, "123456789012");
        if !scope.holds(kind) {
            let levels = kind.levels().iter().find(|(of, _)| *of == provider);
            scope.level = levels.map_or(Level::Tenant, |(_, level)| *level);
        }
        scope.started = EXAMPLE_TIME();
        scope.finished = EXAMPLE_TIME();
        fill(&mut scope);
        scope
    }
}

/// The time at which the examples are judged: the first of January 2026.
#[expect(non_snake_case, reason = "a constant that cannot be const")]
pub fn EXAMPLE_TIME() -> Time {
    Time::from_unix(1_767_225_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_goes_by_the_ids_that_it_had_before() {
        let known = &crate::controls::storage::versioning::CONTROL;
        let life = since("0.1.0").formerly(&["storage.versions", "s3.versions"]).deprecated(
            "0.2.0",
            "the provider keeps versions always",
            None,
        );
        let control = Control { life, ..*known };
        let ids: Vec<&str> = control.ids().collect();
        assert_eq!(ids, ["storage.versioning", "storage.versions", "s3.versions"]);
        assert!(control.is_named("S3.Versions") && control.is_named("storage.*"));
        assert!(!control.is_named("s3") && !control.is_named("s3.*"));
        assert_eq!((control.first_id(), known.first_id()), ("s3.versions", known.id));
        assert_eq!(
            control.life.to_string(),
            "since 0.1.0; formerly storage.versions, s3.versions; deprecated since 0.2.0: the provider keeps versions \
             always"
        );
        let replaced = since("0.1.0").deprecated("0.2.0", "another asks for more", Some("a.b"));
        assert!(replaced.to_string().ends_with("another asks for more; use a.b"));
    }
}
