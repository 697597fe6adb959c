//! The decisions of an owner.

use super::word_list;

word_list! {
    /// One of the six decisions that an owner can make about a surface.
    ///
    /// ```
    /// use acceptance_ledger::Decision;
    ///
    /// assert_eq!("propose_change".parse(), Ok(Decision::ProposeChange));
    /// ```
    pub enum Decision("decision") {
        ConfirmCurrentState = "confirm_current_state": "The surface is as it should be.",
        ConfirmAfterChange = "confirm_after_change": "The surface is as it should be after a change.",
        ConfirmAfterIncident = "confirm_after_incident": "The surface is as it should be after an incident.",
        ProposeChange = "propose_change": "The surface should change; the owner proposes how, and does not ask anyone to do it.",
        ConfirmNotDeployed = "confirm_not_deployed": "No live system reads the file.",
        DeclineOwnership = "decline_ownership": "The responder does not own the surface.",
    }
}
