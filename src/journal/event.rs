//! One line of a journal.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::Notation;
use crate::response::{COMMENT, Hint};
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::Finding;
use crate::words::names::EVENT_VERSION;
use crate::words::{AcceptanceField, FIELDS, Lane, Problem, REASON, ResponseKey, ReviewerCheck};

/// What stands before the digest at the end of a line.
const SEAL: &str = ",\"digest\":\"";

/// One thing that happened to a surface: a line of its journal.
///
/// An event is a fact and no state: replay decides what follows from it.
///
/// ```
/// use acceptance_ledger::{Event, History, Lane};
///
/// fn last(history: &History) -> Option<Lane> {
///     history.log().events().last().map(Event::lane)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub(super) sequence: usize,
    pub(super) previous: Digest,
    pub(super) recorded_at: Time,
    pub(super) lane: Lane,
    pub(super) body: EventBody,
    pub(super) signer: Option<Signer>,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventBody {
    /// The owner answered.
    Response {
        /// The answer that was stored; `None` where nothing of it is kept.
        document: Option<DocumentName>,
        responded_at: Option<Time>,
        /// What the request said of the surface at intake, see [`Surface::digest`](crate::Surface::digest).
        surface: Digest,
        findings: Vec<Finding>,
        hints: Vec<Hint>,
    },
    /// A reviewer decided.
    Review { document: DocumentName },
}

impl Event {
    /// Its place in the journal, from 1.
    #[must_use]
    pub const fn sequence(&self) -> usize {
        self.sequence
    }

    /// When it was recorded.
    #[must_use]
    pub const fn recorded_at(&self) -> &Time {
        &self.recorded_at
    }

    /// The lane that triage found, or that the reviewer gave.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        self.lane
    }

    /// Whether a reviewer decided; otherwise the owner answered.
    #[must_use]
    pub const fn is_review(&self) -> bool {
        matches!(self.body, EventBody::Review { .. })
    }

    /// What triage found at intake.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.body {
            EventBody::Response { findings, .. } => findings,
            EventBody::Review { .. } => &[],
        }
    }

    /// What triage could not tell for sure at intake.
    #[must_use]
    pub fn hints(&self) -> &[Hint] {
        match &self.body {
            EventBody::Response { hints, .. } => hints,
            EventBody::Review { .. } => &[],
        }
    }

    /// When the owner answered, as the stored answer says.
    #[must_use]
    pub const fn responded_at(&self) -> Option<&Time> {
        match &self.body {
            EventBody::Response { responded_at, .. } => responded_at.as_ref(),
            EventBody::Review { .. } => None,
        }
    }

    /// Who signed the document, as intake or review verified it.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The document that the event names.
    #[must_use]
    pub fn document(&self) -> Option<DocumentName> {
        match &self.body {
            EventBody::Response { document, .. } => *document,
            EventBody::Review { document } => Some(*document),
        }
    }

    /// The line, without a line break.
    pub(super) fn to_line(&self) -> String {
        let line = EventLine::from(self);
        // A line of texts, numbers and lists always has a JSON text.
        let open = serde_json::to_string(&line).unwrap_or_default();
        let open = open.strip_suffix('}').unwrap_or(&open);
        format!("{open}{SEAL}{}\"}}", Digest::of(open.as_bytes()))
    }

    /// Reads a line that [`Event::to_line`] wrote.
    ///
    /// # Errors
    ///
    /// What is wrong with it; nothing of the line is repeated.
    pub(super) fn read_line(line: &str) -> Result<Self, &'static str> {
        let (open, seal) = line.rsplit_once(SEAL).ok_or("it ends in no digest of its own")?;
        if seal != format!("{}\"}}", Digest::of(open.as_bytes())) {
            return Err("the digest at its end is not its own");
        }
        let read: EventLine = serde_json::from_str(&format!("{open}}}"))
            .map_err(|_| "it is no event of this release")?;
        let event = Self::try_from(read)?;
        if event.to_line() == line { Ok(event) } else { Err("it is not written as events are") }
    }
}

/// The line as JSON, with its keys in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    schema_version: String,
    sequence: usize,
    previous: String,
    event: Name,
    recorded_at: String,
    lane: Lane,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// `yaml`; a document in JSON has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    notation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<FindingLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hints: Option<Vec<HintLine>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<SignerLine>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    ResponseReceived,
    ReviewRecorded,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingLine {
    problem: Problem,
    check: ReviewerCheck,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
    /// Whether `not_applicable:` would have been an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    excusable: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HintLine {
    check: ReviewerCheck,
    field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignerLine {
    key: String,
    principal: String,
    role: SignerRole,
}

impl From<&Event> for EventLine {
    fn from(event: &Event) -> Self {
        let (name, responded_at, surface, findings, hints) = match &event.body {
            EventBody::Response { responded_at, surface, findings, hints, .. } => (
                Name::ResponseReceived,
                responded_at.as_ref().map(Time::to_string),
                Some(surface.to_string()),
                Some(findings.iter().map(FindingLine::from).collect()),
                (!hints.is_empty()).then(|| hints.iter().map(HintLine::from).collect()),
            ),
            EventBody::Review { .. } => (Name::ReviewRecorded, None, None, None, None),
        };
        Self {
            schema_version: EVENT_VERSION.to_owned(),
            sequence: event.sequence,
            previous: event.previous.to_string(),
            event: name,
            recorded_at: event.recorded_at.to_string(),
            lane: event.lane,
            document: event.document().map(|name| name.digest.to_string()),
            notation: event
                .document()
                .filter(|name| name.notation == Notation::Yaml)
                .map(|name| name.notation.extension().to_owned()),
            responded_at,
            surface,
            findings,
            hints,
            signer: event.signer.as_ref().map(|signer| SignerLine {
                principal: signer.principal().to_owned(),
                key: signer.key().to_owned(),
                role: signer.role(),
            }),
        }
    }
}

impl From<&Finding> for FindingLine {
    fn from(finding: &Finding) -> Self {
        let Range { start, end } = finding.characters().unwrap_or_default();
        let has_range = finding.characters().is_some();
        Self {
            problem: finding.problem(),
            check: finding.check(),
            field: recorded_field(finding).to_owned(),
            start: has_range.then_some(start),
            end: has_range.then_some(end),
            excusable: finding.is_excusable(),
        }
    }
}

impl From<&Hint> for HintLine {
    fn from(hint: &Hint) -> Self {
        let range = hint.characters();
        Self {
            check: hint.check(),
            field: hint.field().to_owned(),
            start: range.as_ref().map(|range| range.start),
            end: range.map(|range| range.end),
        }
    }
}

/// The field of a finding as an event names it: those that an answer has or that stand for their position. What
/// else a request may ask for, the journal does not repeat.
fn recorded_field(finding: &Finding) -> &str {
    if is_known_field(finding.field()) { finding.field() } else { "" }
}

fn is_known_field(field: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut steps = field.strip_prefix('/').unwrap_or_default().split('/');
    let is_known = |name: &str| {
        let is_position = name.strip_prefix('#').is_some_and(is_number);
        ResponseKey::parse(name).is_some() || is_position || name == COMMENT
    };
    let is_step = |name: &str| {
        is_number(name)
            || [REASON, FIELDS].contains(&name)
            || AcceptanceField::is_step_of_an_answer(name)
    };
    field.is_empty() || (steps.next().is_some_and(is_known) && steps.all(is_step))
}

/// Whether an event would say the same of both findings.
pub(super) fn is_recorded_as(finding: &Finding, recorded: &Finding) -> bool {
    finding.problem() == recorded.problem()
        && finding.check() == recorded.check()
        && finding.characters() == recorded.characters()
        && recorded_field(finding) == recorded_field(recorded)
}

impl TryFrom<EventLine> for Event {
    type Error = &'static str;

    fn try_from(line: EventLine) -> Result<Self, &'static str> {
        const NO_DIGEST: &str = "a digest in it is invalid";
        const NO_TIME: &str = "a time in it is invalid";
        if line.schema_version != EVENT_VERSION {
            return Err("it is of another version than this release reads");
        }
        let digest = line.document.map(|text| text.parse()).transpose().map_err(|_| NO_DIGEST)?;
        let notation = match (line.notation.as_deref(), digest) {
            (None, _) => Notation::Json,
            (Some("yaml"), Some(_)) => Notation::Yaml,
            _ => return Err("its notation is not one of a document"),
        };
        let is_review = line.event == Name::ReviewRecorded;
        let document = digest.map(|digest| DocumentName { digest, is_review, notation });
        let body = match (line.event, document, line.findings, line.surface) {
            (Name::ResponseReceived, document, Some(findings), Some(surface)) => {
                let in_utc = |text: String| {
                    text.parse().ok().filter(|time: &Time| time.in_utc() == *time).ok_or(NO_TIME)
                };
                let responded_at = line.responded_at.map(in_utc);
                EventBody::Response {
                    document,
                    responded_at: responded_at.transpose()?,
                    surface: surface.parse().map_err(|_| NO_DIGEST)?,
                    findings: findings
                        .into_iter()
                        .map(Finding::try_from)
                        .collect::<Result<_, _>>()?,
                    hints: line
                        .hints
                        .unwrap_or_default()
                        .into_iter()
                        .map(Hint::try_from)
                        .collect::<Result<_, _>>()?,
                }
            }
            // What else such a line has, it is not written with again.
            (Name::ReviewRecorded, Some(document), None, None) => EventBody::Review { document },
            _ => return Err("it has a key too many or too few"),
        };
        let signer = line.signer.map(|line| Signer::verified(line.principal, line.key, line.role));
        let is_owner = |signer: &Signer| signer.role() == SignerRole::Owner;
        // Who signs a record is the record's to check.
        let is_answer = matches!(body, EventBody::Response { .. });
        if is_answer && !signer.as_ref().is_none_or(is_owner) {
            return Err("its signer is no owner");
        }
        Ok(Self {
            sequence: line.sequence,
            previous: line.previous.parse().map_err(|_| NO_DIGEST)?,
            recorded_at: line.recorded_at.parse().map_err(|_| NO_TIME)?,
            lane: line.lane,
            body,
            signer,
        })
    }
}

impl TryFrom<FindingLine> for Finding {
    type Error = &'static str;

    fn try_from(line: FindingLine) -> Result<Self, &'static str> {
        let FindingLine { problem, check, field, start, end, excusable } = line;
        let of_field = ReviewerCheck::ALL
            .iter()
            .map(|check| Some(*check))
            .chain([None])
            .find(|of_field| problem.check(*of_field) == check)
            .ok_or("a finding in it counts against another check than its problem's")?;
        if !is_known_field(&field) {
            return Err("a field in it is none that an answer has");
        }
        let characters = range(start, end)?;
        Ok(Self::new(problem, of_field, field, characters).excusable(excusable))
    }
}

fn range(start: Option<usize>, end: Option<usize>) -> Result<Option<Range<usize>>, &'static str> {
    match (start, end) {
        (Some(start), Some(end)) if start <= end => Ok(Some(start..end)),
        (None, None) => Ok(None),
        _ => Err("a range in it is invalid"),
    }
}

impl TryFrom<HintLine> for Hint {
    type Error = &'static str;

    fn try_from(line: HintLine) -> Result<Self, &'static str> {
        let HintLine { check, field, start, end } = line;
        if !is_known_field(&field) {
            return Err("a field in it is not one that an answer has");
        }
        Ok(Self { check, field, characters: range(start, end)? })
    }
}

/// The name of a document in a journal: the digest of its bytes, and what it is.
///
/// ```
/// use acceptance_ledger::DocumentName;
///
/// let name = DocumentName::response(b"{}");
/// assert!(name.to_string().ends_with(".response.json"));
/// assert_eq!(DocumentName::parse(&name.to_string()), Some(name));
/// assert!(DocumentName::review(b"outcome: accept").to_string().ends_with(".review.yaml"));
/// assert_eq!(DocumentName::parse("events.jsonl"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName {
    digest: Digest,
    is_review: bool,
    notation: Notation,
}

const RESPONSE: &str = ".response";
const REVIEW: &str = ".review";

impl DocumentName {
    /// The name of an owner response of these bytes.
    #[must_use]
    pub fn response(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), is_review: false, notation: Notation::of(bytes) }
    }

    /// The name of a reviewer record of these bytes.
    #[must_use]
    pub fn review(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), is_review: true, notation: Notation::of(bytes) }
    }

    /// The name of a document whose digest is known.
    pub(super) const fn known(digest: Digest, is_review: bool, notation: Notation) -> Self {
        Self { digest, is_review, notation }
    }

    /// Reads a file name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.')?;
        let notation = [Notation::Json, Notation::Yaml]
            .into_iter()
            .find(|notation| notation.extension() == extension)?;
        let (hex, is_review) = match stem.strip_suffix(RESPONSE) {
            Some(hex) => (hex, false),
            None => (stem.strip_suffix(REVIEW)?, true),
        };
        Digest::from_hex(hex).map(|digest| Self { digest, is_review, notation })
    }

    /// Whether these are the document's bytes.
    pub(super) fn is_of(self, bytes: &[u8]) -> bool {
        Digest::of(bytes) == self.digest && Notation::of(bytes) == self.notation
    }

    /// The digest of the document's bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it is a reviewer record; otherwise it is an owner response.
    #[must_use]
    pub const fn is_review(&self) -> bool {
        self.is_review
    }
}

impl fmt::Display for DocumentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_review { REVIEW } else { RESPONSE };
        write!(f, "{}{what}.{}", self.digest.hex(), self.notation.extension())
    }
}
