//! Which findings are results, and in which order.

use posture_core::control::Severity;
use posture_core::judge::{Finding, Findings};
use posture_core::record::FindingStatus;

/// What is written unless a filter asks for something else, in the order of the results of one severity.
const USUAL: [FindingStatus; 3] =
    [FindingStatus::Fail, FindingStatus::Unknown, FindingStatus::Excepted];

/// What asks for nothing, which comes last.
const QUIET: [FindingStatus; 2] = [FindingStatus::NotApplicable, FindingStatus::Pass];

/// The findings that are written: the most severe first, and no more than the limit.
pub(super) fn chosen<'f>(
    findings: &'f Findings<'_>,
    limit: usize,
) -> impl Iterator<Item = Finding<'f>> {
    // Findings may be millions, which are walked through for each rank rather than sorted.
    let of = |(severity, status): (Severity, FindingStatus)| {
        findings.iter().filter(move |finding| {
            finding.control.severity == severity && FindingStatus::of(finding) == status
        })
    };
    ranks(findings).flat_map(of).take(limit)
}

/// The ranks of the findings that are written, the first to be written first.
fn ranks(findings: &Findings<'_>) -> impl Iterator<Item = (Severity, FindingStatus)> + use<> {
    let asked = findings.filtered().map(|filtered| filtered.filter.status.clone());
    // A filter that asks for statuses decides; its findings hold no others.
    let all = asked.is_some_and(|status| !status.is_empty());
    let ranks = |statuses: &'static [FindingStatus]| {
        let severities = Severity::ALL.iter().rev();
        severities.flat_map(move |severity| statuses.iter().map(move |of| (*severity, *of)))
    };
    ranks(&USUAL).chain(ranks(&QUIET).filter(move |_| all))
}

/// What is not among the results: how grave that is, in the words of the format, and in ours.
pub(super) fn omitted(findings: &Findings<'_>, limit: usize) -> Vec<(&'static str, String)> {
    let count = |rank: (Severity, FindingStatus)| {
        let of = findings.controls().iter().enumerate();
        let of = of.filter(|(_, control)| control.severity == rank.0);
        of.map(|(place, _)| findings.tally(place).of(rank.1)).sum::<usize>()
    };
    let shown = findings.iter().count();
    let wanted: usize = ranks(findings).map(count).sum();
    let mut all = Vec::new();
    if shown > wanted {
        let count = match shown - wanted {
            1 => "1 finding that passes or does not apply is".to_owned(),
            count => format!("{count} findings that pass or do not apply are"),
        };
        let how = "--status fail,unknown,excepted,pass,not-applicable includes all";
        all.push(("note", format!("{count} not among the results; {how}.")));
    }
    if wanted > limit {
        let mut room = limit;
        let mut cut = Vec::new();
        for (severity, status) in ranks(findings) {
            let all = count((severity, status));
            let kept = all.min(room);
            room -= kept;
            if all > kept {
                cut.push(format!("{} {severity} {}", all - kept, status.words()));
            }
        }
        let text = format!(
            "The results hold {limit} of {wanted} findings, the most severe first, as code scanning takes no more. \
             Left out: {}.",
            cut.join(", ")
        );
        all.push(("warning", text));
    }
    all
}
