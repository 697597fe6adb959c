//! Rules: what a text must not carry, as a table of patterns with samples that are their tests.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use regex::{Captures, Regex};

use crate::words::Problem;

use super::Match;
use super::fold::Folded;
use super::{command, request, secret};

/// One rule. Its pattern is read case-insensitively over folded text; where it has groups, the first
/// that takes part is what was matched, else the whole match is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// What it finds, in a few words.
    pub(crate) what: &'static str,
    pub(crate) problem: Problem,
    /// The pattern is tried only where one of these stands, in lower case. None: always.
    pub(crate) keywords: &'static [&'static str],
    pub(crate) pattern: &'static str,
    /// Whether what was matched counts.
    pub(crate) counts: fn(matched: &str, text: &str) -> bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    pub(crate) hits: &'static [&'static str],
    #[cfg_attr(not(test), expect(dead_code, reason = "samples are the tests of the pattern"))]
    pub(crate) misses: &'static [&'static str],
}

/// Rules that are ready to be used.
#[derive(Debug)]
pub(crate) struct RuleSet {
    rules: Vec<(&'static Rule, Regex)>,
    keywords: Option<AhoCorasick>,
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
        // The tables are constants, and a test compiles each pattern: one that does not compile
        // never leaves this repository.
        let compiled =
            rules.iter().filter_map(|rule| Some((rule, compile(rule.pattern)?))).collect();
        let keywords = AhoCorasick::builder().ascii_case_insensitive(true).build(keywords);
        Self { rules: compiled, keywords: keywords.ok(), rule_of_keyword }
    }

    /// Each place of `text` where a rule counts.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Match> {
        self.find_in(text)
            .into_iter()
            .map(|(problem, bytes)| (problem, text.origin(&bytes)))
            .collect()
    }

    fn find_in(&self, folded: &Folded) -> Vec<Match> {
        let text = folded.as_str();
        let mut is_due: Vec<bool> =
            self.rules.iter().map(|(rule, _)| rule.keywords.is_empty()).collect();
        for keyword in
            self.keywords.iter().flat_map(|keywords| keywords.find_overlapping_iter(text))
        {
            let rule = self.rule_of_keyword.get(keyword.pattern().as_usize());
            if let Some(is_due) = rule.and_then(|rule| is_due.get_mut(*rule)) {
                *is_due = true;
            }
        }
        let due = self.rules.iter().zip(is_due).filter(|(_, is_due)| *is_due);
        due.flat_map(|((rule, regex), _)| places(rule, regex, text)).collect()
    }
}

fn places(rule: &'static Rule, regex: &Regex, text: &str) -> Vec<Match> {
    let found = regex.captures_iter(text).filter_map(|captures| {
        let matched = matched_in(&captures)?;
        (rule.counts)(matched.as_str(), text).then(|| (rule.problem, matched.range()))
    });
    found.collect()
}

/// The first group that took part, or else the whole match.
pub(super) fn matched_in<'t>(captures: &Captures<'t>) -> Option<regex::Match<'t>> {
    captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))
}

pub(crate) fn compile(pattern: &str) -> Option<Regex> {
    regex::RegexBuilder::new(pattern).case_insensitive(true).build().ok()
}

/// All rules, compiled once.
#[derive(Debug)]
pub(crate) struct Rules {
    secrets: secret::Secrets,
    commands: RuleSet,
    requests: request::Requests,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules {
    secrets: secret::Secrets::new(),
    commands: RuleSet::new(command::RULES),
    requests: request::Requests::new(),
});

impl Rules {
    pub(crate) fn get() -> &'static Self {
        &RULES
    }

    pub(crate) fn secrets(&self) -> &secret::Secrets {
        &self.secrets
    }

    pub(crate) fn commands(&self) -> &RuleSet {
        &self.commands
    }

    pub(crate) fn requests(&self) -> &request::Requests {
        &self.requests
    }
}
