//! Which requirements a control bears on, and what follows from that.

use super::catalogue;
use super::table::{Requirement, RequirementId, Strength, all, find};
use crate::check::Check;
use crate::threshold::Asked;

/// That a control bears on a requirement, and how much it decides.
///
/// A requirement is decided by what it asks itself. Where it names a number, this number decides, and not the threshold
/// of the control: neither does a looser threshold meet the requirement, nor does a stricter one fail it. Where its
/// procedure differs from the control in another way, it may bring a check.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The requirement.
    pub requirement: RequirementId,
    /// How much the control decides about it.
    pub strength: Strength,
    asked: [Option<Asked>; 2],
    check: Option<Check>,
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        (self.requirement, self.strength) == (other.requirement, other.strength)
    }
}

impl Eq for Mapping {}

impl Mapping {
    const fn plain(requirement: RequirementId, strength: Strength) -> Self {
        Self { requirement, strength, asked: [None, None], check: None }
    }

    /// The same, where the requirement itself names the value of a threshold.
    ///
    /// # Panics
    /// At the third one, which in a `static` means that it does not compile.
    #[must_use]
    pub const fn with(mut self, asked: Asked) -> Self {
        match self.asked {
            [None, _] => self.asked[0] = Some(asked),
            [_, None] => self.asked[1] = Some(asked),
            _ => panic!("a requirement names two values at most"),
        }
        self
    }

    /// The same, where the requirement is decided by a check of its own, over the same kind of resource and the same
    /// facts.
    #[must_use]
    pub const fn by(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }

    /// The values of thresholds that the requirement itself names.
    pub fn asked(&self) -> impl Iterator<Item = Asked> + use<> {
        self.asked.into_iter().flatten()
    }

    /// The check that decides the requirement, where it is not that of the control.
    pub fn check(&self) -> Option<Check> {
        self.check
    }
}

/// Whether two texts are the same, in a constant.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

macro_rules! mapping {
    ($( $(#[$meta:meta])* $name:ident: $table:ident, $missing:literal; )*) => {
        $(
            $(#[$meta])*
            ///
            /// # Panics
            /// Where there is no such requirement, which in a `static` means that it does not compile.
            pub const fn $name(id: &str, strength: Strength) -> Mapping {
                let (framework, requirements) = (catalogue::index::$table, catalogue::$table);
                let mut index: u16 = 0;
                while (index as usize) < requirements.len() {
                    if same(requirements[index as usize].id, id) {
                        return Mapping::plain(RequirementId { framework, index }, strength);
                    }
                    index += 1;
                }
                panic!($missing)
            }
        )*
    };
}
mapping! {
    /// A subcategory of the [NIST Cybersecurity Framework 2.0](https://www.nist.gov/cyberframework).
    csf20: CSF_2_0, "no such subcategory in NIST CSF 2.0";
    /// A control of the [CSA Cloud Controls Matrix 4.1.0](https://cloudsecurityalliance.org/research/cloud-controls-matrix).
    ccm41: CCM_4_1, "no such control in CSA CCM 4.1.0";
    /// A recommendation of the [CIS AWS Foundations Benchmark 7.0.0](https://www.cisecurity.org/benchmark/amazon_web_services).
    cis_aws7: CIS_AWS_7_0, "no such recommendation in CIS AWS Foundations 7.0.0";
    /// A control of the [AWS Foundational Security Best Practices](https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html).
    fsbp: FSBP, "no such control in AWS FSBP";
    /// A recommendation of the [CIS Azure Foundations Benchmark 6.0.0](https://www.cisecurity.org/benchmark/azure).
    cis_azure6: CIS_AZURE_6_0, "no such recommendation in CIS Azure Foundations 6.0.0";
    /// A control of the [Microsoft cloud security benchmark v1](https://learn.microsoft.com/en-us/security/benchmark/azure/overview).
    mcsb1: MCSB_1, "no such control in the Microsoft cloud security benchmark v1";
}

impl Mapping {
    /// That a control bears on a requirement of this framework, by the ids of both; none where there is none such.
    pub fn new(framework: &str, requirement: &str, strength: Strength) -> Option<Self> {
        let found = find(framework)?;
        let place = all().iter().position(|framework| std::ptr::eq(*framework, found))?;
        let same = |known: &Requirement| known.id.eq_ignore_ascii_case(requirement);
        let index = found.requirements.iter().position(same)?;
        let requirement = RequirementId {
            framework: u8::try_from(place).ok()?,
            index: u16::try_from(index).ok()?,
        };
        Some(Self::plain(requirement, strength))
    }
}

/// The given mappings with those that follow from them, each requirement once.
///
/// - A control that bears on CCM 4.1.0 bears equally on the control of CCM 4.0.13 that it was carried over from.
/// - A control that decides a CSF subcategory, or a part of one, supports the SP 800-53 controls that NIST relates to
///   it, as far as these are about what its area examines. Such a relation says that the topics meet, not that one
///   shows the other, so it never decides.
pub(crate) fn expand(mappings: &[Mapping], area: &str) -> Vec<Mapping> {
    let topics = TOPICS.iter().find(|(of, _)| *of == area).map_or(&[][..], |(_, ids)| *ids);
    let mut all: Vec<Mapping> = mappings.to_vec();
    for mapping in mappings {
        let RequirementId { framework, index } = mapping.requirement;
        if framework == catalogue::index::CCM_4_1 {
            if let Some(Some(older)) = catalogue::CCM_4_1_TO_4_0.get(usize::from(index)) {
                let requirement =
                    RequirementId { framework: catalogue::index::CCM_4_0, index: *older };
                all.push(Mapping::plain(requirement, mapping.strength));
            }
        } else if framework == catalogue::index::CSF_2_0 && mapping.strength != Strength::Supporting
        {
            let related = catalogue::CSF_2_0_TO_NIST_800_53.get(usize::from(index));
            for index in related.into_iter().copied().flatten() {
                let requirement =
                    RequirementId { framework: catalogue::index::NIST_800_53, index: *index };
                if !topics.contains(&requirement.get().id) {
                    continue;
                }
                all.push(Mapping::plain(requirement, Strength::Supporting));
            }
        }
    }
    all.sort_by_key(|mapping| (mapping.requirement, std::cmp::Reverse(mapping.strength)));
    all.dedup_by_key(|mapping| mapping.requirement);
    all
}

/// What the controls of an area can say anything about, of SP 800-53. A subcategory of the CSF is wide: access
/// permissions (PR.AA-05) are related to wireless access, too, of which a bucket's policy shows nothing.
pub(super) const TOPICS: &[(&str, &[&str])] = &[
    ("compute", &["AC-6"]),
    ("detection", &["CA-7", "IR-4", "SI-4"]),
    ("identity", &["AC-2", "AC-3", "AC-6", "IA-2", "IA-4", "IA-5", "IA-8"]),
    ("keys", &["AC-3", "AC-6", "SC-12", "SC-13", "SC-28"]),
    (
        "logging",
        &[
            "AU-2", "AU-3", "AU-6", "AU-11", "AU-12", "CA-7", "CM-3", "CM-6", "CM-8", "SC-28",
            "SI-4", "SI-7",
        ],
    ),
    ("network", &["AC-4", "AU-2", "AU-11", "AU-12", "CA-7", "SC-7", "SI-4"]),
    ("resilience", &[]),
    ("secrets", &["IA-5"]),
    ("storage", &["AC-3", "AC-6", "AU-2", "AU-12", "CP-9", "SC-7", "SC-8", "SC-13", "SC-28"]),
    ("vaults", &["AC-3", "AC-6", "AU-2", "AU-12", "SC-7"]),
];
