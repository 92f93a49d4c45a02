//! What package managers of languages leave in an image, and what is known by name and not read.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use posture_image::Cause;
use posture_image::osv::{Record, Records, audit};
use posture_image::packages::{Manager, Ownership};
use serde_json::json;
use support::{Build, Tar};

const GEM: &str = "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\nGem::Specification.new do |s|\n  s.licenses = [\"MIT\".freeze]\nend\n";
const DEPENDENCIES: &str =
    r#"{"libraries":{"App/1.0.0":{"type":"project"},"Newtonsoft.Json/12.0.1":{"type":"package"}}}"#;

#[test]
fn gems_and_packages_of_composer_and_nuget_are_matched_with_records() {
    let image = Build::new()
        .layer(Tar::new().file("usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.6.gemspec", GEM))
        .layer(
            Tar::new()
                .file(
                    "app/vendor/composer/installed.json",
                    r#"{"packages":[{"name":"symfony/Yaml","version":"v5.0.0"}]}"#,
                )
                .file("app/App.deps.json", DEPENDENCIES),
        )
        .read();
    let short: Vec<_> = image
        .packages
        .packages
        .items
        .iter()
        .map(|one| (one.manager, one.name.as_str(), one.version.as_str(), one.layer))
        .collect();
    assert_eq!(
        short,
        [
            (Manager::Gem, "rake", "13.0.6", 0),
            (Manager::Composer, "symfony/Yaml", "v5.0.0", 1),
            (Manager::Nuget, "Newtonsoft.Json", "12.0.1", 1)
        ]
    );
    assert_eq!(image.packages.packages.items[0].license.as_deref(), Some("MIT"));
    let mut records = Records::default();
    for (ecosystem, name, fixed) in [
        ("RubyGems", "rake", "13.0.7"),
        ("Packagist", "symfony/yaml", "5.0.1"),
        ("NuGet", "Newtonsoft.JSON", "13.0.1-beta"),
        ("NuGet", "other", "1"),
    ] {
        let value = json!({"id": format!("X-{name}"), "affected": [{"package": {"ecosystem": ecosystem, "name": name},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]});
        records.add(Record::read(&value).unwrap());
    }
    let found = audit(&image.packages, &records);
    assert_eq!(
        found.items.iter().map(|one| one.fixed.as_deref().unwrap()).collect::<Vec<_>>(),
        ["13.0.1-beta", "13.0.7", "5.0.1"]
    );
    assert!(found.is_complete(), "{:?}", found.gaps);
}

#[test]
fn a_gem_of_the_distribution_is_the_distributions() {
    let path = "usr/share/rubygems-integration/all/specifications/rake-13.0.6.gemspec";
    let image = Build::new()
        .layer(
            Tar::new()
                .file("etc/os-release", "ID=debian\nVERSION_ID=12\n")
                .file("var/lib/dpkg/status", "Package: rake\nStatus: install ok installed\nArchitecture: all\nVersion: 13.0.6-3\n\n")
                .file("var/lib/dpkg/info/rake.list", format!("/{path}\n"))
                .file(path, GEM),
        )
        .read();
    let gem = image.packages.packages.items.iter().find(|one| one.manager == Manager::Gem).unwrap();
    assert_eq!(gem.ownership, Ownership::Distribution("rake".to_owned()));
}

#[test]
fn what_cannot_be_read_and_what_is_not_read_are_gaps_by_name() {
    for (path, content, detail) in [
        ("opt/conda/conda-meta/history", "", "packages of Conda are not read"),
        ("app/.pnp.cjs", "", "packages of Yarn in archives (Plug'n'Play) are not read"),
        ("var/lib/chisel/manifest.wall", "", "slices of Chisel are not read"),
        ("app/lib/x-1/ebin/x.app", "", "applications of Erlang and Elixir are not read"),
        (
            "x/specifications/a-1.gemspec",
            "eval(x)",
            "the specification of a gem without a name and a version",
        ),
        ("app/vendor/composer/installed.json", "{}", "a list of Composer without packages"),
        ("app/App.deps.json", "{}", "dependencies of .NET without libraries"),
    ] {
        let image = Build::new().layer(Tar::new().file(path, content)).read();
        let gaps = &image.packages.packages.gaps;
        assert_eq!(
            (gaps.len(), gaps[0].place.as_str(), gaps[0].detail.as_str()),
            (1, format!("/{path}").as_str(), detail)
        );
        assert!(matches!(gaps[0].cause, Cause::Unsupported | Cause::Malformed));
        assert!(!audit(&image.packages, &Records::default()).is_complete());
    }
}

#[test]
fn what_is_not_read_is_stated_once_and_not_where_a_package_installed_it() {
    let one = |name: &str| format!("usr/lib/R/library/{name}/DESCRIPTION");
    let image = Build::new()
        .layer(
            Tar::new()
                .file("var/lib/dpkg/status", "Package: r-base\nStatus: install ok installed\nArchitecture: all\nVersion: 4-1\n\n")
                .file("var/lib/dpkg/info/r-base.list", format!("/{}\n", one("base")))
                .file(&one("base"), ""),
        )
        .read();
    assert!(image.packages.packages.is_complete(), "{:?}", image.packages.packages.gaps);
    let image = Build::new().layer(Tar::new().file(&one("a"), "").file(&one("b"), "")).read();
    assert_eq!(image.packages.packages.gaps.len(), 1);
}
