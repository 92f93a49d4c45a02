//! Modules of Enterprise Linux: several streams of one package in one release, each with records of its own.
//!
//! A package of a module has the tag [`MODULARITYLABEL`](https://rpm-software-management.github.io/rpm/manual/tags.html),
//! `NAME:STREAM:VERSION:CONTEXT`, and `module` in its release. Records of AlmaLinux and Rocky Linux have `module` in their fixed
//! versions, and the streams in their summaries only, such as `Moderate: php:8.0 security update`.

use super::record::{Affected, Event, Record};

/// The module stream that an installed package is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream<'a> {
    /// It does not matter: the package manager has none.
    Any,
    /// It is of no module.
    None,
    /// It is of a module, and it is not known of which.
    Hidden,
    /// `NAME:STREAM`.
    Named(&'a str),
}

impl<'a> Stream<'a> {
    /// The stream of a package of rpm, by its label and its version.
    pub fn of_rpm(label: Option<&'a str>, version: &str) -> Self {
        match label {
            Some(label) => {
                let end = label.match_indices(':').nth(1).map_or(label.len(), |(at, _)| at);
                Self::Named(label.get(..end).unwrap_or(label))
            }
            None if is_modular(version) => Self::Hidden,
            None => Self::None,
        }
    }
}

/// Whether an entry of a record is about packages of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applies {
    Yes,
    No,
    Unknown,
}

/// `.module_el8.7.0+…`, `.module+el8.4.0+…`.
fn is_modular(version: &str) -> bool {
    version.contains(".module_el") || version.contains(".module+el")
}

pub(super) fn applies(record: &Record, entry: &Affected, stream: Stream<'_>) -> Applies {
    let events = || entry.ranges.iter().flat_map(|range| range.events.iter().flatten());
    let bound = |event: &Event| match event {
        Event::Fixed(version) | Event::LastAffected(version) => Some(is_modular(version)),
        Event::Introduced(_) | Event::Limit(_) => None,
    };
    let mut bounds = events().filter_map(bound).peekable();
    // Without an end it is about every build.
    if stream == Stream::Any || bounds.peek().is_none() {
        return Applies::Yes;
    }
    let modular = bounds.any(|modular| modular);
    match stream {
        Stream::Named(_) | Stream::Hidden if !modular => Applies::No,
        Stream::None if modular => Applies::No,
        Stream::None | Stream::Any => Applies::Yes,
        Stream::Hidden => Applies::Unknown,
        Stream::Named(own) => {
            let streams: Vec<&str> = streams(&record.summary).collect();
            if streams.is_empty() {
                Applies::Unknown
            } else if streams.contains(&own) {
                Applies::Yes
            } else {
                Applies::No
            }
        }
    }
}

/// The words `NAME:STREAM` of a summary.
fn streams(summary: &str) -> impl Iterator<Item = &str> {
    let part = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte))
    };
    summary.split(|character: char| character.is_whitespace() || ",;()".contains(character)).filter(
        move |word| word.split_once(':').is_some_and(|(name, stream)| part(name) && part(stream)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::matching::{Verdict, evaluate_stream};
    use super::*;
    use serde_json::json;

    fn verdict(summary: &str, fixed: &str, version: &str, stream: Stream<'_>) -> &'static str {
        let record = Record::read(&json!({"id": "ALSA-1", "summary": summary, "affected": [{
            "package": {"ecosystem": "AlmaLinux:8", "name": "php"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}));
        match evaluate_stream(&record.unwrap(), "AlmaLinux:8", "php", version, stream) {
            Verdict::NotAbout => "other",
            Verdict::NotAffected => "fixed",
            Verdict::Affected { .. } => "affected",
            Verdict::Unknown(_) => "unknown",
        }
    }

    #[test]
    fn a_record_of_another_stream_is_about_another_package() {
        let (eight, old) = ("8.0.27-1.module_el8.7.0+3401+dfb61c00", "8.0.20-1.module_el8.6.0+1+a");
        let seven = "7.4.33-1.module_el8.6.0+1+a";
        let summary = "Moderate: php:8.0 security update";
        let php7 = Stream::of_rpm(Some("php:7.4:8060020220101:abc"), seven);
        let php8 = Stream::of_rpm(Some("php:8.0:8060020220101:abc"), old);
        assert_eq!(php7, Stream::Named("php:7.4"));
        assert_eq!(verdict(summary, eight, seven, php7), "other");
        assert_eq!(verdict(summary, eight, old, php8), "affected");
        assert_eq!(verdict(summary, eight, eight, php8), "fixed");
        let both = "Moderate: php:8.0 and php-devel:8.0, php:7.4 security update";
        assert_eq!(verdict(both, eight, seven, php7), "affected");
        // What is not stated is not guessed.
        assert_eq!(verdict("Moderate: security update", eight, seven, php7), "unknown");
        assert_eq!(verdict("Moderate: security update", eight, eight, php8), "fixed");
        assert_eq!(verdict(summary, eight, old, Stream::of_rpm(None, old)), "unknown");
        assert_eq!(
            verdict(summary, eight, "7.2.0-1.el8", Stream::of_rpm(None, "7.2.0-1.el8")),
            "other"
        );
        assert_eq!(verdict(summary, "8.0.27-1.el8", old, php8), "other");
        assert_eq!(verdict(summary, "8.0.27-1.el8", "8.0.1-1.el8", Stream::None), "affected");
        assert_eq!(verdict(summary, eight, old, Stream::Any), "affected");
    }
}
