//! Parses what an inventory says about each surface that it lists.

use crate::json::{DocumentError, Json, Read, Reader, read_document};
use crate::words::AcceptanceField;

use super::source::{SURFACES, is_input_key};
use super::surface::Surface;

/// The surfaces that an inventory lists, and what it says about each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ListedSurfaces {
    /// Sorted by id.
    facts: Vec<(String, Facts)>,
    /// The indexes of entries without an id.
    without_id: Vec<usize>,
}

/// What an inventory says about a surface: only the fields that a candidate shows.
type Facts = Vec<(AcceptanceField, Json)>;

impl ListedSurfaces {
    /// Parses the surfaces of an inventory.
    ///
    /// # Errors
    ///
    /// Fails if the document is not a strict JSON object.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, DocumentError> {
        read_document(bytes, is_input_key, |reader| {
            let mut listed = Self::default();
            reader.object(
                |key| (key == SURFACES).then_some(()),
                |reader, ()| {
                    if reader.is_at_array()? {
                        return reader.array(|reader, index| listed.read(reader, index));
                    }
                    // Anything that is not a list has no surface to compare with a draft. It counts as one entry
                    // without an id, so that `verify` reports it.
                    listed.without_id.push(0);
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
            None => self.without_id.push(index),
        }
        Ok(())
    }

    /// The ids of the surfaces, sorted.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.facts.iter().map(|(id, _)| id.as_str())
    }

    /// The indexes of the entries that have no id.
    pub(crate) fn without_id(&self) -> &[usize] {
        &self.without_id
    }

    /// Returns the fields whose values differ between the inventory and `surface`, or `None` if the inventory does
    /// not list the surface.
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
