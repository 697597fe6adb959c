//! Finds the name of a project that shares the monitoring. An answer that names one needs `cross_project_notification_ref`.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::pattern;

use super::fold::Folded;

/// The projects that share the monitoring, in lower case, as [`Folded::lower`] gives a text.
///
/// The instruction of the check `cross_project_notification_present` names them, too.
const SHARED_PROJECTS: [&str; 6] =
    ["awooop", "iwooos", "agent-bounty", "stockplatform", "公開網站", "public website"];

/// Whether a text names a shared project that `own`, the names of the surface itself, does not contain.
pub(crate) fn names_shared_project(text: &Folded, own: &str) -> bool {
    /// One search for all names: most texts have none of them.
    static NAMES: LazyLock<AhoCorasick> =
        LazyLock::new(|| pattern::keywords(None, SHARED_PROJECTS));
    let text = text.lower();
    if !NAMES.is_match(text) {
        return false;
    }
    let own = own.to_lowercase();
    SHARED_PROJECTS.iter().any(|project| text.contains(project) && !own.contains(project))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_project_that_the_surface_does_not_name_is_told() {
        let text = Folded::new("也影響 StockPlatform 與公開網站");
        assert!(names_shared_project(&text, "AwoooP"));
        assert!(!names_shared_project(&text, "stockplatform 公開網站"));
    }
}
