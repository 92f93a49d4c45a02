//! The distribution, from [os-release](https://www.freedesktop.org/software/systemd/man/latest/os-release.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Manager;
use crate::limits::Limits;
use crate::tree::Tree;
use crate::truth::{Answer, Cause, Gap};

/// A distribution and its release. All of it is text of the image's author.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Os {
    /// `ID`, such as `debian`.
    pub id: String,
    /// `VERSION_ID`, such as `12`. Rolling and testing releases have none.
    pub version: Option<String>,
    /// `ID_LIKE`.
    pub like: Vec<String>,
    /// `VERSION_CODENAME`, such as `bookworm`.
    pub codename: Option<String>,
    /// `PRETTY_NAME`.
    pub pretty: Option<String>,
}

impl Os {
    /// The package manager that the distribution has.
    pub fn manager(&self) -> Option<Manager> {
        let of = |id: &str| match id {
            "debian" | "ubuntu" | "raspbian" | "kali" | "linuxmint" => Some(Manager::Dpkg),
            "alpine" | "wolfi" | "chainguard" | "postmarketos" => Some(Manager::Apk),
            "rhel"
            | "centos"
            | "fedora"
            | "rocky"
            | "almalinux"
            | "ol"
            | "amzn"
            | "sles"
            | "suse"
            | "opensuse-leap"
            | "opensuse-tumbleweed"
            | "azurelinux"
            | "mariner"
            | "photon" => Some(Manager::Rpm),
            _ => None,
        };
        of(&self.id).or_else(|| self.like.iter().find_map(|id| of(id)))
    }

    /// The ecosystem of OSV records for its packages, such as `Debian:12`.
    ///
    /// # Errors
    ///
    /// OSV has none for this distribution, or the release is not known.
    pub fn ecosystem(&self) -> Result<String, Gap> {
        let unknown = |detail: String| Gap::new(Cause::Unsupported, "/etc/os-release", detail);
        let version = || {
            let none = || {
                unknown(format!(
                    "a release of {} without a number",
                    crate::text::clip(self.id.as_bytes(), 40)
                ))
            };
            self.version.as_deref().ok_or_else(none)
        };
        let major =
            || version().map(|version| version.split('.').next().unwrap_or_default().to_owned());
        match self.id.as_str() {
            "debian" => Ok(format!("Debian:{}", version()?)),
            "ubuntu" => {
                let version = version()?;
                let (year, month) = version.split_once('.').unwrap_or((version, ""));
                let even = year.parse::<u32>().is_ok_and(|year| year % 2 == 0);
                Ok(if month == "04" && even {
                    format!("Ubuntu:{version}:LTS")
                } else {
                    format!("Ubuntu:{version}")
                })
            }
            "alpine" => {
                let version = version()?;
                if version.contains('_') {
                    return Err(unknown(
                        "a development version of Alpine, which is not a release".to_owned(),
                    ));
                }
                let mut parts = version.split('.');
                let branch = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
                Ok(format!("Alpine:v{}.{}", branch.0, branch.1))
            }
            "wolfi" => Ok("Wolfi".to_owned()),
            "chainguard" => Ok("Chainguard".to_owned()),
            "rocky" => Ok(format!("Rocky Linux:{}", major()?)),
            "almalinux" => Ok(format!("AlmaLinux:{}", major()?)),
            other => Err(unknown(format!(
                "no records are matched for {}",
                crate::text::clip(other.as_bytes(), 40)
            ))),
        }
    }
}

/// The distribution of an image. BusyBox and images without a distribution have none.
pub fn read(tree: &Tree, limits: &Limits) -> Answer<Os> {
    let first = tree.content(b"etc/os-release", limits);
    let found = if matches!(first, Answer::Absent) {
        tree.content(b"usr/lib/os-release", limits)
    } else {
        first
    };
    match found {
        Answer::Known(bytes) => parse(&String::from_utf8_lossy(&bytes)).map_or_else(
            || Answer::Unknown(Gap::new(Cause::Malformed, "/etc/os-release", "it has no ID")),
            Answer::Known,
        ),
        Answer::Absent => Answer::Absent,
        Answer::Unknown(gap) => Answer::Unknown(gap),
    }
}

/// Assignments, quoted as in a shell.
fn parse(text: &str) -> Option<Os> {
    let mut values = BTreeMap::new();
    for line in
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some((name, value)) = line.split_once('=') {
            values.insert(name, unquote(value));
        }
    }
    let mut take = |name: &str| values.remove(name).filter(|value| !value.is_empty());
    Some(Os {
        id: take("ID")?.to_ascii_lowercase(),
        version: take("VERSION_ID"),
        like: take("ID_LIKE").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        codename: take("VERSION_CODENAME"),
        pretty: take("PRETTY_NAME"),
    })
}

fn unquote(value: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None | Some('"'), '\\') => text.extend(characters.next()),
            _ => text.push(character),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_have_the_ecosystems_of_osv() {
        for (text, ecosystem) in [
            ("ID=debian\nVERSION_ID=\"12\"", Some("Debian:12")),
            ("ID=debian", None),
            ("ID=ubuntu\nVERSION_ID='22.04'", Some("Ubuntu:22.04:LTS")),
            ("ID=ubuntu\nVERSION_ID=25.10", Some("Ubuntu:25.10")),
            ("ID=ubuntu\nVERSION_ID=23.04", Some("Ubuntu:23.04")),
            ("ID=alpine\nVERSION_ID=3.20.3", Some("Alpine:v3.20")),
            ("ID=alpine\nVERSION_ID=3.21.0_alpha20240807", None),
            ("ID=wolfi\nVERSION_ID=20230201", Some("Wolfi")),
            ("ID=\"rocky\"\nVERSION_ID=\"9.4\"", Some("Rocky Linux:9")),
            ("ID=nixos\nVERSION_ID=24.05", None),
        ] {
            assert_eq!(parse(text).unwrap().ecosystem().ok().as_deref(), ecosystem, "{text}");
        }
        assert_eq!(parse("NAME=x"), None);
        assert_eq!(
            parse("# c\nID=x\nPRETTY_NAME=\"a \\\"b\\\" c\"").unwrap().pretty.as_deref(),
            Some("a \"b\" c")
        );
        assert_eq!(parse("ID=x\nID_LIKE=\"rhel fedora\"").unwrap().manager(), Some(Manager::Rpm));
    }
}
