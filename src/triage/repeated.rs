//! Finds sentences that answer more than one question. Such a sentence is too general to answer any of them.

use std::collections::BTreeMap;

use crate::response::{EvidenceRef, count_folded_words, reason_in};
use crate::words::limits::WORDS_OF_A_PART;
use crate::words::{AcceptanceField, AnswerForm, PartForm, Problem, ResponseKey};

use super::{AnsweredText, Examination};

impl Examination<'_> {
    /// Reports each text that repeats a sentence from the answer to another question.
    pub(super) fn examine_repetitions(&mut self) {
        // Taken out for the loop, because `find` borrows all of `self`.
        let answered = std::mem::take(&mut self.answered);
        // The pointer of the text in which each sentence occurs first.
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        for text in answered.iter().filter(|text| must_not_repeat(text)) {
            let mut is_repeated = false;
            for sentence in sentences(text.folded.lower()) {
                let before = *first.entry(sentence).or_insert(&text.pointer);
                is_repeated |=
                    before != text.pointer && answer_different_questions(before, &text.pointer);
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

/// Returns whether a text must not repeat another text. A name, a ref, a reason, a scope, an entry of a review and a stop
/// condition may be the same in several places.
fn must_not_repeat(text: &AnsweredText) -> bool {
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

/// Returns whether the texts at two pointers belong to different checks, or to different parts of an answer.
fn answer_different_questions(one: &str, other: &str) -> bool {
    let check = |pointer: &str| {
        let field = pointer.split('/').nth(1)?.parse::<AcceptanceField>().ok()?;
        field.check()
    };
    let part = |pointer: &str| pointer.split('/').nth(2).map(str::to_owned);
    check(one) != check(other) || part(one) != part(other)
}

/// Returns the sentences of a text that have enough words to be one. Punctuation and repeated spaces are removed, so that
/// two spellings of a sentence are equal.
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
