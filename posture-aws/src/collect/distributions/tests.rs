use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::*;
use crate::fake::Fake;

const CALL: &str = "GET /2020-05-31/distribution?MaxItems=100";
const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>";

fn everything() -> Wanted {
    let facts: Vec<_> = Kind::Distribution.fact_ids().collect();
    Wanted::of(&facts, &[Kind::Distribution])
}

/// An origin with a dot in the name of its bucket, so that the path of a request shows the name.
fn origin(id: &str, domain: &str, config: &str) -> String {
    format!("<Origin><Id>{id}</Id><DomainName>{domain}</DomainName>{config}</Origin>")
}

const OF_S3: &str =
    "<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig>";

fn distribution(id: &str, acl: &str, origins: &str) -> String {
    format!(
        "<DistributionSummary><Id>{id}</Id><ARN>arn:aws:cloudfront::1:distribution/{id}</ARN><DomainName>{id}.CloudFront.net</DomainName>\
         <Origins><Quantity>{}</Quantity><Items>{origins}</Items></Origins><WebACLId>{acl}</WebACLId></DistributionSummary>",
        origins.matches("<Origin>").count()
    )
}

fn page(items: &[String], more: &str) -> String {
    let list =
        if items.is_empty() { String::new() } else { format!("<Items>{}</Items>", items.concat()) };
    let more = if more.is_empty() { "<IsTruncated>false</IsTruncated>" } else { more };
    format!(
        "<?xml version=\"1.0\"?><DistributionList><Marker></Marker>{more}<MaxItems>100</MaxItems><Quantity>{}</Quantity>{list}</DistributionList>",
        items.len()
    )
}

fn location(bucket: &str) -> String {
    format!("GET /{bucket}/?location")
}

fn of_s3(fake: Fake, bucket: &str, code: &str) -> Fake {
    let (status, body) = match code {
        "" => (200, "<LocationConstraint>eu-central-1</LocationConstraint>".to_owned()),
        "NoSuchBucket" => (404, format!("<Error><Code>{code}</Code></Error>")),
        _ => (403, format!("<Error><Code>{code}</Code></Error>")),
    };
    fake.answer(&location(bucket), status, body)
}

fn reason<T>(scope: &Scope, fact: &Fact<T>) -> (Reason, String) {
    let gap = scope.gap(fact.gap().unwrap()).unwrap();
    (gap.reason, gap.action.clone())
}

#[tokio::test]
async fn a_distribution_is_read_with_its_web_acl_and_origins() {
    let s3 = |bucket: &str| format!("{bucket}.s3.eu-central-1.amazonaws.com");
    let origins = origin("files", &s3("a.files"), OF_S3)
        + &origin("gone", &s3("a.gone"), OF_S3)
        // A website is a custom origin, and so is anything else.
        + &origin("site", "a.site.s3-website.eu-central-1.amazonaws.com", "<CustomOriginConfig/>")
        + &origin("shop", "shop.example", "<CustomOriginConfig/>");
    let items = [distribution("E1", "arn:acl", &origins), distribution("E2", "", "")];
    let fake = Fake::default().answer(CALL, 200, page(&items, ""));
    let fake = of_s3(of_s3(fake, "a.files", ""), "a.gone", "NoSuchBucket");
    let scope = fake.collect(&everything()).await;
    let [one, two] = &scope.distributions.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(one.dns_name, Known("e1.cloudfront.net".to_owned()));
    assert_eq!((&one.inspected, &two.inspected), (&Known(true), &Known(false)));
    assert_eq!(one.missing_origins, Known(Entries::from(["gone: bucket a.gone"])));
    assert_eq!(two.missing_origins, Known(Entries::none()));
    assert!(scope.distributions.is_complete());
    assert_eq!(fake.count(&location("a.site")), 0);
    let call = fake.seen().into_iter().find(|request| request.action == CALL).unwrap();
    assert_eq!(call.signed, "us-east-1/cloudfront");
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_is_undecided_by_its_name() {
    let at = |domain: &str| {
        let items = [distribution("E1", "", &origin("files", domain, OF_S3))];
        Fake::default().answer(CALL, 200, page(&items, ""))
    };
    let fake = of_s3(at("a.b.s3.eu-central-1.amazonaws.com"), "a.b", "AccessDenied");
    let scope = fake.collect(&everything()).await;
    let Known(missing) = &scope.distributions.items[0].missing_origins else { panic!() };
    assert!(missing.certain().is_empty());
    assert_eq!(missing.named(), ["files: bucket a.b"]);
    let gap = scope.gap(missing.undecided().unwrap()).unwrap();
    assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, LOCATION.name));
    // What is in a region that is not read, in another partition, or is not the endpoint of a bucket.
    for domain in [
        "a.b.s3.us-west-2.amazonaws.com",
        "a.b.s3.cn-north-1.amazonaws.com.cn",
        "a_b.s3.eu-central-1.amazonaws.com",
        "point.s3-accesspoint.eu-central-1.amazonaws.com",
    ] {
        let fake = at(domain);
        let scope = fake.collect(&everything()).await;
        let Known(missing) = &scope.distributions.items[0].missing_origins else { panic!() };
        let gap = scope.gap(missing.undecided().unwrap()).unwrap();
        assert_eq!((gap.reason, missing.named().len()), (Reason::Undetermined, 1), "{domain}");
        let asked = fake.seen().into_iter().any(|one| one.action.ends_with("?location"));
        assert!(!asked, "{domain}");
    }
}

#[tokio::test]
async fn pages_are_followed_and_an_empty_list_is_one() {
    let more = "<IsTruncated>true</IsTruncated><NextMarker>E2</NextMarker>";
    let fake = Fake::default().answer(CALL, 200, page(&[distribution("E1", "", "")], more)).answer(
        "GET /2020-05-31/distribution?Marker=E2&MaxItems=100",
        200,
        page(&[distribution("E2", "", "")], ""),
    );
    let scope = fake.collect(&everything()).await;
    assert_eq!(scope.distributions.items.len(), 2);
    assert!(scope.distributions.is_complete());
    let scope = Fake::default().answer(CALL, 200, page(&[], "")).collect(&everything()).await;
    assert!(scope.distributions.items.is_empty() && scope.distributions.is_complete());
}

#[tokio::test]
async fn what_is_denied_or_makes_no_sense_is_open() {
    let scope = Fake::default().answer(CALL, 403, DENIED).collect(&everything()).await;
    let gap = scope.gap(scope.distributions.gaps[0]).unwrap();
    assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, DISTRIBUTIONS.name));
    let nameless = [distribution("", "", "")];
    let short = page(&[distribution("E1", "", "")], "")
        .replace("<MaxItems>100</MaxItems><Quantity>1<", "<MaxItems>100</MaxItems><Quantity>2<");
    let untyped = distribution("E1", "", &origin("shop", "shop.example", ""));
    let unnamed = distribution("E1", "", "").replace("E1.CloudFront.net", "");
    let no_acl = page(&[distribution("E1", "", "").replace("<WebACLId></WebACLId>", "")], "");
    for body in [
        page(&nameless, ""),
        short,
        no_acl,
        page(&[untyped], ""),
        page(&[unnamed], ""),
        "<html>".to_owned(),
        "<Other></Other>".to_owned(),
        "{}".to_owned(),
        String::new(),
    ] {
        let scope = Fake::default().answer(CALL, 200, body.clone()).collect(&everything()).await;
        let gap = scope.gap(scope.distributions.gaps[0]).unwrap();
        assert_eq!(gap.reason, Reason::Malformed, "{body}");
    }
    let malformed = (Reason::Malformed, DISTRIBUTIONS.name.to_owned());
    // An origin that is counted and missing.
    let one =
        distribution("E1", "", "").replace("<Quantity>0</Quantity>", "<Quantity>1</Quantity>");
    let scope = Fake::default().answer(CALL, 200, page(&[one], "")).collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.distributions.items[0].missing_origins), malformed);
}
