//! Shows findings as accounts are judged: of AWS, and of the Azure tenant whose simulator is named in AZURE_SIMULATOR.
#![allow(clippy::print_stdout, reason = "an example prints for its user")]

use futures::StreamExt;
use posture::azure::Tenant;
use posture::{Audit, Event};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut audit = Audit::aws().control("storage")?.together();
    if let Ok(simulator) = std::env::var("AZURE_SIMULATOR") {
        audit = audit.and(Tenant { simulator: Some(simulator), ..Tenant::default() });
    }
    let mut events = std::pin::pin!(audit.stream());
    while let Some(event) = events.next().await {
        match event? {
            Event::Judged { provider, account, findings } => {
                println!("{provider} {account}: {} findings", findings.len());
            }
            Event::Audited(findings) => println!("all: {} findings", findings.iter().count()),
            _ => {}
        }
    }
    Ok(())
}
