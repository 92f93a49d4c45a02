//! Why something cannot be collected at all.

use posture_model::gap::Gap;

/// Why an account or a tenant cannot be collected at all. Whatever else goes wrong is a gap.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CollectError {
    /// A region was named that the account does not know.
    #[error("unknown region `{name}`")]
    NoSuchRegion {
        /// The name as given.
        name: String,
        /// The regions that there are.
        known: Vec<String>,
    },
    /// A subscription was named that the identity cannot see.
    #[error("this identity cannot see a subscription `{name}`")]
    NoSuchSubscription {
        /// The id as given.
        name: String,
        /// Those that there are, by id and name.
        known: Vec<(String, String)>,
    },
    /// The list of what to read could not be obtained.
    #[error("cannot list what to read")]
    Refused(Box<Gap>),
}
