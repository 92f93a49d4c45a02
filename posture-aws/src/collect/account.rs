//! Whom AWS reaches about the account.

use aws_sdk_account::types::{AlternateContactType, ContactInformation};
use posture_core::fact::Fact;
use posture_core::scope::Scope;

use super::Audit;

const ALTERNATE: &str = "account:GetAlternateContact";
const PRIMARY: &str = "account:GetContactInformation";

/// Where no contact is set, [AWS says](https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html)
/// that there is no such resource.
const NONE: &[&str] = &["ResourceNotFoundException"];

/// What is known of the contacts.
pub(super) struct Contacts {
    security: Fact<bool>,
    details: Fact<bool>,
}

impl Contacts {
    pub(super) fn put(self, scope: &mut Scope) {
        scope.account.security_contact = self.security;
        scope.account.contact_details = self.details;
    }
}

pub(super) async fn collect(audit: &Audit<'_>) -> Contacts {
    let client = audit.session.account_api(audit.session.home_region(), audit.meter);
    let security = async {
        if !audit.calls(ALTERNATE) {
            return Fact::not_collected();
        }
        let call = client
            .get_alternate_contact()
            .alternate_contact_type(AlternateContactType::Security)
            .send();
        let answer = audit.ask.ask(ALTERNATE, "", "", call).await;
        let set = answer.map(|output| {
            // An address nobody can be reached at is no contact.
            output.alternate_contact.is_some_and(|contact| {
                let reachable =
                    |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
                reachable(contact.email_address()) || reachable(contact.phone_number())
            })
        });
        audit.ask.fact_or(set, NONE, false)
    };
    let details = async {
        if !audit.calls(PRIMARY) {
            return Fact::not_collected();
        }
        let answer = audit.ask.ask(PRIMARY, "", "", client.get_contact_information().send()).await;
        let set =
            answer.map(|output| output.contact_information.as_ref().is_some_and(is_reachable));
        audit.ask.fact_or(set, NONE, false)
    };
    let (security, details) = futures::join!(security, details);
    Contacts { security, details }
}

fn is_reachable(contact: &ContactInformation) -> bool {
    [contact.full_name(), contact.phone_number(), contact.address_line1(), contact.country_code()]
        .iter()
        .all(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use posture_core::fact::Known;
    use posture_core::gap::Reason;
    use posture_core::resource::Account;
    use posture_core::wanted::Wanted;

    use crate::fake::Fake;

    const SECURITY: &str = "POST /getAlternateContact";
    const PRIMARY: &str = "POST /getContactInformation";

    fn wanted() -> Wanted {
        let facts = [Account::SECURITY_CONTACT, Account::CONTACT_DETAILS];
        Wanted::of(&facts, &[])
    }

    #[tokio::test]
    async fn contacts_are_read() {
        let fake = Fake::default()
            .answer(
                SECURITY,
                200,
                r#"{"AlternateContact":{"AlternateContactType":"SECURITY","EmailAddress":"soc@example.com","Name":"SOC","PhoneNumber":"+1","Title":"x"}}"#,
            )
            .answer(
                PRIMARY,
                200,
                r#"{"ContactInformation":{"AddressLine1":"1 Main St","City":"X","CountryCode":"DE","FullName":"Example","PhoneNumber":"+49","PostalCode":"1"}}"#,
            );
        let scope = fake.collect(&wanted()).await;
        assert_eq!(scope.account.security_contact, Known(true));
        assert_eq!(scope.account.contact_details, Known(true));
        assert!(fake.seen().iter().any(|r| r.action == SECURITY && r.body.contains("SECURITY")));
    }

    #[tokio::test]
    async fn no_contact_is_an_answer_and_a_refusal_is_a_gap() {
        let fake = Fake::default()
            .json_error(
                SECURITY,
                404,
                "ResourceNotFoundException",
                "No contact of the inputted alternate contact type found.",
            )
            .json_error(
                PRIMARY,
                403,
                "AccessDeniedException",
                "no identity-based policy allows the action",
            );
        let scope = fake.collect(&wanted()).await;
        assert_eq!(scope.account.security_contact, Known(false));
        let gap = scope.gap(scope.account.contact_details.gap().unwrap()).unwrap();
        assert_eq!(gap.reason, Reason::DeniedByIdentityPolicy);
        assert_eq!(gap.action, super::PRIMARY);
    }

    #[tokio::test]
    async fn throttled_is_not_absent() {
        let fake =
            Fake::default().json_error(SECURITY, 429, "TooManyRequestsException", "slow down");
        let scope = fake.collect(&Wanted::of(&[Account::SECURITY_CONTACT], &[])).await;
        let gap = scope.gap(scope.account.security_contact.gap().unwrap()).unwrap();
        assert_eq!(gap.reason, Reason::Throttled);
        // Once, and once again.
        assert_eq!(fake.count(SECURITY), 2);
        assert_eq!(fake.count(PRIMARY), 0);
        assert!(scope.account.contact_details.is_not_collected());
    }
}
