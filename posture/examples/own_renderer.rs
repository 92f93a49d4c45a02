//! Renders the results for an AWS account in a custom format: a line for each function of the NIST CSF.

use std::io::Write;

use posture::core::frameworks;
use posture::core::report::{Report, State, roll_up};

/// A renderer is a function from a report to a writer.
fn render(report: &Report<'_>, out: &mut impl Write) -> std::io::Result<()> {
    for framework in &report.frameworks {
        for group in framework.framework.groups.iter().filter(|group| group.parent.is_none()) {
            let counts =
                framework.counts_where(|requirement| framework.framework.is_in(requirement, group));
            writeln!(
                out,
                "{}: {} not met, {} of {} assessed",
                group.id,
                counts.of(State::NotMet),
                counts.assessed(),
                counts.total()
            )?;
        }
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let findings = posture::Audit::aws().run().await?;
    let csf = frameworks::find("csf").ok_or("there is no such framework")?;
    render(&roll_up(findings, &[csf]), &mut std::io::stdout().lock())?;
    Ok(())
}
