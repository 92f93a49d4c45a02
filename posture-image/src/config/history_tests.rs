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
        ("RUN /bin/bash -eo pipefail -c make # buildkit", "RUN", "make"),
        ("RUN /bin/bash -euxo pipefail -c make all # buildkit", "RUN", "make all"),
        ("RUN /bin/ash -o pipefail -o errexit -c make", "RUN", "make"),
        ("RUN /usr/bin/zsh --login -ec make", "RUN", "make"),
        ("RUN |1 A=b /bin/bash -euo pipefail -c make # buildkit", "RUN", "make"),
        ("RUN |1 A=b /usr/local/bin/dash -xc make # buildkit", "RUN", "make"),
        ("RUN conda run -n base /bin/bash -c make # buildkit", "RUN", "make"),
        ("RUN /bin/bash script.sh -c # buildkit", "RUN", "/bin/bash script.sh -c"),
        ("RUN curl -k https://x # buildkit", "RUN", "curl -k https://x"),
        ("run apt-get update", "RUN", "apt-get update"),
        ("add a b", "ADD", "a b"),
        ("/bin/sh -c add a b", "RUN", "add a b"),
        ("/bin/sh -c #(nop) add file:0 in /x", "ADD", "file:0 in /x"),
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

#[test]
fn a_script_that_the_history_does_not_keep_is_a_gap() {
    for text in [
        "RUN <<EOF (apt-get update...)",
        "RUN /bin/sh -c /dev/pipes/EOF # buildkit",
        "RUN /bin/bash -eo pipefail -c <<EOF # buildkit",
        "RUN /bin/sh -c <<EOF apt-get update...\nEOF # buildkit",
    ] {
        let list = steps(&[text]);
        assert_eq!((list.items.len(), list.gaps.len()), (1, 1), "{text}");
    }
    assert!(
        steps(&[
            "RUN /bin/sh -c set -e\nmake\n # buildkit",
            "RUN /bin/sh -c <<E sh\nmake\nE # buildkit"
        ])
        .is_complete()
    );
}

#[test]
fn remarks_are_kept_also_of_a_step_without_an_instruction() {
    let history = serde_json::json!([{"author": "a", "comment": "b"}, {"created_by": "ENV A=b"}]);
    let list = read(Some(&history), 2);
    assert_eq!(list.items[0].remarks, "a\nb");
    assert_eq!((list.items.len(), list.gaps.len()), (2, 1));
}
