//! The shared configuration: its profiles, and the settings of the one that is used.

use std::borrow::Cow;
use std::path::PathBuf;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};
use posture_model::suggest::nearest;

use crate::trouble::LoginError;

/// How often a profile may lead to another by `source_profile` before a loop is suspected; the SDK reports it itself.
const MOST_LINKS: usize = 16;

/// The names of the profiles that the shared configuration of this machine has, in order; none where there is no
/// configuration, or where it cannot be read. No profile is used, and nothing is called.
pub async fn names() -> Vec<String> {
    names_of(&Env::real(), &Fs::real()).await
}

async fn names_of(env: &Env, fs: &Fs) -> Vec<String> {
    let profiles = aws_config::profile::load(fs, env, &EnvConfigFiles::default(), None).await;
    let Ok(profiles) = profiles else { return Vec::new() };
    let mut names: Vec<String> = profiles.profiles().map(str::to_owned).collect();
    names.sort_unstable();
    names
}

/// The profile that is used, with the configuration that it is in.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    profiles: ProfileSet,
    /// Its name, where the caller or the environment gave one.
    pub(crate) name: Option<String>,
    /// Whether the caller named it, so that it goes before keys in the environment.
    pub(crate) explicit: bool,
    env: Env,
}

impl Shared {
    /// Reads the configuration for a profile, or for the one that the environment names.
    ///
    /// As with the AWS CLI, a named profile has to exist, wherever it was named.
    pub(crate) async fn load(profile: Option<&str>) -> Result<Self, LoginError> {
        Self::read(profile, Env::real(), &Fs::real()).await
    }

    async fn read(profile: Option<&str>, env: Env, fs: &Fs) -> Result<Self, LoginError> {
        let explicit = profile.is_some();
        let name = match profile {
            Some(name) => Some(name.to_owned()),
            None => from_environment(&env)?,
        };
        let files = EnvConfigFiles::default();
        let selected = name.clone().map(Cow::Owned);
        let profiles = aws_config::profile::load(fs, &env, &files, selected).await;
        let profiles = profiles.map_err(|error| LoginError::Profile {
            name: name.clone().unwrap_or_else(|| "default".to_owned()),
            why: crate::trouble::chain(&error),
        })?;
        if let Some(name) = &name
            && profiles.get_profile(name).is_none()
        {
            let mut known: Vec<String> = profiles.profiles().map(str::to_owned).collect();
            known.sort_unstable();
            return Err(LoginError::UnknownProfile { name: name.clone(), explicit, known });
        }
        Ok(Self { profiles, name, explicit, env })
    }

    /// A setting of the profile.
    fn get(&self, key: &str) -> Option<&str> {
        self.profiles.get(key)
    }

    /// A variable of the environment that is not empty.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        self.env.get(name).ok().filter(|value| !value.trim().is_empty())
    }

    /// Whether the environment holds keys.
    pub(crate) fn has_keys_in_environment(&self) -> bool {
        self.variable("AWS_ACCESS_KEY_ID").is_some()
            && self.variable("AWS_SECRET_ACCESS_KEY").is_some()
    }

    /// What the keys in the environment change, where a reader might expect something else.
    pub(crate) fn note(&self) -> Option<String> {
        let name = self.name.as_deref().filter(|_| self.has_keys_in_environment())?;
        let source = self.anywhere("credential_source").map(|(_, source)| source);
        if self.explicit && source.is_some_and(|source| source.eq_ignore_ascii_case("Environment"))
        {
            return None;
        }
        Some(if self.explicit {
            format!(
                "AWS_ACCESS_KEY_ID in the environment is not used, because profile `{name}` was given"
            )
        } else {
            format!(
                "using AWS_ACCESS_KEY_ID from the environment, which takes precedence over AWS_PROFILE; \
                 `--profile {name}` uses the profile"
            )
        })
    }

    /// The file of certificates that are trusted instead of the system's, and the setting that names it.
    pub(crate) fn ca_bundle(&self) -> Option<(&'static str, PathBuf)> {
        let variable = self.variable("AWS_CA_BUNDLE").map(|path| ("AWS_CA_BUNDLE", path));
        let (name, path) = variable.or_else(|| {
            let path = self.get("ca_bundle").filter(|path| !path.is_empty())?;
            Some(("ca_bundle", path.to_owned()))
        })?;
        let home = || self.variable("HOME").or_else(|| self.variable("USERPROFILE"));
        let path = match path.strip_prefix("~/").zip(home()) {
            Some((rest, home)) => PathBuf::from(home).join(rest),
            None => PathBuf::from(path),
        };
        Some((name, path))
    }

    /// The profile and those that it leads to by `source_profile`.
    fn chain(&self) -> Vec<&str> {
        let mut names = vec![self.profiles.selected_profile()];
        while let Some(profile) = names.last().and_then(|name| self.profiles.get_profile(name)) {
            match profile.get("source_profile") {
                Some(next) if names.len() < MOST_LINKS && !names.contains(&next) => {
                    names.push(next);
                }
                _ => break,
            }
        }
        names
    }

    /// A setting of the profile or of one that it leads to, and which that is.
    fn anywhere(&self, key: &str) -> Option<(&str, &str)> {
        self.chain().into_iter().find_map(|name| {
            let value = self.profiles.get_profile(name)?.get(key)?;
            Some((name, value))
        })
    }

    /// The serial number of the MFA device that a role of the profile requires.
    pub(crate) fn mfa_serial(&self) -> Option<&str> {
        self.anywhere("mfa_serial").map(|(_, serial)| serial)
    }

    /// The role that the profile assumes, or the identity that it signs in as: its ARN names a partition.
    pub(crate) fn arn(&self) -> Option<&str> {
        self.get("role_arn").or_else(|| self.get("login_session"))
    }

    /// The command that returns the credentials of a console session, if the profile has one or leads to one.
    /// [`aws login`](https://docs.aws.amazon.com/sdkref/latest/guide/feature-login-credentials.html) is a command of the AWS
    /// CLI, which renews the session as well.
    pub(crate) fn login_command(&self) -> Option<String> {
        if !self.explicit && self.has_keys_in_environment() {
            return None;
        }
        self.anywhere("login_session")?;
        let name = quoted(self.profiles.selected_profile())?;
        Some(format!("aws configure export-credentials --profile {name} --format process"))
    }

    /// How a session of these credentials is renewed.
    pub(crate) fn renewal(&self) -> Renewal {
        if !self.explicit && self.has_keys_in_environment() {
            return Renewal::Environment;
        }
        for (key, make) in [
            ("sso_session", Renewal::Sso as fn(String) -> Renewal),
            ("sso_start_url", Renewal::Sso),
            ("login_session", Renewal::Login),
            ("credential_process", Renewal::Process),
            ("web_identity_token_file", Renewal::WebIdentity),
            ("aws_access_key_id", Renewal::Keys),
        ] {
            if let Some((name, _)) = self.anywhere(key) {
                return make(name.to_owned());
            }
        }
        Renewal::Unknown
    }
}

/// Where credentials that end come from, and with that how they are renewed. The texts are names of profiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Renewal {
    /// IAM Identity Center.
    Sso(String),
    /// A session of the console.
    Login(String),
    /// A program.
    Process(String),
    /// A token in a file.
    WebIdentity(String),
    /// Keys in the configuration.
    Keys(String),
    /// Keys in the environment.
    Environment,
    /// Something else, such as the service that runs this.
    Unknown,
}

impl Renewal {
    /// What to do.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Sso(profile) => format!("renew the session with `aws sso login --profile {profile}`"),
            Self::Login(profile) => format!("renew the session with `aws login --profile {profile}`"),
            Self::Process(profile) => {
                format!("sign in with the program of `credential_process` in profile `{profile}`")
            }
            Self::WebIdentity(profile) => format!(
                "renew the token in the `web_identity_token_file` of profile `{profile}`"
            ),
            Self::Keys(profile) => format!(
                "profile `{profile}` contains temporary credentials; replace them, including `aws_session_token`"
            ),
            Self::Environment => {
                "set new values for AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or unset them and sign in with \
                 `aws sso login` or `aws login`"
                    .to_owned()
            }
            Self::Unknown => "sign in again, for example with `aws sso login` or `aws login`".to_owned(),
        }
    }
}

/// A name as one word of a shell; nothing where it cannot be one on every system.
fn quoted(name: &str) -> Option<String> {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@' | '+' | ':' | ' ');
    (!name.starts_with('-') && name.chars().all(plain)).then(|| format!("\"{name}\""))
}

/// The profile that the environment names. The AWS CLI looks at
/// [both variables](https://github.com/boto/botocore/blob/1.44.8/botocore/configprovider.py) (read 2026-11-29), the SDKs at
/// AWS_PROFILE only: where they differ, either could be meant.
fn from_environment(env: &Env) -> Result<Option<String>, LoginError> {
    let name = |name| env.get(name).ok().filter(|value| !value.is_empty());
    match (name("AWS_PROFILE"), name("AWS_DEFAULT_PROFILE")) {
        (Some(first), Some(second)) if first != second => Err(LoginError::Setting {
            name: "AWS_PROFILE".to_owned(),
            why: format!("it is `{first}`, but AWS_DEFAULT_PROFILE is `{second}`"),
        }),
        (first, second) => Ok(first.or(second)),
    }
}

/// The profiles that may have been meant.
pub(crate) fn guesses<'a>(name: &str, known: &'a [String]) -> Vec<&'a str> {
    nearest(name, known.iter().map(String::as_str))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The meaning of an environment, without any configuration.
    pub(crate) async fn of_environment(variables: &[(&str, &str)]) -> Shared {
        Shared::read(None, Env::from_slice(variables), &Fs::from_slice(&[])).await.unwrap()
    }

    const CONFIG: &str = "
        [default]
        region = eu-west-1
        [profile production]
        aws_access_key_id = AKIA1
        aws_secret_access_key = x
        ca_bundle = ~/ca.pem
        [profile single]
        sso_session = company
        sso_account_id = 123456789012
        sso_role_name = Audit
        [sso-session company]
        sso_region = eu-west-1
        sso_start_url = https://company.awsapps.com/start
        [profile console]
        login_session = arn:aws-cn:iam::123456789012:user/Admin
        [profile behind]
        role_arn = arn:aws-us-gov:iam::123456789012:role/audit
        source_profile = single
        mfa_serial = arn:aws-us-gov:iam::123456789012:mfa/anna
        [profile circle]
        role_arn = arn:aws:iam::123456789012:role/audit
        source_profile = circle
        ";

    async fn read(profile: Option<&str>, variables: &[(&str, &str)]) -> Result<Shared, LoginError> {
        let mut all = vec![("HOME", "/home/anna"), ("AWS_CONFIG_FILE", "/config")];
        all.extend(variables);
        let config: String = CONFIG.lines().map(|line| format!("{}\n", line.trim())).collect();
        let fs = Fs::from_slice(&[("/config", config.as_str())]);
        Shared::read(profile, Env::from_slice(&all), &fs).await
    }

    #[tokio::test]
    async fn the_names_of_profiles_are_found_without_using_one() {
        let variables = [("HOME", "/home/anna"), ("AWS_PROFILE", "missing")];
        let config: String = CONFIG.lines().map(|line| format!("{}\n", line.trim())).collect();
        let keys = "[keys]\naws_access_key_id = AKIA1\naws_secret_access_key = canary\n";
        let fs = Fs::from_slice(&[
            ("/home/anna/.aws/config", config.as_str()),
            ("/home/anna/.aws/credentials", keys),
        ]);
        let names = names_of(&Env::from_slice(&variables), &fs).await;
        let expected = ["behind", "circle", "console", "default", "keys", "production", "single"];
        assert_eq!(names, expected);
        let none = Fs::from_slice(&[]);
        assert_eq!(names_of(&Env::from_slice(&variables), &none).await, Vec::<String>::new());
        let odd = Fs::from_slice(&[("/home/anna/.aws/config", "[profile x")]);
        assert_eq!(names_of(&Env::from_slice(&variables), &odd).await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn an_unknown_profile_is_an_error_wherever_it_is_named() {
        let by_environment = &[("AWS_PROFILE", "productoin")][..];
        let by_other = &[("AWS_DEFAULT_PROFILE", "productoin")][..];
        for (name, variables) in [
            (Some("productoin"), &[][..]),
            (None, by_environment),
            (None, by_other),
            // Keys in the environment change nothing about it.
            (Some("productoin"), &[("AWS_ACCESS_KEY_ID", "AKIA2"), ("AWS_SECRET_ACCESS_KEY", "y")]),
        ] {
            let error = read(name, variables).await.unwrap_err();
            assert!(error.help().contains("`production`"), "{}", error.help());
            let LoginError::UnknownProfile { name, .. } = error else { panic!("{error}") };
            assert_eq!(name, "productoin");
        }
        // A section that the CLI would not take for a profile either.
        assert!(read(Some("company"), &[]).await.is_err());
        let both = [("AWS_PROFILE", "single"), ("AWS_DEFAULT_PROFILE", "production")];
        assert!(matches!(read(None, &both).await, Err(LoginError::Setting { .. })));
        assert!(read(Some("single"), &both).await.is_ok());
        assert_eq!(read(None, &[("AWS_PROFILE", "")]).await.unwrap().name, None);
    }

    #[tokio::test]
    async fn what_keys_in_the_environment_change_is_noted() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIA2"), ("AWS_SECRET_ACCESS_KEY", "y")];
        let note = |shared: Shared| shared.note().unwrap_or_default();
        let explicit = read(Some("production"), &keys).await.unwrap();
        assert!(note(explicit).contains("is not used"));
        let named = [&keys[..], &[("AWS_PROFILE", "production")]].concat();
        let named = read(None, &named).await.unwrap();
        assert!(note(named).contains("takes precedence over AWS_PROFILE"));
        assert_eq!(note(read(None, &keys).await.unwrap()), "");
        assert_eq!(note(read(Some("production"), &[]).await.unwrap()), "");
    }

    #[tokio::test]
    async fn a_profile_says_how_it_is_renewed_and_what_it_needs() {
        let profile = |name: &'static str| async move { read(Some(name), &[]).await.unwrap() };
        for (name, expected) in [
            ("single", Renewal::Sso("single".to_owned())),
            ("behind", Renewal::Sso("single".to_owned())),
            ("console", Renewal::Login("console".to_owned())),
            ("production", Renewal::Keys("production".to_owned())),
            ("circle", Renewal::Unknown),
            ("default", Renewal::Unknown),
        ] {
            assert_eq!(profile(name).await.renewal(), expected, "{name}");
        }
        assert!(profile("behind").await.mfa_serial().is_some_and(|mfa| mfa.ends_with("/anna")));
        assert_eq!(profile("single").await.mfa_serial(), None);
        assert!(profile("console").await.arn().is_some_and(|arn| arn.starts_with("arn:aws-cn:")));
        let command = "aws configure export-credentials --profile \"console\" --format process";
        assert_eq!(profile("console").await.login_command().as_deref(), Some(command));
        assert_eq!(profile("production").await.login_command(), None);
        for name in ["a\"; rm", "a$(x)", "a`x`", "-x", "a\\", "%x%"] {
            assert_eq!(quoted(name), None, "{name}");
        }
        let bundle = profile("production").await.ca_bundle();
        assert_eq!(bundle, Some(("ca_bundle", PathBuf::from("/home/anna/ca.pem"))));
        let over = read(Some("production"), &[("AWS_CA_BUNDLE", "/etc/ca.pem")]).await.unwrap();
        assert_eq!(over.ca_bundle(), Some(("AWS_CA_BUNDLE", PathBuf::from("/etc/ca.pem"))));
        let keys = [("AWS_ACCESS_KEY_ID", "AKIA2"), ("AWS_SECRET_ACCESS_KEY", "y")];
        assert_eq!(read(None, &keys).await.unwrap().renewal(), Renewal::Environment);
    }
}
