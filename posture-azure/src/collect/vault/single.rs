//! What only a key itself shows, and not the list of keys.

use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::GapId;
use posture_model::resource::{KeyAlgorithm, KeyPurpose, rsa_strength};
use posture_model::time::Time;

use super::super::body::{Body, View, same};

/// What only a key itself shows.
pub(super) struct Single {
    pub(super) rotates: Fact<bool>,
    pub(super) rotation_days: Fact<Option<u32>>,
    pub(super) algorithm: Fact<KeyAlgorithm>,
    pub(super) strength_bits: Fact<u32>,
    pub(super) purposes: Fact<Vec<KeyPurpose>>,
}

impl Single {
    pub(super) fn unread(gap: GapId) -> Self {
        Self {
            rotates: Fact::Gap(gap),
            rotation_days: Fact::Gap(gap),
            algorithm: Fact::Gap(gap),
            strength_bits: Fact::Gap(gap),
            purposes: Fact::Gap(gap),
        }
    }

    pub(super) fn of(body: &Body<'_>, expires: &Fact<Option<Time>>) -> Self {
        let policy = rotation(body, expires);
        let material = material(body);
        Self {
            rotates: policy.map(Option::is_some),
            rotation_days: policy.map(|policy| policy.flatten()),
            algorithm: material.map(|(algorithm, _)| *algorithm),
            strength_bits: material.and_then(|(_, bits)| bits.clone()),
            purposes: purposes(body),
        }
    }
}

/// The algorithm of a key and its security strength in bits, by its
/// [type, size and curve](https://learn.microsoft.com/en-us/azure/key-vault/keys/about-keys-details). The strengths are those of
/// [NIST SP 800-57 Part 1](https://doi.org/10.6028/NIST.SP.800-57pt1r5); read on 2026-11-30.
fn material(body: &Body<'_>) -> Fact<(KeyAlgorithm, Fact<u32>)> {
    body.need("properties.kty", View::text).and_then(|kind| {
        if same(kind, "RSA") || same(kind, "RSA-HSM") {
            let bits = body.need("properties.keySize", View::number);
            return Known((KeyAlgorithm::Rsa, bits.map(|size| rsa_strength(*size))));
        }
        if !same(kind, "EC") && !same(kind, "EC-HSM") {
            return body.unsupported(kind);
        }
        body.need("properties.curveName", View::text).and_then(|curve| {
            let curves = [
                ("P-256", KeyAlgorithm::NistCurve, 128),
                ("P-384", KeyAlgorithm::NistCurve, 192),
                ("P-521", KeyAlgorithm::NistCurve, 256),
                ("P-256K", KeyAlgorithm::Secp256k1, 128),
            ];
            match curves.into_iter().find(|(name, ..)| same(name, curve)) {
                Some((_, algorithm, bits)) => Known((algorithm, Known(bits))),
                None => body.unsupported(curve),
            }
        })
    })
}

/// What the [operations](https://learn.microsoft.com/en-us/rest/api/keyvault/keyvault/keys/get#jsonwebkeyoperation) that the key
/// permits are for. To import a key and to release it are operations on it, not with it.
fn purposes(body: &Body<'_>) -> Fact<Vec<KeyPurpose>> {
    use KeyPurpose::{Encryption, Signing};
    body.need("properties.keyOps", View::words).and_then(|operations| {
        let mut purposes = Vec::new();
        let mut odd = None;
        for operation in operations {
            let is = |names: &[&str]| names.iter().any(|name| same(name, operation));
            if is(&["encrypt", "decrypt", "wrapKey", "unwrapKey"]) {
                purposes.push(Encryption);
            } else if is(&["sign", "verify"]) {
                purposes.push(Signing);
            } else if !is(&["import", "release"]) {
                odd = Some(*operation);
            }
        }
        purposes.sort();
        purposes.dedup();
        match odd {
            // What is not known here can add a purpose and take none away.
            Some(operation) if purposes.len() < 2 => body.unsupported(operation),
            _ => Known(purposes),
        }
    })
}

/// The [rotation policy](https://learn.microsoft.com/en-us/azure/key-vault/keys/how-to-configure-key-rotation): whether a key
/// rotates automatically and, if so and if that is known, every how many days. An absent policy is
/// none; reminders are not rotation.
fn rotation(body: &Body<'_>, expires: &Fact<Option<Time>>) -> Fact<Option<Option<u32>>> {
    const ACTIONS: &str = "properties.rotationPolicy.lifetimeActions";
    body.list(ACTIONS).and_then(|actions| {
        let mut best: Fact<Option<Option<u32>>> = Known(None);
        for action in *actions {
            let action = body.within(action);
            match action.need("action.type", View::text) {
                Known(kind) if same(kind, "Rotate") => {}
                Known(kind) if same(kind, "Notify") => continue,
                Known(other) => {
                    best = body.unsupported(other);
                    continue;
                }
                NotOffered => continue,
                Fact::Gap(gap) => {
                    best = Fact::Gap(gap);
                    continue;
                }
            }
            match trigger(body, &action, expires) {
                // One that rotates will do.
                rotates @ Known(Some(_)) => return rotates,
                Known(None) | NotOffered => {}
                gap @ Fact::Gap(_) => best = gap,
            }
        }
        best
    })
}

/// When a rotation happens: some time after the key was made, or before it ends, which is never where it has no end.
fn trigger(
    key: &Body<'_>,
    action: &Body<'_>,
    expires: &Fact<Option<Time>>,
) -> Fact<Option<Option<u32>>> {
    let period = |body: &Body<'_>, path: &str| {
        body.text(path).and_then(|text| match *text {
            None | Some("") => Known(None),
            Some(text) => days(text).map_or_else(|| body.malformed(path), |days| Known(Some(days))),
        })
    };
    period(action, "trigger.timeAfterCreate").and_then(|after| match after {
        Some(days) => Known(Some(Some(*days))),
        None => period(action, "trigger.timeBeforeExpiry").and_then(|before| match before {
            None => key.malformed("properties.rotationPolicy.lifetimeActions"),
            Some(before) => expires.and_then(|expires| match expires {
                None => Known(None),
                Some(_) => period(key, "properties.rotationPolicy.attributes.expiryTime")
                    .map(|life| Some(life.map(|life| life.saturating_sub(*before)))),
            }),
        }),
    })
}

/// The days of a [duration](https://learn.microsoft.com/en-us/azure/key-vault/keys/how-to-configure-key-rotation#key-rotation-policy)
/// such as `P90D`, `P18M`, `P2Y`; a year has 365 of them.
pub(super) fn days(text: &str) -> Option<u32> {
    let span: jiff::Span = text.parse().ok()?;
    let months = i64::from(span.get_years()) * 12 + i64::from(span.get_months());
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let hours = i64::from(span.get_hours());
    u32::try_from(months * 365 / 12 + days + hours / 24).ok().filter(|_| !span.is_negative())
}
