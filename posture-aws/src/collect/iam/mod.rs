//! Identities, their credentials and their permissions.
//!
//! Nothing here is read per user or role: [`authorization`] reads everyone's permissions in one listing, [`report`]
//! everyone's credentials in one document, and the account's summary proves that neither was cut short.

pub(super) mod authorization;
mod graph;
pub(super) mod report;
mod rights;

use std::collections::HashMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::error::SdkError;
use aws_sdk_iam::types::{AssignmentStatusType, SummaryKeyType, VirtualMfaDevice};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use posture_model::fact::{self, Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Account, Certificate, Kind, PasswordPolicy};

use super::context::{Audit, time};
use crate::ask::ApiClient;
use crate::entry::{Action, Holds, Per};
use authorization::AUTHORIZATION;

pub(crate) const ALIASES: Action = Action {
    name: "iam:ListAccountAliases",
    per: Per::ONCE,
    // An account has one at most, so that nothing can follow.
    own: Holds::all(&["AccountAliases"]),
    // It names the account for people, whatever is judged.
    lists: &[],
    fills: &[],
    command: "aws iam list-account-aliases",
};

pub(crate) const SUMMARY: Action = Action {
    name: "iam:GetAccountSummary",
    per: Per::ONCE,
    own: Holds::all(&["SummaryMap.entry"]),
    // Its totals prove that the listings are whole.
    lists: &[Kind::User, Kind::Group, Kind::Role, Kind::Policy],
    fills: &[
        Account::ROOT_ACCESS_KEY,
        Account::ROOT_CREDENTIALS,
        Account::ROOT_PASSWORD,
        Account::ROOT_MFA,
        Account::ROOT_HARDWARE_MFA,
        Account::CONFLICTING_DUTIES,
    ],
    command: "aws iam get-account-summary",
};

pub(crate) const DEVICES: Action = Action {
    name: "iam:ListVirtualMFADevices",
    per: Per::ONCE,
    own: Holds::all(&["VirtualMFADevices", "@IsTruncated"]),
    lists: &[],
    fills: &[Account::ROOT_HARDWARE_MFA],
    command: "aws iam list-virtual-mfa-devices",
};

pub(crate) const PASSWORD_POLICY: Action = Action {
    name: "iam:GetAccountPasswordPolicy",
    per: Per::ONCE,
    own: Holds::all(&["@PasswordPolicy.ExpirePasswords"]),
    lists: &[],
    fills: &[Account::PASSWORD_POLICY],
    command: "aws iam get-account-password-policy",
};

pub(crate) const SAML: Action = Action {
    name: "iam:ListSAMLProviders",
    per: Per::ONCE,
    own: Holds::all(&["SAMLProviderList"]),
    lists: &[],
    fills: &[Account::IDENTITY_PROVIDERS],
    command: "aws iam list-saml-providers",
};

pub(crate) const OIDC: Action = Action {
    name: "iam:ListOpenIDConnectProviders",
    per: Per::ONCE,
    own: Holds::all(&["OpenIDConnectProviderList"]),
    lists: &[],
    fills: &[Account::IDENTITY_PROVIDERS],
    command: "aws iam list-open-id-connect-providers",
};

pub(crate) const CERTIFICATES: Action = Action {
    name: "iam:ListServerCertificates",
    per: Per::ONCE,
    own: Holds::all(&["ServerCertificateMetadataList", "@IsTruncated"]),
    lists: &[Kind::Certificate],
    fills: &[Certificate::EXPIRES],
    command: "aws iam list-server-certificates",
};

/// The most items that IAM returns on a page.
const PAGE: i32 = 1_000;

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    audit.observed("iam", "", identities(audit)).await
}

/// Reads the wanted facts of identities.
async fn identities(audit: &Audit<'_>) -> Part {
    let client = &audit.session.iam(audit.session.home_region(), audit.meter);
    let (
        name,
        summary,
        devices,
        details,
        report,
        password_policy,
        identity_providers,
        certificates,
    ) = futures::join!(
        alias(audit, client),
        summary(audit, client),
        virtual_devices(audit, client),
        authorization::read(audit, client),
        report::read(audit, client, report::PAUSES),
        password_policy(audit, client),
        identity_providers(audit, client),
        certificates(audit, client),
    );
    let ask = audit.ask;
    let mut identities = authorization::judge(audit, details, &summary).await;
    let access_keys = report.join(ask, &mut identities.users);
    let mfa = summary.flag(ask, SummaryKeyType::AccountMfaEnabled);
    let key = summary.flag(ask, SummaryKeyType::AccountAccessKeysPresent);
    let password = summary.flag(ask, SummaryKeyType::AccountPasswordPresent);
    // Where root's credentials were
    // [removed centrally](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management)
    // there is neither a password nor a key nor a signing certificate.
    let credentials = key.clone()
        | password.clone()
        | summary.flag(ask, SummaryKeyType::AccountSigningCertificatesPresent);
    let hardware_mfa = if audit.calls(&DEVICES) {
        mfa.clone() & !devices.root_has_one(ask)
    } else {
        Fact::not_collected()
    };
    let last_used = report.root_last_used(ask);
    let root = Part::account(|account| {
        account
            .root_access_key(key)
            .root_credentials(credentials)
            .root_password(password)
            .root_mfa(mfa)
            .root_hardware_mfa(hardware_mfa)
            .root_last_used(last_used)
            .password_policy(password_policy)
            .identity_providers(identity_providers)
            .conflicting_duties(identities.conflicting_duties)
    });
    Part {
        name,
        users: identities.users,
        access_keys,
        groups: identities.groups,
        roles: identities.roles,
        policies: identities.policies,
        certificates,
        ..root
    }
}

/// The account's own numbers about itself.
struct Summary(Fact<HashMap<SummaryKeyType, i32>>);

impl Summary {
    /// Whether the account has one or more of something.
    fn flag(&self, ask: &ApiClient, key: SummaryKeyType) -> Fact<bool> {
        self.0.and_then(|numbers| match numbers.get(&key) {
            Some(number) => Known(*number > 0),
            None => {
                ask.undetermined(SUMMARY.name, "", format!("the summary lacks `{}`", key.as_str()))
            }
        })
    }

    /// Why a listing of this many is not complete; none if the account reports the same number, or none.
    fn disproves(&self, ask: &ApiClient, key: SummaryKeyType, listed: usize) -> Option<GapId> {
        let numbers = match &self.0 {
            Known(numbers) => numbers,
            Fact::Gap(gap) => return Some(*gap),
            Fact::NotOffered => return None,
        };
        let total = *numbers.get(&key)?;
        if usize::try_from(total) == Ok(listed) {
            return None;
        }
        let mut gap = Gap::new(AUTHORIZATION.name, "", Reason::Incomplete);
        let what = key.as_str().to_lowercase();
        gap.detail = Some(format!("{listed} {what} listed, the account has {total}"));
        Some(ask.gap(gap))
    }
}

async fn summary(audit: &Audit<'_>, client: &Client) -> Summary {
    if !audit.calls(&SUMMARY) {
        return Summary(Fact::not_collected());
    }
    let answer = audit.ask.ask(SUMMARY.name, "", "", client.get_account_summary().send()).await;
    Summary(match answer.map(|output| output.summary_map) {
        Ok(None) => audit.ask.malformed(SUMMARY.name, "", "the response has no summary"),
        Ok(Some(numbers)) => Known(numbers),
        Err(refused) => audit.ask.fact(Err(refused)),
    })
}

/// The pages of a listing and, where they are not all, why.
struct Pages<T> {
    pages: Vec<T>,
    cut: Option<GapId>,
}

/// Requests every page of an IAM listing. `place` returns whether the listing was truncated here, and where it continues.
async fn pages<T, E, F>(
    ask: &ApiClient,
    action: &'static str,
    page: impl FnMut(Option<String>) -> F,
    place: impl Fn(&T) -> (bool, Option<&str>),
) -> Pages<T>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let (pages, refused) = ask.cut_pages(action, "", page, place).await;
    Pages { pages, cut: refused.map(|refused| ask.gap(refused.into_gap())) }
}

/// The account's alias. It names the account for people and no fact depends on it: if it is denied, only the number is shown.
async fn alias(audit: &Audit<'_>, client: &Client) -> Option<String> {
    if !audit.calls(&ALIASES) {
        return None;
    }
    let answer = audit.ask.ask(ALIASES.name, "", "", client.list_account_aliases().send()).await;
    answer.ok()?.account_aliases.into_iter().next()
}

/// The virtual MFA devices that are assigned to users.
struct Devices {
    devices: Vec<VirtualMfaDevice>,
    cut: Option<GapId>,
}

impl Devices {
    /// Whether root uses a virtual device: hardware tokens, security keys and passkeys are not
    /// [listed](https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html), so that MFA without
    /// any virtual device is a device one can hold.
    fn root_has_one(&self, ask: &ApiClient) -> Fact<bool> {
        let roots = |device: &VirtualMfaDevice| {
            let owner = device.user.as_ref().map(|user| user.arn());
            match owner.filter(|arn| !arn.is_empty()) {
                Some(arn) => Known(arn.ends_with(":root")),
                // The name that the console gives to root's.
                None if device.serial_number().ends_with(":mfa/root-account-mfa-device") => {
                    Known(true)
                }
                None => ask.undetermined(
                    DEVICES.name,
                    device.serial_number(),
                    "the list does not identify the owner of the device",
                ),
            }
        };
        let listed = fact::any(self.devices.iter().map(roots));
        match self.cut {
            Some(gap) => listed | Fact::Gap(gap),
            None => listed,
        }
    }
}

async fn virtual_devices(audit: &Audit<'_>, client: &Client) -> Devices {
    if !audit.calls(&DEVICES) {
        return Devices { devices: Vec::new(), cut: Some(GapId::NOT_COLLECTED) };
    }
    let found = pages(
        audit.ask,
        DEVICES.name,
        |marker| {
            client
                .list_virtual_mfa_devices()
                .assignment_status(AssignmentStatusType::Assigned)
                .max_items(PAGE)
                .set_marker(marker)
                .send()
        },
        |page| (page.is_truncated(), page.marker()),
    )
    .await;
    let devices = found.pages.into_iter().flat_map(|page| page.virtual_mfa_devices).collect();
    Devices { devices, cut: found.cut }
}

/// What holds where the customer set no policy, by the
/// [user guide](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html#default-policy-details):
/// eight characters, three of the four classes (so that none of them must be there), and passwords never expire.
const DEFAULT_PASSWORD_POLICY: PasswordPolicy = PasswordPolicy {
    provider_default: true,
    minimum_length: 8,
    upper_case: false,
    lower_case: false,
    digits: false,
    symbols: false,
    expires_after_days: None,
    remembered: 0,
};

/// The length that a policy has whose author named none, by
/// [UpdateAccountPasswordPolicy](https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html).
const UNSAID_LENGTH: u32 = 6;

async fn password_policy(audit: &Audit<'_>, client: &Client) -> Fact<PasswordPolicy> {
    if !audit.calls(&PASSWORD_POLICY) {
        return Fact::not_collected();
    }
    let ask = audit.ask;
    let answer =
        ask.ask(PASSWORD_POLICY.name, "", "", client.get_account_password_policy().send()).await;
    let policy = answer.map(|output| output.password_policy).map(|policy| {
        let policy = policy?;
        let number = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok());
        Some(PasswordPolicy {
            provider_default: false,
            minimum_length: number(policy.minimum_password_length).unwrap_or(UNSAID_LENGTH),
            upper_case: policy.require_uppercase_characters,
            lower_case: policy.require_lowercase_characters,
            digits: policy.require_numbers,
            symbols: policy.require_symbols,
            // Zero is never.
            expires_after_days: number(policy.max_password_age).filter(|days| *days > 0),
            remembered: number(policy.password_reuse_prevention).unwrap_or(0),
        })
    });
    let policy = ask.fact_or(policy, &["NoSuchEntity"], Some(DEFAULT_PASSWORD_POLICY));
    policy.and_then(|policy| match policy {
        Some(policy) => Known(*policy),
        None => ask.malformed(PASSWORD_POLICY.name, "", "the response has no policy"),
    })
}

/// How many providers people may sign in through.
async fn identity_providers(audit: &Audit<'_>, client: &Client) -> Fact<u32> {
    if !audit.calls(&SAML) {
        return Fact::not_collected();
    }
    let ask = audit.ask;
    let (saml, oidc) = futures::join!(
        ask.ask(SAML.name, "", "", client.list_saml_providers().send()),
        ask.ask(OIDC.name, "", "", client.list_open_id_connect_providers().send()),
    );
    let saml = ask.fact(saml).map(|list| list.saml_provider_list().len());
    let oidc = ask.fact(oidc).map(|list| {
        let list = list.open_id_connect_provider_list();
        list.iter().filter(|provider| !provider.arn().is_some_and(signs_in_workloads)).count()
    });
    saml.and_then(|saml| oidc.map(|oidc| u32::try_from(saml + oidc).unwrap_or(u32::MAX)))
}

/// Whether an OpenID Connect provider issues tokens to workloads only: the
/// [clusters of EKS](https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html) and the
/// issuers of build services. No user signs in through these.
fn signs_in_workloads(arn: &str) -> bool {
    let Some((_, issuer)) = arn.split_once(":oidc-provider/") else { return false };
    let host = issuer.split('/').next().unwrap_or_default().to_ascii_lowercase();
    host.starts_with("oidc.eks.")
        || host.starts_with("oidc-eks.")
        || [
            "token.actions.githubusercontent.com",
            "app.terraform.io",
            "oidc.circleci.com",
            "agent.buildkite.com",
            "vstoken.dev.azure.com",
            "api.bitbucket.org",
            "gitlab.com",
        ]
        .contains(&host.as_str())
}

async fn certificates(audit: &Audit<'_>, client: &Client) -> Listing<Certificate> {
    if !audit.calls(&CERTIFICATES) {
        return Listing::not_collected();
    }
    let ask = audit.ask;
    let found = pages(
        ask,
        CERTIFICATES.name,
        |marker| client.list_server_certificates().max_items(PAGE).set_marker(marker).send(),
        |page| (page.is_truncated(), page.marker()),
    )
    .await;
    let listed = found.pages.iter().flat_map(|page| page.server_certificate_metadata_list());
    let items = listed.map(|certificate| {
        let (id, name) = (certificate.arn(), certificate.server_certificate_name());
        Certificate::unread_on(Provider::Aws, id, name, None).expires(
            match certificate.expiration() {
                Some(expires) => Known(time(expires)),
                None => ask.malformed(CERTIFICATES.name, id, "the response has no expiry date"),
            },
        )
    });
    Listing { items: items.collect(), gaps: found.cut.into_iter().collect() }
}

/// A count.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use posture_model::resource::User;
    use posture_model::wanted::Wanted;

    use super::report::{GENERATE, REPORT};
    use super::*;
    use crate::fake::{Fake, asker};

    fn numbers(entries: &[(&str, i32)]) -> String {
        let entry = |(key, value): &(&str, i32)| {
            format!("<entry><key>{key}</key><value>{value}</value></entry>")
        };
        format!("<SummaryMap>{}</SummaryMap>", entries.iter().map(entry).collect::<String>())
    }

    fn root(fact: posture_model::resource::FactId) -> Wanted {
        Wanted::of(&[fact], &[])
    }

    fn device(serial: &str, owner: &str) -> String {
        format!(
            "<member><SerialNumber>{serial}</SerialNumber><EnableDate>2026-01-01T00:00:00Z</EnableDate><User><Path>/</Path><UserName>x</UserName><UserId>1</UserId><Arn>{owner}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></User></member>"
        )
    }

    fn device_page(devices: &str, marker: Option<&str>) -> String {
        let marker = marker.map_or_else(
            || "<IsTruncated>false</IsTruncated>".to_owned(),
            |marker| format!("<IsTruncated>true</IsTruncated><Marker>{marker}</Marker>"),
        );
        format!("<VirtualMFADevices>{devices}</VirtualMFADevices>{marker}")
    }

    const ROOT: &str = "arn:aws:iam::123456789012:root";
    const USER: &str = "arn:aws:iam::123456789012:user/root";

    #[tokio::test]
    async fn what_root_has_is_in_the_summary() {
        let wanted = Wanted::of(
            &[Account::ROOT_ACCESS_KEY, Account::ROOT_CREDENTIALS, Account::ROOT_MFA],
            &[],
        );
        let fake = Fake::default().xml(
            "GetAccountSummary",
            &numbers(&[
                ("AccountAccessKeysPresent", 0),
                ("AccountMFAEnabled", 1),
                ("AccountPasswordPresent", 1),
                ("AccountSigningCertificatesPresent", 0),
            ]),
        );
        let account = fake.collect(&wanted).await.account;
        assert_eq!(account.root_access_key, Known(false));
        assert_eq!(account.root_mfa, Known(true));
        assert_eq!(account.root_credentials, Known(true));

        // Removed by the organization.
        let fake = Fake::default().xml(
            "GetAccountSummary",
            &numbers(&[
                ("AccountAccessKeysPresent", 0),
                ("AccountPasswordPresent", 0),
                ("AccountSigningCertificatesPresent", 0),
            ]),
        );
        let scope = fake.collect(&wanted).await;
        assert_eq!(scope.account.root_credentials, Known(false));
        // A key that the summary lacks is not a zero.
        let gap = scope.gap(scope.account.root_mfa.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.action.as_str()), (Reason::Undetermined, SUMMARY.name));

        // Whether there is a password is unknown, yet a key is one certain credential.
        let fake =
            Fake::default().xml("GetAccountSummary", &numbers(&[("AccountAccessKeysPresent", 1)]));
        assert_eq!(fake.collect(&wanted).await.account.root_credentials, Known(true));
        let fake =
            Fake::default().xml("GetAccountSummary", &numbers(&[("AccountAccessKeysPresent", 0)]));
        assert!(!fake.collect(&wanted).await.account.root_credentials.is_known());
    }

    #[tokio::test]
    async fn a_denied_summary_leaves_root_unknown() {
        let fake = Fake::default().xml_error("GetAccountSummary", 403, "AccessDenied", "no");
        let scope = fake.collect(&root(Account::ROOT_MFA)).await;
        let gap = scope.gap(scope.account.root_mfa.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, SUMMARY.name));
        assert_eq!(gap.code.as_deref(), Some("AccessDenied"));
    }

    #[tokio::test]
    async fn hardware_is_mfa_without_a_virtual_device_of_roots() {
        let mfa =
            |on| Fake::default().xml("GetAccountSummary", &numbers(&[("AccountMFAEnabled", on)]));
        let list = "ListVirtualMFADevices";
        let wanted = root(Account::ROOT_HARDWARE_MFA);
        let users = device("arn:aws:iam::123456789012:mfa/root-account-mfa-device", USER);
        let roots = device("arn:aws:iam::123456789012:mfa/phone", ROOT);
        let lost = "<member><SerialNumber>arn:aws:iam::123456789012:mfa/x</SerialNumber></member>";

        // A user's device may have any name.
        let fake = mfa(1).xml(list, &device_page(&users, None));
        assert_eq!(fake.collect(&wanted).await.account.root_hardware_mfa, Known(true));
        assert!(fake.seen().iter().any(|r| r.body.contains("AssignmentStatus=Assigned")));

        let fake =
            mfa(1).xml(list, &device_page(&users, Some("m"))).xml(list, &device_page(&roots, None));
        assert_eq!(fake.collect(&wanted).await.account.root_hardware_mfa, Known(false));
        assert!(fake.seen().iter().any(|r| r.body.contains("Marker=m")));

        let fake = mfa(0).xml_error(list, 403, "AccessDenied", "no");
        assert_eq!(fake.collect(&wanted).await.account.root_hardware_mfa, Known(false));

        for unknown in [
            mfa(1).xml_error(list, 403, "AccessDenied", "no"),
            mfa(1).xml(list, &device_page(lost, None)),
            mfa(1).xml(list, &device_page(&users, Some("m"))).xml_error(
                list,
                403,
                "AccessDenied",
                "",
            ),
            // The list is truncated and does not show where it continues.
            mfa(1).xml(list, &device_page(&users, Some(""))),
        ] {
            assert!(!unknown.collect(&wanted).await.account.root_hardware_mfa.is_known());
        }
    }

    #[tokio::test]
    async fn a_password_policy_that_is_not_set_is_the_providers() {
        let wanted = root(Account::PASSWORD_POLICY);
        let action = "GetAccountPasswordPolicy";
        let fake = Fake::default().xml_error(action, 404, "NoSuchEntity", "cannot be found");
        let policy = fake.collect(&wanted).await.account.password_policy;
        assert_eq!(policy, Known(DEFAULT_PASSWORD_POLICY));

        let fake = Fake::default().xml(
            action,
            "<PasswordPolicy><MinimumPasswordLength>14</MinimumPasswordLength><RequireSymbols>true</RequireSymbols><RequireNumbers>false</RequireNumbers><RequireUppercaseCharacters>false</RequireUppercaseCharacters><RequireLowercaseCharacters>false</RequireLowercaseCharacters><AllowUsersToChangePassword>false</AllowUsersToChangePassword><ExpirePasswords>false</ExpirePasswords><MaxPasswordAge>0</MaxPasswordAge><PasswordReusePrevention>24</PasswordReusePrevention></PasswordPolicy>",
        );
        let policy = *fake.collect(&wanted).await.account.password_policy.known().unwrap();
        assert_eq!((policy.minimum_length, policy.symbols, policy.digits), (14, true, false));
        assert_eq!((policy.expires_after_days, policy.remembered), (None, 24));
        assert!(!policy.provider_default);

        for (status, code) in [(403, "AccessDenied"), (400, "Throttling"), (500, "ServiceFailure")]
        {
            let fake = Fake::default().xml_error(action, status, code, "no");
            assert!(!fake.collect(&wanted).await.account.password_policy.is_known(), "{code}");
        }
        // Not XML at all, and no policy inside.
        for body in ["<html>", ""] {
            let fake = Fake::default().answer(action, 200, body);
            let scope = fake.collect(&wanted).await;
            let gap = scope.gap(scope.account.password_policy.gap().unwrap()).unwrap();
            assert_eq!(gap.reason, Reason::Malformed);
        }
    }

    #[tokio::test]
    async fn throttled_calls_are_asked_again() {
        let fake = Fake::default()
            .xml_error("GetAccountSummary", 400, "Throttling", "Rate exceeded")
            .xml("GetAccountSummary", &numbers(&[("AccountMFAEnabled", 1)]));
        let scope = fake.collect(&root(Account::ROOT_MFA)).await;
        assert_eq!(scope.account.root_mfa, Known(true));
        let calls = scope.calls[SUMMARY.name];
        assert_eq!((calls.operations, calls.attempts), (1, 2));
    }

    #[tokio::test]
    async fn providers_through_which_people_sign_in_are_counted() {
        let wanted = root(Account::IDENTITY_PROVIDERS);
        let saml = "<SAMLProviderList><member><Arn>arn:aws:iam::123456789012:saml-provider/x</Arn></member></SAMLProviderList>";
        let arn = |issuer: &str| {
            format!("<member><Arn>arn:aws:iam::123456789012:oidc-provider/{issuer}</Arn></member>")
        };
        let oidc = format!(
            "<OpenIDConnectProviderList>{}{}{}</OpenIDConnectProviderList>",
            arn("oidc.eks.eu-west-1.amazonaws.com/id/A"),
            arn("token.actions.githubusercontent.com"),
            arn("login.example.com/x"),
        );
        let fake =
            Fake::default().xml("ListSAMLProviders", saml).xml("ListOpenIDConnectProviders", &oidc);
        assert_eq!(fake.collect(&wanted).await.account.identity_providers, Known(2));
        let fake = Fake::default().xml("ListSAMLProviders", saml).xml_error(
            "ListOpenIDConnectProviders",
            403,
            "AccessDenied",
            "",
        );
        assert!(!fake.collect(&wanted).await.account.identity_providers.is_known());
    }

    #[tokio::test]
    async fn certificates_are_listed_to_the_last_page() {
        let wanted = Wanted::of(&[], &[Kind::Certificate]);
        let member = |name: &str, expires: &str| {
            format!(
                "<member><Path>/</Path><ServerCertificateName>{name}</ServerCertificateName><ServerCertificateId>A</ServerCertificateId><Arn>arn:aws:iam::123456789012:server-certificate/{name}</Arn>{expires}</member>"
            )
        };
        let page = |member: &str, more: &str| {
            format!("<ServerCertificateMetadataList>{member}</ServerCertificateMetadataList>{more}")
        };
        let dated = member("a", "<Expiration>2026-05-01T00:00:00Z</Expiration>");
        let fake = Fake::default()
            .xml(
                "ListServerCertificates",
                &page(&dated, "<IsTruncated>true</IsTruncated><Marker>2</Marker>"),
            )
            .xml(
                "ListServerCertificates",
                &page(&member("b", ""), "<IsTruncated>false</IsTruncated>"),
            );
        let scope = fake.collect(&wanted).await;
        assert!(scope.certificates.is_complete());
        let [a, b] = &scope.certificates.items[..] else { panic!() };
        assert_eq!(a.expires, Known("2026-05-01T00:00:00Z".parse().unwrap()));
        let gap = scope.gap(b.expires.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.target.as_str()), (Reason::Malformed, b.id.as_str()));

        let fake = Fake::default().xml_error("ListServerCertificates", 403, "AccessDenied", "no");
        let scope = fake.collect(&wanted).await;
        assert!(!scope.certificates.is_complete());
        assert!(!scope.certificates.gaps.contains(&GapId::NOT_COLLECTED));
    }

    #[tokio::test]
    async fn the_alias_names_the_account_and_its_refusal_harms_nothing() {
        let alias = "<AccountAliases><member>example-prod</member></AccountAliases><IsTruncated>false</IsTruncated>";
        let fake = Fake::default().xml("ListAccountAliases", alias);
        let scope = fake.collect(&Wanted::default()).await;
        assert_eq!(scope.name.as_deref(), Some("example-prod"));
        assert_eq!(scope.account.name, "example-prod");
        assert_eq!(scope.account.id, "123456789012");
        // Nothing else of IAM is wanted, and nothing else was asked.
        let iam = |body: &str| body.contains("Version=2010-05-08");
        assert_eq!(fake.seen().iter().filter(|request| iam(&request.body)).count(), 1);

        let fake = Fake::default().xml_error("ListAccountAliases", 403, "AccessDenied", "no");
        let scope = fake.collect(&Wanted::default()).await;
        assert_eq!(scope.name, None);
        assert_eq!(scope.gaps.len(), 2);
    }

    #[test]
    fn a_total_disproves_a_listing_of_another_length() {
        let ask = asker();
        let summary = Summary(Known(HashMap::from([(SummaryKeyType::Users, 3)])));
        assert_eq!(summary.disproves(&ask, SummaryKeyType::Users, 3), None);
        assert!(summary.disproves(&ask, SummaryKeyType::Users, 2).is_some());
        assert!(summary.disproves(&ask, SummaryKeyType::Users, 4).is_some());
        // The account does not say how many roles it has.
        assert_eq!(summary.disproves(&ask, SummaryKeyType::Roles, 9), None);
        let gaps = ask.into_gaps();
        assert!(gaps.iter().any(|gap| {
            gap.reason == Reason::Incomplete
                && gap.detail.as_deref() == Some("2 users listed, the account has 3")
        }));
    }

    #[test]
    fn facts_of_users_take_the_table_for_their_word() {
        // The summary proves the listing, so that wanting users includes wanting the summary.
        let wanted = Wanted::of(&[User::MFA], &[]);
        for action in [SUMMARY.name, AUTHORIZATION.name, GENERATE.name, REPORT.name] {
            let known = crate::action::ACTIONS.iter().find(|known| known.name == action).unwrap();
            assert!(known.is_wanted(&wanted), "{action}");
        }
    }
}
