//! What an inventory says of each surface that it lists.

use crate::json::{DocumentError, Json, Read, Reader, read_document};
use crate::words::AcceptanceField;

use super::source::is_input_key;
use super::surface::Surface;

const SURFACES: &str = "surfaces";

/// The surfaces that an inventory lists, with what it says of each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListedSurfaces {
    /// Sorted by id.
    facts: Vec<(String, Facts)>,
    nameless: Vec<usize>,
}

/// What an inventory says of a surface, as far as a candidate shows it.
type Facts = Vec<(AcceptanceField, Json)>;

impl ListedSurfaces {
    /// Reads what an inventory says of its surfaces.
    ///
    /// # Errors
    ///
    /// As [`Inventory::parse`].
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let mut listed = Self::default();
            reader.object(
                |key| (key == SURFACES).then_some(()),
                |reader, ()| {
                    if reader.is_at_array()? {
                        return reader.array(|reader, index| listed.read(reader, index));
                    }
                    // What is no list lists nothing that could be held against a draft.
                    listed.nameless.push(0);
                    reader.value().map(drop)
                },
            )?;
            listed.facts.sort_by(|(one, _), (other, _)| one.cmp(other));
            Ok(listed)
        })
    }

    fn read(&mut self, reader: &mut Reader<'_>, index: usize) -> Read<()> {
        let (mut id, mut facts) = (None, Vec::new());
        if reader.is_at_object()? {
            reader.object(
                |key| key.parse::<AcceptanceField>().ok(),
                |reader, field| {
                    match (field, reader.value()?) {
                        (AcceptanceField::SurfaceId, Json::String(text)) => id = Some(text),
                        (field, value) => facts.push((field, value)),
                    }
                    Ok(())
                },
            )?;
        } else {
            reader.value()?;
        }
        match id.filter(|id| !id.is_empty()) {
            Some(id) => self.facts.push((id, facts)),
            None => self.nameless.push(index),
        }
        Ok(())
    }

    /// The ids of the surfaces, sorted.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|(id, _)| id.as_str())
    }

    /// The places in the list of what has no id.
    pub(crate) fn nameless(&self) -> &[usize] {
        &self.nameless
    }

    /// The fields in which `surface` is described otherwise than here; `None` where it is not listed.
    pub(crate) fn differences(&self, surface: &Surface) -> Option<Vec<AcceptanceField>> {
        let place =
            self.facts.binary_search_by(|(id, _)| id.as_str().cmp(surface.surface_id())).ok()?;
        let (_, facts) = self.facts.get(place)?;
        let differs = |field: AcceptanceField, listed: &Json| match field {
            AcceptanceField::WriteCapableSurface => {
                *listed != Json::Bool(surface.is_write_capable())
            }
            AcceptanceField::RequiresLiveEvidence => {
                *listed != Json::Bool(surface.requires_live_evidence())
            }
            _ => surface.descriptor(field).is_some_and(|own| own != listed),
        };
        let differing = facts.iter().filter(|(field, listed)| differs(*field, listed));
        Some(differing.map(|(field, _)| *field).collect())
    }
}
