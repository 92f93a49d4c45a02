//! The server: one world, one port of loopback.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bytes::Bytes;
use http::request::Parts;
use tokio::sync::watch;

use super::call::{Call, NoCall, Protocol};
use super::services;
use super::wire::{Answer, Failure, error, request_id, respond};
use super::world::{Account, World};
use crate::fault::{Custom, Fault, Faults};
use crate::pace::{Dice, Quotas};
use crate::serve::{Answered, Cloud, Port, places};
use crate::text::glob;

/// Decides whether a caller may make a call, beside what the world allows the caller.
pub type Authorizer = Arc<dyn Fn(&Asked<'_>) -> bool + Send + Sync>;

/// A request as the server evaluates it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The account.
    pub account: &'a str,
    /// The caller.
    pub arn: &'a str,
    /// The name of the permission.
    pub action: &'a str,
    /// The region.
    pub region: &'a str,
    /// The ARN of the requested bucket, in S3, or of the role to assume; otherwise `*`.
    pub resource: &'a str,
}

/// A request that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The account; empty if the key is unknown.
    pub account: String,
    /// The name of the permission; empty where the request was no call.
    pub action: String,
    /// The region that it was signed for.
    pub region: String,
    /// The status of the answer; nought where the connection was closed instead.
    pub status: u16,
    /// After how many of its tags the answer could be [cut](Fault::Cut).
    pub places: u64,
}

/// A simulator that runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    port: Port,
    state: Arc<State>,
}

impl Server {
    /// Serves a world on a port of loopback: the one that is named, or any that is free.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn start(world: World, port: Option<u16>) -> std::io::Result<Self> {
        Self::start_with(world, port, None).await
    }

    /// The same, with a further decision on who may call what.
    ///
    /// # Errors
    /// If the port is in use.
    pub async fn start_with(
        world: World,
        port: Option<u16>,
        authorizer: Option<Authorizer>,
    ) -> std::io::Result<Self> {
        let state = Arc::new(State::new(world, authorizer));
        Ok(Self { port: Port::serve(Arc::clone(&state), port).await?, state })
    }

    /// Where it listens, as `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.port.url()
    }

    /// Every request that was answered so far, unless the world keeps no log.
    pub fn requests(&self) -> Vec<Recorded> {
        self.state.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until this many requests have arrived, answered or not.
    pub async fn arrived(&self, count: u64) {
        let mut arrivals = self.state.arrivals.subscribe();
        // It cannot be closed, as the sender is part of this server.
        let _ = arrivals.wait_for(|arrived| *arrived >= count).await;
    }

    /// Waits until the server ends, which requires a stop.
    pub async fn join(self) {
        self.port.join().await;
    }
}

/// A session of a role.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: usize,
    pub(crate) token: String,
    pub(crate) arn: String,
    pub(crate) allow: Option<Vec<String>>,
}

/// A world that is served.
pub(crate) struct State {
    pub(crate) world: World,
    by_key: HashMap<String, usize>,
    pub(crate) by_id: HashMap<String, usize>,
    /// The account and the place in it of each bucket.
    pub(crate) buckets: HashMap<String, (usize, usize)>,
    pub(crate) sessions: RwLock<HashMap<String, Session>>,
    faults: Faults,
    quotas: Quotas,
    dice: Dice,
    authorizer: Option<Authorizer>,
    recorded: Mutex<Vec<Recorded>>,
    /// How many requests have arrived.
    arrivals: watch::Sender<u64>,
    /// How many sessions of roles were issued: each has a separate key, also if calls wait together.
    pub(crate) assumed: AtomicU64,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("accounts", &self.world.accounts.len())
            .finish_non_exhaustive()
    }
}

/// The caller.
pub(crate) struct Caller<'a> {
    pub(crate) arn: String,
    /// Anything by default.
    allow: Option<Cow<'a, [String]>>,
    deny: &'a [String],
}

/// A call with everything that a response needs.
pub(crate) struct Ask<'a> {
    pub(crate) state: &'a State,
    pub(crate) place: usize,
    pub(crate) account: &'a Account,
    pub(crate) call: &'a Call,
    pub(crate) arn: &'a str,
    /// Whether lists continue where they began.
    pub(crate) endless: bool,
}

impl<'a> Ask<'a> {
    /// One page of a list, and how it is continued. A continuation holds for the list that gave it and no other.
    pub(crate) fn page<'t, T>(
        &self,
        items: &'t [T],
        token: &str,
        size: usize,
        invalid: &dyn Fn() -> Failure,
    ) -> Result<(&'t [T], Option<String>), Failure> {
        let size = self.state.world.page_size.map_or(size, |most| most.min(size)).max(1);
        let mark = self.mark();
        let start = match token {
            "" => 0,
            token => {
                let start = token.strip_prefix(mark.as_str()).and_then(|start| start.parse().ok());
                start.filter(|start| *start <= items.len()).ok_or_else(invalid)?
            }
        };
        let end = (start + size).min(items.len());
        let page = items.get(start..end).unwrap_or(&[]);
        let next = if self.endless { Some(start) } else { (end < items.len()).then_some(end) };
        Ok((page, next.map(|next| format!("{mark}{next}"))))
    }

    fn mark(&self) -> String {
        let text = format!("{}/{}/{}", self.account.id, self.call.region, self.call.action);
        let sum = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        format!("{sum:016x}-")
    }

    /// The items of the call's region.
    pub(crate) fn here(&self, items: &'a [super::world::Item]) -> Vec<&'a super::world::Item> {
        items.iter().filter(|item| item.region() == self.call.region).collect()
    }

    /// The organization, where the account belongs to one.
    pub(crate) fn organization(&self) -> Option<&'a super::world::Organization> {
        self.state.world.organization.as_ref().filter(|_| !self.account.standalone)
    }
}

impl State {
    fn new(world: World, authorizer: Option<Authorizer>) -> Self {
        let mut state = Self {
            by_key: HashMap::new(),
            by_id: HashMap::new(),
            buckets: HashMap::new(),
            sessions: RwLock::default(),
            faults: Faults::new(&world.faults),
            quotas: Quotas::default(),
            dice: Dice::new(world.seed),
            authorizer,
            recorded: Mutex::default(),
            arrivals: watch::Sender::new(0),
            assumed: AtomicU64::new(0),
            world,
        };
        for (place, account) in state.world.accounts.iter().enumerate() {
            state.by_key.insert(account.key(), place);
            state.by_id.insert(account.id.clone(), place);
            for (number, bucket) in account.buckets.iter().enumerate() {
                state.buckets.entry(bucket.name.clone()).or_insert((place, number));
            }
        }
        state
    }

    /// The account that a key belongs to, and who holds it.
    fn caller(&self, call: &Call) -> Result<(usize, Caller<'_>), Failure> {
        let unknown = || unknown_key(call.protocol);
        if let Some(place) = self.by_key.get(&call.key) {
            let account = self.world.accounts.get(*place).ok_or_else(unknown)?;
            let arn = format!("arn:aws:iam::{}:user/{}", account.id, account.caller.user);
            let caller = &account.caller;
            let allow = Some(Cow::Borrowed(caller.allow.as_slice()));
            return Ok((*place, Caller { arn, allow, deny: &caller.deny }));
        }
        let sessions = self.sessions.read().unwrap_or_else(PoisonError::into_inner);
        let session = sessions.get(&call.key).ok_or_else(unknown)?;
        if call.token.as_deref() != Some(session.token.as_str()) {
            return Err(unknown());
        }
        let allow = session.allow.clone().map(Cow::Owned);
        Ok((session.account, Caller { arn: session.arn.clone(), allow, deny: &[] }))
    }

    fn may(&self, caller: &Caller<'_>, account: &Account, call: &Call) -> bool {
        let matches =
            |patterns: &[String]| patterns.iter().any(|pattern| glob(pattern, &call.action));
        // Every caller may request its own identity.
        if call.action == "sts:GetCallerIdentity" {
            return true;
        }
        let allowed = caller.allow.as_deref().is_none_or(matches);
        if !allowed || matches(caller.deny) {
            return false;
        }
        let resource = match call.protocol {
            Protocol::S3 if !call.bucket.is_empty() => format!("arn:aws:s3:::{}", call.bucket),
            _ if call.action == "sts:AssumeRole" => call.argument("RoleArn").to_owned(),
            _ => "*".to_owned(),
        };
        self.authorizer.as_ref().is_none_or(|authorizer| {
            authorizer(&Asked {
                account: &account.id,
                arn: &caller.arn,
                action: &call.action,
                region: &call.region,
                resource: &resource,
            })
        })
    }

    /// The response to a call, the fault that applies to it, and the account that it is about.
    fn decide(&self, call: &Call) -> (Answer, Option<&Fault>, &str) {
        let (place, caller) = match self.caller(call) {
            Ok(found) => found,
            Err(failure) => return (Err(failure), None, ""),
        };
        let Some(account) = self.world.accounts.get(place) else {
            return (Err(unknown_key(call.protocol)), None, "");
        };
        let id = account.id.as_str();
        let fault = self.faults.strike(call, id, &self.dice);
        if let Some(failure) = fault.and_then(|fault| failure_of(fault, call, &caller.arn)) {
            return (Err(failure), fault, id);
        }
        if !self.quotas.take(&self.world.quotas, &call.action, id, &call.region) {
            return (Err(throttled(call.protocol, None)), fault, id);
        }
        if !self.may(&caller, account, call) {
            return (Err(denied(call, &caller.arn, &Fault::Denied)), fault, id);
        }
        let ask = Ask {
            state: self,
            place,
            account,
            call,
            arn: &caller.arn,
            endless: fault == Some(&Fault::EndlessPages),
        };
        (services::answer(&ask), fault, id)
    }
}

impl Account {
    /// The access key that selects the account.
    pub fn key(&self) -> String {
        self.caller.key.clone().unwrap_or_else(|| format!("AKIASIM0{}", self.id))
    }
}

fn unknown_key(protocol: Protocol) -> Failure {
    match protocol {
        Protocol::S3 | Protocol::S3Control => Failure::new(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        Protocol::Query | Protocol::Ec2 => Failure::new(
            403,
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        _ => Failure::new(
            400,
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ),
    }
}

/// [How services deny](https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
fn denied(call: &Call, arn: &str, by: &Fault) -> Failure {
    let code = match call.protocol {
        Protocol::Ec2 => "UnauthorizedOperation",
        Protocol::Query | Protocol::S3 | Protocol::S3Control => "AccessDenied",
        _ => "AccessDeniedException",
    };
    let status = match call.protocol {
        Protocol::Json | Protocol::Cbor => 400,
        _ => 403,
    };
    let action = &call.action;
    let resource = match call.protocol {
        Protocol::S3 if !call.bucket.is_empty() => format!("\"arn:aws:s3:::{}\"", call.bucket),
        _ => "*".to_owned(),
    };
    let why = match by {
        Fault::DeniedByOrganization => {
            "with an explicit deny in a service control policy".to_owned()
        }
        Fault::DeniedByResource => "with an explicit deny in a resource-based policy".to_owned(),
        _ => format!("because no identity-based policy allows the {action} action"),
    };
    let message =
        format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}");
    Failure::new(status, code, message)
}

fn throttled(protocol: Protocol, retry_after: Option<u64>) -> Failure {
    let failure = match protocol {
        Protocol::S3 | Protocol::S3Control => {
            Failure::new(503, "SlowDown", "Please reduce your request rate.")
        }
        Protocol::Ec2 => Failure::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        Protocol::Query => Failure::new(400, "Throttling", "Rate exceeded"),
        Protocol::RestJson => Failure::new(429, "TooManyRequestsException", "Rate exceeded"),
        Protocol::Json | Protocol::Cbor => {
            Failure::new(400, "ThrottlingException", "Rate exceeded")
        }
    };
    Failure { retry_after, ..failure }
}

/// The response of a fault; none if the fault only changes the response.
fn failure_of(fault: &Fault, call: &Call, arn: &str) -> Option<Failure> {
    let json = matches!(call.protocol, Protocol::Json | Protocol::RestJson | Protocol::Cbor);
    let s3 = matches!(call.protocol, Protocol::S3 | Protocol::S3Control);
    Some(match fault {
        Fault::Denied | Fault::DeniedByOrganization | Fault::DeniedByResource => {
            denied(call, arn, fault)
        }
        Fault::Throttled(retry_after) => throttled(call.protocol, *retry_after),
        Fault::ServerError => Failure::new(
            500,
            if json { "InternalServerException" } else { "InternalError" },
            "We encountered an internal error. Please try again.",
        ),
        Fault::Unavailable => Failure::new(
            503,
            if json { "ServiceUnavailableException" } else { "ServiceUnavailable" },
            "Service is unable to handle request.",
        ),
        Fault::Expired => {
            let message = "The security token included in the request is expired";
            match () {
                () if json => Failure::new(400, "ExpiredTokenException", message),
                () if s3 => Failure::new(400, "ExpiredToken", "The provided token has expired."),
                () => Failure::new(403, "ExpiredToken", message),
            }
        }
        Fault::Skewed => match () {
            () if json => Failure::new(
                400,
                "InvalidSignatureException",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z",
            ),
            () if s3 => Failure::new(
                403,
                "RequestTimeTooSkewed",
                "The difference between the request time and the current time is too large.",
            ),
            () => Failure::new(
                403,
                "SignatureDoesNotMatch",
                "Signature expired: 20260101T000000Z is now earlier than 20260101T010000Z",
            ),
        },
        Fault::Gone => services::gone(call),
        Fault::Truncated
        | Fault::Malformed
        | Fault::WrongType
        | Fault::SlowStart(_)
        | Fault::SlowBody(_)
        | Fault::Reset
        | Fault::EndlessPages
        | Fault::NextPage(_)
        | Fault::Cut(_)
        | Fault::Body(_)
        | Fault::NoContent
        | Fault::Date(_)
        | Fault::Redirected(_) => return None,
        Fault::Answer(custom) => Failure::new(custom.status, &custom.code, &custom.message),
    })
}

impl Cloud for State {
    fn clock_ahead(&self) -> i64 {
        self.world.clock_ahead
    }

    async fn answer(&self, head: Parts, body: Bytes) -> Answered {
        let mut number = 0;
        self.arrivals.send_modify(|arrived| {
            number = *arrived;
            *arrived += 1;
        });
        let call = match Call::of(&head, &body) {
            Ok(call) => call,
            Err(why) => {
                let failure = match why {
                    NoCall::Unsigned => Failure::new(
                        403,
                        "MissingAuthenticationToken",
                        "Missing Authentication Token",
                    ),
                    NoCall::UnknownOperation => Failure::new(
                        404,
                        "UnknownOperationException",
                        "There is no such operation.",
                    ),
                };
                self.record("", "", "", failure.status, 0);
                let response = error(Protocol::Query, "1.1", &failure, &request_id(number));
                return Answered { response, fault: None, nonsense: b"" };
            }
        };
        let latency = self.world.latency.draw(&self.dice);
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        let (answer, fault, account) = self.decide(&call);
        let mut response = respond(&call, answer, number);
        if let Some(Fault::Answer(Custom { body: Some(body), .. })) = fault {
            *response.body_mut() = body.clone().into_bytes();
        }
        let status = if fault == Some(&Fault::Reset) { 0 } else { response.status().as_u16() };
        let places = places(response.body()).count() as u64;
        self.record(account, &call.action, &call.region, status, places);
        let nonsense: &[u8] = match call.protocol {
            Protocol::Json | Protocol::RestJson => b"{\"a\": [",
            Protocol::Cbor => &[0xbf, 0x61],
            _ => b"<a><b></a>",
        };
        Answered { response, fault: fault.cloned(), nonsense }
    }
}

impl State {
    fn record(&self, account: &str, action: &str, region: &str, status: u16, places: u64) {
        if self.world.unlogged {
            return;
        }
        let recorded = Recorded {
            account: account.to_owned(),
            action: action.to_owned(),
            region: region.to_owned(),
            status,
            places,
        };
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).push(recorded);
    }
}
