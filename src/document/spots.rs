//! The places of the values of a document.

use std::sync::OnceLock;

/// The place of a value. Offsets are in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The offset of its key. A value without a key has its own offset here.
    pub(super) key: usize,
    /// The offset to show for the value: the first line of a text, the key of a block mapping.
    pub(super) value: usize,
    /// The position of its key in its object, from 1. An item of a list has 0.
    pub(super) position: usize,
}

/// How many values of a document have a place of their own. The limit bounds the cost of places. It is twice the number
/// of texts that triage examines in an answer. A value after the limit has the place of the nearest value above it.
/// The document's own keys always have a place.
const MAX_SPOTS: usize = 800;

/// The places of a document, each with the JSON pointer of its value.
#[derive(Clone, Debug, Default)]
pub(super) struct Spots {
    /// In the order of the file.
    spots: Vec<(String, Spot)>,
    /// The indexes of `spots`, sorted by pointer. It is made with the first question: nobody asks for a place in most
    /// documents, because they have no fault.
    by_pointer: OnceLock<Vec<usize>>,
}

impl Spots {
    /// Whether a value inside another one gets no place any more.
    pub(super) fn is_full(&self) -> bool {
        self.spots.len() >= MAX_SPOTS
    }

    /// Adds the place of the value at `pointer`.
    pub(super) fn add(&mut self, pointer: String, spot: Spot) {
        self.by_pointer.take();
        self.spots.push((pointer, spot));
    }

    /// Returns the place of the value at `pointer`, or `None` if it has none. If there are two, the last one counts.
    pub(super) fn get(&self, pointer: &str) -> Option<Spot> {
        let at = |index: &usize| self.spots.get(*index).map(|(pointer, _)| pointer.as_str());
        let sorted = self.by_pointer.get_or_init(|| {
            let mut indexes: Vec<_> = (0..self.spots.len()).collect();
            indexes.sort_by_key(at);
            indexes
        });
        let end = sorted.partition_point(|index| at(index) <= Some(pointer));
        let (found, spot) = self.spots.get(*sorted.get(end.checked_sub(1)?)?)?;
        (found == pointer).then_some(*spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_its_pointer_alone() {
        let mut spots = Spots::default();
        assert!(spots.get("/a").is_none());
        for (offset, pointer) in ["/b", "/a", "/a/0", "/ab", "/a"].into_iter().enumerate() {
            spots.add(pointer.to_owned(), Spot { key: 0, value: offset, position: 0 });
            // The question comes between the places, so the index is made again.
            assert_eq!(spots.get(pointer).unwrap().value, offset);
        }
        for (pointer, offset) in
            [("/a", Some(4)), ("/a/0", Some(2)), ("/b", Some(0)), ("/c", None), ("", None)]
        {
            assert_eq!(spots.get(pointer).map(|spot| spot.value), offset, "{pointer}");
        }
    }
}
