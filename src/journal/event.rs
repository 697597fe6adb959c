//! An event: one line of a journal, and its format.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::document::Notation;
use crate::original::Original;
use crate::response::{COMMENT, Hint};
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::Finding;
use crate::words::EventName;
use crate::words::names::EVENT_VERSION;
use crate::words::{AcceptanceField, FIELDS, Lane, Problem, REASON, ResponseKey, ReviewerCheck};

/// The text before the digest at the end of a line.
const SEAL: &str = ",\"digest\":\"";

/// One event of a surface: a line of its journal.
///
/// An event says what happened. It does not say what state the candidate is in: replay decides that.
///
/// ```
/// use acceptance_ledger::{Dossier, History, Lane, OwnerRequests, ResponseDocument, Surfaces};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let answer = format!(
///     "schema_version: monitoring_owner_response_v1\nnot_approval: true\nresponded_at: 2026-01-02T08:00:00Z
/// acceptance_candidate_id: {}\n",
///     surface.candidate_id()
/// );
/// let response = ResponseDocument::parse(answer.as_bytes())?;
/// let mut dossier = Dossier::default();
/// let history = History::replay(surface.clone(), &surfaces, &dossier)?;
/// let step = history.receive(&response, "2026-01-02T09:00:00Z".parse()?)?;
/// dossier.store(&step);
/// let history = History::replay(surface, &surfaces, &dossier)?;
/// let event = &history.log().events()[0];
/// assert_eq!((event.sequence(), event.lane()), (1, Lane::NoFalseGreenSupplementRequired));
/// assert!(!event.is_review());
/// # Ok::<(), Box<dyn std::error::Error>>(())
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

/// The part of an event that depends on its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum EventBody {
    /// The owner answered.
    Response {
        /// The answer that was stored. `None` if triage quarantined or rejected it: then nothing of it is kept.
        document: Option<DocumentName>,
        responded_at: Option<Time>,
        /// The digest of what the request said about the surface at intake; see
        /// [`Surface::digest`](crate::Surface::digest).
        surface: Digest,
        findings: Vec<Finding>,
        hints: Vec<Hint>,
    },
    /// A reviewer decided.
    Review { document: DocumentName },
}

impl Event {
    /// The line of the event in the journal, from 1.
    #[must_use]
    pub const fn sequence(&self) -> usize {
        self.sequence
    }

    /// When the event was recorded.
    #[must_use]
    pub const fn recorded_at(&self) -> &Time {
        &self.recorded_at
    }

    /// The lane that triage found, or the outcome that the reviewer gave.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        self.lane
    }

    /// Returns the name of the event, as the journal writes it.
    pub(crate) const fn name(&self) -> EventName {
        match self.body {
            EventBody::Response { .. } => EventName::ResponseReceived,
            EventBody::Review { .. } => EventName::ReviewRecorded,
        }
    }

    /// Whether a reviewer decided. If not, the owner answered.
    #[must_use]
    pub const fn is_review(&self) -> bool {
        matches!(self.body, EventBody::Review { .. })
    }

    /// The findings of triage at intake. A review has none.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.body {
            EventBody::Response { findings, .. } => findings,
            EventBody::Review { .. } => &[],
        }
    }

    /// The hints of triage at intake: places where triage was not sure. A review has none.
    #[must_use]
    pub fn hints(&self) -> &[Hint] {
        match &self.body {
            EventBody::Response { hints, .. } => hints,
            EventBody::Review { .. } => &[],
        }
    }

    /// When the owner answered, in UTC, as the stored answer says. `None` for a review, or if the answer is not stored.
    #[must_use]
    pub const fn responded_at(&self) -> Option<&Time> {
        match &self.body {
            EventBody::Response { responded_at, .. } => responded_at.as_ref(),
            EventBody::Review { .. } => None,
        }
    }

    /// Who signed the document. `intake` or `review` verified the signature.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The document that the event names. `None` if nothing of the answer was stored.
    #[must_use]
    pub fn document(&self) -> Option<DocumentName> {
        match &self.body {
            EventBody::Response { document, .. } => *document,
            EventBody::Review { document } => Some(*document),
        }
    }

    /// Returns the line, without a line break.
    pub(super) fn to_line(&self) -> String {
        let open = self.to_open_line();
        let seal = seal_of(&open);
        open + &seal
    }

    /// Returns the line up to its seal.
    fn to_open_line(&self) -> String {
        let line = EventLine::from(self);
        // Serialization cannot fail: the line has only texts, numbers and lists.
        let mut open = serde_json::to_string(&line).unwrap_or_default();
        open.pop();
        open
    }

    /// Parses a line that [`Event::to_line`] wrote.
    ///
    /// # Errors
    ///
    /// If [`Event::to_line`] cannot have written the line. The message does not repeat any text of the line.
    pub(super) fn read_line(line: &str) -> Result<Self, &'static str> {
        let at = line.rfind(SEAL).ok_or("the digest at the end is missing")?;
        let (open, seal) = line.split_at(at);
        if seal != seal_of(open) {
            return Err("the digest at the end is not the digest of the line");
        }
        let read: EventLine = serde_json::from_str(&format!("{open}}}"))
            .map_err(|_| "this release cannot parse the line as an event")?;
        let event = Self::try_from(read)?;
        // An event has exactly one line, so that nothing can hide in blanks, in escapes or in the order of the keys.
        if event.to_open_line() == open {
            Ok(event)
        } else {
            Err("the line is not in the form in which events are written")
        }
    }
}

/// Returns the end of a line: the digest of what stands before it, and the brace that closes the line.
fn seal_of(open: &str) -> String {
    format!("{SEAL}{}\"}}", Digest::of(open.as_bytes()))
}

/// The line as JSON, without its digest. The keys have the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    schema_version: String,
    sequence: usize,
    previous: String,
    event: EventName,
    recorded_at: String,
    lane: Lane,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// `yaml`. The key is absent if the document is JSON.
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
    /// Whether the owner could have answered `not_applicable:` with a reason.
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
        let (responded_at, surface, findings, hints) = match &event.body {
            EventBody::Response { responded_at, surface, findings, hints, .. } => (
                responded_at.as_ref().map(Time::to_string),
                Some(surface.to_string()),
                Some(findings.iter().map(FindingLine::from).collect()),
                (!hints.is_empty()).then(|| hints.iter().map(HintLine::from).collect()),
            ),
            EventBody::Review { .. } => (None, None, None, None),
        };
        Self {
            schema_version: EVENT_VERSION.to_owned(),
            sequence: event.sequence,
            previous: event.previous.to_string(),
            event: event.name(),
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

/// Returns the field of a finding as the event names it. If the field is not one that an answer can have, it is empty:
/// a request can ask for any name, and the journal does not repeat such a name.
fn recorded_field(finding: &Finding) -> &str {
    if is_known_field(finding.field()) { finding.field() } else { "" }
}

/// Whether a pointer leads to a field of an answer, to a comment, or to the position of an unknown key, such as
/// `/#3`. The name of an unknown key may be a secret, so only its position is recorded.
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

/// Whether an event records both findings in the same way.
pub(super) fn is_recorded_as(finding: &Finding, recorded: &Finding) -> bool {
    finding.problem() == recorded.problem()
        && finding.check() == recorded.check()
        && finding.characters() == recorded.characters()
        && recorded_field(finding) == recorded_field(recorded)
}

impl TryFrom<EventLine> for Event {
    type Error = &'static str;

    fn try_from(line: EventLine) -> Result<Self, &'static str> {
        const INVALID_DIGEST: &str = "a digest is invalid";
        const INVALID_TIME: &str = "a time is invalid";
        if line.schema_version != EVENT_VERSION {
            return Err("this release does not know the schema_version");
        }
        let digest =
            line.document.map(|text| text.parse()).transpose().map_err(|_| INVALID_DIGEST)?;
        let notation = match (line.notation.as_deref(), digest) {
            (None, _) => Notation::Json,
            (Some("yaml"), Some(_)) => Notation::Yaml,
            _ => return Err("the notation is invalid: expected yaml, in a line with a document"),
        };
        let is_review = line.event == EventName::ReviewRecorded;
        let document = digest.map(|digest| DocumentName { digest, is_review, notation });
        let body = match (line.event, document, line.findings, line.surface) {
            (EventName::ResponseReceived, document, Some(findings), Some(surface)) => {
                let in_utc = |text: String| {
                    text.parse()
                        .ok()
                        .filter(|time: &Time| time.in_utc() == *time)
                        .ok_or(INVALID_TIME)
                };
                let responded_at = line.responded_at.map(in_utc);
                EventBody::Response {
                    document,
                    responded_at: responded_at.transpose()?,
                    surface: surface.parse().map_err(|_| INVALID_DIGEST)?,
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
            // A line with one of the other keys of an answer is refused later: the event is not written with them.
            (EventName::ReviewRecorded, Some(document), None, None) => {
                EventBody::Review { document }
            }
            _ => return Err("a key is missing, or belongs to the other kind of event"),
        };
        let signer = line.signer.map(|line| Signer::verified(line.principal, line.key, line.role));
        let is_owner = |signer: &Signer| signer.role() == SignerRole::Owner;
        // The role of a record's signer is checked with the record, which says what kind of reviewer signed.
        let is_answer = matches!(body, EventBody::Response { .. });
        if is_answer && !signer.as_ref().is_none_or(is_owner) {
            return Err("the signer of the answer is not an owner");
        }
        Ok(Self {
            sequence: line.sequence,
            previous: line.previous.parse().map_err(|_| INVALID_DIGEST)?,
            recorded_at: line.recorded_at.parse().map_err(|_| INVALID_TIME)?,
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
        // The check of some problems depends on the field. So look for a field's check that gives the recorded one.
        let of_field = ReviewerCheck::ALL
            .iter()
            .map(|check| Some(*check))
            .chain([None])
            .find(|of_field| problem.check(*of_field) == check)
            .ok_or("the check of a finding does not belong to its problem")?;
        if !is_known_field(&field) {
            return Err("the field of a finding is not a field of an answer");
        }
        let characters = range(start, end)?;
        Ok(Self::new(problem, of_field, field, characters).excusable(excusable))
    }
}

fn range(start: Option<usize>, end: Option<usize>) -> Result<Option<Range<usize>>, &'static str> {
    match (start, end) {
        (Some(start), Some(end)) if start <= end => Ok(Some(start..end)),
        (None, None) => Ok(None),
        _ => Err(
            "a range of characters is invalid: expected start and end, with start not after end",
        ),
    }
}

impl TryFrom<HintLine> for Hint {
    type Error = &'static str;

    fn try_from(line: HintLine) -> Result<Self, &'static str> {
        let HintLine { check, field, start, end } = line;
        if !is_known_field(&field) {
            return Err("the field of a hint is not a field of an answer");
        }
        Ok(Self { check, field, characters: range(start, end)? })
    }
}

/// The file name of a document in a journal: the digest of its bytes, its kind and its notation.
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
    /// Returns the name of an owner response with these bytes.
    #[must_use]
    pub fn response(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), is_review: false, notation: Notation::of(bytes) }
    }

    /// Returns the name of a reviewer record with these bytes.
    #[must_use]
    pub fn review(bytes: &[u8]) -> Self {
        Self { digest: Digest::of(bytes), is_review: true, notation: Notation::of(bytes) }
    }

    /// Returns the name of a document whose digest is known.
    pub(super) const fn known(digest: Digest, is_review: bool, notation: Notation) -> Self {
        Self { digest, is_review, notation }
    }

    /// Parses a file name. Returns `None` if it is not the name of a document.
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

    /// Whether the name belongs to this document: digest and notation are its own.
    pub(super) fn is_of(self, original: &Original) -> bool {
        original.digest() == self.digest && Notation::of(original.bytes()) == self.notation
    }

    /// The digest of the document's bytes.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether it is a reviewer record. If not, it is an owner response.
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
