//! The weights of the model: how they are written into a file, and how they are found by a feature's hash.
//!
//! The file has a part for each target: four thresholds (probable and certain, without Chinese and with it) and the
//! number of weights, in four bytes each (little-endian), then the weights in the order of their places. A weight has
//! the distance from the place before it and then its value, in one byte each. A distance of 255 or more begins with
//! bytes of 255, which are added up.

use super::{Model, Target, Thresholds};

/// The weights as `examples/train.rs` writes them.
pub(super) static TRAINED: &[u8] = include_bytes!("weights.bin");

/// The binary logarithm of the number of places. A text has features that no text of the training had. With fewer places,
/// more of them would share the place of a weight by accident. With four times as many, the program would need 0.75 MiB
/// more, and cross-validation found at most 0.6 percent more.
const BITS: u32 = 20;

/// How many places there are.
pub(super) const PLACES: usize = 1 << BITS;

/// A byte of a distance behind which another one follows.
const MORE: u8 = u8::MAX;

/// The place of a feature's weights. The multiplication spreads the hash over its upper bits.
pub(super) const fn place(hash: u32) -> usize {
    (hash.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as usize
}

/// The weights of all targets.
#[derive(Clone, Debug)]
pub(super) struct Weights {
    /// One run for each 64 places.
    runs: Vec<Run>,
    /// The weights of the places that have one for any target, in their order.
    weights: Vec<[i8; Target::ALL.len()]>,
}

/// Which of 64 places have weights. Most places have none.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// One bit for each place.
    bits: u64,
    /// How many places with weights are before this run.
    places_before: u32,
}

/// How many places a run has.
const RUN: usize = u64::BITS as usize;

impl Weights {
    /// Returns the weight of a feature for each target. Most features have none.
    pub(super) fn of(&self, hash: u32) -> [i8; Target::ALL.len()] {
        let weights = self.index_of(place(hash)).and_then(|index| self.weights.get(index));
        weights.copied().unwrap_or_default()
    }

    /// Returns the index of a place among those that have weights.
    fn index_of(&self, place: usize) -> Option<usize> {
        let Run { bits, places_before } = self.runs.get(place / RUN)?;
        let bit = place % RUN;
        let before = || places_before + (bits & ((1 << bit) - 1)).count_ones();
        (bits >> bit & 1 == 1).then(|| before() as usize)
    }

    /// Returns the weight of a feature for one target.
    pub(super) fn of_target(&self, target: Target, hash: u32) -> i8 {
        let [request, health, recovery] = self.of(hash);
        match target {
            Target::Request => request,
            Target::Health => health,
            Target::Recovery => recovery,
        }
    }

    /// Joins the weights of the targets. Each list is in the order of its places.
    fn join(lists: &[Vec<(usize, i8)>; Target::ALL.len()]) -> Option<Self> {
        let mut runs = vec![Run::default(); PLACES / RUN];
        for (place, _) in lists.iter().flatten() {
            runs.get_mut(place / RUN)?.bits |= 1 << (place % RUN);
        }
        let mut before = 0;
        for run in &mut runs {
            run.places_before = before;
            before += run.bits.count_ones();
        }
        let weights = vec![[0; Target::ALL.len()]; usize::try_from(before).ok()?];
        let mut joined = Self { runs, weights };
        for (target, list) in lists.iter().enumerate() {
            for (place, weight) in list {
                let index = joined.index_of(*place)?;
                let weights = joined.weights.get_mut(index)?;
                *weights.get_mut(target)? = *weight;
            }
        }
        Some(joined)
    }
}

impl Model {
    /// Reads a model, or returns `None` if the bytes have another form.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = Rest(bytes);
        let mut part = || {
            let mut threshold = || Some(i64::from(i32::from_le_bytes(rest.four()?)));
            let mut thresholds =
                || Some(Thresholds { probable: threshold()?, certain: threshold()? });
            let thresholds = [thresholds()?, thresholds()?];
            let count = usize::try_from(u32::from_le_bytes(rest.four()?)).ok()?;
            Some((thresholds, rest.list(count)?))
        };
        let [request, health, recovery] = [part()?, part()?, part()?];
        let thresholds = [request.0, health.0, recovery.0];
        let weights = Weights::join(&[request.1, health.1, recovery.1])?;
        rest.0.is_empty().then_some(Self { thresholds, weights })
    }
}

/// The bytes that are not read yet.
struct Rest<'b>(&'b [u8]);

impl Rest<'_> {
    fn four(&mut self) -> Option<[u8; 4]> {
        let (four, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*four)
    }

    /// Reads weights with their places.
    fn list(&mut self, count: usize) -> Option<Vec<(usize, i8)>> {
        // As many as the bytes can hold: a count that is too large must not take memory.
        let mut list = Vec::with_capacity(count.min(self.0.len() / 2));
        let mut bytes = self.0.iter().copied();
        let mut next = 0;
        for _ in 0..count {
            let mut place = next;
            loop {
                let distance = bytes.next()?;
                place += usize::from(distance);
                if distance != MORE {
                    break;
                }
            }
            list.push((place, i8::from_le_bytes([bytes.next()?])));
            next = place + 1;
        }
        self.0 = self.0.get(self.0.len() - bytes.len()..)?;
        Some(list)
    }
}

/// Writes the part of one target. The weights are in the order of their places.
#[cfg(any(test, feature = "train"))]
pub(super) fn write(thresholds: [[i32; 2]; 2], weights: &[(usize, i8)]) -> Vec<u8> {
    let count = u32::try_from(weights.len()).unwrap_or_default();
    let mut written: Vec<u8> =
        thresholds.as_flattened().iter().copied().flat_map(i32::to_le_bytes).collect();
    written.extend(count.to_le_bytes());
    let mut next = 0;
    for (place, weight) in weights {
        let mut distance = place - next;
        next = place + 1;
        while let Some(left) = distance.checked_sub(usize::from(MORE)) {
            written.push(MORE);
            distance = left;
        }
        written.push(u8::try_from(distance).unwrap_or_default());
        written.extend(weight.to_le_bytes());
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_they_were_written() {
        let lists = [
            // The distances 254, 255 and 256 are in it.
            vec![(0, 1), (255, -2), (511, 3), (768, -4), (769, 5), (PLACES - 1, i8::MIN)],
            vec![],
            vec![(1, 7), (2, i8::MAX)],
        ];
        let parts = lists.each_ref().map(|list| write([[1, -2], [3, 4]], list));
        let model = Model::read(&parts.concat()).unwrap();
        let [_, chinese] = model.thresholds[0];
        assert_eq!((chinese.probable, chinese.certain), (3, 4));
        let mut wrong = Vec::new();
        for hash in 0..1 << 22 {
            let place = place(hash);
            let wanted = lists.each_ref().map(|list| {
                list.iter().find(|(other, _)| *other == place).map_or(0, |(_, weight)| *weight)
            });
            if model.weights.of(hash) != wanted {
                wrong.push(hash);
            }
        }
        assert_eq!(wrong, [0_u32; 0]);
        assert_eq!(model.weights.weights.len(), 8);
    }

    #[test]
    fn bytes_of_another_form_are_refused() {
        assert!(Model::read(TRAINED).is_some());
        let (_, short) = TRAINED.split_at(1);
        let (cut, _) = TRAINED.split_at(TRAINED.len() - 1);
        assert!(Model::read(short).is_none());
        assert!(Model::read(cut).is_none());
        assert!(Model::read(&[TRAINED, &[0]].concat()).is_none());
        // A place behind the last one.
        let beyond =
            [write([[0; 2]; 2], &[(PLACES, 1)]), write([[0; 2]; 2], &[]), write([[0; 2]; 2], &[])];
        assert!(Model::read(&beyond.concat()).is_none());
    }
}
