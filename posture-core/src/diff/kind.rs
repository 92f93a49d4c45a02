//! What a change is called: the words that comparisons, histories and summaries share.

use super::{Cause, Change};
use crate::record::FindingStatus;
use crate::text::counted;

/// What became of a finding between two audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It fails, and is not known to have failed before.
    New,
    /// It fails again after it was fixed.
    Reopened,
    /// It fails, and is no longer accepted.
    NoLongerAccepted,
    /// It fails as it did before it was unknown: nothing shows that it was fixed in between.
    KnownAgain,
    /// It is unknown, or no longer examined.
    Unknown,
    /// It failed, accepted or not, and does not any more.
    Fixed,
    /// It fails, and is accepted.
    Accepted,
    /// It neither fails nor failed, such as a resource that appeared and passes.
    Other,
}

impl ChangeKind {
    /// Every kind, in the order in which a person wants to know.
    pub const ALL: &'static [Self] = &[
        Self::New,
        Self::Reopened,
        Self::NoLongerAccepted,
        Self::KnownAgain,
        Self::Unknown,
        Self::Fixed,
        Self::Accepted,
        Self::Other,
    ];

    /// The kind in words, as of one finding.
    pub fn words(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reopened => "reopened",
            Self::NoLongerAccepted => "no longer accepted",
            Self::KnownAgain => "failing, no longer unknown",
            Self::Unknown => "now unknown",
            Self::Fixed => "fixed",
            Self::Accepted => "accepted",
            Self::Other => "other",
        }
    }

    /// The kind as a heading, or at the beginning of a line.
    pub fn title(self) -> &'static str {
        match self {
            Self::New => "New failures",
            Self::Reopened => "Reopened",
            Self::NoLongerAccepted => "No longer accepted",
            Self::KnownAgain => "Failing, no longer unknown",
            Self::Unknown => "Now unknown",
            Self::Fixed => "Fixed",
            Self::Accepted => "Accepted",
            Self::Other => "Other",
        }
    }

    /// The words for what the two statuses do not show, as only a history knows it; none where they show it.
    pub fn remark(self) -> Option<&'static str> {
        match self {
            Self::Reopened | Self::KnownAgain => Some(self.words()),
            Self::New
            | Self::NoLongerAccepted
            | Self::Unknown
            | Self::Fixed
            | Self::Accepted
            | Self::Other => None,
        }
    }

    /// Whether it fails after the change and is not accepted.
    pub fn fails(self) -> bool {
        match self {
            Self::New | Self::Reopened | Self::NoLongerAccepted | Self::KnownAgain => true,
            Self::Unknown | Self::Fixed | Self::Accepted | Self::Other => false,
        }
    }

    /// The kind of a change by the two audits alone: [`recall`] distinguishes what is reopened from what is new.
    pub(super) fn of(
        before: Option<FindingStatus>,
        after: Option<FindingStatus>,
        cause: &Cause,
    ) -> Self {
        use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};
        let failed = before.is_some_and(FindingStatus::fails);
        match after {
            Some(Fail) if before == Some(Excepted) => Self::NoLongerAccepted,
            Some(Fail) => Self::New,
            Some(Excepted) => Self::Accepted,
            Some(Unknown) => Self::Unknown,
            Some(Pass | NotApplicable) if failed => Self::Fixed,
            None if *cause == Cause::Vanished && failed => Self::Fixed,
            None if *cause == Cause::Vanished => Self::Other,
            // An incomplete list that no longer exists is not a loss.
            None if before != Some(Unknown) => Self::Unknown,
            Some(Pass | NotApplicable) | None => Self::Other,
        }
    }
}

/// What a history knows of a finding up to the older of two audits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It failed when it was last decided.
    Failing,
    /// It had failed at some time, and did not any more when it was last decided.
    Fixed,
}

/// The ids of the findings of which [`recall`] has to know.
pub fn to_recall(changes: &[Change]) -> impl Iterator<Item = &str> {
    let open = |change: &&Change| match change.kind {
        ChangeKind::New => true,
        ChangeKind::Other => change.before == Some(FindingStatus::Unknown),
        ChangeKind::Reopened
        | ChangeKind::NoLongerAccepted
        | ChangeKind::KnownAgain
        | ChangeKind::Unknown
        | ChangeKind::Fixed
        | ChangeKind::Accepted => false,
    };
    changes.iter().filter(open).map(|change| change.finding.as_str())
}

/// Distinguishes what is reopened, or was only unknown, from what is new, by what is known of findings up to the older audit.
pub fn recall(changes: &mut [Change], earlier: impl Fn(&str) -> Option<Earlier>) {
    use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};
    for change in changes {
        let gone = change.after.is_none() && change.cause == Cause::Vanished;
        change.kind = match (change.kind, earlier(&change.finding)) {
            (ChangeKind::New, Some(earlier)) => match (earlier, change.before) {
                (Earlier::Failing, None | Some(Unknown)) => ChangeKind::KnownAgain,
                // The older audit itself saw it fixed.
                (Earlier::Failing, Some(Pass | NotApplicable | Fail | Excepted)) => {
                    ChangeKind::Reopened
                }
                (Earlier::Fixed, _) => ChangeKind::Reopened,
            },
            // It was not seen to fail in the older audit, and had failed before.
            (ChangeKind::Other, Some(Earlier::Failing))
                if change.before == Some(Unknown)
                    && (gone || matches!(change.after, Some(Pass | NotApplicable))) =>
            {
                ChangeKind::Fixed
            }
            (kind, _) => kind,
        };
    }
}

/// How many changes of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum([usize; ChangeKind::ALL.len()]);

impl Sum {
    /// The sum of changes.
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c Change>) -> Self {
        let mut sum = Self::default();
        for change in changes {
            if let Some(count) = sum.0.get_mut(change.kind as usize) {
                *count += 1;
            }
        }
        sum
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: ChangeKind) -> usize {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }

    /// How many fail after and did not before, or are not accepted any more.
    pub fn worse(&self) -> usize {
        ChangeKind::ALL.iter().filter(|kind| kind.fails()).map(|kind| self.count(*kind)).sum()
    }

    /// The sum in words: what is new, reopened, fixed and unknown, and what else there is.
    pub fn words(&self) -> String {
        let of = |kind| self.count(kind);
        let mut words = vec![
            counted(of(ChangeKind::New), "new failure", "new failures"),
            format!("{} reopened", of(ChangeKind::Reopened)),
            format!("{} fixed", of(ChangeKind::Fixed)),
            format!("{} now unknown", of(ChangeKind::Unknown)),
        ];
        for kind in [ChangeKind::NoLongerAccepted, ChangeKind::KnownAgain, ChangeKind::Accepted] {
            if of(kind) > 0 {
                words.push(format!("{} {}", of(kind), kind.words()));
            }
        }
        words.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Severity;
    use crate::provider::Provider;
    use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};

    fn change(before: Option<FindingStatus>, after: Option<FindingStatus>, cause: Cause) -> Change {
        Change {
            finding: "a".to_owned(),
            control: "storage.versioning".to_owned(),
            severity: Severity::Low,
            provider: Provider::Aws,
            scope: "1".to_owned(),
            resource: None,
            name: None,
            before,
            after,
            kind: ChangeKind::of(before, after, &cause),
            cause,
        }
    }

    #[test]
    fn every_change_has_one_kind() {
        let read = || Cause::Reading { action: "s3:List".to_owned(), reason: "denied".to_owned() };
        for (before, after, cause, kind) in [
            (None, Some(Fail), Cause::Appeared, ChangeKind::New),
            (Some(Pass), Some(Fail), Cause::Time, ChangeKind::New),
            (Some(Unknown), Some(Fail), read(), ChangeKind::New),
            (Some(Excepted), Some(Fail), Cause::ExceptionEnded, ChangeKind::NoLongerAccepted),
            (Some(Fail), Some(Excepted), Cause::ExceptionAdded, ChangeKind::Accepted),
            (Some(Pass), Some(Excepted), Cause::Time, ChangeKind::Accepted),
            (Some(Fail), Some(Unknown), read(), ChangeKind::Unknown),
            (None, Some(Unknown), read(), ChangeKind::Unknown),
            (Some(Fail), Some(Pass), Cause::Time, ChangeKind::Fixed),
            (Some(Excepted), Some(NotApplicable), Cause::Time, ChangeKind::Fixed),
            (Some(Fail), None, Cause::Vanished, ChangeKind::Fixed),
            // What is no longer read is not fixed.
            (Some(Fail), None, read(), ChangeKind::Unknown),
            (Some(Fail), None, Cause::AccountVanished, ChangeKind::Unknown),
            (Some(Pass), None, Cause::ControlRemoved, ChangeKind::Unknown),
            (Some(Unknown), None, read(), ChangeKind::Other),
            (Some(Pass), None, Cause::Vanished, ChangeKind::Other),
            (Some(Unknown), Some(Pass), read(), ChangeKind::Other),
            (None, Some(Pass), Cause::Appeared, ChangeKind::Other),
        ] {
            assert_eq!(
                change(before, after, cause.clone()).kind,
                kind,
                "{before:?} {after:?} {cause:?}"
            );
        }
        let places: Vec<usize> = ChangeKind::ALL.iter().map(|kind| *kind as usize).collect();
        assert_eq!(places, (0..ChangeKind::ALL.len()).collect::<Vec<_>>());
    }

    #[test]
    fn a_history_distinguishes_what_is_reopened_from_what_is_new() {
        let kind = |before, earlier| {
            let mut changes = [change(before, Some(Fail), Cause::Time)];
            recall(&mut changes, |_| earlier);
            changes[0].kind
        };
        assert_eq!(kind(Some(Pass), None), ChangeKind::New);
        assert_eq!(kind(None, None), ChangeKind::New);
        for before in [Some(Pass), Some(Unknown), None] {
            assert_eq!(kind(before, Some(Earlier::Fixed)), ChangeKind::Reopened, "{before:?}");
        }
        assert_eq!(kind(Some(Pass), Some(Earlier::Failing)), ChangeKind::Reopened);
        assert_eq!(kind(Some(Unknown), Some(Earlier::Failing)), ChangeKind::KnownAgain);
        assert_eq!(kind(Some(Excepted), Some(Earlier::Fixed)), ChangeKind::NoLongerAccepted);
        let mut changes = [
            change(Some(Unknown), Some(Pass), Cause::Time),
            change(Some(Unknown), None, Cause::Vanished),
            change(Some(Unknown), None, Cause::AccountVanished),
            change(None, Some(Pass), Cause::Appeared),
            change(Some(Pass), Some(Fail), Cause::Time),
        ];
        assert_eq!(to_recall(&changes).count(), 4);
        recall(&mut changes, |_| Some(Earlier::Failing));
        let kinds = changes.map(|change| change.kind);
        let [fixed, gone, lost, other, again] = kinds;
        assert_eq!(
            (fixed, gone, again),
            (ChangeKind::Fixed, ChangeKind::Fixed, ChangeKind::Reopened)
        );
        assert_eq!((lost, other), (ChangeKind::Other, ChangeKind::Other));
    }

    #[test]
    fn a_sum_names_what_is_there() {
        let changes = [
            change(None, Some(Fail), Cause::Appeared),
            change(Some(Excepted), Some(Fail), Cause::ExceptionEnded),
            change(Some(Fail), Some(Pass), Cause::Time),
            change(None, Some(Pass), Cause::Appeared),
        ];
        let sum = Sum::of(&changes);
        assert_eq!(
            sum.words(),
            "1 new failure, 0 reopened, 1 fixed, 0 now unknown, 1 no longer accepted"
        );
        assert_eq!((sum.worse(), sum.count(ChangeKind::Other)), (2, 1));
        let none = Sum::of(&[]);
        assert_eq!(none.words(), "0 new failures, 0 reopened, 0 fixed, 0 now unknown");
    }
}
