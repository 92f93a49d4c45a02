//! How much of a framework the built-in controls can show.

use std::collections::BTreeMap;

use super::table::{Framework, Strength};
use crate::control::Control;
use crate::provider::Provider;

/// How many requirements of a framework controls can show something of. Both are numbers of requirements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Those of which there can be some evidence.
    pub evidenced: usize,
    /// Those of which at least a part can be decided.
    pub decided: usize,
    /// Those that can be met: a control decides them as a whole.
    pub met: usize,
}

/// What controls can show of a framework, on one provider or on any. A mapping that is about types of resource of another
/// provider does not count.
pub fn coverage(
    framework: &'static Framework,
    controls: &[&'static Control],
    provider: Option<Provider>,
) -> Coverage {
    let on = |of: Provider| provider.is_none_or(|one| one == of);
    let mut best: BTreeMap<usize, Strength> = BTreeMap::new();
    for control in controls {
        for mapping in control.mappings() {
            let here = std::ptr::eq(mapping.requirement.framework(), framework);
            if !here || !mapping.requirement.get().is_assessable() {
                continue;
            }
            let somewhere = Provider::ALL.iter().any(|of| {
                on(*of)
                    && control.judges(*of)
                    && framework.concerns(*of)
                    && mapping.may_be_about(*of)
            });
            if somewhere {
                let known = best.entry(mapping.requirement.index()).or_insert(mapping.strength);
                *known = (*known).max(mapping.strength);
            }
        }
    }
    let least = |strength| best.values().filter(|of| **of >= strength).count();
    Coverage {
        evidenced: best.len(),
        decided: least(Strength::Partial),
        met: least(Strength::Full),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls;
    use crate::frameworks::{all, find};

    #[test]
    fn evidence_is_more_than_a_decision_and_a_provider_less_than_any() {
        for framework in all() {
            let any = coverage(framework, controls::ALL, None);
            assert!(any.evidenced >= any.decided && any.decided >= any.met, "{}", framework.id);
            for provider in Provider::ALL {
                let one = coverage(framework, controls::ALL, Some(*provider));
                assert!(one.evidenced <= any.evidenced && one.decided <= any.decided);
            }
        }
        let csf = find("csf").unwrap();
        assert_eq!(coverage(csf, &[], None), Coverage::default());
        // No control decides a requirement in words as a whole.
        assert_eq!(coverage(csf, controls::ALL, None).met, 0);
        let cis = find("cis-aws").unwrap();
        assert!(coverage(cis, controls::ALL, None).met > 0);
        assert_eq!(coverage(cis, controls::ALL, Some(Provider::Azure)), Coverage::default());
    }
}
