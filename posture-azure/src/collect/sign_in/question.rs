//! The questions about the policies of a tenant, each in the parts that have to be covered before the answer is yes.

use posture_model::dated::Dated;
use posture_model::resource::{Directory, FactId};

use crate::cloud::Cloud;

/// What the rules of a tenant may demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// MFA of every user for every application.
    Everyone,
    /// MFA of every holder of an administrative role for every application.
    Administrators,
    /// MFA of every user for managing the resources of Azure.
    Management,
    /// MFA, each time again, for every user whose sign-in is risky.
    RiskySignIns,
    /// That no user can sign in by a protocol that does not support MFA.
    LegacyProtocols,
    /// That no user signs in by device code.
    DeviceCodes,
    /// MFA of every user who registers or joins a device.
    DeviceRegistration,
}

/// Exchange Online.
pub(super) const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

/// The [Windows Azure Service Management API](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-cloud-apps#windows-azure-service-management-api),
/// and what it is in Azure Government: the Azure Government Cloud Management API.
pub(super) static MANAGEMENT: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-cloud-apps#windows-azure-service-management-api",
    ],
    "2026-11-29",
    &["797f4846-ba00-4fd7-ba43-dac1f8f63013", "40a69793-8fe6-4db1-9591-dbc5c57b17d8"],
);

/// A kind of program that people sign in with, as
/// [conditions](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps)
/// distinguish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    Browser,
    Application,
    ActiveSync,
    /// What knows old protocols only.
    Other,
}

/// Those that know MFA.
const MODERN: &[Client] = &[Client::Browser, Client::Application];
/// Those that do not.
const LEGACY: &[Client] = &[Client::ActiveSync, Client::Other];
const CLIENTS: &[Client] =
    &[Client::Browser, Client::Application, Client::ActiveSync, Client::Other];

/// The levels of risk at which [Microsoft recommends](https://learn.microsoft.com/en-us/entra/id-protection/howto-identity-protection-configure-risk-policies)
/// to require MFA.
static RISKS: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/entra/id-protection/howto-identity-protection-configure-risk-policies",
    ],
    "2026-11-29",
    &["high", "medium"],
);

/// The roles for which Microsoft's
/// [template](https://learn.microsoft.com/en-us/entra/identity/conditional-access/policy-old-require-mfa-admin) `Require
/// multifactor authentication for admins` requires it. A policy for administrators has to name all of them, or all users.
pub(super) static ADMINISTRATORS: Dated<&str> = Dated::new(
    &["https://learn.microsoft.com/entra/identity/conditional-access/policy-old-require-mfa-admin"],
    "2026-11-29",
    &[
        "62e90394-69f5-4237-9190-012177145e10", // Global Administrator
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", // Application Administrator
        "c4e39bd9-1100-46d3-8c65-fb160da0071f", // Authentication Administrator
        "b0f54661-2d74-4c50-afa3-1ec803f12efe", // Billing Administrator
        "158c047a-c907-4556-b7ef-446551a6b5f7", // Cloud Application Administrator
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9", // Conditional Access Administrator
        "29232cdf-9323-42fd-ade2-1d097af3e4de", // Exchange Administrator
        "729827e3-9c14-49f7-bb1b-9608f156bbb8", // Helpdesk Administrator
        "966707d0-3269-4727-9be2-8c3a10f19b9d", // Password Administrator
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13", // Privileged Authentication Administrator
        "e8611ab8-c189-46e8-94e1-60213ab1f814", // Privileged Role Administrator
        "194ae4cb-b126-40b2-bd5b-6091b380977d", // Security Administrator
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c", // SharePoint Administrator
        "fe930be7-5e62-47db-91af-98c3a49a38b1", // User Administrator
    ],
);

/// Sign-ins that have to be covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// For the holders of this role, or for all users.
    pub(super) role: Option<&'static str>,
    /// Those of this risk, or any.
    pub(super) risk: Option<&'static str>,
    /// With this kind of program.
    pub(super) client: Client,
}

impl Question {
    pub(super) const ALL: &'static [Self] = &[
        Self::Everyone,
        Self::Administrators,
        Self::Management,
        Self::RiskySignIns,
        Self::LegacyProtocols,
        Self::DeviceCodes,
        Self::DeviceRegistration,
    ];

    /// Those that policies are about which count as [rules about sign-ins](posture_model::resource::Directory).
    pub(super) const COUNTED: &'static [Self] = &[
        Self::Everyone,
        Self::Administrators,
        Self::Management,
        Self::RiskySignIns,
        Self::LegacyProtocols,
        Self::DeviceCodes,
    ];

    /// The fact of the directory that answers it.
    pub(super) fn fact(self) -> FactId {
        match self {
            Self::Everyone => Directory::MFA_FOR_EVERYONE,
            Self::Administrators => Directory::MFA_FOR_ADMINISTRATORS,
            Self::Management => Directory::MFA_FOR_MANAGEMENT,
            Self::RiskySignIns => Directory::MFA_FOR_RISKY_SIGN_INS,
            Self::LegacyProtocols => Directory::LEGACY_PROTOCOLS_BLOCKED,
            Self::DeviceCodes => Directory::DEVICE_CODES_BLOCKED,
            Self::DeviceRegistration => Directory::MFA_FOR_DEVICE_REGISTRATION,
        }
    }

    /// What has to be covered, by one rule or by several together: where one demands MFA of programs that know it, another
    /// may deny those that do not.
    pub(super) fn parts(self) -> Vec<Part> {
        let of = |clients: &'static [Client]| {
            clients.iter().map(|client| Part { role: None, risk: None, client: *client })
        };
        match self {
            Self::Everyone => of(CLIENTS).collect(),
            Self::Administrators => ADMINISTRATORS
                .iter()
                .flat_map(|role| of(CLIENTS).map(|part| Part { role: Some(role), ..part }))
                .collect(),
            Self::RiskySignIns => RISKS
                .iter()
                .flat_map(|risk| of(CLIENTS).map(|part| Part { risk: Some(risk), ..part }))
                .collect(),
            // Nothing that speaks an old protocol manages resources, signs in by device code or registers a device.
            Self::Management | Self::DeviceCodes | Self::DeviceRegistration => of(MODERN).collect(),
            Self::LegacyProtocols => of(LEGACY).collect(),
        }
    }

    /// The one application that sign-ins with a kind of program target; none if it may be any.
    pub(super) fn application(self, client: Client, cloud: Cloud) -> Option<&'static str> {
        match (self, client) {
            (Self::Management, _) => match cloud {
                Cloud::Public | Cloud::China => Some("797f4846-ba00-4fd7-ba43-dac1f8f63013"),
                Cloud::UsGovernment => Some("40a69793-8fe6-4db1-9591-dbc5c57b17d8"),
            },
            // It is the protocol of Exchange, and of nothing else.
            (_, Client::ActiveSync) => Some(EXCHANGE),
            _ => None,
        }
    }
}

impl Client {
    /// The word of the [condition](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessconditionset).
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Application => "mobileAppsAndDesktopClients",
            Self::ActiveSync => "exchangeActiveSync",
            Self::Other => "other",
        }
    }

    /// Whether it knows MFA.
    pub(super) fn is_modern(self) -> bool {
        matches!(self, Self::Browser | Self::Application)
    }
}
