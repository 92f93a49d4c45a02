//! `posture controls` and `posture frameworks`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use comfy_table::{Attribute, Cell};
use posture_core::control::Control;
use posture_core::filter::ServiceFilter;
use posture_core::frameworks::{self, Framework};
use posture_report::frameworks::{Chapters, requirement, wrap};
use posture_report::style::{Canvas, lines, severity_color};
use posture_report::text::{NAME, safe};

use crate::args::{Catalogue, ControlList, Controls, DiffFormat, Known, ListFormat, Screen};
use crate::config::{self, wrong_controls};
use crate::error::{Failure, Result, did_you_mean};
use crate::explain::control::show;
use crate::listing::{self, CountsV1, mapped};
use crate::output::{counted, print, put};
use crate::{named, select};

/// How much is shown of a text from a user's file.
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
    let catalogue = &config.catalogue;
    let (all, list) = match command {
        Some(Controls::Show { id, format }) => {
            let control = select::control(&id, catalogue)?;
            return print(screen, |canvas, out| {
                put(out, |out| match format {
                    DiffFormat::Json => listing::controls_json(&[control], out),
                    DiffFormat::Table => show(control, canvas, out),
                })
            });
        }
        Some(Controls::Search { words, list }) => {
            let words = words.join(" ");
            let found = catalogue.search(&words);
            if found.is_empty() {
                let failure =
                    Failure::usage(format!("no control matches `{}`", safe(&words, NAME)));
                let guess = did_you_mean(&catalogue.nearest_words(&words));
                return Err(guess.into_iter().fold(failure, Failure::help));
            }
            (found, list)
        }
        Some(Controls::List(list)) => (catalogue.all().to_vec(), list),
        Some(Controls::Test { .. }) | None => (catalogue.all().to_vec(), ControlList::default()),
    };
    let all = narrowed(all, &list, catalogue)?;
    print(screen, |canvas, out| {
        put(out, |out| match list.format {
            ListFormat::Table => table(&all, canvas, out),
            ListFormat::Json => listing::controls_json(&all, out),
            ListFormat::Csv => listing::controls_csv(&all, out),
        })
    })
}

/// The controls that fit every filter, in the order in which they were.
fn narrowed(
    all: Vec<&'static Control>,
    list: &ControlList,
    catalogue: &posture_core::catalogue::Catalogue,
) -> Result<Vec<&'static Control>> {
    let frameworks = list.framework.iter().map(|name| select::framework(name));
    let frameworks: Vec<&'static Framework> = frameworks.collect::<Result<_>>()?;
    let service = |name: &String| {
        named::service(name, catalogue).map_err(|near| {
            let failure = Failure::usage(format!("unknown service `{}`", safe(name, NAME)));
            let near: Vec<&str> = near.iter().map(String::as_str).collect();
            did_you_mean(&near).into_iter().fold(failure, Failure::help)
        })
    };
    let services: Vec<ServiceFilter> = list.service.iter().map(service).collect::<Result<_>>()?;
    let mapped = |control: &Control| {
        control.mappings().iter().any(|mapping| {
            frameworks.iter().any(|f| std::ptr::eq(*f, mapping.requirement.framework()))
        })
    };
    let reads = |control: &Control| {
        services.iter().flat_map(|service| &service.controls).any(|(provider, id)| {
            *id == control.id && list.provider.is_none_or(|wanted| wanted == *provider)
        })
    };
    let found = all.into_iter().filter(|control| {
        list.severity.is_none_or(|least| control.severity >= least)
            && list.provider.is_none_or(|provider| control.judges(provider))
            && (frameworks.is_empty() || mapped(control))
            && (services.is_empty() || reads(control))
    });
    let found: Vec<&'static Control> = found.collect();
    if found.is_empty() {
        return Err(Failure::usage("no control matches these filters"));
    }
    Ok(found)
}

/// Controls with their objectives.
fn table(all: &[&'static Control], canvas: Canvas, out: &mut dyn Write) -> std::io::Result<()> {
    // Where there is no room for it beside the id, the objective is below.
    let beside = canvas.width >= 120;
    let header = [("Control", false), ("Severity", false), ("Title", false)];
    let mut table = canvas.table(if beside { &header } else { &header[..2] });
    for control in all {
        let mut row = vec![
            Cell::new(control.id),
            canvas.colored(control.severity, severity_color(control.severity)),
        ];
        if beside {
            row.push(Cell::new(safe(control.title, NAME)));
        }
        table.add_row(row);
        if !beside {
            let title = format!("  {}", safe(control.title, NAME));
            table.add_row(vec![Cell::new(title).add_attribute(Attribute::Dim)]);
        }
    }
    Canvas::keep_whole(&mut table, 0);
    write!(out, "{}", lines(&table))?;
    let count = counted(all.len(), "control", "controls");
    writeln!(out, "{count}. Details of one: posture explain ID")
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
                    let result = read.judge(case);
                    let right = result.outcome == case.expected;
                    cases += 1;
                    wrong += usize::from(!right);
                    let why = if result.why.is_empty() {
                        String::new()
                    } else {
                        format!(": {}", result.why.join("; "))
                    };
                    let text = if right {
                        format!("{}, as expected{why}", result.outcome)
                    } else {
                        format!(
                            "line {}: expected {}, got {}{why}",
                            case.line, case.expected, result.outcome
                        )
                    };
                    let mark = if right { "ok   " } else { "WRONG" };
                    writeln!(out, "  {mark}  {}", safe(&case.name, LONG))?;
                    for line in wrap(&safe(&text, LONG), canvas.width.saturating_sub(9)) {
                        writeln!(out, "         {}", canvas.dim(&line))?;
                    }
                }
            }
            let cases = counted(cases, "case", "cases");
            write!(out, "{cases} of {}: ", counted(all.len(), "control", "controls"))?;
            match wrong {
                0 => writeln!(out, "all as expected."),
                1 => writeln!(out, "1 not as expected."),
                many => writeln!(out, "{many} not as expected."),
            }
        })
    })?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::from(10) })
}

pub(crate) fn frameworks(
    command: Option<Catalogue>,
    format: DiffFormat,
    canvas: Canvas,
    out: &mut dyn Write,
) -> Result<()> {
    let json = format == DiffFormat::Json;
    match command {
        None | Some(Catalogue::List) if json => {
            put(out, |out| listing::frameworks_json(frameworks::all(), out))
        }
        Some(Catalogue::Show { id }) if json => {
            let framework = select::framework(&id)?;
            put(out, |out| listing::framework_json(framework, out))
        }
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
                let CountsV1 { total, assessable, evidenced, decided } = CountsV1::new(framework);
                table.add_row(vec![
                    Cell::new(framework.id),
                    Cell::new(format!("{} {}", framework.name, framework.version)),
                    Cell::new(framework.as_of),
                    Cell::new(total),
                    match assessable {
                        Some(assessable) => Cell::new(assessable),
                        None => canvas.count(0, None),
                    },
                    Cell::new(evidenced),
                    Cell::new(decided),
                ]);
            }
            Canvas::keep_whole(&mut table, 0);
            Canvas::keep_whole(&mut table, 2);
            put(out, |out| {
                write!(out, "{}", lines(&table))?;
                for line in wrap(
                    "As of: date of the source. Total: its requirements. Assessable: requirements that cloud APIs \
                     can show at least in part; the others concern documents, people, contracts, sites and files of nodes. Evidence: \
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

fn show_framework(
    framework: &'static Framework,
    canvas: Canvas,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "{}", canvas.bold(&format!("{} {}", framework.name, framework.version)))?;
    writeln!(out, "{}; as of {}", framework.source, framework.as_of)?;
    let mut chapters = Chapters::new(framework);
    for (row, controls) in framework.requirements.iter().zip(mapped(framework)) {
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
        for (control, strength) in controls {
            writeln!(out, "    {strength:<10}  {}", control.id)?;
        }
    }
    Ok(())
}
