//! Secrets, whole or in part.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;

use crate::words::Problem;

use super::Match;
use super::fold::Folded;
#[cfg(test)]
use super::rule::matched_in;
use super::rule::{Rule, RuleSet, compile};

/// How often a text is decoded again.
const DEPTH: usize = 2;

/// The rules for secrets, and what has to be decoded to see one.
#[derive(Debug)]
pub(crate) struct Secrets {
    rules: RuleSet,
    in_pieces: RuleSet,
    base64: Option<Regex>,
}

impl Secrets {
    pub(crate) fn new() -> Self {
        Self {
            rules: RuleSet::new(RULES),
            in_pieces: RuleSet::new(IN_PIECES),
            base64: compile(r"[A-Za-z0-9+/_-]{16,}={0,2}"),
        }
    }

    /// Each place of the text that carries a secret.
    pub(crate) fn find(&self, text: &Folded) -> Vec<Match> {
        let mut matches = self.find_decoded(text, DEPTH);
        if matches.is_empty() && text.as_str().contains(char::is_whitespace) {
            matches = self.in_pieces.find(&text.joined());
        }
        matches.sort_by_key(|(problem, range)| (range.start, range.end, *problem));
        matches.dedup();
        matches
    }

    fn find_decoded(&self, text: &Folded, depth: usize) -> Vec<Match> {
        let mut matches = self.rules.find(text);
        if depth > 0 {
            let encoded = self.base64.iter().flat_map(|regex| regex.find_iter(text.as_str()));
            for part in encoded {
                if let Some(decoded) = decode_text(part.as_str()) {
                    let decoded = text.decoded_from(&part.range(), decoded);
                    matches.extend(self.find_decoded(&decoded, depth - 1));
                }
            }
            if let Some(decoded) = text.percent_decoded() {
                matches.extend(self.find_decoded(&decoded, depth - 1));
            }
        }
        matches
    }
}

/// The text behind base64, where it is text.
fn decode_text(encoded: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let is_url_safe = encoded.contains(['-', '_']);
    let alphabet = if is_url_safe { &alphabet::URL_SAFE } else { &alphabet::STANDARD };
    // A run that is cut off in the middle of a group is still read as far as it goes.
    let trimmed = encoded.trim_end_matches('=');
    let whole = trimmed.get(..trimmed.len() - usize::from(trimmed.len() % 4 == 1))?;
    let bytes = GeneralPurpose::new(alphabet, config).decode(whole).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let is_text =
        text.chars().all(|character| !character.is_control() || character.is_whitespace());
    is_text.then_some(text)
}

/// Whatever stands in the place of a secret counts.
fn always(_: &str, _: &str) -> bool {
    true
}

/// Counts unless it is a stand-in for a secret: a variable, a path to where the secret is, an
/// example from a manual, a pointer.
fn is_value(value: &str, _: &str) -> bool {
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
        "your",
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
    ];
    !(stand_ins.iter().any(|stand_in| lower.contains(stand_in))
        || pointers.iter().any(|pointer| lower.starts_with(pointer))
        || words.contains(&lower.as_str())
        || lower.chars().all(|c| c == '*' || c == 'x' || c == '-' || c == '.'))
        && value.len() >= 3
}

/// Counts where the value also looks chosen at random or by a person for a password: a digit or a
/// sign among letters. A plain word after `password:` is prose.
fn is_odd_value(value: &str, text: &str) -> bool {
    let trimmed = value.trim_end_matches(['.', ',', ';', ':', '!', ')', '"', '\'']);
    let has_letter = trimmed.bytes().any(|byte| byte.is_ascii_alphabetic());
    let has_other =
        trimmed.bytes().any(|byte| byte.is_ascii_digit() || b"!@#$%^&*+=?~_".contains(&byte));
    let only_digits = trimmed.len() >= 6 && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    is_value(trimmed, text) && ((has_letter && has_other) || only_digits)
}

/// Counts where the text speaks of a secret at all.
fn is_part_of_secret(value: &str, text: &str) -> bool {
    let lower = text.to_lowercase();
    let kinds = [
        "token",
        "key",
        "secret",
        "password",
        "passwd",
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
fn is_odd_part(value: &str, text: &str) -> bool {
    let has_sign = value.bytes().any(|byte| byte.is_ascii_digit() || byte == b'*');
    has_sign && is_part_of_secret(value, text)
}

/// Counts unless it is an example of a manual.
fn is_no_example(value: &str, _: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let all_same = |text: &str| text.bytes().skip(1).all(|byte| Some(byte) == text.bytes().next());
    let tail: String = lower.chars().rev().take(16).collect();
    !lower.contains("example") && !lower.contains("your") && !all_same(&tail)
}

const fn rule(
    id: &'static str,
    what: &'static str,
    keywords: &'static [&'static str],
    pattern: &'static str,
    counts: fn(&str, &str) -> bool,
    hits: &'static [&'static str],
    misses: &'static [&'static str],
) -> Rule {
    Rule { id, what, problem: Problem::SecretValue, keywords, pattern, counts, hits, misses }
}

/// The same rule for a part of a secret.
const fn in_part(rule: Rule) -> Rule {
    Rule { problem: Problem::PartialSecret, ..rule }
}

/// Hexadecimal keys and UUIDs count beside their keyword only.
pub(crate) const RULES: &[Rule] = &[
    rule(
        "telegram_bot_token",
        "a Telegram bot token",
        &[":"],
        r"(?:^|[^0-9A-Za-z]|bot)([0-9]{8,10}:[A-Za-z0-9_-]{35})(?:[^A-Za-z0-9_-]|$)",
        is_no_example,
        &[
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
            "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage",
            "機器人權杖為110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1請查收",
        ],
        &["at 20261123:10 the rules were read back", "chat 110201543: delivered"],
    ),
    rule(
        "sentry_dsn",
        "a Sentry DSN",
        &["@"],
        r"https?://[0-9a-f]{32}(?::[0-9a-f]{32})?@[a-z0-9.-]+(?::\d+)?(?:/[a-z0-9_-]+)*/\d+",
        is_no_example,
        &["https://4bf92f3577b34da6a3ce929d0e0e4736@o4504.ingest.sentry.io/4505"],
        &["https://sentry.io/organizations/ops/issues/4505/"],
    ),
    rule(
        "sentry_token",
        "a Sentry token",
        &["sntry"],
        r"sntry[su]_[A-Za-z0-9+/=_-]{16,}",
        is_no_example,
        &["sntrys_eyJpYXQiOjE2ODczMzY1NDMuNjk4NTksInVybCI6bnVsbH0="],
        &["the sntrys_ token is kept in the vault"],
    ),
    rule(
        "langfuse_key",
        "a Langfuse secret key",
        &["sk-lf-"],
        r"sk-lf-[A-Za-z0-9-]{8,}",
        is_no_example,
        &["sk-lf-2f1c9a5e-7b3d-4e8a-9c1f-6d2b8a4e7c90"],
        &["pk-lf-2f1c9a5e-7b3d-4e8a-9c1f-6d2b8a4e7c90"],
    ),
    rule(
        "grafana_key",
        "a Grafana token or API key",
        &["glsa_", "glc_", "eyjrijoi"],
        r"gl(?:sa|c)_[A-Za-z0-9_+/=-]{20,}|eyJrIjoi[A-Za-z0-9+/=]{16,}",
        is_no_example,
        &[
            "glsa_HOruNAb7SOiCdshU7algkrq7FDsNSLAa_55e2f8be",
            "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk",
        ],
        &["the glsa_ token of the dashboard owner"],
    ),
    rule(
        "keyed_hexadecimal_key",
        "a SigNoz, Opsgenie or PagerDuty key",
        &[
            "signoz",
            "opsgenie",
            "genie",
            "pagerduty",
            "routing",
            "integration",
            "service",
            "ingestion",
        ],
        r"(?:signoz|opsgenie|genie[_ -]?key|pager ?duty|routing[_ -]?key|integration[_ -]?key|service[_ -]?key|ingestion[_ -]?key)[^\n。]{0,24}?(?:^|[^A-Za-z0-9])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|[A-Za-z0-9+_-]{20}|R[0-9A-Z]{31})(?:[^A-Za-z0-9]|$)",
        is_random,
        &[
            "SigNoz ingestion key: 1b9f3c62-7d4e-4a58-b0c1-93e7f5a2d846",
            "opsgenie_api_key=eb243592-faa2-4ba2-a551-91f2c3d4e5f6",
            "PagerDuty routing key 9c8b7a6f5e4d3c2b1a09f8e7d6c5b4a3",
        ],
        &[
            "the SigNoz ingestion key is rotated every quarter",
            "trace 4bf92f3577b34da6a3ce929d0e0e4736 in SigNoz",
        ],
    ),
    rule(
        "otlp_header",
        "a secret header of an OTLP exporter",
        &["otlp", "honeycomb", "signoz-", "uptrace", "lightstep", "dd-api-key", "x-api-key"],
        r"(?:otel_exporter_otlp(?:_[a-z]+)?_headers|x-honeycomb-team|signoz-(?:ingestion-key|access-token)|uptrace-dsn|lightstep-access-token|dd-api-key|x-api-key)[\x22']?\s*[=:]\s*[\x22']?([^\s\x22',;]{6,})",
        is_value,
        &[
            "OTEL_EXPORTER_OTLP_HEADERS=api-key=c0ffee1234abcd",
            "x-honeycomb-team: hcaik_01j9x0abcd",
        ],
        &["OTEL_EXPORTER_OTLP_HEADERS=${OTLP_HEADERS}"],
    ),
    rule(
        "chat_webhook",
        "a Slack, Discord or Teams webhook",
        &["hooks.slack.com", "discord", "office.com", "logic.azure.com"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{12,}|discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{16,}|[a-z0-9-]+\.webhook\.office\.com/webhookb2/[^\s]{16,}|outlook\.office\.com/webhook/[^\s]{16,}|logic\.azure\.com[^\s]*sig=[^\s]{8,}",
        is_no_example,
        &[
            "https://hooks.slack.com/services/T0A1B2C3D/B4E5F6G7H/aBcDeFgHiJkLmNoPqRsTuVwX",
            "https://discord.com/api/webhooks/104857600/qW3rTy_uIoP-aSdFgHjKlZxCvBnM",
        ],
        &["https://hooks.slack.com/ is reachable from the cluster"],
    ),
    rule(
        "vendor_token",
        "a token of AWS, GCP, GitHub, GitLab, OpenAI, Slack or another vendor",
        &[
            "akia",
            "asia",
            "aiza",
            "ya29.",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "glpat-",
            "glrt-",
            "gldt-",
            "glptt-",
            "glft-",
            "glcbt-",
            "glsoat-",
            "sk-",
            "sk_live_",
            "rk_live_",
            "xoxa-",
            "xoxb-",
            "xoxe",
            "xoxo-",
            "xoxp-",
            "xoxr-",
            "xoxs-",
            "xapp-",
            "npm_",
            "hf_",
            "sg.",
            "hvs.",
            "dop_v1_",
            "accountkey=",
            "dapi",
            "shpat_",
            "pul-",
        ],
        r"(?:^|[^A-Za-z0-9_])((?:AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|ya29\.[0-9A-Za-z_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|gl(?:pat|rt|dt|ptt|ft|cbt|soat)-[A-Za-z0-9_-]{16,}|sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{20,}|[sr]k_live_[A-Za-z0-9]{16,}|xox[abeoprs](?:\.[a-z0-9]+)?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z]{30,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[0-9a-f]{32,}|AccountKey=[A-Za-z0-9+/=]{20,}|dapi[0-9a-f]{32}|shpat_[0-9a-f]{32}|pul-[0-9a-f]{40})",
        is_no_example,
        &[
            "AKIA2E0A8F3B244C9986",
            "ghp_a8K2mZ7qX4vB9nL1cR6tY3wE5uI0oP2sD4fG",
            "token=glpat-9xKf2LmQ7vZ3bN8cR1tY",
            "用 sk-proj-a8K2mZ7qX4vB9nL1cR6tY3wE 呼叫",
            "xoxb-2048-4096-a8K2mZ7qX4vB9nL1cR6t",
        ],
        &[
            "AKIAIOSFODNN7EXAMPLE",
            "task-runner-for-the-nightly-report",
            "risk-assessment-of-the-monitoring",
        ],
    ),
    rule(
        "aws_secret_key",
        "an AWS secret access key",
        &["secret_access_key", "secretaccesskey", "secret access key"],
        r"secret[_ ]?access[_ ]?key[\x22']?\s{0,3}(?:[=:]|is)?\s{0,3}[\x22']?([A-Za-z0-9/+]{40})",
        is_no_example,
        &["aws_secret_access_key = kT9vXz2LqM7nB4cR8yWj1fHs6dGp3aEu5iOx0QmZ"],
        &["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ),
    rule(
        "jwt",
        "a JSON web token",
        &["eyj"],
        r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?",
        always,
        &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMtMDEifQ.c2lnbmF0dXJlLW9mLW9wcw"],
        &["the JWT begins with a header"],
    ),
    rule(
        "private_key",
        "a private key, whole or cut off",
        &["private key", "mii", "b3blbnnzac1rzxktdje"],
        r"-{2,}\s?(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY|(?:^|[^A-Za-z0-9+/])MII[CEJ][A-Za-z0-9+/]{40,}|b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]*",
        always,
        &[
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA",
            "-----BEGIN OPENSSH PRIVATE KEY----- b3Bl",
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        ],
        &[
            "the private key stays on the host",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
        ],
    ),
    rule(
        "authorization_header",
        "the value of an Authorization header",
        &["authorization", "bearer", "basic "],
        r"authorization[\x22']?\s*[:=]\s*[\x22']?(?:(?:basic|bearer|token|digest|apikey|negotiate)\s+)?([A-Za-z0-9+/=._~-]{8,})|(?:^|[^a-z])bearer\s+([A-Za-z0-9._~+/-]{20,}=*)|(?:^|[^a-z])basic\s+([A-Za-z0-9+/]{11,}={1,2})",
        is_header_value,
        &[
            "Authorization: Basic b3BzOmh1bnRlcjI=",
            "curl header Authorization: Bearer abcdef1234567890",
            "Basic b3BzOmh1bnRlcjI=",
        ],
        &[
            "Authorization: Bearer ${TOKEN}",
            "basic authentication is on",
            "authorization: required",
            "bearer authentication",
        ],
    ),
    rule(
        "cookie",
        "a session cookie",
        &["cookie", "session", "sid=", "csrf", "sessid"],
        r"cookie[\x22']?\s*[:=]\s*[\x22']?([A-Za-z0-9_.-]+=[^\s;\x22']{6,})|(?:^|[^a-z])(?:session(?:_?id)?|sid|csrftoken|connect\.sid|grafana_session|phpsessid|jsessionid|_session)=([^\s;\x22'&]{8,})",
        is_value,
        &[
            "Set-Cookie: grafana_session=7f3a9c21e8b04d56; Path=/",
            "grafana_session=7f3a9c21e8b04d56",
        ],
        &["the cookie policy was reviewed", "Cookie: grafana_session=<redacted>"],
    ),
    rule(
        "password_in_url",
        "a URL with a password",
        &["://"],
        r"[a-z][a-z0-9+.-]*://[^\s/@:\x22']*:([^\s/@\x22']+)@[^\s/@]",
        is_value,
        &["postgres://ops:hunter2@db:5432/alerts", "http://admin:s3cr3t!@grafana.local/api"],
        &["postgres://ops:${PGPASSWORD}@db:5432/alerts", "https://grafana.local:3000/d/ab@now"],
    ),
    rule(
        "secret_in_query",
        "a secret in the query of a URL",
        &["?", "&"],
        r"[?&](?:[a-z_-]*token|[a-z_]*key|secret|client_secret|password|passwd|pwd|sig|signature|auth|code)=([^\s&#\x22'<>]{6,})",
        is_value,
        &["https://alerts.local/hook?token=7f3a9c21e8b04d56"],
        &[
            "https://alerts.local/hook?token=${TOKEN}",
            "https://grafana.local/d/ab?orgId=1&refresh=30s",
        ],
    ),
    rule(
        "assignment",
        "a value assigned to a name that is a secret's",
        &["pass", "pwd", "secret", "token", "key", "credential", "dsn", "webhook_url"],
        r"(?:^|[^A-Za-z0-9_.-])[A-Za-z0-9_.-]*?(?:passwords?|passwd|passphrase|pwd|secrets?|tokens?|api[_-]?keys?|access[_-]?key|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|license[_-]?key|credentials?|dsn|webhook_url)[\x22'`]?\s*(?:=|:=|:)\s*[\x22'`]?([!-+\--:<-~]{4,})",
        is_assigned,
        &[
            "smtp_auth_password: hunter2x",
            "GF_SECURITY_ADMIN_PASSWORD=Sup3rS3cret",
            "密碼 password：p@ssw0rd",
            "bot_token = 7f3a9c21e8b04d56",
            "DB_PASSWORD=letmein",
        ],
        &[
            "password: ${SMTP_PASSWORD}",
            "token: rotated in vault",
            "the api key: see ticket",
            "secret: vault:kv/ops/smtp",
            "secret_ref: sha256:0000",
            "no token, no password",
            "secretName: alertmanager-main",
        ],
    ),
    rule(
        "password_in_prose",
        "a password in a sentence",
        &["pass", "pwd", "token", "secret", "key", "login", "credential"],
        r"(?:passwords?|passphrase|passwd|pwd|passcode|token|secret|api[ -]?key|access[ -]?key|credentials?|login)\s+(?:(?:for|of|to)\s+(?:[^\s,.;:]+\s+){1,4}?)?(?:(?:(?:is|was|has been|were)\s+)?(?:set|changed|reset|rotated)\s+to|is|was|are|=|now)\s+(?:now\s+|still\s+|just\s+)?[\x22'`]?([!-+\--~]{5,})",
        is_odd_value,
        &[
            "the password is hunter2",
            "SMTP password was changed to Tr0ub4dor&3.",
            "the password for the admin user is 'winter2026'",
        ],
        &[
            "the password is rotated every 90 days",
            "the token is kept in vault",
            "the secret is managed by ops-team-2",
        ],
    ),
    rule(
        "password_in_chinese",
        "a password in a Chinese sentence",
        &["密", "口令", "金鑰", "權杖", "令牌", "通行碼"],
        r"(?:密碼|密码|口令|金鑰|密鑰|权杖|權杖|令牌|通行碼)[^\n。,;]{0,8}?(?:是|為|为|:|=|改成|改為|設為|設成)\s*[\x22'「『`]?\s*([!-+\--~]{4,})",
        is_odd_value,
        &["密碼：hunter2", "後台密碼是 Winter2026!", "管理員密碼已改為p4ssw0rd"],
        &["密碼由 vault 管理", "密碼：已於 CHG-7 輪替", "密碼: ticket:SEC-12"],
    ),
    rule(
        "password_hash",
        "a password hash",
        &["$2", "$apr1$", "{sha}", "$1$", "$5$", "$6$", "$argon2", "$y$"],
        r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{40,}|\$(?:apr1|1|5|6|y)\$[^\s$]+\$[./A-Za-z0-9]{16,}|\{SHA\}[A-Za-z0-9+/=]{20,}|\$argon2(?:id|i|d)\$[^\s]+",
        always,
        &[
            "admin:$2y$10$Qh7vK1pXz4RbN8mLw2TfUeYc6DsAgJ0oIi9Hx5VtEkZqW3rBnPyMu",
            "ops:$apr1$x7k2mq9z$Qh7vK1pXz4RbN8mLw2TfU.",
        ],
        &["it costs $2 a day", "bcrypt hashes are kept in the vault"],
    ),
    rule(
        "kubernetes_secret",
        "the data of a Kubernetes Secret",
        &["kind"],
        r"kind[\x22']?\s*:\s*[\x22']?Secret\b[\s\S]{0,600}?(?:data|stringData)[\x22']?\s*:\s*[\s{\x22'A-Za-z0-9_.-]+:\s*[\x22']?([^\s\x22']{4,})|(?:^|\n|\{)\s*[\x22']?(?:data|stringData)[\x22']?\s*:[\s\S]{0,600}?kind[\x22']?\s*:\s*[\x22']?Secret\b",
        is_value,
        &["apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  token: aHVudGVyMg=="],
        &["kind: SecretProviderClass", "the kind: Secret is not ours"],
    ),
    rule(
        "environment_dump",
        "a dump of environment variables",
        &["="],
        r"(?m)(?:^[ \t]*(?:export[ \t]+|-[ \t]*)?[A-Z][A-Z0-9_]{2,}=[^\s=][^\n]*\n){3,}[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9_]{2,}=",
        is_dump,
        &["PATH=/usr/bin\nHOME=/root\nHOSTNAME=mon-1\nLANG=C"],
        &["a=1\nb=2"],
    ),
    in_part(rule(
        "part_of_secret",
        "the beginning or the end of a secret",
        &["start", "begin", "end"],
        r"(?:token|key|secret|password|webhook|dsn|credential)s?[^.\n。]{0,40}?(?:starts?|starting|begins?|beginning|ends?|ending)\s+(?:with|in)\s+[\x22'`]?([A-Za-z0-9_:+/-]{2,})",
        is_odd_part,
        &["the bot token starts with 1102", "our key ends in x9Zq4"],
        &["the token starts with a header", "the key ends with the quarter"],
    )),
    in_part(rule(
        "counted_part_of_secret",
        "the first or last characters of a secret",
        &["first", "last", "leading", "trailing"],
        r"(?:first|last|leading|trailing)\s+(?:\d+|two|three|four|five|six|seven|eight|ten|few)?\s*(?:chars?|characters?|digits?|letters?|symbols?|bytes?)?[^.\n。\d]{0,40}?(?:are|is|was|being|:|=)\s*[\x22'`]?([A-Za-z0-9_:+/-]{3,})",
        is_odd_part,
        &["the last 4 characters of the token are 9xQz", "password: first four digits: 1102"],
        &["the first rule is loaded", "the last receipt is ticket:OPS-12"],
    )),
    in_part(rule(
        "chinese_part_of_secret",
        "the first or last characters of a secret",
        &["前", "後", "后", "末", "尾"],
        r"(?:前|後|后|末|尾)\s*(?:\d+|[一二三四五六七八九十兩幾])?\s*(?:碼|码|位數|位|個字元|個字|字元|字)\s*(?:是|為|为|:|=)?\s*[\x22'「]?([A-Za-z0-9_+/-]{2,})",
        is_odd_part,
        &["token 前四碼 1102 後四碼 x9Zq", "金鑰末 4 碼為 9xQz"],
        &["前 2 位 owner 已確認", "密碼前後皆未出現"],
    )),
    in_part(rule(
        "masked_secret",
        "a secret with a masked middle",
        &["**", "..", "xxx", "••", "##"],
        r"(?:^|[^A-Za-z0-9_:+/*.-])([A-Za-z0-9_:+/-]{3,}(?:\*{2,}|•{2,}|\.{3,}|x{4,}|#{3,})[A-Za-z0-9_+/-]{2,})",
        is_odd_part,
        &["token 1102****9xQz", "the key is sk12...9xQz"],
        &["the token of 10...20 receivers", "password: ********"],
    )),
];

/// Secrets that are told even when white space breaks them into pieces.
pub(crate) const IN_PIECES: &[Rule] = &[rule(
    "secret_in_pieces",
    "a secret that white space breaks into pieces",
    &[
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
    ],
    r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}|sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|xox[bp]-[0-9]{4,}-[0-9]{4,}|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_|glpat-[A-Za-z0-9_-]{20}|AIza[0-9A-Za-z_-]{35}|hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/|-{5}BEGIN[A-Z]*PRIVATEKEY-{5}",
    is_no_example,
    &["110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"],
    &["20261123 10:00 reloaded"],
)];

/// Counts where it is random: digits and letters, and not a stand-in.
fn is_random(value: &str, text: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    digits >= 3 && letters >= 3 && is_value(value, text)
}

fn is_header_value(value: &str, text: &str) -> bool {
    let token = value.rsplit(char::is_whitespace).next().unwrap_or(value);
    let is_odd = token.bytes().any(|byte| byte.is_ascii_digit() || byte == b'=');
    is_odd && is_value(token, text)
}

/// Counts where an odd value is assigned, or any value to an upper-case variable.
fn is_assigned(value: &str, text: &str) -> bool {
    let start = text.find(value).unwrap_or_default();
    let before = text.get(..start).unwrap_or_default();
    let is_variable = before.ends_with('=')
        && before.trim_end_matches('=').ends_with(|c: char| c.is_ascii_uppercase() || c == '_');
    is_odd_value(value, text) || (is_variable && is_value(value, text))
}

fn is_dump(dump: &str, text: &str) -> bool {
    dump.lines().any(|line| line.split_once('=').is_some_and(|(_, value)| is_value(value, text)))
}

/// What a rule's samples say it must and must not find.
#[cfg(test)]
mod tests {
    use super::*;

    fn finds(rule: &Rule, text: &str) -> bool {
        let regex = compile(rule.pattern).unwrap_or_else(|| panic!("{} does not compile", rule.id));
        let folded = Folded::new(text);
        regex
            .captures_iter(folded.as_str())
            .any(|captures| (rule.counts)(matched_in(&captures).unwrap().as_str(), folded.as_str()))
    }

    #[test]
    fn every_rule_finds_its_hits_and_not_its_misses() {
        let mut wrong = Vec::new();
        for rule in RULES.iter().chain(IN_PIECES) {
            wrong.extend(
                rule.hits
                    .iter()
                    .filter(|hit| !finds(rule, hit))
                    .map(|hit| (rule.id, "misses", hit)),
            );
            wrong.extend(
                rule.misses
                    .iter()
                    .filter(|miss| finds(rule, miss))
                    .map(|miss| (rule.id, "finds", miss)),
            );
            let has_keyword = |hit: &&str| {
                let lower = Folded::new(hit).as_str().to_lowercase();
                rule.keywords.iter().any(|keyword| lower.contains(keyword))
            };
            wrong.extend(
                rule.hits
                    .iter()
                    .filter(|hit| !has_keyword(hit))
                    .map(|hit| (rule.id, "has no keyword for", hit)),
            );
            assert!(!rule.what.is_empty() && !rule.hits.is_empty() && !rule.misses.is_empty());
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
