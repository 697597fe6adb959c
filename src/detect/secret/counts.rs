//! Whether what a rule matched counts, or stands in for a secret.

/// Counts unless it is a stand-in for a secret: a variable, a path to where the secret is, an
/// example from a manual, a pointer.
pub(super) fn is_value(value: &str, _: &str) -> bool {
    let value = value.trim_matches(|c: char| matches!(c, '"' | '\'' | '`' | '.' | ',' | ')' | '('));
    let lower = value.to_ascii_lowercase();
    let stand_ins = [
        "${",
        "{{",
        "$(",
        "%(",
        "<",
        "***",
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
        "placeholder",
    ];
    let pointers = [
        "$",
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
        "pwd",
    ];
    !(stand_ins.iter().any(|stand_in| lower.contains(stand_in))
        || begins_a_word(&lower, "your")
        || pointers.iter().any(|pointer| lower.starts_with(pointer))
        || words.contains(&lower.as_str())
        || lower.chars().all(|c| c == '*' || c == 'x' || c == '-' || c == '.'))
        && value.len() >= 3
}

/// Counts where the value also looks chosen at random or by a person for a password: a digit or a
/// sign among letters. A plain word after `password:` is prose.
pub(super) fn is_odd_value(value: &str, text: &str) -> bool {
    let trimmed = value.trim_end_matches(['.', ',', ';', ':', '!', ')', '"', '\'']);
    let has_letter = trimmed.bytes().any(|byte| byte.is_ascii_alphabetic());
    let has_other =
        trimmed.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*+=?~_".contains(&byte));
    let only_digits = trimmed.len() >= 6 && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    is_value(trimmed, text) && ((has_letter && has_other) || only_digits)
}

/// Counts where the text speaks of a secret at all.
pub(super) fn is_part_of_secret(value: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    let kinds = [
        "token",
        "key",
        "secret",
        "password",
        "passwd",
        "pat ",
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
    let speaks = kinds.iter().any(|kind| lower.contains(kind));
    let tail = value.trim_end_matches(['.', ',']);
    let is_word = [
        "the", "and", "are", "is", "was", "only", "with", "of", "were", "not", "owner", "char",
        "digit",
    ]
    .contains(&tail.to_lowercase().as_str());
    speaks && !is_word && tail.len() >= 2
}

/// As `is_part_of_secret`, and the part has a digit or an upper-case letter within: prose has not.
pub(super) fn is_odd_part(value: &str, text: &str) -> bool {
    let has_sign = value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'*');
    has_sign && is_part_of_secret(value, text)
}

/// Counts unless it is an example of a manual.
pub(super) fn is_no_example(value: &str, _: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let all_same = |text: &str| text.bytes().skip(1).all(|byte| Some(byte) == text.bytes().next());
    // A path may follow the value itself.
    let last = lower.rsplit('/').next().unwrap_or(&lower);
    let tail: String = last.chars().rev().take(16).collect();
    // A host or company whose name merely ends so is none.
    let is_example = last.contains("example") || begins_a_word(&lower, "example");
    !is_example && !begins_a_word(&lower, "your") && !all_same(&tail)
}

/// Whether `word` stands in `text` with no letter or digit before it: chosen at random, it hardly does.
fn begins_a_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).unwrap_or_default();
        !before.ends_with(|character: char| character.is_ascii_alphanumeric())
    })
}

/// Counts where the text speaks of a secret, or the part begins as a vendor's token does.
pub(super) fn is_masked(value: &str, text: &str) -> bool {
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
    vendors.iter().any(|vendor| lower.contains(vendor)) || is_odd_part(value, text)
}

pub(super) fn is_piece(value: &str, text: &str) -> bool {
    is_no_example(value, text) && is_odd_value(value, text)
}

/// Counts where it is random: digits and letters, and not a stand-in.
pub(super) fn is_random(value: &str, text: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    digits >= 3 && letters >= 3 && is_value(value, text)
}

pub(super) fn is_header_value(value: &str, text: &str) -> bool {
    let token = value.rsplit(char::is_whitespace).next().unwrap_or(value);
    let is_odd = token.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=');
    is_odd && is_value(token, text)
}

/// Counts where an odd value is assigned, or any value to an upper-case variable. In the name of an
/// AWS resource, a colon assigns nothing.
pub(super) fn is_assigned(value: &str, text: &str) -> bool {
    let before = before(value, text);
    if before.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("arn:aws")) {
        return false;
    }
    let is_variable = before.ends_with('=')
        && before.trim_end_matches('=').ends_with(|c: char| c.is_ascii_uppercase() || c == '_');
    is_odd_value(value, text) || (is_variable && is_value(value, text))
}

/// What stands before a part of a text. The same may stand elsewhere in it, too, so that it is no use to look for it.
fn before<'t>(part: &str, text: &'t str) -> &'t str {
    let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr());
    start.and_then(|start| text.get(..start)).unwrap_or_default()
}

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
    fn any_value_is_assigned_to_a_variable_in_capitals() {
        let counts = |text: &str| is_assigned(text.split_once('=').unwrap().1, text);
        assert_eq!(
            ["MY_VAR=plainword", "MY_VAR_=plainword", "my_var=plainword", "my_var=plain7word"]
                .map(counts),
            [true, true, false, true]
        );
    }
}
