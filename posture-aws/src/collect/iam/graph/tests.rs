use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;
use crate::policy::Membership;

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };
const ROOT: &str = r#"{"AWS": "arn:aws:iam::111111111111:root"}"#;
const ADMIN: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn arn(kind: &str, name: &str) -> String {
    format!("arn:aws:iam::111111111111:{kind}/{name}")
}

fn document(statements: &str) -> Rc<Document> {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
    Rc::new(Document::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}")))
}

fn allow(action: &str, resource: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
}

fn deny(action: &str, resource: &str) -> String {
    allow(action, resource).replace("Allow", "Deny")
}

fn node(is: Is, kind: &str, name: &str, statements: &str) -> Node {
    Node {
        is,
        arn: arn(kind, name),
        name: name.to_owned(),
        rights: Some((vec![("policy `p`".to_owned(), document(statements))], None)),
        trust: None,
        owned: false,
        has_profile: false,
        groups: Vec::new(),
    }
}

fn user(name: &str, statements: &str) -> Node {
    node(Is::User, "user", name, statements)
}

fn group(name: &str, statements: &str) -> Node {
    node(Is::Group, "group", name, statements)
}

fn trusting(principal: &str, rest: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"{rest}}}"#)
}

fn role(name: &str, trust: &str, statements: &str) -> Node {
    Node { trust: Some(document(trust)), ..node(Is::Role, "role", name, statements) }
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS": "{arn}"}}"#)
}

fn served_by(service: &str) -> String {
    trusting(&format!(r#"{{"Service": "{service}"}}"#), "")
}

fn run(nodes: &[Node]) -> Vec<Outcome> {
    outcomes(HOME, nodes, &mut Rights::new(HOME))
}

/// Of the first node.
fn first(nodes: &[Node]) -> Outcome {
    run(nodes).swap_remove(0)
}

#[track_caller]
fn assert_path(nodes: &[Node], expected: &str) {
    let reached = first(nodes).admin;
    assert_eq!(reached.certain.as_deref(), Some(expected), "{reached:?}");
}

#[track_caller]
fn assert_no_path(nodes: &[Node]) {
    assert_eq!(first(nodes).admin, Reached::default());
}

#[track_caller]
fn assert_open(nodes: &[Node], why: &str) {
    let reached = first(nodes).admin;
    assert_eq!(reached.certain, None);
    assert!(reached.open.as_ref().is_some_and(|open| open.contains(why)), "{reached:?}");
}

const END: &str = "full administration by policy `p`, statement 1";

#[test]
fn a_role_that_trusts_the_account_needs_a_policy_and_one_that_names_the_user_does_not() {
    let admin = |trust: &str| role("admin", trust, ADMIN);
    let root = || admin(&trusting(ROOT, ""));
    let assume = allow("sts:AssumeRole", &arn("role", "admin"));
    let by_policy = format!("assume role `admin` (sts:AssumeRole) → {END}");
    assert_path(&[user("ann", &assume), root()], &by_policy);
    assert_path(&[user("ann", &allow("sts:*", "*")), root()], &by_policy);
    assert_no_path(&[user("ann", &allow("s3:Get*", "*")), root()]);
    assert_no_path(&[user("ann", &allow("sts:AssumeRole", &arn("role", "other"))), root()]);
    let by_name =
        format!("assume role `admin`, whose trust policy allows it (sts:AssumeRole) → {END}");
    let names = |who: &str| admin(&trusting(&aws(&arn("user", who)), ""));
    assert_path(&[user("ann", &allow("s3:Get*", "*")), names("ann")], &by_name);
    assert_no_path(&[user("ann", &assume), names("bob")]);
    assert_path(&[user("ann", ""), admin(&trusting(r#""*""#, ""))], &by_name);
    // Neither suffices without the other, and both are taken away by a Deny.
    assert_no_path(&[user("ann", &assume), admin(&served_by("ec2.amazonaws.com"))]);
    for denied in ["*".to_owned(), arn("role", "admin"), arn("role", "a*")] {
        let less = format!("{assume}, {}", deny("sts:AssumeRole", &denied));
        assert_no_path(&[user("ann", &less), root()]);
        assert_no_path(&[user("ann", &less), names("ann")]);
    }
    let refused = format!(
        "{}, {}",
        trusting(ROOT, ""),
        trusting(&aws(&arn("user", "ann")), "").replace("Allow", "Deny")
    );
    assert_no_path(&[user("ann", &assume), admin(&refused)]);
    let all_but = |who: &str| {
        let spares = format!(
            r#"{{"Effect": "Deny", "NotPrincipal": {{"AWS": ["arn:aws:iam::111111111111:root", "{}"]}}, "Action": "sts:AssumeRole"}}"#,
            arn("user", who)
        );
        admin(&format!("{}, {spares}", trusting(ROOT, "")))
    };
    assert_path(&[user("ann", &assume), all_but("ann")], &by_policy);
    assert_no_path(&[user("ann", &assume), all_but("bob")]);
    let anyone_but = |who: &str| {
        admin(&format!(
            r#"{{"Effect": "Allow", "NotPrincipal": {{"AWS": "{}"}}, "Action": "sts:AssumeRole"}}"#,
            arn("user", who)
        ))
    };
    assert_path(&[user("ann", ""), anyone_but("bob")], &by_name);
    assert_no_path(&[user("ann", ""), anyone_but("ann")]);
}

#[test]
fn conditions_of_a_trust_policy_are_weighed() {
    let assume = allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/admin");
    let under = |condition: &str| {
        let trust = trusting(ROOT, &format!(r#", "Condition": {condition}"#));
        [user("ann", &assume), role("admin", &trust, ADMIN)]
    };
    let path = format!("assume role `admin` (sts:AssumeRole) → {END}");
    for met in [
        r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#,
        r#"{"StringEquals": {"sts:ExternalId": "x"}}"#,
        r#"{"StringEquals": {"aws:username": "ann"}}"#,
        r#"{"StringLike": {"sts:RoleSessionName": "${aws:username}"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/a*"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#,
        r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
    ] {
        assert_path(&under(met), &path);
    }
    for unmet in [
        r#"{"StringEquals": {"aws:username": "bob"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-other"}}"#,
    ] {
        assert_no_path(&under(unmet));
    }
    assert_open(
        &under(r#"{"StringEquals": {"aws:PrincipalTag/team": "x"}}"#),
        "aws:principaltag/team",
    );
}

#[test]
fn the_conditions_and_variables_of_the_policy_are_those_of_the_holder() {
    let admin = |name: &str| role(name, &trusting(ROOT, ""), ADMIN);
    let own = allow("sts:AssumeRole", "arn:aws:iam::111111111111:role/${aws:username}-admin");
    let path = format!("assume role `ann-admin` (sts:AssumeRole) → {END}");
    assert_path(&[user("ann", &own), admin("ann-admin")], &path);
    assert_no_path(&[user("ann", &own), admin("bob-admin")]);
    let tagged = allow("sts:AssumeRole", "*").replace(
        r#""Resource""#,
        r#""Condition": {"StringEquals": {"aws:PrincipalTag/admin": "yes"}}, "Resource""#,
    );
    assert_open(&[user("ann", &tagged), admin("x")], "aws:principaltag/admin");
}

#[test]
fn paths_have_several_steps_and_may_go_round_in_circles() {
    let assume = |name: &str| allow("sts:AssumeRole", &arn("role", name));
    let by_role = |name: &str| trusting(&aws(&arn("role", name)), "");
    let nodes = [
        user("ann", &assume("one")),
        role("admin", &by_role("two"), ADMIN),
        role("one", &format!("{}, {}", trusting(ROOT, ""), by_role("two")), &assume("two")),
        role("two", &by_role("one"), &assume("one")),
    ];
    let outcomes = run(&nodes);
    assert_eq!(
        outcomes[0].admin.certain.as_deref(),
        Some(
            format!(
                "assume role `one` (sts:AssumeRole) → assume role `two`, whose trust policy allows it (sts:AssumeRole) → \
                 assume role `admin`, whose trust policy allows it (sts:AssumeRole) → {END}"
            )
            .as_str()
        )
    );
    assert!(outcomes[1].is_admin && outcomes[1].admin == Reached::default());
    assert!(outcomes[2].admin.certain.is_some() && outcomes[3].admin.certain.is_some());
    // The same circle, leading nowhere.
    let nowhere = [nodes[0].clone(), nodes[2].clone(), nodes[3].clone()];
    assert!(run(&nowhere).iter().all(|outcome| outcome.admin == Reached::default()));
}

#[test]
fn a_role_that_is_passed_to_a_service_that_can_be_driven() {
    let pass = allow("iam:PassRole", &arn("role", "app"));
    let run_instances = allow("ec2:RunInstances", "*");
    let both = format!("{pass}, {run_instances}");
    let app = |service: &str, rights: &str| role("app", &served_by(service), rights);
    let path =
        format!("pass role `app` to ec2.amazonaws.com (iam:PassRole + ec2:RunInstances) → {END}");
    assert_path(&[user("ann", &both), app("ec2.amazonaws.com", ADMIN)], &path);
    assert_no_path(&[user("ann", &pass), app("ec2.amazonaws.com", ADMIN)]);
    assert_no_path(&[user("ann", &run_instances), app("ec2.amazonaws.com", ADMIN)]);
    assert_no_path(&[user("ann", &both), app("lambda.amazonaws.com", ADMIN)]);
    // What the role is allowed is known, so that nothing is left open.
    let harmless = first(&[user("ann", &both), app("ec2.amazonaws.com", &allow("s3:Get*", "*"))]);
    assert_eq!(harmless, Outcome::default());
    // Passed to a service by condition.
    let to = |service: &str| {
        let condition = format!(
            r#""Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}, "Resource""#
        );
        format!("{}, {run_instances}", pass.replace(r#""Resource""#, &condition))
    };
    assert_path(&[user("ann", &to("ec2.amazonaws.com")), app("ec2.amazonaws.com", ADMIN)], &path);
    assert_no_path(&[user("ann", &to("ecs.amazonaws.com")), app("ec2.amazonaws.com", ADMIN)]);
    // A service-linked role cannot be passed.
    let linked = Node { owned: true, ..app("ec2.amazonaws.com", ADMIN) };
    assert_no_path(&[user("ann", &both), linked]);
}

#[test]
fn what_runs_already_may_run_under_a_role_of_the_service() {
    let update =
        allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:111111111111:function:f");
    let app = |service: &str, rights: &str| role("app", &served_by(service), rights);
    assert_open(
        &[user("ann", &update), app("lambda.amazonaws.com", ADMIN)],
        "a workload that runs as the role",
    );
    assert_no_path(&[user("ann", &update), app("ec2.amazonaws.com", ADMIN)]);
    let outcome = first(&[user("ann", &update), app("lambda.amazonaws.com", &allow("s3:*", "*"))]);
    assert_eq!(outcome, Outcome::default());
    // No instance runs under a role without an instance profile.
    let session = allow("ssm:StartSession", "arn:aws:ec2:*:111111111111:instance/i-1");
    let server = app("ec2.amazonaws.com", ADMIN);
    assert_no_path(&[user("ann", &session), server.clone()]);
    let profiled = Node { has_profile: true, ..server };
    assert_open(&[user("ann", &session), profiled], "a workload that runs as the role");
}

#[test]
fn the_credentials_of_others_and_groups_to_join() {
    for action in ["CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"] {
        let on = |who: &str| allow(&format!("iam:{action}"), &arn("user", who));
        let path = format!("act as user `boss` (iam:{action}) → {END}");
        assert_path(&[user("ann", &on("boss")), user("boss", ADMIN)], &path);
        // The own name is self-service, and a user without permissions gains nothing.
        assert_eq!(first(&[user("ann", &on("ann")), user("boss", ADMIN)]), Outcome::default());
        assert_eq!(first(&[user("ann", &on("bob")), user("bob", "")]), Outcome::default());
        let variable = on("${aws:username}");
        assert_eq!(first(&[user("ann", &variable), user("boss", ADMIN)]), Outcome::default());
    }
    let join = allow("iam:AddUserToGroup", &arn("group", "admins"));
    let path = format!("join group `admins` (iam:AddUserToGroup) → {END}");
    assert_path(&[user("ann", &join), group("admins", ADMIN)], &path);
    let change = allow("iam:UpdateAssumeRolePolicy", &arn("role", "r"));
    let path = format!("change the trust policy of role `r` (iam:UpdateAssumeRolePolicy) → {END}");
    let nodes = [user("ann", &change), role("r", &served_by("ec2.amazonaws.com"), ADMIN)];
    assert_path(&nodes, &path);
}

#[test]
fn groups_and_policies_are_judged_without_members() {
    let assume = allow("sts:AssumeRole", &arn("role", "admin"));
    let admin = role("admin", &trusting(ROOT, ""), ADMIN);
    let path = format!("assume role `admin` (sts:AssumeRole) → {END}");
    assert_path(&[group("empty", &assume), admin.clone()], &path);
    assert_path(&[node(Is::Policy, "policy", "unused", &assume), admin], &path);
    // What needs no policy, they do not give.
    let open = role("admin", &trusting(r#""*""#, ""), ADMIN);
    assert_no_path(&[group("empty", ""), open.clone()]);
    assert_no_path(&[node(Is::Policy, "policy", "unused", ""), open]);
}

#[test]
fn an_escalation_path_of_another_principal_is_one_as_well() {
    let assume = allow("sts:AssumeRole", &arn("role", "ops"));
    let ops = |rights: &str| role("ops", &trusting(ROOT, ""), rights);
    let outcome = first(&[user("ann", &assume), ops(&allow("iam:AttachRolePolicy", "*"))]);
    assert_eq!(
        outcome.escalation.certain.as_deref(),
        Some("assume role `ops` (sts:AssumeRole) → escalation by iam:AttachRolePolicy")
    );
    assert_eq!(outcome.admin, Reached::default());
    let outcome = first(&[user("ann", &assume), ops(&allow("iam:Get*", "*"))]);
    assert_eq!(outcome, Outcome::default());
}

#[test]
fn a_boundary_limits_the_first_step_unless_its_holder_can_undo_it() {
    let admin = || role("admin", &trusting(ROOT, ""), ADMIN);
    let bounded = |rights: &str, boundary: &str| {
        let mut ann = user("ann", rights);
        if let Some((_, limit)) = &mut ann.rights {
            *limit = Some((arn("policy", "limit"), document(boundary)));
        }
        ann
    };
    let assume = allow("sts:AssumeRole", "*");
    assert_no_path(&[bounded(&assume, &allow("s3:*", "*")), admin()]);
    let path = format!("assume role `admin` (sts:AssumeRole) → {END}");
    assert_path(&[bounded(&assume, &allow("sts:*", "*")), admin()], &path);
    for undo in ["iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"] {
        let rights = format!("{assume}, {}", allow(undo, &arn("user", "ann")));
        let limit = format!("{}, {}", allow("s3:*", "*"), allow(undo, "*"));
        assert_path(&[bounded(&rights, &limit), admin()], &path);
        assert_no_path(&[bounded(&rights, &allow("s3:*", "*")), admin()]);
    }
    // A user whom the trust policy names is not limited by what a boundary merely does not allow; a role is.
    let named = role("admin", &trusting(&aws(&arn("user", "ann")), ""), ADMIN);
    assert!(first(&[bounded("", &allow("s3:*", "*")), named]).admin.certain.is_some());
    let mut r = role("r", &served_by("ec2.amazonaws.com"), "");
    if let Some((_, limit)) = &mut r.rights {
        *limit = Some((arn("policy", "limit"), document(&allow("s3:*", "*"))));
    }
    assert_no_path(&[r, role("admin", &trusting(&aws(&arn("role", "r")), ""), ADMIN)]);
}

#[test]
fn a_session_that_is_named_is_one_of_the_role() {
    let named = aws("arn:aws:sts::111111111111:assumed-role/ops/bob");
    let nodes =
        [role("ops", &served_by("ec2.amazonaws.com"), ""), role("x", &trusting(&named, ""), ADMIN)];
    assert!(first(&nodes).admin.certain.is_some());
    let nodes =
        [role("dev", &served_by("ec2.amazonaws.com"), ""), role("x", &trusting(&named, ""), ADMIN)];
    assert_no_path(&nodes);
}

#[test]
fn what_is_not_known_leaves_open_what_depends_on_it() {
    let assume = allow("sts:AssumeRole", "*");
    let unread = Node { rights: None, ..role("r", &trusting(ROOT, ""), "") };
    assert_open(&[user("ann", &assume), unread.clone()], "the policies of role `r` are not known");
    assert_no_path(&[user("ann", ""), unread]);
    let broken = Node { trust: None, ..role("r", "", ADMIN) };
    assert_open(&[user("ann", ""), broken], "the trust policy of role `r`");
}

/// An account made by chance.
fn account(seed: &[(u8, u8, u8, u8)]) -> Vec<Node> {
    let actions = [
        "sts:AssumeRole",
        "iam:PassRole",
        "iam:CreateAccessKey",
        "lambda:*",
        "*",
        "s3:Get*",
        "iam:AddUserToGroup",
        "iam:UpdateAssumeRolePolicy",
    ];
    let resources = [
        "*",
        "arn:aws:iam::111111111111:role/r1",
        "arn:aws:iam::111111111111:user/u*",
        "arn:aws:iam::111111111111:role/r2",
    ];
    let trusts = [
        ROOT.to_owned(),
        aws(&arn("user", "u0")),
        aws(&arn("role", "r1")),
        r#"{"Service": "lambda.amazonaws.com"}"#.to_owned(),
    ];
    seed.iter()
        .enumerate()
        .map(|(at, (kind, action, resource, trust))| {
            let rights = allow(
                actions[usize::from(*action) % actions.len()],
                resources[usize::from(*resource) % resources.len()],
            );
            match kind % 3 {
                0 => user(&format!("u{at}"), &rights),
                1 => role(
                    &format!("r{at}"),
                    &trusting(&trusts[usize::from(*trust) % trusts.len()], ""),
                    &rights,
                ),
                _ => group(&format!("g{at}"), &rights),
            }
        })
        .collect()
}

/// 2 for certain, 1 for open, 0 for nothing.
fn ranks(outcome: &Outcome) -> [u8; 2] {
    let rank = |reached: &Reached| match (&reached.certain, &reached.open) {
        (Some(_), _) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    if outcome.is_admin {
        return [3, 3];
    }
    let own = if !outcome.own.is_empty() { 2 } else { u8::from(!outcome.own_open.is_empty()) };
    let admin = rank(&outcome.admin);
    [admin, own.max(admin).max(rank(&outcome.escalation))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::cases::cases(48)))]

    #[test]
    fn a_grant_to_anyone_never_removes_a_path_of_a_principal(
        seed in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 2..7),
        whose in any::<prop::sample::Index>(),
        grant in any::<(u8, u8, u8, u8)>(),
    ) {
        let before = account(&seed);
        let mut after = before.clone();
        let more = account(&[grant]).remove(0).rights.unwrap().0;
        after[whose.index(before.len())].rights.as_mut().unwrap().0.extend(more);
        for (at, (was, is)) in run(&before).iter().zip(run(&after)).enumerate() {
            for (was, is) in ranks(was).into_iter().zip(ranks(&is)) {
                prop_assert!(is >= was, "{at}: {was} became {is}");
            }
        }
    }

    #[test]
    fn neither_the_order_of_principals_nor_of_policies_matters(
        seed in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 2..7),
        other in prop::collection::vec(any::<(u8, u8, u8, u8)>(), 2..7),
    ) {
        let mut nodes = account(&seed);
        for (node, more) in nodes.iter_mut().zip(account(&other)) {
            node.rights.as_mut().unwrap().0.extend(more.rights.unwrap().0);
        }
        let forward: Vec<_> = run(&nodes).iter().map(ranks).collect();
        for node in &mut nodes {
            node.rights.as_mut().unwrap().0.reverse();
        }
        let turned = run(&nodes);
        prop_assert_eq!(&forward, &turned.iter().map(ranks).collect::<Vec<_>>());
        nodes.reverse();
        let mut back: Vec<_> = run(&nodes).iter().map(ranks).collect();
        back.reverse();
        prop_assert_eq!(forward, back);
    }
}

/// Five thousand roles, many of which may assume many, take a time that an audit can afford, also without optimization.
#[test]
fn an_account_of_five_thousand_roles_ends_soon() {
    let policies: Vec<Rc<Document>> = (0..200)
        .map(|n| {
            document(&format!(
                "{}, {}",
                allow("sts:AssumeRole", &arn("role", &format!("team-{n}-*"))),
                allow("s3:Get*", "*")
            ))
        })
        .collect();
    let admin = document(ADMIN);
    let root = document(&trusting(ROOT, ""));
    let nodes: Vec<Node> = (0..5_000)
        .map(|n| {
            let held = if n % 20 == 0 { &admin } else { &policies[n % 200] };
            Node {
                is: Is::Role,
                arn: arn("role", &format!("team-{}-{n}", (n + 1) % 200)),
                name: format!("team-{}-{n}", (n + 1) % 200),
                rights: Some((vec![("policy `p`".to_owned(), Rc::clone(held))], None)),
                trust: Some(Rc::clone(&root)),
                owned: false,
                has_profile: false,
                groups: Vec::new(),
            }
        })
        .collect();
    let begin = Instant::now();
    let outcomes = run(&nodes);
    let took = begin.elapsed();
    eprintln!("5,000 roles: {took:?}");
    assert!(outcomes.iter().filter(|outcome| outcome.is_admin).count() == 250);
    assert!(outcomes.iter().any(|outcome| outcome.admin.certain.is_some()));
    assert!(took < Duration::from_secs(60), "{took:?}");
}
