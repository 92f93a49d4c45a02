//! The [credential report](https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::{LONG_AGO, details, no_such};
use crate::aws::wire::Failure;
use crate::aws::world::{AccessKey, Account, User};
use crate::time;

const COLUMNS: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

pub(super) fn report(account: &Account, ahead: i64) -> Result<Value, Failure> {
    let mut out = csv::WriterBuilder::new().from_writer(Vec::new());
    let unwritable = |_| no_such("report");
    out.write_record(COLUMNS.split(',')).map_err(unwritable)?;
    out.write_record(root(account)).map_err(unwritable)?;
    for it in &account.users {
        out.write_record(user(account, it)).map_err(unwritable)?;
    }
    let bytes = out.into_inner().map_err(|_| no_such("report"))?;
    Ok(json!({
        "Content": BASE64_STANDARD.encode(bytes), "ReportFormat": "text/csv",
        "GeneratedTime": time::now(ahead),
    }))
}

fn flag(on: bool) -> String {
    on.to_string()
}

/// A time in the form of the report.
fn when(text: &str) -> String {
    text.replace('Z', "+00:00")
}

fn none() -> String {
    "N/A".to_owned()
}

fn root(account: &Account) -> Vec<String> {
    let number = |name: &str| account.summary.get(name).is_some_and(|number| *number > 0);
    let key = number("AccountAccessKeysPresent");
    let used = account.root_last_used.as_deref().map_or("no_information".to_owned(), when);
    let not_supported = || "not_supported".to_owned();
    let mut row = vec![
        "<root_account>".to_owned(),
        format!("arn:aws:iam::{}:root", account.id),
        when(LONG_AGO),
        not_supported(),
        used,
        not_supported(),
        not_supported(),
        flag(number("AccountMFAEnabled")),
    ];
    let first = AccessKey::default();
    row.extend(key_columns(key.then_some(&first), LONG_AGO));
    row.extend(key_columns(None, LONG_AGO));
    row.extend([flag(false), none(), flag(false), none()]);
    row
}

fn user(account: &Account, user: &User) -> Vec<String> {
    let created = user.created.as_deref().unwrap_or(LONG_AGO);
    let mut row = vec![user.name.clone(), details::user_arn(account, user), when(created)];
    row.extend(match &user.password {
        None => [flag(false), none(), none(), none()],
        Some(password) => [
            flag(true),
            password.used.as_deref().map_or("no_information".to_owned(), when),
            when(password.changed.as_deref().unwrap_or(created)),
            none(),
        ],
    });
    row.push(flag(user.mfa));
    row.extend(key_columns(user.keys.first(), created));
    row.extend(key_columns(user.keys.get(1), created));
    row.extend([flag(false), none(), flag(false), none()]);
    row
}

fn key_columns(key: Option<&AccessKey>, created: &str) -> [String; 5] {
    let Some(key) = key else { return [flag(false), none(), none(), none(), none()] };
    let (used, region, service) = match &key.used {
        Some(used) => (when(used), "us-east-1".to_owned(), "s3".to_owned()),
        None => (none(), none(), none()),
    };
    [flag(!key.inactive), when(key.created.as_deref().unwrap_or(created)), used, region, service]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_every_column_and_odd_names_are_quoted() {
        let account = Account {
            id: "111122223333".to_owned(),
            users: vec![User { name: "a,b\"".to_owned(), mfa: true, ..User::default() }],
            ..Account::default()
        };
        let report = report(&account, 0).unwrap();
        let text = BASE64_STANDARD.decode(report["Content"].as_str().unwrap()).unwrap();
        let mut read = csv::Reader::from_reader(text.as_slice());
        let rows: Vec<csv::StringRecord> = read.records().collect::<Result<_, _>>().unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(&rows[0][0], "<root_account>");
        assert_eq!((&rows[1][0], &rows[1][7], rows[1].len()), ("a,b\"", "true", 22));
    }
}
