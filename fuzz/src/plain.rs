use std::collections::BTreeMap;

/// JSON, parsed without the crate, with numbers of any size. This parser can read everything that the crate accepts.
#[derive(Clone, Debug, PartialEq)]
pub enum Plain {
    /// `null`, `true`, `false`, or a number. An integer keeps its text. A float is formatted from its value.
    Word(String),
    Text(String),
    List(Vec<Self>),
    Object(BTreeMap<String, Self>),
}

impl Plain {
    /// Parses a text. Returns `None` if it is not JSON, or has a duplicate key.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = std::str::from_utf8(bytes).ok()?;
        let value = Self::value(&mut rest)?;
        trim(&mut rest).is_empty().then_some(value)
    }

    /// Returns the member of an object, or `null` if it is missing.
    pub fn member(&self, key: &str) -> Self {
        let member = match self {
            Self::Object(members) => members.get(key).cloned(),
            _ => None,
        };
        member.unwrap_or_else(|| Self::word("null"))
    }

    pub fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Returns the members of an object, with their keys.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Self)> {
        let members = if let Self::Object(members) = self { Some(members) } else { None };
        members.into_iter().flatten().map(|(key, value)| (key.as_str(), value))
    }

    pub fn word(word: &str) -> Self {
        Self::Word(word.to_owned())
    }

    /// Whether `matches` is true for one of the texts and keys in the value.
    pub fn has_text(&self, matches: &impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Word(_) => false,
            Self::Text(text) => matches(text),
            Self::List(items) => items.iter().any(|item| item.has_text(matches)),
            Self::Object(members) => {
                members.iter().any(|(key, value)| matches(key) || value.has_text(matches))
            }
        }
    }

    fn value(rest: &mut &str) -> Option<Self> {
        match trim(rest).chars().next()? {
            '"' => text(rest).map(Self::Text),
            '[' => {
                let mut items = Vec::new();
                bracketed(rest, '[', ']', |rest| {
                    items.push(Self::value(rest)?);
                    Some(())
                })?;
                Some(Self::List(items))
            }
            '{' => {
                let mut members = BTreeMap::new();
                bracketed(rest, '{', '}', |rest| {
                    trim(rest);
                    let key = text(rest)?;
                    take(rest, ':')?;
                    let value = Self::value(rest)?;
                    members.insert(key, value).is_none().then_some(())
                })?;
                Some(Self::Object(members))
            }
            _ => {
                let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                *rest = after;
                let is_float =
                    word.contains(['.', 'e', 'E']) && word.contains(|c: char| c.is_ascii_digit());
                match word {
                    "" => None,
                    "-0" => Some(Self::word("0")),
                    _ if is_float => Some(Self::Word(format!("{:e}", word.parse::<f64>().ok()?))),
                    _ => Some(Self::word(word)),
                }
            }
        }
    }
}

fn trim<'t>(rest: &mut &'t str) -> &'t str {
    *rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    rest
}

fn take(rest: &mut &str, sign: char) -> Option<()> {
    *rest = trim(rest).strip_prefix(sign)?;
    Some(())
}

/// Parses the items between two brackets, which are separated by commas.
fn bracketed(
    rest: &mut &str,
    open: char,
    close: char,
    mut each: impl FnMut(&mut &str) -> Option<()>,
) -> Option<()> {
    take(rest, open)?;
    if take(rest, close).is_some() {
        return Some(());
    }
    loop {
        each(rest)?;
        if take(rest, close).is_some() {
            return Some(());
        }
        take(rest, ',')?;
    }
}

/// Parses a text in quotes.
fn text(rest: &mut &str) -> Option<String> {
    take(rest, '"')?;
    let mut is_escaped = false;
    let end = rest.find(|c: char| {
        let ends = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        ends
    })?;
    let (inside, after) = rest.split_at(end);
    *rest = &after[1..];
    // serde_json decodes the escapes.
    serde_json::from_str(&format!("\"{inside}\"")).ok()
}
