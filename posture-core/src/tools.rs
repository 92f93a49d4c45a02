//! Tools of other vendors that the user declares: what a provider's tool is for may be done by another product, of which no
//! interface of the provider says anything.

use std::collections::BTreeMap;

/// What a tool is for. A purpose is here because a control asks whether the provider's own tool for it is on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// It reports events that should not pass unnoticed (AWS: CloudWatch alarms).
    Alerts,
    /// It records and assesses configuration (AWS: Config).
    Configuration,
    /// It protects machines (Azure: Defender for Endpoint).
    Endpoints,
    /// It collects log records by itself (Azure: diagnostic settings of the directory).
    Logs,
    /// It gives privileged roles for a limited time (Azure: Privileged Identity Management).
    PrivilegedAccess,
    /// It detects threats (AWS: GuardDuty; Azure: the plans of Defender for Cloud, flow logs).
    Threats,
    /// It finds vulnerabilities of machines (Azure: Defender for Servers).
    Vulnerabilities,
}

impl Purpose {
    /// Every purpose, in the order of their names.
    pub const ALL: &'static [Self] = &[
        Self::Alerts,
        Self::Configuration,
        Self::Endpoints,
        Self::Logs,
        Self::PrivilegedAccess,
        Self::Threats,
        Self::Vulnerabilities,
    ];

    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Configuration => "configuration",
            Self::Endpoints => "endpoints",
            Self::Logs => "logs",
            Self::PrivilegedAccess => "privileged-access",
            Self::Threats => "threats",
            Self::Vulnerabilities => "vulnerabilities",
        }
    }

    /// The purpose in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Alerts => "alerts",
            Self::Configuration => "configuration assessment",
            Self::Endpoints => "endpoint protection",
            Self::Logs => "log collection",
            Self::PrivilegedAccess => "privileged access",
            Self::Threats => "threat detection",
            Self::Vulnerabilities => "vulnerability scanning",
        }
    }

    /// The purpose of this name.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|purpose| purpose.id() == id)
    }
}

/// The tools that the user declares, one for each purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools(BTreeMap<Purpose, Box<str>>);

/// Why a name of a tool is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of a tool must have 1 to {} characters on one line", Tools::LONGEST)]
pub struct BadName;

impl Tools {
    /// The most characters of a name.
    pub const LONGEST: usize = 100;

    /// Declares the tool of a purpose.
    ///
    /// # Errors
    /// [`BadName`] where the name is empty, longer than [`Self::LONGEST`] or holds control characters.
    pub fn declare(&mut self, purpose: Purpose, name: &str) -> Result<(), BadName> {
        let name = name.trim();
        let long = name.chars().nth(Self::LONGEST).is_some();
        if name.is_empty() || long || name.chars().any(char::is_control) {
            return Err(BadName);
        }
        self.0.insert(purpose, name.into());
        Ok(())
    }

    /// The name of the tool for a purpose, where one is declared. It is text of the user, and not escaped.
    pub fn of(&self, purpose: Purpose) -> Option<&str> {
        self.0.get(&purpose).map(|name| &**name)
    }

    /// Each purpose with its tool.
    pub fn iter(&self) -> impl Iterator<Item = (Purpose, &str)> {
        self.0.iter().map(|(purpose, name)| (*purpose, &**name))
    }

    /// Whether none is declared.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_on_one_line() {
        let mut tools = Tools::default();
        for bad in ["", "  ", "a\nb", "a\u{1b}[31m", &"x".repeat(101)] {
            assert_eq!(tools.declare(Purpose::Threats, bad), Err(BadName), "{bad:?}");
        }
        assert!(tools.is_empty());
        tools.declare(Purpose::Threats, &"é".repeat(100)).unwrap();
        tools.declare(Purpose::Threats, " Falcon ").unwrap();
        assert_eq!(tools.iter().collect::<Vec<_>>(), [(Purpose::Threats, "Falcon")]);
        assert_eq!(tools.of(Purpose::Threats), Some("Falcon"));
        assert_eq!(tools.of(Purpose::Endpoints), None);
    }

    #[test]
    fn each_purpose_has_a_name_of_its_own() {
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::find(purpose.id()), Some(*purpose));
            assert_eq!(serde_json::to_value(purpose).unwrap(), purpose.id());
            let used = |control: &&crate::control::Control| {
                control.satisfies.iter().any(|mapping| mapping.tool() == Some(*purpose))
            };
            assert!(crate::controls::ALL.iter().any(used), "no control asks for {}", purpose.id());
        }
        assert!(Purpose::ALL.is_sorted_by_key(|purpose| purpose.id()));
        assert_eq!(Purpose::find("backup"), None);
    }
}
