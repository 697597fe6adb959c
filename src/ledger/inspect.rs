//! What is wrong in a ledger by itself, whatever its inputs are.

use std::collections::BTreeMap;

use crate::json::{DocumentError, Json, Read, Reader, line_column_and_path, read_document};
use crate::words::{LedgerKey, ProgressFlag, RuntimeGate, SourceCount, VerifyCode};

use super::key::{self, CountKey};
use super::{Stamp, read};

/// The gates, boundaries and never-flags of a ledger that are not as they are for ever, and the counts that its
/// candidates do not bear out: each with its JSON path.
///
/// # Errors
///
/// Where the document is no strict JSON.
pub(crate) fn inspect(bytes: &[u8]) -> Result<Vec<(VerifyCode, String)>, DocumentError> {
    let ledger = read_document(bytes, read::is_ledger_key, any_value)?;
    let empty = BTreeMap::new();
    let ledger = members(Some(&ledger)).unwrap_or(&empty);
    let candidates = match ledger.get(LedgerKey::AcceptanceCandidates.as_str()) {
        Some(Json::Array(candidates)) => candidates.as_slice(),
        _ => &[],
    };
    let mut faults = Vec::new();
    let nevers = ProgressFlag::ALL.iter().filter(|flag| flag.is_never()).map(|flag| flag.as_str());
    let shut: Vec<_> = RuntimeGate::ALL.iter().map(|gate| gate.as_str()).chain(nevers).collect();
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(candidate) = members(Some(candidate)) else { continue };
        for name in &shut {
            if candidate.get(*name).is_some_and(|value| *value != Json::Bool(false)) {
                let path = format!("$.{}[{index}].{name}", LedgerKey::AcceptanceCandidates);
                faults.push((VerifyCode::GateNotFalse, path));
            }
        }
    }
    if let Some(shown) = members(ledger.get(LedgerKey::ExecutionBoundaries.as_str())) {
        for (name, value) in key::boundaries() {
            if shown.get(name).is_some_and(|shown| *shown != value) {
                let path = format!("$.{}.{name}", LedgerKey::ExecutionBoundaries);
                faults.push((VerifyCode::GateNotFalse, path));
            }
        }
    }
    if let Some(counts) = members(ledger.get(LedgerKey::Summary.as_str())) {
        for key in CountKey::all() {
            let name = key.name();
            let shown = counts.get(&name);
            let is_wrong = shown
                .zip(count(key, candidates))
                .is_some_and(|(shown, count)| *shown != Json::from(count));
            if is_wrong {
                faults
                    .push((VerifyCode::CountMismatch, format!("$.{}.{name}", LedgerKey::Summary)));
            }
        }
    }
    Ok(faults)
}

fn any_value(reader: &mut Reader<'_>) -> Read<Json> {
    reader.value()
}

fn members(value: Option<&Json>) -> Option<&BTreeMap<String, Json>> {
    match value {
        Some(Json::Object(members)) => Some(members),
        _ => None,
    }
}

/// What the candidates show for a count; `None` for what they cannot tell.
fn count(key: CountKey, candidates: &[Json]) -> Option<usize> {
    let with = |flag: &str| {
        let is_set = |candidate: &&Json| {
            members(Some(candidate)).and_then(|members| members.get(flag))
                == Some(&Json::Bool(true))
        };
        candidates.iter().filter(is_set).count()
    };
    Some(match key {
        CountKey::Progress(flag) => with(flag.as_str()),
        CountKey::Item(flag) => with(flag.as_str()),
        // A gate that is open is a fault of its own, and counts nothing.
        CountKey::Gate(_) => 0,
        CountKey::Source(SourceCount::AcceptanceCandidateCount) => candidates.len(),
        CountKey::Source(SourceCount::WriteCapableAcceptanceCandidateCount) => {
            with("write_capable_surface")
        }
        CountKey::Source(SourceCount::LiveEvidenceRequiredCandidateCount) => {
            with("requires_live_evidence")
        }
        CountKey::Source(_) => return None,
    })
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
