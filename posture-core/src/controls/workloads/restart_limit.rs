//! `workloads.restart-limit`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "workloads.restart-limit",
    life: since("0.1.0"),
    title: "Containers restart only a few times after a failure",
    finding: "A container restarts without a limit, or too often",
    keywords: &["Docker", "Compose", "restart", "on-failure", "unless-stopped"],
    severity: Low,
    rationale: "A container that fails and restarts for ever takes the processors of its host, and hides that it fails.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Set `restart: on-failure:5`. Where another system watches the container and it must always run, accept the finding. The command sets it for a running container.",
            console: "services.<name>.restart",
            command: Change("docker update --restart on-failure:5 <container>"),
        },
    )],
    references: &["https://docs.docker.com/engine/containers/start-containers-automatically/"],
    satisfies: &[
        csf20("PR.IR-04", Supporting),
        ccm41("I&S-02", Supporting),
        cis_docker18("5.15", Full).with(MAX.asked(5)),
    ],
    test: Test {
        reads: &[Workload::RESTARTS],
        params: &[Param::Count(&MAX)],
        check: Check::Workload(check),
        examples: Examples {
            pass: |scope| scope.add(web(Some(5))),
            fail: |scope| scope.add(web(None)),
        },
    },
};

static MAX: Count = Count {
    name: "max-restarts",
    doc: "How often a container may be restarted after it failed.",
    default: 5,
};

fn web(restarts: Option<u32>) -> Workload {
    Workload::unread("container/web", "web", None).restarts(Known(restarts))
}

fn check(workload: &Workload, context: &Context<'_>) -> CheckResult {
    let most = context.count(&MAX);
    let found = match *workload.restarts.known()? {
        Some(restarts) if restarts <= most => return pass(),
        Some(restarts) => counted(restarts, "restart", "restarts"),
        None => "no limit".to_owned(),
    };
    let expected = format!("at most {}", counted(most, "restart", "restarts"));
    fail(Workload::RESTARTS, found, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_passes() {
        assert_passes(&CONTROL, |scope| scope.add(web(Some(0))));
        assert_passes(&CONTROL, |scope| scope.add(web(Some(5))));
        assert_fails(&CONTROL, |scope| scope.add(web(Some(6))));
        assert_fails(&CONTROL, |scope| scope.add(web(None)));
        assert_unknown(&CONTROL, |scope| scope.add(web(None).restarts(denied())));
    }
}
