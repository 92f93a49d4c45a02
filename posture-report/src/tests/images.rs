//! A vulnerability is named with its package and what fixes it.

use posture_core::resource::Vulnerability;
use posture_core::scope::Level;

use super::*;

#[test]
fn the_screen_names_package_and_fixed_version_of_a_vulnerability() {
    let mut scope = Scope::empty(Provider::Image, "web.tar");
    scope.partition = "image".to_owned();
    scope.level = Level::Image;
    for (number, fixed) in [("12345", "3.0.2-1"), ("12346", "3.0.2-2"), ("12347", "3.0.2-3")] {
        let id = format!("vulnerability/CVE-2026-{number}/debian/openssl");
        scope.vulnerabilities.items.push(
            Vulnerability::unread(id, format!("CVE-2026-{number} in openssl"), None)
                .installed(Known(vec!["openssl 3.0.1-1".to_owned()]))
                .rating(Known("critical".to_owned()))
                .rated_by(Known("Debian".to_owned()))
                .fixed_versions(Known(vec![fixed.to_owned()]))
                .without_effect(Known(None))
                .excused(Known(None))
                .ignored_unfixed(Known(false)),
        );
    }
    let (started, finished) = (scope.started, scope.finished);
    let snapshot = Snapshot::new("0.1.0", started, finished, vec![scope]);
    let wanted = ["images.critical-vulnerabilities", "images.root-user"];
    let all = posture_core::controls::ALL.iter().copied();
    let controls: Vec<_> = all.filter(|control| wanted.contains(&control.id)).collect();
    let report = roll_up(judge::judge(&snapshot, &controls, &options()), &[]);
    let text = table(&report, 80, |_| {});
    let line = text.lines().find(|line| line.contains("CVE-2026")).unwrap();
    assert!(line.contains("CVE-2026-12345 in openssl, fix 3.0.2-1 +2"), "{text}");
    assert!(line.starts_with("CRITICAL  Critical vul"), "{text}");
    assert!(console::measure_text_width(line) <= 80, "{line}");
}
