//! The [credential report](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html): the state
//! of everyone's password, MFA and access keys, in one document that may be up to four hours old.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_iam::Client;
use aws_sdk_iam::types::ReportStateType;
use csv::ByteRecord;
use posture_core::fact::{Fact, Known};
use posture_core::gap::{Gap, GapId, Reason};
use posture_core::listing::Listing;
use posture_core::resource::{AccessKey, User};
use posture_core::time::Time;

use super::{GENERATE, REPORT};
use crate::ask::{Asker, Refused};
use crate::collect::{Audit, time};

/// How long to wait before asking once more whether the report is there: half a minute in all.
pub(super) const PAUSES: &[Duration] = &[
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_millis(1_500),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(4),
    Duration::from_secs(5),
    Duration::from_secs(6),
    Duration::from_secs(6),
];

/// The report, or why there is none.
pub(super) struct Report(Fact<Rows>);

/// What the report says.
#[derive(Debug)]
struct Rows {
    generated: Option<Time>,
    users: Vec<Row>,
    root: Option<Row>,
    /// Why there may be more rows than these.
    cut: Option<GapId>,
}

/// What the report says of one user.
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

/// What the report says of the first or the second key of a user.
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
    if !audit.calls(REPORT) {
        return Report(Fact::not_collected());
    }
    Report(match fetch(audit.ask, client, pauses).await {
        Ok((content, generated)) => parse(audit.ask, &content, generated),
        Err(gap) => Fact::Gap(audit.ask.gap(gap)),
    })
}

async fn fetch(
    ask: &Asker,
    client: &Client,
    pauses: &[Duration],
) -> Result<(Vec<u8>, Option<Time>), Gap> {
    let mut pauses = pauses.iter();
    // A report may expire between the word that it is there and its reading.
    let mut once_more = true;
    loop {
        let made = ask.ask(GENERATE, "", "", client.generate_credential_report().send()).await;
        let late = match made {
            Ok(output) if output.state() == Some(&ReportStateType::Complete) => {
                let answer = ask.ask(REPORT, "", "", client.get_credential_report().send()).await;
                match answer {
                    Ok(output) => {
                        let generated = output.generated_time.as_ref().map(time);
                        let content = output.content.map(|blob| blob.into_inner());
                        let none = || {
                            let mut gap = Gap::new(REPORT, "", Reason::Malformed);
                            gap.detail = Some("the answer holds no report".to_owned());
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
            let mut gap = Gap::new(GENERATE, "", late);
            gap.detail = Some("the credential report was not ready in time".to_owned());
            return Err(gap);
        };
        if !ask.pause(*pause).await {
            return Err(Gap::new(GENERATE, "", Reason::Cancelled));
        }
    }
}

fn is_limit(refused: &Refused) -> bool {
    refused.is(&["LimitExceeded", "LimitExceededException"])
}

/// Rows of the report by the names in its first line, as columns were added over time.
fn parse(ask: &Asker, content: &[u8], generated: Option<Time>) -> Fact<Rows> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(content);
    let columns: HashMap<String, usize> = match reader.byte_headers() {
        Ok(names) => {
            let names = names.iter().map(|name| String::from_utf8_lossy(name).into_owned());
            names.enumerate().map(|(place, name)| (name, place)).collect()
        }
        Err(_) => HashMap::new(),
    };
    if !["user", "arn"].iter().all(|name| columns.contains_key(*name)) {
        return ask.malformed(REPORT, "", "the first line of the report names no users");
    }
    let mut rows = Rows { generated, users: Vec::new(), root: None, cut: None };
    for record in reader.into_byte_records() {
        let fields = record.ok().map(|record| Fields { ask, columns: &columns, record });
        let row = fields.and_then(|fields| fields.row());
        match row {
            Some(row) if row.arn.ends_with(":root") => rows.root = Some(row),
            Some(row) => rows.users.push(row),
            None => {
                let mut gap = Gap::new(REPORT, "", Reason::Malformed);
                gap.detail = Some("a line of the report does not say whose it is".to_owned());
                rows.cut = Some(ask.gap(gap));
            }
        }
    }
    Known(rows)
}

/// One line of the report.
struct Fields<'a> {
    ask: &'a Asker,
    columns: &'a HashMap<String, usize>,
    record: ByteRecord,
}

impl Fields<'_> {
    fn row(&self) -> Option<Row> {
        let own = |column| self.text(column).filter(|text| !text.is_empty()).map(str::to_owned);
        let arn = own("arn")?;
        Some(Row {
            name: own("user")?,
            created: self.moment("user_creation_time", &[]),
            console_access: self.flag("password_enabled"),
            mfa: self.flag("mfa_active"),
            // `no_information`: not since October 2014, when AWS began to note it. `N/A`: there is no password.
            password_last_used: self.moment("password_last_used", &["no_information", "N/A"]),
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

    /// A date, or one of the words that say that there is none.
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
            return self.ask.malformed(REPORT, "", detail);
        }
        let target = self.text("arn").unwrap_or_default();
        let detail = match text {
            Some(text) => format!("`{column}` is `{text}`"),
            None => format!("`{column}` is missing"),
        };
        if text == Some("not_supported") {
            let mut gap = Gap::new(REPORT, target, Reason::Unsupported);
            gap.detail = Some(detail);
            return Fact::Gap(self.ask.gap(gap));
        }
        self.ask.malformed(REPORT, target, detail)
    }
}

impl Report {
    /// When root last signed in or used a key, whichever is later.
    pub(super) fn root_last_used(&self, ask: &Asker) -> Fact<Option<Time>> {
        self.0.and_then(|rows| {
            let Some(root) = &rows.root else {
                return ask.malformed(REPORT, "", "the report has no line for root");
            };
            let [one, two] = &root.keys;
            [&root.password_last_used, &one.last_used, &two.last_used]
                .into_iter()
                .fold(Known(None), |latest: Fact<Option<Time>>, used| {
                    latest.and_then(|latest| used.map(|used| (*latest).max(*used)))
                })
        })
    }

    /// Adds to the users what the report says of them, and gives their keys.
    ///
    /// The two sources are of different ages. A user who is in the report only was deleted since, where the listing of
    /// users is complete; else it is one of those that are missing there. A user who is listed only was made since, and
    /// nothing is known of its credentials.
    pub(super) fn join(&self, ask: &Asker, users: &mut Listing<User>) -> Listing<AccessKey> {
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
            match by_arn.remove(user.id.as_str()) {
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
    fn lacks(&self, ask: &Asker, user: &str) -> GapId {
        let mut gap = Gap::new(REPORT, user, Reason::Incomplete);
        gap.detail = Some(match self.generated {
            Some(generated) => {
                format!("the credential report of {} does not hold this user", generated.minute())
            }
            None => "the credential report does not hold this user".to_owned(),
        });
        ask.gap(gap)
    }
}

impl Row {
    fn put(&self, user: &mut User) {
        let [one, two] = &self.keys;
        user.console_access = self.console_access.clone();
        user.mfa = self.mfa.clone();
        user.password_last_used = self.password_last_used.clone();
        user.password_last_changed = self.password_last_changed.clone();
        user.active_keys =
            one.active.and_then(|one| two.active.map(|two| u32::from(*one) + u32::from(*two)));
    }

    /// A user of whom only the report knows, where the listing of users was cut.
    fn user(&self, gap: GapId) -> User {
        let mut user = User::unread(self.arn.as_str(), self.name.as_str(), None)
            .created(self.created.and_then(|created| match created {
                Some(created) => Known(*created),
                None => Fact::Gap(gap),
            }))
            .groups(Fact::Gap(gap))
            .direct_policies(Fact::Gap(gap))
            .full_admin(Fact::Gap(gap))
            .escalation_paths(Fact::Gap(gap))
            .decrypts_any_key(Fact::Gap(gap));
        self.put(&mut user);
        user
    }

    fn keys<'a>(&'a self, ask: &'a Asker) -> impl Iterator<Item = AccessKey> + 'a {
        let keys = self.keys.iter().zip(1..).filter(|(key, _)| key.exists());
        keys.map(move |(key, n)| {
            let id = format!("{}/access-key-{n}", self.arn);
            let rotated = key.rotated.and_then(|rotated| match rotated {
                Some(rotated) => Known(*rotated),
                None => ask.malformed(REPORT, &id, "the report gives no date for an active key"),
            });
            AccessKey::unread(id, format!("{}/key {n}", self.name), None)
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
