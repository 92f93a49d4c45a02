//! Whom the policy of a resource or of a role lets in.

use super::{Answer, Document, Found, Home, answer::Maybe};

fn open() -> Found {
    Found {
        certain: vec![],
        undecided: vec![Maybe { what: "policy".into(), why: "not judged".into() }],
    }
}

impl Document {
    /// The statements that let anyone use any of `actions`, or any action at all where that is empty.
    pub fn public(&self, _home: &Home<'_>, _actions: &[&str]) -> Found {
        open()
    }
    /// The ids of the accounts outside `home` that it lets in.
    pub fn external_accounts(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// The services it lets in without saying for which source account or resource they may act.
    pub fn services_without_source(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// Whether it refuses every request to a bucket and its objects that does not come over TLS.
    pub fn forces_tls(&self, _bucket_arn: &str) -> Answer {
        Answer::needs("not judged")
    }
    /// Of a trust policy: the statements that let anyone take on the role.
    pub fn trusts_anyone(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// Of a trust policy: the ids of the accounts outside `home` that may take on the role.
    pub fn trusts_accounts(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// Of a trust policy: those of [`Self::trusts_accounts`] that need to prove nothing more: no external id, no
    /// organisation, no named network.
    pub fn trusts_accounts_unconditionally(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// Of a trust policy: the OpenID Connect federations trusted without saying which subject.
    pub fn trusts_federation_without_subject(&self, _home: &Home<'_>) -> Found {
        open()
    }
    /// Of a trust policy: the services trusted without saying for which source account or resource they may act.
    pub fn trusts_services_without_source(&self, _home: &Home<'_>) -> Found {
        open()
    }
}
