//! One line of a journal.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::response::ResponseKey;
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::Finding;
use crate::words::{Lane, Problem, ReviewerCheck};

/// The version of an event that this crate reads and writes.
const EVENT_VERSION: &str = "monitoring_journal_event_v1";

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
    pub(super) happened: Happened,
    pub(super) signer: Option<Signer>,
}

/// What an event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    /// The owner answered.
    Response {
        /// The answer that was stored; `None` where nothing of it is kept.
        document: Option<Digest>,
        responded_at: Option<Time>,
        /// What the request said of the surface at intake, see [`Surface::digest`](crate::Surface::digest).
        surface: Digest,
        findings: Vec<Finding>,
    },
    /// A reviewer decided.
    Review { document: Digest },
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
        matches!(self.happened, Happened::Review { .. })
    }

    /// What triage found at intake.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match &self.happened {
            Happened::Response { findings, .. } => findings,
            Happened::Review { .. } => &[],
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
        match &self.happened {
            Happened::Response { document, .. } => document.map(DocumentName::response),
            Happened::Review { document } => Some(DocumentName::review(*document)),
        }
    }

    /// The line, without a line break.
    pub(super) fn to_line(&self) -> String {
        let line = Line::from(self);
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
        let read: Line = serde_json::from_str(&format!("{open}}}"))
            .map_err(|_| "it is no event of this release")?;
        let event = Self::try_from(read)?;
        if event.to_line() == line { Ok(event) } else { Err("it is not written as events are") }
    }
}

/// The line as JSON, with its keys in the order in which they are written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    schema_version: String,
    sequence: usize,
    previous: String,
    event: Name,
    recorded_at: String,
    lane: Lane,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responded_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surface: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<FindingLine>>,
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
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignerLine {
    key: String,
    principal: String,
    role: SignerRole,
}

impl From<&Event> for Line {
    fn from(event: &Event) -> Self {
        let (name, responded_at, surface, findings) = match &event.happened {
            Happened::Response { responded_at, surface, findings, .. } => (
                Name::ResponseReceived,
                responded_at.as_ref().map(Time::to_string),
                Some(surface.to_string()),
                Some(findings.iter().map(FindingLine::from).collect()),
            ),
            Happened::Review { .. } => (Name::ReviewRecorded, None, None, None),
        };
        Self {
            schema_version: EVENT_VERSION.to_owned(),
            sequence: event.sequence,
            previous: event.previous.to_string(),
            event: name,
            recorded_at: event.recorded_at.to_string(),
            lane: event.lane,
            document: event.document().map(|name| name.digest.to_string()),
            responded_at,
            surface,
            findings,
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
        ResponseKey::know(name).is_some() || name.strip_prefix('#').is_some_and(is_number)
    };
    field.is_empty() || (steps.next().is_some_and(is_known) && steps.all(is_number))
}

/// Whether an event would say the same of both findings.
pub(super) fn is_recorded_as(finding: &Finding, recorded: &Finding) -> bool {
    finding.problem() == recorded.problem()
        && finding.check() == recorded.check()
        && finding.characters() == recorded.characters()
        && recorded_field(finding) == recorded_field(recorded)
}

impl TryFrom<Line> for Event {
    type Error = &'static str;

    fn try_from(line: Line) -> Result<Self, &'static str> {
        const NO_DIGEST: &str = "a digest in it is invalid";
        const NO_TIME: &str = "a time in it is invalid";
        if line.schema_version != EVENT_VERSION {
            return Err("it is of another version than this release reads");
        }
        let document = line.document.map(|text| text.parse()).transpose().map_err(|_| NO_DIGEST)?;
        let happened = match (line.event, document, line.findings, line.surface) {
            (Name::ResponseReceived, document, Some(findings), Some(surface)) => {
                let in_utc = |text: String| {
                    text.parse().ok().filter(|time: &Time| time.in_utc() == *time).ok_or(NO_TIME)
                };
                let responded_at = line.responded_at.map(in_utc);
                Happened::Response {
                    document,
                    responded_at: responded_at.transpose()?,
                    surface: surface.parse().map_err(|_| NO_DIGEST)?,
                    findings: findings
                        .into_iter()
                        .map(Finding::try_from)
                        .collect::<Result<_, _>>()?,
                }
            }
            // What else such a line has, it is not written with again.
            (Name::ReviewRecorded, Some(document), None, None) => Happened::Review { document },
            _ => return Err("it has a key too many or too few"),
        };
        let signer = line.signer.map(|line| Signer::verified(line.principal, line.key, line.role));
        let is_owner = |signer: &Signer| signer.role() == SignerRole::Owner;
        // Who signs a record is the record's to check.
        let is_answer = matches!(happened, Happened::Response { .. });
        if is_answer && !signer.as_ref().is_none_or(is_owner) {
            return Err("its signer is no owner");
        }
        Ok(Self {
            sequence: line.sequence,
            previous: line.previous.parse().map_err(|_| NO_DIGEST)?,
            recorded_at: line.recorded_at.parse().map_err(|_| NO_TIME)?,
            lane: line.lane,
            happened,
            signer,
        })
    }
}

impl TryFrom<FindingLine> for Finding {
    type Error = &'static str;

    fn try_from(line: FindingLine) -> Result<Self, &'static str> {
        let FindingLine { problem, check, field, start, end } = line;
        let of_field = ReviewerCheck::ALL
            .iter()
            .map(|check| Some(*check))
            .chain([None])
            .find(|of_field| problem.check(*of_field) == check)
            .ok_or("a finding in it counts against another check than its problem's")?;
        if !is_known_field(&field) {
            return Err("a field in it is none that an answer has");
        }
        let characters = match (start, end) {
            (Some(start), Some(end)) if start <= end => Some(start..end),
            (None, None) => None,
            _ => return Err("a range in it is none"),
        };
        Ok(Self::new(problem, of_field, field, characters))
    }
}

/// The name of a document in a journal: the digest of its bytes, and what it is.
///
/// ```
/// use acceptance_ledger::{Digest, DocumentName};
///
/// let name = DocumentName::response(Digest::of(b"{}"));
/// assert!(name.to_string().ends_with(".response.json"));
/// assert_eq!(DocumentName::parse(&name.to_string()), Some(name));
/// assert_eq!(DocumentName::parse("events.jsonl"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentName {
    digest: Digest,
    is_review: bool,
}

const RESPONSE: &str = ".response.json";
const REVIEW: &str = ".review.json";

impl DocumentName {
    /// The name of an owner response.
    #[must_use]
    pub const fn response(digest: Digest) -> Self {
        Self { digest, is_review: false }
    }

    /// The name of a reviewer record.
    #[must_use]
    pub const fn review(digest: Digest) -> Self {
        Self { digest, is_review: true }
    }

    /// Reads a file name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (hex, is_review) = match name.strip_suffix(RESPONSE) {
            Some(hex) => (hex, false),
            None => (name.strip_suffix(REVIEW)?, true),
        };
        Digest::from_hex(hex).map(|digest| Self { digest, is_review })
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
        write!(f, "{}{}", self.digest.hex(), if self.is_review { REVIEW } else { RESPONSE })
    }
}
