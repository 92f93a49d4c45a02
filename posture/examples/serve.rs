//! Serves the results for an AWS account on loopback; each request runs a new audit.
#![allow(clippy::print_stdout, reason = "an example prints for its user")]

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use posture::core::json::Document;
use posture::core::params::Params;
use posture::core::{frameworks, report};

async fn audit() -> Result<impl IntoResponse, (StatusCode, String)> {
    let failed = |error: posture::Error| (StatusCode::BAD_GATEWAY, error.to_string());
    let audit = posture::Audit::aws().control("storage").map_err(failed)?;
    let findings = audit.run().await.map_err(failed)?;
    let report = report::roll_up(findings, frameworks::all());
    let document = Document::new(&report, &Params::default(), &|_, _, _| Vec::new());
    Ok(axum::Json(serde_json::to_value(document).unwrap_or_default()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().route("/", get(audit))).await?;
    Ok(())
}
