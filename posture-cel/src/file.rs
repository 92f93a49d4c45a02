//! A control as it is written down.

use std::collections::BTreeMap;
use std::ops::Range;

use posture_core::control::{
    Check, CheckResult, Command, Context, Control, Evidence, Examples, Facts, Remedy, Rule,
    Severity, Test, Undecided, Verdict, not_applicable, pass, since,
};
use posture_core::fact::{Gap, Known, NotOffered};
use posture_core::frameworks::{self, Mapping, Strength};
use posture_core::params::{Count, Days, Names, Param, Value};
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::scope::Scope;
use posture_core::suggest::nearest;
use serde::Deserialize;
use toml::Spanned;

use crate::case::{Case, CaseFile, CaseResult, Expected};
use crate::expression::{self, Expression, Seen, World, article, guess, one_line};

/// Something wrong with a control: where, and what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong, in a line.
    pub what: String,
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.line, self.what)
    }
}

/// A control that was read from a file, with the cases that show what it means.
#[derive(Debug)]
pub struct Read {
    /// The control. It lives as long as the process, as built-in ones do.
    pub control: &'static Control,
    /// Its cases, in the order of the file.
    pub cases: Vec<Case>,
    rule: &'static FileRule,
}

impl Read {
    /// Has the control judge one of its cases.
    pub fn judge(&self, case: &Case) -> CaseResult {
        case.judge(self.control, self.rule)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    id: Spanned<String>,
    title: Spanned<String>,
    finding: Option<Spanned<String>>,
    #[serde(default)]
    keywords: Vec<Spanned<String>>,
    severity: Severity,
    rationale: Spanned<String>,
    #[serde(default)]
    references: Vec<Spanned<String>>,
    resource: Spanned<String>,
    applies: Option<Spanned<String>>,
    not_applicable: Option<Spanned<String>>,
    pass: Spanned<String>,
    expected: Option<Spanned<String>>,
    remediation: BTreeMap<Spanned<String>, RemedyFile>,
    #[serde(default)]
    satisfies: BTreeMap<Spanned<String>, Strength>,
    #[serde(default)]
    params: BTreeMap<Spanned<String>, ParamFile>,
    #[serde(default, rename = "case")]
    cases: Vec<Spanned<CaseFile>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RemedyFile {
    text: Spanned<String>,
    console: Spanned<String>,
    command: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ParamFile {
    about: Spanned<String>,
    days: Option<u32>,
    count: Option<u32>,
    names: Option<Vec<String>>,
}

/// Reads a control from the text of a file, or lists everything that is wrong with it.
///
/// Its cases are read with it and not judged; [`Read::judge`] does that.
///
/// # Errors
/// Every mistake with its line.
pub fn parse(text: &str) -> Result<Read, Vec<Mistake>> {
    let file: File = toml::from_str(text).map_err(|error| {
        let place = error.span().map_or(0, |span| span.start);
        vec![Mistake { line: line(text, place), what: one_line(error.message()) }]
    })?;
    let mut reader = Reader { text, mistakes: Vec::new() };
    let read = reader.control(file);
    if reader.mistakes.is_empty()
        && let Some(read) = read
    {
        return Ok(read);
    }
    reader.mistakes.sort();
    reader.mistakes.dedup();
    Err(reader.mistakes)
}

fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// Continues after a mistake.
pub(crate) struct Reader<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        line(self.text, span.start)
    }

    pub(crate) fn mistake(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.mistakes.push(Mistake { line: self.line(span), what: what.into() });
    }

    /// A text that is not empty and contains nothing that a terminal would obey.
    fn words(&mut self, name: &str, text: &Spanned<String>) -> &'static str {
        let words = text.get_ref().trim();
        if words.is_empty() {
            self.mistake(&text.span(), format!("`{name}` is empty"));
        }
        if words.chars().any(char::is_control) {
            self.mistake(
                &text.span(),
                format!("`{name}` must be one line without control characters"),
            );
        }
        words.to_owned().leak()
    }

    fn control(&mut self, file: File) -> Option<Read> {
        let id = self.id(&file.id);
        let kind = self.kind(&file.resource);
        let params: &'static [Param] = file
            .params
            .iter()
            .filter_map(|(name, param)| self.param(name, param))
            .collect::<Vec<_>>()
            .leak();
        let remediation =
            file.remediation.iter().filter_map(|(name, remedy)| self.remedy(name, remedy));
        let remediation: &'static [(Provider, Remedy)] = remediation.collect::<Vec<_>>().leak();
        if file.remediation.is_empty() {
            self.mistake(
                &file.id.span(),
                "a control needs `[remediation.aws]` or `[remediation.azure]`",
            );
        }
        let satisfies =
            file.satisfies.iter().filter_map(|(name, strength)| self.mapping(name, *strength));
        let satisfies: &'static [Mapping] = satisfies.collect::<Vec<_>>().leak();
        for reference in &file.references {
            if !reference.get_ref().starts_with("https://") {
                self.mistake(
                    &reference.span(),
                    "a reference must be a URL that begins with https://",
                );
            }
        }
        let references = file.references.iter().map(|text| self.words("references", text));
        let references: &'static [&'static str] = references.collect::<Vec<_>>().leak();
        if file.applies.is_some() != file.not_applicable.is_some() {
            let what = "`applies` and `not-applicable` (the reason) must be given together";
            self.mistake(&file.id.span(), what);
        }
        let (title, rationale) =
            (self.words("title", &file.title), self.words("rationale", &file.rationale));
        let finding = match &file.finding {
            Some(text) => self.words("finding", text),
            None => format!("Does not hold: {title}").leak(),
        };
        let keywords = file.keywords.iter().map(|text| self.words("keywords", text));
        let keywords: &'static [&'static str] = keywords.collect::<Vec<_>>().leak();
        let otherwise = file.not_applicable.as_ref().map(|text| self.words("not-applicable", text));
        let expected = file.expected.as_ref().map(|text| self.words("expected", text));

        let kind = kind?;
        for (provider, _) in remediation {
            if !kind.levels().iter().any(|(of, _)| of == provider) {
                let what = format!("{provider} does not have {}", kind.many());
                self.mistake(&file.resource.span(), what);
            }
        }
        let providers: Vec<Provider> = remediation.iter().map(|(provider, _)| *provider).collect();
        let names = expression::Names { kind, params, providers: &providers };
        let passes = self.expression(&file.pass, names);
        let applies = file.applies.as_ref().map(|text| self.expression(text, names));
        let cases: Vec<Case> = file
            .cases
            .into_iter()
            .filter_map(|case| Case::new(self, case, kind, params, remediation))
            .collect();
        for wanted in [Expected::Pass, Expected::Fail] {
            if !cases.iter().any(|case| case.expected == wanted) {
                let what = format!("a control needs a `[[case]]` with expect = \"{wanted}\"");
                self.mistake(&file.id.span(), what);
            }
        }

        let (passes, applies) = (
            passes?,
            match applies {
                Some(applies) => Some((applies?, otherwise?)),
                None => None,
            },
        );
        if !self.mistakes.is_empty() {
            return None;
        }
        let mut reads = passes.reads();
        reads.extend(applies.iter().flat_map(|(applies, _)| applies.reads()));
        reads.sort_unstable();
        reads.dedup();
        let reads = reads.into_iter().map(|name| FactId { kind, name }).collect::<Vec<_>>().leak();
        let written: &'static str = one_line(file.pass.get_ref()).leak();
        let applying = file.applies.as_ref();
        let applying = applying.map(|text| format!("; applies if {}", one_line(text.get_ref())));
        let example = |wanted| cases.iter().find(|case| case.expected == wanted).cloned();
        let rule = FileRule {
            kind,
            source: format!(
                "{} passes if {written}{}",
                article(kind.one()),
                applying.unwrap_or_default()
            ),
            passes,
            applies,
            expected: expected.unwrap_or(written),
            params,
            pass: example(Expected::Pass)?,
            fail: example(Expected::Fail)?,
        };
        let rule: &'static FileRule = Box::leak(Box::new(rule));
        let control = Control {
            id,
            life: since(env!("CARGO_PKG_VERSION")),
            title,
            finding,
            keywords,
            severity: file.severity,
            rationale,
            remediation,
            references,
            satisfies,
            test: Test { reads, params, check: Check::Rule(rule), examples: Examples::OF_RULE },
        };
        Some(Read { control: Box::leak(Box::new(control)), cases, rule })
    }

    fn id(&mut self, id: &Spanned<String>) -> &'static str {
        if !id.get_ref().split_once('.').is_some_and(|(area, name)| is_name(area) && is_name(name))
        {
            let what = "an ID is an area and a condition, such as `contoso.bucket-owner`, of lowercase letters, digits and hyphens";
            self.mistake(&id.span(), what);
        }
        id.get_ref().clone().leak()
    }

    fn kind(&mut self, resource: &Spanned<String>) -> Option<Kind> {
        let found = Kind::find(resource.get_ref());
        if found.is_none() {
            let near = nearest(resource.get_ref(), Kind::ALL.iter().map(|kind| kind.id()));
            let what = format!("unknown resource `{}`{}", plain(resource.get_ref()), guess(&near));
            self.mistake(&resource.span(), what);
        }
        found
    }

    pub(crate) fn provider(&mut self, name: &Spanned<String>) -> Option<Provider> {
        let found = Provider::ALL.iter().copied().find(|provider| provider.id() == name.get_ref());
        if found.is_none() {
            let all: Vec<&str> = Provider::ALL.iter().map(|provider| provider.id()).collect();
            let what = format!(
                "unknown provider `{}`; available: {}",
                plain(name.get_ref()),
                all.join(", ")
            );
            self.mistake(&name.span(), what);
        }
        found
    }

    fn remedy(
        &mut self,
        name: &Spanned<String>,
        remedy: &RemedyFile,
    ) -> Option<(Provider, Remedy)> {
        let remedy = Remedy {
            text: self.words("text", &remedy.text),
            console: self.words("console", &remedy.console),
            command: Command::Change(self.words("command", &remedy.command)),
        };
        Some((self.provider(name)?, remedy))
    }

    fn mapping(&mut self, name: &Spanned<String>, strength: Strength) -> Option<Mapping> {
        let Some((framework, requirement)) = name.get_ref().split_once(':') else {
            let what = "write a requirement as `framework:id`, such as \"csf-2.0:PR.AA-05\"";
            self.mistake(&name.span(), what);
            return None;
        };
        let found = Mapping::new(framework, requirement, strength);
        if found.is_none() {
            let what = match frameworks::find(framework) {
                None => {
                    let ids = frameworks::all().iter().map(|framework| framework.id);
                    format!(
                        "unknown framework `{}`{}",
                        plain(framework),
                        guess(&nearest(framework, ids))
                    )
                }
                Some(framework) => {
                    let ids = framework.requirements.iter().map(|requirement| requirement.id);
                    let near = guess(&nearest(requirement, ids));
                    format!(
                        "{} {} has no requirement `{}`{near}",
                        framework.name,
                        framework.version,
                        plain(requirement)
                    )
                }
            };
            self.mistake(&name.span(), what);
        }
        found
    }

    fn param(&mut self, name: &Spanned<String>, param: &ParamFile) -> Option<Param> {
        if !is_name(name.get_ref()) {
            let what = format!(
                "`{}`: a parameter name consists of lowercase letters, digits and hyphens",
                plain(name.get_ref())
            );
            self.mistake(&name.span(), what);
        }
        let doc = self.words("about", &param.about);
        let called: &'static str = name.get_ref().clone().leak();
        match (param.days, param.count, &param.names) {
            (Some(default), None, None) => {
                Some(Param::Days(Box::leak(Box::new(Days { name: called, doc, default }))))
            }
            (None, Some(default), None) => {
                Some(Param::Count(Box::leak(Box::new(Count { name: called, doc, default }))))
            }
            (None, None, Some(names)) => {
                let names = names.iter().map(|name| &*name.clone().leak()).collect::<Vec<_>>();
                let default: &'static [&'static str] = names.leak();
                Some(Param::Names(Box::leak(Box::new(Names { name: called, doc, default }))))
            }
            _ => {
                let what = "a parameter needs its default in one of `days`, `count`, `names`";
                self.mistake(&name.span(), what);
                None
            }
        }
    }

    fn expression(
        &mut self,
        text: &Spanned<String>,
        names: expression::Names<'_>,
    ) -> Option<Expression> {
        let first = self.first_line(text);
        match Expression::new(text.get_ref(), names) {
            Ok(expression) => Some(expression),
            Err(slips) => {
                let mistake =
                    |slip: expression::Slip| Mistake { line: first + slip.line, what: slip.what };
                self.mistakes.extend(slips.into_iter().map(mistake));
                None
            }
        }
    }

    /// The line on which the content of a text begins: behind `'''`, a line break does not count.
    fn first_line(&self, text: &Spanned<String>) -> usize {
        let span = text.span();
        let written = self.text.get(span.clone()).unwrap_or_default();
        let long = written.starts_with("'''") || written.starts_with("\"\"\"");
        let behind = written.get(3..).unwrap_or_default();
        let breaks = long && (behind.starts_with('\n') || behind.starts_with("\r\n"));
        self.line(&span) + usize::from(breaks)
    }
}

/// Small letters, digits and hyphens, and a letter first.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The text of the file, made safe to show.
pub(crate) fn plain(text: &str) -> String {
    text.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The rule of a control from a file.
#[derive(Debug)]
pub(crate) struct FileRule {
    kind: Kind,
    source: String,
    passes: Expression,
    /// Whether it concerns a resource, and why not where it does not.
    applies: Option<(Expression, &'static str)>,
    /// What is so where it passes, in words.
    expected: &'static str,
    params: &'static [Param],
    pass: Case,
    fail: Case,
}

impl FileRule {
    /// What kept the interpreter from an answer, although all was known.
    pub(crate) fn failures(&self, world: &World<'_>) -> Vec<String> {
        let mut all = self.passes.failures(world);
        all.extend(self.applies.iter().flat_map(|(applies, _)| applies.failures(world)));
        all
    }

    fn judge(&self, world: &World<'_>) -> CheckResult {
        if let Some((applies, why)) = &self.applies {
            match applies.ask(world) {
                Known(true) => {}
                Known(false) => return not_applicable(why),
                NotOffered => return Err(Undecided::NotOffered),
                Gap(gap) => return Err(Undecided::Unknown(gap)),
            }
        }
        match self.passes.ask(world) {
            Known(true) => pass(),
            Known(false) => {
                let evidence = |seen: Seen| Evidence {
                    fact: seen.fact,
                    found: seen.found.into(),
                    expected: self.expected.into(),
                };
                let mut evidence: Vec<_> =
                    self.passes.seen(world).into_iter().map(evidence).collect();
                if evidence.is_empty() {
                    let found = world.facts.subject().name.to_owned();
                    evidence.push(Evidence {
                        fact: "name",
                        found: found.into(),
                        expected: self.expected.into(),
                    });
                }
                Ok(Verdict::Fail(evidence))
            }
            NotOffered => Err(Undecided::NotOffered),
            Gap(gap) => Err(Undecided::Unknown(gap)),
        }
    }
}

impl Rule for FileRule {
    fn kind(&self) -> Kind {
        self.kind
    }

    fn examine(&self, resource: &dyn Facts, context: &Context<'_>) -> CheckResult {
        let params: Vec<(&'static str, Value)> =
            self.params.iter().map(|param| (param.name(), context.value(*param))).collect();
        let Scope { provider, finished, time_unknown, .. } = *context.scope;
        self.judge(&World {
            facts: resource,
            provider,
            now: finished,
            time_unknown,
            params: &params,
        })
    }

    fn source(&self) -> &str {
        &self.source
    }

    fn example(&self, passes: bool, scope: &mut Scope) {
        let case = if passes { &self.pass } else { &self.fail };
        case.fill(scope);
    }
}
