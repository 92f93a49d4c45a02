//! `container-host.storage-driver`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "container-host.storage-driver",
    life: since("0.1.0"),
    title: "The storage driver is a supported one",
    finding: "The storage driver is aufs or devicemapper",
    keywords: &["Docker", "dockerd", "storage-driver", "aufs", "devicemapper"],
    severity: Low,
    rationale: "The drivers `aufs` and `devicemapper` are removed from Docker Engine: a daemon that uses one gets no fixes any more.",
    remediation: &[(
        Docker,
        Remedy {
            text: "Change the driver to `overlay2`: save images and volumes first, as the driver does not see those of another. The command shows the state of the daemon.",
            console: "storage-driver",
            command: Inspect("docker info --format '{{json .}}'"),
        },
    )],
    references: &[
        "https://docs.docker.com/engine/storage/drivers/select-storage-driver/",
        "https://docs.docker.com/engine/deprecated/",
    ],
    satisfies: &[
        csf20("PR.PS-02", Supporting),
        ccm41("TVM-08", Supporting),
        cis_docker18("2.6", Full).by(Check::Daemon(|daemon, _| is_not(daemon, &["aufs"]))),
        cis_docker18("2.7", Full).by(Check::Daemon(|daemon, _| is_not(daemon, &["devicemapper"]))),
    ],
    test: Test {
        reads: &[Daemon::STORAGE_DRIVER],
        params: &[],
        check: Check::Daemon(|daemon, _| is_not(daemon, &["aufs", "devicemapper"])),
        examples: Examples {
            pass: |scope| scope.add(host("overlay2")),
            fail: |scope| {
                scope.add(host("aufs"));
                scope.add(Daemon { id: "daemon/other".to_owned(), ..host("devicemapper") });
            },
        },
    },
};

fn host(driver: &str) -> Daemon {
    Daemon::unread("daemon/host", "host", None).storage_driver(Known(driver.to_owned()))
}

fn is_not(daemon: &Daemon, removed: &[&str]) -> CheckResult {
    let driver = daemon.storage_driver.known()?;
    if removed.contains(&driver.as_str()) {
        return fail(
            Daemon::STORAGE_DRIVER,
            driver.clone(),
            "overlay2 or another supported driver",
        );
    }
    pass()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_about_its_driver() {
        let failed = |driver: &str| {
            let world = world(|scope| scope.add(host(driver)));
            let context = Context::new(&world, &[]);
            let daemon = &world.daemons.items[0];
            let fails = |mapping: &crate::frameworks::Mapping| match mapping.check() {
                Some(Check::Daemon(check)) => {
                    matches!(check(daemon, &context), Ok(Verdict::Fail(_)))
                }
                _ => false,
            };
            let rows = CONTROL.satisfies.iter().filter(|mapping| fails(mapping));
            rows.map(|mapping| mapping.requirement.get().id).collect::<Vec<_>>()
        };
        assert_eq!(failed("aufs"), ["2.6"]);
        assert_eq!(failed("devicemapper"), ["2.7"]);
        assert!(failed("overlay2").is_empty());
    }
}
