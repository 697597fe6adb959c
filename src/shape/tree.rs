//! Parses YAML or JSON to a tree of mappings, sequences and scalars, as far as the text can be parsed.

use std::collections::HashMap;
use std::rc::Rc;

use jiter::{Jiter, Peek};
use saphyr_parser::{Event, Parser};

use crate::json::MAX_DEPTH;

/// One value, and the line on which it begins.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) enum Value {
    /// A string, a number, a boolean or null, as text.
    Scalar(String),
    Sequence(Vec<Child>),
    Mapping(Vec<(Key, Child)>),
}

/// A key and its line. A key that is not a scalar has no name.
#[derive(Debug)]
pub(crate) struct Key {
    pub(crate) name: Option<String>,
    pub(crate) line: usize,
}

/// A value inside another value. An alias shares the node of its anchor. So aliases cannot make a document grow in
/// memory.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) node: Rc<Node>,
    pub(crate) is_alias: bool,
}

impl Node {
    /// Returns the value of a key. The keys that a mapping merges with `<<` count as its own.
    pub(crate) fn get(&self, name: &str) -> Option<&Child> {
        let Value::Mapping(entries) = &self.value else { return None };
        let find = |name: &str| {
            // The last of duplicate keys wins, as the remark on duplicate keys says.
            let found = entries.iter().rev().find(|(key, _)| key.name.as_deref() == Some(name));
            found.map(|(_, child)| child)
        };
        find(name).or_else(|| match &find("<<")?.node.value {
            Value::Sequence(merged) => {
                merged.iter().find_map(|child| child.node.entry_without_merge(name))
            }
            Value::Mapping(_) => find("<<")?.node.entry_without_merge(name),
            Value::Scalar(_) => None,
        })
    }

    /// Returns the value of a key, but does not follow `<<`. A merge inside a merge is not followed: no tool nests
    /// merges, and a chain of them can be endless.
    fn entry_without_merge(&self, name: &str) -> Option<&Child> {
        let found = self.entries().iter().rev().find(|(key, _)| key.name.as_deref() == Some(name));
        found.map(|(_, child)| child)
    }

    /// The entries of a mapping; empty for any other value.
    pub(crate) fn entries(&self) -> &[(Key, Child)] {
        if let Value::Mapping(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a sequence; empty for any other value.
    pub(crate) fn items(&self) -> &[Child] {
        if let Value::Sequence(items) = &self.value { items } else { &[] }
    }

    /// The text of a scalar; `None` for any other value.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    pub(crate) const fn is_mapping(&self) -> bool {
        matches!(self.value, Value::Mapping(_))
    }
}

/// The result of parsing a text.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The documents of the text. The last one is incomplete if parsing stopped in it.
    pub(crate) documents: Vec<Rc<Node>>,
    /// The line on which parsing stopped; `None` if it reached the end.
    pub(crate) stopped_at: Option<usize>,
    /// The lines of duplicate keys.
    pub(crate) duplicate_keys: Vec<usize>,
}

/// Whether a text looks like JSON. Two braces begin a template, which is not JSON.
pub(crate) fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['{', '[']) && !text.starts_with("{{")
}

/// Parses a text as JSON if it looks like JSON and parses to the end; otherwise as YAML. YAML in brackets looks like
/// JSON, too.
pub(crate) fn read(text: &str) -> Reading {
    if looks_like_json(text) {
        let reading = read_json(text);
        if reading.stopped_at.is_none() {
            return reading;
        }
    }
    read_yaml(text)
}

/// Parses YAML up to its end or its first fault.
fn read_yaml(text: &str) -> Reading {
    let mut reading = Reading::default();
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else {
            let line = event.err().map_or(1, |error| error.marker().line());
            reading.stopped_at = Some(line.max(1));
            break;
        };
        let line = span.start.line();
        let is_read = match event {
            Event::MappingStart(anchor, _) => {
                builder.open(Value::Mapping(Vec::new()), anchor, line)
            }
            Event::SequenceStart(anchor, _) => {
                builder.open(Value::Sequence(Vec::new()), anchor, line)
            }
            Event::MappingEnd | Event::SequenceEnd => {
                builder.close();
                true
            }
            Event::Scalar(text, _, anchor, _) => {
                builder.scalar(text.into_owned(), anchor, line);
                true
            }
            Event::Alias(anchor) => {
                builder.alias(anchor, line);
                true
            }
            Event::DocumentEnd => {
                reading.documents.extend(builder.finish());
                true
            }
            _ => true,
        };
        if !is_read {
            reading.stopped_at = Some(line);
            break;
        }
    }
    reading.documents.extend(builder.finish());
    reading.duplicate_keys = builder.duplicate_keys;
    reading
}

/// Parses one JSON value. If anything follows it, parsing stops there.
fn read_json(text: &str) -> Reading {
    let mut reading = Reading::default();
    let mut lines = Lines::of(text);
    let mut jiter = Jiter::new(text.as_bytes()).with_allow_inf_nan();
    let mut builder = Builder::default();
    if let Err(at) = json_value(&mut jiter, &mut builder, &mut lines, 0) {
        reading.stopped_at = Some(lines.line(at));
    } else if jiter.finish().is_err() {
        reading.stopped_at = Some(lines.line(jiter.current_index()));
    }
    reading.documents.extend(builder.finish());
    reading.duplicate_keys = builder.duplicate_keys;
    reading
}

/// Parses the next value.
///
/// # Errors
///
/// Fails at the first fault, with its offset in bytes.
fn json_value(
    jiter: &mut Jiter<'_>,
    builder: &mut Builder,
    lines: &mut Lines<'_>,
    depth: usize,
) -> Result<(), usize> {
    let at = |error: jiter::JiterError| error.index;
    let peek = jiter.peek().map_err(at)?;
    let start = jiter.current_index();
    let line = lines.line(start);
    if depth > MAX_DEPTH {
        return Err(start);
    }
    match peek {
        Peek::Array => {
            builder.open(Value::Sequence(Vec::new()), 0, line);
            let mut next = jiter.known_array().map_err(at)?;
            while next.is_some() {
                json_value(jiter, builder, lines, depth + 1)?;
                next = jiter.array_step().map_err(at)?;
            }
            builder.close();
        }
        Peek::Object => {
            builder.open(Value::Mapping(Vec::new()), 0, line);
            let mut next = jiter.known_object().map_err(at)?.map(str::to_owned);
            while let Some(key) = next {
                let line = lines.line(jiter.current_index());
                builder.scalar(key, 0, line);
                json_value(jiter, builder, lines, depth + 1)?;
                next = jiter.next_key().map_err(at)?.map(str::to_owned);
            }
            builder.close();
        }
        Peek::String => {
            let text = jiter.known_str().map_err(at)?.to_owned();
            builder.scalar(text, 0, line);
        }
        Peek::True | Peek::False => {
            let value = jiter.known_bool(peek).map_err(at)?;
            builder.scalar(value.to_string(), 0, line);
        }
        Peek::Null => {
            jiter.known_null().map_err(at)?;
            builder.scalar(String::new(), 0, line);
        }
        _ => {
            jiter.next_number_bytes().map_err(at)?;
            let number = jiter.slice_to_current(start);
            builder.scalar(String::from_utf8_lossy(number).trim().to_owned(), 0, line);
        }
    }
    Ok(())
}

/// Counts lines up to an offset. Each offset must be at or after the last one, so that no byte is counted again.
struct Lines<'t> {
    text: &'t [u8],
    offset: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    const fn of(text: &'t str) -> Self {
        Self { text: text.as_bytes(), offset: 0, line: 1 }
    }

    fn line(&mut self, offset: usize) -> usize {
        if let Some(passed) = self.text.get(self.offset..offset) {
            self.line += passed.split(|byte| *byte == b'\n').count() - 1;
            self.offset = offset;
        }
        self.line
    }
}

/// Builds one document from events.
#[derive(Default)]
pub(super) struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
    duplicate_keys: Vec<usize>,
}

/// A mapping or sequence that is not closed yet.
struct Open {
    node: Node,
    anchor: usize,
    /// The key whose value comes next.
    key: Option<Key>,
}

impl Builder {
    /// Opens a mapping or sequence. Returns `false` if it is nested too deep.
    pub(super) fn open(&mut self, value: Value, anchor: usize, line: usize) -> bool {
        self.open.push(Open { node: Node { line, value }, anchor, key: None });
        self.open.len() <= MAX_DEPTH
    }

    pub(super) fn close(&mut self) {
        let Some(Open { node, anchor, .. }) = self.open.pop() else { return };
        self.note_duplicates(&node);
        self.add(Rc::new(node), anchor, false);
    }

    pub(super) fn scalar(&mut self, text: String, anchor: usize, line: usize) {
        self.add(Rc::new(Node { line, value: Value::Scalar(text) }), anchor, false);
    }

    fn alias(&mut self, anchor: usize, line: usize) {
        // An alias inside its own anchor has no node yet. It becomes an empty scalar, so that the tree has no cycle.
        let nothing = || Rc::new(Node { line, value: Value::Scalar(String::new()) });
        let node = self.anchors.get(&anchor).map_or_else(nothing, Rc::clone);
        self.add(node, 0, true);
    }

    /// Adds a value to the open mapping or sequence, or makes it the root. In a mapping, keys and values alternate.
    fn add(&mut self, node: Rc<Node>, anchor: usize, is_alias: bool) {
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::Sequence(items), _) => items.push(Child { node, is_alias }),
            (Value::Mapping(entries), Some(key)) => entries.push((key, Child { node, is_alias })),
            (Value::Mapping(_), None) => {
                let name = node.text().map(str::to_owned);
                open.key = Some(Key { name, line: node.line });
            }
            (Value::Scalar(_), _) => {}
        }
    }

    /// Stores the lines of duplicate keys. `<<` is a merge and not a key, so it may occur twice.
    fn note_duplicates(&mut self, node: &Node) {
        let mut keys: Vec<_> = node
            .entries()
            .iter()
            .filter(|(key, _)| key.name.as_deref() != Some("<<"))
            .filter_map(|(key, _)| Some((key.name.as_deref()?, key.line)))
            .collect();
        keys.sort_unstable();
        let pairs = keys.iter().zip(keys.iter().skip(1));
        let again = pairs.filter(|((one, _), (other, _))| one == other);
        self.duplicate_keys.extend(again.map(|(_, (_, line))| line));
    }

    /// Returns the document. Closes the mappings and sequences that are still open.
    pub(super) fn finish(&mut self) -> Option<Rc<Node>> {
        while !self.open.is_empty() {
            self.close();
        }
        self.anchors.clear();
        self.root.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(node: &Node) -> String {
        match &node.value {
            Value::Scalar(text) => text.clone(),
            Value::Sequence(items) => {
                format!(
                    "[{}]",
                    items.iter().map(|item| show(&item.node)).collect::<Vec<_>>().join(",")
                )
            }
            Value::Mapping(entries) => {
                let entries = entries.iter().map(|(key, child)| {
                    format!(
                        "{}@{}:{}",
                        key.name.as_deref().unwrap_or("?"),
                        key.line,
                        show(&child.node)
                    )
                });
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
        }
    }

    fn shown(reading: &Reading) -> Vec<String> {
        reading.documents.iter().map(|node| show(node)).collect()
    }

    #[test]
    fn yaml_and_json_give_the_same_tree() {
        let yaml = read("a:\n  - b\n  - 1\nc: {d: null}\n");
        let json = read("{\"a\":\n  [\"b\",\n  1],\n\"c\": {\"d\": null}}");
        assert_eq!(shown(&yaml), ["{a@1:[b,1],c@4:{d@4:null}}"]);
        assert_eq!(shown(&json), ["{a@1:[b,1],c@4:{d@4:}}"]);
        assert_eq!((yaml.stopped_at, json.stopped_at), (None, None));
    }

    #[test]
    fn a_number_may_have_any_size() {
        let reading = read("{\"a\": 12345678901234567890123, \"b\": [-1e999, NaN, -Infinity]}");
        assert_eq!(shown(&reading), ["{a@1:12345678901234567890123,b@1:[-1e999,NaN,-Infinity]}"]);
        assert_eq!(reading.stopped_at, None);
    }

    #[test]
    fn each_document_is_read_and_a_broken_one_as_far_as_it_goes() {
        let reading = read("a: 1\n---\nb: 2\nc:\n  d: [3\nx: y: z\n");
        assert_eq!(shown(&reading)[0], "{a@1:1}");
        assert!(shown(&reading)[1].starts_with("{b@3:2,c@4:{d@5:["), "{:?}", shown(&reading));
        assert!(reading.stopped_at.is_some());
    }

    #[test]
    fn keys_may_be_anything_and_the_last_of_two_wins() {
        let reading = read("? [a, b]\n: 1\n2: two\nk: first\nk: last\n");
        let root = &reading.documents[0];
        assert_eq!(root.get("k").unwrap().node.text(), Some("last"));
        assert_eq!(root.get("2").unwrap().node.text(), Some("two"));
        assert_eq!(reading.duplicate_keys, [5]);
        assert_eq!(reading.stopped_at, None);
    }

    #[test]
    fn aliases_share_and_merges_count() {
        let reading = read("x: &x {image: grafana}\ny: {<<: *x, ports: 1}\nz: {<<: [*x]}\n");
        let root = &reading.documents[0];
        for name in ["y", "z"] {
            let image = root.get(name).unwrap().node.get("image");
            assert_eq!(image.unwrap().node.text(), Some("grafana"), "{name}");
        }
        let circle = read("a: &a [*a]\n");
        assert_eq!(shown(&circle), ["{a@1:[]}"]);
    }

    #[test]
    fn what_is_nested_without_end_stops() {
        for text in ["[".repeat(20_000), "{\"a\":".repeat(20_000), "- ".repeat(20_000)] {
            assert!(read(&text).stopped_at.is_some());
        }
    }
}
