//! A control as it is written down.

use std::ops::Range;

use posture_core::control::{
    Check, CheckResult, Command, Context, Control, Evidence, Examples, Facts, Remedy, Rule, Test,
    Undecided, Verdict, not_applicable, pass, since,
};
use posture_core::fact::{Gap, Known, NotOffered};
use posture_core::frameworks::{self, Mapping, Strength};
use posture_core::params::{Count, Days, Names, Param, Value};
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::scope::Scope;
use posture_core::suggest::nearest;
use toml::Spanned;
use toml::de::DeTable;

use crate::case::{Case, CaseResult, Expected};
use crate::expression::{self, Expression, Seen, World, article, guess, one_line};
use crate::form::{File, ParamFile, RemedyFile, Text};

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

/// Reads a control from the text of a file, or says everything that is wrong with it.
///
/// Its cases are read with it and not judged; [`Read::judge`] does that.
///
/// # Errors
/// Every mistake with its line.
pub fn parse(text: &str) -> Result<Read, Vec<Mistake>> {
    let mut reader = Reader { text, within: None, mistakes: Vec::new() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        reader.mistake(&error.span().unwrap_or_default(), one_line(error.message()));
    }
    // What is not TOML may hide the rest, and that is not missing then.
    if !reader.mistakes.is_empty() {
        return Err(reader.mistakes());
    }
    let file = reader.form(table.get_ref());
    let read = reader.control(file);
    if reader.mistakes.is_empty()
        && let Some(read) = read
    {
        return Ok(read);
    }
    Err(reader.mistakes())
}

fn line(text: &str, place: usize) -> usize {
    text.bytes().take(place).filter(|byte| *byte == b'\n').count() + 1
}

/// How many mistakes are listed.
const MISTAKES: usize = 50;

/// Goes on after a mistake.
pub(crate) struct Reader<'t> {
    text: &'t str,
    /// The table that is being read, where it is not the whole file.
    within: Option<String>,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    pub(crate) fn line(&self, span: &Range<usize>) -> usize {
        line(self.text, span.start)
    }

    pub(crate) fn mistake(&mut self, span: &Range<usize>, what: impl Into<String>) {
        // To count lines takes time, and no user reads so many.
        if self.mistakes.len() > MISTAKES {
            return;
        }
        let what = what.into();
        let what = match &self.within {
            Some(table) => format!("{table}: {what}"),
            None => what,
        };
        self.mistakes.push(Mistake { line: self.line(span), what });
    }

    /// Does something within a table, whose name then is part of each mistake.
    pub(crate) fn within<T>(&mut self, table: String, work: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.within.replace(table);
        let done = work(self);
        self.within = before;
        done
    }

    /// The mistakes in the order of their lines, each once.
    fn mistakes(&mut self) -> Vec<Mistake> {
        let mut all = std::mem::take(&mut self.mistakes);
        all.sort();
        all.dedup();
        if all.len() > MISTAKES {
            all.truncate(MISTAKES);
            let line = all.last().map_or(1, |last| last.line);
            all.push(Mistake { line, what: "more errors follow".to_owned() });
        }
        all
    }

    /// A text that says something, and holds nothing that a terminal would obey.
    fn words(&mut self, name: &str, text: &Text) -> &'static str {
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
        let start = file.id.as_ref().map_or(0..0, Spanned::span);
        let id = file.id.as_ref().map(|id| self.id(id));
        let kind = file.resource.as_ref().and_then(|resource| self.kind(resource));
        let params = file.params.iter().filter_map(|(name, param)| {
            self.within(format!("[params.{}]", plain(name.get_ref())), |r| r.param(name, param))
        });
        let params: &'static [Param] = params.collect::<Vec<_>>().leak();
        let remediation = file.remediation.iter().filter_map(|(name, remedy)| {
            let table = format!("[remediation.{}]", plain(name.get_ref()));
            self.within(table, |r| r.remedy(name, remedy))
        });
        let remediation: &'static [(Provider, Remedy)] = remediation.collect::<Vec<_>>().leak();
        if file.remediation.is_empty() {
            self.mistake(&start, "a control needs `[remediation.aws]` or `[remediation.azure]`");
        }
        let satisfies = file.satisfies.iter().filter_map(|(name, strength)| {
            self.within("[satisfies]".to_owned(), |r| r.mapping(name, *strength))
        });
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
            self.mistake(&start, what);
        }
        let mut words =
            |name: &str, text: &Option<Text>| text.as_ref().map(|text| self.words(name, text));
        let (title, rationale) = (words("title", &file.title), words("rationale", &file.rationale));
        let finding = words("finding", &file.finding);
        let otherwise = words("not-applicable", &file.not_applicable);
        let expected = words("expected", &file.expected);
        let keywords = file.keywords.iter().map(|text| self.words("keywords", text));
        let keywords: &'static [&'static str] = keywords.collect::<Vec<_>>().leak();

        // A case of which it is not known what it expects may be the one that is needed.
        let open = file.cases.iter().any(|case| case.expect.is_none());
        for wanted in [Expected::Pass, Expected::Fail] {
            if !open && file.cases.iter().all(|case| case.expect != Some(wanted)) {
                let what = format!("a control needs a `[[case]]` with expect = \"{wanted}\"");
                self.mistake(&start, what);
            }
        }

        let kind = kind?;
        for (provider, _) in remediation {
            if !kind.levels().iter().any(|(of, _)| of == provider) {
                let what = format!("{provider} does not have {}", kind.many());
                let place = file.resource.as_ref().map_or(0..0, Spanned::span);
                self.mistake(&place, what);
            }
        }
        let providers: Vec<Provider> = remediation.iter().map(|(provider, _)| *provider).collect();
        let names = expression::Names { kind, params, providers: &providers };
        let passes = file.pass.as_ref().map(|text| self.expression(text, names));
        let applies = file.applies.as_ref().map(|text| self.expression(text, names));
        let cases: Vec<Case> = file
            .cases
            .into_iter()
            .filter_map(|case| {
                self.within(case.title.clone(), |r| Case::new(r, case, kind, params, remediation))
            })
            .collect();
        let (passes, applies) = (
            passes??,
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
        let (id, title, rationale) = (id?, title?, rationale?);
        let finding = finding.unwrap_or_else(|| format!("Does not hold: {title}").leak());
        let written: &'static str = one_line(file.pass.as_ref()?.get_ref()).leak();
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
            severity: file.severity?,
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

    pub(crate) fn provider(&mut self, name: &Text) -> Option<Provider> {
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
        let mut words =
            |name: &str, text: &Option<Text>| text.as_ref().map(|text| self.words(name, text));
        let (text, console) = (words("text", &remedy.text), words("console", &remedy.console));
        let command = words("command", &remedy.command);
        let provider = self.provider(name)?;
        // What is missing was reported; the cases can still be read.
        let remedy = Remedy {
            text: text.unwrap_or_default(),
            console: console.unwrap_or_default(),
            command: Command::Change(command.unwrap_or_default()),
        };
        Some((provider, remedy))
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
        let doc = param.about.as_ref().map_or("", |about| self.words("about", about));
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
            (None, None, None) if param.given => None,
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
            Err(found) => {
                let mistake = |found: expression::Mistake| Mistake {
                    line: first + found.line,
                    what: found.what,
                };
                self.mistakes.extend(found.into_iter().map(mistake));
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
                Known(false) => return not_applicable(*why),
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
