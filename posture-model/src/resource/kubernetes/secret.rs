//! Secrets that are part of files.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;

resource! {
    /// A Secret of a manifest. Those of a cluster are never listed. Its region is its namespace.
    SecretManifest {
        /// The keys whose value is in the manifest, never the values. A certificate, an empty value and a reference such as
        /// `${NAME}`, which another program fills in, do not count.
        [Kubernetes] literal_keys: Entries,
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
