//! The names that a user may have meant.

/// Up to three of `known` that are nearest to `name`, nearest first; none that are far from it.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_ascii_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_ascii_lowercase();
            let similar = strsim::jaro_winkler(&name, &lower);
            // A part of a name, such as `public-access`, is a good guess however short it is.
            let part = name.len() > 2 && lower.contains(&name);
            (if part { similar.max(0.95) } else { similar }, candidate)
        })
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// "did you mean `a` or `b`?", or nothing.
pub fn did_you_mean(names: &[&str]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, first) = quoted.split_last()?;
    let names =
        if first.is_empty() { last.clone() } else { format!("{} or {last}", first.join(", ")) };
    Some(format!("did you mean {names}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_and_a_part_are_recognized() {
        let known = ["storage.public-access", "storage.public-write", "identity.root-mfa"];
        assert_eq!(nearest("storage.public-acces", known)[0], "storage.public-access");
        assert_eq!(nearest("root-mfa", known)[0], "identity.root-mfa");
        assert!(nearest("zzz", known).is_empty());
    }
}
