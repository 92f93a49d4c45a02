//! A report of an audit that was interrupted says so in every format.

use super::*;

fn written(format: Format, partial: bool, depth: Depth) -> String {
    let mut snapshot = snapshot();
    snapshot.partial = partial;
    let wanted = ["keys.rotation", "storage.public-access"];
    let all = posture_core::controls::ALL.iter().copied();
    let controls: Vec<_> = all.filter(|control| wanted.contains(&control.id)).collect();
    let frameworks = [frameworks::find("csf").unwrap()];
    let report = roll_up(judge::judge(&snapshot, &controls, &options()), &frameworks);
    let params = Params::default();
    let mut view = View::new(&report, &params, providers);
    view.depth = depth;
    let mut out = Vec::new();
    format.write(&view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_marks_the_report_of_an_interrupted_audit() {
    for format in Format::ALL {
        let mark = match format {
            Format::Table => "Stopped before it finished.",
            Format::Html
            | Format::Markdown
            | Format::Summary
            | Format::Junit
            | Format::OscalPoam => "stopped",
            Format::Json => "\"partial\": true",
            Format::Ndjson | Format::Ocsf => "\"partial\":true",
            Format::Csv | Format::CsvRequirements => ",yes\n",
            Format::Sarif => "\"executionSuccessful\": false",
            Format::Asff => "\"posture/partial\": \"yes\"",
            Format::Oscal => "\"name\": \"partial\",\n",
        };
        let id = format.id();
        for depth in [Depth::Verdict, Depth::Screen, Depth::Controls, Depth::Details] {
            let (partial, whole) = (written(*format, true, depth), written(*format, false, depth));
            assert!(partial.contains(mark), "{id} lacks {mark:?}: {partial}");
            // The assessment results of OSCAL say it either way.
            if *format != Format::Oscal {
                assert!(!whole.contains(mark), "{id} has {mark:?} in a whole report");
            }
            assert_ne!(partial, whole, "{id}");
            if *format != Format::Table {
                break;
            }
        }
        // A reader may take each row or event by itself.
        if matches!(format, Format::Csv | Format::CsvRequirements | Format::Ocsf) {
            let rows = written(*format, true, Depth::Screen);
            let first = usize::from(*format != Format::Ocsf);
            for row in rows.lines().skip(first) {
                assert!(row.contains(mark.trim_end()), "{id}: {row}");
            }
        }
    }
}
