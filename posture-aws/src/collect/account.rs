//! Whom AWS contacts about the account.

use posture_model::fact::Fact;
use posture_model::part::Part;
use posture_model::resource::Account;

use super::context::Audit;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::ACCOUNT;
use crate::wire::{Constant, Operation, answers};

pub(crate) const SECURITY_CONTACT: Action = Action {
    name: "account:GetAlternateContact",
    per: Per::ONCE,
    own: Holds::all(&["AlternateContact"]),
    lists: &[],
    fills: &[Account::SECURITY_CONTACT],
    command: "aws account get-alternate-contact --alternate-contact-type SECURITY",
};

pub(crate) const CONTACT_DETAILS: Action = Action {
    name: "account:GetContactInformation",
    per: Per::ONCE,
    own: Holds::all(&["ContactInformation"]),
    lists: &[],
    fills: &[Account::CONTACT_DETAILS],
    command: "aws account get-contact-information",
};

answers! {
    /// The contact for one purpose.
    GetAlternateContact {
        alternate_contact: "AlternateContact" optional record(AlternateContact),
    }

    AlternateContact {
        email_address: "EmailAddress" optional text,
        phone_number: "PhoneNumber" optional text,
    }

    /// The owner of the account.
    GetContactInformation {
        contact_information: "ContactInformation" optional record(ContactInformation),
    }

    ContactInformation {
        full_name: "FullName" required text,
        phone_number: "PhoneNumber" required text,
        address_line1: "AddressLine1" required text,
        country_code: "CountryCode" required text,
    }
}

pub(crate) static GET_ALTERNATE_CONTACT: Operation<0, GetAlternateContact<'_>> =
    Operation::new(&ACCOUNT, SECURITY_CONTACT.name, "GetAlternateContact")
        .at("POST", "/getAlternateContact")
        .given(&[("AlternateContactType", Constant::Text("SECURITY"))]);

pub(crate) static GET_CONTACT_INFORMATION: Operation<0, GetContactInformation<'_>> =
    Operation::new(&ACCOUNT, CONTACT_DETAILS.name, "GetContactInformation")
        .at("POST", "/getContactInformation");

/// If no contact is set, [AWS reports](https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html)
/// that there is no such resource.
const NONE: &[&str] = &["ResourceNotFoundException"];

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    audit.observed("account", "", contacts(audit)).await
}

/// Reads the contacts that are wanted.
async fn contacts(audit: &Audit<'_>) -> Part {
    let client = &audit.session.client(audit.session.home_region(), audit.meter);
    let security = async {
        if !audit.calls(&SECURITY_CONTACT) {
            return Fact::not_collected();
        }
        let answer = audit.ask.read(client, &GET_ALTERNATE_CONTACT, "", "", []).await;
        let set = answer.map(|answer| {
            // An address without a recipient is not a contact.
            answer.read().alternate_contact().is_some_and(|contact| {
                let reachable =
                    |text: Option<&str>| text.is_some_and(|text| !text.trim().is_empty());
                reachable(contact.email_address()) || reachable(contact.phone_number())
            })
        });
        audit.ask.fact_or(set, NONE, false)
    };
    let details = async {
        if !audit.calls(&CONTACT_DETAILS) {
            return Fact::not_collected();
        }
        let answer = audit.ask.read(client, &GET_CONTACT_INFORMATION, "", "", []).await;
        let set =
            answer.map(|answer| answer.read().contact_information().is_some_and(is_reachable));
        audit.ask.fact_or(set, NONE, false)
    };
    let (security, details) = futures::join!(security, details);
    Part::account(|account| account.security_contact(security).contact_details(details))
}

fn is_reachable(contact: ContactInformation<'_>) -> bool {
    [contact.full_name(), contact.phone_number(), contact.address_line1(), contact.country_code()]
        .iter()
        .all(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use posture_model::fact::Known;
    use posture_model::gap::Reason;
    use posture_model::resource::Account;
    use posture_model::wanted::Wanted;

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

    /// A phone number alone will do for security; the primary contact needs each part.
    #[tokio::test]
    async fn a_contact_has_to_be_one_that_can_be_reached() {
        let security = |email: &str, phone: &str| {
            format!(
                r#"{{"AlternateContact":{{"AlternateContactType":"SECURITY","EmailAddress":"{email}","PhoneNumber":"{phone}"}}}}"#
            )
        };
        let primary = |name: &str, phone: &str, address: &str, country: &str| {
            format!(
                r#"{{"ContactInformation":{{"AddressLine1":"{address}","City":"X","CountryCode":"{country}","FullName":"{name}","PhoneNumber":"{phone}","PostalCode":"1"}}}}"#
            )
        };
        for (security, primary, expected) in [
            (security("soc@example.com", ""), primary("a", "1", "b", "DE"), (true, true)),
            (security(" ", "+1"), primary("", "1", "b", "DE"), (true, false)),
            (security("", " "), primary("a", " ", "b", "DE"), (false, false)),
            (security("", ""), primary("a", "1", "", "DE"), (false, false)),
            (security("x", "+1"), primary("a", "1", "b", ""), (true, false)),
        ] {
            let fake =
                Fake::default().answer(SECURITY, 200, security).answer(PRIMARY, 200, primary);
            let account = fake.collect(&wanted()).await.account;
            let is = (account.security_contact, account.contact_details);
            assert_eq!(is, (Known(expected.0), Known(expected.1)));
        }
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
        assert_eq!(gap.action, "account:GetContactInformation");
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
