//! Tests of the limits up to which an answer is examined.

use super::*;
use crate::json::{read_document, write_json};

#[test]
fn an_answer_without_end_is_oversized() {
    let many = vec![json!("ticket:OPS-1"); 401];
    for (value, is_oversized) in [(json!(many), true), (json!(many[..100]), false)] {
        let (lane, findings) = found("redacted_evidence_refs", value);
        let oversized =
            findings.iter().filter(|(problem, _)| *problem == Problem::Oversized).count();
        assert_eq!(oversized, usize::from(is_oversized));
        assert_eq!(lane == Lane::QuarantineSecretOrRawPayload, is_oversized);
    }
    // Text beyond the limit is not examined. It does not have to be, because the lane is already the strictest.
    let text = format!("{} 密碼：hunter2x", "字 ".repeat(2_000));
    let (lane, findings) = found("decision_reason", json!(text));
    assert_eq!(lane, Lane::QuarantineSecretOrRawPayload);
    assert_eq!(findings, [(Problem::Oversized, "/decision_reason".to_owned())]);
}

/// The sentences of a long text are not judged, because the answer is in the strictest lane already. A secret is named all
/// the same: it has to be changed.
#[test]
fn of_a_text_without_end_the_beginning_is_searched_by_the_rules_alone() {
    let problems = |begin: &str, times: usize| -> Vec<_> {
        let text = format!("{begin}{}", "Please reload Prometheus now. ".repeat(times));
        let (_, findings) = found("decision_reason", json!(text));
        findings.into_iter().map(|(problem, _)| problem).collect()
    };
    assert_eq!(problems("", 1), [Problem::RequestToAct]);
    assert_eq!(problems("", 200), [Problem::Oversized]);
    let secret = problems("password: hunter2hunter2. ", 200);
    assert_eq!(secret, [Problem::Oversized, Problem::SecretValue]);
}

#[test]
fn a_document_has_at_most_two_hundred_findings_and_then_is_oversized() {
    let mut document = clean();
    for index in 0..400 {
        document[format!("k{index}")] = Value::Null;
    }
    let triage = triaged(&document);
    assert_eq!(triage.findings.len(), MAX_FINDINGS + 1);
    assert_eq!(triage.findings.last().unwrap().problem(), Problem::Oversized);
    assert_eq!(triage.lane(), Lane::QuarantineSecretOrRawPayload);
    // Exactly at the limit, every finding is reported and the answer is not oversized.
    for index in 200..400 {
        document.as_object_mut().unwrap().remove(&format!("k{index}"));
    }
    let triage = triaged(&document);
    assert_eq!(triage.findings.len(), MAX_FINDINGS);
    assert_eq!(triage.lane(), Lane::RequestSupplement);
    // A very long run of invisible characters gives only few findings, because the journal stores every finding.
    let (_, findings) = found("decision_reason", json!(format!("x{}", "\u{200b}".repeat(3_000))));
    assert!(findings.len() <= MAX_FINDINGS + 1);
}

#[test]
fn a_limit_is_reached_behind_its_last_text_and_byte() {
    let mut budget = Budget::default();
    assert!((0..MAX_TEXTS).all(|_| budget.take(0)));
    assert!(!budget.take(0) && !budget.take(0));
    let mut budget = Budget::default();
    assert!(budget.take(MAX_BYTES - 1) && budget.take(1));
    assert!(!budget.take(1));
    let mut budget = Budget::default();
    assert!(!budget.take(MAX_BYTES + 1) && !budget.take(0));
}

#[test]
fn empty_lists_cost_no_more_than_their_keys() {
    let mut document = clean();
    for index in 0..90 {
        document[format!("key{index}")] = json!([]);
    }
    let triage = triaged(&document);
    let problems: Vec<_> = triage.findings.iter().map(|finding| finding.problem).collect();
    assert_eq!(problems, [Problem::UnknownField; 90]);
}

#[test]
fn a_list_is_looked_at_as_a_whole_up_to_its_limit() {
    let list = |length: usize| {
        let text = |length: usize| "word ".chars().cycle().take(length).collect::<String>();
        json!([text(3_000), text(900), text(length)])
    };
    let whole = |list: &Value| {
        let bytes = json!({ "notes": list }).to_string();
        let document = crate::json::Json::object([(
            "notes",
            read_document(
                bytes.as_bytes(),
                |_| true,
                |reader| {
                    let mut value = None;
                    reader.object(
                        |_| Some(()),
                        |reader, ()| {
                            value = Some(reader.value()?);
                            Ok(())
                        },
                    )?;
                    Ok(value.unwrap())
                },
            )
            .unwrap(),
        )]);
        let mut text = String::new();
        write_json(&mut text, &document, 0);
        text.len()
    };
    let fitting = MAX_STRUCTURE - whole(&list(0));
    let is_oversized = |length: usize| {
        let list = list(length);
        assert_eq!(whole(&list) + fitting, MAX_STRUCTURE + length);
        let (_, findings) = found("notes", list);
        findings.iter().any(|(problem, _)| *problem == Problem::Oversized)
    };
    assert_eq!(
        [fitting - 1, fitting, fitting + 1, fitting + 2].map(is_oversized),
        [false, false, true, true]
    );
}

#[test]
fn the_limits_are_those_that_the_document_names() {
    let document = include_str!("../../../docs/triage.md");
    for (what, limit) in [
        ("a text |", MAX_CHARACTERS),
        ("number of texts, including the names of unknown keys |", MAX_TEXTS),
        ("findings |", MAX_FINDINGS),
    ] {
        let row = document.lines().find(|line| line.starts_with(&format!("| {what}"))).unwrap();
        let (_, number) = row.split_once(&format!("{what} ")).unwrap();
        let digits: String =
            number.chars().take_while(|c| *c != ' ').filter(|c| *c != ',').collect();
        assert_eq!(digits.parse(), Ok(limit), "{row}");
    }
    assert!(document.contains(&format!("at most {},000 bytes", MAX_BYTES / 1_000)));
    assert!(document.contains(&format!("as a document | {} KiB", MAX_STRUCTURE / 1024)));
}
