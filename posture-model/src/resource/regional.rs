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
        /// Whether it also records global resources.
        [Aws] global_types: bool,
        /// Whether its records are delivered anywhere (AWS: a delivery channel).
        [Aws] delivers: bool,
        /// Its last error; none if there is none.
        [Aws] last_error: Option<String>,
    }
}

resource! {
    /// The detection of threats: in one region (AWS: GuardDuty), or in one subscription (Azure: Defender for Cloud).
    Detector {
        /// Whether it is enabled; not offered if each plan is enabled separately.
        [Aws] enabled: bool,
        /// Whether it monitors access to objects in storage (AWS: GuardDuty S3 Protection; Azure: Defender for
        /// Storage).
        [Aws, Azure] object_storage: bool,
        /// Whether it monitors Kubernetes audit logs (AWS: GuardDuty EKS Protection; Azure: Defender for Containers).
        [Aws, Azure] kubernetes_audit: bool,
        /// The parts of the container plan that are off; there is one each for registries, clusters, their machines and
        /// workloads (Azure: extensions of Defender for Containers).
        [Azure] container_parts_off: Vec<String>,
        /// Whether it scans the disks of workloads for malware (AWS: GuardDuty Malware Protection).
        [Aws] malware: bool,
        /// Whether it monitors sign-ins to managed databases (AWS: GuardDuty RDS Protection).
        [Aws] databases: bool,
        /// Whether it monitors the network activity of functions (AWS: GuardDuty Lambda Protection).
        [Aws] functions: bool,
        /// Whether it monitors processes at run time (AWS: GuardDuty Runtime Monitoring).
        [Aws] runtime: bool,
        /// Whether it checks configuration beyond the free checks, and analyzes attack paths (Azure: Defender CSPM).
        [Azure] posture: bool,
        /// Whether it monitors API calls behind the gateway (Azure: Defender for APIs).
        [Azure] apis: bool,
        /// Whether it monitors virtual machines (Azure: Defender for Servers).
        [Azure] servers: bool,
        /// Whether virtual machines are scanned for known vulnerabilities.
        [Azure] machine_vulnerabilities: bool,
        /// Whether endpoint protection is deployed to virtual machines, if their plan is on (Azure: Defender for
        /// Endpoint).
        [Azure] endpoint_protection: bool,
        /// Whether the disks of virtual machines are scanned without an agent.
        [Azure] agentless_scanning: bool,
        /// Whether file integrity monitoring of virtual machines is on.
        [Azure] file_integrity: bool,
        /// Whether it monitors web apps (Azure: Defender for App Service).
        [Azure] app_service: bool,
        /// Whether it monitors document databases (Azure: Defender for Azure Cosmos DB).
        [Azure] cosmos: bool,
        /// Whether it monitors managed open-source databases (Azure: Defender for open-source relational databases).
        [Azure] open_source_databases: bool,
        /// Whether it monitors managed SQL databases (Azure: Defender for Azure SQL Databases).
        [Azure] sql: bool,
        /// Whether it monitors SQL servers on virtual machines (Azure: Defender for SQL servers on machines).
        [Azure] sql_machines: bool,
        /// Whether it monitors access to key vaults (Azure: Defender for Key Vault).
        [Azure] key_vault: bool,
        /// Whether it monitors resource management calls (Azure: Defender for Resource Manager).
        [Azure] resource_manager: bool,
        /// The virtual machines without periodic checks for missing updates; empty if all have them.
        [Azure] machines_without_update_checks: Vec<String>,
        /// Whether the organization's external attack surface is scanned (Azure: Defender EASM).
        [Azure] attack_surface: bool,
        /// The secure score of the provider, in percent, rounded down; none if there is none.
        [Azure] secure_score_percent: Option<u32>,
    }
}

resource! {
    /// The collection of security findings in one region (AWS: Security Hub).
    FindingHub {
        /// Whether it is enabled.
        [Aws] enabled: bool,
    }
}

resource! {
    /// The analysis of who has access, in one region.
    Analyzer {
        /// Whether an active external access analyzer covers the account (AWS: IAM Access Analyzer).
        [Aws] external_access: bool,
        /// Whether an active unused access analyzer covers the account (AWS: IAM Access Analyzer).
        [Aws] unused_access: bool,
    }
}
