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

/// What is not among the results, in words; none where all findings are.
pub(super) fn omitted(findings: &Findings<'_>, limit: usize) -> Option<String> {
    let count = |rank: (Severity, FindingStatus)| {
        let of = findings.controls().iter().enumerate();
        let of = of.filter(|(_, control)| control.severity == rank.0);
        of.map(|(place, _)| findings.tally(place).of(rank.1)).sum::<usize>()
    };
    let shown = findings.iter().count();
    let wanted: usize = ranks(findings).map(count).sum();
    let mut text = Vec::new();
    if shown > wanted {
        text.push(format!(
            "{} findings that pass or do not apply are not among the results; \
             --status fail,unknown,excepted,pass,not-applicable includes them.",
            shown - wanted
        ));
    }
    if wanted > limit {
        let mut kept = limit;
        let mut cut = Vec::new();
        for rank in ranks(findings) {
            let (severity, status) = rank;
            let all = count(rank);
            let left_out = all - all.min(kept);
            kept -= all.min(kept);
            if left_out > 0 {
                cut.push(format!("{left_out} {severity} {}", status.words()));
            }
        }
        text.push(format!(
            "The results hold {limit} of {wanted} findings, the most severe first, as code scanning takes no more. \
             Left out: {}.",
            cut.join(", ")
        ));
    }
    (!text.is_empty()).then(|| text.join(" "))
}
