//! Reads the outline of a text that does not parse as YAML: a template, or a file with a fault. It reads each line by
//! its indentation, so that one bad line does not hide the rest.

use std::rc::Rc;

use crate::json::MAX_DEPTH;

use super::tree::{Builder, Node, Value};

/// An open level of the outline.
struct Level {
    indent: usize,
    is_sequence: bool,
}

/// In a text that is meant as YAML, at most one line of this many is neither a key nor an item. Prose and source code
/// have more such lines.
const LINES_PER_UNPARSED_ONE: usize = 4;

/// Returns the documents of a text, as its lines show them. Returns no documents if the text is prose or another
/// language.
pub(crate) fn read(text: &str) -> Vec<Rc<Node>> {
    let mut outline = Outline::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim_start();
        if is_blank(trimmed) {
            continue;
        }
        if line.starts_with("---") {
            outline.finish();
            continue;
        }
        let indent = line.len() - trimmed.len();
        let is_block = trimmed.trim_end().ends_with(['|', '>']) || ends_in_block_sign(trimmed);
        if !is_block {
            outline.line(index + 1, indent, trimmed, None);
            continue;
        }
        let mut block = String::new();
        let mut margin = None;
        while let Some((_, next)) = lines.peek() {
            let depth = next.len() - next.trim_start().len();
            if !next.trim().is_empty() && depth <= indent {
                break;
            }
            // The first line of a block sets its margin.
            let margin = *margin.get_or_insert(depth);
            block.push_str(next.get(margin.min(depth)..).unwrap_or_default());
            block.push('\n');
            lines.next();
        }
        outline.line(index + 1, indent, trimmed, Some(block));
    }
    outline.finish();
    let is_meant = outline.unparsed * LINES_PER_UNPARSED_ONE <= outline.lines;
    if is_meant && !outline.begins_unparsed { outline.documents } else { Vec::new() }
}

/// Whether a line has no content: it is empty, a comment, or only an instruction of a template.
fn is_blank(trimmed: &str) -> bool {
    let rest = trimmed.trim_end();
    rest.is_empty() || rest.starts_with('#') || (rest.starts_with("{{") && rest.ends_with("}}"))
}

/// Whether the line begins a block scalar: it ends in `|` or `>`, perhaps with signs for the last line breaks and the
/// indentation.
fn ends_in_block_sign(line: &str) -> bool {
    let sign = line.trim_end().rsplit([' ', '\t']).next().unwrap_or_default();
    let mut signs = sign.chars();
    matches!(signs.next(), Some('|' | '>'))
        && signs.all(|sign| matches!(sign, '+' | '-' | '1'..='9'))
}

#[derive(Default)]
struct Outline {
    builder: Builder,
    levels: Vec<Level>,
    /// Whether a key waits for its value.
    is_waiting: bool,
    documents: Vec<Rc<Node>>,
    /// How many lines have content.
    lines: usize,
    /// How many of these lines are neither a key nor an item.
    unparsed: usize,
    /// Whether the first line with content is neither a key nor an item. Then the text is not YAML.
    begins_unparsed: bool,
}

impl Outline {
    /// Adds a line. `text` is its content, and `block` is the block scalar below it, if it begins one.
    fn line(&mut self, line: usize, indent: usize, text: &str, block: Option<String>) {
        if let Some(item) = text.strip_prefix("- ").or((text.trim_end() == "-").then_some("")) {
            if !self.enter(line, indent, true) {
                return;
            }
            self.lines += 1;
            let rest = item.trim_start();
            let inner = indent + (text.len() - rest.len());
            if rest.is_empty() {
                return;
            }
            if split_key(rest).is_none() && !rest.starts_with("- ") {
                self.builder.scalar(block.unwrap_or_else(|| unquoted(rest).to_owned()), 0, line);
                return;
            }
            // The item begins with a key or another item. Its own column is the indentation of the new level.
            return self.line(line, inner, rest, block);
        }
        self.lines += 1;
        let Some((key, value)) = split_key(text) else {
            self.unparsed += 1;
            self.begins_unparsed |= self.lines == 1;
            return;
        };
        if !self.enter(line, indent, false) {
            return;
        }
        self.builder.scalar(key.to_owned(), 0, line);
        match block {
            Some(block) => self.builder.scalar(block, 0, line),
            None if value.is_empty() => self.is_waiting = true,
            None => self.builder.scalar(unquoted(value).to_owned(), 0, line),
        }
    }

    /// Closes the levels that end before this indentation, and opens a new one if needed. Returns `false` if no value
    /// can be here, or if the level is too deep.
    fn enter(&mut self, line: usize, indent: usize, is_sequence: bool) -> bool {
        while let Some(level) = self.levels.last() {
            // In YAML, the items of a key may have the same indentation as the key.
            let is_over = level.indent > indent
                || (level.indent == indent && level.is_sequence && !is_sequence);
            if !is_over {
                break;
            }
            self.leave();
        }
        let is_here = self
            .levels
            .last()
            .is_some_and(|level| level.indent == indent && level.is_sequence == is_sequence);
        if is_here {
            self.fill();
            return true;
        }
        let is_below = self.is_waiting
            || self.levels.last().is_none_or(|level| level.is_sequence && level.indent < indent);
        if !is_below || self.levels.len() >= MAX_DEPTH {
            return false;
        }
        let value =
            if is_sequence { Value::Sequence(Vec::new()) } else { Value::Mapping(Vec::new()) };
        self.is_waiting = false;
        self.levels.push(Level { indent, is_sequence });
        self.builder.open(value, 0, line);
        true
    }

    /// Gives an empty value to a key that waits for its value.
    fn fill(&mut self) {
        if std::mem::take(&mut self.is_waiting) {
            self.builder.scalar(String::new(), 0, 0);
        }
    }

    fn leave(&mut self) {
        self.fill();
        self.levels.pop();
        self.builder.close();
    }

    fn finish(&mut self) {
        while !self.levels.is_empty() {
            self.leave();
        }
        self.documents.extend(self.builder.finish());
    }
}

/// Splits a line into key and value. Returns `None` if the line does not begin with a key.
fn split_key(line: &str) -> Option<(&str, &str)> {
    let (key, value) = match line.strip_prefix('"') {
        Some(rest) => {
            let (key, value) = rest.split_once('"')?;
            (key, value.trim_start().strip_prefix(':')?)
        }
        None => line.split_once(": ").or_else(|| Some((line.trim_end().strip_suffix(':')?, "")))?,
    };
    // A longer text, or one with other signs, is prose or code. Keys such as `app.kubernetes.io/name` have these signs.
    let is_key = !key.is_empty()
        && key.len() <= 200
        && key.chars().all(|c| c.is_alphanumeric() || "_.-/$@ '".contains(c));
    is_key.then(|| (key.trim_matches(['\'', ' ']), value.trim()))
}

/// Returns a value without its quotes and without a comment after it.
fn unquoted(value: &str) -> &str {
    let value = value.split(" #").next().unwrap_or_default().trim();
    let is_quoted =
        |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if is_quoted('"') || is_quoted('\'') { value.trim_matches(['"', '\'']) } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_shows_its_outline() {
        let text = "{{- if .Values.on }}\napiVersion: monitoring.coreos.com/v1\nkind: \"ServiceMonitor\"\nmetadata:\n  name: {{ .Release.Name }}\n  labels:\n    {{- include \"labels\" . | nindent 4 }}\nspec:\n  endpoints:\n  - port: http\n    path: /metrics\n  - port: {{ .port }}\n{{- end }}\n";
        let documents = read(text);
        let root = &documents[0];
        assert_eq!(root.get("kind").unwrap().node.text(), Some("ServiceMonitor"));
        let endpoints = &root.get("spec").unwrap().node.get("endpoints").unwrap().node;
        assert_eq!(endpoints.items().len(), 2);
        assert_eq!(endpoints.items()[0].node.get("path").unwrap().node.text(), Some("/metrics"));
        assert_eq!(root.get("kind").unwrap().node.line, 3);
    }

    #[test]
    fn a_bad_line_hides_nothing_behind_it() {
        let text = "route:\n  receiver: a\n  bad: 'unclosed\n : : nonsense\nreceivers:\n- name: a\n  webhook_configs:\n    - url: x\n";
        let root = &read(text)[0];
        assert!(root.get("route").unwrap().node.get("receiver").is_some());
        let receivers = &root.get("receivers").unwrap().node;
        assert!(receivers.items()[0].node.get("webhook_configs").is_some());
    }

    #[test]
    fn endless_items_end() {
        let keys: Vec<_> = (0..5_000).map(|depth| format!("{}a:", " ".repeat(depth))).collect();
        for text in ["- ".repeat(100_000), keys.join("\n")] {
            assert_eq!(read(&text).len(), 1);
        }
    }

    #[test]
    fn blocks_and_documents_are_kept_apart() {
        let documents = read(
            "data:\n  a.yml: |-\n    groups:\n      - name: x\n\n  b: {{ c }}\n---\nkind: List\n",
        );
        let data = &documents[0].get("data").unwrap().node;
        assert_eq!(data.get("a.yml").unwrap().node.text(), Some("groups:\n  - name: x\n\n"));
        assert_eq!(data.get("b").unwrap().node.text(), Some("{{ c }}"));
        assert_eq!(documents[1].get("kind").unwrap().node.text(), Some("List"));
    }
}
