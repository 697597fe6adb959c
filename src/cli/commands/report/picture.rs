//! The pictures of the report, as numbers for SVG: the bar of the lanes, and the state machine.

use crate::candidate::review_leads_to;
use crate::cli::overview::Overview;
use crate::words::Lane;

/// The width of the bar, in units of its view box.
const BAR_WIDTH: f64 = 1000.0;

/// One part of the bar.
pub(super) struct BarPart {
    pub(super) lane: Lane,
    pub(super) x: String,
    pub(super) width: String,
}

/// The lanes in the order of the bar: waiting, the holds from the mildest to the strictest, ready, accepted.
pub(super) fn ordered_lanes() -> Vec<Lane> {
    let mut holds: Vec<_> = Lane::ALL.iter().copied().filter(|lane| lane.is_hold()).collect();
    holds.sort_by_key(|lane| lane.strictness());
    let mut lanes = vec![Lane::WaitingOwnerResponse];
    lanes.extend(holds);
    lanes.push(Lane::ReadyForMonitoringReview);
    lanes.extend(ACCEPTED);
    lanes
}

/// The lanes of an accepted answer.
const ACCEPTED: [Lane; 2] = [Lane::OwnerReviewOnlyUpdate, Lane::WaitingRuntimeGate];

/// The bar: each lane takes the part of the width that its candidates are of all candidates.
pub(super) fn bar(overview: &Overview) -> Vec<BarPart> {
    let units = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    let all = units(overview.stories.len()).max(1.0);
    let mut x = 0.0;
    let mut parts = Vec::new();
    for lane in ordered_lanes() {
        let width = units(overview.in_lane(lane)) / all * BAR_WIDTH;
        if width > 0.0 {
            parts.push(BarPart { lane, x: format!("{x:.2}"), width: format!("{width:.2}") });
        }
        x += width;
    }
    parts
}

/// A box of the picture.
pub(super) struct StateBox {
    pub(super) lane: Lane,
    pub(super) count: usize,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// An arrow: its line, its head, and a note beside it.
pub(super) struct Arrow {
    pub(super) line: String,
    pub(super) head: String,
    pub(super) note: &'static str,
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) anchor: &'static str,
}

/// A line of text.
pub(super) struct Note {
    pub(super) text: &'static str,
    pub(super) x: u32,
    pub(super) y: u32,
}

/// The frame around the states that hold an answer back.
pub(super) struct Frame {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The state machine.
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) group: Frame,
    pub(super) states: Vec<StateBox>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) notes: Vec<Note>,
    /// The picture in words, for a screen reader.
    pub(super) description: String,
}

/// The size of a box, in units of the view box. The longest name of a lane fits.
const BOX_WIDTH: u32 = 380;
const BOX_HEIGHT: u32 = 46;
const MARGIN: u32 = 20;
/// The left edges of the two columns.
const LEFT: u32 = 40;
const RIGHT: u32 = LEFT + BOX_WIDTH + 140;
const WIDTH: u32 = RIGHT + BOX_WIDTH + 40;
/// The top of each row of boxes.
const FIRST_ROW: u32 = MARGIN;
const SECOND_ROW: u32 = FIRST_ROW + BOX_HEIGHT + 54;
const FRAME_TOP: u32 = SECOND_ROW + BOX_HEIGHT + 60;
const FIRST_HOLD: u32 = FRAME_TOP + 40;
const HOLD_STEP: u32 = BOX_HEIGHT + 12;

impl Picture {
    pub(super) fn of(overview: &Overview) -> Self {
        let state = |lane, x, y| StateBox {
            lane,
            count: overview.in_lane(lane),
            x,
            y,
            width: BOX_WIDTH,
            height: BOX_HEIGHT,
        };
        let mut states = vec![
            state(Lane::WaitingOwnerResponse, LEFT, FIRST_ROW),
            state(Lane::ReadyForMonitoringReview, RIGHT, FIRST_ROW),
            state(ACCEPTED[0], LEFT, SECOND_ROW),
            state(ACCEPTED[1], RIGHT, SECOND_ROW),
        ];
        let holds: Vec<_> = ordered_lanes().into_iter().filter(|lane| lane.is_hold()).collect();
        let rows = u32::try_from(holds.len().div_ceil(2)).unwrap_or_default();
        for (index, lane) in (0_u32..).zip(&holds) {
            let x = if index < rows { LEFT } else { RIGHT };
            states.push(state(*lane, x, FIRST_HOLD + (index % rows) * HOLD_STEP));
        }
        let frame_height = 40 + rows * HOLD_STEP + 8;
        let height = FRAME_TOP + frame_height + 60;
        let middle = FIRST_ROW + BOX_HEIGHT / 2;
        let counted = ordered_lanes().into_iter().map(|lane| {
            let steps: Vec<_> = Lane::ALL
                .iter()
                .filter(|to| {
                    [false, true]
                        .iter()
                        .any(|writes| review_leads_to(lane, **to, *writes).is_some())
                })
                .map(|to| to.as_str())
                .collect();
            let steps = if steps.is_empty() {
                String::new()
            } else {
                format!(", a review can lead to {}", steps.join(", "))
            };
            format!("{lane}: {}{steps}", overview.in_lane(lane))
        });
        Self {
            width: WIDTH,
            height,
            group: Frame {
                x: MARGIN,
                y: FRAME_TOP,
                width: WIDTH - 2 * MARGIN,
                height: frame_height,
            },
            description: format!("{}.", counted.collect::<Vec<_>>().join(". ")),
            arrows: vec![
                right((LEFT + BOX_WIDTH, middle), RIGHT, "no findings"),
                down(
                    (RIGHT + 300, FIRST_ROW + BOX_HEIGHT),
                    SECOND_ROW,
                    "a person accepts, the surface is write-capable",
                    "end",
                ),
                slanted((RIGHT, FIRST_ROW + BOX_HEIGHT - 4), (LEFT + BOX_WIDTH, SECOND_ROW + 10)),
                down(
                    (LEFT + BOX_WIDTH + 70, SECOND_ROW + BOX_HEIGHT + 4),
                    FRAME_TOP,
                    "an answer with findings, or a reviewer holds it",
                    "middle",
                ),
            ],
            notes: vec![
                Note {
                    text: "held back, from the mildest to the strictest; a reviewer can only hold it more strictly",
                    x: LEFT,
                    y: FRAME_TOP + 26,
                },
                Note {
                    text: "From every state: a new answer is triaged again; if the surface changes or an acceptance ends, it waits for the owner again.",
                    x: LEFT,
                    y: height - 30,
                },
                Note { text: "No arrow opens a gate.", x: LEFT, y: height - 10 },
            ],
            states,
        }
    }
}

/// Half the width and the length of the head of an arrow.
const HEAD: u32 = 6;

fn right((x, y): (u32, u32), to: u32, note: &'static str) -> Arrow {
    let base = to - 2 * HEAD;
    Arrow {
        line: format!("M{x} {y}H{base}"),
        head: format!("M{to} {y}L{base} {}V{}Z", y - HEAD, y + HEAD),
        note,
        x: x + (to - x) / 2,
        y: y - 8,
        anchor: "middle",
    }
}

fn down((x, y): (u32, u32), to: u32, note: &'static str, anchor: &'static str) -> Arrow {
    let base = to - 2 * HEAD;
    Arrow {
        line: format!("M{x} {y}V{base}"),
        head: format!("M{x} {to}L{} {base}H{}Z", x - HEAD, x + HEAD),
        note,
        x: if anchor == "end" { x - 12 } else { x + 12 },
        y: y + (to - y) / 2 + 4,
        anchor,
    }
}

/// The arrow from ready, at the right, to the acceptance of a surface that cannot write, at the left below.
fn slanted((x, y): (u32, u32), (to_x, to_y): (u32, u32)) -> Arrow {
    Arrow {
        line: format!("M{x} {y}L{} {}", to_x + 2 * HEAD, to_y - HEAD),
        head: format!("M{to_x} {to_y}L{} {}L{} {}Z", to_x + 11, to_y - 12, to_x + 14, to_y - 1),
        note: "a person accepts, it is not",
        x: to_x - 12,
        y: to_y - 22,
        anchor: "end",
    }
}
