use super::*;

const HOME: &str = "111111111111";
const USER: &str = "arn:aws:iam::111111111111:user/alice";
const ROLE: &str = "arn:aws:iam::111111111111:role/ops";
const SESSION: &str = "arn:aws:sts::111111111111:assumed-role/ops/bob";
const OBJECT: &str = "arn:aws:s3:::b/key";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/k";

fn policy(statements: &str) -> Document {
    Document::parse(&format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#))
        .unwrap()
}

fn allow(action: &str) -> Document {
    policy(&format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#))
}

fn deny(action: &str) -> Document {
    policy(&format!(r#"{{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}"#))
}

fn named(effect: &str, principal: &str) -> Document {
    policy(&format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": ["s3:GetObject", "kms:Decrypt"], "Resource": "*"}}"#
    ))
}

fn ask<'a>(caller: Caller<'a>, account: &'a str) -> Request<'a> {
    Request {
        caller,
        action: "s3:GetObject",
        resource: OBJECT,
        resource_account: account,
        context: Context::complete(),
    }
}

fn user() -> Request<'static> {
    ask(Caller::User { arn: USER }, HOME)
}

fn session() -> Request<'static> {
    ask(Caller::Session { role: ROLE, session: SESSION }, HOME)
}

fn these(document: &Document) -> Layer<'_> {
    Layer::Policies(vec![document])
}

#[test]
fn nothing_allows_and_a_deny_anywhere_wins() {
    let (all, no) = (allow("*"), deny("s3:*"));
    assert_eq!(authorize(&user(), &Layers::default()), Decision::NotAllowed);
    let open = Layers { identity: these(&all), ..Layers::default() };
    assert_eq!(authorize(&user(), &open), Decision::Allowed);
    let resource = named("Deny", r#""Principal": "*""#);
    for layers in [
        Layers { identity: Layer::Policies(vec![&no, &all]), ..Layers::default() },
        Layers { boundary: Layer::Policies(vec![&all, &no]), ..open.clone() },
        Layers { session: Layer::Policies(vec![&all, &no]), ..open.clone() },
        Layers { resource: these(&resource), ..open.clone() },
        Layers {
            service_control: vec![these(&all), Layer::Policies(vec![&all, &no])],
            ..open.clone()
        },
        Layers { resource_control: vec![Layer::Policies(vec![&all, &no])], ..open.clone() },
        Layers { endpoint: Layer::Policies(vec![&all, &no]), ..open.clone() },
    ] {
        assert_eq!(authorize(&user(), &layers), Decision::Forbidden, "{layers:?}");
    }
}

#[test]
fn every_level_of_control_policies_must_allow() {
    let (all, other) = (allow("*"), allow("ec2:*"));
    let open = Layers { identity: these(&all), ..Layers::default() };
    let levels = |levels| Layers { service_control: levels, ..open.clone() };
    assert_eq!(authorize(&user(), &levels(vec![these(&all), these(&all)])), Decision::Allowed);
    assert_eq!(authorize(&user(), &levels(vec![these(&all), these(&other)])), Decision::NotAllowed);
    let unread = authorize(&user(), &levels(vec![these(&all), Layer::Unknown]));
    assert!(matches!(unread, Decision::Unknown(_)));
    // The root user is not bound by IAM, but by these.
    let root = ask(Caller::Root { account: HOME }, HOME);
    assert_eq!(authorize(&root, &Layers::default()), Decision::Allowed);
    assert_eq!(authorize(&root, &levels(vec![these(&other)])), Decision::NotAllowed);
}

#[test]
fn within_the_account_either_will_do_and_across_accounts_both_must() {
    let all = allow("*");
    let resource =
        named("Allow", r#""Principal": {"AWS": "arn:aws:iam::111111111111:user/alice"}"#);
    let account = named("Allow", r#""Principal": {"AWS": "111111111111"}"#);
    let by = |identity: bool, resource: Option<&Document>, to: &'static str| {
        let layers = Layers {
            identity: if identity { these(&all) } else { Layer::Absent },
            resource: resource.map_or(Layer::Absent, |r| Layer::Policies(vec![r])),
            ..Layers::default()
        };
        authorize(&ask(Caller::User { arn: USER }, to), &layers)
    };
    let other = "222222222222";
    assert_eq!(by(true, None, HOME), Decision::Allowed);
    assert_eq!(by(false, Some(&resource), HOME), Decision::Allowed);
    // Naming the account leaves it to the account's own policies.
    assert_eq!(by(false, Some(&account), HOME), Decision::NotAllowed);
    assert_eq!(by(true, None, other), Decision::NotAllowed);
    assert_eq!(by(false, Some(&resource), other), Decision::NotAllowed);
    assert_eq!(by(true, Some(&resource), other), Decision::Allowed);
    assert_eq!(by(true, Some(&account), other), Decision::Allowed);
}

#[test]
fn a_resource_policy_that_names_the_session_escapes_boundary_and_session_policy() {
    let other = allow("ec2:*");
    let names = |arn: &str| named("Allow", &format!(r#""Principal": {{"AWS": "{arn}"}}"#));
    for (request, arn, boundary, expected) in [
        (session(), SESSION, true, Decision::Allowed),
        (session(), SESSION, false, Decision::Allowed),
        (session(), ROLE, true, Decision::NotAllowed),
        (session(), ROLE, false, Decision::NotAllowed),
        (user(), USER, true, Decision::Allowed),
        (user(), USER, false, Decision::NotAllowed),
    ] {
        let resource = names(arn);
        let mut layers = Layers { resource: these(&resource), ..Layers::default() };
        if boundary {
            layers.boundary = these(&other);
        } else {
            layers.session = these(&other);
        }
        assert_eq!(authorize(&request, &layers), expected, "{arn} {boundary}");
    }
}

#[test]
fn keys_and_trust_policies_must_allow_even_within_the_account() {
    let all = allow("*");
    let account = named("Allow", r#""Principal": {"AWS": "arn:aws:iam::111111111111:root"}"#);
    let request = Request { action: "kms:Decrypt", resource: KEY, ..user() };
    let layers = Layers { identity: these(&all), ..Layers::default() };
    assert_eq!(authorize(&request, &layers), Decision::NotAllowed);
    let with = Layers { resource: these(&account), ..layers.clone() };
    assert_eq!(authorize(&request, &with), Decision::Allowed);
    let unread = Layers { resource: Layer::Unknown, ..layers.clone() };
    assert!(matches!(authorize(&request, &unread), Decision::Unknown(_)));
    let assume = Request { action: "sts:AssumeRole", resource: ROLE, ..user() };
    assert_eq!(authorize(&assume, &layers), Decision::NotAllowed);
}

#[test]
fn not_principal_with_deny_spares_only_whom_it_names_in_full() {
    let all = allow("*");
    for (names, expected) in [
        (vec![HOME, ROLE, SESSION], Decision::Allowed),
        (vec![ROLE, SESSION], Decision::Forbidden),
        (vec![HOME, ROLE], Decision::Forbidden),
        (vec![HOME], Decision::Forbidden),
    ] {
        let list = serde_json::to_string(&names).unwrap();
        let resource = named("Deny", &format!(r#""NotPrincipal": {{"AWS": {list}}}"#));
        let layers =
            Layers { identity: these(&all), resource: these(&resource), ..Layers::default() };
        assert_eq!(authorize(&session(), &layers), expected, "{names:?}");
    }
    let public = named("Allow", r#""NotPrincipal": {"AWS": "222222222222"}"#);
    let layers = Layers { resource: these(&public), ..Layers::default() };
    assert_eq!(authorize(&ask(Caller::Anonymous, HOME), &layers), Decision::Allowed);
}

#[test]
fn variables_are_filled_in_from_the_request() {
    let own = policy(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:username}/*"}"#,
    );
    let layers = Layers { identity: these(&own), ..Layers::default() };
    let on = |resource| Request { resource, ..user() };
    assert_eq!(authorize(&on("arn:aws:s3:::b/alice/x"), &layers), Decision::Allowed);
    assert_eq!(authorize(&on("arn:aws:s3:::b/bob/x"), &layers), Decision::NotAllowed);
    let role = Request { resource: "arn:aws:s3:::b/alice/x", ..session() };
    assert_eq!(authorize(&role, &layers), Decision::NotAllowed);
    let tagged = policy(
        r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/t}/*"}"#,
    );
    let layers = Layers { identity: these(&tagged), ..Layers::default() };
    let open = Request { context: Context::open(), ..on("arn:aws:s3:::b/alice/x") };
    assert!(matches!(authorize(&open, &layers), Decision::Unknown(_)));
}

#[test]
fn an_open_condition_is_never_a_decision() {
    let maybe = policy(
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"x:y": "true"}}}"#,
    );
    let not = policy(
        r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"x:y": "true"}}}"#,
    );
    let all = allow("*");
    let open = Request { context: Context::open(), ..user() };
    let decide = |documents: Vec<&Document>| {
        authorize(&open, &Layers { identity: Layer::Policies(documents), ..Layers::default() })
    };
    assert!(matches!(decide(vec![&maybe]), Decision::Unknown(needs) if needs.contains("x:y")));
    assert!(matches!(decide(vec![&all, &not]), Decision::Unknown(_)));
    assert_eq!(decide(vec![&not]), Decision::NotAllowed);
    assert_eq!(decide(vec![&all, &maybe]), Decision::Allowed);
}

const BOUNDED: &str =
    r#""NotPrincipal": {"AWS": ["111111111111", "arn:aws:iam::111111111111:user/alice"]}"#;

#[test]
fn a_deny_with_not_principal_applies_to_a_principal_with_a_boundary() {
    let all = allow("*");
    let resource = named("Deny", BOUNDED);
    let with = |boundary| {
        let (identity, resource) = (these(&all), these(&resource));
        authorize(&user(), &Layers { identity, resource, boundary, ..Layers::default() })
    };
    assert_eq!(with(Layer::Absent), Decision::Allowed);
    assert_eq!(with(these(&all)), Decision::Forbidden);
    assert!(matches!(with(Layer::Unknown), Decision::Unknown(_)));
    // The root user has no boundary, and an Allow exempts no one.
    let root = ask(Caller::Root { account: HOME }, HOME);
    let layers = Layers { resource: these(&resource), boundary: these(&all), ..Layers::default() };
    assert_eq!(authorize(&root, &layers), Decision::Allowed);
    let allows = named("Allow", BOUNDED);
    let layers = Layers { resource: these(&allows), boundary: these(&all), ..Layers::default() };
    assert_eq!(authorize(&user(), &layers), Decision::NotAllowed);
}

#[test]
fn a_statement_of_a_resource_policy_without_a_principal_is_undecided() {
    let (grants, denies, all) = (allow("*"), deny("*"), allow("*"));
    let layers = Layers { resource: these(&grants), ..Layers::default() };
    assert!(matches!(authorize(&user(), &layers), Decision::Unknown(_)));
    let identity = these(&all);
    let layers = Layers { identity, resource: these(&denies), ..Layers::default() };
    assert!(matches!(authorize(&user(), &layers), Decision::Unknown(_)));
}

#[test]
fn service_control_policies_do_not_bind_anonymous_callers_and_services() {
    let resource = named(
        "Allow",
        r#""Principal": {"AWS": "*", "Service": "sns.amazonaws.com", "Federated": "idp"}"#,
    );
    let (other, no) = (allow("ec2:*"), deny("*"));
    for layer in [&other, &no] {
        let decide = |caller| {
            let service_control = vec![these(layer)];
            let resource = these(&resource);
            authorize(
                &ask(caller, HOME),
                &Layers { resource, service_control, ..Layers::default() },
            )
        };
        assert_eq!(decide(Caller::Anonymous), Decision::Allowed);
        assert_eq!(decide(Caller::Service { name: "sns.amazonaws.com" }), Decision::Allowed);
        let federated = decide(Caller::Federated { provider: "idp" });
        assert!(matches!(federated, Decision::Unknown(_)), "{federated:?}");
        let bound = decide(Caller::User { arn: USER });
        assert!(matches!(bound, Decision::NotAllowed | Decision::Forbidden), "{bound:?}");
    }
    // Those of resources bind everyone.
    let layers = Layers {
        resource: these(&resource),
        resource_control: vec![these(&no)],
        ..Layers::default()
    };
    assert_eq!(authorize(&ask(Caller::Anonymous, HOME), &layers), Decision::Forbidden);
}

#[test]
fn what_aws_keeps_cannot_be_changed() {
    let all = allow("*");
    let account = named("Allow", r#""Principal": {"AWS": "111111111111"}"#);
    let decide = |action: &str, resource: &str| {
        let request = Request { action, resource, ..user() };
        let layers =
            Layers { identity: these(&all), resource: these(&account), ..Layers::default() };
        authorize(&request, &layers)
    };
    let linked =
        "arn:aws:iam::111111111111:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX";
    let plain = "arn:aws:iam::111111111111:role/ops";
    for action in ["iam:PutRolePolicy", "IAM:attachrolepolicy", "iam:UpdateAssumeRolePolicy"] {
        assert_eq!(decide(action, linked), Decision::NotAllowed, "{action}");
        assert_eq!(decide(action, plain), Decision::Allowed, "{action}");
    }
    assert_eq!(decide("iam:GetRole", linked), Decision::Allowed);
    let managed = "arn:aws-cn:iam::aws:policy/AdministratorAccess";
    let own = "arn:aws:iam::111111111111:policy/AdministratorAccess";
    for action in ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"] {
        assert_eq!(decide(action, managed), Decision::NotAllowed, "{action}");
        assert_eq!(decide(action, own), Decision::Allowed, "{action}");
    }
    assert_eq!(decide("iam:GetPolicy", managed), Decision::Allowed);
    let alias = |name: &str| format!("arn:aws:kms:eu-west-1:111111111111:alias/{name}");
    for action in ["kms:UpdateAlias", "kms:CreateAlias", "kms:DeleteAlias"] {
        assert_eq!(decide(action, &alias("aws/s3")), Decision::NotAllowed, "{action}");
        assert_eq!(decide(action, &alias("mine")), Decision::Allowed, "{action}");
    }
    assert_eq!(decide("s3:GetObject", "bucket"), Decision::Allowed);
}

#[test]
fn get_caller_identity_cannot_be_denied() {
    let no = deny("*");
    let layers = Layers {
        identity: these(&no),
        boundary: these(&no),
        service_control: vec![these(&no)],
        ..Layers::default()
    };
    let request = Request { action: "sts:GetCallerIdentity", resource: "*", ..user() };
    assert_eq!(authorize(&request, &layers), Decision::Allowed);
    let anonymous = Request { caller: Caller::Anonymous, ..request };
    assert_eq!(authorize(&anonymous, &layers), Decision::NotAllowed);
}

/// AWS documents what a boundary does to a grant that names a user or a role, but not to one for everyone.
#[test]
fn a_grant_to_everyone_that_a_boundary_does_not_allow_is_undecided() {
    let (other, all) = (allow("ec2:*"), allow("*"));
    for everyone in [r#""Principal": "*""#, r#""NotPrincipal": {"AWS": "222222222222"}"#] {
        let grant = named("Allow", everyone);
        let with = |boundary, session| {
            let resource = these(&grant);
            authorize(&user(), &Layers { resource, boundary, session, ..Layers::default() })
        };
        assert_eq!(with(Layer::Absent, Layer::Absent), Decision::Allowed);
        assert_eq!(with(these(&all), these(&all)), Decision::Allowed);
        assert!(matches!(with(these(&other), Layer::Absent), Decision::Unknown(_)));
        assert!(matches!(with(Layer::Absent, these(&other)), Decision::Unknown(_)));
        let no = deny("s3:*");
        assert_eq!(with(these(&no), Layer::Absent), Decision::Forbidden);
    }
}
