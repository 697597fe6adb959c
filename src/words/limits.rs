//! Limits that both rules and texts name: days of an acceptance, minutes ahead of the clock, characters of a
//! text, words of an answer.

/// How many days an acceptance may hold: a yearly review is in time in a leap year, too.
///
/// Replay checks every stored record with this limit. With a smaller one, journals that were valid become invalid.
pub(crate) const MAX_ACCEPTANCE_DAYS: i64 = 366;

/// How many minutes `responded_at`, `reviewed_at` and the time of an event may be ahead of the clock. The clocks of two
/// people differ by less.
///
/// Replay checks stored times with this limit, too.
pub(crate) const MAX_MINUTES_AHEAD: i64 = 5;

/// The maximum number of characters of one text.
///
/// [`Problem::Oversized`](super::Problem) names this number.
pub(crate) const MAX_CHARACTERS: usize = 4_000;

/// How many words an answer in a field of its own needs. Fewer rarely name both a thing and what is true of it.
pub(crate) const WORDS_OF_A_TEXT: usize = 3;

/// How many words a part of an answer needs. The name of the part is the context, so one word fewer is enough.
pub(crate) const WORDS_OF_A_PART: usize = 2;

/// How many words `standing:` needs: a day and a time, as in `Tuesdays 10:00`.
pub(crate) const WORDS_OF_A_STANDING_WINDOW: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{AcceptanceField, AnswerForm, Problem};

    /// A number as texts write it.
    fn in_words(number: usize) -> &'static str {
        ["no", "one", "two", "three", "four", "five", "six"][number]
    }

    #[test]
    fn texts_name_the_limits() {
        let of_a_text = format!("{} words", in_words(WORDS_OF_A_TEXT));
        for text in [
            AnswerForm::Text.english(),
            AnswerForm::TextOrRef.english(),
            Problem::SaysNothing.next_step().to_owned(),
            AcceptanceField::DecisionReason.help()[0].to_owned(),
        ] {
            assert!(text.contains(&of_a_text), "{text}");
        }
        assert!(Problem::Oversized.english().contains("4,000"));
        assert_eq!(MAX_CHARACTERS, 4_000);
        let of_a_part = format!("{} words", in_words(WORDS_OF_A_PART));
        let parts = AcceptanceField::answers().filter_map(AcceptanceField::form);
        let texts: Vec<_> = parts
            .flat_map(AnswerForm::parts)
            .map(crate::words::AnswerPart::english)
            .filter(|text| text.contains(" words"))
            .collect();
        assert!(!texts.is_empty());
        assert!(texts.iter().all(|text| text.contains(&of_a_part)), "{texts:?}");
    }
}
