//! The list of surfaces for people, in 80 columns: what waits for whom.

use std::fmt;

use crate::cli::next_step::with_options;
use crate::cli::overview::{Age, Overview, Story, date, remarks};
use crate::escape;
use crate::forms::{WIDTH, width, wrapped};
use crate::words::{Lane, RuntimeGate, WaitingOn, Why};

/// The surfaces to list, and the overview that they are from.
pub(super) struct Rows<'a> {
    pub(super) stories: Vec<&'a Story>,
    pub(super) overview: &'a Overview,
    /// Whether options select some of the surfaces.
    pub(super) is_filtered: bool,
    /// The options of the inputs, for the commands that are suggested.
    pub(super) options: &'a str,
}

/// The columns of a row. With the indent and the gaps, they fill the line.
const INDENT: usize = 2;
const OWNER_WIDTH: usize = 14;
/// As wide as a date.
const WHEN_WIDTH: usize = 10;
const ID_WIDTH: usize = WIDTH - INDENT - OWNER_WIDTH - WHEN_WIDTH - 2;

impl fmt::Display for Rows<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = [
            (None, "With a broken journal", ""),
            (Some(WaitingOn::Owner), "Waiting on the owner", ""),
            (Some(WaitingOn::Reviewer), "Waiting on a reviewer", ""),
            (Some(WaitingOn::Nobody), "Waiting on nobody", ", accepted until"),
        ];
        for (who, title, more) in groups {
            let stories: Vec<_> =
                self.stories.iter().filter(|story| story.waiting_on() == who).collect();
            if stories.is_empty() {
                continue;
            }
            writeln!(f, "{title} ({}){more}", stories.len())?;
            for story in stories {
                self.write_row(f, story)?;
            }
            writeln!(f)?;
        }
        if self.is_filtered {
            let (shown, all) = (self.stories.len(), self.overview.stories.len());
            writeln!(f, "{shown} of {all} surfaces are listed.\n")?;
        }
        self.write_counts(f)?;
        self.write_next(f)
    }
}

impl Rows<'_> {
    fn write_row(&self, f: &mut fmt::Formatter<'_>, story: &Story) -> fmt::Result {
        let now = &self.overview.as_of;
        let when = match (story.why, story.since(), &story.valid_until) {
            (Why::Accepted, _, Some(until)) => date(until),
            (_, Some(since), _) => Age::between(since, now).to_string(),
            _ => "–".to_owned(),
        };
        let owner = story.owner.as_deref().unwrap_or("nobody yet");
        writeln!(
            f,
            "{:INDENT$}{} {} {when:>WHEN_WIDTH$}",
            "",
            padded(&short_id(story.surface.surface_id(), ID_WIDTH), ID_WIDTH),
            padded(&cut(&escape::for_terminal(owner), OWNER_WIDTH), OWNER_WIDTH),
        )?;
        for line in remarks(story, now) {
            for line in wrapped("    ", "      ", &escape::for_terminal(&line)) {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }

    /// Counts all surfaces by lane, whatever is listed.
    fn write_counts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let overview = self.overview;
        let counts = Lane::ALL.iter().map(|lane| (lane, overview.in_lane(*lane)));
        let lanes: Vec<_> = counts
            .filter(|(_, count)| *count > 0)
            .map(|(lane, count)| format!("{count} {lane}"))
            .collect();
        let broken = match overview.broken() {
            0 => String::new(),
            count => format!(" {count} with a broken journal."),
        };
        let all = overview.stories.len();
        let text = format!("{all} surfaces: {}. 0 in other lanes.{broken}", lanes.join(", "));
        for line in wrapped("", "", &text) {
            writeln!(f, "{line}")?;
        }
        let (received, accepted) = (overview.received(), overview.accepted());
        writeln!(f, "{received} received, {accepted} accepted, {}=0", RuntimeGate::RuntimeGate)
    }

    /// The next step: for the surface that has waited longest, or else for the first that nobody answered.
    fn write_next(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |who| self.stories.iter().filter(move |story| story.waiting_on() == Some(who));
        let longest = on(WaitingOn::Owner)
            .filter(|story| story.since().is_some())
            .max_by_key(|story| story.since().map(|since| since.seconds_to(&self.overview.as_of)));
        let unanswered = || on(WaitingOn::Owner).next();
        let unreviewed = || on(WaitingOn::Reviewer).next();
        let id = |story: &Story| escape::for_shell(shortest_part(story, self.overview).as_bytes());
        let (command, why) = if let Some(story) = longest {
            let like = if story.is_stored { " --like last" } else { "" };
            (format!("template {}{like} --output answer.yaml", id(story)), "the longest wait")
        } else if let Some(story) = unreviewed() {
            (
                format!("template {} --review --output record.yaml", id(story)),
                "ready for a reviewer",
            )
        } else if let Some(story) = unanswered() {
            (format!("template {} --output answer.yaml", id(story)), "never answered")
        } else {
            return Ok(());
        };
        let command = with_options(&format!("acceptance-ledger {command}"), self.options);
        writeln!(f, "\nnext: {command}")?;
        writeln!(f, "      ({why}; a part of an id is enough, if no other id has it)")
    }
}

/// A part of the surface's id that is in no other id: its file name, its whole path, or else the whole id.
fn shortest_part<'s>(story: &'s Story, overview: &Overview) -> &'s str {
    let id = story.surface.surface_id();
    let path = id.split_once(':').map_or(id, |(_, path)| path);
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_unique = |part: &&str| {
        !part.is_empty() && overview.count(|other| other.surface.surface_id().contains(*part)) == 1
    };
    [name, path].into_iter().find(is_unique).unwrap_or(id)
}

/// Shortens an id to a width. The kind and the end of the path stay, because a person knows a file by its name.
fn short_id(id: &str, columns: usize) -> String {
    let id = escape::for_terminal(id);
    if width(&id) <= columns {
        return id.into_owned();
    }
    let (kind, path) = id.split_once(':').unwrap_or(("", &id));
    let mut rest = path;
    while let Some((_, shorter)) = rest.split_once('/') {
        let short = format!("{kind}:…/{shorter}");
        if width(&short) <= columns {
            return short;
        }
        rest = shorter;
    }
    // Even the file name is too long. Its end stays.
    let mut end = String::new();
    for character in id.chars().rev() {
        if width(&end) + width(character.encode_utf8(&mut [0; 4])) >= columns {
            break;
        }
        end.insert(0, character);
    }
    format!("…{end}")
}

/// Cuts a text to a width.
fn cut(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut start = String::new();
    for character in text.chars() {
        if width(&start) + width(character.encode_utf8(&mut [0; 4])) >= columns {
            break;
        }
        start.push(character);
    }
    format!("{start}…")
}

/// Fills a text with blanks to a width. A Chinese character is two columns wide, so `format!` cannot do this.
fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_cut_in_the_middle_and_a_name_at_the_end() {
        for (id, columns, short) in [
            ("kind:a/b.yml", 12, "kind:a/b.yml"),
            ("kind:long/folder/b.yml", 14, "kind:…/b.yml"),
            ("kind:a/b/folder/b.yml", 20, "kind:…/folder/b.yml"),
            ("kind:a_very_long_name.yml", 10, "…_name.yml"),
            ("kind:規則/告警/規則.yml", 20, "kind:…/告警/規則.yml"),
        ] {
            let found = short_id(id, columns);
            assert_eq!(
                found,
                if width(short) <= columns { short.to_owned() } else { found.clone() }
            );
            assert!(width(&found) <= columns, "{found}");
        }
        assert_eq!(cut("平台值班組", 7), "平台值…");
        assert_eq!(padded("平台", 6), "平台  ");
    }
}
