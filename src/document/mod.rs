//! Documents that people write, in YAML or JSON. Both give the same tree of values, with the place of each value.

mod spots;
mod yaml;

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use crate::json::{
    DocumentError, DocumentProblem, Fault, Json, Read, Reader, line_and_column, read_small_document,
};

use spots::{Spot, Spots};

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Notation {
    /// JSON: the document begins with a brace.
    #[default]
    Json,
    /// YAML: the document begins with anything else.
    Yaml,
}

impl Notation {
    /// Returns the notation of these bytes. The first byte that is not white space decides.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => Self::Json,
            _ => Self::Yaml,
        }
    }

    /// The file extension of this notation.
    pub(crate) const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Yaml => "yaml",
        }
    }
}

/// A comment: one line of YAML that begins with `#`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// The line with its `#`, without white space around it.
    pub(crate) text: String,
    /// The line number, from 1.
    pub(crate) line: usize,
    /// The offset of the `#` in bytes.
    pub(crate) offset: usize,
}

/// The texts of comments, each with the number of its first comment, from 1.
pub(crate) struct CommentTexts {
    /// Comments on consecutive lines are one text.
    pub(crate) runs: Vec<(usize, String)>,
    /// All comments together, if there are several runs: a secret can be split over them.
    pub(crate) joined: Option<(usize, String)>,
}

impl CommentTexts {
    pub(crate) fn of(comments: &[(usize, &Comment)]) -> Self {
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
        let runs: Vec<_> = comments.chunk_by(are_together).map(text).collect();
        let joined = (runs.len() > 1).then(|| text(comments));
        Self { runs, joined }
    }
}

/// A document: an object whose keys keep the order of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) notation: Notation,
    pub(crate) members: Vec<(String, Json)>,
    /// The place of each value.
    spots: Spots,
    /// The comments of a YAML document. They are content: everybody who opens the file reads them.
    pub(crate) comments: Vec<Comment>,
}

impl Document {
    /// Parses a document of at most 256 KiB. The path of an error names only keys that are `known`: another key may
    /// be a secret, so the path shows its position.
    pub(crate) fn read(bytes: &[u8], known: impl Fn(&str) -> bool) -> Result<Self, DocumentError> {
        match Notation::of(bytes) {
            Notation::Json => read_small_document(bytes, known, read_json),
            Notation::Yaml => yaml::read(bytes, known),
        }
    }

    /// Returns the value of a top-level key.
    pub(crate) fn get(&self, name: &str) -> Option<&Json> {
        self.members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Returns the texts below a value, in the order of the file. A person reads a text that is split over several
    /// parts in this order.
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
                    self.add_texts(&below(pointer, name), value, texts);
                }
            }
            Json::Null | Json::Bool(_) => {}
        }
    }

    /// Returns the offset of the value at a JSON pointer. If it has no place, the nearest value above it counts.
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

    /// Returns the offset of the key of the value at a JSON pointer, or `None` if this value has no place.
    pub(crate) fn key_offset_of(&self, pointer: &str) -> Option<usize> {
        self.spots.get(pointer).map(|spot| spot.key)
    }

    /// Returns the error for a value or key that does not fit the document's format.
    pub(crate) fn error(
        &self,
        bytes: &[u8],
        pointer: &str,
        known: impl Fn(&str) -> bool,
        problem: DocumentProblem,
    ) -> DocumentError {
        let offset = match self.key_offset_of(pointer) {
            Some(key) if problem == DocumentProblem::UnknownKey => key,
            _ => self.offset_of(pointer),
        };
        let (line, column) = line_and_column(bytes, offset);
        DocumentError::at(line, column, self.path_of(pointer, known), problem)
    }

    /// Converts a JSON pointer to a path. The path names only keys that are `known`, and shows the position of others.
    fn path_of(&self, pointer: &str, known: impl Fn(&str) -> bool) -> String {
        let mut path = String::from("$");
        let mut walked = String::new();
        for step in pointer.split('/').skip(1) {
            walked.push('/');
            walked.push_str(step);
            let name = unescape(step);
            let position = self.spots.get(&walked).map_or(0, |spot| spot.position);
            // Writing to a string cannot fail.
            // A key has a position from 1. So a number with position 0 is the index of a list.
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

/// Escapes a key for a JSON pointer, as RFC 6901 says.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Returns the JSON pointer of a member of the object at `pointer`.
pub(crate) fn below(pointer: &str, name: &str) -> String {
    let mut below = String::with_capacity(pointer.len() + 1 + name.len());
    below.push_str(pointer);
    below.push('/');
    if name.contains(['~', '/']) {
        below.push_str(&escape(name));
    } else {
        // Almost every name. It needs no copy of its own.
        below.push_str(name);
    }
    below
}

fn unescape(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

fn read_json(reader: &mut Reader<'_>) -> Read<Document> {
    let mut document = Document::default();
    let mut position = 0;
    let mut names = Names::default();
    reader.each_member(|reader, name| {
        if !names.add(&name, &document.members) {
            return Err(DocumentProblem::DuplicateKey.into());
        }
        let pointer = below("", &name);
        position += 1;
        let key = reader.key_offset();
        let value = read_json_value(reader, &mut document.spots, &pointer, key, position)?;
        document.members.push((name, value));
        Ok(())
    })?;
    Ok(document)
}

/// Finds duplicate keys of a document.
#[derive(Default)]
struct Names(HashSet<String>);

impl Names {
    /// The most members that are searched one by one. Forms have fewer. A document may have thousands, and then a set is
    /// faster.
    const FEW: usize = 64;

    /// Returns whether none of the members before has this name. Beyond the first few, remembers the name.
    fn add(&mut self, name: &str, before: &[(String, Json)]) -> bool {
        if before.len() < Self::FEW {
            return before.iter().all(|(other, _)| other != name);
        }
        if self.0.is_empty() {
            self.0.extend(before.iter().map(|(other, _)| other.clone()));
        }
        self.0.insert(name.to_owned())
    }
}

/// Reads the next value. Stores its place, and the places of all values in it.
fn read_json_value(
    reader: &mut Reader<'_>,
    spots: &mut Spots,
    pointer: &str,
    key: usize,
    position: usize,
) -> Read<Json> {
    let value = reader.offset()?;
    let is_nested = pointer.rfind('/') > Some(0);
    if is_nested && spots.is_full() {
        return reader.value();
    }
    spots.add(pointer.to_owned(), Spot { key, value, position });
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
        let pointer = below(pointer, &name);
        let key = reader.key_offset();
        let value = read_json_value(reader, spots, &pointer, key, members.len() + 1)?;
        members.insert(name, value);
        Ok(())
    })?;
    Ok(Json::Object(members))
}

/// The fault of a value that must be an object and is not.
fn not_an_object(offset: usize) -> Fault {
    Fault { offset, problem: DocumentProblem::Expected("an object") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_key_is_found_in_a_document_of_any_size() {
        let read = |keys: Vec<usize>| {
            let members: Vec<_> = keys.iter().map(|key| format!("\"k{key}\": 1")).collect();
            let bytes = format!("{{{}}}", members.join(","));
            Document::read(bytes.as_bytes(), |_| true).map(|document| document.members.len())
        };
        for count in [1, Names::FEW - 1, Names::FEW, Names::FEW + 1, 3 * Names::FEW] {
            assert_eq!(read((0..count).collect()).unwrap(), count);
            for repeated in [0, count / 2, count - 1] {
                let error = read((0..count).chain([repeated]).collect()).unwrap_err();
                assert_eq!(*error.problem(), DocumentProblem::DuplicateKey, "{count} {repeated}");
            }
        }
    }
}
