//! The tables of rules for secrets. Each rule has samples, which are its tests.
//!
//! In these patterns:
//!
//! - `(?:^|[^A-Za-z0-9_])` at the beginning is a word boundary beside which a Chinese character may be.
//! - `{16,}` and the like are the least length. It keeps the bare prefix in a sentence from being a hit.
//! - `[\x22']?` allows a quotation mark, so that JSON, YAML and shell are all found.
//! - `[!-+\--~]` is printable ASCII without the comma and the space; `[!-+\--:<-~]` also leaves out the semicolon.

use crate::detect::rule::Rule;

use super::SECRET;
use super::counts::{
    is_assigned, is_credential, is_dump, is_header_value, is_key_block, is_literal, is_not_example,
    is_random, is_random_dsn, is_value, is_vendor_token,
};
use super::manifest::DATA_OF_SECRET;

/// The rules for a text as it is.
///
/// A hexadecimal key or a UUID counts only near its keyword: digests, commits and trace ids look the same.
pub(crate) const RULES: &[Rule] = &[
    // Finds the id of the bot, a colon, and exactly 35 characters. `bot` may be directly before it, as in the URL of
    // the API. A time or the number of a chat before a colon is not a hit.
    Rule {
        id: "telegram_bot_token",
        what: "a Telegram bot token",
        keywords: &[":"],
        patterns: &[r"(?:^|[^0-9A-Za-z]|bot)([0-9]{8,10}:[A-Za-z0-9_-]{35})(?:[^A-Za-z0-9_-]|$)"],
        counts: is_not_example,
        hits: &[
            "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1",
            "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage",
            "機器人權杖為110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1請查收",
        ],
        misses: &["at 20261123:10 the rules were read back", "chat 110201543: delivered"],
        ..SECRET
    },
    // Finds a URL with a public key of hexadecimal digits (32 of them, or what a server of one's own uses) before the `@` and the number of the project at its end.
    // Old DSNs have a second key. A link to an issue has no key and is not a hit.
    Rule {
        id: "sentry_dsn",
        what: "a Sentry DSN",
        keywords: &["@"],
        patterns: &[
            r"https?://[0-9a-f]{16,64}(?::[0-9a-f]{16,64})?@[a-z0-9.-]+(?::\d+)?(?:/[a-z0-9_-]+)*/\d+",
        ],
        counts: is_random_dsn,
        hits: &[
            "https://4bf92f3577b34da6a3ce929d0e0e4736@o4504.ingest.sentry.io/4505",
            "https://4bf92f3577b34da6a3ce929d0e0e4736@sentry.shop.example/7",
        ],
        misses: &[
            "https://sentry.io/organizations/ops/issues/4505/",
            "https://00000000000000000000000000000000@sentry.example.com/1",
        ],
        ..SECRET
    },
    // Finds the prefix of a user's or an organization's token, with the token. The bare prefix in a sentence is not a
    // hit.
    Rule {
        id: "sentry_token",
        what: "a Sentry token",
        keywords: &["sntry"],
        patterns: &[r"sntry[su]_[A-Za-z0-9+/=_-]{16,}"],
        counts: is_not_example,
        hits: &["sntrys_eyJpYXQiOjE2ODczMzY1NDMuNjk4NTksInVybCI6bnVsbH0="],
        misses: &["the sntrys_ token is kept in the vault"],
        ..SECRET
    },
    // Finds the secret key only. The public key (`pk-lf-`) is not a secret.
    Rule {
        id: "langfuse_key",
        what: "a Langfuse secret key",
        keywords: &["sk-lf-"],
        patterns: &[r"sk-lf-[A-Za-z0-9-]{8,}"],
        counts: is_not_example,
        hits: &["sk-lf-2f1c9a5e-7b3d-4e8a-9c1f-6d2b8a4e7c90"],
        misses: &["pk-lf-2f1c9a5e-7b3d-4e8a-9c1f-6d2b8a4e7c90"],
        ..SECRET
    },
    // Finds a token of a service account or of Grafana Cloud by its prefix. An old API key is base64 of JSON, and
    // `eyJrIjoi` is how that begins (`{"k":"`).
    Rule {
        id: "grafana_key",
        what: "a Grafana token or API key",
        keywords: &["glsa_", "glc_", "eyjrijoi"],
        patterns: &[
            r"glsa_[A-Za-z0-9_+/=-]{20,}",
            r"glc_(?:eyJ|[A-Za-z+/=-]{0,24}[0-9])[A-Za-z0-9+/=_-]{20,}",
            r"eyJrIjoi[A-Za-z0-9+/=]{16,}",
        ],
        counts: is_not_example,
        hits: &[
            "glsa_HOruNAb7SOiCdshU7algkrq7FDsNSLAa_55e2f8be",
            "eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9ZWmNrMkZYbk",
        ],
        misses: &[
            "the glsa_ token of the dashboard owner",
            "void glc_UploadLightmapTexturesIndividually(int unit)",
        ],
        ..SECRET
    },
    // Finds keys that have no prefix of their own: a UUID, 32 hexadecimal digits, 20 characters, or `R` and 31. The
    // name of the product or the kind of key must be shortly before, and then a word such as `key`. The first gap
    // does not cross a comma, unless it is an API key, and never a semicolon. A trace id beside `SigNoz` has no such word and is not a hit.
    Rule {
        id: "keyed_hexadecimal_key",
        what: "a SigNoz, Opsgenie or PagerDuty key",
        keywords: &[
            "signoz",
            "opsgenie",
            "genie",
            "pagerduty",
            "routing",
            "integration",
            "service",
            "ingestion",
        ],
        patterns: &[
            concat!(
                r"(?:(?:signoz|opsgenie|pager ?duty)(?:[^\n。,;]{0,24}?|[^\n。;]{0,48}?\bapi[_ -])|genie[_ -]?|routing[_ -]?|integration[_ -]?|",
                r"service[_ -]?|ingestion[_ -]?)(?:key|token|secret|金鑰|密鑰|權杖|(?:signoz|opsgenie|",
                r"pager ?duty)\s*[:=]?)[^\n。]{0,24}?(?:^|[^A-Za-z0-9])",
                r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}|[A-Za-z0-9+_-]{20}|",
                r"R[0-9A-Z]{31})(?:[^A-Za-z0-9]|$)",
            ),
            // The words say what the key is for, and the key is directly behind them.
            concat!(
                r"(?:(?:signoz|opsgenie|pager ?duty)[^\n。;]{0,48}?\bapi[_ -]|routing[_ -]?|integration[_ -]?)key\s+(?:for|of)\s+",
                r"(?:[a-z0-9_-]+\s+){1,4}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})(?:[^A-Za-z0-9]|$)",
            ),
        ],
        counts: is_random,
        hits: &[
            "SigNoz ingestion key: 1b9f3c62-7d4e-4a58-b0c1-93e7f5a2d846",
            "opsgenie_api_key=eb243592-faa2-4ba2-a551-91f2c3d4e5f6",
            "PagerDuty routing key 9c8b7a6f5e4d3c2b1a09f8e7d6c5b4a3",
            "opsgenie alias per machine, api key f0a6a31d-756b-4776-843d-f1b6c6fa2d9b",
            "in opsgenie. api key for the fulfilment integration a32fffa2-d003-4f5a-a0aa-e02d258cf38e",
        ],
        misses: &[
            "the SigNoz ingestion key is rotated every quarter",
            "trace 4bf92f3577b34da6a3ce929d0e0e4736 in SigNoz",
            "SigNoz 上那條 trace(id: 4bf92f3577b34da6a3ce929d0e0e4736)",
            "the routing key for the batch job is unchanged (receipt 3f1c9d2e-7a44-4b1e-9c01-5d2f7e8a9b10)",
            "the service token of the exporter is logged under trace 4bf92f3577b34da6a3ce929d0e0e4736",
            "prod/alertmanager/pagerduty-Qx7Lmd, KMS key 4ce47acd-aeda-43dc-809a-ff45199f98bb",
        ],
        ..SECRET
    },
    // Finds the value of a header that authenticates an exporter. A variable in its place is not a hit.
    Rule {
        id: "otlp_header",
        what: "a secret header of an OTLP exporter",
        keywords: &[
            "otlp",
            "honeycomb",
            "signoz-",
            "uptrace",
            "lightstep",
            "dd-api-key",
            "x-api-key",
        ],
        patterns: &[concat!(
            r"(?:otel_exporter_otlp(?:_[a-z]+)?_headers|x-honeycomb-team|signoz-(?:ingestion-key|access-token)|",
            r"uptrace-dsn|lightstep-access-token|dd-api-key|x-api-key)[\x22']?\s*[=:]\s*[\x22']?([^\s\x22',;]{6,})",
        )],
        counts: is_value,
        hits: &[
            "OTEL_EXPORTER_OTLP_HEADERS=api-key=c0ffee1234abcd",
            "x-honeycomb-team: hcaik_01j9x0abcd",
        ],
        misses: &["OTEL_EXPORTER_OTLP_HEADERS=${OTLP_HEADERS}"],
        ..SECRET
    },
    // The path of such a URL is the secret, so the host alone is not a hit. A URL on logic.azure.com carries its secret
    // in `sig=`.
    Rule {
        id: "chat_webhook",
        what: "a Slack, Discord or Teams webhook",
        keywords: &["hooks.slack.com", "discord", "office.com", "logic.azure.com"],
        patterns: &[
            r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{12,}",
            r"discord(?:app)?\.com/api/webhooks/\d+/[A-Za-z0-9_-]{16,}",
            r"[a-z0-9-]+\.webhook\.office\.com/webhookb2/[^\s]{16,}",
            r"outlook\.office\.com/webhook/[^\s]{16,}",
            r"logic\.azure\.com[^\s]*sig=[^\s]{8,}",
        ],
        counts: is_not_example,
        hits: &[
            "https://hooks.slack.com/services/T0A1B2C3D/B4E5F6G7H/aBcDeFgHiJkLmNoPqRsTuVwX",
            "https://discord.com/api/webhooks/104857600/qW3rTy_uIoP-aSdFgHjKlZxCvBnM",
            "https://corpexample.webhook.office.com/webhookb2/6b140496-1a22-492b@8346ab6a/IncomingWebhook/b381",
        ],
        misses: &[
            "https://hooks.slack.com/ is reachable from the cluster",
            "https://discord.com/api/webhooks/104857600/EXAMPLE-uIoP-aSdFgHjKlZxCvBnM",
        ],
        ..SECRET
    },
    // Finds tokens that a vendor marks with a prefix. The boundary before the group matters most for `sk-`:
    // `task-runner` and `risk-assessment` contain it. Examples of a manual (`...EXAMPLE`) do not count.
    // For another vendor with a prefix, add the prefix here, to `IN_PIECES`, and to `is_masked` in `counts.rs`.
    Rule {
        id: "vendor_token",
        what: "a token of AWS, GCP, GitHub, GitLab, OpenAI, Slack or another vendor",
        keywords: &[
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
            "xoxc-",
            "xoxe",
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
            "gr1348941",
            "mdb_sa_sk_",
        ],
        patterns: &[concat!(
            r"(?:^|[^A-Za-z0-9_])((?:AKIA|ASIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{16,}|",
            r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|gl(?:pat|rt|dt|ptt|ft|cbt|",
            r"soat)-[A-Za-z0-9_.-]{16,}|sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-)?[A-Za-z0-9_-]{20,}|",
            r"[sr]k_live_[A-Za-z0-9]{16,}|xox[abceprs](?:\.[a-z0-9]+)?-[A-Za-z0-9-]{10,}|",
            r"xapp-\d-[A-Za-z0-9-]{10,}|npm_[A-Za-z0-9]{30,}|hf_[A-Za-z]{30,}|",
            r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[0-9a-f]{32,}|",
            r"AccountKey=[A-Za-z0-9+/=]{20,}|dapi[0-9a-f]{32}|shpat_[0-9a-f]{32}|pul-[0-9a-f]{40}|",
            r"GR1348941[A-Za-z0-9_-]{20}|mdb_sa_sk_[A-Za-z0-9_-]{20,})",
        )],
        counts: is_vendor_token,
        hits: &[
            "AKIA2E0A8F3B244C9986",
            "ghp_a8K2mZ7qX4vB9nL1cR6tY3wE5uI0oP2sD4fG",
            "token=glpat-9xKf2LmQ7vZ3bN8cR1tY",
            "用 sk-proj-a8K2mZ7qX4vB9nL1cR6tY3wE 呼叫",
            "xoxb-2048-4096-a8K2mZ7qX4vB9nL1cR6t",
        ],
        misses: &[
            "AKIAIOSFODNN7EXAMPLE",
            "task-runner-for-the-nightly-report",
            "risk-assessment-of-the-monitoring",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "xoxb-your-bot-token-here",
            "xoxb-my-other-bot-token",
            "xoxp-1234567890",
            "msgstr \"asiakirjamallikansio\"",
            "glrt-23123123123123123123",
        ],
        ..SECRET
    },
    // The key is 40 characters without any prefix, so it is found only after its name.
    Rule {
        id: "aws_secret_key",
        what: "an AWS secret access key",
        keywords: &[
            "secret_access_key",
            "secretaccesskey",
            "secret access key",
            "secretkey",
            "secret_key",
            "secret key",
        ],
        patterns: &[
            r"secret[_ .]?(?:access[_ ]?)?key\\?[\x22']?\s{0,3}(?:[=:]|is)?\s{0,3}\\?[\x22']?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+]|$)",
        ],
        counts: is_not_example,
        hits: &[
            "aws_secret_access_key = kT9vXz2LqM7nB4cR8yWj1fHs6dGp3aEu5iOx0QmZ",
            "\"awsSecretKey\": \"kT9vXz2LqM7nB4cR8yWj1fHs6dGp3aEu5iOx0QmZ\"",
            "AWS secret access key kT9vXz2LqM7nB4cR8yWj1fHs6dGp3aEu5iOx0/mZ",
        ],
        misses: &["aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"],
        ..SECRET
    },
    // Finds a header and a payload. Both are JSON objects in base64, so both begin with `eyJ` (`{"`). The signature may
    // be missing.
    Rule {
        id: "jwt",
        what: "a JSON web token",
        keywords: &["eyj"],
        patterns: &[r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"],
        hits: &["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvcHMtMDEifQ.c2lnbmF0dXJlLW9mLW9wcw"],
        misses: &["the JWT begins with a header"],
        ..SECRET
    },
    // Finds the first or last line of a PEM key, also if only one of them is there. Without those lines, the key is
    // found by how its base64 begins: `MIIC`, `MIIE` or `MIIJ` for DER, `b3BlbnNz...` for `openssh-key-v1`. A
    // certificate or a public key is not a secret.
    Rule {
        id: "private_key",
        what: "a private key, or a part of one",
        keywords: &["private key", "mii", "b3blbnnzac1rzxktdje"],
        patterns: &[
            r"-{2,}\s?(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY",
            r"(?:^|[^A-Za-z0-9+/])MII[CEJ][A-Za-z0-9+/]{40,}",
            r"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/]*",
        ],
        counts: is_key_block,
        hits: &[
            "the private key: MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7Vq3xT9",
            "It ends with 9fQ2Lw7tKEY-----END PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY----- and -----END EC PRIVATE KEY----- it reads MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY",
            "-----BEGIN EC PRIVATE KEY----- (we send the rest) MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA",
            "-----BEGIN OPENSSH PRIVATE KEY----- b3Bl",
            "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
        ],
        misses: &[
            "the private key stays on the host",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nyour key here\n-----END PRIVATE KEY-----",
            "-----BEGIN OPENSSH PRIVATE KEY----------END OPENSSH PRIVATE KEY-----",
        ],
        ..SECRET
    },
    // Finds the header with its value, or the scheme with a value. `basic` and `bearer` are also words of prose: after
    // `bearer` the value has 20 characters or more, and after `basic` it ends with `=`.
    Rule {
        id: "authorization_header",
        what: "the value of an Authorization header",
        keywords: &["authorization", "bearer", "basic "],
        patterns: &[
            r"authorization[\x22']?\s*[:=]\s*[\x22']?(?:(?:basic|bearer|token|digest|api-?key|api-token|negotiate|genie-?key|splunk|token token=)\s+)?([A-Za-z0-9+/=._~-]{8,})",
            r"(?:^|[^a-z])bearer\s+([A-Za-z0-9._~+/-]{20,}=*)",
            r"(?:^|[^a-z])basic\s+([A-Za-z0-9+/]{11,}={1,2})",
        ],
        counts: is_header_value,
        hits: &[
            "Authorization: Basic b3BzOmh1bnRlcjI=",
            "curl header Authorization: Bearer abcdef1234567890",
            "Basic b3BzOmh1bnRlcjI=",
        ],
        misses: &[
            "Authorization: Bearer ${TOKEN}",
            "basic authentication is on",
            "authorization: required",
            "bearer authentication",
        ],
        ..SECRET
    },
    // Finds a cookie header with its value, the usual names of session cookies, or a random value beside the word. A
    // redacted value does not count.
    Rule {
        id: "cookie",
        what: "a session cookie",
        keywords: &["cookie", "session", "sid=", "csrf", "sessid"],
        patterns: &[
            r"cookie[\x22']?\s*[:=]\s*[\x22']?([A-Za-z0-9_.-]+=[^\s;\x22']{6,})",
            concat!(
                r"(?:^|[^a-z])(?:session(?:_?id)?|sid|csrftoken|connect\.sid|grafana_session|phpsessid|jsessionid|",
                r"_session)=([^\s;\x22'&]{8,})",
            ),
            r"cookie[^\n。;]{0,24}?(?:^|[^A-Za-z0-9_=.-])([A-Za-z0-9_.-]+=[A-Za-z0-9%._~-]*[0-9][A-Za-z0-9%._~-]{7,})",
            r"cookie[^\n。;]{0,16}?(?:is|was|now|value|:|=|是|為|值)\s*[\x22'`]?([0-9a-f]{16,}|[A-Za-z0-9_-]{24,})",
        ],
        counts: is_value,
        hits: &[
            "Set-Cookie: grafana_session=7f3a9c21e8b04d56; Path=/",
            "grafana_session=7f3a9c21e8b04d56",
        ],
        misses: &["the cookie policy was reviewed", "Cookie: grafana_session=<redacted>"],
        ..SECRET
    },
    // Finds `user:password@host`. The user has no slash, so a port followed by a path with an `@` is not a hit. A
    // password that is a placeholder (`${PGPASSWORD}`, `USERNAME:PASSWORD`) does not count.
    Rule {
        id: "password_in_url",
        what: "a URL with a password",
        keywords: &["://"],
        patterns: &[r"[a-z][a-z0-9+.-]*://[^\s/@:\x22']*:([^\s/@\x22']+)@[^\s/@]"],
        counts: is_value,
        hits: &["postgres://ops:hunter2@db:5432/alerts", "http://admin:s3cr3t!@grafana.local/api"],
        misses: &[
            "postgres://ops:${PGPASSWORD}@db:5432/alerts",
            "https://grafana.local:3000/d/ab@now",
            "https://USERNAME:PASSWORD@hooks.local/notify",
        ],
        ..SECRET
    },
    // Finds a parameter whose name is that of a secret, a signature or a code. Other parameters, such as `orgId`, are
    // not hits.
    Rule {
        id: "secret_in_query",
        what: "a secret in the query of a URL",
        keywords: &["?", "&"],
        patterns: &[
            r"[?&](?:[a-z_-]*token|[a-z_]*key|secret|client_secret|password|passwd|pwd|sig|signature|auth|code)=([^\s&#\x22'<>]{6,})",
        ],
        counts: is_value,
        hits: &["https://alerts.local/hook?token=7f3a9c21e8b04d56"],
        misses: &[
            "https://alerts.local/hook?token=${TOKEN}",
            "https://grafana.local/d/ab?orgId=1&refresh=30s",
        ],
        ..SECRET
    },
    // Finds `name = value` and `name: value` if the name ends with the word for a secret. The sign must follow that
    // word directly, so `secretName:` and `secret_ref:` are not hits. The value has to look like a password, unless
    // the name is a variable in capitals. Two samples have the same value, or `arn:aws`, earlier in the text: they
    // check that the match itself is judged, not what is before another place.
    Rule {
        id: "assignment",
        what: "a value that is assigned to a name such as password or token",
        keywords: &["pass", "pwd", "secret", "token", "key", "credential", "dsn", "webhook_url"],
        patterns: &[
            concat!(
                r"(?:^|[^A-Za-z0-9_.-])[A-Za-z0-9_.-]*?(?:passwords?|passwd|passphrase|pwd|[_-]pass|secrets?|tokens?|",
                r"api[_-]?keys?|access[_-]?key|private[_-]?key|auth[_-]?key|signing[_-]?key|encryption[_-]?key|",
                r"license[_-]?key|pd[_-]?key|(?:storage|account|master|shared|secret|client|write|ingest|ingestion|routing)[_-]?key|sentry[_-]?key|credentials?|dsn|webhook_url)",
                r"\\?[\x22'`]?(?:[ \t]*(?:=|:=)[ \t]*|\s*:\s*)\\?[\x22'`]?([!-+\--:<-~]{4,})",
            ),
            r"<[a-z_.-]*(?:passwords?|passwd|pwd|secret|token|api_?key)>\s*([^<\s]{4,})\s*</",
            r"--(?:password|passwd|token|api-key|secret|auth-token)(?:=|[ \t]+)[\x22']?([^\s\x22']{4,})",
            // An argument behind the name, as in a build file: `'API_KEY', '\"...\"'`.
            r"(?:password|passwd|token|secret|api_?key)[\x22']\s*,\s*[\x22']{1,2}([A-Za-z0-9+/=_-]{16,})[\x22']",
        ],
        counts: is_assigned,
        hits: &[
            "smtp_auth_password: hunter2x",
            "GF_SECURITY_ADMIN_PASSWORD=Sup3rS3cret",
            "密碼 password：p@ssw0rd",
            "bot_token = 7f3a9c21e8b04d56",
            "DB_PASSWORD=letmein",
            "DB_PASSWORD=11111111",
            "smtp_auth_password: 00000000",
            "public_wifi_password: Hb29xKwQ",
            "SMTP_PASSWORD=\"\\$uperS3cret9\"",
            "DB_PASSWORD=winter-2026.11",
            "letmein is the value: DB_PASSWORD=letmein",
            "arn:aws:hunter2x bot_token = hunter2x",
            "{\\\"smtp_password\\\": \\\"hunter2x\\\"}",
            "{\\\"smtp_pass\\\":\\\"uGoDfDVCgKw5x#2\\\"}",
            "<user>am</user><password>hunter2x</password>",
            "mysqldump --password hunter2x",
            "field('String', 'API_KEY', '\"951bc382db9cfee29c68634761dd6e19\"')",
        ],
        misses: &[
            "arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/pager-Qx7Lmd",
            "password: ${SMTP_PASSWORD}",
            "token: rotated in vault",
            "the api key: see ticket",
            "secret: vault:kv/ops/smtp",
            "secret_ref: sha256:0000",
            "no token, no password",
            "secretName: alertmanager-main",
            "SMTP_KEY=\nSMTP_HOST=relay1.local",
            "--token from the vault",
            "first_pass: done on Monday",
            "io.jsonwebtoken:jjwt-jackson-0.11.2",
            "<Key TokenFile=\"issuer.cer\">",
            "publicToken = \"9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9A\"",
            "Password=#{password}, ",
        ],
        ..SECRET
    },
    // Finds a password in quotation marks behind `=`, as in a program. There it is a password, also if it is a word.
    Rule {
        id: "literal_password",
        what: "a password in the source of a program",
        keywords: &["pass", "pwd"],
        patterns: &[
            r"(?:password|passwd|pwd)[\x22']?\s*(?:=|:=|=>)\s*(?:\x22([^\s\x22]{4,})\x22|'([^\s']{4,})')",
        ],
        counts: is_literal,
        hits: &["$password = \"goodspec\";", "db_pwd := 'sesame'"],
        misses: &[
            "password = \"${SMTP_PASSWORD}\"",
            "password = 'changeme'",
            "password = \"unchanged\"",
            "the password \"policy\" is ours",
        ],
        ..SECRET
    },
    // Finds `user:password` where a tool has it by its form: behind `-u`, in a netrc, in a line of pgpass, in a DSN of
    // Go, and as the base64 that docker keeps.
    Rule {
        id: "credentials_of_a_tool",
        what: "a user and password for curl, netrc, pgpass, Go or docker",
        keywords: &[
            "curl", "wget", "machine ", "login ", "@tcp(", "@unix(", "auth", ":*:", "543", "330",
        ],
        patterns: &[
            r"(?:curl|wget|https?)(?:\s[^\n]*?)?\s(?:-u\s*|--user[= ]\s*)[\x22']?[^\s:\x22']*[\x22']?:[\x22']?([^\s\x22']{4,})",
            r"curl(?:\s[^\n]*?)?\s(?:-u|--user)\s+[\x22']([^\s:\x22']{6,}):[\x22']",
            r"(?:\\\s*\n)\s*(?:-u\s*|--user[= ]\s*)[\x22']?[^\s:\x22']*:([^\s\x22']{4,})",
            r"login\s+\S+\s+password\s+(\S{4,})",
            r"(?:^|[^a-z0-9_.-])[a-z0-9_.-]+:([^\s@:/]{4,})@(?:tcp|unix)\(",
            r"(?:^|[^a-z0-9_.*-])[a-z0-9_.*-]+:(?:\d{4,5}|\*):[a-z0-9_*-]+:[a-z0-9_*-]+:([^\s:]{4,})",
            r"[\x22']auth[\x22']\s*:\s*[\x22']([A-Za-z0-9+/]{10,}={0,2})[\x22']",
        ],
        counts: is_credential,
        hits: &[
            "curl -s -u admin:hunter2x http://grafana.local/api",
            "curl -k https://db.local \\\n  -u 'ops:hunter2x'",
            "machine mail.local login ops password hunter2x",
            "ops:hunter2x@tcp(db.local:3306)/alerts",
            "db.local:5432:alerts:ops:hunter2x",
            "{\"auths\": {\"r.local\": {\"auth\": \"b3BzOmh1bnRlcjJ4\"}}}",
        ],
        misses: &[
            "curl -u $USER:$PASS http://grafana.local/api",
            "curl -u ops:<password> http://grafana.local",
            "curl -u <user:password> http://grafana.local",
            "curl --user ops:[PASSWORD] http://grafana.local",
            "curl -u username:token http://grafana.local",
            "the login page needs a password from vault",
        ],
        ..SECRET
    },
    // Finds hashes by the sign of their scheme: bcrypt, the schemes of crypt(3), htpasswd and switches, SHA-1 of LDAP,
    // Argon2, Kerberos.
    // `$2 a day` is not a hit.
    Rule {
        id: "password_hash",
        what: "a password hash",
        keywords: &[
            "$2", "$apr1$", "{sha}", "$1$", "$5$", "$6$", "$8$", "$9$", "$argon2", "$krb5", "$y$",
        ],
        patterns: &[
            r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{40,}",
            r"\$(?:apr1|1|5|6|8|9|y)\$[^\s$]+\$[./A-Za-z0-9]{16,}",
            r"\$krb5[a-z]+\$\d+\$[^\s$]+\$[0-9a-f$]{32,}",
            r"\{SHA\}[A-Za-z0-9+/=]{20,}",
            r"\$argon2(?:id|i|d)\$[^\s]+",
        ],
        hits: &[
            "admin:$2y$10$Qh7vK1pXz4RbN8mLw2TfUeYc6DsAgJ0oIi9Hx5VtEkZqW3rBnPyMu",
            "ops:$apr1$x7k2mq9z$Qh7vK1pXz4RbN8mLw2TfU.",
            "enable secret 8 $8$x7k2mq9zQh7vK1$Qh7vK1pXz4RbN8mLw2TfUeYc6DsAgJ0oIi9Hx5VtEkZ",
            "$krb5asrep$23$ops@example.com:3f7a91c2d4e5b6a7c8d9e0f1a2b3c4d5$9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b",
        ],
        misses: &["it costs $2 a day", "bcrypt hashes are kept in the vault"],
        ..SECRET
    },
    DATA_OF_SECRET,
    // Finds four or more lines in a row that assign to names in capitals, also with `export` or as a list. Fewer lines
    // or names in small letters are not a hit.
    Rule {
        id: "environment_dump",
        what: "a dump of environment variables",
        keywords: &["="],
        patterns: &[
            r"(?m)(?:^[ \t]*(?:export[ \t]+|-[ \t]*)?[A-Z][A-Z0-9_]{2,}=[^\s=][^\n]*\n){3,}[ \t]*(?:export[ \t]+)?[A-Z][A-Z0-9_]{2,}=",
        ],
        counts: is_dump,
        hits: &["PATH=/usr/bin\nHOME=/root\nHOSTNAME=mon-1\nLANG=C"],
        misses: &["a=1\nb=2"],
        ..SECRET
    },
];
