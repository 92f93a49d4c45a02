//! Signing in: tokens of the service that a registry names, passwords, or nothing.
//!
//! By the specifications of [tokens](https://distribution.github.io/distribution/spec/auth/token/) and
//! [OAuth 2](https://distribution.github.io/distribution/spec/auth/oauth/). Credentials go to the registry and to the token service
//! that it names over TLS, and nowhere else.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use posture_image::text;
use reqwest::header::HeaderValue;
use serde_json::Value;
use tokio::time::Instant;
use url::{Url, form_urlencoded};

use crate::body;
use crate::challenge::Challenge;
use crate::docker_config::Login;
use crate::error::Why;
use crate::options::Options;
use crate::request::{answered, retry_after, words_of};
use crate::secret::Secret;
use crate::site::{Held, Known, Site};

/// The most bytes of a response of a token service.
const MOST_BYTES: u64 = 1 << 20;

/// The most scopes that are taken from a registry.
const MOST_SCOPES: usize = 4;

/// How long a token is used if its service does not state that, and at least: by the specification.
const SHORTEST: Duration = Duration::from_secs(60);

/// How long a token is used at most; then there is another one.
const LONGEST: Duration = Duration::from_secs(60 * 60);

impl Site {
    /// Signs in by one of the ways that the registry names. `used` is what it did not accept.
    pub(crate) async fn sign_in(
        &self,
        options: &Options,
        repository: &str,
        challenges: &[Challenge],
        used: Option<&Held>,
    ) -> Result<Held, Why> {
        let _turn = self.gate.lock().await;
        if let Some(held) = self.held(repository).filter(|held| Some(held) != used) {
            return Ok(held);
        }
        let known = self.login(options).await;
        let of = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        let rejected = || Err(Why::SignIn("it rejects the credentials".to_owned()));
        let held = match (of("bearer"), of("basic"), &known.login) {
            (Some(_), _, Some(Login::Token(_))) if used.is_some() => return rejected(),
            (Some(_), _, Some(Login::Token(token))) => {
                Held { scheme: "Bearer", token: token.clone(), until: None }
            }
            (Some(bearer), _, _) => self.token(options, repository, bearer, known).await?,
            (None, Some(_), Some(Login::Password { .. })) if used.is_some() => return rejected(),
            (None, Some(_), Some(Login::Password { user, password })) => {
                Held { scheme: "Basic", token: basic(user, password), until: None }
            }
            (None, Some(_), Some(_)) => {
                let why = "it asks for a password, and the credentials are a token";
                return Err(Why::SignIn(why.to_owned()));
            }
            (None, Some(_), None) => {
                let note = known.shown();
                return Err(Why::SignIn(format!(
                    "it requires credentials, and there are none{note}"
                )));
            }
            (None, None, _) => {
                let schemes: Vec<&str> =
                    challenges.iter().map(|challenge| challenge.scheme.as_str()).collect();
                let schemes = text::clip(schemes.join(", ").as_bytes(), 60);
                let schemes = if schemes.is_empty() { "none".to_owned() } else { schemes };
                return Err(Why::SignIn(format!(
                    "it requires credentials, and names no way to sign in that is supported: {schemes}"
                )));
            }
        };
        self.hold(repository, held.clone());
        Ok(held)
    }

    /// A token for reading a repository.
    async fn token(
        &self,
        options: &Options,
        repository: &str,
        bearer: &Challenge,
        known: &Known,
    ) -> Result<Held, Why> {
        let realm = bearer.parameter("realm").and_then(|realm| Url::parse(realm).ok());
        let mut realm = realm.ok_or_else(|| Why::Realm("it names no address".to_owned()))?;
        let host = text::clip(realm.host_str().unwrap_or_default().as_bytes(), 100);
        self.check(&realm).map_err(|why| Why::Realm(format!("{host}: {why}")))?;
        realm.set_fragment(None);
        // What the registry asks for may be more. A scope without a type is its own, such as `aws` of public.ecr.aws.
        let scope = format!("repository:{repository}:pull");
        let asked = bearer.parameter("scope").unwrap_or_default().split(' ');
        let more =
            asked.filter(|scope| !scope.is_empty() && !scope.contains(':')).take(MOST_SCOPES);
        let scopes: Vec<&str> = std::iter::once(scope.as_str()).chain(more).collect();
        let all = scopes.join(" ");
        let mut fields = Vec::new();
        fields.extend(bearer.parameter("service").map(|service| ("service", service)));
        let request = if let Some(Login::Identity(token)) = &known.login {
            fields.extend([
                ("scope", all.as_str()),
                ("grant_type", "refresh_token"),
                ("client_id", "posture"),
                ("refresh_token", token.expose()),
            ]);
            let form =
                form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            let post =
                self.http.post(realm).header("content-type", "application/x-www-form-urlencoded");
            post.body(form)
        } else {
            fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
            realm.query_pairs_mut().extend_pairs(fields);
            let get = self.http.get(realm);
            match &known.login {
                Some(Login::Password { user, password }) => {
                    let value = format!("Basic {}", basic(user, password).expose());
                    let value = HeaderValue::from_str(&value).map(|mut value| {
                        value.set_sensitive(true);
                        value
                    });
                    let value = value.map_err(|_| {
                        Why::SignIn(
                            "the credentials have characters that cannot be sent".to_owned(),
                        )
                    })?;
                    get.header("authorization", value)
                }
                _ => get,
            }
        };
        let request =
            request.header("accept", "application/json").header("accept-encoding", "identity");
        let response = answered(request, options).await.map_err(|why| match why {
            Why::Unreachable(why) => Why::Unreachable(format!("its token service {host}: {why}")),
            Why::Redirect(why) => Why::Realm(format!("{host}: {why}")),
            why => why,
        })?;
        let (status, wait) = (response.status().as_u16(), retry_after(response.headers()));
        if (300..400).contains(&status) {
            return Err(Why::Realm(format!("{host}: it redirects")));
        }
        let bytes = body::whole(response, MOST_BYTES, options).await;
        if status == 200 {
            return self.issued(&bytes?, &host);
        }
        let words = words_of(&bytes.unwrap_or_default())
            .map_or_else(String::new, |words| format!(" ({})", self.clean(&words)));
        let detail = format!(", by its token service {host}{words}");
        Err(match (status, &known.login) {
            (400 | 401 | 403, Some(_)) => {
                Why::SignIn(format!("the token service {host} rejects the credentials{words}"))
            }
            (401 | 403, None) => Why::SignIn(format!(
                "the token service {host} requires credentials, and there are none{}{words}",
                known.shown()
            )),
            (429, _) => Why::Throttled { wait, detail },
            (500.., _) => Why::Server { status, detail },
            _ => Why::Unexpected { status, detail },
        })
    }

    fn issued(&self, bytes: &[u8], host: &str) -> Result<Held, Why> {
        // The errors of serde_json repeat values.
        let malformed =
            |what: &str| Why::Malformed(format!("the token service {host} sent {what}"));
        let value: Value =
            serde_json::from_slice(bytes).map_err(|_| malformed("what is not JSON"))?;
        let field =
            |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let token = field("token").or_else(|| field("access_token"));
        let token = Secret::new(token.ok_or_else(|| malformed("no token"))?);
        let stated = value.get("expires_in").and_then(Value::as_u64).map(Duration::from_secs);
        let time = stated.unwrap_or(SHORTEST).clamp(SHORTEST, LONGEST);
        let held = Held { scheme: "Bearer", token, until: Some(Instant::now() + time) };
        if held.header().is_none() {
            return Err(malformed("a token with characters that no token has"));
        }
        Ok(held)
    }
}

/// The value of a Basic authorization.
pub(crate) fn basic(user: &str, password: &Secret) -> Secret {
    Secret::new(BASE64_STANDARD.encode(format!("{user}:{}", password.expose())))
}
