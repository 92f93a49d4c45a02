//! Buckets that are public by each road, and roads that are closed.

use posture_tests::Cloud;

const OPEN: &[&str] = &[
    "acl-everyone",
    "acl-authenticated",
    "policy-star",
    "policy-aws-star",
    "policy-wide-address",
    "policy-not-principal",
    "open-block-at-write",
];

const CLOSED: &[&str] = &[
    "closed-organization",
    "closed-acl-by-block",
    "closed-policy-by-block",
    "closed-acl-by-ownership",
];

#[test]
fn a_bucket_is_public_by_each_road_unless_something_closes_it() {
    let cloud = Cloud::with("100000000010", "roads");
    let only = ["--control", "storage.public-access", "--control", "storage.public-write"];
    let name = |road: &str| format!("{road}-{}", cloud.account());
    let run = cloud.report(&only);
    for road in OPEN {
        assert_eq!(run.outcome("storage.public-access", &name(road)), "fail", "{road}");
    }
    for road in CLOSED {
        assert_eq!(run.outcome("storage.public-access", &name(road)), "pass", "{road}");
    }
    assert_eq!(run.outcome("storage.public-write", &name("acl-write")), "fail");
    assert_eq!(run.outcome("storage.public-write", &name("acl-everyone")), "pass");

    // The account closes what it can close: access lists and public policies.
    cloud.add("blocked");
    let run = cloud.report(&only);
    for road in OPEN.iter().chain(CLOSED) {
        assert_eq!(run.outcome("storage.public-access", &name(road)), "pass", "{road}");
    }
    assert_eq!(run.outcome("storage.public-write", &name("acl-write")), "pass");
}
