//! Constant patterns, each compiled when it is first used. A pattern that does not compile panics, because a rule
//! without its pattern would let every text pass. A test compiles every pattern.

use std::ops::{Deref, Range};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

/// The alternatives of a pattern, one per line, so that a diff shows which one changed.
pub(crate) type Words = &'static [&'static str];

/// A pattern that is compiled when it is first used, since most texts need few of the patterns.
#[derive(Debug)]
pub(crate) struct Pattern {
    alternatives: Words,
    reading: Reading,
    regex: OnceLock<Regex>,
}

/// The kind of text that a pattern is matched against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Folded text in lower case.
    Folded,
    /// Original text.
    Exact,
}

impl Pattern {
    /// Makes a pattern for folded text in lower case.
    pub(crate) const fn new(alternatives: Words) -> Self {
        Self { alternatives, reading: Reading::Folded, regex: OnceLock::new() }
    }

    /// Makes a pattern for original text.
    pub(crate) const fn exact(alternatives: Words) -> Self {
        Self { alternatives, reading: Reading::Exact, regex: OnceLock::new() }
    }

    /// Returns the compiled pattern. It is compiled once.
    #[expect(clippy::expect_used, reason = "a rule without its pattern would find nothing")]
    pub(crate) fn compile(&self) -> &Regex {
        self.regex.get_or_init(|| Regex::new(&self.source()).expect("a constant pattern is valid"))
    }

    /// Returns the source of the regular expression.
    fn source(&self) -> String {
        let sources = self.alternatives.iter().map(|alternative| match self.reading {
            Reading::Exact => (*alternative).to_owned(),
            Reading::Folded => in_ascii(alternative),
        });
        sources.collect::<Vec<_>>().join("|")
    }

    /// Returns the byte range of each match in a text.
    pub(crate) fn places(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        self.find_iter(text).map(|found| found.range())
    }
}

impl Deref for Pattern {
    type Target = Regex;

    fn deref(&self) -> &Regex {
        self.compile()
    }
}

/// Rewrites a pattern for folded text: letters become lower case, as in the text, and classes become ASCII classes,
/// because folded text has no other digits or spaces. The compiled pattern is then much smaller and about twice as fast.
fn in_ascii(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut characters = pattern.chars();
    let mut is_in_class = false;
    while let Some(character) = characters.next() {
        if character != '\\' {
            is_in_class = character == '[' || (is_in_class && character != ']');
            out.push(character.to_ascii_lowercase());
            continue;
        }
        match (characters.next(), is_in_class) {
            (Some('d'), true) => out.push_str("0-9"),
            (Some('d'), false) => out.push_str("[0-9]"),
            (Some('s'), true) => out.push_str(r" \t\n\r"),
            (Some('s'), false) => out.push_str(r"[ \t\n\r]"),
            (Some('S'), false) => out.push_str(r"[^ \t\n\r]"),
            (Some('w'), true) => out.push_str("a-z0-9_"),
            (Some('w'), false) => out.push_str("[a-z0-9_]"),
            (escaped, _) => {
                out.push('\\');
                out.extend(escaped);
            }
        }
    }
    out
}

/// Compiles constant keywords, so that one pass finds all of them.
#[expect(clippy::expect_used, reason = "without keywords, no rule would ever be tried")]
pub(crate) fn keywords<'k>(
    kind: Option<AhoCorasickKind>,
    keywords: impl IntoIterator<Item = &'k str>,
) -> AhoCorasick {
    AhoCorasick::builder().kind(kind).build(keywords).expect("constant keywords are valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_ascii() {
        let written = r"A[b\d\s\w]\d\s\S\w\.";
        let expected = r"a[b0-9 \t\n\ra-z0-9_][0-9][ \t\n\r][^ \t\n\r][a-z0-9_]\.";
        assert_eq!(in_ascii(written), expected);
    }

    #[test]
    #[should_panic(expected = "a constant pattern is valid")]
    fn a_pattern_that_does_not_compile_lets_nothing_pass() {
        let broken: Words = &["token", "(secret"];
        assert!(!Pattern::new(broken).is_match("a secret"));
    }
}
