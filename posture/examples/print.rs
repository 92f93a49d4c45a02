//! Audits the AWS account of the credentials in the environment, and prints what fails.
#![allow(clippy::print_stdout, reason = "an example prints for its user")]

use posture::core::judge::Outcome;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let findings = posture::Audit::aws().control("storage")?.run().await?;
    for finding in findings.iter() {
        let resource = finding.subject.map_or("the account", |subject| subject.name);
        match finding.outcome {
            Outcome::Fail(_) => println!("{}: {resource:?}", finding.control.title),
            Outcome::Unknown(_) => println!("{}: {resource:?}?", finding.control.title),
            Outcome::Pass | Outcome::NotApplicable(_) => {}
        }
    }
    Ok(())
}
