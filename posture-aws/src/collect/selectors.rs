//! What CloudTrail's event selectors include, by their fields and never by their names, see
//! [basic](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html) and
//! [advanced](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedEventSelector.html) selectors.

use aws_sdk_cloudtrail::types::{
    AdvancedEventSelector, AdvancedFieldSelector, EventSelector, ReadWriteType,
};

/// What selectors include together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) management_reads: bool,
    pub(crate) management_writes: bool,
    /// Sources of management events that no selector includes.
    pub(crate) excluded_sources: Vec<String>,
    pub(crate) object_reads: bool,
    pub(crate) object_writes: bool,
}

/// One selector that includes management events, whatever its form.
struct Management {
    reads: bool,
    writes: bool,
    excluded: Vec<String>,
}

/// What basic selectors include.
pub(crate) fn basic(selectors: &[EventSelector]) -> Taken {
    let mut taken = Taken::default();
    let mut management = Vec::new();
    for selector in selectors {
        let (reads, writes) = match selector.read_write_type() {
            Some(ReadWriteType::ReadOnly) => (true, false),
            Some(ReadWriteType::WriteOnly) => (false, true),
            // Everything is the documented default.
            None | Some(ReadWriteType::All) => (true, true),
            // A kind that we do not know takes in nothing that we can vouch for.
            Some(_) => (false, false),
        };
        if selector.include_management_events().unwrap_or(true) {
            let excluded = selector.exclude_management_event_sources().to_vec();
            management.push(Management { reads, writes, excluded });
        }
        let every_object = selector.data_resources().iter().any(|resource| {
            resource.r#type() == Some("AWS::S3::Object")
                && resource.values().iter().any(|value| is_every_bucket(value))
        });
        taken.object_reads |= every_object && reads;
        taken.object_writes |= every_object && writes;
    }
    sum(management, &mut taken);
    taken
}

/// What advanced selectors include.
pub(crate) fn advanced(selectors: &[AdvancedEventSelector]) -> Taken {
    let mut taken = Taken::default();
    let mut management = Vec::new();
    for selector in selectors {
        let fields = selector.field_selectors();
        let Some(category) = field(fields, "eventCategory").and_then(only) else { continue };
        let Some((reads, writes)) = directions(fields) else { continue };
        match category {
            "Management" => {
                let mut excluded = Vec::new();
                let narrowed = fields.iter().any(|selector| match selector.field() {
                    "eventCategory" | "readOnly" => false,
                    "eventSource" if is_only_not_equals(selector) => {
                        excluded.extend(selector.not_equals().iter().cloned());
                        false
                    }
                    _ => true,
                });
                if !narrowed {
                    management.push(Management { reads, writes, excluded });
                }
            }
            "Data" => {
                let objects = field(fields, "resources.type")
                    .is_some_and(|kind| kind.equals().iter().any(|kind| kind == "AWS::S3::Object"));
                let narrowed = fields.iter().any(|selector| match selector.field() {
                    "eventCategory" | "readOnly" | "resources.type" => false,
                    "resources.ARN" => !takes_every_bucket(selector),
                    _ => true,
                });
                taken.object_reads |= objects && !narrowed && reads;
                taken.object_writes |= objects && !narrowed && writes;
            }
            _ => {}
        }
    }
    sum(management, &mut taken);
    taken
}

fn sum(management: Vec<Management>, taken: &mut Taken) {
    taken.management_reads = management.iter().any(|selector| selector.reads);
    taken.management_writes = management.iter().any(|selector| selector.writes);
    // A source is left out if each selector of a direction that is taken in leaves it out.
    let left_out = |source: &String| {
        let by_all = |of: fn(&Management) -> bool| {
            let mut selectors = management.iter().filter(|selector| of(selector)).peekable();
            selectors.peek().is_some()
                && selectors.all(|selector| selector.excluded.contains(source))
        };
        by_all(|selector| selector.reads) || by_all(|selector| selector.writes)
    };
    let mut sources: Vec<String> =
        management.iter().flat_map(|selector| selector.excluded.iter().cloned()).collect();
    sources.sort_unstable();
    sources.dedup();
    sources.retain(left_out);
    taken.excluded_sources = sources;
}

fn field<'f>(fields: &'f [AdvancedFieldSelector], name: &str) -> Option<&'f AdvancedFieldSelector> {
    fields.iter().find(|selector| selector.field() == name)
}

/// The one value of a field that must equal it.
fn only(selector: &AdvancedFieldSelector) -> Option<&str> {
    match selector.equals() {
        [one] => Some(one),
        _ => None,
    }
}

/// Whether reads and writes are included; nothing if the field is used in an unknown way.
fn directions(fields: &[AdvancedFieldSelector]) -> Option<(bool, bool)> {
    match field(fields, "readOnly") {
        None => Some((true, true)),
        Some(selector) => match only(selector)? {
            "true" => Some((true, false)),
            "false" => Some((false, true)),
            _ => None,
        },
    }
}

fn is_only_not_equals(selector: &AdvancedFieldSelector) -> bool {
    !selector.not_equals().is_empty()
        && selector.equals().is_empty()
        && selector.starts_with().is_empty()
        && selector.ends_with().is_empty()
        && selector.not_starts_with().is_empty()
        && selector.not_ends_with().is_empty()
}

/// Whether a prefix on the ARN leaves every object in.
fn takes_every_bucket(selector: &AdvancedFieldSelector) -> bool {
    selector.starts_with().iter().any(|prefix| is_every_bucket(prefix))
        && selector.equals().is_empty()
        && selector.ends_with().is_empty()
        && selector.not_equals().is_empty()
        && selector.not_starts_with().is_empty()
        && selector.not_ends_with().is_empty()
}

/// `arn:aws:s3` and `arn:aws:s3:::` mean every object of every bucket, in any partition.
fn is_every_bucket(value: &str) -> bool {
    let parts: Vec<&str> = value.split(':').collect();
    match parts.as_slice() {
        ["arn", partition, "s3"] | ["arn", partition, "s3", "", "", ""] => {
            partition.starts_with("aws")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudtrail::types::DataResource;

    use super::*;

    fn select(fields: &[(&str, &str, &[&str])]) -> AdvancedEventSelector {
        let fields = fields.iter().map(|(name, operator, values)| {
            let values = Some(values.iter().map(|&value| value.to_owned()).collect());
            let selector = AdvancedFieldSelector::builder().field(*name);
            let selector = match *operator {
                "=" => selector.set_equals(values),
                "!=" => selector.set_not_equals(values),
                "^" => selector.set_starts_with(values),
                "!^" => selector.set_not_starts_with(values),
                "$" => selector.set_ends_with(values),
                "!$" => selector.set_not_ends_with(values),
                other => panic!("{other}"),
            };
            selector.build().unwrap()
        });
        AdvancedEventSelector::builder()
            .name("Management events selector")
            .set_field_selectors(Some(fields.collect()))
            .build()
            .unwrap()
    }

    fn summary(taken: &Taken) -> String {
        let mark = |on: bool, mark: char| if on { mark } else { '-' };
        let excluded = taken.excluded_sources.join(",");
        format!(
            "{}{}{}{} {excluded}",
            mark(taken.management_reads, 'r'),
            mark(taken.management_writes, 'w'),
            mark(taken.object_reads, 'R'),
            mark(taken.object_writes, 'W')
        )
        .trim()
        .to_owned()
    }

    #[test]
    fn advanced_selectors_are_judged_by_their_fields() {
        let management: (&str, &str, &[&str]) = ("eventCategory", "=", &["Management"]);
        let data: (&str, &str, &[&str]) = ("eventCategory", "=", &["Data"]);
        let objects: (&str, &str, &[&str]) = ("resources.type", "=", &["AWS::S3::Object"]);
        type Rows<'r> = Vec<Vec<(&'r str, &'r str, &'r [&'r str])>>;
        let table: Vec<(Rows<'_>, &str)> = vec![
            (vec![vec![management]], "rw--"),
            (vec![vec![management, ("readOnly", "=", &["true"])]], "r---"),
            (vec![vec![management, ("readOnly", "=", &["false"])]], "-w--"),
            (
                vec![
                    vec![management, ("readOnly", "=", &["false"])],
                    vec![management, ("readOnly", "=", &["true"])],
                ],
                "rw--",
            ),
            (
                vec![vec![management, ("eventSource", "!=", &["kms.amazonaws.com"])]],
                "rw-- kms.amazonaws.com",
            ),
            (
                vec![
                    vec![management, ("eventSource", "!=", &["kms.amazonaws.com"])],
                    vec![management],
                ],
                "rw--",
            ),
            // A selector of one source, one name or one caller takes in less than all.
            (vec![vec![management, ("eventSource", "=", &["iam.amazonaws.com"])]], "----"),
            (vec![vec![management, ("eventName", "!=", &["Decrypt"])]], "----"),
            (
                vec![vec![management, ("userIdentity.arn", "!^", &["arn:aws:iam::1:role/x"])]],
                "----",
            ),
            (vec![vec![data, objects]], "--RW"),
            (vec![vec![data, objects, ("readOnly", "=", &["true"])]], "--R-"),
            (vec![vec![data, objects, ("resources.ARN", "^", &["arn:aws:s3"])]], "--RW"),
            (vec![vec![data, objects, ("resources.ARN", "^", &["arn:aws-cn:s3:::"])]], "--RW"),
            (vec![vec![data, objects, ("resources.ARN", "^", &["arn:aws:s3:::one/"])]], "----"),
            (vec![vec![data, objects, ("resources.ARN", "!^", &["arn:aws:s3:::logs/"])]], "----"),
            (vec![vec![data, objects, ("eventName", "=", &["DeleteObject"])]], "----"),
            (vec![vec![data, ("resources.type", "=", &["AWS::Lambda::Function"])]], "----"),
            (vec![vec![("eventCategory", "=", &["NetworkActivity"])]], "----"),
            (vec![], "----"),
        ];
        for (rows, expected) in table {
            let selectors: Vec<_> = rows.iter().map(|fields| select(fields)).collect();
            assert_eq!(summary(&advanced(&selectors)), expected, "{rows:?}");
        }
    }

    #[test]
    fn basic_selectors_are_understood() {
        let objects =
            |value: &str| DataResource::builder().r#type("AWS::S3::Object").values(value).build();
        let selector = EventSelector::builder;
        let all = selector().include_management_events(true).read_write_type(ReadWriteType::All);
        assert_eq!(summary(&basic(&[all.clone().build()])), "rw--");
        let excluding = all.clone().exclude_management_event_sources("rdsdata.amazonaws.com");
        assert_eq!(summary(&basic(&[excluding.build()])), "rw-- rdsdata.amazonaws.com");
        let every = all.clone().data_resources(objects("arn:aws:s3"));
        assert_eq!(summary(&basic(&[every.build()])), "rwRW");
        let every = all.clone().data_resources(objects("arn:aws:s3:::"));
        assert_eq!(summary(&basic(&[every.build()])), "rwRW");
        let one = all.data_resources(objects("arn:aws:s3:::one/"));
        assert_eq!(summary(&basic(&[one.build()])), "rw--");
        let reads = selector().read_write_type(ReadWriteType::ReadOnly);
        assert_eq!(summary(&basic(&[reads.clone().build()])), "r---");
        let none = reads.include_management_events(false).data_resources(objects("arn:aws:s3"));
        assert_eq!(summary(&basic(&[none.build()])), "--R-");
    }

    /// A selector on one field with several operators.
    fn mixed(field: &str, operators: &[(&str, &[&str])]) -> AdvancedFieldSelector {
        let mut selector = AdvancedFieldSelector::builder().field(field);
        for (operator, values) in operators {
            let values = Some(values.iter().map(|&value| value.to_owned()).collect());
            selector = match *operator {
                "=" => selector.set_equals(values),
                "!=" => selector.set_not_equals(values),
                "^" => selector.set_starts_with(values),
                "!^" => selector.set_not_starts_with(values),
                "$" => selector.set_ends_with(values),
                "!$" => selector.set_not_ends_with(values),
                other => panic!("{other}"),
            };
        }
        selector.build().unwrap()
    }

    #[test]
    fn a_second_operator_on_a_field_narrows_what_the_first_takes_in() {
        for other in ["=", "^", "$", "!^", "!$"] {
            let both = mixed("eventSource", &[("!=", &["kms.amazonaws.com"]), (other, &["x"])]);
            assert!(!is_only_not_equals(&both), "{other}");
        }
        assert!(is_only_not_equals(&mixed("eventSource", &[("!=", &["kms.amazonaws.com"])])));
        assert!(!is_only_not_equals(&mixed("eventSource", &[])));
        let every: (&str, &[&str]) = ("^", &["arn:aws:s3:::"]);
        for other in ["=", "$", "!=", "!^", "!$"] {
            let both = mixed("resources.ARN", &[every, (other, &["x"])]);
            assert!(!takes_every_bucket(&both), "{other}");
        }
        assert!(takes_every_bucket(&mixed("resources.ARN", &[every])));
        assert!(takes_every_bucket(&mixed("resources.ARN", &[("^", &["x", "arn:aws:s3"])])));
        assert!(!takes_every_bucket(&mixed("resources.ARN", &[("^", &["x"])])));
        assert!(!takes_every_bucket(&mixed("resources.ARN", &[("=", &["arn:aws:s3:::"])])));
    }

    #[test]
    fn a_field_that_must_equal_several_values_names_none_of_them() {
        let two: (&str, &str, &[&str]) = ("eventCategory", "=", &["Management", "Data"]);
        assert_eq!(summary(&advanced(&[select(&[two])])), "----");
        let management: (&str, &str, &[&str]) = ("eventCategory", "=", &["Management"]);
        for direction in [&["true", "false"][..], &["maybe"], &[]] {
            let selector = select(&[management, ("readOnly", "=", direction)]);
            assert_eq!(summary(&advanced(&[selector])), "----", "{direction:?}");
        }
        let negated = select(&[management, ("readOnly", "!=", &["true"])]);
        assert_eq!(summary(&advanced(&[negated])), "----");
        let nothing = select(&[("readOnly", "=", &["true"])]);
        assert_eq!(summary(&advanced(&[nothing])), "----");
    }

    #[test]
    fn a_source_is_left_out_if_every_selector_of_a_direction_leaves_it_out() {
        let management: (&str, &str, &[&str]) = ("eventCategory", "=", &["Management"]);
        let no = |sources: &'static [&'static str]| ("eventSource", "!=", sources);
        let (reads, writes): ((_, _, &[&str]), (_, _, &[&str])) =
            (("readOnly", "=", &["true"]), ("readOnly", "=", &["false"]));
        let taken = advanced(&[
            select(&[management, reads, no(&["kms", "rds"])]),
            select(&[management, writes, no(&["rds"])]),
        ]);
        assert_eq!(summary(&taken), "rw-- kms,rds");
        let taken = advanced(&[
            select(&[management, reads, no(&["kms"])]),
            select(&[management, no(&["rds"])]),
        ]);
        // Reads of kms by the second, reads of rds by the first; writes of rds by none.
        assert_eq!(summary(&taken), "rw-- rds");
        let taken =
            advanced(&[select(&[management, no(&["kms"])]), select(&[management, no(&["rds"])])]);
        assert_eq!(summary(&taken), "rw--");
    }

    #[test]
    fn what_means_every_bucket() {
        for every in ["arn:aws:s3", "arn:aws:s3:::", "arn:aws-us-gov:s3:::"] {
            assert!(is_every_bucket(every), "{every}");
        }
        for one in [
            "",
            "arn:aws:s3:::one/",
            "arn:other:s3:::",
            "arn:aws:sns",
            "arn:aws:s3::1:",
            "x:aws:s3",
        ] {
            assert!(!is_every_bucket(one), "{one}");
        }
    }

    #[test]
    fn basic_selectors_of_other_kinds_take_in_nothing_to_vouch_for() {
        let objects =
            |kind: &str| DataResource::builder().r#type(kind).values("arn:aws:s3").build();
        let selector = || EventSelector::builder().data_resources(objects("AWS::S3::Object"));
        let strange = selector().read_write_type(ReadWriteType::from("Sometimes"));
        assert_eq!(summary(&basic(&[strange.build()])), "----");
        // Everything is the default.
        assert_eq!(summary(&basic(&[selector().build()])), "rwRW");
        let writes = selector().read_write_type(ReadWriteType::WriteOnly);
        assert_eq!(summary(&basic(&[writes.build()])), "-w-W");
        let functions = EventSelector::builder().data_resources(objects("AWS::Lambda::Function"));
        assert_eq!(summary(&basic(&[functions.build()])), "rw--");
        assert_eq!(summary(&basic(&[])), "----");
    }
}
