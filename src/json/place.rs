//! Finds line, column and JSON path of a byte in a document.

use std::fmt::Write as _;

use crate::cut;

/// A place in a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From 1.
    pub(super) line: usize,
    /// In characters, from 1.
    pub(super) column: usize,
    pub(super) path: String,
}

/// One step of the path from the root of a document to a place.
enum Step<'t> {
    /// The index in an array.
    Item(usize),
    /// The literal of the key with its quotes, or `None` before the key is read; and the position of the key in its
    /// object.
    Member(Option<&'t str>, usize),
}

impl Place {
    /// Returns the place of byte `offset` of `text`. The text must be well-formed JSON up to this byte.
    ///
    /// The path names only keys that are `known`. Any other key may be a secret in the wrong place, so it is shown by
    /// its position.
    pub(super) fn find(text: &str, offset: usize, known: impl Fn(&str) -> bool) -> Self {
        let offset = cut::floor(text, offset);
        let (line, column) = line_and_column(text.as_bytes(), offset);
        let mut path = String::from("$");
        for step in steps_to(text, offset) {
            // Writing to a string cannot fail.
            let _ = match step {
                Step::Item(index) => write!(path, "[{index}]"),
                Step::Member(None, _) => break,
                Step::Member(Some(literal), position) => {
                    match serde_json::from_str::<String>(literal).ok().filter(|key| known(key)) {
                        Some(key) => write!(path, ".{key}"),
                        None => write!(path, ".#{}", position + 1),
                    }
                }
            };
        }
        Self { line, column, path }
    }
}

/// Returns the line and column, both from 1, and the path of byte `offset`; see [`Place::find`].
#[cfg(feature = "cli")]
pub(crate) fn line_column_and_path(
    text: &str,
    offset: usize,
    known: impl Fn(&str) -> bool,
) -> (usize, usize, String) {
    let Place { line, column, path } = Place::find(text, offset, known);
    (line, column, path)
}

/// Returns the line of byte `offset` and its column in characters, both from 1.
pub(crate) fn line_and_column(text: &[u8], offset: usize) -> (usize, usize) {
    behind(START, text.get(..offset).unwrap_or(text))
}

/// The line and the column of the first byte.
const START: (usize, usize) = (1, 1);

/// Returns the line and the column behind `part`, which begins at the line and the column `start`.
fn behind((line, column): (usize, usize), part: &[u8]) -> (usize, usize) {
    // Each UTF-8 character has one byte that is not a continuation byte (10xxxxxx).
    let characters = |bytes| count(bytes, |byte| byte & 0xC0 != 0x80);
    match count(part, |byte| byte == b'\n') {
        0 => (line, column + characters(part)),
        lines => {
            let last = part.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            (line + lines, 1 + characters(last))
        }
    }
}

/// Returns how many of the bytes are counted.
fn count(bytes: &[u8], is_counted: impl Fn(u8) -> bool) -> usize {
    // A piece has as many bytes as a byte can count, and no addition is checked. So the processor counts many at once.
    let in_piece = |piece: &[u8]| {
        piece.iter().fold(0_u8, |sum, byte| sum.wrapping_add(u8::from(is_counted(*byte))))
    };
    bytes.chunks(usize::from(u8::MAX)).map(|piece| usize::from(in_piece(piece))).sum()
}

/// The line and the column of every [`BLOCK`](Lines::BLOCK)th byte of a text. From these, a place is found without
/// reading the text from its beginning: a large document may have a place in each of many messages.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    blocks: Box<[(usize, usize)]>,
}

impl Lines {
    /// Few enough bytes that reading them takes no time, and enough that a document of 256 KiB has only 256 blocks.
    const BLOCK: usize = 1024;

    pub(crate) fn of(text: &[u8]) -> Self {
        let mut place = START;
        let blocks = text.chunks(Self::BLOCK).map(|block| {
            let next = behind(place, block);
            std::mem::replace(&mut place, next)
        });
        Self { blocks: blocks.collect() }
    }

    /// As [`line_and_column`] of the same text.
    pub(crate) fn line_and_column(&self, text: &[u8], offset: usize) -> (usize, usize) {
        let offset = offset.min(text.len());
        // The end of the text may be the beginning of a block that is not there.
        let block = (offset / Self::BLOCK).min(self.blocks.len().saturating_sub(1));
        let start = self.blocks.get(block).copied().unwrap_or(START);
        behind(start, text.get(block * Self::BLOCK..offset).unwrap_or_default())
    }
}

/// Returns the steps from the root of `text` to the value or key that begins at `offset`.
fn steps_to(text: &str, offset: usize) -> Vec<Step<'_>> {
    let bytes = text.as_bytes();
    let mut steps = Vec::new();
    let mut at = 0;
    while at < offset.min(bytes.len()) {
        match bytes.get(at) {
            Some(b'{') => steps.push(Step::Member(None, 0)),
            Some(b'[') => steps.push(Step::Item(0)),
            Some(b'}' | b']') => drop(steps.pop()),
            Some(b',') => match steps.last_mut() {
                Some(Step::Item(index)) => *index += 1,
                Some(Step::Member(key, position)) => {
                    *key = None;
                    *position += 1;
                }
                None => {}
            },
            Some(b'"') => at = skip_string(text, at, &mut steps),
            _ => {}
        }
        at += 1;
    }
    // If the fault is in a key, `offset` is that of the key. The path includes this key.
    if bytes.get(at) == Some(&b'"') {
        skip_string(text, at, &mut steps);
    }
    steps
}

/// Skips the string that begins at `start` and returns the offset of its closing quote. If the string is a key, its
/// literal is stored in the last step.
fn skip_string<'t>(text: &'t str, start: usize, steps: &mut [Step<'t>]) -> usize {
    let mut is_escaped = false;
    let length = text
        .bytes()
        .skip(start + 1)
        .position(|byte| {
            let closes = byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
            closes
        })
        // The string is not closed: it ends with the text.
        .unwrap_or_else(|| text.len().saturating_sub(start + 2));
    let end = start + 1 + length;
    // The first string of a member is its key. Later strings belong to its value.
    if let Some(Step::Member(key @ None, _)) = steps.last_mut() {
        *key = text.get(start..=end).or(Some(""));
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_place_is_the_same_from_the_nearest_block(text in "[a告\n]{0,3000}", at in 0_usize..9_100) {
            let (text, lines) = (text.as_bytes(), Lines::of(text.as_bytes()));
            for offset in [at, Lines::BLOCK, text.len(), text.len() + 1] {
                prop_assert_eq!(lines.line_and_column(text, offset), line_and_column(text, offset));
            }
        }
    }

    fn place_of(text: &str, needle: &str) -> (usize, usize, String) {
        let offset = text.find(needle).unwrap();
        let place = Place::find(text, offset, |key| key.len() <= 3);
        (place.line, place.column, place.path)
    }

    #[test]
    fn a_place_has_line_column_and_path() {
        let text = "{\n \"a\": [1, {\"b\": 告}],\n \"c\\\"\": [[], [2]], \"hidden\": {\"d\": 3}, \"a\": 4}";
        for (needle, line, column, path) in [
            ("{", 1, 1, "$"),
            ("\"a\"", 2, 2, "$.a"),
            ("1", 2, 8, "$.a[0]"),
            ("{\"b\"", 2, 11, "$.a[1]"),
            ("\"b\"", 2, 12, "$.a[1].b"),
            ("}]", 2, 18, "$.a[1].b"),
            ("[2", 3, 14, "$.c\"[1]"),
            ("2]", 3, 15, "$.c\"[1][0]"),
            ("3", 3, 36, "$.#3.d"),
            ("4", 3, 45, "$.a"),
        ] {
            assert_eq!(place_of(text, needle), (line, column, path.to_owned()), "{needle}");
        }
    }

    #[test]
    fn a_place_in_a_broken_text_is_still_a_place() {
        for text in ["", "{\"a", "{\"a\":\"\\", "[", "]]", "{\"a\" 1", "\"\\\\\\\""] {
            for offset in 0..=text.len() + 1 {
                let place = Place::find(text, offset, |_| true);
                assert!(place.line == 1 && place.path.starts_with('$'));
            }
        }
    }
}
