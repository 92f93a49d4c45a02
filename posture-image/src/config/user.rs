//! The user of an image, resolved in its own `/etc/passwd`, by the rules of
//! [runc](https://github.com/opencontainers/runc) and Docker.

use crate::limits::Limits;
use crate::text;
use crate::tree::Tree;
use crate::truth::{Answer, Cause, Gap};

/// The largest number of a user that runtimes accept.
const MAX_ID: i64 = (1 << 31) - 1;

/// As whom a container runs, unless its start overrides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum User {
    /// User 0: none is set, or this one is.
    Root {
        /// What the image states; empty if nothing.
        stated: String,
    },
    /// A number, which Kubernetes can check.
    Number {
        /// The number.
        uid: u32,
        /// Whether the group is 0, which may write what images open to it.
        root_group: bool,
    },
    /// A name, which Kubernetes cannot check for `runAsNonRoot`.
    Name {
        /// The name.
        name: String,
        /// Its number in the image.
        uid: u32,
        /// Whether the group is 0.
        root_group: bool,
    },
    /// The name of a user or group that the image does not have: a container cannot start.
    NotThere {
        /// The name.
        name: String,
    },
}

/// An entry of `/etc/passwd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name.
    pub name: String,
    /// The password field; none if the line ends before it.
    pub password: Option<String>,
    /// The number; none if it is not one.
    pub uid: Option<u32>,
    /// The number of the group.
    pub gid: Option<u32>,
    /// The shell.
    pub shell: String,
}

/// Reads `/etc/passwd` as [runc](https://github.com/opencontainers/runc/blob/main/libcontainer/user/user.go) does: white space
/// around a line does not count, `#` begins no comment, and a line may end after the name. What is not a number, runc reads as 0;
/// it is none here.
pub fn accounts(bytes: &[u8]) -> Vec<Account> {
    let lines = bytes.split(|byte| *byte == b'\n').map(String::from_utf8_lossy);
    lines
        .filter_map(|line| {
            let line = line.trim();
            let mut fields = line.split(':').map(str::to_owned);
            Some(Account {
                name: fields.next().filter(|_| !line.is_empty())?,
                password: fields.next(),
                uid: fields.next().and_then(|uid| uid.parse().ok()),
                gid: fields.next().and_then(|gid| gid.parse().ok()),
                shell: fields.nth(2).unwrap_or_default(),
            })
        })
        .collect()
}

/// The user of an image.
pub fn resolve(stated: &str, tree: &Tree, limits: &Limits) -> Answer<User> {
    let malformed = || {
        let detail = format!("not a user: {}", text::clip(stated.as_bytes(), 60));
        Answer::Unknown(Gap::new(Cause::Malformed, "User", detail))
    };
    if stated
        .chars()
        .any(|character| character.is_whitespace() || character.is_control() || character == '+')
    {
        return malformed();
    }
    let (user, group) = stated.split_once(':').unwrap_or((stated, ""));
    let root = || Answer::Known(User::Root { stated: stated.to_owned() });
    if user.is_empty() && group.is_empty() {
        return if stated.is_empty() { root() } else { malformed() };
    }
    if group.contains(':') {
        return malformed();
    }
    let (uid, gid_of_user, named) = match number(user) {
        Number::Some(uid) => (uid, None, false),
        Number::Wrong => return malformed(),
        Number::None if user.is_empty() => (0, None, false),
        Number::None => match account(user, tree, limits) {
            Answer::Known(account) => match account.uid {
                Some(uid) => (uid, account.gid, true),
                None => {
                    let detail = "the user's entry has no number, which runtimes read as 0";
                    return Answer::Unknown(Gap::new(Cause::Malformed, "/etc/passwd", detail));
                }
            },
            Answer::Absent => return Answer::Known(User::NotThere { name: user.to_owned() }),
            Answer::Unknown(gap) => return Answer::Unknown(gap),
        },
    };
    let gid = match number(group) {
        Number::Some(gid) => Some(gid),
        Number::Wrong => return malformed(),
        Number::None if group.is_empty() => gid_of_user,
        Number::None => match group_id(group, tree, limits) {
            Answer::Known(gid) => Some(gid),
            Answer::Absent => return Answer::Known(User::NotThere { name: group.to_owned() }),
            // A user 0 is root in any group.
            Answer::Unknown(_) if uid == 0 => None,
            Answer::Unknown(gap) => return Answer::Unknown(gap),
        },
    };
    // Without an entry in passwd, a number runs with the group 0.
    let root_group = gid.map_or(group.is_empty() && !named, |gid| gid == 0);
    match (uid, named) {
        (0, _) => root(),
        (uid, false) => Answer::Known(User::Number { uid, root_group }),
        (uid, true) => Answer::Known(User::Name { name: user.to_owned(), uid, root_group }),
    }
}

enum Number {
    Some(u32),
    /// A number that runtimes refuse.
    Wrong,
    None,
}

fn number(text: &str) -> Number {
    match text.parse::<i64>() {
        Ok(number) if (0..=MAX_ID).contains(&number) => {
            u32::try_from(number).map_or(Number::Wrong, Number::Some)
        }
        Ok(_) => Number::Wrong,
        Err(_)
            if !text.is_empty()
                && text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            Number::Wrong
        }
        Err(_) => Number::None,
    }
}

fn account(name: &str, tree: &Tree, limits: &Limits) -> Answer<Account> {
    match tree.content(b"etc/passwd", limits) {
        Answer::Known(bytes) => accounts(&bytes)
            .into_iter()
            .find(|account| account.name == name)
            .map_or(Answer::Absent, Answer::Known),
        Answer::Absent => Answer::Absent,
        Answer::Unknown(gap) => Answer::Unknown(gap),
    }
}

fn group_id(name: &str, tree: &Tree, limits: &Limits) -> Answer<u32> {
    let malformed = || Gap::new(Cause::Malformed, "/etc/group", "the group's entry has no number");
    match tree.content(b"etc/group", limits) {
        Answer::Known(bytes) => match accounts(&bytes).into_iter().find(|group| group.name == name)
        {
            Some(group) => group.uid.map_or_else(|| Answer::Unknown(malformed()), Answer::Known),
            None => Answer::Absent,
        },
        Answer::Absent => Answer::Absent,
        Answer::Unknown(gap) => Answer::Unknown(gap),
    }
}
