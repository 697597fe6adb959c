//! What the page shows, as texts that its template puts into HTML. The template escapes every value.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli::overview::{Age, Overview, Story, Told, date, hints, remarks};
use crate::digest::Digest;
use crate::escape;
use crate::review::Verdict;
use crate::words::{AcceptanceField, Lane, ReviewerCheck, WaitingOn, What, Why};

use super::picture::{BarPart, Picture, bar, ordered_lanes};

/// The style sheet. It is in the page, so that the page loads nothing.
const STYLE: &str = include_str!("page.css");

/// The page.
#[derive(Template)]
#[template(path = "page.html")]
pub(super) struct Page<'a> {
    overview: &'a Overview,
    as_of: &'a str,
    commit: String,
    total: usize,
    broken: usize,
    groups: [Group; 3],
    risks: Vec<Row>,
    bar: Vec<BarPart>,
    bar_label: String,
    lanes: Vec<LaneCount>,
    picture: Picture,
    style: &'static str,
    /// The content security policy allows only the style sheet with this digest.
    style_digest: String,
    version: &'static str,
}

/// The surfaces that wait for the same party.
struct Group {
    title: &'static str,
    /// What the number of its surfaces counts.
    counted: &'static str,
    rows: Vec<Row>,
}

/// A surface in a list.
struct Row {
    /// The fragment of the surface's part of the page.
    anchor: String,
    id: String,
    owner: String,
    when: String,
    missing: String,
    /// Why the surface is a false-green risk.
    risk: String,
}

struct LaneCount {
    lane: Lane,
    count: usize,
    meaning: &'static str,
}

/// Everything about one surface.
struct SurfaceView {
    anchor: String,
    id: String,
    lane: String,
    waiting: String,
    facts: String,
    owner: String,
    remarks: Vec<String>,
    missing: Vec<String>,
    hints: Vec<String>,
    checks: Vec<String>,
    history: Vec<EventView>,
}

struct EventView {
    at: String,
    who: String,
    what: String,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) fn of(overview: &'a Overview, commit: String) -> Self {
        let rows = |who: WaitingOn| -> Vec<Row> {
            let stories = (0..).zip(&overview.stories);
            let theirs = stories.filter(|(_, story)| story.waiting_on() == Some(who));
            theirs.map(|(index, story)| Row::of(index, story, overview)).collect()
        };
        let risky = (0..).zip(&overview.stories).filter(|(_, story)| risk_of(story).is_some());
        let bar = bar(overview);
        let counts: Vec<_> = bar
            .iter()
            .map(|part| format!("{} {}", overview.in_lane(part.lane), part.lane))
            .collect();
        let lanes = ordered_lanes().into_iter().map(|lane| LaneCount {
            lane,
            count: overview.in_lane(lane),
            meaning: lane.english(),
        });
        Self {
            as_of: overview.as_of.as_str(),
            commit,
            total: overview.stories.len(),
            broken: overview.broken(),
            groups: [
                (WaitingOn::Owner, "Waiting on the owner", "wait for the owner"),
                (WaitingOn::Reviewer, "Waiting on a reviewer", "wait for a reviewer"),
                (WaitingOn::Nobody, "Waiting on nobody, accepted", "accepted, wait for nobody"),
            ]
            .map(|(who, title, counted)| Group { title, counted, rows: rows(who) }),
            risks: risky.map(|(index, story)| Row::of(index, story, overview)).collect(),
            bar_label: format!("Candidates in each lane: {}", counts.join(", ")),
            bar,
            lanes: lanes.collect(),
            picture: Picture::of(overview),
            style: STYLE,
            style_digest: STANDARD.encode(Digest::of(STYLE.as_bytes()).bytes()),
            version: env!("CARGO_PKG_VERSION"),
            overview,
        }
    }

    /// The surfaces, made one after the other while the page is written.
    fn surfaces(&self) -> impl Iterator<Item = SurfaceView> {
        let stories = (0..).zip(&self.overview.stories);
        stories.map(|(index, story)| SurfaceView::of(index, story, self.overview))
    }
}

/// The language of a text, for its font: Traditional Chinese if it has Chinese characters, otherwise unknown.
fn language(text: &str) -> &'static str {
    let is_han = |character: char| matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}');
    if text.contains(is_han) { "zh-Hant" } else { "" }
}

/// The pieces of a name. A browser may break the line behind each of them.
fn pieces(name: &str) -> impl Iterator<Item = &str> {
    name.split_inclusive(['/', '_', ':'])
}

/// A value of a document. Characters that a reader cannot see are shown by their numbers.
fn shown(text: &str) -> String {
    escape::lines_for_terminal(text)
}

fn anchor(index: usize) -> String {
    format!("surface-{}", index + 1)
}

/// The checks that a false green fails.
const FALSE_GREEN_CHECKS: [ReviewerCheck; 2] =
    [ReviewerCheck::AlertChainHealthNotRouteOnly, ReviewerCheck::FalseGreenRiskReviewPresent];

/// Why a surface is a false-green risk; `None` if nothing says that it is one.
fn risk_of(story: &Story) -> Option<String> {
    let is_about = |check: ReviewerCheck| FALSE_GREEN_CHECKS.contains(&check);
    if story.lane == Some(Lane::NoFalseGreenSupplementRequired) {
        return Some(format!("held in {}", Lane::NoFalseGreenSupplementRequired));
    }
    if let Some(check) = story.failed_checks().into_iter().find(|check| is_about(*check)) {
        return Some(format!("a reviewer failed {check}"));
    }
    if let Some(finding) = story.findings.iter().find(|finding| is_about(finding.check())) {
        return Some(format!("triage found {}", finding.problem()));
    }
    let hint = story.hints.iter().find(|hint| is_about(hint.check()))?;
    Some(format!("a hint: {}", hint.message()))
}

impl Row {
    fn of(index: usize, story: &Story, overview: &Overview) -> Self {
        let now = &overview.as_of;
        let when = match (story.why, story.since(), &story.valid_until) {
            (Why::Accepted, _, Some(until)) => date(until),
            (_, Some(since), _) => {
                format!("{}, {:#}", date(since), Age::between(since, now))
            }
            _ => "never answered".to_owned(),
        };
        Self {
            anchor: anchor(index),
            id: shown(story.surface.surface_id()),
            owner: shown(story.owner.as_deref().unwrap_or("nobody yet")),
            when,
            missing: remarks(story, now)
                .iter()
                .map(|line| shown(line))
                .collect::<Vec<_>>()
                .join("; "),
            risk: risk_of(story).unwrap_or_default(),
        }
    }
}

impl SurfaceView {
    fn of(index: usize, story: &Story, overview: &Overview) -> Self {
        let surface = &story.surface;
        let now = &overview.as_of;
        let since = story.since().map(|since| format!(" for {:#}", Age::between(since, now)));
        let waiting = match story.waiting_on() {
            None => String::new(),
            Some(WaitingOn::Owner) => format!("waiting on the owner{}", since.unwrap_or_default()),
            Some(WaitingOn::Reviewer) => {
                format!("waiting on a reviewer{}", since.unwrap_or_default())
            }
            Some(WaitingOn::Nobody) => {
                let until =
                    story.valid_until.as_ref().map_or_else(String::new, ToString::to_string);
                format!("accepted until {until}")
            }
        };
        let label = surface.descriptor(AcceptanceField::Label).and_then(|label| label.as_str());
        let mut facts = Vec::new();
        facts.extend(label.map(shown));
        facts.extend(story.tier().map(|tier| format!("tier {}", shown(tier))));
        facts.push(
            if surface.is_write_capable() { "write-capable" } else { "not write-capable" }
                .to_owned(),
        );
        facts.extend(surface.requires_live_evidence().then(|| "needs live evidence".to_owned()));
        let missing = story.findings.iter().map(|finding| {
            format!("{} {}: {}", finding.problem(), shown(finding.field()), finding.message())
        });
        let faults = story.faults.iter().map(|fault| format!("{}: {fault}", fault.code()));
        Self {
            anchor: anchor(index),
            id: shown(surface.surface_id()),
            lane: story.lane.map_or_else(
                || "no lane: the journal is broken".to_owned(),
                |lane| lane.to_string(),
            ),
            waiting,
            facts: format!("{}.", facts.join(", ")),
            owner: story.owner.as_deref().map(shown).unwrap_or_default(),
            remarks: match story.why {
                // The findings and the checks below say this in full.
                Why::HeldByTriage | Why::HeldByReviewer | Why::Ready => Vec::new(),
                _ => remarks(story, now).iter().map(|line| shown(line)).collect(),
            },
            missing: missing.chain(faults).collect(),
            hints: story
                .hints
                .iter()
                .map(|hint| format!("{} {}: {}", hint.check(), shown(hint.field()), hint.message()))
                .collect(),
            checks: checks_of(story),
            history: story.told.iter().map(EventView::of).collect(),
        }
    }
}

/// The verdicts of the decision that counts. Each failed check has its meaning.
fn checks_of(story: &Story) -> Vec<String> {
    let Some(decision) = &story.decision else { return Vec::new() };
    let mut lines: Vec<_> = decision
        .checks(Verdict::Fail)
        .map(|check| format!("failed: {check}. {}", check.english()))
        .collect();
    for (verdict, what) in [(Verdict::Pass, "passed"), (Verdict::NotApplicable, "not applicable")] {
        let checks: Vec<_> = decision.checks(verdict).map(|check| check.to_string()).collect();
        if !checks.is_empty() {
            lines.push(format!("{} {what}: {}", checks.len(), checks.join(", ")));
        }
    }
    match ReviewerCheck::ALL.len() - decision.verdicts.len() {
        0 => {}
        left => lines.push(format!("{left} not judged")),
    }
    lines
}

impl EventView {
    fn of(told: &Told) -> Self {
        let until = told.valid_until.as_ref().map(|until| format!(", until {until}"));
        let what = match told.what {
            What::Expired => "the acceptance ended".to_owned(),
            what => format!("{what}{}", told.signature()),
        };
        let mut lines: Vec<_> = told.reason.as_deref().map(shown).into_iter().collect();
        lines.extend(told.findings.iter().map(|finding| {
            format!("{} {}", finding.problem(), shown(finding.field())).trim_end().to_owned()
        }));
        lines.extend(told.is_withdrawn.then(|| "withdrawn: the document was deleted".to_owned()));
        Self {
            at: told.at.to_string(),
            who: told.who.as_deref().map(shown).unwrap_or_default(),
            what: format!(
                "{what}: {}{}{}",
                told.lane,
                until.unwrap_or_default(),
                hints(told.hints)
            ),
            lines,
        }
    }
}
