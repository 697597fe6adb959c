//! The faults that the parser finds in the text of a JSON document, in our words.

use jiter::{JiterError, JiterErrorType, JsonErrorType};

use super::{DocumentProblem, Fault};

pub(super) fn syntax_fault(error: &JiterError) -> Fault {
    let problem = match &error.error_type {
        JiterErrorType::JsonError(error) => match error {
            JsonErrorType::EofWhileParsingList
            | JsonErrorType::EofWhileParsingObject
            | JsonErrorType::EofWhileParsingString
            | JsonErrorType::EofWhileParsingValue => {
                DocumentProblem::Syntax("more, but the text ends here")
            }
            JsonErrorType::ExpectedColon => DocumentProblem::Syntax("a colon"),
            JsonErrorType::ExpectedListCommaOrEnd => DocumentProblem::Syntax("a comma or ]"),
            JsonErrorType::ExpectedObjectCommaOrEnd => DocumentProblem::Syntax("a comma or }"),
            JsonErrorType::InvalidEscape => DocumentProblem::Syntax("a valid JSON escape"),
            JsonErrorType::InvalidNumber => DocumentProblem::Syntax("a number"),
            // `jiter` has the same limit of 4,300 digits. `jiter` 0.13 also counts a minus sign.
            JsonErrorType::NumberOutOfRange => DocumentProblem::TooManyDigits,
            JsonErrorType::ControlCharacterWhileParsingString => {
                DocumentProblem::Syntax("an escape for this control character")
            }
            JsonErrorType::KeyMustBeAString => DocumentProblem::Syntax("a key in double quotes"),
            // `jiter` reports the second one if no `\u` follows the first half of a surrogate pair.
            JsonErrorType::LoneLeadingSurrogateInHexEscape
            | JsonErrorType::UnexpectedEndOfHexEscape => DocumentProblem::LoneSurrogate,
            JsonErrorType::TrailingComma => DocumentProblem::Syntax("a value after the last comma"),
            JsonErrorType::TrailingCharacters => DocumentProblem::Syntax("the end of the document"),
            _ => DocumentProblem::Syntax("a value"),
        },
        JiterErrorType::WrongType { .. } => DocumentProblem::Syntax("a value"),
    };
    Fault { offset: error.index, problem }
}
