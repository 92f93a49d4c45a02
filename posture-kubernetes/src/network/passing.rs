//! What passes, in three values: sets of ports, or of addresses by port.

use std::fmt;

use posture_model::network::{Addresses, Traffic};

use super::ports::Ports;
use crate::open::Why;

/// A set that rules add up to: of ports, or of addresses by port.
pub(crate) trait Set: Clone + PartialEq {
    fn none() -> Self;
    fn everything() -> Self;
    fn is_empty(&self) -> bool;
    fn or(&self, other: &Self) -> Self;
    fn and(&self, other: &Self) -> Self;
}

impl Set for Ports {
    fn none() -> Self {
        Self::none()
    }

    fn everything() -> Self {
        Self::everything()
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn or(&self, other: &Self) -> Self {
        self.or(other)
    }

    fn and(&self, other: &Self) -> Self {
        self.and(other)
    }
}

impl Set for Traffic {
    fn none() -> Self {
        Self::none()
    }

    fn everything() -> Self {
        Ports::everything().with(&Addresses::all())
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn or(&self, other: &Self) -> Self {
        self.or(other)
    }

    fn and(&self, other: &Self) -> Self {
        self.and(other)
    }
}

/// What passes, in three values: what certainly does, and what may. What is in neither certainly does not pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Passing<S> {
    pub(crate) certain: S,
    pub(crate) possible: S,
    pub(crate) why: Why,
}

impl<S> Passing<S> {
    /// What certainly passes.
    pub const fn certain(&self) -> &S {
        &self.certain
    }

    /// What passes or may pass.
    pub const fn possible(&self) -> &S {
        &self.possible
    }

    /// Why it is open what passes; empty if it is not.
    pub const fn why(&self) -> &Why {
        &self.why
    }
}

#[allow(private_bounds, reason = "the sets are the two of this crate")]
impl<S: Set> Passing<S> {
    pub(crate) fn exactly(set: S) -> Self {
        Self { certain: set.clone(), possible: set, why: Why::new() }
    }

    pub(crate) fn nothing() -> Self {
        Self::exactly(S::none())
    }

    pub(crate) fn everything() -> Self {
        Self::exactly(S::everything())
    }

    /// At least the first passes, and at most both. A reason that leaves nothing open is dropped.
    pub(crate) fn between(certain: S, possible: S, why: Why) -> Self {
        let why = if certain == possible { Why::new() } else { why };
        Self { certain, possible, why }
    }

    /// Whether it is certain what passes.
    pub fn is_certain(&self) -> bool {
        self.why.is_empty()
    }

    /// Whether certainly nothing passes.
    pub fn is_nothing(&self) -> bool {
        self.possible.is_empty()
    }

    /// What passes by either of two ways.
    pub(crate) fn or(self, other: Self) -> Self {
        if other.is_nothing() {
            return self;
        }
        if self.is_nothing() {
            return other;
        }
        let mut why = self.why;
        why.extend(other.why);
        Self::between(self.certain.or(&other.certain), self.possible.or(&other.possible), why)
    }

    /// What passes both.
    pub(crate) fn and(self, other: Self) -> Self {
        if self.is_nothing() || other.is_nothing() {
            return Self::nothing();
        }
        // A reason counts only where the other side leaves it something to decide.
        let matters = |one: &Self, other: &Self| {
            one.possible.and(&other.possible) != one.certain.and(&other.possible)
        };
        let mut why = Why::new();
        if matters(&self, &other) {
            why.extend(self.why.iter().cloned());
        }
        if matters(&other, &self) {
            why.extend(other.why.iter().cloned());
        }
        Self::between(self.certain.and(&other.certain), self.possible.and(&other.possible), why)
    }

    /// What passes where it is not known which of two answers is right.
    pub(crate) fn either(self, other: Self) -> Self {
        let mut why = self.why;
        why.extend(other.why);
        Self::between(self.certain.and(&other.certain), self.possible.or(&other.possible), why)
    }
}

impl Passing<Ports> {
    /// What certainly passes and what else may, in words; each empty if there is nothing.
    pub fn in_words(&self) -> (String, String) {
        let open = self.possible.minus(&self.certain);
        let words = |ports: &Ports| match ports.is_empty() {
            true => String::new(),
            false => ports.to_string(),
        };
        let rest = match self.possible.is_everything() && !self.certain.is_empty() {
            true if !open.is_empty() => "every other port".to_owned(),
            true | false => words(&open),
        };
        (words(&self.certain), rest)
    }
}

impl fmt::Display for Passing<Ports> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let open = self.possible.minus(&self.certain);
        if open.is_empty() {
            return write!(f, "{} allowed", self.certain);
        }
        if self.certain.is_empty() {
            write!(f, "{open} undecided")?;
        } else {
            write!(f, "{} allowed, {open} undecided", self.certain)?;
        }
        let reasons: Vec<String> = self.why.iter().map(ToString::to_string).collect();
        write!(f, " ({})", reasons.join("; "))
    }
}
