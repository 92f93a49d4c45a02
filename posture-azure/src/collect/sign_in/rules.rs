//! What the policies of a tenant demand together.

use posture_core::gap::Gap;
use posture_core::resource::SignInRule;

use super::policy::Policy;
use super::question::Question;
use super::truth::Truth;

/// What one policy covers of a question.
struct Cover {
    name: String,
    excluded: Vec<String>,
    /// For each of the parts.
    parts: Vec<Truth>,
}

impl Cover {
    fn new(policy: &Policy<'_>, question: Question) -> Self {
        let parts: Vec<Truth> =
            question.parts().into_iter().map(|part| policy.covers(question, part)).collect();
        let name = policy.name().to_owned();
        match policy.excluded(question) {
            Ok(excluded) => Self { name, excluded, parts },
            // Who knows whom it leaves out.
            Err(why) => {
                let unsure = |truth| match truth {
                    Truth::Yes => Truth::Unclear(why.clone()),
                    other => other,
                };
                let parts = parts.into_iter().map(unsure).collect();
                Self { name, excluded: Vec::new(), parts }
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.parts.iter().all(|part| *part == Truth::Yes)
    }

    fn rule(&self) -> SignInRule {
        SignInRule { name: self.name.clone(), excluded: self.excluded.clone() }
    }
}

/// The rules that answer a question for everybody whom they do not leave out: policies that do so alone, and those that do
/// so together as one.
///
/// # Errors
/// Where there is none, but something that is not understood might be one, or a part of one.
pub(super) fn rules(
    policies: &[Policy<'_>],
    question: Question,
    missing: Option<&Gap>,
) -> Result<Vec<SignInRule>, Gap> {
    let covers: Vec<Cover> = policies.iter().map(|policy| Cover::new(policy, question)).collect();
    let mut rules: Vec<SignInRule> =
        covers.iter().filter(|cover| cover.is_whole()).map(Cover::rule).collect();
    rules.extend(together(&covers));
    if !rules.is_empty() {
        return Ok(rules);
    }
    let mut doubt = None;
    for part in 0..question.parts().len() {
        let truths = || covers.iter().filter_map(|cover| cover.parts.get(part));
        if truths().any(|truth| *truth == Truth::Yes) {
            continue;
        }
        let unclear = truths().find_map(|truth| match truth {
            Truth::Unclear(why) => Some(why),
            Truth::Yes | Truth::No => None,
        });
        match unclear.or(missing) {
            Some(why) => doubt = doubt.or(Some(why)),
            // This part nobody covers, whatever else there may be.
            None => return Ok(Vec::new()),
        }
    }
    doubt.map_or(Ok(Vec::new()), |why| Err(why.clone()))
}

/// Policies none of which is enough alone, as one rule, where they are enough together. Whoever is left out by one of them
/// is left out by the rule; those that leave out few are taken first.
fn together(covers: &[Cover]) -> Option<SignInRule> {
    let mut partial: Vec<&Cover> = covers.iter().filter(|cover| !cover.is_whole()).collect();
    partial.sort_by_key(|cover| cover.excluded.len());
    let parts = covers.first()?.parts.len();
    let mut covered = vec![false; parts];
    let mut names = Vec::new();
    let mut excluded = Vec::new();
    for cover in partial {
        let adds = |(part, covered): (&Truth, &bool)| *part == Truth::Yes && !covered;
        if !cover.parts.iter().zip(&covered).any(adds) {
            continue;
        }
        for (part, covered) in cover.parts.iter().zip(&mut covered) {
            *covered |= *part == Truth::Yes;
        }
        names.push(cover.name.as_str());
        excluded.extend(cover.excluded.iter().cloned());
    }
    excluded.sort_unstable();
    excluded.dedup();
    let whole = !covered.is_empty() && covered.iter().all(|covered| *covered);
    whole.then(|| SignInRule { name: names.join(" + "), excluded })
}

/// How many policies are in force.
///
/// # Errors
/// Where one of them, or whether it is in force, is not understood.
pub(super) fn count(policies: &[Policy<'_>], missing: Option<&Gap>) -> Result<u32, Gap> {
    let mut count = 0;
    for policy in policies {
        match policy.is_on() {
            Truth::Yes => count += 1,
            Truth::No => continue,
            Truth::Unclear(why) => return Err(why),
        }
        for question in Question::ALL {
            let cover = Cover::new(policy, *question);
            if let Some(Truth::Unclear(why)) =
                cover.parts.into_iter().find(|part| matches!(part, Truth::Unclear(_)))
            {
                return Err(why);
            }
        }
    }
    missing.map_or(Ok(count), |why| Err(why.clone()))
}
