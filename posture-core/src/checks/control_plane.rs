//! Settings of the control plane of Kubernetes, each an entry with its component, its pod and its flag.

use crate::prelude::*;

/// The test that no setting is wrong: the fact, what is expected, and the settings of the example that fails. What the cluster does not
/// show, its cloud may, for the control that is named.
macro_rules! no_settings {
    (
        $fact:ident, $expected:literal, [$( $bad:literal ),+ $(,)?]
        $(, reads $more:ident)? $(, or the cloud by $control:literal)? $(,)?
    ) => {
        pastey::paste! {
            Test {
                reads: &[
                    Cluster::[<$fact:upper>],
                    $( Cluster::[<$more:upper>], )?
                    $( { const _: &str = $control; Cluster::API_SERVERS }, )?
                ],
                params: &[],
                check: Check::Cluster(|cluster, context| {
                    let own = cluster.$fact.must_be_empty(Cluster::[<$fact:upper>], $expected);
                    $(
                        let own = crate::checks::managed_cluster::or_its_cloud(
                            $control, cluster, context, own,
                        );
                    )?
                    let _ = context;
                    own
                }),
                examples: Examples {
                    pass: |scope| {
                        let none = || Known(Entries::none());
                        scope.add(control_plane::example().$fact(none()) $(.$more(none()))?);
                    },
                    fail: |scope| {
                        let bad = || Known(control_plane::of(&[$( $bad ),+]));
                        scope.add(control_plane::example().$fact(bad()) $(.$more(bad()))?);
                    },
                },
            }
        }
    };
}
pub(crate) use no_settings;

/// The check of a row of a benchmark that asks for some flags of one component.
macro_rules! row {
    ($fact:ident, $component:literal, $( $flag:literal ),+) => {
        pastey::paste! {
            Check::Cluster(|cluster, _| {
                let entries = cluster.$fact.known()?;
                control_plane::only(entries, $component, &[$( $flag ),+])
                    .must_be_empty(Cluster::[<$fact:upper>], "set as the row asks")
            })
        }
    };
}
pub(crate) use row;

/// The settings of one component that are about one of these texts. What is undecided stays so.
pub(crate) fn only(entries: &Entries, component: &str, texts: &[&str]) -> Entries {
    let component = format!("{component} ");
    let of_row = |entry: &&String| {
        entry.starts_with(&component) && texts.iter().any(|text| entry.contains(text))
    };
    let certain = entries.certain().iter().filter(of_row).cloned().collect();
    Entries::new(certain, entries.undecided())
}

/// A cluster with nothing known yet.
pub(crate) fn example() -> Cluster {
    Cluster::unread("cluster", "cluster", None)
}

/// Settings as a reader finds them: `kube-apiserver: --profiling is absent`.
pub(crate) fn of(settings: &[&str]) -> Entries {
    let place = |setting: &&str| match setting.split_once(": ") {
        Some((component, flag)) => {
            format!("{component} of Pod/kube-system/{component}-cp1: {flag}")
        }
        None => (*setting).to_owned(),
    };
    settings.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::control_plane::{component_tls, profiling};

    /// The outcome of a row where these settings are wrong, and some are not known.
    fn judged(control: &Control, row: &str, settings: &[&str], open: bool) -> CheckResult {
        let found = of(settings).certain().to_vec();
        let found = Known(Entries::new(found, open.then_some(DENIED)));
        let fact = control.test.reads[0];
        let found = Known(serde_json::to_value(found.known().unwrap()).unwrap());
        row_of(control, &format!("cis-kubernetes-2.0:{row}"), but(control, [(fact, found)]))
            .remove(0)
    }

    #[test]
    fn a_row_is_about_its_own_flags() {
        let fails = |control, row, settings: &[&str]| {
            matches!(judged(control, row, settings, false), Ok(Verdict::Fail(_)))
        };
        let tls = &component_tls::CONTROL;
        let etcd = &["etcd: --cert-file is absent"][..];
        let peer = &["etcd: --peer-cert-file is absent"][..];
        assert!(fails(tls, "2.1", etcd) && !fails(tls, "2.4", etcd) && !fails(tls, "1.2.23", etcd));
        assert!(fails(tls, "2.4", peer) && !fails(tls, "2.1", peer));
        let server = &["kube-apiserver: --profiling is absent, so that it is true"][..];
        assert!(fails(&profiling::CONTROL, "1.2.15", server));
        assert!(!fails(&profiling::CONTROL, "1.3.2", server));
    }

    #[test]
    fn what_is_not_known_of_one_flag_leaves_each_row_open() {
        let profiling = &profiling::CONTROL;
        let server = &["kube-apiserver: --profiling is absent"][..];
        assert!(judged(profiling, "1.4.1", server, true).is_err());
        assert!(matches!(judged(profiling, "1.2.15", server, true), Ok(Verdict::Fail(_))));
    }
}
