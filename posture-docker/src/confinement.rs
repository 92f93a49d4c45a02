//! What confines a container: capabilities, profiles and the option no-new-privileges.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::GapId;

use crate::security::{DEFAULT, Opt, Profile, capability, is_confined, option, seccomp};
use crate::settings::{Beside, Mode, Origin, Settings, entries};

/// What a container that is privileged has.
const EVERY_CAPABILITY: &str = "a privileged container has every capability";

impl Settings {
    /// Entries, and one for what a container has because it is privileged, whatever else is set.
    pub(crate) fn unless_privileged(
        &self,
        mut all: Vec<String>,
        open: Option<GapId>,
        words: &str,
    ) -> Fact<Entries> {
        let open = match &self.privileged {
            Known(true) if all.is_empty() => {
                all.push(words.to_owned());
                open
            }
            Known(_) | Fact::NotOffered => open,
            Open(gap) => open.or(Some(*gap)),
        };
        entries(all, open)
    }

    pub(crate) fn added(&self) -> Fact<Entries> {
        let names = self.cap_add.items.iter().map(|name| capability(name));
        let more = names.filter(|name| !DEFAULT.contains(&name.as_str()));
        let more = more.map(|name| format!("{name} is added")).collect();
        self.unless_privileged(more, self.cap_add.open, EVERY_CAPABILITY)
    }

    pub(crate) fn undropped(&self) -> Fact<Entries> {
        let drops_all = self.cap_drop.items.iter().any(|name| capability(name) == "ALL");
        let kept = self.cap_add.items.iter().map(|name| capability(name));
        let kept = kept.filter(|name| name != "NET_BIND_SERVICE");
        let mut all: Vec<String> = kept.map(|name| format!("{name} is added")).collect();
        let mut open = self.cap_add.open;
        match (drops_all, self.cap_drop.open) {
            (true, _) => {}
            (false, None) => all.push("ALL is not dropped".to_owned()),
            (false, Some(gap)) => open = open.or(Some(gap)),
        }
        self.unless_privileged(all, open, EVERY_CAPABILITY)
    }

    /// The options that a container sets, read one by one.
    fn opts(&self) -> impl Iterator<Item = (&String, Opt<'_>)> {
        self.security.items.iter().map(|text| (text, option(text)))
    }

    /// Whether an option names a profile: a privileged container has none unless it does.
    fn by_option(
        &self,
        named: impl Fn(&Opt<'_>) -> Option<Profile>,
        without: &'static str,
        by_default: Option<&'static str>,
        beside: &Beside<'_>,
    ) -> Fact<Entries> {
        let mut all = Vec::new();
        let mut open = self.security.open;
        let mut is_set = false;
        for (text, opt) in self.opts() {
            match named(&opt) {
                Some(Profile::Nothing) => all.push(text.clone()),
                Some(Profile::Restricts) => is_set = true,
                Some(Profile::Unknown) => {
                    is_set = true;
                    let detail = "a profile of its own is set, and what it denies is not known";
                    open = open.or(Some(beside.undetermined(self, detail)));
                }
                None => {}
            }
        }
        if all.is_empty() && !is_set {
            match (&self.privileged, open) {
                (Known(true), None) => all.push(without.to_owned()),
                (Known(false) | Fact::NotOffered, None) => {
                    all.extend(by_default.map(str::to_owned));
                }
                (_, Some(_)) => {}
                (Open(gap), None) => open = Some(*gap),
            }
        }
        entries(all, open)
    }

    pub(crate) fn seccomp(&self, beside: &Beside<'_>) -> Fact<Entries> {
        let named = |opt: &Opt<'_>| match opt {
            Opt::Seccomp(profile) => Some(seccomp(profile)),
            _ => None,
        };
        let by_default = match beside.daemon.map(|daemon| &daemon.seccomp_profile) {
            Some(Known(profile)) if profile.is_empty() => Some("the kernel has no seccomp"),
            Some(Known(profile)) if seccomp(profile) == Profile::Nothing => Some(
                "the daemon runs containers without seccomp, and the container sets no profile",
            ),
            _ => None,
        };
        let privileged = "a privileged container runs without seccomp";
        self.by_option(named, privileged, by_default, beside)
    }

    pub(crate) fn app_armor(&self, beside: &Beside<'_>) -> Fact<Entries> {
        match &self.app_armor {
            Known(profile) if profile.is_empty() => {}
            Open(gap) => return Open(*gap),
            profile => {
                return profile.map(|profile| {
                    let is_off = profile == "unconfined";
                    let found = is_off.then(|| "AppArmorProfile is unconfined".to_owned());
                    found.into_iter().collect::<Entries>()
                });
            }
        }
        let named = |opt: &Opt<'_>| match opt {
            Opt::AppArmor("unconfined") => Some(Profile::Nothing),
            Opt::AppArmor(_) => Some(Profile::Restricts),
            _ => None,
        };
        self.by_option(named, "a privileged container runs without AppArmor", None, beside)
    }

    pub(crate) fn se_linux(&self) -> Fact<Entries> {
        let weak = self.opts().filter_map(|(text, opt)| match opt {
            Opt::Label(label) if !is_confined(label) => Some(text.clone()),
            _ => None,
        });
        let mut all: Vec<String> = weak.collect();
        let mut open = self.security.open;
        // The engine turns labels off unless an option sets one
        // (https://github.com/moby/moby/blob/v28.3.0/daemon/create.go, read on 2026-12-01). What it runs shows that by itself.
        let is_labeled = self.security.items.iter().any(|text| text.starts_with("label="));
        if self.origin == Origin::Compose && open.is_none() && !is_labeled {
            let is_host = |mode: &Fact<Mode>| mode.map(|mode| *mode == Mode::Host);
            for (fact, words) in [
                (self.privileged.clone(), "a privileged container runs without labels"),
                (is_host(&self.pid), "a container with `pid: host` runs without labels"),
                (is_host(&self.ipc), "a container with `ipc: host` runs without labels"),
            ] {
                match fact {
                    Known(true) => all.push(words.to_owned()),
                    Open(gap) => open = open.or(Some(gap)),
                    Known(false) | Fact::NotOffered => {}
                }
            }
        }
        entries(all, open)
    }

    /// The CLI and Compose replace the option by an empty list of masked paths
    /// ([source](https://docs.docker.com/reference/cli/docker/container/run/#security-opt), read on 2026-12-01).
    pub(crate) fn unmasked(&self) -> Fact<Entries> {
        let set = self.opts().filter_map(|(text, opt)| match opt {
            Opt::SystemPaths("unconfined") => Some(text.clone()),
            _ => None,
        });
        let mut all: Vec<String> = set.collect();
        let mut open = self.security.open;
        match &self.masked {
            Known(false) => all.push("HostConfig.MaskedPaths is empty".to_owned()),
            Open(gap) => open = open.or(Some(*gap)),
            Known(true) | Fact::NotOffered => {}
        }
        self.unless_privileged(all, open, "a privileged container has an unmasked /proc")
    }

    pub(crate) fn escalation(&self, beside: &Beside<'_>) -> Fact<Entries> {
        let own = self.opts().filter_map(|(_, opt)| match opt {
            Opt::NoNewPrivileges(on) => Some(on),
            _ => None,
        });
        let entry = |words: &str| Known(Entries::from(vec![words.to_owned()]));
        match (own.last(), self.security.open) {
            // Another option behind a variable may set it back.
            (_, Some(gap)) => Open(gap),
            (Some(true), None) => Known(Entries::none()),
            (Some(false), None) => entry("no-new-privileges is false"),
            (None, None) => match beside.daemon.map(|daemon| &daemon.no_new_privileges) {
                Some(Known(true)) if self.origin == Origin::Inspect => Open(beside.undetermined(
                    self,
                    "the daemon sets no-new-privileges for the containers that it creates, and this one, which does not set it, may be \
                     older: create it again with the option",
                )),
                Some(Known(true)) => Known(Entries::none()),
                Some(Known(false)) => {
                    entry("neither the container nor the daemon sets no-new-privileges")
                }
                Some(Open(gap)) => Open(*gap),
                Some(Fact::NotOffered) | None => Open(beside.undetermined(
                    self,
                    "the container does not set no-new-privileges, and the daemon, which may set it, was not given: add what \
                     `docker info` prints",
                )),
            },
        }
    }
}
