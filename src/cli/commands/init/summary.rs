//! The texts that `init` and `init --check` print. A user should read it in ten seconds, on a terminal of 80 columns.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::escape;
use crate::inventory::{Listed, ListedRemark};
use crate::io::error::{quoted, shown};
use crate::ledger::Tally;
use crate::words::{ControlTier, InventoryRemark, ProgressFlag, RuntimeGate};

use super::changes::Changes;

/// How many names a list shows. It then says how many more there are.
const MAX_NAMES: usize = 10;

/// How many columns a line may have.
const WIDTH: usize = 78;

/// Names of folders that usually hold samples and tests, not configuration that runs.
const SAMPLES: &[&str] = &[
    "demo", "demos", "example", "examples", "fixtures", "sample", "samples", "test", "testdata",
    "tests",
];

/// Everything that the summary shows.
pub(super) struct Summary<'a> {
    /// The options of the inputs, for the commands that are suggested.
    pub(super) options: String,
    pub(super) listed: &'a [Listed],
    /// The number of blanks in the template of each surface, by surface id.
    pub(super) blanks: &'a BTreeMap<String, usize>,
    pub(super) remarks: &'a [ListedRemark],
    pub(super) changes: &'a Changes<'a>,
    pub(super) has_owners: bool,
    pub(super) tally: &'a Tally,
    pub(super) places: &'a [PathBuf; 3],
    pub(super) is_stale: &'a [bool],
    pub(super) is_first: bool,
}

impl Summary<'_> {
    /// The text that `--check` prints.
    pub(super) fn check(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_check(&mut text);
        text
    }

    fn write_check(&self, out: &mut String) -> fmt::Result {
        if !self.is_stale.contains(&true) {
            return writeln!(
                out,
                "inventory, owner requests and ledger are up to date: {} surfaces",
                self.listed.len()
            );
        }
        for (place, is_stale) in self.places.iter().zip(self.is_stale) {
            if *is_stale {
                writeln!(out, "{}: stale or missing", shown(place))?;
            }
        }
        self.write_changes(out)?;
        writeln!(out, "\nnext: acceptance-ledger init{}", self.options)
    }

    /// Writes for each tier how many surfaces it has, and the fewest blanks that an owner has to fill in.
    fn write_tiers(&self, f: &mut impl fmt::Write) -> fmt::Result {
        writeln!(
            f,
            "  tier                                              surfaces    fewest blanks"
        )?;
        for tier in ControlTier::ALL {
            let of_tier: Vec<_> =
                self.listed.iter().filter(|surface| surface.tier() == Some(*tier)).collect();
            if of_tier.is_empty() {
                continue;
            }
            let blanks = of_tier.iter().filter_map(|surface| self.blanks.get(&surface.surface_id));
            let blanks = blanks.min().copied().unwrap_or_default();
            let means = tier.english().trim_end_matches('.');
            let means = lower_first(means);
            writeln!(f, "  {tier}  {means:<45} {:>8}  {blanks:>15}", of_tier.len())?;
        }
        Ok(())
    }

    /// Writes how many surfaces of each kind a tier has, with the largest number first.
    fn write_kinds(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for tier in ControlTier::ALL {
            let mut counts = BTreeMap::new();
            for surface in self.listed.iter().filter(|surface| surface.tier() == Some(*tier)) {
                let kind = surface.kind().map_or("unknown", |kind| kind.as_str());
                *counts.entry(kind).or_insert(0_usize) += 1;
            }
            let mut counts: Vec<_> =
                counts.into_iter().map(|(kind, count)| (count, kind)).collect();
            counts.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(other.1)));
            if !counts.is_empty() {
                let words = counts.iter().map(|(count, kind)| format!("{count} {kind}"));
                write_wrapped(f, &format!("  {tier}: "), words)?;
            }
        }
        Ok(())
    }

    /// Writes how many surfaces are in folders of samples and tests.
    fn write_samples(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for path in self.listed.iter().filter_map(Listed::path) {
            let mut folders: Vec<_> = path.split('/').collect();
            folders.pop();
            if let Some(folder) = folders.into_iter().find(|folder| SAMPLES.contains(folder)) {
                *counts.entry(folder).or_default() += 1;
            }
        }
        let total: usize = counts.values().sum();
        if total == 0 {
            return Ok(());
        }
        let names: Vec<_> = counts.keys().map(|name| format!("{name}/")).collect();
        writeln!(
            f,
            "  {total} of {} are under {}. If no live system reads a file, its owner\n  \
             answers confirm_not_deployed.",
            self.listed.len(),
            names.join(", ")
        )
    }

    /// Writes the suggested owners, or why there are none.
    fn write_owners(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for owner in self.listed.iter().filter_map(|surface| surface.suggested_owner.as_deref()) {
            *counts.entry(owner).or_default() += 1;
        }
        if counts.is_empty() {
            let why = if self.has_owners {
                "CODEOWNERS names no owner for them"
            } else {
                "CODEOWNERS is missing, and no rule file names an owner"
            };
            return writeln!(f, "  No owner is suggested: {why}.");
        }
        let without = self.listed.len() - counts.values().sum::<usize>();
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
        let more = counts.len().saturating_sub(MAX_NAMES);
        let words = counts
            .iter()
            .take(MAX_NAMES)
            .map(|(owner, count)| format!("{count} {}", escape::for_terminal(owner)))
            .chain((more > 0).then(|| format!("{more} more owners")))
            .chain((without > 0).then(|| format!("{without} without")));
        write_wrapped(f, "  Suggested owners: ", words)
    }

    /// Writes the places that were not read like other files.
    fn write_remarks(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for remark in InventoryRemark::ALL {
            let found: Vec<_> =
                self.remarks.iter().filter(|found| found.remark == *remark).collect();
            if found.is_empty() {
                continue;
            }
            let places = if found.len() == 1 { "place" } else { "places" };
            writeln!(f, "  {} {places}: {}", found.len(), lower_first(remark.english()))?;
            for ListedRemark { path, line, .. } in found.iter().take(MAX_NAMES) {
                let line = line.as_ref().map(|line| format!(":{line}")).unwrap_or_default();
                writeln!(f, "      {}{line}", escape::for_terminal(path))?;
            }
            if found.len() > MAX_NAMES {
                writeln!(
                    f,
                    "      and {} more, in the inventory under \"remarks\"",
                    found.len() - MAX_NAMES
                )?;
            }
        }
        Ok(())
    }

    /// Writes what has changed since the last inventory.
    fn write_changes(&self, f: &mut impl fmt::Write) -> fmt::Result {
        let changes = self.changes;
        for (what, ids) in [
            ("new", &changes.new),
            ("gone", &changes.gone),
            ("changed", &changes.changed),
            ("described differently", &changes.redescribed),
        ] {
            if ids.is_empty() {
                continue;
            }
            writeln!(f, "  {} {what}:", ids.len())?;
            write_names(f, ids.iter().copied())?;
        }
        if !changes.outdated.is_empty() {
            writeln!(
                f,
                "  {} with an answer that no longer counts; ask the owner again:",
                changes.outdated.len()
            )?;
            for answer in changes.outdated.iter().take(MAX_NAMES) {
                let who = answer.responder.as_deref().unwrap_or("somebody");
                writeln!(
                    f,
                    "      {} (answered by {}, {})",
                    escape::for_terminal(&answer.surface_id),
                    escape::for_terminal(who),
                    answer.answered_at
                )?;
            }
            write_more(f, changes.outdated.len())?;
        }
        if !changes.retired.is_empty() {
            writeln!(f, "  {} gone; the journal keeps its records:", changes.retired.len())?;
            write_names(f, changes.retired.iter().copied())?;
        }
        Ok(())
    }
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} surfaces of monitoring and alerting in the files of this repository:\n",
            self.listed.len()
        )?;
        self.write_tiers(f)?;
        writeln!(f)?;
        self.write_kinds(f)?;
        self.write_samples(f)?;
        self.write_owners(f)?;
        self.write_remarks(f)?;
        if !self.is_first {
            writeln!(f, "\nSince the last inventory:")?;
            if self.changes.are_none() {
                writeln!(f, "  no surface is new, gone or changed")?;
            }
            self.write_changes(f)?;
        }
        let folder = self.places.last().and_then(|place| place.parent()).unwrap_or(Path::new("."));
        let is_any_stale = self.is_stale.contains(&true);
        let what =
            if is_any_stale { "Wrote" } else { "Nothing to write; everything is up to date" };
        writeln!(f, "\n{what}, under {}:", shown(folder))?;
        let contents = ["inventory", "owner requests", "ledger"];
        for ((place, what), is_stale) in self.places.iter().zip(contents).zip(self.is_stale) {
            let kept = if !is_stale && is_any_stale { ", unchanged" } else { "" };
            // An argument may have put an input into another folder. Its whole path is then shown.
            let place = place.strip_prefix(folder).unwrap_or(place);
            writeln!(f, "  {:<60} {what}{kept}", shown(place))?;
        }
        let with = |flag| self.tally.with(flag);
        let waiting = self.listed.len().saturating_sub(with(ProgressFlag::OwnerResponseReceived));
        writeln!(
            f,
            "\nNothing was sent, and no owner was asked. Answers: {waiting} missing, {} received,\n{} accepted. {}=0.",
            with(ProgressFlag::OwnerResponseReceived),
            with(ProgressFlag::OwnerResponseAccepted),
            RuntimeGate::RuntimeGate
        )?;
        let first = self.changes.outdated.first().map(|answer| answer.surface_id.as_str());
        let first =
            first.or_else(|| self.listed.first().map(|surface| surface.surface_id.as_str()));
        let id = escape::for_shell(first.unwrap_or_default().as_bytes());
        let root = &self.options;
        writeln!(f, "\nnext: git add {}", quoted(folder))?;
        writeln!(f, "      acceptance-ledger template {id}{root} --output answer.yaml")?;
        writeln!(f, "      acceptance-ledger status{root}")
    }
}

/// Makes the first letter lower case, for a sentence that follows other words.
fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map_or(String::new(), |first| first.to_lowercase().chain(characters).collect())
}

/// Writes the first names of a list, one per line, and how many more there are.
fn write_names<'n>(
    f: &mut impl fmt::Write,
    names: impl ExactSizeIterator<Item = &'n str>,
) -> fmt::Result {
    let count = names.len();
    for name in names.take(MAX_NAMES) {
        writeln!(f, "      {}", escape::for_terminal(name))?;
    }
    write_more(f, count)
}

fn write_more(f: &mut impl fmt::Write, count: usize) -> fmt::Result {
    match count.saturating_sub(MAX_NAMES) {
        0 => Ok(()),
        more => writeln!(f, "      and {more} more"),
    }
}

/// Writes words after a title, separated by commas. Long lists are broken into lines.
fn write_wrapped(
    f: &mut impl fmt::Write,
    title: &str,
    words: impl Iterator<Item = String>,
) -> fmt::Result {
    let words: Vec<_> = words.collect();
    let mut line = title.to_owned();
    let margin = " ".repeat(title.len().min(8));
    for (index, word) in words.iter().enumerate() {
        let comma = if index + 1 < words.len() { "," } else { "" };
        if line.len() + word.len() + 1 > WIDTH && line.trim() != title.trim() {
            writeln!(f, "{}", line.trim_end())?;
            line.clone_from(&margin);
        }
        let _ = write!(line, "{word}{comma} ");
    }
    writeln!(f, "{}", line.trim_end())
}
