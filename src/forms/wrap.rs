//! Wraps comments so that they fit a terminal. A Chinese character takes two columns.

use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator};

/// The maximum width of a line, in columns. Such a line fits a terminal of 80 columns, and a mail that quotes it.
pub(crate) const WIDTH: usize = 79;

/// Returns how many columns a text takes.
pub(crate) fn width(text: &str) -> usize {
    display_width(text)
}

/// Wraps a text. The first line begins with the prefix `first`, and every other line with the prefix `other`.
pub(crate) fn wrapped(first: &str, other: &str, text: &str) -> Vec<String> {
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(other)
        .break_words(false)
        // The default splitter breaks a name such as `acceptance-ledger` at its hyphen.
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(WordSeparator::Custom(words));
    textwrap::wrap(text, options).into_iter().map(std::borrow::Cow::into_owned).collect()
}

/// Returns the lines of a comment. Each line begins with `prefix`. A line of the text that begins with two spaces is an
/// example, and it is not wrapped.
pub(crate) fn comment(prefix: &str, text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if line.starts_with("  ") {
            lines.push(format!("{prefix}{line}"));
        } else {
            lines.extend(wrapped(prefix, prefix, line));
        }
    }
    lines
}

/// Returns a text in English and in Chinese, in one line if both fit.
pub(crate) fn in_both_languages(prefix: &str, [english, chinese]: [&str; 2]) -> Vec<String> {
    let together = format!("{prefix}{english}  {chinese}");
    if !english.contains('\n') && width(&together) <= WIDTH {
        return vec![together];
    }
    let mut lines = comment(prefix, english);
    lines.extend(comment(prefix, chinese));
    lines
}

/// Splits a line into the pieces between which it may break. A piece ends at a space. In Chinese text a piece also ends
/// after each character, but not before a closing sign and not after an opening sign: a line must not begin with `。`
/// or end with `（`.
fn words(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let is_wide = |c: char| display_width(c.encode_utf8(&mut [0; 4])) == 2;
    let closes = |c: char| "，。；：！？、）」』】".contains(c);
    let opens = |c: char| "（「『【".contains(c);
    let mut ends: Vec<usize> = Vec::new();
    let mut characters = line.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let end = at + character.len_utf8();
        let Some((_, next)) = characters.peek().copied() else { break };
        let at_space = character == ' ' && next != ' ';
        let between = (is_wide(character) || is_wide(next))
            && next != ' '
            && character != ' '
            && !closes(next)
            && !opens(character);
        if at_space || between {
            ends.push(end);
        }
    }
    ends.push(line.len());
    let mut start = 0;
    Box::new(ends.into_iter().filter_map(move |end| {
        let word = line.get(start..end)?;
        start = end;
        Some(Word::from(word))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_and_lose_nothing() {
        let chinese = "影響其他專案、公開網站或共用監控時給通知 ref；沒有就寫理由。".repeat(4);
        let english =
            "Where other projects, a public site or shared monitoring are affected. ".repeat(4);
        for text in [chinese.as_str(), english.trim()] {
            let lines = comment("# ", text);
            assert!(lines.len() > 2);
            assert!(lines.iter().all(|line| width(line) <= WIDTH && line.starts_with("# ")));
            let joined: String = lines.iter().map(|line| line.trim_start_matches("# ")).collect();
            let bare = |text: &str| text.replace(' ', "");
            assert_eq!(bare(&joined), bare(text));
            assert!(
                lines
                    .iter()
                    .all(|line| !line.trim_start_matches("# ").starts_with(['，', '。', '、']))
            );
        }
        assert_eq!(in_both_languages("# ", ["Why.", "為什麼。"]), ["# Why.  為什麼。"]);
        assert_eq!(comment("# ", "a\n  b: c"), ["# a", "#   b: c"]);
    }
}
