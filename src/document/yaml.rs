//! Parses a strict subset of YAML: mappings, lists and texts, in one document. YAML that a person and a parser can read
//! differently is an error, and the error names the fix.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span};

use crate::json::{
    DocumentError, DocumentProblem, Fault, Json, MAX_DEPTH, MAX_DOCUMENT, Read, line_and_column,
};

use super::spots::Spot;
use super::{Comment, Document, Notation, escape, not_an_object};

/// Parses a YAML document. See [`Document::read`].
pub(super) fn read(bytes: &[u8], known: impl Fn(&str) -> bool) -> Result<Document, DocumentError> {
    let first_line = |problem| DocumentError::at(1, 1, "$".to_owned(), problem);
    if bytes.len() > MAX_DOCUMENT {
        return Err(first_line(DocumentProblem::TooLarge));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = line_and_column(bytes, error.valid_up_to());
        DocumentError::at(line, column, "$".to_owned(), DocumentProblem::NotUtf8)
    })?;
    if text.starts_with('\u{feff}') {
        return Err(first_line(DocumentProblem::ByteOrderMark));
    }
    let mut builder = Builder::new(text);
    let read = builder.read();
    match read {
        Ok(()) => Ok(builder.document),
        Err(Fault { offset, problem }) => {
            let (line, column) = line_and_column(bytes, offset);
            let path = builder.document.path_of(&builder.pointer(), known);
            Err(DocumentError::at(line, column, path, problem))
        }
    }
}

/// A mapping or list that is not closed yet.
enum Open {
    Mapping {
        members: BTreeMap<String, Json>,
        /// The key whose value comes next, and the offset of the key.
        key: Option<(String, usize)>,
        /// How many keys were read.
        count: usize,
    },
    List(Vec<Json>),
}

/// Builds the document from the parser's events.
struct Builder<'t> {
    text: &'t str,
    /// The byte offset of each character. The parser counts characters, and errors need bytes.
    offsets: Vec<usize>,
    open: Vec<Open>,
    /// The byte ranges of the scalars, in the order of the file.
    scalars: Vec<std::ops::Range<usize>>,
    is_finished: bool,
    document: Document,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        let mut offsets: Vec<_> = text.char_indices().map(|(offset, _)| offset).collect();
        offsets.push(text.len());
        Self {
            text,
            offsets,
            open: Vec::new(),
            scalars: Vec::new(),
            is_finished: false,
            document: Document { notation: Notation::Yaml, ..Document::default() },
        }
    }

    /// Returns the byte offset of a place that the parser names.
    fn offset(&self, marker: Marker) -> usize {
        self.offsets.get(marker.index()).copied().unwrap_or(self.text.len())
    }

    fn read(&mut self) -> Read<()> {
        for event in Parser::new_from_str(self.text) {
            match event {
                Ok((event, span)) => self.take(event, span)?,
                Err(error) => return Err(self.syntax_fault(&error)),
            }
        }
        if !self.is_finished {
            return Err(not_an_object(0));
        }
        self.take_comments()
    }

    /// Adds one event of the parser to the document.
    fn take(&mut self, event: Event<'_>, span: Span) -> Read<()> {
        let offset = self.offset(span.start);
        let fault = |problem| Err(Fault { offset, problem });
        match event {
            Event::Alias(_) => return fault(DocumentProblem::YamlFeature),
            Event::MappingStart(anchor, ref tag) | Event::SequenceStart(anchor, ref tag) => {
                if anchor != 0 || tag.is_some() {
                    return fault(DocumentProblem::YamlFeature);
                }
                let is_list = matches!(event, Event::SequenceStart(..));
                let is_key = matches!(self.open.last(), Some(Open::Mapping { key: None, .. }));
                if is_key || (self.open.is_empty() && is_list) {
                    return Err(not_an_object(offset));
                }
                if self.open.len() == MAX_DEPTH {
                    return fault(DocumentProblem::TooDeep);
                }
                self.note_place(offset, !self.is_in_flow(offset));
                self.open.push(if is_list {
                    Open::List(Vec::new())
                } else {
                    Open::Mapping { members: BTreeMap::new(), key: None, count: 0 }
                });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let value = match self.open.pop() {
                    Some(Open::Mapping { members, .. }) => Json::Object(members),
                    Some(Open::List(items)) => Json::Array(items),
                    None => return Err(not_an_object(offset)),
                };
                if self.open.is_empty() {
                    self.is_finished = true;
                } else {
                    self.add(value);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                if anchor != 0 || tag.is_some() {
                    return fault(DocumentProblem::YamlFeature);
                }
                self.take_scalar(&text, style, offset, self.offset(span.end))?;
            }
            Event::DocumentStart(_) if self.is_finished => {
                return fault(DocumentProblem::SecondDocument);
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether a mapping or list at this offset is written in brackets.
    fn is_in_flow(&self, offset: usize) -> bool {
        self.text.get(offset..).is_some_and(|rest| rest.starts_with(['{', '[']))
    }

    /// Adds a scalar: a key or a value. Every value is a text, except for unquoted `true`, `false`, `null` and a blank.
    fn take_scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        start: usize,
        end: usize,
    ) -> Read<()> {
        let end = match style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.end_of_quoted(start, end),
            _ => end,
        };
        self.scalars.push(start..end);
        if style == ScalarStyle::Plain && has_full_width_colon_after_key(text) {
            return Err(Fault { offset: start, problem: DocumentProblem::FullWidthColon });
        }
        match self.open.last_mut() {
            None => Err(not_an_object(start)),
            Some(Open::Mapping { members, key: key @ None, count }) => {
                if text == "<<" && style == ScalarStyle::Plain {
                    return Err(Fault { offset: start, problem: DocumentProblem::YamlFeature });
                }
                // YAML does not count these spaces as indentation. So the key belongs to another object than a person
                // sees.
                if text.starts_with(is_odd_space) {
                    return Err(Fault { offset: start, problem: DocumentProblem::OddSpace });
                }
                let is_duplicate = members.contains_key(text);
                *key = Some((text.to_owned(), start));
                *count += 1;
                if is_duplicate {
                    return Err(Fault { offset: start, problem: DocumentProblem::DuplicateKey });
                }
                Ok(())
            }
            Some(_) => {
                // A blank value has no text of its own, so the error shows its key.
                let is_blank = start == end && style == ScalarStyle::Plain;
                self.note_place(start, is_blank);
                self.add(match (style, text) {
                    (ScalarStyle::Plain, "" | "null") => Json::Null,
                    (ScalarStyle::Plain, "true") => Json::Bool(true),
                    (ScalarStyle::Plain, "false") => Json::Bool(false),
                    // The line break at the end of a block is not part of the text.
                    (ScalarStyle::Literal | ScalarStyle::Folded, text) => {
                        Json::from(text.trim_end_matches(['\n', '\r']))
                    }
                    (_, text) => Json::from(text),
                });
                Ok(())
            }
        }
    }

    /// Returns the offset where a quoted text ends. The parser's range also covers a comment after the text,
    /// and triage would not examine such a comment.
    fn end_of_quoted(&self, start: usize, end: usize) -> usize {
        let text = self.text.get(start..end).unwrap_or_default();
        let mut characters = text.char_indices().peekable();
        let Some((_, quote)) = characters.next() else { return end };
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            // `\` escapes in double quotes. In single quotes, `''` is one quote.
            let escapes = match quote {
                '"' => character == '\\',
                _ => character == quote && next == Some(quote),
            };
            if escapes {
                characters.next();
            } else if character == quote {
                return start + at + character.len_utf8();
            }
        }
        end
    }

    /// Returns the JSON pointer of the value that is being read.
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for open in &self.open {
            match open {
                Open::Mapping { key: Some((key, _)), .. } => {
                    pointer.push('/');
                    pointer.push_str(&escape(key));
                }
                Open::Mapping { key: None, .. } => break,
                Open::List(items) => {
                    // Writing to a string cannot fail.
                    let _ = write!(pointer, "/{}", items.len());
                }
            }
        }
        pointer
    }

    /// Stores the place of the next value. `is_at_key` says that its key is the place to show.
    fn note_place(&mut self, offset: usize, is_at_key: bool) {
        if self.open.len() > 1 && self.document.spots.is_full() {
            return;
        }
        let (key, position) = match self.open.last() {
            Some(Open::Mapping { key: Some((_, key)), count, .. }) => (*key, *count),
            Some(Open::List(_)) => (offset, 0),
            _ => return,
        };
        let value = if is_at_key { key } else { offset };
        self.document.spots.add(self.pointer(), Spot { key, value, position });
    }

    /// Adds a value to the open mapping or list.
    fn add(&mut self, value: Json) {
        let is_top = self.open.len() == 1;
        match self.open.last_mut() {
            Some(Open::Mapping { members, key, .. }) => {
                if let Some((key, _)) = key.take() {
                    if is_top {
                        self.document.members.push((key.clone(), value.clone()));
                    }
                    members.insert(key, value);
                }
            }
            Some(Open::List(items)) => items.push(value),
            None => {}
        }
    }

    /// Returns the likely cause of a parse error. The parser says what it could not parse, but not how to fix it.
    fn syntax_fault(&self, error: &ScanError) -> Fault {
        let at = self.offset(*error.marker());
        let read_to = self.scalars.last().map_or(0, |scalar| scalar.end);
        // The cause can be on an earlier line than the error. So look at each line from the last scalar to the error.
        let start =
            self.text.get(..read_to).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        // The parser can stop at the end of a text. Then the cause is on the next line.
        let rest = self.text.get(at..).unwrap_or_default();
        let next_line = at + rest.find('\n').map_or(rest.len(), |at| at + 1);
        let mut offset = start;
        for line in self.text.get(start..).unwrap_or_default().split_inclusive('\n') {
            if offset > next_line {
                break;
            }
            let indent = line.len() - line.trim_start_matches([' ', '-']).len();
            let content = line.get(indent..).unwrap_or_default();
            if has_full_width_colon_after_key(content) {
                return Fault { offset: offset + indent, problem: DocumentProblem::FullWidthColon };
            }
            if let Some(tab) = line.find('\t').filter(|_| !content.starts_with('#')) {
                return Fault { offset: offset + tab, problem: DocumentProblem::Tab };
            }
            if let Some((column, problem)) = likely_fault(line, content, indent) {
                return Fault { offset: offset + column, problem };
            }
            offset += line.len();
        }
        if error.info().contains("mapping values") {
            return Fault { offset: at, problem: DocumentProblem::ColonInText };
        }
        let problem = match rest.chars().next() {
            Some('*' | '&' | '!') => DocumentProblem::YamlFeature,
            Some('\'' | '"' | '@' | '`' | '%' | '|' | '>' | '[' | '{') => {
                DocumentProblem::NeedsQuotes
            }
            None => DocumentProblem::YamlSyntax("more text, but the file ends here"),
            _ => DocumentProblem::YamlSyntax("a key, a colon and a value"),
        };
        Fault { offset: at, problem }
    }

    /// Collects the comments. A text that is neither in a scalar nor in a comment of its own is an error: triage
    /// would not examine it. Examples are a comment after a value, a tab and a directive.
    fn take_comments(&mut self) -> Read<()> {
        // The errors below belong to the whole document, so their path must not name a key.
        self.open.clear();
        let (mut offset, mut above) = (0, "");
        for (index, line) in self.text.split_inclusive('\n').enumerate() {
            let start = offset + line.len() - line.trim_start().len();
            if line.trim_start().starts_with('#') && !self.is_in_scalar(start) {
                let text = line.trim().to_owned();
                self.document.comments.push(Comment { text, line: index + 1, offset: start });
                if continues_the_line_before(above, line) {
                    return Err(Fault {
                        offset: start,
                        problem: DocumentProblem::CommentAfterValue,
                    });
                }
            } else {
                for (at, character) in line.char_indices().map(|(at, c)| (offset + at, c)) {
                    if STRUCTURE.contains(character) || self.is_in_scalar(at) {
                        continue;
                    }
                    let problem = match character {
                        '#' => DocumentProblem::CommentAfterValue,
                        '\t' => DocumentProblem::Tab,
                        _ if is_odd_space(character) => DocumentProblem::OddSpace,
                        // The parser accepts this text, but it is in no value. An example is a directive.
                        _ => DocumentProblem::YamlFeature,
                    };
                    return Err(Fault { offset: at, problem });
                }
            }
            if !line.trim().is_empty() {
                above = line;
            }
            offset += line.len();
        }
        Ok(())
    }

    /// Whether the byte belongs to a scalar. The scalars are sorted, so a binary search finds it.
    fn is_in_scalar(&self, at: usize) -> bool {
        let after = self.scalars.partition_point(|scalar| scalar.start <= at);
        let last = after.checked_sub(1).and_then(|index| self.scalars.get(index));
        last.is_some_and(|scalar| scalar.contains(&at))
    }
}

/// The characters that are allowed outside of texts and comments: the signs of mappings, lists and blocks, `---` and
/// `...`, and the number after `|` or `>` that says how far a block is indented.
const STRUCTURE: &str = " \r\n-:,[]{}|>+.123456789?";

/// Whether the indentation of a comment makes it look like a part of the text on the line above. A person may read it
/// as text, but a parser ends the text there.
fn continues_the_line_before(above: &str, comment: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let key = above.len() - above.trim_start_matches([' ', '-']).len();
    let has_text = !above.trim().is_empty()
        && !above.trim_start().starts_with('#')
        && !above.trim_end().ends_with([':', '|', '>', '-', '+']);
    has_text && indent(comment) > key
}

/// Whether a character looks like a space, but is not a space for a parser.
fn is_odd_space(character: char) -> bool {
    character.is_whitespace() && !character.is_ascii()
}

/// Returns the likely problem of a line that the parser could not parse, and its offset in the line. `content` is the
/// line without its indentation and its dashes.
fn likely_fault(line: &str, content: &str, indent: usize) -> Option<(usize, DocumentProblem)> {
    let content = content.trim_end();
    if content.is_empty() || content.starts_with('#') {
        return None;
    }
    let key_end =
        content.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '_');
    let after_key = content.get(key_end.unwrap_or(content.len())..).unwrap_or_default();
    if content.starts_with(is_odd_space) {
        return Some((indent, DocumentProblem::OddSpace));
    }
    let Some(value) = after_key.strip_prefix(':').filter(|_| key_end.is_some_and(|end| end > 0))
    else {
        // The line is neither a key nor an item of a list. An example is a text that lost its indentation.
        let is_item = line.trim_start().starts_with('-');
        let is_text =
            indent == 0 && !is_item && !content.starts_with(['{', '}', '[', ']', '?', '.', '%']);
        return is_text.then_some((0, DocumentProblem::YamlSyntax("a key, a colon and a value")));
    };
    let column = indent + content.len() - value.len();
    if value.starts_with(is_odd_space) {
        return Some((column, DocumentProblem::OddSpace));
    }
    if !value.is_empty() && !value.starts_with(' ') {
        return Some((column, DocumentProblem::NoSpaceAfterColon));
    }
    let value = value.trim_start();
    let column = indent + content.len() - value.len();
    if value.starts_with(['\'', '"', '[', '{']) {
        return Some((column, DocumentProblem::NeedsQuotes));
    }
    if let Some((before, _)) = value.split_once(": ") {
        return Some((column + before.len(), DocumentProblem::ColonInText));
    }
    let ends_in_colon = value.ends_with(':').then(|| column + value.len() - 1);
    ends_in_colon.map(|column| (column, DocumentProblem::ColonInText))
}

/// Whether a line begins with a key and a full-width colon, the colon of Chinese text.
fn has_full_width_colon_after_key(line: &str) -> bool {
    line.split_once('：').is_some_and(|(key, _)| {
        !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests;
