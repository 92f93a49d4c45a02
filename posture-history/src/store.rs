//! The place of a history.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::error::{Error, Result};

/// Where a history is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Store {
    /// A file of SQLite.
    File(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Url),
}

impl Store {
    /// Whether its address holds a password, which belongs into the environment.
    pub fn has_password(&self) -> bool {
        match self {
            Self::File(_) => false,
            Self::Postgres(url) => {
                url.password().is_some() || url.query_pairs().any(|(key, _)| key == "password")
            }
        }
    }

    /// The URL for the driver.
    pub(crate) fn url(&self) -> Result<String> {
        match self {
            Self::Postgres(url) => Ok(url.to_string()),
            Self::File(path) => {
                let path = path.to_str().ok_or_else(|| {
                    Error::Address(path.display().to_string(), "its name is not valid UTF-8")
                })?;
                // Every letter that means something in an address.
                Ok(format!("sqlite:{}?mode=rw", utf8_percent_encode(path, NON_ALPHANUMERIC)))
            }
        }
    }
}

impl FromStr for Store {
    type Err = Error;

    /// Reads a path, or an address as in `postgres://user@host/name`.
    fn from_str(text: &str) -> Result<Self> {
        let Some((scheme, _)) = text.split_once("://") else {
            if text.is_empty() {
                return Err(Error::Address(String::new(), "it is empty"));
            }
            return Ok(Self::File(text.into()));
        };
        // The address may hold a password and is not repeated.
        match scheme {
            "postgres" | "postgresql" => Url::parse(text)
                .map(Self::Postgres)
                .map_err(|_| Error::Address(format!("{scheme}://…"), "the address is invalid")),
            "sqlite" | "file" => {
                Err(Error::Address(format!("{scheme}://…"), "give a file by its path alone"))
            }
            _ => Err(Error::Address(
                format!("{scheme}://…"),
                "a history is a file or a PostgreSQL database",
            )),
        }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "`{}`", path.display()),
            // Neither password nor options.
            Self::Postgres(url) => {
                write!(f, "`postgres://{}{}`", url.host_str().unwrap_or_default(), url.path())
            }
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Creates the file if that is allowed, readable by its owner only: a history shows an attacker where to begin.
pub(crate) fn prepare(path: &Path, create: bool) -> Result<()> {
    if !create && !path.try_exists().unwrap_or(true) {
        return Err(Error::Absent(path.to_owned()));
    }
    let mut options = std::fs::File::options();
    options.read(true).write(true).create(create);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| Error::File(path.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_file_or_postgres() {
        let store = |text: &str| text.parse::<Store>();
        assert_eq!(store("a b?.db").unwrap(), Store::File("a b?.db".into()));
        assert!(matches!(store("postgresql://h/db").unwrap(), Store::Postgres(_)));
        for wrong in ["", "mysql://h/db", "sqlite://x", "postgres://[::"] {
            assert!(matches!(store(wrong), Err(Error::Address(..))), "{wrong}");
        }
    }

    #[test]
    fn no_password_is_shown() {
        for text in [
            "postgres://u:canary@host/db",
            "postgres://host/db?password=canary",
            "postgres://u:canary@host:99999999/db",
            "mysql://u:canary@host",
        ] {
            let shown = match text.parse::<Store>() {
                Ok(store) => {
                    assert!(store.has_password());
                    format!("{store} {store:?}")
                }
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("canary"), "{shown}");
        }
    }
}
