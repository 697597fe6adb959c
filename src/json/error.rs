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
/// assert_eq!(error.problem().to_string(), "this key stands twice in its object");
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

    /// The first of some faults, with those behind it.
    pub(super) fn with_rest(self, rest: Vec<Self>, unlisted: usize) -> Self {
        Self { rest, unlisted, ..self }
    }

    /// The faults behind this one, as far as the document could be read on. One run shows all that has to be mended.
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

    /// How many more faults there are than the hundred that are told.
    #[must_use]
    pub const fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.place.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> usize {
        self.place.column
    }

    /// The JSON path, as in `$.request_drafts[3].label`. A key that the format does not know is
    /// shown by its position among its siblings, as in `$.#2`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.place.path
    }

    /// What is wrong.
    #[must_use]
    pub const fn problem(&self) -> &DocumentProblem {
        &self.problem
    }

    /// What to do next.
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
    /// The bytes are no UTF-8.
    #[error("this is not UTF-8")]
    NotUtf8,
    /// The document begins with a byte order mark.
    #[error("the file begins with a byte order mark")]
    ByteOrderMark,
    /// The text is no JSON: what was expected here.
    #[error("this is not JSON: expected {0}")]
    Syntax(&'static str),
    /// The text is not YAML: what was expected here.
    #[error("this is not YAML: expected {0}")]
    YamlSyntax(&'static str),
    /// An anchor, an alias, a tag or a merge key.
    #[error("anchors, aliases, tags, merge keys and directives of YAML are not read")]
    YamlFeature,
    /// A second document behind `---`.
    #[error("a second YAML document begins here")]
    SecondDocument,
    /// A tab outside of a text.
    #[error("a tab stands here")]
    Tab,
    /// A space that is not the one of ASCII, such as a full-width or a no-break space.
    #[error("a space that is not an ASCII space stands here")]
    OddSpace,
    /// A value directly behind the colon of its key.
    #[error("a space is missing behind the colon of this key")]
    NoSpaceBehindColon,
    /// The colon of Chinese text behind a key.
    #[error("a full-width colon stands behind this key")]
    FullWidthColon,
    /// A `#` behind a value: whether it is text or a comment is a guess.
    #[error("a # stands behind a value")]
    CommentBehindValue,
    /// A colon and a space inside a value.
    #[error("a colon and a space stand inside a value")]
    ColonInText,
    /// A value that begins with a sign of YAML.
    #[error("a value cannot begin with this sign, or its quote or bracket is not closed")]
    NeedsQuotes,
    /// `NaN`, `Infinity` or `-Infinity`.
    #[error("NaN and Infinity are not JSON numbers")]
    NotFinite,
    /// A float that is larger than a double can be.
    #[error("this number is too large for a 64-bit float")]
    FloatOverflow,
    /// An integer of more than 4,300 digits.
    #[error("this integer has more than 4300 digits")]
    TooManyDigits,
    /// More arrays and objects in each other than a document may have.
    #[error("arrays and objects are nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// Half of a surrogate pair: no character.
    #[error("this string has a lone surrogate, which is no character")]
    LoneSurrogate,
    /// A key that the object has already.
    #[error("this key stands twice in its object")]
    DuplicateKey,
    /// A key that has to be there.
    #[error("the key {0:?} is missing")]
    MissingKey(String),
    /// A key that this format does not have.
    #[error("this format does not have this key")]
    UnknownKey,
    /// A value of another type.
    #[error("expected {0} here")]
    Expected(&'static str),
    /// Another version of a document than this crate reads: the one that it does.
    #[error("this is not schema version {0:?}, the one that this release reads")]
    WrongVersion(&'static str),
    /// More bytes than a document that somebody writes by hand may have.
    #[error("the document has more than {} KiB", MAX_DOCUMENT / 1024)]
    TooLarge,
    /// An empty id.
    #[error("an id is empty")]
    EmptyId,
    /// A second draft for the surface that the draft with this index asks about.
    #[error("this draft asks about the same surface as $.request_drafts[{0}]")]
    DuplicateSurface(usize),
    /// Something other than `false` for a gate, boundary or never-flag.
    #[error("{0:?} is false for ever, and something else stands here")]
    NotShut(&'static str),
    /// Something other than the one value that the ledger has here.
    #[error("this is not what the ledger has here")]
    NotTheConstant,
    /// Flags that no state of a candidate shows together.
    #[error("no state of a candidate shows this lane with these flags and answers")]
    ImpossibleCandidate,
    /// A second candidate for one surface.
    #[error("this surface has a candidate already")]
    SecondCandidate,
    /// A count that the candidates do not bear out.
    #[error("the candidates show another count")]
    CountMismatch,
}

impl DocumentProblem {
    /// What to do next.
    #[must_use]
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::NotUtf8 => "save the file as UTF-8",
            Self::ByteOrderMark => "save the file as UTF-8 without a byte order mark",
            Self::Syntax(_) => {
                "correct the JSON here, or write the file again with the tool that made it"
            }
            Self::YamlSyntax(_) => {
                "write each key on a line of its own, indented as in the template, with a colon and a space behind it; indent a text of several lines below \"|\""
            }
            Self::YamlFeature => {
                "write the value itself; a text that begins with * & ! or % goes in 'single quotes'"
            }
            Self::SecondDocument => "write one document a file",
            Self::Tab => "write spaces instead of the tab",
            Self::OddSpace => "write an ASCII space",
            Self::NoSpaceBehindColon => "write a space behind the colon",
            Self::FullWidthColon => "write an ASCII colon and a space behind the key",
            Self::CommentBehindValue => {
                "put the text in 'single quotes' or on the next line below \"|\"; a comment goes on a line of its own"
            }
            Self::ColonInText => "put the text in 'single quotes' or on the next line below \"|\"",
            Self::NeedsQuotes => "put the text in 'single quotes', or close the quote or bracket",
            Self::NotFinite => "write null, or a finite number",
            Self::FloatOverflow => "write a smaller number, or the digits as a string",
            Self::TooManyDigits => "write the digits as a string",
            Self::TooDeep => "flatten the value",
            Self::LoneSurrogate => "write the whole character",
            Self::DuplicateKey | Self::DuplicateSurface(_) => "keep one of the two",
            Self::MissingKey(_) => "add the key",
            Self::UnknownKey => "remove the key",
            Self::Expected(_) => "write what is expected here",
            Self::WrongVersion(_) => {
                "take the template of this release, or a release that reads this version"
            }
            Self::TooLarge => "point to evidence instead of pasting it",
            Self::EmptyId => "give the id of the surface or of its request",
            Self::NotShut(_) => "write false: nothing in a ledger opens a gate",
            Self::NotTheConstant
            | Self::CountMismatch
            | Self::ImpossibleCandidate
            | Self::SecondCandidate => "write the ledger again from its inputs",
        }
    }
}
