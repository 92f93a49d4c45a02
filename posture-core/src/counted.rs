//! What of a control's findings counts for a requirement: those of the types that it is about, where it asks for them, and
//! where no alternative holds. A pure function of findings and mappings.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::control::Control;
use crate::controls;
use crate::frameworks::{Mapping, RequirementId};
use crate::judge::{Examined, Findings, Row, Tally};
use crate::provider::Provider;
use crate::status::FindingStatus;

/// Counts the findings of a run for requirements.
pub(crate) struct Counter<'f, 's> {
    findings: &'f Findings<'s>,
    /// Those of each control of the run, with what follows from them.
    mappings: &'f [Vec<Mapping>],
    /// The other controls that could be alternatives: how these would have come out is not known.
    absent: Vec<(&'static Control, Vec<Mapping>)>,
    /// The status of a control in a scope, as a requirement counts it.
    together: RefCell<BTreeMap<(u32, u16, RequirementId), FindingStatus>>,
}

impl<'f, 's> Counter<'f, 's> {
    pub(crate) fn new(findings: &'f Findings<'s>, mappings: &'f [Vec<Mapping>]) -> Self {
        let selected = |control: &Control| findings.controls().iter().any(|of| of.id == control.id);
        let absent = controls::ALL.iter().filter(|control| !selected(control)).map(|control| {
            let mut all = control.mappings();
            all.retain(|mapping| mapping.alternatives().is_some());
            (*control, all)
        });
        let absent = absent.filter(|(_, all)| !all.is_empty()).collect();
        Self { findings, mappings, absent, together: RefCell::default() }
    }

    /// What became of a control, by its place, as a requirement counts it.
    pub(crate) fn tally(&self, place: usize, mapping: &Mapping, provider: Provider) -> Tally {
        let apart = self.findings.is_apart_on(place, mapping.requirement, provider);
        let Ok(control) = u16::try_from(place) else { return Tally::default() };
        if apart || mapping.takes_all() {
            return self.findings.tally_for(place, mapping.requirement, provider);
        }
        let mut sum = Tally::default();
        for (scope, examined) in (0_u32..).zip(self.findings.scopes()) {
            if examined.scope().provider != provider {
                continue;
            }
            let rows = self.findings.rows_of(scope, control);
            let mut none = true;
            for row in rows {
                let Some(own) = self.own(examined, row, mapping) else { continue };
                sum.add_status(self.with_alternatives(examined, row, mapping, own));
                none = false;
            }
            // There are resources, and none of the type that the requirement is about.
            if none && !rows.is_empty() {
                sum.add_status(FindingStatus::NotApplicable);
            }
        }
        sum
    }

    /// The status of a finding by itself; none where the requirement is not about the resource.
    fn own(&self, examined: &Examined<'_>, row: &Row, mapping: &Mapping) -> Option<FindingStatus> {
        let kind = self.findings.controls()[usize::from(row.control)].test.check.kind();
        let subject = row.resource.and_then(|place| examined.subject(kind, place as usize));
        let provider = examined.scope().provider;
        let about = subject.map_or(Some(true), |of| mapping.is_about(provider, kind, of.id));
        let status = row.outcome.status(row.exception.is_some());
        if about == Some(false) {
            return None;
        }
        if status == FindingStatus::NotApplicable {
            return Some(status);
        }
        let asked = match mapping.condition() {
            [] => Some(true),
            types => examined.has_any(types, subject.and_then(|of| of.region)),
        };
        Some(match (about, asked) {
            (_, Some(false)) => FindingStatus::NotApplicable,
            (Some(_), Some(true)) => status,
            (None, _) | (_, None) => FindingStatus::Unknown,
        })
    }

    /// The same where another control may hold in its place: one pass suffices, and while one is open, nothing fails.
    fn with_alternatives(
        &self,
        examined: &Examined<'_>,
        row: &Row,
        mapping: &Mapping,
        own: FindingStatus,
    ) -> FindingStatus {
        let Some(alternatives) = mapping.alternatives() else { return own };
        match own {
            FindingStatus::Pass | FindingStatus::NotApplicable => return own,
            FindingStatus::Fail | FindingStatus::Excepted | FindingStatus::Unknown => {}
        }
        let provider = examined.scope().provider;
        let same = |other: &&Mapping| {
            other.requirement == mapping.requirement && other.alternatives() == Some(alternatives)
        };
        let mut open = own == FindingStatus::Unknown;
        for (other, mappings) in (0_u16..).zip(self.mappings) {
            let control = self.findings.controls()[usize::from(other)];
            let found = mappings.iter().find(same);
            let Some(found) = found.filter(|_| other != row.control && control.judges(provider))
            else {
                continue;
            };
            match self.other(examined, row, other, found) {
                FindingStatus::Pass => return FindingStatus::Pass,
                FindingStatus::Unknown => open = true,
                FindingStatus::Fail | FindingStatus::Excepted | FindingStatus::NotApplicable => {}
            }
        }
        let absent = |(control, mappings): &(&Control, Vec<Mapping>)| {
            control.judges(provider) && mappings.iter().any(|mapping| same(&mapping))
        };
        if open || self.absent.iter().any(absent) { FindingStatus::Unknown } else { own }
    }

    /// The status of an alternative for the resource of a row, or for its scope where it examines another kind.
    fn other(
        &self,
        examined: &Examined<'_>,
        row: &Row,
        other: u16,
        mapping: &Mapping,
    ) -> FindingStatus {
        let kind = |control: u16| self.findings.controls()[usize::from(control)].test.check.kind();
        let rows = self.findings.rows_of(row.scope, other);
        if kind(other) == kind(row.control) && row.resource.is_some() {
            let found = rows.iter().find(|of| of.resource == row.resource);
            let status = found.and_then(|of| self.own(examined, of, mapping));
            return status.unwrap_or(FindingStatus::NotApplicable);
        }
        let key = (row.scope, other, mapping.requirement);
        if let Some(known) = self.together.borrow().get(&key) {
            return *known;
        }
        let all: Vec<FindingStatus> =
            rows.iter().filter_map(|of| self.own(examined, of, mapping)).collect();
        let worst = [
            FindingStatus::Fail,
            FindingStatus::Unknown,
            FindingStatus::Excepted,
            FindingStatus::Pass,
        ];
        let status = worst.into_iter().find(|status| all.contains(status));
        let status = status.unwrap_or(FindingStatus::NotApplicable);
        self.together.borrow_mut().insert(key, status);
        status
    }
}

#[cfg(test)]
mod tests;
