//! The form for a surface: the blanks that its owner fills in, their order, and the comments above them.

use std::sync::LazyLock;

use crate::inputs::Surface;
use crate::json::Json;
use crate::response::{Answers, Requirement, requirement};
use crate::words::answer_help::{COMMON_REASON, LOOKED_AT, NAMES, RESPONDER};
use crate::words::names::RESPONSE_VERSION;
use crate::words::{
    AcceptanceField, AnswerForm, Decision, FIELDS, NOT_APPLICABLE, PER_CHANGE, PartForm, PartNeed,
    REASON, REF, ResponseKey, STANDING, WINDOW,
};

use super::carried::Carried;
use super::wrap::{WIDTH, in_both_languages, width};

/// A value in a form: a blank, or something that is already filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Blank {
    /// The value `true`.
    True,
    /// A text that is already filled in.
    Text(String),
    /// A blank for a text of one line.
    Open,
    /// A blank for a text of one line. It may stay blank.
    MayStay,
    /// A blank for a text of several lines.
    Block,
    /// A blank for a list.
    Items,
    /// A list that is already filled in.
    List(Vec<String>),
    /// An object with one value for each key.
    Keys(Vec<(&'static str, Blank)>),
}

impl Blank {
    /// Returns how many blanks there are to fill in. Keys of which the owner fills in only one count as one blank.
    #[cfg(feature = "cli")]
    pub(crate) fn count(&self) -> usize {
        match self {
            Self::Open | Self::Block | Self::Items => 1,
            Self::True | Self::Text(_) | Self::List(_) | Self::MayStay => 0,
            Self::Keys(keys) => {
                // Only an object of alternatives has one of these two keys.
                let is_choice =
                    keys.iter().any(|(name, _)| [NOT_APPLICABLE, PER_CHANGE].contains(name));
                if is_choice { 1 } else { keys.iter().map(|(_, blank)| blank.count()).sum() }
            }
        }
    }
}

/// A key of the form, with the comments above it.
#[derive(Debug)]
pub(crate) struct FormLine {
    /// Whether an empty line goes before the comments.
    pub(crate) begins_paragraph: bool,
    /// An empty comment is an empty line.
    pub(crate) comments: Vec<String>,
    pub(crate) name: &'static str,
    pub(crate) blank: Blank,
}

/// A section of the form.
struct Section {
    /// In English and in Chinese.
    title: [&'static str; 2],
    fields: &'static [AcceptanceField],
}

use AcceptanceField as Field;

/// The sections in the order of the form.
const SECTIONS: [Section; 5] = [
    Section {
        title: ["You and your decision", "你與你的決定"],
        fields: &[
            Field::OwnerRoleOrTeam,
            Field::Decision,
            Field::DecisionReason,
            Field::AffectedScope,
            Field::OwnerResponseRef,
        ],
    },
    Section {
        title: ["Names", "負責人"],
        fields: &[
            Field::ReloadOwner,
            Field::ReceiverOwner,
            Field::RollbackOwner,
            Field::NoiseBudgetOwner,
            Field::FollowupOwner,
        ],
    },
    Section {
        title: ["Evidence, as refs", "證據（只給 ref）"],
        fields: &[
            Field::LiveConfigHashRef,
            Field::ReceiverReceiptProofRef,
            Field::AlertChainHealthRef,
            Field::RedactedEvidenceRefs,
            Field::IncidentContextRef,
            Field::CrossProjectNotificationRef,
        ],
    },
    Section {
        title: ["What you looked at", "你查過什麼"],
        fields: &[
            Field::StaleAlertReview,
            Field::SilenceOrDedupReview,
            Field::FalseGreenRiskReview,
        ],
    },
    Section {
        title: ["Plans, in words", "計畫（用文字）"],
        fields: &[
            Field::RouteSmokePlan,
            Field::ValidationPlan,
            Field::PostReloadReadbackPlan,
            Field::MaintenanceWindow,
        ],
    },
];

/// Returns the English title of the section that has a field; empty if no section has it.
#[cfg(feature = "cli")]
pub(crate) fn section_of(field: AcceptanceField) -> &'static str {
    let section = SECTIONS.iter().find(|section| section.fields.contains(&field));
    section.map_or("", |section| section.title[0])
}

/// The help of each field as wrapped comments. It is the same for every surface, so it is wrapped only once.
static HELP: LazyLock<Vec<(AcceptanceField, Vec<String>)>> = LazyLock::new(|| {
    AcceptanceField::answers().map(|field| (field, in_both_languages("# ", field.help()))).collect()
});

fn help(field: AcceptanceField) -> Vec<String> {
    HELP.iter().find(|(other, _)| *other == field).map_or_else(Vec::new, |(_, lines)| lines.clone())
}

/// Returns the keys of the form for a surface, in order.
pub(crate) fn lines(
    surface: &Surface,
    decision: Option<Decision>,
    carried: &Carried,
) -> Vec<FormLine> {
    let mut answers = Answers::default();
    if let Some(decision) = decision {
        answers.set_text(Field::Decision, decision.to_string());
    }
    // For such a surface an incident or a notice to other projects is likely, so these two fields keep their own blanks.
    let matters = surface.is_write_capable() || surface.requires_live_evidence();
    let need = |field: AcceptanceField| requirement(field, surface, &answers);
    // Fields that rarely apply to such a surface share one `not_applicable` reason at the end. `followup_owner` keeps its
    // own blank, because there is somebody to ask next for every surface.
    let shares_a_reason = |field: AcceptanceField| {
        let is_likely = field == Field::FollowupOwner
            || (matters
                && matches!(field, Field::IncidentContextRef | Field::CrossProjectNotificationRef));
        need(field) == Requirement::ByRequest && !is_likely
    };
    let is_asked =
        |field: &AcceptanceField| need(*field) != Requirement::Optional && !shares_a_reason(*field);
    let common: Vec<_> =
        AcceptanceField::answers().filter(|field| shares_a_reason(*field)).collect();

    let mut sections: Vec<(_, Vec<_>)> = SECTIONS
        .iter()
        .map(|section| (section.title, section.fields.iter().copied().filter(is_asked).collect()))
        .collect();
    // A single name moves to the first section instead of having a section of its own.
    if let [(_, you), (_, names), ..] = sections.as_mut_slice() {
        if names.len() == 1 {
            you.append(names);
        }
    }
    // A section that has only this review gets the title of the review.
    for (title, fields) in &mut sections {
        if fields.as_slice() == [Field::FalseGreenRiskReview] {
            *title = ["False green", "假綠燈"];
        }
    }
    sections.retain(|(_, fields)| !fields.is_empty());
    let count = sections.len() + usize::from(!common.is_empty());

    let mut lines = identity(surface);
    for (index, (title, fields)) in sections.iter().enumerate() {
        let mut above = section_header(index + 1, count, *title);
        if index == 0 {
            above.extend(in_both_languages("# ", RESPONDER));
            let comments = std::mem::take(&mut above);
            lines.push(FormLine {
                begins_paragraph: true,
                comments,
                name: ResponseKey::Responder.as_str(),
                blank: Blank::Open,
            });
            lines.push(without_comments(ResponseKey::RespondedAt.as_str(), Blank::Open));
        } else if fields.contains(&Field::ReloadOwner) {
            above.extend(in_both_languages("# ", NAMES));
            above.push(String::new());
        } else if fields.contains(&Field::StaleAlertReview) {
            above.extend(in_both_languages("# ", LOOKED_AT));
            above.push(String::new());
        }
        let is_names = title[0] == SECTIONS[1].title[0];
        for (place, field) in fields.iter().enumerate() {
            // The comment above `responder` also explains the first field, and the help of `decision` its reason.
            let is_first = index == 0 && place == 0;
            let joins_previous = matches!(field, Field::DecisionReason) || (is_names && place > 0);
            let mut comments = std::mem::take(&mut above);
            if !is_first && *field != Field::DecisionReason {
                comments.extend(help(*field));
            }
            let may_be_not_applicable = need(*field) == Requirement::ByRequest;
            lines.push(FormLine {
                begins_paragraph: !is_first && !joins_previous,
                comments,
                name: (*field).as_str(),
                blank: blank_of(*field, may_be_not_applicable, surface, decision, carried),
            });
        }
    }
    if !common.is_empty() {
        let mut comments =
            section_header(count, count, ["What does not apply here", "不適用的項目"]);
        comments.extend(in_both_languages("# ", COMMON_REASON));
        let reason = carried
            .get(&format!("/{NOT_APPLICABLE}/{REASON}"))
            .map_or(Blank::Open, |reason| Blank::Text(reason.to_owned()));
        let names = common.iter().map(ToString::to_string).collect();
        lines.push(FormLine {
            begins_paragraph: true,
            comments,
            name: NOT_APPLICABLE,
            blank: Blank::Keys(vec![(REASON, reason), (FIELDS, Blank::List(names))]),
        });
    }
    lines
}

/// Returns a key that has no comments and no empty line above it.
fn without_comments(name: &'static str, blank: Blank) -> FormLine {
    FormLine { begins_paragraph: false, comments: Vec::new(), name, blank }
}

/// Returns the keys that say which surface, which version and which request the answer is for.
fn identity(surface: &Surface) -> Vec<FormLine> {
    let text = |text: &str| Blank::Text(text.to_owned());
    let sha256 = surface.descriptor(Field::RepoSha256).and_then(Json::as_str);
    let mut lines = vec![
        without_comments(ResponseKey::SchemaVersion.as_str(), text(RESPONSE_VERSION)),
        without_comments(
            Field::AcceptanceCandidateId.as_str(),
            Blank::Text(surface.candidate_id()),
        ),
        without_comments(Field::RequestId.as_str(), text(surface.request_id())),
        without_comments(Field::SurfaceId.as_str(), text(surface.surface_id())),
        // A surface without a digest has no version that an owner could answer for. Triage reports the empty text.
        without_comments(Field::RepoSha256.as_str(), text(sha256.unwrap_or_default())),
        without_comments(Field::NotApproval.as_str(), Blank::True),
    ];
    if let Some(first) = lines.first_mut() {
        first.begins_paragraph = true;
    }
    lines
}

/// Returns the title line of a section, filled with dashes to the full width, and an empty line.
fn section_header(number: usize, count: usize, [english, chinese]: [&str; 2]) -> Vec<String> {
    let title = format!("# ---- {number} of {count}  {english} / {chinese} ");
    let rest = "-".repeat(WIDTH.saturating_sub(width(&title)).max(4));
    vec![format!("{title}{rest}"), String::new()]
}

/// Returns the blank of a field, filled in with what is carried over.
fn blank_of(
    field: AcceptanceField,
    may_be_not_applicable: bool,
    surface: &Surface,
    decision: Option<Decision>,
    carried: &Carried,
) -> Blank {
    let at = |pointer: &str| {
        carried
            .get(&format!("/{field}{pointer}"))
            .map_or(Blank::Open, |text| Blank::Text(text.to_owned()))
    };
    let key = |name: &'static str| (name, at(&format!("/{name}")));
    let Some(form) = field.form() else { return Blank::Open };
    match form {
        AnswerForm::Decision => {
            decision.map_or(Blank::Open, |decision| Blank::Text(decision.to_string()))
        }
        AnswerForm::Scope => Blank::Text(surface.surface_id().to_owned()),
        AnswerForm::Text | AnswerForm::TextOrRef => match at("") {
            Blank::Open => Blank::Block,
            filled => filled,
        },
        AnswerForm::Name | AnswerForm::NameRefOrDisable => at(""),
        AnswerForm::Ref(_) if may_be_not_applicable => {
            Blank::Keys(vec![key(REF), key(NOT_APPLICABLE)])
        }
        AnswerForm::Ref(_) => Blank::Open,
        AnswerForm::Refs(_) => Blank::Items,
        AnswerForm::Window => Blank::Keys(vec![key(WINDOW), key(STANDING), key(PER_CHANGE)]),
        AnswerForm::Parts(parts) => Blank::Keys(
            parts
                .iter()
                .map(|part| {
                    let blank = match (part.form, at(&format!("/{}", part.name))) {
                        (PartForm::Grounds, _) => Blank::Items,
                        (PartForm::Text, Blank::Open) => Blank::Block,
                        (_, Blank::Open) if !is_needed(part.need, decision) => Blank::MayStay,
                        (_, blank) => blank,
                    };
                    (part.name, blank)
                })
                .collect(),
        ),
    }
}

/// Returns whether a part has to be filled in.
fn is_needed(need: PartNeed, decision: Option<Decision>) -> bool {
    match need {
        PartNeed::Always => true,
        PartNeed::AfterChange => decision == Some(Decision::ConfirmAfterChange),
        // A blank receipt takes the ref in `receiver_receipt_proof_ref`.
        PartNeed::UnlessProven => false,
    }
}

/// Returns the comments at the top of a form. With an empty `schema` there is no line for editors.
pub(crate) fn header(surface: &Surface, schema: &str) -> Vec<String> {
    // A descriptor may be any JSON. Only texts and numbers are shown.
    let descriptor = |field| match surface.descriptor(field) {
        Some(Json::String(text)) => crate::escape::for_terminal(text).into_owned(),
        Some(Json::Number(number)) => number.as_str().to_owned(),
        _ => "?".to_owned(),
    };
    let (writes, live) = (surface.is_write_capable(), surface.requires_live_evidence());
    let mut lines = Vec::new();
    if !schema.is_empty() {
        lines.push(format!("# yaml-language-server: $schema={schema}"));
    }
    lines.push("#".to_owned());
    lines.push(format!(
        "# {}  {}, {} lines, {}",
        descriptor(Field::RepoSourcePath),
        descriptor(Field::ConfigKind),
        descriptor(Field::SourceLineCount),
        descriptor(Field::ControlTier),
    ));
    let [writes_en, writes_zh] = if writes {
        ["A change here can alter alerts", "這個檔案的改動會影響告警"]
    } else {
        ["A change here alters no alert", "這個檔案的改動不影響告警"]
    };
    let (live_en, live_zh) = match (writes, live) {
        (true, true) | (false, false) => {
            if live {
                ("and live evidence is asked for", "也需要現場證據")
            } else {
                ("and no live evidence is asked for", "也不需要現場證據")
            }
        }
        (_, true) => ("but live evidence is asked for", "但需要現場證據"),
        (_, false) => ("but no live evidence is asked for", "但不需要現場證據"),
    };
    lines.push(format!("# {writes_en}, {live_en}."));
    lines.push(format!("# {writes_zh}，{live_zh}。"));
    let how_to = if writes || live { HOW_TO } else { HOW_TO_SHORT };
    lines.extend(how_to.lines().map(str::to_owned));
    lines
}

/// How to fill in a form.
const HOW_TO: &str = "\
#
# HOW TO FILL IN / 填寫方式
#   1. Write after the colon. What stays blank counts as not answered. Nothing
#      here is an order, and nothing happens when you answer.
#      寫在冒號後面；留白就是未回答。回覆不是授權，也不會觸發任何動作。
#   2. Point, never paste: no token, cookie, DSN, key, env dump, not even a part
#      of one; no raw config, log, alert payload or screenshot.
#      只給指標，不貼內容：不得有 token、cookie、DSN、金鑰、env dump 或其片段，
#      也不貼原始設定、log、告警內容或截圖。
#   3. Plans in words, not as commands; ask nobody to reload, send, fire an
#      alert, silence, ssh or kubectl.
#      計畫用文字寫，不要寫指令；不要請人 reload、發送、觸發告警、靜音、
#      ssh 或 kubectl。
#   4. A ref is one of
#        ticket:OPS-12   artifact:name   commit:abc1234   message-id:<id>
#        https://host/path   sha256:<64 hex>
#   5. YAML: a text with \": \" or \" #\" in it, or that starts with @ * & ! % > | [
#      { or a quote, goes in 'single quotes' or on the next line below \"|\".
#      文字含「: 」或「 #」，或以上述符號或引號開頭，請加單引號。
#
# Then:  acceptance-ledger triage THIS_FILE";

/// How to fill in the form of a surface that needs no plan and almost no ref. It leaves out the rules for both.
const HOW_TO_SHORT: &str = "\
#
# HOW TO FILL IN / 填寫方式
#   1. Write after the colon. What stays blank counts as not answered. Nothing
#      here is an order, and nothing happens when you answer.
#      寫在冒號後面；留白就是未回答。回覆不是授權，也不會觸發任何動作。
#   2. Point, never paste: no token, cookie, DSN, key, env dump, not even a part
#      of one; no dashboard JSON, log or screenshot.
#      只給指標，不貼內容：不得有 token、cookie、DSN、金鑰、env dump 或其片段，
#      也不貼 dashboard JSON、log 或截圖。
#   3. Ask nobody to reload, apply, send, silence, ssh or kubectl.
#      不要請人 reload、套用、發送、靜音、ssh 或 kubectl。
#   4. YAML: a text with \": \" or \" #\" in it, or that starts with @ * & ! % > | [
#      { or a quote, goes in 'single quotes' or on the next line below \"|\".
#      文字含「: 」或「 #」，或以上述符號或引號開頭，請加單引號。
#
# Then:  acceptance-ledger triage THIS_FILE";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_a_form_a_help_and_one_section() {
        for field in AcceptanceField::answers() {
            let sections = SECTIONS.iter().filter(|section| section.fields.contains(&field));
            assert_eq!(sections.count(), 1, "{field}");
            assert!(field.form().is_some(), "{field}");
            // The reason of a decision is asked for together with the decision.
            assert!(field.help().iter().all(|text| !text.is_empty()), "{field}");
        }
    }
}
