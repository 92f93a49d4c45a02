use super::super::tests::{ARCHIVE, MEMBER, asked, snapshot};
use super::*;
use crate::gap::{Gap, Reason};
use crate::judge::{Findings, Judge, Options, Outcome, Twin, judge};
use crate::prelude::{Aws, Azure, EXAMPLE_TIME, Entries, Fact, GapId, Known};
use crate::scope::Level;

const HOST: &str = "a0dc.gr7.eu-central-1.eks.amazonaws.com";
const OTHER: &str = "b1ed.gr7.eu-central-1.eks.amazonaws.com";
const ID: &str = "arn:aws:eks:eu-central-1:222222222222:cluster/shop";

fn of(provider: Provider, scope: &str, hosts: &[&str]) -> Scope {
    let mut scope = Scope::empty(provider, scope);
    (scope.started, scope.finished) = (EXAMPLE_TIME(), EXAMPLE_TIME());
    let id = if provider == Provider::Kubernetes { "uid" } else { ID };
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    let cluster = Cluster::unread_on(provider, id, "shop", None);
    scope.clusters.items = vec![cluster.api_servers(Known(hosts))];
    scope
}

/// A cluster whose control plane is not visible, as its API server shows it.
fn inside(hosts: &[&str], fill: impl FnOnce(Cluster) -> Cluster) -> Scope {
    let mut scope = of(Provider::Kubernetes, MEMBER, hosts);
    scope.level = Level::Cluster;
    let gap = scope.add_gap(Gap::new("list pods", "kube-system", Reason::Undetermined));
    let cluster = scope.clusters.items.remove(0);
    let cluster = cluster.audit_off(Fact::Gap(gap)).encryption_off(Fact::Gap(gap));
    scope.clusters.items.push(fill(cluster.version(Fact::Gap(gap))));
    scope
}

/// The same as its cloud shows it.
fn cloud(hosts: &[&str], fill: impl FnOnce(Cluster) -> Cluster) -> Scope {
    let mut scope = of(Aws, ARCHIVE, hosts);
    assert_eq!(scope.add_gap(denied()), DENIED);
    let cluster = scope.clusters.items.remove(0);
    scope.clusters.items.push(fill(cluster.platform(Known("eks".to_owned()))));
    scope
}

const DENIED: GapId = GapId::new(2);

fn denied() -> Gap {
    Gap::new("eks:DescribeCluster", ID, Reason::Denied)
}

fn audit(fact: Fact<Entries>) -> impl FnOnce(Cluster) -> Cluster {
    move |cluster| cluster.audit_off(fact)
}

fn found(control: &'static Control, inside: Scope, cloud: Scope) -> (Outcome, Option<Gap>) {
    asked(control, inside, vec![cloud])
}

#[test]
fn what_the_cluster_does_not_show_its_cloud_decides_by_the_host() {
    let control = &audit_log::CONTROL;
    let good = || cloud(&[HOST], audit(Known(Entries::none())));
    assert_eq!(found(control, inside(&[HOST], |one| one), good()).0, Outcome::Pass);
    let bad = cloud(&[HOST], audit(Known(["off"].into())));
    let (outcome, _) = found(control, inside(&[HOST], |one| one), bad);
    let Outcome::Fail(evidence) = outcome else { panic!("{outcome:?}") };
    assert_eq!(evidence[0].found, format!("off, as {ID} shows"));
    // A name is not a host.
    let (outcome, gap) = found(control, inside(&[OTHER], |one| one), good());
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(gap.unwrap().action, "list pods");
    let (outcome, _) = found(control, inside(&[], |one| one), good());
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[test]
fn one_of_several_hosts_is_enough() {
    let both = cloud(&[HOST, "private.example"], audit(Known(Entries::none())));
    let inside = inside(&["private.example"], |one| one);
    assert_eq!(found(&audit_log::CONTROL, inside, both).0, Outcome::Pass);
}

#[test]
fn what_the_cluster_shows_itself_counts() {
    let own = |fact: Fact<Entries>| {
        let other = cloud(&[HOST], audit(Known(["off"].into())));
        found(&audit_log::CONTROL, inside(&[HOST], audit(fact)), other).0
    };
    assert_eq!(own(Known(Entries::none())), Outcome::Pass);
    assert!(matches!(own(Known(["own"].into())), Outcome::Fail(of) if of[0].found == "own"));
}

#[test]
fn what_was_denied_there_is_unknown_for_that_reason() {
    let (outcome, why) = found(
        &audit_log::CONTROL,
        inside(&[HOST], |one| one),
        cloud(&[HOST], audit(Fact::Gap(DENIED))),
    );
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
    assert_eq!(why, Some(denied()));
}

#[test]
fn two_clouds_that_claim_one_host_decide_nothing() {
    let one = cloud(&[HOST], audit(Known(Entries::none())));
    let mut other = one.clone();
    other.id = "333333333333".to_owned();
    let (outcome, _) = asked(&audit_log::CONTROL, inside(&[HOST], |one| one), vec![one, other]);
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[test]
fn a_version_that_was_not_read_is_that_of_the_cloud() {
    let of = |version: &str| {
        let version = Known(version.to_owned());
        let cloud = cloud(&[HOST], |one| one.version(version));
        found(&kubernetes_version::CONTROL, inside(&[HOST], |one| one), cloud).0
    };
    assert_eq!(of("1.35"), Outcome::Pass);
    assert!(matches!(of("1.20"), Outcome::Fail(_)));
}

#[test]
fn a_key_of_the_customer_or_of_eks_encrypts_secrets() {
    let of = |key: Fact<Option<String>>, version: &str| {
        let version = Known(version.to_owned());
        let cloud = cloud(&[HOST], |one| one.secrets_key(key).version(version));
        found(&encryption_at_rest::CONTROL, inside(&[HOST], |one| one), cloud)
    };
    let open = |found: (Outcome, Option<Gap>)| {
        assert!(matches!(found.0, Outcome::Unknown(_)), "{found:?}");
        found.1.unwrap().action
    };
    let key = || Known(Some("key".to_owned()));
    assert_eq!(of(key(), "1.27").0, Outcome::Pass);
    assert_eq!(of(Known(None), "1.28").0, Outcome::Pass);
    assert_eq!(open(of(Known(None), "1.27")), "list pods");
    assert_eq!(open(of(Fact::Gap(DENIED), "1.27")), "eks:DescribeCluster");
}

#[test]
fn an_engine_that_the_user_installed_is_seen_in_the_cluster() {
    let of = |enforced: Fact<bool>, own: Fact<Option<String>>| {
        let mut inside = inside(&[HOST], |one| one);
        let namespace = Namespace::unread("Namespace/shop", "shop", None);
        inside.namespaces.items = vec![namespace.policies_enforced(enforced)];
        inside.id = ARCHIVE.to_owned();
        let mut azure = super::tests::of(Azure, MEMBER, &[HOST, "private.example"]);
        assert_eq!(azure.add_gap(denied()), DENIED);
        let cluster = azure.clusters.items.remove(0);
        azure.clusters.items.push(cluster.policy_engine(own));
        asked(&managed_policy_engine::CONTROL, azure, vec![inside]).0
    };
    assert_eq!(of(Known(true), Known(None)), Outcome::Pass);
    assert_eq!(of(Known(true), Fact::Gap(DENIED)), Outcome::Pass);
    assert!(matches!(of(Known(false), Known(None)), Outcome::Fail(_)));
    assert!(matches!(of(Fact::Gap(DENIED), Fact::Gap(DENIED)), Outcome::Unknown(_)));
    assert_eq!(of(Known(false), Known(Some("cilium".to_owned()))), Outcome::Pass);
}

#[test]
fn both_sides_name_each_other() {
    let control: &[&'static Control] = &[&audit_log::CONTROL];
    let scopes = |host: &str| {
        let cloud = cloud(&[host], audit(Known(Entries::none())));
        vec![cloud, inside(&[HOST], |one| one)]
    };
    let twins = |findings: &Findings<'_>| -> Vec<(String, String)> {
        let named = |one: &Twin| (one.scope.clone(), one.host.clone());
        findings.iter().flat_map(|finding| finding.twins.iter().map(named)).collect()
    };
    let expected = [(MEMBER, HOST), (ARCHIVE, HOST)];
    let expected = expected.map(|(scope, host)| (scope.to_owned(), host.to_owned()));
    let whole = snapshot(scopes(HOST));
    assert_eq!(twins(&judge(&whole, control, &Options::default())), expected);
    let mut one_by_one = Judge::new(control, Options::default());
    scopes(HOST).into_iter().for_each(|scope| one_by_one.add(scope));
    assert_eq!(twins(&one_by_one.finish(whole.header())), expected);
    let apart = snapshot(scopes(OTHER));
    assert_eq!(twins(&judge(&apart, control, &Options::default())), []);
}
