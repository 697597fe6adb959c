//! The errors of a JSON or YAML document: their messages, next steps and places.

use super::limits::{MAX_DEPTH, MAX_DOCUMENT};
use super::place::Place;

/// What is wrong with a document in JSON or YAML, where, and what to do next.
///
/// A message never repeats text of the document: it may be a secret in the wrong place.
///
/// ```
/// use acceptance_ledger::OwnerRequests;
///
/// let error = OwnerRequests::parse(b"{\"request_drafts\": [],\n \"request_drafts\": []}").unwrap_err();
/// assert_eq!((error.line(), error.column(), error.path()), (2, 2, "$.request_drafts"));
/// assert_eq!(error.problem().to_string(), "duplicate key");
/// assert_eq!(error.next_step(), "keep one of the two");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {}: {problem}; {}", self.line(), self.column(), self.path(), self.next_step())]
pub struct DocumentError {
    place: Box<Place>,
    problem: DocumentProblem,
    rest: Vec<Self>,
    unlisted: usize,
}

impl DocumentError {
    pub(super) fn new(
        text: &str,
        offset: usize,
        known: impl Fn(&str) -> bool,
        problem: DocumentProblem,
    ) -> Self {
        let place = Box::new(Place::find(text, offset, known));
        Self { place, problem, rest: Vec::new(), unlisted: 0 }
    }

    /// The error at a place that is known already.
    pub(crate) fn at(line: usize, column: usize, path: String, problem: DocumentProblem) -> Self {
        let place = Box::new(Place { line, column, path });
        Self { place, problem, rest: Vec::new(), unlisted: 0 }
    }

    /// The first fault of a document, with the faults after it.
    pub(super) fn with_rest(self, rest: Vec<Self>, unlisted: usize) -> Self {
        Self { rest, unlisted, ..self }
    }

    /// Returns the faults after this one, up to the point where the document could not be read further. So one run
    /// shows everything that must be fixed.
    ///
    /// ```
    /// use acceptance_ledger::OwnerRequests;
    ///
    /// let error = OwnerRequests::parse(br#"{"required_owner_fields": [1, 2], "summary": 3}"#).unwrap_err();
    /// assert_eq!(error.path(), "$.required_owner_fields[0]");
    /// let paths: Vec<_> = error.rest().iter().map(|error| error.path()).collect();
    /// assert_eq!(paths, ["$.required_owner_fields[1]", "$.summary"]);
    /// ```
    #[must_use]
    pub fn rest(&self) -> &[Self] {
        &self.rest
    }

    /// Returns the number of faults beyond the hundred that are reported.
    #[must_use]
    pub const fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Returns the line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// Returns the column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// Returns the JSON path, as in `$.request_drafts[3].label`. An unknown key may be a secret in the wrong place, so
    /// it is shown by its position in its object, as in `$.#2`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.place.path
    }

    /// Returns what is wrong.
    #[must_use]
    pub const fn problem(&self) -> &DocumentProblem {
        &self.problem
    }

    /// Returns what to do next.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        self.problem.next_step()
    }
}

/// What can be wrong with a document in JSON or YAML.
///
/// ```
/// use acceptance_ledger::{DocumentProblem, OwnerRequests};
///
/// let error = OwnerRequests::parse(b"[]").unwrap_err();
/// assert_eq!(*error.problem(), DocumentProblem::Expected("an object"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentProblem {
    /// The bytes are not UTF-8.
    #[error("this is not UTF-8")]
    NotUtf8,
    /// The document begins with a byte order mark.
    #[error("the file begins with a byte order mark")]
    ByteOrderMark,
    /// The text is not JSON. The field says what was expected here.
    #[error("this is not JSON: expected {0}")]
    Syntax(&'static str),
    /// The text is not YAML. The field says what was expected here.
    #[error("this is not YAML: expected {0}")]
    YamlSyntax(&'static str),
    /// An anchor, an alias, a tag, a merge key or a directive.
    #[error("YAML anchors, aliases, tags, merge keys and directives are not supported")]
    YamlFeature,
    /// A second document after `---`.
    #[error("a second YAML document begins here")]
    SecondDocument,
    /// A tab outside a text.
    #[error("unexpected tab")]
    Tab,
    /// A space that is not the ASCII space, such as a full-width or a no-break space.
    #[error("this space is not an ASCII space")]
    OddSpace,
    /// A value directly after the colon of its key.
    #[error("missing space after the colon of this key")]
    NoSpaceAfterColon,
    /// A full-width colon, as in Chinese text, after a key.
    #[error("unexpected full-width colon after this key")]
    FullWidthColon,
    /// A `#` after a value. It may be text or a comment, and the reader does not guess.
    #[error("unexpected # after a value")]
    CommentAfterValue,
    /// A colon and a space inside a value.
    #[error("unexpected colon and space inside a value")]
    ColonInText,
    /// A value that begins with a character that has a meaning in YAML.
    #[error("a value cannot begin with this character, or its quote or bracket is not closed")]
    NeedsQuotes,
    /// `NaN`, `Infinity` or `-Infinity`.
    #[error("NaN and Infinity are not JSON numbers")]
    NotFinite,
    /// A float that is too large for a 64-bit float.
    #[error("this number is too large for a 64-bit float")]
    FloatOverflow,
    /// An integer of more than 4,300 digits.
    #[error("this integer has more than 4300 digits")]
    TooManyDigits,
    /// Arrays and objects that are nested deeper than the limit.
    #[error("arrays and objects are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// Half of a surrogate pair, which is not a character.
    #[error("this string has half of a surrogate pair, which is not a character")]
    LoneSurrogate,
    /// A key that its object already has.
    #[error("duplicate key")]
    DuplicateKey,
    /// A required key that is missing.
    #[error("the key {0:?} is missing")]
    MissingKey(String),
    /// A key that this format does not have.
    #[error("unknown key")]
    UnknownKey,
    /// A value of the wrong type. The field says what was expected.
    #[error("expected {0} here")]
    Expected(&'static str),
    /// A document of another schema version. The field is the version that this release reads.
    #[error("expected schema version {0:?}; this release accepts no other version")]
    WrongVersion(&'static str),
    /// More bytes than the limit for a document that a person writes.
    #[error("the document has more than {} KiB", MAX_DOCUMENT / 1024)]
    TooLarge,
    /// An empty id.
    #[error("an id is empty")]
    EmptyId,
    /// A second draft for one surface. The field is the index of the first draft.
    #[error("this draft asks about the same surface as $.request_drafts[{0}]")]
    DuplicateSurface(usize),
    /// A value other than `false` for a gate, boundary or never-flag. The field is its name.
    #[error("{0:?} must be false")]
    MustBeFalse(&'static str),
    /// A value that differs from the constant that every ledger has here.
    #[error("this value must be the same in every ledger, but here it is different")]
    WrongConstant,
    /// A combination of lane, flags and answers that no state of a candidate has.
    #[error("a candidate cannot have this lane together with these flags and answers")]
    ImpossibleCandidate,
    /// A second candidate for one surface.
    #[error("duplicate candidate for this surface")]
    DuplicateCandidate,
    /// A count that does not match the candidates.
    #[error("this count does not match the candidates")]
    CountMismatch,
}

impl DocumentProblem {
    /// Returns what to do next.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "save the file as UTF-8",
            Self::ByteOrderMark => "save the file as UTF-8 without a byte order mark",
            Self::Syntax(_) => {
                "correct the JSON at this place, or make the file again with the tool that wrote it"
            }
            Self::YamlSyntax(_) => {
                "write each key on a line of its own, indented as in the template, with a colon and a space after it; indent a text of several lines below \"|\""
            }
            Self::YamlFeature => {
                "write the value itself; put a text that begins with * & ! or % in 'single quotes'"
            }
            Self::SecondDocument => "write one document per file",
            Self::Tab => "write spaces instead of the tab",
            Self::OddSpace => "write an ASCII space",
            Self::NoSpaceAfterColon => "write a space after the colon",
            Self::FullWidthColon => "write an ASCII colon and a space after the key",
            Self::CommentAfterValue => {
                "put the text in 'single quotes' or on the next line below \"|\"; put a comment on its own line"
            }
            Self::ColonInText => "put the text in 'single quotes' or on the next line below \"|\"",
            Self::NeedsQuotes => "put the text in 'single quotes', or close the quote or bracket",
            Self::NotFinite => "write null, or a finite number",
            Self::FloatOverflow => "write a smaller number, or the digits as a string",
            Self::TooManyDigits => "write the digits as a string",
            Self::TooDeep => "use fewer levels of arrays and objects",
            Self::LoneSurrogate => {
                "write both halves of the surrogate pair, or the character itself"
            }
            Self::DuplicateKey | Self::DuplicateSurface(_) => "keep one of the two",
            Self::MissingKey(_) => "add the key",
            Self::UnknownKey => "remove the key",
            Self::Expected(_) => "replace this value with the expected one",
            Self::WrongVersion(_) => {
                "write the document again with the template of this release, or use a release that accepts this version"
            }
            Self::TooLarge => "give a ref to the evidence; do not paste the evidence",
            Self::EmptyId => "give the id of the surface or of its request",
            Self::MustBeFalse(_) => "write false: nothing in a ledger opens a gate",
            Self::WrongConstant
            | Self::CountMismatch
            | Self::ImpossibleCandidate
            | Self::DuplicateCandidate => "generate the ledger again from its inputs",
        }
    }
}
