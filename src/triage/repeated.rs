//! One sentence that answers several questions answers none of them.

use std::collections::BTreeMap;

use crate::response::{EvidenceRef, WORDS_OF_A_PART, count_folded_words, reason_in};
use crate::words::{AcceptanceField, AnswerForm, PartForm, Problem, ResponseKey};

use super::{AnsweredText, Examination};

impl Examination<'_> {
    pub(super) fn examine_repetitions(&mut self) {
        let answered = std::mem::take(&mut self.answered);
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        for text in answered.iter().filter(|text| is_own_words(text)) {
            let mut is_repeated = false;
            for sentence in sentences(text.folded.lower()) {
                let before = *first.entry(sentence).or_insert(&text.pointer);
                is_repeated |= before != text.pointer && are_two_questions(before, &text.pointer);
            }
            if is_repeated {
                let key = Some(ResponseKey::Field(text.field));
                self.find(Problem::RepeatedText, key, text.pointer.clone(), None);
            }
        }
        drop(first);
        self.answered = answered;
    }
}

/// Whether a text has to be said in words of its own. A name, a ref, a reason, a scope and what an entry is about may be
/// the same in several places, as may when to stop.
fn is_own_words(text: &AnsweredText) -> bool {
    let mut steps = text.pointer.split('/').skip(2);
    let is_prose = match (text.field.form(), steps.next()) {
        (Some(AnswerForm::Text | AnswerForm::TextOrRef), _) => true,
        (Some(form), Some(part)) => form
            .part(part)
            .is_some_and(|part| matches!(part.form, PartForm::Text | PartForm::TextOrRef)),
        _ => false,
    };
    let said = text.folded.lower().trim();
    is_prose
        && steps.next() != Some("not_applicable")
        && reason_in(said).is_none()
        && said.parse::<EvidenceRef>().is_err()
}

/// Whether two texts belong to different checks, or to different parts of one answer.
fn are_two_questions(one: &str, other: &str) -> bool {
    let check = |pointer: &str| {
        let field = pointer.split('/').nth(1)?.parse::<AcceptanceField>().ok()?;
        field.check()
    };
    let part = |pointer: &str| pointer.split('/').nth(2).map(str::to_owned);
    check(one) != check(other) || part(one) != part(other)
}

/// The sentences of a text that are long enough to be one, without what surrounds them.
fn sentences(text: &str) -> impl Iterator<Item = String> {
    text.split(['。', ';', '!', '?', '\n'])
        .flat_map(|text| text.split(". "))
        .filter(|sentence| count_folded_words(sentence) >= WORDS_OF_A_PART)
        .map(|sentence| {
            let words =
                sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ")
        })
}
