//! Whole accounts.

use posture_tests::Cloud;

#[test]
fn an_empty_account_is_audited_without_a_gap() {
    let cloud = Cloud::empty("100000000001");
    let run = cloud.report(&[]);
    assert_eq!(run.gaps(), []);
    assert_eq!(run.code, 10, "{}", run.err);
}

#[test]
fn a_small_account_takes_few_calls() {
    let cloud = Cloud::with("100000000002", "small");
    let run = cloud.report(&[]);
    let calls = cloud.calls();
    assert_eq!(run.gaps(), []);
    assert!(calls.len() <= 290, "{} calls", calls.len());
}
