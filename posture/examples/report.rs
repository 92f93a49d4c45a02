//! Audits the AWS account of the credentials in the environment, and writes a page of HTML and SARIF to a folder.

use std::fs::File;
use std::path::PathBuf;

use posture::core::frameworks;
use posture::core::params::Params;
use posture::core::report::roll_up;
use posture_report::{Format, View};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name a folder")?);
    let report = roll_up(posture::Audit::aws().run().await?, frameworks::all());
    let params = Params::default();
    let view = View::new(&report, &params, posture::provider_info);
    Format::Html.write(&view, &mut File::create(folder.join("report.html"))?)?;
    Format::Sarif.write(&view, &mut File::create(folder.join("report.sarif"))?)?;
    Ok(())
}
