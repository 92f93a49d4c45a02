//! Which requirements a control maps to, and what follows from that.

use super::catalogue;
use super::claim::{Alternatives, Claim, ResourceType};
use super::table::{Class, Requirement, RequirementId, Strength, all, find};
use crate::check::Check;
use crate::provider::Provider;
use crate::resource::Kind;
use crate::threshold::Asked;
use crate::tools::Purpose;

/// That a control maps to a requirement, and how much it decides.
///
/// A requirement is decided by what it demands itself. If it names a number, this number decides, and not the threshold
/// of the control: neither does a looser threshold meet the requirement, nor does a stricter one fail it. Where its
/// procedure differs from the control in another way, it may bring a check.
#[derive(Clone, Copy, Debug)]
pub struct Mapping {
    /// The requirement.
    pub requirement: RequirementId,
    /// How much the control decides about it.
    pub strength: Strength,
    because: Option<&'static str>,
    asked: [Option<Asked>; 2],
    check: Option<Check>,
    of: &'static [ResourceType],
    condition: &'static [ResourceType],
    alternatives: Option<Alternatives>,
    tool: Option<Purpose>,
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        (self.requirement, self.strength) == (other.requirement, other.strength)
    }
}

impl Eq for Mapping {}

impl Mapping {
    const fn plain(requirement: RequirementId, strength: Strength) -> Self {
        Self {
            requirement,
            strength,
            because: None,
            asked: [None, None],
            check: None,
            of: &[],
            condition: &[],
            alternatives: None,
            tool: None,
        }
    }

    const fn claimed(requirement: RequirementId, claim: Claim) -> Self {
        let mut mapping = Self::plain(requirement, claim.strength());
        match claim {
            Claim::Full => {
                assert!(
                    is_literal(requirement),
                    "only a row of a benchmark is a setting as a whole"
                );
                assert!(is_whole(requirement), "the interfaces show only a part of this row");
                mapping.because = Some(ROW);
            }
            Claim::Partial(because) => {
                assert!(
                    because.len() > 20,
                    "say why a failure shows that the requirement is not met"
                );
                mapping.because = Some(because);
            }
            Claim::Supporting => {}
        }
        mapping
    }

    /// The same, where the requirement itself names the value of a threshold.
    ///
    /// # Panics
    /// At the third one, and where there are alternatives, which in a `static` means that it does not compile.
    #[must_use]
    pub const fn with(mut self, asked: Asked) -> Self {
        self.must_be_plain();
        match self.asked {
            [None, _] => self.asked[0] = Some(asked),
            [_, None] => self.asked[1] = Some(asked),
            _ => panic!("a requirement names two values at most"),
        }
        self
    }

    /// The same, if the requirement is decided by a separate check, of the same kind of resource and the same
    /// facts.
    ///
    /// # Panics
    /// Where there are alternatives or a condition, which in a `static` means that it does not compile.
    #[must_use]
    pub const fn by(mut self, check: Check) -> Self {
        self.must_be_plain();
        self.check = Some(check);
        self
    }

    /// The same, where the requirement is about some types of resource only: it follows from the findings of these, and from
    /// no others. Of a resource whose id does not show its type, the requirement stays open.
    ///
    /// # Panics
    /// Where no type is named, or one that a provider does not have, which in a `static` means that it does not compile.
    #[must_use]
    pub const fn of(mut self, types: &'static [ResourceType]) -> Self {
        assert!(!types.is_empty(), "name a type");
        let mut i = 0;
        while i < types.len() {
            let own = matches!(types[i], ResourceType::Listed(_));
            assert!(!own, "all findings of a control are of one kind");
            i += 1;
        }
        self.of = types;
        self
    }

    /// The same, where the requirement asks for it only if the account has a resource of one of these types; for a finding of
    /// a region, in that region. Without one the finding does not count; while that is open, so is the requirement.
    ///
    /// # Panics
    /// Where no type is named, or the requirement is judged apart from the control, which in a `static` means that it does
    /// not compile.
    #[must_use]
    pub const fn where_any(mut self, types: &'static [ResourceType]) -> Self {
        assert!(!types.is_empty(), "name a type");
        self.must_not_be_apart();
        self.condition = types;
        self
    }

    /// The same, where any control with the same alternatives suffices: the requirement fails by them only where all of them
    /// fail, on the same resource, or in the same account where they examine other kinds of resource.
    ///
    /// # Panics
    /// Where the requirement is judged apart from the control, which in a `static` means that it does not compile.
    #[must_use]
    pub const fn any_of(mut self, alternatives: Alternatives) -> Self {
        self.must_not_be_apart();
        self.alternatives = Some(alternatives);
        self
    }

    /// The same, where the control asks whether a provider's tool is on: if the user [declares](crate::tools::Tools) another
    /// tool for the purpose, this is supporting evidence only.
    ///
    /// # Panics
    /// On a row of a benchmark, which asks for this very tool. In a `static` it does not compile.
    #[must_use]
    pub const fn or_tool(mut self, purpose: Purpose) -> Self {
        assert!(!is_literal(self.requirement), "a row of a benchmark asks for this very tool");
        self.tool = Some(purpose);
        self
    }

    const fn must_be_plain(&self) {
        let plain = self.alternatives.is_none() && self.condition.is_empty();
        assert!(plain, "alternatives and conditions go by the control's own findings");
    }

    const fn must_not_be_apart(&self) {
        let apart = self.check.is_some() || self.asked[0].is_some();
        assert!(!apart, "alternatives and conditions go by the control's own findings");
    }

    /// Why a failure shows that the requirement is not met: the answer to the question in which case the control fails
    /// although the requirement holds. None where it only supports, and where a file of the user maps a control.
    pub fn because(&self) -> Option<&'static str> {
        self.because
    }

    /// Whether the requirement is a row of a benchmark, which is about a setting and asks for it by the letter.
    pub fn is_literal(&self) -> bool {
        is_literal(self.requirement)
    }

    /// The types of resource that it is about; empty where it is about all that the control examines.
    pub fn types(&self) -> &'static [ResourceType] {
        self.of
    }

    /// The types of resource of which one must exist; empty where that does not matter.
    pub fn condition(&self) -> &'static [ResourceType] {
        self.condition
    }

    /// The alternatives that it belongs to.
    pub fn alternatives(&self) -> Option<Alternatives> {
        self.alternatives
    }

    /// The purpose of the tool that another one may serve instead.
    pub fn tool(&self) -> Option<Purpose> {
        self.tool
    }

    /// Whether it is about a resource; none where the resource's id does not say.
    pub(crate) fn is_about(&self, provider: Provider, kind: Kind, id: &str) -> Option<bool> {
        match self.of {
            [] => Some(true),
            types => ResourceType::any(types, provider, kind, id),
        }
    }

    /// Whether it may be about resources of a provider, and its condition may hold there.
    pub(crate) fn may_be_about(&self, provider: Provider) -> bool {
        let may = |types: &[ResourceType]| {
            types.is_empty()
                || types.iter().any(|of| match of {
                    ResourceType::Arn(..) => provider == Provider::Aws,
                    ResourceType::Arm(_) => provider == Provider::Azure,
                    ResourceType::Listed(kind) => {
                        kind.levels().iter().any(|(on, _)| *on == provider)
                    }
                })
        };
        may(self.of) && may(self.condition)
    }

    /// Whether every finding of the control counts as it is.
    pub(crate) fn takes_all(&self) -> bool {
        self.of.is_empty() && self.condition.is_empty() && self.alternatives.is_none()
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

/// Why a failure of a control that is the procedure of a row shows that the row is not met.
const ROW: &str = "the control is the procedure of the row, by the row's own numbers";

/// Whether a requirement is about a setting by the letter, and not in words.
const fn is_literal(requirement: RequirementId) -> bool {
    catalogue::ALL[requirement.framework as usize].benchmark
}

/// Whether what a requirement asks for can be read as a whole.
const fn is_whole(requirement: RequirementId) -> bool {
    let RequirementId { framework, index } = requirement;
    let class = catalogue::ALL[framework as usize].requirements[index as usize].class;
    matches!(class, None | Some(Class::Automated))
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
            /// Where there is no such requirement, and where it claims to decide a requirement in words as a whole, which in a `static` means that it does not compile.
            pub const fn $name(id: &str, claim: Claim) -> Mapping {
                let (framework, requirements) = (catalogue::index::$table, catalogue::$table);
                let mut index: u16 = 0;
                while (index as usize) < requirements.len() {
                    if same(requirements[index as usize].id, id) {
                        return Mapping::claimed(RequirementId { framework, index }, claim);
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
    /// A recommendation of the [CIS Kubernetes Benchmark 2.0.1](https://www.cisecurity.org/benchmark/kubernetes).
    cis_kubernetes2: CIS_KUBERNETES_2_0, "no such recommendation in CIS Kubernetes 2.0.1";
    /// A recommendation of the [CIS Amazon EKS Benchmark 1.8](https://www.cisecurity.org/benchmark/kubernetes).
    cis_eks18: CIS_EKS_1_8, "no such recommendation in CIS Amazon EKS 1.8";
    /// A recommendation of the [CIS AKS Benchmark 1.8](https://www.cisecurity.org/benchmark/kubernetes).
    cis_aks18: CIS_AKS_1_8, "no such recommendation in CIS AKS 1.8";
    /// A recommendation of the [CIS Docker Benchmark 1.8.0](https://www.cisecurity.org/benchmark/docker).
    cis_docker18: CIS_DOCKER_1_8, "no such recommendation in CIS Docker 1.8.0";
    /// A section of the [Kubernetes Hardening Guide 1.2](https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF)
    /// of NSA and CISA, by the id that posture gives it: the guide numbers nothing.
    nsa_kubernetes12: NSA_KUBERNETES_1_2, "no such section of the Kubernetes Hardening Guide 1.2";
}

impl Mapping {
    /// A mapping of a control to a requirement of this framework, by the IDs of both; none if it does not exist.
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
/// - A control that maps to CCM 4.1.0 maps equally to the control of CCM 4.0.13 that it was carried over from.
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
                all.push(Mapping { requirement, asked: [None, None], check: None, ..*mapping });
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
                all.push(Mapping {
                    requirement,
                    strength: Strength::Supporting,
                    because: None,
                    asked: [None, None],
                    check: None,
                    tool: None,
                    ..*mapping
                });
            }
        }
    }
    all.sort_by_key(|mapping| (mapping.requirement, std::cmp::Reverse(mapping.strength)));
    all.dedup_by_key(|mapping| mapping.requirement);
    all
}

/// The topics of SP 800-53 that the controls of an area can show anything about. A subcategory of the CSF is wide: access
/// permissions (PR.AA-05) are related to wireless access, too, about which a bucket's policy shows nothing.
pub(super) const TOPICS: &[(&str, &[&str])] = &[
    ("admission", &[]),
    ("compute", &["AC-6"]),
    ("container-host", &["AC-3", "CM-6", "CM-7", "SC-8"]),
    ("control-plane", &["AC-3", "AC-6", "AU-2", "AU-12", "CM-7", "IA-2", "SC-8", "SC-28"]),
    ("detection", &["CA-7", "SI-4"]),
    ("edge", &["SC-8", "SC-13"]),
    ("identity", &["AC-2", "AC-3", "AC-6", "IA-2", "IA-4", "IA-5", "IA-8"]),
    ("images", &["CM-6", "CM-7", "SI-2", "SI-7"]),
    ("inventory", &[]),
    ("keys", &["AC-3", "AC-6", "SC-12", "SC-13", "SC-28"]),
    ("lifecycle", &["SI-2"]),
    ("logging", &["AU-2", "AU-3", "AU-6", "AU-11", "AU-12", "CA-7", "SC-28", "SI-4", "SI-7"]),
    ("namespaces", &[]),
    ("network", &["AC-4", "AU-2", "AU-11", "AU-12", "CA-7", "SC-7", "SI-4"]),
    ("nodes", &[]),
    ("resilience", &[]),
    ("secrets", &[]),
    ("storage", &["AC-3", "AC-6", "CP-9", "SC-7", "SC-8", "SC-13", "SC-28"]),
    ("vaults", &["AC-3", "AU-2", "AU-12", "SC-7"]),
    ("workloads", &["CM-6", "CM-7"]),
];
