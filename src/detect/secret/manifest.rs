//! Finds the data in a manifest of a Kubernetes Secret.

use crate::detect::rule::Rule;

use super::SECRET;

/// Finds a manifest of kind Secret with data, in either order. `(?s:.*?)` crosses lines. The boundary after `Secret`
/// leaves out `SecretProviderClass`, and the one before `data` leaves out `metadata`.
pub(super) const DATA_OF_SECRET: Rule = Rule {
    id: "kubernetes_secret",
    what: "the data of a Kubernetes Secret",
    keywords: &["kind"],
    patterns: &[
        concat!(
            r"kind[\x22']?\s*:\s*[\x22']?Secret(?-u:\b)(?s:.*?)(?-u:\b)(?:data|stringData)[\x22']?\s*:",
            r"(?:[\s{\x22'A-Za-z0-9_.-]+:\s*[\x22']?[^\s\x22']{4}|[ \t]*(?:#[^\n]*)?[\n{])",
        ),
        concat!(
            r"(?:(?:^|\n|\{)\s*[\x22']?(?:data|stringData)[\x22']?|,\s*[\x22'](?:data|stringData)[\x22'])\s*:",
            r"(?s:.*?)kind[\x22']?\s*:\s*[\x22']?Secret(?-u:\b)",
        ),
    ],
    counts: is_data_of_secret,
    hits: &[
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  token: aHVudGVyMg==",
        "kind: Secret\nmetadata:\n  name: ldap.json\ndata:\n  bind: aHVudGVyMg==",
        "{\n    \"data\": {\n        \"smtp\": \"aHVudGVyMg==\"\n    },\n    \"kind\": \"Secret\"\n}",
        "{\"apiVersion\":\"v1\",\"data\":{\"smtp\":\"aHVudGVyMg==\"},\"kind\":\"Secret\",\"type\":\"Opaque\"}",
        "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"grafana\"},\"data\":{\"a\":\"\",\"smtp\":\"aHVudGVyMg==\"}}",
        "kind: Secret\ndata:\n  a: ''\n  b:\n    aHVudGVyMg==",
        "kind: Secret\ndata:\n  a: ''\nstringData: {token: hunter2hunter2}",
        "kind: Secret\ndata:\n  a: {{ .Values.a }}\n  b: |\n    hunter2hunter2:\ntype: Opaque",
        "kind: Secret\ndata:\n  smtp: aHVudGVyMg== # from example.com",
        "kind: Secret\ndata:\nsmtp: aHVudGVyMg==",
        "kind: Secret\ndata:\n  a: ''\n\n  smtp: aHVudGVyMg==",
        "kind: Secret\ndata:\n# the mail relay\n  smtp: aHVudGVyMg==",
        "kind: Secret\ndata:\n  keystore.jks: /u3+7QAAAAIAAAABBwoN",
        "kind: Secret\nmetadata:\n  name: a\nstringData: {a: '{{ .V.a }}', smtp: hunter2hunter2}",
        "kind: Secret\ndata:\n  a: ''\n---\nkind: Secret # mail\ndata:\n  smtp: aHVudGVyMg==",
        "kind: List\nitems:\n- kind: Secret\n  data:\n    a: ''\n- data:\n    smtp: aHVudGVyMg==\n  kind: Secret",
        "kind: Secret\nstringData:\n  hook: https://hooks.intra/services/T0/B0/Zk3vQ9",
        "kind: Secret\nstringData:\n  smtp: enc[hunter2hunter2]",
    ],
    misses: &[
        "kind: SecretProviderClass",
        "the kind: Secret is not ours",
        "the kind: Secret has no data: it is empty",
        "kind: Secret\nmetadata:\n  name: registry-auth-data\ntype: Opaque",
        "kind: Secret\nmetadata:\n  name: a\ndata:\n  htpasswd: ''\n  other: \"\" # later",
        "kind: Secret\ndata:\n  token: {{ .Values.token }}\n---\nkind: ConfigMap\ndata:\n  level: debug",
        "kind: Secret\nstringData:\n  token: ENC[AES256_GCM,data:O+5l4g==,tag:a,type:str]",
        "apiVersion: v1\ndata:\n  token: ${TOKEN}\n  user: <user>\nkind: Secret",
        "kind: Secret\ndata:\n  csrf:\n  other: ''",
    ],
    ..SECRET
};

/// Counts unless each manifest of a Secret in the text can be read line by line, and all of its data is harmless. What
/// cannot be read so may be a secret.
fn is_data_of_secret(_: &str, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_secret = |manifest: &&str| {
        manifest.lines().any(|line| line.contains("kind") && line.contains("secret"))
    };
    let has_data = |manifest: &&str| manifest.replace("metadata", "").contains("data");
    let mut manifests = lower.split("\n---").filter(is_secret).filter(has_data).peekable();
    let is_harmless = |manifest: &str| {
        let data = data_of_manifest(manifest);
        !data.is_empty() && data.into_iter().all(is_harmless_data)
    };
    manifests.peek().is_none() || !manifests.all(is_harmless)
}

/// Returns the values below `data:` and `stringData:` of a manifest in small letters. The whole line is the value if it
/// has no key of its own, or if it is not clear what belongs to `data:`.
fn data_of_manifest(manifest: &str) -> Vec<&str> {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let is_name =
        |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let mut lines = manifest.lines().filter(|line| !without_comment(line).is_empty()).peekable();
    let mut values = Vec::new();
    while let Some(line) = lines.next() {
        let Some((key, behind)) = line.split_once(':') else { continue };
        // It may be an item of a list, in quotation marks, or quoted in a mail.
        let key = key.trim_matches(|character: char| !character.is_ascii_alphanumeric());
        if !["data", "stringdata"].contains(&key) {
            continue;
        }
        let first = values.len();
        values.extend(Some(without_comment(behind)).filter(|behind| !behind.is_empty()));
        let is_below = |next: &&str| indentation(next) > indentation(line);
        while let Some(below) = lines.next_if(is_below) {
            let below = without_comment(below);
            let value =
                below.split_once(": ").or_else(|| below.strip_suffix(':').map(|key| (key, "")));
            values.push(
                value.filter(|(key, _)| is_name(key)).map_or(below, |(_, value)| value.trim()),
            );
        }
        if values.len() == first {
            // Pasting may have lost the indentation.
            values.push(line);
        }
    }
    values
}

/// Returns a line of YAML without its comment and without white space around it.
fn without_comment(line: &str) -> &str {
    let line = line.trim();
    let is_comment = |at: usize| {
        line.get(..at).is_none_or(|before| before.is_empty() || before.ends_with([' ', '\t']))
    };
    let start = line.match_indices('#').map(|(at, _)| at).find(|at| is_comment(*at));
    line.get(..start.unwrap_or(line.len())).unwrap_or_default().trim_end()
}

/// Whether a value is empty, one template or one placeholder, or encrypted by SOPS or Puppet.
fn is_harmless_data(value: &str) -> bool {
    let quoted =
        ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let value = quoted.unwrap_or(value).trim();
    let is_one = |open: &str, close: &str| {
        let inside = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inside.is_some_and(|inside| !inside.contains(open) && !inside.contains(close))
    };
    let is_encrypted = ["enc[aes256_gcm,", "enc[pkcs7,"].iter().any(|open| is_one(open, "]"));
    value.is_empty() || is_encrypted || is_one("{{", "}}") || is_one("${", "}") || is_one("<", ">")
}
