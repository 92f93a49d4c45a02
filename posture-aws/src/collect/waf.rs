//! AWS WAF: web ACLs and rule groups, of each region and of CloudFront.

use std::collections::{BTreeMap, BTreeSet};

use futures::stream::{self, StreamExt};
use posture_model::fact::{Fact, Known};
use posture_model::gap::GapId;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Kind, WebAcl, WebRuleGroup};

use super::context::Audit;
use super::regions;
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::WAF;
use crate::wire::{Client, Constant, Operation, answers};

pub(crate) const ACLS: Action = Action {
    name: "wafv2:ListWebACLs",
    // Once more for CloudFront.
    per: Per::PLACE.at_least(),
    own: Holds::all(&["WebACLs"]),
    lists: &[Kind::WebAcl],
    fills: &[],
    command: "aws wafv2 list-web-acls --scope REGIONAL --region {region}",
};

pub(crate) const ACL: Action = Action {
    name: "wafv2:GetWebACL",
    per: Per::resource(Kind::WebAcl),
    own: Holds::all(&["WebACL.ARN"]),
    lists: &[],
    fills: &[WebAcl::RULES],
    command: "aws wafv2 get-web-acl --arn <web-acl> --region {region}",
};

pub(crate) const LOGGING: Action = Action {
    name: "wafv2:ListLoggingConfigurations",
    // Only where there is a web ACL.
    per: Per::UNFORESEEN,
    own: Holds::all(&["LoggingConfigurations"]),
    lists: &[],
    fills: &[WebAcl::LOGS],
    command: "aws wafv2 list-logging-configurations --scope REGIONAL --region {region}",
};

pub(crate) const GROUPS: Action = Action {
    name: "wafv2:ListRuleGroups",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["RuleGroups"]),
    lists: &[Kind::WebRuleGroup],
    fills: &[],
    command: "aws wafv2 list-rule-groups --scope REGIONAL --region {region}",
};

pub(crate) const GROUP: Action = Action {
    name: "wafv2:GetRuleGroup",
    per: Per::resource(Kind::WebRuleGroup),
    own: Holds::all(&["RuleGroup.ARN"]),
    lists: &[],
    fills: &[WebRuleGroup::MEASURED],
    command: "aws wafv2 get-rule-group --arn <web-rule-group> --region {region}",
};

answers! {
    ListWebAcls {
        acls: "WebACLs" optional records(Named),
    }

    ListWebRuleGroups {
        groups: "RuleGroups" optional records(Named),
    }

    Named {
        arn: "ARN" optional text,
        name: "Name" optional text,
    }

    GetWebAcl {
        acl: "WebACL" optional record(DescribedAcl),
    }

    DescribedAcl {
        rules: "Rules" optional counted,
        before: "PreProcessFirewallManagerRuleGroups" optional counted,
        after: "PostProcessFirewallManagerRuleGroups" optional counted,
    }

    GetWebRuleGroup {
        group: "RuleGroup" optional record(DescribedGroup),
    }

    DescribedGroup {
        visibility: "VisibilityConfig" required record(Visibility),
    }

    Visibility {
        metrics: "CloudWatchMetricsEnabled" required flag,
    }

    ListLoggingConfigurations {
        configurations: "LoggingConfigurations" optional records(LoggingOf),
    }

    LoggingOf {
        of: "ResourceArn" required text,
        destinations: "LogDestinationConfigs" required texts,
    }
}

const REGIONAL: &[(&str, Constant)] =
    &[("Limit", Constant::Whole(100)), ("Scope", Constant::Text("REGIONAL"))];
const CLOUD_FRONT: &[(&str, Constant)] =
    &[("Limit", Constant::Whole(100)), ("Scope", Constant::Text("CLOUDFRONT"))];

pub(crate) static LIST_ACLS: Operation<0, ListWebAcls<'_>> =
    Operation::new(&WAF, ACLS.name, "ListWebACLs")
        .given(REGIONAL)
        .pages("NextMarker", "NextMarker");

pub(crate) static LIST_GLOBAL_ACLS: Operation<0, ListWebAcls<'_>> =
    Operation::new(&WAF, ACLS.name, "ListWebACLs")
        .given(CLOUD_FRONT)
        .pages("NextMarker", "NextMarker");

pub(crate) static READ_ACL: Operation<1, GetWebAcl<'_>> =
    Operation::new(&WAF, ACL.name, "GetWebACL").takes(&["ARN"]);

pub(crate) static LIST_LOGGING: Operation<0, ListLoggingConfigurations<'_>> =
    Operation::new(&WAF, LOGGING.name, "ListLoggingConfigurations")
        .given(REGIONAL)
        .pages("NextMarker", "NextMarker");

pub(crate) static LIST_GLOBAL_LOGGING: Operation<0, ListLoggingConfigurations<'_>> =
    Operation::new(&WAF, LOGGING.name, "ListLoggingConfigurations")
        .given(CLOUD_FRONT)
        .pages("NextMarker", "NextMarker");

pub(crate) static LIST_GROUPS: Operation<0, ListWebRuleGroups<'_>> =
    Operation::new(&WAF, GROUPS.name, "ListRuleGroups")
        .given(REGIONAL)
        .pages("NextMarker", "NextMarker");

pub(crate) static LIST_GLOBAL_GROUPS: Operation<0, ListWebRuleGroups<'_>> =
    Operation::new(&WAF, GROUPS.name, "ListRuleGroups")
        .given(CLOUD_FRONT)
        .pages("NextMarker", "NextMarker");

pub(crate) static READ_GROUP: Operation<1, GetWebRuleGroup<'_>> =
    Operation::new(&WAF, GROUP.name, "GetRuleGroup").takes(&["ARN"]);

/// How many of a region are read at once; the asker bounds the calls.
const AT_ONCE: usize = 8;

/// What was deleted since it was listed.
const GONE: &[&str] = &["WAFNonexistentItemException"];

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    const SERVICE: &str = "wafv2";
    let acls = async {
        let mut all = regions::listing(audit, &ACLS, SERVICE, |at| acls_of(audit, at, false)).await;
        if let Some(home) = home_of_cloud_front(audit, &ACLS) {
            all.merge(acls_of(audit, home, true).await);
        }
        all
    };
    let groups = async {
        let mut all =
            regions::listing(audit, &GROUPS, SERVICE, |at| groups_of(audit, at, false)).await;
        if let Some(home) = home_of_cloud_front(audit, &GROUPS) {
            all.merge(groups_of(audit, home, true).await);
        }
        all
    };
    let (web_acls, web_rule_groups) = futures::join!(Box::pin(acls), Box::pin(groups));
    Part { web_acls, web_rule_groups, ..Part::default() }
}

/// The region in which what is for CloudFront is asked for, where it is wanted and there is CloudFront, see
/// [the scope](https://docs.aws.amazon.com/waf/latest/APIReference/API_ListWebACLs.html).
fn home_of_cloud_front<'a>(audit: &'a Audit<'_>, action: &Action) -> Option<&'a str> {
    let there = audit.session.partition() == "aws" && audit.calls(action);
    there.then(|| audit.session.home_region())
}

/// Each of a list by its ARN, with its name, and whether any lacks one.
fn named<'a>(all: impl Iterator<Item = Named<'a>>) -> (BTreeMap<String, String>, bool) {
    let (mut found, mut nameless) = (BTreeMap::new(), false);
    for one in all {
        match one.arn().filter(|arn| !arn.is_empty()) {
            Some(arn) => {
                found.insert(arn.to_owned(), one.name().unwrap_or(arn).to_owned());
            }
            None => nameless = true,
        }
    }
    (found, nameless)
}

async fn acls_of(audit: &Audit<'_>, region: &str, global: bool) -> Listing<WebAcl> {
    let client = &audit.session.client(region, audit.meter);
    let operation = if global { &LIST_GLOBAL_ACLS } else { &LIST_ACLS };
    let (pages, refused) = audit.ask.list(client, operation, region, []).await;
    let (listed, nameless) = named(pages.iter().flat_map(|page| page.read().acls()));
    let refused = CallError::or_nameless(refused, nameless, ACLS.name, region);
    let logged = if listed.is_empty() {
        Logged::default()
    } else {
        logged(audit, client, region, global).await
    };
    let logged = &logged;
    let read = stream::iter(listed).map(|(arn, name)| async move {
        let rules = match audit.calls(&ACL) {
            true => match audit.ask.read(client, &READ_ACL, &arn, region, [&arn]).await {
                Err(refused) if refused.is(GONE) => return None,
                answer => audit.ask.fact(answer),
            },
            false => Fact::not_collected(),
        };
        let rules = rules.and_then(|answer| match answer.read().acl() {
            Some(acl) => Known(count(acl.rules() + acl.before() + acl.after())),
            None => audit.ask.malformed(ACL.name, &arn, "the response lacks `WebACL`"),
        });
        let acl = WebAcl::unread_on(Provider::Aws, &arn, name, (!global).then_some(region));
        Some(acl.rules(rules).logs(logged.of(&arn)))
    });
    let items = read.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    audit.ask.listing(items, refused)
}

/// The web ACLs that write logs, by ARN, and why there may be more.
#[derive(Default)]
struct Logged {
    arns: BTreeSet<String>,
    missing: Option<GapId>,
}

impl Logged {
    fn of(&self, arn: &str) -> Fact<bool> {
        match self.missing {
            Some(gap) if !self.arns.contains(arn) => Fact::Gap(gap),
            _ => Known(self.arns.contains(arn)),
        }
    }
}

async fn logged(audit: &Audit<'_>, client: &Client, region: &str, global: bool) -> Logged {
    if !audit.calls(&LOGGING) {
        return Logged { missing: Some(GapId::NOT_COLLECTED), ..Logged::default() };
    }
    let operation = if global { &LIST_GLOBAL_LOGGING } else { &LIST_LOGGING };
    let (pages, refused) = audit.ask.list(client, operation, region, []).await;
    let all = pages.iter().flat_map(|page| page.read().configurations());
    let all = all.filter(|one| one.destinations().len() > 0).map(|one| one.of().to_owned());
    Logged {
        arns: all.collect(),
        missing: refused.map(|refused| audit.ask.gap(refused.into_gap())),
    }
}

async fn groups_of(audit: &Audit<'_>, region: &str, global: bool) -> Listing<WebRuleGroup> {
    let client = &audit.session.client(region, audit.meter);
    let operation = if global { &LIST_GLOBAL_GROUPS } else { &LIST_GROUPS };
    let (pages, refused) = audit.ask.list(client, operation, region, []).await;
    let (listed, nameless) = named(pages.iter().flat_map(|page| page.read().groups()));
    let refused = CallError::or_nameless(refused, nameless, GROUPS.name, region);
    let read = stream::iter(listed).map(|(arn, name)| async move {
        let measured = match audit.calls(&GROUP) {
            true => match audit.ask.read(client, &READ_GROUP, &arn, region, [&arn]).await {
                Err(refused) if refused.is(GONE) => return None,
                answer => audit.ask.fact(answer),
            },
            false => Fact::not_collected(),
        };
        let measured = measured.and_then(|answer| match answer.read().group() {
            Some(group) => Known(group.visibility().metrics()),
            None => audit.ask.malformed(GROUP.name, &arn, "the response lacks `RuleGroup`"),
        });
        let group = WebRuleGroup::unread_on(Provider::Aws, &arn, name, (!global).then_some(region));
        Some(group.measured(measured))
    });
    let items = read.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    audit.ask.listing(items, refused)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
