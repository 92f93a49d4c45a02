//! The token endpoint, and what a token is good for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use serde_json::json;

use super::reply::Reply;
use super::scenario::Scenario;

/// The tokens that were handed out.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    issued: Mutex<HashMap<String, Token>>,
}

#[derive(Debug)]
struct Token {
    audience: String,
    requests_left: Option<u64>,
}

impl Tokens {
    /// Answers a request for a token: the
    /// [client credentials flow](https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
    pub(crate) fn issue(
        &self,
        scenario: &Scenario,
        path: &str,
        form: &[(String, String)],
    ) -> Reply {
        let field = |name: &str| {
            form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
        };
        let refuse = |status, error: &str, description: &str| Reply {
            body: json!({ "error": error, "error_description": description, "error_codes": [] }),
            ..Reply::error(status, "", "")
        };
        if path != format!("/{}/oauth2/v2.0/token", scenario.tenant) {
            return refuse(400, "invalid_request", "AADSTS90002: Tenant not found.");
        }
        if field("grant_type") != "client_credentials" {
            return refuse(
                400,
                "unsupported_grant_type",
                "AADSTS70003: The grant type is not supported.",
            );
        }
        if field("client_id") != scenario.client.id {
            return refuse(
                400,
                "unauthorized_client",
                "AADSTS700016: Application was not found in the directory.",
            );
        }
        if field("client_secret") != scenario.client.secret {
            return refuse(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.");
        }
        let Some(audience) = field("scope").strip_suffix("/.default") else {
            return refuse(
                400,
                "invalid_scope",
                "AADSTS70011: The provided value for scope is not valid.",
            );
        };
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let claims = json!({
            "aud": audience, "tid": scenario.tenant, "oid": "33333333-3333-4333-8333-333333333333",
            "appid": scenario.client.id, "jti": issued.len(),
        });
        let token = format!(
            "{}.{}.simulated",
            BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
            BASE64_URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        issued.insert(
            token.clone(),
            Token { audience: audience.to_owned(), requests_left: scenario.client.token_requests },
        );
        Reply::ok(
            json!({ "token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token }),
        )
    }

    /// Why a request with this token is denied, if it is.
    pub(crate) fn refusal(&self, authorization: Option<&str>, host: &str) -> Option<Reply> {
        let refuse = |code, message: &str| {
            Some(Reply::error(401, code, message).with(
                "www-authenticate",
                format!("Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\", resource=\"https://{host}\""),
            ))
        };
        let Some(token) = authorization.and_then(|header| header.strip_prefix("Bearer ")) else {
            return refuse(
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.",
            );
        };
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = issued.get_mut(token) else {
            return refuse("InvalidAuthenticationToken", "The access token is invalid.");
        };
        if token.audience.trim_start_matches("https://").trim_end_matches('/') != host {
            return refuse(
                "InvalidAuthenticationTokenAudience",
                "The access token has been obtained for the wrong audience.",
            );
        }
        match &mut token.requests_left {
            Some(0) => refuse(
                "ExpiredAuthenticationToken",
                "The access token expiry UTC time is earlier than current UTC time.",
            ),
            Some(left) => {
                *left -= 1;
                None
            }
            None => None,
        }
    }
}
