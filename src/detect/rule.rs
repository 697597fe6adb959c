//! Rules: tables of patterns for what a text must not carry. Each rule has samples, which are its tests.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Captures;

use crate::words::Problem;

use super::Match;
use super::fold::Folded;
use crate::pattern::{self, Pattern, Words};

/// One rule. Its pattern is matched against folded text in lower case. If the pattern has groups, the first
/// group that took part is the matched text. Otherwise the whole match is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// What it finds, in a few words. `explain` prints it after the id.
    pub(crate) what: &'static str,
    pub(crate) problem: Problem,
    /// Words in lower case. The pattern is tried only if the text contains one of them. An empty list means always.
    /// One search finds the keywords of all rules, so most texts never reach a pattern.
    pub(crate) keywords: &'static [&'static str],
    /// The alternatives of the pattern, one per line, so that a diff shows which one changed.
    pub(crate) patterns: Words,
    /// Whether the matched text counts. It gets the whole text too, because the words around a match may decide.
    pub(crate) counts: fn(matched: &str, text: &str) -> bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    /// Texts that the rule must find.
    pub(crate) hits: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    /// Texts that the rule must not find.
    pub(crate) misses: &'static [&'static str],
}

impl Rule {
    /// The defaults of a rule: it has no keywords, and every match counts. A table adds the problem.
    pub(super) const BASE: Self = Self {
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

/// A set of rules. Each pattern is compiled with the first text that contains one of its keywords.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<(&'static Rule, Pattern)>,
    keywords: AhoCorasick,
    /// For each keyword: the index of its rule.
    rule_of_keyword: Vec<usize>,
}

impl RuleSet {
    pub(super) fn new(rules: impl IntoIterator<Item = &'static Rule>) -> Self {
        let rules: Vec<_> = rules.into_iter().collect();
        let keywords = rules
            .iter()
            .enumerate()
            .flat_map(|(index, rule)| rule.keywords.iter().map(move |keyword| (*keyword, index)));
        let (keywords, rule_of_keyword): (Vec<&str>, Vec<usize>) = keywords.unzip();
        Self {
            rules: rules.into_iter().map(|rule| (rule, Pattern::new(rule.patterns))).collect(),
            keywords: pattern::keywords(Some(AhoCorasickKind::DFA), keywords),
            rule_of_keyword,
        }
    }

    /// Compiles every rule that is not compiled yet.
    #[cfg(test)]
    pub(super) fn compile(&self) {
        for (_, pattern) in &self.rules {
            pattern.compile();
        }
    }

    /// Whether `lower`, a text in lower case, contains a keyword of any rule.
    pub(super) fn has_keyword(&self, lower: &str) -> bool {
        self.keywords.is_match(lower)
    }

    /// Returns each place of `text` that a rule finds, as characters of the original text.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Match> {
        self.find_in(text)
            .into_iter()
            .map(|(problem, bytes)| (problem, text.origin(&bytes)))
            .collect()
    }

    /// As [`Self::find`], but each place is a range of bytes of the folded text.
    fn find_in(&self, text: &Folded) -> Vec<Match> {
        let mut is_due: Vec<bool> =
            self.rules.iter().map(|(rule, _)| rule.keywords.is_empty()).collect();
        // Keywords may overlap (`sk-` and `sk-lf-`), and each of them must make its rule due.
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

/// The places of `text` that a rule matches and counts.
fn places(rule: &'static Rule, pattern: &Pattern, text: &Folded) -> Vec<Match> {
    let found = pattern.captures_iter(text.lower()).filter_map(|captures| {
        let range = matched_in(&captures)?.range();
        // The matched text keeps its upper case here: some of the `counts` tests need it.
        let matched = text.as_str().get(range.clone())?;
        (rule.counts)(matched, text.as_str()).then_some((rule.problem, range))
    });
    found.collect()
}

/// Returns the text before `part`, which must be a slice of `text`.
///
/// The place comes from the addresses. A search would find the first equal value, which may be an innocent one before
/// the secret.
pub(super) fn before<'t>(part: &str, text: &'t str) -> &'t str {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr());
    start.and_then(|start| text.get(..start)).unwrap_or_default()
}

/// Returns the first group that took part, or the whole match if there is no such group.
pub(super) fn matched_in<'t>(captures: &Captures<'t>) -> Option<regex::Match<'t>> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))
}
