//! Jobs and deliveries, as the configuration says them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use posture_core::time::Time;
use posture_report::Format;
use posture_schedule::Schedule;

use crate::error::{Failure, Result};
use crate::input;

/// Something that is done at certain times.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Job {
    pub(crate) name: String,
    /// A cron expression, which has been read before.
    pub(crate) cron: String,
    pub(crate) time_zone: Option<String>,
    /// In seconds.
    pub(crate) jitter: u32,
    /// The names of targets; all where there are none.
    pub(crate) targets: Vec<String>,
    /// By what controls are chosen, and which reports are about; all where there are none.
    pub(crate) frameworks: Vec<String>,
    pub(crate) deliveries: Vec<Delivery>,
    /// Where people find the report of a run: an address of the web, with the parts of a run to fill in.
    pub(crate) link: Option<String>,
}

impl Job {
    /// Where something goes that was to be delivered when the configuration may have been another: to the delivery at its
    /// place, and where that goes elsewhere now, to the one that goes there.
    pub(crate) fn delivery(&self, place: usize, sink: &str) -> Option<&Delivery> {
        let goes = |delivery: &&Delivery| delivery.sink.words() == sink;
        let there = self.deliveries.get(place).filter(goes);
        there.or_else(|| self.deliveries.iter().find(goes))
    }

    /// When it is due.
    pub(crate) fn schedule(&self) -> std::result::Result<Schedule, posture_schedule::Error> {
        Schedule::parse(&self.cron, self.time_zone.as_deref())
    }
}

/// Something that is delivered after each run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivery {
    pub(crate) sink: Sink,
    /// A report in this format; a separate message for a webhook without a format.
    pub(crate) format: Option<Format>,
    pub(crate) only_if_changed: bool,
}

/// Where something is delivered to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sink {
    /// A file.
    File(String),
    /// An object in the storage of a cloud.
    Store(String),
    /// An address of the web.
    Webhook(Webhook),
    /// People, by mail: a summary, with the report attached.
    Mail(Vec<String>),
}

/// The server that sends mail.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Mail {
    pub(crate) server: String,
    /// The port of the encryption by default.
    pub(crate) port: Option<u16>,
    pub(crate) encryption: Encryption,
    pub(crate) from: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// Certificates of authorities beside those of the system, in PEM.
    pub(crate) authorities: Option<PathBuf>,
}

/// How a mail server is talked to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Encryption {
    /// In the clear until both have agreed on TLS, which they have to.
    #[default]
    Starttls,
    /// By TLS from the beginning.
    Tls,
    /// Not at all, which only a server on this machine may want.
    None,
}

/// A web address that is notified of runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Webhook {
    pub(crate) url: Secret,
    /// Whether it wants a message as Slack takes it.
    pub(crate) slack: bool,
    /// With what its messages are signed.
    pub(crate) key: Option<Secret>,
    /// Whether it may be in a private network.
    pub(crate) private: bool,
    /// How long one attempt may take.
    pub(crate) timeout: Duration,
}

impl Webhook {
    pub(crate) const TIMEOUT: Duration = Duration::from_secs(10);
}

/// Something that is not shown, and where it comes from.
#[derive(Clone, PartialEq)]
pub(crate) enum Secret {
    /// The configuration itself, for addresses that hold no secret.
    Plain(String),
    /// A variable of the environment.
    Variable(String),
    /// The first line of a file.
    File(PathBuf),
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({self})")
    }
}

/// Where it comes from, and never what it is.
impl std::fmt::Display for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Plain(url) => {
                // Only the host: the path of a webhook is as good as a password. The parser that finds it is also the one that
                // connects; others differ on the meaning of `\\`, `#` and `@`.
                let url = url::Url::parse(url).ok();
                // A host may hold characters that no name has, and with them what was meant to come behind it.
                let of_names = |c: char| c.is_ascii_alphanumeric() || ".-_:[]".contains(c);
                let host = url.as_ref().and_then(url::Url::host_str);
                f.write_str(host.filter(|host| host.chars().all(of_names)).unwrap_or("an address"))
            }
            Self::Variable(name) => write!(f, "${name}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

impl Secret {
    /// What it is.
    pub(crate) fn read(&self) -> Result<String> {
        let text = match self {
            Self::Plain(text) => text.clone(),
            Self::Variable(name) => std::env::var(name).map_err(|_| {
                Failure::tool(format!(
                    "the environment variable {name} is not set or is not valid text"
                ))
            })?,
            Self::File(path) => input::text(path, input::SECRET).map_err(|error| {
                Failure::tool(format!("cannot read `{}`", path.display())).cause(error)
            })?,
        };
        let first = text.lines().next().unwrap_or_default().trim().to_owned();
        if first.is_empty() {
            return Err(Failure::tool(format!("the secret from {self} is empty")));
        }
        Ok(first)
    }
}

impl Sink {
    /// Whether it takes messages in the form of Slack.
    pub(crate) fn is_slack(&self) -> bool {
        matches!(self, Self::Webhook(webhook) if webhook.slack)
    }

    /// Where it is for one run.
    pub(crate) fn of_run(&self, job: &str, run: i64, finished: Time) -> Self {
        match self {
            Self::File(template) => Self::File(filled(template, job, run, finished)),
            Self::Store(template) => Self::Store(filled(template, job, run, finished)),
            other => other.clone(),
        }
    }

    /// What it is, in words without secrets.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::File(path) => format!("file {path}"),
            Self::Store(address) => format!("object {address}"),
            Self::Mail(to) => format!("mail to {}", to.join(", ")),
            Self::Webhook(Webhook { url, slack, .. }) => {
                format!("{} {url}", if *slack { "Slack" } else { "webhook" })
            }
        }
    }
}

/// Whether a text is the address of a mailbox.
pub(crate) fn address(text: &str) -> std::result::Result<lettre::message::Mailbox, String> {
    text.parse().map_err(|_| format!("`{text}` is not an email address"))
}

/// Whether a text is the address of a page, which a message may lead to.
pub(crate) fn is_link(text: &str) -> bool {
    let plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>|\"`\\".contains(c));
    let url = url::Url::parse(text).ok().filter(|_| plain);
    url.is_some_and(|url| {
        ["http", "https"].contains(&url.scheme()) && url.has_host() && url.password().is_none()
    })
}

/// Puts the parts of a run into the name of a file or an object. What is put in holds nothing that leads elsewhere.
pub(crate) fn filled(template: &str, job: &str, run: i64, finished: Time) -> String {
    let plain: String = job
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' })
        .collect();
    let instant = finished.to_string();
    let time: String = instant.chars().skip(11).filter(char::is_ascii_digit).take(6).collect();
    template
        .replace("{job}", &plain)
        .replace("{run}", &run.to_string())
        .replace("{date}", &finished.day())
        .replace("{time}", &time)
}

/// The parts that the name of a file may hold.
pub(crate) fn unknown_part(template: &str) -> Option<&str> {
    let (_, rest) = template.split_once('{')?;
    let Some((name, rest)) = rest.split_once('}') else { return Some(template) };
    if ["job", "run", "date", "time"].contains(&name) { unknown_part(rest) } else { Some(name) }
}

/// Beside the configuration, if it is not an absolute path.
pub(crate) fn beside(configuration: &Path, path: &str) -> String {
    configuration.with_file_name("").join(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_page_and_is_nothing_else() {
        for link in ["https://reports.example/{date}/{run}.html?job={job}#top", "http://wiki/x"] {
            assert!(is_link(link), "{link}");
        }
        for other in [
            "",
            "reports.example",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "https://",
            "https://user:canary@reports.example/",
            "https://a.example/|name>",
            "https://a.example/\"x",
            "https://a.example/a b",
        ] {
            assert!(!is_link(other), "{other}");
        }
    }

    #[test]
    fn names_are_filled_and_lead_nowhere_else() {
        let finished = "2026-01-31T02:03:04.567Z".parse().unwrap();
        let name = filled("out/{job}-{date}T{time}-{run}.html", "a/../b", 7, finished);
        assert_eq!(name, "out/a----b-2026-01-31T020304-7.html");
        assert_eq!(unknown_part("{job}{date}"), None);
        assert_eq!(unknown_part("{job}{day}"), Some("day"));
        assert_eq!(unknown_part("{job"), Some("{job"));
    }

    #[test]
    fn a_secret_is_described_by_where_it_comes_from() {
        let url = Secret::Plain("https://user:canary@hooks.example/canary?canary".to_owned());
        assert_eq!(format!("{url} {url:?}"), "hooks.example Secret(hooks.example)");
        for hidden in [
            r"https://hooks.example\canary",
            "https://hooks.example#canary",
            "https://hooks.example?canary",
            "https://canary@hooks.example",
            "https://canary:canary@hooks.example:8443/",
            "hooks.example/canary",
            "https:canary",
            "https://can ary/",
            "https://hooks.example;canary",
            "https://hooks.example!canary",
            "https://hooks.example*canary",
        ] {
            let shown = Secret::Plain(hidden.to_owned()).to_string();
            assert!(shown == "hooks.example" || !shown.contains("hooks"), "{hidden}: {shown}");
            assert!(!shown.contains("canary") || hidden == "https:canary", "{hidden}: {shown}");
        }
        assert_eq!(Secret::Variable("HOOK".to_owned()).to_string(), "$HOOK");
        assert!(Secret::Variable("POSTURE_NOT_SET".to_owned()).read().is_err());
    }
}
