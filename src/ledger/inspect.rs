//! Finds the faults of a ledger that can be found without its inputs.

use std::collections::BTreeMap;

use crate::json::{DocumentError, Json, line_column_and_path, read_document};
use crate::words::{
    AcceptanceField, LedgerKey, ProgressFlag, RuntimeGate, SourceCount, VerifyCode,
};

use super::key::{self, CountKey};
use super::{Stamp, read};

/// Finds every gate, boundary and never-flag that has an invalid value, and every count that does not match the
/// candidates. Each fault has its JSON path. `LedgerDocument::parse` stops at the first fault; this does not.
///
/// # Errors
///
/// If the document is not a strict JSON object.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Vec<(VerifyCode, String)>, DocumentError> {
    read_document(bytes, read::is_ledger_key, |reader| {
        let mut inspection = Inspection::new();
        let (mut boundaries, mut counts) = (Json::Null, Json::Null);
        reader.object(
            |key| key.parse::<LedgerKey>().ok(),
            |reader, key| {
                match key {
                    LedgerKey::AcceptanceCandidates if reader.is_at_array()? => {
                        // One candidate at a time, because a ledger can be large.
                        reader.array(|reader, index| {
                            inspection.check_candidate(index, &reader.value()?);
                            Ok(())
                        })?;
                    }
                    LedgerKey::ExecutionBoundaries => boundaries = reader.value()?,
                    LedgerKey::Summary => counts = reader.value()?,
                    _ => drop(reader.value()?),
                }
                Ok(())
            },
        )?;
        inspection.check_boundaries(&boundaries);
        inspection.check_counts(&counts);
        Ok(inspection.faults)
    })
}

struct Inspection {
    /// The keys that must be `false`.
    shut: Vec<&'static str>,
    candidates: usize,
    /// The number of candidates in which each flag is `true`.
    flags: BTreeMap<String, usize>,
    faults: Vec<(VerifyCode, String)>,
}

impl Inspection {
    fn new() -> Self {
        let nevers = ProgressFlag::ALL.iter().filter(|flag| flag.must_be_false());
        let gates = RuntimeGate::ALL.iter().map(|gate| gate.as_str());
        Self {
            shut: gates.chain(nevers.map(|flag| flag.as_str())).collect(),
            candidates: 0,
            flags: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn check_candidate(&mut self, index: usize, candidate: &Json) {
        self.candidates += 1;
        let Json::Object(members) = candidate else { return };
        for name in &self.shut {
            if members.get(*name).is_some_and(|value| *value != Json::Bool(false)) {
                let path = format!("$.{}[{index}].{name}", LedgerKey::AcceptanceCandidates);
                self.faults.push((VerifyCode::GateNotFalse, path));
            }
        }
        for (name, _) in members.iter().filter(|(_, value)| **value == Json::Bool(true)) {
            *self.flags.entry(name.clone()).or_default() += 1;
        }
    }

    fn check_boundaries(&mut self, boundaries: &Json) {
        let Json::Object(shown) = boundaries else { return };
        for (name, value) in key::boundaries() {
            if shown.get(name).is_some_and(|shown| *shown != value) {
                let path = format!("$.{}.{name}", LedgerKey::ExecutionBoundaries);
                self.faults.push((VerifyCode::GateNotFalse, path));
            }
        }
    }

    fn check_counts(&mut self, counts: &Json) {
        let Json::Object(shown) = counts else { return };
        for key in CountKey::all() {
            let name = key.name();
            let pair = shown.get(&name).zip(self.count(key));
            if pair.is_some_and(|(shown, count)| *shown != Json::from(count)) {
                let path = format!("$.{}.{name}", LedgerKey::Summary);
                self.faults.push((VerifyCode::CountMismatch, path));
            }
        }
    }

    /// The value of a count according to the candidates; `None` if they cannot show it.
    fn count(&self, key: CountKey) -> Option<usize> {
        let candidates_with = |flag: &str| self.flags.get(flag).copied().unwrap_or_default();
        Some(match key {
            CountKey::Progress(flag) => candidates_with(flag.as_str()),
            CountKey::Item(flag) => candidates_with(flag.as_str()),
            // The count must be 0. An open gate is reported as its own fault.
            CountKey::Gate(_) => 0,
            CountKey::Source(SourceCount::AcceptanceCandidates) => self.candidates,
            CountKey::Source(SourceCount::WriteCapableAcceptanceCandidates) => {
                candidates_with(AcceptanceField::WriteCapableSurface.as_str())
            }
            CountKey::Source(SourceCount::LiveEvidenceRequiredCandidates) => {
                candidates_with(AcceptanceField::RequiresLiveEvidence.as_str())
            }
            CountKey::Source(_) => return None,
        })
    }
}

/// Returns the line, the column and the JSON path of a byte of a ledger. Line and column start at 1.
pub(crate) fn place_in_ledger(bytes: &[u8], offset: usize) -> (usize, usize, String) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // The bytes before the first one that is not UTF-8 still give a place.
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            std::str::from_utf8(valid).unwrap_or_default()
        }
    };
    line_column_and_path(text, offset, read::is_ledger_key)
}

impl Stamp {
    /// Finds the stamp in the last bytes of a ledger; `None` if it is not there.
    pub(crate) fn in_tail(bytes: &[u8]) -> Option<Self> {
        // The tail may begin in the middle of a character.
        let text = String::from_utf8_lossy(bytes);
        let value = |key: LedgerKey| -> Option<String> {
            // Two spaces before the key: a key at the top level, not one inside a candidate.
            let start = format!("  \"{key}\": ");
            let line = text.lines().find_map(|line| line.strip_prefix(start.as_str()))?;
            serde_json::from_str(line.strip_suffix(',').unwrap_or(line)).ok()
        };
        Some(Self::new(value(LedgerKey::GeneratedAt)?, value(LedgerKey::GitCommit)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> String {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/dockprom.json");
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn every_gate_boundary_and_count_that_is_edited_is_told() {
        let ledger = golden();
        assert_eq!(inspect(ledger.as_bytes()).unwrap(), []);
        let document: serde_json::Value = serde_json::from_str(&ledger).unwrap();
        let mut reported = 0;
        for gate in RuntimeGate::ALL.iter().map(|gate| gate.as_str()).chain(["request_sent"]) {
            let mut document = document.clone();
            document["acceptance_candidates"][3][gate] = true.into();
            let path = format!("$.acceptance_candidates[3].{gate}");
            let faults = inspect(document.to_string().as_bytes()).unwrap();
            assert!(faults.contains(&(VerifyCode::GateNotFalse, path)), "{gate}");
            reported += 1;
        }
        for boundary in document["execution_boundaries"].as_object().unwrap().keys() {
            let mut document = document.clone();
            let value = &mut document["execution_boundaries"][boundary];
            *value = (!value.as_bool().unwrap()).into();
            let path = format!("$.execution_boundaries.{boundary}");
            let faults = inspect(document.to_string().as_bytes()).unwrap();
            assert_eq!(faults, [(VerifyCode::GateNotFalse, path)]);
            reported += 1;
        }
        assert_eq!(reported, 26 + 33);
        let mut not_reported = Vec::new();
        for name in document["summary"].as_object().unwrap().keys() {
            let mut document = document.clone();
            document["summary"][name] = 99.into();
            let path = format!("$.summary.{name}");
            match inspect(document.to_string().as_bytes()).unwrap().as_slice() {
                [] => not_reported.push(name.as_str()),
                faults => assert_eq!(faults, [(VerifyCode::CountMismatch, path)]),
            }
        }
        // The candidates cannot show these counts. `verify` finds such an edit by replay.
        assert_eq!(
            not_reported,
            [
                "acceptance_field_count",
                "blocked_action_count",
                "outcome_lane_count",
                "required_owner_field_count",
                "reviewer_check_count",
                "source_request_draft_count",
                "source_surface_count",
            ]
        );
    }

    #[test]
    fn the_tail_of_a_ledger_shows_its_stamp() {
        let ledger = golden();
        let (_, tail) = ledger.split_at(ledger.len() - 20_000);
        let stamp = Stamp::in_tail(tail.as_bytes()).unwrap();
        assert_eq!(stamp.generated_at(), "2026-01-01T08:00:00+08:00");
        assert_eq!(stamp.git_commit(), "unknown");
        assert_eq!(Stamp::in_tail(b"{}"), None);
    }
}
