//! Evidence: a bundle says of itself what was changed in it.

use std::path::Path;

use posture_tests::{Program, Run};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

/// The keys of <https://www.rfc-editor.org/rfc/rfc8410#section-10>, with which anyone can sign.
const PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
    -----END PRIVATE KEY-----\n";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";
/// The public key of <https://www.rfc-editor.org/rfc/rfc8032#section-7.1>, test 1.
const OTHER: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
    -----END PUBLIC KEY-----\n";

/// A program in a separate folder, with the keys.
fn program() -> Program {
    Program::new()
        .file("key.pem", PRIVATE)
        .file("key.pub", PUBLIC)
        .file("other.pub", OTHER)
        .file("posture.toml", "")
}

/// Makes a bundle.
fn bundle(key: bool) -> Run {
    let mut program = program().args(&["bundle", EXAMPLE, "evidence"]);
    if key {
        program = program.args(&["--key", "key.pem"]);
    }
    let run = program.run();
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

/// Checks the bundle that a run made, perhaps with one of the keys beside it.
fn verify(bundle: &Run, key: Option<&str>) -> Run {
    let folder = bundle.path("evidence");
    let mut arguments = vec!["verify".to_owned(), folder.to_str().unwrap().to_owned()];
    if let Some(key) = key {
        arguments.extend(["--key".to_owned(), bundle.path(key).to_str().unwrap().to_owned()]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Program::new().args(&arguments).run()
}

fn assert_wrong(run: &Run, name: &str, why: &str) {
    assert_eq!(run.code, 10, "{}{}", run.out, run.err);
    assert!(run.out.contains("Verification failed."), "{}", run.out);
    let wrong: Vec<&str> = run.out.lines().filter(|line| line.contains("WRONG")).collect();
    let [line] = wrong.as_slice() else { panic!("{}", run.out) };
    assert!(line.starts_with(name) && line.contains(why), "{line}");
}

fn change(path: &Path, work: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    work(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_signed_bundle_verifies_with_the_key_of_who_signed_it_and_no_other() {
    let made = bundle(true);
    let good = verify(&made, Some("key.pub"));
    assert_eq!(good.code, 0, "{}{}", good.out, good.err);
    assert!(good.out.contains("valid for the given key"), "{}", good.out);
    assert!(good.out.contains("All files match the manifest."), "{}", good.out);
    assert!(good.out.lines().all(|line| line.chars().count() <= 80), "{}", good.out);
    assert_wrong(&verify(&made, Some("other.pub")), "signature", "not valid for this manifest");
    // Without a key there is no statement about its author.
    let unchecked = verify(&made, None);
    assert_eq!(unchecked.code, 0);
    assert!(unchecked.out.contains("not verified: pass the signer's public key"));
    // The report within is the one that is judged again from the snapshot within.
    let snapshot = made.path("evidence/snapshot.json");
    assert_eq!(std::fs::read(&snapshot).unwrap(), std::fs::read(EXAMPLE).unwrap());
    let again =
        Program::new().args(&["check", snapshot.to_str().unwrap(), "--format", "json"]).run();
    let within = std::fs::read_to_string(made.path("evidence/report.json")).unwrap();
    assert_eq!(again.out, within);
}

#[test]
fn the_command_that_verifies_a_bundle_is_printed_as_it_has_to_be_typed() {
    let signed = bundle(true);
    let command = "verify it with: posture verify evidence --key key.pub\n";
    assert!(signed.err.contains(command), "{}", signed.err);
    assert!(!signed.err.contains("openssl"), "the public key is there: {}", signed.err);
    let run = program()
        .file("ours.pem", PRIVATE)
        .args(&["bundle", EXAMPLE, "evidence", "--key", "ours.pem"])
        .run();
    let made = "openssl pkey -in ours.pem -pubout -out ours.pub";
    assert!(run.err.contains(made), "{}", run.err);
    let made = std::process::Command::new("sh")
        .args(["-c", made])
        .current_dir(run.path("."))
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    assert_eq!(verify(&run, Some("ours.pub")).code, 0);
    let unsigned = bundle(false).err;
    assert!(unsigned.contains("not signed") && !unsigned.contains("--key"), "{unsigned}");
}

#[test]
fn an_unsigned_bundle_says_so_and_is_wrong_where_a_signature_was_expected() {
    let made = bundle(false);
    let run = verify(&made, None);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("not signed"), "{}", run.out);
    assert_wrong(&verify(&made, Some("key.pub")), "signature", "missing");
}

#[test]
fn every_byte_of_every_file_counts() {
    let made = bundle(true);
    let folder = made.path("evidence");
    for name in ["snapshot.json", "report.json", "report.html", "catalogue.json"] {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).unwrap();
        for place in [0, bytes.len() / 2, bytes.len() - 1] {
            change(&path, |bytes| bytes[place] ^= 1);
            assert_wrong(&verify(&made, Some("key.pub")), name, "changed: its digest differs");
            assert_wrong(&verify(&made, None), name, "changed: its digest differs");
            std::fs::write(&path, &bytes).unwrap();
        }
        change(&path, |bytes| bytes.push(b' '));
        assert_wrong(&verify(&made, None), name, "in the manifest");
        std::fs::remove_file(&path).unwrap();
        assert_wrong(&verify(&made, None), name, "missing");
        // A link to the right content is not the file.
        let kept = made.path("kept");
        std::fs::write(&kept, &bytes).unwrap();
        std::os::unix::fs::symlink(&kept, &path).unwrap();
        assert_wrong(&verify(&made, None), name, "not a regular file");
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(verify(&made, Some("key.pub")).code, 0);
}

#[test]
fn manifest_and_signature_hold_each_other() {
    let made = bundle(true);
    let folder = made.path("evidence");
    let (manifest, signature) = (folder.join("manifest.json"), folder.join("manifest.sig"));
    let (text, signed) =
        (std::fs::read_to_string(&manifest).unwrap(), std::fs::read(&signature).unwrap());
    // A file and its line in the manifest, changed together, are found out by the signature only.
    std::fs::write(&manifest, format!("{text} ")).unwrap();
    assert_wrong(&verify(&made, Some("key.pub")), "signature", "not valid for this manifest");
    std::fs::write(&manifest, &text).unwrap();
    for broken in ["", "AAAA", "not base64 \u{1b}[2J"] {
        std::fs::write(&signature, broken).unwrap();
        assert_wrong(&verify(&made, Some("key.pub")), "signature", "not valid for this manifest");
    }
    std::fs::remove_file(&signature).unwrap();
    assert_wrong(&verify(&made, Some("key.pub")), "signature", "missing");
    std::fs::write(&signature, signed).unwrap();
    std::fs::write(folder.join("more\u{1b}[2J.txt"), "more").unwrap();
    let run = verify(&made, Some("key.pub"));
    assert_wrong(&run, "more\\u{1b}[2J.txt", "not listed in the manifest");
}

#[test]
fn a_manifest_leads_nowhere_else() {
    let made = bundle(false);
    let manifest = made.path("evidence/manifest.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    for name in ["../key.pem", "/etc/passwd", "..", "", "a/b", "a\\\\b"] {
        std::fs::write(&manifest, text.replace("\"report.html\"", &format!("\"{name}\""))).unwrap();
        let run = verify(&made, None);
        assert_eq!(run.code, 10, "{name}: {}", run.err);
        assert!(
            run.out.contains("WRONG: the manifest lists a file outside this folder"),
            "{}",
            run.out
        );
    }
    std::fs::write(&manifest, text.replace("\"report.html\"", "\"report.json\"")).unwrap();
    assert!(verify(&made, None).out.contains("listed twice in the manifest"));
    for (from, to) in [
        ("\"version\": 1", "\"version\": 2"),
        ("\"posture-bundle\"", "\"other\""),
        ("\"version\": 1", "\"version\": 1, \"version\": 1"),
        ("\"version\": 1", "\"version\": 1, \"more\": 1"),
    ] {
        assert!(text.contains(from));
        std::fs::write(&manifest, text.replace(from, to)).unwrap();
        assert_eq!(verify(&made, None).code, 1, "{to}");
    }
    std::fs::write(&manifest, vec![b' '; 2 << 20]).unwrap();
    assert!(verify(&made, None).err.contains("too large"));
}

#[test]
fn what_makes_no_bundle_leaves_none() {
    let wrong = [
        (["bundle", EXAMPLE, "evidence", "--key", "key.pub"], 2),
        (["bundle", EXAMPLE, "evidence", "--key", "posture.toml"], 2),
        (["bundle", "key.pem", "evidence", "--key", "key.pem"], 1),
        (["bundle", "nothing", "evidence", "--key", "key.pem"], 1),
        (["bundle", EXAMPLE, ".", "--key", "key.pem"], 2),
    ];
    for (arguments, code) in wrong {
        let run = program().args(&arguments).run();
        assert_eq!(run.code, code, "{arguments:?}: {}", run.err);
        assert!(!run.err.contains("MC4CAQ"), "{}", run.err);
        let names =
            std::fs::read_dir(run.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.filter(|name| name.to_string_lossy().contains("evidence")).count(), 0);
    }
}
