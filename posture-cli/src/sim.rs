//! `posture sim`: a simulated cloud on this machine.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use posture_sim::aws::{self, World};
use posture_sim::azure::{Scenario, Server};

use crate::error::{Failure, Result};
use crate::output::put;

/// More than any scenario needs.
const LIMIT: u64 = 256 << 20;

/// `posture sim aws`: serves accounts until it is stopped.
pub(crate) fn aws(mut world: World, port: Option<u16>) -> Result<ExitCode> {
    let key = world.accounts.first().map(aws::Account::key);
    let key = key.ok_or_else(|| Failure::usage("the scenario has no accounts"))?;
    let organization = world.organization.is_some();
    // Nobody would read it.
    world.unlogged = true;
    serve(async {
        let server = aws::Server::start(world, port).await.map_err(cannot_listen)?;
        show(|out| {
            writeln!(out, "Simulating AWS at {}. Audit it with:", server.url())?;
            writeln!(out)?;
            writeln!(out, "  AWS_ENDPOINT_URL={} \\", server.url())?;
            writeln!(out, "  AWS_ACCESS_KEY_ID={key} \\")?;
            writeln!(out, "  AWS_SECRET_ACCESS_KEY=simulated AWS_REGION=us-east-1 \\")?;
            let members = if organization { " --organization" } else { "" };
            writeln!(out, "  posture audit aws{members}")
        })?;
        server.join().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// `posture sim azure`: serves a tenant until it is stopped.
pub(crate) fn azure(mut tenant: Scenario, port: Option<u16>) -> Result<ExitCode> {
    serve(async {
        tenant.unlogged = true;
        let (id, client) = (tenant.tenant.clone(), tenant.client.clone());
        let cloud = tenant.cloud.clone();
        let server = Server::start(tenant, port).await.map_err(cannot_listen)?;
        show(|out| {
            writeln!(out, "Simulating Azure at {}. Audit it with:", server.url())?;
            writeln!(out)?;
            writeln!(out, "  AZURE_TENANT_ID={id} \\")?;
            writeln!(out, "  AZURE_CLIENT_ID={} \\", client.id)?;
            writeln!(out, "  AZURE_CLIENT_SECRET={} \\", client.secret)?;
            write!(out, "  posture audit azure --simulator {}", server.url())?;
            if cloud != "public" {
                write!(out, " --cloud {cloud}")?;
            }
            writeln!(out)
        })?;
        server.join().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn serve(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start the simulator").cause(error))?;
    runtime.block_on(work)
}

fn cannot_listen(error: std::io::Error) -> Failure {
    Failure::tool("cannot listen on the port").cause(error)
}

fn show(write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    put(&mut std::io::stdout().lock(), |out| {
        write(out)?;
        out.flush()
    })
}

/// The tenant that a file describes.
pub(crate) fn scenario(path: &Path) -> Result<Scenario> {
    Scenario::parse(&read(path)?).map_err(|error| cannot_serve(path, &error))
}

/// The accounts that a file describes.
pub(crate) fn world(path: &Path) -> Result<World> {
    World::parse(&read(path)?).map_err(|error| cannot_serve(path, &error))
}

fn read(path: &Path) -> Result<String> {
    crate::input::text(path, LIMIT).map_err(|error| cannot_serve(path, &error))
}

fn cannot_serve(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage(format!("cannot serve `{}`", path.display())).cause(why)
}
