//! The next page of a list: the header [`Link`](https://www.rfc-editor.org/rfc/rfc8288) with `rel="next"`.

use url::Url;

/// The most bytes of the header that are read.
const MOST_BYTES: usize = 8 << 10;

/// The address of the next page, as the header has it; none if it names none.
///
/// # Errors
///
/// The header is not of the form of the standard, so that it is not known whether there is a next page.
pub(crate) fn next(header: &str) -> Result<Option<&str>, &'static str> {
    const MALFORMED: &str = "a `Link` header that cannot be read";
    if header.len() > MOST_BYTES {
        return Err("a `Link` header that is too long");
    }
    let mut rest = header;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return Ok(None);
        }
        let (address, after) =
            rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).ok_or(MALFORMED)?;
        let (relations, after) = parameters(after).ok_or(MALFORMED)?;
        if relations.is_some_and(|relations| {
            relations.split_ascii_whitespace().any(|one| one.eq_ignore_ascii_case("next"))
        }) {
            return Ok(Some(address));
        }
        rest = after;
    }
}

/// The first `rel` of a link, and what follows the link.
fn parameters(mut rest: &str) -> Option<(Option<String>, &str)> {
    let mut relations = None;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() || rest.starts_with(',') {
            return Some((relations, rest));
        }
        rest = rest.strip_prefix(';')?.trim_start_matches([' ', '\t']);
        let end = rest.find(['=', ';', ',', ' ', '\t', '"']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after.trim_start_matches([' ', '\t']);
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start_matches([' ', '\t']);
        let (value, after) = if let Some(quoted) = value.strip_prefix('"') {
            let mut text = String::new();
            let mut characters = quoted.char_indices();
            let end = loop {
                match characters.next()? {
                    (at, '"') => break at + 1,
                    (_, '\\') => text.push(characters.next()?.1),
                    (_, other) => text.push(other),
                }
            };
            (text, quoted.get(end..)?)
        } else {
            let end = value.find([';', ',', ' ', '\t']).unwrap_or(value.len());
            let (value, after) = value.split_at(end);
            (value.to_owned(), after)
        };
        rest = after;
        if relations.is_none() && name.eq_ignore_ascii_case("rel") {
            relations = Some(value);
        }
    }
}

/// The address of the next page, if it is on the same host as this one.
///
/// # Errors
///
/// The header cannot be read, or leads elsewhere.
pub(crate) fn next_page(header: &str, here: &Url) -> Result<Option<Url>, &'static str> {
    let Some(address) = next(header)? else { return Ok(None) };
    let url = here.join(address).map_err(|_| "a `Link` header without an address")?;
    let same = url.origin() == here.origin() && url.path() == here.path();
    if !same || !url.username().is_empty() || url.password().is_some() {
        return Err("a `Link` header that leads elsewhere");
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_next_page_is_found() {
        for (header, expected) in [
            (r#"</v2/a/tags/list?last=b&n=2>; rel="next""#, Ok(Some("/v2/a/tags/list?last=b&n=2"))),
            ("<x>;rel=next", Ok(Some("x"))),
            (r#"<x>; rel="prev", <y,z>; title="a, \"b\""; REL="last NEXT""#, Ok(Some("y,z"))),
            (r#"<x>; rel="prev""#, Ok(None)),
            ("<x>", Ok(None)),
            (r#"<x>; rel=prev; rel=next"#, Ok(None)),
            ("", Ok(None)),
            ("x; rel=next", Err(())),
            ("<x; rel=next", Err(())),
            (r#"<x>; rel="next"#, Err(())),
            ("<x> rel=next", Err(())),
        ] {
            assert_eq!(next(header).map_err(drop), expected, "{header}");
        }
        assert!(next(&"<x>,".repeat(10_000)).is_err());
    }

    #[test]
    fn the_next_page_is_on_the_same_host() {
        let here = Url::parse("https://r.example/v2/a/tags/list?n=2").unwrap();
        let page = |address: &str| next_page(&format!("<{address}>; rel=next"), &here);
        for good in
            ["?n=2&last=b", "/v2/a/tags/list?last=b", "https://r.example:443/v2/a/tags/list?x"]
        {
            assert!(page(good).unwrap().is_some(), "{good}");
        }
        for bad in [
            "https://evil.example/v2/a/tags/list",
            "//evil.example/v2/a/tags/list",
            "http://r.example/v2/a/tags/list",
            "https://r.example:444/v2/a/tags/list",
            "https://u:p@r.example/v2/a/tags/list",
            "/v2/other/tags/list",
            "https://[",
        ] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_ends(header in "\\PC{0,200}") {
            let here = Url::parse("https://r.example/v2/a/tags/list").unwrap();
            if let Ok(Some(page)) = next_page(&header, &here) {
                prop_assert_eq!(page.origin(), here.origin());
            }
        }

        #[test]
        fn what_looks_like_links_stays_on_the_host(header in r#"(<[a-z:/.?]{0,12}>|;|,| |rel|=|"|next|\\){0,30}"#) {
            let here = Url::parse("https://r.example/v2/a/tags/list").unwrap();
            if let Ok(Some(page)) = next_page(&header, &here) {
                prop_assert_eq!(page.host_str(), Some("r.example"));
                prop_assert_eq!(page.path(), here.path());
            }
        }
    }
}
