//! The tenant itself: what is in no subscription, which is its directory of identities.

use posture_collect::Observer;
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{Directory, Kind};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::context::Tenant;
use super::principals::Principals;
use super::roles::Holders;
use super::{credentials, directory, exports, people, roles, sign_in};
use crate::client::ApiClient;
use crate::login::Session;

/// What the directory is called; a tenant has one.
const NAME: &str = "Entra ID";

/// Reads what is in the tenant itself into its scope.
pub(crate) async fn collect(
    session: &Session,
    ask: &ApiClient,
    wanted: &Wanted,
    observer: &Observer,
    principals: &Principals<'_>,
    scope: &mut Scope,
) {
    let cloud = session.cloud();
    let tenant = Tenant { id: session.tenant(), cloud, ask, wanted, observer };
    let holders = Holders::new(&tenant);
    if wanted.kind(Kind::Directory) {
        let directory = Directory::unread_on(Provider::Azure, session.tenant(), NAME, None);
        scope.merge(Listing::complete(vec![directory]).into());
        let (settings, roles, sign_in, exports) = futures::join!(
            tenant.observed("directory settings", directory::read(&tenant)),
            tenant.observed("directory roles", roles::read(&tenant, principals, &holders)),
            tenant.observed(
                "Conditional Access policies",
                sign_in::read(&tenant, principals, &holders)
            ),
            tenant.observed("directory logs", exports::read(&tenant)),
        );
        for part in [settings, roles, sign_in, exports] {
            scope.merge(part);
        }
    }
    if wanted.kind(Kind::User) {
        scope.merge(tenant.observed("users", people::read(&tenant)).await);
    }
    if wanted.kind(Kind::Credential) || wanted.kind(Kind::FederatedCredential) {
        scope.merge(tenant.observed("credentials", credentials::read(&tenant)).await);
    }
}
