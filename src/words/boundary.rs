//! The execution boundaries of the ledger.

use super::word_list;

word_list! {
    /// An execution boundary that is neither a gate nor a progress flag. The ledger has 33 boundaries: these six,
    /// 24 gates, two progress flags and `not_authorization`. Only `not_authorization` is true; the others are false.
    ///
    /// ```
    /// use acceptance_ledger::Boundary;
    ///
    /// assert_eq!(Boundary::RuntimeExecutionAuthorized.as_str(), "runtime_execution_authorized");
    /// ```
    pub enum Boundary("execution boundary") {
        RequestDispatchAuthorized = "request_dispatch_authorized": "Dispatching a request is not authorized.",
        RuntimeExecutionAuthorized = "runtime_execution_authorized": "Running anything is not authorized.",
        Route200AlertChainHealthAccepted = "route_200_alert_chain_health_accepted": "A route that answers 200 never counts as a healthy alert chain.",
        ReceiverHealthWithoutReceiptAccepted = "receiver_health_without_receipt_accepted": "A receiver never counts as healthy without a receipt.",
        FalseGreenAcceptanceAuthorized = "false_green_acceptance_authorized": "Accepting a false green is not authorized.",
        RawAlertPayloadStorageAllowed = "raw_alert_payload_storage_allowed": "Storing a raw alert payload is not allowed.",
    }
}

impl Boundary {
    /// The only boundary that must be true.
    pub(crate) const NOT_AUTHORIZATION: &'static str = "not_authorization";
}
