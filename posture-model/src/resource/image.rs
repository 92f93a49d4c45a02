//! Container images, and the known vulnerabilities of what is installed in them.

use std::collections::BTreeMap;

use crate::entries::Entries;
use crate::resource::declared::resource;
use crate::time::Time;

resource! {
    /// A container image for one platform, with all of its layers. Nothing of it was run.
    ///
    /// Lists of files are about the result of the layers unless they name lower layers. A layer that was not read, or that programs
    /// may read differently, leaves them open. Credentials are never part of a fact: their place and their type are.
    ContainerImage {
        /// Its digests: of the manifest for the platform, of the index, and of the configuration, which Docker calls the ID.
        [Image] digests: Vec<String>,
        /// The platform that was read, such as `linux/amd64`: of an index the one that was chosen, else that of the configuration.
        [Image] platform: String,
        /// That its containers run as user 0 unless they are started otherwise.
        [Image] root_user: Entries,
        /// The user or group that the image names and does not have, so that no container starts.
        [Image] unresolved_user: Entries,
        /// The user by name: Kubernetes does not start it with `runAsNonRoot`.
        [Image] named_user: Entries,
        /// The credentials in files of the result: path, line, type and layer.
        [Image] file_secrets: Entries,
        /// The credentials in files that a higher layer deletes or replaces, and that the lower layer still holds.
        [Image] deleted_file_secrets: Entries,
        /// The credentials in environment variables, labels and commands.
        [Image] configuration_secrets: Entries,
        /// The credentials in build arguments and in steps of the build.
        [Image] history_secrets: Entries,
        /// The users without a password.
        [Image] empty_passwords: Entries,
        /// The host keys of SSH servers, which all of its containers share.
        [Image] host_keys: Entries,
        /// The files with setuid, setgid or capabilities that distributions do not install so, and those that run anything.
        [Image] privileged_files: Entries,
        /// The files and directories that every user may write, except for those for temporary files.
        [Image] world_writable: Entries,
        /// The SSH servers.
        [Image] ssh_servers: Entries,
        /// The programs that give the rights of another user, such as sudo.
        [Image] sudo_programs: Entries,
        /// The compilers, package managers, debuggers and network tools.
        [Image] unneeded_tools: Entries,
        /// The directories with caches and lists of package managers.
        [Image] package_caches: Entries,
        /// The `.git` directories.
        [Image] git_directories: Entries,
        /// The ports below 1024 that it declares.
        [Image] privileged_ports: Entries,
        /// The ports that it declares over which machines are managed, such as 22.
        [Image] management_ports: Entries,
        /// The directories of the system on which it declares a volume.
        [Image] sensitive_volumes: Entries,
        /// Whether it has a health check. The OCI form of a configuration has no place for one.
        [Image] health_check: bool,
        /// The steps of the build that add local files by `ADD` where `COPY` would do.
        [Image] add_instructions: Entries,
        /// The steps of the build that update package lists and install nothing.
        [Image] lone_updates: Entries,
        /// The steps of the build that install or run what is not verified: with checks off, or from a download into a shell.
        [Image] unverified_downloads: Entries,
        /// The environment variables that turn off the verification of TLS certificates.
        [Image] unverified_tls: Entries,
        /// The environment variables that load code into every program, and a `PATH` with a directory that is relative or that every
        /// user may write.
        [Image] loader_variables: Entries,
        /// The environment variables that rely on Docker Content Trust.
        [Image] content_trust: Entries,
        /// Its names with the tag `latest` or without a tag. They are text of its author.
        [Image] latest_tags: Entries,
        /// The labels that would name its source and are missing.
        [Image] missing_labels: Entries,
        /// Whether it has a signature of a known kind, verified or not.
        [Image] signed: bool,
        /// Whether a signature of a key or identity that the user named is valid for this very image.
        [Image] signature_verified: bool,
        /// Whether a verified attestation states how it was built.
        [Image] provenance_verified: bool,
        /// Whether a bill of materials is attached.
        [Image] bill_of_materials: bool,
        /// The registry and repository that it was read from, such as `registry.example/shop/web`.
        [Image] repository: String,
        /// The distribution and its release, such as `debian 12`; none if there is none, as in an image with a single program.
        [Image] distribution: Option<String>,
        /// The last day of the regular support of that release; none where it is updated without releases, or where there is no
        /// distribution.
        [Image] support_ends: Option<Time>,
        /// The last day of a longer support: by volunteers for a part of the packages, or paid.
        [Image] extended_support_ends: Option<Time>,
        /// When it was built; none where the build left the time out so that it can be repeated.
        [Image] built: Option<Time>,
        /// The package databases that a layer deletes. What lower layers list is taken as installed.
        [Image] deleted_package_databases: Entries,
        /// The programs that no package installed and that record nothing of what they are made of.
        [Image] unrecorded_programs: Entries,
        /// What programs may read differently, and what differs from its digest.
        [Image] ambiguous_layers: Entries,
        /// Its labels.
        [Image] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// A known vulnerability of a package that is installed: of the distribution by its source package, or of a language.
    ///
    /// Its ID is that of the vulnerability, the ecosystem and the package, without versions: `vulnerability/CVE-2024-1/debian/openssl`.
    Vulnerability {
        /// What is installed of the package: its name, version and file.
        [Image] installed: Vec<String>,
        /// The rating: `critical`, `high`, `medium`, `low` or `none`. Without one it is unknown, not low.
        [Image] rating: String,
        /// Whose rating it is, such as `CVSS 3.1: 9.8` or `Debian`.
        [Image] rated_by: String,
        /// The lowest versions that fix it, for the release that is installed; empty if there is none.
        [Image] fixed_versions: Vec<String>,
        /// Why it has no effect in an image, such as a rating of the distribution; none where nothing states that.
        [Image] without_effect: Option<String>,
        /// What others state of it in VEX, each with its author, its justification and its document: also what does not count.
        [Image] statements: Vec<String>,
        /// The statements that excuse it, of documents that the user named, or that a key or identity of the user signed; none where
        /// they do not, or not for all that is installed.
        [Image] excused: Option<String>,
        /// What other scanners report of it, each with its name, version and day.
        [Image] reported: Vec<String>,
        /// How probable it is that it is exploited within 30 days, by EPSS, in millionths.
        [Image] epss: u32,
        /// The day of that probability, and its percentile.
        [Image] epss_source: String,
        /// Whether the user asked to ignore it as long as no version fixes it.
        [Image] ignored_unfixed: bool,
        /// Whether it is in the catalog of known exploited vulnerabilities of CISA.
        [Image] known_exploited: bool,
        /// Its other names, and the records that state it.
        [Image] aliases: Vec<String>,
        /// `package`, `ecosystem` and `vulnerability`.
        [Image] tags: BTreeMap<String, String>,
    }
}
