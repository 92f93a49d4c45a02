//! Network security groups.

use super::super::{Group, GroupRule, Place, Protocol, ports_of};
use super::{Row, odd, plain, references};
use crate::view::{Read, View, name_of, same};

/// The most rules of a group, and the most places that they name together: Azure
/// [allows](https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/azure-subscription-service-limits#networking-limits)
/// 1,000 and 4,000 (2026-11-30). More are not worked out.
const MOST: (usize, usize) = (1000, 8000);

/// A [group](https://learn.microsoft.com/en-us/rest/api/virtualnetwork/network-security-groups/get), by its rules for what
/// comes in.
pub(crate) fn group(row: Row<'_>) -> Read<Group> {
    let rules = rules(row, |outbound| !outbound)?.into_iter().map(|(_, rule)| rule).collect();
    let mut attached = references(row.view, "properties.subnets")?;
    attached.extend(references(row.view, "properties.networkInterfaces")?);
    Ok(Group::new(row.name.to_owned(), rules, attached))
}

/// The rules that were made, each with whether it is for outbound traffic.
pub(crate) fn made(row: Row<'_>) -> Read<Vec<(bool, GroupRule)>> {
    rules(row, |_| true)
}

/// The rules of some directions, each with whether it is for outbound traffic.
fn rules(row: Row<'_>, wanted: impl Fn(bool) -> bool) -> Read<Vec<(bool, GroupRule)>> {
    const RULES: &str = "properties.securityRules";
    let mut rules = Vec::new();
    let mut places = 0;
    for view in row.view.need(RULES, View::listed)? {
        view.need("properties", View::object)?;
        let outbound = match view.need("properties.direction", View::text)? {
            direction if same(direction, "Outbound") => true,
            direction if same(direction, "Inbound") => false,
            _ => return odd("properties.direction"),
        };
        if !wanted(outbound) {
            continue;
        }
        let rule = rule(view)?;
        places += rule.sources.len() + rule.destinations.len();
        rules.push((outbound, rule));
        if rules.len() > MOST.0 || places > MOST.1 {
            return odd(RULES);
        }
    }
    Ok(rules)
}

fn rule(rule: View<'_>) -> Read<GroupRule> {
    let allows = match rule.need("properties.access", View::text)? {
        access if same(access, "Allow") => true,
        access if same(access, "Deny") => false,
        _ => return odd("properties.access"),
    };
    let protocol = Protocol::read(rule.need("properties.protocol", View::text)?);
    let Some(protocol) = protocol else { return odd("properties.protocol") };
    Ok(GroupRule {
        name: name_of(rule.0).to_owned(),
        priority: rule.need("properties.priority", View::number)?,
        allows,
        protocol,
        sources: places(rule, "source")?,
        source_ports: ports(rule, "source")?,
        destinations: places(rule, "destination")?,
        destination_ports: ports(rule, "destination")?,
    })
}

/// What a rule names on one side, in one property, in several or in both. One of them is always there.
fn places(rule: View<'_>, side: &str) -> Read<Vec<Place>> {
    let one = format!("properties.{side}AddressPrefix");
    let mut all: Vec<Place> =
        rule.text(&one)?.filter(|text| !text.is_empty()).map(Place::read).into_iter().collect();
    all.extend(rule.texts(&format!("{one}es"))?.into_iter().map(Place::read));
    let groups = format!("properties.{side}ApplicationSecurityGroups");
    for group in rule.items(&groups)? {
        all.push(Place::Group(plain(group.need("id", View::text)?)));
    }
    if all.is_empty() { odd(&one) } else { Ok(all) }
}

fn ports(rule: View<'_>, side: &str) -> Read<Vec<(u16, u16)>> {
    let one = format!("properties.{side}PortRange");
    let mut all: Vec<&str> = rule.text(&one)?.into_iter().collect();
    all.retain(|text| !text.is_empty());
    all.extend(rule.texts(&format!("{one}s"))?);
    let ports: Option<Vec<(u16, u16)>> = all.into_iter().map(ports_of).collect();
    match ports {
        Some(ports) if !ports.is_empty() => Ok(ports),
        _ => odd(&one),
    }
}
