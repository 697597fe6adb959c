//! Parses a ledger.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::candidate::Entry;
use crate::gate::Shut;
use crate::inputs::{Source, SurfaceKey, SurfaceParts};
use crate::json::{DocumentError, DocumentProblem, Fault, Json, Read, Reader, read_document};
use crate::response::{Answers, PENDING};
use crate::words::{AcceptanceField, AnswerShape, Lane, LedgerKey, SourceCount};

use super::key::{self, CandidateKey, CountKey};
use super::tally::Tally;
use super::{Header, LedgerDocument, Stamp};

/// Parses a ledger. It checks the keys, the constants, every candidate and every count.
pub(super) fn read_ledger(bytes: &[u8]) -> Result<LedgerDocument, DocumentError> {
    let ledger_keys: Vec<_> = LedgerKey::ALL.iter().map(|key| (key.as_str(), *key)).collect();
    let candidate_keys: Vec<_> =
        CandidateKey::sorted().into_iter().map(|key| (key.as_str(), key)).collect();
    let boundaries: Vec<_> = key::boundaries().collect();
    let counts: Vec<_> = CountKey::all().map(|key| (key.name(), key)).collect();
    read_document(bytes, is_ledger_key, |reader| {
        let mut stamp = Stamp::new("", "");
        let [mut inventory, mut requests] = [Source::default(), Source::default()];
        let mut required_owner_fields: Arc<[String]> = Arc::default();
        let mut claims = Vec::new();
        let mut entries = Vec::new();
        reader.closed_object(&ledger_keys, |reader, key| {
            match key {
                LedgerKey::AcceptanceCandidates => entries = read_entries(reader, &candidate_keys)?,
                LedgerKey::GeneratedAt => stamp.generated_at = reader.string()?,
                LedgerKey::GitCommit => stamp.git_commit = reader.string()?,
                LedgerKey::RequiredOwnerFields => required_owner_fields = reader.strings()?.into(),
                LedgerKey::SourceInventorySchemaVersion => {
                    inventory.schema_version = reader.value()?;
                }
                LedgerKey::SourceInventoryStatus => inventory.status = reader.value()?,
                LedgerKey::SourceOwnerRequestSchemaVersion => {
                    requests.schema_version = reader.value()?;
                }
                LedgerKey::SourceOwnerRequestStatus => requests.status = reader.value()?,
                LedgerKey::Summary => reader.closed_object(&counts, |reader, key| {
                    claims.push((reader.offset()?, key, reader.value()?));
                    Ok(())
                })?,
                LedgerKey::ExecutionBoundaries => {
                    let keyed: Vec<_> =
                        boundaries.iter().map(|(name, value)| (*name, (*name, value))).collect();
                    reader.closed_object(&keyed, |reader, (name, value)| {
                        read_constant(reader, name, value)
                    })?;
                }
                LedgerKey::AcceptanceFields
                | LedgerKey::BlockedActions
                | LedgerKey::NextSteps
                | LedgerKey::OutcomeLanes
                | LedgerKey::ReviewerChecks
                | LedgerKey::SchemaVersion
                | LedgerKey::Status => {
                    // Each of these keys has a constant, so the default is never used.
                    let expected = key::constant(key).unwrap_or(Json::Null);
                    read_constant(reader, key.as_str(), &expected)?;
                }
            }
            Ok(())
        })?;
        for (_, key, value) in &claims {
            match key {
                // These two counts come from the inputs. The candidates cannot confirm them.
                CountKey::Source(SourceCount::SourceSurfaces) => {
                    inventory.count = value.clone();
                }
                CountKey::Source(SourceCount::SourceRequestDrafts) => {
                    requests.count = value.clone();
                }
                _ => {}
            }
        }
        // The keys may come in any order, so the counts are compared only after everything is parsed.
        let header = Header { stamp, inventory, requests, required_owner_fields };
        let mut tally = Tally::default();
        for entry in &entries {
            tally.add(entry);
        }
        match claims.iter().find(|(_, key, value)| tally.count(*key, &header) != *value) {
            Some((offset, ..)) => {
                Err(Fault { offset: *offset, problem: DocumentProblem::CountMismatch })
            }
            None => Ok(LedgerDocument { header, entries }),
        }
    })
}

/// Whether an error's path may name the key, because a ledger has such a key. Any other key may be a secret in the
/// wrong place.
pub(super) fn is_ledger_key(key: &str) -> bool {
    key.parse::<LedgerKey>().is_ok()
        || CandidateKey::sorted().into_iter().any(|other| other.as_str() == key)
        || key::boundaries().any(|(name, _)| name == key)
        || CountKey::all().any(|other| other.name() == key)
}

fn read_entries(
    reader: &mut Reader<'_>,
    keys: &[(&'static str, CandidateKey)],
) -> Read<Vec<Entry<'static>>> {
    let mut entries: Vec<Entry<'static>> = Vec::new();
    let mut ids = BTreeSet::new();
    reader.array(|reader, _| {
        let offset = reader.offset()?;
        // Most candidates have the same list of required fields as the candidate before, and share it.
        let shared = entries.last().map(|entry| entry.surface.shared_required_owner_fields());
        let entry = read_entry(reader, keys, &shared.unwrap_or_default())?;
        if !ids.insert(entry.surface.surface_id().to_owned()) {
            return Err(Fault { offset, problem: DocumentProblem::DuplicateCandidate });
        }
        entries.push(entry);
        Ok(())
    })?;
    Ok(entries)
}

fn read_entry(
    reader: &mut Reader<'_>,
    keys: &[(&'static str, CandidateKey)],
    shared: &Arc<[String]>,
) -> Read<Entry<'static>> {
    let start = reader.offset()?;
    let mut surface = SurfaceParts::default();
    let mut candidate_id = (start, String::new());
    let mut answers = Answers::default();
    let [mut lane, mut reviewer_outcome] = [Lane::WaitingOwnerResponse; 2];
    let mut progress = BTreeSet::new();
    let mut items = BTreeSet::new();
    reader.closed_object(keys, |reader, key| {
        if let Some(expected) = key.constant() {
            return read_constant(reader, key.as_str(), &expected);
        }
        match key {
            CandidateKey::Shared(LedgerKey::Status) => lane = read_lane(reader)?,
            CandidateKey::Shared(_) => {
                surface.read(reader, SurfaceKey::RequiredOwnerFields, shared)?;
            }
            CandidateKey::Progress(flag) => {
                if reader.boolean()? {
                    progress.insert(flag);
                }
            }
            CandidateKey::Item(flag) => {
                if reader.boolean()? {
                    items.insert(flag);
                }
            }
            CandidateKey::Field(AcceptanceField::AcceptanceCandidateId) => {
                candidate_id = (reader.offset()?, reader.string()?);
            }
            CandidateKey::Field(AcceptanceField::ReviewerOutcome) => {
                reviewer_outcome = read_lane(reader)?;
            }
            CandidateKey::Field(field) => match SurfaceKey::of(field) {
                Some(key) => surface.read(reader, key, shared)?,
                None => read_answer(reader, field, &mut answers)?,
            },
            // A gate is a constant, so it was checked above.
            CandidateKey::Gate(_) => {}
        }
        Ok(())
    })?;
    let surface = surface
        .finish(reader, start)
        .ok_or(Fault { offset: start, problem: DocumentProblem::ImpossibleCandidate })?;
    let (offset, id) = candidate_id;
    if id != surface.candidate_id() {
        return Err(Fault { offset, problem: DocumentProblem::WrongConstant });
    }
    let entry = Entry {
        surface: Cow::Owned(surface),
        answers: Cow::Owned(answers),
        lane,
        reviewer_outcome,
        progress,
        items,
    };
    if entry.is_possible() {
        Ok(entry)
    } else {
        Err(Fault { offset: start, problem: DocumentProblem::ImpossibleCandidate })
    }
}

/// Parses a value that must be equal to `expected`.
fn read_constant(reader: &mut Reader<'_>, key: &'static str, expected: &Json) -> Read<()> {
    let offset = reader.offset()?;
    if reader.value()? == *expected {
        return Ok(());
    }
    let problem = if *expected == Json::from(Shut) {
        DocumentProblem::MustBeFalse(key)
    } else {
        DocumentProblem::WrongConstant
    };
    Err(Fault { offset, problem })
}

fn read_lane(reader: &mut Reader<'_>) -> Read<Lane> {
    let offset = reader.offset()?;
    reader
        .string()?
        .parse()
        .map_err(|_| Fault { offset, problem: DocumentProblem::Expected("a lane") })
}

/// Parses an answer. The placeholder for a missing answer is skipped.
fn read_answer(reader: &mut Reader<'_>, field: AcceptanceField, answers: &mut Answers) -> Read<()> {
    match field.answer_shape() {
        Some(AnswerShape::Refs) => answers.set_evidence_refs(reader.strings()?),
        Some(AnswerShape::Ref) if reader.null()? => {}
        _ => {
            let text = reader.string()?;
            // In a field with one pointer, the placeholder is `null`. Any text there is an answer.
            if text != PENDING || field.answer_shape() == Some(AnswerShape::Ref) {
                answers.set_text(field, text);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::inputs::{Inventory, OwnerRequests};
    use crate::json::DocumentProblem;
    use crate::ledger::{Ledger, LedgerDocument, Stamp};

    /// The problem of a baseline of one surface, after each text is replaced with the other text of its pair.
    fn problem_with(changes: &[(&str, &str)]) -> DocumentProblem {
        let requests = br#"{"required_owner_fields": [], "request_drafts": [{
            "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1, "config_kind": 1,
            "observability_scope": 1, "control_tier": 1, "repo_source_path": 1, "repo_sha256": 1,
            "source_line_count": 1, "write_capable_surface": true, "requires_live_evidence": true,
            "required_owner_fields": []}]}"#;
        let stamp = Stamp::new("t", "unknown");
        let requests = OwnerRequests::parse(requests).unwrap();
        let mut text = String::new();
        let ledger = Ledger::baseline(Inventory::parse(b"{}").unwrap(), requests, stamp);
        ledger.write_to(&mut text).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        LedgerDocument::parse(text.as_bytes()).unwrap_err().problem().clone()
    }

    #[test]
    fn what_is_shut_is_refused_by_its_name() {
        for key in
            ["request_sent", "recipient_confirmed", "runtime_gate", "telegram_send_authorized"]
        {
            let change = (&*format!("\"{key}\": false"), &*format!("\"{key}\": true"));
            assert_eq!(problem_with(&[change]), DocumentProblem::MustBeFalse(key));
        }
        let change = ("\"not_approval\": true", "\"not_approval\": false");
        assert_eq!(problem_with(&[change]), DocumentProblem::WrongConstant);
    }

    #[test]
    fn no_row_is_read_that_no_state_shows() {
        let set = |key: &str| (format!("\"{key}\": false"), format!("\"{key}\": true"));
        let status = |lane: &str| {
            ("\"status\": \"waiting_owner_response\"".to_owned(), format!("\"status\": \"{lane}\""))
        };
        let outcome = |lane: &str| {
            let key = "\"reviewer_outcome\"";
            (format!("{key}: \"waiting_owner_response\""), format!("{key}: \"{lane}\""))
        };
        for changes in [
            // Accepted, but no person received it.
            vec![status("waiting_runtime_gate"), set("owner_response_accepted")],
            vec![
                status("owner_review_only_update"),
                outcome("owner_review_only_update"),
                set("owner_response_accepted"),
            ],
            // A hold with the outcome of another hold.
            vec![
                status("quarantine_secret_or_raw_payload"),
                outcome("reject_execution_request"),
                set("owner_response_received"),
                set("owner_response_quarantined"),
            ],
            vec![status("ready_for_monitoring_review"), set("owner_response_received")],
            // An accepted item whose field is not answered.
            vec![
                status("request_supplement"),
                outcome("request_supplement"),
                set("owner_response_received"),
                set("supplement_requested"),
                set("rollback_owner_accepted"),
            ],
            // Live evidence without a hash.
            vec![
                status("request_supplement"),
                outcome("request_supplement"),
                set("owner_response_received"),
                set("supplement_requested"),
                set("live_evidence_received"),
            ],
            // Live evidence with a hash, but no person received the answer.
            vec![
                status("request_supplement"),
                set("supplement_requested"),
                set("live_evidence_received"),
                (
                    "\"live_config_hash_ref\": null".to_owned(),
                    "\"live_config_hash_ref\": \"ticket:OPS-1\"".to_owned(),
                ),
            ],
        ] {
            let changes: Vec<_> =
                changes.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
            assert_eq!(problem_with(&changes), DocumentProblem::ImpossibleCandidate, "{changes:?}");
        }
    }
}
