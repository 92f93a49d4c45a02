//! One request, judged.

use std::collections::BTreeSet;

use super::{Context, Document};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Nobody in particular.
    Anonymous,
    /// The root user of an account.
    Root {
        /// The account's id.
        account: &'a str,
    },
    /// A user.
    User {
        /// Its ARN.
        arn: &'a str,
    },
    /// A session of a role.
    Session {
        /// The ARN of the role.
        role: &'a str,
        /// The ARN of the session, `arn:aws:sts::…:assumed-role/…/…`.
        session: &'a str,
    },
    /// A service of the provider.
    Service {
        /// Its name, such as `lambda.amazonaws.com`.
        name: &'a str,
    },
    /// Someone known to an identity provider.
    Federated {
        /// The provider's ARN or name.
        provider: &'a str,
    },
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub caller: Caller<'a>,
    /// What for, such as `s3:GetObject`.
    pub action: &'a str,
    /// On what: an ARN, or `*` for an action that knows no resources.
    pub resource: &'a str,
    /// The account that the resource is in.
    pub resource_account: &'a str,
    /// The condition keys.
    pub context: Context,
}

/// Policies of one kind that have a say.
#[derive(Clone, Debug, Default)]
pub enum Layer<'a> {
    /// There are none, and none are needed.
    #[default]
    Absent,
    /// There may be some, which could not be read.
    Unknown,
    /// These.
    Policies(Vec<&'a Document>),
}

/// Everything that has a say in a request.
#[derive(Clone, Debug, Default)]
pub struct Layers<'a> {
    /// The policies of the one who asks.
    pub identity: Layer<'a>,
    /// The permissions boundary of the one who asks.
    pub boundary: Layer<'a>,
    /// The policies given when the session was begun.
    pub session: Layer<'a>,
    /// The policy of the resource.
    pub resource: Layer<'a>,
    /// The service control policies of each level above the account of the one who asks, root first.
    pub service_control: Vec<Layer<'a>>,
    /// The resource control policies of each level above the account of the resource, root first.
    pub resource_control: Vec<Layer<'a>>,
    /// The policy of the VPC endpoint that the request comes through.
    pub endpoint: Layer<'a>,
}

/// What comes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// A statement forbids it.
    Forbidden,
    /// No statement allows it.
    NotAllowed,
    /// It depends on what is named here.
    Unknown(BTreeSet<String>),
}

/// Judges a request.
pub fn authorize(_request: &Request<'_>, _layers: &Layers<'_>) -> Decision {
    Decision::Unknown(BTreeSet::new())
}
