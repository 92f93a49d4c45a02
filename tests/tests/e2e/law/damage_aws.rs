//! AWS: every answer of the good and of the bad account, with every member of it damaged.
//!
//! An account is read once and its answers are kept; each damaged run is served from them, with one place of one answer
//! changed. No damage makes anything pass that did not pass before, hides a failure, or loses a row without a gap. One kind
//! of damage may: to omit a member whose absence AWS documents. These are named in [`DEFAULTS`]. What passes may fail, if an
//! omitted value counts as off: that makes a user look.
//!
//! What customers write is not a response: policy documents are read, but not damaged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use posture_aws::action::ACTIONS;
use posture_aws::collect::{Observer, Options, collect};
use posture_aws::session::{Login, Session, Simulator, Transport};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::wanted;
use posture_sim::aws::{Server, World};
use tokio::sync::watch;

use super::aws::{keys, worlds};
use super::body::{Form, Place, Way, damage, places};
use super::damages::{self, prove};
use super::{Outcomes, PATIENT, judged, judging, runtime, takers};

/// What means something where AWS leaves it out, so that its absence may change a verdict: the action, and the place.
const DEFAULTS: &[(&str, &str)] = &[
    // "By default, ExcludeManagementEventSources is empty":
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html
    ("cloudtrail:GetEventSelectors", ".EventSelectors[].ExcludeManagementEventSources"),
    // It "displays any Amazon S3 error that CloudTrail encountered", and there may be none:
    // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    ("cloudtrail:GetTrailStatus", ".LatestDeliveryError"),
    // "The IAM instance profile associated with the instance, if applicable", and "any tags assigned":
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html
    ("ec2:DescribeInstances", ".reservationSet[].instancesSet[].iamInstanceProfile"),
    ("ec2:DescribeInstances", ".reservationSet[].instancesSet[].tagSet"),
    ("ec2:DescribeVpcs", ".vpcSet[].tagSet"),
    // "You can set the value of a tag to an empty string":
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html
    ("ec2:DescribeVpcs", ".vpcSet[].tagSet[].value"),
    // "If the node group was deployed with a launch template, then this is null":
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
    ("eks:DescribeNodegroup", ".nodegroup.remoteAccess"),
    // The sample response lists users without inline policies without a list of them:
    // https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    (AUTHORIZATION, ".GetAccountAuthorizationDetailsResult.UserDetailList[].UserPolicyList"),
    // "Log events do not expire if they belong to log groups without a retention policy":
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteRetentionPolicy.html
    ("logs:DescribeLogGroups", ".logGroups[].retentionInDays"),
    // A filter whose pattern is blank counts every record; one without a pattern stays undecided:
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CountingLogEventsExample.html
    ("logs:DescribeMetricFilters", ".metricFilters[].filterPattern"),
    // "To disable logging, you use an empty BucketLoggingStatus request element", and none is given then:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html
    ("s3:GetBucketLogging", ".LoggingEnabled"),
];

const AUTHORIZATION: &str = "iam:GetAccountAuthorizationDetails";

/// What a request asks: the method, the path with its query, the operation that a header names, for which account, region and
/// service it was signed, and the body.
type Question = (String, String, String, String, Vec<u8>);

/// An answer that was kept.
#[derive(Clone, Debug)]
struct RecordedAnswer {
    action: String,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// An account whose answers are kept.
struct Recording {
    key: String,
    server: Server,
    client: reqwest::Client,
    answers: Mutex<BTreeMap<Question, RecordedAnswer>>,
    /// One asks after the other, so that the server's last record is that of the answer.
    turn: tokio::sync::Mutex<()>,
    /// The one time of all answers, however long the law takes.
    date: Mutex<Option<String>>,
}

/// What requests travel over: to the answers that were kept, with one of them replaced.
#[derive(Clone)]
struct Replay {
    recording: Arc<Recording>,
    damaged: Option<(Question, Vec<u8>)>,
    /// What was asked for.
    asked: Arc<Mutex<BTreeSet<Question>>>,
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Replay")
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let replay = self.clone();
        HttpConnectorFuture::new(async move {
            let question = question(&request);
            let kept = replay.recording.answers.lock().unwrap().get(&question).cloned();
            let kept = match kept {
                Some(kept) => kept,
                None => replay
                    .recording
                    .ask(&request, &question)
                    .await
                    .map_err(|error| ConnectorError::io(error.into()))?,
            };
            replay.asked.lock().unwrap().insert(question.clone());
            let body = match &replay.damaged {
                Some((of, body)) if *of == question => body.clone(),
                _ => kept.body,
            };
            let status = kept.status.try_into().unwrap();
            let mut answer = HttpResponse::new(status, SdkBody::from(body));
            for (name, value) in kept.headers {
                answer.headers_mut().append(name, value);
            }
            Ok(answer)
        })
    }
}

fn question(request: &HttpRequest) -> Question {
    let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
    let uri = request.uri();
    let rest = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let target = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
    // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …
    let signed = header("authorization");
    let parts: Vec<&str> = signed.split(',').next().unwrap_or_default().split('/').collect();
    let scope = parts.get(2..4).map(|scope| scope.join("/")).unwrap_or_default();
    let scope = format!("{} {scope}", header("x-amz-account-id"));
    let body = request.body().bytes().unwrap_or_default().to_vec();
    (request.method().to_owned(), target, header("x-amz-target"), scope, body)
}

impl Recording {
    async fn new(world: World, key: String) -> Arc<Self> {
        let server = Server::start(world, None).await.unwrap();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Arc::new(Self {
            key,
            server,
            client,
            answers: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            date: Mutex::default(),
        })
    }

    /// Asks the server, and keeps what it answers.
    async fn ask(
        &self,
        request: &HttpRequest,
        question: &Question,
    ) -> reqwest::Result<RecordedAnswer> {
        let _turn = self.turn.lock().await;
        let (method, target, ..) = question;
        let url = format!("{}{target}", self.server.url());
        let mut asking = self.client.request(method.parse().unwrap(), url);
        let authority = request.uri().split('/').nth(2).unwrap_or_default();
        asking = asking.header("host", authority);
        for (name, value) in request.headers().iter() {
            if !name.eq_ignore_ascii_case("host") {
                asking = asking.header(name, value);
            }
        }
        let answer = asking.body(question.4.clone()).send().await?;
        let status = answer.status().as_u16();
        let mut headers = Vec::new();
        for (name, value) in answer.headers() {
            let value = value.to_str().unwrap().to_owned();
            match name.as_str() {
                "content-length" => {}
                "date" => {
                    let mut date = self.date.lock().unwrap();
                    headers.push(("date".to_owned(), date.get_or_insert(value).clone()));
                }
                name => headers.push((name.to_owned(), value)),
            }
        }
        let body = answer.bytes().await?.to_vec();
        let action = self.server.requests().pop().unwrap().action;
        let kept = RecordedAnswer { action, status, headers, body };
        self.answers.lock().unwrap().insert(question.clone(), kept.clone());
        Ok(kept)
    }

    /// Reads the account and judges it, and says what was asked; no outcomes where not even the login succeeded.
    async fn audit(
        self: &Arc<Self>,
        controls: &[&'static Control],
        damaged: Option<(Question, Vec<u8>)>,
    ) -> (Option<Outcomes>, BTreeSet<Question>) {
        let of = damaged.as_ref().map(|(question, _)| question.clone());
        let asked = Arc::new(Mutex::new(BTreeSet::new()));
        let replay = Replay { recording: Arc::clone(self), damaged, asked: Arc::clone(&asked) };
        let client = http_client_fn(move |_, _| SharedHttpConnector::new(replay.clone()));
        let login = Login {
            transport: Transport::from(client),
            timeout: Some(PATIENT),
            attempts: Some((1, Duration::from_millis(1))),
            simulator: Some(Simulator {
                url: self.server.url(),
                key: self.key.clone(),
                secret: "simulated".to_owned(),
            }),
            ..Login::default()
        };
        let outcomes = match Session::login(&login).await {
            Ok(session) => {
                let wanted = wanted::by(controls, Provider::Aws);
                let observer: Observer = Arc::new(|_| ());
                let (_tell, stop) = watch::channel(false);
                let options = Options::default();
                let read = collect(&session, &wanted, &options, &observer, stop).await;
                Some(judged(vec![read.unwrap()], controls))
            }
            Err(_) => None,
        };
        let asked = std::mem::take(&mut *asked.lock().unwrap());
        assert!(of.is_none_or(|of| asked.contains(&of)), "the damaged answer was not asked for");
        (outcomes, asked)
    }
}

/// The controls that take an action of an account, with what they say of it as it is.
struct Group {
    /// In the order in which they were read.
    number: usize,
    recording: Arc<Recording>,
    controls: Vec<&'static Control>,
    before: Outcomes,
}

/// One answer with one damage.
struct Case {
    group: Arc<Group>,
    question: Question,
    action: String,
    form: Form,
    place: Place,
    way: Way,
}

impl Case {
    /// Whether it leaves out what a default is documented for.
    fn is_default(&self) -> bool {
        let left_out = matches!(self.way, Way::Removed | Way::Null | Way::Empty | Way::Spelled);
        let of = (self.action.as_str(), self.place.name.as_str());
        left_out && DEFAULTS.contains(&of)
    }
}

impl damages::Case for Case {
    fn mark(&self) -> String {
        format!("{} {:?} {:?} {:?}", self.group.number, self.question.0, self.place, self.way)
    }

    fn label(&self) -> String {
        let key = &self.group.recording.key;
        format!("{} {} {:?} in {key}", self.action, self.place.name, self.way)
    }

    async fn run(&self) -> Option<(&Outcomes, Outcomes)> {
        let Group { recording, controls, before, .. } = &*self.group;
        let kept = recording.answers.lock().unwrap()[&self.question].clone();
        let mut body = self.form.read(&kept.body);
        damage(self.form, &mut body, &self.place, self.way);
        let damaged = Some((self.question.clone(), self.form.write(&body)));
        // Who cannot log in says so and nothing else.
        let after = recording.audit(controls, damaged).await.0?;
        (!self.is_default()).then(|| (before, failing(before, after)))
    }
}

/// The results after a damage, except new failures: these are as they were.
fn failing(before: &Outcomes, mut after: Outcomes) -> Outcomes {
    for (of, verdict) in &mut after {
        if let Some(was) = before.get(of).filter(|_| verdict.word == "fail") {
            *verdict = was.clone();
        }
    }
    after
}

/// Every case of an account, group by group.
async fn cases(recording: &Arc<Recording>, number: &mut usize) -> Vec<Case> {
    let (_, asked) = recording.audit(&judging(Provider::Aws), None).await;
    let answers = recording.answers.lock().unwrap().clone();
    let names: BTreeSet<&str> =
        asked.iter().map(|question| answers[question].action.as_str()).collect();
    let mut all = Vec::new();
    for name in names {
        // What every audit takes is asked for whichever controls are judged.
        let known = ACTIONS.iter().find(|known| known.name == name);
        let controls = known.map_or_else(
            || judging(Provider::Aws),
            |known| takers(Provider::Aws, known.fills, known.lists),
        );
        let (before, asked) = recording.audit(&controls, None).await;
        let (recording, before) = (Arc::clone(recording), before.unwrap());
        let group = Arc::new(Group { number: *number, recording, controls, before });
        *number += 1;
        for question in asked {
            let kept = group.recording.answers.lock().unwrap()[&question].clone();
            // A policy of a bucket is the whole answer, and the customer's.
            let document = name == "s3:GetBucketPolicy";
            if kept.action != name || kept.status != 200 || document {
                continue;
            }
            let form = Form::of(&kept.body).unwrap_or_else(|| panic!("{name} {kept:?}"));
            let tree = form.read(&kept.body);
            for (place, way) in places(form, &tree) {
                let (group, question) = (Arc::clone(&group), question.clone());
                let action = name.to_owned();
                all.push(Case { group, question, action, form, place, way });
            }
        }
    }
    all
}

#[test]
fn no_damaged_member_of_any_answer_turns_a_failure_into_a_pass_or_loses_a_row() {
    runtime().block_on(async {
        let (mut groups, mut all) = (0, Vec::new());
        // The organization that ships with the program holds nothing more.
        for world in worlds().into_iter().skip(1) {
            for key in keys(&world) {
                let recording = Recording::new(world.clone(), key).await;
                all.extend(cases(&recording, &mut groups).await);
            }
        }
        let answers: BTreeSet<_> =
            all.iter().map(|case| (case.group.number, case.question.clone())).collect();
        prove("aws", answers.len(), all).await;
    });
}

#[test]
fn what_is_not_damaged_is_written_as_it_was_read() {
    runtime().block_on(async {
        for world in worlds().into_iter().skip(1) {
            let recording = Recording::new(world.clone(), keys(&world).remove(0)).await;
            let controls = judging(Provider::Aws);
            let (before, asked) = recording.audit(&controls, None).await;
            for question in asked {
                let kept = recording.answers.lock().unwrap()[&question].clone();
                let Some(form) = Form::of(&kept.body).filter(|_| kept.status == 200) else {
                    continue;
                };
                let written = form.write(&form.read(&kept.body));
                assert_eq!(form.read(&written), form.read(&kept.body), "{}", kept.action);
                let rewritten = Some((question, written));
                let (after, _) = recording.audit(&controls, rewritten).await;
                assert_eq!(after, before, "{}", kept.action);
            }
        }
    });
}
