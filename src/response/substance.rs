//! Checks the form of a text: whether it has enough words, and whether it is only a placeholder.
//!
//! These checks find answers that fill a field and say nothing. Whether an answer is true is for the reviewer to judge.
//! All lists are compared with folded text: lower case, plain letters, single spaces.

use std::collections::BTreeSet;

use crate::cut;
use crate::detect::fold_name;
use crate::words::NOT_APPLICABLE;
use crate::words::limits::MAX_CHARACTERS;

use super::PENDING;

/// The most bytes that a placeholder may have before folding, which can shorten a text. A longer text is not folded
/// at all, which saves time.
const MAX_PLACEHOLDER: usize = 256;

/// Whether a text is a placeholder for an answer that is still missing. A placeholder counts as blank.
pub(crate) fn is_placeholder(text: &str) -> bool {
    /// The whole text has to be one of these. A longer text that contains one may be an answer (`none since June`).
    const PLACEHOLDERS: [&str; 21] = [
        "",
        PENDING,
        "pending",
        "tbd",
        "tbc",
        "todo",
        "n/a",
        "na",
        "none",
        "null",
        "unknown",
        "-",
        "--",
        "?",
        "...",
        "xxx",
        "待補",
        "待確認",
        "待定",
        "未定",
        "無",
    ];
    let text = text.trim();
    // Folding does not shorten ASCII, and the longest placeholder is `PENDING`.
    if text.len() > MAX_PLACEHOLDER || (text.is_ascii() && text.len() > PENDING.len()) {
        return false;
    }
    let folded = fold_name(text);
    PLACEHOLDERS.contains(&folded.as_str())
}

/// Words that answer no question. A text that has only these says nothing. Beside other words they count:
/// `no errors` has two words.
const FILLERS: [&str; 20] = [
    "yes", "no", "ok", "okay", "fine", "good", "done", "tbd", "tbc", "todo", "na", "n", "a",
    "none", "null", "unknown", "pending", "same", "xxx", "etc",
];

/// Counts the words of a text. A run of letters or digits is one word, and so are two Chinese characters. A repeated
/// word counts once. A text of fillers alone has no words.
pub(crate) fn count_words(text: &str) -> usize {
    count_folded_words(&fold_name(text))
}

/// Whether a text has at least `words` words.
///
/// The beginning of a long text is counted first, which is faster. The whole text is counted only if the beginning has
/// too few words, for example because it repeats itself. An oversized text is not counted.
pub(crate) fn has_words(text: &str, words: usize) -> bool {
    /// How many bytes are counted first. Almost every text that says something has enough words by then.
    const BEGINNING: usize = 400;
    let beginning = text.get(..cut::floor(text, BEGINNING)).unwrap_or(text);
    if count_words(beginning) >= words {
        return true;
    }
    // Triage reports a longer text as oversized, and does not say what the rest of it says.
    let is_oversized = || cut::behind(text, MAX_CHARACTERS).is_some();
    beginning.len() < text.len() && (is_oversized() || count_words(text) >= words)
}

/// As [`count_words`], for a text that is already folded.
pub(crate) fn count_folded_words(folded: &str) -> usize {
    if is_put_off(folded) {
        return 0;
    }
    let ideographs: Vec<char> = folded.chars().filter(|c| is_ideograph(*c)).collect();
    let different: BTreeSet<_> = ideographs.iter().collect();
    let runs: BTreeSet<&str> = folded
        .split(|c: char| !c.is_alphanumeric() || is_ideograph(c))
        .filter(|run| !run.is_empty())
        .collect();
    if ideographs.is_empty() && runs.iter().all(|run| FILLERS.contains(run)) {
        return 0;
    }
    // A Chinese word may repeat a character (怪怪). So each character counts at most twice, however often it is typed.
    runs.len() + ideographs.len().min(2 * different.len()) / 2
}

/// Whether a folded text begins by saying that the answer comes later. Then the rest does not count:
/// `TBD later, when we know`.
fn is_put_off(folded: &str) -> bool {
    /// English beginnings. The word must end there: `todos are kept elsewhere` is an answer.
    const WORDS: [&str; 10] = [
        "tbd",
        "tbc",
        "tba",
        "todo",
        "to do",
        "to be filled",
        "to be done",
        "to be decided",
        "to be determined",
        "to be confirmed",
    ];
    /// Chinese beginnings. Chinese has no spaces, so any text may follow.
    const CHINESE: [&str; 4] = ["待補", "待確認", "待定", "待填"];
    let text = folded.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins_with = |word: &str| {
        text.strip_prefix(word)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    WORDS.iter().any(|word| begins_with(word)) || CHINESE.iter().any(|word| text.starts_with(word))
}

/// Whether a character is Chinese, Japanese or Korean. Such a character is a word or a syllable, and has no spaces
/// around it.
fn is_ideograph(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{3100}'..='\u{312f}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a text gives a reason why something is not applicable: it has at least one word that says something.
pub(crate) fn is_reason(text: &str) -> bool {
    /// Texts that are a word and still give no reason, without spaces and punctuation. A single Chinese character is
    /// a word, so the short answers among them are listed here.
    const NO_REASONS: [&str; 18] = [
        "是",
        "否",
        "有",
        "沒有",
        "不",
        "對",
        "不是",
        "好",
        "同上",
        "不適用",
        "不知道",
        "不清楚",
        "notapplicable",
        "dunno",
        "idk",
        "noidea",
        "dontknow",
        "seeabove",
    ];
    let is_word = |c: char| c.is_alphanumeric();
    let folded = fold_name(text);
    // Without punctuation, so that `N / A` and `T.B.D.` are found in the lists.
    let bare: String = folded.chars().filter(|c| is_word(*c)).collect();
    let has_word =
        folded.split(|c: char| !is_word(c)).any(|run| !run.is_empty() && !FILLERS.contains(&run));
    has_word
        && !is_placeholder(text)
        && !is_placeholder(&bare)
        && !NO_REASONS.contains(&bare.as_str())
}

/// Beginnings of a folded English text that names no person or team. The word must end there.
const NOBODY: [&str; 44] = [
    "nobody",
    "no one",
    "no-one",
    "noone",
    "none",
    "someone",
    "somebody",
    "anyone",
    "anybody",
    "everyone",
    "everybody",
    "whoever",
    "whomever",
    "some",
    "up for grabs",
    "who knows",
    "tbd",
    "tbc",
    "todo",
    "to be",
    "not assigned",
    "not yet",
    "not sure",
    "unassigned",
    "unowned",
    "unclear",
    "unknown",
    "undecided",
    "no owner",
    "dunno",
    "don't know",
    "do not know",
    "idk",
    "i don't",
    "we don't",
    "vacant",
    "no body",
    "tba",
    "not applicable",
    "same as",
    "as above",
    "see above",
    "never",
    "ditto",
];

/// Phrases that mean a Chinese text names no person or team. They may be anywhere, since Chinese has no spaces.
const NOBODY_IN_CHINESE: [&str; 35] = [
    "沒有人",
    "沒人",
    "無人",
    "不知道",
    "不清楚",
    "不確定",
    "待定",
    "待補",
    "待確認",
    "未定",
    "未指派",
    "未指定",
    "尚未",
    "還沒",
    "再說",
    "再看",
    "再議",
    "某人",
    "某個人",
    "隨便",
    "任何人",
    "誰都",
    "誰有空",
    "大家",
    "都可以",
    "從缺",
    "空缺",
    "找不到",
    "忘了",
    "沒有負責",
    "沒特別",
    "同上",
    "暫無",
    "如上",
    "從未",
];

/// The names of a duty. With one of them, `whoever is on call` names a rota.
const ROTAS: [&str; 7] = ["on call", "on-call", "oncall", "on duty", "duty", "pager", "值班"];

/// Whether a text names a person, a team, a role or a rota.
pub(crate) fn names_somebody(text: &str) -> bool {
    let folded = fold_name(text);
    // Without punctuation, so that `T.B.D.` and `- -` are found in the lists.
    let bare: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    // A rota is checked first: `whoever` alone names nobody, but `whoever is on call` names somebody.
    if ROTAS.iter().any(|rota| folded.contains(rota)) {
        return !folded.starts_with("no ") && !folded.starts_with("nobody");
    }
    let begins_with = |word: &str| {
        // Punctuation before the word is skipped: `'nobody'` is the same as `nobody`.
        let rest = folded.trim_start_matches(|c: char| !c.is_alphanumeric()).strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
    };
    // A number alone is not a name: `42`.
    bare.chars().any(char::is_alphabetic)
        && !is_placeholder(&bare)
        && !FILLERS.contains(&bare.as_str())
        && !NOBODY.iter().any(|word| begins_with(word))
        && (folded.is_ascii() || !NOBODY_IN_CHINESE.iter().any(|word| folded.contains(word)))
        && !folded.starts_with(NOT_APPLICABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_both_languages_and_once_each() {
        for (text, count) in [
            ("", 0),
            (".", 0),
            ("ok", 0),
            ("ok ok ok", 0),
            ("See ticket.", 2),
            ("Matches what runs.", 3),
            ("matches MATCHES Matches", 1),
            ("no alert lost", 3),
            ("no errors", 2),
            ("yes, done, ok", 0),
            ("hash 怪怪", 2),
            ("甲乙丙甲乙丙", 3),
            ("與線上一致，不改", 3),
            ("好好好好好好", 1),
            ("firing 數量不變", 3),
            ("十分鐘無回執", 3),
            ("ＴＢＤ", 0),
            ("failed notifications stay 0", 4),
            ("TBD later, when we know", 0),
            ("(to be filled in)", 0),
            ("待補 待補", 0),
            ("todos are kept elsewhere", 4),
        ] {
            assert_eq!(count_words(text), count, "{text}");
        }
    }

    #[test]
    fn a_reason_is_a_word_that_is_no_placeholder() {
        for text in ["none since June", "only our cluster", "近三個月無事故", "internal", "無事故"]
        {
            assert!(is_reason(text), "{text}");
        }
        for text in [
            "", " ", "-", "no", "No.", "yes", "n/a", "N / A", "tbd", "T.B.D.", "無", "沒有", "待補",
        ] {
            assert!(!is_reason(text), "{text}");
        }
    }

    #[test]
    fn a_name_names_somebody() {
        for text in [
            "Dana Lim",
            "SRE on-call",
            "@example/sre",
            "whoever is on call",
            "值班人員",
            "平台組",
            "林怡君",
            "noc",
            "Nadia",
            "Anyone Chen Ltd".trim_start_matches("Anyone "),
            "team 4",
        ] {
            assert!(names_somebody(text), "{text}");
        }
        for text in [
            "nobody",
            "Nobody yet",
            "no one",
            "someone from ops",
            "whoever has time",
            "TBD by Friday",
            "T.B.D.",
            "- -",
            "42",
            "ok",
            "沒有人負責",
            "待定",
            "大家都可以",
            "隨便找個人",
            "to be decided",
            "nobody.",
            "'nobody'",
            "No Body",
            "TBA",
            "同上",
            "never",
        ] {
            assert!(!names_somebody(text), "{text}");
        }
    }
}
