//! Which sign-ins a policy is about.

use posture_model::dated::Dated;
use posture_model::gap::Gap;

use super::policy::{Policy, is_guid, is_one};
use super::question::{Client, Part, Question};
use super::region::{Atom, Choice, GUESTS, Kind, Region};
use super::truth::Truth;
use crate::collect::body::{View, same};

static CLIENTS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset"],
    "2026-11-30",
    &[
        "all",
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "easSupported",
        "easUnsupported",
        "other",
    ],
);
/// Without `hidden`, which means that the license does not show it.
static RISKS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset"],
    "2026-11-30",
    &["low", "medium", "high", "none"],
);

/// The words that represent several applications.
static SUITES: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/graph/api/resources/conditionalaccessapplications"],
    "2026-11-29",
    &["Office365", "MicrosoftAdminPortals", "AllAgentIdResources"],
);

/// The conditions that are known.
static CONDITIONS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset"],
    "2026-11-29",
    &[
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
    ],
);

impl<'a> Policy<'a> {
    /// The sign-ins of a part of a question for which it requires what the question demands; none if there are none.
    pub(super) fn region(&self, question: Question, part: Part) -> Option<Region<'a>> {
        let mut region = Region::new(
            self.is_on(),
            [
                self.users(),
                self.applications(question, part.client),
                self.platforms(),
                self.places(),
                self.devices(),
            ],
        )?;
        region.sure = Truth::all([
            region.sure,
            self.client(question, part.client),
            self.is_present("conditions.signInRiskLevels"),
            self.is_present("conditions.userRiskLevels"),
            self.risk(part.risk),
            self.flow(question),
            self.is_for_all("conditions.userRiskLevels"),
            self.levels("conditions.servicePrincipalRiskLevels", |_| Truth::No),
            self.insider_risk(),
            self.nothing_but("conditions", &CONDITIONS),
            self.grants(question, part.client),
        ]);
        (region.sure != Truth::No).then_some(region)
    }

    /// The users to whom it applies.
    fn users(&self) -> Result<Choice<'a>, Gap> {
        const USERS: &str = "conditions.users";
        const WORKLOADS: &str = "conditions.clientApplications";
        let workloads = self.object(WORKLOADS)?.is_some();
        if !self.has(USERS)? {
            return if workloads { Ok(Choice::default()) } else { Err(self.gap_of(USERS)) };
        }
        // An unknown condition may add users as well as exclude them.
        self.only(
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
        )?;
        let mut choice = Choice::default();
        let mut odd = None;
        for user in self.words("conditions.users.includeUsers")? {
            match word_for_users(user) {
                _ if same(user, "All") => choice.every = true,
                Some(atom) => choice.included.push(atom),
                None if same(user, "None") => {}
                None if is_guid(user) => choice.included.push(Atom::new(Kind::User, user)),
                None => odd = odd.or(Some(user)),
            }
        }
        if let (false, Some(odd)) = (choice.every, odd) {
            return Err(self.doubt(format!("who `{odd}` is")));
        }
        self.add(&mut choice.included, Kind::Group, "conditions.users.includeGroups")?;
        self.add(&mut choice.included, Kind::Role, "conditions.users.includeRoles")?;
        self.add_guests(
            &mut choice.included,
            "conditions.users.includeGuestsOrExternalUsers",
            true,
        )?;
        if choice.is_nothing() {
            return Ok(choice);
        }
        if workloads {
            return Err(self.doubt("who is meant besides workloads".to_owned()));
        }
        for user in self.words("conditions.users.excludeUsers")? {
            let atom = word_for_users(user).unwrap_or(Atom::new(Kind::User, user));
            choice.excluded.extend((!same(user, "None")).then_some(atom));
        }
        self.add(&mut choice.excluded, Kind::Group, "conditions.users.excludeGroups")?;
        self.add(&mut choice.excluded, Kind::Role, "conditions.users.excludeRoles")?;
        self.add_guests(
            &mut choice.excluded,
            "conditions.users.excludeGuestsOrExternalUsers",
            false,
        )?;
        Ok(choice)
    }

    fn add(&self, to: &mut Vec<Atom<'a>>, kind: Kind, path: &str) -> Result<(), Gap> {
        let words = self.words(path)?.into_iter().filter(|word| !same(word, "None"));
        to.extend(words.map(|word| Atom::new(kind, word)));
        Ok(())
    }

    /// The [types of guests](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessguestsorexternalusers)
    /// that it names, of all tenants or of some.
    fn add_guests(&self, to: &mut Vec<Atom<'a>>, path: &str, included: bool) -> Result<(), Gap> {
        let Some(guests) = self.object(path)? else { return Ok(()) };
        let of = |name: &str| format!("{path}.{name}");
        let types = match self.read(guests.need("guestOrExternalUserTypes", View::text)) {
            Ok(types) if !types.is_empty() => types.split(',').map(str::trim),
            _ => return Err(self.gap_of(path)),
        };
        let tenants = match self.object(&of("externalTenants"))? {
            None => None,
            Some(_) => {
                let kind = self.read(self.view().text(&of("externalTenants.membershipKind")))?;
                let members = self.words(&of("externalTenants.members"))?;
                match kind {
                    Some(kind) if same(kind, "all") => None,
                    Some(kind) if same(kind, "enumerated") && !members.is_empty() => Some(members),
                    _ if included => return Err(self.gap_of(path)),
                    // Which tenants is not understood; it may be all of them.
                    _ => None,
                }
            }
        };
        for name in types.filter(|name| !same(name, "none")) {
            let atom = Atom::new(Kind::Guest, name);
            if included && !is_one(name, &GUESTS) {
                return Err(self.doubt(format!("who `{name}` is")));
            }
            match &tenants {
                // The guests of the tenant itself come from no other one.
                Some(_) if same(name, "internalGuest") && included => {
                    return Err(self.doubt("which internal guests are meant".to_owned()));
                }
                Some(tenants) if !same(name, "internalGuest") => {
                    to.extend(tenants.iter().map(|id| Atom { tenant: Some(*id), ..atom }));
                }
                _ => to.push(atom),
            }
        }
        Ok(())
    }

    /// Which applications it is about.
    fn applications(&self, question: Question, client: Client) -> Result<Choice<'a>, Gap> {
        const APPLICATIONS: &str = "conditions.applications";
        const ACTIONS: &str = "conditions.applications.includeUserActions";
        const CONTEXTS: &str =
            "conditions.applications.includeAuthenticationContextClassReferences";
        if !self.has(APPLICATIONS)? {
            return Err(self.gap_of(APPLICATIONS));
        }
        self.only(
            APPLICATIONS,
            &[
                "applicationFilter",
                "excludeApplications",
                "includeApplications",
                "includeAuthenticationContextClassReferences",
                "includeUserActions",
            ],
        )?;
        let names = self.words("conditions.applications.includeApplications")?;
        let filter = self.object("conditions.applications.applicationFilter")?;
        let by_filter = || self.doubt("which applications its filter is about".to_owned());
        let mut choice = Choice::default();
        let mut odd = None;
        for name in names {
            match name {
                _ if same(name, "All") => choice.every = true,
                _ if same(name, "None") => {}
                _ if is_guid(name) || is_one(name, &SUITES) => {
                    choice.included.push(application(name));
                }
                _ => odd = odd.or(Some(name)),
            }
        }
        let actions = self.words(ACTIONS)?;
        if question == Question::DeviceRegistration {
            let is_it = |action: &&str| same(action, "urn:user:registerdevice");
            return match (actions.iter().any(is_it), choice.is_nothing() && filter.is_none()) {
                (true, true) if self.words(CONTEXTS)?.is_empty() => Ok(Choice::everything()),
                (true, _) => {
                    Err(self.doubt("what a user action means beside applications".to_owned()))
                }
                (false, _) => Ok(Choice::default()),
            };
        }
        if let (false, Some(odd)) = (choice.every, odd) {
            return Err(self.doubt(format!("what the application `{odd}` is")));
        }
        // A filter selects applications beside those that are named; which these are cannot be seen here.
        if let Some(filter) = filter {
            if choice.every || question.application(client, self.cloud).is_some() {
                return Err(by_filter());
            }
            match (filter.need("mode", View::text), filter.need("rule", View::text)) {
                (Ok(mode), Ok(rule)) if same(mode, "include") => {
                    choice.included.push(Atom::new(Kind::Attribute, rule));
                }
                (Ok(mode), Ok(rule)) if same(mode, "exclude") => {
                    choice.excluded.push(Atom::new(Kind::Attribute, rule));
                }
                _ => return Err(by_filter()),
            }
        }
        if choice.is_nothing() {
            return Ok(choice);
        }
        // An action or a context is something else than applications, so that both together make no sense.
        let others = actions.into_iter().chain(self.words(CONTEXTS)?).next();
        if let Some(other) = others {
            return Err(self.doubt(format!("what `{other}` means beside applications")));
        }
        let excluded = self.words("conditions.applications.excludeApplications")?;
        let excluded = excluded.into_iter().filter(|name| !same(name, "None"));
        choice.excluded.extend(excluded.map(application));
        Ok(choice)
    }

    /// Whether it is about sign-ins with a kind of program.
    fn client(&self, question: Question, client: Client) -> Truth {
        const TYPES: &str = "conditions.clientAppTypes";
        self.list(TYPES, |types| {
            let has = |name: &str| types.iter().any(|own| same(own, name));
            let odd = types.iter().find(|own| !is_one(own, &CLIENTS));
            match odd {
                _ if has("all") || has(client.word()) => Truth::Yes,
                Some(odd) => self.unclear(format!("which client apps `{odd}` means")),
                // It is always returned; what its absence means [changed](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps).
                None if types.is_empty() => {
                    self.unclear("which client apps it applies to".to_owned())
                }
                // The documentation does not state which of the two a device code counts as.
                None if question == Question::DeviceCodes
                    && (has(Client::Browser.word()) || has(Client::Application.word())) =>
                {
                    self.unclear("which client apps it applies to".to_owned())
                }
                None => Truth::No,
            }
        })
    }

    /// Whether something is there that [every policy has](https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset):
    /// without it, the policy may be about less than it seems.
    fn is_present(&self, path: &str) -> Truth {
        match self.need(path) {
            Ok(()) => Truth::Yes,
            Err(why) => Truth::Unknown(why),
        }
    }

    fn need(&self, path: &str) -> Result<(), Gap> {
        self.at(path)?.map(drop).ok_or_else(|| self.gap_of(path))
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
                return self.unclear(format!("whether `{path}` includes every sign-in"));
            }
            Truth::No
        })
    }

    /// The meaning of a list of risks: everything, if it is empty.
    fn levels(&self, path: &str, of: impl FnOnce(&[&'a str]) -> Truth) -> Truth {
        self.list(path, |levels| {
            if levels.is_empty() {
                return Truth::Yes;
            }
            let odd = levels.iter().find(|level| !is_one(level, &RISKS) && !same(level, "hidden"));
            match (of(levels), odd) {
                (Truth::No, Some(odd)) => self.unclear(format!("what the risk `{odd}` is")),
                (truth, _) => truth,
            }
        })
    }

    /// Whether it does not require signs of an insider risk.
    fn insider_risk(&self) -> Truth {
        self.flags("conditions.insiderRiskLevels", |levels| {
            match levels.iter().find(|level| !is_one(level, &["minor", "moderate", "elevated"])) {
                Some(odd) => self.unclear(format!("what the risk `{odd}` is")),
                None => Truth::No,
            }
        })
    }

    /// Whether it applies to sign-ins by device code, or to all if these are not in question.
    fn flow(&self, question: Question) -> Truth {
        const FLOWS: &str = "conditions.authenticationFlows";
        const METHODS: &str = "conditions.authenticationFlows.transferMethods";
        let present = match self.has(FLOWS) {
            Ok(true) => self.is_present(METHODS),
            Ok(false) => Truth::Yes,
            Err(why) => Truth::Unknown(why),
        };
        let methods = self.flags(METHODS, |methods| {
            let codes = methods.iter().any(|method| same(method, "deviceCodeFlow"));
            if codes && question == Question::DeviceCodes {
                return Truth::Yes;
            }
            let known = ["deviceCodeFlow", "authenticationTransfer"];
            match methods.iter().find(|method| !is_one(method, &known)) {
                Some(odd) => self.unclear(format!("what the authentication flow `{odd}` is")),
                None => Truth::No,
            }
        });
        present & methods & self.nothing_but(FLOWS, &["transferMethods"])
    }

    /// Which platforms it is about.
    fn platforms(&self) -> Result<Choice<'a>, Gap> {
        const PLATFORMS: &str = "conditions.platforms";
        static KNOWN: Dated<&str> = Dated::new(
            &["https://learn.microsoft.com/graph/api/resources/conditionalaccessplatforms"],
            "2026-11-30",
            &["android", "iOS", "windows", "windowsPhone", "macOS", "linux"],
        );
        const LISTS: [&str; 2] = ["includePlatforms", "excludePlatforms"];
        if !self.has(PLATFORMS)? {
            return Ok(Choice::everything());
        }
        let included = self.words("conditions.platforms.includePlatforms")?;
        let excluded = self.words("conditions.platforms.excludePlatforms")?;
        self.only(PLATFORMS, &LISTS)?;
        self.need("conditions.platforms.includePlatforms")?;
        let every = included.is_empty() || included.iter().any(|name| same(name, "all"));
        let odd = included.iter().find(|name| !is_one(name, &KNOWN) && !same(name, "all"));
        if let (false, Some(odd)) = (every, odd) {
            return Err(self.doubt(format!("what the platform `{odd}` is")));
        }
        let atoms = |names: Vec<&'a str>| {
            names.into_iter().map(|name| Atom::new(Kind::Platform, name)).collect::<Vec<_>>()
        };
        let none = excluded.iter().any(|name| same(name, "all"));
        if none {
            return Ok(Choice::default());
        }
        Ok(Choice { every, included: atoms(included), excluded: atoms(excluded) })
    }

    /// Which places it is about.
    fn places(&self) -> Result<Choice<'a>, Gap> {
        const PLACES: &str = "conditions.locations";
        const LISTS: [&str; 2] = ["includeLocations", "excludeLocations"];
        if !self.has(PLACES)? {
            return Ok(Choice::everything());
        }
        let included = self.words("conditions.locations.includeLocations")?;
        let excluded = self.words("conditions.locations.excludeLocations")?;
        self.only(PLACES, &LISTS)?;
        self.need("conditions.locations.includeLocations")?;
        let every = included.iter().any(|name| same(name, "All"));
        let odd =
            included.iter().find(|name| !is_guid(name) && !is_one(name, &["All", "AllTrusted"]));
        match odd {
            Some(odd) if !every => return Err(self.doubt(format!("where `{odd}` is"))),
            _ if included.is_empty() && excluded.is_empty() => return Ok(Choice::everything()),
            _ if included.is_empty() => return Err(self.gap_of(PLACES)),
            _ => {}
        }
        if excluded.iter().any(|name| same(name, "All")) {
            return Ok(Choice::default());
        }
        let atoms = |names: Vec<&'a str>| {
            let names = names.into_iter().filter(|name| !same(name, "None"));
            let kind = |name: &str| match same(name, "AllTrusted") {
                true => Kind::Trusted,
                false => Kind::Place,
            };
            names.map(|name| Atom::new(kind(name), name)).collect::<Vec<_>>()
        };
        Ok(Choice { every, included: atoms(included), excluded: atoms(excluded) })
    }

    /// Which devices it is about.
    fn devices(&self) -> Result<Choice<'a>, Gap> {
        const DEVICES: &str = "conditions.devices";
        if !self.has(DEVICES)? {
            return Ok(Choice::everything());
        }
        let included = self.words("conditions.devices.includeDevices")?;
        let excluded = self.words("conditions.devices.excludeDevices")?;
        self.only(DEVICES, &["includeDevices", "excludeDevices", "deviceFilter"])?;
        let every = included.is_empty() || included.iter().any(|name| same(name, "All"));
        if !every || !excluded.is_empty() {
            return Ok(Choice::default());
        }
        let Some(filter) = self.object("conditions.devices.deviceFilter")? else {
            return Ok(Choice::everything());
        };
        match (filter.need("mode", View::text), filter.need("rule", View::text)) {
            (Ok(mode), Ok(rule)) if same(mode, "include") => {
                let included = vec![Atom::new(Kind::Filter, rule)];
                Ok(Choice { included, ..Choice::default() })
            }
            (Ok(mode), Ok(rule)) if same(mode, "exclude") => {
                let excluded = vec![Atom::new(Kind::Filter, rule)];
                Ok(Choice { excluded, ..Choice::everything() })
            }
            _ => Err(self.gap_of("conditions.devices.deviceFilter")),
        }
    }
}

/// The set that a keyword among the IDs of users represents.
fn word_for_users(user: &str) -> Option<Atom<'_>> {
    if same(user, "GuestsOrExternalUsers") {
        Some(Atom::new(Kind::AnyGuest, user))
    } else if same(user, "AllAgentIdUsers") {
        Some(Atom::new(Kind::Agents, user))
    } else {
        None
    }
}

fn application(name: &str) -> Atom<'_> {
    let kind = if is_one(name, &SUITES) { Kind::Suite } else { Kind::Application };
    Atom::new(kind, name)
}
