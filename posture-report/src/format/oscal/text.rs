//! Texts and properties as OSCAL takes them.

use std::borrow::Cow;

use posture_core::exception::Exception;
use posture_core::judge::Finding;
use posture_core::resource::Kind;
use posture_core::scope::Scope;

use super::model::Prop;
use crate::providers::Providers;
use crate::text::safe;
use crate::words::level;

/// Whose the properties are that OSCAL does not define.
pub(super) const NAMESPACE: &str = "urn:posture:oscal";

/// How much of a text from a cloud is shown.
pub(super) const TEXT: usize = 1_000;

pub(super) const LIMITS: &str = "This document shows configuration as the APIs of the providers returned it at the time of reading. It makes \
                      no statement about any other time, and is not an opinion, attestation or certification.";

pub(super) fn exception(exception: &Exception) -> Vec<Prop> {
    let mut props = vec![
        prop("exception-owner", &exception.owner),
        prop("exception-reason", &exception.reason),
        prop("exception-expires", &exception.expires.to_string()),
    ];
    props.extend(exception.ticket.as_deref().map(|ticket| prop("exception-ticket", ticket)));
    let instead = exception.compensating_control.as_deref();
    props.extend(instead.map(|instead| prop("compensating-control", instead)));
    props
}

pub(super) fn accepted(exception: &Exception) -> String {
    let Exception { owner, reason, expires, .. } = exception;
    format!(
        "The failure was accepted by {} until {}: {}. It remains a failure.",
        code(owner),
        expires.day(),
        code(reason)
    )
}

/// The first remark of an audit that did not finish.
pub(super) const PARTIAL: &str =
    "The audit was stopped before it finished: everything not read by then is unknown. ";

/// What a finding is about.
pub(super) fn about(finding: &Finding<'_>, providers: Providers) -> String {
    let place = place(finding.scope, providers);
    match finding.subject {
        None => format!("the {} of {place}", finding.kind().many()),
        Some(subject) if subject.kind == Kind::Account => place,
        Some(subject) => {
            // A regional switch has no name but its region's.
            let region = subject.region.filter(|region| !subject.name.contains(*region));
            let region = region.map_or(String::new(), |region| format!(" in {}", code(region)));
            format!("{} {} of {place}{region}", subject.kind.one(), code(subject.name))
        }
    }
}

pub(super) fn place(scope: &Scope, providers: Providers) -> String {
    format!("{} {} {}", scope.provider, level(scope, providers), code(&scope.id))
}

/// A property of ours.
pub(super) fn prop(name: impl Into<Cow<'static, str>>, value: &str) -> Prop {
    Prop { name: name.into(), ns: Some(NAMESPACE), value: string(value), remarks: None }
}

/// Text as a string of OSCAL, which neither is empty nor begins or ends with white space.
pub(super) fn string(text: &str) -> String {
    let text = safe(text, TEXT);
    let trimmed = text.trim().len();
    if trimmed == 0 {
        "(empty)".to_owned()
    } else if trimmed == text.len() {
        text.into_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// Text of any origin as a code span: OSCAL's texts are Markdown, and within code nothing has a meaning. Two braces in
/// a row would be a parameter.
pub(super) fn code(text: &str) -> String {
    let text = safe(text, TEXT).replace('`', "\\u{60}").replace("{{", "{\\u{7b}");
    if text.trim().is_empty() { "(empty)".to_owned() } else { format!("`{text}`") }
}
