//! Ecosystems of OSV: whose records are about a package, and how its versions compare.

use crate::packages::{Manager, Package, language};
use crate::version::Scheme;

/// How versions of an ecosystem compare; none for one that is not matched.
pub fn scheme(ecosystem: &str) -> Option<Scheme> {
    match ecosystem.split(':').next().unwrap_or_default() {
        "Debian" | "Ubuntu" => Some(Scheme::Debian),
        "Alpine" | "Wolfi" | "Chainguard" | "MinimOS" => Some(Scheme::Apk),
        "Rocky Linux" | "AlmaLinux" | "Red Hat" | "SUSE" | "openSUSE" | "openEuler" | "Mageia"
        | "Azure Linux" => Some(Scheme::Rpm),
        "npm" | "crates.io" | "Go" => Some(Scheme::Semantic),
        "PyPI" => Some(Scheme::Python),
        "Maven" => Some(Scheme::Maven),
        "RubyGems" => Some(Scheme::Ruby),
        "Packagist" => Some(Scheme::Composer),
        "NuGet" => Some(Scheme::Nuget),
        _ => None,
    }
}

/// The ecosystem of a package that no distribution installed.
pub const fn of_language(manager: Manager) -> Option<&'static str> {
    match manager {
        Manager::Npm => Some("npm"),
        Manager::Python => Some("PyPI"),
        Manager::Cargo => Some("crates.io"),
        Manager::Go => Some("Go"),
        Manager::Maven => Some("Maven"),
        Manager::Gem => Some("RubyGems"),
        Manager::Composer => Some("Packagist"),
        Manager::Nuget => Some("NuGet"),
        Manager::Dpkg | Manager::Apk | Manager::Rpm => None,
    }
}

/// Whether the packages of an ecosystem are those of a distribution.
pub(crate) fn is_distribution(ecosystem: &str) -> bool {
    !matches!(
        base(ecosystem),
        "npm" | "PyPI" | "crates.io" | "Go" | "Maven" | "RubyGems" | "Packagist" | "NuGet"
    )
}

/// Whether a record of one ecosystem is about packages of another. A release must be equal; a record without one is about all.
pub fn covers(record: &str, package: &str) -> bool {
    record == package
        || package.strip_prefix(record).is_some_and(|release| release.starts_with(':'))
}

/// The name by which records of an ecosystem know a package. Names are compared exactly, except where the ecosystem folds them.
pub fn name(ecosystem: &str, name: &str) -> String {
    match base(ecosystem) {
        "PyPI" => language::normalize(name),
        "NuGet" | "Packagist" => name.to_lowercase(),
        _ => name.to_owned(),
    }
}

/// Whether records of an ecosystem name the packages that are installed, too. AlmaLinux and Red Hat list each of them, and leave
/// the source package out where none has its name; Rocky Linux and SUSE name source packages; records of Wolfi and Chainguard
/// are about [packages](https://ossf.github.io/osv-schema/#defined-ecosystems).
pub(crate) fn names_installed(ecosystem: &str) -> bool {
    scheme(ecosystem) == Some(Scheme::Rpm)
        || matches!(base(ecosystem), "Wolfi" | "Chainguard" | "MinimOS")
}

/// The package manager whose packages records of an ecosystem are about; none for those of languages.
pub(crate) fn manager(ecosystem: &str) -> Option<Manager> {
    match scheme(ecosystem)? {
        Scheme::Debian => Some(Manager::Dpkg),
        Scheme::Apk => Some(Manager::Apk),
        Scheme::Rpm => Some(Manager::Rpm),
        _ => None,
    }
}

/// The name and version by which records know a package: of distributions, those of the source package.
pub fn known_as(package: &Package) -> (&str, &str) {
    match &package.source {
        Some((name, version)) if package.manager.is_distribution() => (name, version),
        _ => (&package.name, &package.version),
    }
}

/// An ecosystem without its release.
pub fn base(ecosystem: &str) -> &str {
    ecosystem.split(':').next().unwrap_or_default()
}
