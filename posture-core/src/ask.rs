//! A question of a control that its scope cannot answer.

use posture_model::verdict::CheckResult;
use sha2::Digest;

use crate::frameworks::table::RequirementId;
use crate::gap::Gap;
use crate::resource::EventClass;

/// The subject of a question, as a number that is the same in every scope. A run may name millions of buckets, and a name takes
/// more room than its number; 128 bits of SHA-256 do not meet by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key([u8; 16]);

impl Key {
    pub(crate) fn new(parts: &[&str]) -> Self {
        let mut hash = sha2::Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut key = [0; 16];
        key.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// What a control finds of a bucket. Its name is [unique in its partition](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
    pub(crate) fn bucket(control: &str, partition: &str, name: &str) -> Self {
        Self::new(&["bucket", control, partition, name])
    }

    /// What a control finds of an encryption key, by the ARN of the key.
    pub(crate) fn encryption_key(control: &str, arn: &str) -> Self {
        Self::new(&["key", control, arn])
    }

    /// The same, for a requirement whose number is not the control's.
    pub(crate) fn apart(self, requirement: RequirementId) -> Self {
        let mut hash = sha2::Sha256::new();
        hash.update(self.0);
        hash.update(requirement.to_string().as_bytes());
        let mut key = [0; 16];
        key.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// Whether an account has a resource of a domain name or address.
    pub(crate) fn resource_name(partition: &str, name: &str) -> Self {
        Self::new(&["resource name", partition, name])
    }

    /// Whether an account has an alert for these events of its organization.
    pub(crate) fn alert(partition: &str, account: &str, class: EventClass) -> Self {
        Self::new(&["alert", partition, account, &format!("{class:?}")])
    }

    /// Whether the target of an alert reaches a recipient, by its ID.
    pub(crate) fn alert_target(id: &str) -> Self {
        Self::new(&["alert target", &plain(id)])
    }

    /// Further facts about the targets of a subscription.
    pub(crate) fn alert_targets(subscription: &str) -> Self {
        Self::new(&["alert targets", &subscription.to_ascii_lowercase()])
    }

    /// What a control finds of a storage account, by its id.
    pub(crate) fn storage_account(control: &str, id: &str) -> Self {
        Self::new(&["storage account", control, &plain(id)])
    }

    /// What a control finds of a cluster of Kubernetes, by a host of its API server. Names of clusters are not unique.
    pub(crate) fn cluster(control: &str, host: &str) -> Self {
        Self::new(&["cluster", control, host])
    }

    /// What it finds of a storage account that a subscription does not have.
    pub(crate) fn storage_accounts(control: &str, subscription: &str) -> Self {
        Self::new(&["storage accounts", control, &subscription.to_ascii_lowercase()])
    }
}

/// What a question is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) key: Key,
    /// What answers if the subject itself is missing: the subscription that would hold it.
    pub(crate) holder: Option<Key>,
}

impl From<Key> for About {
    fn from(key: Key) -> Self {
        Self { key, holder: None }
    }
}

impl About {
    /// The target of an alert, by its ID.
    pub(crate) fn alert_target(id: &str) -> Self {
        Self { key: Key::alert_target(id), holder: subscription(id).map(Key::alert_targets) }
    }

    /// A storage account, by its id.
    pub(crate) fn storage_account(control: &str, id: &str) -> Self {
        let holder = subscription(id).map(|held| Key::storage_accounts(control, held));
        Self { key: Key::storage_account(control, id), holder }
    }
}

/// The id of a resource of Azure in one of the forms in which it is written: without regard to case, with a slash before it or
/// without.
fn plain(id: &str) -> String {
    id.trim_matches('/').to_ascii_lowercase()
}

/// The subscription that holds what has an id.
pub(crate) fn subscription(id: &str) -> Option<&str> {
    let mut words = id.trim_start_matches('/').split('/');
    let kind = words.next()?;
    words.next().filter(|held| kind.eq_ignore_ascii_case("subscriptions") && !held.is_empty())
}

/// A question of a control that its scope cannot answer.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) about: Vec<About>,
    /// The verdict where the run does not decide it.
    pub(crate) otherwise: CheckResult,
    pub(crate) counts: Counts,
    /// What each of `about` is in words, in the same order, for those that no scope of the run has; empty where these are not named.
    pub(crate) names: Vec<String>,
    /// What it is about in place of `about`, where it is about images.
    pub(crate) images: Option<Box<Running>>,
    /// The requirement that asks, if it is judged by its own number.
    pub(crate) apart: Option<RequirementId>,
}

impl Ask {
    pub(crate) fn new(about: Vec<About>, otherwise: CheckResult, counts: Counts) -> Self {
        Self { about, otherwise, counts, names: Vec::new(), images: None, apart: None }
    }

    /// Whether the run audited these images.
    pub(crate) fn images(running: Running, otherwise: CheckResult) -> Self {
        let images = Some(Box::new(running));
        Self { images, ..Self::new(Vec::new(), otherwise, Counts::Every) }
    }

    /// The same question, for a requirement whose number is not the control's.
    pub(crate) fn apart(self, requirement: RequirementId) -> Self {
        Self { apart: Some(requirement), ..self }
    }
}

/// The images that a workload runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) images: Vec<RunningImage>,
    /// Why it may run others.
    pub(crate) open: Option<Gap>,
}

/// An image that a container runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunningImage {
    /// The entry that states it.
    pub(crate) entry: String,
    /// Its digest, such as `sha256:…`.
    pub(crate) digest: String,
    /// The platform of the node, such as `linux/amd64`; none where it is not known.
    pub(crate) platform: Option<String>,
}

impl RunningImage {
    /// That of an entry of `Workload::RUNNING_IMAGES`; none where the entry has no digest.
    pub(crate) fn of(entry: &str) -> Option<Self> {
        let image = entry.split_once(": ").map_or(entry, |(_, image)| image);
        let (image, platform) = match image.split_once(" (") {
            Some((image, platform)) => (image, platform.strip_suffix(')').map(str::to_owned)),
            None => (image, None),
        };
        let digest = image.rsplit_once('@').map_or(image, |(_, digest)| digest);
        let (algorithm, hex) = digest.split_once(':')?;
        let is_digest = !algorithm.is_empty() && !hex.is_empty() && !hex.contains(['/', ':']);
        let digest = is_digest.then(|| digest.to_owned())?;
        Some(Self { entry: entry.to_owned(), digest, platform })
    }
}

/// What counts of the answers to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counts {
    /// One pass is enough, and nothing else may hold the subject, so that a failure there is one here.
    Any,
    /// One pass is enough, and a failure there decides nothing.
    AnyPass,
    /// One failure is enough, and it passes where everything passes.
    Every,
    /// One failure is enough, and a pass there decides nothing.
    AnyFailure,
}
