//! What documents grant, each read once and each set of them judged once: a thousand roles share a few dozen policies.

use std::collections::HashMap;
use std::rc::Rc;

use posture_model::dated::Dated;

use crate::policy::{
    Caller, Context, Decision, Document, Entity, Found, Home, Identity, Layer, Layers, Request,
    authorize,
};

/// The questions about the policies that an identity holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// Every action on every resource.
    FullAdmin,
    /// The escalation paths that do not depend on what others are allowed.
    Escalation,
    /// Decryption with every key.
    Decrypts,
    /// Every action of a service.
    WildcardServices,
    /// Administration of identities, of keys and of logs.
    ConflictingDuties,
}

/// The questions about the trust policy of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trust {
    /// Anyone.
    Anyone,
    /// Other accounts.
    Accounts,
    /// Other accounts, without further proof.
    AccountsUnconditionally,
    /// Federations, without naming the audience.
    FederationWithoutAudience,
    /// Federations, without naming the subject.
    FederationWithoutSubject,
    /// Services, without naming for whom they act.
    ServicesWithoutSource,
}

/// A document and how findings name it.
pub(super) type Held = (String, Rc<Document>);

/// Parsed documents and the answers so far.
///
/// A document is known by its place in memory, which `documents` keeps for as long as the answers are there.
pub(super) struct Rights<'a> {
    home: Home<'a>,
    documents: HashMap<String, Result<Rc<Document>, String>>,
    answers: HashMap<Asked, Rc<Found>>,
    trusts: HashMap<(Trust, *const Document), Rc<Found>>,
    workloads: HashMap<*const Document, bool>,
}

/// A question about a set of policies.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    question: Question,
    held: Vec<(String, *const Document)>,
    boundary: Option<*const Document>,
    /// Who holds them, where that matters.
    holder: Option<String>,
}

impl<'a> Rights<'a> {
    pub(super) fn new(home: Home<'a>) -> Self {
        Self {
            home,
            documents: HashMap::new(),
            answers: HashMap::new(),
            trusts: HashMap::new(),
            workloads: HashMap::new(),
        }
    }

    /// A document by its text, URL-encoded or not.
    pub(super) fn document(&mut self, text: &str) -> Result<Rc<Document>, String> {
        if let Some(known) = self.documents.get(text) {
            return known.clone();
        }
        let parsed = Document::parse(text).map(Rc::new).map_err(|error| error.to_string());
        self.documents.insert(text.to_owned(), parsed.clone());
        parsed
    }

    /// What an identity that holds these policies can do within its boundary. Who it is matters where the policies speak
    /// of their holder, and for a boundary, which its holder may be able to remove.
    pub(super) fn ask(
        &mut self,
        question: Question,
        held: &[Held],
        boundary: Option<&Rc<Document>>,
        entity: Option<&Entity<'_>>,
    ) -> Rc<Found> {
        let mut key: Vec<_> = held.iter().map(|(name, d)| (name.clone(), Rc::as_ptr(d))).collect();
        // The order in which policies are attached means nothing.
        key.sort();
        let home = self.home;
        let policies = held.iter().map(|(name, d)| (name.as_str(), d.as_ref())).collect();
        let mut identity = Identity::new(home, policies, boundary.map(Rc::as_ref));
        let entity = entity.filter(|_| boundary.is_some() || identity.is_personal());
        if let Some(entity) = entity {
            identity = identity.held_by(*entity);
        }
        let asked = Asked {
            question,
            held: key,
            boundary: boundary.map(Rc::as_ptr),
            holder: entity.map(|entity| entity.arn.to_owned()),
        };
        let judge = || {
            Rc::new(match question {
                Question::FullAdmin => identity.full_admin(),
                Question::Escalation => identity.unconditional_paths(),
                Question::Decrypts => identity.decrypts_any_key(),
                Question::WildcardServices => identity.wildcard_services(),
                Question::ConflictingDuties => identity.conflicting_duties(),
            })
        };
        Rc::clone(self.answers.entry(asked).or_insert_with(judge))
    }

    /// The principals that a trust policy allows to assume its role.
    pub(super) fn trusts(&mut self, question: Trust, policy: &Rc<Document>) -> Rc<Found> {
        let home = &self.home;
        let judge = || {
            Rc::new(match question {
                Trust::Anyone => policy.trusts_anyone(home),
                Trust::Accounts => policy.trusts_accounts(home),
                Trust::AccountsUnconditionally => policy.trusts_accounts_unconditionally(home),
                Trust::FederationWithoutAudience => policy.trusts_federation_without_audience(home),
                Trust::FederationWithoutSubject => policy.trusts_federation_without_subject(home),
                Trust::ServicesWithoutSource => policy.trusts_services_without_source(home),
            })
        };
        let known = self.trusts.entry((question, Rc::as_ptr(policy)));
        Rc::clone(known.or_insert_with(judge))
    }

    /// Whether a trust policy allows compute services to assume its role. Conditions may name the function or cluster; that it
    /// is one does not depend on them.
    pub(super) fn is_for_workloads(&mut self, role: &str, policy: &Rc<Document>) -> bool {
        let account = self.home.account;
        *self.workloads.entry(Rc::as_ptr(policy)).or_insert_with(|| {
            COMPUTE.iter().any(|name| {
                let request = Request {
                    caller: Caller::Service { name },
                    action: "sts:AssumeRole",
                    resource: role,
                    resource_account: account,
                    context: Context::open(),
                };
                let layers =
                    Layers { resource: Layer::Policies(vec![policy]), ..Layers::default() };
                match authorize(&request, &layers) {
                    Decision::Allowed | Decision::Unknown(_) => true,
                    Decision::Forbidden | Decision::NotAllowed => false,
                }
            })
        })
    }
}

/// The [services](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-services)
/// that run the customer's code and hand it the credentials of a role.
static COMPUTE: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
        "https://pathfinding.cloud/paths/",
    ],
    "2026-11-29",
    &[
        "amplify.amazonaws.com",
        "bedrock-agentcore.amazonaws.com",
        "build.apprunner.amazonaws.com",
        "codebuild.amazonaws.com",
        "ec2.amazonaws.com",
        "ec2.amazonaws.com.cn",
        "ecs-tasks.amazonaws.com",
        "edgelambda.amazonaws.com",
        "emr-serverless.amazonaws.com",
        "gamelift.amazonaws.com",
        "glue.amazonaws.com",
        "lambda.amazonaws.com",
        "pods.eks.amazonaws.com",
        "sagemaker.amazonaws.com",
        // Servers elsewhere that are managed as if they were instances.
        "ssm.amazonaws.com",
        "tasks.apprunner.amazonaws.com",
    ],
);

/// Whether a trust policy refers to the OpenID Connect provider of an EKS cluster, through which pods
/// [assume roles](https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html). The text may be
/// URL-encoded.
pub(super) fn speaks_of_a_cluster(trust: &str) -> bool {
    let trust = trust.to_ascii_lowercase();
    ["/", "%2f"].iter().any(|slash| {
        ["oidc.eks.", "oidc-eks."]
            .iter()
            .any(|host| trust.contains(&format!("oidc-provider{slash}{host}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Membership;

    const HOME: Home<'_> =
        Home { account: "123456789012", partition: "aws", organization: Membership::Unknown };

    fn allow(action: &str) -> String {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#
        )
    }

    #[test]
    fn each_document_is_read_once_and_each_set_judged_once() {
        let mut rights = Rights::new(HOME);
        let texts: Vec<String> = (0..40).map(|n| allow(&format!("s3:Get{n}*"))).collect();
        for role in 0..1_000 {
            // Two of forty policies, in one order or the other.
            let mut held = Vec::new();
            for n in [role % 40, (role + 1) % 40] {
                held.push((format!("policy `{n}`"), rights.document(&texts[n]).unwrap()));
            }
            if role % 2 == 0 {
                held.reverse();
            }
            rights.ask(Question::FullAdmin, &held, None, None);
            rights.ask(Question::FullAdmin, &held, Some(&held[0].1.clone()), None);
        }
        assert_eq!(rights.documents.len(), 40);
        // The boundary is the one or the other of a pair.
        assert!(rights.answers.len() <= 40 + 80, "{}", rights.answers.len());
    }

    #[test]
    fn a_text_that_does_not_parse_stays_so() {
        let mut rights = Rights::new(HOME);
        assert!(rights.document("{").is_err());
        assert!(rights.document("{").is_err());
        assert!(rights.document(&allow("*")).is_ok());
    }

    #[test]
    fn clusters_are_known_in_either_spelling() {
        assert!(speaks_of_a_cluster(
            "arn:aws:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com"
        ));
        assert!(speaks_of_a_cluster("oidc-provider%2Foidc.eks.eu-west-1.amazonaws.com"));
        assert!(!speaks_of_a_cluster("oidc-provider/token.actions.githubusercontent.com"));
    }
}
