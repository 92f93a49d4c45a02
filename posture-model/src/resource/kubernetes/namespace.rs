//! Namespaces, and what is set for all that is in them.

use std::collections::BTreeMap;

use crate::resource::declared::resource;

resource! {
    /// A namespace of Kubernetes.
    Namespace {
        /// Its labels.
        [Kubernetes] tags: BTreeMap<String, String>,
    }
}
