//! Findings of which a report shows some.

use posture_model::gap::Reason;

use super::{Finding, Findings, Row, Rows, Tallies, Tally, tallies};
use crate::exception::Tagged;
use crate::filter::{Filter, Fits};
use crate::provider::Provider;

/// What a filter took away, and what was there before.
#[derive(Debug)]
pub(super) struct Hidden {
    filter: Filter,
    rows: Rows,
    whole: Tallies,
    tags_unread: usize,
}

/// That a report shows some findings only.
#[derive(Clone, Copy, Debug)]
pub struct Filtered<'f> {
    /// The filter.
    pub filter: &'f Filter,
    /// How many findings are shown.
    pub shown: usize,
    /// The findings that are hidden.
    pub hidden: Tally,
    /// How many of these are hidden only as the tags of their resources could not be read.
    pub tags_unread: usize,
}

impl Filtered<'_> {
    /// How many findings there are.
    pub fn total(&self) -> usize {
        self.shown + self.hidden.total()
    }
}

impl Findings<'_> {
    /// Keeps the findings that fit a filter, for lists and counts. What was judged stays known: see [`Self::everything`] and
    /// [`Self::whole_tally`].
    pub(crate) fn keep(&mut self, filter: Filter) {
        if filter.is_empty() {
            return;
        }
        let mut all = std::mem::take(&mut self.rows);
        if let Some(hidden) = self.hidden.take() {
            self.tallies = hidden.whole;
            for (all, hidden) in all.iter_mut().zip(hidden.rows) {
                all.extend(hidden);
                all.sort_by_key(|row| (row.control, row.resource.unwrap_or(u32::MAX)));
            }
        }
        let nothing: Rows = all.iter().map(|_| Vec::new()).collect();
        let (mut kept, mut rows, mut tags_unread) = (nothing.clone(), nothing, 0);
        for row in all.into_iter().flatten() {
            let place = row.scope as usize;
            let finding = self.view(&row);
            let kind = finding.kind();
            let tag = |key: &str| match row.resource {
                Some(resource) => self.scopes[place].tag(kind, resource as usize, key),
                None => Tagged::Absent,
            };
            match filter.fits(&finding, tag) {
                Fits::Yes => kept[place].push(row),
                Fits::No => rows[place].push(row),
                Fits::Unknown => {
                    tags_unread += 1;
                    rows[place].push(row);
                }
            }
        }
        let whole = std::mem::take(&mut self.tallies);
        self.rows = kept;
        // A provider of which nothing is shown was audited all the same.
        self.tallies =
            whole.iter().map(|(of, sums)| (*of, vec![Tally::default(); sums.len()])).collect();
        tallies(&mut self.tallies, &self.rows, &self.scopes, self.controls.len());
        self.hidden = Some(Hidden { filter, rows, whole, tags_unread });
    }

    /// What is hidden, where a filter hides something or could.
    pub fn filtered(&self) -> Option<Filtered<'_>> {
        let hidden = self.hidden.as_ref()?;
        let whole = (0..self.controls.len()).map(|place| self.whole_tally(place));
        let shown = (0..self.controls.len()).map(|place| self.tally(place));
        let sum = |tallies: &mut dyn Iterator<Item = Tally>| {
            tallies.fold(Tally::default(), |sum, tally| sum.and(tally))
        };
        let (whole, shown) = (sum(&mut { whole }), sum(&mut { shown }));
        Some(Filtered {
            filter: &hidden.filter,
            shown: self.rows.iter().map(Vec::len).sum(),
            hidden: whole.without(shown),
            tags_unread: hidden.tags_unread,
        })
    }

    /// Every finding, those that a filter hides among them.
    pub fn everything(&self) -> impl Iterator<Item = Finding<'_>> {
        self.all_rows().map(|row| self.view(row))
    }

    pub(super) fn all_rows(&self) -> impl Iterator<Item = &Row> {
        let hidden = self.hidden.iter().flat_map(|hidden| &hidden.rows);
        self.rows.iter().chain(hidden).flatten()
    }

    /// What became of a control on every provider, whatever a filter hides.
    pub fn whole_tally(&self, control: usize) -> Tally {
        let of_providers = self.whole().iter().filter_map(|(_, tallies)| tallies.get(control));
        of_providers.fold(Tally::default(), |sum, tally| sum.and(*tally))
    }

    /// What became of a control on one provider, whatever a filter hides.
    pub fn whole_tally_on(&self, control: usize, provider: Provider) -> Tally {
        let of = self.whole().iter().find(|(of, _)| *of == provider);
        of.and_then(|(_, tallies)| tallies.get(control)).copied().unwrap_or_default()
    }

    /// How many documents of the files that were given to the audit are invalid. They would not be applied at all, so that this
    /// outranks what the others show.
    pub fn invalid_documents(&self) -> usize {
        let gaps = self.scopes().iter().flat_map(|scope| &scope.scope().gaps);
        gaps.filter(|gap| gap.reason == Reason::InvalidFile).count()
    }

    fn whole(&self) -> &Tallies {
        self.hidden.as_ref().map_or(&self.tallies, |hidden| &hidden.whole)
    }
}
