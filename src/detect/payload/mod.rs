//! Finds raw payloads: configurations, notifications, logs and images.
//!
//! Most payloads are recognized by their structure. So a text is parsed, and the result is compared with the shapes
//! of known payloads. Only formats that are neither YAML nor JSON are found by patterns.

mod excerpt;

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::json::MAX_DEPTH;
use crate::shape;
use crate::words::Problem;

use super::fold::Folded;
use super::rule::{Rule, RuleSet};
use super::{Match, TextKind};
use crate::pattern::{self, Pattern};

/// The most blocks of a text that are parsed. A real answer has fewer. If a text has more, they are not parsed, and
/// those up to the limit all count as payloads.
const MAX_BLOCKS: usize = 24;

/// The keys of the shapes. A text without any of them cannot have a shape, so it is not parsed at all.
static KEYS: LazyLock<AhoCorasick> = LazyLock::new(|| pattern::keywords(None, shape::keys()));

/// Returns each payload in the text.
pub(super) fn find(rules: &RuleSet, original: &str, folded: &Folded, kind: TextKind) -> Vec<Match> {
    let has_key = |text: &str| KEYS.is_match(text);
    let mut blocks = if has_key(original) { blocks(original) } else { Vec::new() };
    blocks.retain(|block| original.get(block.clone()).is_some_and(has_key));
    let is_too_many = blocks.len() > MAX_BLOCKS;
    let mut matches: Vec<Match> = blocks
        .into_iter()
        .take(MAX_BLOCKS)
        .filter(|block| is_too_many || original.get(block.clone()).is_some_and(is_structured))
        .map(|block| (Problem::RawPayload, characters(original, &block)))
        .collect();
    matches.extend(
        configurations(original).map(|block| (Problem::RawPayload, characters(original, &block))),
    );
    if kind != TextKind::Members {
        let excerpts = excerpt::find(original, &braced(original));
        matches.extend(
            excerpts.into_iter().map(|block| (Problem::RawPayload, characters(original, &block))),
        );
    }
    matches
        .extend(too_deep(original).map(|block| (Problem::Oversized, characters(original, &block))));
    matches.extend(rules.find(folded));
    matches.extend(log_lines(original));
    matches.sort_by_key(|(_, range)| (range.start, range.end));
    matches.dedup();
    matches
}

/// The rules for payloads that no parser reads: server blocks, stack traces, images.
pub(crate) const RULES: &[Rule] = &[
    // Finds a block of nginx with one of its directives and the `;` that ends it. A brace in prose is not a hit.
    // `[^{}]*` stays inside one block.
    Rule {
        id: "nginx",
        what: "an nginx configuration",
        keywords: &["{"],
        patterns: &[concat!(
            r"(?:server|location\s+\S+|upstream\s+\S+|http)\s*\{[^{}]*(?:listen|server_name|proxy_pass|root|",
            r"server|proxy_set_header|auth_basic|return)\s+[^{};]+;",
        )],
        hits: &["server {\n  listen 443;\n  proxy_pass http://grafana;\n}"],
        misses: &["the server {see the runbook} listens"],
        ..PAYLOAD
    },
    // Finds an image or a PDF as text. Without `data:`, base64 is recognized by how a file of each type begins:
    // PNG, JPEG, GIF, WebP, PDF. The letters after that (16) show that the data itself is there.
    Rule {
        id: "image",
        what: "a data URI or a base64 image",
        keywords: &["data:", "ivborw0kggo", "/9j/4aaq", "r0lgodlh", "r0lgoddh", "uklgr", "jvberi0"],
        patterns: &[
            r"data:[a-z0-9.+-]+/[a-z0-9.+-]+(?:;[a-z0-9=-]+)*;base64,[A-Za-z0-9+/]{8,}",
            r"(?:^|[^A-Za-z0-9+/])(?:iVBORw0KGgo|/9j/4AAQ|R0lGODlh|R0lGODdh|UklGR|JVBERi0)[A-Za-z0-9+/=]{16,}",
        ],
        hits: &["data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA", "iVBORw0KGgoAAAANSUhEUgAAAAE"],
        misses: &["the data: it was read back"],
        ..PAYLOAD
    },
    // Finds the fixed phrases of stack traces, in this order: Python (two), JavaScript (two frames or more), Java, Go,
    // Rust, and a named Java exception. The words `exception` and `at` alone are common in prose and are not hits.
    Rule {
        id: "stack_trace",
        what: "a stack trace",
        keywords: &["traceback", "file \"", "at ", "goroutine", "panicked", "exception"],
        patterns: &[
            r"traceback \(most recent call last\)",
            r#"\n\s*file "[^"\n]+", line \d+, in "#,
            r"(?:\n\s*at [a-z0-9_$.<>/:\[\] -]+\([^()\n]*:\d+(?::\d+)?\)){2,}",
            r"at [a-z0-9_$.]+\([a-z0-9_]+\.java:\d+\)",
            r"goroutine \d+ \[[a-z ]+\]:",
            r"thread '[^']*' (?:\(\d+\) )?panicked at ",
            r#"(?:exception in thread|caused by:) ["a-z][^\n]*exception"#,
        ],
        hits: &[
            "Traceback (most recent call last):\n  File \"a.py\", line 3, in main",
            "goroutine 1 [running]:",
            "thread 'main' panicked at src/main.rs:3",
        ],
        misses: &["the exception was handled at 10:00"],
        ..PAYLOAD
    },
];

/// The base of every rule for raw payloads.
const PAYLOAD: Rule = Rule { problem: Problem::RawPayload, ..Rule::BASE };

/// Returns the parts of a text that may be a document: fenced blocks, runs of lines that look like a document, and
/// anything in braces or brackets. Parts may overlap.
fn blocks(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    // Neither YAML nor JSON has a mapping without a colon.
    if !text.contains(':') {
        return blocks;
    }
    let mut run: Option<Range<usize>> = None;
    let mut fence: Option<usize> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        // A block in a quotation (`> `) is still a block.
        let trimmed = line.trim().trim_start_matches(['>', ' ']);
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            // A fence closes an open block. Otherwise it opens one.
            blocks.extend(fence.take().map(|from| from..start));
            if blocks.last().is_none_or(|block| block.end != start) {
                fence = Some(end);
            }
            blocks.extend(run.take());
        } else if is_document_line(trimmed) {
            run = Some(run.map_or(start, |run| run.start)..end);
        } else if !trimmed.is_empty() {
            // A line of prose ends the run. An empty line does not.
            blocks.extend(run.take());
        }
        start = end;
    }
    blocks.extend(run);
    // A fence that is never closed holds the rest of the text.
    blocks.extend(fence.map(|from| from..text.len()));
    blocks.extend(braced(text));
    blocks
}

/// Whether a line may belong to a document: a key, a list item, or a part of JSON.
///
/// A key is short and has no spaces. So a sentence with a colon in it is not a key.
fn is_document_line(line: &str) -> bool {
    let key =
        line.trim_start_matches("- ").split_once(':').map(|(key, _)| key.trim_matches(['"', '\'']));
    let is_key = key.is_some_and(|key| {
        !key.is_empty()
            && key.len() <= 60
            && key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/$".contains(c))
    });
    is_key
        || line.starts_with("- ")
        || line.starts_with(['{', '}', '[', ']', '#', '"'])
        || line == "---"
}

/// Returns the parts between the outermost braces or brackets. A part that is not closed runs to the end of the text.
fn braced(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    found.push(start..at + 1);
                }
            }
            _ => {}
        }
    }
    if depth > 0 {
        found.push(start..text.len());
    }
    found
}

/// Returns the first bracket that is nested deeper than [`MAX_DEPTH`].
fn too_deep(text: &str) -> Option<Range<usize>> {
    let mut depth = 0_usize;
    text.bytes()
        .position(|byte| {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > MAX_DEPTH
        })
        .map(|at| at..at + 1)
}

/// Whether a block has the shape of a payload. A block that is cut off is closed first, so that it parses.
fn is_structured(block: &str) -> bool {
    shape::holds_any(&closed(unindent(block)))
}

/// Returns the whole text and its fenced blocks, if they are a configuration in a language of their own.
fn configurations(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let fenced = text.split("```").enumerate().filter_map(move |(index, piece)| {
        let from = start;
        start += piece.len() + "```".len();
        // The rest of the line after an opening fence is the name of a language.
        let name = piece.find('\n')? + 1;
        (index % 2 == 1).then_some(from + name..from + piece.len())
    });
    std::iter::once(0..text.len())
        .chain(fenced)
        .filter(|block| text.get(block.clone()).is_some_and(shape::is_configuration_text))
}

/// Closes a block that begins with a brace or bracket and is cut off: it drops the text after the last whole member
/// and adds the missing brackets. Any other block stays as it is.
///
/// A pasted payload is often cut off, and a parser would reject it.
fn closed(mut block: String) -> String {
    let mut open = Vec::new();
    let mut last_whole = None;
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, byte) in block.bytes().enumerate() {
        match byte {
            b'"' if !is_escaped => is_quoted = !is_quoted,
            b'{' if !is_quoted => open.push('}'),
            b'[' if !is_quoted => open.push(']'),
            b'}' | b']' if !is_quoted => drop(open.pop()),
            b',' if !is_quoted => last_whole = Some((at, open.clone())),
            _ => {}
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if let Some((at, open)) =
        last_whole.filter(|_| !open.is_empty() && block.starts_with(['{', '[']))
    {
        block.truncate(at);
        block.extend(open.into_iter().rev());
    }
    block
}

/// Removes the white space and the quotation marks (`>`) that all lines of a block begin with. Tabs become spaces,
/// because YAML does not allow tabs as indentation.
fn unindent(block: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t', '>']).len();
    let lines = || block.lines().filter(|line| !line.trim().is_empty());
    let shared = lines().map(indent).min().unwrap_or_default();
    let rest = block.lines().map(|line| line.get(shared..).unwrap_or_default().replace('\t', "  "));
    rest.collect::<Vec<_>>().join("\n")
}

/// A line of a log, possibly quoted (`>`) or in a table (`|`). The alternatives, in order:
///
/// - a date and a time, the date of syslog, a time of day, or the stamp of klog (`I0102 15:04:05.000000`)
/// - logfmt (`level=info ... key=`)
/// - a JSON object that begins with a key of a log
/// - a level (`error: ...`, `[warn] ...`)
/// - an access log of a web server (`10.0.0.1 - - [date] "GET`)
///
/// A single line in one of these forms is normal in prose, so [`log_lines`] asks for three.
static LINE: Pattern = Pattern::new(&[concat!(
    r"^\s*(?:[>|] ?)?(?:(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d|[a-z]{3} +\d{1,2} \d\d:\d\d:\d\d |",
    r"\d\d:\d\d:\d\d[.,]?\d* |[iwef]\d{4} \d\d:\d\d:\d\d\.\d+ ).*\S|(?:ts|time|level|t|lvl)=\S+ .*=|",
    r"\{\x22?(?:ts|time|level|msg|caller)\x22?:.*\}|\[?(?:info|warn|warning|error|debug|fatal|",
    r"trace)\]?[: ]\s*\S.*|[0-9a-f:.]+ - \S+ \[[^\]]+\] \x22)",
)]);

#[cfg(test)]
pub(super) fn compile_patterns() {
    LINE.compile();
    excerpt::compile_patterns();
    LazyLock::force(&KEYS);
}

/// Returns the range from the first to the last log line of a text, if it has three log lines or more.
///
/// Fewer are not a log: a sentence may begin with a time, or with a word such as `Trace`.
fn log_lines(text: &str) -> Option<Match> {
    text.lines().nth(2)?;
    let mut start = 0;
    let mut found: Vec<Range<usize>> = Vec::new();
    for line in text.split_inclusive('\n') {
        if LINE.is_match(&line.to_ascii_lowercase()) {
            found.push(start..start + line.trim_end().len());
        }
        start += line.len();
    }
    let (first, last) = (found.first()?, found.last()?);
    (found.len() >= 3).then(|| (Problem::RawPayload, characters(text, &(first.start..last.end))))
}

/// Converts a range of bytes to a range of characters.
fn characters(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let count = |end: usize| text.get(..end).map_or(0, |before| before.chars().count());
    count(bytes.start)..count(bytes.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_payload(text: &str) -> bool {
        !find(&RuleSet::new(RULES), text, &Folded::new(text), TextKind::Prose).is_empty()
    }

    #[test]
    fn payloads_are_found_whole_in_part_and_fenced() {
        let wrong: Vec<_> = [
            "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: node",
            "see:\n```yaml\n- alert: Down\n  expr: up == 0\n  for: 5m\n```\nthanks",
            "here it is\n    route:\n      receiver: telegram\n      group_by: [alertname]\nend",
            r#"{"receiver":"tg","status":"firing","alerts":[{"labels":{"alertname":"Down"},"startsAt":"2026"}]}"#,
            r#"got {"ok":true,"result":{"message_id":77,"chat":{"id":-100}}} back"#,
            "services:\n  prometheus:\n    image: prom/prometheus\n    ports:\n      - 9090:9090",
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: rules",
            "receivers:\n  otlp:\n    protocols:\n      grpc:\nexporters:\n  debug:",
            "server {\n  listen 443;\n  proxy_pass http://grafana;\n}",
            "2026-11-23T10:00:01Z level=info msg=a\n2026-11-23T10:00:02Z level=info msg=b\n2026-11-23T10:00:03Z level=warn msg=c",
            "Traceback (most recent call last):\n  File \"a.py\", line 3, in main",
            "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA",
            "{\"panels\": [{\"type\": \"graph\"}], \"title\": \"Nodes\", \"schemaVers",
        ].into_iter().filter(|text| !is_payload(text)).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    fn found(text: &str) -> Vec<Match> {
        find(&RuleSet::new(RULES), text, &Folded::new(text), TextKind::Prose)
    }

    #[test]
    fn more_blocks_than_are_parsed_are_a_payload() {
        let text = |count: usize| "image: a\nThat is one of them, as I said\n".repeat(count);
        assert_eq!(found(&text(MAX_BLOCKS)), []);
        for count in [MAX_BLOCKS + 1, MAX_BLOCKS + 2] {
            assert_eq!(found(&text(count)).len(), MAX_BLOCKS, "{count}");
        }
    }

    #[test]
    fn a_fence_holds_together_what_prose_would_part() {
        let rule = "- alert: Down\n  summary: |\n    Some prose, with a comma\n  expr: up == 0\n";
        for fence in ["```", "~~~"] {
            assert!(is_payload(&format!("See\n{fence}\n{rule}{fence}\n")), "{fence}");
        }
        assert!(!is_payload("alert: Down\nSome prose, with a comma: and more of it\nexpr: up\n"));
    }

    #[test]
    fn braces_are_taken_from_the_outermost_to_their_end() {
        assert_eq!(braced("} {a} b {{c} d} [e"), [2..5, 8..15, 16..18]);
        let text = "{see the runbook} and {\"alert\": \"a\", \"expr\": \"b\"} there";
        assert_eq!(found(text), [(Problem::RawPayload, 22..49)]);
    }

    #[test]
    fn what_is_cut_off_is_closed_behind_its_last_whole_member() {
        for (text, expected) in [
            (r#"{"a": 1, "b": "x, y"#, r#"{"a": 1}"#),
            (r#"{"a": 1, "b": "x\", y"#, r#"{"a": 1}"#),
            (r#"{"a": "}", "b": 1, "c"#, r#"{"a": "}", "b": 1}"#),
            (r#"{"a": "]{", "b": [1, 2, {"c"#, r#"{"a": "]{", "b": [1, 2]}"#),
            (r#"{"a": 1, "b": 2}"#, r#"{"a": 1, "b": 2}"#),
        ] {
            assert_eq!(closed(text.to_owned()), expected, "{text}");
        }
    }

    #[test]
    fn lines_of_a_log_are_found_where_they_stand() {
        let text = format!("intro\n{}", "2026-11-23T10:00:01Z level=info msg=a\n".repeat(3));
        assert_eq!(found(&text), [(Problem::RawPayload, 6..6 + 3 * 38 - 1)]);
    }

    #[test]
    fn what_stands_too_deep_to_be_looked_at_is_oversized() {
        let problems = |depth: usize| {
            let text = format!("{}scrape_configs{}", "[".repeat(depth), "]".repeat(depth));
            let found = find(&RuleSet::new(RULES), &text, &Folded::new(&text), TextKind::Prose);
            found.into_iter().map(|(problem, _)| problem).collect::<Vec<_>>()
        };
        assert_eq!(problems(MAX_DEPTH), []);
        assert_eq!(problems(MAX_DEPTH + 1), [Problem::Oversized]);
        assert_eq!(problems(300), [Problem::Oversized]);
        // The place is the first bracket that is too deep. Brackets that are closed do not count.
        assert_eq!(found(&"[".repeat(300)), [(Problem::Oversized, MAX_DEPTH..MAX_DEPTH + 1)]);
        assert_eq!(found(&"[]{}".repeat(300)), []);
    }

    #[test]
    fn prose_lists_and_pointers_are_none() {
        let wrong: Vec<_> = [
            "The rule group is loaded: 12 rules, 3 of them alerts.",
            "owner: platform team\nwindow: Tuesday 10:00\nrollback: revert CHG-7",
            "1. read back the rules\n2. check the receipt\n- stop if the state is pending",
            "at 10:00 the rules were read back, at 10:05 the receipt came",
            "sha256:0000 and ticket:OPS-12, {see the runbook}",
            "驗證：\n- route 對應 receiver\n- 收到回條\n- 指標恢復",
            "status: confirmed",
        ]
        .into_iter()
        .filter(|text| is_payload(text))
        .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
