//! What a framework is: its chapters, its requirements, and what can be shown of each.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::catalogue;
use crate::provider::Provider;

/// A catalogue of requirements, in one version.
#[derive(Debug)]
pub struct Framework {
    /// Its name as written in arguments and files, with its version: `csf-2.0`.
    pub id: &'static str,
    /// Other names that are accepted in arguments.
    pub aliases: &'static [&'static str],
    /// Its display name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Who publishes it, and what may be shown of it.
    pub source: &'static str,
    /// The date of its list of requirements, as `2026-11-29`: that of its source.
    pub as_of: &'static str,
    /// The providers that it covers, if it does not cover all: resources of another provider do not affect it. Where it names
    /// several, a requirement is about one of them or about both, and no requirement is asked of each of them separately.
    pub providers: Option<&'static [Provider]>,
    /// Whether its requirements are rows of a benchmark, each about a setting by the letter, so that a control can decide one as
    /// a whole.
    pub benchmark: bool,
    /// Its chapters, in order; each before those within it.
    pub groups: &'static [Group],
    /// Its requirements, in the framework's order.
    pub requirements: &'static [Requirement],
}

/// A chapter of a framework: a function, a category, a domain, a section, a family.
#[derive(Debug)]
pub struct Group {
    /// Its id, such as `PR.AA`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// The chapter that it is in.
    pub parent: Option<&'static str>,
}

/// A requirement of a framework.
#[derive(Debug)]
pub struct Requirement {
    /// Its id, such as `PR.AA-05`; unique within its framework only.
    pub id: &'static str,
    /// Its text if it may be shown, otherwise its title or a short wording written for posture.
    pub title: &'static str,
    /// The id of the innermost chapter that holds it.
    pub group: &'static str,
    /// How much of it the APIs of a provider can show; none if the framework consists of settings throughout.
    pub class: Option<Class>,
    /// Why it is of this class, where it has one.
    pub why: &'static str,
    /// Further attributes in the framework: a level, a severity.
    pub note: &'static str,
    /// Its ids in other versions of the framework, as (version, id).
    pub elsewhere: &'static [(&'static str, &'static str)],
}

/// How much of a requirement the APIs of a provider can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It is in substance a setting that they show.
    Automated,
    /// They show a material part: a failure is proof, a pass is evidence only.
    Partial,
    /// They show nothing material: documents, people, contracts, physical sites.
    // The alias is the spelling of earlier files.
    #[serde(alias = "organisational")]
    Organizational,
    /// They show nothing, although it is a setting: it is in a file or a process of a machine, such as a node of a cluster.
    Node,
}

impl Class {
    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Partial => "partial",
            Self::Organizational => "organizational",
            Self::Node => "node",
        }
    }

    /// Whether the APIs of a provider show at least a part of it.
    pub fn is_assessable(self) -> bool {
        match self {
            Self::Automated | Self::Partial => true,
            Self::Organizational | Self::Node => false,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// How much a control decides about a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// It is evidence, and decides nothing.
    Supporting,
    /// It decides a part: a failure shows that the requirement is not met.
    Partial,
    /// It decides the requirement for what was audited.
    Full,
}

impl Strength {
    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Supporting => "supporting",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// A requirement, by its place in the tables.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId {
    pub(super) framework: u8,
    pub(super) index: u16,
}

impl RequirementId {
    /// The framework that it belongs to.
    pub fn framework(self) -> &'static Framework {
        catalogue::ALL[usize::from(self.framework)]
    }

    /// Its place in [`Framework::requirements`].
    pub fn index(self) -> usize {
        usize::from(self.index)
    }

    /// The requirement itself.
    pub fn get(self) -> &'static Requirement {
        &self.framework().requirements[self.index()]
    }
}

impl fmt::Debug for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for RequirementId {
    /// Writes framework and id, since an id means nothing without its version: `ccm-4.1:IAM-14`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.framework().id, self.get().id)
    }
}

/// Every framework, the two that the project exists for first.
pub fn all() -> &'static [&'static Framework] {
    catalogue::ALL
}

/// The framework of this id or alias.
pub fn find(name: &str) -> Option<&'static Framework> {
    let same = |known: &str| known.eq_ignore_ascii_case(name);
    all()
        .iter()
        .copied()
        .find(|framework| same(framework.id) || framework.aliases.iter().any(|alias| same(alias)))
}

impl Requirement {
    /// Whether the APIs of a provider show at least a part of it.
    pub fn is_assessable(&self) -> bool {
        self.class.is_none_or(Class::is_assessable)
    }
}

impl Framework {
    /// Whether the resources of a provider have anything to do with it.
    pub fn concerns(&self, provider: Provider) -> bool {
        self.providers.is_none_or(|about| about.contains(&provider))
    }

    /// Whether it has something to say where these providers were audited. One that covers several needs all of them: a benchmark
    /// of managed clusters asks little of an account without clusters. Images are evidence where they are audited too; for a
    /// benchmark with rows about them, they alone suffice.
    pub fn is_about(&self, audited: impl Fn(Provider) -> bool) -> bool {
        let Some(about) = self.providers else { return true };
        let mut others = about.iter().filter(|one| **one != Provider::Image).peekable();
        let all = others.peek().is_some() && others.all(|one| audited(*one));
        let images = self.benchmark && about.contains(&Provider::Image);
        all || (images && audited(Provider::Image))
    }

    /// The requirement of this id.
    pub fn requirement(&self, id: &str) -> Option<&'static Requirement> {
        self.requirements.iter().find(|requirement| requirement.id.eq_ignore_ascii_case(id))
    }

    /// The chapter of this id.
    pub fn group(&self, id: &str) -> Option<&'static Group> {
        self.groups.iter().find(|group| group.id == id)
    }

    /// Whether a requirement is in a chapter or in one within it.
    pub fn is_in(&self, requirement: &Requirement, group: &Group) -> bool {
        let mut at = self.group(requirement.group);
        while let Some(inner) = at {
            if inner.id == group.id {
                return true;
            }
            at = inner.parent.and_then(|parent| self.group(parent));
        }
        false
    }

    /// Whether each requirement states how much of it the APIs of a cloud can show.
    pub fn is_classified(&self) -> bool {
        self.requirements.iter().any(|requirement| requirement.class.is_some())
    }
}
