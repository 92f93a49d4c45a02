//! Records the snapshot that the README shows: `cargo run --package posture-tests --example record`, with
//! `POSTURE_TEST_VENV` at the environment that `cargo xtask test` made.

use posture_tests::scenes::Estate;

fn main() {
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let run = Estate::new("123456789012").audit(&["--save", target]);
    assert_eq!(run.code, 10, "{}", run.err);
}
