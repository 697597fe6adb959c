use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, FileFailurePersistence};

use super::*;

fn parse(text: &str) -> Result<Document, DocumentError> {
    read(text.as_bytes(), |key| key.len() <= 3)
}

#[test]
fn every_scalar_is_a_text_but_three_words() {
    let text = "a: 12\nb: true\nc: null\nd:\ne: 'true'\nf: 2026-11-24\ng: ~\nh: |\n  one\n\n  two\ni: plain\n  goes on\nj: {k: [x, 'y # z']}\nl: \"\\u544a\"\n";
    let document = parse(text).unwrap();
    let shown: Vec<_> =
        document.members.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
    let nested = Json::object([("k", Json::strings(["x", "y # z"]))]);
    assert_eq!(
        shown,
        [
            ("a", Json::from("12")),
            ("b", Json::Bool(true)),
            ("c", Json::Null),
            ("d", Json::Null),
            ("e", Json::from("true")),
            ("f", Json::from("2026-11-24")),
            ("g", Json::from("~")),
            ("h", Json::from("one\n\ntwo")),
            ("i", Json::from("plain goes on")),
            ("j", nested),
            ("l", Json::from("告")),
        ]
    );
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_its_cure() {
    use DocumentProblem as P;
    for (text, place, path, problem) in [
        ("a: x # y\n", (1, 6), "$", P::CommentAfterValue),
        ("a:\n  b: 'x' # y\n", (2, 10), "$", P::CommentAfterValue),
        ("a: b: c\n", (1, 5), "$", P::ColonInText),
        ("a: x\n\tb: y\n", (2, 1), "$.a", P::Tab),
        ("a:\tx\n", (1, 3), "$", P::Tab),
        ("a: x\nb：y\nc: z\n", (2, 1), "$", P::FullWidthColon),
        ("a:\n  b：y\n", (2, 3), "$.a", P::FullWidthColon),
        ("a: &x y\n", (1, 4), "$.a", P::YamlFeature),
        ("a: *x\n", (1, 4), "$.a", P::YamlFeature),
        ("a: !!int 1\n", (1, 4), "$.a", P::YamlFeature),
        ("<<: {a: b}\n", (1, 1), "$", P::YamlFeature),
        ("a: x\nhunter2: y\nhunter2: z\n", (3, 1), "$.#2", P::DuplicateKey),
        ("a: x\n---\nb: y\n", (2, 1), "$", P::SecondDocument),
        ("a: @x\n", (1, 4), "$.a", P::NeedsQuotes),
        ("a: 'x\n", (1, 4), "$.a", P::NeedsQuotes),
        ("a: %x\n", (1, 4), "$.a", P::NeedsQuotes),
        ("%FOO hunter2\n---\na: b\n", (1, 1), "$", P::YamlFeature),
        ("%TAG !hunter2! tag:x\n---\na: b\n", (1, 1), "$", P::YamlFeature),
        ("a: x\nb:y\nc: z\n", (2, 3), "$", P::NoSpaceAfterColon),
        ("a: x\nb:\u{3000}y\nc: z\n", (2, 3), "$", P::OddSpace),
        ("a:\n\u{a0}\u{a0}b: y\nc: z\n", (2, 1), "$", P::OddSpace),
        ("a: |\n  x\ny\nc: z\n", (3, 1), "$", P::YamlSyntax("a key, a colon and a value")),
        ("a: 'x' y\n", (1, 4), "$.a", P::NeedsQuotes),
        ("a: [x] y\n", (1, 4), "$", P::NeedsQuotes),
        ("a: x:\n", (1, 5), "$", P::ColonInText),
        ("a: x\n  y: z\n", (2, 4), "$", P::ColonInText),
        ("a: x\n  # y\nb: z\n", (2, 3), "$", P::CommentAfterValue),
        ("a:\n  - b: x\n      # y\n", (3, 7), "$", P::CommentAfterValue),
        ("- x\n", (1, 1), "$", P::Expected("an object")),
        ("x\n", (1, 1), "$", P::Expected("an object")),
        ("", (1, 1), "$", P::Expected("an object")),
        ("# nothing\n", (1, 1), "$", P::Expected("an object")),
        ("? [a]\n: b\n", (1, 3), "$", P::Expected("an object")),
        ("\u{feff}a: b\n", (1, 1), "$", P::ByteOrderMark),
    ] {
        let error = parse(text).err().unwrap_or_else(|| panic!("{text:?} was read"));
        let found = ((error.line(), error.column()), error.path(), error.problem().clone());
        assert_eq!(found, (place, path, problem), "{text:?}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let deep = |depth: usize| format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&deep(MAX_DEPTH - 1)).is_ok());
    assert_eq!(*parse(&deep(MAX_DEPTH)).unwrap_err().problem(), DocumentProblem::TooDeep);
    assert_eq!(*read(b"a: \xff\n", |_| true).unwrap_err().problem(), DocumentProblem::NotUtf8);
    let large = format!("a: {}\n", "x".repeat(MAX_DOCUMENT));
    assert_eq!(*parse(&large).unwrap_err().problem(), DocumentProblem::TooLarge);
}

#[test]
fn a_comment_behind_a_value_is_refused_however_the_value_is_quoted() {
    for text in [
        "a: 'it''s' # it's hunter2\nb: c\n",
        "a: \"x\\\"\" # \"hunter2\"\n",
        "a: \"x\n  # in it\n  y\" # hunter2\n",
        "a: [x, 'y' # hunter2\n  ]\n",
        "a: | # hunter2\n  x\n",
        "'a': # hunter2\n  b: c\n",
        "--- # hunter2\na: b\n",
    ] {
        let problem = parse(text).err().map(|error| error.problem().clone());
        assert_eq!(problem, Some(DocumentProblem::CommentAfterValue), "{text}");
    }
    for text in [
        "a: 'x # y'\n",
        "a: \"x # 'y\"\n",
        "a: 'it''s # x'\n",
        "a: 'x'\n# y\n",
        "---\na: b\n...\n",
        "a: |2-\n   x\nb: >+\n  y\n",
        "a: {b: [c, \"d\"], 'e': f}\n",
    ] {
        assert!(parse(text).is_ok(), "{text}");
    }
}

#[test]
fn a_comment_is_kept_and_a_text_that_looks_like_one_is_a_text() {
    let text =
        "# one\na: |\n  # text\n # two\n\n# three\nb:\n  - |\n    x\n\n  # four\n  - y\n#five";
    let document = parse(text).unwrap();
    let comments: Vec<_> = document
        .comments
        .iter()
        .map(|comment| (comment.text.as_str(), comment.line, text.get(comment.offset..)))
        .collect();
    assert_eq!(
        comments.iter().map(|(text, line, _)| (*text, *line)).collect::<Vec<_>>(),
        [("# one", 1), ("# two", 4), ("# three", 6), ("# four", 11), ("#five", 13)]
    );
    assert!(comments.iter().all(|(text, _, rest)| rest.unwrap().starts_with(text)));
    assert_eq!(document.get("a").unwrap().as_str(), Some("# text"));
}

fn holds(value: &Json, text: &str) -> bool {
    match value {
        Json::String(held) => held.contains(text),
        Json::Array(items) => items.iter().any(|item| holds(item, text)),
        Json::Object(members) => {
            members.iter().any(|(key, value)| key.contains(text) || holds(value, text))
        }
        _ => false,
    }
}

/// Each text of a document is in one of its comments or in one of its values.
#[test]
fn nothing_that_is_read_is_lost() {
    const LINES: &[&str] = &[
        "a:",
        "b: |",
        "c: x",
        "- y",
        "- d: |",
        "# z",
        "z",
        "e: >",
        "- |",
        "",
        "f: 'q",
        "r'",
        "  # w",
        "g: 'q' # z",
        "h: \"q\" #z",
        "'z': y",
        "{i: z}",
        "- [j, z]",
    ];
    let persistence = FileFailurePersistence::SourceParallel("proptest-regressions");
    let config = Config { failure_persistence: Some(Box::new(persistence)), ..Config::default() };
    let lines = proptest::collection::vec((0..5_usize, select(LINES)), 1..14);
    proptest!(config, |(lines in lines)| {
        let mut text = String::new();
        for (index, (indent, line)) in lines.iter().enumerate() {
            let line = line.replace('z', &format!("mark{index}."));
            text.extend([" ".repeat(*indent).as_str(), &line, "\n"]);
        }
        let Ok(document) = parse(&text) else { return Ok(()) };
        for mark in (0..lines.len()).map(|index| format!("mark{index}.")) {
            let mut comments = document.comments.iter();
            let mut members = document.members.iter();
            let is_kept = comments.any(|comment| comment.text.contains(&mark))
                || members.any(|(key, value)| key.contains(&mark) || holds(value, &mark));
            prop_assert!(is_kept || !text.contains(&mark), "{} in {}", mark, text);
        }
    });
}
