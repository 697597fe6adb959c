//! What a text carries that an answer must not: secrets, payloads, commands, requests, and claims
//! that prove nothing. A match is a place and a problem, never the text that was matched.

mod claim;
mod command;
mod fold;
mod hidden;
mod payload;
mod request;
mod rule;
mod secret;

use std::ops::Range;
use std::sync::LazyLock;

use crate::words::Problem;

pub(crate) use claim::{claims_health, claims_recovery, names_shared_project};
pub(crate) use fold::{Folded, fold_name};
use rule::{Rule, RuleSet};

/// The tables of rules. (Requests and claims are found by other means.)
const TABLES: [&[Rule]; 4] = [secret::RULES, secret::IN_PIECES, command::RULES, payload::RULES];

/// The rules that find a problem, each with its id and what it finds.
pub(crate) fn finders(problem: Problem) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rules = TABLES.into_iter().flatten();
    rules.filter(move |rule| rule.problem == problem).map(|rule| (rule.id, rule.what))
}

/// All rules.
#[derive(Debug)]
pub(crate) struct Rules {
    secrets: secret::Secrets,
    commands: RuleSet,
    payloads: RuleSet,
    requests: request::Requests,
}

static RULES: LazyLock<Rules> = LazyLock::new(Rules::new);

impl Rules {
    fn new() -> Self {
        Self {
            secrets: secret::Secrets::new(),
            commands: RuleSet::new(command::RULES),
            payloads: RuleSet::new(payload::RULES),
            requests: request::Requests::new(),
        }
    }

    pub(crate) fn get() -> &'static Self {
        &RULES
    }

    /// Compiles all of them now: otherwise each waits for its first text.
    #[cfg(test)]
    pub(crate) fn compile(&self) {
        let Self { secrets, commands, payloads, requests } = self;
        secrets.compile();
        commands.compile();
        payloads.compile();
        requests.compile();
        payload::compile_patterns();
        claim::compile_patterns();
    }
}

/// A problem, and the half-open range of Unicode scalars of the original text that it is found in.
pub(crate) type Match = (Problem, Range<usize>);

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextKind {
    /// Prose that reports or explains.
    Prose,
    /// A plan: what would be done is no request to do it.
    Plan,
}

/// All that is found in a text, of every kind once at most per place; `folded` is the same text.
pub(crate) fn detect(rules: &Rules, text: &str, folded: &Folded, kind: TextKind) -> Vec<Match> {
    let mut matches = rules.secrets.find(folded);
    matches.extend(payload::find(&rules.payloads, text, folded));
    matches.extend(rules.commands.find(folded));
    matches.extend(rules.requests.find(folded, kind));
    matches.extend(hidden::find(text));
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        Rules::new().compile();
    }
    /// The samples beside each rule say what it finds and what it does not.
    #[test]
    fn every_rule_finds_its_hits_and_not_its_misses() {
        let mut wrong = Vec::new();
        for rule in TABLES.into_iter().flatten() {
            let rules = RuleSet::new(std::slice::from_ref(rule));
            let finds = |text: &str| !rules.find(&Folded::new(text)).is_empty();
            let has_keyword = |text: &str| {
                rule.keywords.iter().any(|keyword| Folded::new(text).lower().contains(keyword))
            };
            let mut tell = |what, samples: &[&'static str], is_wrong: &dyn Fn(&str) -> bool| {
                let told = samples.iter().filter(|sample| is_wrong(sample));
                wrong.extend(told.map(|sample| (rule.id, what, *sample)));
            };
            tell("misses", rule.hits, &|hit| !finds(hit));
            tell("has no keyword for", rule.hits, &|hit| !has_keyword(hit));
            tell("finds", rule.misses, &|miss| finds(miss));
            assert!(!rule.what.is_empty() && !rule.hits.is_empty() && !rule.misses.is_empty());
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn no_rule_for_commands_finds_the_miss_of_another() {
        let rules = RuleSet::new(command::RULES);
        let misses = command::RULES.iter().flat_map(|rule| rule.misses);
        let found: Vec<_> =
            misses.filter(|miss| !rules.find(&Folded::new(miss)).is_empty()).collect();
        assert!(found.is_empty(), "{found:#?}");
    }
}
