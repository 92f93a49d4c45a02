//! Commands of a shell, as far as the history of an image shows them.

use super::history::is_name;

/// A simple command.
pub(super) struct Command {
    /// Its words, without quotes.
    pub(super) words: Vec<String>,
    /// Whether a download is piped into it.
    pub(super) piped_from_download: bool,
}

/// The simple commands of a shell text: words, split at operators outside of quotes.
pub(super) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let (mut quote, mut escaped) = (None, false);
    let (mut piped, mut download) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            _ if escaped => {
                if character != '\n' {
                    word.push(character);
                }
                escaped = false;
            }
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => word.push(character),
            (None, '"' | '\'') => quote = Some(character),
            (None, ';' | '&' | '|' | '\n') => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                let double = characters.next_if_eq(&character).is_some();
                let pipe = character == '|' && !double;
                let fetches = words.iter().any(|word| is_fetcher(word));
                commands.push(Command {
                    words: std::mem::take(&mut words),
                    piped_from_download: piped && download,
                });
                download = pipe && (fetches || (piped && download));
                piped = pipe;
            }
            (None, character)
                if character.is_whitespace() || character == '(' || character == ')' =>
            {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            (None, character) => word.push(character),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    commands.push(Command { words, piped_from_download: piped && download });
    commands.retain(|command| !command.words.is_empty());
    commands
}

/// A program without the version at the end of its name: `pip3.11` is pip.
pub(super) fn without_version(program: &str) -> &str {
    program.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.')
}

/// The first word that is neither an option nor the value of one.
pub(super) fn subcommand<'a>(program: &str, rest: &[&'a str]) -> &'a str {
    let valued: &[&str] = match program {
        "apt-get" | "apt" | "aptitude" => {
            &["-o", "-c", "-t", "-a", "--option", "--config-file", "--target-release"]
        }
        "apk" => &["-X", "-p", "--root", "--repository", "--repositories-file", "--arch", "--wait"],
        "zypper" => &["-R", "--root", "-D", "--reposd-dir", "-C", "--cache-dir"],
        _ => &[],
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if valued.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            return word;
        }
    }
    ""
}

/// The texts of `$(…)`, `<(…)` and backticks in a word that was quoted.
pub(super) fn substitutions(word: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let starts = word.match_indices(['$', '<']).map(|(at, _)| at);
    for start in starts.take(20) {
        let Some(inner) = word.get(start + 1..).and_then(|rest| rest.strip_prefix('(')) else {
            continue;
        };
        let mut open = 1_u32;
        let end = inner.char_indices().find(|(_, character)| {
            match character {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            open == 0
        });
        found.push(end.map_or(inner, |(end, _)| inner.get(..end).unwrap_or(inner)));
    }
    found.extend(word.split('`').skip(1).step_by(2).take(20));
    found
}

/// Whether the words of a shell hold a download: `"$(curl …)"`, `<(curl …)`.
pub(super) fn reads_download(rest: &[&str]) -> bool {
    let fetches = |text: &str| {
        commands(text).iter().flat_map(|command| &command.words).any(|word| is_fetcher(word))
    };
    let quoted = rest.iter().any(|word| substitutions(word).into_iter().any(fetches));
    // Outside of quotes, the brackets have split the words.
    let split = rest.windows(2).any(|pair| {
        let [mark, program] = pair else { return false };
        (mark.ends_with('$') || mark.ends_with('<')) && is_fetcher(program)
    });
    let ticked = rest.iter().any(|word| word.strip_prefix('`').is_some_and(is_fetcher));
    quoted || split || ticked
}

fn is_fetcher(program: &str) -> bool {
    matches!(program.rsplit('/').next(), Some("curl" | "wget" | "aria2c" | "fetch"))
}

/// Passes over `sudo`, `env`, assignments and words of the shell in front of a program. `sudo` tells of each one.
pub(super) fn skip_wrappers<'w, 'a>(words: &'w [&'a str], mut sudo: impl FnMut()) -> &'w [&'a str] {
    let mut words = words;
    while let Some((first, rest)) = words.split_first() {
        // The options that take the next word.
        let valued: &[&str] = match first.rsplit('/').next().unwrap_or_default() {
            "sudo" => {
                sudo();
                &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "-R", "-T", "--user", "--group"]
            }
            "doas" => &["-u", "-C"],
            "env" => &["-u", "-C", "--unset", "--chdir"],
            "nice" | "ionice" => &["-n", "-c", "-p"],
            "timeout" => &["-k", "-s"],
            "stdbuf" => &["-i", "-o", "-e"],
            "exec" => &["-a"],
            "xargs" => &["-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"],
            "busybox" | "time" | "nohup" | "command" | "builtin" | "setarch" | "eatmydata" => &[],
            "then" | "do" | "else" | "if" | "while" | "until" | "elif" | "!" | "(" | "{" => &[],
            _ if first.split_once('=').is_some_and(|(name, _)| is_name(name)) => &[],
            _ if first.starts_with("--mount=")
                || first.starts_with("--network=")
                || first.starts_with("--security=") =>
            {
                &[]
            }
            _ => return words,
        };
        words = rest;
        while let Some((option, rest)) = words.split_first() {
            let mount = option.starts_with("--mount=") || option.starts_with("--network=");
            if !option.starts_with('-') || option.len() < 2 || mount {
                break;
            }
            words = rest.get(usize::from(valued.contains(option))..).unwrap_or_default();
        }
        if *first == "timeout" {
            words = words.get(1..).unwrap_or_default();
        }
    }
    words
}

/// Whether an interpreter with these arguments runs what comes through its standard input.
pub(super) fn reads_input(shell: bool, rest: &[&str]) -> bool {
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-') else { return false };
        let long = letters.starts_with('-');
        if letters.is_empty() || (shell && !long && letters.contains('s')) {
            return true;
        }
        let text = if shell { &["c"][..] } else { &["c", "e", "m", "n", "p", "r"] };
        if !long && text.iter().any(|letter| letters.contains(letter)) {
            return false;
        }
        if shell && !long && letters.ends_with(['o', 'O']) {
            words.next();
        }
    }
    true
}
