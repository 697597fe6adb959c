//! What an input document says about itself: schema version, status and count.

use crate::json::{Json, Read, Reader};
use crate::words::{AcceptanceField, LedgerKey};

#[cfg(feature = "cli")]
pub(super) const SURFACES: &str = "surfaces";
pub(super) const SURFACE_COUNT: &str = "surface_count";
pub(super) const REQUEST_DRAFTS: &str = "request_drafts";
pub(super) const REQUEST_DRAFT_COUNT: &str = "request_draft_count";

/// What an input document says about itself. The ledger copies these values and does not check them.
///
/// ```
/// use acceptance_ledger::{Inventory, Json};
///
/// let inventory = Inventory::parse(br#"{"status": "ready", "summary": {"surface_count": 2}}"#)?;
/// let source = inventory.source();
/// assert_eq!(source.status(), &Json::from("ready"));
/// assert_eq!(source.schema_version(), &Json::Null);
/// assert_eq!(source.count(), &Json::from(2));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub(crate) schema_version: Json,
    pub(crate) status: Json,
    pub(crate) count: Json,
}

impl Source {
    /// The `schema_version`; null if the key is missing.
    #[must_use]
    pub const fn schema_version(&self) -> &Json {
        &self.schema_version
    }

    /// The `status`; null if the key is missing.
    #[must_use]
    pub const fn status(&self) -> &Json {
        &self.status
    }

    /// The count in the `summary`: `surface_count` or `request_draft_count`; 0 if it is missing.
    #[must_use]
    pub const fn count(&self) -> &Json {
        &self.count
    }
}

impl Default for Source {
    fn default() -> Self {
        Self { schema_version: Json::Null, status: Json::Null, count: Json::from(0) }
    }
}

/// A key with which both inputs describe themselves.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SourceKey {
    SchemaVersion,
    Status,
    Summary,
}

impl SourceKey {
    pub(super) fn parse(key: &str) -> Option<Self> {
        match key.parse().ok()? {
            LedgerKey::SchemaVersion => Some(Self::SchemaVersion),
            LedgerKey::Status => Some(Self::Status),
            LedgerKey::Summary => Some(Self::Summary),
            _ => None,
        }
    }
}

impl Source {
    /// Reads the value of `key`. `count_key` is the key of the count in the summary: each input has another one.
    pub(super) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: SourceKey,
        count_key: &str,
    ) -> Read<()> {
        match key {
            SourceKey::SchemaVersion => self.schema_version = reader.value()?,
            SourceKey::Status => self.status = reader.value()?,
            SourceKey::Summary => {
                let summary = reader.object(
                    |key| (key == count_key).then_some(()),
                    |reader, ()| {
                        self.count = reader.value()?;
                        Ok(())
                    },
                );
                reader.note_if_recoverable(summary)?;
            }
        }
        Ok(())
    }
}

/// Whether an error path may name this key. Only keys of the input formats are named; another key may be a secret.
pub(super) fn is_input_key(key: &str) -> bool {
    [SURFACE_COUNT, REQUEST_DRAFTS, REQUEST_DRAFT_COUNT].contains(&key)
        || key.parse::<LedgerKey>().is_ok()
        || key.parse::<AcceptanceField>().is_ok()
}
