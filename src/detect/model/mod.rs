//! Tells a request, a claim of health and a claim of recovery, in words that no list has.
//!
//! Nobody can list the ways to ask for a reload. So a linear model was trained on labelled texts (`tests/labelled`). It
//! looks at one sentence at a time, adds the [`weights`] of its [`features`], and divides by the root of their number.
//! The weights are whole numbers in a file that the program contains. There is no chance in it: the same text gives the
//! same result on each machine. The words of the neighbouring sentences count, too.
//!
//! `cargo run --release --features train --example train` writes the weights again.

mod denial;
mod features;
mod lexicon;
mod sentences;
#[cfg(any(test, feature = "train"))]
pub(crate) mod train;
mod weights;

use std::cmp::Reverse;
use std::ops::Range;

use features::Passage;
use weights::Weights;

use crate::words::Problem;

/// What the model looks for, in the order of the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Somebody is asked or permitted to act.
    Request,
    /// Health is claimed from a mere sign of life.
    Health,
    /// Something is said to have come back.
    Recovery,
}

impl Target {
    pub(crate) const ALL: [Self; 3] = [Self::Request, Self::Health, Self::Recovery];

    /// The problem that a sentence has if the model is certain.
    pub(crate) const fn problem(self) -> Problem {
        match self {
            Self::Request => Problem::RequestToAct,
            Self::Health => Problem::RouteOnlyHealth,
            Self::Recovery => Problem::RecoveryOnly,
        }
    }
}

/// A sentence in which the model sees a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opinion {
    pub(crate) target: Target,
    /// Whether a reader would be certain, too. Otherwise it is only probable.
    pub(crate) is_certain: bool,
    /// The target that the same sentence looks like even more. A sentence says that something is well or that it came
    /// back: if the other one is found, this one is not.
    pub(crate) yields_to: Option<Target>,
    /// The bytes of the words that weigh most.
    pub(crate) bytes: Range<usize>,
}

/// The scale of thresholds, so that they can be whole numbers.
const SCALE: i64 = 256;

/// How many features are added to the number of those that a sentence has. Without it, a single word would weigh as much
/// as a sentence.
const SMOOTHING: u16 = 64;

/// Above which score a sentence is probable, and above which it is certain.
#[derive(Clone, Copy, Debug)]
struct Thresholds<T> {
    probable: T,
    certain: T,
}

impl Thresholds<i64> {
    /// By how much a score, divided by the root of `count`, is above the threshold for certainty, in parts of a
    /// thousand of the distance between the two thresholds. So the margins of two targets can be compared.
    fn margin(self, score: i64, count: i64) -> i64 {
        /// The root is a whole number, so it is taken of a greater number.
        const FINER: i64 = 256;
        let root = (count * FINER * FINER).isqrt().max(1);
        let above = score * SCALE * FINER / root - self.certain;
        above * 1000 / (self.certain - self.probable).max(1)
    }
}

/// Returns the index of a text's thresholds.
fn language_of(text: &str) -> usize {
    usize::from(text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character)))
}

/// The trained model.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// For each target: for a text without Chinese, then for one with it, because their scores differ.
    thresholds: [[Thresholds<i64>; 2]; Target::ALL.len()],
    weights: Weights,
}

impl Model {
    /// Returns the model that the program contains.
    #[expect(clippy::expect_used, reason = "a program without its model would find no request")]
    pub(crate) fn get() -> Self {
        Self::read(weights::TRAINED).expect("the weights have the form that the program needs")
    }

    /// Returns an opinion for each sentence of a folded text in small letters, and for each target that is seen in it.
    pub(crate) fn judge(&self, text: &str, is_plan: bool) -> Vec<Opinion> {
        let mut opinions = Vec::new();
        let language = language_of(text);
        for (sentence, passage) in Passage::all(text, &sentences::sentences(text), is_plan) {
            let (mut scores, mut count) = ([0_i64; Target::ALL.len()], i64::from(SMOOTHING));
            for hash in features::distinct(passage) {
                count += 1;
                for (score, weight) in scores.iter_mut().zip(self.weights.of(hash)) {
                    *score += i64::from(weight);
                }
            }
            let first = opinions.len();
            let mut margins = [None; Target::ALL.len()];
            for (((score, thresholds), target), margin) in
                scores.into_iter().zip(&self.thresholds).zip(Target::ALL).zip(&mut margins)
            {
                let Some(thresholds) = thresholds.get(language) else { continue };
                if !exceeds(score, count, thresholds.probable) {
                    continue;
                }
                let is_certain = exceeds(score, count, thresholds.certain)
                    && !denial::denies(target, passage.sentence);
                *margin = is_certain.then(|| thresholds.margin(score, count));
                let part = self.heaviest(target, passage);
                let bytes = sentence.start + part.start..sentence.start + part.end;
                opinions.push(Opinion { target, is_certain, yields_to: None, bytes });
            }
            // Health and recovery have most of their words in common.
            let [_, health, recovery] = margins;
            if health.is_some() && recovery.is_some() {
                let (weaker, stronger) = if health < recovery {
                    (Target::Health, Target::Recovery)
                } else {
                    (Target::Recovery, Target::Health)
                };
                let of_sentence = opinions.iter_mut().skip(first);
                of_sentence
                    .filter(|opinion| opinion.target == weaker)
                    .for_each(|opinion| opinion.yields_to = Some(stronger));
            }
        }
        opinions
    }

    /// Returns the bytes from the first to the last of the heaviest features of a sentence. If only its neighbours speak
    /// for the target, it is the whole sentence.
    fn heaviest(&self, target: Target, passage: Passage<'_>) -> Range<usize> {
        /// How many places of features are joined. One may be a pair of words with the verb outside.
        const HEAVIEST: usize = 3;
        // Sorted. A word has several features, and counts with the heaviest of them.
        let mut heaviest: Vec<(Reverse<i8>, usize, usize)> = Vec::with_capacity(HEAVIEST + 1);
        features::each(passage, |(hash, bytes)| {
            let weight = self.weights.of_target(target, hash);
            if weight <= 0 || bytes.is_empty() {
                return;
            }
            let feature = (Reverse(weight), bytes.start, bytes.end);
            // Most features are lighter than those that are found already.
            if heaviest.get(HEAVIEST - 1).is_some_and(|lightest| *lightest <= feature) {
                return;
            }
            let is_same_place = |(_, start, end): &_| (*start, *end) == (bytes.start, bytes.end);
            let rank = heaviest.partition_point(|other| *other < feature);
            if rank < HEAVIEST && !heaviest.iter().take(rank).any(is_same_place) {
                heaviest.retain(|other| !is_same_place(other));
                heaviest.insert(rank, feature);
                heaviest.truncate(HEAVIEST);
            }
        });
        heaviest
            .into_iter()
            .map(|(_, start, end)| start..end)
            .reduce(|all, next| all.start.min(next.start)..all.end.max(next.end))
            .unwrap_or(0..passage.sentence.len())
    }
}

/// Whether `score`, divided by the root of `count`, is above a threshold. It is compared in squares, so that no
/// fraction is rounded.
const fn exceeds(score: i64, count: i64, threshold: i64) -> bool {
    const fn square(number: i64) -> i64 {
        number * number.abs()
    }
    square(score * SCALE) > square(threshold) * count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str, is_plan: bool) -> Vec<(Target, bool)> {
        let opinions = Model::get().judge(text, is_plan);
        opinions.into_iter().map(|opinion| (opinion.target, opinion.is_certain)).collect()
    }

    fn is_certain(text: &str, target: Target) -> bool {
        seen(text, false).contains(&(target, true))
    }

    #[test]
    fn plain_requests_are_certain() {
        for text in [
            "please reload prometheus",
            "could you restart the collector tonight?",
            "the reload is yours, go ahead.",
            "send me the bot token, please.",
            "請重新載入 prometheus",
            "麻煩幫我重啟 alertmanager",
            "交給你們 reload 了",
        ] {
            assert!(is_certain(text, Target::Request), "{text}");
        }
    }

    #[test]
    fn reports_plans_and_prohibitions_are_no_requests() {
        for text in [
            "reloaded at 10:00 under chg-7",
            "no reload was run.",
            "please see the ticket for the receipt.",
            "the route sends to the on-call channel.",
            "已於 10:00 由值班重新載入,結果見 ticket",
            "請勿 reload",
            "本回覆不授權任何重新載入",
        ] {
            assert!(!is_certain(text, Target::Request), "{text}");
        }
        let plan = seen("we reload in our window on tuesday.\nthen we read the rules back.", true);
        assert!(!plan.contains(&(Target::Request, true)));
    }

    #[test]
    fn a_sign_of_life_is_a_claim_unless_it_is_denied() {
        for (text, is_claim) in [
            ("the dashboard is green, so alerting is fine.", true),
            ("all containers are up, everything is healthy.", true),
            ("網頁打得開,告警正常", true),
            ("a route that returns 200 is not taken for health.", false),
            ("網頁打得開,不代表告警會送到", false),
        ] {
            assert_eq!(is_certain(text, Target::Health), is_claim, "{text}");
        }
    }

    #[test]
    fn a_recovery_is_one_only_if_it_happened() {
        for (text, is_recovery) in [
            ("the service has recovered and alerts fire again.", true),
            ("告警服務已恢復正常", true),
            ("the service has not recovered yet.", false),
            ("recovery is owned by ops.", false),
        ] {
            assert_eq!(is_certain(text, Target::Recovery), is_recovery, "{text}");
        }
    }

    #[test]
    fn a_request_is_found_where_it_stands() {
        let text =
            "nothing changed since march. please reload prometheus. the receipt is in the ticket.";
        let opinions = Model::get().judge(text, false);
        let request = opinions.iter().find(|opinion| opinion.target == Target::Request).unwrap();
        let sentence = text.find("please").unwrap()..text.find(" the receipt").unwrap();
        assert!(sentence.start <= request.bytes.start && request.bytes.end <= sentence.end);
    }

    #[test]
    fn the_comparison_is_that_of_fractions() {
        assert!(exceeds(10, 4, 4 * SCALE) && !exceeds(10, 4, 5 * SCALE));
        assert!(exceeds(-8, 4, -5 * SCALE) && !exceeds(-8, 4, -4 * SCALE));
        assert!(exceeds(0, 9, -1) && !exceeds(0, 9, 0));
    }
}
