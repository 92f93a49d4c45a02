use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

const REGION: &str = "eu-central-1";

fn host(cloud: &Fake) -> String {
    format!("{}.dkr.ecr.{REGION}.amazonaws.com", cloud.session().account())
}

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

fn repositories(cloud: Fake, names: &[&str]) -> Fake {
    let host = host(&cloud);
    let one =
        |name: &&str| json!({ "repositoryName": name, "repositoryUri": format!("{host}/{name}") });
    let all: Vec<Value> = names.iter().map(one).collect();
    cloud.answer("DescribeRepositories", 200, json!({ "repositories": all }).to_string())
}

fn image(of: char, tag: &str, pushed: u32) -> Value {
    json!({ "imageDigest": digest(of), "imageTags": [tag], "imagePushedAt": pushed })
}

fn images(cloud: Fake, images: &[Value]) -> Fake {
    cloud.answer("DescribeImages", 200, json!({ "imageDetails": images }).to_string())
}

fn token(cloud: Fake, endpoint: &str, text: &str) -> Fake {
    let token =
        json!({ "authorizationToken": BASE64_STANDARD.encode(text), "proxyEndpoint": endpoint });
    cloud.answer("GetAuthorizationToken", 200, json!({ "authorizationData": [token] }).to_string())
}

async fn found(cloud: &Fake, newest: usize) -> Registries {
    let ask = ApiClient::new(4, None, watch::channel(false).1).unpaced();
    read_by(&cloud.session(), &ask, &[REGION.to_owned()], newest).await
}

#[tokio::test]
async fn the_newest_images_of_each_repository_are_found() {
    let cloud = repositories(Fake::default(), &["shop/web"]);
    let chart = json!({
        "imageDigest": digest('d'), "imageTags": ["1"], "imagePushedAt": 9,
        "artifactMediaType": "application/vnd.cncf.helm.config.v1+json",
    });
    let signature = image('e', &format!("sha256-{}.sig", "a".repeat(64)), 9);
    let all = [image('a', "1", 1), image('b', "3", 3), image('c', "2", 2), chart, signature];
    let own = host(&cloud);
    let cloud = token(images(cloud, &all), &format!("https://{own}"), "AWS:canary-secret");
    let two = found(&cloud, 2).await;
    let expected = ['b', 'c'].map(|of| format!("{own}/shop/web@{}", digest(of)));
    assert_eq!(two.images, expected);
    assert!(two.gaps.is_empty(), "{:?}", two.gaps);
    assert_eq!((two.logins[0].host.as_str(), two.logins[0].user.as_str()), (own.as_str(), "AWS"));
    assert_eq!(two.logins[0].password, "canary-secret");
    assert!(!format!("{two:?}").contains("canary-secret"));
    assert_eq!(two.calls[REGISTRY_TOKEN].operations, 1);
    // It is signed for the service, at its own host.
    assert!(
        cloud.hosts().contains(&format!("api.ecr.{REGION}.amazonaws.com")),
        "{:?}",
        cloud.hosts()
    );
    assert!(cloud.seen().iter().all(|request| request.signed == format!("{REGION}/ecr")));
}

#[tokio::test]
async fn an_account_without_images_needs_no_password() {
    for cloud in
        [repositories(Fake::default(), &[]), images(repositories(Fake::default(), &["a"]), &[])]
    {
        let none = found(&cloud, 3).await;
        assert!(none.images.is_empty() && none.logins.is_empty() && none.gaps.is_empty());
        assert_eq!(cloud.count("GetAuthorizationToken"), 0);
    }
}

#[tokio::test]
async fn what_is_refused_is_a_gap_of_its_region() {
    let denied =
        |cloud: Fake, action: &str| cloud.json_error(action, 400, "AccessDeniedException", "no");
    let none = found(&denied(Fake::default(), "DescribeRepositories"), 3).await;
    assert_eq!((none.gaps.len(), none.gaps[0].region.as_deref()), (1, Some(REGION)));
    assert_eq!(none.gaps[0].action, REGISTRY_REPOSITORIES);
    let of_images =
        found(&denied(repositories(Fake::default(), &["a"]), "DescribeImages"), 3).await;
    assert!(of_images.gaps[0].target.ends_with("/a"), "{:?}", of_images.gaps);
    let whole = images(repositories(Fake::default(), &["a"]), &[image('a', "1", 1)]);
    let of_token = found(&denied(whole, "GetAuthorizationToken"), 3).await;
    assert_eq!((of_token.images.len(), of_token.logins.len()), (1, 0));
    assert_eq!(of_token.gaps[0].action, REGISTRY_TOKEN);
    // Nothing at all, where a list is due.
    let empty = found(&Fake::default().answer("DescribeRepositories", 200, "{}"), 3).await;
    assert_eq!(empty.gaps.len(), 1, "{:?}", empty.gaps);
    let cut = Fake::default().answer("DescribeRepositories", 200, r#"{"repositories":[{"#);
    assert_eq!(found(&cut, 3).await.gaps.len(), 1);
}

#[tokio::test]
async fn the_password_is_for_the_registry_of_the_account_alone() {
    let whole = || images(repositories(Fake::default(), &["a"]), &[image('a', "1", 1)]);
    let own = format!("https://{}", host(&Fake::default()));
    for (endpoint, text) in [
        ("https://evil.example", "AWS:password"),
        (&*format!("{own}.evil.example"), "AWS:password"),
        (&*own, "AWS"),
        (&*own, ":password"),
        (&*own, "AWS:"),
    ] {
        let found = found(&token(whole(), endpoint, text), 3).await;
        assert!(found.logins.is_empty(), "{endpoint} {text}");
        assert_eq!(found.gaps[0].reason, Reason::Malformed);
    }
    // A repository elsewhere is not one of the account.
    for uri in ["evil.example/a", "", "evil.example"] {
        let other = json!({ "repositories": [{ "repositoryName": "a", "repositoryUri": uri }] });
        let found =
            found(&Fake::default().answer("DescribeRepositories", 200, other.to_string()), 3).await;
        assert!(found.images.is_empty() && found.gaps.len() == 1, "{uri}");
    }
}

#[tokio::test]
async fn images_without_what_orders_them_are_a_gap() {
    for wrong in [
        json!({ "imageTags": ["1"], "imagePushedAt": 1 }),
        json!({ "imageDigest": digest('a'), "imageTags": ["1"] }),
        json!({ "imageDigest": "sha256:00", "imageTags": ["1"], "imagePushedAt": 1 }),
    ] {
        let cloud = images(repositories(Fake::default(), &["a"]), &[wrong]);
        let found = found(&cloud, 3).await;
        assert!(found.images.is_empty() && found.gaps.len() == 1, "{:?}", found.gaps);
    }
}
