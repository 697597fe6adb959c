//! A document that a person writes, in YAML or in JSON: one tree of values with their places, whichever it is.

mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::json::{
    DocumentError, DocumentProblem, Fault, Json, Read, Reader, line_and_column, read_small_document,
};

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Notation {
    /// It begins with a brace.
    #[default]
    Json,
    /// It begins with anything else.
    Yaml,
}

impl Notation {
    /// The notation of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Self::Json,
            _ => Self::Yaml,
        }
    }

    /// How the names of such files end.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

/// Where a value stands, as offsets of bytes.
#[derive(Clone, Copy, Debug)]
struct Spot {
    /// Of its key; of the value itself where it has none.
    key: usize,
    /// Of what is read first of it: of a text its first line, of a block mapping its key.
    value: usize,
    /// Its position among the keys of its object, from 1.
    position: usize,
}

/// How many values of a document have a place of their own; twice as many as an answer may have texts. A value behind them
/// has the place of the nearest one above it. The document's own keys always have theirs.
const MAX_SPOTS: usize = 800;

/// Comments on lines that follow one another: what stands behind `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// The line, as it is written, without white space around it.
    pub(crate) text: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) offset: usize,
}

/// The texts of comments, and the number of the first, from 1: of each run of lines, and of all together where a secret
/// could be split over them.
pub(crate) fn texts_of_comments(comments: &[(usize, &Comment)]) -> Vec<(usize, String)> {
    let text = |comments: &[(usize, &Comment)]| {
        let lines: Vec<_> = comments
            .iter()
            .map(|(_, comment)| comment.text.trim_start_matches('#').trim())
            .filter(|line| !line.is_empty())
            .collect();
        let first = comments.first().map_or(0, |(index, _)| index + 1);
        (first, lines.join("\n"))
    };
    let are_together =
        |one: &(usize, &Comment), next: &(usize, &Comment)| one.1.line + 1 == next.1.line;
    let mut texts: Vec<_> = comments.chunk_by(are_together).map(text).collect();
    if texts.len() > 1 {
        texts.push(text(comments));
    }
    texts
}

/// A document as a tree: an object whose keys keep their order.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) notation: Notation,
    pub(crate) members: Vec<(String, Json)>,
    /// The place of each value, by its JSON pointer.
    spots: BTreeMap<String, Spot>,
    /// YAML has comments, and a comment is content.
    pub(crate) comments: Vec<Comment>,
}

impl Document {
    /// Reads a document of at most 256 KiB. In a path, only keys that are `known` are named.
    pub(crate) fn read(bytes: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, DocumentError> {
        match Notation::of(bytes) {
            Notation::Json => read_small_document(bytes, known, read_json),
            Notation::Yaml => yaml::read(bytes, known),
        }
    }

    /// The value of a key of the document itself.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The texts below a value, in the order of the file: what is split over parts is read as a person reads it.
    pub(crate) fn texts_below<'v>(&self, pointer: &str, value: &'v Json) -> Vec<&'v str> {
        let mut texts = Vec::new();
        self.add_texts(pointer, value, &mut texts);
        texts.sort_by_key(|(offset, _)| *offset);
        texts.into_iter().map(|(_, text)| text).collect()
    }

    fn add_texts<'v>(&self, pointer: &str, value: &'v Json, texts: &mut Vec<(usize, &'v str)>) {
        match value {
            Json::String(text) => texts.push((self.offset_of(pointer), text)),
            Json::Number(number) => texts.push((self.offset_of(pointer), number.as_str())),
            Json::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.add_texts(&format!("{pointer}/{index}"), item, texts);
                }
            }
            Json::Object(members) => {
                for (name, value) in members {
                    self.add_texts(&format!("{pointer}/{}", escape(name)), value, texts);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// Where the value that a JSON pointer leads to begins; of the nearest one above it, where there is none.
    pub(crate) fn offset_of(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(spot) = self.spots.get(pointer) {
                return spot.value;
            }
            match pointer.rsplit_once('/') {
                Some((above, _)) if !above.is_empty() => pointer = above,
                _ => return 0,
            }
        }
    }

    /// Where the key of the value stands that a JSON pointer leads to; `None` where there is no such value.
    pub(crate) fn key_offset_of(&self, pointer: &str) -> Option<usize> {
        self.spots.get(pointer).map(|spot| spot.key)
    }

    /// The error of a value that is not what the document's format has there.
    pub(crate) fn error(
        &self,
        bytes: &[u8],
        pointer: &str,
        known: impl Fn(&str) -> bool,
        problem: DocumentProblem,
    ) -> DocumentError {
        let is_of_key =
            matches!(problem, DocumentProblem::UnknownKey | DocumentProblem::DuplicateKey);
        let offset = match self.key_offset_of(pointer) {
            Some(key) if is_of_key => key,
            _ => self.offset_of(pointer),
        };
        let (line, column) = line_and_column(bytes, offset);
        DocumentError::at(line, column, self.path_of(pointer, known), problem)
    }

    /// A JSON pointer as a path, in which only keys that are `known` are named.
    fn path_of(&self, pointer: &str, known: impl Fn(&str) -> bool) -> String {
        let mut path = String::from("$");
        let mut walked = String::new();
        for step in pointer.split('/').skip(1) {
            walked.push('/');
            walked.push_str(step);
            let name = unescape(step);
            let position = self.spots.get(&walked).map_or(0, |spot| spot.position);
            // Writing to a string cannot fail.
            let _ = if position == 0 && step.bytes().all(|byte| byte.is_ascii_digit()) {
                write!(path, "[{step}]")
            } else if known(&name) {
                write!(path, ".{name}")
            } else {
                write!(path, ".#{position}")
            };
        }
        path
    }
}

/// A name as a step of a JSON pointer, as RFC 6901 escapes it.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn read_json(reader: &mut Reader<'_>) -> Read<Document> {
    let mut document = Document::default();
    let mut position = 0;
    // A search through the members would take long where there are very many.
    let mut names = BTreeSet::new();
    reader.each_member(|reader, name| {
        if !names.insert(name.clone()) {
            return Err(DocumentProblem::DuplicateKey.into());
        }
        let pointer = format!("/{}", escape(&name));
        position += 1;
        let key = reader.key_offset();
        let value = read_json_value(reader, &mut document.spots, &pointer, key, position)?;
        document.members.push((name, value));
        Ok(())
    })?;
    Ok(document)
}

/// Reads the value that comes next, and notes its place and those of all that it holds.
fn read_json_value(
    reader: &mut Reader<'_>,
    spots: &mut BTreeMap<String, Spot>,
    pointer: &str,
    key: usize,
    position: usize,
) -> Read<Json> {
    let value = reader.offset()?;
    let is_nested = pointer.rfind('/') > Some(0);
    if is_nested && spots.len() >= MAX_SPOTS {
        return reader.value();
    }
    spots.insert(pointer.to_owned(), Spot { key, value, position });
    if reader.is_at_array()? {
        let mut items = Vec::new();
        reader.array(|reader, index| {
            let offset = reader.offset()?;
            let pointer = format!("{pointer}/{index}");
            items.push(read_json_value(reader, spots, &pointer, offset, 0)?);
            Ok(())
        })?;
        return Ok(Json::Array(items));
    }
    if !reader.is_at_object()? {
        return reader.value();
    }
    let mut members = BTreeMap::new();
    reader.each_member(|reader, name| {
        if members.contains_key(&name) {
            return Err(DocumentProblem::DuplicateKey.into());
        }
        let pointer = format!("{pointer}/{}", escape(&name));
        let key = reader.key_offset();
        let value = read_json_value(reader, spots, &pointer, key, members.len() + 1)?;
        members.insert(name, value);
        Ok(())
    })?;
    Ok(Json::Object(members))
}

/// The fault of a document that is read but is no object.
fn no_object(offset: usize) -> Fault {
    Fault { offset, problem: DocumentProblem::Expected("an object") }
}
