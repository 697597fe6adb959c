use std::fmt;

use crate::words::VerifyCode;

use super::event::DocumentName;

/// What is wrong with a surface's journal, and where.
///
/// ```
/// use acceptance_ledger::{BrokenJournal, JournalFault};
///
/// fn print(journal: &BrokenJournal) {
///     for fault in journal.faults() {
///         println!("{}: {fault}", fault.code());
///     }
/// }
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

    /// A document that is the one that its event names once its line breaks are as they were.
    pub(super) const fn of_converted_document(name: DocumentName) -> Self {
        let message =
            Some("Only its line breaks differ: something wrote CR LF for LF, or LF for CR LF.");
        Self { code: VerifyCode::DocumentAltered, place: Place::Document { name, message } }
    }

    /// Which kind of fault it is.
    #[must_use]
    pub const fn code(&self) -> VerifyCode {
        self.code
    }

    /// The line of the file of events that it is in, from 1; `None` where it is in a document.
    #[must_use]
    pub const fn line(&self) -> Option<usize> {
        match self.place {
            Place::Event { sequence, .. } => Some(sequence),
            Place::Document { .. } => None,
        }
    }

    /// The document that it is about; `None` where it is in an event.
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
