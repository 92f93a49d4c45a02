//! The tenant itself: what lies in no subscription, which is its directory of identities.

use posture_core::listing::Listing;
use posture_core::provider::Provider;
use posture_core::resource::{Directory, Kind};
use posture_core::scope::Scope;
use posture_core::wanted::Wanted;
use serde_json::Value;

use super::body::Body;
use super::principals::Principals;
use super::{Event, Observer, credentials, directory, exports, people, roles, sign_in};
use crate::action::is_called;
use crate::client::{Asker, Items, Lane, Question, Refused};
use crate::cloud::Cloud;
use crate::login::Session;

/// What the directory is called; a tenant has one.
const NAME: &str = "Entra ID";

/// What every collector of the directory needs.
pub(crate) struct Tenant<'a> {
    pub(crate) id: &'a str,
    pub(crate) cloud: Cloud,
    pub(crate) ask: &'a Asker,
    pub(crate) wanted: &'a Wanted,
    observer: &'a Observer,
    roles: tokio::sync::OnceCell<roles::Lists>,
}

/// Reads what lies in the tenant itself into its scope.
pub(crate) async fn collect(
    session: &Session,
    ask: &Asker,
    wanted: &Wanted,
    observer: &Observer,
    principals: &Principals<'_>,
    scope: &mut Scope,
) {
    let cloud = session.cloud();
    let roles = tokio::sync::OnceCell::new();
    let tenant = Tenant { id: session.tenant(), cloud, ask, wanted, observer, roles };
    if wanted.kind(Kind::Directory) {
        let (settings, roles, sign_in, exports) = futures::join!(
            tenant.observed("directory settings", directory::read(&tenant)),
            tenant.observed("directory roles", roles::read(&tenant, principals)),
            tenant.observed("sign-in rules", sign_in::read(&tenant, principals)),
            tenant.observed("directory logs", exports::read(&tenant)),
        );
        let directory = Directory::unread_on(Provider::Azure, session.tenant(), NAME, None);
        let directory = settings.fill(directory);
        let directory = roles.fill(directory);
        let directory = sign_in.fill(directory);
        let directory = exports.fill(directory);
        scope.directories = Listing::complete(vec![directory]);
    }
    if wanted.kind(Kind::User) {
        scope.users = tenant.observed("users", people::read(&tenant)).await;
    }
    if wanted.kind(Kind::Credential) {
        let read = credentials::read(&tenant);
        scope.credentials = tenant.observed("credentials", read).await;
    }
}

impl<'a> Tenant<'a> {
    /// Whether the table of actions says that what is wanted takes this one.
    pub(crate) fn calls(&self, action: &str) -> bool {
        is_called(action, self.wanted)
    }

    /// Who holds the roles of the directory, asked for once.
    pub(crate) async fn roles(&self) -> &roles::Lists {
        self.roles.get_or_init(|| roles::Lists::read(self)).await
    }

    /// Runs a collector between two events.
    pub(crate) fn observed<T>(
        &self,
        service: &'static str,
        work: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        let work = Box::pin(work);
        let observer = self.observer.clone();
        async move {
            observer(Event::Started { subscription: String::new(), service });
            let result = work.await;
            observer(Event::Finished { subscription: String::new(), service });
            result
        }
    }

    /// Asks Microsoft Graph for one thing. The action is the path in the table of actions.
    pub(crate) async fn graph(&self, action: &'static str, lane: &Lane) -> Result<Value, Refused> {
        let path = format!("v1.0{action}");
        self.ask.graph(Question { action, target: "", lane, path: &path }).await
    }

    /// Asks Microsoft Graph for a collection, with the words after the question mark.
    pub(crate) async fn graph_list(&self, action: &'static str, query: &str, lane: &Lane) -> Items {
        let path = format!("v1.0{action}{query}");
        self.ask.graph_list(Question { action, target: "", lane, path: &path }).await
    }

    /// An answer of an action, ready to be read.
    pub(crate) fn body(&self, action: &'static str, value: &'a Value) -> Body<'a> {
        Body { ask: self.ask, action, id: self.id, value }
    }
}
