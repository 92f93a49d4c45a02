//! What AWS policy documents mean: who may do what, and what remains open.
//!
//! Nothing here makes a call: a document and what is known of its surroundings go in, and an [`Answer`] or
//! a list of entries [`Found`] comes out. Both are three-valued. What depends on a condition key, a variable or a layer
//! that is not known is never decided either way; it is named instead.
//!
//! The rules are those of the
//! [policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
//! and of the
//! [policy elements](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html). Questions about
//! whole sets ("every action", "any outsider") are answered exactly, by comparing the languages of the patterns.
//!
//! Documents are hostile input. The size and the depth of a document are bounded when it is read, and every question
//! takes bounded time; one that would take too long is left open.

mod answer;
mod automaton;
mod condition;
mod glob;
mod json;
mod kinds;
#[cfg(test)]
mod laws;
mod patterns;

pub use answer::{Answer, Found, Maybe};

/// Where a policy lives, against which "outside" is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home<'a> {
    /// The id of the account, twelve digits.
    pub account: &'a str,
    /// The partition, such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// The organization that the account is in.
    pub organization: Membership<'a>,
}

/// Whether an account is in an organization, and in which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership<'a> {
    /// It is in the one with this id, `o-…`.
    Of(&'a str),
    /// It is in none.
    None,
    /// That could not be read.
    Unknown,
}

/// What an answer needs where an organization is named and the own one is not known.
pub const OWN_ORGANIZATION: &str = "which organization the account belongs to";

mod document;
#[cfg(test)]
mod edges;
mod escalation;
mod identity;
mod key;
mod outsider;
mod request;
mod resource;
mod s3_actions;
mod tls;
mod trust;

pub use condition::{Context, Value};
pub use document::{Document, Malformed};
pub use identity::{Admits, Edges, Entity, Identity, Leads, Names};
pub use request::{Caller, Decision, Layer, Layers, Request, authorize};
pub use s3_actions::Access;
