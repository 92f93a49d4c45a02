//! The settings of a directory that hold for everybody in it.

use posture_core::fact::{Fact, Known};
use posture_core::resource::Directory;

use super::tenant::Tenant;
use crate::client::Lane;

pub(crate) const DEFAULTS: &str = "/policies/identitySecurityDefaultsEnforcementPolicy";

/// The settings; what nobody wants is not collected.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    security_defaults: Fact<bool>,
}

/// Reads the settings that are wanted.
pub(crate) async fn read(tenant: &Tenant<'_>) -> Settings {
    let (security_defaults,) = futures::join!(security_defaults(tenant));
    Settings { security_defaults }
}

impl Settings {
    pub(crate) fn fill(self, directory: Directory) -> Directory {
        directory.security_defaults(self.security_defaults)
    }
}

/// The [policy](https://learn.microsoft.com/en-us/graph/api/resources/identitysecuritydefaultsenforcementpolicy) that every
/// tenant has.
async fn security_defaults(tenant: &Tenant<'_>) -> Fact<bool> {
    if !tenant.calls(DEFAULTS) {
        return Fact::not_collected();
    }
    match tenant.graph(DEFAULTS, &Lane::Directory).await {
        Ok(policy) => {
            let body = tenant.body(DEFAULTS, &policy);
            // It is always told, so that its absence says nothing.
            body.flag("isEnabled")
                .and_then(|on| on.map_or_else(|| body.malformed("isEnabled"), Known))
        }
        Err(refused) => tenant.ask.unknown(refused.gap),
    }
}
