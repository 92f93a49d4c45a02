//! The clouds of Azure, each with separate addresses.

use azure_core::cloud::CloudConfiguration;

/// One of the clouds of Azure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cloud {
    /// The public cloud.
    #[default]
    Public,
    /// [Azure Government](https://learn.microsoft.com/en-us/azure/azure-government/compare-azure-government-global-azure).
    UsGovernment,
    /// [Azure in China](https://learn.microsoft.com/en-us/azure/china/resources-developer-guide), run by 21Vianet.
    China,
}

impl Cloud {
    /// Every cloud.
    pub const ALL: &'static [Self] = &[Self::Public, Self::UsGovernment, Self::China];

    /// The name as written in arguments and files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::UsGovernment => "usgovernment",
            Self::China => "china",
        }
    }

    /// Where Azure Resource Manager is reached.
    pub(crate) fn management(self) -> &'static str {
        match self {
            Self::Public => "https://management.azure.com/",
            Self::UsGovernment => "https://management.usgovcloudapi.net/",
            Self::China => "https://management.chinacloudapi.cn/",
        }
    }

    /// Where [Microsoft Graph](https://learn.microsoft.com/en-us/graph/deployments) is reached.
    pub(crate) fn graph(self) -> &'static str {
        match self {
            Self::Public => "https://graph.microsoft.com/",
            Self::UsGovernment => "https://graph.microsoft.us/",
            Self::China => "https://microsoftgraph.chinacloudapi.cn/",
        }
    }

    /// The domain of [container registries](https://learn.microsoft.com/en-us/azure/azure-government/compare-azure-government-global-azure).
    pub(crate) fn registries(self) -> &'static str {
        match self {
            Self::Public => "azurecr.io",
            Self::UsGovernment => "azurecr.us",
            Self::China => "azurecr.cn",
        }
    }

    /// For the credentials, which know where each cloud logs in.
    pub(crate) fn configuration(self) -> CloudConfiguration {
        match self {
            Self::Public => CloudConfiguration::AzurePublic,
            Self::UsGovernment => CloudConfiguration::AzureGovernment,
            Self::China => CloudConfiguration::AzureChina,
        }
    }
}
