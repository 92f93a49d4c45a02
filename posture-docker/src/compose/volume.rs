//! What a volume mounts that has options of its own.
//!
//! The driver `local` of the engine passes `type`, `o` and `device` to mount(2)
//! ([source](https://github.com/moby/moby/blob/v28.3.0/volume/local/local_unix.go), read on 2026-12-01). So a volume may be a folder,
//! a disk or the devices of the host.

use posture_yaml::{Data, Node, shown};

use super::size::boolean;
use super::variables::open;

/// What a volume mounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Device {
    /// A folder that the engine makes, memory, or a file system of the network.
    None,
    /// Paths of the host.
    Paths(Vec<String>),
    /// A field holds this variable.
    Open { field: &'static str, variable: String },
    /// Why it is not known, as words behind the name of the volume.
    Unknown(String),
}

/// File systems that hold nothing of the host.
const ELSEWHERE: [&str; 8] = ["cifs", "nfs", "nfs3", "nfs4", "ramfs", "smb3", "smbfs", "tmpfs"];

/// File systems of the kernel, with where the host has them.
const OF_KERNEL: [(&str, &str); 14] = [
    ("bpf", "/sys/fs/bpf"),
    ("cgroup", "/sys/fs/cgroup"),
    ("cgroup2", "/sys/fs/cgroup"),
    ("configfs", "/sys/kernel/config"),
    ("debugfs", "/sys/kernel/debug"),
    ("devpts", "/dev/pts"),
    ("devtmpfs", "/dev"),
    ("efivarfs", "/sys/firmware/efi/efivars"),
    ("hugetlbfs", "/dev/hugepages"),
    ("mqueue", "/dev/mqueue"),
    ("proc", "/proc"),
    ("securityfs", "/sys/kernel/security"),
    ("sysfs", "/sys"),
    ("tracefs", "/sys/kernel/tracing"),
];

/// Reads a volume of the section `volumes`.
pub(super) fn read(volume: &Node) -> Device {
    let opened = |field: &'static str, node: &Node| {
        open(node).map(|variable| Device::Open { field, variable: variable.to_owned() })
    };
    if let Some(found) = opened("volumes", volume) {
        return found;
    }
    // Another program made it: what it mounts is not in the file.
    if let Some(external) = volume.get("external").map(|field| &field.value) {
        if let Some(found) = opened("external", external) {
            return found;
        }
        let is_external = match &external.data {
            Data::Boolean(value) => *value,
            // The older form, with a name.
            Data::Fields(_) => true,
            Data::Text(text) => boolean(text).unwrap_or(true),
            _ => false,
        };
        if is_external {
            let why =
                "is external, so that the file does not show whether it is a part of the host";
            return Device::Unknown(why.to_owned());
        }
    }
    let Some(options) = volume.get("driver_opts").map(|field| &field.value) else {
        return Device::None;
    };
    if let Some(found) = opened("driver_opts", options) {
        return found;
    }
    if let Some(driver) = volume.get("driver").map(|field| &field.value) {
        if let Some(found) = opened("driver", driver) {
            return found;
        }
        if let Data::Text(driver) = &driver.data
            && !matches!(driver.as_str(), "" | "local")
            && matches!(&options.data, Data::Fields(fields) if !fields.is_empty())
        {
            let why = format!("has the driver `{}`, which decides what it mounts", shown(driver));
            return Device::Unknown(why);
        }
    }
    let get = |field: &str| options.get(field).map(|field| &field.value);
    let text = |field: &str| options.text(field).unwrap_or_default();
    let (Some(device), flags) = (get("device"), text("o")) else { return Device::None };
    let each =
        [("driver_opts.type", "type"), ("driver_opts.o", "o"), ("driver_opts.device", "device")];
    for (field, name) in each {
        if let Some(found) = get(name).and_then(|node| opened(field, node)) {
            return found;
        }
    }
    let device = match &device.data {
        Data::Text(device) if !device.is_empty() => device.clone(),
        _ => return Device::None,
    };
    if flags.split(',').any(|one| matches!(one.trim(), "bind" | "rbind")) {
        return Device::Paths(vec![device]);
    }
    let kind = text("type");
    if ELSEWHERE.contains(&kind) {
        return Device::None;
    }
    if let Some((_, path)) = OF_KERNEL.iter().find(|(name, _)| *name == kind) {
        return Device::Paths(vec![(*path).to_owned()]);
    }
    if kind == "overlay" {
        let layers = flags.split(',').filter_map(|one| {
            let (name, paths) = one.split_once('=')?;
            matches!(name.trim(), "lowerdir" | "upperdir").then_some(paths)
        });
        let paths = layers.flat_map(|paths| paths.split(':')).filter(|path| !path.is_empty());
        let paths: Vec<String> = paths.map(str::to_owned).collect();
        if !paths.is_empty() {
            return Device::Paths(paths);
        }
    }
    let of = if kind.is_empty() { "no type".to_owned() } else { format!("type `{}`", shown(kind)) };
    Device::Unknown(format!("mounts `{}` with {of}, which may be of the host", shown(&device)))
}

#[cfg(test)]
mod tests {
    use posture_yaml::{Limits, Scalars, documents};

    use super::*;

    fn of(text: &str) -> Device {
        let mut all = documents(text, &Limits::default(), Scalars::Yaml12);
        read(&all.remove(0).root.unwrap())
    }

    #[test]
    fn a_volume_may_be_a_part_of_the_host() {
        for (options, paths) in [
            ("type: none, o: bind, device: /etc", &["/etc"][..]),
            ("o: 'ro,rbind', device: ../etc", &["../etc"]),
            ("type: devtmpfs, device: devtmpfs", &["/dev"]),
            ("type: proc, device: proc", &["/proc"]),
            (
                "type: overlay, device: overlay, o: 'lowerdir=/etc:/srv,upperdir=/a,workdir=/b'",
                &["/etc", "/srv", "/a"],
            ),
        ] {
            let paths = paths.iter().map(|path| (*path).to_owned()).collect();
            assert_eq!(
                of(&format!("driver_opts: {{{options}}}")),
                Device::Paths(paths),
                "{options}"
            );
        }
        for options in [
            "type: tmpfs, device: tmpfs, o: size=1m",
            "type: nfs, device: ':/a', o: 'addr=10.0.0.1,rw'",
            "type: cifs, device: //a/b",
            "type: none",
            "",
        ] {
            assert_eq!(of(&format!("driver_opts: {{{options}}}")), Device::None, "{options}");
        }
        for options in [
            "type: ext4, device: /dev/sda1",
            "type: ext4, device: /srv/disk",
            "device: /etc",
            "type: x, device: y",
        ] {
            let found = of(&format!("driver_opts: {{{options}}}"));
            assert!(matches!(found, Device::Unknown(_)), "{options}");
        }
        for external in ["external: true", "external: {name: data}", "external: 'true'"] {
            assert!(matches!(of(external), Device::Unknown(_)), "{external}");
        }
        assert_eq!(of("external: false"), Device::None);
        let found = of("driver: local-persist\ndriver_opts: {mountpoint: /etc}");
        assert!(matches!(found, Device::Unknown(_)));
    }
}
