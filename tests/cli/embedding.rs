//! The tool for reviewers in `examples/reviewer.rs`, which uses the journal as a library.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use acceptance_ledger::store::{Journal, LockedJournal};
use acceptance_ledger::{
    Lane, RecordBuilder, ResponseDocument, ReviewerCheck, ReviewerKind, Signer, SignerRole,
};
use serde_json::{Value, json};

use crate::case::{Case, DASHBOARD, RULES};
use crate::tool::{stderr, stdout};

/// Runs the example with one verdict for each line of its standard input.
fn review(case: &Case, verdicts: &str) -> Output {
    let mut example = std::env::current_exe().unwrap();
    example.pop();
    example.pop();
    example.push("examples/reviewer");
    assert!(
        example.exists(),
        "run `cargo test` without --test, or `cargo build --profile test --all-features --examples` before it"
    );
    let now = jiff::Timestamp::now();
    let until = now + jiff::SignedDuration::from_hours(24 * 30);
    let root = case.path().to_str().unwrap();
    let mut child = Command::new(example)
        .args([root, "Rex Reviewer", "ticket:OPS-12", &until.to_string(), &now.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The tool may stop before it reads everything.
    let _ = child.stdin.take().unwrap().write_all(verdicts.as_bytes());
    child.wait_with_output().unwrap()
}

/// The verdicts of a record that accepts the answer of the rules, in the order of the checks.
fn passing(case: &Case) -> Vec<String> {
    case.record("record.json", "owner_review_only_update", &[]);
    let record = std::fs::read(case.path().join("record.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    let verdict =
        |check: &ReviewerCheck| record["checks"][check.as_str()].as_str().unwrap().to_owned();
    ReviewerCheck::ALL.iter().map(verdict).collect()
}

#[test]
fn a_tool_of_one_page_records_a_review() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let output = review(&case, &passing(&case).join("\n"));
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with(RULES), "{}", stdout(&output));
    assert!(stdout(&output).ends_with("  now in waiting_runtime_gate\n"));
    case.commit_ledger();
    assert_eq!(case.row()["status"], "waiting_runtime_gate");
    assert_eq!(case.codes(&[]), [""; 0]);
    // Nothing waits for a reviewer now.
    assert_eq!(stdout(&review(&case, "")), "");
}

#[test]
fn a_tool_that_fails_a_check_holds_the_answer() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let mut verdicts = passing(&case);
    let check = ReviewerCheck::ReceiverReceiptProofMetadataOnly;
    let index = ReviewerCheck::ALL.iter().position(|one| *one == check).unwrap();
    "fail".clone_into(&mut verdicts[index]);
    let output = review(&case, &verdicts.join("\n"));
    assert!(output.status.success(), "{}", stderr(&output));
    let status: Value =
        serde_json::from_str(&case.run_to(0, &["status", RULES, "--format", "json"]).0).unwrap();
    assert_eq!(status["failed_checks"], json!([check.as_str()]));
    assert_eq!(status["waiting_on"], "owner");
}

/// What the command line refuses, the library refuses too, and nothing is written.
#[test]
fn a_tool_cannot_go_around_the_rules() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let verdicts = passing(&case).join("\n");
    let events = std::fs::read(case.events()).unwrap();
    let unchanged = |why: &str| assert_eq!(std::fs::read(case.events()).unwrap(), events, "{why}");
    // The file of the surface is not the one that the owner answered for.
    let rules = std::fs::read(case.path().join("prometheus/alert.rules")).unwrap();
    case.write("prometheus/alert.rules", "groups: []\n");
    let output = review(&case, &verdicts);
    assert!(stderr(&output).contains("OtherFile"), "{}", stderr(&output));
    unchanged("another file");
    case.write("prometheus/alert.rules", rules);
    // Documents have to be signed, and the tool signs nothing.
    let signers = "docs/security/monitoring-owner-response-acceptance.allowed-signers";
    case.write(signers, "# nobody yet\n");
    let output = review(&case, &verdicts);
    assert!(stderr(&output).contains("Unsigned"), "{}", stderr(&output));
    unchanged("unsigned");
    case.write(signers, "no key\n");
    let output = review(&case, &verdicts);
    assert!(stderr(&output).contains("Signers"), "{}", stderr(&output));
    unchanged("a list of signers that cannot be read");
}

/// Opens the journal of a case as a tool would.
fn locked(case: &Case) -> LockedJournal {
    Journal::of(case.path()).lock(std::time::Duration::from_secs(5)).unwrap()
}

#[test]
fn a_signer_that_nobody_checked_does_not_count() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    let answer = std::fs::read(case.path().join("answer.json")).unwrap();
    let claimed = Signer::verified("Ada Owner", "SHA256:nobody", SignerRole::Owner);
    let response = ResponseDocument::parse(&answer).unwrap().signed_by(claimed);
    locked(&case).record_response(&response, None).unwrap();
    let history = locked(&case).history(RULES).unwrap();
    assert_eq!(history.log().events()[0].signer(), None);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn many_answers_are_recorded_together_and_each_has_its_own_result() {
    let case = Case::new();
    // The third one is earlier than the first one. The second one is for nobody.
    case.answer("first.json", 20, &[]);
    case.answer("nobody.json", 20, &[("acceptance_candidate_id", "nobody".into())]);
    case.answer("earlier.json", 19, &[]);
    case.answer_for("board.json", DASHBOARD, 20, &[]);
    let answers = ["first.json", "nobody.json", "earlier.json", "board.json"].map(|file| {
        ResponseDocument::parse(&std::fs::read(case.path().join(file)).unwrap()).unwrap()
    });
    let answers: Vec<_> = answers.iter().map(|answer| (answer, None)).collect();
    let mut journal = locked(&case);
    let recorded = journal.record_responses(&answers);
    let shown: Vec<_> = recorded
        .iter()
        .map(|result| match result {
            Ok(recorded) => recorded.candidate().surface().surface_id().to_owned(),
            Err(error) => format!("{error:?}"),
        })
        .collect();
    assert_eq!(shown, [RULES, "NoSuchCandidate", "Response(NotLater)", DASHBOARD]);
    for surface in [RULES, DASHBOARD] {
        assert_eq!(journal.history(surface).unwrap().log().events().len(), 1, "{surface}");
    }
}

/// An error may be printed with `Debug`, for example by `main`. It must not repeat the answer.
#[test]
fn no_error_repeats_an_answer() {
    let case = Case::new();
    case.answer("answer.json", 20, &[]);
    case.run_to(0, &["intake", "answer.json"]);
    let mut journal = locked(&case);
    let history = journal.history(RULES).unwrap();
    let record = RecordBuilder::new(&history)
        .unwrap()
        .reviewer(
            "Rex Reviewer",
            ReviewerKind::Person,
            &"2026-11-21T10:00:00+08:00".parse().unwrap(),
        )
        .hold(Lane::RequestSupplement)
        .reason("The window is not named.", "ticket:OPS-12")
        .build()
        .unwrap();
    let refused = journal.record_review(&record, None).unwrap_err();
    for text in [format!("{refused:?}"), format!("{history:?}")] {
        assert!(text.contains("RequestSupplement") || text.contains("ReadyForReview"), "{text}");
        for said in ["Ada Owner", "平台組", "ticket:OPS-12", "Watchdog"] {
            assert!(!text.contains(said), "{said}: {text}");
        }
    }
}
