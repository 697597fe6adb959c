//! Finds what an answer must not carry: secrets, payloads, commands, requests to act, hidden text, and
//! claims without proof. A match is a place and a problem. It never holds the matched text, because that
//! text may be the secret.

mod command;
mod fold;
mod hidden;
mod known;
pub(crate) mod model;
mod payload;
mod rule;
mod secret;
mod shared_project;

use std::ops::Range;
use std::sync::LazyLock;

use crate::words::Problem;

pub(crate) use fold::{Folded, fold_name};
pub(crate) use model::Target;
use rule::{Rule, RuleSet};
pub(crate) use shared_project::names_shared_project;

/// All tables of rules. Requests, claims and hidden text have no table: the model and a module find them.
const TABLES: [&[Rule]; 6] = [
    secret::RULES,
    secret::IN_PROSE,
    secret::PARTS,
    secret::IN_PIECES,
    command::RULES,
    payload::RULES,
];

/// Returns the rules that find `problem`: the id of each rule, and what it finds.
pub(crate) fn finders(problem: Problem) -> impl Iterator<Item = (&'static str, &'static str)> {
    let rules = TABLES.into_iter().flatten();
    rules.filter(move |rule| rule.problem == problem).map(|rule| (rule.id, rule.what))
}

/// All detectors with their patterns. There is one instance; see [`Rules::get`].
#[derive(Debug)]
pub(crate) struct Rules {
    secrets: secret::Secrets,
    commands: RuleSet,
    payloads: RuleSet,
    model: model::Model,
}

static RULES: LazyLock<Rules> = LazyLock::new(Rules::new);

impl Rules {
    fn new() -> Self {
        Self {
            secrets: secret::Secrets::new(),
            commands: RuleSet::new(command::RULES),
            payloads: RuleSet::new(payload::RULES),
            model: model::Model::get(),
        }
    }

    /// Returns the shared instance.
    pub(crate) fn get() -> &'static Self {
        &RULES
    }

    /// Compiles every pattern now. Without this, a pattern is compiled with the first text that needs it.
    #[cfg(test)]
    pub(crate) fn compile(&self) {
        let Self { secrets, commands, payloads, model: _ } = self;
        secrets.compile();
        commands.compile();
        payloads.compile();
        payload::compile_patterns();
    }
}

/// A problem and its place: a half-open range of Unicode scalars in the original text.
pub(crate) type Match = (Problem, Range<usize>);

/// How to read a text. The searches for requests and for excerpts depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumCount)]
pub(crate) enum TextKind {
    /// Prose that reports or explains.
    Prose,
    /// A plan. A plan names actions for later, so naming an action is not a request for it.
    Plan,
    /// The beginning of a text that is too long. The model does not judge it: the answer is in the strictest lane already,
    /// and the sentences of a long text would take most of the time.
    Beginning,
    /// The members of a list or an object, written as a document. It has the form of an excerpt itself, and each text
    /// in it is examined alone, too.
    Members,
}

/// What a text carries.
#[derive(Debug, Default)]
pub(crate) struct Detected {
    /// What a rule finds, and each request that the model is certain of.
    pub(crate) matches: Vec<Match>,
    /// What the model sees, certain or probable. Whether a claim is a problem depends on the whole answer.
    pub(crate) opinions: Vec<Opinion>,
}

/// What the model sees in a text, and where: a half-open range of Unicode scalars in the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opinion {
    pub(crate) target: Target,
    pub(crate) is_certain: bool,
    /// As in [`model::Opinion`].
    pub(crate) yields_to: Option<Target>,
    pub(crate) characters: Range<usize>,
}

/// Returns everything that is found in `text`. `folded` must be the folded form of the same text.
pub(crate) fn detect(rules: &Rules, text: &str, folded: &Folded, kind: TextKind) -> Detected {
    if known::carries_nothing(text, kind) {
        return Detected::default();
    }
    let detected = search(rules, text, folded, kind);
    if detected.matches.is_empty() && detected.opinions.is_empty() {
        known::remember(text, kind);
    }
    detected
}

/// Searches the text with all detectors. Hidden text and parsed payloads are looked for in the original text. Everything
/// else is looked for in the folded text.
fn search(rules: &Rules, text: &str, folded: &Folded, kind: TextKind) -> Detected {
    let mut matches = rules.secrets.find(folded);
    matches.extend(payload::find(&rules.payloads, text, folded, kind));
    matches.extend(rules.commands.find(folded));
    // The members of a list are no sentences. Each of their texts is judged alone.
    let seen = match kind {
        TextKind::Members | TextKind::Beginning => Vec::new(),
        TextKind::Prose => rules.model.judge(folded.lower(), false),
        TextKind::Plan => rules.model.judge(folded.lower(), true),
    };
    let opinions: Vec<_> = seen
        .into_iter()
        .map(|model::Opinion { target, is_certain, yields_to, bytes }| Opinion {
            target,
            is_certain,
            yields_to,
            characters: folded.origin(&bytes),
        })
        .collect();
    let requests =
        opinions.iter().filter(|opinion| opinion.target == Target::Request && opinion.is_certain);
    matches.extend(requests.map(|request| (request.target.problem(), request.characters.clone())));
    matches.extend(hidden::find(text));
    Detected { matches, opinions }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text is examined again for each kind, and a text with a match every time.
    #[test]
    fn only_what_carries_nothing_is_remembered() {
        let detects = |text: &str, kind| {
            let Detected { matches, opinions } =
                detect(Rules::get(), text, &Folded::new(text), kind);
            (matches, opinions)
        };
        let alone = |text: &str, kind| {
            let Detected { matches, opinions } =
                search(Rules::get(), text, &Folded::new(text), kind);
            (matches, opinions)
        };
        let texts =
            ["the platform team", "Please reload Prometheus now.", "password: hunter2hunter2"];
        let kinds = [TextKind::Plan, TextKind::Members, TextKind::Prose];
        for (text, kind) in texts.iter().flat_map(|text| kinds.map(|kind| (text, kind))) {
            for _ in 0..2 {
                assert_eq!(detects(text, kind), alone(text, kind), "{text} as {kind:?}");
            }
            let is_clean = alone(text, kind) == (Vec::new(), Vec::new());
            assert_eq!(known::carries_nothing(text, kind), is_clean, "{text} as {kind:?}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        Rules::new().compile();
    }
    /// The samples beside each rule are its tests: what it must find, and what it must not find.
    #[test]
    fn every_rule_finds_its_hits_and_not_its_misses() {
        let mut wrong = Vec::new();
        for rule in TABLES.into_iter().flatten() {
            let rules = RuleSet::new(std::slice::from_ref(rule));
            let finds = |text: &str| !rules.find(&Folded::new(text)).is_empty();
            let has_keyword = |text: &str| {
                rule.keywords.iter().any(|keyword| Folded::new(text).lower().contains(keyword))
            };
            let mut check = |what, samples: &[&'static str], is_wrong: &dyn Fn(&str) -> bool| {
                let failed = samples.iter().filter(|sample| is_wrong(sample));
                wrong.extend(failed.map(|sample| (rule.id, what, *sample)));
            };
            check("misses", rule.hits, &|hit| !finds(hit));
            check("has no keyword for", rule.hits, &|hit| !has_keyword(hit));
            check("finds", rule.misses, &|miss| finds(miss));
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
