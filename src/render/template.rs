//! Writes the form that an owner fills in, as YAML or JSON.

use crate::forms::{Blank, Carried, FormLine, header, lines};
use crate::inputs::Surface;
use crate::json::{Json, write_json, write_object, write_string};
use crate::response::ResponseDocument;
use crate::words::{Decision, ResponseKey};

use super::yaml;

/// The format of a template.
///
/// ```
/// use acceptance_ledger::TemplateFormat;
///
/// assert_eq!(TemplateFormat::default(), TemplateFormat::Yaml);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TemplateFormat {
    /// YAML, with comments: the instruction of a field is above it.
    #[default]
    Yaml,
    /// JSON, without comments.
    Json,
}

/// The options of a response template.
///
/// ```
/// use acceptance_ledger::{Decision, TemplateOptions};
///
/// let options = TemplateOptions { decision: Some(Decision::ConfirmAfterChange), ..TemplateOptions::default() };
/// assert!(options.like.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateOptions<'a> {
    /// The decision of the owner, if it is already known. Some decisions need more fields.
    pub decision: Option<Decision>,
    /// An earlier answer. Its owners, plans and reasons for `not_applicable` are copied into the form.
    pub like: Option<&'a ResponseDocument>,
    /// The format of the form.
    pub format: TemplateFormat,
    /// The path of the JSON Schema, for editors.
    pub schema: &'a str,
}

/// Returns an owner response to fill in for a surface. It has exactly the fields that the surface and the decision
/// need.
///
/// ```
/// use acceptance_ledger::{OwnerRequests, TemplateOptions, response_template};
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// let requests = OwnerRequests::parse(&draft)?;
/// let template = response_template(&requests.surfaces()[0], &TemplateOptions::default());
/// assert!(template.contains("# Who reloads or deploys a change."));
/// # Ok::<(), acceptance_ledger::DocumentError>(())
/// ```
#[must_use]
pub fn response_template(surface: &Surface, options: &TemplateOptions<'_>) -> String {
    let carried = options.like.map(Carried::from).unwrap_or_default();
    let lines = lines(surface, options.decision, &carried);
    match options.format {
        TemplateFormat::Yaml => yaml::write(&header(surface, options.schema), &lines),
        TemplateFormat::Json => write_as_json(options.schema, &lines),
    }
}

fn write_as_json(schema: &str, lines: &[FormLine]) -> String {
    let schema = Blank::Text(schema.to_owned());
    let blanks = lines.iter().map(|line| (line.name, &line.blank));
    let mut text = String::new();
    let members = std::iter::once((ResponseKey::Schema.as_str(), &schema)).chain(blanks);
    write_object(&mut text, members, 0, |text, blank| write_blank(text, blank, 1));
    text.push('\n');
    text
}

/// Writes a blank as JSON. Its keys are in the order in which a person fills them in.
fn write_blank(text: &mut String, blank: &Blank, level: usize) {
    match blank {
        Blank::True => text.push_str("true"),
        Blank::Open | Blank::MayStay | Blank::Block => text.push_str("null"),
        Blank::Items => text.push_str("[]"),
        Blank::Text(value) => write_string(text, value),
        Blank::List(items) => {
            write_json(text, &Json::strings(items.iter().map(String::as_str)), level);
        }
        Blank::Keys(keys) => {
            let members = keys.iter().map(|(name, blank)| (*name, blank));
            write_object(text, members, level, |text, blank| write_blank(text, blank, level + 1));
        }
    }
}
