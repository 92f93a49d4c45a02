//! The code under test for hostile input: a function for every parser of foreign data. None may panic, whatever it
//! is given, and each checks the result for what is true of all such results.
//!
//! `tests/e2e/fuzz.rs` calls them with mutated examples in every run of the tests, and the targets in the folder `fuzz` for
//! as long as one likes.

mod images;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write as _};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use posture_aws::policy::{
    self, Access, Answer, Caller, Context, Decision, Document, Found, Home, Identity, Layer,
    Layers, Membership,
};
use posture_azure::login::{self, ClientSecret, Source};
use posture_core::control::{Control, Subject};
use posture_core::gap::GapId;
use posture_core::json;
use posture_core::judge::{self, Findings, Judge};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::report::roll_up;
use posture_core::resource::{FactId, Kind, Resource};
use posture_core::scope::{Scope, Visit};
use posture_core::snapshot::{DEFAULT_LIMIT, Snapshot};
use posture_core::time::Time;
use posture_core::wanted::{self, Wanted};
use posture_core::{controls, frameworks};
use posture_kubernetes::manifests;
use posture_sim::aws::{Account, World};
use posture_sim::azure::Scenario;
use posture_sim::{Latency, aws, azure};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::wire::Call;
pub use images::{registry, sbom, signature, vex};

/// The account that policies are asked about.
const ACCOUNT: &str = "111111111111";

/// A policy document. Everything that can be asked of it has an answer, the same each time, and also where the document is
/// URL-encoded, as IAM gives it.
pub fn policy_document(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let document = match Document::parse(&text) {
        Ok(document) => document,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    // White space around it may make a difference, and what is encoded already would be encoded twice.
    let plain = text.starts_with('{') && text.trim().len() == text.len();
    let again = Document::parse(if plain && text.len() < 50_000 { &encoded } else { &text });
    let again = again.expect("it is not read a second time");
    assert!(everything(&document) == everything(&again), "two answers to one question");
}

/// All answers about a policy.
type Answers = (Vec<Found>, Vec<Answer>, Vec<Decision>);

/// Everything that can be asked of a policy.
fn everything(document: &Document) -> Answers {
    let home = |organization| Home { account: ACCOUNT, partition: "aws", organization };
    let mut answers = vec![document.forces_tls("arn:aws:s3:::b")];
    let mut found = Vec::new();
    for home in [home(Membership::Of("o-home")), home(Membership::Unknown)] {
        found.extend([
            document.public(&home, &[]),
            document.public(&home, &["s3:GetObject", "kms:Decrypt"]),
            document.public_storage(&home, Access::Read),
            document.public_storage(&home, Access::Write),
            document.external_accounts(&home),
            document.services_without_source(&home),
            document.trusts_anyone(&home),
            document.trusts_accounts(&home),
            document.trusts_accounts_unconditionally(&home),
            document.trusts_federation_without_subject(&home),
            document.trusts_services_without_source(&home),
        ]);
        for boundary in [None, Some(document)] {
            let identity = Identity::new(home, vec![("policy `p`", document)], boundary);
            found.extend([
                identity.full_admin(),
                identity.escalation_paths(),
                identity.decrypts_any_key(),
                identity.wildcard_services(),
            ]);
            let arn = "arn:aws:iam::111111111111:user/u";
            answers.push(identity.allows(&request(Caller::User { arn }, Context::open())));
        }
    }
    for found in &found {
        let sorted =
            found.certain.is_sorted_by(|a, b| a < b) && found.undecided.is_sorted_by(|a, b| a < b);
        let apart = found.undecided.iter().all(|maybe| !found.certain.contains(&maybe.what));
        assert!(sorted && apart, "{found:?}");
        answers.push(found.answer());
    }
    let decisions = decisions(document);
    let open = answers.iter().filter_map(|answer| match answer {
        Answer::Unknown(needs) => Some(needs),
        Answer::Yes | Answer::No => None,
    });
    let undecided = decisions.iter().filter_map(|decision| match decision {
        Decision::Unknown(needs) => Some(needs),
        Decision::Allowed | Decision::Forbidden | Decision::NotAllowed => None,
    });
    assert!(open.chain(undecided).all(|needs| !needs.is_empty()), "open without a reason");
    (found, answers, decisions)
}

fn request(caller: Caller<'_>, context: Context) -> policy::Request<'_> {
    policy::Request {
        caller,
        action: "s3:GetObject",
        resource: "arn:aws:s3:::b/k",
        resource_account: ACCOUNT,
        context,
    }
}

/// What comes of requests where the policy has a say in one place or in all of them.
fn decisions(document: &Document) -> Vec<Decision> {
    let these = || Layer::Policies(vec![document]);
    let layers = [
        Layers { identity: these(), ..Layers::default() },
        Layers { resource: these(), ..Layers::default() },
        Layers {
            identity: these(),
            boundary: these(),
            session: these(),
            resource: these(),
            service_control: vec![these(), these()],
            resource_control: vec![these()],
            endpoint: these(),
        },
        Layers {
            identity: these(),
            boundary: Layer::Unknown,
            session: Layer::Unknown,
            resource: Layer::Unknown,
            service_control: vec![Layer::Unknown],
            resource_control: vec![Layer::Unknown],
            endpoint: Layer::Unknown,
        },
    ];
    let callers = [
        Caller::Anonymous,
        Caller::Root { account: ACCOUNT },
        Caller::User { arn: "arn:aws:iam::222222222222:user/u" },
        Caller::Session {
            role: "arn:aws:iam::111111111111:role/r",
            session: "arn:aws:sts::111111111111:assumed-role/r/s",
        },
        Caller::Service { name: "cloudtrail.amazonaws.com" },
        Caller::Federated { provider: "cognito-identity.amazonaws.com" },
    ];
    let mut all = Vec::new();
    for caller in callers {
        for context in [Context::open(), Context::complete().is("aws:SecureTransport", "true")] {
            let request = request(caller.clone(), context);
            let decided = layers.each_ref().map(|layers| policy::authorize(&request, layers));
            let [identity, resource, everywhere, _] = &decided;
            if [identity, resource].contains(&&Decision::Forbidden) {
                assert_eq!(*everywhere, Decision::Forbidden, "a Deny anywhere wins");
            }
            all.extend(decided);
        }
    }
    all
}

/// A snapshot, plain or compressed, as `posture check` reads it.
pub fn snapshot(input: &[u8]) {
    match Snapshot::read(input, 1 << 20) {
        Err(error) => assert!(!error.to_string().is_empty() && !error.help().is_empty()),
        Ok(snapshot) => {
            let mut canonical = snapshot.clone();
            canonical.canonicalise();
            if canonical != snapshot {
                // It is judged as it is.
                report(judge::judge(&snapshot, controls::ALL, &judge::Options::default()));
            }
            hold(&canonical, controls::ALL);
        }
    }
}

/// Checks a snapshot in its canonical form for what is true of each: the form is stable, it is read as it was written, and it
/// is judged alike in one piece and scope by scope.
fn hold(snapshot: &Snapshot, controls: &[&'static Control]) {
    let mut again = snapshot.clone();
    again.canonicalise();
    assert!(again == *snapshot, "the canonical form is not stable");
    let mut written = Vec::new();
    snapshot.write(&mut written).unwrap();
    let read = Snapshot::read(written.as_slice(), DEFAULT_LIMIT).expect("it is not read again");
    assert!(read == *snapshot || holds_unasked(snapshot), "it is not read as it was written");
    let mut judge = Judge::new(controls, judge::Options::default());
    for scope in &snapshot.scopes {
        judge.add(scope.clone());
    }
    let apart = report(judge.finish(snapshot.header()));
    let whole = report(judge::judge(snapshot, controls, &judge::Options::default()));
    assert!(whole == apart, "scope by scope it is judged otherwise");
}

/// Whether a list contains something that was not requested, which only a handmade snapshot does: it is not written.
fn holds_unasked(snapshot: &Snapshot) -> bool {
    struct Unasked(bool);
    impl Visit for Unasked {
        fn resources<R: Resource>(&mut self, resources: &[R], gaps: &[GapId]) {
            self.0 |= !resources.is_empty() && *gaps == [GapId::NOT_COLLECTED];
        }
    }
    let mut unasked = Unasked(false);
    for scope in &snapshot.scopes {
        scope.visit(&mut unasked);
    }
    unasked.0
}

/// Rolls findings up along every framework, as JSON.
fn report(findings: Findings<'_>) -> Vec<u8> {
    for scope in findings.scopes() {
        drop(scope.unread());
    }
    let report = roll_up(findings, frameworks::all());
    let document = json::Document::new(&report, &Params::default(), &commands);
    serde_json::to_vec(&document).expect("the report is not JSON")
}

fn commands(provider: Provider, fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    (posture::provider_info(provider).commands)(fact, subject)
}

/// Accounts of AWS as a scenario declares them, and an audit of the first: hostile values in answers of the right form.
pub fn world(input: &[u8]) {
    const KEY: &str = "AKIASIMULATED";
    let Ok(mut world) = World::parse(&String::from_utf8_lossy(input)) else { return };
    // The target is the content of the cloud; its faults have separate tests.
    world.faults.clear();
    world.quotas.clear();
    world.latency = Latency::default();
    world.clock_ahead = world.clock_ahead.clamp(-YEARS, YEARS);
    let Some(account) = world.accounts.first_mut() else { return };
    account.caller.key = Some(KEY.to_owned());
    RUNTIME.block_on(async {
        let server = aws::Server::start(world, None).await.unwrap();
        let Ok(session) = aws_session(server.url(), KEY).await else { return };
        let controls = judging(Provider::Aws);
        hold_scopes(vec![read_aws(&session, &controls, PATIENCE).await], &controls);
    });
}

/// A tenant of Azure as a scenario declares it, and an audit of it: hostile values in answers of the right form.
pub fn scenario(input: &[u8]) {
    let Ok(mut scenario) = Scenario::parse(&String::from_utf8_lossy(input)) else { return };
    scenario.faults.clear();
    scenario.quotas.clear();
    scenario.latency = Latency::default();
    scenario.clock_ahead = scenario.clock_ahead.clamp(-YEARS, YEARS);
    scenario.impatient = true;
    let plain = Scenario::default();
    (scenario.tenant, scenario.client, scenario.cloud) = (plain.tenant, plain.client, plain.cloud);
    RUNTIME.block_on(async {
        let login = azure_login(&scenario);
        let server = azure::Server::start(scenario, None).await.unwrap();
        let login = login::Login { simulator: Some(server.url()), ..login };
        let Ok(session) = login::Session::login(&login).await else { return };
        let controls = judging(Provider::Azure);
        hold_scopes(read_azure(&session, &controls, PATIENCE).await, &controls);
    });
}

/// Manifests of Kubernetes in one file: what is read of them, and their judgment.
pub fn manifest(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    let options = manifests::Options {
        paths: vec![file.path().to_owned()],
        name: Some("fuzz".to_owned()),
        ..manifests::Options::default()
    };
    let everything = Wanted::of(&[], Kind::ALL);
    let tree = manifests::read(&options, &everything, || Time::from_unix(0));
    hold_scopes(vec![tree.scope], &judging(Provider::Kubernetes));
}

/// A file for `posture audit docker`: what it is taken for, what is read of it, and its judgment.
pub fn docker(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    let options = posture_docker::Options {
        paths: vec![file.path().to_owned()],
        name: Some("fuzz".to_owned()),
        ..posture_docker::Options::default()
    };
    let everything = Wanted::of(&[], Kind::ALL);
    let tree = posture_docker::read::read(&options, &everything, || Time::from_unix(0));
    hold_scopes(vec![tree.scope], &judging(Provider::Docker));
}

/// An archive for `posture audit image`: the images in it, what is read of them, and their judgment.
pub fn image(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    let options = posture_image_audit::Options {
        paths: vec![file.path().to_owned()],
        name: Some("fuzz".to_owned()),
        ..posture_image_audit::Options::default()
    };
    let now = || Time::from_unix(0);
    let everything = Wanted::of(&[], Kind::ALL);
    let feeds = posture_image_audit::database::Feeds::open(&options, now());
    let read = |input: posture_image_audit::read::Found| match input {
        Ok(input) => posture_image_audit::read::read(&input, &options, &feeds, &everything, now),
        Err(refused) => *refused,
    };
    let scopes = posture_image_audit::read::inputs(&options, now()).into_iter().map(read);
    hold_scopes(scopes.collect(), &judging(Provider::Image));
}

/// A document of others for `posture audit image`, taken for each kind of them: what is read of it, and its judgment.
pub fn document(input: &[u8]) {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(input).unwrap();
    let all = || vec![file.path().to_owned()];
    let documents = posture_image_audit::documents::Documents {
        vex: all(),
        sboms: all(),
        reports: all(),
        epss: Some(file.path().to_owned()),
    };
    let options = posture_image_audit::Options {
        name: Some("fuzz".to_owned()),
        documents,
        ..posture_image_audit::Options::default()
    };
    let now = || Time::from_unix(0);
    let everything = Wanted::of(&[], Kind::ALL);
    let feeds = posture_image_audit::database::Feeds::open(&options, now());
    let read =
        |name: String| posture_image_audit::bills::read(&name, &options, &feeds, &everything, now);
    let scopes = posture_image_audit::bills::alone(&options).into_iter().map(read);
    hold_scopes(scopes.collect(), &judging(Provider::Image));
}

/// An answer of AWS: in the first line an access key of the example's and the action, then the body, which is given to every
/// such request of an audit of what takes the action.
pub fn aws_answer(input: &[u8]) {
    let aws = AWS.lock().unwrap_or_else(PoisonError::into_inner);
    let aws = &*aws;
    let (name, body) = aws.tap.answer(input);
    let (key, action) = name.split_once(' ').unwrap_or_default();
    let known = posture_aws::action::ACTIONS.iter().find(|known| known.name == action);
    let controls = known.map(|known| takers(Provider::Aws, known.fills, known.lists));
    let controls =
        controls.filter(|controls| !controls.is_empty()).unwrap_or_else(|| judging(Provider::Aws));
    aws.tap.replace(&name, body);
    RUNTIME.block_on(async {
        let session = match aws.sessions.get(key) {
            Some(session) if known.is_some() => session.clone(),
            // Who asks is asked for before anything else.
            _ => match aws_session(aws.tap.url.clone(), key).await {
                Ok(session) => session,
                Err(error) => return assert!(!error.help().is_empty()),
            },
        };
        hold_scopes(vec![read_aws(&session, &controls, PATIENCE).await], &controls);
    });
}

/// An answer of Azure: in the first line the path, then the body, which is given to every such request of an audit.
pub fn azure_answer(input: &[u8]) {
    let azure = AZURE.lock().unwrap_or_else(PoisonError::into_inner);
    let azure = &*azure;
    let (path, body) = azure.tap.answer(input);
    let action = azure.actions.get(&path).map_or("", String::as_str);
    let known = posture_azure::action::ACTIONS.iter().find(|known| known.name == action);
    let controls = known.map(|known| takers(Provider::Azure, known.fills, known.lists));
    let controls = controls
        .filter(|controls| !controls.is_empty())
        .unwrap_or_else(|| judging(Provider::Azure));
    azure.tap.replace(&path, body);
    RUNTIME.block_on(async {
        let session = if action == "token" {
            match login::Session::login(&azure.login).await {
                Ok(session) => session,
                Err(error) => return assert!(!error.help().is_empty()),
            }
        } else {
            azure.session.clone()
        };
        hold_scopes(read_azure(&session, &controls, PATIENCE).await, &controls);
    });
}

/// What the example of AWS answers, as inputs of [`aws_answer`].
pub fn aws_answers() -> Vec<Vec<u8>> {
    AWS.lock().unwrap_or_else(PoisonError::into_inner).tap.answers()
}

/// What the example of Azure answers, as inputs of [`azure_answer`].
pub fn azure_answers() -> Vec<Vec<u8>> {
    AZURE.lock().unwrap_or_else(PoisonError::into_inner).tap.answers()
}

/// Further from now than any clock is, in seconds.
const YEARS: i64 = 1 << 30;

/// How long an audit may take before it is stopped: some responses throttle.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long an audit may go on after that.
const GRACE: Duration = Duration::from_secs(60);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
});

static AWS: LazyLock<Mutex<Aws>> = LazyLock::new(|| Mutex::new(RUNTIME.block_on(Aws::start())));

static AZURE: LazyLock<Mutex<Azure>> =
    LazyLock::new(|| Mutex::new(RUNTIME.block_on(Azure::start())));

/// The organization that ships with the program, and who may read each account of it by its access key.
struct Aws {
    tap: Tap,
    sessions: BTreeMap<String, posture_aws::session::Session>,
    _server: aws::Server,
}

impl Aws {
    async fn start() -> Self {
        let world = World::parse(&example("organization.toml")).unwrap();
        let keys: Vec<String> = world.accounts.iter().map(Account::key).collect();
        let server = aws::Server::start(world, None).await.unwrap();
        let name = |head: &Parts, body: &Bytes| {
            let call = Call::of(head, body);
            call.map_or_else(String::new, |call| format!("{} {}", call.key, call.action))
        };
        let tap = Tap::start(server.url(), name).await;
        let mut sessions = BTreeMap::new();
        for key in keys {
            let session = aws_session(tap.url.clone(), &key).await.unwrap();
            read_aws(&session, &judging(Provider::Aws), GRACE).await;
            sessions.insert(key, session);
        }
        Self { tap, sessions, _server: server }
    }
}

/// The tenant that ships with the program.
struct Azure {
    tap: Tap,
    login: login::Login,
    session: login::Session,
    /// The action that each path takes.
    actions: BTreeMap<String, String>,
    _server: azure::Server,
}

impl Azure {
    async fn start() -> Self {
        let mut scenario = Scenario::parse(&example("tenant.toml")).unwrap();
        scenario.impatient = true;
        let login = azure_login(&scenario);
        let server = azure::Server::start(scenario, None).await.unwrap();
        let tap = Tap::start(server.url(), |head, _| head.uri.path().to_owned()).await;
        let login = login::Login { simulator: Some(tap.url.clone()), ..login };
        let session = login::Session::login(&login).await.unwrap();
        read_azure(&session, &judging(Provider::Azure), GRACE).await;
        let asked = server.requests().into_iter().map(|asked| (asked.path, asked.action)).collect();
        Self { tap, login, session, actions: asked, _server: server }
    }
}

/// A file of `examples`.
fn example(name: &str) -> String {
    let path = format!("{}/../examples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Credentials for a simulated account, with which nothing is asked twice.
async fn aws_session(
    url: String,
    key: &str,
) -> Result<posture_aws::session::Session, posture_aws::session::LoginError> {
    let (key, secret) = (key.to_owned(), "simulated".to_owned());
    let login = posture_aws::session::Login {
        timeout: Some(PATIENCE),
        attempts: Some((1, Duration::from_millis(1))),
        simulator: Some(posture_aws::session::Simulator { url, key, secret }),
        ..posture_aws::session::Login::default()
    };
    posture_aws::session::Session::login(&login).await
}

/// The same for a simulated tenant; its address is not known yet.
fn azure_login(scenario: &Scenario) -> login::Login {
    login::Login {
        tenant: Some(scenario.tenant.clone()),
        source: Some(Source::Environment),
        client_id: Some(scenario.client.id.clone()),
        client_secret: Some(ClientSecret(scenario.client.secret.clone())),
        timeout: Some(PATIENCE),
        attempts: Some((1, Duration::from_millis(1))),
        unpaced: true,
        ..login::Login::default()
    }
}

async fn read_aws(
    session: &posture_aws::session::Session,
    controls: &[&'static Control],
    patience: Duration,
) -> Scope {
    use posture_aws::collect::{Observer, Options, collect};
    let (wanted, options) = (wanted::by(controls, Provider::Aws), Options::default());
    let observer: Observer = Arc::new(|_| ());
    let (wanted, options, observer) = (&wanted, &options, &observer);
    let read = bounded(patience, |stop| collect(session, wanted, options, observer, stop)).await;
    read.expect("no region was named")
}

/// Nothing where not even the subscriptions could be listed, which ends an audit.
async fn read_azure(
    session: &login::Session,
    controls: &[&'static Control],
    patience: Duration,
) -> Vec<Scope> {
    use posture_azure::collect::{Observer, Options, collect};
    let wanted = wanted::by(controls, Provider::Azure);
    let observer: Observer = Arc::new(|_| ());
    let (wanted, observer) = (&wanted, &observer);
    bounded(patience, |stop| async move {
        let options =
            Options { subscriptions: vec![], management_groups: vec![], concurrency: 4, stop };
        let mut scopes = Vec::new();
        let read = collect(session, wanted, &options, observer, |scope| scopes.push(scope)).await;
        if read.is_ok() { scopes } else { Vec::new() }
    })
    .await
}

/// Runs something that is stopped after a time, and has to end soon then.
async fn bounded<T, F: Future<Output = T>>(
    patience: Duration,
    work: impl FnOnce(watch::Receiver<bool>) -> F,
) -> T {
    let (sender, stop) = watch::channel(false);
    // Boxed, as an audit is large for the stack of a thread.
    let mut work = Box::pin(work(stop));
    if let Ok(done) = tokio::time::timeout(patience, &mut work).await {
        return done;
    }
    let _ = sender.send(true);
    tokio::time::timeout(GRACE, work).await.expect("it was stopped, and continues")
}

/// Judges scopes as they were collected, which is in their canonical form.
fn hold_scopes(scopes: Vec<Scope>, controls: &[&'static Control]) {
    let Some(first) = scopes.first() else { return };
    let (started, finished) = (first.started, first.finished);
    let snapshot = Snapshot::new("fuzz", started, finished, scopes.clone());
    let same = scopes.iter().all(|scope| snapshot.scopes.contains(scope));
    assert!(same, "a scope was not in its canonical form");
    hold(&snapshot, controls);
}

/// The controls that judge a provider.
fn judging(provider: Provider) -> Vec<&'static Control> {
    controls::ALL.iter().copied().filter(|control| control.judges(provider)).collect()
}

/// The controls that take an action: they read a fact that it fills, or judge what it lists.
fn takers(provider: Provider, fills: &[FactId], lists: &[Kind]) -> Vec<&'static Control> {
    let takes = |control: &&'static Control| {
        control.test.reads.iter().any(|fact| fills.contains(fact))
            || control.kinds().iter().any(|kind| lists.contains(kind))
    };
    judging(provider).into_iter().filter(takes).collect()
}

/// How a request is called.
type Name = fn(&Parts, &Bytes) -> String;

/// A proxy to a simulated cloud that records responses, and can send others. Unlike the cloud's
/// faults, these can be any bytes.
struct Tap {
    url: String,
    line: Arc<Mutex<Line>>,
}

#[derive(Default)]
struct Line {
    /// The responses to requests of each name, as long as no others are set.
    responses: BTreeSet<(String, Vec<u8>)>,
    /// The requests that are answered otherwise, and with what.
    replacement: Option<(String, Bytes)>,
}

/// One end of the line.
struct Wire {
    cloud: String,
    name: Name,
    client: Client<HttpConnector, Full<Bytes>>,
    line: Arc<Mutex<Line>>,
}

impl Tap {
    async fn start(cloud: String, name: Name) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let line = Arc::new(Mutex::new(Line::default()));
        let client = Client::builder(TokioExecutor::new()).build_http();
        let wire = Arc::new(Wire { cloud, name, client, line: Arc::clone(&line) });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let wire = Arc::clone(&wire);
                tokio::spawn(async move {
                    let service = service_fn(move |request| pass(Arc::clone(&wire), request));
                    // A stopped client hangs up.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { url, line }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, requests of a name are answered with this.
    fn replace(&self, name: &str, body: Bytes) {
        self.line().replacement = Some((name.to_owned(), body));
    }

    /// What was answered, in the form of inputs.
    fn answers(&self) -> Vec<Vec<u8>> {
        let line = self.line();
        let input = |(name, body): &(String, Vec<u8>)| {
            [name.as_bytes(), b"\n".as_slice(), body.as_slice()].concat()
        };
        line.responses.iter().map(input).collect()
    }

    /// The name and the body of a response, from an input. A name that no request has is replaced by one that some have.
    fn answer(&self, input: &[u8]) -> (String, Bytes) {
        let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
        let (name, body) = input.split_at(end);
        let body = Bytes::copy_from_slice(body.get(1..).unwrap_or_default());
        let name = String::from_utf8_lossy(name).into_owned();
        let line = self.line();
        let names: BTreeSet<&String> = line.responses.iter().map(|(name, _)| name).collect();
        if names.contains(&name) {
            return (name, body);
        }
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let place = hasher.finish() % (names.len() as u64).max(1);
        let some = names.into_iter().nth(place as usize).cloned();
        (some.unwrap_or_default(), body)
    }
}

/// Passes a request on, and what is answered back.
async fn pass(wire: Arc<Wire>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let name = (wire.name)(&head, &body);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = format!("{}{path}", wire.cloud).parse::<Uri>().map_err(io::Error::other)?;
    let request = Request::from_parts(head, Full::new(body));
    let answer = wire.client.request(request).await.map_err(io::Error::other)?;
    let (mut head, body) = answer.into_parts();
    let mut body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    // They are set again for what is passed on.
    for header in ["content-length", "transfer-encoding", "connection"] {
        head.headers.remove(header);
    }
    let mut line = wire.line.lock().unwrap_or_else(PoisonError::into_inner);
    match line.replacement.clone() {
        Some((replaced, instead)) if replaced == name => body = instead,
        Some(_) => {}
        None => {
            line.responses.insert((name, body.to_vec()));
        }
    }
    drop(line);
    Ok(Response::from_parts(head, Full::new(body)))
}
