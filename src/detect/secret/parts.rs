//! The rules for parts of secrets, and for secrets in pieces. `rules.rs` has the rules for whole ones, and says how a
//! pattern is written.

use crate::detect::rule::Rule;
use crate::words::Problem;

use super::SECRET;
use super::counts::{is_counted_part, is_masked, is_mixed_part, is_odd_end, is_odd_part, is_piece};

/// The base of every rule for parts of secrets. An answer must not carry a part of a secret either.
const PART_OF_SECRET: Rule = Rule { problem: Problem::PartialSecret, ..Rule::BASE };

/// The rules for parts of secrets.
pub(crate) const PARTS: &[Rule] = &[
    // Finds `the token starts with ...`. The word for a secret must be in the same sentence. The part needs a digit
    // or a `*`, so `ends with the quarter` is not a hit.
    Rule {
        id: "part_of_secret",
        what: "the beginning or the end of a secret",
        keywords: &["start", "begin", "end"],
        patterns: &[concat!(
            r"(?:token|key|secret|password|webhook|dsn|credential)s?[^.\n。]{0,64}?(?:starts?|starting|begins?|",
            r"beginning|ends?|ending)\s+(?:with|in)\s+[\x22'`.…*]{0,6}([A-Za-z0-9_:+/-]{2,})",
        )],
        counts: is_odd_part,
        hits: &[
            "the bot token starts with 1102",
            "our key ends in x9Zq4",
            "the token ends with ...x8Wd41b0",
            "the integration key of the service is still the one that starts with 9e41c0",
        ],
        misses: &["the token starts with a header", "the key ends with the quarter"],
        ..PART_OF_SECRET
    },
    // Finds the second end behind the first one (`begins with ... and ends in ...`), because the rule above finds only
    // the first. A name with a number (`prod-2`) is how a thing is called.
    Rule {
        id: "both_ends_of_secret",
        what: "the end of a secret behind its beginning",
        keywords: &["and end"],
        patterns: &[concat!(
            r"(?:token|key|secret|password|webhook|dsn|credential)s?[^.\n。]{0,64}?(?:starts?|begins?)\s+(?:with|in)\s+",
            r"\S{2,16}\s+and\s+ends?\s+(?:with|in)\s+[\x22'`.…*]{0,6}([!-+\--~]{2,})",
        )],
        counts: is_odd_end,
        hits: &[
            "the password has eleven letters, begins with Lob and ends in et7!",
            "the key starts with abc and ends with x9Zq4.",
        ],
        misses: &[
            "the name of the key starts with ops and ends with prod-2",
            "the token starts with monitoring and ends with v2.",
            "the webhook path begins with /api and ends in v2",
        ],
        ..PART_OF_SECRET
    },
    // Finds both ends without `with` behind the first one. The word for a secret may be in another sentence.
    Rule {
        id: "both_ends_in_short",
        what: "the beginning and the end of a secret, told in short",
        keywords: &["start", "begin"],
        patterns: &[
            r"(?:start(?:s|ing)?|begin(?:s|ning)?)\s+(?:with\s+)?[\x22'`]?([A-Za-z0-9_+]{4,16})[\x22'`]?,?\s+and\s+(?:end(?:s|ing)?|finish(?:es|ing)?|clos(?:es?|ing))\s+(?:(?:with|in|on)\s+)?\S{2,16}",
        ],
        counts: is_mixed_part,
        hits: &[
            "two keys: ours is the one that begins 3f9a1c and finishes with e07b42.",
            "the remote-write key, the one starting Lh5u and ending gO9b",
        ],
        misses: &[
            "the key window begins 10:00 and ends with the shift",
            "the password rule begins 2026 and ends in 2027",
            "the key review begins 2026Q1 and ends in 2026Q4",
            "the webhook test starts 08h30 and ends in an hour",
            "the token test starts slowly and ends in tears",
        ],
        ..PART_OF_SECRET
    },
    // Finds `the last 4 characters are ...` and `first 6 ...`. The text must name a secret somewhere, and the part
    // needs a digit: `the first rule is loaded` is not a hit.
    Rule {
        id: "counted_part_of_secret",
        what: "the first or last characters of a secret",
        keywords: &["first", "last", "leading", "trailing"],
        patterns: &[
            concat!(
                r"(?:first|last|leading|trailing)\s+(?:\d+|two|three|four|five|six|seven|eight|ten|few)?\s*(?:chars?|",
                r"characters?|digits?|letters?|symbols?|bytes?)?[^.\n。\d]{0,40}?(?:are|is|was|being|:|=)\s*[\x22'`]?",
                r"([A-Za-z0-9_:+/-]{3,})",
            ),
            r"(?:first|last)\s+(?:\d+|two|three|four|five|six|seven|eight|ten)\s+(?:chars?\s+|characters?\s+|digits?\s+|letters?\s+)?[\x22'`]?([A-Za-z0-9_:+/-]{4,})",
        ],
        counts: is_odd_part,
        hits: &[
            "the last 4 characters of the token are 9xQz",
            "password: first four digits: 1102",
            "api token of the job, first 6 dv8EHi",
        ],
        misses: &["the first rule is loaded", "the last receipt is ticket:OPS-12"],
        ..PART_OF_SECRET
    },
    // The same in Chinese: 前四碼, 末 4 碼, 開頭是. 前 2 位 may also count people, so the text must name a secret.
    Rule {
        id: "chinese_part_of_secret",
        what: "the first or last characters of a secret",
        keywords: &["前", "後", "后", "末", "尾", "開頭"],
        patterns: &[
            r"(?:開頭|字首|前面|結尾|尾巴|最後|末尾)\s*(?:幾碼|幾個字)?\s*(?:是|為|:|=)\s*[\x22'「.…*]{0,4}([A-Za-z0-9_+/-]{2,})",
            // Without a verb, the word for a secret is near, and no word for a name is between.
            r"(?:token|key|secret|密碼|金鑰|權杖|憑證)[^\n。:/名檔路]{0,32}?(?:開頭|結尾)\s*[\x22'「.…*]{0,4}([0-9]*[A-Za-z_][A-Za-z0-9_+-]{3,}|[0-9]+[A-Za-z][A-Za-z0-9]+)",
            r"(?:前|後|后|末|尾)\s*(?:\d+|[一二三四五六七八九十兩幾])?\s*(?:碼|码|位數|位|個字元|個字|字元|字)\s*(?:是|為|为|:|=)?\s*[\x22'「]?([A-Za-z0-9_+/-]{2,})",
        ],
        counts: is_counted_part,
        hits: &[
            "token 前四碼 1102 後四碼 x9Zq",
            "金鑰末 4 碼為 9xQz",
            "密碼開頭是 Tam、結尾是 9zq",
            "token 只記得開頭 glsa_Vt3mQz,結尾 7Kd2",
            "API key 前四碼 Arwr、後四碼 Zpkq",
            "整合金鑰開頭 75e7、結尾 1431",
        ],
        misses: &[
            "前 2 位 owner 已確認",
            "前四碼 Arwr 是機台編號",
            "token 輪替後前三個字 prod 不變",
            "密碼前後皆未出現",
            "token 的名稱開頭 prod,結尾 main",
            "webhook 只收名稱開頭 KubePod 的告警",
            "URL 開頭 /api/v2/ 的請求走同一個 webhook",
            "檔名開頭 2026-10-20 的紀錄沒有 token",
        ],
        ..PART_OF_SECRET
    },
    // Finds two ends around a mask of stars, dots, `x` and the like. The first end has three characters or more, so
    // `10...20` is not a hit, and neither is a mask without ends.
    Rule {
        id: "masked_secret",
        what: "a secret with a masked middle",
        keywords: &["**", "..", "…", "xxx", "••", "##"],
        patterns: &[
            r"(?:^|[^A-Za-z0-9_:+/*.-])([A-Za-z0-9_:+/-]{3,}(?:\*{2,}|•{2,}|\.{3,}|…+|x{4,}|#{3,})(?:\(?(?:masked|redacted|hidden)\)?(?:\*{2,}|\.{3,}|…+))?[A-Za-z0-9_:+/-]{2,})",
        ],
        counts: is_masked,
        hits: &[
            "token 1102****9xQz",
            "ghp_R7xK2v…(masked)…9TqZ",
            "bot token (7198******:AAFlBzf*********VNoXp)",
            "the key is sk12...9xQz",
            "slack：xoxb-8841......9fKc",
            "PAT 是 ghp_8sKd****Q2zP",
            "relay account lab (smtp pass Hb7********x2Q)",
        ],
        misses: &["the token of 10...20 receivers", "password: ********"],
        ..PART_OF_SECRET
    },
];

/// The rules for a text without its white space. They find a secret that is split into pieces.
///
/// Without white space all words run together. So only secrets with a clear shape are in this table, and a match must
/// also look random ([`is_piece`]).
pub(crate) const IN_PIECES: &[Rule] = &[Rule {
    id: "secret_in_pieces",
    what: "a secret that is split by spaces or line breaks",
    keywords: &[
        ":aa",
        "sk-lf-",
        "glsa_",
        "xoxb-",
        "xoxp-",
        "akia",
        "ghp_",
        "github_pat_",
        "glpat-",
        "aiza",
        "hooks.slack.com",
        "privatekey",
        "密碼",
    ],
    patterns: &[
        r"密碼(?:是|為|:|=)([!-+\--~]{6,})",
        r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
        r"sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-",
        r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
        r"xox[bp]-[0-9]{4,}-[0-9]{4,}(?:-[0-9]{4,})*(?:-#+)?",
        r"AKIA[0-9A-Z]{16}",
        r"ghp_[A-Za-z0-9]{36}",
        r"github_pat_[A-Za-z0-9]{22}_",
        r"glpat-[A-Za-z0-9_-]{20}",
        r"AIza[0-9A-Za-z_-]{35}",
        r"hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/",
        r"-{5}BEGIN[A-Z]*PRIVATEKEY-{5}",
    ],
    counts: is_piece,
    hits: &["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1", "密碼:wB4!zuoying92"],
    misses: &["密碼:見ticket", "20261123 10:00 reloaded"],
    ..SECRET
}];
