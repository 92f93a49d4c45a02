//! `detection.threat-detector-kubernetes`

use crate::checks::detector;
use crate::checks::shows;
use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "detection.threat-detector-kubernetes",
    life: since("0.1.0"),
    title: "Threat detection covers Kubernetes audit logs",
    finding: "Threat detection does not fully cover Kubernetes",
    keywords: &[
        "GuardDuty",
        "EKS Protection",
        "EKS",
        "Defender for Containers",
        "Defender for Cloud",
        "AKS",
        "Kubernetes",
        "audit log",
    ],
    severity: Medium,
    rationale: "An attack on a cluster goes through the Kubernetes API, which the logs of the \
                cloud provider do not record.",
    remediation: &[
        (
            Aws,
            Remedy {
                text: "Turn on GuardDuty EKS Protection in the region.",
                console: "GuardDuty → the region → EKS Protection → Enable",
                command: Change(
                    "aws guardduty update-detector --region <region> --detector-id \
                                 <detector> --features \
                                 '[{\"Name\":\"EKS_AUDIT_LOGS\",\"Status\":\"ENABLED\"}]'",
                ),
            },
        ),
        (
            Azure,
            Remedy {
                text: "Turn on Defender for Containers in the subscription. The older plans for \
                       Kubernetes and for registries do not count.",
                console: "Microsoft Defender for Cloud → Environment settings → the subscription \
                          → Defender plans → Containers",
                command: Change("az security pricing create --name Containers --tier Standard"),
            },
        ),
    ],
    references: &[
        "https://docs.aws.amazon.com/guardduty/latest/ug/kubernetes-protection.html",
        "https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html",
        "https://learn.microsoft.com/en-us/azure/defender-for-cloud/defender-for-containers-introduction",
    ],
    satisfies: &[
        csf20("DE.CM-09", Supporting),
        ccm41("LOG-03", Supporting),
        fsbp("GuardDuty.5", Full),
        // It asks for the plan with each of its extensions.
        cis_azure6("8.1.4.1", Full).by(Check::Detector(with_every_part)),
        mcsb1("LT-1", Partial(shows::UNWATCHED))
            .where_any(&[
                Arm("Microsoft.ContainerService/managedClusters"),
                Arm("Microsoft.Kubernetes/connectedClusters"),
            ])
            .or_tool(Purpose::Threats),
    ],
    test: detector::watches!(kubernetes_audit, container_parts_off: Vec::new()),
};

/// The plan with every part of it.
fn with_every_part(detector: &Detector, _: &Context<'_>) -> CheckResult {
    if detector.kubernetes_audit == Known(false) {
        return fail(Detector::KUBERNETES_AUDIT, "off", "on");
    }
    let off = detector.container_parts_off.known()?;
    if !off.is_empty() {
        return fail(
            Detector::CONTAINER_PARTS_OFF,
            off.join(", "),
            "every extension of the plan on",
        );
    }
    detector.kubernetes_audit.known()?;
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_benchmark_asks_for_every_part_of_the_plan() {
        let row = |plan: Fact<bool>, off: Fact<Vec<String>>| {
            let detector = detector::watching()
                .kubernetes_audit(plan)
                .enabled(NotOffered)
                .container_parts_off(off);
            row_of(&CONTROL, "cis-azure-6.0:8.1.4.1", |scope| scope.add(detector))
        };
        let sensor = || Known(vec!["ContainerSensor".to_owned()]);
        assert_eq!(row(Known(true), Known(vec![])), [Ok(Verdict::Pass)]);
        assert!(matches!(row(Known(true), sensor())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(Known(false), denied())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(denied(), sensor())[..], [Ok(Verdict::Fail(_))]));
        assert!(matches!(row(Known(true), denied())[..], [Err(_)]));
        assert!(matches!(row(denied(), Known(vec![]))[..], [Err(_)]));
    }
}
