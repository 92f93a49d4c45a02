//! Coverage in words: two numbers, as some evidence is not a decision.

use posture_core::report::{Counts, FrameworkReport, State};
use posture_core::text::counted;

/// Coverage in a sentence about requirements, which fits a small terminal.
pub(crate) fn coverage(counts: Counts) -> String {
    format!(
        "{} of {} assessable have evidence, {} are decided in part",
        counts.evidenced, counts.assessable, counts.decided
    )
}

/// The same in few words, beside a name.
pub(crate) fn short(counts: Counts) -> String {
    format!(
        "{} of {} with evidence, {} decided in part",
        counts.evidenced, counts.assessable, counts.decided
    )
}

/// The score in words: how many of the requirements with a result have no failure, and how many have none. Without the second,
/// a single row of a thousand would be read as all of them.
pub(crate) fn result(counts: Counts) -> String {
    let ((clean, decided), total) = (counts.score(), counts.total());
    if decided == 0 {
        return format!(
            "no result yet for any of {}",
            counted(total, "requirement", "requirements")
        );
    }
    let have = if decided == 1 { "has" } else { "have" };
    let requirements = counted(decided, "requirement", "requirements");
    let text = format!("{clean} of {requirements} with a result {have} no failure");
    match total - decided {
        0 => text,
        1 => format!("{text}; 1 of {total} has no result"),
        none => format!("{text}; {none} of {total} have no result"),
    }
}

/// The same in few words, beside a name.
pub(crate) fn short_result(counts: Counts) -> String {
    match counts.score() {
        (_, 0) => "no result yet".to_owned(),
        (clean, decided) => {
            let have = if decided == 1 { "has" } else { "have" };
            format!("{clean} of {decided} with a result {have} no failure (of {})", counts.total())
        }
    }
}

/// Whether the other one is a newer version of the same framework.
pub(crate) fn is_replaced(of: &FrameworkReport, other: &FrameworkReport) -> bool {
    let (of, other) = (of.framework, other.framework);
    let same = match (of.id.rsplit_once('-'), other.id.rsplit_once('-')) {
        (Some((name, _)), Some((other, _))) => name == other,
        _ => false,
    };
    let parts = |version: &str| -> Vec<u32> {
        version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
    };
    same && parts(of.version) < parts(other.version)
}

/// The note for a framework in which no control of the run can show that anything is met; none where one can.
pub(crate) fn never_met(report: &FrameworkReport) -> Option<&'static str> {
    let decides = report.requirements.iter().any(|row| row.controls.iter().any(can_meet));
    let met = report.counts().of(State::Met) > 0;
    let in_words = report.framework.is_classified() && !report.framework.benchmark;
    (!decides && !met && in_words).then_some(
        "No requirement can be \"met\" here: each asks for more than settings show, so that the best is \"partly evidenced\".",
    )
}

fn can_meet(bearing: &posture_core::report::Bearing) -> bool {
    bearing.strength == posture_core::frameworks::Strength::Full
}

#[cfg(test)]
mod tests {
    use posture_core::control::Control;
    use posture_core::fact::Known;
    use posture_core::judge::{self, Options};
    use posture_core::listing::Listing;
    use posture_core::params::Params;
    use posture_core::provider::Provider;
    use posture_core::report::{Report, roll_up};
    use posture_core::resource::Detector;
    use posture_core::scope::Scope;
    use posture_core::snapshot::Snapshot;
    use posture_core::time::Time;
    use posture_core::tools::Purpose;
    use posture_core::{controls, frameworks};

    use super::*;
    use crate::tests::providers;
    use crate::{Depth, Format, View};

    fn with(tool: Option<&str>, read: impl FnOnce(&Report<'_>)) {
        let mut scope = Scope::empty(Provider::Aws, "1");
        scope.detectors = Listing::complete(vec![
            Detector::unread("d", "us-east-1", Some("us-east-1")).enabled(Known(false)),
        ]);
        let time = Time::from_unix(0);
        let snapshot = Snapshot::new("test", time, time, vec![scope]);
        let chosen = |control: &&&'static Control| control.id == "detection.threat-detector";
        let chosen: Vec<&'static Control> = controls::ALL.iter().filter(chosen).copied().collect();
        let mut options = Options::default();
        if let Some(tool) = tool {
            options.tools.declare(Purpose::Threats, tool).unwrap();
        }
        let findings = judge::judge(&snapshot, &chosen, &options);
        let frameworks = ["csf", "fsbp"].map(|id| frameworks::find(id).unwrap());
        read(&roll_up(findings, &frameworks));
    }

    fn written(report: &Report<'_>, format: Format) -> String {
        let params = Params::default();
        let mut view = View::new(report, &params, providers);
        view.full = true;
        view.depth = Depth::Details;
        view.canvas.width = 500;
        let mut out = Vec::new();
        format.write(&view, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Formats that name requirements with their states. The others are lists of findings.
    const OF_REQUIREMENTS: &[Format] = &[
        Format::Table,
        Format::Html,
        Format::Markdown,
        Format::Json,
        Format::Ndjson,
        Format::CsvRequirements,
        Format::Sarif,
        Format::Ocsf,
        Format::Oscal,
    ];

    #[test]
    fn a_declared_tool_is_beside_the_requirement() {
        for format in OF_REQUIREMENTS {
            with(Some("Falcon Insight"), |report| {
                let text = written(report, *format);
                assert!(text.contains("Falcon Insight"), "{}: {text}", format.id());
            });
            with(None, |report| assert!(!written(report, *format).contains("you declared")));
        }
    }

    #[test]
    fn the_name_of_a_tool_is_harmless() {
        let evil = "=1+1|<img src=x onerror=alert(1)>\u{202e}`**x**`";
        with(Some(evil), |report| {
            for format in Format::ALL {
                let text = written(report, *format);
                let raw = match format {
                    Format::Table => text.contains('\u{202e}'),
                    Format::Html => text.contains("<img src=x") || text.contains('\u{202e}'),
                    // There it is a span of code, which their own tests hold to be one.
                    Format::Markdown | Format::Oscal | Format::OscalPoam => {
                        text.contains('\u{202e}')
                    }
                    Format::Csv | Format::CsvRequirements => {
                        text.contains(",=1") || text.contains("\n=")
                    }
                    _ => false,
                };
                assert!(!raw, "{}", format.id());
            }
        });
    }

    #[test]
    fn two_numbers_of_each_cloud_fit_a_small_terminal() {
        let time = Time::from_unix(0);
        let mut scopes = Vec::new();
        for provider in Provider::ALL {
            for control in controls::ALL.iter().filter(|control| control.judges(*provider)) {
                scopes.push(control.passing(*provider));
                scopes.push(control.failing(*provider));
            }
        }
        let snapshot = Snapshot::new("test", time, time, scopes);
        let findings = judge::judge(&snapshot, controls::ALL, &Options::default());
        let frameworks = ["csf", "ccm"].map(|id| frameworks::find(id).unwrap());
        let report = roll_up(findings, &frameworks);
        let params = Params::default();
        let mut view = View::new(&report, &params, providers);
        view.canvas.width = 80;
        for depth in [Depth::Screen, Depth::Controls] {
            view.depth = depth;
            let mut out = Vec::new();
            Format::Table.write(&view, &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            for line in text.lines() {
                assert!(console::measure_text_width(line) <= 80, "{line}");
            }
            assert!(text.contains("decided in part"), "{text}");
        }
    }

    #[test]
    fn a_declared_tool_is_evidence_and_no_decision() {
        let csf = |report: &Report<'_>| {
            let framework = &report.frameworks[0];
            let row = framework.requirements.iter().find(|row| row.requirement.id == "DE.CM-09");
            let counts = framework.counts();
            (row.unwrap().state, counts.evidenced, counts.decided, short(counts), coverage(counts))
        };
        with(None, |report| {
            let (state, evidenced, decided, words, sentence) = csf(report);
            assert_eq!((state, decided > 0, evidenced >= decided), (State::NotMet, true, true));
            assert_eq!(
                words,
                format!("{evidenced} of 36 with evidence, {decided} decided in part")
            );
            assert!(sentence.contains("of 36 assessable have evidence"));
            assert!(never_met(&report.frameworks[0]).is_some());
            // A benchmark's rows can be met, also where this run meets none.
            assert!(never_met(&report.frameworks[1]).is_none());
        });
        with(Some("x"), |report| {
            let (state, evidenced, decided, ..) = csf(report);
            assert_eq!((state, decided, evidenced > 0), (State::Indeterminate, 0, true));
            let fsbp = &report.frameworks[1];
            assert!(fsbp.counts().of(State::NotMet) > 0);
        });
    }
}
