//! Finding IDs as people type them. Every command that takes one resolves it here.

use posture_core::judge::{Finding, Findings};
use posture_report::text::{NAME, safe};

use crate::error::{Failure, Result};

/// The fewest characters that are taken for the ID of a finding or an exception: fewer are a slip rather than a name.
pub(crate) const LEAST: usize = 4;

/// How many candidates an ambiguous beginning is answered with.
const CANDIDATES: usize = 5;

/// Where IDs are found.
pub(crate) const WHERE: &str =
    "--details, JSON and CSV show the IDs of findings; the first characters are enough";

/// What was typed for the ID of a `what`, in lowercase.
///
/// # Errors
/// Where it is too short to be one.
pub(crate) fn wanted(typed: &str, what: &str) -> Result<String> {
    let wanted = typed.trim().to_ascii_lowercase();
    if wanted.len() >= LEAST {
        return Ok(wanted);
    }
    let shown = safe(typed, NAME);
    Err(Failure::usage(format!("`{shown}` is too short for {what} ID"))
        .help(format!("type at least {LEAST} characters of it")))
}

/// What is known of one of several findings.
pub(crate) struct Candidate {
    pub(crate) id: String,
    /// Its ID in earlier versions, where that differs.
    pub(crate) former: Option<String>,
    /// Its control, and what it is about.
    pub(crate) about: String,
}

impl Candidate {
    pub(crate) fn of(finding: &Finding<'_>) -> Self {
        let id = finding.id();
        Self::new(
            id,
            finding.former_id(),
            finding.control.id,
            finding.subject.map(|of| of.id),
            finding.region(),
        )
    }

    pub(crate) fn new(
        id: String,
        former: Option<String>,
        control: &str,
        resource: Option<&str>,
        region: Option<&str>,
    ) -> Self {
        let of = match (resource, region) {
            (Some(resource), _) => safe(resource, NAME).into_owned(),
            (None, Some(region)) => format!("(list in {})", safe(region, NAME)),
            (None, None) => "(list)".to_owned(),
        };
        Self { id, former, about: format!("{} {of}", safe(control, NAME)) }
    }
}

/// The finding whose ID begins as what was typed, in lowercase. One that had such an ID in earlier versions is taken where no
/// other has it.
///
/// # Errors
/// Where there are several: some are named.
pub(crate) fn only<T>(
    wanted: &str,
    all: impl IntoIterator<Item = T>,
    candidate: impl Fn(&T) -> Candidate,
) -> Result<Option<T>> {
    let (mut fitting, mut former) = (Vec::new(), Vec::new());
    for one in all {
        let known = candidate(&one);
        if known.id.starts_with(wanted) {
            fitting.push((known, one));
        } else if known.former.as_ref().is_some_and(|id| id.starts_with(wanted)) {
            former.push((known, one));
        }
    }
    let verb = if fitting.is_empty() { "began" } else { "begin" };
    let mut found = if fitting.is_empty() { former } else { fitting };
    if found.len() < 2 {
        return Ok(found.pop().map(|(_, one)| one));
    }
    let failure =
        Failure::usage(format!("{} finding IDs {verb} with `{}`", found.len(), safe(wanted, NAME)));
    let named = found.iter().take(CANDIDATES);
    Err(named.fold(failure, |failure, (of, _)| failure.help(format!("`{}` {}", of.id, of.about))))
}

/// The finding whose ID is or begins with what was typed, in letters of either case.
///
/// # Errors
/// Where there is none, or several: these are named.
pub(crate) fn find<'f>(typed: &str, findings: &'f Findings<'_>) -> Result<Finding<'f>> {
    let wanted = wanted(typed, "a finding")?;
    only(&wanted, findings.everything(), Candidate::of)?.ok_or_else(|| none(typed))
}

/// No finding has the ID.
pub(crate) fn none(typed: &str) -> Failure {
    Failure::usage(format!("there is no finding `{}`", safe(typed, NAME))).help(WHERE)
}

#[cfg(test)]
mod tests {
    use posture_core::judge::{self, Options};
    use posture_core::provider::Provider;
    use posture_core::resource::Bucket;
    use posture_core::scope::Scope;
    use posture_core::snapshot::Snapshot;
    use posture_core::time::Time;

    use super::*;

    #[test]
    fn a_beginning_that_is_unique_is_enough() {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        // Two of them share their first four letters with some other one.
        scope.buckets.items =
            (0..2_000).map(|n| Bucket::unread(format!("arn:{n}"), "b", None)).collect();
        let now = Time::from_unix(0);
        let snapshot = Snapshot::new("test", now, now, vec![scope]);
        let control = posture_core::controls::by_id("storage.versioning").unwrap();
        let findings = judge::judge(&snapshot, &[control], &Options::default());
        let mut ids: Vec<String> = findings.iter().map(|finding| finding.id()).collect();
        ids.sort_unstable();
        let first = ids[0].clone();
        assert_eq!(find(&first, &findings).unwrap().id(), first);
        assert_eq!(find(&first[..12].to_uppercase(), &findings).unwrap().id(), first);
        let pair = ids.windows(2).find(|pair| pair[0][..4] == pair[1][..4]).unwrap();
        let text = find(&pair[0][..4], &findings).unwrap_err().to_string();
        assert!(text.contains("finding IDs begin with") && text.contains(&pair[1]), "{text}");
        for (typed, message) in
            [("abc", "too short"), ("", "too short"), ("zzzzzz", "there is no finding `zzzzzz`")]
        {
            let text = find(typed, &findings).unwrap_err().to_string();
            assert!(text.contains(message), "{text}");
        }
    }
}
