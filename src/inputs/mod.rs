//! Parses the two documents that a ledger is made from, and the surfaces that they describe.

mod inventory;
#[cfg(feature = "cli")]
mod listed_surfaces;
mod owner_requests;
mod source;
mod surface;

pub use inventory::Inventory;
#[cfg(feature = "cli")]
pub(crate) use listed_surfaces::ListedSurfaces;
pub use owner_requests::OwnerRequests;
pub use source::Source;
pub use surface::Surface;
pub(crate) use surface::{DESCRIPTORS, SurfaceKey, SurfaceParts};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;
    use crate::words::AcceptanceField;

    #[test]
    fn an_input_says_what_it_says_of_itself() {
        let text =
            br#"{"summary": {"request_draft_count": 3}, "required_owner_fields": ["a", "b"]}"#;
        let requests = OwnerRequests::parse(text).unwrap();
        assert_eq!(requests.required_owner_fields(), ["a", "b"]);
        assert_eq!(requests.source().count(), &Json::from(3));
        assert_eq!(requests.source().status().as_str(), None);
        let inventory =
            Inventory::parse(br#"{"status": "ready", "schema_version": "v1"}"#).unwrap();
        assert_eq!(inventory.source().status().as_str(), Some("ready"));
        assert_eq!(inventory.source().schema_version().as_str(), Some("v1"));
    }

    #[test]
    fn an_inventory_is_held_against_the_drafts() {
        let draft = |writes: bool| {
            let text = format!(
                r#"{{"required_owner_fields": [], "request_drafts": [{{
                "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1,
                "config_kind": 1, "observability_scope": 1, "control_tier": 1,
                "repo_source_path": 1, "repo_sha256": 1, "source_line_count": 1,
                "write_capable_surface": {writes}, "requires_live_evidence": {writes},
                "required_owner_fields": []}}]}}"#
            );
            OwnerRequests::parse(text.as_bytes()).unwrap().surfaces()[0].clone()
        };
        let listed = |facts: &str| {
            let text = format!(
                r#"{{"surfaces": [{{"surface_id": "z"}}, {{"surface_id": ""}}, 7, {{"label": 2}}, {{{facts}}}]}}"#
            );
            ListedSurfaces::parse(text.as_bytes()).unwrap()
        };
        let same = listed(
            r#""label": 1, "write_capable_surface": true, "requires_live_evidence": true,
            "surface_id": "s", "unheard of": 3, "not_approval": true"#,
        );
        assert_eq!(same.ids().collect::<Vec<_>>(), ["s", "z"]);
        assert_eq!(same.without_id(), [1, 2, 3]);
        assert_eq!(same.differences(&draft(true)), Some(vec![]));
        let other = same.differences(&draft(false)).unwrap();
        assert_eq!(
            other,
            [AcceptanceField::WriteCapableSurface, AcceptanceField::RequiresLiveEvidence]
        );
        let other = listed(r#""surface_id": "s", "label": 2, "source_line_count": 1"#);
        assert_eq!(other.differences(&draft(true)), Some(vec![AcceptanceField::Label]));
        assert_eq!(listed(r#""surface_id": "t""#).differences(&draft(true)), None);
        let none = ListedSurfaces::parse(br#"{"surfaces": {"surface_id": "s"}}"#).unwrap();
        assert_eq!((none.ids().count(), none.without_id()), (0, &[0][..]));
        assert_eq!(ListedSurfaces::parse(b"{}").unwrap(), ListedSurfaces::default());
    }

    #[test]
    fn a_path_names_the_keys_of_the_format_and_no_other() {
        for (text, path) in [
            (r#"{"request_drafts": [{"label": }]}"#, "$.request_drafts[0].label"),
            (r#"{"summary": {"surface_count": }}"#, "$.summary.surface_count"),
            (r#"{"summary": {"request_draft_count": }}"#, "$.summary.request_draft_count"),
            (r#"{"hunter2": }"#, "$.#1"),
        ] {
            let error = OwnerRequests::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.path(), path);
            assert_eq!((error.line(), error.column()), (1, text.find(" }").unwrap() + 2));
        }
    }
}
