//! The ecosystems of OSV by name.

use posture_model::dated::Dated;
use posture_model::suggest::{did_you_mean, nearest};

/// The ecosystems whose records are matched with packages of images.
pub static ECOSYSTEMS: Dated<&str> = Dated::new(
    &["https://ossf.github.io/osv-schema/#defined-ecosystems"],
    "2026-12-01",
    &[
        "AlmaLinux",
        "Alpine",
        "Azure Linux",
        "Chainguard",
        "Debian",
        "Go",
        "Mageia",
        "Maven",
        "MinimOS",
        "NuGet",
        "Packagist",
        "PyPI",
        "Red Hat",
        "Rocky Linux",
        "RubyGems",
        "SUSE",
        "Ubuntu",
        "Wolfi",
        "crates.io",
        "npm",
        "openEuler",
        "openSUSE",
    ],
);

/// The name as OSV spells it. Its store distinguishes capital and small letters.
///
/// # Errors
/// None has that name, or it is a release: records about a release name others, of which not all would be there.
pub(super) fn spelled(name: &str) -> Result<&'static str, String> {
    let same = |known: &&&str| known.eq_ignore_ascii_case(name);
    if let Some(known) = ECOSYSTEMS.items().iter().find(same) {
        return Ok(known);
    }
    let shown = posture_image::text::clip(name.as_bytes(), 60);
    match name.split_once(':') {
        Some((base, _)) if spelled(base).is_ok() => {
            Err(format!("`{shown}` is a release: name the ecosystem without it"))
        }
        _ => Err(format!("no packages of an ecosystem `{shown}` are matched{}", near(name))),
    }
}

/// The names that may have been meant.
pub(super) fn near(name: &str) -> String {
    let others = ECOSYSTEMS.items().iter().copied().filter(|one| *one != name);
    did_you_mean(&nearest(name, others)).map_or_else(String::new, |words| format!("; {words}"))
}

#[cfg(test)]
mod tests {
    use posture_image::osv::ecosystem;

    use super::*;

    #[test]
    fn each_name_is_one_of_which_versions_compare() {
        for name in ECOSYSTEMS.items() {
            assert!(ecosystem::scheme(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_name_is_found_in_any_spelling_and_a_slip_is_recognized() {
        assert_eq!(spelled("debian"), Ok("Debian"));
        assert_eq!(spelled("rocky linux"), Ok("Rocky Linux"));
        assert!(spelled("Debain").unwrap_err().contains("did you mean `Debian`?"));
        assert!(spelled("Debian:12").unwrap_err().contains("without it"));
        for hostile in ["", "..", "../x", "Debian/../x", "Debian?x=1", "a\u{1b}[2J"] {
            assert!(spelled(hostile).is_err(), "{hostile}");
        }
        assert!(!spelled("a\u{1b}[2J").unwrap_err().contains('\u{1b}'));
    }
}
