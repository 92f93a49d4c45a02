//! Why a source of credentials returns none that work: what failed, and what to do about it.

use std::error::Error;
use std::fmt;
use std::io;

use posture_model::dated::Dated;
use posture_model::redact::redact;

/// The maximum number of characters of a service's or program's message in an error.
const MOST: usize = 300;

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// What the source needs is not there: a variable, a program, a service of the machine.
    Missing,
    /// No user is signed in.
    NotSignedIn,
    /// The session has ended, or was ended.
    Expired,
    /// The secret of the application is not the one that it has.
    WrongSecret,
    /// The secret or the certificate of the application has ended.
    SecretExpired,
    /// The account or the application is locked or switched off.
    Blocked,
    /// The identity is not assigned to the application.
    NotAssigned,
    /// The tenant has no such application.
    NoSuchApplication,
    /// There is no such tenant.
    NoSuchTenant,
    /// The token of another identity provider is not one that the application trusts.
    NotFederated,
    /// The token of another identity provider has ended, or is not valid yet.
    AssertionEnded,
    /// A second factor is required.
    SecondFactor,
    /// A Conditional Access policy blocks it.
    ConditionalAccess,
    /// The clock of this machine is wrong.
    Clock,
    /// The credentials belong to another tenant than the requested one.
    OtherTenant,
    /// The credentials belong to another application or identity than the requested one.
    OtherIdentity,
    /// The name of the host has no address.
    Dns,
    /// Nothing listens there.
    Refused,
    /// The server's certificate is of an authority that is not trusted.
    UnknownAuthority,
    /// Another failure to agree on TLS.
    Tls,
    /// The proxy does not let the connection through.
    Proxy,
    /// No answer in time.
    TimedOut,
    /// The connection broke, or did not come about.
    Broken,
    /// Something else.
    Other,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "not available",
            Self::NotSignedIn => "not signed in",
            Self::Expired => "the session has expired",
            Self::WrongSecret => "the client secret is wrong",
            Self::SecretExpired => "the client secret or certificate has expired",
            Self::Blocked => "the account or application is locked or disabled",
            Self::NotAssigned => "the identity is not assigned to the application",
            Self::NoSuchApplication => "the tenant has no such application",
            Self::NoSuchTenant => "the tenant does not exist",
            Self::NotFederated => "the application does not trust this token",
            Self::AssertionEnded => "the token of the other identity provider is not valid now",
            Self::SecondFactor => "multifactor authentication is required",
            Self::ConditionalAccess => "blocked by a Conditional Access policy",
            Self::Clock => "the clock of this machine is wrong",
            Self::OtherTenant => "the credentials belong to another tenant",
            Self::OtherIdentity => "the credentials belong to another identity",
            Self::Dns => "cannot resolve the host name of the service",
            Self::Refused => "the connection was refused",
            Self::UnknownAuthority => {
                "the certificate of the service is from an authority that this machine does not trust"
            }
            Self::Tls => "the TLS connection failed",
            Self::Proxy => "the proxy refused the connection",
            Self::TimedOut => "no response in time",
            Self::Broken => "the connection was interrupted",
            Self::Other => "refused",
        })
    }
}

impl Cause {
    /// What to do about it; nothing where another source has to be used.
    pub(crate) fn help(self, tenant: Option<&str>) -> Option<String> {
        let tenant = tenant.map(|tenant| format!(" --tenant {tenant}")).unwrap_or_default();
        Some(match self {
            Self::Missing | Self::Other => return None,
            Self::NotSignedIn => format!("sign in with `az login{tenant}`"),
            Self::Expired | Self::SecondFactor => {
                format!("renew the session with `az login{tenant}`")
            }
            Self::WrongSecret => {
                "set AZURE_CLIENT_SECRET to the value of the secret, not to its ID".to_owned()
            }
            Self::SecretExpired => "add a new secret to the application, and set AZURE_CLIENT_SECRET to it".to_owned(),
            Self::Blocked => {
                "ask an administrator of the tenant to unlock or enable the account or application".to_owned()
            }
            Self::NotAssigned => {
                "ask an administrator of the tenant to assign the identity to the application".to_owned()
            }
            Self::NoSuchApplication => {
                "check AZURE_CLIENT_ID, and that AZURE_TENANT_ID or --tenant is the tenant of the application".to_owned()
            }
            Self::NoSuchTenant => {
                "check AZURE_TENANT_ID or --tenant, and --cloud if the tenant is in another cloud".to_owned()
            }
            Self::NotFederated => {
                "check issuer, subject and audience of the federated credential of the application".to_owned()
            }
            Self::AssertionEnded => {
                format!("have the token in AZURE_FEDERATED_TOKEN_FILE renewed, or sign in anew with `az login{tenant}`")
            }
            Self::ConditionalAccess => {
                "sign in from a location or device that the policy allows, or use an application that it excludes".to_owned()
            }
            Self::Clock => "set the clock of this machine, preferably with NTP".to_owned(),
            Self::OtherTenant => {
                format!("sign in to the tenant of --tenant, for example with `az login{tenant}`, or omit --tenant")
            }
            Self::OtherIdentity => {
                "use the credentials of the identity of --client-id, or omit --client-id".to_owned()
            }
            Self::Dns => "check the DNS settings of this machine".to_owned(),
            Self::Refused | Self::TimedOut | Self::Broken => {
                "check the network and its firewalls; if a proxy is required, set HTTPS_PROXY".to_owned()
            }
            Self::UnknownAuthority => {
                "if a proxy inspects TLS traffic, add its CA certificate to the system's, or set SSL_CERT_FILE to a file with it"
                    .to_owned()
            }
            Self::Tls => "check for a proxy or firewall that modifies TLS traffic".to_owned(),
            Self::Proxy => "check HTTPS_PROXY, and the user name and password in it".to_owned(),
        })
    }
}

/// The codes by which Entra ID reports why it issues no token. It warns that they may change: an unknown code is shown with the
/// service's own message.
static CODES: Dated<(&str, Cause)> = Dated::new(
    &[
        "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes",
        "https://github.com/MicrosoftDocs/entra-docs/blob/3164b3b5d031edef0ad334ba09d3ea6dcb619c1a/docs/identity-platform/reference-error-codes.md",
    ],
    "2026-11-30",
    &[
        ("AADSTS16003", Cause::OtherTenant),
        ("AADSTS50005", Cause::ConditionalAccess),
        ("AADSTS50014", Cause::OtherTenant),
        ("AADSTS50020", Cause::OtherTenant),
        ("AADSTS50034", Cause::OtherTenant),
        ("AADSTS50053", Cause::Blocked),
        ("AADSTS50057", Cause::Blocked),
        ("AADSTS50058", Cause::NotSignedIn),
        ("AADSTS50059", Cause::NoSuchTenant),
        ("AADSTS50072", Cause::SecondFactor),
        ("AADSTS50074", Cause::SecondFactor),
        ("AADSTS50076", Cause::SecondFactor),
        ("AADSTS50078", Cause::Expired),
        ("AADSTS50079", Cause::SecondFactor),
        ("AADSTS50089", Cause::Expired),
        ("AADSTS50097", Cause::ConditionalAccess),
        ("AADSTS50105", Cause::NotAssigned),
        ("AADSTS50128", Cause::NoSuchTenant),
        ("AADSTS50131", Cause::ConditionalAccess),
        ("AADSTS50132", Cause::Expired),
        ("AADSTS50133", Cause::Expired),
        ("AADSTS50139", Cause::Expired),
        ("AADSTS50158", Cause::SecondFactor),
        ("AADSTS50173", Cause::Expired),
        ("AADSTS51004", Cause::OtherTenant),
        ("AADSTS53000", Cause::ConditionalAccess),
        ("AADSTS53001", Cause::ConditionalAccess),
        ("AADSTS53002", Cause::ConditionalAccess),
        ("AADSTS53003", Cause::ConditionalAccess),
        ("AADSTS53004", Cause::SecondFactor),
        ("AADSTS53011", Cause::Blocked),
        ("AADSTS70000", Cause::Expired),
        ("AADSTS70001", Cause::Blocked),
        ("AADSTS700011", Cause::NoSuchApplication),
        ("AADSTS7000112", Cause::Blocked),
        ("AADSTS700016", Cause::NoSuchApplication),
        ("AADSTS70002", Cause::WrongSecret),
        ("AADSTS7000215", Cause::WrongSecret),
        ("AADSTS7000222", Cause::SecretExpired),
        ("AADSTS70008", Cause::Expired),
        ("AADSTS700082", Cause::Expired),
        ("AADSTS700084", Cause::Expired),
        ("AADSTS70043", Cause::Expired),
        ("AADSTS90002", Cause::NoSuchTenant),
        ("AADSTS90019", Cause::NoSuchTenant),
        ("AADSTS90038", Cause::NoSuchTenant),
        ("AADSTS90072", Cause::OtherTenant),
    ],
);

/// Codes that Entra ID returns, although its reference does not list them, each with its documentation or a response that
/// with it was shown.
static UNLISTED: Dated<(&str, Cause, &str)> = Dated::new(
    &["https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes"],
    "2026-11-30",
    &[
        (
            "AADSTS530003",
            Cause::ConditionalAccess,
            "https://learn.microsoft.com/power-platform/admin/troubleshooting-conditional-access-in-authentication",
        ),
        ("AADSTS700024", Cause::AssertionEnded, PIPELINES),
        (
            "AADSTS70021",
            Cause::NotFederated,
            "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
        ),
        ("AADSTS700211", Cause::NotFederated, PIPELINES),
        (
            "AADSTS700212",
            Cause::NotFederated,
            "https://github.com/AthenZ/athenz/blob/4e0b9c42fe28dc617e1f01c0edf4535360ac7f8c/servers/zts/src/test/java/com/yahoo/athenz/zts/external/azure/AzureAccessTokenProviderTest.java",
        ),
        ("AADSTS700213", Cause::NotFederated, PIPELINES),
        ("AADSTS7002138", Cause::NotFederated, "https://github.com/Azure/login/issues/515"),
        ("AADSTS70025", Cause::NotFederated, PIPELINES),
        (
            "AADSTS900021",
            Cause::NoSuchTenant,
            "https://github.com/microsoft/azure-devops-mcp/issues/587",
        ),
        (
            "AADSTS900023",
            Cause::NoSuchTenant,
            "https://github.com/microsoft/Analysis-Services/issues/194",
        ),
    ],
);

/// What Azure Pipelines documents of the codes for federated credentials.
const PIPELINES: &str = "https://github.com/MicrosoftDocs/azure-devops-docs/blob/1230c5eedab180510ddcc7c200714b88b44811c5/docs/pipelines/release/includes/errors-workload-identity.md";

/// What an error means.
pub(crate) fn diagnose(error: &(dyn Error + 'static)) -> Cause {
    let mut kind = None;
    for error in causes(error) {
        let text = error.to_string();
        let lower = text.to_ascii_lowercase();
        if let Some(cause) = by_code(&text) {
            return cause;
        }
        if let Some(cause) = by_words(&lower) {
            return cause;
        }
        if let Some(io) = error.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::ConnectionRefused => return Cause::Refused,
                io::ErrorKind::TimedOut => return Cause::TimedOut,
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::HostUnreachable
                | io::ErrorKind::NetworkUnreachable => kind = Some(Cause::Broken),
                _ => {}
            }
        }
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            if error.is_timeout() {
                return Cause::TimedOut;
            }
            if error.is_connect() {
                kind = kind.or(Some(Cause::Broken));
            }
        }
    }
    kind.unwrap_or(Cause::Other)
}

/// Whether not even a connection came about.
pub(crate) fn is_unconnected(error: &(dyn Error + 'static)) -> bool {
    let connect = |error: &(dyn Error + 'static)| {
        error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect)
    };
    causes(error).any(connect)
        || matches!(
            diagnose(error),
            Cause::Dns
                | Cause::Refused
                | Cause::UnknownAuthority
                | Cause::Tls
                | Cause::Clock
                | Cause::Proxy
        )
}

/// Whether a connection may come about a moment later that did not come about. A name that does not exist and a certificate
/// that is not trusted stays so, and a connection that needed the whole time would need it again.
pub(crate) fn may_pass(error: &(dyn Error + 'static)) -> bool {
    match diagnose(error) {
        Cause::Dns => causes(error).any(|error| error.to_string().contains("emporary failure")),
        Cause::UnknownAuthority | Cause::Tls | Cause::Clock | Cause::TimedOut => false,
        _ => true,
    }
}

fn by_code(text: &str) -> Option<Cause> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let code = format!("AADSTS{}", rest.get(..digits)?);
    let listed = CODES.iter().find(|(known, _)| *known == code).map(|(_, cause)| *cause);
    let unlisted =
        || UNLISTED.iter().find(|(known, ..)| *known == code).map(|(_, cause, _)| *cause);
    listed.or_else(unlisted)
}

/// The messages of the command lines, the SDK and the TLS library if they return no code.
fn by_words(text: &str) -> Option<Cause> {
    for (words, cause) in [
        (&["az login", "to setup account"][..], Cause::NotSignedIn),
        (&["interactive authentication is needed"], Cause::Expired),
        (&["not logged in"], Cause::NotSignedIn),
        (&["azd auth login"], Cause::NotSignedIn),
        (&["not found on path"], Cause::Missing),
        (&["is not set"], Cause::Missing),
        (&["no managed identity answered"], Cause::Missing),
        (&["tunnel error"], Cause::Proxy),
        (&["unsuccessful tunnel"], Cause::Proxy),
        (&["dns error"], Cause::Dns),
        (&["failed to lookup address"], Cause::Dns),
        (&["invalid peer certificate", "unknownissuer"], Cause::UnknownAuthority),
        (&["invalid peer certificate", "expired"], Cause::Clock),
        (&["invalid peer certificate", "notvalidyet"], Cause::Clock),
        (&["invalid peer certificate"], Cause::Tls),
    ] {
        if words.iter().all(|word| text.contains(word)) {
            return Some(cause);
        }
    }
    None
}

/// An error and what caused it. An error of the system's holds another without calling it its source.
pub(crate) fn causes<'e>(
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

/// An error with its causes in one line, without secrets: the first line of the SDK's errors often has no information. Of the
/// secrets that the program sent, those of [`Secrets`], a service may repeat what does not look like one.
pub(crate) fn chain(error: &(dyn Error + 'static), secrets: &Secrets) -> String {
    let mut words: Vec<String> = Vec::new();
    let first = crate::wire::final_cause(error).unwrap_or_default();
    for error in causes(error).skip(first).take(12) {
        let text = error.to_string();
        if !words.iter().any(|word| word.contains(&text)) {
            words.push(text);
        }
    }
    redact(&secrets.hide(&words.join(": ")), MOST)
}

/// What the program sends and must not be shown: the client secret, as it is and as a form and JSON spell it.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// The least length of a secret that is looked for; what is shorter is part of ordinary words.
    const SHORTEST: usize = 6;

    pub(crate) fn of(secret: Option<&str>) -> Self {
        let Some(secret) = secret.filter(|secret| secret.chars().count() >= Self::SHORTEST) else {
            return Self::default();
        };
        let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let json = serde_json::Value::from(secret).to_string();
        let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or(secret).to_owned();
        Self(vec![secret.to_owned(), form, json])
    }

    fn hide(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(***)")
    }
}

#[cfg(test)]
mod tests {
    use azure_core::error::{Error as AzureError, ErrorKind};

    use super::*;

    const CANARY: &str = "abc8Q~0123456789abcdefghijABCDEFGHIJ0123";

    fn error_with(text: &str) -> AzureError {
        AzureError::with_message(ErrorKind::Credential, text.to_owned())
    }

    fn io(kind: io::ErrorKind) -> AzureError {
        AzureError::new(ErrorKind::Io, io::Error::from(kind))
    }

    #[test]
    fn what_failed_is_named() {
        let cases = [
            (
                error_with("AADSTS7000222: The provided client secret keys are expired."),
                Cause::SecretExpired,
            ),
            (error_with("AADSTS7000215: Invalid client secret provided."), Cause::WrongSecret),
            (
                error_with("AADSTS700082: The refresh token has expired due to inactivity."),
                Cause::Expired,
            ),
            (error_with("AADSTS90002: Tenant 'x' not found."), Cause::NoSuchTenant),
            (error_with("AADSTS700016: Application 'x' was not found"), Cause::NoSuchApplication),
            (
                error_with("AADSTS50076: you must use multi-factor authentication"),
                Cause::SecondFactor,
            ),
            (error_with("AADSTS53003: Access has been blocked"), Cause::ConditionalAccess),
            // Signing in again would help in none of these.
            (error_with("AADSTS50057: The user account is disabled."), Cause::Blocked),
            (error_with("AADSTS50053: IdsLocked"), Cause::Blocked),
            (error_with("AADSTS7000112: Application 'x' is disabled."), Cause::Blocked),
            (error_with("AADSTS50105: not assigned to a role"), Cause::NotAssigned),
            (error_with("AADSTS50020: User account does not exist in tenant"), Cause::OtherTenant),
            (error_with("AADSTS50034: The user account does not exist"), Cause::OtherTenant),
            (
                error_with("AADSTS700027: Client assertion failed signature validation."),
                Cause::Other,
            ),
            (
                error_with("AADSTS700024: Client assertion is not within its valid time range."),
                Cause::AssertionEnded,
            ),
            (error_with("Please run 'az login' to setup account."), Cause::NotSignedIn),
            (error_with("az not found on PATH"), Cause::Missing),
            (error_with("AZURE_TENANT_ID is not set"), Cause::Missing),
            (error_with("AADSTS99999999: something new"), Cause::Other),
            (error_with("dns error: failed to lookup address information"), Cause::Dns),
            (error_with("invalid peer certificate: UnknownIssuer"), Cause::UnknownAuthority),
            (error_with("invalid peer certificate: Expired"), Cause::Clock),
            (error_with("invalid peer certificate: BadSignature"), Cause::Tls),
            (error_with("tunnel error: unsuccessful"), Cause::Proxy),
            (io(io::ErrorKind::ConnectionRefused), Cause::Refused),
            (io(io::ErrorKind::TimedOut), Cause::TimedOut),
            (io(io::ErrorKind::ConnectionReset), Cause::Broken),
        ];
        for (error, cause) in cases {
            assert_eq!(diagnose(&error), cause, "{error}");
        }
    }

    #[test]
    fn every_cause_is_shown_and_secrets_are_not() {
        let unlisted = UNLISTED.iter().map(|(code, cause, source)| {
            assert!(source.starts_with("https://"), "{code}");
            (*code, *cause)
        });
        let all: Vec<(&str, Cause)> = CODES.iter().copied().chain(unlisted).collect();
        let codes: std::collections::BTreeSet<&str> = all.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), all.len(), "a code is listed twice");
        for (code, cause) in &all {
            let error = error_with(&format!("{code}: the secret {CANARY} is wrong"));
            assert_eq!(diagnose(&error), *cause, "{code}");
            let text = format!(
                "{} {:?}",
                chain(&error, &Secrets::default()),
                cause.help(Some("contoso.com"))
            );
            assert!(!text.contains(CANARY), "{text}");
        }
        let long = chain(&error_with(&"x ".repeat(10_000)), &Secrets::default());
        assert!(long.chars().count() <= MOST + 1);
        let help = Cause::Expired.help(Some("contoso.com")).unwrap();
        assert!(help.contains("az login --tenant contoso.com"), "{help}");
    }

    #[test]
    fn a_client_secret_that_the_service_repeats_is_hidden_whatever_it_looks_like() {
        let secret = "three plain \"words\"+1";
        let secrets = Secrets::of(Some(secret));
        for repeated in [secret, "three+plain+%22words%22%2B1", r#"three plain \"words\"+1"#] {
            let error =
                error_with(&format!("AADSTS7000215: `{repeated}` was sent, and is not valid"));
            let text = chain(&error, &secrets);
            assert!(!text.contains("three") && text.contains("is not valid"), "{text}");
        }
        assert!(!format!("{secrets:?}").contains("three"));
        // Nor is a part of it left where the text is cut.
        let long = chain(&error_with(&format!("{}{secret}", "x ".repeat(MOST / 2 - 3))), &secrets);
        assert!(!long.contains("three"), "{long}");
        // What may be part of a word is not looked for.
        let text = chain(&error_with("a wrong answer"), &Secrets::of(Some("a")));
        assert_eq!(text, "a wrong answer");
    }
}
