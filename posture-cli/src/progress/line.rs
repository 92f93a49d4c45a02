//! What the events of an audit add up to, and the line that shows it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use console::{measure_text_width, truncate_str};
use indicatif::HumanCount;
use posture::Event;
use posture_core::provider::Provider;
use posture_report::text::{NAME, safe};

/// How wide the bar is, without its brackets.
const BAR: usize = 10;

/// After how many accounts a time is estimated: eight are read at once, and two rounds of them show a pace.
const ENOUGH: usize = 16;

/// How many services an account has at least. One that reads them one after the other begins the next only when the one
/// before is done, and would always seem to be at its last.
const FEW: usize = 5;

/// What happened so far.
#[derive(Debug, Default)]
pub(super) struct State {
    clouds: BTreeMap<Provider, Accounts>,
    /// Accounts under way, each with the services that it has begun.
    under_way: BTreeMap<(Provider, String), Services>,
    calls: u64,
    throttled: u64,
    interrupted: bool,
    /// What a reader of the result should know.
    notes: Vec<String>,
}

/// How many accounts of a cloud were found, and how many are done.
#[derive(Debug, Default)]
struct Accounts {
    found: usize,
    done: usize,
}

/// What is read of an account: each service with the regions in which it is read now.
#[derive(Debug, Default)]
struct Services {
    begun: usize,
    ended: usize,
    reading: BTreeSet<(&'static str, String)>,
}

impl State {
    /// Takes what happened.
    pub(super) fn take(&mut self, event: Event) {
        match event {
            Event::Note { text } => self.notes.push(text),
            Event::Found { provider, accounts } => {
                self.clouds.entry(provider).or_default().found += accounts;
            }
            Event::Started { provider, account, service, region } => {
                let services = self.under_way.entry((provider, account)).or_default();
                services.begun += 1;
                services.reading.insert((service, region));
            }
            Event::Finished { provider, account, service, region } => {
                if let Some(services) = self.under_way.get_mut(&(provider, account)) {
                    services.ended += 1;
                    services.reading.remove(&(service, region));
                }
            }
            Event::Done { provider, account } => {
                self.clouds.entry(provider).or_default().done += 1;
                self.under_way.remove(&(provider, account));
            }
            Event::Called { .. } => self.calls += 1,
            Event::Throttled { .. } => self.throttled += 1,
            _ => {}
        }
    }

    /// Remembers that the audit ends early.
    pub(super) fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// Takes the notes out.
    pub(super) fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// The line, on a terminal of so many columns, so long after the audit began.
    pub(super) fn line(&self, width: usize, elapsed: Duration) -> String {
        // The cursor is behind the line, and must not move to the next.
        let width = width.saturating_sub(1);
        if self.interrupted {
            return truncate_str("interrupted: finishing the report", width, "").into_owned();
        }
        if self.clouds.is_empty() && self.under_way.is_empty() {
            let text = format!("signing in · {} calls", HumanCount(self.calls));
            return truncate_str(&text, width, "").into_owned();
        }
        let filled = (self.part() * BAR as f64) as usize;
        let filled = filled.min(BAR);
        let mut line = format!("[{}{}]", "#".repeat(filled), " ".repeat(BAR - filled));
        let mut parts = vec![self.count()];
        parts.push(format!("{} {}", HumanCount(self.calls), plural(self.calls, "call", "calls")));
        parts.push(format!("{} throttled", HumanCount(self.throttled)));
        parts.extend(self.left(elapsed));
        for (place, part) in parts.iter().enumerate() {
            let next = format!("{line}{}{part}", if place == 0 { " " } else { " · " });
            if measure_text_width(&next) > width {
                break;
            }
            line = next;
        }
        let reading = self.reading();
        let room = width.saturating_sub(measure_text_width(&line));
        // Less is not worth reading.
        if !reading.is_empty() && room >= 25 {
            line.push_str(&truncate_str(&format!(" · reading {reading}"), room, "…"));
        }
        truncate_str(&line, width, "").into_owned()
    }

    /// How many accounts are done of those that were found.
    fn accounts(&self) -> (usize, usize) {
        let sum = |of: fn(&Accounts) -> usize| self.clouds.values().map(of).sum();
        (sum(|accounts| accounts.done), sum(|accounts| accounts.found))
    }

    /// What is counted: accounts, or of one account its services.
    fn count(&self) -> String {
        let (done, found) = self.accounts();
        let mut of = self.under_way.values();
        if found <= 1
            && done == 0
            && let (Some(services), None) = (of.next(), of.next())
        {
            return format!("{}/{} services", services.ended, services.begun);
        }
        let aws = self.clouds.get(&Provider::Aws).is_some_and(|accounts| accounts.found > 0);
        let azure = self.clouds.get(&Provider::Azure).is_some_and(|accounts| accounts.found > 0);
        let what = match (aws, azure) {
            (true, true) => "accounts and subscriptions",
            (false, true) => plural(found as u64, "subscription", "subscriptions"),
            _ => plural(found as u64, "account", "accounts"),
        };
        format!("{done}/{found} {what}")
    }

    /// Which part is done. Of an account under way, by its services.
    fn part(&self) -> f64 {
        let (done, found) = self.accounts();
        // A tenant is read beside its subscriptions, and is not one of those that were found.
        let tenants = usize::from(self.clouds.contains_key(&Provider::Azure));
        let parts: f64 = self.under_way.values().map(Services::part).sum();
        ((done as f64 + parts) / (found + tenants).max(1) as f64).clamp(0.0, 1.0)
    }

    /// The time that is left, where enough accounts were read to go by. It supposes that the others are like them.
    fn left(&self, elapsed: Duration) -> Option<String> {
        let (done, found) = self.accounts();
        if done < ENOUGH || found <= done {
            return None;
        }
        let seconds = elapsed.as_secs_f64() * (found - done) as f64 / done as f64;
        let minutes = (seconds / 60.0).ceil();
        Some(match minutes {
            _ if seconds < 50.0 => "less than a minute left".to_owned(),
            minutes if minutes < 90.0 => format!("about {minutes:.0} min left"),
            minutes => format!("about {:.0} h left", (minutes / 60.0).ceil()),
        })
    }

    /// What is being read, by name.
    fn reading(&self) -> String {
        let mut names: Vec<String> = self
            .under_way
            .values()
            .flat_map(|services| &services.reading)
            .map(|(service, region)| safe(format!("{service} {region}").trim(), NAME).into_owned())
            .collect();
        names.sort_unstable();
        names.dedup();
        names.join(", ")
    }
}

impl Services {
    fn part(&self) -> f64 {
        self.ended as f64 / self.begun.max(FEW) as f64
    }
}

fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(account: usize, service: &'static str, region: &str) -> Event {
        let (account, region) = (account.to_string(), region.to_owned());
        Event::Started { provider: Provider::Aws, account, service, region }
    }

    fn finished(account: usize, service: &'static str, region: &str) -> Event {
        let (account, region) = (account.to_string(), region.to_owned());
        Event::Finished { provider: Provider::Aws, account, service, region }
    }

    fn done(provider: Provider, account: usize) -> Event {
        Event::Done { provider, account: account.to_string() }
    }

    fn after(events: impl IntoIterator<Item = Event>) -> State {
        let mut state = State::default();
        events.into_iter().for_each(|event| state.take(event));
        state
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn accounts_calls_and_throttles_are_counted() {
        let provider = Provider::Aws;
        let mut state = after([Event::Found { provider, accounts: 100 }]);
        (0..34).for_each(|account| state.take(done(provider, account)));
        (0..12_400).for_each(|_| state.take(Event::Called { provider }));
        assert_eq!(
            state.line(80, Duration::from_secs(60)),
            "[###       ] 34/100 accounts · 12,400 calls · 0 throttled · about 2 min left"
        );
        assert_eq!(
            state.line(60, Duration::from_secs(60)),
            "[###       ] 34/100 accounts · 12,400 calls · 0 throttled"
        );
        assert_eq!(
            state.line(120, Duration::from_secs(60)),
            "[###       ] 34/100 accounts · 12,400 calls · 0 throttled · about 2 min left"
        );
        state.take(Event::Throttled { provider });
        state.take(started(40, "iam", ""));
        state.take(started(41, "s3", "eu-west-1"));
        assert_eq!(
            state.line(120, SECOND),
            "[###       ] 34/100 accounts · 12,400 calls · 1 throttled · less than a minute left · reading iam, s3 eu-west-1"
        );
    }

    #[test]
    fn of_one_account_its_services_are_counted() {
        let mut state = after([Event::Found { provider: Provider::Aws, accounts: 1 }]);
        assert!(state.line(80, SECOND).ends_with("] 0/1 account · 0 calls · 0 throttled"));
        for service in ["iam", "s3", "kms", "config", "cloudtrail", "logs"] {
            state.take(started(1, service, "eu-west-1"));
        }
        for service in ["kms", "config", "logs"] {
            state.take(finished(1, service, "eu-west-1"));
        }
        state.take(Event::Called { provider: Provider::Aws });
        assert_eq!(
            state.line(120, SECOND),
            "[#####     ] 3/6 services · 1 call · 0 throttled · reading cloudtrail eu-west-1, iam eu-west-1, s3 eu-west-1"
        );
        assert_eq!(state.line(60, SECOND), "[#####     ] 3/6 services · 1 call · 0 throttled");
    }

    #[test]
    fn both_clouds_and_a_tenant_are_counted_together() {
        let (aws, azure) = (Provider::Aws, Provider::Azure);
        let mut state =
            after([Event::Found { provider: azure, accounts: 2 }, done(azure, 1), done(azure, 2)]);
        // The tenant itself is still to be read.
        assert_eq!(
            state.line(100, SECOND),
            "[######    ] 2/2 subscriptions · 0 calls · 0 throttled"
        );
        state.take(Event::Found { provider: aws, accounts: 1 });
        assert_eq!(
            state.line(100, SECOND),
            "[#####     ] 2/3 accounts and subscriptions · 0 calls · 0 throttled"
        );
    }

    #[test]
    fn a_time_is_estimated_only_where_there_is_a_pace() {
        let provider = Provider::Aws;
        let left = |done: usize, found: usize, seconds: u64| {
            let mut state = after([Event::Found { provider, accounts: found }]);
            (0..done).for_each(|account| state.take(self::done(provider, account)));
            state.left(Duration::from_secs(seconds))
        };
        assert_eq!(left(15, 1_000, 60), None);
        assert_eq!(left(16, 1_000, 60).as_deref(), Some("about 62 min left"));
        assert_eq!(left(500, 1_000, 60).as_deref(), Some("about 1 min left"));
        assert_eq!(left(900, 1_000, 60).as_deref(), Some("less than a minute left"));
        assert_eq!(left(100, 1_000, 1_200).as_deref(), Some("about 3 h left"));
        assert_eq!(left(1_000, 1_000, 60), None);
    }

    #[test]
    fn the_line_is_never_wider_than_the_terminal() {
        let provider = Provider::Aws;
        let mut state = State::default();
        let at_every_width = |state: &mut State| {
            for width in 0..160 {
                let line = state.line(width, Duration::from_secs(90));
                assert!(measure_text_width(&line) < width.max(1), "{width}: {line:?}");
                assert!(!line.contains(['\n', '\u{1b}']), "{line:?}");
            }
        };
        at_every_width(&mut state);
        state.take(Event::Found { provider, accounts: 1_000 });
        at_every_width(&mut state);
        for account in 0..40 {
            state.take(started(account, "iam", "\u{1b}[2J\nevil"));
            state.take(done(provider, 100 + account));
        }
        (0..2_000).for_each(|_| state.take(Event::Called { provider }));
        at_every_width(&mut state);
        state.interrupt();
        at_every_width(&mut state);
    }
}
