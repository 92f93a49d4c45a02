//! `posture sim`: a simulated cloud on this machine.

use std::path::Path;
use std::process::ExitCode;

use posture_sim::{Scenario, Server};

use crate::error::{Failure, Result};
use crate::put;

/// More than any scenario needs.
const LIMIT: u64 = 256 << 20;

/// `posture sim azure`: serves a tenant until it is stopped.
pub(crate) fn azure(tenant: Scenario, port: Option<u16>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::tool("cannot start").cause(error))?;
    runtime.block_on(async {
        let (id, client) = (tenant.tenant.clone(), tenant.client.clone());
        let cloud = tenant.cloud.clone();
        let server = Server::start(tenant, port)
            .await
            .map_err(|error| Failure::tool("cannot listen").cause(error))?;
        put(&mut std::io::stdout().lock(), |out| {
            writeln!(out, "Azure is simulated at {}. Audit it with:", server.url())?;
            writeln!(out)?;
            writeln!(out, "  AZURE_TENANT_ID={id} \\")?;
            writeln!(out, "  AZURE_CLIENT_ID={} \\", client.id)?;
            writeln!(out, "  AZURE_CLIENT_SECRET={} \\", client.secret)?;
            write!(out, "  posture audit azure --simulator {}", server.url())?;
            if cloud != "public" {
                write!(out, " --cloud {cloud}")?;
            }
            writeln!(out)?;
            out.flush()
        })?;
        server.join().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The tenant that a file describes.
pub(crate) fn scenario(path: &Path) -> Result<Scenario> {
    let cannot = |why: &dyn std::fmt::Display| {
        Failure::usage(format!("cannot serve `{}`", path.display())).cause(why)
    };
    let size = std::fs::metadata(path).map_err(|error| cannot(&error))?.len();
    if size > LIMIT {
        return Err(cannot(&"the file is larger than 256 MiB"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| cannot(&error))?;
    Scenario::parse(&text).map_err(|error| cannot(&error))
}
