//! Parses the inventory: the document that lists the surfaces.

use crate::json::{DocumentError, read_document};

use super::source::{SURFACE_COUNT, Source, SourceKey, is_input_key};

/// The inventory: the document that lists the surfaces.
///
/// ```
/// use acceptance_ledger::Inventory;
///
/// assert!(Inventory::parse(b"{}").is_ok());
/// assert_eq!(Inventory::parse(b"{} {}").unwrap_err().column(), 4);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Inventory {
    pub(crate) source: Source,
}

impl Inventory {
    /// Parses an inventory document.
    ///
    /// # Errors
    ///
    /// Fails if the document is not a strict JSON object, or if its `summary` is not an object. The error is the first
    /// fault; [`DocumentError::rest`] has the others.
    pub fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let mut source = Source::default();
            reader
                .object(SourceKey::parse, |reader, key| source.read(reader, key, SURFACE_COUNT))?;
            Ok(Self { source })
        })
    }

    /// What the inventory says about itself.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}
