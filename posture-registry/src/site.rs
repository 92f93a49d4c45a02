//! One registry: where it is, how it is connected to, and what authorizes the requests to it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use posture_image::reference::DOCKER_HUB;
use reqwest::header::HeaderValue;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::{Host, Url};

use crate::challenge::Challenge;
use crate::docker_config::Login;
use crate::error::Why;
use crate::helper;
use crate::net::{self, Guard, Home, Named, Names};
use crate::options::Options;
use crate::secret::Secret;
use crate::sign_in::basic;

/// Where Docker Hub's registry is.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// A registry.
pub(crate) struct Site {
    /// As references name it.
    pub(crate) name: String,
    /// Its address.
    pub(crate) base: Url,
    /// Whether it is called without TLS.
    pub(crate) plain: bool,
    pub(crate) http: reqwest::Client,
    home: Arc<Home>,
    named: Named,
    names: Names,
    login: OnceCell<Known>,
    held: Mutex<HashMap<String, Held>>,
    /// How it wants to be signed in to, as its root states that.
    pub(crate) greeting: OnceCell<Vec<Challenge>>,
    /// Whether it ever answered; and if it did not, why it is not called again.
    pub(crate) answered: AtomicBool,
    pub(crate) gone: OnceLock<Why>,
    /// Requests that need another token wait for the first of them.
    pub(crate) gate: tokio::sync::Mutex<()>,
}

/// The credentials of a registry, and why there are none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) login: Option<Login>,
    pub(crate) note: Option<String>,
}

impl Known {
    /// Why there are no credentials, for errors.
    pub(crate) fn shown(&self) -> String {
        match (&self.login, &self.note) {
            (None, Some(note)) => format!("; {note}"),
            _ => String::new(),
        }
    }
}

/// What authorizes requests for a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) scheme: &'static str,
    pub(crate) token: Secret,
    pub(crate) until: Option<Instant>,
}

impl Held {
    /// The value of the header; none if the token has characters that no token has.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let text = format!("{} {}", self.scheme, self.token.expose());
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Site {
    pub(crate) fn open(name: &str, options: &Options, names: Names) -> Result<Self, Why> {
        let host = if name == DOCKER_HUB { DOCKER_HUB_HOST } else { name };
        let secure = Url::parse(&format!("https://{host}/"));
        let secure =
            secure.map_err(|_| Why::NotRequested("the registry has no address".to_owned()))?;
        let plain = options.plain_loopback && net::is_loopback(&secure);
        let base = if plain || names.pretends_tls(&secure) {
            let plain = Url::parse(&format!("http://{host}/"));
            plain.map_err(|_| Why::NotRequested("the registry has no address".to_owned()))?
        } else {
            secure
        };
        let home = Arc::new(Home::default());
        let literal = match base.host() {
            Some(Host::Ipv4(address)) => Some(net::class(address.into())),
            Some(Host::Ipv6(address)) => Some(net::class(address.into())),
            _ => None,
        };
        match literal {
            Some(net::Class::Never) => {
                return Err(Why::NotRequested("no registry can have this address".to_owned()));
            }
            Some(class) => home.note(class),
            None => {}
        }
        let named = Named::default();
        let guard = Guard {
            host: base.host_str().unwrap_or_default().to_owned(),
            home: Arc::clone(&home),
            named: named.clone(),
            plain,
            names: names.clone(),
        };
        // Each redirect is checked, and no other host gets the credentials.
        let mut http = net::client(&base, options.connect_time).dns_resolver(guard);
        // What is meant for this machine does not leave it, whatever proxy the environment names.
        if net::is_loopback(&base) || base.scheme() == "http" {
            http = http.no_proxy();
        }
        if !options.authorities.is_empty() {
            let unusable = || Why::NotRequested("the authorities hold no certificate".to_owned());
            let all = reqwest::Certificate::from_pem_bundle(&options.authorities);
            let all = all.ok().filter(|all| !all.is_empty()).ok_or_else(unusable)?;
            http = http.tls_certs_merge(all);
        }
        let http = http.build();
        let http =
            http.map_err(|_| Why::NotRequested("cannot set up the HTTP client".to_owned()))?;
        Ok(Self {
            name: name.to_owned(),
            base,
            plain,
            http,
            home,
            named,
            names,
            login: OnceCell::new(),
            held: Mutex::default(),
            greeting: OnceCell::new(),
            answered: AtomicBool::new(false),
            gone: OnceLock::new(),
            gate: tokio::sync::Mutex::default(),
        })
    }

    /// Notes that no attempt led to an answer. The next image would wait as long for the same.
    pub(crate) fn give_up(&self, why: &Why) {
        let is_silent = matches!(why, Why::Unreachable(_) | Why::TimedOut(_));
        if is_silent && !self.answered.load(Ordering::Acquire) {
            let _ = self.gone.set(why.clone());
        }
    }

    /// Whether an address is that of the registry itself.
    pub(crate) fn is_home(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// Checks an address that the registry names; else why it is not connected to. The resolver checks its addresses.
    pub(crate) fn check(&self, target: &Url) -> Result<(), &'static str> {
        net::check(target, &self.home, self.plain, &self.names)?;
        self.named.add(target);
        Ok(())
    }

    /// The address of a part of a repository.
    pub(crate) fn url(&self, repository: &str, rest: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("v2/{repository}/{rest}"));
        url
    }

    /// The credentials, which are looked for once.
    pub(crate) async fn login(&self, options: &Options) -> &Known {
        self.login.get_or_init(|| self.find_login(options)).await
    }

    /// Whether there may be credentials.
    pub(crate) fn may_have_login(&self, options: &Options) -> bool {
        options.config.is_some() || options.logins.contains_key(&self.name)
    }

    /// The credentials, as far as they were needed. No helper is run for the words of an error.
    pub(crate) fn known(&self) -> Known {
        self.login.get().cloned().unwrap_or_default()
    }

    async fn find_login(&self, options: &Options) -> Known {
        if let Some(login) = options.logins.get(&self.name) {
            return Known { login: Some(login.clone()), note: None };
        }
        let Some(config) = &options.config else { return Known::default() };
        let source = config.source(&self.name);
        let mut known = Known { login: source.login, note: source.note };
        let Some((name, server)) = source.helper else { return known };
        if options.no_exec {
            let name = posture_image::text::clip(name.as_bytes(), 60);
            known.note = Some(format!("the credential helper `{name}` was not run"));
            return known;
        }
        match helper::ask(&name, &server, options.helper_time).await {
            Ok(Some(login)) => Known { login: Some(login), note: None },
            Ok(None) => known,
            Err(why) => {
                known.note = Some(why);
                known
            }
        }
    }

    /// What authorizes requests for a repository, if it is known and has not ended.
    pub(crate) fn held(&self, repository: &str) -> Option<Held> {
        let held = self.lock().get(repository).cloned()?;
        held.until.is_none_or(|until| Instant::now() < until).then_some(held)
    }

    pub(crate) fn hold(&self, repository: &str, held: Held) {
        self.lock().insert(repository.to_owned(), held);
    }

    /// A text of a server, clipped and escaped, without the secrets that it may repeat.
    pub(crate) fn clean(&self, words: &str) -> String {
        let mut words = words.to_owned();
        for held in self.lock().values() {
            words = held.token.hide(&words);
        }
        if let Some(Known { login: Some(login), .. }) = self.login.get() {
            let (Login::Password { password: secret, .. }
            | Login::Identity(secret)
            | Login::Token(secret)) = login;
            words = secret.hide(&words);
            if let Login::Password { user, password } = login {
                words = basic(user, password).hide(&words);
            }
        }
        posture_image::text::clip(words.as_bytes(), 300)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
