//! What is wrong in a ledger by itself, whatever its inputs are.

use std::collections::BTreeMap;

use crate::json::{DocumentError, Json, line_column_and_path, read_document};
use crate::words::{
    AcceptanceField, LedgerKey, ProgressFlag, RuntimeGate, SourceCount, VerifyCode,
};

use super::key::{self, CountKey};
use super::{Stamp, read};

/// The gates, boundaries and never-flags of a ledger that are not as they are for ever, and the counts that its
/// candidates do not bear out: each with its JSON path.
///
/// # Errors
///
/// Where the document is no strict JSON object.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Vec<(VerifyCode, String)>, DocumentError> {
    read_document(bytes, read::is_ledger_key, |reader| {
        let mut inspection = Inspection::new();
        let (mut boundaries, mut counts) = (Json::Null, Json::Null);
        reader.object(
            |key| key.parse::<LedgerKey>().ok(),
            |reader, key| {
                match key {
                    LedgerKey::AcceptanceCandidates if reader.is_at_array()? => {
                        // One at a time: a ledger can be large.
                        reader.array(|reader, index| {
                            inspection.look_at(index, &reader.value()?);
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
        inspection.look_at_boundaries(&boundaries);
        inspection.look_at_counts(&counts);
        Ok(inspection.faults)
    })
}

struct Inspection {
    /// The keys that are `false` for ever.
    shut: Vec<&'static str>,
    candidates: usize,
    /// How many candidates have each flag.
    flags: BTreeMap<String, usize>,
    faults: Vec<(VerifyCode, String)>,
}

impl Inspection {
    fn new() -> Self {
        let nevers = ProgressFlag::ALL.iter().filter(|flag| flag.is_never());
        let gates = RuntimeGate::ALL.iter().map(|gate| gate.as_str());
        Self {
            shut: gates.chain(nevers.map(|flag| flag.as_str())).collect(),
            candidates: 0,
            flags: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    fn look_at(&mut self, index: usize, candidate: &Json) {
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

    fn look_at_boundaries(&mut self, boundaries: &Json) {
        let Json::Object(shown) = boundaries else { return };
        for (name, value) in key::boundaries() {
            if shown.get(name).is_some_and(|shown| *shown != value) {
                let path = format!("$.{}.{name}", LedgerKey::ExecutionBoundaries);
                self.faults.push((VerifyCode::GateNotFalse, path));
            }
        }
    }

    fn look_at_counts(&mut self, counts: &Json) {
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

    /// What the candidates show for a count; `None` for what they cannot tell.
    fn count(&self, key: CountKey) -> Option<usize> {
        let with = |flag: &str| self.flags.get(flag).copied().unwrap_or_default();
        Some(match key {
            CountKey::Progress(flag) => with(flag.as_str()),
            CountKey::Item(flag) => with(flag.as_str()),
            // A gate that is open is a fault of its own, and counts nothing.
            CountKey::Gate(_) => 0,
            CountKey::Source(SourceCount::AcceptanceCandidates) => self.candidates,
            CountKey::Source(SourceCount::WriteCapableAcceptanceCandidates) => {
                with(AcceptanceField::WriteCapableSurface.as_str())
            }
            CountKey::Source(SourceCount::LiveEvidenceRequiredCandidates) => {
                with(AcceptanceField::RequiresLiveEvidence.as_str())
            }
            CountKey::Source(_) => return None,
        })
    }
}

/// The line and column, both from 1, and the JSON path of a byte of a ledger.
pub(crate) fn place_in_ledger(bytes: &[u8], offset: usize) -> (usize, usize, String) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            std::str::from_utf8(valid).unwrap_or_default()
        }
    };
    line_column_and_path(text, offset, read::is_ledger_key)
}

impl Stamp {
    /// The stamp of the ledger that ends in these bytes, if they show it.
    pub(crate) fn in_tail(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let value = |key: LedgerKey| -> Option<String> {
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
        let mut told = 0;
        for gate in RuntimeGate::ALL.iter().map(|gate| gate.as_str()).chain(["request_sent"]) {
            let mut document = document.clone();
            document["acceptance_candidates"][3][gate] = true.into();
            let path = format!("$.acceptance_candidates[3].{gate}");
            let faults = inspect(document.to_string().as_bytes()).unwrap();
            assert!(faults.contains(&(VerifyCode::GateNotFalse, path)), "{gate}");
            told += 1;
        }
        for boundary in document["execution_boundaries"].as_object().unwrap().keys() {
            let mut document = document.clone();
            let value = &mut document["execution_boundaries"][boundary];
            *value = (!value.as_bool().unwrap()).into();
            let path = format!("$.execution_boundaries.{boundary}");
            let faults = inspect(document.to_string().as_bytes()).unwrap();
            assert_eq!(faults, [(VerifyCode::GateNotFalse, path)]);
            told += 1;
        }
        assert_eq!(told, 26 + 33);
        let mut wrong = Vec::new();
        for name in document["summary"].as_object().unwrap().keys() {
            let mut document = document.clone();
            document["summary"][name] = 99.into();
            let path = format!("$.summary.{name}");
            match inspect(document.to_string().as_bytes()).unwrap().as_slice() {
                [] => wrong.push(name.as_str()),
                faults => assert_eq!(faults, [(VerifyCode::CountMismatch, path)]),
            }
        }
        // What the candidates cannot tell; the replay can.
        assert_eq!(
            wrong,
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
