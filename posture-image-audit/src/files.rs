//! What the files of an image show.

use posture_image::files::{self, Privileged, Tool};
use posture_image::image::Image;
use posture_image::limits::Limits;
use posture_image::{Answer, Cause, Gap, List};
use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::resource::ContainerImage;

use crate::gaps::{Gaps, entries};
use crate::info::LAYERS;

/// The facts about files.
pub(crate) fn fill(
    to: ContainerImage,
    image: &Image,
    limits: &Limits,
    gaps: &Gaps<'_>,
) -> ContainerImage {
    let tree = &image.tree;
    let tools = files::tools(tree);
    let of = |wanted: &[Tool]| {
        gaps.list(LAYERS, &tools, |(tool, path, layer)| {
            wanted.contains(tool).then(|| at(path, *layer))
        })
    };
    let placed = |list: &List<(String, u32)>| {
        gaps.list(LAYERS, list, |(path, layer)| Some(at(path, *layer)))
    };
    let unneeded = gaps.list(LAYERS, &tools, |(tool, path, layer)| {
        Some(format!("{}: {}", at(path, *layer), purpose(*tool)?))
    });
    let caches = gaps.list(LAYERS, &files::caches(tree), |(folder, count, bytes)| {
        let files = if *count == 1 { "file" } else { "files" };
        Some(format!("/{folder}: {count} {files}, {bytes} bytes"))
    });
    let passwords =
        gaps.list(LAYERS, &files::empty_passwords(tree, limits), |name| Some(name.clone()));
    to.empty_passwords(passwords)
        .host_keys(placed(&files::host_keys(tree)))
        .privileged_files(privileged(image, gaps))
        .world_writable(placed(&files::world_writable(tree)))
        .ssh_servers(of(&[Tool::SshServer]))
        .sudo_programs(of(&[Tool::Sudo]))
        .unneeded_tools(unneeded)
        .package_caches(caches)
        .git_directories(placed(&files::repositories(tree)))
        .deleted_package_databases(deleted_databases(image, gaps))
        .unrecorded_programs(
            gaps.list(LAYERS, &image.packages.unrecorded, |path| Some(path.clone())),
        )
        .ambiguous_layers(ambiguous(image, gaps))
}

fn at(path: &str, layer: u32) -> String {
    format!("{path} (layer {})", layer + 1)
}

/// What an application rarely needs; none for what has a control of its own.
fn purpose(tool: Tool) -> Option<&'static str> {
    match tool {
        Tool::Compiler => Some("compiler or build tool"),
        Tool::PackageManager => Some("package manager"),
        Tool::Network => Some("network tool"),
        Tool::Debugger => Some("debugger"),
        Tool::SshServer | Tool::Sudo => None,
    }
}

/// Where distributions install programs with such rights.
const SYSTEM: [&str; 6] =
    ["/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/"];

/// The files with rights that distributions do not give them. Which package installed a file decides whether it is usual, so that
/// what has no owner is not decided where owners are not certain. Without any package, the name in a folder of the system decides.
fn privileged(image: &Image, gaps: &Gaps<'_>) -> Fact<Entries> {
    let owners = &image.packages.owners;
    let mut list = files::privileged(&image.tree, owners);
    let is_usual = |one: &Privileged| {
        one.usual && (one.package.is_some() || SYSTEM.iter().any(|at| one.path.starts_with(at)))
    };
    let is_open =
        |one: &Privileged| !one.runs_anything && one.package.is_none() && owners.gap.is_some();
    if list.items.iter().any(is_open)
        && let Some(gap) = &owners.gap
    {
        list.lacks(gap.clone());
    }
    gaps.list(LAYERS, &list, |one| {
        let certain = (!is_usual(one) || one.runs_anything) && !is_open(one);
        certain.then(|| at(&format!("{}: {}", one.path, rights(one)), one.layer))
    })
}

fn rights(one: &Privileged) -> String {
    let mut all = Vec::new();
    if one.setuid {
        all.push(format!("setuid of user {}", one.uid));
    }
    if one.setgid {
        all.push("setgid".to_owned());
    }
    match &one.capabilities {
        Answer::Known(found) => all.extend(found.permitted.iter().cloned()),
        Answer::Unknown(_) => all.push("capabilities that cannot be read".to_owned()),
        Answer::Absent => {}
    }
    if one.runs_anything {
        all.push("runs other programs".to_owned());
    }
    all.join(", ")
}

fn deleted_databases(image: &Image, gaps: &Gaps<'_>) -> Fact<Entries> {
    let deleted = image.packages.deleted.iter();
    let found = deleted.map(|(path, layer)| {
        format!("/{} (deleted in layer {})", path.trim_start_matches('/'), layer + 1)
    });
    entries(found.collect(), gaps.open(LAYERS, &image.tree.gaps))
}

/// What has no single meaning is certain to have none; what was not read may.
fn ambiguous(image: &Image, gaps: &Gaps<'_>) -> Fact<Entries> {
    let is_certain =
        |gap: &&Gap| matches!(gap.cause, Cause::Ambiguous | Cause::Malformed | Cause::Mismatch);
    let (certain, open): (Vec<&Gap>, Vec<&Gap>) = image.gaps.iter().partition(is_certain);
    let open: Vec<Gap> = open.into_iter().cloned().collect();
    let mut words: Vec<String> = certain.into_iter().map(ToString::to_string).collect();
    for (number, layer) in (1..).zip(&image.layers) {
        // The last one counts, and hides the others from who reads the first.
        words.extend(
            layer.duplicates.iter().map(|path| format!("layer {number}: {path} is there twice")),
        );
    }
    entries(words, gaps.open(LAYERS, &open))
}
