//! Maintenance windows: `window:`, `standing:` and `per_change:`.

use std::fmt;

use crate::time::Time;
use crate::words::limits::WORDS_OF_A_STANDING_WINDOW;
use crate::words::{Decision, PER_CHANGE, STANDING, WINDOW};

use super::substance::{count_words, names_somebody};

/// When a reload, deploy, route change, smoke or send may happen.
///
/// ```
/// use acceptance_ledger::{
///     AcceptanceField, Answer, Candidate, MaintenanceWindow, Received, ResponseDocument,
/// };
///
/// # let draft = std::fs::read("examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json").unwrap();
/// # let requests = acceptance_ledger::OwnerRequests::parse(&draft).unwrap();
/// # let surfaces = acceptance_ledger::Surfaces::of(&requests);
/// # let read = |file: &str| ResponseDocument::parse(&std::fs::read(format!("examples/answers/{file}")).unwrap()).unwrap();
/// let surface = surfaces.get("alertmanager_config:alertmanager/config.yml").unwrap();
/// let received = Candidate::new(surface.clone()).receive(&surfaces, &read("alertmanager.yaml"));
/// let Received::ReadyForReview(candidate) = received else { panic!() };
/// let window = candidate.response().answers().answer(AcceptanceField::MaintenanceWindow);
/// assert!(matches!(window, Some(Answer::Window(MaintenanceWindow::Standing(_)))));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaintenanceWindow {
    /// Once, from one time to another.
    Once {
        /// When it opens.
        start: Time,
        /// When it closes.
        end: Time,
    },
    /// Regularly. The text says when.
    Standing(String),
    /// No change is planned. The text says who agrees on the window of each change.
    PerChange(String),
}

/// Why a text is not a valid window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAWindow {
    /// It does not parse, is over, or does not fit the decision.
    Unreadable,
    /// It is `per_change` but does not name who agrees on each window.
    NotNamed,
}

impl MaintenanceWindow {
    /// Parses a window. The decision and the time of the answer say which windows are valid.
    ///
    /// # Errors
    ///
    /// [`NotAWindow::NotNamed`] if `per_change` does not name who agrees, [`NotAWindow::Unreadable`] for every other
    /// fault.
    pub(crate) fn read(
        text: &str,
        decision: Option<Decision>,
        responded_at: Option<&Time>,
    ) -> Result<Self, NotAWindow> {
        let text = text.trim();
        let (prefix, rest) = text.split_once(':').unwrap_or(("", text));
        let rest = rest.trim();
        match prefix.trim() {
            STANDING if count_words(rest) >= WORDS_OF_A_STANDING_WINDOW => {
                Ok(Self::Standing(rest.to_owned()))
            }
            // A proposed change needs its own window, so `per_change` does not fit.
            PER_CHANGE if decision == Some(Decision::ProposeChange) => Err(NotAWindow::Unreadable),
            PER_CHANGE if !names_somebody(rest) => Err(NotAWindow::NotNamed),
            PER_CHANGE => Ok(Self::PerChange(rest.to_owned())),
            STANDING => Err(NotAWindow::Unreadable),
            prefix => {
                let times = if prefix == WINDOW { rest } else { text };
                let (start, end) = times.split_once('/').ok_or(NotAWindow::Unreadable)?;
                let time =
                    |text: &str| text.trim().parse::<Time>().map_err(|_| NotAWindow::Unreadable);
                let (start, end) = (time(start)?, time(end)?);
                // After a change or an incident, the window is the one in which it happened, so it may be over.
                let may_be_over = matches!(
                    decision,
                    Some(Decision::ConfirmAfterChange | Decision::ConfirmAfterIncident)
                );
                let is_over = responded_at.is_some_and(|answered| !answered.is_before(&end));
                if !start.is_before(&end) || (is_over && !may_be_over) {
                    return Err(NotAWindow::Unreadable);
                }
                Ok(Self::Once { start, end })
            }
        }
    }
}

impl fmt::Display for MaintenanceWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once { start, end } => write!(f, "{start}/{end}"),
            Self::Standing(when) => write!(f, "{STANDING}: {when}"),
            Self::PerChange(who) => write!(f, "{PER_CHANGE}: {who}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, decision: Decision) -> Result<String, NotAWindow> {
        let answered: Time = "2026-11-20T10:00:00+08:00".parse().unwrap();
        MaintenanceWindow::read(text, Some(decision), Some(&answered))
            .map(|window| window.to_string())
    }

    #[test]
    fn a_window_is_in_the_future_unless_it_is_that_of_a_change() {
        use Decision as D;
        let future = "2026-12-01T10:00:00+08:00/2026-12-01T12:00:00+08:00";
        let past = "2026-11-20T09:00:00+08:00/2026-11-20T02:00:00Z";
        assert_eq!(read(future, D::ConfirmCurrentState).unwrap(), future);
        assert_eq!(read(&format!("window: {future}"), D::ProposeChange).unwrap(), future);
        assert_eq!(read(past, D::ConfirmCurrentState), Err(NotAWindow::Unreadable));
        assert_eq!(read(past, D::ConfirmAfterChange).unwrap(), past);
        let backwards = "2026-12-01T12:00:00+08:00/2026-12-01T12:00:00+08:00";
        assert_eq!(read(backwards, D::ConfirmAfterChange), Err(NotAWindow::Unreadable));
        for text in ["standing: every Tuesday 10 to 12", "per_change: SRE lead, in the ticket"] {
            assert_eq!(read(text, D::ConfirmCurrentState).unwrap(), text);
        }
        for text in ["", "anytime", "standing: anytime", "standing:", "2026-12-01/2026-12-02"] {
            assert_eq!(read(text, D::ConfirmCurrentState), Err(NotAWindow::Unreadable), "{text}");
        }
        assert_eq!(read("per_change: nobody", D::ConfirmCurrentState), Err(NotAWindow::NotNamed));
        assert_eq!(read("per_change: SRE", D::ProposeChange), Err(NotAWindow::Unreadable));
    }
}
