//! The strict reader of JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiter::{Jiter, Peek};

use super::limits::{MAX_DEPTH, MAX_DOCUMENT, MAX_FAULTS};
use super::syntax::syntax_fault;
use super::{DocumentError, DocumentProblem, Json, Number};

/// A problem, and the offset of the byte at which it was found.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) problem: DocumentProblem,
}

pub(crate) type Read<T> = Result<T, Fault>;

/// Reads a whole document from its bytes. `read` reads the value; nothing may follow it. The path of an error names only
/// keys that are `known`.
///
/// # Errors
///
/// When the bytes are not UTF-8 or begin with a byte order mark, or when the text has a fault. The error has the first
/// fault in the text, and the others after it.
pub(crate) fn read_document<T>(
    bytes: &[u8],
    known: impl Fn(&str) -> bool,
    read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
) -> Result<T, DocumentError> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            let valid = std::str::from_utf8(valid).unwrap_or_default();
            return Err(DocumentError::new(valid, valid.len(), known, DocumentProblem::NotUtf8));
        }
    };
    if text.starts_with('\u{feff}') {
        return Err(DocumentError::new(text, 0, known, DocumentProblem::ByteOrderMark));
    }
    let mut reader = Reader::new(text);
    let value = read(&mut reader).and_then(|value| reader.finish().map(|()| value));
    let Reader { mut noted, unlisted, .. } = reader;
    let value = match value {
        Ok(value) if noted.is_empty() => return Ok(value),
        Ok(value) => Some(value),
        Err(fault) => {
            noted.push(fault);
            None
        }
    };
    noted.sort_by_key(|fault| fault.offset);
    let mut errors = noted
        .into_iter()
        .map(|fault| DocumentError::new(text, fault.offset, &known, fault.problem));
    match (errors.next(), value) {
        (Some(first), _) => Err(first.with_rest(errors.collect(), unlisted)),
        (None, Some(value)) => Ok(value),
        (None, None) => {
            Err(DocumentError::new(text, 0, &known, DocumentProblem::Syntax("a document")))
        }
    }
}

/// As [`read_document`], for a document that a person writes.
///
/// # Errors
///
/// As [`read_document`], and when the document has more than [`MAX_DOCUMENT`] bytes. Then it is not read at all.
pub(crate) fn read_small_document<T>(
    bytes: &[u8],
    known: impl Fn(&str) -> bool,
    read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
) -> Result<T, DocumentError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(DocumentError::new("", 0, known, DocumentProblem::TooLarge));
    }
    read_document(bytes, known, read)
}

/// Reads one JSON text from its beginning to its end. It rejects duplicate keys, lone surrogates, and numbers that
/// Python would not print.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    text: &'t str,
    jiter: Jiter<'t>,
    depth: usize,
    /// An offset after the previous value and before the current key. The parser reports no offsets of keys, so
    /// [`key_offset`](Self::key_offset) searches from here.
    before_key: usize,
    /// Faults after which reading continued.
    noted: Vec<Fault>,
    /// The number of such faults beyond [`MAX_FAULTS`].
    unlisted: usize,
}

/// A key of an object: one that the caller knows, or another one.
enum Key<K> {
    Known(K),
    Other(String),
}

#[cfg(feature = "cli")]
impl<'t> Reader<'t> {
    /// Reads a value that is inside `depth` brackets of a document.
    pub(super) fn inside(text: &'t str, depth: usize) -> Self {
        Self { depth, ..Self::new(text) }
    }

    /// The offset after what is read.
    pub(super) fn end(&self) -> usize {
        self.jiter.current_index()
    }

    /// Whether a fault was noted.
    pub(super) fn has_faults(&self) -> bool {
        !self.noted.is_empty()
    }
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        let jiter = Jiter::new(text.as_bytes());
        Self { text, jiter, depth: 0, before_key: 0, noted: Vec::new(), unlisted: 0 }
    }
}

impl Reader<'_> {
    /// Returns the value. If the fault is only in the value, notes it and returns `None`, because the text after it can
    /// still be read.
    ///
    /// # Errors
    ///
    /// When reading cannot continue after the fault.
    pub(crate) fn note_if_recoverable<T>(&mut self, read: Read<T>) -> Read<Option<T>> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(fault) => match fault.problem {
                DocumentProblem::Expected(_)
                | DocumentProblem::EmptyId
                | DocumentProblem::MissingKey(_)
                | DocumentProblem::DuplicateSurface(_) => {
                    self.note(fault);
                    Ok(None)
                }
                _ => Err(fault),
            },
        }
    }

    /// Notes a fault after which reading continues.
    pub(crate) fn note(&mut self, fault: Fault) {
        if self.noted.len() < MAX_FAULTS {
            self.noted.push(fault);
        } else {
            self.unlisted += 1;
        }
    }

    /// Returns the offset at which the next value begins.
    pub(crate) fn offset(&mut self) -> Read<usize> {
        self.peek().map(|_| self.jiter.current_index())
    }

    /// Returns the offset of the key whose value comes next.
    pub(crate) fn key_offset(&self) -> usize {
        let rest = self.text.get(self.before_key..).unwrap_or_default();
        self.before_key + rest.find('"').unwrap_or(0)
    }

    /// Reads an object. `parse_key` recognizes the known keys, and `member` reads the value of a known key. The value
    /// of any other key is checked and skipped.
    pub(crate) fn object<K: Copy + PartialEq>(
        &mut self,
        parse_key: impl Fn(&str) -> Option<K>,
        mut member: impl FnMut(&mut Self, K) -> Read<()>,
    ) -> Read<()> {
        let mut known_keys = Vec::new();
        let mut other_keys = BTreeSet::new();
        self.members(parse_key, |reader, key| match key {
            Key::Known(key) if known_keys.contains(&key) => {
                Err(DocumentProblem::DuplicateKey.into())
            }
            Key::Known(key) => {
                known_keys.push(key);
                Ok(member(reader, key)?)
            }
            Key::Other(key) => {
                if !other_keys.insert(key) {
                    return Err(DocumentProblem::DuplicateKey.into());
                }
                Ok(reader.skip_value()?)
            }
        })
    }

    /// Reads an object with any keys. `member` reads the value of each key.
    pub(crate) fn each_member(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), MemberFault>,
    ) -> Read<()> {
        self.members(
            |_| None::<()>,
            |reader, key| match key {
                Key::Other(name) => member(reader, name),
                // Not reached: no key is a known one.
                Key::Known(()) => Ok(()),
            },
        )
    }

    /// Reads an object that has exactly these keys, in any order. `member` reads the value of each key.
    pub(crate) fn closed_object<N: AsRef<str>, K: Copy>(
        &mut self,
        keys: &[(N, K)],
        mut member: impl FnMut(&mut Self, K) -> Read<()>,
    ) -> Read<()> {
        let start = self.offset()?;
        let mut missing: Vec<_> = keys.iter().map(|(name, _)| Some(name.as_ref())).collect();
        let index_of = |key: &str| keys.iter().position(|(name, _)| name.as_ref() == key);
        self.members(index_of, |reader, key| match key {
            Key::Known(index) => {
                match (missing.get_mut(index).and_then(Option::take), keys.get(index)) {
                    (Some(_), Some((_, key))) => Ok(member(reader, *key)?),
                    _ => Err(DocumentProblem::DuplicateKey.into()),
                }
            }
            Key::Other(_) => Err(DocumentProblem::UnknownKey.into()),
        })?;
        match missing.into_iter().flatten().next() {
            Some(name) => {
                Err(Fault { offset: start, problem: DocumentProblem::MissingKey(name.to_owned()) })
            }
            None => Ok(()),
        }
    }

    /// Reads an array. `item` reads the value at each index.
    pub(crate) fn array(&mut self, mut item: impl FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        self.enter(Peek::Array, "an array")?;
        let mut index = 0;
        let mut next = self.jiter.known_array();
        while next.map_err(|error| syntax_fault(&error))?.is_some() {
            item(self, index)?;
            index += 1;
            next = self.jiter.array_step();
        }
        self.depth -= 1;
        Ok(())
    }

    /// Reads a string.
    pub(crate) fn string(&mut self) -> Read<String> {
        self.str().map(str::to_owned)
    }

    /// Reads a string without a copy.
    fn str(&mut self) -> Read<&str> {
        match self.peek()? {
            Peek::String => self.text_of_string(),
            _ => self.expected("a string"),
        }
    }

    /// Whether the next value is an object.
    pub(crate) fn is_at_object(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::Object)
    }

    fn is_at_string(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::String)
    }

    /// Whether the next value is an array.
    pub(crate) fn is_at_array(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::Array)
    }

    /// Reads `null` if it is the next value. Returns whether it was.
    pub(crate) fn null(&mut self) -> Read<bool> {
        let is_null = self.peek()? == Peek::Null;
        if is_null {
            self.jiter.known_null().map_err(|error| syntax_fault(&error))?;
        }
        Ok(is_null)
    }

    /// Reads an array of strings.
    pub(crate) fn strings(&mut self) -> Read<Vec<String>> {
        self.strings_unless_same(&[]).map(Option::unwrap_or_default)
    }

    /// Reads an array of strings. Returns `None` if they equal the `shared` ones: the candidates of a ledger mostly have
    /// the same list, and then no copy is made.
    pub(crate) fn strings_unless_same(&mut self, shared: &[String]) -> Read<Option<Vec<String>>> {
        let mut texts: Option<Vec<String>> = None;
        let mut count = 0;
        self.array(|reader, index| {
            if !reader.is_at_string()? {
                let offset = reader.offset()?;
                reader.value()?;
                reader.note(Fault { offset, problem: DocumentProblem::Expected("a string") });
                return Ok(());
            }
            let text = reader.text_of_string()?;
            if texts.is_none() && shared.get(index).is_none_or(|shared| shared != text) {
                texts = Some(shared.iter().take(index).cloned().collect());
            }
            if let Some(texts) = &mut texts {
                texts.push(text.to_owned());
            }
            count += 1;
            Ok(())
        })?;
        let is_cut = texts.is_none() && count < shared.len();
        Ok(if is_cut { Some(shared.iter().take(count).cloned().collect()) } else { texts })
    }

    /// Reads `true` or `false`.
    pub(crate) fn boolean(&mut self) -> Read<bool> {
        match self.peek()? {
            peek @ (Peek::True | Peek::False) => {
                self.jiter.known_bool(peek).map_err(|error| syntax_fault(&error))
            }
            _ => self.expected("true or false"),
        }
    }

    /// Reads any value and returns it.
    pub(crate) fn value(&mut self) -> Read<Json> {
        Ok(match self.peek()? {
            Peek::Null => {
                self.null()?;
                Json::Null
            }
            Peek::True | Peek::False => Json::Bool(self.boolean()?),
            Peek::String => Json::String(self.string()?),
            Peek::Array => {
                let mut items = Vec::new();
                self.array(|reader, _| {
                    items.push(reader.value()?);
                    Ok(())
                })?;
                Json::Array(items)
            }
            Peek::Object => {
                let mut members = BTreeMap::new();
                self.members(
                    |_| None::<()>,
                    |reader, key| match key {
                        Key::Other(key) if !members.contains_key(&key) => {
                            members.insert(key, reader.value()?);
                            Ok(())
                        }
                        _ => Err(DocumentProblem::DuplicateKey.into()),
                    },
                )?;
                Json::Object(members)
            }
            peek => Json::Number(self.number(peek)?),
        })
    }

    /// Checks any value and drops it.
    pub(crate) fn skip_value(&mut self) -> Read<()> {
        match self.peek()? {
            Peek::String => self.text_of_string().map(|_| ()),
            Peek::Array => self.array(|reader, _| reader.skip_value()),
            Peek::Object => self.object(|_| None::<()>, |_, ()| Ok(())),
            _ => self.value().map(|_| ()),
        }
    }

    /// Checks that only white space follows.
    fn finish(&mut self) -> Read<()> {
        self.jiter.finish().map_err(|error| syntax_fault(&error))
    }

    /// Reads the members of an object. `member` gets each key and reads its value.
    fn members<K>(
        &mut self,
        parse_key: impl Fn(&str) -> Option<K>,
        mut member: impl FnMut(&mut Self, Key<K>) -> Result<(), MemberFault>,
    ) -> Read<()> {
        let start = self.enter(Peek::Object, "an object")?;
        let own = |key: &str| parse_key(key).map_or_else(|| Key::Other(key.to_owned()), Key::Known);
        let mut before_key = start + 1;
        let mut next = self.jiter.known_object().map(|key| key.map(own));
        while let Some(key) = next.map_err(|error| syntax_fault(&error))? {
            self.before_key = before_key;
            if let Err(fault) = member(self, key) {
                // A nested object may have moved `before_key`. The fault may be in the key of this object.
                self.before_key = before_key;
                return Err(match fault {
                    MemberFault::Value(fault) => fault,
                    MemberFault::Key(problem) => Fault { offset: self.key_offset(), problem },
                });
            }
            before_key = self.jiter.current_index();
            next = self.jiter.next_key().map(|key| key.map(own));
        }
        self.depth -= 1;
        Ok(())
    }

    /// Enters an array or object and returns the offset of its bracket.
    fn enter(&mut self, bracket: Peek, what: &'static str) -> Read<usize> {
        if self.peek()? != bracket {
            return self.expected(what);
        }
        let start = self.jiter.current_index();
        if self.depth == MAX_DEPTH {
            return Err(Fault { offset: start, problem: DocumentProblem::TooDeep });
        }
        self.depth += 1;
        Ok(start)
    }

    fn number(&mut self, peek: Peek) -> Read<Number> {
        let offset = self.jiter.current_index();
        let rest = self.text.get(offset..).unwrap_or_default();
        let unsigned = rest.strip_prefix('-').unwrap_or(rest);
        // Python writes these for floats that are not finite. They get a problem of their own, which says what to do.
        if unsigned.starts_with("NaN") || unsigned.starts_with("Infinity") {
            return Err(Fault { offset, problem: DocumentProblem::NotFinite });
        }
        if !peek.is_num() {
            return Err(Fault { offset, problem: DocumentProblem::Syntax("a value") });
        }
        self.jiter.next_number_bytes().map(|_| ()).map_err(|error| {
            let problem = syntax_fault(&error).problem;
            Fault { offset, problem }
        })?;
        let literal = self.text.get(offset..self.jiter.current_index()).unwrap_or_default();
        Number::from_literal(literal).map_err(|problem| Fault { offset, problem })
    }

    fn text_of_string(&mut self) -> Read<&str> {
        self.jiter.known_str().map_err(|error| syntax_fault(&error))
    }

    fn peek(&mut self) -> Read<Peek> {
        self.jiter.peek().map_err(|error| syntax_fault(&error))
    }

    /// Returns the fault of a value that is well-formed, but has another type than `what`.
    fn expected<T>(&mut self, what: &'static str) -> Read<T> {
        let offset = self.jiter.current_index();
        // A syntax error in the value is reported first: the fixed value may have the right type.
        self.value()?;
        Err(Fault { offset, problem: DocumentProblem::Expected(what) })
    }
}

/// A fault in a member of an object.
pub(crate) enum MemberFault {
    /// In its key.
    Key(DocumentProblem),
    /// In its value.
    Value(Fault),
}

impl From<DocumentProblem> for MemberFault {
    fn from(problem: DocumentProblem) -> Self {
        Self::Key(problem)
    }
}

impl From<Fault> for MemberFault {
    fn from(fault: Fault) -> Self {
        Self::Value(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_document_has_its_limit_and_no_byte_more() {
        let read = |length: usize| {
            let text = format!("{}null", " ".repeat(length - 4));
            read_small_document(text.as_bytes(), |_| false, |reader| reader.null().map(drop)).err()
        };
        assert_eq!(read(MAX_DOCUMENT), None);
        for length in [MAX_DOCUMENT + 1, MAX_DOCUMENT + 2] {
            assert_eq!(read(length).unwrap().problem(), &DocumentProblem::TooLarge);
        }
    }

    #[test]
    fn only_unusual_strings_are_copied() {
        let shared = ["a", "b"].map(str::to_owned);
        for (text, unusual) in [
            (r#"["a", "b"]"#, None),
            (r#"["a"]"#, Some(vec!["a"])),
            ("[]", Some(vec![])),
            (r#"["a", "c"]"#, Some(vec!["a", "c"])),
            (r#"["a", "b", "c"]"#, Some(vec!["a", "b", "c"])),
            (r#"["b", "b", "c"]"#, Some(vec!["b", "b", "c"])),
        ] {
            let read = read_document(
                text.as_bytes(),
                |_| false,
                |reader| reader.strings_unless_same(&shared),
            );
            let unusual = unusual.map(|texts| texts.into_iter().map(str::to_owned).collect());
            assert_eq!(read.unwrap(), unusual, "{text}");
        }
    }

    /// Returns the column and the problem of a document in which only the key `a` is known.
    fn fault(text: &str) -> (usize, DocumentProblem) {
        let error = read_document(
            text.as_bytes(),
            |_| false,
            |reader| {
                reader.object(
                    |key| (key == "a").then_some(()),
                    |reader, ()| reader.value().map(|_| ()),
                )
            },
        )
        .unwrap_err();
        assert_eq!(error.line(), 1);
        (error.column(), error.problem().clone())
    }

    #[test]
    fn each_fault_is_told_where_it_stands() {
        use DocumentProblem as P;
        for (text, column, problem) in [
            ("{\"a\": [1", 9, P::Syntax("more, but the text ends here")),
            ("{\"a\" 1}", 6, P::Syntax("a colon")),
            ("{\"a\": [1 2]}", 10, P::Syntax("a comma or ]")),
            ("{\"a\": {\"b\": 1 \"c\"}}", 15, P::Syntax("a comma or }")),
            ("{\"a\": \"\\q\"}", 9, P::Syntax("a valid JSON escape")),
            ("{\"a\": 01}", 7, P::Syntax("a number")),
            ("{\"a\": \"\u{1}\"}", 8, P::Syntax("an escape for this control character")),
            ("{\"a\": {b: 1}}", 8, P::Syntax("a key in double quotes")),
            ("{\"a\": \"\\ud800\"}", 14, P::LoneSurrogate),
            ("{\"a\": [1,]}", 10, P::Syntax("a value after the last comma")),
            ("{\"a\": 1} 2", 10, P::Syntax("the end of the document")),
            ("{\"a\": x}", 7, P::Syntax("a value")),
            ("{\"a\": NaN}", 7, P::NotFinite),
            ("{\"a\": -Infinity}", 7, P::NotFinite),
            ("{\"a\": 1, \"a\": 2}", 10, P::DuplicateKey),
            ("{\"b\": 1, \"b\": 2}", 10, P::DuplicateKey),
            ("{\"a\": {\"b\": 1, \"b\": 2}}", 16, P::DuplicateKey),
            ("[]", 1, P::Expected("an object")),
        ] {
            assert_eq!(fault(text), (column, problem), "{text}");
        }
    }

    #[test]
    fn a_number_has_its_limits() {
        let digits = |count: usize| format!("{{\"a\": {}}}", "9".repeat(count));
        assert_eq!(fault(&digits(4_301)).1, DocumentProblem::TooManyDigits);
        let is_read = |text: &str| {
            read_document(text.as_bytes(), |_| true, |reader| reader.value().map(|_| ())).is_ok()
        };
        assert!(is_read(&digits(4_300)));
        let negative = |count: usize| format!("{{\"a\": -{}}}", "9".repeat(count));
        assert_eq!(fault(&negative(4_301)).1, DocumentProblem::TooManyDigits);
        assert!(is_read(&negative(4_299)));
    }

    #[test]
    fn many_in_a_row_are_not_many_in_each_other() {
        let row = |item: &str| format!("{{\"b\": [{}1]}}", format!("{item},").repeat(300));
        for item in ["{}", "[]", "{\"c\": []}"] {
            let read = read_document(
                row(item).as_bytes(),
                |_| false,
                |reader| reader.object(|_| None::<()>, |_, ()| Ok(())),
            );
            assert!(read.is_ok(), "{item}");
        }
        let deep =
            |levels: usize| format!("{{\"a\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert_eq!(fault(&deep(127)).1, DocumentProblem::TooDeep);
        assert!(
            read_document(deep(126).as_bytes(), |_| true, |reader| reader.value().map(|_| ()))
                .is_ok()
        );
    }
}
