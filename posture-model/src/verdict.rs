//! What a check returns.

use std::borrow::Cow;

use crate::gap::GapId;
use crate::kind::FactId;

/// What a check returns: a verdict, or what keeps it from one.
pub type CheckResult = Result<Verdict, Undecided>;

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The objective is met.
    Pass,
    /// The objective is not met, shown by at least one piece of evidence.
    Fail(Vec<Evidence>),
    /// The objective does not concern this resource, for the reason given, which may repeat the text of others and is as hostile as
    /// any.
    NotApplicable(Cow<'static, str>),
}

/// What keeps a check from a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// The provider has no such setting.
    NotOffered,
    /// It could not be read.
    Unknown(GapId),
}

/// A fact that decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// The name of the fact.
    pub fact: &'static str,
    /// What was found, which may repeat the cloud's text and is as hostile as any.
    pub found: Cow<'static, str>,
    /// What was expected.
    pub expected: Cow<'static, str>,
}

/// The objective is met.
///
/// # Errors
/// Never; the type is that of a check.
pub fn pass() -> CheckResult {
    Ok(Verdict::Pass)
}

/// The objective is not met: this fact holds `found` in place of `expected`.
///
/// # Errors
/// Never; the type is that of a check.
pub fn fail(
    fact: FactId,
    found: impl Into<Cow<'static, str>>,
    expected: impl Into<Cow<'static, str>>,
) -> CheckResult {
    Ok(Verdict::Fail(vec![Evidence {
        fact: fact.name,
        found: found.into(),
        expected: expected.into(),
    }]))
}

/// The objective does not concern this resource.
///
/// # Errors
/// Never; the type is that of a check.
pub fn not_applicable(why: impl Into<Cow<'static, str>>) -> CheckResult {
    Ok(Verdict::NotApplicable(why.into()))
}
