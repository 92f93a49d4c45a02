//! Finding IDs as people type them. Every command that takes one resolves it here.

use posture_core::judge::{Finding, Findings};
use posture_report::text::{NAME, safe};

use crate::error::{Failure, Result};

/// The fewest characters that are taken for an ID: fewer are a slip rather than a name.
pub(crate) const LEAST: usize = 4;

/// How many candidates an ambiguous beginning is answered with.
pub(crate) const CANDIDATES: usize = 5;

/// The finding whose ID is or begins with what was typed, in letters of either case.
///
/// # Errors
/// Where there is none, or several: these are named.
pub(crate) fn find<'f>(typed: &str, findings: &'f Findings<'_>) -> Result<Finding<'f>> {
    let shown = safe(typed, NAME);
    let wanted = typed.trim().to_ascii_lowercase();
    if wanted.len() < LEAST {
        return Err(Failure::usage(format!("`{shown}` is too short for a finding ID"))
            .help(format!("type at least {LEAST} characters of it")));
    }
    let mut fitting: Vec<Finding<'_>> = Vec::new();
    for finding in findings.everything() {
        let id = finding.id();
        // An incomplete list may give several findings of one ID. It names one of them as well as another.
        if id.starts_with(&wanted) && fitting.iter().all(|known| known.id() != id) {
            fitting.push(finding);
        }
    }
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::usage(format!("there is no finding `{shown}`")).help(
            "--details, JSON and CSV show the IDs of findings; the first characters are enough",
        )),
        several => {
            let failure =
                Failure::usage(format!("{} finding IDs begin with `{shown}`", several.len()));
            let described = |finding: &Finding<'_>| {
                let resource = finding.subject.map_or("(list)", |subject| subject.id);
                format!("`{}` {} {}", finding.id(), finding.control.id, safe(resource, NAME))
            };
            Err(several.iter().take(CANDIDATES).map(described).fold(failure, Failure::help))
        }
    }
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
