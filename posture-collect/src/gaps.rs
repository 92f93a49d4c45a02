//! Why something is not known.

use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason, Register};
use posture_model::listing::Listing;

use crate::text::clip;

/// Why a call gave no result, not yet recorded as a gap: a code may turn out to mean "not configured".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallError {
    /// The gap that this makes, unless it is an answer.
    pub gap: Gap,
    /// The HTTP status of the answer; 0 where there was none.
    pub status: u16,
}

impl CallError {
    /// An answer that is an error of this code.
    pub fn new(code: &str, mut gap: Gap) -> Self {
        gap.code = Some(code.to_owned());
        Self { gap, status: 400 }
    }

    /// Nothing was requested, or nothing came.
    pub fn unanswered(gap: Gap) -> Self {
        Self { gap, status: 0 }
    }

    /// An answer about a resource that came and makes no sense.
    pub fn senseless(action: &str, target: &str, detail: impl Into<String>) -> Self {
        let mut gap = Gap::new(action, target, Reason::Malformed);
        gap.detail = Some(clip(detail.into()));
        Self { gap, status: 200 }
    }

    /// An answer of a region that came and makes no sense.
    pub fn malformed(action: &str, region: &str, detail: &str) -> Self {
        let mut refused = Self::senseless(action, "", detail);
        refused.gap.region = Some(region.to_owned()).filter(|region| !region.is_empty());
        refused
    }

    /// The gap of a list that holds an entry without a name: the entry exists, but nothing shows what it is.
    pub fn or_nameless(
        refused: Option<Self>,
        nameless: bool,
        action: &str,
        region: &str,
    ) -> Option<Self> {
        refused.or_else(|| {
            let what = "an item of the list has no name";
            nameless.then(|| Self::malformed(action, region, what))
        })
    }

    /// Whether the error has one of these codes, each of which is a valid answer. A throttled or denied call never counts as
    /// absence, whatever its code.
    pub fn is(&self, codes: &[&str]) -> bool {
        self.gap.reason == Reason::Unsupported
            && self.code().is_some_and(|code| codes.contains(&code))
    }

    /// Whether another region may respond: denied here, perhaps by a policy about regions, or not reached.
    pub fn may_be_regional(&self) -> bool {
        matches!(
            self.gap.reason,
            Reason::Denied
                | Reason::DeniedByIdentityPolicy
                | Reason::DeniedByOrganizationPolicy
                | Reason::RegionDisabled
                | Reason::Unreachable
                | Reason::TimedOut
                | Reason::Credentials
        )
    }

    /// The provider's own error code.
    pub fn code(&self) -> Option<&str> {
        self.gap.code.as_deref()
    }

    /// The provider's words.
    pub fn detail(&self) -> Option<&str> {
        self.gap.detail.as_deref()
    }

    /// The gap that this makes.
    pub fn into_gap(self) -> Gap {
        self.gap
    }
}

/// The gaps of one scope, and the facts and lists that have them.
#[derive(Debug, Default)]
pub struct Gaps(Register);

impl Gaps {
    /// Records a gap and returns its number.
    pub fn gap(&self, gap: Gap) -> GapId {
        self.0.note(gap)
    }

    /// Every gap noted, in the order of their numbers.
    pub fn into_list(self) -> Vec<Gap> {
        self.0.into_list()
    }

    /// A fact that could not be read.
    pub fn unknown<T>(&self, gap: Gap) -> Fact<T> {
        Fact::Gap(self.gap(gap))
    }

    /// A fact from a result: an error becomes a gap.
    pub fn fact<T>(&self, answer: Result<T, CallError>) -> Fact<T> {
        match answer {
            Ok(value) => Known(value),
            Err(refused) => self.unknown(refused.gap),
        }
    }

    /// A fact from an answer, where certain errors are an answer too: "not configured" is a value and not a gap.
    pub fn fact_or<T>(&self, answer: Result<T, CallError>, absent: &[&str], value: T) -> Fact<T> {
        match answer {
            Err(refused) if refused.is(absent) => Known(value),
            answer => self.fact(answer),
        }
    }

    /// A fact whose meaning could not be decided although it was read.
    pub fn undetermined<T>(
        &self,
        action: &str,
        target: &str,
        detail: impl Into<String>,
    ) -> Fact<T> {
        self.because(action, target, Reason::Undetermined, detail)
    }

    /// A fact from an answer that does not make sense.
    pub fn malformed<T>(&self, action: &str, target: &str, detail: impl Into<String>) -> Fact<T> {
        self.because(action, target, Reason::Malformed, detail)
    }

    /// A fact whose value has a meaning that is not known here.
    pub fn unsupported<T>(&self, action: &str, target: &str, value: &str) -> Fact<T> {
        let detail = format!("unknown value `{value}`");
        self.because(action, target, Reason::Unsupported, detail)
    }

    fn because<T>(
        &self,
        action: &str,
        target: &str,
        reason: Reason,
        detail: impl Into<String>,
    ) -> Fact<T> {
        let mut gap = Gap::new(action, target, reason);
        gap.detail = Some(clip(detail.into()));
        self.unknown(gap)
    }

    /// A listing made from items, complete unless a page failed.
    pub fn listing<T>(&self, items: Vec<T>, refused: Option<CallError>) -> Listing<T> {
        let gaps = refused.map(|refused| self.gap(refused.gap)).into_iter().collect();
        Listing { items, gaps }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reason: Reason, code: &str) -> CallError {
        CallError::new(code, Gap::new("iam:GetUser", "", reason))
    }

    #[test]
    fn only_a_plain_error_can_mean_absence() {
        assert!(refused(Reason::Unsupported, "NoSuchEntity").is(&["NoSuchEntity"]));
        assert!(!refused(Reason::Denied, "NoSuchEntity").is(&["NoSuchEntity"]));
        assert!(!refused(Reason::Throttled, "NoSuchEntity").is(&["NoSuchEntity"]));
        assert!(!refused(Reason::Unsupported, "NoSuchEntity").is(&["NoSuchBucketPolicy"]));
        assert!(!CallError::unanswered(Gap::new("", "", Reason::Unsupported)).is(&[""]));
    }

    #[test]
    fn absent_is_a_value_and_denied_is_a_gap() {
        let gaps = Gaps::default();
        let absent = Err(refused(Reason::Unsupported, "NoSuchEntity"));
        assert_eq!(gaps.fact_or(absent, &["NoSuchEntity"], 0), Known(0));
        let denied =
            gaps.fact_or(Err(refused(Reason::Denied, "NoSuchEntity")), &["NoSuchEntity"], 0);
        let list = gaps.listing(vec![1], Some(refused(Reason::Denied, "NoSuchEntity")));
        assert_eq!(denied.gap().as_ref(), list.gaps.first());
        assert!(gaps.listing(vec![1], None).is_complete());
        assert_eq!(gaps.into_list().last().map(|gap| gap.reason), Some(Reason::Denied));
    }

    #[test]
    fn hostile_text_is_clipped() {
        let gaps = Gaps::default();
        let long = "x".repeat(10_000);
        let _: [Fact<bool>; 3] = [
            gaps.unsupported("a", "", &long),
            gaps.malformed("a", "", long.as_str()),
            gaps.undetermined("a", "", long.as_str()),
        ];
        let malformed = CallError::senseless("a", "", long.as_str());
        assert_eq!(malformed.gap.reason, Reason::Malformed);
        let list = gaps.into_list();
        for gap in list.iter().skip(2).chain([&malformed.gap]) {
            assert!(gap.detail.as_ref().is_some_and(|text| text.chars().count() < 400));
        }
        assert_eq!(list.len(), 5);
    }
}
