//! What is around images: registries, signatures, and documents of others.

use posture_tests::fuzz;

use super::Fuzz;

#[test]
fn answers_of_registries() {
    Fuzz::new("registry").run(150, fuzz::registry);
}

#[test]
fn signatures() {
    Fuzz::new("signature").run(500, fuzz::signature);
}

#[test]
fn bills_of_materials() {
    Fuzz::new("sbom").run(2_000, fuzz::sbom);
}

#[test]
fn statements_of_exploitability() {
    Fuzz::new("vex").run(2_000, fuzz::vex);
}
