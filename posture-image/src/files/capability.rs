//! Capabilities of files: the extended attribute `security.capability`, as
//! [the kernel](https://github.com/torvalds/linux/blob/master/include/uapi/linux/capability.h) defines it.

use crate::truth::{Answer, Cause, Gap};

/// Capabilities that a file gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Those that the program gets, by their names in small letters, such as `cap_net_raw`.
    pub permitted: Vec<String>,
    /// Those that it gets if its caller has them as inheritable.
    pub inheritable: Vec<String>,
    /// Whether they are in effect at once.
    pub effective: bool,
    /// The user namespace whose root they are for; 0 is all.
    pub root: u32,
}

const NAMES: [&str; 41] = [
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
];

/// Reads the attribute.
pub fn capabilities(bytes: &[u8]) -> Answer<Capabilities> {
    let word = |index: usize| -> Option<u32> {
        bytes.get(index * 4..index * 4 + 4)?.try_into().ok().map(u32::from_le_bytes)
    };
    let malformed = || {
        Answer::Unknown(Gap::new(
            Cause::Malformed,
            "security.capability",
            "the attribute has another form",
        ))
    };
    let Some(magic) = word(0) else { return malformed() };
    let words = match (magic & 0xff00_0000, bytes.len()) {
        (0x0100_0000, 12) => 1,
        (0x0200_0000, 20) | (0x0300_0000, 24) => 2,
        _ => return malformed(),
    };
    let set = |first: usize| -> Vec<String> {
        let bits = (0..words)
            .filter_map(|index| Some(u64::from(word(first + 2 * index)?) << (32 * index)))
            .fold(0, |sum, bits| sum | bits);
        let names = (0..64_usize).filter(|bit| bits >> bit & 1 == 1);
        names
            .map(|bit| {
                NAMES.get(bit).map_or_else(|| format!("cap_{bit}"), |name| (*name).to_owned())
            })
            .collect()
    };
    let root = if bytes.len() == 24 { word(5).unwrap_or(0) } else { 0 };
    Answer::Known(Capabilities {
        permitted: set(1),
        inheritable: set(2),
        effective: magic & 1 == 1,
        root,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attribute_of_ping_is_read() {
        // `getfattr -n security.capability -e hex /bin/ping` on Debian: cap_net_raw=ep.
        let ping = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let found = capabilities(&ping);
        assert_eq!(
            found.known().map(|found| (found.permitted.clone(), found.effective)),
            Some((vec!["cap_net_raw".into()], true))
        );
        let mut high = [0; 20];
        high[..4].copy_from_slice(&0x0200_0001_u32.to_le_bytes());
        high[12] = 0x80;
        assert_eq!(capabilities(&high).known().unwrap().permitted, ["cap_bpf"]);
        for wrong in [&[][..], &[1, 0, 0, 2], &[1, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0], &ping[..19]] {
            assert!(capabilities(wrong).gap().is_some(), "{wrong:?}");
        }
    }
}
