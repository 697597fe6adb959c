//! Parses the inventory: the document that lists the surfaces.

use crate::json::{DocumentError, read_document};
#[cfg(feature = "cli")]
use crate::json::{Pieces, Read, Reader, read_pieces};

#[cfg(feature = "cli")]
use super::source::SURFACES;
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

    /// As [`Inventory::parse`], for a document that comes in pieces. The result is `None` if the document may have a
    /// fault.
    ///
    /// # Errors
    ///
    /// If `more` returns an error.
    #[cfg(feature = "cli")]
    pub(crate) fn parse_pieces<E>(
        more: impl FnMut(&mut Vec<u8>, usize) -> Result<(), E>,
    ) -> Result<Option<Self>, E> {
        let mut pieces = InventoryPieces::default();
        let is_read = read_pieces(&mut pieces, more)?;
        Ok(is_read.then_some(Self { source: pieces.source }))
    }

    /// What the inventory says about itself.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}

/// An inventory that is read in pieces.
#[cfg(feature = "cli")]
#[derive(Default)]
struct InventoryPieces {
    source: Source,
}

#[cfg(feature = "cli")]
impl Pieces for InventoryPieces {
    type Item = ();
    type Key = SourceKey;

    const LIST: &'static str = SURFACES;

    fn parse_key(key: &str) -> Option<SourceKey> {
        SourceKey::parse(key)
    }

    fn read_member(&mut self, reader: &mut Reader<'_>, key: SourceKey) -> Read<()> {
        self.source.read(reader, key, SURFACE_COUNT)
    }

    fn read_item(&mut self, reader: &mut Reader<'_>) -> Read<Option<()>> {
        reader.skip_value().map(Some)
    }

    fn take(&mut self, (): ()) -> bool {
        true
    }
}
