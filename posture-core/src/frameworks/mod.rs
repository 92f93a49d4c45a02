//! stub
#![allow(missing_docs)]
#[derive(Debug)]
pub struct Framework {
    pub requirements: &'static [Requirement],
}
#[derive(Debug)]
pub struct Requirement {
    pub id: &'static str,
    pub class: Option<Class>,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Automated,
    Partial,
    Organisational,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    Full,
    Partial,
    Supporting,
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequirementId {
    i: usize,
}
impl RequirementId {
    pub fn framework(self) -> &'static Framework {
        &F
    }
    pub fn index(self) -> usize {
        self.i
    }
}
static F: Framework = Framework { requirements: &[] };
#[derive(Debug, Clone, Copy)]
pub struct Mapping {
    pub requirement: RequirementId,
    pub strength: Strength,
}
pub const fn csf20(_: &str, strength: Strength) -> Mapping {
    Mapping { requirement: RequirementId { i: 0 }, strength }
}
pub const fn ccm41(_: &str, strength: Strength) -> Mapping {
    Mapping { requirement: RequirementId { i: 0 }, strength }
}
pub const fn cis_aws7(_: &str, strength: Strength) -> Mapping {
    Mapping { requirement: RequirementId { i: 0 }, strength }
}
pub const fn fsbp(_: &str, strength: Strength) -> Mapping {
    Mapping { requirement: RequirementId { i: 0 }, strength }
}
pub fn expand(m: &[Mapping]) -> Vec<Mapping> {
    m.to_vec()
}
