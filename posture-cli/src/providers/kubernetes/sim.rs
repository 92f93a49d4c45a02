//! `posture sim kubernetes`: a simulated cluster.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use posture_sim::kubernetes::{Server, Size, World, generate};

use crate::error::Result;
use crate::output::{word, write_file};
use crate::sim::{cannot_listen, cannot_serve, read, serve, show};

#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// Files with the manifests of the cluster.
    #[arg(value_name = "FILE", required_unless_present_any = ["generate", "settings"])]
    manifests: Vec<PathBuf>,
    /// File with the settings of the cluster, in TOML or JSON: version, identities, faults, latency.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Generate a cluster with this many namespaces and this many pods in all, such as 40x5000.
    #[arg(long, value_name = "NAMESPACESxPODS", conflicts_with_all = ["manifests", "settings"], value_parser = size)]
    generate: Option<(usize, usize)>,
    /// File to write the kubeconfig to.
    #[arg(long, value_name = "FILE")]
    kubeconfig: PathBuf,
    /// Port to listen on [default: any free port].
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// Parses a number of namespaces and a number of pods.
fn size(text: &str) -> std::result::Result<(usize, usize), String> {
    let sizes = text
        .split_once('x')
        .and_then(|(namespaces, pods)| Some((namespaces.parse().ok()?, pods.parse().ok()?)));
    let sizes = sizes.ok_or("expected two numbers separated by x, such as 40x5000")?;
    // More would not fit into memory.
    if sizes.0 > 10_000 || sizes.1 > 200_000 {
        return Err("expected at most 10,000 namespaces and 200,000 pods".to_owned());
    }
    Ok(sizes)
}

/// How many network policies a generated cluster has for each namespace, and how many pods each node runs.
const POLICIES: usize = 10;
const PODS_OF_NODE: usize = 50;

impl Sim {
    fn world(&self) -> Result<World> {
        if let Some((namespaces, pods)) = self.generate {
            return Ok(generate(Size {
                namespaces,
                pods,
                policies: namespaces * POLICIES,
                nodes: pods.div_ceil(PODS_OF_NODE).max(1),
                bindings: namespaces * 2,
                ..Size::default()
            }));
        }
        let mut world = match &self.settings {
            Some(path) => World::parse(&read(path)?).map_err(|error| cannot_serve(path, &error))?,
            None => World::default(),
        };
        for path in &self.manifests {
            let name = path.display().to_string();
            let added = world.add_manifests(&name, &read(path)?);
            added.map_err(|error| cannot_serve(path, &error))?;
        }
        Ok(world)
    }

    /// Serves a cluster until it is stopped.
    pub(in crate::providers) fn run(self) -> Result<ExitCode> {
        let mut world = self.world()?;
        world.unlogged = true;
        let token = world.identities.first().map(|one| one.token.clone()).unwrap_or_default();
        serve(async {
            let server = Server::start(world, self.port).await.map_err(cannot_listen)?;
            write_file(&self.kubeconfig, server.kubeconfig(&token).as_bytes())?;
            let kubeconfig = word(&self.kubeconfig);
            show(|out| {
                writeln!(out, "Simulating a cluster at {}. Audit it with:", server.url())?;
                writeln!(out)?;
                writeln!(out, "  posture audit kubernetes --kubeconfig {kubeconfig}")
            })?;
            server.join().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_two_numbers_that_fit() {
        assert_eq!(size("40x5000"), Ok((40, 5000)));
        for wrong in ["", "40", "x", "40x", "ax1", "40x5000x2", "99999x1", "1x999999"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
