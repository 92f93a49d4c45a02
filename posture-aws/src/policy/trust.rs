//! The principals that the [trust policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html) of a
//! role allows to assume it.

use posture_model::dated::Dated;

use super::Home;
use super::answer::{Answer, Found};
use super::condition::{Condition, Operator};
use super::document::{Document, Principal, Principals, Statement};
use super::glob::{Glob, Token};
use super::outsider::Who;
use super::resource::{Asked, COGNITO};

/// The actions that assume a role; a statement may allow `sts:TagSession` and `sts:SetSourceIdentity` besides.
const ASSUME: &[&str] =
    &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

const WEB_IDENTITY: &str = "sts:AssumeRoleWithWebIdentity";

const SAML: &str = "sts:AssumeRoleWithSAML";

/// What is in the ARN of a SAML provider.
const SAML_PROVIDER: &str = ":saml-provider/";

/// Services that run the customer's code and assume a role for it, most of them without naming a source. A role
/// [cannot be passed to another account](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html), so
/// that only principals of its own account can have them assume it; a condition on the source excludes the service.
///
/// AWS [shows a condition](https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html) on
/// `aws:SourceAccount` for roles of ECS tasks, which ECS meets. A role without it does not allow a confused deputy either,
/// for the same reason: it cannot be passed from another account.
static WITHOUT_SOURCE: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
        "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html",
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
    ],
    "2026-11-30",
    &[
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ecs-tasks.amazonaws.com",
        "pods.eks.amazonaws.com",
    ],
);

impl Document {
    /// Of a trust policy: the statements that let anyone assume the role, the
    /// [guests](https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html) of an identity
    /// pool of Amazon Cognito included.
    ///
    /// An external ID does not narrow who: it is not a secret. For other federations there is a separate question,
    /// [`Self::trusts_federation_without_subject`].
    pub fn trusts_anyone(&self, home: &Home<'_>) -> Found {
        let mut found = self.open_to_all(home, &Asked::these(ASSUME), false);
        let asked = Asked::these(&[WEB_IDENTITY]);
        for statement in self.allows() {
            let pool = match &statement.principals {
                Principals::These(list) => list.iter().any(
                    |one| matches!(one, Principal::Federated(provider) if provider.starts_with(COGNITO)),
                ),
                Principals::Unnamed | Principals::AllBut(_) => false,
            };
            if pool {
                found.add(&statement.label, self.lets(statement, Who::Guest, &asked, home));
            }
        }
        found
    }

    /// Of a trust policy: the ids of the accounts outside `home` that may assume the role, as in
    /// [`Self::external_accounts`].
    pub fn trusts_accounts(&self, home: &Home<'_>) -> Found {
        self.accounts(home, &Asked::these(ASSUME), false)
    }

    /// Of a trust policy: those of [`Self::trusts_accounts`] that need to prove nothing more: no
    /// [external ID](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html), no
    /// organization, no named network, whether an Allow or a Deny requires it. MFA or the name of a role is not
    /// such a proof, as a third party's confused deputy has both.
    pub fn trusts_accounts_unconditionally(&self, home: &Home<'_>) -> Found {
        self.accounts(home, &Asked::these(ASSUME), true)
    }

    /// Of a trust policy: the OpenID Connect providers trusted without a condition on the subject (`…:sub`) that leaves
    /// less than a tenant of the provider, see
    /// [roles for OIDC](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_secure-by-default.html).
    /// For Amazon Cognito the audience is the identity pool, which is enough.
    pub fn trusts_federation_without_subject(&self, _home: &Home<'_>) -> Found {
        let mut found = Found::default();
        for (statement, provider) in self.federations() {
            if !provider.contains(SAML_PROVIDER) {
                found.add(provider, has_subject(statement, provider).negate());
            }
        }
        found
    }

    /// Of a trust policy: the OpenID Connect and SAML providers trusted without a condition on the audience, that is, on the
    /// application or the sign-in endpoint that the token was issued for. AWS asks for one in roles for
    /// [OpenID Connect](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html) and for
    /// [SAML](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html).
    pub fn trusts_federation_without_audience(&self, _home: &Home<'_>) -> Found {
        let mut found = Found::default();
        for (statement, provider) in self.federations() {
            found.add(provider, has_audience(statement, provider).negate());
        }
        found
    }

    /// The statements that let a federation assume the role, each with a provider that it names.
    fn federations(&self) -> impl Iterator<Item = (&Statement, &str)> {
        let (web, saml) = (WEB_IDENTITY.to_ascii_lowercase(), SAML.to_ascii_lowercase());
        self.allows().flat_map(move |statement| {
            let named: &[Principal] = match &statement.principals {
                Principals::These(list) => list,
                Principals::Unnamed | Principals::AllBut(_) => &[],
            };
            let (web, saml) = (statement.actions.matches(&web), statement.actions.matches(&saml));
            named.iter().filter_map(move |principal| match principal {
                Principal::Federated(provider) => {
                    let allowed = if provider.contains(SAML_PROVIDER) { saml } else { web };
                    allowed.then_some((statement, provider.as_str()))
                }
                _ => None,
            })
        })
    }

    /// Of a trust policy: the services trusted without fixing for which source account or resource they may act, except for
    /// those that never name a source.
    pub fn trusts_services_without_source(&self, home: &Home<'_>) -> Found {
        let mut found = self.services(home, &Asked::these(ASSUME));
        found.certain.retain(|name| !WITHOUT_SOURCE.contains(&name.as_str()));
        found.undecided.retain(|maybe| !WITHOUT_SOURCE.contains(&maybe.what.as_str()));
        found
    }
}

/// What the claims of a provider are called in conditions, without the claim: `token.actions.githubusercontent.com`.
fn issuer(provider: &str) -> String {
    let issuer = provider.rsplit_once("oidc-provider/").map_or(provider, |(_, issuer)| issuer);
    issuer.to_ascii_lowercase()
}

/// The claims that show for whom a token was issued: its audience, or the client that it was requested by. A token of Amazon or
/// of Facebook has that of an application in its place.
static AUDIENCE: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    "2026-11-30",
    &["app_id", "aud", "azp", "oaud"],
);

/// Whether a statement asks for whom a token was issued.
fn has_audience(statement: &Statement, provider: &str) -> Answer {
    let issuer =
        if provider.contains(SAML_PROVIDER) { "saml".to_owned() } else { issuer(provider) };
    let mut answer = Answer::No;
    for condition in &statement.conditions {
        let claim = condition.key.strip_prefix(&issuer).and_then(|rest| rest.strip_prefix(':'));
        if claim.is_some_and(|claim| AUDIENCE.contains(&claim)) {
            answer = answer.or(audience(condition));
        }
    }
    answer
}

/// Whether a condition leaves out some audience: a pattern of wildcards alone does not.
fn audience(condition: &Condition) -> Answer {
    if !strict(condition) {
        return Answer::No;
    }
    Answer::all(condition.values.iter().map(|value| {
        if value.is_open() {
            return Answer::needs(&condition.key);
        }
        let like = condition.operator == Operator::StringLike;
        let named = value.outline().tokens().iter().any(|token| matches!(token, Token::Char(_)));
        Answer::from(!like || named)
    }))
}

/// Whether a statement fixes which subject of a provider it trusts.
fn has_subject(statement: &Statement, provider: &str) -> Answer {
    let issuer = issuer(provider);
    let pool = issuer.starts_with("cognito-identity");
    let mut answer = Answer::No;
    for condition in &statement.conditions {
        let Some(claim) =
            condition.key.strip_prefix(&issuer).and_then(|rest| rest.strip_prefix(':'))
        else {
            // A key that is not the provider's leaves the subject open, unless it is known to say nothing of it.
            continue;
        };
        let counts = match claim {
            "sub" => subject(condition, &issuer),
            "aud" if pool => fixes_all(condition),
            // Further claims may narrow as well as the subject does.
            claim if BESIDE_THE_SUBJECT.contains(&claim) => Answer::No,
            other => fixes_all(condition).and(Answer::needs(format!("{issuer}:{other}"))),
        };
        answer = answer.or(counts);
    }
    answer
}

/// Claims that do not show the subject, but to whom the token was issued, and how.
static BESIDE_THE_SUBJECT: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
    ],
    "2026-11-29",
    &["amr", "app_id", "aud", "azp", "user_id"],
);

fn strict(condition: &Condition) -> bool {
    !condition.negated
        && !condition.if_exists
        && condition.set != Some(super::condition::SetOperator::ForAll)
        && !condition.values.is_empty()
        && matches!(
            condition.operator,
            Operator::StringEquals | Operator::StringEqualsIgnoreCase | Operator::StringLike
        )
}

fn fixes_all(condition: &Condition) -> Answer {
    Answer::from(
        strict(condition)
            && condition
                .values
                .iter()
                .all(|v| v.fixed().is_some_and(|text| !text.contains(['*', '?']))),
    )
}

/// Whether every value of a condition on the subject leaves less than a tenant.
fn subject(condition: &Condition, issuer: &str) -> Answer {
    if !strict(condition) {
        return Answer::No;
    }
    let like = condition.operator == Operator::StringLike;
    Answer::all(condition.values.iter().map(|value| {
        if value.is_open() {
            return Answer::needs(&condition.key);
        }
        let pattern = value.outline();
        if !like || pattern.is_literal() {
            return Answer::Yes;
        }
        one_tenant(&pattern, issuer)
    }))
}

/// Whether a pattern of subjects stays within a tenant: `repo:owner/*`, but not `repo:*` or `repo:owner*`.
fn one_tenant(pattern: &Glob, issuer: &str) -> Answer {
    if pattern.tokens().iter().all(|token| !matches!(token, Token::Char(_))) {
        return Answer::No;
    }
    let prefix = pattern.prefix();
    let whole = prefix.matches([':', '/']).count();
    let needed = if prefix.starts_with("system:serviceaccount:") { 3 } else { 2 };
    // Names between the marks may not be empty, or `repo:/` would do.
    if whole >= needed && prefix.split([':', '/']).take(needed).all(|part| !part.is_empty()) {
        return Answer::Yes;
    }
    let shared = ["token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io"];
    if shared.iter().any(|name| issuer.starts_with(name)) || prefix.is_empty() {
        Answer::No
    } else {
        Answer::needs(format!("which subjects `{issuer}` issues"))
    }
}

#[cfg(test)]
mod tests;
