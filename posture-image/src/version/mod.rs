//! The order of versions, by the rules of each package manager. Versions are never compared as texts.

mod apk;
mod composer;
mod debian;
mod maven;
mod nuget;
mod python;
mod rpm;
mod ruby;
mod semantic;

use std::cmp::Ordering;

use crate::packages::Manager;
use crate::text;

/// The rules by which versions compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// dpkg: [deb-version](https://manpages.debian.org/bookworm/dpkg-dev/deb-version.7.en.html).
    Debian,
    /// apk: [apk-package](https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd).
    Apk,
    /// rpm: [rpm-version](https://rpm-software-management.github.io/rpm/man/rpm-version.7).
    Rpm,
    /// [Semantic versions](https://semver.org), as OSV uses them for npm, Rust and Go: tolerant of missing parts and leading zeros.
    Semantic,
    /// Python: [PEP 440](https://peps.python.org/pep-0440/).
    Python,
    /// Maven: [version order](https://maven.apache.org/pom.html#version-order-specification).
    Maven,
    /// RubyGems: [Gem::Version](https://docs.ruby-lang.org/en/master/Gem/Version.html).
    Ruby,
    /// Composer: [versions](https://getcomposer.org/doc/articles/versions.md).
    Composer,
    /// NuGet: [package versioning](https://learn.microsoft.com/nuget/concepts/package-versioning).
    Nuget,
}

/// A version that a scheme can compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(Parsed);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Parsed {
    Debian(debian::Version),
    Apk(apk::Version),
    Rpm(rpm::Version),
    Semantic(semantic::Version),
    Python(python::Version),
    Maven(maven::Version),
    Ruby(ruby::Version),
    Composer(composer::Version),
    Nuget(nuget::Version),
}

/// A text that is not a version of its scheme. What depends on it is unknown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version: {0}")]
pub struct NotAVersion(pub String);

/// Longer texts are not versions.
const LONGEST: usize = 512;

impl Scheme {
    /// The scheme of a package manager.
    pub const fn of(manager: Manager) -> Self {
        match manager {
            Manager::Dpkg => Self::Debian,
            Manager::Apk => Self::Apk,
            Manager::Rpm => Self::Rpm,
            Manager::Npm | Manager::Cargo | Manager::Go => Self::Semantic,
            Manager::Python => Self::Python,
            Manager::Maven => Self::Maven,
            Manager::Gem => Self::Ruby,
            Manager::Composer => Self::Composer,
            Manager::Nuget => Self::Nuget,
        }
    }

    /// Reads a version.
    ///
    /// # Errors
    ///
    /// The text has another form.
    pub fn parse(self, version: &str) -> Result<Version, NotAVersion> {
        let parsed = if version.len() > LONGEST {
            None
        } else {
            match self {
                Self::Debian => debian::Version::parse(version).map(Parsed::Debian),
                Self::Apk => apk::Version::parse(version).map(Parsed::Apk),
                Self::Rpm => rpm::Version::parse(version).map(Parsed::Rpm),
                Self::Semantic => semantic::Version::parse(version).map(Parsed::Semantic),
                Self::Python => python::Version::parse(version).map(Parsed::Python),
                Self::Maven => maven::Version::parse(version).map(Parsed::Maven),
                Self::Ruby => ruby::Version::parse(version).map(Parsed::Ruby),
                Self::Composer => composer::Version::parse(version).map(Parsed::Composer),
                Self::Nuget => nuget::Version::parse(version).map(Parsed::Nuget),
            }
        };
        parsed.map(Version).ok_or_else(|| NotAVersion(text::clip(version.as_bytes(), 80)))
    }

    /// Compares two versions.
    ///
    /// # Errors
    ///
    /// One of them has another form.
    pub fn compare(self, one: &str, other: &str) -> Result<Ordering, NotAVersion> {
        let (one, parsed) = (self.parse(one)?, self.parse(other)?);
        one.compare(&parsed).ok_or_else(|| NotAVersion(text::clip(other.as_bytes(), 80)))
    }
}

impl Version {
    /// Compares with another version of the same scheme; nothing for one of another scheme.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (&self.0, &other.0) {
            (Parsed::Debian(one), Parsed::Debian(other)) => Some(one.compare(other)),
            (Parsed::Apk(one), Parsed::Apk(other)) => Some(one.compare(other)),
            (Parsed::Rpm(one), Parsed::Rpm(other)) => Some(one.compare(other)),
            (Parsed::Semantic(one), Parsed::Semantic(other)) => Some(one.compare(other)),
            (Parsed::Python(one), Parsed::Python(other)) => Some(one.compare(other)),
            (Parsed::Maven(one), Parsed::Maven(other)) => Some(one.compare(other)),
            (Parsed::Ruby(one), Parsed::Ruby(other)) => Some(one.compare(other)),
            (Parsed::Composer(one), Parsed::Composer(other)) => Some(one.compare(other)),
            (Parsed::Nuget(one), Parsed::Nuget(other)) => Some(one.compare(other)),
            _ => None,
        }
    }
}

/// A number of any length, without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Number(Box<str>);

impl Number {
    fn parse(digits: &str) -> Option<Self> {
        let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        all.then(|| Self(digits.trim_start_matches('0').into()))
    }

    fn zero() -> Self {
        Self("".into())
    }

    const fn is_zero(&self) -> bool {
        self.0.is_empty()
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests;
