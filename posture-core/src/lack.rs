//! How many resources of a scope lack which facts.

use std::collections::BTreeMap;

use crate::gap::GapId;
use crate::resource::{FactId, Resource};
use crate::scope::{Scope, Visit};

/// How many resources lack a fact, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lack {
    pub(crate) gaps: usize,
    pub(crate) population: usize,
}

/// For each requested fact, how many resources of a scope lack it. Facts that no resource lacks are left out, except for
/// their population.
pub(crate) fn lacks(scope: &Scope) -> BTreeMap<FactId, Lack> {
    struct Count(BTreeMap<FactId, Lack>);
    impl Visit for Count {
        fn resources<R: Resource>(&mut self, resources: &[R], _: &[GapId]) {
            for fact in R::FACTS {
                let mut lack = Lack::default();
                for resource in resources {
                    match resource.gap(fact.name) {
                        Some(GapId::NOT_COLLECTED) => continue,
                        Some(_) => lack.gaps += 1,
                        None => {}
                    }
                    lack.population += 1;
                }
                if lack.population > 0 {
                    self.0.insert(FactId { kind: R::KIND, name: fact.name }, lack);
                }
            }
        }
    }
    let mut count = Count(BTreeMap::new());
    scope.visit(&mut count);
    count.0
}
