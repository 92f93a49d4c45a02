//! License expressions of [SPDX](https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/).
//!
//! Package managers record licenses in words of their own. Only a text that is an expression of known identifiers is one; any
//! other is kept as the name of a license.

/// Identifiers of the [SPDX license list](https://spdx.org/licenses/) that occur in packages; the list has several hundred more.
const KNOWN: [&str; 96] = [
    "0BSD",
    "AFL-2.1",
    "AGPL-3.0",
    "AGPL-3.0-only",
    "AGPL-3.0-or-later",
    "APSL-2.0",
    "Apache-1.1",
    "Apache-2.0",
    "Artistic-1.0",
    "Artistic-1.0-Perl",
    "Artistic-2.0",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-2-Clause-Patent",
    "BSD-3-Clause",
    "BSD-3-Clause-Clear",
    "BSD-4-Clause",
    "BSD-4-Clause-UC",
    "BSD-Source-Code",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC-BY-3.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC0-1.0",
    "CDDL-1.0",
    "CDDL-1.1",
    "CDLA-Permissive-2.0",
    "CPL-1.0",
    "ECL-2.0",
    "EPL-1.0",
    "EPL-2.0",
    "EUPL-1.2",
    "FSFAP",
    "FSFUL",
    "FSFULLR",
    "FTL",
    "GFDL-1.1-or-later",
    "GFDL-1.2-or-later",
    "GFDL-1.3-only",
    "GFDL-1.3-or-later",
    "GPL-1.0-only",
    "GPL-1.0-or-later",
    "GPL-2.0",
    "GPL-2.0-only",
    "GPL-2.0-or-later",
    "GPL-3.0",
    "GPL-3.0-only",
    "GPL-3.0-or-later",
    "HPND",
    "ICU",
    "IJG",
    "ISC",
    "JSON",
    "LGPL-2.0-only",
    "LGPL-2.0-or-later",
    "LGPL-2.1",
    "LGPL-2.1-only",
    "LGPL-2.1-or-later",
    "LGPL-3.0",
    "LGPL-3.0-only",
    "LGPL-3.0-or-later",
    "Libpng",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-1.1",
    "MPL-2.0",
    "MS-PL",
    "NCSA",
    "NTP",
    "OFL-1.1",
    "OLDAP-2.8",
    "OpenSSL",
    "PHP-3.01",
    "PSF-2.0",
    "PostgreSQL",
    "Python-2.0",
    "Ruby",
    "SMLNJ",
    "SSPL-1.0",
    "Sleepycat",
    "TCL",
    "UPL-1.0",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Unlicense",
    "Vim",
    "W3C",
    "WTFPL",
    "X11",
    "Zlib",
    "ZPL-2.1",
    "bzip2-1.0.6",
    "curl",
    "zlib-acknowledgement",
];

/// Exceptions behind `WITH`.
const EXCEPTIONS: [&str; 7] = [
    "Autoconf-exception-3.0",
    "Bison-exception-2.2",
    "Classpath-exception-2.0",
    "GCC-exception-3.1",
    "LLVM-exception",
    "Linux-syscall-note",
    "u-boot-exception-2.0",
];

/// The expression that a text is, if it is one of known identifiers. Identifiers are written as the license list writes them.
pub fn expression(text: &str) -> Option<String> {
    if text.len() > 1_000 {
        return None;
    }
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut tokens = spaced.split_whitespace().peekable();
    let mut written: Vec<String> = Vec::new();
    let mut depth = 0_usize;
    let mut wants_license = true;
    while let Some(token) = tokens.next() {
        match (token, wants_license) {
            ("(", true) => {
                depth += 1;
                written.push("(".to_owned());
            }
            (")", false) => {
                depth = depth.checked_sub(1)?;
                written.push(")".to_owned());
            }
            ("AND" | "OR", false) => {
                wants_license = true;
                written.push(token.to_owned());
            }
            (license, true) => {
                let (plain, later) =
                    license.strip_suffix('+').map_or((license, ""), |plain| (plain, "+"));
                let mut id = format!("{}{later}", known(&KNOWN, plain)?);
                if tokens.next_if_eq(&"WITH").is_some() {
                    id = format!("{id} WITH {}", known(&EXCEPTIONS, tokens.next()?)?);
                }
                written.push(id);
                wants_license = false;
            }
            _ => return None,
        }
    }
    (depth == 0 && !wants_license).then(|| written.join(" ").replace("( ", "(").replace(" )", ")"))
}

fn known(list: &[&'static str], word: &str) -> Option<&'static str> {
    list.iter().find(|known| known.eq_ignore_ascii_case(word)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_expressions_of_known_identifiers_are_expressions() {
        for (text, expected) in [
            ("MIT", Some("MIT")),
            ("mit", Some("MIT")),
            (
                "GPL-2.0-or-later  AND (MIT OR bzip2-1.0.6)",
                Some("GPL-2.0-or-later AND (MIT OR bzip2-1.0.6)"),
            ),
            (
                "(GPL-2.0+ WITH Classpath-exception-2.0)",
                Some("(GPL-2.0+ WITH Classpath-exception-2.0)"),
            ),
            (
                "GPL-2.0-only WITH Linux-syscall-note OR MIT",
                Some("GPL-2.0-only WITH Linux-syscall-note OR MIT"),
            ),
            ("", None),
            ("custom", None),
            ("MIT BSD-3-Clause", None),
            ("MIT AND", None),
            ("AND MIT", None),
            ("(MIT", None),
            ("MIT)", None),
            ("MIT and BSD-3-Clause", None),
            ("MIT WITH MIT", None),
            ("MIT WITH", None),
            ("()", None),
            ("GPL", None),
            ("Apache License 2.0", None),
        ] {
            assert_eq!(expression(text).as_deref(), expected, "{text}");
        }
        assert_eq!(expression(&"(".repeat(5_000)), None);
    }

    proptest! {
        #[test]
        fn an_expression_stays_one(text in "(MIT|GPL-2.0|\\(|\\)| AND | OR | WITH |\\+|LLVM-exception|[a-z ]{1,3}){0,8}") {
            if let Some(written) = expression(&text) {
                prop_assert_eq!(expression(&written), Some(written));
            }
        }
    }
}
