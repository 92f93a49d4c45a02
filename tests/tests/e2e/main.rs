//! Audits of simulated clouds, by the program itself.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod aws;
mod azure;
mod beside;
mod bundles;
#[path = "../../src/cases.rs"]
mod cases;
mod commands;
mod control_files;
mod counts;
mod dated;
mod demo;
mod docker;
mod exceptions;
mod exit_codes;
mod explain;
mod filters;
mod first;
mod folder;
mod formats;
mod fuzz;
mod history;
mod image;
mod image_cache;
mod image_database;
mod image_documents;
mod image_registry;
#[path = "../../../posture-image/tests/support/mod.rs"]
mod image_support;
mod interrupted;
mod joined_clusters;
mod joins;
mod kube_apiserver;
mod kube_bench;
mod kubernetes;
mod kubernetes_tls;
mod law;
mod library;
mod manifests;
mod models;
mod organization;
mod pipes;
mod reach;
mod reach_pods;
mod readme;
mod rows;
mod schedule;
mod sim_aws;
mod summary;
mod together;
mod what_if;
