//! A snapshot as it might be: facts that are set otherwise, to see what would become of it.

use crate::exception::Pattern;
use crate::gap::GapId;
use crate::provider::Provider;
use crate::resource::{Kind, Resource};
use crate::scope::VisitMut;
use crate::snapshot::Snapshot;
use crate::suggest::nearest;

/// A fact that is to have a value, wherever the patterns fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The kind of resource and the fact, such as `bucket.versioning`; `docs/facts.md` lists them.
    pub fact: String,
    /// The ID or name of the account, subscription or tenant; any if not set.
    pub scope: Option<Pattern>,
    /// The native ID of the resource; any if not set.
    pub resource: Option<Pattern>,
    /// The value, in the form that it has in a snapshot under `known`.
    pub value: serde_json::Value,
}

/// Why a fact cannot be set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such fact.
    #[error("unknown fact `{name}`")]
    Unknown {
        /// As it was written.
        name: String,
        /// Those that have similar names.
        nearest: Vec<String>,
    },
    /// The value is none that the fact can have.
    #[error("`{fact}` cannot be `{value}`")]
    Value {
        /// The fact.
        fact: String,
        /// The value, as JSON.
        value: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Nothing would change.
    #[error("no resource of the snapshot matches the patch of `{fact}`")]
    Nowhere {
        /// The fact.
        fact: String,
    },
}

/// Sets the facts, in their order.
///
/// # Errors
/// Fails where one cannot be set anywhere; the snapshot may have been changed by others then.
pub fn apply(snapshot: &mut Snapshot, sets: &[Set]) -> Result<(), Error> {
    for set in sets {
        let (kind, name) = find(&set.fact)?;
        let mut hand = Hand { set, kind, name, provider: Provider::Aws, done: 0, wrong: None };
        for scope in &mut snapshot.scopes {
            let fits = |pattern: &Pattern| {
                let name = scope.name.as_deref();
                pattern.fits(scope.provider, &scope.id)
                    || name.is_some_and(|name| pattern.fits(scope.provider, name))
            };
            if set.scope.as_ref().is_none_or(fits) {
                hand.provider = scope.provider;
                scope.visit_mut(&mut hand);
            }
        }
        if let Some(source) = hand.wrong {
            let (fact, value) = (set.fact.clone(), set.value.to_string());
            return Err(Error::Value { fact, value, source });
        }
        if hand.done == 0 {
            return Err(Error::Nowhere { fact: set.fact.clone() });
        }
    }
    Ok(())
}

/// The fact of a name.
fn find(name: &str) -> Result<(Kind, &'static str), Error> {
    let all =
        || Kind::ALL.iter().flat_map(|kind| kind.facts().iter().map(|fact| (*kind, fact.name)));
    let full = |(kind, fact): (Kind, &str)| format!("{}.{fact}", kind.id());
    all().find(|one| full(*one) == name).ok_or_else(|| {
        let names: Vec<String> = all().map(full).collect();
        let nearest = nearest(name, names.iter().map(String::as_str));
        let nearest = nearest.into_iter().map(str::to_owned).collect();
        Error::Unknown { name: name.to_owned(), nearest }
    })
}

struct Hand<'s> {
    set: &'s Set,
    kind: Kind,
    name: &'static str,
    provider: Provider,
    done: usize,
    wrong: Option<serde_json::Error>,
}

impl VisitMut for Hand<'_> {
    fn resources<R: Resource>(&mut self, resources: &mut [R], _: Option<&mut Vec<GapId>>) {
        if R::KIND != self.kind {
            return;
        }
        for resource in resources {
            let fits = |pattern: &Pattern| pattern.fits(self.provider, resource.id());
            if !self.set.resource.as_ref().is_none_or(fits) {
                continue;
            }
            match resource.set(self.name, self.set.value.clone()) {
                Ok(done) => self.done += usize::from(done),
                Err(error) => self.wrong = Some(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fact::Known;
    use crate::resource::Bucket;
    use crate::scope::Scope;
    use crate::time::Time;

    fn snapshot() -> Snapshot {
        let mut scope = Scope::empty(Provider::Aws, "123456789012");
        let bucket = |name: &str| Bucket::unread(format!("arn:aws:s3:::{name}"), name, None);
        scope.buckets.items = vec![bucket("a").versioning(Known(false)), bucket("b")];
        let now = Time::from_unix(0);
        Snapshot::new("test", now, now, vec![scope])
    }

    fn set(fact: &str, resource: Option<&str>, value: serde_json::Value) -> Set {
        Set { fact: fact.to_owned(), scope: None, resource: resource.map(Pattern::new), value }
    }

    #[test]
    fn a_fact_is_set_where_the_pattern_fits_and_nowhere_else() {
        let mut changed = snapshot();
        apply(&mut changed, &[set("bucket.versioning", Some("*:b"), json!(true))]).unwrap();
        let buckets = &changed.scopes[0].buckets.items;
        assert_eq!((&buckets[0].versioning, &buckets[1].versioning), (&Known(false), &Known(true)));
        assert_eq!(snapshot().scopes[0].buckets.items[0], buckets[0]);
        // A fact of the account is one like any other.
        apply(&mut changed, &[set("account.root_mfa", None, json!(true))]).unwrap();
        assert_eq!(changed.scopes[0].account.root_mfa, Known(true));
    }

    #[test]
    fn what_cannot_be_set_is_reported() {
        let error = |one: Set| apply(&mut snapshot(), &[one]).unwrap_err();
        let unknown = error(set("bucket.versoning", None, json!(true)));
        let Error::Unknown { nearest, .. } = unknown else { panic!("{unknown}") };
        assert_eq!(nearest[0], "bucket.versioning");
        let value = error(set("bucket.versioning", None, json!("on")));
        assert!(matches!(value, Error::Value { .. }), "{value}");
        let nowhere = error(set("bucket.versioning", Some("c"), json!(true)));
        assert!(matches!(nowhere, Error::Nowhere { .. }), "{nowhere}");
        let mut elsewhere = set("bucket.versioning", None, json!(true));
        elsewhere.scope = Some(Pattern::new("2*"));
        assert!(matches!(error(elsewhere), Error::Nowhere { .. }));
    }
}
