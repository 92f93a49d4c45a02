//! Gems of Ruby, packages of Composer and of NuGet.

use serde_json::Value;

use super::Metadata;
use crate::json;
use crate::limits::Limits;
use crate::text;

/// The specification of an installed gem: a program in Ruby, in front of which RubyGems writes `# stub: NAME VERSION PLATFORM …`
/// so that it need not be run ([`Gem::StubSpecification`](https://github.com/ruby/rubygems/blob/master/lib/rubygems/stub_specification.rb)).
pub(super) fn gem(bytes: &[u8]) -> Result<Metadata, String> {
    let text = String::from_utf8_lossy(bytes);
    let stub = text.lines().take(10).find_map(|line| line.strip_prefix("# stub: "));
    let mut fields = stub.unwrap_or_default().split_whitespace();
    let (name, version) = match (fields.next(), fields.next()) {
        (Some(name), Some(version)) => (name, version),
        // Older ones only assign literals.
        _ => match (assigned(&text, "name"), assigned(&text, "version")) {
            (Some(name), Some(version)) => (name, version),
            _ => return Err("the specification of a gem without a name and a version".to_owned()),
        },
    };
    let license = assigned(&text, "licenses").or_else(|| assigned(&text, "license"));
    Ok(Metadata {
        name: name.to_owned(),
        version: version.to_owned(),
        license: license.map(str::to_owned),
    })
}

/// The literal that is assigned: `s.name = "rake".freeze`, `s.licenses = ["MIT".freeze]`. A list of several has none.
fn assigned<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    for line in text.lines() {
        let Some((_, rest)) = line.trim_start().split_once('.') else { continue };
        let Some(rest) = rest.strip_prefix(field).map(str::trim_start) else { continue };
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { continue };
        let value = value.strip_prefix('[').unwrap_or(value);
        let value = value.strip_prefix("Gem::Version.new(").unwrap_or(value);
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (literal, rest) = value.get(1..)?.split_once(quote)?;
        let one = !rest.contains(quote) && !literal.is_empty() && !literal.contains(['#', '\\']);
        return Some(literal).filter(|_| one);
    }
    None
}

/// What [Composer](https://getcomposer.org/) installed: a list, or an object with the list.
pub(super) fn composer(bytes: &[u8], limits: &Limits) -> Result<Vec<Metadata>, String> {
    let value = parse(bytes, limits)?;
    let list = value.as_array().or_else(|| value.get("packages").and_then(Value::as_array));
    let list = list.ok_or("a list of Composer without packages")?;
    bounded(list.len(), limits)?;
    let package = |entry: &Value| {
        let field =
            |name: &str| entry.get(name).and_then(Value::as_str).filter(|value| !value.is_empty());
        let (Some(name), Some(version)) = (field("name"), field("version")) else {
            return Err("a package of Composer without a name and a version".to_owned());
        };
        let licenses: Vec<&str> = entry
            .get("license")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        // Several are alternatives, by the documentation of composer.json.
        let license = Some(licenses.join(" OR ")).filter(|license| !license.is_empty());
        Ok(Metadata { name: name.to_owned(), version: version.to_owned(), license })
    };
    list.iter().map(package).collect()
}

/// What a .NET application or the runtime [depends on](https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md):
/// libraries by `NAME/VERSION`, of which those of type `package` are from NuGet.
pub(super) fn nuget(bytes: &[u8], limits: &Limits) -> Result<Vec<Metadata>, String> {
    let value = parse(bytes, limits)?;
    let libraries = value.get("libraries").and_then(Value::as_object);
    let libraries = libraries.ok_or("dependencies of .NET without libraries")?;
    bounded(libraries.len(), limits)?;
    let mut found = Vec::new();
    for (key, library) in libraries {
        let name = match library.get("type").and_then(Value::as_str) {
            Some("package") => key.as_str(),
            Some("runtimepack") => key.strip_prefix("runtimepack.").unwrap_or(key),
            Some(_) => continue,
            None => return Err("a library of .NET without a type".to_owned()),
        };
        let Some((name, version)) =
            name.split_once('/').filter(|(name, version)| !name.is_empty() && !version.is_empty())
        else {
            return Err(format!(
                "a library of .NET without a version: {}",
                text::clip(key.as_bytes(), 100)
            ));
        };
        found.push(Metadata { name: name.to_owned(), version: version.to_owned(), license: None });
    }
    Ok(found)
}

fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    json::parse_loose(bytes, limits.json_depth).map_err(|error| text::clip(error.as_bytes(), 100))
}

fn bounded(length: usize, limits: &Limits) -> Result<(), String> {
    if length > limits.packages {
        Err(format!("more than {} packages", limits.packages))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(name: &str, version: &str, license: &str) -> Metadata {
        let license = Some(license.to_owned()).filter(|license| !license.is_empty());
        Metadata { name: name.to_owned(), version: version.to_owned(), license }
    }

    const GEM: &str = "# -*- encoding: utf-8 -*-\n# stub: rake 13.0.6 ruby lib\n\nGem::Specification.new do |s|\n  s.name = \"rake\".freeze\n  s.version = \"13.0.6\"\n  s.licenses = [\"MIT\".freeze]\nend\n";

    #[test]
    fn gems_have_a_stub_or_literals() {
        assert_eq!(gem(GEM.as_bytes()), Ok(one("rake", "13.0.6", "MIT")));
        let old = "Gem::Specification.new do |s|\n  s.name = %q{rake}\n  s.version = \"1\"\n";
        assert!(gem(old.as_bytes()).is_err());
        let old = "Gem::Specification.new do |spec|\n  spec.name = 'x'\n  spec.version = Gem::Version.new('1.0')\n  spec.licenses = ['MIT', 'Ruby']\n";
        assert_eq!(gem(old.as_bytes()), Ok(one("x", "1.0", "")));
        for wrong in [
            "",
            "# stub: rake\n",
            "s.name = NAME\ns.version = \"1\"\n",
            "s.name = \"#{x}\"\ns.version = \"1\"\n",
        ] {
            assert!(gem(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn composer_has_a_list_or_an_object() {
        let limits = Limits::default();
        let list = r#"[{"name":"symfony/http-kernel","version":"v5.4.1","license":["MIT","GPL-2.0-only"]}]"#;
        let expected = Ok(vec![one("symfony/http-kernel", "v5.4.1", "MIT OR GPL-2.0-only")]);
        assert_eq!(composer(list.as_bytes(), &limits), expected);
        assert_eq!(
            composer(format!(r#"{{"packages":{list},"dev":false}}"#).as_bytes(), &limits),
            expected
        );
        for wrong in ["", "{}", "3", r#"[{"name":"a"}]"#, r#"{"packages":[3]}"#] {
            assert!(composer(wrong.as_bytes(), &limits).is_err(), "{wrong}");
        }
        assert!(composer(list.as_bytes(), &Limits { packages: 0, ..limits }).is_err());
    }

    #[test]
    fn libraries_of_dotnet_have_types() {
        let limits = Limits::default();
        let text = r#"{"runtimeTarget":{"name":"x"},"libraries":{"App/1.0.0":{"type":"project"},"Newtonsoft.Json/13.0.1":{"type":"package"},
            "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1":{"type":"runtimepack"}}}"#;
        let mut found = nuget(text.as_bytes(), &limits).unwrap();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        assert_eq!(
            found,
            [
                one("Microsoft.NETCore.App.Runtime.linux-x64", "8.0.1", ""),
                one("Newtonsoft.Json", "13.0.1", "")
            ]
        );
        for wrong in [
            "{}",
            r#"{"libraries":{"a":{"type":"package"}}}"#,
            r#"{"libraries":{"a/1":{}}}"#,
            r#"{"libraries":[]}"#,
        ] {
            assert!(nuget(wrong.as_bytes(), &limits).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_can_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..300) {
            let limits = Limits::default();
            let _ = (gem(&bytes), composer(&bytes, &limits), nuget(&bytes, &limits));
            let _ = gem(GEM.as_bytes().get(..cut).unwrap_or_default());
        }
    }
}
