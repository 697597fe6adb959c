//! Finds excerpts: a few lines from the middle of a configuration, a manifest, a dashboard or an exposition. They have
//! none of the keys that tell what the document is, but its lines have a form that notes do not have.

use std::ops::Range;

use crate::pattern::Pattern;

/// The fewest lines of an excerpt. Notes with three lines of `word: text` are common, and say nothing of a system.
const MIN_LINES: usize = 4;

/// The fewest keys, elements, entries, brackets and expressions in these lines. A list of sentences has none.
const MIN_PARTS: usize = 3;

/// The fewest signs of a document in these lines ([`Line::signs`]). Notes have keys too, but hardly a sign.
const MIN_SIGNS: usize = 2;

/// The fewest lines of an exposition.
const MIN_SAMPLES: usize = 3;

/// The fewest members of an object that stands in one line. A command has two or three behind its `-d`.
const MIN_MEMBERS: usize = 4;

/// A sample as Prometheus exposes it: a name, perhaps labels, and a number.
static SAMPLE: Pattern = Pattern::exact(&[
    r"^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{[^{}]*\})?\s+[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|Inf|NaN)(?:\s+\d+)?$",
]);

/// A part of a `PromQL` or `LogQL` expression: a selector, a range, or a function.
static EXPRESSION: Pattern = Pattern::exact(&[
    r#"[a-z0-9_]\{[a-z_]+\s*(?:=~|!~|!=|=)\s*""#,
    r"\[\d+[smhdw](?::\d*[smhd]?)?\]",
    r"(?:^|[^a-z_])(?:sum|avg|max|min|count|rate|irate|increase|delta|histogram_quantile|label_replace|absent|topk|avg_over_time|quantile)\s*(?:(?:by|without)\s*\([^)]*\)\s*)?\(",
]);

/// A member of a JSON object.
static MEMBER: Pattern =
    Pattern::exact(&[r#"\\?"[A-Za-z0-9_.@$/-]{1,60}\\?"\s*:\s*[\[{"\\0-9tfn-]"#]);

#[cfg(test)]
pub(super) fn compile_patterns() {
    SAMPLE.compile();
    EXPRESSION.compile();
    MEMBER.compile();
}

/// Returns the excerpts of a text. `braced` are its parts in braces or brackets.
pub(super) fn find(text: &str, braced: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut run = Run::default();
    let mut samples = Run::default();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let end = start + whole.len();
        if let Some(line) = Line::of(whole, run.scalar) {
            run.add(start..end, line.parts, line.signs(run.indent));
            run.indent = Some(line.indent);
            if line.opens_scalar() {
                run.scalar = Some(line.indent);
            } else if line.place != Place::Scalar {
                run.scalar = None;
            }
        } else if !is_skipped(whole) {
            found.extend(run.take().filter(Run::is_excerpt).map(|run| run.range));
        }
        let trimmed = unquoted(whole);
        if SAMPLE.is_match(trimmed) {
            // A plain word and a number may be a note (`alerts 12`). A name of a metric has an underscore, or labels.
            samples.add(start..end, 1, usize::from(trimmed.contains(['_', '{'])));
        } else if !trimmed.starts_with('#') {
            found.extend(samples.take().filter(Run::is_exposition).map(|run| run.range));
        }
        start = end;
    }
    found.extend(run.take().filter(Run::is_excerpt).map(|run| run.range));
    found.extend(samples.take().filter(Run::is_exposition).map(|run| run.range));
    let has_members = |part: &&Range<usize>| {
        text.get((*part).clone())
            .is_some_and(|part| MEMBER.find_iter(part).nth(MIN_MEMBERS - 1).is_some())
    };
    found.extend(braced.iter().filter(has_members).cloned());
    found
}

/// Lines in a row that have the form of a document.
#[derive(Debug, Default)]
struct Run {
    range: Range<usize>,
    lines: usize,
    parts: usize,
    signs: usize,
    /// The indentation of the last line.
    indent: Option<usize>,
    /// The indentation of the key whose block of text goes on.
    scalar: Option<usize>,
}

impl Run {
    fn add(&mut self, line: Range<usize>, parts: usize, signs: usize) {
        if self.lines == 0 {
            self.range.start = line.start;
        }
        self.range.end = line.end;
        self.lines += 1;
        self.parts += parts;
        self.signs += signs;
    }

    /// Returns the run if it has a line, and begins a new one.
    fn take(&mut self) -> Option<Self> {
        Some(std::mem::take(self)).filter(|run| run.lines > 0)
    }

    const fn is_excerpt(&self) -> bool {
        self.lines >= MIN_LINES && self.parts >= MIN_PARTS && self.signs >= MIN_SIGNS
    }

    const fn is_exposition(&self) -> bool {
        self.lines >= MIN_SAMPLES && self.signs >= MIN_SAMPLES
    }
}

/// Where a line stands in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Plain,
    /// The line is commented out.
    Comment,
    /// The line belongs to the block of text below a key.
    Scalar,
}

/// A line that has the form of a document.
#[derive(Debug)]
struct Line<'t> {
    indent: usize,
    /// Whether it has a key, an element, an entry, a bracket or an expression: one or none.
    parts: usize,
    /// The key, with its quotation marks. It is empty if the line has none.
    key: &'t str,
    value: &'t str,
    is_item: bool,
    place: Place,
    /// Whether it can only be from a document: an element, a bracket, an expression, an assignment to a variable, an
    /// entry of a list.
    is_formal: bool,
}

impl<'t> Line<'t> {
    /// Reads a line. `scalar` is the indentation of the key whose block of text may go on in it. A line that is commented
    /// out is read like any other: people paste it, too.
    fn of(whole: &'t str, scalar: Option<usize>) -> Option<Self> {
        let unquoted = unquoted_start(whole);
        let is_comment = unquoted.trim_start().starts_with('#');
        let line = unquoted.trim().trim_start_matches('#').trim_start();
        let indent = unquoted.len() - unquoted.trim_start().len();
        let is_item = line.starts_with("- ");
        let inner = line.trim_start_matches("- ");
        let is_scalar = !line.is_empty() && scalar.is_some_and(|outer| indent > outer);
        // A line of signs behind a `#` separates the headings of a note.
        let is_bracket = !line.is_empty()
            && !is_comment
            && line.bytes().all(|byte| b"{}[](),\"+/*<>=- ".contains(&byte))
            && line != "-";
        let is_element = line.starts_with('"') && line.trim_end_matches(',').ends_with('"');
        let is_variable = inner.split_once('=').is_some_and(|(name, _)| {
            name.len() > 2
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        });
        let is_formal = is_bracket
            || is_element
            || is_variable
            || (is_item && is_entry(inner))
            || EXPRESSION.is_match(line);
        let (key, value) =
            if is_scalar { ("", inner) } else { key_and_value(inner).unwrap_or(("", inner)) };
        let has_key = !key.is_empty();
        let has_form = has_key || is_formal || (is_item && !is_comment) || is_scalar;
        has_form.then_some(Self {
            indent,
            // The key of a comment may be a heading. It counts if it is two words in one.
            parts: usize::from(is_formal || (has_key && (!is_comment || is_compound(key)))),
            key,
            value,
            is_item,
            place: match (is_scalar, is_comment) {
                (true, _) => Place::Scalar,
                (false, true) => Place::Comment,
                (false, false) => Place::Plain,
            },
            is_formal,
        })
    }

    /// Whether a block of text begins below this line.
    fn opens_scalar(&self) -> bool {
        matches!(self.value, "|" | ">" | "|-" | ">-" | "|+" | ">+")
    }

    /// Counts the signs that a line is from a document and not from a note: it is deeper than the line before it, the
    /// key has no value, the key is two words in one, or the value is quoted, a list or a switch. A number is no sign:
    /// notes count rules and alerts. A comment may be the heading of a note, so its depth and an empty value are none.
    fn signs(&self, indent_before: Option<usize>) -> usize {
        let has_key = !self.key.is_empty();
        let is_deeper = has_key && indent_before.is_some_and(|before| self.indent > before);
        let has_no_value = has_key && (self.opens_scalar() || matches!(self.value, "" | "{" | "["));
        let value = self.value.trim_end_matches(',');
        let is_code = has_key
            && (value.starts_with(['"', '\'', '[', '{', '$', '&', '*'])
                || matches!(value, "true" | "false" | "null"));
        let is_comment = self.place == Place::Comment;
        let signs = [
            is_deeper && !is_comment,
            is_compound(self.key),
            has_no_value && !is_comment,
            is_code,
            self.is_item && has_key && !self.value.contains(' '),
            self.is_formal,
        ];
        signs.into_iter().filter(|sign| *sign).count()
    }
}

/// Whether a key is two words in one, or quoted.
fn is_compound(key: &str) -> bool {
    key.contains(['_', '"', '/', '.', '$'])
        || key.bytes().skip(1).any(|byte| byte.is_ascii_uppercase())
}

/// Splits a line at the colon behind its key. A key is short and has no spaces. A full-width colon belongs to a note.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_separated = value.is_empty() || value.starts_with(' ');
    let bare = key.trim_matches(['"', '\'']);
    let is_key = !bare.is_empty()
        && bare.len() <= 60
        && bare.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/$@".contains(c));
    (is_key && (is_separated || key.starts_with('"'))).then_some((key, value.trim()))
}

/// Whether an item of a list is a pair of ports or paths, an option, a variable or an assignment. Such an item has no
/// spaces. The items of a note are words. Its pointers (`ticket:OPS-12`, `runbook:/ops/x`), times (`09:15`) and labels
/// (`severity=page`) are none of these.
fn is_entry(item: &str) -> bool {
    let item = item.split_once(" #").map_or(item, |(item, _)| item).trim();
    let item = item.trim_matches(['"', '\'']);
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let is_word = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_pair = item.split_once(':').is_some_and(|(one, other)| {
        let is_path = other.starts_with('/') && !other.starts_with("//") && !is_word(one);
        // A time and a ratio have two digits at most.
        let is_port = other.starts_with(|first: char| first.is_ascii_digit())
            && (one.len() > 2 || other.contains('/'));
        is_path || (is_number(one) && is_port)
    });
    let is_assigned = item.split_once('=').is_some_and(|(name, _)| {
        !is_word(name)
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-[]".contains(&byte))
    });
    !item.contains(' ')
        && (is_pair || is_assigned || item.starts_with("--") || item.starts_with("${"))
}

/// Whether a line that has no form of a document does not end one either: it is empty, or a comment.
fn is_skipped(line: &str) -> bool {
    let line = unquoted(line);
    line.is_empty() || line.starts_with('#')
}

/// The line without the signs of a quotation (`> `) before it.
fn unquoted_start(line: &str) -> &str {
    let bare = line.trim_start();
    bare.strip_prefix('>').map_or(line, |rest| rest.trim_start_matches('>'))
}

fn unquoted(line: &str) -> &str {
    unquoted_start(line).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_excerpt(text: &str) -> bool {
        !find(text, &[]).is_empty()
    }

    #[test]
    fn lines_from_the_middle_of_a_document_are_an_excerpt() {
        for text in [
            "    volumes:\n      - data:/var\n    restart: always\n    ports:\n      - 9090:9090\n",
            "what runs:\n  for: 5m\n  labels:\n    severity: page\n  annotations:\n    summary: x\n",
            "\"type\": \"graph\",\n\"span\": 6,\n\"fill\": 1,\n\"stack\": false,\n",
            "> name: a\n>   image: b:1\n>   resources:\n>     limits:\n",
            "  #  - proxy.enable=true\n  #  - proxy.port=80\n  # Optional:\n  #  - proxy.tls=true\n  #labels:\n",
            "  - /var/run:/var/run:ro\n  - /sys:/sys:ro\nrestart: always\nexpose:\n",
            "  - '8080:80'\n  - 127.0.0.1:9090:9090 # for us\n  - --web.listen=:9090\n  - ${DATA}/x\n",
        ] {
            assert!(is_excerpt(text), "{text}");
        }
    }

    #[test]
    fn notes_and_lists_are_none() {
        for text in [
            "owner: platform team\nwindow: Tuesday 10:00\nrollback: revert CHG-7\ncontact: the duty phone\n",
            "- hosts: 14 rules, owner platform\n- batch: 6 rules, owner data\n- certs: 2 rules, owner x\n- db: 9 rules, owner y\n",
            "- read back the rules\n- check the receipt\n- stop if pending\n- tell the owner\n",
            "Checked:\n1. rules: same\n2. route: same\n3. receipt: seen\n4. state: clear\n",
            "labels:\n  severity: page\nwhich is what we want\n",
            "# -----\n# Rules\n# -----\n# same\n# -----\n# Route\n# -----\n",
            "## Summary:\n## Scope: rules\n## Contact: duty\n## owner_team: data\n## on_call: x\n",
            "Read back at:\n- 09:00\n- 09:15\n- 09:30\n- read by Chen\n",
            "- severity=page\n- team=data\n- region=eu\n- receiver=duty\n",
            "- dashboard:/d/abc\n- runbook:/ops/x\n- panel:/p/2\n- note: seen\n",
            "# Rules:\n- the same ten\n# Route:\n- the same\n# Receipt:\n- seen on Monday\n",
            "- ticket:OPS-12\n- https://wiki.example/a\n- prometheus/alert.rules\n- commit:4f1c2ab\n- artifact:a.json\n",
        ] {
            assert!(!is_excerpt(text), "{text}");
        }
    }

    #[test]
    fn three_samples_are_an_exposition() {
        let sample = "node_load1 0.42\n";
        assert!(!is_excerpt(&sample.repeat(2)));
        assert!(is_excerpt(&sample.repeat(3)));
        assert!(is_excerpt("# TYPE up gauge\nup{job=\"a\"} 1\nup{job=\"b\"} 0\nup{job=\"c\"} 1\n"));
        assert!(!is_excerpt("alerts 12\nsilences 3\nrules 41\n"));
    }

    #[test]
    fn an_object_of_four_members_is_an_excerpt() {
        let found = |text: &str| find(text, std::slice::from_ref(&(0..text.len()))).len();
        assert_eq!(found(r#"{"a": 1, "b": "x", "c": [1]}"#), 0);
        assert_eq!(found(r#"{"a": 1, "b": "x", "c": [1], "d": true}"#), 1);
        assert_eq!(found(r#"{\"a\": 1, \"b\": \"x\", \"c\": [1], \"d\": true}"#), 1);
        assert_eq!(found(r#"{job="a", instance="b", team="c"}"#), 0);
    }
}
