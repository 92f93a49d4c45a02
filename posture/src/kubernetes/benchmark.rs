//! Reports of [kube-bench](https://github.com/aquasecurity/kube-bench) about the control plane of clusters.
//!
//! A report names neither its node nor its cluster: who gives it names the cluster, and the version of Kubernetes that it states has to
//! be that of the cluster. A row that fails is an entry of the setting that it is about, marked as kube-bench's, so that the control of
//! this setting fails by it. A row that passes, warns or informs shows nothing here: kube-bench looks at one node, and a pass of one is
//! not one of all. So a report makes nothing pass, and leaves open what the cluster does not show.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use posture_collect::files::{regular, shown};
use posture_core::entries::Entries;
use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, Reason};
use posture_core::resource::Cluster;
use posture_core::scope::Scope;
use posture_image::limits::Limits;
use posture_image::theirs::{self, Any, Benchmark, Controls, Outcome, Row};

/// A report about a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The name of the cluster: its context, or its ID.
    pub cluster: String,
    /// The file.
    pub path: PathBuf,
}

/// The action of gaps.
const REPORT: &str = "report of kube-bench";

/// A setting of the control plane, by the rows that are about it.
struct Setting {
    /// How the numbers of rows begin: those of one component.
    rows: &'static str,
    /// A part of the title.
    title: &'static str,
    /// What entries about it hold, by which rows of the benchmark are judged.
    mark: &'static str,
    fact: fn(&mut Cluster) -> &mut Fact<Entries>,
}

const fn of(
    rows: &'static str,
    title: &'static str,
    fact: fn(&mut Cluster) -> &mut Fact<Entries>,
) -> Setting {
    Setting { rows, title, mark: title, fact }
}

const API: &str = "1.2.";
const MANAGER: &str = "1.3.";
const SCHEDULER: &str = "1.4.";
const ETCD: &str = "2.";

/// The titles are those of the [benchmarks](https://github.com/aquasecurity/kube-bench/tree/main/cfg) `cis-1.9` to `cis-1.12`. Numbers
/// differ between them, so that only their first part counts.
static SETTINGS: &[Setting] = &[
    of(API, "--anonymous-auth", |of| &mut of.anonymous_requests),
    of(API, "--token-auth-file", |of| &mut of.static_tokens),
    of(API, "AlwaysAllow", |of| &mut of.always_allow),
    of(API, "includes Node", |of| &mut of.node_authorizer_off),
    of(API, "includes RBAC", |of| &mut of.rbac_authorizer_off),
    of(API, "NodeRestriction", |of| &mut of.node_restriction_off),
    of(API, "DenyServiceExternalIPs", |of| &mut of.admission_plugins),
    of(API, "EventRateLimit", |of| &mut of.admission_plugins),
    of(API, "AlwaysAdmit", |of| &mut of.admission_plugins),
    of(API, "AlwaysPullImages", |of| &mut of.admission_plugins),
    of(API, "NamespaceLifecycle", |of| &mut of.admission_plugins),
    Setting {
        rows: API,
        title: "plugin ServiceAccount",
        mark: "has ServiceAccount",
        fact: |of| &mut of.admission_plugins,
    },
    of(API, "--audit-log-path", |of| &mut of.audit_log_off),
    of(API, "--audit-log-maxage", |of| &mut of.audit_log_short),
    of(API, "--audit-log-maxbackup", |of| &mut of.audit_log_short),
    of(API, "--audit-log-maxsize", |of| &mut of.audit_log_short),
    of(API, "--encryption-provider-config", |of| &mut of.encryption_off),
    of(API, "--kubelet-client-certificate", |of| &mut of.tls_missing),
    of(API, "--kubelet-certificate-authority", |of| &mut of.tls_missing),
    of(API, "--etcd-certfile", |of| &mut of.tls_missing),
    of(API, "--etcd-cafile", |of| &mut of.tls_missing),
    of(API, "--tls-cert-file", |of| &mut of.tls_missing),
    of(API, "--client-ca-file", |of| &mut of.tls_missing),
    of(API, "Cryptographic Ciphers", |of| &mut of.weak_ciphers),
    of(API, "--service-account-lookup", |of| &mut of.token_settings),
    of(API, "--service-account-key-file", |of| &mut of.token_settings),
    of(API, "--service-account-extend-token-expiration", |of| &mut of.token_settings),
    of(API, "--profiling", |of| &mut of.profiling),
    of(API, "--request-timeout", |of| &mut of.housekeeping_off),
    of(MANAGER, "--terminated-pod-gc-threshold", |of| &mut of.housekeeping_off),
    of(MANAGER, "RotateKubeletServerCertificate", |of| &mut of.housekeeping_off),
    of(MANAGER, "--profiling", |of| &mut of.profiling),
    of(MANAGER, "--use-service-account-credentials", |of| &mut of.token_settings),
    of(MANAGER, "--service-account-private-key-file", |of| &mut of.token_settings),
    of(MANAGER, "--root-ca-file", |of| &mut of.tls_missing),
    Setting {
        rows: MANAGER,
        title: "--bind-address",
        mark: "--bind-address=",
        fact: |of| &mut of.open_ports,
    },
    of(SCHEDULER, "--profiling", |of| &mut of.profiling),
    Setting {
        rows: SCHEDULER,
        title: "--bind-address",
        mark: "--bind-address=",
        fact: |of| &mut of.open_ports,
    },
    of(ETCD, "--cert-file", |of| &mut of.tls_missing),
    of(ETCD, "--client-cert-auth", |of| &mut of.tls_missing),
    of(ETCD, "--auto-tls", |of| &mut of.tls_missing),
    of(ETCD, "--peer-cert-file", |of| &mut of.tls_missing),
    of(ETCD, "--peer-client-cert-auth", |of| &mut of.tls_missing),
    of(ETCD, "--peer-auto-tls", |of| &mut of.tls_missing),
];

/// Who has the settings of rows that begin so.
fn component(rows: &str) -> &'static str {
    match rows {
        MANAGER => "kube-controller-manager",
        SCHEDULER => "kube-scheduler",
        ETCD => "etcd",
        _ => "kube-apiserver",
    }
}

/// Adds the reports about a cluster to what was read of it, and states what of them is not joined.
pub(crate) fn add(scope: &mut Scope, reports: &[Report]) -> Vec<String> {
    let mut left = Vec::new();
    for report in reports {
        if !is_about(report, scope) {
            continue;
        }
        let name = shown(&report.path);
        match read(&report.path, &name) {
            Ok(benchmark) => left.extend(join(scope, &benchmark, &name)),
            Err(gap) => {
                let gap = scope.add_gap(gap);
                scope.clusters.gaps.push(gap);
            }
        }
    }
    scope.canonicalise();
    left
}

/// The clusters that were read, by name and ID.
#[derive(Debug, Default)]
pub(crate) struct Joined(Mutex<BTreeSet<String>>);

impl Joined {
    pub(crate) fn take(&self, scope: &Scope) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.extend([scope.id.clone()].into_iter().chain(scope.name.clone()));
    }

    /// The reports about none of them.
    pub(crate) fn left(&self, reports: &[Report]) -> Vec<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = reports.iter().filter(|report| !names.contains(&report.cluster));
        let words = |report: &Report| {
            let (name, cluster) = (shown(&report.path), &report.cluster);
            format!("{name} is not joined: no cluster that was read is called {cluster}")
        };
        left.map(words).collect()
    }
}

/// Whether a report is about the cluster of a scope.
fn is_about(report: &Report, scope: &Scope) -> bool {
    scope.id == report.cluster || scope.name.as_ref() == Some(&report.cluster)
}

fn read(path: &Path, name: &str) -> Result<Benchmark, Gap> {
    let invalid =
        |reason, detail: String| Gap { detail: Some(detail), ..Gap::new(REPORT, name, reason) };
    let limits = Limits::default();
    let most = usize::try_from(limits.document).unwrap_or(usize::MAX);
    let bytes =
        regular(path, most).map_err(|error| invalid(Reason::InvalidFile, error.to_string()))?;
    match theirs::read(&bytes, name, &limits) {
        Ok(Any::Benchmark(benchmark)) => Ok(benchmark),
        Ok(Any::Image(_)) => {
            let detail = "a report about an image, and not one of kube-bench";
            Err(invalid(Reason::InvalidFile, detail.to_owned()))
        }
        Err(open) => Err(invalid(Reason::InvalidFile, open.to_string())),
    }
}

/// Adds the rows that fail, and states what is not joined.
fn join(scope: &mut Scope, benchmark: &Benchmark, name: &str) -> Vec<String> {
    let mut left = Vec::new();
    let mut others = 0_usize;
    let Some(cluster) = scope.clusters.items.first_mut() else {
        return vec![format!("{name} is not joined: the cluster was not read")];
    };
    for controls in &benchmark.controls {
        if let Some(why) = differs(controls, cluster) {
            left.push(format!("{name} is not joined: {why}"));
            continue;
        }
        let failing = controls.rows.items.iter().filter(|row| row.outcome == Outcome::Fail);
        for row in failing {
            match SETTINGS.iter().find(|setting| is_row(setting, row)) {
                Some(setting) => {
                    let entry = entry(setting, row, controls, name);
                    let fact = (setting.fact)(cluster);
                    *fact = Fact::together([&*fact, &Known(Entries::from(vec![entry]))]);
                }
                None => others += 1,
            }
        }
    }
    let wrong = benchmark.controls.iter().flat_map(|controls| &controls.rows.gaps);
    let wrong: Vec<Gap> = wrong
        .map(|open| Gap {
            detail: Some(open.to_string()),
            ..Gap::new(REPORT, name, Reason::InvalidFile)
        })
        .take(20)
        .collect();
    for gap in wrong {
        let gap = scope.add_gap(gap);
        scope.clusters.gaps.push(gap);
    }
    if others > 0 {
        left.push(format!("{name}: {others} rows that fail are about nothing that is judged here"));
    }
    left
}

/// Why a part of a report is not about the cluster; none if nothing shows that.
fn differs(controls: &Controls, cluster: &Cluster) -> Option<String> {
    let benchmark = controls.benchmark.as_deref().unwrap_or("an unnamed benchmark");
    if !benchmark.starts_with("cis-") {
        return Some(format!("{benchmark} has other rows than the CIS benchmark of Kubernetes"));
    }
    let (Some(stated), Known(own)) = (&controls.detected, &cluster.version) else { return None };
    let minor = |version: &str| {
        let mut parts = version.trim_start_matches('v').split('.');
        Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
    };
    (minor(stated) != minor(own))
        .then(|| format!("it is about Kubernetes {stated}, and the cluster has {own}"))
}

fn is_row(setting: &Setting, row: &Row) -> bool {
    row.id.starts_with(setting.rows) && row.text.contains(setting.title)
}

/// `kube-apiserver by kube-bench (cis-1.12, master, k.json): --profiling: row 1.2.15 fails`.
fn entry(setting: &Setting, row: &Row, controls: &Controls, name: &str) -> String {
    let component = component(setting.rows);
    let benchmark = controls.benchmark.as_deref().unwrap_or_default();
    let (node, mark, id) = (&controls.node, setting.mark, &row.id);
    format!("{component} by kube-bench ({benchmark}, {node}, {name}): {mark}: row {id} fails")
}

#[cfg(test)]
mod tests {
    use posture_core::provider::Provider;

    use super::*;

    fn report(rows: &str, detected: &str) -> String {
        format!(
            r#"{{"Controls": [{{"id": "1", "version": "cis-1.12", "detected_version": "{detected}", "text": "Control Plane", "node_type": "master",
                "tests": [{{"section": "1.2", "results": [{rows}]}}]}}]}}"#
        )
    }

    fn row(id: &str, text: &str, status: &str) -> String {
        format!(
            r#"{{"test_number": "{id}", "test_desc": "{text}", "status": "{status}", "scored": true}}"#
        )
    }

    fn scope() -> Scope {
        let mut scope = Scope::empty(Provider::Kubernetes, "k8s/1");
        scope.name = Some("prod".to_owned());
        let cluster = Cluster::unread("cluster", "cluster", None)
            .version(Known("v1.33.2".to_owned()))
            .profiling(Known(Entries::none()));
        scope.clusters.items.push(cluster);
        scope
    }

    fn added(text: &str, cluster: &str) -> (Scope, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.json");
        std::fs::write(&path, text).unwrap();
        let mut scope = scope();
        let left = add(&mut scope, &[Report { cluster: cluster.to_owned(), path }]);
        (scope, left)
    }

    #[test]
    fn a_row_that_fails_is_an_entry_of_its_setting() {
        let rows = [
            row(
                "1.2.15",
                "Ensure that the --profiling argument is set to false (Automated)",
                "FAIL",
            ),
            row("1.2.16", "Ensure that the --audit-log-path argument is set (Automated)", "PASS"),
            row("4.2.1", "Ensure that the --anonymous-auth argument is set to false", "FAIL"),
        ];
        let (scope, left) = added(&report(&rows.join(","), "1.33"), "prod");
        let cluster = &scope.clusters.items[0];
        let Known(found) = &cluster.profiling else { panic!() };
        let entry = &found.certain()[0];
        assert!(entry.starts_with("kube-apiserver by kube-bench (cis-1.12, master, "), "{entry}");
        assert!(entry.ends_with("--profiling: row 1.2.15 fails"), "{entry}");
        // A pass shows nothing, and a setting of the kubelet is not one of the API server.
        assert!(cluster.audit_log_off.is_not_collected());
        assert!(cluster.anonymous_requests.is_not_collected());
        assert!(left[0].contains("1 rows that fail"), "{left:?}");
    }

    #[test]
    fn what_the_cluster_leaves_open_stays_open_beside_what_fails() {
        let rows = row("1.2.15", "Ensure that the --profiling argument is set to false", "FAIL");
        let mut scope = scope();
        let gap = scope.add_gap(Gap::new("pods", "", Reason::Denied));
        scope.clusters.items[0].profiling = Fact::Gap(gap);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("k.json");
        std::fs::write(&path, report(&rows, "1.33")).unwrap();
        add(&mut scope, &[Report { cluster: "k8s/1".to_owned(), path }]);
        let Known(found) = &scope.clusters.items[0].profiling else { panic!() };
        assert_eq!((found.certain().len(), found.undecided()), (1, Some(gap)));
    }

    #[test]
    fn a_report_of_another_cluster_or_version_is_not_joined() {
        let rows = row("1.2.15", "Ensure that the --profiling argument is set to false", "FAIL");
        let clean = |scope: &Scope| scope.clusters.items[0].profiling == Known(Entries::none());
        let (scope, left) = added(&report(&rows, "1.33"), "test");
        assert!(clean(&scope) && left.is_empty());
        let (joined, path) = (Joined::default(), PathBuf::from("k.json"));
        joined.take(&scope);
        let of = |cluster: &str| Report { cluster: cluster.to_owned(), path: path.clone() };
        let left = joined.left(&[of("prod"), of("k8s/1"), of("test")]);
        assert_eq!(left, ["k.json is not joined: no cluster that was read is called test"]);
        let (scope, left) = added(&report(&rows, "1.30"), "prod");
        assert!(clean(&scope), "{left:?}");
        assert!(left[0].contains("about Kubernetes 1.30, and the cluster has v1.33.2"), "{left:?}");
        let (scope, left) = added(&report(&rows, "1.33").replace("cis-1.12", "eks-1.7"), "prod");
        assert!(clean(&scope) && left[0].contains("eks-1.7"), "{left:?}");
        // What cannot be read is an invalid file.
        for text in ["{", "{}", &report("{}", "1.33")] {
            let (scope, _) = added(text, "prod");
            let invalid = scope.gaps.iter().filter(|gap| gap.reason == Reason::InvalidFile);
            assert_eq!(invalid.count(), 1, "{text}");
            assert!(!scope.clusters.is_complete(), "{text}");
        }
    }
}
