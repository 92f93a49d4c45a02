//! A row of a benchmark that names a number is decided by this number, whatever the threshold of the control is.

#![allow(clippy::unwrap_used, clippy::panic)]

use posture_core::control::Control;
use posture_core::controls;
use posture_core::fact::Known;
use posture_core::frameworks;
use posture_core::judge::{self, Findings, Judge, Options, Tally};
use posture_core::params::{Params, Value};
use posture_core::provider::Provider;
use posture_core::report::{Bearing, State, roll_up};
use posture_core::resource::AccessKey;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;

fn control() -> &'static Control {
    controls::by_id("identity.access-key-age").unwrap()
}

/// Keys of these ages, judged with a threshold: where CIS AWS 2.12 stands, which asks for 90 days, and the tally of
/// the control's findings.
fn row(ages: &[i64], days: Option<u32>) -> (State, Tally, Bearing) {
    let mut scope = control().passing(Provider::Aws);
    scope.access_keys.items = (0..)
        .zip(ages)
        .map(|(number, age)| {
            let made = Time::from_unix(scope.finished.unix() - age * 86_400);
            AccessKey::unread(format!("key-{number}"), "key", None)
                .active(Known(true))
                .rotated(Known(made))
        })
        .collect();
    let snapshot = Snapshot::new("test", scope.started, scope.finished, vec![scope.clone()]);
    let mut params = Params::default();
    if let Some(days) = days {
        params.set(control(), "max-age-days", Value::Number(days)).unwrap();
    }
    let options = Options { params, ..Options::default() };
    let mut judge = Judge::new(&[control()], options.clone());
    judge.add(scope);
    let frameworks = [frameworks::find("cis-aws").unwrap()];
    let one = |findings: Findings<'_>| {
        let report = roll_up(findings, &frameworks);
        let rows = &report.frameworks[0].requirements;
        let row = rows.iter().find(|row| row.requirement.id == "2.12").unwrap();
        (row.state, report.findings.tally(0), row.controls[0].clone())
    };
    let at_once = one(judge::judge(&snapshot, &[control()], &options));
    let one_by_one = one(judge.finish(snapshot.header()));
    assert_eq!((at_once.0, at_once.1), (one_by_one.0, one_by_one.1));
    assert_eq!(at_once.2.tally, one_by_one.2.tally);
    at_once
}

#[test]
fn a_looser_threshold_does_not_meet_a_row_that_has_a_number() {
    let (state, findings, bearing) = row(&[91], Some(3650));
    assert_eq!((state, findings.pass, bearing.tally.fail), (State::NotMet, 1, 1));
    let asked: Vec<_> = bearing.asked().map(|asked| (asked.name(), asked.value())).collect();
    assert_eq!((bearing.apart, asked), (true, vec![("max-age-days", Value::Number(90))]));
    assert_eq!(row(&[90], Some(3650)).0, State::Met);
}

#[test]
fn a_stricter_threshold_does_not_fail_a_row_that_has_a_number() {
    let (state, findings, bearing) = row(&[90], Some(30));
    assert_eq!((state, findings.fail, bearing.tally.pass), (State::Met, 1, 1));
    let (state, findings, bearing) = row(&[90, 91, 1], Some(30));
    assert_eq!((state, findings.fail), (State::NotMet, 2));
    assert_eq!((bearing.tally.fail, bearing.tally.pass), (1, 2));
}

#[test]
fn the_number_itself_needs_no_second_judgement() {
    for days in [None, Some(90)] {
        let (state, findings, bearing) = row(&[90, 91], days);
        assert_eq!((state, findings), (State::NotMet, bearing.tally));
        assert!(!bearing.apart && bearing.asked().next().is_none());
    }
}
