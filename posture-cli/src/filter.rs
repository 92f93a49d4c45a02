//! The filters of a report: those of the command line, and the note about what they hide.

use clap::Args;
use posture_core::catalogue::Catalogue;
use posture_core::exception::Pattern;
use posture_core::filter::{Filter, ServiceFilter, TagFilter};
use posture_core::record::FindingStatus;

use crate::error::{Failure, Result, did_you_mean};
use crate::named;

/// Which findings a report shows.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Filters")]
pub(crate) struct Filters {
    /// Show only findings of these statuses.
    ///
    /// Statuses are fail, unknown, excepted, pass and not-applicable.
    ///
    /// Filters change what a report lists, not what is audited: the states of requirements and the exit code come from
    /// everything that was audited, and the report says how many findings are hidden. To audit less, use --control. Each
    /// filter is repeatable; its values are alternatives, and a finding must match every filter.
    #[arg(long, value_name = "STATUS,…", value_delimiter = ',', value_parser = status)]
    pub(crate) status: Vec<FindingStatus>,
    /// Show only findings of this service.
    ///
    /// A service or product, such as s3, kms, key-vault or guardduty.
    #[arg(long, value_name = "NAME")]
    pub(crate) service: Vec<String>,
    /// Show only findings of resources with this tag.
    ///
    /// An audit also reads tags then.
    ///
    /// `*` in the value matches any text. Values of one key are alternatives; all keys must match. Findings of resources
    /// whose tags could not be read are hidden and counted.
    #[arg(long, value_name = "KEY[=VALUE]", value_parser = tag)]
    pub(crate) tag: Vec<TagFilter>,
    /// Show only findings of this resource.
    ///
    /// By ID or name; `*` matches any text.
    #[arg(long, value_name = "ID", value_parser = pattern)]
    pub(crate) resource: Vec<Pattern>,
    /// Show only findings of this account.
    ///
    /// An account, subscription or tenant, by ID or name; `*` matches any text.
    #[arg(long, value_name = "ID", value_parser = pattern)]
    pub(crate) account: Vec<Pattern>,
}

impl Filters {
    /// The filter, with the controls that each service means.
    ///
    /// # Errors
    /// Where there is no such service.
    pub(crate) fn filter(&self, catalogue: &Catalogue) -> Result<Filter> {
        let service = |name: &String| -> Result<ServiceFilter> {
            named::service(name, catalogue).map_err(|near| {
                let failure = Failure::usage(format!("unknown service `{name}`"));
                let near: Vec<&str> = near.iter().map(String::as_str).collect();
                match did_you_mean(&near) {
                    Some(guess) => failure.help(guess),
                    None => failure,
                }
                .help("a service is one that controls read, or a keyword that `posture controls show` lists")
            })
        };
        let mut status = self.status.clone();
        status.sort_unstable();
        status.dedup();
        Ok(Filter {
            status,
            services: self.service.iter().map(service).collect::<Result<_>>()?,
            tags: self.tag.clone(),
            resources: self.resource.clone(),
            accounts: self.account.clone(),
        })
    }
}

/// A status as it is written in reports, or as people call it.
fn status(text: &str) -> std::result::Result<FindingStatus, String> {
    let wanted = text.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    let known = FindingStatus::ALL.iter().copied().find(|status| status.id() == wanted);
    known
        .or(match wanted.as_str() {
            "failed" => Some(FindingStatus::Fail),
            "passed" => Some(FindingStatus::Pass),
            "accepted" => Some(FindingStatus::Excepted),
            "na" | "n/a" => Some(FindingStatus::NotApplicable),
            _ => None,
        })
        .ok_or_else(|| "expected fail, unknown, excepted, pass or not-applicable".to_owned())
}

fn tag(text: &str) -> std::result::Result<TagFilter, String> {
    let (key, value) = match text.split_once('=') {
        Some((key, value)) => (key, Some(Pattern::new(value))),
        None => (text, None),
    };
    if key.is_empty() {
        return Err("expected a key, or KEY=VALUE".to_owned());
    }
    Ok(TagFilter { key: key.to_owned(), value })
}

fn pattern(text: &str) -> std::result::Result<Pattern, String> {
    if text.is_empty() {
        return Err("expected an ID or a name".to_owned());
    }
    Ok(Pattern::new(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_the_names_that_people_use() {
        use FindingStatus::{Excepted, Fail, NotApplicable, Pass, Unknown};
        for (text, expected) in [
            ("fail", Fail),
            ("FAILED", Fail),
            ("pass", Pass),
            ("unknown", Unknown),
            ("accepted", Excepted),
            ("excepted", Excepted),
            ("not-applicable", NotApplicable),
            ("Not applicable", NotApplicable),
            ("n/a", NotApplicable),
        ] {
            assert_eq!(status(text), Ok(expected), "{text}");
        }
        assert!(status("open").is_err() && status("").is_err());
    }

    #[test]
    fn a_tag_has_a_key_and_perhaps_a_value() {
        assert_eq!(tag("env"), Ok(TagFilter { key: "env".to_owned(), value: None }));
        let of =
            |value: &str| TagFilter { key: "env".to_owned(), value: Some(Pattern::new(value)) };
        assert_eq!(tag("env=prod"), Ok(of("prod")));
        assert_eq!(tag("env=a=b"), Ok(of("a=b")));
        // An empty value is a value.
        assert_eq!(tag("env="), Ok(of("")));
        assert!(tag("=x").is_err() && tag("").is_err() && pattern("").is_err());
    }

    #[test]
    fn a_service_that_does_not_exist_is_answered_with_those_that_do() {
        let filters = Filters { service: vec!["guarduty".to_owned()], ..Filters::default() };
        let text = filters.filter(&Catalogue::default()).unwrap_err().to_string();
        assert!(
            text.contains("unknown service `guarduty`") && text.contains("`guardduty`"),
            "{text}"
        );
        let twice = Filters {
            status: vec![FindingStatus::Unknown, FindingStatus::Fail, FindingStatus::Fail],
            ..Filters::default()
        };
        let filter = twice.filter(&Catalogue::default()).unwrap();
        assert_eq!(filter.status, [FindingStatus::Fail, FindingStatus::Unknown]);
    }
}
