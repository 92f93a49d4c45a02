//! Objects that were written in a version of an API that ends.

use crate::resource::declared::resource;

resource! {
    /// An object that was written in a beta version of an API: a manifest in this version, or an object of a cluster of which a client
    /// set fields in it. Its region is its namespace.
    BetaObject {
        /// The version of the API, such as `networking.k8s.io/v1beta1`.
        [Kubernetes] api_version: String,
        /// The version of Kubernetes that first does not serve it, such as `1.37`; none where no known one drops it.
        [Kubernetes] removed_in: Option<String>,
    }
}
