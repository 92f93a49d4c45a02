//! The [credential report](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html): the state
//! of everyone's password, MFA and access keys, in one document that may be up to four hours old.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ReportStateType;
use csv::ByteRecord;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{AccessKey, Account, FactId, Kind, Resource, User};
use posture_model::time::Time;

use crate::ask::{ApiClient, CallError};
use crate::collect::context::{Audit, time};
use crate::entry::{Action, Holds, Per};

/// What only the credential report knows.
const REPORT_FACTS: &[FactId] = &[
    Account::ROOT_LAST_USED,
    User::CONSOLE_ACCESS,
    User::MFA,
    User::PASSWORD_LAST_USED,
    User::PASSWORD_LAST_CHANGED,
    User::ACTIVE_KEYS,
    AccessKey::USER,
    AccessKey::ACTIVE,
    AccessKey::ROTATED,
    AccessKey::LAST_USED,
];

/// Until the credential report is there: once to request it and once to read it when it is fresh.
const REPORT_CALLS: Per = Per::ONCE.at_least();

pub(crate) const GENERATE: Action = Action {
    name: "iam:GenerateCredentialReport",
    per: REPORT_CALLS,
    own: Holds::all(&["@State"]),
    lists: &[Kind::AccessKey],
    fills: REPORT_FACTS,
    command: "aws iam generate-credential-report",
};

pub(crate) const REPORT: Action = Action {
    name: "iam:GetCredentialReport",
    per: REPORT_CALLS,
    own: Holds::all(&["@Content"]),
    lists: &[Kind::AccessKey],
    fills: REPORT_FACTS,
    command: "aws iam get-credential-report",
};

/// How long to wait before asking once more whether the report is there: half a minute in all.
pub(super) const PAUSES: &[Duration] = &[
    Duration::from_millis(200),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(4),
    Duration::from_secs(5),
    Duration::from_secs(6),
    Duration::from_secs(7),
];

/// The report, or why there is none.
pub(super) struct Report(Fact<Rows>);

/// The content of the report.
#[derive(Debug)]
struct Rows {
    generated: Option<Time>,
    users: Vec<Row>,
    root: Option<Root>,
    /// Why there may be more rows than these.
    cut: Option<GapId>,
}

/// When root's password and its keys were last used. The other columns of a password are never filled for root.
#[derive(Debug)]
struct Root([Fact<Option<Time>>; 3]);

/// The report's values for one user.
#[derive(Debug)]
struct Row {
    arn: String,
    name: String,
    created: Fact<Option<Time>>,
    console_access: Fact<bool>,
    mfa: Fact<bool>,
    password_last_used: Fact<Option<Time>>,
    password_last_changed: Fact<Option<Time>>,
    keys: [KeyColumns; 2],
}

/// The report's values for the first or the second key of a user.
#[derive(Debug)]
struct KeyColumns {
    active: Fact<bool>,
    rotated: Fact<Option<Time>>,
    last_used: Fact<Option<Time>>,
}

impl KeyColumns {
    /// A key that is off still has the date of its last change; without that either, there is none.
    fn exists(&self) -> bool {
        !(self.active == Known(false) && self.rotated == Known(None))
    }
}

/// Has the report made, waits for it and reads it.
pub(super) async fn read(audit: &Audit<'_>, client: &Client, pauses: &[Duration]) -> Report {
    if !audit.calls(&REPORT) {
        return Report(Fact::not_collected());
    }
    Report(match fetch(audit.ask, client, pauses).await {
        Ok((content, generated)) => parse(audit.ask, &content, generated),
        Err(gap) => Fact::Gap(audit.ask.gap(gap)),
    })
}

async fn fetch(
    ask: &ApiClient,
    client: &Client,
    pauses: &[Duration],
) -> Result<(Vec<u8>, Option<Time>), Gap> {
    let mut pauses = pauses.iter();
    // A report may expire between the word that it is there and its reading.
    let mut once_more = true;
    loop {
        let made = ask.ask(GENERATE.name, "", "", client.generate_credential_report().send()).await;
        let late = match made {
            Ok(output) if output.state() == Some(&ReportStateType::Complete) => {
                let answer =
                    ask.ask(REPORT.name, "", "", client.get_credential_report().send()).await;
                match answer {
                    Ok(output) => {
                        let generated = output.generated_time.as_ref().map(time);
                        let content = output.content.map(|blob| blob.into_inner());
                        let none = || {
                            let mut gap = Gap::new(REPORT.name, "", Reason::Malformed);
                            gap.detail = Some("the response has no report".to_owned());
                            gap
                        };
                        return content.map(|content| (content, generated)).ok_or_else(none);
                    }
                    Err(refused)
                        if once_more && refused.is(&["ReportExpired", "ReportNotPresent"]) =>
                    {
                        once_more = false;
                        continue;
                    }
                    Err(refused) if refused.is(&["ReportInProgress"]) => Reason::TimedOut,
                    Err(refused) => return Err(refused.into_gap()),
                }
            }
            Ok(_) => Reason::TimedOut,
            // Others have reports made as well.
            Err(refused) if is_limit(&refused) => Reason::Throttled,
            Err(refused) => return Err(refused.into_gap()),
        };
        let Some(pause) = pauses.next() else {
            let mut gap = Gap::new(GENERATE.name, "", late);
            gap.detail = Some("the credential report was not ready in time".to_owned());
            return Err(gap);
        };
        if !ask.pause(*pause).await {
            return Err(Gap::new(GENERATE.name, "", Reason::Canceled));
        }
    }
}

fn is_limit(refused: &CallError) -> bool {
    refused.is(&["LimitExceeded", "LimitExceededException"])
}

/// Rows of the report by the names in its first line, as columns were added over time.
fn parse(ask: &ApiClient, content: &[u8], generated: Option<Time>) -> Fact<Rows> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
    let columns: HashMap<String, usize> = match reader.byte_headers() {
        Ok(names) => {
            let names = names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
            names.enumerate().map(|(place, name)| (name, place)).collect()
        }
        Err(_) => HashMap::new(),
    };
    if !["user", "arn"].iter().all(|name| columns.contains_key(*name)) {
        return ask.malformed(REPORT.name, "", "the header of the report has no user column");
    }
    let mut rows = Rows { generated, users: Vec::new(), root: None, cut: None };
    for record in reader.into_byte_records() {
        let fields = record.ok().map(|record| Fields { ask, columns: &columns, record });
        if let Some(fields) = &fields
            && fields.text("arn").is_some_and(|arn| arn.ends_with(":root"))
        {
            rows.root = Some(fields.root());
            continue;
        }
        match fields.and_then(|fields| fields.row()) {
            Some(row) => rows.users.push(row),
            None => {
                let mut gap = Gap::new(REPORT.name, "", Reason::Malformed);
                gap.detail = Some("a line of the report has no user".to_owned());
                rows.cut = Some(ask.gap(gap));
            }
        }
    }
    Known(rows)
}

/// One line of the report.
struct Fields<'a> {
    ask: &'a ApiClient,
    columns: &'a HashMap<String, usize>,
    record: ByteRecord,
}

impl Fields<'_> {
    fn root(&self) -> Root {
        Root([
            self.moment("password_last_used", &["no_information", "N/A"]),
            self.moment("access_key_1_last_used_date", &["N/A"]),
            self.moment("access_key_2_last_used_date", &["N/A"]),
        ])
    }

    fn row(&self) -> Option<Row> {
        let own = |column| self.text(column).filter(|text| !text.is_empty()).map(str::to_owned);
        let arn = own("arn")?;
        let console_access = self.flag("password_enabled");
        // `no_information`: not since October 2014, when AWS began to record it. `N/A`: there is no password. Servers that
        // imitate AWS write `not_supported` in that case.
        let unused: &[&str] = if console_access == Known(false) {
            &["no_information", "N/A", "not_supported"]
        } else {
            &["no_information", "N/A"]
        };
        Some(Row {
            name: own("user")?,
            created: self.moment("user_creation_time", &[]),
            password_last_used: self.moment("password_last_used", unused),
            console_access,
            mfa: self.flag("mfa_active"),
            password_last_changed: self.moment("password_last_changed", &["N/A"]),
            keys: ["1", "2"].map(|n| KeyColumns {
                active: self.flag(&format!("access_key_{n}_active")),
                rotated: self.moment(&format!("access_key_{n}_last_rotated"), &["N/A"]),
                // `N/A`: no key, or not since April 2015.
                last_used: self.moment(&format!("access_key_{n}_last_used_date"), &["N/A"]),
            }),
            arn,
        })
    }

    fn text(&self, column: &str) -> Option<&str> {
        let field = self.record.get(*self.columns.get(column)?)?;
        std::str::from_utf8(field).ok()
    }

    fn flag(&self, column: &str) -> Fact<bool> {
        match self.text(column) {
            Some(text) if text.eq_ignore_ascii_case("true") => Known(true),
            Some(text) if text.eq_ignore_ascii_case("false") => Known(false),
            text => self.fault(column, text),
        }
    }

    /// A date, or one of the words for none.
    fn moment(&self, column: &str, none: &[&str]) -> Fact<Option<Time>> {
        match self.text(column) {
            Some(text) if none.contains(&text) => Known(None),
            Some(text) => match text.parse() {
                Ok(time) => Known(Some(time)),
                Err(_) => self.fault(column, Some(text)),
            },
            None => self.fault(column, None),
        }
    }

    fn fault<T>(&self, column: &str, text: Option<&str>) -> Fact<T> {
        if !self.columns.contains_key(column) {
            let detail = format!("the report has no column `{column}`");
            return self.ask.malformed(REPORT.name, "", detail);
        }
        let target = self.text("arn").unwrap_or_default();
        let detail = match text {
            Some(text) => format!("`{column}` is `{text}`"),
            None => format!("`{column}` is missing"),
        };
        if text == Some("not_supported") {
            let mut gap = Gap::new(REPORT.name, target, Reason::Unsupported);
            gap.detail = Some(detail);
            return Fact::Gap(self.ask.gap(gap));
        }
        self.ask.malformed(REPORT.name, target, detail)
    }
}

impl Report {
    /// When root last signed in or used a key, whichever is later.
    pub(super) fn root_last_used(&self, ask: &ApiClient) -> Fact<Option<Time>> {
        self.0.and_then(|rows| {
            let Some(Root(uses)) = &rows.root else {
                return ask.malformed(REPORT.name, "", "the report has no line for root");
            };
            uses.iter().fold(Known(None), |latest: Fact<Option<Time>>, used| {
                latest.and_then(|latest| used.map(|used| (*latest).max(*used)))
            })
        })
    }

    /// Adds the report's values to the users, and returns their keys.
    ///
    /// The two sources are of different ages. A user who is in the report only was deleted since, where the listing of
    /// users is complete; else it is one of those that are missing there. A user who is listed only was made since, and
    /// nothing is known of its credentials.
    pub(super) fn join(&self, ask: &ApiClient, users: &mut Listing<User>) -> Listing<AccessKey> {
        let rows = match &self.0 {
            Known(rows) => rows,
            Fact::Gap(gap) => {
                for user in &mut users.items {
                    credentials_unread(user, *gap);
                }
                return Listing::unread(*gap);
            }
            Fact::NotOffered => return Listing::not_collected(),
        };
        let mut by_arn: HashMap<&str, &Row> =
            rows.users.iter().map(|row| (row.arn.as_str(), row)).collect();
        let mut keys = Listing { items: Vec::new(), gaps: rows.cut.into_iter().collect() };
        for user in &mut users.items {
            match by_arn.remove(user.id.as_str()).filter(|row| row.is_about(user)) {
                Some(row) => {
                    row.put(user);
                    keys.items.extend(row.keys(ask));
                }
                None => {
                    let gap = rows.lacks(ask, &user.id);
                    credentials_unread(user, gap);
                    keys.gaps.push(gap);
                }
            }
        }
        if users.is_complete() {
            return keys;
        }
        for row in rows.users.iter().filter(|row| by_arn.contains_key(row.arn.as_str())) {
            keys.items.extend(row.keys(ask));
            if let Some(gap) = users.gaps.first().copied().filter(|_| users.is_collected()) {
                users.items.push(row.user(gap));
            }
        }
        keys
    }
}

impl Rows {
    fn lacks(&self, ask: &ApiClient, user: &str) -> GapId {
        let mut gap = Gap::new(REPORT.name, user, Reason::Incomplete);
        gap.detail = Some(match self.generated {
            Some(generated) => {
                format!(
                    "the credential report of {} does not contain this user",
                    generated.minute()
                )
            }
            None => "the credential report does not contain this user".to_owned(),
        });
        ask.gap(gap)
    }
}

impl Row {
    /// Whether this is that user, and not one of the same name that was deleted before.
    fn is_about(&self, user: &User) -> bool {
        // The sources need not agree to the second.
        const APART: u64 = 60;
        match (&self.created, &user.created) {
            (Known(Some(then)), Known(now)) => then.unix().abs_diff(now.unix()) <= APART,
            _ => true,
        }
    }

    fn put(&self, user: &mut User) {
        let [one, two] = &self.keys;
        user.console_access = self.console_access.clone();
        user.mfa = self.mfa.clone();
        user.password_last_used = self.password_last_used.clone();
        user.password_last_changed = self.password_last_changed.clone();
        user.active_keys =
            one.active.and_then(|one| two.active.map(|two| u32::from(*one) + u32::from(*two)));
    }

    /// A user that only the report contains, if the listing of users was truncated.
    fn user(&self, gap: GapId) -> User {
        let mut user = User::unread_on(Provider::Aws, self.arn.as_str(), self.name.as_str(), None);
        // Whatever the report does not hold is unknown for that reason, a fact that is added later as well.
        for fact in User::FACTS {
            user.hide(fact.name, gap);
        }
        user.created = self.created.and_then(|created| match created {
            Some(created) => Known(*created),
            None => Fact::Gap(gap),
        });
        self.put(&mut user);
        user
    }

    fn keys<'a>(&'a self, ask: &'a ApiClient) -> impl Iterator<Item = AccessKey> + 'a {
        let keys = self.keys.iter().zip(1..).filter(|(key, _)| key.exists());
        keys.map(move |(key, n)| {
            let id = format!("{}/access-key-{n}", self.arn);
            let rotated = key.rotated.and_then(|rotated| match rotated {
                Some(rotated) => Known(*rotated),
                None => ask.malformed(REPORT.name, &id, "the report has no date for an active key"),
            });
            AccessKey::unread_on(Provider::Aws, id, format!("{}/key {n}", self.name), None)
                .user(Known(self.name.clone()))
                .active(key.active.clone())
                .rotated(rotated)
                .last_used(key.last_used.clone())
        })
    }
}

fn credentials_unread(user: &mut User, gap: GapId) {
    user.console_access = Fact::Gap(gap);
    user.mfa = Fact::Gap(gap);
    user.password_last_used = Fact::Gap(gap);
    user.password_last_changed = Fact::Gap(gap);
    user.active_keys = Fact::Gap(gap);
}

#[cfg(test)]
mod tests {
    use posture_model::resource::{Account, Kind};
    use posture_model::wanted::Wanted;
    use tokio::sync::watch;

    use super::*;
    use crate::fake::{Fake, asker};
    use crate::meter::Meter;

    const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    const ROOT: &str = "<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00+00:00,not_supported,2026-01-02T00:00:00+00:00,not_supported,not_supported,true,false,2021-01-01T00:00:00+00:00,2026-01-03T00:00:00+00:00,us-east-1,iam,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    const COMPLETE: &str = "<State>COMPLETE</State>";
    const STARTED: &str = "<State>STARTED</State><Description>No report exists.</Description>";

    fn line(name: &str, password: &str, keys: &str) -> String {
        let arn = name.replace('"', "");
        format!(
            "{name},{},2024-01-01T00:00:00+00:00,{password},{keys},false,N/A,false,N/A",
            if arn.contains(',') { format!("\"{}\"", arn_of(&arn)) } else { arn_of(&arn) }
        )
    }

    fn arn_of(name: &str) -> String {
        format!("arn:aws:iam::123456789012:user/{name}")
    }

    const NO_PASSWORD: &str = "false,N/A,N/A,N/A,false";
    const NO_KEYS: &str = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A";

    fn rows(lines: &[&str]) -> String {
        format!("{HEADER}\n{}\n", lines.join("\n"))
    }

    fn answer(content: &str) -> String {
        format!(
            "<Content>{}</Content><ReportFormat>text/csv</ReportFormat><GeneratedTime>2026-11-23T10:00:00Z</GeneratedTime>",
            aws_smithy_types::base64::encode(content)
        )
    }

    async fn fetched(fake: &Fake, pauses: usize) -> Result<Vec<u8>, Gap> {
        let (session, meter, ask) = (fake.session(), Meter::default(), asker());
        let client = session.iam("us-east-1", &meter);
        fetch(&ask, &client, &vec![Duration::ZERO; pauses]).await.map(|(content, _)| content)
    }

    fn parsed(ask: &ApiClient, content: &str) -> Rows {
        match parse(ask, content.as_bytes(), None) {
            Known(rows) => rows,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_report_is_waited_for() {
        let fake = Fake::default()
            .xml("GenerateCredentialReport", STARTED)
            .xml("GenerateCredentialReport", "<State>INPROGRESS</State>")
            .xml("GenerateCredentialReport", COMPLETE)
            .xml("GetCredentialReport", &answer("x"));
        assert_eq!(fetched(&fake, 5).await.unwrap(), b"x");
        assert_eq!(fake.count("GenerateCredentialReport"), 3);
        assert_eq!(fake.count("GetCredentialReport"), 1);

        // It has just been forgotten.
        for code in ["ReportExpired", "ReportNotPresent"] {
            let fake = Fake::default()
                .xml("GenerateCredentialReport", COMPLETE)
                .xml_error("GetCredentialReport", 410, code, "gone")
                .xml("GetCredentialReport", &answer("x"));
            assert_eq!(fetched(&fake, 0).await.unwrap(), b"x");
        }
        // It never comes back: asked twice, not for ever.
        let fake = Fake::default().xml("GenerateCredentialReport", COMPLETE).xml_error(
            "GetCredentialReport",
            410,
            "ReportExpired",
            "gone",
        );
        assert_eq!(fetched(&fake, 9).await.unwrap_err().code.as_deref(), Some("ReportExpired"));
        assert_eq!(fake.count("GetCredentialReport"), 2);

        let fake = Fake::default()
            .xml("GenerateCredentialReport", COMPLETE)
            .xml_error("GetCredentialReport", 404, "ReportInProgress", "wait")
            .xml("GetCredentialReport", &answer("x"));
        assert_eq!(fetched(&fake, 1).await.unwrap(), b"x");

        // Another caller has too many reports generated.
        let fake = Fake::default()
            .xml_error("GenerateCredentialReport", 409, "LimitExceeded", "too many")
            .xml("GenerateCredentialReport", COMPLETE)
            .xml("GetCredentialReport", &answer("x"));
        assert_eq!(fetched(&fake, 1).await.unwrap(), b"x");
    }

    #[tokio::test]
    async fn waiting_ends() {
        let fake = Fake::default().xml("GenerateCredentialReport", STARTED);
        let gap = fetched(&fake, 3).await.unwrap_err();
        assert_eq!((gap.reason, gap.action.as_str()), (Reason::TimedOut, GENERATE.name));
        assert_eq!(fake.count("GenerateCredentialReport"), 4);
        assert!(PAUSES.iter().sum::<Duration>() < Duration::from_secs(30));
        assert!(PAUSES.is_sorted());

        let fake = Fake::default().xml_error("GenerateCredentialReport", 409, "LimitExceeded", "");
        assert_eq!(fetched(&fake, 1).await.unwrap_err().reason, Reason::Throttled);
        for action in ["GenerateCredentialReport", "GetCredentialReport"] {
            let fake = Fake::default()
                .xml_error(action, 403, "AccessDenied", "no")
                .xml("GenerateCredentialReport", COMPLETE);
            let gap = fetched(&fake, 3).await.unwrap_err();
            assert_eq!((gap.reason, gap.action), (Reason::Denied, format!("iam:{action}")));
        }
        let fake = Fake::default()
            .xml("GenerateCredentialReport", COMPLETE)
            .xml("GetCredentialReport", "");
        assert_eq!(fetched(&fake, 3).await.unwrap_err().reason, Reason::Malformed);
    }

    #[tokio::test]
    async fn waiting_stops_when_canceled() {
        let fake = Fake::default().xml("GenerateCredentialReport", STARTED);
        let (session, meter) = (fake.session(), Meter::default());
        let client = session.iam("us-east-1", &meter);
        let (sender, stop) = watch::channel(false);
        let ask = ApiClient::new(1, None, stop);
        let hour = [Duration::from_secs(3_600)];
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            sender.send(true).unwrap();
        };
        let (answer, ()) = futures::join!(fetch(&ask, &client, &hour), cancel);
        assert_eq!(answer.unwrap_err().reason, Reason::Canceled);
    }

    #[test]
    fn columns_say_what_they_say() {
        let ask = asker();
        let content = rows(&[
            ROOT,
            &line(
                "\"smith, jane\"",
                "true,no_information,2025-01-01T00:00:00+00:00,N/A,true",
                "true,2024-02-01T00:00:00+00:00,N/A,N/A,N/A,false,2024-03-01T00:00:00+00:00,2024-04-01T00:00:00Z,us-east-1,s3",
            ),
            &line("robot", NO_PASSWORD, NO_KEYS),
        ]);
        let rows = parsed(&ask, &content);
        assert!(rows.cut.is_none());
        let [jane, robot] = &rows.users[..] else { panic!("{rows:?}") };
        let day = |text: &str| Known(Some(text.parse().unwrap()));
        assert_eq!(jane.name, "smith, jane");
        assert_eq!(jane.arn, arn_of("smith, jane"));
        assert_eq!((&jane.console_access, &jane.mfa), (&Known(true), &Known(true)));
        assert_eq!(jane.password_last_used, Known(None));
        assert_eq!(jane.password_last_changed, day("2025-01-01T00:00:00Z"));
        let keys: Vec<AccessKey> = jane.keys(&ask).collect();
        assert_eq!(keys.len(), 2);
        assert_eq!(keys[0].id, format!("{}/access-key-1", jane.arn));
        assert_eq!(keys[0].name, "smith, jane/key 1");
        assert_eq!((&keys[0].active, &keys[0].last_used), (&Known(true), &Known(None)));
        assert_eq!(keys[1].active, Known(false));
        assert_eq!(keys[1].rotated, Known("2024-03-01T00:00:00Z".parse().unwrap()));
        assert_eq!(keys[1].last_used, day("2024-04-01T00:00:00Z"));

        assert_eq!((&robot.console_access, &robot.mfa), (&Known(false), &Known(false)));
        assert_eq!(robot.password_last_changed, Known(None));
        assert_eq!(robot.keys(&ask).count(), 0);
        let mut user = User::unread("x", "x", None);
        robot.put(&mut user);
        assert_eq!(user.active_keys, Known(0));
        jane.put(&mut user);
        assert_eq!(user.active_keys, Known(1));

        // The key was used after the password.
        let report = Report(Known(rows));
        assert_eq!(report.root_last_used(&ask), day("2026-01-03T00:00:00Z"));
        // What the report never says of root is not missed.
        let gaps = ask.into_gaps();
        assert!(gaps.iter().all(|gap| gap.action.is_empty()), "{gaps:?}");
    }

    #[test]
    fn what_a_column_should_not_hold_is_a_gap_of_that_fact_alone() {
        let ask = asker();
        let odd = line("a", "maybe,yesterday,not_supported,N/A,true", "true,N/A,,N/A,N/A,false");
        let rows = parsed(&ask, &rows(&[&odd]));
        let [row] = &rows.users[..] else { panic!() };
        assert_eq!(row.mfa, Known(true));
        let reason = |gap: Option<GapId>, gaps: &[Gap]| gaps[gap.unwrap().index()].reason;
        let keys: Vec<AccessKey> = row.keys(&ask).collect();
        // The line is short; whether there is a second key is unknown.
        assert_eq!(keys.len(), 2);
        let (rotated, used) = (keys[0].rotated.gap(), keys[0].last_used.gap());
        let facts = [row.console_access.gap(), row.password_last_used.gap(), rotated, used];
        let unsupported = row.password_last_changed.gap();
        assert!(keys[1].rotated.gap().is_some());
        // There is no line for root.
        assert!(Report(Known(rows)).root_last_used(&ask).gap().is_some());
        let gaps = ask.into_gaps();
        assert!(facts.iter().all(|gap| reason(*gap, &gaps) == Reason::Malformed), "{gaps:?}");
        assert_eq!(reason(unsupported, &gaps), Reason::Unsupported);
    }

    #[test]
    fn columns_are_found_by_name() {
        let ask = asker();
        let rows = parsed(&ask, "mfa_active,arn,user\ntrue,arn:aws:iam::1:user/a,a\n");
        assert_eq!(rows.users[0].mfa, Known(true));
        assert!(rows.users[0].console_access.gap().is_some());
        let rows = parsed(&ask, "arn,user\narn:aws:iam::1:user/a,a\n,b\n");
        assert_eq!(rows.users.len(), 1);
        assert!(rows.cut.is_some());
        for hostile in ["", "\n", "a,b\n1,2", "arn\nx", "\u{0}", "\"", "user,arn\n\"a,b"] {
            if let Known(rows) = parse(&ask, hostile.as_bytes(), None) {
                assert!(rows.users.is_empty(), "{hostile:?}");
            }
        }
        parse(&ask, &[0xff, b',', 0xfe, b'\n', 0xff], None);
        parse(&ask, b"user,arn\n\xff,\xfe\n", None);
    }

    #[test]
    fn the_two_sources_differ_in_age() {
        let ask = asker();
        let key = "true,2024-02-01T00:00:00Z,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A";
        let content = rows(&[&line("both", NO_PASSWORD, key), &line("gone", NO_PASSWORD, key)]);
        let report = || Report(Known(parsed(&ask, &content)));
        let user = |name: &str| User::unread(arn_of(name), name, None);

        // Everyone is listed: who is in the report only was deleted, who is in the list only is new.
        let mut users = Listing::complete(vec![user("both"), user("new")]);
        let keys = report().join(&ask, &mut users);
        assert_eq!(users.items.len(), 2);
        assert_eq!(users.items[0].mfa, Known(false));
        let gap = users.items[1].mfa.gap().unwrap();
        assert_eq!(keys.items.len(), 1);
        assert_eq!(keys.gaps, [gap]);

        // The listing was truncated: a user in the report exists, and the rest is unknown.
        let cut = ask.gap(Gap::new("iam:GetAccountAuthorizationDetails", "", Reason::Denied));
        let mut users = Listing { items: vec![user("both")], gaps: vec![cut] };
        let keys = report().join(&ask, &mut users);
        let names: Vec<&str> = users.items.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(names, ["both", "gone"]);
        assert_eq!(users.items[1].mfa, Known(false));
        assert_eq!(users.items[1].full_admin, Fact::Gap(cut));
        assert!(users.items[1].created.is_known());
        assert_eq!(keys.items.len(), 2);
        assert!(keys.is_complete());

        // Users were not wanted.
        let mut users = Listing::not_collected();
        let keys = report().join(&ask, &mut users);
        assert!(users.items.is_empty() && !users.is_collected());
        assert_eq!(keys.items.len(), 2);
        assert!(keys.is_complete());

        // One of the same name, who was made after the other had been deleted.
        let again = user("both").created(Known("2026-11-23T09:00:00Z".parse().unwrap()));
        let same = user("gone").created(Known("2024-01-01T00:00:01Z".parse().unwrap()));
        let mut users = Listing::complete(vec![again, same]);
        let keys = report().join(&ask, &mut users);
        assert!(users.items[0].mfa.gap().is_some());
        assert_eq!(users.items[1].mfa, Known(false));
        assert_eq!((keys.items.len(), keys.gaps.len()), (1, 1));

        // No report.
        let mut users = Listing::complete(vec![user("both")]);
        let keys = Report(Fact::Gap(cut)).join(&ask, &mut users);
        assert_eq!(users.items[0].console_access, Fact::Gap(cut));
        assert_eq!(keys, Listing::unread(cut));
        assert!(!parsed(&ask, &content).lacks(&ask, "x").eq(&cut));
    }

    #[tokio::test]
    async fn keys_alone_take_the_report_alone() {
        let content = rows(&[ROOT, &line("a", NO_PASSWORD, NO_KEYS)]);
        let fake = Fake::default()
            .xml("GenerateCredentialReport", COMPLETE)
            .xml("GetCredentialReport", &answer(&content));
        let wanted = Wanted::of(&[Account::ROOT_LAST_USED], &[Kind::AccessKey]);
        let scope = fake.collect(&wanted).await;
        assert!(scope.access_keys.is_complete() && scope.access_keys.items.is_empty());
        assert!(scope.account.root_last_used.is_known());
        assert!(!scope.users.is_collected());
        assert_eq!(fake.count("GetAccountAuthorizationDetails"), 0);
        assert_eq!(fake.count("GetAccountSummary"), 0);
    }

    #[test]
    fn odd_names_are_read_as_they_are() {
        let ask = asker();
        let names = [
            "a,b\"",
            "Zoë 東京",
            "\u{202e}gpj",
            "two\nlines",
            "=1+1",
            "<root_account>",
            "N/A",
            "no_information",
        ];
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let lines: Vec<String> = names
            .iter()
            .map(|name| {
                format!(
                    "{},{},2024-01-01T00:00:00+00:00,{NO_PASSWORD},{NO_KEYS},false,N/A,false,N/A",
                    quoted(name),
                    quoted(&arn_of(name))
                )
            })
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let rows = parsed(&ask, &rows(&lines));
        assert!(rows.cut.is_none() && rows.root.is_none());
        let read: Vec<&str> = rows.users.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(read, names);
        for (row, name) in rows.users.iter().zip(names) {
            assert_eq!(row.arn, arn_of(name));
            assert_eq!((&row.console_access, &row.mfa), (&Known(false), &Known(false)));
        }
    }
}
