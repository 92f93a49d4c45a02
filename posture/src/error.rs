//! Why an audit cannot be made at all.

use std::convert::Infallible;

use posture_core::gap::Gap;

/// Why nothing can be read of a target. What can be read in part is no error: it is unknown in the findings.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no control or area of this name.
    #[error("unknown control `{0}`")]
    NoSuchControl(String),
    /// Controls from files cannot be used.
    #[error("cannot load controls from files")]
    ControlFiles(#[from] posture_cel::Error),
    /// No AWS account can be read.
    #[error("cannot read any AWS account")]
    Aws(#[source] posture_aws::session::LoginError),
    /// The accounts of the organisation cannot be listed.
    #[error("cannot list the accounts of the organization")]
    Organization(Box<Gap>),
    /// AWS cannot be read as it was asked for.
    #[error(transparent)]
    AwsCollect(posture_aws::collect::CollectError),
    /// No Azure tenant can be read.
    #[error("cannot read any Azure tenant")]
    Azure(#[source] posture_azure::login::LoginError),
    /// Azure cannot be read as it was asked for.
    #[error(transparent)]
    AzureCollect(posture_azure::collect::CollectError),
}

/// Why reading ended early.
#[derive(Debug)]
pub enum Read<E> {
    /// Nothing can be read of a target.
    Audit(Error),
    /// Whoever took the accounts failed.
    Take(E),
}

impl Read<Infallible> {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Audit(error) => error,
            Self::Take(never) => match never {},
        }
    }
}

impl<E> From<Error> for Read<E> {
    fn from(error: Error) -> Self {
        Self::Audit(error)
    }
}
