//! Recognizes texts that are not a tree of keys and values, by their lines: templates, scripts, INI files and other
//! languages.

use crate::pattern::Pattern;
use crate::words::{SurfaceKind as Kind, WriteClass};

/// How a kind of text is recognized.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextShape {
    pub(crate) kind: Kind,
    /// What the text must have, in words for people.
    pub(crate) what: &'static str,
    /// A text of this shape contains at least one of these words. The check before parsing searches for them.
    pub(super) words: &'static [&'static str],
    /// Whether triage quarantines an answer for this shape. It is `false` for scripts, which triage examines as
    /// commands.
    pub(crate) is_payload: bool,
    /// Returns the line that shows the shape, or `None` if the text does not have it.
    find: fn(&Text<'_>) -> Option<usize>,
    /// Whether the text raises the write class of its kind to `Direct`.
    writes: fn(&str) -> bool,
}

/// A text, and whether its file name is that of a script.
#[derive(Clone, Copy, Debug)]
struct Text<'t> {
    text: &'t str,
    is_script: bool,
}

impl TextShape {
    /// Returns the line that shows this shape, and what a change of the text can do. Returns `None` if the text does
    /// not have the shape.
    pub(crate) fn recognize(&self, text: &str, is_script: bool) -> Option<(usize, WriteClass)> {
        let line = (self.find)(&Text { text, is_script })?;
        let write = if (self.writes)(text) { WriteClass::Direct } else { self.kind.write_class() };
        Some((line, write))
    }
}

/// A shape that is quarantined and does not raise the write class of its kind.
const fn shape(
    kind: Kind,
    what: &'static str,
    words: &'static [&'static str],
    find: fn(&Text<'_>) -> Option<usize>,
) -> TextShape {
    TextShape { kind, what, words, is_payload: true, find, writes: |_| false }
}

pub(crate) const TEXT_SHAPES: &[TextShape] = &[
    shape(
        Kind::AlertmanagerTemplate,
        "{{ define }} with notification data such as range .Alerts, .CommonLabels or .GroupLabels",
        NOTIFICATION_DATA,
        |it| alertmanager_template(it.text),
    ),
    TextShape {
        writes: |text| text.contains("mimir.rules.") || text.contains("loki.rules."),
        ..shape(
            Kind::AlloyConfig,
            "component blocks such as prometheus.scrape \"name\" { }",
            &[
                "prometheus.",
                "loki.",
                "otelcol.",
                "discovery.",
                "pyroscope.",
                "mimir.rules",
                "faro.",
            ],
            |it| alloy(it.text),
        )
    },
    shape(
        Kind::GrafanaServerConfig,
        "INI sections that only Grafana has, such as [unified_alerting] or [auth.anonymous]",
        INI_SECTIONS,
        |it| grafana_ini(it.text),
    ),
    shape(
        Kind::PrometheusRules,
        "rules in the syntax of Prometheus 1: ALERT name IF expression",
        &["ALERT "],
        |it| old_rules(it.text),
    ),
    TextShape {
        is_payload: false,
        ..shape(
            Kind::SentryConfig,
            "Python code that imports Sentry's own settings or sets SENTRY_OPTIONS",
            &["sentry.conf.server", "SENTRY_OPTIONS"],
            |it| sentry_settings(it.text),
        )
    },
    TextShape {
        is_payload: false,
        ..shape(
            Kind::LangfuseConfig,
            "only environment variables, at least two of them with the prefix LANGFUSE_",
            &["LANGFUSE_"],
            |it| langfuse_environment(it.text),
        )
    },
    TextShape {
        is_payload: false,
        ..shape(
            Kind::NotificationScript,
            "a script that sends to Telegram, Slack, another chat, a paging service or Alertmanager's API",
            RECEIVERS,
            notification_script,
        )
    },
];

/// Data that Alertmanager passes to a notification template. `.Alerts` alone is not enough: other templates have a
/// field of this name, too.
const NOTIFICATION_DATA: &[&str] = &[
    "range .Alerts",
    "len .Alerts",
    ".Alerts.Firing",
    ".Alerts.Resolved",
    "index .Alerts",
    ".CommonLabels",
    ".GroupLabels.",
    ".CommonAnnotations",
];

/// Addresses that receive notifications.
const RECEIVERS: &[&str] = &[
    "hooks.slack.com",
    "slack.com/api/chat.postMessage",
    "api.telegram.org",
    "discord.com/api/webhooks",
    "discordapp.com/api/webhooks",
    "webhook.office.com",
    "oapi.dingtalk.com/robot",
    "qyapi.weixin.qq.com/cgi-bin/webhook",
    "open.feishu.cn/open-apis/bot",
    "notify-api.line.me",
    "events.pagerduty.com",
    "api.opsgenie.com",
    "/api/v1/alerts",
    "/api/v2/alerts",
    "/api/v2/silences",
];

/// Commands and functions with which a script sends a request.
const SENDERS: &[&str] = &[
    "curl",
    "wget",
    "requests.",
    "urllib",
    "http.client",
    "httpx",
    "fetch(",
    "axios",
    "Net::HTTP",
    "HTTParty",
    "Invoke-RestMethod",
    "Invoke-WebRequest",
    "LWP::",
];

/// Sections of `grafana.ini` that no other tool has.
const INI_SECTIONS: &[&str] = &[
    "[date_formats]",
    "[unified_alerting",
    "[auth.anonymous]",
    "[auth.basic]",
    "[auth.proxy]",
    "[auth.jwt]",
    "[auth.generic_oauth]",
    "[auth.grafana_com]",
    "[auth.azuread]",
    "[auth.ldap]",
    "[grafana_net]",
    "[grafana_com]",
    "[dataproxy]",
    "[feature_toggles]",
    "[snapshots]",
    "[external_image_storage",
    "[remote_cache]",
    "[rendering]",
    "[plugin.",
];

/// Returns the number of the first line that `is_it` accepts, from 1.
fn line_number_of(text: &str, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    text.lines().position(is_it).map(|index| index + 1)
}

/// Finds the first `define` of a notification template. The first line that is neither blank nor a comment must begin
/// with `{{`, so prose with an example in it is not a template. Helm templates are excluded: they have other data.
fn alertmanager_template(text: &str) -> Option<usize> {
    let is_comment = |line: &&str| {
        let line = line.trim();
        line.is_empty() || line.starts_with(['#', '/']) || line.starts_with("<!--")
    };
    let first = text.lines().find(|line| !is_comment(line))?;
    let is_of_helm = [".Values", ".Release", ".Chart"].iter().any(|word| text.contains(word));
    if is_of_helm
        || !first.trim_start().starts_with("{{")
        || !NOTIFICATION_DATA.iter().any(|word| text.contains(word))
    {
        return None;
    }
    line_number_of(text, |line| {
        let inner = line.trim_start().trim_start_matches("{{").trim_start_matches('-');
        inner.trim_start().starts_with("define ")
    })
}

/// Finds the first component of an Alloy configuration: `component "label" {`. The first line that is neither blank
/// nor a comment must begin a block. Otherwise the text is in another language, such as Go with an example in it.
fn alloy(text: &str) -> Option<usize> {
    // The label is optional, because a block such as `logging {` has none.
    static BLOCK: Pattern =
        Pattern::exact(&[r#"^[a-z_]+(\.[a-z_0-9]+)*( "[A-Za-z_0-9]+")?[ \t]*\{"#]);
    // A component has a label, and its name begins with one of Alloy's namespaces. A block without a label is not
    // enough.
    static COMPONENT: Pattern = Pattern::exact(&[concat!(
        r"^(prometheus|loki|otelcol|discovery|pyroscope|mimir|faro|beyla|remote|local|import|",
        r#"database_observability)\.[a-z_0-9.]+ "[A-Za-z_0-9]+"[ \t]*\{"#,
    )]);
    let mut is_in_comment = false;
    let first = text.lines().map(str::trim_end).find(|line| {
        let begins = line.starts_with("/*");
        let is_comment = is_in_comment || begins || line.is_empty() || line.starts_with("//");
        is_in_comment = (is_in_comment || begins) && !line.contains("*/");
        !is_comment
    })?;
    if !BLOCK.is_match(first) {
        return None;
    }
    line_number_of(text, |line| COMPONENT.is_match(line))
}

/// Finds the first section that only `grafana.ini` has. Every line must be INI or an instruction of a template, so
/// prose about a section does not count.
fn grafana_ini(text: &str) -> Option<usize> {
    let line =
        line_number_of(text, |line| INI_SECTIONS.iter().any(|known| line.starts_with(known)))?;
    let is_ini = text.lines().map(str::trim).all(|line| {
        line.is_empty()
            || line.starts_with([';', '#'])
            || (line.starts_with('[') && line.contains(']'))
            || line.contains('=')
            || line.starts_with("{{")
    });
    is_ini.then_some(line)
}

/// Finds the first alert in the syntax of Prometheus 1. The name ends its line, and a later line begins with `IF`.
fn old_rules(text: &str) -> Option<usize> {
    static ALERT: Pattern = Pattern::exact(&[r"^ALERT [A-Za-z_][A-Za-z0-9_]*\s*$"]);
    let line = line_number_of(text, |line| ALERT.is_match(line.trim_end()))?;
    text.lines().any(|line| line.trim_start().starts_with("IF ")).then_some(line)
}

/// Finds the first line that imports or sets Sentry's settings.
fn sentry_settings(text: &str) -> Option<usize> {
    line_number_of(text, |line| {
        line.starts_with("from sentry.conf.server import *")
            || line.starts_with("SENTRY_OPTIONS[")
            || line.starts_with("SENTRY_OPTIONS =")
    })
}

/// Finds the first Langfuse variable of an environment file. A variable in a comment counts, too.
fn langfuse_environment(text: &str) -> Option<usize> {
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let name = |line: &str| {
        let line = line.trim_start_matches(['#', ' ']).trim_start_matches("export ");
        line.split_once('=').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        })
    };
    let is_environment = lines().all(|line| line.starts_with('#') || name(line));
    let is_its = |line: &str| line.trim_start_matches(['#', ' ']).starts_with("LANGFUSE_");
    (is_environment && lines().filter(|line| is_its(line) && name(line)).count() >= 2)
        .then(|| line_number_of(text, |line| is_its(line.trim())))?
}

/// Finds the first line of a script that names a receiver. A comment line does not count, because it sends nothing.
fn notification_script(it: &Text<'_>) -> Option<usize> {
    let is_script = it.is_script || it.text.starts_with("#!");
    let sends = SENDERS.iter().any(|word| it.text.contains(word));
    let is_comment = |line: &str| line.trim_start().starts_with(['#', '/']);
    (is_script && sends).then(|| {
        line_number_of(it.text, |line| {
            !is_comment(line) && RECEIVERS.iter().any(|receiver| line.contains(receiver))
        })
    })?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str, is_script: bool) -> Vec<(&'static str, usize, WriteClass)> {
        let found = TEXT_SHAPES.iter().filter_map(|shape| {
            let (line, write) = shape.recognize(text, is_script)?;
            assert!(crate::shape::may_hold_a_surface(text), "{text}");
            Some((shape.kind.as_str(), line, write))
        });
        found.collect()
    }

    #[test]
    fn texts_are_told_by_their_lines() {
        use WriteClass::{Direct, Indirect, None};
        for (text, expected) in [
            (
                "{{/* ours */}}\n{{ define \"a\" }}{{ range .Alerts }}{{ end }}{{ end }}",
                Some(("alertmanager_template", 2, Direct)),
            ),
            ("{{- define \"a\" }}{{ .Values.x }} .Alerts{{ end }}", Option::None),
            ("{{ define \"a\" }}{{ .Data.Alerts }}{{ end }}", Option::None),
            ("See {{ define \"a\" }}{{ .Alerts }}{{ end }}", Option::None),
            ("// a\nprometheus.scrape \"a\" {\n}\n", Some(("alloy_config", 2, Indirect))),
            (
                "logging {\n}\nmimir.rules.kubernetes \"a\" {\n}\n",
                Some(("alloy_config", 3, Direct)),
            ),
            ("package a\nprometheus.scrape \"a\" {\n", Option::None),
            (
                "[date_formats]\ndefault_timezone = UTC\n",
                Some(("grafana_server_config", 1, Direct)),
            ),
            ("[date_formats]\nThe section of dates\n", Option::None),
            ("ALERT Down\n  IF up == 0\n", Some(("prometheus_rules", 1, Direct))),
            ("from sentry.conf.server import *\n", Some(("sentry_config", 1, Direct))),
            ("# env\nLANGFUSE_A=1\n# LANGFUSE_B=2\n", Some(("langfuse_config", 2, None))),
            (
                "#!/bin/sh\ncurl -d a https://api.telegram.org/x\n",
                Some(("notification_script", 2, Direct)),
            ),
            ("curl -d a https://api.telegram.org/x\n", Option::None),
            ("#!/bin/sh\n# see https://api.telegram.org/x\ncurl a\n", Option::None),
        ] {
            assert_eq!(kinds(text, false), expected.into_iter().collect::<Vec<_>>(), "{text}");
        }
        assert_eq!(kinds("requests.post('http://a/api/v2/alerts')", true).len(), 1);
    }
}
