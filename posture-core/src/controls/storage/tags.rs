//! `storage.tags`

use crate::prelude::*;

/// See the [module](self).
pub(crate) static CONTROL: Control = Control {
    id: "storage.tags",
    life: since("0.1.0"),
    title: "Buckets have the required tags",
    finding: "Bucket lacks a required tag",
    keywords: &["S3", "bucket", "tags", "owner tag"],
    severity: Low,
    rationale: "When an issue is found, tags show whom to ask and how sensitive the data is.",
    remediation: &[(
        Aws,
        Remedy {
            text: "Add the missing tags to the bucket. The command replaces all its tags: \
                   include the present ones as well.",
            console: "S3 → Buckets → the bucket → Properties → Tags",
            command: Change(
                "aws s3api put-bucket-tagging --bucket <bucket> --tagging \
                             'TagSet=[{Key=<tag>,Value=<value>}]'",
            ),
        },
    )],
    references: &["https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html"],
    satisfies: &[
        csf20("ID.AM-07", Supporting),
        csf20("ID.AM-05", Supporting),
        ccm41("DSP-06", Supporting),
        ccm41("DSP-04", Supporting),
        ccm41("DCS-06", Supporting),
    ],
    test: Test {
        reads: &[Bucket::TAGS],
        params: &[Param::Names(&REQUIRED)],
        check: Check::Bucket(check),
        examples: Examples {
            pass: |scope| scope.buckets.items.push(tagged(&[("Owner", "payments")])),
            fail: |scope| scope.buckets.items.push(tagged(&[])),
        },
    },
};

static REQUIRED: Names = Names {
    name: "required-tags",
    doc: "The names of the tags that must be present with a value, not case-sensitive. An empty list turns the control off.",
    default: &["owner"],
};

fn check(bucket: &Bucket, context: &Context<'_>) -> CheckResult {
    let tags = bucket.tags.known()?;
    let required = context.names(&REQUIRED);
    if required.is_empty() {
        return not_applicable("no tag is required");
    }
    let there = |name: &str| {
        tags.iter().any(|(tag, value)| tag.eq_ignore_ascii_case(name) && !value.trim().is_empty())
    };
    let missing: Vec<&str> = required.into_iter().filter(|name| !there(name)).collect();
    if missing.is_empty() {
        return pass();
    }
    fail(
        Bucket::TAGS,
        format!("without {}", missing.join(", ")),
        "every required tag, with a value",
    )
}

fn tagged(tags: &[(&str, &str)]) -> Bucket {
    let tags = tags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Bucket::unread("arn:aws:s3:::records", "records", Some("us-east-1")).tags(Known(tags))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Value;

    fn with(bucket: Bucket) -> impl FnOnce(&mut Scope) {
        move |scope| scope.buckets.items.push(bucket)
    }

    #[test]
    fn verdicts() {
        assert_passes(&CONTROL, with(tagged(&[("OWNER", "payments")])));
        assert_fails(&CONTROL, with(tagged(&[("owners", "payments")])));
        // A tag without a value tells nothing.
        assert_fails(&CONTROL, with(tagged(&[("owner", " ")])));
        assert_unknown(&CONTROL, with(tagged(&[]).tags(denied())));
    }

    #[test]
    fn the_list_decides() {
        let judge = |names: &[&str], bucket: Bucket| {
            let names = names.iter().map(|&name| name.to_owned()).collect();
            judged_with(&CONTROL, &world(with(bucket)), &[("required-tags", Value::Names(names))])
        };
        let two = &["owner", "class"];
        assert_eq!(judge(two, tagged(&[("owner", "a"), ("class", "b")])), [Ok(Verdict::Pass)]);
        let [Ok(Verdict::Fail(evidence))] = &judge(two, tagged(&[("owner", "a")]))[..] else {
            panic!("one tag is missing")
        };
        assert_eq!(evidence[0].found, "without class");
        assert!(matches!(judge(&[], tagged(&[]))[..], [Ok(Verdict::NotApplicable(_))]));
        assert!(judge(&[], tagged(&[]).tags(denied()))[0].is_err());
    }
}
