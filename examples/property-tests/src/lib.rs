//! A queue that shows reviewers only what triage passed, and the property tests of the queue.
//!
//! The strategies of acceptance-ledger give answers of every kind: complete ones, ones with a secret, broken ones. So the
//! tests check this code against answers that nobody here wrote by hand.

use acceptance_ledger::{Candidate, Received, ResponseDocument, Surfaces};

/// The texts of the answers that a reviewer may see, in the order of the queue.
pub fn for_reviewers<'a>(surfaces: &Surfaces, queue: &'a [String]) -> Vec<&'a str> {
    let is_ready = |text: &&String| {
        let Ok(document) = ResponseDocument::parse(text.as_bytes()) else { return false };
        let surface = document.candidate_id().and_then(|id| surfaces.of_candidate(id));
        surface.is_some_and(|surface| {
            let received = Candidate::new(surface.clone()).receive(surfaces, &document);
            matches!(received, Received::ReadyForReview(_))
        })
    };
    queue.iter().filter(is_ready).map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use acceptance_ledger::{OwnerRequests, strategies};
    use proptest::prelude::*;

    use super::*;

    const RULES: &str = "prometheus_rules:prometheus/alert.rules";

    fn surfaces() -> Surfaces {
        let requests = include_bytes!(
            "../../monitoring/docs/security/monitoring-owner-request-draft.snapshot.json"
        );
        Surfaces::of(&OwnerRequests::parse(requests).unwrap())
    }

    proptest! {
        /// A secret never reaches a reviewer, even in an answer that is complete without it.
        #[test]
        fn no_answer_with_a_secret_is_shown(secret in strategies::secret()) {
            let surfaces = surfaces();
            let mut answer = strategies::clean_response(surfaces.get(RULES).unwrap());
            let text = |answer: &_| serde_json::to_string(answer).unwrap();
            let clean = text(&answer);
            answer.insert("decision_reason".to_owned(), format!("the bot uses {secret}").into());
            let queue = [clean.clone(), text(&answer)];
            prop_assert_eq!(for_reviewers(&surfaces, &queue), [clean.as_str()]);
        }

        /// The order of the queue stays, and nothing is shown twice.
        #[test]
        fn the_order_stays(
            queue in proptest::collection::vec(
                strategies::responses(surfaces().get(RULES).unwrap()),
                0..4,
            ),
        ) {
            let surfaces = surfaces();
            let shown = for_reviewers(&surfaces, &queue);
            let mut rest = queue.iter();
            for text in shown {
                prop_assert!(rest.any(|other| other == text));
            }
        }
    }
}
