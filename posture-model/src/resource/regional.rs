//! Services that are switched on region by region. There is one resource for each region that the account can use,
//! also where the service is off, so that each region is judged and named. Where a service is switched for the whole
//! account, there is one resource.

use super::declared::resource;

resource! {
    /// The recording of resource configuration in one region.
    Recorder {
        /// Whether it is recording now.
        [Aws] recording: bool,
        /// Whether it records every type of resource.
        [Aws] all_types: bool,
        /// Whether it also records the resources that belong to no region.
        [Aws] global_types: bool,
        /// Whether what it records is delivered somewhere.
        [Aws] delivers: bool,
        /// What went wrong last; none if all is well.
        [Aws] last_error: Option<String>,
    }
}

resource! {
    /// The detection of threats: in one region (AWS: GuardDuty), or in one subscription (Azure: Defender for Cloud).
    Detector {
        /// Whether it is on; not offered where each plan is switched by itself.
        [Aws] enabled: bool,
        /// Whether it watches access to objects in storage.
        [Aws, Azure] object_storage: bool,
        /// Whether it watches the audit logs of Kubernetes clusters.
        [Aws, Azure] kubernetes_audit: bool,
        /// The parts of the plan for containers that are off: it watches registries, clusters, their machines and what
        /// runs in them by one each (Azure: extensions of Defender for Containers).
        [Azure] container_parts_off: Vec<String>,
        /// Whether it scans the disks of workloads for malware.
        [Aws] malware: bool,
        /// Whether it watches sign-ins to managed databases.
        [Aws] databases: bool,
        /// Whether it watches the network activity of functions.
        [Aws] functions: bool,
        /// Whether it watches processes at run time.
        [Aws] runtime: bool,
        /// Whether it looks for weaknesses in the configuration beyond the free checks, and for the paths of attack that follow from them.
        [Azure] posture: bool,
        /// Whether it watches calls of APIs behind the gateway.
        [Azure] apis: bool,
        /// Whether it watches virtual machines.
        [Azure] servers: bool,
        /// Whether the software on virtual machines is searched for known vulnerabilities.
        [Azure] machine_vulnerabilities: bool,
        /// Whether virtual machines are to get endpoint protection against attacks and malware, as far as their plan is on.
        [Azure] endpoint_protection: bool,
        /// Whether the disks of virtual machines are scanned without an agent.
        [Azure] agentless_scanning: bool,
        /// Whether changes to the files that matter on virtual machines are noticed.
        [Azure] file_integrity: bool,
        /// Whether it watches web apps.
        [Azure] app_service: bool,
        /// Whether it watches document databases (Azure: Cosmos DB).
        [Azure] cosmos: bool,
        /// Whether it watches managed databases of open source.
        [Azure] open_source_databases: bool,
        /// Whether it watches managed SQL databases.
        [Azure] sql: bool,
        /// Whether it watches SQL servers on virtual machines.
        [Azure] sql_machines: bool,
        /// Whether it watches access to vaults of keys and secrets.
        [Azure] key_vault: bool,
        /// Whether it watches the calls that manage resources.
        [Azure] resource_manager: bool,
        /// The virtual machines that do not look for missing updates by themselves; empty where all do.
        [Azure] machines_without_update_checks: Vec<String>,
        /// Whether what the organisation shows to the internet is searched for weaknesses from outside.
        [Azure] attack_surface: bool,
        /// How many percent of its points the provider gives for what it advises, rounded down; none where it gives
        /// none.
        [Azure] secure_score_percent: Option<u32>,
    }
}

resource! {
    /// The collection of security findings in one region (AWS: Security Hub).
    FindingHub {
        /// Whether it is on.
        [Aws] enabled: bool,
    }
}

resource! {
    /// The analysis of who has access, in one region.
    Analyzer {
        /// Whether an active analysis of access from outside covers the account.
        [Aws] external_access: bool,
        /// Whether an active analysis of unused access covers the account.
        [Aws] unused_access: bool,
    }
}
