//! What the registries of accounts hold: the names of images, and what they are pulled with.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use posture_core::gap::Gap;
use posture_image_audit::registry::{Access, Login, Secret};

/// What the registries of the accounts of a target hold.
#[derive(Debug)]
pub(crate) struct Registries {
    newest: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
pub(super) struct Held {
    /// The names of images.
    pub(super) images: Vec<String>,
    /// Credentials of registries, by their hosts.
    pub(super) logins: BTreeMap<String, Login>,
    /// What could not be read, by the name of what stands for it.
    pub(super) gaps: BTreeMap<String, Gap>,
    /// The hosts of registries in Azure, which are still to be read, each with the token that it exchanges.
    azure: BTreeMap<String, Secret>,
}

impl Held {
    /// Adds what another target has.
    pub(super) fn extend(&mut self, other: Self) {
        let Self { images, logins, gaps, azure } = other;
        self.images.extend(images);
        self.logins.extend(logins);
        self.gaps.extend(gaps);
        self.azure.extend(azure);
    }

    /// Whether there are registries whose lists were not read.
    pub(super) fn has_lists(&self) -> bool {
        !self.azure.is_empty()
    }

    /// Reads the lists of the registries in Azure.
    pub(super) async fn list(&mut self, access: &Access, newest: usize) {
        for (host, token) in std::mem::take(&mut self.azure) {
            let (images, login, gaps) = access.azure_images(&host, &token, newest).await;
            self.images.extend(images);
            self.logins.extend(login.map(|login| (host.clone(), login)));
            // One reason for a registry: it may have a thousand repositories.
            let first = gaps.into_iter().next();
            self.gaps.extend(first.map(|gap| (format!("images of {host}"), gap)));
        }
    }
}

impl Registries {
    pub(crate) fn new(newest: usize) -> Self {
        Self { newest, held: Mutex::default() }
    }

    /// How many images of each repository are wanted.
    pub(crate) fn newest(&self) -> usize {
        self.newest
    }

    /// What was taken so far. It is taken away.
    pub(super) fn take(&self) -> Held {
        std::mem::take(&mut *self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes the registries of a tenant of Azure.
    pub(crate) fn azure(&self, tenant: &str, found: posture_azure::registries::Registries) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(posture_azure::registries::Token(token)) = found.token {
            let token = Secret::new(token);
            held.azure.extend(found.hosts.into_iter().map(|host| (host, token.clone())));
        }
        for gap in found.gaps {
            let id = format!("images of {tenant} ({})", gap.action);
            held.gaps.entry(id).or_insert(gap);
        }
    }

    /// Takes what an account of AWS holds.
    pub(crate) fn aws(&self, account: &str, found: posture_aws::registries::Registries) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.images.extend(found.images);
        for login in found.logins {
            let (user, password) = (login.user, Secret::new(login.password));
            held.logins.insert(login.host, Login::Password { user, password });
        }
        for gap in found.gaps {
            let region = gap.region.as_deref().unwrap_or_default();
            // One reason for each action in a region: there may be a thousand repositories.
            let id = format!("images of {account} {region} ({})", gap.action);
            held.gaps.entry(id).or_insert(gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use posture_aws::registries;
    use posture_core::gap::Reason;

    use super::*;

    #[test]
    fn a_password_is_for_one_host_and_a_refusal_counts_once_for_each_region() {
        let registries = Registries::new(3);
        let login = registries::Login {
            host: "1.dkr.ecr.eu-west-1.amazonaws.com".to_owned(),
            user: "AWS".to_owned(),
            password: "canary-secret".to_owned(),
        };
        let gap = |target: &str, region: &str| Gap {
            region: Some(region.to_owned()),
            ..Gap::new("ecr:DescribeImages", target, Reason::Denied)
        };
        let gaps = vec![gap("a", "eu-west-1"), gap("b", "eu-west-1"), gap("a", "us-east-1")];
        let images = vec!["a".to_owned()];
        let calls = BTreeMap::new();
        let logins = vec![login];
        registries.aws("1", registries::Registries { images, logins, gaps, calls });
        let held = registries.take();
        assert_eq!((held.images.len(), held.logins.len(), held.gaps.len()), (1, 1, 2));
        assert!(held.gaps.contains_key("images of 1 eu-west-1 (ecr:DescribeImages)"));
        assert!(!format!("{held:?}").contains("canary-secret"));
        assert!(registries.take().images.is_empty());
    }
}
