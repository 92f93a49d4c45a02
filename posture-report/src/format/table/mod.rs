//! The report on a terminal.

mod screen;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use comfy_table::{Attribute, Cell, Color};
use console::{measure_text_width, truncate_str};
use posture_core::control::{Control, Severity};
use posture_core::gap::Reason;
use posture_core::judge::uses;
use posture_core::judge::{Examined, Finding, Outcome, Tally};
use posture_core::notes::notes;
use posture_core::provider::Provider;
use posture_core::provider_info::ProviderInfo;
use posture_core::record::FindingStatus;
use posture_core::report::FrameworkReport;
use posture_core::resource::Kind;
use posture_core::scope::{Calls, Level, Scope};
use posture_core::text::counted;
use posture_core::unread::Unread;

use crate::filtered::filtered;
use crate::frameworks::{self, wrap};
use crate::short_ids::ShortIds;
use crate::style::{Canvas, lines, severity_color};
use crate::text::{NAME, safe};
use crate::view::{Depth, View};
use crate::words::{
    TEXT, by_cause, commands, described, level, missing, one_cluster, run_by, twin,
};

/// How many subscriptions are listed one by one.
const SUBSCRIPTIONS: usize = 6;

/// How many names a note holds without `-v`.
const NOTED: usize = 5;

/// How many lines of gaps are shown without `-v`.
const GAPS: usize = 12;

/// Writes what a view shows.
pub(crate) fn write(view: &View<'_>, mut out: &mut dyn Write) -> io::Result<()> {
    Table::new(view).write(&mut out)
}

/// A view, and what is counted once.
struct Table<'a> {
    view: &'a View<'a>,
    /// The names that belong to one scope only.
    names: BTreeSet<&'a str>,
}

impl<'a> Table<'a> {
    fn new(view: &'a View<'a>) -> Self {
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        let scopes = view.report.findings.scopes().iter().map(Examined::scope);
        for name in scopes.filter_map(|scope| scope.name.as_deref()) {
            *count.entry(name).or_default() += 1;
        }
        let once = count.into_iter().filter(|(_, times)| *times == 1);
        Self { view, names: once.map(|(name, _)| name).collect() }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        match self.view.depth {
            Depth::Verdict => return writeln!(out, "{}", self.verdict()),
            Depth::Screen => return self.screen(out),
            Depth::Controls => {
                self.header(out)?;
                self.findings(out)?;
            }
            Depth::Details => return self.resources(out),
        }
        for framework in self.frameworks() {
            if self.view.full {
                frameworks::full(framework, self.view.canvas, out)?;
            } else {
                frameworks::overview(framework, self.view.canvas, out)?;
            }
        }
        if !self.view.full && !self.view.report.frameworks.is_empty() {
            writeln!(out)?;
            frameworks::legend(self.view.canvas, out)?;
        }
        self.gaps(out)?;
        self.notes(out)?;
        self.exceptions(out)?;
        self.footer(out)?;
        self.filtered(out)?;
        writeln!(out, "{}", self.verdict())
    }

    /// That findings are hidden.
    fn filtered(&self, out: &mut impl Write) -> io::Result<()> {
        for line in self.filter_lines() {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn filter_lines(&self) -> Vec<String> {
        let text = filtered(&self.view.report.findings);
        let lines = text.map(|text| wrap(&text, self.view.canvas.width)).unwrap_or_default();
        lines.into_iter().map(|line| self.view.canvas.painted(&line, Color::Yellow)).collect()
    }

    /// Every resource that fails or is unknown, and little else.
    fn resources(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.view.canvas.bold(&self.audited()))?;
        self.one_cluster(out)?;
        self.details(out)?;
        if self.view.full {
            for framework in self.frameworks() {
                frameworks::full(framework, self.view.canvas, out)?;
            }
        }
        self.exceptions(out)?;
        if self.view.verbose {
            self.gaps(out)?;
            self.notes(out)?;
            self.footer(out)?;
        } else if let Some(unread) = self.unread() {
            writeln!(out, "{unread}")?;
        }
        self.filtered(out)?;
        writeln!(out, "{}", self.verdict())
    }

    fn info(&self, provider: Provider) -> &'static ProviderInfo {
        (self.view.providers)(provider)
    }

    fn frameworks(&self) -> impl Iterator<Item = &'a FrameworkReport> {
        self.view.report.frameworks.iter().take(self.view.frameworks)
    }

    fn scopes(&self) -> impl Iterator<Item = &'a Scope> {
        self.view.report.findings.scopes().iter().map(Examined::scope)
    }

    fn has_several(&self) -> bool {
        self.view.report.findings.scopes().len() > 1
    }

    /// What a scope is called where there are several: an account by its number, a subscription by its name where no
    /// other has that, too.
    fn label(&self, scope: &Scope) -> String {
        match &scope.name {
            Some(name)
                if self.info(scope.provider).known_by_name
                    && self.names.contains(name.as_str()) =>
            {
                safe(name, 40).into_owned()
            }
            _ => safe(&scope.id, NAME).into_owned(),
        }
    }

    fn header(&self, out: &mut impl Write) -> io::Result<()> {
        for provider in Provider::ALL {
            let info = self.info(*provider);
            let of = self.scopes().filter(|scope| scope.provider == *provider);
            let (tenants, accounts): (Vec<&Scope>, Vec<&Scope>) =
                of.partition(|scope| scope.level == Level::Tenant);
            for scope in tenants {
                self.heading(scope, info, out)?;
                self.read_as(scope, info, out)?;
            }
            if info.accounts_in_tenant {
                self.below_tenant(&accounts, info, out)?;
                continue;
            }
            for scope in accounts {
                self.heading(scope, info, out)?;
                self.read_as(scope, info, out)?;
                if scope.level == Level::Account {
                    writeln!(out, "  regions  {}", regions(scope))?;
                }
            }
        }
        self.one_cluster(out)?;
        if self.view.report.findings.header().partial {
            writeln!(
                out,
                "{}",
                self.view
                    .canvas
                    .bold("The audit was stopped before it finished: everything not read by then is unknown.")
            )?;
        }
        Ok(())
    }

    /// The clusters that were read from both sides.
    fn one_cluster(&self, out: &mut impl Write) -> io::Result<()> {
        for line in one_cluster(&self.view.report.findings, self.view.providers) {
            for line in wrap(&line, self.view.canvas.width) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    fn heading(&self, scope: &Scope, info: &ProviderInfo, out: &mut impl Write) -> io::Result<()> {
        let word = info.level_word(scope.level);
        // A tenant is shown by its number only.
        let name = scope.name.as_deref().filter(|_| scope.level == Level::Account);
        let name = name.map_or(String::new(), |name| format!(" ({})", safe(name, 60)));
        let what = format!("{} {word} {}{name}", scope.provider, safe(&scope.id, NAME));
        writeln!(out, "{}", self.view.canvas.bold(&what))
    }

    /// The accounts that are read by the identity of the tenant above them.
    fn below_tenant(
        &self,
        accounts: &[&Scope],
        info: &ProviderInfo,
        out: &mut impl Write,
    ) -> io::Result<()> {
        match accounts {
            [] => Ok(()),
            few if few.len() <= SUBSCRIPTIONS => {
                for scope in few {
                    let name = scope.name.as_deref().unwrap_or_default();
                    writeln!(out, "  reads    {}  {}", safe(&scope.id, NAME), safe(name, 40))?;
                }
                Ok(())
            }
            many => {
                let word = info.level_word(Level::Account);
                writeln!(out, "  reads    {} {word}s", many.len())
            }
        }
    }

    fn read_as(&self, scope: &Scope, info: &ProviderInfo, out: &mut impl Write) -> io::Result<()> {
        if let Some(identity) = &scope.identity {
            writeln!(out, "  read as  {}", safe(identity, NAME))?;
        }
        let partition = if scope.partition == info.usual_partition {
            String::new()
        } else {
            format!(", partition {}", safe(&scope.partition, 40))
        };
        writeln!(out, "  read at  {}{partition}", scope.started.minute())?;
        if let Some(gap) = scope.time_unknown.and_then(|gap| scope.gap(gap)) {
            let why = safe(gap.detail.as_deref().unwrap_or(gap.reason.words()), NAME);
            writeln!(
                out,
                "  clock    {why}; ages are unknown, and times are those of this machine"
            )?;
        }
        if let Some(ahead) = scope.clock_ahead_seconds {
            let side = if ahead > 0 { "ahead" } else { "behind" };
            let off = ahead.unsigned_abs() / 60;
            writeln!(
                out,
                "  clock    this machine's was {off} minutes {side}; times are the provider's"
            )?;
        }
        Ok(())
    }

    fn findings(&self, out: &mut impl Write) -> io::Result<()> {
        let findings = &self.view.report.findings;
        let mut rows: Vec<(&Control, Tally, usize)> = findings
            .controls()
            .iter()
            .enumerate()
            .map(|(place, control)| (*control, findings.tally(place), place))
            .collect();
        let total = rows.iter().fold(Tally::default(), |sum, (_, tally, _)| sum.and(*tally));
        rows.retain(|(_, tally, _)| tally.fail + tally.unknown + tally.excepted > 0);
        rows.sort_by_key(|(control, tally, _)| {
            use std::cmp::Reverse;
            (Reverse(control.severity), Reverse(tally.fail > 0), Reverse(tally.fail), control.id)
        });
        writeln!(out, "\n{}", self.view.canvas.bold("Findings"))?;
        if rows.is_empty() {
            let of = if findings.filtered().is_some() { " among the findings shown" } else { "" };
            writeln!(out, "No failures, and nothing unknown{of}.")?;
        } else {
            let mut table = self.view.canvas.table(&[
                ("Control", false),
                ("Fail", true),
                ("Unkn", true),
                ("Pass", true),
                ("Resources", false),
            ]);
            let longest = rows.iter().map(|(control, _, _)| control.id.len()).max().unwrap_or(0);
            let room = usize::from(self.view.canvas.width).saturating_sub(longest + 19).max(10);
            let mut severity = None;
            for (control, tally, place) in &rows {
                if severity != Some(control.severity) {
                    severity = Some(control.severity);
                    let color = severity_color(control.severity);
                    table.add_row(vec![
                        self.view
                            .canvas
                            .colored(control.severity, color)
                            .add_attribute(Attribute::Bold),
                    ]);
                }
                let exceptions = if tally.excepted > 0 {
                    format!(" ({} excepted)", tally.excepted)
                } else {
                    String::new()
                };
                let room = room.saturating_sub(exceptions.len());
                table.add_row(vec![
                    Cell::new(format!("  {}", control.id)),
                    self.view.canvas.count(tally.fail, Some(Color::Red)),
                    self.view.canvas.count(tally.unknown, Some(Color::Yellow)),
                    self.view.canvas.count(tally.pass, None),
                    Cell::new(format!(
                        "{}{exceptions}",
                        self.first(*place, &[FindingStatus::Fail, FindingStatus::Unknown], room)
                    )),
                ]);
            }
            Canvas::keep_whole(&mut table, 0);
            write!(out, "{}", lines(&table))?;
        }
        self.sums(total, out)?;
        if !rows.is_empty()
            && let Some(again) = self.again("--details")
        {
            writeln!(out, "All findings, with evidence and remedy: {again}")?;
        }
        Ok(())
    }

    /// The command that shows more, where there is one.
    fn again(&self, arguments: &str) -> Option<String> {
        self.view.again.as_ref().map(|command| format!("{command} {arguments}"))
    }

    fn sums(&self, total: Tally, out: &mut impl Write) -> io::Result<()> {
        // Zero failures would be read as a result where failures are hidden.
        if self.lists_all() {
            return Ok(());
        }
        let findings = &self.view.report.findings;
        let controls = findings.controls();
        let failed = |severity: Severity| {
            controls
                .iter()
                .enumerate()
                .filter(|(place, control)| {
                    control.severity == severity && findings.tally(*place).fail > 0
                })
                .count()
        };
        let by_severity: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .map(|severity| (severity, failed(*severity)))
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{count} {severity}"))
            .collect();
        let tallies: Vec<Tally> = (0..controls.len()).map(|place| findings.tally(place)).collect();
        let of = |wanted: fn(&Tally) -> bool| tallies.iter().filter(|tally| wanted(tally)).count();
        let failing = of(|t| t.fail > 0);
        let unknown = of(|t| t.fail == 0 && t.unknown > 0);
        let excepted = of(|t| t.fail + t.unknown == 0 && t.excepted > 0);
        let clean = of(|t| t.fail + t.unknown + t.excepted == 0 && t.pass > 0);
        let none = of(|t| t.total() > 0 && t.total() == t.not_applicable);
        let mut fail = format!("{failing} fail");
        if failing > 0 {
            fail.push_str(&format!(" ({})", by_severity.join(", ")));
        }
        let parts = |counts: [(usize, &str); 4]| -> String {
            let parts = counts.iter().filter(|(count, _)| *count > 0);
            parts.map(|(count, word)| format!(", {count} {word}")).collect()
        };
        let by_control = parts([
            (unknown, "unknown"),
            (excepted, "excepted"),
            (clean, "pass"),
            (none, "not applicable"),
        ]);
        let by_finding = parts([
            (total.unknown, "unknown"),
            (total.excepted, "excepted"),
            (total.pass, "pass"),
            (total.not_applicable, "not applicable"),
        ]);
        for sums in [
            format!("Controls: {fail}{by_control}."),
            format!("Findings: {} fail{by_finding}.", total.fail),
        ] {
            for line in wrap(&sums, self.view.canvas.width) {
                writeln!(out, "{line}")?;
            }
        }
        Ok(())
    }

    /// The first resources of the first of some statuses that any has.
    fn first(&self, control: usize, statuses: &[FindingStatus], room: usize) -> String {
        let names = |status: &FindingStatus| -> (Vec<Name>, usize) {
            let findings = self.view.report.findings.of_control(control);
            let mut wanted = findings.filter(|finding| FindingStatus::of(finding) == *status);
            let names = wanted.by_ref().take(3).map(|finding| self.name(&finding)).collect();
            (names, wanted.count())
        };
        let found = statuses.iter().map(names).find(|(names, _)| !names.is_empty());
        let (mut names_shown, mut more) = found.unwrap_or_default();
        // One line each: fewer resources where there is no room, then none of the region, nor of the account, then a
        // part of the name.
        while names_shown.len() > 1 {
            let whole: Vec<String> = names_shown.iter().map(Name::whole).collect();
            let text = format!("{}{}", whole.join(", "), and_more(more));
            if measure_text_width(&text) <= room {
                return text;
            }
            names_shown.pop();
            more += 1;
        }
        let Some(first) = names_shown.pop() else { return String::new() };
        let more = and_more(more);
        let room = room.saturating_sub(more.len());
        let forms = [first.whole(), format!("{}{}", first.account, first.name)];
        let fits = forms.into_iter().find(|form| measure_text_width(form) <= room);
        let shown = fits.unwrap_or_else(|| truncate_str(&first.name, room, "…").into_owned());
        format!("{shown}{more}")
    }

    /// What a finding's resource is called.
    fn name(&self, finding: &Finding<'_>) -> Name {
        let plain = |name: String| Name { name, ..Name::default() };
        let account = if self.has_several() {
            format!("{}:", self.label(finding.scope))
        } else {
            String::new()
        };
        let Some(subject) = finding.subject else {
            return Name { account, ..plain("not listed".to_owned()) };
        };
        if subject.kind == Kind::Account {
            return plain(match account.is_empty() {
                false => self.label(finding.scope),
                true => level(finding.scope, self.view.providers).to_owned(),
            });
        }
        // A regional switch has no name but its region's.
        let region = subject.region.filter(|region| !subject.name.contains(region));
        let region = region.map_or(String::new(), |region| format!(" ({})", safe(region, 40)));
        // Objects of several namespaces share their names, and those of manifests are found by their lines.
        let region = match (subject.source, finding.scope.level) {
            (Some(source), _) => format!(" ({})", safe(&source.to_string(), NAME)),
            (None, Level::Cluster) => region,
            _ if finding.scope.regions.len() > 1 => region,
            _ => fix(finding),
        };
        Name { account, name: safe(subject.name, 60).into_owned(), region }
    }

    /// Every control that fails or is unknown, with its resources.
    fn details(&self, out: &mut impl Write) -> io::Result<()> {
        let findings = &self.view.report.findings;
        let mut order: Vec<(usize, &Control, Tally)> = findings
            .controls()
            .iter()
            .enumerate()
            .map(|(place, control)| (place, *control, findings.tally(place)))
            .collect();
        order.sort_by_key(|(_, control, _)| (std::cmp::Reverse(control.severity), control.id));
        let ids = ShortIds::new(findings);
        for (place, control, tally) in order {
            // Passes and what does not apply are listed where they are asked for.
            let listed = match self.lists_all() {
                true => tally.total(),
                false => tally.fail + tally.unknown + tally.excepted,
            };
            if listed == 0 {
                continue;
            }
            writeln!(
                out,
                "\n{}  {}",
                self.view.canvas.bold(control.id),
                self.view.canvas.dim(control.severity.id())
            )?;
            let headline = if tally.fail > 0 { control.finding } else { control.title };
            self.paragraph(headline, out)?;
            self.paragraph(control.rationale, out)?;
            let mut commands_shown = Vec::new();
            for finding in findings.of_control(place) {
                self.detail(&finding, &ids, &mut commands_shown, out)?;
            }
            let judged = findings.providers().filter(|provider| control.judges(*provider)).count();
            for provider in findings.providers() {
                let tally = findings.tally_on(place, provider);
                let command = commands_shown.iter().find(|(of, _)| *of == provider);
                let remedy = control
                    .remedy(provider)
                    .filter(|_| tally.fail + tally.unknown + tally.excepted > 0);
                // Each cloud has commands of its own.
                if judged > 1 && (remedy.is_some() || command.is_some()) {
                    self.labeled("for", provider.name(), out)?;
                }
                if let Some(remedy) = remedy {
                    self.labeled("remedy", remedy.text, out)?;
                    let place = provider.place_of_settings().to_lowercase();
                    self.labeled(&place, remedy.console, out)?;
                    self.whole(remedy.command.label(), remedy.command.line(), out)?;
                }
                if let Some((_, command)) = command {
                    self.whole("inspect", &safe(command, 400), out)?;
                }
            }
        }
        writeln!(out)
    }

    /// Whether findings are listed however they came out: a filter asks for statuses.
    fn lists_all(&self) -> bool {
        let filtered = self.view.report.findings.filtered();
        filtered.is_some_and(|filtered| !filtered.filter.status.is_empty())
    }

    fn detail(
        &self,
        finding: &Finding<'_>,
        ids: &ShortIds,
        shown: &mut Vec<(Provider, String)>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let twins =
            finding.twins.iter().map(|one| format!("same as {}", twin(one, self.view.providers)));
        let runners = finding.run_by.map(|all| run_by(all, self.view.providers));
        let twins = twins.chain(runners);
        let twins: Vec<String> =
            twins.flat_map(|text| wrap(&text, self.view.canvas.width.saturating_sub(11))).collect();
        match finding.outcome {
            Outcome::Pass | Outcome::NotApplicable(_) if !self.lists_all() => {}
            Outcome::Pass => {
                let id = self.view.canvas.dim(&ids.get(finding));
                writeln!(out, "  pass     {id}  {}", self.name(finding).whole())?;
            }
            Outcome::NotApplicable(why) => {
                let why = safe(why, TEXT);
                writeln!(out, "  n/a      {}: {why}", self.name(finding).whole())?;
            }
            Outcome::Fail(evidence) => {
                let word = if finding.exception.is_some() { "excepted" } else { "fail" };
                let id = self.view.canvas.dim(&ids.get(finding));
                writeln!(out, "  {word:<8} {id}  {}", self.name(finding).whole())?;
                for line in twins {
                    writeln!(out, "           {line}")?;
                }
                for evidence in evidence.iter() {
                    let text = format!(
                        "{}: {}; expected {}",
                        evidence.fact,
                        safe(&evidence.found, 400),
                        safe(&evidence.expected, 200)
                    );
                    for line in wrap(&text, self.view.canvas.width.saturating_sub(11)) {
                        writeln!(out, "           {line}")?;
                    }
                }
                if let Some(exception) = finding.exception {
                    let text = format!(
                        "accepted by {} until {}: {}",
                        safe(&exception.owner, NAME),
                        exception.expires.day(),
                        safe(&exception.reason, 400)
                    );
                    for line in wrap(&text, self.view.canvas.width.saturating_sub(11)) {
                        writeln!(out, "           {line}")?;
                    }
                }
                let provider = finding.scope.provider;
                if let Some(command) = commands(finding, self.view.providers).next()
                    && shown.iter().all(|(of, _)| *of != provider)
                {
                    shown.push((provider, command));
                }
            }
            Outcome::Unknown(_) => {
                let why = finding.gap().map_or(String::new(), |gap| {
                    // A mistake is found by its place in the file.
                    let place = match gap.reason {
                        Reason::InvalidFile => format!(": {}", safe(&gap.target, NAME)),
                        _ => String::new(),
                    };
                    let detail = gap
                        .detail
                        .as_deref()
                        .map_or(String::new(), |text| format!(": {}", safe(text, TEXT)));
                    let action = safe(&gap.action, NAME);
                    format!("{action} {}{place}{detail}", gap.reason).trim().to_owned()
                });
                writeln!(out, "  unknown  {}", self.name(finding).whole())?;
                for line in twins {
                    writeln!(out, "           {line}")?;
                }
                for line in wrap(&why, self.view.canvas.width.saturating_sub(11)) {
                    writeln!(out, "           {line}")?;
                }
            }
        }
        Ok(())
    }

    fn paragraph(&self, text: &str, out: &mut impl Write) -> io::Result<()> {
        for line in wrap(text, self.view.canvas.width.saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
        Ok(())
    }

    fn labeled(&self, label: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
        for (place, line) in
            wrap(text, self.view.canvas.width.saturating_sub(11)).iter().enumerate()
        {
            let label = if place == 0 { label } else { "" };
            writeln!(out, "  {} {line}", self.view.canvas.dim(&format!("{label:<8}")))?;
        }
        Ok(())
    }

    /// A line that is not broken, so that it can be copied.
    fn whole(&self, label: &str, text: &str, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "  {} {text}", self.view.canvas.dim(&format!("{label:<8}")))
    }

    fn gaps(&self, out: &mut impl Write) -> io::Result<()> {
        let mut rows: Vec<(&Scope, Vec<Kind>, Unread)> = Vec::new();
        for examined in self.view.report.findings.scopes() {
            let found = by_cause(examined).into_iter();
            rows.extend(found.map(|(kinds, row)| (examined.scope(), kinds, row)));
        }
        rows.sort_by_key(|(.., row)| row.reason != Reason::InvalidFile);
        let is_invalid = |row: &Unread| row.reason == Reason::InvalidFile;
        let invalid = rows.iter().take_while(|(.., row)| is_invalid(row)).count();
        self.gap_rows("Invalid files", &rows[..invalid], out)?;
        self.gap_rows("What could not be read", &rows[invalid..], out)
    }

    fn gap_rows(
        &self,
        title: &str,
        rows: &[(&Scope, Vec<Kind>, Unread)],
        out: &mut impl Write,
    ) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.view.canvas.bold(title))?;
        let shown = if self.view.verbose { rows.len() } else { GAPS };
        for (scope, kinds, row) in rows.iter().take(shown) {
            let text = self.gap(scope, kinds, row);
            for (place, line) in
                wrap(&text, self.view.canvas.width.saturating_sub(4)).iter().enumerate()
            {
                writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " })?;
            }
        }
        if rows.len() > shown {
            let how = self.again("-v").map_or(String::new(), |again| format!(": {again}"));
            writeln!(out, "  … and {} more{how}", rows.len() - shown)?;
        }
        Ok(())
    }

    /// What would be overlooked among passes and failures.
    fn notes(&self, out: &mut impl Write) -> io::Result<()> {
        let notes = notes(self.view.report);
        let several = self.view.report.findings.providers().count() > 1;
        let on =
            |provider: Provider| if several { format!(" on {provider}") } else { String::new() };
        let mut lines = Vec::new();
        for provider in self.view.report.findings.providers() {
            let idle = notes.idle_controls.iter().filter(|(of, _)| *of == provider);
            let idle: Vec<String> = idle.map(|(_, control)| control.id.to_owned()).collect();
            if !idle.is_empty() {
                let what = counted(idle.len(), "control", "controls");
                lines.push(format!(
                    "{what} found nothing to examine{}: {}",
                    on(provider),
                    self.some(&idle)
                ));
            }
            let unread = notes.unread_facts.iter().filter(|(of, _)| *of == provider);
            let unread: Vec<String> = unread.map(|(_, fact)| fact.to_string()).collect();
            if !unread.is_empty() {
                lines.push(format!(
                    "facts not known for any resource{}: {}",
                    on(provider),
                    self.some(&unread)
                ));
            }
        }
        for framework in self.frameworks() {
            let idle = notes.idle_requirements.iter();
            let idle = idle.filter(|(of, _)| std::ptr::eq(*of, framework.framework));
            let idle: Vec<String> =
                idle.map(|(_, requirement)| requirement.id.to_owned()).collect();
            if !idle.is_empty() {
                let name = framework.framework.name;
                lines.push(format!(
                    "requirements of {name} that no control decided: {}",
                    self.some(&idle)
                ));
            }
        }
        if lines.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.view.canvas.bold("Not assessed"))?;
        for text in lines {
            for (place, line) in
                wrap(&text, self.view.canvas.width.saturating_sub(4)).iter().enumerate()
            {
                writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " })?;
            }
        }
        Ok(())
    }

    /// What was accepted, by whom, and until when.
    fn exceptions(&self, out: &mut impl Write) -> io::Result<()> {
        let uses = uses(&self.view.report.findings);
        if uses.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n{}", self.view.canvas.bold("Exceptions"))?;
        for used in uses {
            let exception = used.exception;
            let covers = match used.covers {
                0 => used.standing.words().to_owned(),
                count => counted(count, "failure", "failures"),
            };
            let beside = [&exception.ticket, &exception.compensating_control];
            let beside: String =
                beside.into_iter().flatten().map(|text| format!("; {}", safe(text, 200))).collect();
            let text = format!(
                "{covers}: {} {} until {}, {}: {}{beside}",
                exception.controls.join(", "),
                safe(&described(&exception.place), 400),
                exception.expires.day(),
                safe(&exception.owner, NAME),
                safe(&exception.reason, 400),
            );
            for (place, line) in
                wrap(&text, self.view.canvas.width.saturating_sub(4)).iter().enumerate()
            {
                writeln!(out, "{}{line}", if place == 0 { "  " } else { "    " })?;
            }
        }
        Ok(())
    }

    /// Some of many names, and how many there are beside them.
    fn some(&self, all: &[String]) -> String {
        let shown = if self.view.verbose { all.len() } else { all.len().min(NOTED) };
        let names = all[..shown].join(", ");
        match all.len() - shown {
            0 => names,
            more => format!("{names} and {more} more"),
        }
    }

    fn gap(&self, scope: &Scope, kinds: &[Kind], row: &Unread) -> String {
        let account =
            if self.has_several() { format!("{}: ", self.label(scope)) } else { String::new() };
        if row.reason == Reason::InvalidFile {
            return format!("{account}{}", safe(row.detail.as_deref().unwrap_or_default(), TEXT));
        }
        let what = missing(kinds, row, "account", "list");
        let regions = match row.regions.as_slice() {
            [] => String::new(),
            [one] => format!(" in {}", safe(one, 40)),
            many if many.len() <= 3 => {
                format!(" in {}", many.iter().map(|r| safe(r, 40)).collect::<Vec<_>>().join(", "))
            }
            many => format!(" in {} regions", many.len()),
        };
        let action = if row.action.is_empty() {
            String::new()
        } else {
            format!("{} ", safe(&row.action, NAME))
        };
        let detail = match &row.detail {
            Some(detail) if self.view.verbose => format!(" ({})", safe(detail, 200)),
            _ => String::new(),
        };
        format!("{account}{what}{regions}: {action}{}{detail}", row.reason)
    }

    fn footer(&self, out: &mut impl Write) -> io::Result<()> {
        let mut calls: BTreeMap<&str, Calls> = BTreeMap::new();
        for (action, count) in self.scopes().flat_map(|scope| &scope.calls) {
            let sum = calls.entry(action.as_str()).or_default();
            sum.operations += count.operations;
            sum.attempts += count.attempts;
            sum.throttled += count.throttled;
        }
        let sum = calls.values().fold(Calls::default(), |sum, calls| Calls {
            operations: sum.operations + calls.operations,
            attempts: sum.attempts + calls.attempts,
            throttled: sum.throttled + calls.throttled,
        });
        writeln!(out)?;
        if self.view.verbose && !calls.is_empty() {
            writeln!(out, "{}", self.view.canvas.bold("Calls of the audit"))?;
            let mut table = self.view.canvas.table(&[
                ("Action", false),
                ("Calls", true),
                ("Attempts", true),
                ("Throttled", true),
            ]);
            for (action, count) in &calls {
                let number =
                    |n: u64| self.view.canvas.count(usize::try_from(n).unwrap_or(usize::MAX), None);
                table.add_row(vec![
                    Cell::new(safe(action, NAME)),
                    number(count.operations),
                    number(count.attempts),
                    number(count.throttled),
                ]);
            }
            writeln!(out, "{}", lines(&table))?;
        }
        let header = self.view.report.findings.header();
        let took = header.started.until(header.finished).as_secs_f64();
        let retries = sum.attempts.saturating_sub(sum.operations);
        let retries = match retries {
            0 => String::new(),
            n => format!(" ({}, {} throttled)", counted(n, "retry", "retries"), sum.throttled),
        };
        // They are those of the audit, also where its snapshot is rendered later. A snapshot made by hand has none.
        if sum.operations == 0 {
            return Ok(());
        }
        let calls = counted(sum.operations, "read-only call", "read-only calls");
        writeln!(out, "The audit made {calls}{retries} in {took:.1} s.")
    }
}

fn regions(scope: &Scope) -> String {
    let read: Vec<&str> = scope
        .regions
        .iter()
        .filter(|region| region.enabled && !region.excluded)
        .map(|region| region.name.as_str())
        .collect();
    let disabled = scope.regions.iter().filter(|region| !region.enabled).count();
    let excluded = scope.regions.iter().filter(|region| region.enabled && region.excluded).count();
    let mut text = match read.as_slice() {
        [] => "none".to_owned(),
        names if names.len() <= 3 => {
            names.iter().map(|name| safe(name, 40)).collect::<Vec<_>>().join(", ")
        }
        names => format!("{} read", names.len()),
    };
    if excluded > 0 {
        text.push_str(&format!(", {excluded} skipped"));
    }
    if disabled > 0 {
        text.push_str(&format!(", {disabled} not enabled"));
    }
    text
}

/// What a resource is called.
#[derive(Default)]
struct Name {
    /// The account that it is in, where there are several.
    account: String,
    name: String,
    /// Its region, where that says more.
    region: String,
}

impl Name {
    fn whole(&self) -> String {
        format!("{}{}{}", self.account, self.name, self.region)
    }
}

/// How many are not named.
/// The version that fixes a vulnerability, where the finding states one.
fn fix(finding: &Finding<'_>) -> String {
    let vulnerability = finding.subject.is_some_and(|of| of.kind == Kind::Vulnerability);
    let Outcome::Fail(evidence) = finding.outcome else { return String::new() };
    let fixed = evidence.first().and_then(|one| one.expected.strip_suffix(" or later"));
    match fixed.filter(|_| vulnerability) {
        Some(fixed) => format!(", fix {}", safe(fixed, 40)),
        None => String::new(),
    }
}

fn and_more(count: usize) -> String {
    if count > 0 { format!(" +{count}") } else { String::new() }
}
