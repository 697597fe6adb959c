//! Reads a large document in pieces, so that the memory does not grow with the document.
//!
//! The document is an object with one long list. Each item of the list is read by itself, with the strict
//! [`Reader`]. Only a document without faults is read to its end. In any doubt, the result is `None`. Then the caller reads the
//! document as a whole, and the reader of whole documents says what is wrong and where.

use std::collections::HashSet;

use super::reader::{Read, Reader};

/// How many bytes are read at a time. A draft has about 1,400 bytes.
const PIECE: usize = 1 << 20;

/// A fault this close to the end of what is read may only mean that a value is cut. No number, escape or literal that the
/// parser looks at as one thing is longer.
const NEAR_END: usize = 8 << 10;

/// What a document in pieces has: its long list, and its other members.
pub(crate) trait Pieces {
    /// An item of the list.
    type Item;
    /// A key that is not the list.
    type Key: Copy;

    /// The key of the list.
    const LIST: &'static str;

    fn parse_key(key: &str) -> Option<Self::Key>;

    /// Reads the value of a known key. It may be called again with the same value.
    fn read_member(&mut self, reader: &mut Reader<'_>, key: Self::Key) -> Read<()>;

    /// Reads an item. It may be called again with the same item. `None` stands for a fault that was noted.
    fn read_item(&mut self, reader: &mut Reader<'_>) -> Read<Option<Self::Item>>;

    /// Takes the next item. Returns whether it is in order.
    fn take(&mut self, item: Self::Item) -> bool;
}

/// Reads a document. `more` appends the next bytes to a buffer, at most as many as it is told; none at the end.
///
/// Returns whether the document was read to its end without a fault or a doubt.
///
/// # Errors
///
/// If `more` returns an error.
pub(crate) fn read_pieces<P: Pieces, E>(
    pieces: &mut P,
    more: impl FnMut(&mut Vec<u8>, usize) -> Result<(), E>,
) -> Result<bool, E> {
    let mut window = Window::new(more);
    Ok(read_document(pieces, &mut window)?.is_some())
}

/// Returns `None` in any doubt.
#[expect(
    clippy::redundant_closure_for_method_calls,
    reason = "the method alone is for one lifetime of the reader"
)]
fn read_document<P: Pieces, E>(
    pieces: &mut P,
    window: &mut Window<impl FnMut(&mut Vec<u8>, usize) -> Result<(), E>>,
) -> Result<Option<()>, E> {
    let mut keys = HashSet::new();
    if !window.takes(b'{')? {
        return Ok(None);
    }
    let mut is_first = true;
    while !window.takes(b'}')? {
        if !is_first && !window.takes(b',')? {
            return Ok(None);
        }
        is_first = false;
        let Some(key) = window.value(1, |reader| reader.string())? else { return Ok(None) };
        if !window.takes(b':')? {
            return Ok(None);
        }
        let is_read = if key == P::LIST {
            read_list(pieces, window)?
        } else if let Some(known) = P::parse_key(&key) {
            window.value(1, |reader| pieces.read_member(reader, known))?
        } else {
            window.value(1, |reader| reader.skip_value())?
        };
        if is_read.is_none() || !keys.insert(key) {
            return Ok(None);
        }
    }
    Ok(window.is_at_end()?.then_some(()))
}

fn read_list<P: Pieces, E>(
    pieces: &mut P,
    window: &mut Window<impl FnMut(&mut Vec<u8>, usize) -> Result<(), E>>,
) -> Result<Option<()>, E> {
    if !window.takes(b'[')? {
        return Ok(None);
    }
    if window.takes(b']')? {
        return Ok(Some(()));
    }
    loop {
        let item = window.value(2, |reader| pieces.read_item(reader))?.flatten();
        let is_in_order = item.is_some_and(|item| pieces.take(item));
        if !is_in_order {
            return Ok(None);
        }
        if window.takes(b']')? {
            return Ok(Some(()));
        }
        if !window.takes(b',')? {
            return Ok(None);
        }
    }
}

/// The part of a document that is in memory.
struct Window<M> {
    more: M,
    text: String,
    /// Everything before this offset is read.
    start: usize,
    /// Bytes after `text` that are only the beginning of a character.
    cut: Vec<u8>,
    is_whole: bool,
    is_utf8: bool,
}

impl<E, M: FnMut(&mut Vec<u8>, usize) -> Result<(), E>> Window<M> {
    const fn new(more: M) -> Self {
        Self {
            more,
            text: String::new(),
            start: 0,
            cut: Vec::new(),
            is_whole: false,
            is_utf8: true,
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// Reads the next piece. Returns whether there is more text now.
    fn fill(&mut self) -> Result<bool, E> {
        if self.is_whole {
            return Ok(false);
        }
        self.text.drain(..self.start);
        self.start = 0;
        // A value that is longer than what is in memory needs twice as much next time, so that it is not read too often.
        let wanted = PIECE.max(self.text.len());
        let known = self.cut.len();
        (self.more)(&mut self.cut, wanted)?;
        self.is_whole = self.cut.len() == known;
        match std::str::from_utf8(&self.cut) {
            Ok(text) => {
                self.text.push_str(text);
                self.cut.clear();
            }
            Err(error) => {
                let (valid, _) = self.cut.split_at(error.valid_up_to());
                self.text.push_str(std::str::from_utf8(valid).unwrap_or_default());
                let valid = valid.len();
                self.cut.drain(..valid);
                // A character that is cut is completed by the next piece. Any other error ends the reading.
                self.is_utf8 = error.error_len().is_none() && !self.is_whole;
                self.is_whole |= !self.is_utf8;
            }
        }
        Ok(!self.is_whole)
    }

    /// Skips white space, and returns the next byte.
    fn peek(&mut self) -> Result<Option<u8>, E> {
        loop {
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let spaces = self.rest().bytes().take_while(is_space).count();
            self.start += spaces;
            if let Some(byte) = self.rest().bytes().next() {
                return Ok(Some(byte));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Takes the next byte if it is this one. Returns whether it was.
    fn takes(&mut self, byte: u8) -> Result<bool, E> {
        let is_it = self.peek()? == Some(byte);
        self.start += usize::from(is_it);
        Ok(is_it)
    }

    /// Whether only white space follows.
    fn is_at_end(&mut self) -> Result<bool, E> {
        Ok(self.peek()?.is_none() && self.is_utf8)
    }

    /// Reads a value inside `depth` brackets. Returns `None` if it has a fault.
    fn value<T>(
        &mut self,
        depth: usize,
        mut read: impl FnMut(&mut Reader<'_>) -> Read<T>,
    ) -> Result<Option<T>, E> {
        if self.peek()?.is_none() {
            return Ok(None);
        }
        loop {
            let rest = self.rest();
            let mut reader = Reader::inside(rest, depth);
            let value = read(&mut reader);
            let end = reader.end();
            let fault = value.as_ref().err().map(|fault| fault.offset);
            // A number at the end may go on.
            let may_be_cut = fault.unwrap_or(end) + NEAR_END >= rest.len();
            match value {
                Ok(value) if !reader.has_faults() && (end < rest.len() || self.is_whole) => {
                    self.start += end;
                    return Ok(Some(value));
                }
                _ if may_be_cut && self.fill()? => {}
                _ => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::json::{Json, read_document as read_whole};

    /// Reads the numbers of `list`, and the text of `name`.
    #[derive(Debug, Default, PartialEq)]
    struct Sample {
        name: Option<Json>,
        items: Vec<Json>,
    }

    impl Pieces for Sample {
        type Item = Json;
        type Key = ();

        const LIST: &'static str = "list";

        fn parse_key(key: &str) -> Option<()> {
            (key == "name").then_some(())
        }

        fn read_member(&mut self, reader: &mut Reader<'_>, (): ()) -> Read<()> {
            self.name = Some(reader.value()?);
            Ok(())
        }

        fn read_item(&mut self, reader: &mut Reader<'_>) -> Read<Option<Json>> {
            reader.value().map(Some)
        }

        fn take(&mut self, item: Json) -> bool {
            self.items.push(item);
            true
        }
    }

    /// Reads a document in pieces of `size` bytes. `None` if there is a doubt.
    fn in_pieces(bytes: &[u8], size: usize) -> Option<Sample> {
        let mut sample = Sample::default();
        let mut rest = bytes;
        let is_read = read_pieces(&mut sample, |buffer, _| {
            let (piece, left) = rest.split_at(size.min(rest.len()));
            buffer.extend_from_slice(piece);
            rest = left;
            Ok::<(), Infallible>(())
        });
        is_read.unwrap_or_else(|never| match never {}).then_some(sample)
    }

    /// Reads a document as a whole. `None` if it has a fault.
    fn as_a_whole(bytes: &[u8]) -> Option<Sample> {
        #[derive(Clone, Copy, PartialEq)]
        enum Known {
            List,
            Name,
        }
        let known = |key: &str| match key {
            "list" => Some(Known::List),
            "name" => Some(Known::Name),
            _ => None,
        };
        let mut sample = Sample::default();
        let read = read_whole(
            bytes,
            |_| false,
            |reader| {
                reader.object(known, |reader, key| match key {
                    Known::Name => sample.read_member(reader, ()),
                    Known::List => reader.array(|reader, _| {
                        sample.items.push(reader.value()?);
                        Ok(())
                    }),
                })
            },
        );
        read.is_ok().then_some(sample)
    }

    const DOCUMENTS: [&str; 24] = [
        r#"{"list": [1, 23, {"a": [456]}, "告警\ud83d\ude00"], "name": "x", "other": {"b": null}}"#,
        r#" { "name" : 1.5e3 , "list" : [ ] } "#,
        "{}",
        r#"{"list": [], "other": [[[]]]}"#,
        r#"{"list": [1,]}"#,
        r#"{"list": [,1]}"#,
        r#"{"list": [1 2]}"#,
        r#"{"list": 1}"#,
        r#"{"list": [1], "list": [2]}"#,
        r#"{"a": 1, "a": 2}"#,
        r#"{"list": [{"a": 1, "a": 2}]}"#,
        r#"{"list": [1]} 2"#,
        r#"{"list": [1]"#,
        r#"{"list": [NaN]}"#,
        r#"{"list": ["\ud800"]}"#,
        r#"{"name" 1}"#,
        r#"{"name": 1,}"#,
        r#"{,"name": 1}"#,
        r#"{"name": tru}"#,
        "{name: 1}",
        "[]",
        "",
        "1",
        "\u{feff}{}",
    ];

    #[test]
    fn a_document_in_pieces_is_read_as_a_whole_one() {
        for text in DOCUMENTS {
            let whole = as_a_whole(text.as_bytes());
            let is_list = !text.contains("\"list\": 1}");
            for size in [1, 2, 3, 7, 1000] {
                // In doubt, the whole document is read. There is a doubt about each fault.
                assert_eq!(in_pieces(text.as_bytes(), size), whole, "{text} by {size}");
            }
            assert!(is_list || whole.is_none());
        }
        assert_eq!(
            DOCUMENTS.iter().filter(|text| as_a_whole(text.as_bytes()).is_some()).count(),
            4
        );
    }

    #[test]
    fn what_is_not_utf8_is_in_doubt() {
        for bytes in [&b"{\"name\": \"\xff\"}"[..], b"{} \xff", b"{\"name\": \"\xe5\x91", b"{}\xe5"]
        {
            for size in [1, 3, 1000] {
                assert_eq!(in_pieces(bytes, size), None, "{bytes:?} by {size}");
            }
        }
    }

    #[test]
    fn the_depth_counts_from_the_root() {
        for (levels, is_read) in [(125, true), (126, false)] {
            let text = format!("{{\"list\": [{}{}]}}", "[".repeat(levels), "]".repeat(levels));
            assert_eq!(in_pieces(text.as_bytes(), 64).is_some(), is_read, "{levels}");
            assert_eq!(as_a_whole(text.as_bytes()).is_some(), is_read, "{levels}");
        }
    }

    #[test]
    fn a_value_that_is_longer_than_a_piece_is_read() {
        let long = "x".repeat(3 * PIECE);
        let text = format!("{{\"name\": \"{long}\", \"list\": [\"{long}\", 1]}}");
        let read = in_pieces(text.as_bytes(), PIECE).unwrap();
        assert_eq!(read.items.len(), 2);
    }

    /// A document that is cut or changed anywhere gives what the reader of whole documents gives, or a doubt about a fault.
    #[test]
    fn a_changed_document_gives_the_same_or_a_doubt() {
        proptest!(|(index in 0..4_usize, at in 0..200_usize, byte in any::<u8>(), cut in any::<bool>(), size in 1..9_usize)| {
            let mut bytes = DOCUMENTS[index].as_bytes().to_vec();
            let at = at % (bytes.len() + 1);
            if cut {
                bytes.truncate(at);
            } else if let Some(old) = bytes.get_mut(at) {
                *old = byte;
            }
            prop_assert_eq!(in_pieces(&bytes, size), as_a_whole(&bytes));
        });
    }
}
