//! Tests of a match: whether it is a secret, or only a placeholder, a pointer or a word.
//!
//! Each function takes the matched text and the whole text. A rule names one of them as its `counts`.

use std::collections::BTreeSet;

use crate::cut;
use crate::detect::rule::before;

/// Counts unless the value is in the place of a secret: a variable, a path to the secret, an example, a pointer, or a
/// word of prose. Values of fewer than three characters do not count either.
pub(super) fn is_value(value: &str, _: &str) -> bool {
    let value = value.trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '.' | ',' | ')' | '('));
    let lower = value.to_ascii_lowercase();
    // Found anywhere in the value: signs of a variable or a template, marks of redaction, and words of examples.
    let stand_ins = [
        "${",
        "#{",
        "{{",
        "$(",
        "%(",
        "$_post[",
        "$_get[",
        "$_env[",
        "<",
        "***",
        "####",
        "...",
        "xxxx",
        "redacted",
        "example",
        "placeholder",
        "changeme",
        "dummy",
        "masked",
        "hidden",
        "removed",
        "脫敏",
        "遮罩",
        "已遮",
        "pending_owner_response",
        "not_applicable",
    ];
    // Found at the beginning: a variable, a path or a ref that says where the secret is kept, or a value that SOPS has
    // encrypted.
    let pointers = [
        "$",
        "enc[aes256_gcm",
        "vault",
        "secret/",
        "kv/",
        "ssm:",
        "arn:",
        "op://",
        "env:",
        "file:",
        "sha256:",
        "sha512:",
        "commit:",
        "ticket:",
        "artifact:",
        "message-id:",
        "https://",
        "http://",
        "/",
        "secretkeyref",
        "valuefrom",
    ];
    // The whole value: words that follow `password:` or `token is` in prose. Within a longer value they mean nothing.
    let words = [
        "none",
        "null",
        "true",
        "false",
        "unknown",
        "yes",
        "no",
        "is",
        "was",
        "in",
        "not",
        "the",
        "rotated",
        "stored",
        "managed",
        "required",
        "missing",
        "absent",
        "present",
        "unchanged",
        "valid",
        "invalid",
        "expired",
        "revoked",
        "password",
        "passwd",
        "pass",
        "pwd",
    ];
    !(stand_ins.iter().any(|stand_in| lower.contains(stand_in))
        // Only at the start of a word: a random secret may contain these letters.
        || begins_a_word(&lower, "your")
        || pointers.iter().any(|pointer| lower.starts_with(pointer))
        || words.contains(&lower.as_str())
        || lower.chars().all(|c| c == '*' || c == 'x' || c == '-' || c == '.')
        || repeats_a_character(&lower, 16))
        && value.len() >= 3
}

/// Whether a letter or digit is repeated so many times. A random text hardly has that.
fn repeats_a_character(text: &str, times: usize) -> bool {
    let is_repeated = |run: &[u8]| run.iter().all(|byte| Some(byte) == run.first());
    let is_letter = |run: &[u8]| run.first().is_some_and(u8::is_ascii_alphanumeric);
    text.as_bytes().windows(times).any(|run| is_letter(run) && is_repeated(run))
}

/// Whether it is a file in which a secret or a certificate is: `tls/server.pem`.
fn is_name_of_file(lower: &str) -> bool {
    let endings = ["pem", "cer", "crt", "jks", "p12", "json", "yaml", "yml"];
    let is_name = |name: &str| {
        let is_in_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte);
        !name.is_empty() && name.bytes().all(is_in_name)
    };
    let name = lower.trim_end_matches(['"', '\'', '/', '>']).rsplit_once('.');
    name.is_some_and(|(name, end)| endings.contains(&end) && is_name(name))
}

/// Whether it is a package with its version: `jjwt-jackson-0.11.2`.
fn is_name_with_version(lower: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number =
        |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    lower.rsplit_once('-').is_some_and(|(name, version)| {
        version.matches('.').count() >= 2
            && version.split('.').all(is_number)
            && name.split('-').all(is_word)
    })
}

/// Counts if the value also looks like a password or a random text: letters with a digit or a sign, or six digits and
/// more. A plain word after `password:` is prose.
pub(super) fn is_odd_value(value: &str, text: &str) -> bool {
    let trimmed = without_sentence_end(value);
    let has_letter = trimmed.bytes().any(|byte| byte.is_ascii_alphabetic());
    let has_other =
        trimmed.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*+=?~_".contains(&byte));
    let only_digits = trimmed.len() >= 6 && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    let lower = trimmed.to_ascii_lowercase();
    is_value(trimmed, text)
        && !is_public(value, text)
        && !is_name_of_file(&lower)
        && !is_name_with_version(&lower)
        && ((has_letter && has_other) || only_digits)
}

/// Whether the name of the value says that it is public: `publicToken = ...`.
fn is_public(value: &str, text: &str) -> bool {
    let before = before(value, text).trim_end_matches([' ', '\t', '=', ':', '"', '\'', '`']);
    let is_in_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let name = before.rsplit(|character| !is_in_name(character)).next().unwrap_or_default();
    let name = name.to_ascii_lowercase().replace('_', "");
    ["publictoken", "publickey", "publicapikey"].contains(&name.as_str())
}

/// Counts if the value has a sign that tickets, names of settings, versions and addresses do not have: `!`, `$` or `^`
/// inside, `#` before a letter, or `@` before a number behind a capital letter.
pub(super) fn is_signed_value(value: &str, text: &str) -> bool {
    let trimmed = without_sentence_end(value);
    let is_number = |part: &str| part.len() > 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_signed = trimmed
        .split_once(['!', '$', '^'])
        .is_some_and(|(before, _)| !before.is_empty())
        || trimmed.split_once('#').is_some_and(|(before, after)| {
            !before.is_empty() && after.starts_with(|first: char| first.is_ascii_alphabetic())
        })
        || trimmed.split_once('@').is_some_and(|(before, after)| {
            before.contains(|character: char| character.is_ascii_uppercase()) && is_number(after)
        });
    // `length!=16` compares.
    is_signed && !trimmed.contains("!=") && is_odd_value(value, text)
}

/// The value without the signs that end a sentence or a quotation.
fn without_sentence_end(value: &str) -> &str {
    value.trim_end_matches(['.', ',', ';', ':', '!', ')', '"', '\''])
}

/// Counts if the text names a kind of secret at all, and the value is not a common word.
///
/// Phrases such as `the first 4 characters are` are also used for other things, so the text must name a secret.
pub(super) fn is_part_of_secret(value: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    // `pat ` (personal access token) has a space after it, so that `path` and `pattern` are not hits.
    let kinds = [
        "token",
        "key",
        "secret",
        "password",
        "passwd",
        "pat ",
        " pass ",
        "webhook",
        "dsn",
        "credential",
        "cookie",
        "密碼",
        "密码",
        "金鑰",
        "密鑰",
        "權杖",
        "憑證",
        "令牌",
    ];
    // Nothing else has a first and a last part that are told together.
    let has_both_ends = (lower.contains("first ") && lower.contains("last "))
        || (lower.contains('前')
            && lower.contains('碼')
            && ['後', '末', '尾'].iter().any(|end| lower.contains(*end)));
    let speaks = has_both_ends || kinds.iter().any(|kind| lower.contains(kind));
    let tail = value.trim_end_matches(['.', ',']);
    let is_word = [
        "the", "and", "are", "is", "was", "only", "with", "of", "were", "not", "owner", "char",
        "digit",
    ]
    .contains(&tail.to_lowercase().as_str());
    speaks && !is_word && tail.len() >= 2
}

/// As [`is_part_of_secret`], but the part must also have a digit, a `*`, or a capital inside. A word of prose has none.
pub(super) fn is_odd_part(value: &str, text: &str) -> bool {
    let has_sign = value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'*');
    let has_inner_capital = value.as_bytes().windows(2).any(|pair| {
        matches!(pair, [first, second] if first.is_ascii_lowercase() && second.is_ascii_uppercase())
    });
    (has_sign || has_inner_capital) && is_part_of_secret(value, text)
}

/// As [`is_odd_part`], but a word with a number behind it (`prod-2`, `v2`) does not count.
pub(super) fn is_odd_end(value: &str, text: &str) -> bool {
    let end = value.trim_end_matches(['.', ',', ';']);
    let word = end.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '_']);
    let is_numbered_word = word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'/');
    !is_numbered_word && is_odd_part(end, text)
}

/// Counts if a key looks random and is a secret one. The digest of something, or the key under which alerts are grouped, is
/// random, too.
pub(super) fn is_secret_key(value: &str, text: &str) -> bool {
    /// How far before the value the word stands that says what kind of key it is.
    const NEAR: usize = 24;
    let before = before(value, text);
    let near = before.get(cut::floor(before, before.len().saturating_sub(NEAR))..);
    let near = near.unwrap_or_default().to_lowercase();
    let kinds = ["public", "dedup", "cache", "sort", "group", "primary", "partition"];
    is_random(value, text) && !kinds.iter().any(|kind| near.contains(kind))
}

/// Counts unless the value is an example from a manual: it contains `example` or `your`, or repeats a few characters.
pub(super) fn is_not_example(value: &str, _: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    // The secret is the last part of a URL, so that part is checked more strictly.
    let last = lower.rsplit('/').next().unwrap_or(&lower);
    let tail: BTreeSet<char> = last.chars().rev().take(16).collect();
    // A stand-in repeats a few characters, or counts through the alphabet. A random text hardly does.
    let has_few = match last.len() {
        0..3 => false,
        3..8 => tail.len() == 1,
        _ => tail.len() <= 3,
    };
    let is_alphabet = value.contains("abcdefghijkl") || value.contains("ABCDEFGHIJKL");
    // Before the last part, `example` counts only at the start of a word: a company may be called `corpexample`.
    let is_example = last.contains("example") || begins_a_word(&lower, "example");
    !is_example
        && !begins_a_word(&lower, "your")
        && !has_few
        && !repeats_a_character(&lower, 8)
        && !is_alphabet
}

/// Counts if the key of a DSN looks random. Its host says nothing: it may be a name that stands for another.
pub(super) fn is_random_dsn(value: &str, text: &str) -> bool {
    let key = value.split_once("://").and_then(|(_, rest)| rest.split(['@', ':']).next());
    key.is_some_and(|key| is_random(key, text) && is_not_example(key, text))
}

/// Counts unless the token is an example. A token of Slack has numbers in it, and words instead of them are a stand-in.
pub(super) fn is_vendor_token(value: &str, text: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    // The prefix has three letters or four.
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_slack = value.starts_with("xox");
    is_not_example(value, text)
        && has_the_case_of_its_vendor(value)
        && (!is_slack || (digits >= 6 && letters > 6))
}

/// Whether an id of AWS has only capitals, and a key of Google begins with `AIza`. Patterns do not see the case.
fn has_the_case_of_its_vendor(value: &str) -> bool {
    let begins = |prefix: &str| {
        value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    if begins("akia") || begins("asia") {
        return !value.bytes().any(|byte| byte.is_ascii_lowercase());
    }
    !begins("aiza") || value.starts_with("AIza")
}

/// Counts if the value is no placeholder and has a letter. A port and a time have none.
pub(super) fn is_credential(value: &str, text: &str) -> bool {
    let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let word = value.trim_matches(['<', '>', '[', ']', '{', '}']).to_ascii_lowercase();
    // What manuals write in the place of a password. The brackets may enclose the user, too.
    let words = ["password", "passwd", "pass", "token", "secret", "test", "apikey", "api-key"];
    has_letter
        && is_value(value, text)
        && !value.starts_with('%')
        && !words.contains(&word.as_str())
}

/// Counts if the value behind `password =` is in quotation marks, as in a program. There it is a literal, also if it is a
/// plain word.
pub(super) fn is_literal(value: &str, text: &str) -> bool {
    value.bytes().any(|byte| byte.is_ascii_alphabetic()) && is_value(value, text)
}

/// Counts if the four groups cannot be four words: they follow the name of such a password, or one has no vowel.
pub(super) fn is_application_password(value: &str, text: &str) -> bool {
    let before = before(value, text).to_lowercase();
    let is_named =
        ["app password", "app-password", "application password", "app pass", "應用程式密碼"]
            .iter()
            .any(|name| before.contains(name));
    let has_no_vowel =
        |group: &str| !group.bytes().any(|letter| b"aeiou".contains(&letter.to_ascii_lowercase()));
    let groups = || value.split([' ', '-']);
    let words = [
        "with", "four", "word", "that", "this", "from", "code", "must", "will", "have", "them",
        "each",
    ];
    groups().any(has_no_vowel) || (is_named && !groups().any(|group| words.contains(&group)))
}

/// Whether `text` contains `word` without a letter or digit before it. In a random secret that hardly happens.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        !before.ends_with(|character: char| character.is_ascii_alphanumeric())
    })
}

/// Counts if the text names a kind of secret, or if the value contains the prefix of a vendor's token.
pub(super) fn is_masked(value: &str, text: &str) -> bool {
    // Prefixes of tokens from Slack, GitHub, GitLab, Grafana, OpenAI, AWS, Sentry and Google.
    let vendors = [
        "xox",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "glsa_",
        "sk-",
        "akia",
        "sntry",
        "aiza",
    ];
    let lower = value.to_ascii_lowercase();
    // A stand-in (`ghp_xxxxxxxx`) has no end behind its mask.
    let end: BTreeSet<char> = lower.chars().rev().take(4).collect();
    if lower.ends_with("xx") || (lower.contains("xxxx") && end.len() == 1) {
        return false;
    }
    vendors.iter().any(|vendor| lower.contains(vendor)) || is_odd_part(value, text)
}

/// Counts if the value looks random and is not an example. Joined text has no spaces, so plain words run together in
/// it.
pub(super) fn is_piece(value: &str, text: &str) -> bool {
    is_not_example(value, text) && has_the_case_of_its_vendor(value) && is_odd_value(value, text)
}

/// Counts if the value looks random: three digits, three letters, and not a placeholder.
pub(super) fn is_random(value: &str, text: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    digits >= 3 && letters >= 3 && is_value(value, text)
}

/// Counts if the last word of a header has a digit or a `=`, and is not a placeholder. The word before it may be the
/// scheme, such as `Bearer`. `Authorization: required` is prose.
pub(super) fn is_header_value(value: &str, text: &str) -> bool {
    let token = value.rsplit(char::is_whitespace).next().unwrap_or(value);
    let is_odd = token.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=');
    is_odd && is_value(token, text)
}

/// Whether a value has the form of an application password without its spaces: sixteen small letters, with at most three
/// vowels. A word of this length has more.
fn is_joined_application_password(value: &str, text: &str) -> bool {
    let vowels = value.bytes().filter(|letter| b"aeiou".contains(letter)).count();
    value.len() == 16
        && value.bytes().all(|byte| byte.is_ascii_lowercase())
        && vowels <= 3
        && is_value(value, text)
}

/// As [`is_odd_value`], but what stands behind `名稱是` is the name of a secret.
pub(super) fn is_odd_value_and_no_name(value: &str, text: &str) -> bool {
    let before = before(value, text).trim_end_matches(['"', '\'', '「', '『', '`', ' ']);
    let is_name =
        ["名稱是", "名稱為", "名稱:", "名字是", "名為"].iter().any(|end| before.ends_with(end));
    !is_name && is_odd_value(value, text)
}

/// As [`is_odd_end`], but the part changes between letters and digits at least three times. A quarter (`2026Q1`) and a
/// time (`08h30`) change twice.
pub(super) fn is_mixed_part(value: &str, text: &str) -> bool {
    let is_change = |pair: &[u8]| matches!(pair, [one, other] if one.is_ascii_digit() != other.is_ascii_digit());
    let changes = value.as_bytes().windows(2).filter(|pair| is_change(pair)).count();
    // `Lh5u` changes twice, and has capitals and small letters, too.
    let has_both_cases = value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    (changes >= 3 || (changes >= 2 && has_both_cases)) && is_odd_end(value, text)
}

/// As [`is_odd_part`], but letters alone count, too, if there are as many as the text says: 前四碼 Arwr.
pub(super) fn is_counted_part(value: &str, text: &str) -> bool {
    const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let before = before(value, text).trim_end_matches([' ', '是', '為', ':', '=', '"', '\'', '「']);
    let before = before.trim_end_matches(['碼', '位', '數', '個', '字', '元', '码', ' ']);
    let is_said = |(index, numeral): (usize, &&str)| {
        let count = index + 1;
        value.len() == count && (before.ends_with(*numeral) || before.ends_with(&count.to_string()))
    };
    let is_counted = value.len() >= 3 && NUMERALS.iter().enumerate().any(is_said);
    (is_counted && is_part_of_secret(value, text)) || is_odd_part(value, text)
}

/// Counts unless both lines of a key are there with only a stand-in between them, and nothing else looks like a key.
pub(super) fn is_key_block(line: &str, text: &str) -> bool {
    /// Fewer letters between the lines are a stand-in. More may be a part of a key.
    const SHORTEST: usize = 16;
    /// A longer run of base64 may be a key wherever it stands.
    const RUN: usize = 32;
    let is_base64 = |character: char| character.is_ascii_alphanumeric() || "+/".contains(character);
    let has_run = text.split(|character| !is_base64(character)).any(|run| run.len() >= RUN);
    if has_run || !line.starts_with('-') {
        return true;
    }
    let start = before(line, text).len();
    let after = text.get(start + line.len()..).unwrap_or_default();
    // The dashes may belong to the line before, too: `KEY----------END`.
    let dashes = line.len() - line.trim_start_matches('-').len();
    let before = text.get(..start + dashes).unwrap_or_default();
    let between = if line.to_ascii_uppercase().contains("BEGIN") {
        after.split_once("-----END").map(|(between, _)| between)
    } else {
        before.rsplit_once("PRIVATE KEY-----").map(|(_, between)| between)
    };
    let is_long =
        |between: &str| between.bytes().filter(u8::is_ascii_alphanumeric).count() >= SHORTEST;
    between.is_none_or(is_long)
}

/// Counts if the assigned value looks like a password ([`is_odd_value`]) or an application password, or if it is any
/// value of a variable in capitals.
///
/// The name of an AWS resource (`arn:aws:secretsmanager:...:secret:prod/...`) has colons that assign nothing.
pub(super) fn is_assigned(value: &str, text: &str) -> bool {
    let before = before(value, text);
    if before.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("arn:aws")) {
        return false;
    }
    let is_variable = before.ends_with('=')
        && before.trim_end_matches('=').ends_with(|c: char| c.is_ascii_uppercase() || c == '_');
    is_odd_value(value, text)
        || is_joined_application_password(without_sentence_end(value), text)
        || (is_variable && is_value(value, text))
}

/// Counts if at least one variable of a dump has a value that is not a placeholder.
pub(super) fn is_dump(dump: &str, text: &str) -> bool {
    dump.lines().any(|line| line.split_once('=').is_some_and(|(_, value)| is_value(value, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_no_password_and_a_password_is_no_word() {
        let is_odd = |value: &str| is_odd_value(value, "");
        assert_eq!(
            ["correcthorse", "1234", "123456", "horse7"].map(is_odd),
            [false, false, true, true]
        );
        let is_piece = |value: &str| is_piece(value, "");
        assert_eq!(
            ["correcthorse", "example1234", "horse7battery"].map(is_piece),
            [false, false, true]
        );
        let is_random = |value: &str| is_random(value, "");
        assert_eq!(
            ["abc123", "ab1234", "abcd12", "abcdef"].map(is_random),
            [true, false, false, false]
        );
    }

    #[test]
    fn a_part_is_masked_where_a_secret_is_spoken_of_or_a_vendor_begins_so() {
        assert!(is_masked("Xk39", "the token begins with Xk39"));
        assert!(!is_masked("Xk39", "the room is Xk39"));
        assert!(is_masked("ghp_", "it begins with ghp_"));
    }

    #[test]
    fn a_header_carries_a_value_that_is_odd_and_no_placeholder() {
        let counts = |value: &str| is_header_value(value, "");
        assert_eq!(
            ["Bearer abc123def", "Bearer abcdef", "Bearer ${TOKEN1}"].map(counts),
            [true, false, false]
        );
    }

    #[test]
    fn sixteen_letters_are_a_password_unless_they_are_a_word() {
        let counts = |value: &str| is_assigned(value, &format!("smtp_auth_password: {value}"));
        assert_eq!(
            [
                "vhqewtznydkrombp",
                "vhqewtznydkrombp'",
                "misunderstanding",
                "alertmanagersmtp",
                "vhqewtznydkromb",
                "xxxxxxxxxxxxxxxx",
            ]
            .map(counts),
            [true, true, false, false, false, false]
        );
    }

    #[test]
    fn any_value_is_assigned_to_a_variable_in_capitals() {
        let counts = |text: &str| is_assigned(text.split_once('=').unwrap().1, text);
        assert_eq!(
            ["MY_VAR=plainword", "MY_VAR_=plainword", "my_var=plainword", "my_var=plain7word"]
                .map(counts),
            [true, true, false, true]
        );
    }
}
