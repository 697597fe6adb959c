//! How signed documents are recorded, and how their signatures are checked afterwards.

use serde_json::json;

use super::{ED25519, RECORD, RESPONSE, SIGNERS, key, sign, signed_case};
use crate::case::{Case, RULES};
use crate::tool::is_installed;

#[test]
fn signed_answers_and_records_are_taken_in_and_held_to_their_signatures() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let (_, err) = case.run_to(1, &["intake", "answer.json"]);
    assert!(
        err.contains("ssh-keygen -Y sign -n owner-response@acceptance-ledger -f KEY answer.json"),
        "{err}"
    );
    for (key, namespace, problem) in [
        ("rex", RESPONSE, "does not list this key for this principal"),
        ("ada", RECORD, "in the wrong namespace"),
    ] {
        sign(&case, key, namespace, "answer.json");
        assert!(case.run_to(1, &["intake", "answer.json"]).1.contains(problem));
    }
    case.write("answer.json.sig", "no signature");
    assert!(
        case.run_to(1, &["intake", "answer.json"]).1.contains("does not contain an SSH signature")
    );
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    let accept = [("reviewer", json!("rex@example.com"))];
    case.record("record.json", "owner_review_only_update", &accept);
    assert!(case.run_to(1, &["review", "record.json"]).1.contains("must be signed"));
    sign(&case, "rex", RECORD, "record.json");
    let whole = std::fs::read_to_string(case.path().join("record.json")).unwrap();
    case.write("record.json", whole.replace("readback.", "readback!"));
    assert!(case.run_to(1, &["review", "record.json"]).1.contains("does not match the bytes"));
    case.write("record.json", whole);
    case.run_to(0, &["review", "record.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
    assert!(case.run_to(0, &["status", RULES]).0.contains("by rex@example.com, signed\n"));
    assert_eq!(case.files(".sig").len(), 2);

    let signature = &case.files(".review.json.sig")[0];
    let kept = std::fs::read(signature).unwrap();
    std::fs::remove_file(signature).unwrap();
    assert_eq!(case.codes(&[]), ["signature_missing"]);
    std::fs::write(signature, std::fs::read(&case.files(".response.json.sig")[0]).unwrap())
        .unwrap();
    assert_eq!(case.codes(&[]), ["signature_invalid"]);
    std::fs::write(signature, kept).unwrap();
    assert_eq!(case.codes(&[]), [""; 0]);

    // `verify` notices that the list is removed, or that a key is given to another person. With `--since`, the list of
    // the revision decides.
    case.commit_all();
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    std::fs::remove_file(case.path().join(SIGNERS)).unwrap();
    assert_eq!(case.codes(&[]), ["signature_invalid"; 2]);
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    case.write(SIGNERS, list.replace("rex@", "eve@"));
    assert_eq!(case.codes(&[]), ["signature_invalid"]);
    assert_eq!(case.codes(&["--since", "HEAD"]), [""; 0]);
    case.write(SIGNERS, "rex@example.com nonsense");
    let (_, err) = case.run_to(2, &["verify"]);
    assert!(err.contains("allowed-signers:1:17:"), "{err}");
}

#[test]
fn what_was_filed_unsigned_does_not_hold_once_signatures_are_asked_for() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = Case::accepted();
    case.commit_ledger();
    let ada = key(&case, "ada", ED25519);
    case.write(SIGNERS, format!("ada@example.com namespaces=\"{RESPONSE}\" {ada}\n"));
    assert_eq!(case.codes(&[]), ["signature_missing"; 2]);

    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let rex = key(&case, "rex", ED25519);
    case.write(SIGNERS, format!("rex@example.com namespaces=\"{RECORD}\" {rex}\n"));
    case.record(
        "record.json",
        "owner_review_only_update",
        &[("reviewer", json!("rex@example.com"))],
    );
    sign(&case, "rex", RECORD, "record.json");
    let (_, err) = case.run_to(1, &["review", "record.json"]);
    assert!(err.contains("but the answer is not"), "{err}");
}

#[test]
fn nobody_accepts_with_the_key_that_signed_the_answer() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    let ada = std::fs::read_to_string(case.path().join("ada.pub")).unwrap();
    case.write(SIGNERS, format!("*@example.com namespaces=\"{RESPONSE},{RECORD}\" {ada}"));
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    for reviewer in ["rex@example.com", "ada@example.com"] {
        case.record("record.json", "owner_review_only_update", &[("reviewer", json!(reviewer))]);
        sign(&case, "ada", RECORD, "record.json");
        let (_, err) = case.run_to(1, &["review", "record.json"]);
        assert!(err.contains("the reviewer is the responder"), "{err}");
    }
}

/// If a clock ran ahead, the next event repeats the time of the last one. The key must be valid at that time.
#[test]
fn a_key_is_judged_at_the_time_that_the_event_carries() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    // The event is rewritten as if the clock had been years ahead.
    let line = std::fs::read_to_string(case.events()).unwrap();
    let (open, _) = line.split_once(",\"digest\":\"").unwrap();
    let (before, rest) = open.split_once("\"recorded_at\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    let open = format!("{before}\"recorded_at\":\"2031-01-01T00:00:00Z\"{after}");
    let digest = acceptance_ledger::Digest::of(open.as_bytes());
    std::fs::write(case.events(), format!("{open},\"digest\":\"{digest}\"}}\n")).unwrap();
    let list = std::fs::read_to_string(case.path().join(SIGNERS)).unwrap();
    let until_2030 = list.replacen("namespaces", "valid-before=\"20300101Z\",namespaces", 1);
    case.write(SIGNERS, until_2030);
    case.answer("later.json", 21, &[("responder", json!("ada@example.com"))]);
    sign(&case, "ada", RESPONSE, "later.json");
    let (_, err) = case.run_to(1, &["intake", "later.json"]);
    assert!(err.contains("no longer valid when the document was recorded"), "{err}");
    case.write(SIGNERS, list);
    case.run_to(0, &["intake", "later.json"]);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn a_status_says_signed_only_where_the_signature_holds() {
    if !is_installed("ssh-keygen", "-?") {
        return;
    }
    let case = signed_case();
    sign(&case, "ada", RESPONSE, "answer.json");
    case.run_to(0, &["intake", "answer.json"]);
    let status = || case.run_to(0, &["status", RULES]).0;
    assert!(status().contains("by ada@example.com, signed\n"), "{}", status());
    let signature = case.files(".sig")[0].clone();
    let kept = std::fs::read(&signature).unwrap();
    for bytes in [&b""[..], b"no signature", &kept[..kept.len() - 1]] {
        std::fs::write(&signature, bytes).unwrap();
        assert!(status().contains(", the signature is missing or invalid\n"), "{}", status());
        let (json, _) = case.run_to(0, &["status", RULES, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["events"][0]["signed"], false);
    }
    std::fs::write(&signature, kept).unwrap();
    assert!(status().contains("by ada@example.com, signed\n"));
    std::fs::remove_file(case.path().join(SIGNERS)).unwrap();
    assert!(status().contains(", the signature is missing or invalid\n"));
}
