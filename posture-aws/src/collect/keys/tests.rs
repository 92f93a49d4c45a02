use posture_model::entries::Entries;
use posture_model::gap::Reason;
use posture_model::resource::KeyAlgorithm;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

const ARN: &str = "arn:aws:kms:eu-central-1:123456789012:key/1";

/// What controls read; only exceptions read its tags.
fn everything() -> Wanted {
    let facts = Kind::Key.fact_ids().filter(|fact| *fact != Key::TAGS);
    Wanted::of(&facts.collect::<Vec<_>>(), &[Kind::Key])
}

/// A key whose material the service made.
fn metadata() -> Value {
    json!({
        "KeyId": "1", "Arn": ARN, "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Origin": "AWS_KMS",
        "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT", "MultiRegion": false,
    })
}

/// The same with members set to other values; `null` removes one.
fn but(members: &Value) -> Value {
    let mut metadata = metadata();
    let object = metadata.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        if value.is_null() {
            object.remove(name);
        } else {
            object.insert(name.clone(), value.clone());
        }
    }
    metadata
}

/// An account of one region.
fn region() -> Fake {
    Fake::default().answer(
        "POST /listRegions",
        200,
        r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#,
    )
}

/// A list of one key.
fn one_listed() -> String {
    json!({ "Keys": [{ "KeyId": "1", "KeyArn": ARN }], "Truncated": false }).to_string()
}

/// An account of one region and no organization, with one key.
fn one(metadata: &Value) -> Fake {
    region()
        .json_error("DescribeOrganization", 400, "AWSOrganizationsNotInUseException", "none")
        .answer("ListKeys", 200, one_listed())
        .answer("DescribeKey", 200, json!({ "KeyMetadata": metadata }).to_string())
        .answer(
            "GetKeyRotationStatus",
            200,
            r#"{"KeyRotationEnabled":true,"RotationPeriodInDays":365}"#,
        )
        .answer(
            "GetKeyPolicy",
            200,
            json!({ "Policy": policy("arn:aws:iam::123456789012:root") }).to_string(),
        )
        .answer("ListGrants", 200, r#"{"Grants":[],"Truncated":false}"#)
}

fn policy(principal: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "kms:*", "Resource": "*" }],
    })
    .to_string()
}

/// The only key, with the scope for its gaps.
async fn key_of(fake: &Fake) -> (Key, Scope) {
    let scope = fake.collect(&everything()).await;
    let [key] = &scope.keys.items[..] else { panic!("{:?}", scope.keys) };
    (key.clone(), scope.clone())
}

fn why<T>(scope: &Scope, fact: &Fact<T>) -> (String, Reason) {
    let gap = scope.gap(fact.gap().expect("a gap")).unwrap();
    (gap.action.clone(), gap.reason)
}

#[tokio::test]
async fn a_key_is_read_whole() {
    let (key, scope) = key_of(&one(&metadata())).await;
    assert_eq!(
        (key.id.as_str(), key.name.as_str(), key.region.as_deref()),
        (ARN, "1", Some("eu-central-1"))
    );
    assert_eq!(key.state, Known(KeyState::Enabled));
    assert_eq!(key.origin, Known(KeyOrigin::Service));
    assert_eq!((&key.symmetric, &key.replica), (&Known(true), &Known(false)));
    assert_eq!((&key.rotates, &key.rotation_days), (&Known(true), &Known(Some(365))));
    assert_eq!(key.policy_public, Known(Entries::default()));
    assert_eq!(key.external_accounts, Known(Entries::default()));
    assert_eq!(key.administrators_who_decrypt, Known(Entries::default()));
    assert_eq!((&key.deleted_principals, &key.grantees), (&Known(vec![]), &Known(vec![])));
    assert!(scope.keys.gaps.is_empty());
}

#[tokio::test]
async fn each_state_and_origin_is_distinguished() {
    for (state, expected) in [
        ("Enabled", KeyState::Enabled),
        ("Disabled", KeyState::Disabled),
        ("PendingDeletion", KeyState::PendingDeletion),
        ("PendingReplicaDeletion", KeyState::PendingDeletion),
        ("Creating", KeyState::Unavailable),
        ("PendingImport", KeyState::Unavailable),
        ("Unavailable", KeyState::Unavailable),
        ("Updating", KeyState::Unavailable),
    ] {
        let (key, _) = key_of(&one(&but(&json!({ "KeyState": state })))).await;
        assert_eq!(key.state, Known(expected), "{state}");
        // One that is not in use cannot rotate.
        assert_eq!(key.rotates == Known(true), state == "Enabled", "{state}");
    }
    for (origin, expected) in [
        ("AWS_KMS", KeyOrigin::Service),
        ("EXTERNAL", KeyOrigin::Imported),
        ("AWS_CLOUDHSM", KeyOrigin::CustomStore),
        ("EXTERNAL_KEY_STORE", KeyOrigin::CustomStore),
    ] {
        let (key, _) = key_of(&one(&but(&json!({ "Origin": origin })))).await;
        assert_eq!(key.origin, Known(expected), "{origin}");
    }
}

#[tokio::test]
async fn each_spec_has_its_algorithm_and_strength() {
    use KeyAlgorithm::*;
    for (spec, algorithm, bits) in [
        ("SYMMETRIC_DEFAULT", Aes, 256),
        ("RSA_2048", Rsa, 112),
        ("RSA_3072", Rsa, 128),
        ("RSA_4096", Rsa, 128),
        ("ECC_NIST_P256", NistCurve, 128),
        ("ECC_NIST_P384", NistCurve, 192),
        ("ECC_NIST_P521", NistCurve, 256),
        ("ECC_NIST_EDWARDS25519", Edwards25519, 128),
        ("ECC_SECG_P256K1", Secp256k1, 128),
        ("HMAC_224", Hmac, 224),
        ("HMAC_256", Hmac, 256),
        ("HMAC_384", Hmac, 384),
        ("HMAC_512", Hmac, 512),
        ("SM2", Sm2, 128),
        ("ML_DSA_44", MlDsa, 128),
        ("ML_DSA_65", MlDsa, 192),
        ("ML_DSA_87", MlDsa, 256),
        ("ML_KEM_512", MlKem, 128),
        ("ML_KEM_768", MlKem, 192),
        ("ML_KEM_1024", MlKem, 256),
    ] {
        let (key, _) = key_of(&one(&but(&json!({ "KeySpec": spec })))).await;
        assert_eq!((key.algorithm, key.strength_bits), (Known(algorithm), Known(bits)), "{spec}");
    }
    let china = ARN.replace("arn:aws:", "arn:aws-cn:");
    let listed = json!({ "Keys": [{ "KeyId": "1", "KeyArn": china }], "Truncated": false });
    let fake = region().answer("ListKeys", 200, listed.to_string()).answer(
        "DescribeKey",
        200,
        json!({ "KeyMetadata": metadata() }).to_string(),
    );
    let scope = fake.collect(&Wanted::of(&[Key::ALGORITHM], &[Kind::Key])).await;
    let key = &scope.keys.items[0];
    assert_eq!((&key.algorithm, &key.strength_bits), (&Known(Sm4), &Known(128)));
}

#[tokio::test]
async fn the_principals_of_grants_and_of_the_policy_are_listed() {
    let wanted = Wanted::of(&[Key::GRANTEES], &[Kind::Key]);
    let page = |grants: Value, next: Option<&str>| {
        json!({ "Grants": grants, "Truncated": next.is_some(), "NextMarker": next }).to_string()
    };
    let base = || {
        region().answer("ListKeys", 200, one_listed()).answer(
            "DescribeKey",
            200,
            json!({ "KeyMetadata": metadata() }).to_string(),
        )
    };
    let role = "arn:aws:iam::123456789012:role/app";
    let fake = base()
        .answer("ListGrants", 200, page(json!([{ "GranteePrincipal": role }]), Some("m")))
        .answer(
            "ListGrants",
            200,
            page(
                json!([{ "GranteePrincipal": role }, { "GranteeServicePrincipal": "rds.amazonaws.com" }]),
                None,
            ),
        );
    let scope = fake.collect(&wanted).await;
    let both = vec![role.to_owned(), "rds.amazonaws.com".to_owned()];
    assert_eq!(scope.keys.items[0].grantees, Known(both));
    for (status, answer, reason) in [
        (400, r#"{"__type":"AccessDeniedException","message":"no"}"#, Reason::Denied),
        (200, r#"{"Truncated":false}"#, Reason::Malformed),
        (200, r#"{"Grants":[{"GrantId":"1"}],"Truncated":false}"#, Reason::Malformed),
        (200, r#"{"Grants":[{"GranteePrincipal":""}],"Truncated":false}"#, Reason::Malformed),
        (200, r#"{"Grants":[],"Truncated":true}"#, Reason::Malformed),
    ] {
        let scope = base().answer("ListGrants", status, answer).collect(&wanted).await;
        let gap = scope.gap(scope.keys.items[0].grantees.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.target.as_str()), (reason, ARN), "{answer}");
    }
    let fake = base();
    fake.collect(&Wanted::of(&[Key::STATE], &[Kind::Key])).await;
    assert_eq!(fake.count("ListGrants"), 0);

    let fake = base()
        .json_error("DescribeOrganization", 400, "AWSOrganizationsNotInUseException", "none")
        .answer("GetKeyPolicy", 200, json!({ "Policy": policy(role) }).to_string());
    let facts = [Key::ADMINISTRATORS_WHO_DECRYPT, Key::DELETED_PRINCIPALS];
    let scope = fake.collect(&Wanted::of(&facts, &[Kind::Key])).await;
    let key = &scope.keys.items[0];
    assert_eq!(key.administrators_who_decrypt, Known(Entries::from([role])));
    assert_eq!(key.deleted_principals, Known(vec![]));
}

#[tokio::test]
async fn only_what_the_service_can_rotate_is_asked_about_its_rotation() {
    for (members, rotatable) in [
        (json!({}), true),
        (json!({ "KeySpec": "RSA_2048" }), false),
        (json!({ "Origin": "EXTERNAL" }), false),
        (json!({ "KeyState": "Disabled" }), false),
        (
            json!({ "MultiRegion": true, "MultiRegionConfiguration": { "MultiRegionKeyType": "REPLICA" } }),
            false,
        ),
        (
            json!({ "MultiRegion": true, "MultiRegionConfiguration": { "MultiRegionKeyType": "PRIMARY" } }),
            true,
        ),
    ] {
        let fake = one(&but(&members));
        let (key, _) = key_of(&fake).await;
        assert_eq!(fake.count("GetKeyRotationStatus"), usize::from(rotatable), "{members}");
        let expected = if rotatable { Known(true) } else { Fact::NotOffered };
        assert_eq!(key.rotates, expected, "{members}");
        assert_eq!(key.symmetric, Known(members["KeySpec"] != json!("RSA_2048")), "{members}");
        let replica = members["MultiRegionConfiguration"]["MultiRegionKeyType"] == json!("REPLICA");
        assert_eq!(key.replica, Known(replica), "{members}");
    }
}

#[tokio::test]
async fn what_is_not_reported_of_a_key_is_a_gap_and_no_reason_not_to_rotate() {
    for (members, lacking) in [
        (json!({ "KeyState": null }), "state"),
        (json!({ "Origin": null }), "origin"),
        (json!({ "KeySpec": null }), "symmetric"),
        (json!({ "KeyState": "Sleeping" }), "state"),
        (json!({ "Origin": "MOON" }), "origin"),
        (json!({ "KeySpec": "MOON_2048" }), "symmetric"),
        (json!({ "MultiRegionConfiguration": { "MultiRegionKeyType": "MOON" } }), "replica"),
    ] {
        let fake = one(&but(&members));
        let (key, scope) = key_of(&fake).await;
        for fact in ["state", "origin", "symmetric", "replica", "algorithm", "strength_bits"] {
            // The spec gives all three.
            let of = if matches!(fact, "algorithm" | "strength_bits") { "symmetric" } else { fact };
            assert_eq!(key.gap(fact).is_some(), of == lacking, "{fact} of {members}");
        }
        let expected = ("kms:DescribeKey".to_owned(), Reason::Malformed);
        assert_eq!(why(&scope, &key.rotates), expected, "{members}");
        assert_eq!(why(&scope, &key.rotation_days), expected, "{members}");
        assert_eq!(fake.count("GetKeyRotationStatus"), 0, "{members}");
    }
}

#[tokio::test]
async fn keys_of_the_provider_and_deleted_ones_are_none() {
    let scope = one(&but(&json!({ "KeyManager": "AWS" }))).collect(&everything()).await;
    assert!(scope.keys.items.is_empty() && scope.keys.gaps.is_empty());
    // Who does not say who manages it is taken for a customer's.
    let (key, _) = key_of(&one(&but(&json!({ "KeyManager": null })))).await;
    assert_eq!(key.state, Known(KeyState::Enabled));
    let gone = region().answer("ListKeys", 200, one_listed()).json_error(
        "DescribeKey",
        400,
        "NotFoundException",
        "gone",
    );
    let scope = gone.collect(&everything()).await;
    assert!(scope.keys.items.is_empty() && scope.keys.gaps.is_empty());
}

#[tokio::test]
async fn a_key_that_cannot_be_described_is_listed_with_gaps() {
    let denied = region().answer("ListKeys", 200, one_listed()).json_error(
        "DescribeKey",
        400,
        "AccessDeniedException",
        "not authorized",
    );
    let (key, scope) = key_of(&denied).await;
    for fact in Key::FACTS {
        let gap = key.gap(fact.name).unwrap_or_else(|| panic!("{} is known", fact.name));
        assert_eq!(scope.gap(gap).unwrap().action, "kms:DescribeKey");
    }
}

#[tokio::test]
async fn a_list_that_goes_on_is_read_on_and_one_that_breaks_off_is_incomplete() {
    let page = |number: u32, next: Option<&str>| {
        let arn = format!("arn:aws:kms:eu-central-1:123456789012:key/{number}");
        let mut page =
            json!({ "Keys": [{ "KeyId": "x", "KeyArn": arn }], "Truncated": next.is_some() });
        if let Some(next) = next {
            page["NextMarker"] = json!(next);
        }
        page.to_string()
    };
    let base =
        || region().answer("DescribeKey", 200, json!({ "KeyMetadata": metadata() }).to_string());
    let wanted = Wanted::of(&[Key::STATE], &[Kind::Key]);
    let whole =
        base().answer("ListKeys", 200, page(1, Some("m"))).answer("ListKeys", 200, page(2, None));
    let scope = whole.collect(&wanted).await;
    assert_eq!(scope.keys.items.len(), 2);
    assert!(scope.keys.gaps.is_empty());
    let cut = base().answer("ListKeys", 200, page(1, Some("m"))).json_error(
        "ListKeys",
        400,
        "AccessDeniedException",
        "not authorized",
    );
    let scope = cut.collect(&wanted).await;
    assert_eq!((scope.keys.items.len(), scope.keys.gaps.len()), (1, 1));
    let nameless = base().answer("ListKeys", 200, r#"{"Keys":[{"KeyId":"1"}],"Truncated":false}"#);
    let scope = nameless.collect(&wanted).await;
    assert_eq!((scope.keys.items.len(), scope.keys.gaps.len()), (0, 1));
}

#[tokio::test]
async fn the_policy_and_the_rotation_may_be_refused_each_by_itself() {
    let base = |metadata: &Value| {
        region()
            .json_error("DescribeOrganization", 400, "AWSOrganizationsNotInUseException", "none")
            .answer("ListKeys", 200, one_listed())
            .answer("DescribeKey", 200, json!({ "KeyMetadata": metadata }).to_string())
    };
    let fake = base(&metadata())
        .json_error("GetKeyPolicy", 400, "AccessDeniedException", "not authorized")
        .answer("GetKeyRotationStatus", 200, r#"{"KeyRotationEnabled":false}"#);
    let (key, scope) = key_of(&fake).await;
    assert_eq!((&key.rotates, &key.rotation_days), (&Known(false), &Known(None)));
    assert_eq!(why(&scope, &key.policy_public).0, "kms:GetKeyPolicy");
    let fake = base(&metadata())
        .answer("GetKeyPolicy", 200, json!({ "Policy": policy("*") }).to_string())
        .json_error("GetKeyRotationStatus", 400, "AccessDeniedException", "not authorized");
    let (key, scope) = key_of(&fake).await;
    assert_eq!(key.policy_public.any(), Known(true));
    assert_eq!(why(&scope, &key.rotates).0, "kms:GetKeyRotationStatus");
    let other = base(&metadata())
        .answer(
            "GetKeyPolicy",
            200,
            json!({ "Policy": policy("arn:aws:iam::999999999999:root") }).to_string(),
        )
        .answer("GetKeyRotationStatus", 200, r#"{"KeyRotationEnabled":true}"#);
    let (key, _) = key_of(&other).await;
    assert_eq!(key.external_accounts.known().unwrap().evidence(), "999999999999");
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked() {
    let fake = one(&metadata());
    let scope = fake.collect(&Wanted::of(&[Key::STATE], &[Kind::Key])).await;
    assert_eq!(scope.keys.items[0].state, Known(KeyState::Enabled));
    assert!(scope.keys.items[0].rotates.is_not_collected());
    assert!(scope.keys.items[0].policy_public.is_not_collected());
    assert_eq!((fake.count("GetKeyPolicy"), fake.count("GetKeyRotationStatus")), (0, 0));
    let fake = one(&metadata());
    assert!(!fake.collect(&Wanted::of(&[], &[])).await.keys.is_collected());
    assert_eq!(fake.count("ListKeys"), 0);
}

#[tokio::test]
async fn how_often_a_key_rotates_is_not_left_out() {
    let own = json!({
        "KeyId": "1", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Origin": "AWS_KMS",
        "KeySpec": "SYMMETRIC_DEFAULT",
    });
    let of = |answer: &str| {
        region()
            .json_error("DescribeOrganization", 400, "AWSOrganizationsNotInUseException", "none")
            .answer("ListKeys", 200, one_listed())
            .answer("DescribeKey", 200, json!({ "KeyMetadata": own }).to_string())
            .answer("GetKeyRotationStatus", 200, answer)
            .json_error("GetKeyPolicy", 400, "AccessDeniedException", "no")
    };
    for answer in [
        r#"{"KeyRotationEnabled":true}"#,
        r#"{"KeyRotationEnabled":true,"RotationPeriodInDays":null}"#,
    ] {
        let (key, scope) = key_of(&of(answer)).await;
        assert_eq!(key.rotates, Known(true));
        let gap = scope.gap(key.rotation_days.gap().unwrap()).unwrap();
        assert_eq!(gap.reason, Reason::Malformed);
    }
    let (key, _) = key_of(&of(r#"{"KeyRotationEnabled":false}"#)).await;
    assert_eq!((key.rotates, key.rotation_days), (Known(false), Known(None)));
}

#[tokio::test]
async fn tags_are_asked_for_where_they_are_wanted() {
    let base = || {
        region().answer("ListKeys", 200, one_listed()).answer(
            "DescribeKey",
            200,
            json!({ "KeyMetadata": metadata() }).to_string(),
        )
    };
    let wanted = Wanted::of(&[Key::TAGS], &[Kind::Key]);
    let page = |key: &str, next: Option<&str>| {
        json!({
            "Tags": [{ "TagKey": key, "TagValue": "" }], "Truncated": next.is_some(), "NextMarker": next,
        })
        .to_string()
    };
    let fake = base().answer("ListResourceTags", 200, page("team", Some("m"))).answer(
        "ListResourceTags",
        200,
        page("stage", None),
    );
    let scope = fake.collect(&wanted).await;
    let tags = ["team", "stage"].map(|key| (key.to_owned(), String::new()));
    assert_eq!(scope.keys.items[0].tags, Known(tags.into()));

    for (status, answer, reason) in [
        (400, r#"{"__type":"AccessDeniedException","message":"no"}"#, Reason::Denied),
        (200, r#"{"Truncated":false}"#, Reason::Malformed),
        (200, r#"{"Tags":[{"TagKey":"team"}],"Truncated":false}"#, Reason::Malformed),
        (200, r#"{"Tags":[],"Truncated":true}"#, Reason::Malformed),
    ] {
        let scope = base().answer("ListResourceTags", status, answer).collect(&wanted).await;
        let gap = scope.gap(scope.keys.items[0].tags.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.target.as_str()), (reason, ARN), "{answer}");
        assert!(scope.keys.gaps.is_empty());
    }

    let fake = base();
    fake.collect(&Wanted::of(&[Key::STATE], &[Kind::Key])).await;
    assert_eq!(fake.count("ListResourceTags"), 0);
}
