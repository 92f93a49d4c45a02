//! Which clusters can be read, as far as environment and files show.

use std::path::PathBuf;

use posture_kubernetes::cluster::{Kubeconfig, is_in_cluster};
use posture_report::text::{NAME, safe};

use crate::output::counted;
use crate::overview::{Credentials, Machine};

/// What is found. No program of a kubeconfig is run.
pub(in crate::providers) fn credentials(machine: &Machine) -> Credentials {
    let mut sources = Vec::new();
    let mut command = String::new();
    let files = machine.variable("KUBECONFIG").map(|paths| std::env::split_paths(&paths).collect());
    let files: Vec<PathBuf> = files.unwrap_or_else(|| {
        machine.home(".kube").map(|folder| folder.join("config")).into_iter().collect()
    });
    let existing: Vec<PathBuf> = files.into_iter().filter(|file| file.is_file()).collect();
    match read(&existing) {
        None => {}
        Some(Err(file)) => {
            sources
                .push(format!("{}, which has mistakes", safe(&file.display().to_string(), NAME)));
        }
        Some(Ok((contexts, current))) => {
            let count = counted(contexts, "context", "contexts");
            let current = match &current {
                Some(name) => format!("the current one is `{}`", safe(name, NAME)),
                None => "none of them current".to_owned(),
            };
            sources.push(format!("kubeconfig with {count}, {current}"));
        }
    }
    if is_in_cluster() {
        sources.push("service account of this pod".to_owned());
    }
    if !sources.is_empty() {
        command.push_str("posture audit kubernetes");
    }
    let what = match sources.is_empty() {
        true => "no kubeconfig",
        false => "the cluster of the current context",
    };
    Credentials { cloud: "Kubernetes", sources, next: (command, what) }
}

/// How many contexts there are, and the current one; the file that cannot be used.
fn read(files: &[PathBuf]) -> Option<Result<(usize, Option<String>), PathBuf>> {
    let mut contexts = std::collections::BTreeSet::new();
    let mut current = None;
    for file in files {
        let Ok(config) = Kubeconfig::load(Some(file)) else { return Some(Err(file.clone())) };
        contexts.extend(config.contexts().map(str::to_owned));
        current = current.or_else(|| config.current().map(str::to_owned));
    }
    (!contexts.is_empty()).then_some(Ok((contexts.len(), current)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contexts_of_all_files_are_counted_and_no_secret_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let one = write(
            "one",
            "contexts: [{name: a, context: {}}]\nusers: [{name: u, user: {token: canary}}]",
        );
        let two = write(
            "two",
            "current-context: b\ncontexts: [{name: a, context: {}}, {name: b, context: {}}]",
        );
        let broken = write("broken", "contexts: canary");
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[one.clone(), two.clone()]), Some(Ok((2, Some("b".to_owned())))));
        assert_eq!(read(&[one, broken.clone()]), Some(Err(broken)));
    }

    #[test]
    fn without_a_kubeconfig_there_is_nothing() {
        let none = credentials(&Machine::with(|_| None));
        assert_eq!((none.sources.len(), none.next.0.as_str()), (0, ""));
    }
}
