//! VPC Block Public Access, see
//! [its guide](https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html) (read on 2026-11-30).

use std::collections::BTreeMap;

use posture_model::gap::Gap;
use posture_model::tri::Tri;

/// What of the traffic between networks and the internet is blocked in a region.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) mode: Mode,
    /// The VPCs and subnets that are left out, by id, or why some of these are not known.
    pub(crate) exclusions: Result<BTreeMap<String, Exclusion>, Gap>,
}

/// What is blocked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nothing.
    Off,
    /// What comes in, and perhaps what goes out: for what comes in it is the same.
    Ingress,
    /// It is being changed, or is not known here.
    Open(Gap),
}

/// What is left out for a VPC or a subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exclusion {
    /// Traffic may come in.
    BothWays,
    /// Traffic may only go out.
    Egress,
    /// It is being changed, or is not known here.
    Open(Gap),
}

impl Block {
    /// Whether the internet may send to this subnet, as far as this is concerned.
    pub(crate) fn lets_in(&self, vpc: &str, subnet: &str) -> Tri<Gap> {
        let mode = match &self.mode {
            Mode::Off => return Tri::Yes,
            Mode::Ingress => Tri::No,
            Mode::Open(gap) => Tri::Unknown(gap.clone()),
        };
        // A subnet's own exclusion is the more specific one; that of its VPC holds where it has none.
        let excluded = match &self.exclusions {
            Err(gap) => Tri::Unknown(gap.clone()),
            Ok(all) => match all.get(subnet).or_else(|| all.get(vpc)) {
                None | Some(Exclusion::Egress) => Tri::No,
                Some(Exclusion::BothWays) => Tri::Yes,
                Some(Exclusion::Open(gap)) => Tri::Unknown(gap.clone()),
            },
        };
        mode | excluded
    }
}
