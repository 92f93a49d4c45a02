//! What webhooks, Slack and mail are sent of a run beside a report.

use posture_core::time::Time;
use posture_history::{Account, Delivery, Run, State};
use posture_report::slack;
use posture_report::text::{NAME, safe};
use serde::Serialize;

use crate::config::Config;
use crate::config::job::{Job, Sink, filled};
use crate::error::{Failure, Result};
use crate::history::History;
use crate::output::counted;

/// How many failures and accounts a message names, and how many accounts its first line.
const NAMED: usize = 20;
const FEW: usize = 3;

/// What mail says of a run: a subject in one line, and a page.
pub(super) fn letter(
    config: &Config,
    history: &History,
    run: &Run,
    delivery: &Delivery,
    job: &Job,
) -> Result<(String, String)> {
    let message = Message::of(config, history, run, delivery, job)?;
    let subject = format!(
        "Audit {}, run {}: {} fail, {} unknown",
        safe(message.job, NAME),
        message.run,
        message.fail,
        message.unknown
    );
    let text = |text: &str| posture_report::html::text(text);
    let mut page = format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{0}</title></head><body><h1>{0}</h1>\
         <p>Configuration on {1} of {2}: {3}</p>\
         <p>Unknown is neither a pass nor a failure. The report is attached.</p>",
        text(&subject),
        run.finished.minute(),
        text(&message.of_what()),
        message.counts()
    );
    if let Some(link) = &message.link {
        page.push_str(&format!("<p><a href=\"{0}\">{0}</a></p>", text(link)));
    }
    if !message.failures.is_empty() {
        page.push_str("<h2>New failures</h2><ul>");
        for failed in &message.failures {
            let name = failed.resource.as_deref().unwrap_or("the account");
            page.push_str(&format!(
                "<li>{}: {}: <b>{}</b> in {}",
                failed.severity,
                text(&failed.headline()),
                text(name),
                text(&failed.scope)
            ));
        }
        page.push_str("</ul>");
    }
    page.push_str("</body></html>");
    Ok((subject, page))
}

/// The message to a webhook about a run.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Message<'m> {
    format: &'static str,
    version: u32,
    /// The ID by which a repeat is recognized.
    id: &'m str,
    job: &'m str,
    run: i64,
    finished: Time,
    accounts: usize,
    /// The first of these accounts.
    scopes: Vec<Named>,
    /// Where the report is, as the job is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    fail: usize,
    excepted: usize,
    unknown: usize,
    pass: usize,
    not_applicable: usize,
    began_to_fail: usize,
    fail_again: usize,
    fail_no_more: usize,
    /// Some of what began to fail, or fails again.
    failures: Vec<Failed>,
}

/// An account, subscription or tenant.
#[derive(Serialize)]
struct Named {
    provider: posture_core::provider::Provider,
    id: String,
    name: Option<String>,
}

#[derive(Serialize)]
struct Failed {
    finding: String,
    control: String,
    /// What is wrong; none of a control that is not known any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
    severity: posture_core::control::Severity,
    scope: String,
    resource: Option<String>,
}

impl Failed {
    /// What is wrong, and by which control.
    fn headline(&self) -> String {
        match self.summary {
            Some(summary) => format!("{summary} ({})", self.control),
            None => self.control.clone(),
        }
    }
}

impl<'m> Message<'m> {
    fn of(
        config: &Config,
        history: &History,
        run: &Run,
        delivery: &'m Delivery,
        job: &Job,
    ) -> Result<Self> {
        let accounts = history.ask(|history| history.accounts(run.id, NAMED))?;
        let named = |account: Account| Named {
            provider: account.provider,
            id: account.id,
            name: account.name,
        };
        let changes = history.ask(|history| history.changes(run.id))?;
        let mut failures: Vec<Failed> = changes
            .into_iter()
            .filter(|(_, was, is)| is.fails() && !was.is_some_and(State::fails))
            .map(|(entry, _, _)| Failed {
                finding: entry.id,
                summary: config.catalogue.headline(&entry.control, true),
                control: entry.control,
                severity: entry.severity,
                scope: entry.scope,
                resource: entry.name,
            })
            .collect();
        failures.sort_by_key(|failed| std::cmp::Reverse(failed.severity));
        failures.truncate(NAMED);
        let tally = run.tally;
        Ok(Self {
            format: "posture-run-message",
            version: 1,
            id: &delivery.id,
            job: &delivery.job,
            run: run.id,
            finished: run.finished,
            accounts: run.scopes,
            scopes: accounts.into_iter().map(named).collect(),
            link: job.link.as_ref().map(|link| filled(link, &job.name, run.id, run.finished)),
            fail: tally.fail,
            excepted: tally.excepted,
            unknown: tally.unknown,
            pass: tally.pass,
            not_applicable: tally.not_applicable,
            began_to_fail: run.failed,
            fail_again: run.reopened,
            fail_no_more: run.fixed,
            failures,
        })
    }
}

impl Message<'_> {
    /// What was audited: accounts by their names and numbers, and how many more.
    fn of_what(&self) -> String {
        let shown = self.scopes.iter().take(FEW);
        let mut names: Vec<String> = shown
            .map(|scope| match &scope.name {
                Some(name) => format!("{} ({})", safe(name, NAME), safe(&scope.id, NAME)),
                None => safe(&scope.id, NAME).into_owned(),
            })
            .collect();
        match self.accounts.saturating_sub(names.len()) {
            0 => {}
            more => names.push(counted(more, "more account", "more accounts")),
        }
        names.join(", ")
    }

    /// Its status, and what changed.
    fn counts(&self) -> String {
        format!(
            "{} fail, {} unknown, {} excepted, {} pass. {}, {} reopened, {} fixed.",
            self.fail,
            self.unknown,
            self.excepted,
            self.pass,
            counted(self.began_to_fail, "new failure", "new failures"),
            self.fail_again,
            self.fail_no_more
        )
    }
}

/// The body of a message to a webhook.
pub(super) fn message(
    config: &Config,
    history: &History,
    run: &Run,
    delivery: &Delivery,
    job: &Job,
    sink: &Sink,
) -> Result<Vec<u8>> {
    let message = Message::of(config, history, run, delivery, job)?;
    let slack = matches!(sink, Sink::Webhook(webhook) if webhook.slack);
    let body = if slack {
        serde_json::to_vec(&serde_json::json!({ "text": slack_text(&message) }))
    } else {
        serde_json::to_vec(&message)
    };
    body.map_err(|error| Failure::tool("cannot write the message").cause(error))
}

/// A message for [Slack](https://docs.slack.dev/messaging/formatting-message-text/): text of a cloud mentions no user
/// and is not a link.
fn slack_text(message: &Message<'_>) -> String {
    let mut text = format!(
        "Audit `{}`, run {}, of `{}`: {}",
        slack::text(message.job),
        message.run,
        slack::text(&message.of_what()),
        message.counts()
    );
    // It was looked at when the configuration was read: nothing in it ends the link.
    if let Some(link) = &message.link {
        text.push_str(&format!("\n<{}|Report>", link.replace('&', "&amp;")));
    }
    for failed in &message.failures {
        let name = failed.resource.as_deref().unwrap_or("the account");
        text.push_str(&format!(
            "\n• {}: {}: `{}` in `{}`",
            failed.severity,
            slack::text(&failed.headline()),
            slack::text(name),
            slack::text(&failed.scope)
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_for_slack_mentions_no_user() {
        for hostile in ["<!channel>", "<https://evil.example|x>", "a`b", "x\n<@U1>", "&lt;"] {
            let shown = slack::text(hostile);
            assert!(!shown.contains(['<', '>', '`', '\n']), "{shown}");
        }
        assert_eq!(slack::text("&lt;"), "&amp;lt;");
    }
}
