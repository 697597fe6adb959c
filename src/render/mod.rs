//! What the crate generates from its lists of words: forms, drafts, JSON Schemas, explanations and the diagram of the
//! state machine. Also the builders of answers and records.

mod builder;
mod diagram;
mod draft;
mod explain;
mod schema;
mod template;
mod yaml;

pub use builder::{RecordBuilder, ResponseBuilder};
pub use diagram::mermaid;
pub use draft::{DraftOptions, review_template};
pub use explain::Explanation;
pub use schema::Schema;
pub use template::{TemplateFormat, TemplateOptions, response_template};
