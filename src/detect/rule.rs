//! Rules: what a text must not carry, as a table of patterns with samples that are their tests.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Captures;

use crate::words::Problem;

use super::Match;
use super::fold::Folded;
use crate::pattern::{self, Pattern, Words};

/// One rule. Its pattern is held against folded text in lower case; where it has groups, the first
/// that takes part is what was matched, else the whole match is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// What it finds, in a few words.
    pub(crate) what: &'static str,
    pub(crate) problem: Problem,
    /// The pattern is tried only where one of these stands, in lower case. None: always.
    pub(crate) keywords: &'static [&'static str],
    /// The alternatives of the pattern, one a line, so that a change shows which.
    pub(crate) patterns: Words,
    /// Whether what was matched counts.
    pub(crate) counts: fn(matched: &str, text: &str) -> bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    pub(crate) hits: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    pub(crate) misses: &'static [&'static str],
}

impl Rule {
    /// What a rule has that names nothing else: every match counts, in every text.
    pub(super) const OF_EVERY_MATCH: Self = Self {
        id: "",
        what: "",
        problem: Problem::Oversized,
        keywords: &[],
        patterns: &[],
        counts: |_, _| true,
        hits: &[],
        misses: &[],
    };
}

/// Rules, each compiled when the first text comes that it could match.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<(&'static Rule, Pattern)>,
    keywords: AhoCorasick,
    /// The rule that each keyword belongs to.
    rule_of_keyword: Vec<usize>,
}

impl RuleSet {
    pub(super) fn new(rules: &'static [Rule]) -> Self {
        let keywords = rules
            .iter()
            .enumerate()
            .flat_map(|(index, rule)| rule.keywords.iter().map(move |keyword| (*keyword, index)));
        let (keywords, rule_of_keyword): (Vec<&str>, Vec<usize>) = keywords.unzip();
        Self {
            rules: rules.iter().map(|rule| (rule, Pattern::new(rule.patterns))).collect(),
            keywords: pattern::keywords(Some(AhoCorasickKind::DFA), keywords),
            rule_of_keyword,
        }
    }

    /// Compiles every rule that is not yet.
    #[cfg(test)]
    pub(super) fn compile(&self) {
        for (_, pattern) in &self.rules {
            pattern.compile();
        }
    }

    /// Whether a keyword of any rule stands in `lower`, a text in lower case.
    pub(super) fn has_keyword(&self, lower: &str) -> bool {
        self.keywords.is_match(lower)
    }

    /// Each place of `text` where a rule counts.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Match> {
        self.find_in(text)
            .into_iter()
            .map(|(problem, bytes)| (problem, text.origin(&bytes)))
            .collect()
    }

    fn find_in(&self, text: &Folded) -> Vec<Match> {
        let mut is_due: Vec<bool> =
            self.rules.iter().map(|(rule, _)| rule.keywords.is_empty()).collect();
        for keyword in self.keywords.find_overlapping_iter(text.lower()) {
            let rule = self.rule_of_keyword.get(keyword.pattern().as_usize());
            if let Some(is_due) = rule.and_then(|rule| is_due.get_mut(*rule)) {
                *is_due = true;
            }
        }
        let due = self.rules.iter().zip(is_due).filter(|(_, is_due)| *is_due);
        due.flat_map(|((rule, pattern), _)| places(rule, pattern, text)).collect()
    }
}

fn places(rule: &'static Rule, pattern: &Pattern, text: &Folded) -> Vec<Match> {
    let found = pattern.captures_iter(text.lower()).filter_map(|captures| {
        let range = matched_in(&captures)?.range();
        let matched = text.as_str().get(range.clone())?;
        (rule.counts)(matched, text.as_str()).then_some((rule.problem, range))
    });
    found.collect()
}

/// The first group that took part, or else the whole match.
pub(super) fn matched_in<'t>(captures: &Captures<'t>) -> Option<regex::Match<'t>> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))
}
