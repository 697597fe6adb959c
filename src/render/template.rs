//! The form that an owner fills in, as YAML or JSON.

use crate::forms::{Blank, Carried, FormLine, header, lines};
use crate::inputs::Surface;
use crate::json::{Json, write_json, write_object, write_string};
use crate::response::ResponseDocument;
use crate::words::{Decision, ResponseKey};

use super::yaml;

/// How a template is written.
///
/// ```
/// use acceptance_ledger::TemplateFormat;
///
/// assert_eq!(TemplateFormat::default(), TemplateFormat::Yaml);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TemplateFormat {
    /// With the instruction of each field above it.
    #[default]
    Yaml,
    /// Without comments.
    Json,
}

/// What a response template is made for, beside its surface.
///
/// ```
/// use acceptance_ledger::{Decision, TemplateOptions};
///
/// let options = TemplateOptions { decision: Some(Decision::ConfirmAfterChange), ..TemplateOptions::default() };
/// assert!(options.like.is_none());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TemplateOptions<'a> {
    /// What the owner is about to decide: some decisions ask for more fields.
    pub decision: Option<Decision>,
    /// An answer whose owners, plans and reasons for `not_applicable` are carried over.
    pub like: Option<&'a ResponseDocument>,
    /// How it is written.
    pub format: TemplateFormat,
    /// Where an editor finds the JSON Schema.
    pub schema: &'a str,
}

/// An owner response to fill in for a surface: every field that has to be answered, and none that need not.
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

/// A blank as JSON, with its keys in the order in which a person fills them in.
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
