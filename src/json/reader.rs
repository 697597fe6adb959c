use std::collections::{BTreeMap, BTreeSet};

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::limits::{MAX_DEPTH, MAX_DOCUMENT, MAX_FAULTS};
use super::{DocumentError, DocumentProblem, Json, Number};

/// What is wrong, and the offset of the byte where it is.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) offset: usize,
    pub(crate) problem: DocumentProblem,
}

pub(crate) type Read<T> = Result<T, Fault>;

/// Reads a whole document from its bytes. In a path, only keys that are `known` are named.
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
    let mut reader = Reader {
        text,
        jiter: Jiter::new(bytes),
        depth: 0,
        before_key: 0,
        noted: Vec::new(),
        unlisted: 0,
    };
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

/// As [`read_document`], for a document that somebody writes by hand: one that is too large is not looked at.
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

/// Reads one JSON text from its beginning to its end, and is strict about it: no key twice, no
/// lone surrogate, no number that Python would not print.
#[derive(Debug)]
pub(crate) struct Reader<'t> {
    text: &'t str,
    jiter: Jiter<'t>,
    depth: usize,
    /// Where the text between the last value and the key that was read begins.
    before_key: usize,
    /// Faults behind which the document could be read on.
    noted: Vec<Fault>,
    /// How many more of them there are.
    unlisted: usize,
}

/// A key of an object: one that the caller tells apart, or another.
enum Key<K> {
    Known(K),
    Other(String),
}

impl Reader<'_> {
    /// Notes a fault that is only in a value: what follows can be read all the same.
    pub(crate) fn or_note<T>(&mut self, read: Read<T>) -> Read<Option<T>> {
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

    /// Notes a fault behind which reading goes on.
    pub(crate) fn note(&mut self, fault: Fault) {
        if self.noted.len() < MAX_FAULTS {
            self.noted.push(fault);
        } else {
            self.unlisted += 1;
        }
    }

    /// Where the value that comes next begins.
    pub(crate) fn offset(&mut self) -> Read<usize> {
        self.peek().map(|_| self.jiter.current_index())
    }

    /// Where the key stands whose value comes next.
    pub(crate) fn key_offset(&self) -> usize {
        let rest = self.text.get(self.before_key..).unwrap_or_default();
        self.before_key + rest.find('"').unwrap_or(0)
    }

    /// Reads an object whose keys `parse_key` tells apart; `member` reads the value of a known key.
    /// The value of any other key is checked and passed over.
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

    /// Reads an object whose keys may be any; `member` reads the value of each.
    pub(crate) fn each_member(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), MemberFault>,
    ) -> Read<()> {
        self.members(
            |_| None::<()>,
            |reader, key| match key {
                Key::Other(name) => member(reader, name),
                Key::Known(()) => Ok(()),
            },
        )
    }

    /// Reads an object that has exactly these keys; `member` reads the value of each.
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

    /// Reads an array; `item` reads the value at each index.
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

    fn str(&mut self) -> Read<&str> {
        match self.peek()? {
            Peek::String => self.text_of_string(),
            _ => self.expected("a string"),
        }
    }

    /// Whether an object comes next.
    pub(crate) fn is_at_object(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::Object)
    }

    fn is_at_string(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::String)
    }

    /// Whether an array comes next.
    pub(crate) fn is_at_array(&mut self) -> Read<bool> {
        Ok(self.peek()? == Peek::Array)
    }

    /// Reads `null`, if it is what comes next.
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

    /// Reads an array of strings; `None` where they are the `shared` ones, of which no copy is made.
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

    /// Reads any value and keeps it.
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

    /// Checks any value and forgets it.
    fn skip_value(&mut self) -> Read<()> {
        match self.peek()? {
            Peek::String => self.text_of_string().map(|_| ()),
            Peek::Array => self.array(|reader, _| reader.skip_value()),
            Peek::Object => self.object(|_| None::<()>, |_, ()| Ok(())),
            _ => self.value().map(|_| ()),
        }
    }

    /// Checks that nothing but white space follows.
    fn finish(&mut self) -> Read<()> {
        self.jiter.finish().map_err(|error| syntax_fault(&error))
    }

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

    /// Steps into an array or object and gives the offset of its bracket.
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
        if unsigned.starts_with("NaN") || unsigned.starts_with("Infinity") {
            return Err(Fault { offset, problem: DocumentProblem::NotFinite });
        }
        if !peek.is_num() {
            return Err(Fault { offset, problem: DocumentProblem::Syntax("a value") });
        }
        self.jiter.known_number_bytes(peek).map(|_| ()).map_err(|error| {
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

    /// The fault of a value that is well-formed so far, but of another type than the format has.
    fn expected<T>(&mut self, what: &'static str) -> Read<T> {
        let offset = self.jiter.current_index();
        // A broken value is reported as such: it may have the right type once it is mended.
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

fn syntax_fault(error: &JiterError) -> Fault {
    let problem = match &error.error_type {
        JiterErrorType::JsonError(error) => match error {
            JsonErrorType::EofWhileParsingList
            | JsonErrorType::EofWhileParsingObject
            | JsonErrorType::EofWhileParsingString
            | JsonErrorType::EofWhileParsingValue => {
                DocumentProblem::Syntax("more, but the text ends here")
            }
            JsonErrorType::ExpectedColon => DocumentProblem::Syntax("a colon"),
            JsonErrorType::ExpectedListCommaOrEnd => DocumentProblem::Syntax("a comma or ]"),
            JsonErrorType::ExpectedObjectCommaOrEnd => DocumentProblem::Syntax("a comma or }"),
            JsonErrorType::InvalidEscape => DocumentProblem::Syntax("an escape that JSON has"),
            JsonErrorType::InvalidNumber => DocumentProblem::Syntax("a number"),
            JsonErrorType::NumberOutOfRange => DocumentProblem::TooManyDigits,
            JsonErrorType::ControlCharacterWhileParsingString => {
                DocumentProblem::Syntax("an escape for this control character")
            }
            JsonErrorType::KeyMustBeAString => DocumentProblem::Syntax("a key in double quotes"),
            JsonErrorType::LoneLeadingSurrogateInHexEscape
            | JsonErrorType::UnexpectedEndOfHexEscape => DocumentProblem::LoneSurrogate,
            JsonErrorType::TrailingComma => {
                DocumentProblem::Syntax("no comma after the last value")
            }
            JsonErrorType::TrailingCharacters => DocumentProblem::Syntax("the end of the document"),
            _ => DocumentProblem::Syntax("a value"),
        },
        JiterErrorType::WrongType { .. } => DocumentProblem::Syntax("a value"),
    };
    Fault { offset: error.index, problem }
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

    /// The place and the kind of the fault in a document of which `a` is known.
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
            ("{\"a\": \"\\q\"}", 9, P::Syntax("an escape that JSON has")),
            ("{\"a\": 01}", 7, P::Syntax("a number")),
            ("{\"a\": \"\u{1}\"}", 8, P::Syntax("an escape for this control character")),
            ("{\"a\": {b: 1}}", 8, P::Syntax("a key in double quotes")),
            ("{\"a\": \"\\ud800\"}", 14, P::LoneSurrogate),
            ("{\"a\": [1,]}", 10, P::Syntax("no comma after the last value")),
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
