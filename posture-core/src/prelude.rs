//! What a control's file needs.

pub use crate::control::Command::{Change, Inspect};
pub use crate::control::Severity::{Critical, High, Low, Medium};
pub use crate::control::{
    Check, Context, Control, EXAMPLE_TIME, Examples, Judged, Remedy, Severity, Test, Verdict, fail,
    not_applicable, pass, since,
};
pub use crate::entries::Entries;
pub use crate::fact::{self, Fact, Gap, Known, NotOffered};
pub use crate::frameworks::Strength::{Full, Partial, Supporting};
pub use crate::frameworks::{ccm41, cis_aws7, cis_azure6, csf20, fsbp, mcsb1};
pub use crate::gap::GapId;
pub use crate::listing::Listing;
pub use crate::params::{Count, Days, Names, Param};
pub use crate::provider::Provider::{self, Aws, Azure};
pub use crate::resource::*;
pub use crate::scope::Scope;
pub use crate::time::Time;

pub(crate) use crate::control::{is_false, is_true};
#[cfg(test)]
pub(crate) use crate::testing::*;
