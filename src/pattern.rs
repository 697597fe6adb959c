//! Constant patterns. None is ever absent: a pattern that finds nothing would let every text pass, so one that
//! does not compile panics when it is first held against a text, and a test compiles each.

use std::ops::{Deref, Range};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;

/// Alternatives of a pattern, one a line, so that a change shows which.
pub(crate) type Words = &'static [&'static str];

/// A pattern that is compiled when it is first held against a text.
#[derive(Debug)]
pub(crate) struct Pattern {
    alternatives: Words,
    reading: Reading,
    regex: OnceLock<Regex>,
}

/// What the text is that a pattern is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// Folded text in lower case.
    Folded,
    /// As folded; a word of English is a whole one.
    FoldedWords,
    /// A text as it is.
    Exact,
}

impl Pattern {
    /// A pattern for folded text in lower case.
    pub(crate) const fn new(alternatives: Words) -> Self {
        Self { alternatives, reading: Reading::Folded, regex: OnceLock::new() }
    }

    /// A pattern for a text as it is.
    pub(crate) const fn exact(alternatives: Words) -> Self {
        Self { alternatives, reading: Reading::Exact, regex: OnceLock::new() }
    }

    /// English words are whole ones; Chinese has no spaces to tell by, and stands beside Latin letters without any.
    pub(crate) const fn of_words(words: Words) -> Self {
        Self { alternatives: words, reading: Reading::FoldedWords, regex: OnceLock::new() }
    }

    /// Compiles it, if it is not yet.
    #[expect(clippy::expect_used, reason = "without its pattern, a rule would find nothing")]
    pub(crate) fn compile(&self) -> &Regex {
        self.regex.get_or_init(|| Regex::new(&self.written()).expect("a constant is a pattern"))
    }

    fn written(&self) -> String {
        let written = self.alternatives.iter().map(|alternative| match self.reading {
            Reading::Exact => (*alternative).to_owned(),
            Reading::FoldedWords if alternative.is_ascii() => {
                format!(r"(?-u:\b)(?:{})(?-u:\b)", in_ascii(alternative))
            }
            Reading::Folded | Reading::FoldedWords => in_ascii(alternative),
        });
        written.collect::<Vec<_>>().join("|")
    }

    /// Each place of a text that it matches.
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

/// A pattern's letters are lower-cased as its text is, and its classes are those of ASCII: folded text has no
/// other digits or spaces. That makes it a fraction as large, and as fast again.
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

/// Constant keywords, to be found in one pass.
#[expect(clippy::expect_used, reason = "without its keywords, no rule would ever be tried")]
pub(crate) fn keywords<'k>(
    kind: Option<AhoCorasickKind>,
    keywords: impl IntoIterator<Item = &'k str>,
) -> AhoCorasick {
    AhoCorasick::builder().kind(kind).build(keywords).expect("constants are keywords")
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
    #[should_panic(expected = "a constant is a pattern")]
    fn a_pattern_that_does_not_compile_lets_nothing_pass() {
        let broken: Words = &["token", "(secret"];
        assert!(!Pattern::new(broken).is_match("a secret"));
    }
}
