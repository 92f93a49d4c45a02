//! What a key has several of.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Known};

use super::{GRANTS, Grant, KEY_GRANTS, KEY_TAGS, TAGS};
use crate::ask::CallError;
use crate::collect::context::Audit;
use crate::wire::Client;

/// The tags of a key, if an exception names a tag.
pub(super) async fn tags(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    arn: &str,
) -> Fact<BTreeMap<String, String>> {
    if !audit.calls(&KEY_TAGS) {
        return Fact::not_collected();
    }
    let (pages, refused) = audit.ask.list(client, &TAGS, region, [arn]).await;
    if let Some(refused) = refused {
        return unread(audit, arn, refused);
    }
    let tags = pages.iter().flat_map(|page| page.read().tags());
    Known(tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
}

/// Whom the grants of a key name; an incomplete list is none.
pub(super) async fn grantees(
    audit: &Audit<'_>,
    client: &Client,
    region: &str,
    arn: &str,
) -> Fact<Vec<String>> {
    if !audit.calls(&KEY_GRANTS) {
        return Fact::not_collected();
    }
    let (pages, refused) = audit.ask.list(client, &GRANTS, region, [arn]).await;
    if let Some(refused) = refused {
        return unread(audit, arn, refused);
    }
    let grants = pages.iter().flat_map(|page| page.read().grants());
    let mut grantees: Vec<String> = Vec::new();
    for grant in grants {
        let Some(grantee) = grantee(grant) else {
            return audit.ask.malformed(KEY_GRANTS.name, arn, "a grant has no grantee principal");
        };
        grantees.push(grantee.to_owned());
    }
    grantees.sort();
    grantees.dedup();
    Known(grantees)
}

fn grantee(grant: Grant<'_>) -> Option<&str> {
    grant.grantee().or(grant.service()).filter(|name| !name.is_empty())
}

fn unread<T>(audit: &Audit<'_>, arn: &str, refused: CallError) -> Fact<T> {
    let mut gap = refused.into_gap();
    arn.clone_into(&mut gap.target);
    Fact::Gap(audit.ask.gap(gap))
}
