//! What a policy demands of the sign-ins that it is about.

use posture_core::dated::Dated;

use serde_json::Value;

use super::policy::{Policy, is_one};
use super::question::{Client, Question};
use super::truth::{Truth, all, any};
use crate::collect::body::{field, same, word};

/// Something that a policy demands.
#[derive(Clone, Copy, Debug)]
enum Control<'a> {
    BuiltIn(&'a str),
    Strength(&'a Value),
    /// What another service asks for.
    Custom,
    /// Consent to terms.
    Terms,
}

impl<'a> Policy<'a> {
    /// Whether what it demands is what a question asks for.
    pub(super) fn grants(&self, question: Question, client: Client) -> Truth {
        let refuses = || self.demands(|control| self.refuses(control));
        match question {
            Question::DeviceCodes => refuses(),
            _ if !client.is_modern() => self.demands(|control| self.keeps_legacy_out(control)),
            Question::RiskySignIns => {
                let mfa = self.demands(|control| self.is_mfa(control));
                refuses() | (mfa & self.is_asked_anew())
            }
            _ => self.demands(|control| self.is_mfa(control) | self.refuses(control)),
        }
    }

    /// Whether what it [demands](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessgrantcontrols) makes
    /// sure of something: of several controls all have to, where one of them is enough.
    fn demands(&self, sure: impl Fn(Control<'a>) -> Truth) -> Truth {
        const GRANTS: &str = "grantControls";
        let grants = match field(self.value, GRANTS) {
            // A policy may only shape sessions, and says so.
            Some(Value::Null) => return Truth::No,
            Some(grants) => grants,
            None => return self.malformed(GRANTS),
        };
        let mut controls = Vec::new();
        for (path, make) in [
            ("grantControls.builtInControls", Control::BuiltIn as fn(&'a str) -> Control<'a>),
            ("grantControls.customAuthenticationFactors", |_| Control::Custom),
            ("grantControls.termsOfUse", |_| Control::Terms),
        ] {
            match self.words(path) {
                Ok(words) => controls.extend(words.into_iter().map(|name| sure(make(name)))),
                Err(why) => controls.push(Truth::Unclear(why)),
            }
        }
        if let Some(strength) = self.strength() {
            controls.push(sure(Control::Strength(strength)));
        }
        let known = [
            "authenticationStrength",
            "builtInControls",
            "customAuthenticationFactors",
            "operator",
            "termsOfUse",
        ];
        match self.nothing_but(GRANTS, &known) {
            Truth::Yes => {}
            unclear => controls.push(unclear),
        }
        let one = any(controls.clone());
        match word(grants, "operator") {
            _ if controls.len() < 2 => one,
            Some(operator) if same(operator, "AND") => one,
            Some(operator) if same(operator, "OR") => all(controls),
            _ if all(controls) == one => one,
            _ => self.malformed("grantControls.operator"),
        }
    }

    /// The [strength](https://learn.microsoft.com/en-us/graph/api/resources/authenticationstrengthpolicy) that it demands.
    pub(super) fn strength(&self) -> Option<&'a Value> {
        self.at("grantControls.authenticationStrength")
    }

    fn refuses(&self, control: Control<'_>) -> Truth {
        match control {
            Control::BuiltIn(name) if same(name, "block") => Truth::Yes,
            Control::BuiltIn(name) => self.is_not(name),
            Control::Custom | Control::Terms | Control::Strength(_) => Truth::No,
        }
    }

    fn is_mfa(&self, control: Control<'_>) -> Truth {
        match control {
            Control::BuiltIn(name) if same(name, "mfa") => Truth::Yes,
            Control::BuiltIn(name) => self.is_not(name),
            Control::Strength(strength) => self.strengths.is_mfa(self.id(), strength),
            // What a [custom control](https://learn.microsoft.com/en-us/entra/identity/conditional-access/controls) asks for
            // does not count as MFA to the service.
            Control::Custom | Control::Terms => Truth::No,
        }
    }

    /// Whether a protocol that knows no MFA cannot get by it. Such protocols
    /// [do not tell of devices](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps)
    /// either.
    fn keeps_legacy_out(&self, control: Control<'_>) -> Truth {
        match control {
            Control::BuiltIn(name) if is_one(name, &["compliantDevice", "domainJoinedDevice"]) => {
                Truth::Yes
            }
            _ => self.is_mfa(control) | self.refuses(control),
        }
    }

    /// For a control that is not the one that is looked for: whether it is another one that is known.
    fn is_not(&self, name: &str) -> Truth {
        static KNOWN: Dated<&str> = Dated::new(
            &["https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols"],
            "2026-11-29",
            &[
                "approvedApplication",
                "block",
                "compliantApplication",
                "compliantDevice",
                "domainJoinedDevice",
                "mfa",
                "passwordChange",
                "riskRemediation",
            ],
        );
        if is_one(name, &KNOWN) {
            return Truth::No;
        }
        self.unclear(format!("what the control `{name}` demands"))
    }

    /// Whether people have to [prove themselves every time](https://learn.microsoft.com/en-us/graph/api/resources/signinfrequencysessioncontrol)
    /// rather than rely on what they proved in the session before.
    fn is_asked_anew(&self) -> Truth {
        const SESSION: &str = "sessionControls";
        const FREQUENCY: &str = "sessionControls.signInFrequency";
        if self.at(SESSION).is_some_and(|session| !session.is_object()) {
            return self.malformed(SESSION);
        }
        let Some(frequency) = self.at(FREQUENCY) else { return Truth::No };
        if !frequency.is_object() {
            return self.malformed(FREQUENCY);
        }
        let enabled = match field(frequency, "isEnabled") {
            Some(Value::Bool(enabled)) => Truth::from(*enabled),
            _ => self.malformed(FREQUENCY),
        };
        let every_time = match field(frequency, "frequencyInterval") {
            None | Some(Value::Null) => Truth::No,
            Some(Value::String(interval)) if same(interval, "everyTime") => Truth::Yes,
            Some(Value::String(interval)) if same(interval, "timeBased") => Truth::No,
            Some(Value::String(interval)) => self.unclear(format!("how often `{interval}` is")),
            Some(_) => self.malformed(FREQUENCY),
        };
        enabled & every_time
    }
}
