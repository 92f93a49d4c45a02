//! The XML of S3, in which each item of a list is an element of the list's own name.

use serde_json::Value;

use crate::aws::wire::{Output, escape};

const STORAGE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const CONTROL: &str = "http://awss3control.amazonaws.com/doc/2018-08-20/";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A document of S3.
pub(in crate::aws::services) fn storage(root: &str, members: &Value) -> Output {
    document(root, STORAGE, members)
}

/// A document of S3 Control.
pub(in crate::aws::services) fn control(root: &str, members: &Value) -> Output {
    document(root, CONTROL, members)
}

fn document(root: &str, namespace: &str, members: &Value) -> Output {
    let mut out =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">");
    content(&mut out, members);
    out.push_str(&format!("</{root}>"));
    Output::Text("application/xml", out)
}

/// Writes the content of an element. The member `xsi:type` is an attribute of its element.
fn content(out: &mut String, value: &Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| *name != "xsi:type") {
                match value {
                    Value::Null => {}
                    Value::Array(items) => items.iter().for_each(|item| element(out, name, item)),
                    one => element(out, name, one),
                }
            }
        }
        Value::String(text) => out.push_str(&escape(text)),
        Value::Null | Value::Array(_) => {}
        other => out.push_str(&other.to_string()),
    }
}

fn element(out: &mut String, name: &str, value: &Value) {
    match value.get("xsi:type").and_then(Value::as_str) {
        Some(kind) => {
            out.push_str(&format!(
                "<{name} xmlns:xsi=\"{INSTANCE}\" xsi:type=\"{}\">",
                escape(kind)
            ));
        }
        None => out.push_str(&format!("<{name}>")),
    }
    content(out, value);
    out.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_flat_and_types_are_attributes() {
        let members = json!({ "A": { "B": [{ "C": "x&y" }, { "C": true }] }, "D": null, "E": [],
            "G": { "xsi:type": "Group", "URI": "u" } });
        let Output::Text(kind, text) = storage("R", &members) else { panic!("no text") };
        assert_eq!(kind, "application/xml");
        assert!(
            text.contains("<R xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><A>"),
            "{text}"
        );
        assert!(text.contains("<A><B><C>x&amp;y</C></B><B><C>true</C></B></A>"), "{text}");
        assert!(text.contains("xsi:type=\"Group\"><URI>u</URI></G></R>"), "{text}");
        assert!(!text.contains("<D>") && !text.contains("<E>"), "{text}");
    }
}
