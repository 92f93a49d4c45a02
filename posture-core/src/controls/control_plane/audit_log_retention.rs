//! `control-plane.audit-log-retention`

use crate::checks::control_plane;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "control-plane.audit-log-retention",
    life: since("0.1.0"),
    title: "Audit log files are kept long enough",
    finding: "Audit log files are deleted early",
    keywords: &["Kubernetes", "control plane", "kube-apiserver", "audit log", "audit-log-maxage"],
    severity: Medium,
    rationale: "Most intrusions are found weeks later. Then the audit log is needed that shows how \
                they began.",
    remediation: &[(
        Kubernetes,
        Remedy {
            text: "Set `--audit-log-maxage` to at least 30, `--audit-log-maxbackup` to at least 10 \
                   and `--audit-log-maxsize` to at least 100, or ship the log elsewhere. The evidence \
                   names the pod and the flag. The command shows the pods of the control plane.",
            console: "kube-apiserver: --audit-log-maxage, --audit-log-maxbackup, --audit-log-maxsize",
            command: Inspect(
                "kubectl get pods --namespace kube-system --selector tier=control-plane --output yaml",
            ),
        },
    )],
    references: &["https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/#log-backend"],
    satisfies: &[
        csf20("PR.PS-04", Supporting),
        csf20("RS.AN-07", Supporting),
        ccm41("LOG-02", Supporting),
        ccm41("LOG-10", Supporting),
        cis_kubernetes2("1.2.17", Partial(shows::STEP)).by(control_plane::row!(
            audit_log_short,
            "kube-apiserver",
            "--audit-log-maxage"
        )),
        cis_kubernetes2("1.2.18", Partial(shows::STEP)).by(control_plane::row!(
            audit_log_short,
            "kube-apiserver",
            "--audit-log-maxbackup"
        )),
        cis_kubernetes2("1.2.19", Partial(shows::STEP)).by(control_plane::row!(
            audit_log_short,
            "kube-apiserver",
            "--audit-log-maxsize"
        )),
        nsa_kubernetes12("L1", Supporting),
    ],
    test: Test {
        reads: &[Cluster::AUDIT_LOG_OFF, Cluster::AUDIT_LOG_SHORT],
        params: &[],
        check: Check::Cluster(check),
        examples: Examples {
            pass: |scope| scope.add(of(Entries::none(), Entries::none())),
            fail: |scope| {
                let short = [
                    "kube-apiserver: --audit-log-maxage=7",
                    "kube-apiserver: --audit-log-maxbackup=2",
                    "kube-apiserver: --audit-log-maxsize=10",
                ];
                scope.add(of(Entries::none(), control_plane::of(&short)));
            },
        },
    },
};

fn of(off: Entries, short: Entries) -> Cluster {
    control_plane::example().audit_log_off(Known(off)).audit_log_short(Known(short))
}

fn check(cluster: &Cluster, _: &Context<'_>) -> CheckResult {
    let (fact, expected) = (Cluster::AUDIT_LOG_SHORT, "30 days, 10 files of 100 MB");
    if cluster.audit_log_short.any() == Known(true) {
        return cluster.audit_log_short.must_be_empty(fact, expected);
    }
    if *cluster.audit_log_off.any().known()? {
        return not_applicable("there is no audit log file: see control-plane.audit-log");
    }
    cluster.audit_log_short.must_be_empty(fact, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_file_there_is_nothing_to_keep() {
        let with =
            |off: Entries, short: Entries| move |scope: &mut Scope| scope.add(of(off, short));
        let some = || control_plane::of(&["kube-apiserver: --audit-log-path is absent"]);
        let open = || Entries::new(Vec::new(), Some(DENIED));
        assert_not_applicable(&CONTROL, with(some(), Entries::none()));
        // One of several API servers keeps its files too short.
        assert_fails(&CONTROL, with(some(), some()));
        assert_unknown(&CONTROL, with(open(), Entries::none()));
        assert_unknown(&CONTROL, with(Entries::none(), open()));
    }
}
