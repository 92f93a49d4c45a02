//! The tiers in which resources run.

use posture_sim::azure::{Resource, Scenario};
use posture_tests::Run;
use posture_tests::azure::{Tenant, assert_planned, resource, with};
use serde_json::{Value, json};

const CONTROL: &str = "resilience.basic-tiers";

/// The types, and whether their tier is at the top or among the properties.
const KINDS: [(&str, bool); 6] = [
    ("Microsoft.Cache/redis", false),
    ("Microsoft.Network/loadBalancers", true),
    ("Microsoft.Network/publicIPAddresses", true),
    ("Microsoft.Network/virtualNetworkGateways", false),
    ("Microsoft.Sql/servers/databases", true),
    ("Microsoft.Sql/servers/elasticPools", true),
];

fn of(kind: usize, name: &str, tier: Value) -> Resource {
    let (kind, top) = KINDS[kind];
    let sku = json!({ "sku": { "name": tier, "tier": "Regional" } });
    let (above, below) = if top { (sku, json!({})) } else { (json!({}), sku) };
    if let Some((server, inner)) = kind.rsplit_once('/').filter(|(server, _)| server.contains('/'))
    {
        let database = Resource { kind: inner.to_owned(), ..resource(kind, name, above, below) };
        let mut server = resource(server, "server", json!({}), json!({}));
        server.children.push(database);
        return server;
    }
    resource(kind, name, above, below)
}

fn audit(scenario: Scenario) -> Run {
    Tenant::serve(scenario).json(&["--control", CONTROL])
}

fn outcome(run: &Run) -> String {
    run.outcome(CONTROL, "production")
}

#[test]
fn the_smallest_tier_of_each_service_is_not_for_production() {
    assert_eq!(outcome(&audit(with(vec![]))), "pass");
    for (number, (kind, _)) in KINDS.iter().enumerate() {
        for (tier, expected) in [
            (json!("Standard"), "pass"),
            (json!("VpnGw1AZ"), "pass"),
            (json!("basic"), "fail"),
            (json!("Free"), "fail"),
            // What the service does not say may be either.
            (Value::Null, "unknown"),
            (json!(7), "unknown"),
        ] {
            let run = audit(with(vec![of(number, "shop", tier.clone())]));
            assert_eq!(outcome(&run), expected, "{kind} {tier}");
        }
    }
    // The tier of a pool, and of a database in one, is beside the name of the SKU.
    for (number, name, tier, expected) in [
        (5, "BasicPool", "Basic", "fail"),
        (5, "basicpool", "", "fail"),
        (5, "StandardPool", "Standard", "pass"),
        (4, "ElasticPool", "Basic", "fail"),
        (4, "ElasticPool", "Standard", "pass"),
    ] {
        let mut server = of(number, "shop", json!(name));
        server.children[0].top["sku"]["tier"] = json!(tier);
        assert_eq!(outcome(&audit(with(vec![server]))), expected, "{name} {tier}");
    }
    // One that certainly is settles it.
    let all = vec![of(1, "odd", Value::Null), of(2, "small", json!("Basic"))];
    assert_eq!(outcome(&audit(with(all))), "fail");
}

#[test]
fn a_type_that_may_not_be_read_is_unknown_by_its_name() {
    for (kind, _) in KINDS {
        let mut scenario = with(vec![]);
        let action = format!("{kind}/read");
        scenario.not_actions.push(action.clone());
        let run = audit(scenario);
        let found = run.findings(CONTROL);
        assert_eq!(found[0].gap, Some((action, "denied".to_owned())), "{found:?}");
    }
}

#[test]
fn what_is_not_production_is_left_alone_where_the_customer_says_so() {
    let tenant = Tenant::serve(with(vec![of(0, "cache", json!("Basic"))]));
    let settings = format!("[control.\"{CONTROL}\"]\nnot-production = [\"Production\"]\n");
    let program = tenant.program().file("posture.toml", &settings);
    let url = tenant.url();
    let arguments =
        ["audit", "azure", "--simulator", &url, "--format", "json", "--control", CONTROL];
    assert_eq!(outcome(&program.args(&arguments).run()), "not-applicable");
}

#[test]
fn what_is_planned_is_what_is_called() {
    assert_planned(&with(vec![of(3, "gateway", json!("Basic"))]), &["--control", CONTROL]);
}
