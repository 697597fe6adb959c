//! What the crate generates from its lists of words: forms, drafts, JSON Schemas, explanations and the diagram of the
//! state machine.

mod diagram;
mod draft;
mod explain;
mod schema;
mod template;
mod yaml;

pub use diagram::mermaid;
pub use draft::{DraftOptions, review_template};
pub use explain::Explanation;
pub use schema::Schema;
pub use template::{TemplateFormat, TemplateOptions, response_template};
