//! What a control's file needs.

pub(crate) use crate::control::Command::{Change, Inspect};
pub(crate) use crate::control::Severity::{Critical, High, Low, Medium};
pub(crate) use crate::control::{
    Check, CheckResult, Context, Control, EXAMPLE_TIME, Examples, Remedy, Test, Verdict, fail,
    not_applicable, pass, since,
};
pub(crate) use crate::entries::Entries;
pub(crate) use crate::fact::{self, Fact, Gap, Known, NotOffered};
pub(crate) use crate::frameworks::Claim::{Full, Partial, Supporting};
#[allow(unused_imports, reason = "for the controls that come")]
pub(crate) use crate::frameworks::ResourceType::{Arm, Arn, Listed};
pub(crate) use crate::frameworks::{ccm41, cis_aws7, cis_azure6, csf20, fsbp, mcsb1};
#[allow(unused_imports, reason = "for the controls that come")]
pub(crate) use crate::frameworks::{
    cis_aks18, cis_docker18, cis_eks18, cis_kubernetes2, nsa_kubernetes12,
};
pub(crate) use crate::gap::GapId;
pub(crate) use crate::listing::Listing;
pub(crate) use crate::params::{Count, Days, Given, Names, Param};
pub(crate) use crate::provider::Provider::*;
pub(crate) use crate::resource::*;
pub(crate) use crate::scope::Scope;
pub(crate) use crate::text::counted;
pub(crate) use crate::time::Time;
pub(crate) use crate::tools::Purpose;

pub(crate) use crate::control::{is_false, is_true, no_entries, no_entries_unless};
#[cfg(test)]
pub(crate) use crate::testing::*;
