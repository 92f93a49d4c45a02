//! Which sign-ins a policy is about.

use super::policy::{Policy, is_guid, is_one, is_unset};
use super::question::{Client, Part, Question};
use super::truth::{Truth, all};
use crate::collect::body::{same, word};

const CLIENTS: &[&str] = &[
    "all",
    "browser",
    "mobileAppsAndDesktopClients",
    "exchangeActiveSync",
    "easSupported",
    "easUnsupported",
    "other",
];
/// Without `hidden`, which says that the licence does not let it be told.
const RISKS: &[&str] = &["low", "medium", "high", "none"];

/// The conditions that are known.
const CONDITIONS: &[&str] = &[
    "applications",
    "authenticationFlows",
    "clientApplications",
    "clientAppTypes",
    "devices",
    "insiderRiskLevels",
    "locations",
    "platforms",
    "servicePrincipalRiskLevels",
    "signInRiskLevels",
    "userRiskLevels",
    "users",
];

impl<'a> Policy<'a> {
    /// Whether it is about every sign-in of a part of a question, but for those that it leaves out by name.
    pub(super) fn is_about(&self, question: Question, part: Part) -> Truth {
        all([
            self.users(part.role),
            self.applications(question, part.client),
            self.client(question, part.client),
            self.risk(part.risk),
            self.flow(question),
            self.is_for_all("conditions.userRiskLevels"),
            self.levels("conditions.servicePrincipalRiskLevels", |_| Truth::No),
            self.insider_risk(),
            self.platforms(),
            self.places(),
            self.devices(),
            self.nothing_but("conditions", CONDITIONS),
        ])
    }

    /// Whether it is about everybody, or about everybody who holds a role.
    ///
    /// Only `All` is everybody: whoever comes tomorrow is in no group yet.
    fn users(&self, role: Option<&str>) -> Truth {
        const USERS: &str = "conditions.users";
        const WORKLOADS: &str = "conditions.clientApplications";
        let workloads = self.at(WORKLOADS).is_some_and(|workloads| !is_unset(workloads));
        if self.at(USERS).is_none() {
            return if workloads { Truth::No } else { self.malformed(USERS) };
        }
        let named = self.list("conditions.users.includeUsers", |users| {
            let odd = users.iter().find(|user| {
                !is_guid(user)
                    && !is_one(user, &["All", "None", "GuestsOrExternalUsers", "AllAgentIdUsers"])
            });
            match odd {
                _ if users.iter().any(|user| same(user, "All")) => Truth::Yes,
                Some(odd) => self.unclear(format!("who `{odd}` is")),
                None => Truth::No,
            }
        });
        let named = match role {
            None => named,
            Some(role) => {
                let has = |path: &str| {
                    self.list(path, |roles| roles.iter().any(|own| same(own, role)).into())
                };
                let left_out = match has("conditions.users.excludeRoles") {
                    Truth::Yes => Truth::No,
                    Truth::No => Truth::Yes,
                    unclear @ Truth::Unclear(_) => unclear,
                };
                (named | has("conditions.users.includeRoles")) & left_out
            }
        };
        let both = match (workloads, &named) {
            (true, Truth::Yes) => self.unclear("who is meant besides workloads".to_owned()),
            _ => Truth::Yes,
        };
        // What is not known may add somebody as well as leave somebody out.
        match self.nothing_but(
            USERS,
            &[
                "excludeGroups",
                "excludeGuestsOrExternalUsers",
                "excludeRoles",
                "excludeUsers",
                "includeGroups",
                "includeGuestsOrExternalUsers",
                "includeRoles",
                "includeUsers",
            ],
        ) {
            Truth::Yes => named & both,
            unclear => unclear,
        }
    }

    /// Whether it is about every application that a question is about.
    fn applications(&self, question: Question, client: Client) -> Truth {
        const APPLICATIONS: &str = "conditions.applications";
        if self.at(APPLICATIONS).is_none() {
            return self.malformed(APPLICATIONS);
        }
        let enough = question.applications(client, self.cloud);
        let filter = self.at("conditions.applications.applicationFilter");
        let filter = filter.filter(|filter| !is_unset(filter)).is_some();
        let by_filter = || self.unclear("which applications its filter is about".to_owned());
        let named = self.list("conditions.applications.includeApplications", |names| {
            let odd = names.iter().find(|name| {
                let known =
                    ["All", "None", "Office365", "MicrosoftAdminPortals", "AllAgentIdResources"];
                !is_guid(name) && !is_one(name, &known)
            });
            if names.iter().any(|name| same(name, "All") || is_one(name, enough)) {
                return if filter { by_filter() } else { Truth::Yes };
            }
            match odd {
                Some(odd) => self.unclear(format!("what the application `{odd}` is")),
                None if filter && !enough.is_empty() => by_filter(),
                None => Truth::No,
            }
        });
        // An action or a context is something else than applications, so that both together make no sense.
        let only = |path: &str| {
            self.list(path, |others| match others.first() {
                None => Truth::Yes,
                Some(other) => self.unclear(format!("what `{other}` means beside applications")),
            })
        };
        let left_out = match question {
            Question::Management => self
                .list("conditions.applications.excludeApplications", |names| {
                    (!names.iter().any(|name| is_one(name, enough))).into()
                }),
            _ => Truth::Yes,
        };
        let named = named
            & only("conditions.applications.includeUserActions")
            & only("conditions.applications.includeAuthenticationContextClassReferences")
            & left_out;
        match self.nothing_but(
            APPLICATIONS,
            &[
                "applicationFilter",
                "excludeApplications",
                "includeApplications",
                "includeAuthenticationContextClassReferences",
                "includeUserActions",
            ],
        ) {
            Truth::Yes => named,
            unclear => unclear,
        }
    }

    /// Whether it is about sign-ins with a kind of program.
    fn client(&self, question: Question, client: Client) -> Truth {
        const TYPES: &str = "conditions.clientAppTypes";
        self.list(TYPES, |types| {
            let has = |name: &str| types.iter().any(|own| same(own, name));
            let odd = types.iter().find(|own| !is_one(own, CLIENTS));
            match odd {
                _ if has("all") || has(client.word()) => Truth::Yes,
                Some(odd) => self.unclear(format!("which programs `{odd}` stands for")),
                // It is always told; what its absence means [changed](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps).
                None if types.is_empty() => self.unclear("which programs it is about".to_owned()),
                // Which of the two a device code counts as is not said.
                None if question == Question::DeviceCodes
                    && (has(Client::Browser.word()) || has(Client::Application.word())) =>
                {
                    self.unclear("which programs it is about".to_owned())
                }
                None => Truth::No,
            }
        })
    }

    /// Whether it is about sign-ins of a risk, or about all where none is named.
    fn risk(&self, risk: Option<&str>) -> Truth {
        const RISK: &str = "conditions.signInRiskLevels";
        match risk {
            None => self.is_for_all(RISK),
            Some(risk) => {
                self.levels(RISK, |levels| levels.iter().any(|own| same(own, risk)).into())
            }
        }
    }

    /// Whether it is about sign-ins of any risk.
    fn is_for_all(&self, path: &str) -> Truth {
        self.levels(path, |levels| {
            if RISKS.iter().all(|level| levels.iter().any(|own| same(own, level))) {
                return self.unclear(format!("whether `{path}` holds every sign-in"));
            }
            Truth::No
        })
    }

    /// What a list of risks says: everything, where it is empty.
    fn levels(&self, path: &str, of: impl FnOnce(&[&'a str]) -> Truth) -> Truth {
        self.list(path, |levels| {
            if levels.is_empty() {
                return Truth::Yes;
            }
            let odd = levels.iter().find(|level| !is_one(level, RISKS) && !same(level, "hidden"));
            match (of(levels), odd) {
                (Truth::No, Some(odd)) => self.unclear(format!("what the risk `{odd}` is")),
                (said, _) => said,
            }
        })
    }

    /// Whether it does not ask for signs of a malicious insider.
    fn insider_risk(&self) -> Truth {
        self.flags("conditions.insiderRiskLevels", |levels| {
            match levels.iter().find(|level| !is_one(level, &["minor", "moderate", "elevated"])) {
                Some(odd) => self.unclear(format!("what the risk `{odd}` is")),
                None => Truth::No,
            }
        })
    }

    /// Whether it is about sign-ins by device code, or about all where these are not asked for.
    fn flow(&self, question: Question) -> Truth {
        const FLOWS: &str = "conditions.authenticationFlows";
        let methods = self.flags("conditions.authenticationFlows.transferMethods", |methods| {
            let codes = methods.iter().any(|method| same(method, "deviceCodeFlow"));
            if codes && question == Question::DeviceCodes {
                return Truth::Yes;
            }
            let known = ["deviceCodeFlow", "authenticationTransfer"];
            match methods.iter().find(|method| !is_one(method, &known)) {
                Some(odd) => self.unclear(format!("what the way to sign in `{odd}` is")),
                None => Truth::No,
            }
        });
        methods & self.nothing_but(FLOWS, &["transferMethods"])
    }

    /// Whether it is about every platform. A platform is what a program says that it is, so that whoever wants to is on
    /// another one.
    fn platforms(&self) -> Truth {
        const PLATFORMS: &str = "conditions.platforms";
        const KNOWN: &[&str] =
            &["android", "iOS", "windows", "windowsPhone", "macOS", "linux", "all"];
        let odd = |names: &[&str]| {
            names.iter().find(|name| !is_one(name, KNOWN)).map(|s| (*s).to_owned())
        };
        const LISTS: [&str; 2] = ["includePlatforms", "excludePlatforms"];
        let said = self.choice(PLATFORMS, LISTS, |included, excluded| {
            let every = included.is_empty() || included.iter().any(|name| same(name, "all"));
            match odd(included) {
                _ if every && excluded.is_empty() => Truth::Yes,
                Some(odd) if !every => self.unclear(format!("what the platform `{odd}` is")),
                _ => Truth::No,
            }
        });
        said & self.nothing_but(PLATFORMS, &LISTS)
    }

    /// Whether it is about every place but those that it leaves out.
    fn places(&self) -> Truth {
        const PLACES: &str = "conditions.locations";
        const LISTS: [&str; 2] = ["includeLocations", "excludeLocations"];
        let said = self.choice(PLACES, LISTS, |included, excluded| {
            let odd = included
                .iter()
                .find(|name| !is_guid(name) && !is_one(name, &["All", "AllTrusted"]));
            match odd {
                _ if included.iter().any(|name| same(name, "All")) => Truth::Yes,
                Some(odd) => self.unclear(format!("where `{odd}` is")),
                None if included.is_empty() && excluded.is_empty() => Truth::Yes,
                None if included.is_empty() => self.malformed(PLACES),
                None => Truth::No,
            }
        });
        said & self.nothing_but(PLACES, &LISTS)
    }

    /// Whether it is about every device.
    fn devices(&self) -> Truth {
        const DEVICES: &str = "conditions.devices";
        let every =
            self.choice(DEVICES, ["includeDevices", "excludeDevices"], |included, excluded| {
                let every = included.is_empty() || included.iter().any(|name| same(name, "All"));
                (every && excluded.is_empty()).into()
            });
        let filter = self.at("conditions.devices.deviceFilter");
        let unfiltered = match filter.filter(|filter| !is_unset(filter)) {
            None => Truth::Yes,
            Some(filter) => match (word(filter, "mode"), word(filter, "rule")) {
                (Some(mode), Some(_)) if is_one(mode, &["include", "exclude"]) => Truth::No,
                _ => self.malformed("conditions.devices.deviceFilter"),
            },
        };
        let known = ["includeDevices", "excludeDevices", "deviceFilter"];
        every & unfiltered & self.nothing_but(DEVICES, &known)
    }
}
