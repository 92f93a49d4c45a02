//! From a snapshot to findings: a pure function of snapshot, controls and thresholds.

mod clusters;
mod runners;
mod shown;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use crate::ask::Ask;
use crate::check::NOT_OFFERED;
use crate::control::{Check, CheckResult, Context, Control, Evidence, Subject, Undecided, Verdict};
use crate::exception::{self, Exception, Standing, Tagged};
use crate::finding_id;
use crate::frameworks::{RequirementId, ResourceType};
use crate::gap::{Gap, GapId};
use crate::join::{Answer, Index};
use crate::lack::{Lack, lacks};
use crate::params::{Params, Value};
use crate::provider::Provider;
use crate::resource::{FactId, Kind, Resource};
use crate::scope::{Scope, Visit};
use crate::snapshot::{Header, Snapshot};
use crate::source::Source;
use crate::status::FindingStatus;
use crate::tools::Tools;
use crate::unread::{Unread, aside, unread};
use crate::wanted::{self, Wanted};

pub use clusters::Twin;
use clusters::Twins;
use runners::{Run, Runners};
pub use runners::{RunBy, Runner};
pub use shown::Filtered;
use shown::Hidden;

/// What became of one control on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The objective is met.
    Pass,
    /// The objective is not met; there is at least one piece of evidence.
    Fail(Arc<[Evidence]>),
    /// The objective does not apply to the resource, or there is no such resource. The reason may repeat the text of others and is
    /// as hostile as any.
    NotApplicable(Cow<'static, str>),
    /// It could not be decided; the scope's gap with this number has the reason.
    Unknown(GapId),
}

impl Outcome {
    /// The status of a finding with this outcome, where an exception covers it and where none does.
    pub(crate) fn status(&self, excepted: bool) -> FindingStatus {
        match self {
            Self::Pass => FindingStatus::Pass,
            Self::Fail(_) if excepted => FindingStatus::Excepted,
            Self::Fail(_) => FindingStatus::Fail,
            Self::NotApplicable(_) => FindingStatus::NotApplicable,
            Self::Unknown(_) => FindingStatus::Unknown,
        }
    }
}

/// How to judge.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The thresholds that differ from their defaults.
    pub params: Params,
    /// The failures that were accepted.
    pub exceptions: Vec<Exception>,
    /// The tools of other vendors that do what a provider's tool is for.
    pub tools: Tools,
    /// The keys of tags by which findings will be [filtered](crate::filter). Resources keep these, and no others, when the
    /// rest of them is forgotten.
    pub tags: Vec<String>,
}

impl Options {
    /// The tags that have to be read of what these controls judge: those that exceptions name, and all of them where findings
    /// will be filtered by some.
    pub fn tag_facts(&self, controls: &[&'static Control], provider: Provider) -> Vec<FactId> {
        if self.tags.is_empty() {
            return exception::tags_of(&self.exceptions, controls, provider);
        }
        let judging = controls.iter().filter(|control| control.judges(provider));
        exception::tags(judging.map(|control| control.test.check.kind()))
    }

    /// What has to be read of a provider for these controls, as far as their thresholds let them apply: what they read, and
    /// what decides about their findings besides.
    pub fn wanted(&self, controls: &[&'static Control], provider: Provider) -> Wanted {
        let controls = self.params.applicable(controls);
        wanted::by(&controls, provider).and(&self.tag_facts(&controls, provider))
    }
}

/// One control on one resource. It is small, as there may be millions; [`Findings::view`] makes it readable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) scope: u32,
    pub(crate) control: u16,
    /// The resource's place in its listing; none for the listing as a whole.
    pub(crate) resource: Option<u32>,
    /// The exception that covers it.
    pub(crate) exception: Option<u32>,
    pub(crate) outcome: Outcome,
}

/// A row that another scope of the run may decide.
#[derive(Debug)]
struct Pending {
    scope: u32,
    control: u16,
    resource: u32,
    ask: Ask,
    /// The exception that covers it if it fails. The resource is forgotten when the answer comes.
    exception: Option<u32>,
}

/// What another scope of the run may decide for a requirement that is judged apart from its control.
#[derive(Debug)]
struct PendingApart {
    provider: Provider,
    control: u16,
    requirement: RequirementId,
    ask: Ask,
    /// What was counted instead.
    counted: Outcome,
    /// Whether an exception covers it if it fails.
    excepted: bool,
}

/// The result of judging.
#[derive(Debug, Default)]
struct Batch {
    rows: Vec<Row>,
    pending: Vec<Pending>,
    pending_apart: Vec<PendingApart>,
}

impl Batch {
    fn extend(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.pending.extend(other.pending);
        self.pending_apart.extend(other.pending_apart);
    }
}

/// A finding: what became of one control on one resource.
#[derive(Clone, Copy, Debug)]
pub struct Finding<'a> {
    /// The control.
    pub control: &'static Control,
    /// The scope of the resource.
    pub scope: &'a Scope,
    /// The resource; none if the finding is about the whole listing.
    pub subject: Option<Subject<'a>>,
    /// What became of it.
    pub outcome: &'a Outcome,
    /// The exception that covers the failure.
    pub exception: Option<&'a Exception>,
    /// Of a cluster: what other scopes of the run call it. See [`Twin`].
    pub twins: &'a [Twin],
    /// Of an image: the workloads of the run that run it.
    pub run_by: Option<&'a RunBy>,
}

impl<'a> Finding<'a> {
    /// A number that stays the same from run to run: control, scope and resource decide it, and of a list that is not
    /// complete the region, the action and the target that could not be read. No two findings of a report share it.
    pub fn id(&self) -> String {
        let (control, provider) = (self.control.first_id(), self.scope.provider);
        match self.subject {
            Some(of) => {
                finding_id::of_resource(control, provider, &self.scope.id, of.region, of.id)
            }
            None => finding_id::of_list(control, provider, &self.scope.id, self.gap()),
        }
    }

    /// The id that it had in earlier versions, where that differs. Several findings of a report may share it.
    pub fn former_id(&self) -> Option<String> {
        let is_of_a_gap = self.subject.is_none() && self.gap().is_some();
        let (control, provider) = (self.control.first_id(), self.scope.provider);
        is_of_a_gap.then(|| finding_id::former(control, provider, &self.scope.id))
    }

    /// Its region: that of its resource, or that in which a list is not complete.
    pub fn region(&self) -> Option<&'a str> {
        match self.subject {
            Some(subject) => subject.region,
            None => self.gap().and_then(|gap| gap.region.as_deref()),
        }
    }

    /// The finding in one line: what is wrong where it is a failure, accepted or not, and the objective otherwise.
    pub fn headline(&self) -> &'static str {
        self.control.headline(matches!(self.outcome, Outcome::Fail(_)))
    }

    /// Why it is unknown, where it is.
    pub fn gap(&self) -> Option<&'a Gap> {
        match self.outcome {
            Outcome::Unknown(gap) => self.scope.gap(*gap),
            Outcome::Pass | Outcome::Fail(_) | Outcome::NotApplicable(_) => None,
        }
    }

    /// The facts that decided a failure, each with the resource that it belongs to. A fact that the resource does not
    /// have is one of its account.
    pub fn facts(&self) -> impl Iterator<Item = (FactId, Subject<'a>)> + use<'a> {
        let (control, scope, subject) = (self.control, self.scope, self.subject);
        let evidence: &'a [Evidence] = match self.outcome {
            Outcome::Fail(evidence) => evidence,
            Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => &[],
        };
        evidence.iter().filter_map(move |evidence| {
            let kind = control.test.check.kind();
            let own = kind.facts().iter().any(|fact| fact.name == evidence.fact);
            if own {
                return Some((FactId { kind, name: evidence.fact }, subject?));
            }
            let other = control.test.reads.iter().find(|fact| fact.name == evidence.fact)?;
            Some((*other, Subject::of(&scope.account)))
        })
    }

    /// The kind of resource it is about.
    pub fn kind(&self) -> Kind {
        self.control.test.check.kind()
    }
}

/// How many findings came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes.
    pub pass: usize,
    /// Failures that no exception covers.
    pub fail: usize,
    /// Failures that an exception covers.
    pub excepted: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Unknown.
    pub unknown: usize,
}

impl Tally {
    /// Counts one finding.
    pub fn add(&mut self, outcome: &Outcome, excepted: bool) {
        *self.count(outcome, excepted) += 1;
    }

    /// Counts one finding that was counted otherwise before.
    fn recount(&mut self, before: &Outcome, outcome: &Outcome, excepted: bool) {
        let count = self.count(before, excepted);
        *count = count.saturating_sub(1);
        self.add(outcome, excepted);
    }

    fn count(&mut self, outcome: &Outcome, excepted: bool) -> &mut usize {
        self.count_of(outcome.status(excepted))
    }

    /// Counts one finding with this status.
    pub(crate) fn add_status(&mut self, status: FindingStatus) {
        *self.count_of(status) += 1;
    }

    fn count_of(&mut self, status: FindingStatus) -> &mut usize {
        match status {
            FindingStatus::Pass => &mut self.pass,
            FindingStatus::Excepted => &mut self.excepted,
            FindingStatus::Fail => &mut self.fail,
            FindingStatus::NotApplicable => &mut self.not_applicable,
            FindingStatus::Unknown => &mut self.unknown,
        }
    }

    /// How many have this status.
    pub fn of(self, status: FindingStatus) -> usize {
        match status {
            FindingStatus::Pass => self.pass,
            FindingStatus::Fail => self.fail,
            FindingStatus::Excepted => self.excepted,
            FindingStatus::NotApplicable => self.not_applicable,
            FindingStatus::Unknown => self.unknown,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            pass: self.pass + other.pass,
            fail: self.fail + other.fail,
            excepted: self.excepted + other.excepted,
            not_applicable: self.not_applicable + other.not_applicable,
            unknown: self.unknown + other.unknown,
        }
    }

    /// What is left of these when others, which are among them, are taken away.
    #[must_use]
    fn without(self, other: Self) -> Self {
        Self {
            pass: self.pass.saturating_sub(other.pass),
            fail: self.fail.saturating_sub(other.fail),
            excepted: self.excepted.saturating_sub(other.excepted),
            not_applicable: self.not_applicable.saturating_sub(other.not_applicable),
            unknown: self.unknown.saturating_sub(other.unknown),
        }
    }

    /// All of them.
    pub fn total(self) -> usize {
        self.pass + self.fail + self.excepted + self.not_applicable + self.unknown
    }
}

/// A scope that was judged: the scope as it was read, or, if it was not kept, what a report shows of it.
#[derive(Debug)]
pub struct Examined<'s> {
    scope: Cow<'s, Scope>,
    kept: Option<Retained>,
    /// What the selected controls read.
    wanted: Arc<Wanted>,
    /// The gaps that keep none of it from being known.
    aside: BTreeSet<GapId>,
}

/// What is kept of the resources of a scope that are forgotten.
#[derive(Debug)]
struct Retained {
    subjects: BTreeMap<Kind, Vec<Name>>,
    unread: Vec<Unread>,
    lacks: BTreeMap<FactId, Lack>,
    /// The hosts of the API server of each cluster.
    hosts: Vec<Vec<String>>,
    /// The images that its workloads run.
    runs: Vec<Run>,
    /// The digests of its image.
    digests: Vec<(String, String)>,
    /// The tags of every resource that were asked for, by their keys.
    tags: BTreeMap<Kind, Vec<Vec<(String, Tagged)>>>,
}

/// By what a resource is known.
#[derive(Debug)]
struct Name {
    id: Box<str>,
    name: Box<str>,
    region: Option<Box<str>>,
    source: Option<Box<Source>>,
}

impl<'s> Examined<'s> {
    fn borrowed(scope: &'s Scope, wanted: Arc<Wanted>) -> Self {
        let aside = aside(scope, &wanted);
        Self { scope: Cow::Borrowed(scope), kept: None, wanted, aside }
    }
}

impl Examined<'_> {
    /// Keeps what a report says of a scope, and forgets its resources but for some of their tags.
    fn keep(mut scope: Scope, wanted: Arc<Wanted>, tags: &[String]) -> Self {
        struct Names(BTreeMap<Kind, Vec<Name>>);
        impl Visit for Names {
            fn resources<R: Resource>(&mut self, resources: &[R], _gaps: &[GapId]) {
                let name = |resource: &R| Name {
                    id: resource.id().into(),
                    name: resource.name().into(),
                    region: resource.region().map(Into::into),
                    source: resource.source().cloned().map(Box::new),
                };
                if R::KIND != Kind::Account && !resources.is_empty() {
                    self.0.insert(R::KIND, resources.iter().map(name).collect());
                }
            }
        }
        let mut names = Names(BTreeMap::new());
        scope.visit(&mut names);
        let of = |kind: Kind, place| {
            let tag = |key: &String| (key.clone(), exception::tagged(&scope, kind, place, key));
            tags.iter().map(tag).collect()
        };
        let tagged = names.0.iter().filter(|_| !tags.is_empty());
        let tags = tagged
            .map(|(kind, names)| (*kind, (0..names.len()).map(|place| of(*kind, place)).collect()));
        let kept = Retained {
            tags: tags.collect(),
            subjects: names.0,
            unread: unread(&scope, &wanted),
            lacks: lacks(&scope),
            hosts: clusters::hosts(&scope),
            runs: runners::runs(&scope),
            digests: runners::digests(&scope),
        };
        let aside = aside(&scope, &wanted);
        scope.forget_resources();
        Self { scope: Cow::Owned(scope), kept: Some(kept), wanted, aside }
    }

    /// A tag of the resource at a place of its listing. Where resources were forgotten, only those of
    /// [`Options::tags`] are known.
    pub(crate) fn tag(&self, kind: Kind, place: usize, key: &str) -> Tagged {
        match &self.kept {
            Some(kept) if kind != Kind::Account => {
                let of = kept.tags.get(&kind).and_then(|all| all.get(place));
                let tag = of.and_then(|tags| tags.iter().find(|(known, _)| known == key));
                tag.map_or(Tagged::Unknown, |(_, tag)| tag.clone())
            }
            _ => exception::tagged(&self.scope, kind, place, key),
        }
    }

    /// What could not be read of what the selected controls read. A snapshot may hold more gaps, which decide nothing here.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        let after = GapId::OUTSIDE_SCOPE.index() + 1;
        let numbered = (0_u32..).map(GapId::new).zip(&self.scope.gaps).skip(after);
        numbered.filter(|(id, _)| !self.aside.contains(id)).map(|(_, gap)| gap)
    }

    /// The scope. Its resources may have been dropped, so that its lists may be empty.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// How many resources of a kind were found.
    pub fn population(&self, kind: Kind) -> usize {
        match &self.kept {
            None => self.scope.population(kind),
            Some(_) if kind == Kind::Account => 1,
            Some(kept) => kept.subjects.get(&kind).map_or(0, Vec::len),
        }
    }

    /// The resource at a place of its listing.
    pub fn subject(&self, kind: Kind, place: usize) -> Option<Subject<'_>> {
        match &self.kept {
            Some(kept) if kind != Kind::Account => {
                let Name { id, name, region, source } = kept.subjects.get(&kind)?.get(place)?;
                Some(Subject {
                    kind,
                    id,
                    name,
                    region: region.as_deref(),
                    source: source.as_deref(),
                })
            }
            _ => self.scope.subject(kind, place),
        }
    }

    /// Whether it has a resource of one of these types, in a region where one is named; none where that is open.
    pub(crate) fn has_any(&self, types: &[ResourceType], region: Option<&str>) -> Option<bool> {
        let provider = self.scope.provider;
        let near = |subject: &Subject<'_>| match (region, subject.region) {
            (Some(region), Some(of)) => region == of,
            _ => true,
        };
        let mut open = false;
        for of in types {
            for kind in Kind::ALL.iter().copied() {
                if matches!(of, ResourceType::Listed(listed) if *listed != kind) {
                    continue;
                }
                let mut all = (0..self.population(kind)).filter_map(|n| self.subject(kind, n));
                if all.any(|s| near(&s) && of.holds(provider, kind, s.id) == Some(true)) {
                    return Some(true);
                }
            }
            // That there is none may only be stated of a complete list.
            open |= match of {
                ResourceType::Listed(kind) => {
                    self.scope.holds(*kind) && !self.scope.listing_gaps(*kind).is_empty()
                }
                ResourceType::Arn(..) => provider == Provider::Aws,
                ResourceType::Arm(name) => match self.scope.account.resource_types.known() {
                    Ok(types) => match types.get(&name.to_ascii_lowercase()) {
                        Some(true) => return Some(true),
                        Some(false) => false,
                        None => provider == Provider::Azure,
                    },
                    Err(_) => provider == Provider::Azure,
                },
            };
        }
        (!open).then_some(false)
    }

    /// How many of its resources lack which facts.
    pub(crate) fn lacks(&self) -> Cow<'_, BTreeMap<FactId, Lack>> {
        match &self.kept {
            None => Cow::Owned(lacks(&self.scope)),
            Some(kept) => Cow::Borrowed(&kept.lacks),
        }
    }

    /// What could not be read of what the selected controls read; see [`unread`].
    pub fn unread(&self) -> Cow<'_, [Unread]> {
        match &self.kept {
            None => Cow::Owned(unread(&self.scope, &self.wanted)),
            Some(kept) => Cow::Borrowed(&kept.unread),
        }
    }
}

/// Judges scopes one after the other and drops what a report does not need of them, so that the memory that an audit
/// needs does not grow with what it reads.
#[derive(Debug)]
pub struct Judge {
    controls: Vec<&'static Control>,
    options: Options,
    judged: Vec<(Examined<'static>, Batch)>,
    /// What the controls read of each provider.
    wanted: BTreeMap<Provider, Arc<Wanted>>,
    /// What these scopes answer each other.
    index: Index,
    apart: Apart,
    /// Thousands of resources fail for the same reason: each is kept once.
    evidence: HashSet<Arc<[Evidence]>>,
}

impl Judge {
    /// Begins without any scope.
    pub fn new(controls: &[&'static Control], options: Options) -> Self {
        let controls = counted(controls).to_vec();
        Self {
            wanted: wanted_of(&controls, &options),
            controls,
            options,
            judged: Vec::new(),
            index: Index::default(),
            apart: Apart::new(),
            evidence: HashSet::new(),
        }
    }

    /// Whether it has judged the scope already.
    pub fn has(&self, scope: &Scope) -> bool {
        self.judged.iter().any(|(known, _)| known.scope.place() == scope.place())
    }

    /// Judges a scope, which must be in its canonical form.
    pub fn add(&mut self, scope: Scope) {
        let jobs: Vec<u16> = jobs(&scope, &self.controls).collect();
        let one = |c: &u16| {
            let mut batch = Batch::default();
            let control = self.controls[usize::from(*c)];
            judge_one(&scope, 0, control, *c, &self.options, &mut batch);
            let apart = judge_apart(&scope, control, *c, &self.options, &mut batch);
            (batch, apart)
        };
        let mut batch = Batch::default();
        for (of_control, apart) in parallel(&jobs, size(&scope), one) {
            batch.extend(of_control);
            join(&mut self.apart, scope.provider, apart);
        }
        self.index.add(&scope, &self.controls, &self.options.params);
        if scope.provider == Provider::Image {
            self.index.add_image(&scope, failed(&batch.rows));
        }
        for row in &mut batch.rows {
            if let Outcome::Fail(evidence) = &mut row.outcome {
                match self.evidence.get(evidence) {
                    Some(known) => *evidence = Arc::clone(known),
                    None => {
                        self.evidence.insert(Arc::clone(evidence));
                    }
                }
            }
        }
        // They stay until the end of the run, and a list that grew has room for as many again.
        batch.rows.shrink_to_fit();
        let wanted = Arc::clone(&self.wanted[&scope.provider]);
        self.judged.push((Examined::keep(scope, wanted, &self.options.tags), batch));
    }

    /// The findings of the scope that was judged last.
    pub(crate) fn last(&self) -> impl Iterator<Item = Finding<'_>> {
        self.judged.last().into_iter().flat_map(|(examined, batch)| {
            let finding =
                |row| view(examined, &self.controls, &self.options.exceptions, row, (&[], None));
            batch.rows.iter().map(finding)
        })
    }

    /// Every finding, once all scopes were judged. Questions between scopes are decided now.
    pub fn finish(mut self, header: Header) -> Findings<'static> {
        self.judged.sort_by(|(a, _), (b, _)| a.scope.place().cmp(&b.scope.place()));
        let mut scopes = Vec::new();
        let mut rows = Vec::with_capacity(self.judged.len());
        let mut pending = Vec::new();
        for (number, (scope, mut batch)) in (0_u32..).zip(self.judged) {
            batch.rows.iter_mut().for_each(|row| row.scope = number);
            rows.push(batch.rows);
            pending.extend(batch.pending.into_iter().map(|one| Pending { scope: number, ..one }));
            settle_apart(&mut self.apart, batch.pending_apart, &self.index);
            scopes.push(scope);
        }
        settle(&mut rows, &mut scopes, pending, &self.index);
        Findings::new(header, scopes, self.controls, self.options, rows, self.apart)
    }
}

/// Every finding of a snapshot, in the order of scopes, controls and resources.
#[derive(Debug)]
pub struct Findings<'s> {
    header: Header,
    scopes: Vec<Examined<'s>>,
    controls: Vec<&'static Control>,
    exceptions: Vec<Exception>,
    tools: Tools,
    rows: Rows,
    tallies: Tallies,
    apart: Apart,
    twins: Twins,
    runners: Runners,
    /// What a filter took away.
    hidden: Option<Hidden>,
}

/// The rows of each scope, by the scope's place, in the order of controls and resources. There may be millions, so that they stay
/// in the lists that they were judged into.
type Rows = Vec<Vec<Row>>;

/// By provider that was audited, then by control.
type Tallies = Vec<(Provider, Vec<Tally>)>;

/// Counts findings.
fn tallies(into: &mut Tallies, rows: &[Vec<Row>], scopes: &[Examined<'_>], controls: usize) {
    for row in rows.iter().flatten() {
        let provider = scopes[row.scope as usize].scope.provider;
        let place = into.iter().position(|(of, _)| *of == provider).unwrap_or_else(|| {
            into.push((provider, vec![Tally::default(); controls]));
            into.len() - 1
        });
        into[place].1[usize::from(row.control)].add(&row.outcome, row.exception.is_some());
    }
    into.sort_by_key(|(provider, _)| *provider);
}

/// What the controls read of each provider, and what decides about their findings besides.
fn wanted_of(controls: &[&'static Control], options: &Options) -> BTreeMap<Provider, Arc<Wanted>> {
    let of = |provider: &Provider| (*provider, Arc::new(options.wanted(controls, *provider)));
    Provider::ALL.iter().map(of).collect()
}

/// What became of controls by the number or the check of a requirement, where these are not the control's: by the
/// control's place, requirement and provider.
type Apart = BTreeMap<(u16, RequirementId, Provider), Tally>;

fn join(into: &mut Apart, provider: Provider, apart: Vec<(u16, RequirementId, Tally)>) {
    for (control, requirement, tally) in apart {
        let sum = into.entry((control, requirement, provider)).or_default();
        *sum = sum.and(tally);
    }
}

impl<'s> Findings<'s> {
    fn new(
        header: Header,
        mut scopes: Vec<Examined<'s>>,
        controls: Vec<&'static Control>,
        options: Options,
        rows: Rows,
        apart: Apart,
    ) -> Self {
        let Options { exceptions, tools, .. } = options;
        let mut counted = Tallies::new();
        tallies(&mut counted, &rows, &scopes, controls.len());
        for row in rows.iter().flatten() {
            // What leaves a finding open matters, whichever fact it belongs to.
            if let Outcome::Unknown(gap) = row.outcome {
                scopes[row.scope as usize].aside.remove(&gap);
            }
        }
        let (twins, runners) = (Twins::of(&scopes), Runners::of(&scopes));
        Self {
            header,
            twins,
            runners,
            scopes,
            controls,
            exceptions,
            tools,
            rows,
            tallies: counted,
            apart,
            hidden: None,
        }
    }

    /// What the snapshot records about its creation.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The scopes that were judged, in their order.
    pub fn scopes(&self) -> &[Examined<'s>] {
        &self.scopes
    }

    /// The controls that were selected.
    pub fn controls(&self) -> &[&'static Control] {
        &self.controls
    }

    /// How many failures each exception covers, in the order of [`Self::exceptions`].
    pub(crate) fn covered(&self) -> Vec<usize> {
        let mut covers = vec![0; self.exceptions.len()];
        for place in self.all_rows().filter_map(|row| row.exception) {
            if let Some(count) = covers.get_mut(place as usize) {
                *count += 1;
            }
        }
        covers
    }

    /// The exceptions that were there, whether they cover anything or not.
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// The tools that the user declared.
    pub fn tools(&self) -> &Tools {
        &self.tools
    }

    /// The rows of a control in a scope, by the places of both, in the order of resources.
    pub(crate) fn rows_of(&self, scope: u32, control: u16) -> &[Row] {
        let rows = self.rows.get(scope as usize).map_or(&[][..], Vec::as_slice);
        let rest = &rows[rows.partition_point(|row| row.control < control)..];
        &rest[..rest.partition_point(|row| row.control == control)]
    }

    /// The providers that were audited, in order.
    pub fn providers(&self) -> impl Iterator<Item = Provider> {
        self.tallies.iter().map(|(provider, _)| *provider)
    }

    /// What became of a control on every provider, of the findings that are shown.
    pub fn tally(&self, control: usize) -> Tally {
        self.tallies
            .iter()
            .filter_map(|(_, tallies)| tallies.get(control))
            .fold(Tally::default(), |sum, tally| sum.and(*tally))
    }

    /// What became of a control on one provider, of the findings that are shown.
    pub fn tally_on(&self, control: usize, provider: Provider) -> Tally {
        self.tallies
            .iter()
            .find(|(of, _)| *of == provider)
            .and_then(|(_, tallies)| tallies.get(control))
            .copied()
            .unwrap_or_default()
    }

    /// The outcome of a control on one provider as a requirement demands: by the number that the requirement names, if
    /// the threshold is set otherwise, or by the check of the requirement.
    pub(crate) fn tally_for(
        &self,
        control: usize,
        requirement: RequirementId,
        provider: Provider,
    ) -> Tally {
        let apart = u16::try_from(control)
            .ok()
            .and_then(|control| self.apart.get(&(control, requirement, provider)));
        apart.copied().unwrap_or_else(|| self.whole_tally_on(control, provider))
    }

    /// Whether a requirement was judged apart from the control, by its own number or check.
    pub(crate) fn is_apart(&self, control: usize, requirement: RequirementId) -> bool {
        Provider::ALL.iter().any(|provider| self.is_apart_on(control, requirement, *provider))
    }

    /// The same of one provider.
    pub(crate) fn is_apart_on(
        &self,
        control: usize,
        requirement: RequirementId,
        provider: Provider,
    ) -> bool {
        u16::try_from(control)
            .is_ok_and(|control| self.apart.contains_key(&(control, requirement, provider)))
    }

    /// Every finding that is shown: all of them, unless the [report](crate::report::Report::keep) was filtered.
    pub fn iter(&self) -> impl Iterator<Item = Finding<'_>> {
        self.rows.iter().flatten().map(|row| self.view(row))
    }

    /// The findings of one control that are shown, by its place in [`Findings::controls`].
    pub fn of_control(&self, control: usize) -> impl Iterator<Item = Finding<'_>> {
        self.rows
            .iter()
            .flatten()
            .filter(move |row| usize::from(row.control) == control)
            .map(|row| self.view(row))
    }

    fn view<'a>(&'a self, row: &'a Row) -> Finding<'a> {
        let joined = (self.twins_of(row), self.run_by(row));
        view(&self.scopes[row.scope as usize], &self.controls, &self.exceptions, row, joined)
    }
}

/// A row in full.
fn view<'a>(
    scope: &'a Examined<'_>,
    controls: &[&'static Control],
    exceptions: &'a [Exception],
    row: &'a Row,
    (twins, run_by): (&'a [Twin], Option<&'a RunBy>),
) -> Finding<'a> {
    let control = controls[usize::from(row.control)];
    Finding {
        control,
        scope: &scope.scope,
        subject: row
            .resource
            .and_then(|place| scope.subject(control.test.check.kind(), place as usize)),
        outcome: &row.outcome,
        exception: row.exception.and_then(|place| exceptions.get(place as usize)),
        twins,
        run_by,
    }
}

/// Judges every resource of a snapshot by the given controls.
///
/// The time at which a scope is judged is the time at which it was read, so that the same input has the same result.
/// The work is spread over the machine's processors if there is much of it; the result does not depend on that.
pub fn judge<'s>(
    snapshot: &'s Snapshot,
    controls: &[&'static Control],
    options: &Options,
) -> Findings<'s> {
    let controls = counted(controls);
    let all = (0_u32..).zip(&snapshot.scopes);
    let jobs: Vec<(u32, u16)> =
        all.flat_map(|(s, scope)| jobs(scope, controls).map(move |c| (s, c))).collect();
    let one = |&(s, c): &(u32, u16)| {
        let (scope, control) = (&snapshot.scopes[s as usize], controls[usize::from(c)]);
        let mut batch = Batch::default();
        judge_one(scope, s, control, c, options, &mut batch);
        let apart = judge_apart(scope, control, c, options, &mut batch);
        (scope.provider, batch, apart)
    };
    let weight = snapshot.scopes.iter().map(size).sum();
    let mut rows: Rows = snapshot.scopes.iter().map(|_| Vec::new()).collect();
    let (mut pending, mut pending_apart) = (Vec::new(), Vec::new());
    let mut apart = Apart::new();
    for (&(s, _), (provider, batch, of_requirements)) in
        jobs.iter().zip(parallel(&jobs, weight, one))
    {
        rows[s as usize].extend(batch.rows);
        pending.extend(batch.pending);
        pending_apart.extend(batch.pending_apart);
        join(&mut apart, provider, of_requirements);
    }
    let wanted = wanted_of(controls, options);
    let scopes = snapshot.scopes.iter();
    let mut scopes: Vec<Examined<'_>> = scopes
        .map(|scope| Examined::borrowed(scope, Arc::clone(&wanted[&scope.provider])))
        .collect();
    if !pending.is_empty() || !pending_apart.is_empty() {
        let mut index = Index::default();
        for (scope, rows) in snapshot.scopes.iter().zip(&rows) {
            index.add(scope, controls, &options.params);
            if scope.provider == Provider::Image {
                index.add_image(scope, failed(rows));
            }
        }
        settle(&mut rows, &mut scopes, pending, &index);
        settle_apart(&mut apart, pending_apart, &index);
    }
    Findings::new(snapshot.header(), scopes, controls.to_vec(), options.clone(), rows, apart)
}

/// How many controls fail in the rows of one scope.
fn failed(rows: &[Row]) -> usize {
    let failures = rows
        .iter()
        .filter(|row| matches!(row.outcome, Outcome::Fail(_)) && row.exception.is_none());
    failures.map(|row| row.control).collect::<BTreeSet<_>>().len()
}

/// A row counts controls with 16 bits.
fn counted<'c>(controls: &'c [&'static Control]) -> &'c [&'static Control] {
    &controls[..controls.len().min(usize::from(u16::MAX))]
}

/// The places of the controls that judge a scope.
fn jobs(scope: &Scope, controls: &[&'static Control]) -> impl Iterator<Item = u16> {
    let judges = |control: &Control| {
        control.judges(scope.provider) && scope.holds(control.test.check.kind())
    };
    (0_u16..).zip(controls).filter(move |(_, control)| judges(control)).map(|(c, _)| c)
}

fn judge_one(
    scope: &Scope,
    s: u32,
    control: &'static Control,
    c: u16,
    options: &Options,
    Batch { rows, pending, .. }: &mut Batch,
) {
    if let Some(given) = options.params.unset(control) {
        let outcome = Outcome::NotApplicable(given.unset.into());
        rows.push(Row { scope: s, control: c, resource: None, exception: None, outcome });
        return;
    }
    rows.reserve(scope.population(control.test.check.kind()));
    let params = options.params.of(control);
    examine(
        scope,
        control,
        control.test.check,
        params,
        options,
        |resource, exception, outcome, asked| {
            if let (Some(resource), Some((ask, exception))) = (resource, asked) {
                pending.push(Pending { scope: s, control: c, resource, ask, exception });
            }
            rows.push(Row { scope: s, control: c, resource, exception, outcome });
        },
    );
}

/// Judges the requirements whose number differs from the threshold, or that have a check.
fn judge_apart(
    scope: &Scope,
    control: &'static Control,
    c: u16,
    options: &Options,
    batch: &mut Batch,
) -> Vec<(u16, RequirementId, Tally)> {
    let mut all = Vec::new();
    for mapping in control.satisfies {
        let Some(params) = options.params.apart(control, mapping) else { continue };
        let check = mapping.check().unwrap_or(control.test.check);
        let (requirement, provider) = (mapping.requirement, scope.provider);
        let mut tally = Tally::default();
        let kind = check.kind();
        examine(scope, control, check, &params, options, |place, exception, outcome, asked| {
            let subject = place.and_then(|place| scope.subject(kind, place as usize));
            match subject.map_or(Some(true), |of| mapping.is_about(provider, kind, of.id)) {
                Some(true) => {}
                Some(false) => return,
                None => return tally.unknown += 1,
            }
            let excepted = exception.is_some();
            tally.add(&outcome, excepted);
            // Other scopes answer by the control's check. One of the requirement's own asks for something else.
            if let (Some((ask, exception)), None) = (asked, mapping.check()) {
                let (counted, excepted) = (outcome, exception.is_some());
                let (control, ask) = (c, ask.apart(requirement));
                let pending =
                    PendingApart { provider, control, requirement, ask, counted, excepted };
                batch.pending_apart.push(pending);
            }
        });
        if tally.total() == 0 {
            tally.not_applicable += 1;
        }
        all.push((c, requirement, tally));
    }
    all
}

/// A question to the other scopes of the run, and the exception that covers the resource if they answer with a failure.
type Asked = (Ask, Option<u32>);

/// Examines every resource of a scope by a check: the place of the resource, none for the listing as a whole; the
/// exception that covers it; its outcome; and its questions to other scopes.
fn examine(
    scope: &Scope,
    control: &'static Control,
    check: Check,
    params: &[(&'static str, Value)],
    options: &Options,
    mut each: impl FnMut(Option<u32>, Option<u32>, Outcome, Option<Asked>),
) {
    let context = Context::new(scope, params);
    let kind = check.kind();
    let mut place = 0;
    let (mut other_flaws, mut without) = (false, true);
    check.run(&context, |subject, judged| {
        let exception = || {
            let mut all = (0_u32..).zip(&options.exceptions);
            let at = place as usize;
            all.find(|(_, exception)| exception.covers(control, scope, subject, at, scope.finished))
                .map(|(number, _)| number)
        };
        let asked = context.take_ask(&judged).map(|ask| (ask, exception()));
        let outcome = outcome(match &asked {
            Some((ask, _)) => ask.otherwise.clone(),
            None => judged,
        });
        let exception = match outcome {
            Outcome::Fail(_) => exception(),
            Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
        };
        match outcome {
            // Of flaws that the control does not ask for, one pass stands for the whole list.
            Outcome::Pass if kind.is_flaw() && asked.is_none() => other_flaws = true,
            _ => {
                without &= !matches!(outcome, Outcome::Fail(_) | Outcome::Unknown(_));
                each(Some(place), exception, outcome, asked);
            }
        }
        place += 1;
    });
    // What could not be listed could not be judged either, and an empty list of resources is not a pass.
    let mut missing = BTreeSet::new();
    for id in scope.listing_gaps(kind) {
        // One finding for each missing part, whatever number of errors is behind it.
        let part = scope.gap(*id).map(|gap| (&gap.region, &gap.action, &gap.target));
        if missing.insert(part) {
            each(None, None, Outcome::Unknown(*id), None);
        }
    }
    if (place == 0 || (other_flaws && without)) && scope.listing_gaps(kind).is_empty() {
        // Of flaws, the complete list without any is what was asked for.
        let none = match kind.is_flaw() {
            true => Outcome::Pass,
            false => Outcome::NotApplicable("there are none".into()),
        };
        each(None, None, none, None);
    }
}

/// Decides the rows that asked other scopes, by their answers.
fn settle(
    rows: &mut [Vec<Row>],
    scopes: &mut [Examined<'_>],
    pending: Vec<Pending>,
    index: &Index,
) {
    for Pending { scope, control, resource, ask, exception } in pending {
        let Some(answer) = index.answer(&ask) else { continue };
        let rows = &mut rows[scope as usize];
        let begin = rows.partition_point(|row| row.control < control);
        let Some(row) = rows[begin..]
            .iter_mut()
            .take_while(|row| row.control == control)
            .find(|row| row.resource == Some(resource))
        else {
            continue;
        };
        row.exception = None;
        row.outcome = match answer {
            Answer::Pass => Outcome::Pass,
            Answer::NotApplicable(why) => Outcome::NotApplicable(why),
            Answer::Fail(evidence) => {
                row.exception = exception;
                Outcome::Fail(evidence)
            }
            // The reason moves to the scope that asked.
            Answer::Unknown(gap) => {
                let scope = scopes[scope as usize].scope.to_mut();
                Outcome::Unknown(scope.add_gap(Gap::clone(&gap)))
            }
        };
    }
}

/// Counts what other scopes answered where a requirement is judged apart from its control.
fn settle_apart(apart: &mut Apart, pending: Vec<PendingApart>, index: &Index) {
    for PendingApart { provider, control, requirement, ask, counted, excepted } in pending {
        let Some(answer) = index.answer(&ask) else { continue };
        let Some(tally) = apart.get_mut(&(control, requirement, provider)) else { continue };
        let outcome = match answer {
            Answer::Pass => Outcome::Pass,
            Answer::NotApplicable(why) => Outcome::NotApplicable(why),
            Answer::Fail(evidence) => Outcome::Fail(evidence),
            Answer::Unknown(_) => Outcome::Unknown(GapId::ELSEWHERE),
        };
        tally.recount(&counted, &outcome, excepted);
    }
}

fn outcome(judged: CheckResult) -> Outcome {
    match judged {
        Ok(Verdict::Pass) => Outcome::Pass,
        Ok(Verdict::Fail(evidence)) => Outcome::Fail(evidence.into()),
        Ok(Verdict::NotApplicable(why)) => Outcome::NotApplicable(why),
        Err(Undecided::NotOffered) => Outcome::NotApplicable(NOT_OFFERED.into()),
        Err(Undecided::Unknown(gap)) => Outcome::Unknown(gap),
    }
}

/// How many resources a scope has.
fn size(scope: &Scope) -> usize {
    Kind::ALL.iter().map(|kind| scope.population(*kind)).sum()
}

/// Maps `jobs` in order, on several threads if `weight` makes it worthwhile.
fn parallel<J: Sync, R: Send>(jobs: &[J], weight: usize, one: impl Fn(&J) -> R + Sync) -> Vec<R> {
    // Starting threads costs more than judging a few thousand resources.
    const WORTHWHILE: usize = 5_000;
    if weight >= WORTHWHILE {
        posture_model::parallel::map(jobs, one)
    } else {
        jobs.iter().map(one).collect()
    }
}

/// How many failures an exception covers, and its state.
#[derive(Clone, Copy, Debug)]
pub struct Use<'f> {
    /// The exception.
    pub exception: &'f Exception,
    /// The failures that it covers.
    pub covers: usize,
    /// Its state.
    pub standing: Standing,
}

/// The state of each exception for a control of this run.
pub fn uses<'f>(findings: &'f Findings<'_>) -> Vec<Use<'f>> {
    let now = findings.header().finished;
    let all = findings.exceptions();
    let covers = findings.covered();
    let judged = |exception: &Exception| {
        findings.controls().iter().any(|control| exception.concerns(control))
    };
    all.iter()
        .zip(covers)
        .filter(|(exception, _)| judged(exception))
        .map(|(exception, covers)| {
            let standing = match exception.standing(now) {
                Standing::EndsSoon | Standing::InForce if covers == 0 => Standing::Idle,
                standing => standing,
            };
            Use { exception, covers, standing }
        })
        .collect()
}

#[cfg(test)]
mod tests;
