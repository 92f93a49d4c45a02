//! `posture controls` and `posture frameworks`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use comfy_table::{Attribute, Cell};
use posture_core::control::{Check, Control};
use posture_core::controls;
use posture_core::frameworks::{self, Class, Framework, Strength};
use posture_core::wanted;
use posture_report::frameworks::{Chapters, requirement, wrap};
use posture_report::style::{Canvas, lines, severity_color};
use posture_report::text::safe;

use crate::args::{Catalogue, Controls, Known, Screen};
use crate::config::{self, wrong_controls};
use crate::error::Result;
use crate::output::{print, put};
use crate::select;

/// How much is shown of a text of somebody's own file.
const LONG: usize = 2_000;

pub(crate) fn controls(
    known: &Known,
    command: Option<Controls>,
    screen: Screen,
) -> Result<ExitCode> {
    if let Some(Controls::Test { path }) = command {
        return test(&path, screen);
    }
    let config = config::load(known.config.as_deref(), &known.control_files)?;
    print(screen, |canvas, out| match &command {
        Some(Controls::Show { id }) => {
            let control = select::control(id, &config.catalogue)?;
            put(out, |out| show_control(control, canvas, out))
        }
        _ => {
            let all = config.catalogue.all();
            // Where there is no room for it beside the id, the objective stands below.
            let beside = canvas.width >= 120;
            let header = [("Control", false), ("Severity", false), ("Title", false)];
            let mut table = canvas.table(if beside { &header } else { &header[..2] });
            for control in all {
                let mut row = vec![
                    Cell::new(control.id),
                    canvas.colored(control.severity, severity_color(control.severity)),
                ];
                if beside {
                    row.push(Cell::new(control.title));
                }
                table.add_row(row);
                if !beside {
                    let title = format!("  {}", control.title);
                    table.add_row(vec![Cell::new(title).add_attribute(Attribute::Dim)]);
                }
            }
            Canvas::keep_whole(&mut table, 0);
            put(out, |out| {
                write!(out, "{}", lines(&table))?;
                writeln!(out, "{} controls. Details of one: posture controls show ID", all.len())
            })
        }
    })
}

/// Judges the cases of controls from files.
fn test(path: &Path, screen: Screen) -> Result<ExitCode> {
    let all = posture_cel::read(path).map_err(wrong_controls)?;
    let (mut cases, mut wrong) = (0_usize, 0_usize);
    print(screen, |canvas, out| {
        put(out, |out| {
            for (file, read) in &all {
                let file = file.to_string_lossy();
                writeln!(
                    out,
                    "{}  {}",
                    canvas.bold(read.control.id),
                    canvas.dim(&safe(&file, LONG))
                )?;
                for case in &read.cases {
                    let said = read.judge(case);
                    let right = said.outcome == case.expected;
                    cases += 1;
                    wrong += usize::from(!right);
                    let why = if said.why.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", said.why.join("; "))
                    };
                    let text = if right {
                        format!("{}, as expected{why}", said.outcome)
                    } else {
                        format!(
                            "line {}: expected {}, got {}{why}",
                            case.line, case.expected, said.outcome
                        )
                    };
                    let mark = if right { "ok   " } else { "WRONG" };
                    writeln!(out, "  {mark}  {}", safe(&case.name, LONG))?;
                    for line in wrap(&safe(&text, LONG), canvas.width.saturating_sub(9)) {
                        writeln!(out, "         {}", canvas.dim(&line))?;
                    }
                }
            }
            let count = |count: usize, one: &str| match count {
                1 => format!("1 {one}"),
                many => format!("{many} {one}s"),
            };
            write!(out, "{} of {}: ", count(cases, "case"), count(all.len(), "control"))?;
            match wrong {
                0 => writeln!(out, "all as expected."),
                1 => writeln!(out, "1 not as expected."),
                many => writeln!(out, "{many} not as expected."),
            }
        })
    })?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(10) })
}

fn show_control(
    control: &'static Control,
    canvas: Canvas,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut labelled = |label: &str, lines: &[String]| -> std::io::Result<()> {
        for (place, line) in lines.iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            writeln!(out, "{} {line}", canvas.dim(&format!("{label:<11}")))?;
        }
        Ok(())
    };
    let wrapped = |text: &str| wrap(text, canvas.width.saturating_sub(12));
    labelled("control", &wrapped(control.id))?;
    labelled("title", &wrapped(control.title))?;
    labelled("severity", &wrapped(control.severity.id()))?;
    labelled("status", &wrapped(&control.life.to_string()))?;
    labelled("resources", &wrapped(control.test.check.kind().many()))?;
    labelled("rationale", &wrapped(control.rationale))?;
    if let Check::Rule(rule) = control.test.check {
        labelled("rule", &wrapped(rule.source()))?;
    }
    for param in control.test.params {
        let default = param.default().to_string();
        let default = if default.is_empty() { "none".to_owned() } else { default };
        labelled(
            "parameter",
            &wrapped(&format!("{} [default: {default}]: {}", param.name(), param.doc())),
        )?;
    }
    for (provider, remedy) in control.remediation {
        labelled("remedy", &wrapped(&format!("{provider}: {}", remedy.text)))?;
        labelled("console", &wrapped(remedy.console))?;
        // A command is there to be copied, and stays in one piece.
        labelled(remedy.command.label(), &[remedy.command.line().to_owned()])?;
    }
    let mut reads: Vec<String> = control.test.reads.iter().map(ToString::to_string).collect();
    reads.sort();
    labelled("reads", &wrapped(&reads.join(", ")))?;
    for (provider, _) in control.remediation {
        let wanted = wanted::by(&[control], *provider);
        let actions = (posture::provider_info(*provider).permissions)(&wanted);
        labelled("permissions", &wrapped(&format!("{provider}: {}", actions.join(", "))))?;
    }
    let references: Vec<String> = control.references.iter().map(ToString::to_string).collect();
    labelled("references", &references)?;
    writeln!(out)?;
    let mut table = canvas.table(&[
        ("Framework", false),
        ("Requirement", false),
        ("Strength", false),
        ("Requirement text", false),
    ]);
    for mapping in control.mappings() {
        let (framework, requirement) = (mapping.requirement.framework(), mapping.requirement.get());
        let mut id = requirement.id.to_owned();
        for (version, other) in requirement.elsewhere {
            id.push_str(&format!("\n{other} in {version}"));
        }
        let mut title = requirement.title.to_owned();
        for asked in mapping.asked() {
            title.push_str(&format!("\n{} = {}, fixed", asked.name(), asked.value()));
        }
        if let Some(because) = mapping.because().filter(|_| !mapping.is_literal()) {
            title.push_str(&format!("\nA failure shows it: {because}"));
        }
        table.add_row(vec![
            Cell::new(framework.id),
            Cell::new(id),
            Cell::new(mapping.strength),
            Cell::new(title),
        ]);
    }
    Canvas::keep_whole(&mut table, 0);
    write!(out, "{}", lines(&table))
}

pub(crate) fn frameworks(
    command: Option<Catalogue>,
    canvas: Canvas,
    out: &mut dyn Write,
) -> Result<()> {
    match command {
        None | Some(Catalogue::List) => {
            let mut table = canvas.table(&[
                ("Framework", false),
                ("Name", false),
                ("As of", false),
                ("Total", true),
                ("Assessable", true),
                ("Evidence", true),
                ("In part", true),
            ]);
            for framework in frameworks::all() {
                let assessable = framework
                    .requirements
                    .iter()
                    .filter(|r| r.class != Some(Class::Organisational))
                    .count();
                let coverage = frameworks::coverage(framework, controls::ALL, None);
                table.add_row(vec![
                    Cell::new(framework.id),
                    Cell::new(format!("{} {}", framework.name, framework.version)),
                    Cell::new(framework.as_of),
                    Cell::new(framework.requirements.len()),
                    if framework.is_classified() {
                        Cell::new(assessable)
                    } else {
                        canvas.count(0, None)
                    },
                    Cell::new(coverage.evidenced),
                    Cell::new(coverage.decided),
                ]);
            }
            Canvas::keep_whole(&mut table, 0);
            Canvas::keep_whole(&mut table, 2);
            put(out, |out| {
                write!(out, "{}", lines(&table))?;
                for line in wrap(
                    "As of: date of the source. Total: its requirements. Assessable: requirements that cloud APIs \
                     can show at least in part; the others concern documents, people, contracts and sites. Evidence: \
                     requirements with some evidence. In part: requirements of which a control decides at least a \
                     part. Details of one: posture frameworks show ID",
                    canvas.width,
                ) {
                    writeln!(out, "{line}")?;
                }
                Ok(())
            })
        }
        Some(Catalogue::Show { id }) => {
            let framework = select::framework(&id)?;
            put(out, |out| show_framework(framework, canvas, out))
        }
    }
}

/// The controls that bear on each requirement.
fn bearing(framework: &'static Framework) -> Vec<Vec<(&'static str, Strength)>> {
    let mut by_requirement = vec![Vec::new(); framework.requirements.len()];
    for control in controls::ALL {
        for mapping in control.mappings() {
            if std::ptr::eq(mapping.requirement.framework(), framework)
                && let Some(list) = by_requirement.get_mut(mapping.requirement.index())
            {
                list.push((control.id, mapping.strength));
            }
        }
    }
    by_requirement
}

fn show_framework(
    framework: &'static Framework,
    canvas: Canvas,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "{}", canvas.bold(&format!("{} {}", framework.name, framework.version)))?;
    writeln!(out, "{}; as of {}", framework.source, framework.as_of)?;
    let mut chapters = Chapters::new(framework);
    for (row, controls) in framework.requirements.iter().zip(bearing(framework)) {
        chapters.before(row, canvas, out)?;
        let class = match row.class {
            Some(class) => class.to_string(),
            None => row.note.to_owned(),
        };
        requirement(row, &class, canvas, out)?;
        if !row.why.is_empty() {
            for line in wrap(row.why, canvas.width.saturating_sub(2)) {
                writeln!(out, "  {}", canvas.dim(&line))?;
            }
        }
        for (id, strength) in controls {
            writeln!(out, "    {strength:<10}  {id}")?;
        }
    }
    Ok(())
}
