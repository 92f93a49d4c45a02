//! Until when releases of distributions are supported.
//!
//! The dates are those that the publishers state, read on [`READ`]: [Debian](https://wiki.debian.org/DebianReleases),
//! [Ubuntu](https://ubuntu.com/about/release-cycle), [Alpine](https://alpinelinux.org/releases/),
//! [Red Hat](https://access.redhat.com/support/policy/updates/errata), [Amazon](https://aws.amazon.com/linux/), and
//! [openSUSE](https://en.opensuse.org/Lifetime). Where only a month is published, it is its last day. Of releases that ended before
//! 2026, the dates are those that [endoflife.date](https://endoflife.date/) collects from the same places. A release that is older
//! than all of its distribution in the table has the end of the oldest one, as it ended no later.

use super::os::Os;
use crate::truth::{Cause, Gap};

/// When the dates were read. It is part of the evidence.
pub const READ: &str = "2026-08-31";

/// Until when a release is supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It has an end.
    Until {
        /// The last day of the regular support, as `YYYY-MM-DD`.
        regular: &'static str,
        /// The last day of a longer support: by volunteers for a part of the packages (Debian), or paid (Ubuntu).
        extended: Option<&'static str>,
    },
    /// It is updated without releases.
    Rolling,
}

/// Distribution, release, regular end, extended end.
const ENDS: [(&str, &str, &str, &str); 56] = [
    ("debian", "8", "2018-06-17", "2020-06-30"),
    ("debian", "9", "2020-07-18", "2022-07-01"),
    ("debian", "10", "2022-09-10", "2024-06-30"),
    ("debian", "11", "2024-08-14", "2026-08-31"),
    ("debian", "12", "2026-07-11", "2028-06-30"),
    ("debian", "13", "2028-08-09", "2030-06-30"),
    ("ubuntu", "14.04", "2019-04-02", "2024-04-02"),
    ("ubuntu", "16.04", "2021-04-02", "2026-04-02"),
    ("ubuntu", "18.04", "2023-05-31", "2028-04-01"),
    ("ubuntu", "20.04", "2025-05-31", "2030-04-30"),
    ("ubuntu", "22.04", "2027-04-30", "2032-04-30"),
    ("ubuntu", "22.10", "2023-07-20", ""),
    ("ubuntu", "23.04", "2024-01-20", ""),
    ("ubuntu", "23.10", "2024-07-12", ""),
    ("ubuntu", "24.04", "2029-05-31", "2036-04-30"),
    ("ubuntu", "24.10", "2025-07-10", ""),
    ("ubuntu", "25.04", "2026-01-17", ""),
    ("ubuntu", "25.10", "2026-07-01", ""),
    ("ubuntu", "26.04", "2031-04-30", "2036-04-30"),
    ("alpine", "3.10", "2021-05-01", ""),
    ("alpine", "3.11", "2021-11-01", ""),
    ("alpine", "3.12", "2022-05-01", ""),
    ("alpine", "3.13", "2022-11-01", ""),
    ("alpine", "3.14", "2023-05-01", ""),
    ("alpine", "3.15", "2023-11-01", ""),
    ("alpine", "3.16", "2024-05-23", ""),
    ("alpine", "3.17", "2024-11-22", ""),
    ("alpine", "3.18", "2025-05-09", ""),
    ("alpine", "3.19", "2025-11-01", ""),
    ("alpine", "3.20", "2026-04-01", ""),
    ("alpine", "3.21", "2026-11-01", ""),
    ("alpine", "3.22", "2027-05-01", ""),
    ("alpine", "3.23", "2027-11-01", ""),
    ("alpine", "3.24", "2028-06-01", ""),
    ("rhel", "6", "2020-11-30", "2024-06-30"),
    ("rhel", "7", "2024-06-30", ""),
    ("rhel", "8", "2029-05-31", ""),
    ("rhel", "9", "2032-05-31", ""),
    ("rhel", "10", "2035-05-31", ""),
    ("centos", "6", "2020-11-30", ""),
    ("centos", "7", "2024-06-30", ""),
    // CentOS Stream 8 has the same ID and version, and ended then; CentOS Linux 8 ended on 2021-12-31.
    ("centos", "8", "2024-05-31", ""),
    ("rocky", "8", "2029-05-31", ""),
    ("rocky", "9", "2032-05-31", ""),
    ("rocky", "10", "2035-05-31", ""),
    ("almalinux", "8", "2029-05-31", ""),
    ("almalinux", "9", "2032-05-31", ""),
    ("almalinux", "10", "2035-05-31", ""),
    // The Amazon Linux AMI, whose versions are a year and a month.
    ("amzn", "1", "2023-12-31", ""),
    ("amzn", "2", "2026-06-30", ""),
    ("amzn", "2023", "2029-06-30", ""),
    ("opensuse-leap", "15.2", "2022-01-04", ""),
    ("opensuse-leap", "15.3", "2022-12-31", ""),
    ("opensuse-leap", "15.4", "2023-12-07", ""),
    ("opensuse-leap", "15.5", "2024-12-31", ""),
    ("opensuse-leap", "15.6", "2026-04-30", ""),
];

/// The support of a distribution's release.
///
/// # Errors
///
/// The distribution or its release is not in the table, so that nothing is known about it.
pub fn support(os: &Os) -> Result<Support, Gap> {
    if matches!(os.id.as_str(), "wolfi" | "chainguard") {
        return Ok(Support::Rolling);
    }
    let version = os.version.as_deref().unwrap_or_default();
    let mut parts = version.split('.');
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let release = match os.id.as_str() {
        // A development version is not a release.
        "alpine" if version.contains('_') => String::new(),
        "alpine" | "ubuntu" | "opensuse-leap" => format!("{major}.{minor}"),
        "amzn" if major.starts_with("201") && !minor.is_empty() => "1".to_owned(),
        _ => major.to_owned(),
    };
    let row = ENDS.iter().find(|(id, known, ..)| *id == os.id && *known == release);
    let row = row.or_else(|| before(&os.id, &release));
    if let Some((_, _, regular, extended)) = row {
        return Ok(Support::Until {
            regular,
            extended: Some(*extended).filter(|end| !end.is_empty()),
        });
    }
    let name = crate::text::clip(format!("{} {version}", os.id).trim().as_bytes(), 60);
    Err(Gap::new(
        Cause::Unsupported,
        "/etc/os-release",
        format!("the end of support of {name} is not known"),
    ))
}

/// The oldest release of a distribution of which the end is known, for one that is older still: it ended no later.
fn before(
    id: &str,
    release: &str,
) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    let number = |release: &str| -> Option<Vec<u32>> {
        release.split('.').map(|part| part.parse().ok()).collect()
    };
    let (own, parts) = (number(release)?, release.split('.').count());
    let mut known = ENDS.iter().filter(|(of, ..)| *of == id);
    let oldest = known.next()?;
    // Versions before 15 were another line of openSUSE with higher numbers.
    let comparable = number(oldest.1)?.len() == parts && id != "opensuse-leap";
    (comparable && own.iter().any(|part| *part > 0) && own < number(oldest.1)?).then_some(oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(id: &str, version: &str) -> Option<Support> {
        let version = Some(version.to_owned()).filter(|version| !version.is_empty());
        support(&Os { id: id.to_owned(), version, ..Os::default() }).ok()
    }

    #[test]
    fn only_known_releases_have_an_end() {
        let until = |regular, extended| Some(Support::Until { regular, extended });
        assert_eq!(end("debian", "12"), until("2026-07-11", Some("2028-06-30")));
        assert_eq!(end("debian", "12.5"), until("2026-07-11", Some("2028-06-30")));
        assert_eq!(end("alpine", "3.20.3"), until("2026-04-01", None));
        assert_eq!(end("rhel", "9.4"), until("2032-05-31", None));
        assert_eq!(end("opensuse-leap", "15.6"), until("2026-04-30", None));
        assert_eq!(end("wolfi", "20230201"), Some(Support::Rolling));
        assert_eq!(end("debian", "9"), until("2020-07-18", Some("2022-07-01")));
        assert_eq!(end("debian", "7"), end("debian", "8"), "older than the oldest");
        assert_eq!(end("alpine", "3.2.3"), until("2021-05-01", None));
        assert_eq!(end("alpine", "3.9.6"), until("2021-05-01", None));
        assert_eq!(end("ubuntu", "12.04"), end("ubuntu", "14.04"));
        assert_eq!(end("ubuntu", "23.10"), until("2024-07-12", None));
        assert_eq!(end("centos", "8"), until("2024-05-31", None));
        assert_eq!(end("amzn", "2018.03"), until("2023-12-31", None));
        assert_eq!(end("opensuse-leap", "15.5"), until("2024-12-31", None));
        for (id, version) in [
            ("debian", ""),
            ("debian", "99"),
            ("alpine", "3.22.0_alpha1"),
            ("alpine", "3"),
            ("ubuntu", "22"),
            ("ubuntu", "22.11"),
            ("centos", "9"),
            ("debian", "0"),
            ("debian", "sid"),
            ("opensuse-leap", "42.3"),
            ("nixos", "24.05"),
        ] {
            assert_eq!(end(id, version), None, "{id} {version}");
        }
    }

    #[test]
    fn dates_are_days() {
        for (id, release, regular, extended) in ENDS {
            for date in [regular, extended].into_iter().filter(|date| !date.is_empty()) {
                let digits = date.bytes().enumerate().all(|(at, byte)| {
                    if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
                });
                assert!(date.len() == 10 && digits, "{id} {release}");
            }
            assert!(extended.is_empty() || regular < extended, "{id} {release}");
        }
    }
}
