//! What a pod for Windows must not set.
//!
//! Source: `validateWindows` and `validateLinux` of the
//! [API server](https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/validation.go), read on 2026-12-01.

use crate::read::{Invalid, Object};
use crate::workload::PodOf;

/// The fields of the pod, where they must not be true.
const HOST: [&str; 2] = ["hostPID", "hostIPC"];
/// The fields of the pod that must not be set.
const OF_POD: [&str; 2] = ["hostUsers", "shareProcessNamespace"];
/// Those of its security context.
const OF_CONTEXT: [&str; 11] = [
    "appArmorProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "runAsGroup",
    "runAsUser",
    "seLinuxChangePolicy",
    "seLinuxOptions",
    "seccompProfile",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "sysctls",
];
/// Those of the security context of a container.
const OF_CONTAINER: [&str; 10] = [
    "allowPrivilegeEscalation",
    "appArmorProfile",
    "capabilities",
    "privileged",
    "procMount",
    "readOnlyRootFilesystem",
    "runAsGroup",
    "runAsUser",
    "seLinuxOptions",
    "seccompProfile",
];

/// Fails for a field that the operating system of the pod, if it names one, does not have.
pub(super) fn check(pod: &PodOf<'_>) -> Result<(), Invalid> {
    let mut fields = Object::of(pod.value, pod.path)?;
    let Some(mut spec) = fields.object("spec")? else { return Ok(()) };
    let windows = match spec.object("os")? {
        Some(mut os) => match os.text("name")? {
            Some("windows") => true,
            Some("linux") => false,
            _ => return Ok(()),
        },
        None => return Ok(()),
    };
    let words = match windows {
        true => "cannot be set in a pod for Windows",
        false => "cannot be set in a pod for Linux",
    };
    let refuse = |of: &mut Object<'_>, names: &[&'static str]| match names
        .iter()
        .find(|name| of.get(name).is_some())
    {
        Some(name) => Err(of.error(name, words)),
        None => Ok(()),
    };
    let of_linux = ["windowsOptions"];
    if windows {
        for name in HOST {
            if spec.boolean(name)? == Some(true) {
                return Err(spec.error(name, words));
            }
        }
        refuse(&mut spec, &OF_POD)?;
    }
    if let Some(mut context) = spec.object("securityContext")? {
        refuse(&mut context, if windows { &OF_CONTEXT } else { &of_linux })?;
    }
    for kind in ["initContainers", "containers", "ephemeralContainers"] {
        for mut container in spec.objects(kind)? {
            if let Some(mut context) = container.object("securityContext")? {
                refuse(&mut context, if windows { &OF_CONTAINER } else { &of_linux })?;
            }
        }
    }
    Ok(())
}
