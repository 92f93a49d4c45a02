//! What a policy demands of the sign-ins that it is about.

use posture_model::dated::Dated;
use posture_model::gap::Gap;

use super::policy::{Policy, is_one};
use super::question::{Client, Question};
use super::truth::Truth;
use crate::collect::body::{View, same};

/// Something that a policy demands.
#[derive(Clone, Copy, Debug)]
enum Control<'a> {
    BuiltIn(&'a str),
    Strength(View<'a>),
    /// What another service requires.
    Custom,
    /// Consent to terms.
    Terms,
}

impl<'a> Policy<'a> {
    /// Whether its grant controls satisfy a question.
    pub(super) fn grants(&self, question: Question, client: Client) -> Truth {
        let refuses = || self.demands(|control| self.refuses(control));
        match question {
            Question::DeviceCodes => refuses(),
            _ if !client.is_modern() => self.demands(|control| self.keeps_legacy_out(control)),
            Question::RiskySignIns => {
                let mfa = self.demands(|control| self.is_mfa(control));
                refuses() | (mfa & self.is_asked_again())
            }
            _ => self.demands(|control| self.is_mfa(control) | self.refuses(control)),
        }
    }

    /// Whether what it [demands](https://learn.microsoft.com/en-us/graph/api/resources/conditionalaccessgrantcontrols) makes
    /// sure of something: of several controls all have to, where one of them is enough.
    fn demands(&self, sure: impl Fn(Control<'a>) -> Truth) -> Truth {
        const GRANTS: &str = "grantControls";
        match self.read(self.view().nullable(GRANTS, View::object)) {
            // A policy may only shape sessions, and says so.
            Ok(None) => return Truth::No,
            Ok(Some(_)) => {}
            Err(why) => return Truth::Unknown(why),
        }
        let mut controls = Vec::new();
        for (path, make) in [
            ("grantControls.builtInControls", Control::BuiltIn as fn(&'a str) -> Control<'a>),
            ("grantControls.customAuthenticationFactors", |_| Control::Custom),
            ("grantControls.termsOfUse", |_| Control::Terms),
        ] {
            match self.words(path) {
                Ok(words) => controls.extend(words.into_iter().map(|name| sure(make(name)))),
                Err(why) => controls.push(Truth::Unknown(why)),
            }
        }
        match self.strength() {
            Ok(Some(strength)) => controls.push(sure(Control::Strength(strength))),
            Ok(None) => {}
            Err(why) => controls.push(Truth::Unknown(why)),
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
        let one = Truth::any(controls.clone());
        if controls.len() < 2 {
            return one;
        }
        match self.read(self.view().need("grantControls.operator", View::text)) {
            Ok(operator) if same(operator, "AND") => one,
            Ok(operator) if same(operator, "OR") => Truth::all(controls),
            _ if Truth::all(controls.clone()) == one => one,
            _ => Truth::Unknown(self.gap_of("grantControls.operator")),
        }
    }

    /// The [strength](https://learn.microsoft.com/en-us/graph/api/resources/authenticationstrengthpolicy) that it demands.
    pub(super) fn strength(&self) -> Result<Option<View<'a>>, Gap> {
        const STRENGTH: &str = "grantControls.authenticationStrength";
        self.read(self.view().object(STRENGTH))?;
        // One that says nothing is demanded all the same.
        Ok(self.at(STRENGTH)?.map(View))
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
    /// [do not report devices](https://learn.microsoft.com/en-us/entra/identity/conditional-access/concept-conditional-access-conditions#client-apps)
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
    fn is_asked_again(&self) -> Truth {
        const FREQUENCY: &str = "sessionControls.signInFrequency";
        match self.has(FREQUENCY) {
            Ok(true) => {}
            Ok(false) => return Truth::No,
            Err(why) => return Truth::Unknown(why),
        }
        let of = |name: &str| format!("{FREQUENCY}.{name}");
        let enabled = match self.read(self.view().need(&of("isEnabled"), View::boolean)) {
            Ok(enabled) => Truth::from(enabled),
            Err(why) => Truth::Unknown(why),
        };
        let every_time = match self.read(self.view().text(&of("frequencyInterval"))) {
            Err(why) => Truth::Unknown(why),
            Ok(None) => Truth::No,
            Ok(Some(interval)) if same(interval, "everyTime") => Truth::Yes,
            Ok(Some(interval)) if same(interval, "timeBased") => Truth::No,
            Ok(Some(interval)) => self.unclear(format!("how often `{interval}` is")),
        };
        enabled & every_time
    }
}
