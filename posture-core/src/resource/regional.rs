//! Services that are switched on region by region. There is one resource for each region that the account can use,
//! also where the service is off, so that each region is judged and named.

use super::resource;

resource! {
    /// The recording of resource configuration in one region.
    Recorder {
        /// Whether it is recording now.
        recording: bool,
        /// Whether it records every type of resource.
        all_types: bool,
        /// Whether it also records the resources that belong to no region.
        global_types: bool,
        /// Whether what it records is delivered somewhere.
        delivers: bool,
        /// What went wrong last; none if all is well.
        last_error: Option<String>,
    }
}

resource! {
    /// The detection of threats in one region.
    Detector {
        /// Whether it is on.
        enabled: bool,
        /// Whether it watches access to objects in storage.
        object_storage: bool,
        /// Whether it watches the audit logs of Kubernetes clusters.
        kubernetes_audit: bool,
        /// Whether it scans the disks of workloads for malware.
        malware: bool,
        /// Whether it watches sign-ins to managed databases.
        databases: bool,
        /// Whether it watches the network activity of functions.
        functions: bool,
        /// Whether it watches processes at run time.
        runtime: bool,
    }
}

resource! {
    /// The collection of security findings in one region (AWS: Security Hub).
    FindingHub {
        /// Whether it is on.
        enabled: bool,
    }
}

resource! {
    /// The analysis of who has access, in one region.
    Analyzer {
        /// Whether an active analysis of access from outside covers the account.
        external_access: bool,
        /// Whether an active analysis of unused access covers the account.
        unused_access: bool,
    }
}
