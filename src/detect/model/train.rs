//! Trains the model on labelled texts. The result depends only on the texts and their order: no chance, no clock, and
//! only arithmetic that is the same on each machine.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use super::features::{self, Passage};
use super::{SCALE, SMOOTHING, Target, Thresholds, language_of, sentences, weights};
use crate::detect::Folded;
use crate::words::{AcceptanceField, Lane, NOT_APPLICABLE};

/// How strongly the training follows the labels (the C of a support vector machine). Chosen by cross-validation from 3,
/// 6 and 10, which differ little.
const STRICTNESS: f64 = 6.0;

/// In how many sentences a feature has to be. What was in one sentence only says nothing of others.
const MIN_SENTENCES: u32 = 2;

/// The most passes over the sentences. Nothing changes visibly after 40.
const PASSES: usize = 60;

/// Each part of the texts is judged once by a model that was trained without it, to choose the thresholds.
const FOLDS: usize = 4;

/// A sentence with what is known about it.
#[derive(Debug)]
struct Sentence {
    /// The number of the file, which is the number of the hand that wrote it.
    hand: usize,
    /// The number of the text.
    text: usize,
    language: usize,
    /// For each target: `Some` if the label is certain.
    labels: [Option<bool>; Target::ALL.len()],
    /// The hash of each feature, in their order.
    hashes: Vec<u32>,
    /// The places of those features that are in enough sentences, with their values.
    features: Vec<(usize, f64)>,
}

/// A labelled text that cannot be used.
///
/// ```
/// use acceptance_ledger::train::train;
///
/// let error = train(&["{".to_owned()]).unwrap_err();
/// assert_eq!((error.file, error.line, error.problem), (1, 1, "it is not JSON"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("file {file}, line {line}: {problem}")]
pub struct LabelError {
    /// The number of the file, from 1.
    pub file: usize,
    /// The number of the line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// A trained model.
///
/// ```
/// use acceptance_ledger::train::{Trained, train};
///
/// let text = r#"{"text": "Please reload it.", "field": "decision_reason",
///     "marks": [{"problem": "request_to_act", "part": "Please reload it.", "sure": true}]}"#;
/// let Trained { weights, report } = train(&[text.replace('\n', "")]).unwrap();
/// assert!(!weights.is_empty() && report.starts_with("1 texts, 1 sentences"));
/// ```
#[derive(Clone, Debug)]
pub struct Trained {
    /// The weights, as the program contains them.
    pub weights: Vec<u8>,
    /// What cross-validation says, as lines of a Markdown table.
    pub report: String,
}

/// Trains a model. Each file has one labelled text or answer a line, as in `tests/labelled`.
///
/// # Errors
///
/// Returns the first line that is not a labelled text.
pub fn train(files: &[String]) -> Result<Trained, LabelError> {
    let mut all = Vec::new();
    let mut texts = 0;
    for (hand, file) in files.iter().enumerate() {
        for (line, row) in file.lines().enumerate() {
            let error = |problem| LabelError { file: hand + 1, line: line + 1, problem };
            let row: Value = serde_json::from_str(row).map_err(|_| error("it is not JSON"))?;
            for labelled in labelled_texts(&row).map_err(error)? {
                all.extend(labelled.sentences(hand, texts).map_err(error)?);
                texts += 1;
            }
        }
    }
    keep_common_features(&mut all);
    let mut weights = Vec::new();
    let mut report = format!("{texts} texts, {} sentences\n\n", all.len());
    report.push_str("| target | language | found as certain | found at least as probable | of | false and certain | false | of |\n|---|---|---|---|---|---|---|---|\n");
    for target in Target::ALL {
        let trained = fit(&all, target, |_| true);
        let scores = held_out_scores(&all, target);
        let texts = scored_texts(&all, &scores, target);
        // The heaviest weight becomes the greatest number of a byte.
        let heaviest = trained.iter().fold(0.0_f64, |heaviest, weight| heaviest.max(weight.abs()));
        let scale = if heaviest > 0.0 { 127.0 / heaviest } else { 1.0 };
        let thresholds = [(0, "English"), (1, "Chinese")].map(|(language, name)| {
            let texts: Vec<_> = texts.iter().filter(|text| text.language == language).collect();
            let thresholds = choose_thresholds(&texts, target);
            report.push_str(&report_row(&texts, &thresholds, target, name));
            [thresholds.probable, thresholds.certain]
                .map(|threshold| whole(threshold * scale * scale_of_thresholds()))
        });
        let scaled = trained.iter().map(|weight| whole(weight * scale)).enumerate();
        let scaled: Vec<_> = scaled
            .filter_map(|(place, weight)| Some((place, i8::try_from(weight).ok()?)))
            .filter(|(_, weight)| *weight != 0)
            .collect();
        weights.extend(weights::write(thresholds, &scaled));
    }
    Ok(Trained { weights, report })
}

/// How many weights a target may have. Two bytes each, they stay below 150 KB together. Requests are said in the most
/// ways.
const fn most_weights(target: Target) -> usize {
    match target {
        Target::Request => 48_000,
        Target::Health => 10_000,
        Target::Recovery => 14_000,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the scale is a small number")]
const fn scale_of_thresholds() -> f64 {
    SCALE as f64
}

#[expect(clippy::cast_possible_truncation, reason = "weights and thresholds are small")]
fn whole(number: f64) -> i32 {
    number.round() as i32
}

/// A text and the parts of it that are labelled.
struct LabelledText<'r> {
    text: &'r str,
    is_plan: bool,
    marks: Vec<Mark<'r>>,
    /// Whether a claim would be marked.
    has_claims_marked: bool,
}

/// A part of a text that has a problem.
struct Mark<'r> {
    target: Target,
    part: &'r str,
    /// Whether any careful reader would agree.
    is_sure: bool,
}

/// Returns the texts of a line: the line itself, or the texts of a labelled answer.
fn labelled_texts(row: &Value) -> Result<Vec<LabelledText<'_>>, &'static str> {
    let marks = row.get("marks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let marks = marks.iter().filter_map(|mark| {
        let word = |key: &str| mark.get(key).and_then(Value::as_str);
        let problem = word("problem")?;
        let target = Target::ALL.into_iter().find(|target| target.problem().as_str() == problem);
        Some((target, word("part").unwrap_or_default(), mark.get("sure").and_then(Value::as_bool)?))
    });
    let marks: Vec<_> = marks.collect();
    if let Some(text) = row.get("text") {
        let text = text.as_str().ok_or("the text is not a string")?;
        let field = row.get("field").and_then(Value::as_str).unwrap_or_default();
        let mut own = Vec::new();
        for (target, part, is_sure) in marks {
            let target = target.ok_or("the problem is not one that the model looks for")?;
            if !text.contains(part) || part.is_empty() {
                return Err("a marked part is not in the text");
            }
            own.push(Mark { target, part, is_sure });
        }
        return Ok(vec![LabelledText {
            text,
            is_plan: is_plan(field),
            marks: own,
            has_claims_marked: true,
        }]);
    }
    // Without marks, an answer is known only if nothing is wrong with it. Even then it may claim something that its refs
    // show.
    let is_marked = row.get("marks").is_some();
    if !is_marked
        && row.get("lane").and_then(Value::as_str) != Some(Lane::ReadyForMonitoringReview.as_str())
    {
        return Ok(Vec::new());
    }
    let set =
        row.get("set").and_then(Value::as_object).ok_or("it has neither a text nor an answer")?;
    // A command, a payload or a secret may stand beside a request that nobody labelled.
    let has_others = marks.iter().any(|(target, ..)| target.is_none());
    let mut texts = Vec::new();
    for (field, value) in set {
        let mut found = Vec::new();
        strings(value, &mut found);
        // A ref is not in words, but the reason why there is none is.
        found.retain(|text| is_in_words(field) || text.starts_with(NOT_APPLICABLE));
        for text in found {
            let own = marks.iter().filter(|(_, part, _)| !part.is_empty() && text.contains(part));
            let own = own.filter_map(|(target, part, is_sure)| {
                Some(Mark { target: (*target)?, part, is_sure: *is_sure })
            });
            let own: Vec<_> = own.collect();
            if !has_others {
                texts.push(LabelledText {
                    text,
                    is_plan: is_plan(field),
                    marks: own,
                    has_claims_marked: is_marked,
                });
            }
        }
    }
    Ok(texts)
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, found)),
        Value::Object(members) => members.values().for_each(|value| strings(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_in_words(field: &str) -> bool {
    field.parse().is_ok_and(AcceptanceField::is_in_words)
}

fn is_plan(field: &str) -> bool {
    field.parse().is_ok_and(AcceptanceField::is_plan)
}

impl LabelledText<'_> {
    /// Splits the text into sentences, and finds out what is known about each.
    fn sentences(&self, hand: usize, text: usize) -> Result<Vec<Sentence>, &'static str> {
        let folded = Folded::new(self.text);
        let lower = folded.lower();
        let ranges = sentences::sentences(lower);
        let unmarked = Target::ALL
            .map(|target| (target == Target::Request || self.has_claims_marked).then_some(false));
        let mut labels = vec![unmarked; ranges.len()];
        for mark in &self.marks {
            let part = Folded::new(mark.part);
            let start =
                lower.find(part.lower()).ok_or("a marked part is not in the folded text")?;
            let marked = start..start + part.lower().len();
            let shared = |sentence: &Range<usize>| {
                sentence.end.min(marked.end).saturating_sub(sentence.start.max(marked.start))
            };
            let most = ranges.iter().map(shared).max().unwrap_or_default();
            for (sentence, labels) in ranges.iter().zip(&mut labels) {
                let shared = shared(sentence);
                if shared == 0 {
                    continue;
                }
                // A mark over two sentences is about the longer one. About the other one nobody can be sure.
                let is_it = shared == most || (2 * shared > sentence.len() && shared > 15);
                let label = labels.get_mut(mark.target as usize).ok_or("no such target")?;
                if *label != Some(true) {
                    *label = (mark.is_sure && is_it).then_some(true);
                }
            }
        }
        let passages = Passage::all(lower, &ranges, self.is_plan);
        let sentence = |((_, passage), labels)| Sentence {
            hand,
            text,
            language: language_of(lower),
            labels,
            hashes: features::distinct(passage),
            features: Vec::new(),
        };
        Ok(passages.zip(labels).map(sentence).collect())
    }
}

/// Gives each sentence the features that are in enough sentences. Unless many features share a place, the length of all
/// values of a sentence is below 1.
#[expect(clippy::cast_precision_loss, reason = "a sentence has few features")]
fn keep_common_features(all: &mut [Sentence]) {
    let mut sentences_with: HashMap<u32, u32> = HashMap::new();
    for sentence in all.iter() {
        for hash in &sentence.hashes {
            *sentences_with.entry(*hash).or_default() += 1;
        }
    }
    for sentence in all {
        let one = 1.0 / ((sentence.hashes.len() + usize::from(SMOOTHING)) as f64).sqrt();
        let is_common = |hash: &&u32| sentences_with.get(*hash) >= Some(&MIN_SENTENCES);
        let common = sentence.hashes.iter().filter(is_common);
        let mut places: Vec<usize> = common.map(|hash| weights::place(*hash)).collect();
        places.sort_unstable();
        for same in places.chunk_by(usize::eq) {
            let place = same.first().copied().unwrap_or_default();
            sentence.features.push((place, one * same.len() as f64));
        }
    }
}

/// Fits a model, keeps the features that weigh most, and fits the model again with these features only.
fn fit(all: &[Sentence], target: Target, is_used: impl Fn(&Sentence) -> bool) -> Vec<f64> {
    let used: Vec<&Sentence> = all.iter().filter(|sentence| is_used(sentence)).collect();
    let weights = descend(&used, target, |_| true);
    let mut heaviest: Vec<usize> = (0..weights.len()).collect();
    let weight = |place: usize| weights.get(place).map_or(0.0, |weight| weight.abs());
    heaviest.sort_by(|one, other| weight(*other).total_cmp(&weight(*one)).then(one.cmp(other)));
    let mut is_kept = vec![false; weights.len()];
    for place in heaviest.into_iter().take(most_weights(target)) {
        if let Some(is_kept) = is_kept.get_mut(place) {
            *is_kept = true;
        }
    }
    descend(&used, target, |place| is_kept.get(place) == Some(&true))
}

/// Fits a linear support vector machine by dual coordinate descent (Hsieh et al., 2008) with squared loss.
fn descend(used: &[&Sentence], target: Target, is_kept: impl Fn(usize) -> bool) -> Vec<f64> {
    let label = |sentence: &Sentence| sentence.labels.get(target as usize).copied().flatten();
    let rows = used.iter().filter_map(|sentence| {
        let kept = sentence.features.iter().filter(|(place, _)| is_kept(*place));
        Some(Row::new(kept.copied().collect(), label(sentence)?))
    });
    let mut rows: Vec<Row> = rows.collect();
    let mut weights = vec![0.0_f64; weights::PLACES];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(0x5eed);
    for _ in 0..PASSES {
        random.shuffle(&mut order);
        let mut greatest = 0.0_f64;
        for &index in &order {
            let Some(row) = rows.get_mut(index) else { continue };
            let gradient = row.sign * product(&row.features, &weights) - 1.0 + row.alpha * DIAGONAL;
            let projected = if row.alpha > 0.0 { gradient } else { gradient.min(0.0) };
            greatest = greatest.max(projected.abs());
            if projected != 0.0 {
                let before = row.alpha;
                row.alpha = (before - gradient / (row.length + DIAGONAL)).max(0.0);
                row.add((row.alpha - before) * row.sign, &mut weights);
            }
        }
        if greatest < 0.01 {
            break;
        }
    }
    weights
}

/// What the squared loss adds to the diagonal of the problem.
const DIAGONAL: f64 = 1.0 / (2.0 * STRICTNESS);

/// One sentence while a model is fitted.
struct Row {
    features: Vec<(usize, f64)>,
    sign: f64,
    alpha: f64,
    length: f64,
}

impl Row {
    fn new(features: Vec<(usize, f64)>, is_positive: bool) -> Self {
        let sign = if is_positive { 1.0 } else { -1.0 };
        let length = features.iter().map(|(_, value)| value * value).sum();
        Self { features, sign, alpha: 0.0, length }
    }

    fn add(&self, step: f64, weights: &mut [f64]) {
        for (place, value) in &self.features {
            if let Some(weight) = weights.get_mut(*place) {
                *weight += step * value;
            }
        }
    }
}

fn product(features: &[(usize, f64)], weights: &[f64]) -> f64 {
    let weight = |place: usize| weights.get(place).copied().unwrap_or_default();
    features.iter().map(|(place, value)| weight(*place) * value).sum()
}

/// A generator of numbers that are the same each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % end.max(1)
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for index in (1..order.len()).rev() {
            order.swap(index, self.below(index + 1));
        }
    }
}

/// Scores each sentence with a model that was trained without the hands of its fold.
fn held_out_scores(all: &[Sentence], target: Target) -> Vec<f64> {
    let mut scores = vec![0.0; all.len()];
    for fold in 0..FOLDS {
        let weights = fit(all, target, |sentence| sentence.hand % FOLDS != fold);
        for (sentence, score) in all.iter().zip(&mut scores) {
            if sentence.hand % FOLDS == fold {
                *score = product(&sentence.features, &weights);
            }
        }
    }
    scores
}

/// A text as a whole: its highest score, and whether it has the target at all.
struct Scored {
    score: f64,
    label: Option<bool>,
    language: usize,
}

fn scored_texts(all: &[Sentence], scores: &[f64], target: Target) -> Vec<Scored> {
    let mut texts: Vec<Scored> = Vec::new();
    let mut last = None;
    for (sentence, score) in all.iter().zip(scores) {
        let label = sentence.labels.get(target as usize).copied().flatten();
        if last == Some(sentence.text) {
            if let Some(text) = texts.last_mut() {
                text.score = text.score.max(*score);
                // One positive sentence is enough, and one doubtful sentence makes the text doubtful.
                text.label = match (text.label, label) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
            }
        } else {
            texts.push(Scored { score: *score, label, language: sentence.language });
        }
        last = Some(sentence.text);
    }
    texts
}

/// Chooses the thresholds by the share of clean texts that may exceed them.
///
/// Most of the clean texts were written to look like the target, so ordinary prose has far fewer.
fn choose_thresholds(texts: &[&Scored], target: Target) -> Thresholds<f64> {
    let mut clean: Vec<f64> =
        texts.iter().filter(|text| text.label == Some(false)).map(|text| text.score).collect();
    clean.sort_by(f64::total_cmp);
    // Of a thousand clean texts, as many may be called certain or probable.
    let (certain, probable) = match target {
        Target::Request => (16, 26),
        // Owners who claim health do so plainly. Those who deny it name the same signs, and must not be held.
        Target::Health => (7, 18),
        Target::Recovery => (10, 18),
    };
    let above = |per_mille: usize| {
        let index = clean.len().saturating_sub(1 + clean.len() * per_mille / 1000);
        // Without a clean text, nothing is known, so nothing is probable.
        clean.get(index).copied().unwrap_or(1.0e6)
    };
    Thresholds { probable: above(probable), certain: above(certain) }
}

fn report_row(
    texts: &[&Scored],
    thresholds: &Thresholds<f64>,
    target: Target,
    language: &str,
) -> String {
    let count = |label: bool, threshold: f64| {
        texts.iter().filter(|text| text.label == Some(label) && text.score > threshold).count()
    };
    let [found, false_alarms] = [true, false].map(|label| {
        [thresholds.certain, thresholds.probable, f64::MIN]
            .map(|threshold| count(label, threshold).to_string())
    });
    let cells = [found, false_alarms].concat().join(" | ");
    format!("| {} | {language} | {cells} |\n", target.problem())
}

#[cfg(test)]
mod tests {
    use super::super::Model;
    use super::*;
    use crate::digest::Digest;

    fn sample() -> String {
        let read = |name: &str| {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/labelled/texts");
            std::fs::read_to_string(format!("{folder}/{name}.jsonl")).unwrap()
        };
        let lines = |text: String| text.lines().take(120).collect::<Vec<_>>().join("\n");
        format!("{}\n{}", lines(read("en-a")), lines(read("zh-a")))
    }

    /// The weights that the program contains are checked as a whole by `cargo run --example train -- --check`.
    #[test]
    fn the_same_texts_give_the_same_weights() {
        let sample = sample();
        let halves = [sample.clone(), sample];
        let [first, second] = [train(&halves).unwrap(), train(&halves).unwrap()];
        assert_eq!(first.weights, second.weights);
        assert_eq!(Digest::of(&first.weights).to_string(), SAMPLE_DIGEST);
        assert!(Model::read(&first.weights).is_some());
    }

    /// What the sample gives on each machine. After a change of the features or of the training, print it and write it
    /// here.
    const SAMPLE_DIGEST: &str =
        "sha256:a35b79853d092d2f3c0fb62477c6238abb706fceb2bb4bc5cd58a0e0e9f3539b";

    #[test]
    fn a_model_learns_what_it_is_shown() {
        let trained = train(&[sample()]).unwrap();
        let model = Model::read(&trained.weights).unwrap();
        let scores = |text: &str| {
            let mut score = 0;
            features::each(Passage { sentence: text, ..Passage::default() }, |(hash, _)| {
                score += i32::from(model.weights.of_target(Target::Request, hash));
            });
            score
        };
        assert!(
            scores("please reload prometheus now") > scores("we reloaded prometheus on monday")
        );
    }

    #[test]
    fn a_wrong_label_is_refused_with_its_place() {
        for (line, problem) in [
            ("{", "it is not JSON"),
            (r#"{"marks": []}"#, "it has neither a text nor an answer"),
            (
                r#"{"text": "a", "marks": [{"problem": "request_to_act", "part": "b", "sure": true}]}"#,
                "a marked part is not in the text",
            ),
            (
                r#"{"text": "a", "marks": [{"problem": "other", "part": "a", "sure": true}]}"#,
                "the problem is not one that the model looks for",
            ),
        ] {
            let file = format!("{{\"text\": \"fine\"}}\n{line}");
            let error = train(&[file]).unwrap_err();
            assert_eq!(error, LabelError { file: 1, line: 2, problem });
        }
    }
}
