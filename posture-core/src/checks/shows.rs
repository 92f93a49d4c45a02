//! Why a failure shows that a requirement is not met, where controls of a family have the same reason, and what suffices in
//! place of each other.

use crate::frameworks::{Alternatives, ResourceType};
use crate::prelude::*;

/// A part of a row of a benchmark.
pub(crate) const STEP: &str =
    "what fails is a step of the row's own procedure, which asks for more besides";

/// A path to administrator.
pub(crate) const ESCALATES: &str = "it grants less than everything, and its holder can take everything by the path in the \
                                    finding, so that more is allowed than was granted";

/// All actions of a service.
pub(crate) const EVERY_ACTION: &str = "it also grants the actions that the provider adds to the service later, whose need \
                                       was never checked";

/// Decryption with all keys.
pub(crate) const EVERY_KEY: &str =
    "it also covers keys that do not exist yet, whose need was never checked";

/// Access of an account that the user does not trust.
pub(crate) const UNTRUSTED: &str =
    "the other account has access, and the user did not name it as trusted";

/// Access of everyone.
pub(crate) const EVERYONE: &str = "anyone with an account of the provider has access; what is meant for everyone is declared \
                                   by an exception";

/// Anonymous reads.
pub(crate) const READ_BY_ANYONE: &str = "anyone can read the data without signing in; what is meant for everyone is declared \
                                         by an exception";

/// A password suffices.
pub(crate) const PASSWORD_ALONE: &str =
    "a user whom no accepted exclusion names signs in with a password alone";

/// An unused credential.
pub(crate) const UNUSED: &str = "the credential works and was not used for longer than the limit, so that it outlived its \
                                 need";

/// An old credential.
pub(crate) const OLD: &str =
    "the credential works and is older than the limit, so that it was not replaced in time";

/// A role that is active without an end.
pub(crate) const STANDING: &str = "the assignment is active without an end, and no other product for privileged access is \
                                   declared that removes it";

/// A plan of the provider's threat detection that is off.
pub(crate) const UNWATCHED: &str = "there is such a resource, and neither the provider's threat detection nor a declared tool \
                                    monitors it";

/// Machines that nothing scans.
pub(crate) const UNSCANNED: &str = "there are machines, and neither Defender for Cloud, with or without an agent, nor a \
                                    declared tool scans them for vulnerabilities";

/// A scan with an agent or without one.
pub(crate) const SCANNED: Alternatives = Alternatives("machines are scanned for vulnerabilities");

/// The types of virtual machines of Azure.
pub(crate) const MACHINES: &[ResourceType] = &[
    Arm("Microsoft.Compute/virtualMachines"),
    Arm("Microsoft.Compute/virtualMachineScaleSets"),
    Arm("Microsoft.HybridCompute/machines"),
];

/// A log of requests that the provider keeps nowhere by itself.
pub(crate) const NOT_RECORDED: &str = "the provider keeps these requests nowhere unless a diagnostic setting sends them, and \
                                       none sends all of them";

/// A digest of the log, or a lock on it.
pub(crate) const UNCHANGED: Alternatives = Alternatives("a log file cannot be changed unnoticed");

/// A log file that may be changed.
pub(crate) const CHANGEABLE: &str = "the log files of the trail are neither locked nor validated, so that a change of one \
                                     goes unnoticed";

/// Keys of a storage account that are replaced, or of no use.
pub(crate) const ACCOUNT_KEYS: Alternatives =
    Alternatives("no key of a storage account works past the limit");

/// A key of a storage account that is old and works.
pub(crate) const OLD_ACCOUNT_KEY: &str =
    "the storage account accepts its keys, and one of them is older than the limit";

/// An endpoint that every network reaches.
pub(crate) const EVERY_NETWORK: &str = "every network reaches the endpoint; one that is meant to be reached from everywhere is \
                                        declared by an exception";

/// A key without an end.
pub(crate) const NO_END: &str = "the key has no expiration date, so that nothing deactivates it";

/// A setting that a row of the Microsoft benchmark names.
pub(crate) const NAMED_SETTING: &str =
    "a policy that Microsoft publishes for this row asks for this very setting";

/// A permission of Kubernetes that leads further.
pub(crate) const UNDECLARED_PERMISSION: &str =
    "the subject has the permission, and no exception declares that it needs it";
