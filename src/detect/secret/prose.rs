//! The rules for secrets in sentences: passwords and keys that somebody tells in words. `rules.rs` has those with a form of
//! their own, and says how a pattern is written.

use crate::detect::rule::Rule;

use super::SECRET;
use super::counts::{
    is_application_password, is_odd_value, is_odd_value_and_no_name, is_secret_key, is_signed_value,
};

/// The rules for passwords and keys in sentences.
pub(crate) const IN_PROSE: &[Rule] = &[
    // Finds a password after a colon, or in a sentence: `is`, `was changed to`, up to four words for its owner between.
    // The next word has to look like a password: `the password is rotated` is prose.
    Rule {
        id: "password_in_prose",
        what: "a password in a sentence",
        keywords: &["pass", "pwd", "pw", "token", "secret", "key", "login", "credential"],
        patterns: &[
            r"(?:^|[^a-z])(?:passwords?|passphrase|passwd|pass|pwd|pw|passcode)[ \t]*(?::\s*|=[ \t]*)[\x22'`]?([!-+\--~]{5,})",
            concat!(
                r"(?:passwords?|passphrase|passwd|pwd|pw|passcode|token|secret|api[ -]?key|access[ -]?key|credentials?|",
                r"login)\s+(?:(?:for|of|to)\s+(?:[^\s,.;:]+\s+){1,4}?)?(?:(?:(?:is|was|has been|were)\s+)?(?:set|",
                r"changed|reset|rotated)\s+to|is|was|are|=|now|again)\s+(?:now\s+|still\s+|just\s+)?[\x22'`]?([!-+\--~]{5,})",
            ),
            // Without a verb: `log in with password hunter2x`.
            r"(?:^|[^a-z])(?:with|using|use|by|and|enter|type|the|its|our|same)\s+(?:the\s+)?(?:passwords?|passwd|pwd|pw|passcode|passphrase)\s+[\x22'`]?([!-+\--~]{5,})",
        ],
        counts: is_odd_value,
        hits: &[
            "the password is hunter2",
            "jump box pw: 8fTz!rodeo41",
            "SMTP password was changed to Tr0ub4dor&3.",
            "the password for the admin user is 'winter2026'",
            "log in with password hunter2x",
            "the user is ops, pw is hunter2x",
        ],
        misses: &[
            "the password is rotated every 90 days",
            "the token is kept in vault",
            "the secret is managed by ops-team-2",
        ],
        ..SECRET
    },
    // Finds an account and its password as a pair, and 密碼 with its value shortly after it. The value has to look
    // like a password, so a sentence about who manages it, or a ref, is not a hit.
    Rule {
        id: "password_in_chinese",
        what: "a password in a Chinese sentence",
        keywords: &[
            "密",
            "口令",
            "金鑰",
            "權杖",
            "令牌",
            "通行碼",
            "帳",
            "password",
            "passwd",
            "pwd",
            "pw",
            "token",
        ],
        patterns: &[
            r"(?:帳密|帳號密碼|帳號)[^\n。,;]{0,6}?[A-Za-z0-9_.@-]{2,}\s*(?:/|,|、|密碼|\s)\s*(?:密碼)?\s*[:=]?\s*([!-+\--~]{6,})",
            concat!(
                r"(?:密碼|密码|口令|金鑰|密鑰|权杖|權杖|令牌|通行碼|password|passwd|pwd|pw|token)[^\n。,;]{0,8}?(?:=[ \t]*|(?:是|為|为|:|改成|改為|改为|",
                r"設為|設成|換成|改用|用|就是|還是|打|填|輸入)\s*)[\x22'「『`]?[ \t]*([!-+\--~]{4,})",
            ),
        ],
        counts: is_odd_value_and_no_name,
        hits: &[
            "帳密 oncall / Wb4!zhongli92，登入之後看",
            "密碼：hunter2",
            "後台密碼是 Winter2026!",
            "管理員密碼已改為p4ssw0rd",
            "登入密碼用 hunter2x",
            "密碼換成 hunter2x 了",
            "密碼跟帳號同名是 ops2026x",
            "password 是 hunter2x",
        ],
        misses: &[
            "密碼由 vault 管理",
            "密碼：已於 CHG-7 輪替",
            "密碼: ticket:SEC-12",
            "token 的名稱是 climate-board-2026",
        ],
        ..SECRET
    },
    // Finds a password directly behind its name, perhaps with an arrow between. Tickets, settings, versions and addresses
    // stand there, too, so the value needs signs that only a password has.
    Rule {
        id: "password_behind_its_name",
        what: "a password directly behind the word for it",
        keywords: &["pass", "pwd", "pw", "密", "口令", "通行碼"],
        patterns: &[
            r"(?:^|[^a-z])(?:passwords?|passwd|pwd|pw|passcode|passphrase)\s*(?:→|->|=>|\s|,\s*which\s+is\s)\s*[\x22'`]?([!-+\--~]{6,})",
            r"(?:密碼|密码|口令|通行碼)\s*(?:→|->|=>|\s)\s*[\x22'「『`]?([!-+\--~]{6,})",
        ],
        counts: is_signed_value,
        hits: &[
            "login is tech, password Rotor!Nord77",
            "user ops | password Rotor#Nord77",
            "types viewer and the password, which is Rosemary!Furness71, so it is back",
            "登入 pw → wafer2Nacht@0317",
            "信箱密碼 Gondel@1807.",
            "後台密碼 Gondel!nacht 共用",
        ],
        misses: &[
            "token, password SEC-13",
            "user, password smtp_auth_password_file",
            "password OAuth2 login",
            "(password age>90d alerts)",
            "the rule password length!=16 fires",
            "rack power (pw 350kW)",
            "token → OPS-12, pw → SEC-12 已結案",
            "密碼 SEC#12 已結案",
            "密碼 SSO+MFA 登入",
            "密碼 Q1~Q3 各輪替一次",
            "密碼保管 → Chen@security",
            "登入密碼 root@10 號機不用",
            "重設密碼 ops@corp.example",
        ],
        ..SECRET
    },
    // Finds a random value shortly behind `secret` or `key`, with a Chinese verb between. The value is one run of letters
    // and digits, perhaps behind the prefix of a vendor: names and paths have hyphens and slashes.
    Rule {
        id: "key_in_chinese",
        what: "a key in a Chinese sentence",
        keywords: &["secret", "key"],
        patterns: &[
            r"(?:secret|key)[^\n。,;a-z0-9名叫]{0,8}(?:是|為|用|填|帶|設成|設為|改成|換成)\s*[\x22'「『`]?\s*((?:[a-z]{2,8}_){0,3}[A-Za-z0-9]{20,}(?:[+/][A-Za-z0-9+/]*={1,2})?)(?:[^A-Za-z0-9_/-]|$)",
        ],
        counts: is_secret_key,
        hits: &[
            "channel secret 是 b47e0c91d6f3a85287ce14f09d3ba6e2",
            "X-Api-Key 帶 ak_live_9QzR4tYw8LmN2xVc6BpHs0Kd",
        ],
        misses: &[
            "secret 是 alertmanager-main-tokens",
            "key 用 monitoring/prod/telegram",
            "kustomize 產生的 secret 是 grafana-env-7f9c4bd8d6",
            "secret 名稱是 grafana-smtp-20261020",
            "key 用 monitoring/prod/2026/telegram",
            "dedup key 是 prometheus-20261020-0930",
            "dedup key 是 4bf92f3577b34da6a3ce929d0e0e4736",
            "public key 是 AAAAC3NzaC1lZDI1NTE5AAAAIE7x",
        ],
        ..SECRET
    },
    // Finds the password that a mail provider gives to a program: four groups of four letters. Behind another word for a
    // password, four short words may be a sentence, so one of them must have no vowel.
    Rule {
        id: "application_password",
        what: "an application password of four groups",
        keywords: &["app", "應用程式密碼", "pass", "密碼", "pw"],
        patterns: &[
            r"(?:app(?:lication)?[ -]?pass(?:word|code)?|應用程式密碼)[^\n。;a-z]{0,3}(?:is|was|was set to|是|為|用)?[^\n。;a-z]{0,8}((?:[a-z]{4}[ -]){3}[a-z]{4})(?:[^a-z]|$)",
            r"(?:password|passwd|密碼|pw)[^\n。;]{0,24}?((?:[a-z]{4}[ -]){3}[a-z]{4})(?:[^a-z]|$)",
        ],
        counts: is_application_password,
        hits: &[
            "the app password beqb utso yluv mjtz",
            "應用程式密碼 ewjv samn uiyu jnau",
            "密碼是 qwrt zxcv abcd efgh",
        ],
        misses: &["the password that each team must know", "an app password with four word code"],
        ..SECRET
    },
];
