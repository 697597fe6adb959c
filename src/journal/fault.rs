//! A fault of a journal: code, place and message.

use std::fmt;

use crate::words::VerifyCode;

use super::event::DocumentName;

/// One fault of a surface's journal, and its place.
///
/// ```
/// use acceptance_ledger::{Dossier, History, OwnerRequests, Surfaces, VerifyCode};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let (surfaces, surface) = (Surfaces::of(&requests), requests.surfaces()[0].clone());
/// let dossier = Dossier { events: b"{}\n".to_vec(), ..Dossier::default() };
/// let broken = History::replay(surface, &surfaces, &dossier).unwrap_err();
/// let fault = &broken.faults()[0];
/// assert_eq!((fault.code(), fault.line()), (VerifyCode::ChainBroken, Some(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalFault {
    code: VerifyCode,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Event { sequence: usize, message: String },
    Document { name: DocumentName, message: Option<&'static str> },
}

impl JournalFault {
    pub(super) fn at(code: VerifyCode, sequence: usize, message: impl Into<String>) -> Self {
        Self { code, place: Place::Event { sequence, message: message.into() } }
    }

    pub(super) const fn of_document(code: VerifyCode, name: DocumentName) -> Self {
        Self { code, place: Place::Document { name, message: None } }
    }

    /// A document that differs from the one that its event names only in its line breaks.
    pub(super) const fn of_converted_document(name: DocumentName) -> Self {
        let message =
            Some("Only the line breaks differ: a tool changed LF to CR LF, or CR LF to LF.");
        Self { code: VerifyCode::DocumentAltered, place: Place::Document { name, message } }
    }

    /// The kind of fault.
    #[must_use]
    pub const fn code(&self) -> VerifyCode {
        self.code
    }

    /// The line of the fault in the file of events, from 1. `None` if the fault is in a document.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        match self.place {
            Place::Event { sequence, .. } => Some(sequence),
            Place::Document { .. } => None,
        }
    }

    /// The document that has the fault. `None` if the fault is in an event.
    #[must_use]
    pub const fn document(&self) -> Option<DocumentName> {
        match self.place {
            Place::Event { .. } => None,
            Place::Document { name, .. } => Some(name),
        }
    }
}

impl fmt::Display for JournalFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Event { sequence, message } => write!(f, "line {sequence}: {message}"),
            Place::Document { message, .. } => f.write_str(message.unwrap_or(self.code.english())),
        }
    }
}
