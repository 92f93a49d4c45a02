//! Services that are switched on region by region. There is one resource for each region that the account can use,
//! also where the service is off, so that each region is judged and named. Where a service is switched for the whole
//! account, there is one resource.

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
    /// The detection of threats: in one region (AWS: GuardDuty), or in one subscription (Azure: Defender for Cloud).
    Detector {
        /// Whether it is on; not offered where each plan is switched by itself.
        enabled: bool,
        /// Whether it watches access to objects in storage.
        object_storage: bool,
        /// Whether it watches the audit logs of Kubernetes clusters.
        kubernetes_audit: bool,
        /// The parts of the plan for containers that are off: it watches registries, clusters, their machines and what
        /// runs in them by one each (Azure: extensions of Defender for Containers).
        container_parts_off: Vec<String>,
        /// Whether it scans the disks of workloads for malware.
        malware: bool,
        /// Whether it watches sign-ins to managed databases.
        databases: bool,
        /// Whether it watches the network activity of functions.
        functions: bool,
        /// Whether it watches processes at run time.
        runtime: bool,
        /// Whether it looks for weaknesses in the configuration beyond the free checks, and for the paths of attack that follow from them.
        posture: bool,
        /// Whether it watches calls of APIs behind the gateway.
        apis: bool,
        /// Whether it watches virtual machines.
        servers: bool,
        /// Whether the software on virtual machines is searched for known vulnerabilities.
        machine_vulnerabilities: bool,
        /// Whether virtual machines are to get endpoint protection against attacks and malware, as far as their plan is on.
        endpoint_protection: bool,
        /// Whether the disks of virtual machines are scanned without an agent.
        agentless_scanning: bool,
        /// Whether changes to the files that matter on virtual machines are noticed.
        file_integrity: bool,
        /// Whether it watches web apps.
        app_service: bool,
        /// Whether it watches document databases (Azure: Cosmos DB).
        cosmos: bool,
        /// Whether it watches managed databases of open source.
        open_source_databases: bool,
        /// Whether it watches managed SQL databases.
        sql: bool,
        /// Whether it watches SQL servers on virtual machines.
        sql_machines: bool,
        /// Whether it watches access to vaults of keys and secrets.
        key_vault: bool,
        /// Whether it watches the calls that manage resources.
        resource_manager: bool,
        /// The virtual machines that do not look for missing updates by themselves; empty where all do.
        machines_without_update_checks: Vec<String>,
        /// Whether what the organisation shows to the internet is searched for weaknesses from outside.
        attack_surface: bool,
        /// How many percent of its points the provider gives for what it advises, rounded down; none where it gives
        /// none.
        secure_score_percent: Option<u32>,
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
