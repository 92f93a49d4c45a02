//! The services that are asked through the client of this module.

use super::spec::{GovFips, Place, Protocol, Service};

/// Who answers for an account.
pub(crate) static ACCOUNT: Service =
    Service { place: Place::Partition, ..Service::new("Account", "account", Protocol::RestJson) };

/// Security Hub.
pub(crate) static SECURITY_HUB: Service =
    Service::new("SecurityHub", "securityhub", Protocol::RestJson);

/// The Simple Notification Service.
pub(crate) static SNS: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("SNS", "sns", Protocol::Query { version: "2010-03-31" })
};

/// All of them.
pub(crate) static ALL: &[&Service] = &[&ACCOUNT, &SECURITY_HUB, &SNS];
