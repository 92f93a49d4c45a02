use super::*;

fn steps(created_by: &[&str]) -> List<Step> {
    let entries: Vec<Value> =
        created_by.iter().map(|text| serde_json::json!({"created_by": text})).collect();
    read(Some(&Value::Array(entries)), created_by.len())
}

#[test]
fn steps_of_both_builders_are_read() {
    for (text, instruction, rest) in [
        ("/bin/sh -c #(nop)  USER app", "USER", "app"),
        ("USER app", "USER", "app"),
        ("/bin/sh -c apt-get update", "RUN", "apt-get update"),
        ("RUN /bin/sh -c apt-get update # buildkit", "RUN", "apt-get update"),
        ("COPY a b # buildkit", "COPY", "a b"),
        ("/bin/sh -c #(nop) ADD file:0123 in / ", "ADD", "file:0123 in /"),
        ("RUN |1 A=b /bin/sh -c make # buildkit", "RUN", "make"),
        ("|2 A=b c D=e /bin/sh -c make", "RUN", "make"),
    ] {
        let step = &steps(&[text]).items[0];
        assert_eq!((step.instruction.as_str(), step.text.as_str()), (instruction, rest), "{text}");
    }
    let arguments = &steps(&["|2 A=b c D=e /bin/sh -c make"]).items[0].arguments;
    assert_eq!(arguments, &[("A".to_owned(), "b c".to_owned()), ("D".to_owned(), "e".to_owned())]);
}

#[test]
fn a_history_that_does_not_match_the_layers_names_none() {
    let list = read(
        Some(
            &serde_json::json!([{"created_by": "RUN x"}, {"created_by": "ENV a=b", "empty_layer": true}]),
        ),
        1,
    );
    assert_eq!((list.items[0].layer, list.items[1].layer), (Some(0), None));
    assert!(list.is_complete());
    let list = read(Some(&serde_json::json!([{"created_by": "RUN x"}, {}])), 1);
    assert_eq!((list.items[0].layer, list.gaps.len()), (None, 2));
    for history in
        [None, Some(serde_json::json!([])), Some(serde_json::json!({})), Some(Value::Null)]
    {
        assert!(!read(history.as_ref(), 0).is_complete());
    }
}
