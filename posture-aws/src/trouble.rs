//! Why an account cannot be read at all: what failed, and what to do about it.

use std::error::Error;
use std::io;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::dns::ResolveDnsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use posture_model::gap::Reason;
use posture_model::redact::redact;
use posture_model::suggest::did_you_mean;

use crate::codes::by_code;
use crate::profile::{Renewal, guesses};

/// The maximum number of characters of a provider's or program's message in an error.
const MOST: usize = 300;

/// Why an account cannot be read at all.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// Nothing gave credentials.
    #[error("{who} has no usable credentials")]
    NoCredentials {
        /// Which profile or role.
        who: String,
        /// The message of the credential chain.
        why: String,
        /// Whether the profile itself has none, and no other source was tried.
        profile: Option<String>,
    },
    /// There is no profile of this name.
    #[error("the shared AWS configuration has no profile `{name}`")]
    UnknownProfile {
        /// The name as given.
        name: String,
        /// Whether it was named to posture, and not by the environment.
        explicit: bool,
        /// The profiles that there are.
        known: Vec<String>,
    },
    /// The profile cannot be used as it is.
    #[error("cannot use profile `{name}`")]
    Profile {
        /// Its name.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A session has ended.
    #[error("the session of {who} has expired")]
    Expired {
        /// Which profile or role.
        who: String,
        /// The provider's message.
        why: String,
        /// How it is renewed.
        renew: String,
    },
    /// The role is only given to those who sign in with a second factor.
    #[error("{who} needs a code from the MFA device `{serial}`")]
    Mfa {
        /// Which profile or role.
        who: String,
        /// The device.
        serial: String,
        /// The profile.
        profile: String,
        /// The provider's message.
        why: String,
    },
    /// AWS does not know the key, or the secret does not fit it.
    #[error("AWS rejected the credentials of {who}")]
    NotAccepted {
        /// Which profile or role.
        who: String,
        /// The provider's message.
        why: String,
    },
    /// A role was not given.
    #[error("{who} cannot be assumed")]
    Denied {
        /// Which role.
        who: String,
        /// The provider's message.
        why: String,
        /// The kind of denial.
        reason: Reason,
    },
    /// The credentials lead to another account than the requested one.
    #[error("{who} resolves to account {found}, not {wanted}")]
    OtherAccount {
        /// Which role.
        who: String,
        /// The requested account.
        wanted: String,
        /// The account that answered.
        found: String,
    },
    /// The clock of this machine is wrong.
    #[error("the clock of this machine differs from AWS's")]
    Clock {
        /// The provider's message.
        why: String,
    },
    /// The service cannot be reached.
    #[error("{}", .kind.at(.host))]
    Connection {
        /// The host, where it is known.
        host: String,
        /// What went wrong on the way.
        kind: Connection,
        /// The same in the words of the system.
        why: String,
        /// The proxy that requests go through.
        proxy: Option<String>,
    },
    /// The service answered something else.
    #[error("AWS did not return the identity behind the credentials of {who}")]
    Service {
        /// Which profile or role.
        who: String,
        /// The provider's message.
        why: String,
        /// The kind of denial.
        reason: Reason,
    },
    /// An address outside AWS's domains was configured and not allowed.
    #[error("the configured endpoint `{0}` is not an AWS endpoint")]
    Endpoint(String),
    /// A setting of the environment or the configuration cannot be used.
    #[error("cannot use {name}: {why}")]
    Setting {
        /// The setting.
        name: String,
        /// What is wrong with it.
        why: String,
    },
}

/// What went wrong on the way to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Connection {
    /// The name of the host has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// The server's certificate is of an authority that is not trusted.
    UnknownAuthority,
    /// The server's certificate is not valid now.
    CertificateTime,
    /// Another failure to agree on TLS.
    Tls,
    /// The proxy does not let the connection through.
    Proxy,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    Broken,
}

impl Connection {
    fn at(self, host: &str) -> String {
        let host = if host.is_empty() { "AWS".to_owned() } else { format!("`{host}`") };
        match self {
            Self::Dns => format!("cannot resolve the host name {host}"),
            Self::Refused => format!("{host} refused the connection"),
            Self::UnknownAuthority => {
                format!(
                    "the certificate of {host} is from an authority that this machine does not trust"
                )
            }
            Self::CertificateTime => format!("the certificate of {host} is not valid at this time"),
            Self::Tls => format!("the TLS connection to {host} failed"),
            Self::Proxy => format!("the proxy refused the connection to {host}"),
            Self::TimedOut => format!("{host} did not respond in time"),
            Self::Broken => format!("the connection to {host} was interrupted"),
        }
    }
}

impl LoginError {
    /// The message of the provider, the credential chain or the system, without secrets.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::NoCredentials { why, .. }
            | Self::Profile { why, .. }
            | Self::Expired { why, .. }
            | Self::Mfa { why, .. }
            | Self::NotAccepted { why, .. }
            | Self::Denied { why, .. }
            | Self::Clock { why }
            | Self::Connection { why, .. }
            | Self::Service { why, .. } => {
                Some(why).filter(|why| !why.is_empty()).map(String::as_str)
            }
            Self::UnknownProfile { .. }
            | Self::OtherAccount { .. }
            | Self::Endpoint(_)
            | Self::Setting { .. } => None,
        }
    }

    /// The reason of the gap that an account becomes which is one of several.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Denied { reason, .. } | Self::Service { reason, .. } => *reason,
            Self::Mfa { .. } => Reason::Denied,
            Self::Connection { kind: Connection::TimedOut, .. } => Reason::TimedOut,
            Self::Connection { .. } => Reason::Unreachable,
            Self::OtherAccount { .. } => Reason::Malformed,
            _ => Reason::Credentials,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::NoCredentials { profile: Some(profile), .. } => format!(
                "add credentials to profile `{profile}`, for example with `aws configure sso --profile {profile}`; \
                 set `credential_source` for those of a container or an instance; without `--profile`, those of the \
                 environment are used"
            ),
            Self::NoCredentials { .. } => {
                "tried, in this order: AWS_ACCESS_KEY_ID in the environment, the shared configuration and its profile \
                 (SSO, console session, process, role), a web identity token, container and instance credentials; sign in \
                 with `aws sso login --profile NAME` or `aws login --profile NAME`, and pass `--profile NAME`"
                    .to_owned()
            }
            Self::UnknownProfile { name, explicit, known } => {
                let source =
                    if *explicit { "" } else { "; it is set by AWS_PROFILE in the environment" };
                let there = match known.as_slice() {
                    [] => {
                        "there are no profiles; `aws configure sso` creates one in ~/.aws/config".to_owned()
                    }
                    _ => {
                        let some: Vec<&str> =
                            known.iter().take(20).map(String::as_str).collect();
                        format!("available: {}", some.join(", "))
                    }
                };
                let guess = did_you_mean(&guesses(name, known));
                let guess = guess.map(|guess| format!("{guess} ")).unwrap_or_default();
                redact(&format!("{guess}{there}{source}"), 1_000)
            }
            Self::Profile { name, .. } => {
                format!("correct profile `{name}` in ~/.aws/config; `aws configure list --profile {name}` shows it")
            }
            Self::Expired { renew, .. } => renew.clone(),
            Self::Mfa { profile, .. } => format!(
                "posture cannot prompt for the code: get a session with `aws configure export-credentials --profile {profile} \
                 --format env`, set the variables that it prints, and omit `--profile`"
            ),
            Self::NotAccepted { .. } => {
                "check that the key exists and is active, and that its secret is complete; for an account in China or AWS \
                 GovCloud, pass a region of its partition with `--region`"
                    .to_owned()
            }
            Self::Denied { .. } => {
                "the trust policy of the role must allow this identity (and its external ID), and the identity's own policy must \
                 allow sts:AssumeRole; a permission set of IAM Identity Center must be assigned"
                    .to_owned()
            }
            Self::OtherAccount { .. } => "check the configured endpoint".to_owned(),
            Self::Clock { .. } => "set the clock of this machine, preferably with NTP".to_owned(),
            Self::Connection { kind, proxy, .. } => {
                let own = match kind {
                    Connection::Dns => "check the DNS settings of this machine, and that the region exists",
                    Connection::Refused | Connection::Broken | Connection::TimedOut => {
                        "check the network and its firewalls; if a proxy is required, set HTTPS_PROXY"
                    }
                    Connection::UnknownAuthority => {
                        "if a proxy inspects TLS traffic, set AWS_CA_BUNDLE to the file with its CA certificate"
                    }
                    Connection::CertificateTime => "check the clock of this machine",
                    Connection::Tls => "check for a proxy or firewall that modifies TLS traffic",
                    Connection::Proxy => "check HTTPS_PROXY, and the user name and password in it",
                };
                match proxy {
                    Some(proxy) => {
                        format!("{own}; requests go through the proxy `{proxy}`; NO_PROXY lists exceptions")
                    }
                    None => own.to_owned(),
                }
            }
            Self::Service { .. } => "try again later".to_owned(),
            Self::Endpoint(host) => {
                format!("remove the endpoint from the environment and the profile, or pass `--allow-endpoint {host}`")
            }
            Self::Setting { name, .. } => format!("correct {name} or unset it"),
        }
    }

    /// Whether another region may have a better answer: the problem is the region or the way there.
    pub(crate) fn is_regional(&self) -> bool {
        matches!(self, Self::Connection { .. } | Self::Service { .. } | Self::NotAccepted { .. })
    }
}

/// Why a call has no answer.
pub(crate) fn reason<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Reason {
    match error {
        SdkError::TimeoutError(_) => Reason::TimedOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Reason::TimedOut,
        // Nothing was sent, as the credentials ended meanwhile.
        SdkError::DispatchFailure(failure)
            if failure.as_connector_error().is_some_and(|error| {
                connection(error).is_none() && is_about_credentials(error)
            }) =>
        {
            Reason::Credentials
        }
        SdkError::DispatchFailure(_) => Reason::Unreachable,
        SdkError::ResponseError(_) => Reason::Malformed,
        SdkError::ServiceError(service) => {
            let status = service.raw().status().as_u16();
            by_code(
                service.err().code().unwrap_or_default(),
                service.err().message().unwrap_or_default(),
                status,
            )
        }
        // A construction failure covers missing credentials and requests that posture's interceptor rejects.
        SdkError::ConstructionFailure(_) => Reason::Credentials,
        _ => Reason::Unsupported,
    }
}

/// What is known of the credentials that failed.
#[derive(Clone, Debug)]
pub(crate) struct Suspect {
    /// Which profile or role.
    pub(crate) who: String,
    /// The profile that was named to posture.
    pub(crate) profile: Option<String>,
    /// How a session is renewed.
    pub(crate) renewal: Renewal,
    /// The MFA device that a role of the profile requires.
    pub(crate) mfa: Option<String>,
    /// The host that did not answer, where one did not.
    pub(crate) host: String,
    /// The proxy that requests go through.
    pub(crate) proxy: Option<String>,
}

/// What an error of the first call means.
pub(crate) fn diagnose<E>(error: &SdkError<E, HttpResponse>, suspect: Suspect) -> LoginError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let why = error.message().map_or_else(|| chain(error), |message| redact(message, MOST));
    if let SdkError::ServiceError(service) = error {
        let code = service.err().code().unwrap_or_default();
        return refused(code, &why, reason(error), suspect);
    }
    if let Some(kind) = connection(error) {
        let Suspect { host, proxy, .. } = suspect;
        return LoginError::Connection { host, kind, why, proxy };
    }
    // The call was not made, as there was nothing to sign it with.
    if let Some(credentials) = find::<CredentialsError>(error) {
        return no_credentials(credentials, why, suspect);
    }
    match error {
        SdkError::TimeoutError(_) => {
            let Suspect { host, proxy, .. } = suspect;
            LoginError::Connection { host, kind: Connection::TimedOut, why, proxy }
        }
        _ => LoginError::Service { who: suspect.who, why, reason: reason(error) },
    }
}

/// What an answer means that is an error.
fn refused(code: &str, why: &str, reason: Reason, suspect: Suspect) -> LoginError {
    let (who, why) = (suspect.who, why.to_owned());
    let text = why.to_ascii_lowercase();
    let off = text.contains("signature expired") || text.contains("not yet current");
    match code {
        "RequestTimeTooSkewed" | "RequestExpired" | "RequestInTheFuture" => {
            LoginError::Clock { why }
        }
        _ if off => LoginError::Clock { why },
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => {
            LoginError::Expired { who, why, renew: suspect.renewal.help() }
        }
        _ if reason == Reason::Credentials => LoginError::NotAccepted { who, why },
        _ => LoginError::Service { who, why, reason },
    }
}

/// What it means that the sources of credentials gave none.
fn no_credentials(error: &CredentialsError, why: String, suspect: Suspect) -> LoginError {
    let Suspect { who, profile, renewal, mfa, .. } = suspect;
    let text = why.to_ascii_lowercase();
    if let Some((code, message)) = assume_role(error) {
        let reason = by_code(&code, &message, 400);
        let why = redact(&message, MOST);
        return match (reason, mfa) {
            (Reason::Credentials, _) => {
                let suspect =
                    Suspect { who, profile, renewal, mfa: None, host: String::new(), proxy: None };
                refused(&code, &why, reason, suspect)
            }
            (_, Some(serial)) if !matches!(reason, Reason::Throttled | Reason::ServerError) => {
                LoginError::Mfa { who, serial, profile: profile.unwrap_or_else(default), why }
            }
            (reason, _) => LoginError::Denied { who, why, reason },
        };
    }
    let expiring = matches!(renewal, Renewal::Sso(_) | Renewal::Login(_));
    let ended = ["expired", "unauthorized", "session token not found", "reauthenticate"];
    // Without the file of a session, no user ever signed in; the remedy is the same.
    let files = ["cached sso token", "sso/cache", "cached login token", "login/cache"];
    let absent = expiring && files.iter().any(|file| text.contains(file));
    // The session is good, and the account or the role of it is not assigned.
    if expiring && (text.contains("forbidden") || text.contains("no access")) {
        return LoginError::Denied { who, why, reason: Reason::Denied };
    }
    if ended.iter().any(|word| text.contains(word)) || absent {
        return LoginError::Expired { who, why, renew: renewal.help() };
    }
    if matches!(renewal, Renewal::Login(_)) && text.contains("not found") {
        let name = profile.unwrap_or_else(default);
        let why = format!("it uses `aws login`, which needs the AWS CLI: {why}");
        return LoginError::Profile { name, why };
    }
    // A profile that leads to one that is not there.
    if let (true, Some(name)) = (text.contains("was not defined"), &profile) {
        return LoginError::Profile { name: name.clone(), why };
    }
    match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            LoginError::NoCredentials { who, why, profile }
        }
        CredentialsError::InvalidConfiguration(_) => {
            LoginError::Profile { name: profile.unwrap_or_else(default), why }
        }
        _ if matches!(renewal, Renewal::Process(_)) => {
            LoginError::Expired { who, why, renew: renewal.help() }
        }
        _ => LoginError::NoCredentials { who, why, profile },
    }
}

fn default() -> String {
    "default".to_owned()
}

/// Code and message of the denial of a role, if an error comes from that.
fn assume_role(error: &(dyn Error + 'static)) -> Option<(String, String)> {
    let words = |code: Option<&str>, message: Option<&str>| {
        (code.unwrap_or_default().to_owned(), message.unwrap_or_default().to_owned())
    };
    if let Some(SdkError::ServiceError(service)) =
        find::<SdkError<AssumeRoleError, HttpResponse>>(error)
    {
        return Some(words(service.err().code(), service.err().message()));
    }
    let error = find::<AssumeRoleError>(error)?;
    Some(words(error.code(), error.message()))
}

/// What went wrong on the way, where anything did.
pub(crate) fn connection(error: &(dyn Error + 'static)) -> Option<Connection> {
    let mut kind = None;
    for error in causes(error) {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return Some(match tls {
                rustls::Error::InvalidCertificate(certificate) => match certificate {
                    rustls::CertificateError::UnknownIssuer => Connection::UnknownAuthority,
                    rustls::CertificateError::Expired
                    | rustls::CertificateError::ExpiredContext { .. }
                    | rustls::CertificateError::NotValidYet
                    | rustls::CertificateError::NotValidYetContext { .. } => {
                        Connection::CertificateTime
                    }
                    _ => Connection::Tls,
                },
                _ => Connection::Tls,
            });
        }
        if error.downcast_ref::<ResolveDnsError>().is_some() {
            return Some(Connection::Dns);
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => return Some(Connection::Refused),
                io::ErrorKind::TimedOut => return Some(Connection::TimedOut),
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable => kind = Some(Connection::Broken),
                _ => {}
            }
        }
        if error.to_string().starts_with("tunnel error") {
            kind = Some(Connection::Proxy);
        }
        if let Some(error) = error.downcast_ref::<ConnectorError>() {
            if error.is_timeout() {
                kind = kind.or(Some(Connection::TimedOut));
            } else if error.is_io() {
                kind = kind.or(Some(Connection::Broken));
            }
        }
        if error.downcast_ref::<hyper_util::client::legacy::Error>().is_some() {
            kind = kind.or(Some(Connection::Broken));
        }
    }
    kind
}

/// Whether no connection came about at all, so that the next try would fare no better.
pub(crate) fn is_unconnected(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(|error| {
        let client = error.downcast_ref::<hyper_util::client::legacy::Error>();
        client.is_some_and(hyper_util::client::legacy::Error::is_connect)
            || error.downcast_ref::<ResolveDnsError>().is_some()
            // The type is private to the SDK.
            || error.to_string().starts_with("HTTP connect timeout")
    })
}

/// Whether a call was not made because of the credentials, rather than because of the way to the service.
pub(crate) fn is_about_credentials(error: &(dyn Error + 'static)) -> bool {
    find::<CredentialsError>(error).is_some()
}

/// An error and what caused it. An error of the system's holds another without calling it its source.
fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> + 'e {
    let next = |error: &&'e (dyn Error + 'static)| {
        let error: &'e (dyn Error + 'static) = *error;
        match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    };
    std::iter::successors(Some(error), next).take(32)
}

fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    causes(error).find_map(|error| error.downcast_ref::<E>())
}

/// An error and its causes in one line, without secrets.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    for error in causes(error).take(12) {
        let text = error.to_string();
        // Some say in their words what caused them.
        if words.last().is_none_or(|last| !last.contains(&text)) {
            words.push(text);
        }
    }
    redact(&words.join(": "), MOST)
}

#[cfg(test)]
mod tests {
    use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    type Failure = SdkError<GetCallerIdentityError, HttpResponse>;

    /// A session token, which no message may repeat.
    const CANARY: &str = "IQoJb3JpZ2luX2VjEIP0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ";

    fn suspect(renewal: Renewal) -> Suspect {
        Suspect {
            who: "profile `production`".to_owned(),
            profile: Some("production".to_owned()),
            renewal,
            mfa: None,
            host: "sts.eu-west-1.amazonaws.com".to_owned(),
            proxy: None,
        }
    }

    fn sso() -> Renewal {
        Renewal::Sso("production".to_owned())
    }

    fn answered(code: &str, message: &str) -> Failure {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        let status = 400_u16.try_into().unwrap();
        let answer = HttpResponse::new(status, SdkBody::empty());
        SdkError::service_error(GetCallerIdentityError::generic(meta), answer)
    }

    fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
        SdkError::dispatch_failure(ConnectorError::io(error.into()))
    }

    fn without(error: CredentialsError) -> Failure {
        SdkError::dispatch_failure(ConnectorError::other(error.into(), None))
    }

    fn role(code: &str, message: &str) -> Failure {
        let meta = ErrorMetadata::builder().code(code).message(message).build();
        without(CredentialsError::provider_error(AssumeRoleError::generic(meta)))
    }

    fn tls(error: rustls::CertificateError) -> Failure {
        let error = rustls::Error::InvalidCertificate(error);
        broken(io::Error::new(io::ErrorKind::InvalidData, error))
    }

    /// The error names what failed for every kind of failure, and what to do.
    #[test]
    fn the_first_failed_call_names_what_failed() {
        use CredentialsError as C;
        let io = |kind: io::ErrorKind| broken(io::Error::from(kind));
        let unknown = Renewal::Unknown;
        let console = Renewal::Login("production".to_owned());
        let cases: Vec<(Failure, Renewal, &str, &str)> = vec![
            // What the sources of credentials say.
            (
                without(C::not_loaded("no providers")),
                unknown.clone(),
                "has no usable credentials",
                "`production`",
            ),
            (
                without(C::invalid_configuration("a loop")),
                unknown.clone(),
                "cannot use profile `production`",
                "correct profile `production`",
            ),
            (
                without(C::not_loaded("profile `bsae` was not defined: could not find it")),
                unknown.clone(),
                "cannot use profile `production`",
                "correct profile `production`",
            ),
            (
                without(C::provider_error("the SSO token has expired and cannot be refreshed")),
                sso(),
                "the session of profile `production` has expired",
                "`aws sso login --profile production`",
            ),
            (
                without(C::provider_error("failed to load the cached SSO token")),
                sso(),
                "has expired",
                "`aws sso login --profile production`",
            ),
            (
                without(C::provider_error(
                    "UnauthorizedException: Session token not found or invalid",
                )),
                sso(),
                "has expired",
                "`aws sso login --profile production`",
            ),
            (
                without(C::provider_error("ForbiddenException: No access")),
                sso(),
                "cannot be assumed",
                "must be assigned",
            ),
            (
                without(C::provider_error("cached Login token is expired")),
                console.clone(),
                "has expired",
                "`aws login --profile production`",
            ),
            (
                without(C::provider_error(
                    "Stderr: Your session has expired. Please reauthenticate using 'aws login'.",
                )),
                console.clone(),
                "has expired",
                "`aws login --profile production`",
            ),
            (
                without(C::provider_error("Stderr: sh: 1: aws: not found")),
                console,
                "cannot use",
                "`production`",
            ),
            (
                without(C::provider_error("external process exited with code 1. Stderr: sign in")),
                Renewal::Process("production".to_owned()),
                "has expired",
                "credential_process",
            ),
            // What STS says.
            (
                answered("ExpiredToken", "The security token included in the request is expired"),
                sso(),
                "has expired",
                "`aws sso login --profile production`",
            ),
            (
                answered("ExpiredToken", "The security token included in the request is expired"),
                Renewal::Environment,
                "has expired",
                "AWS_SESSION_TOKEN",
            ),
            (
                answered("InvalidClientTokenId", "The security token included is invalid."),
                unknown.clone(),
                "rejected the credentials",
                "GovCloud",
            ),
            (
                answered(
                    "SignatureDoesNotMatch",
                    &format!("The Canonical String should have been x-amz-security-token:{CANARY}"),
                ),
                unknown.clone(),
                "rejected the credentials",
                "secret is complete",
            ),
            (
                answered(
                    "SignatureDoesNotMatch",
                    "Signature expired: 20261129T is now earlier than",
                ),
                unknown.clone(),
                "clock",
                "NTP",
            ),
            (
                answered("InvalidSignatureException", "Signature not yet current: 20261129T"),
                unknown.clone(),
                "clock",
                "NTP",
            ),
            (answered("RequestTimeTooSkewed", ""), unknown.clone(), "clock", "NTP"),
            (answered("Throttling", "Rate exceeded"), unknown.clone(), "did not return", "again"),
            // What the way there is like.
            (
                io(io::ErrorKind::ConnectionRefused),
                unknown.clone(),
                "`sts.eu-west-1.amazonaws.com` refused the connection",
                "HTTPS_PROXY",
            ),
            (
                broken(ResolveDnsError::new("no such host")),
                unknown.clone(),
                "cannot resolve the host name `sts.eu-west-1.amazonaws.com`",
                "DNS settings",
            ),
            (
                tls(rustls::CertificateError::UnknownIssuer),
                unknown.clone(),
                "an authority that this machine does not trust",
                "AWS_CA_BUNDLE",
            ),
            (tls(rustls::CertificateError::Expired), unknown.clone(), "not valid at", "clock"),
            (tls(rustls::CertificateError::BadEncoding), unknown.clone(), "TLS connection", "TLS"),
            (io(io::ErrorKind::ConnectionReset), unknown.clone(), "was interrupted", "network"),
            (
                SdkError::dispatch_failure(ConnectorError::timeout("slow".into())),
                unknown.clone(),
                "did not respond in time",
                "network",
            ),
            (
                SdkError::timeout_error("operation timeout"),
                unknown.clone(),
                "did not respond in time",
                "network",
            ),
            (broken("tunnel error: unsuccessful"), unknown, "the proxy refused", "HTTPS_PROXY"),
            // A source of credentials that cannot be reached is a matter of the network.
            (
                without(C::provider_error(io::Error::from(io::ErrorKind::ConnectionRefused))),
                sso(),
                "refused the connection",
                "HTTPS_PROXY",
            ),
        ];
        for (error, renewal, what, help) in cases {
            let diagnosis = diagnose(&error, suspect(renewal));
            assert!(diagnosis.to_string().contains(what), "{what}: {diagnosis}");
            assert!(diagnosis.help().contains(help), "{help}: {}", diagnosis.help());
            let all = format!("{diagnosis:?} {} {:?}", diagnosis.help(), diagnosis.why());
            assert!(!all.contains(CANARY), "{all}");
            assert!(diagnosis.why().is_none_or(|why| why.chars().count() <= MOST + 1));
        }
    }

    #[test]
    fn a_role_that_is_not_given_says_by_whom_and_what_it_takes() {
        let denied =
            || role("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole");
        let diagnosis = diagnose(&denied(), suspect(Renewal::Unknown));
        assert!(
            matches!(diagnosis, LoginError::Denied { reason: Reason::Denied, .. }),
            "{diagnosis:?}"
        );
        assert!(diagnosis.why().is_some_and(|why| why.contains("not authorized")), "{diagnosis:?}");
        let serial = "arn:aws:iam::123456789012:mfa/anna".to_owned();
        let with_mfa = || Suspect { mfa: Some(serial.clone()), ..suspect(Renewal::Unknown) };
        let diagnosis = diagnose(&denied(), with_mfa());
        assert!(diagnosis.to_string().contains(&serial), "{diagnosis}");
        assert!(
            diagnosis.help().contains("export-credentials --profile production"),
            "{}",
            diagnosis.help()
        );
        // A service that is in need of patience does not lack the code.
        let diagnosis = diagnose(&role("Throttling", "Rate exceeded"), with_mfa());
        assert_eq!(diagnosis.reason(), Reason::Throttled, "{diagnosis:?}");
        let diagnosis = diagnose(&role("ExpiredToken", "is expired"), suspect(sso()));
        assert!(diagnosis.help().contains("aws sso login"), "{}", diagnosis.help());
    }

    #[test]
    fn a_proxy_is_named_where_the_way_fails() {
        let error = broken(io::Error::from(io::ErrorKind::ConnectionRefused));
        let proxy = Some("proxy.example".to_owned());
        let diagnosis = diagnose(&error, Suspect { proxy, ..suspect(Renewal::Unknown) });
        assert!(diagnosis.help().contains("the proxy `proxy.example`"), "{}", diagnosis.help());
    }

    #[test]
    fn another_region_is_tried_only_where_it_may_help() {
        let regional = |error: &Failure| diagnose(error, suspect(sso())).is_regional();
        assert!(regional(&broken(ResolveDnsError::new("no such host"))));
        // So says a region that the account did not switch on.
        assert!(regional(&answered("InvalidClientTokenId", "")));
        assert!(!regional(&answered("ExpiredToken", "")));
        assert!(!regional(&without(CredentialsError::not_loaded("nothing"))));
        assert!(!regional(&role("AccessDenied", "no")));
    }
}
