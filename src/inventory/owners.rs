//! Finds the owner that a repository names for a file: where CODEOWNERS may be, how GitHub and GitLab read it, and the
//! owner comments of rule files.

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

/// The places where GitHub and GitLab look for the file. The first one that exists counts.
pub(crate) const PLACES: [&str; 4] =
    [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// The rules of a CODEOWNERS file.
#[derive(Debug, Default)]
pub(crate) struct CodeOwners {
    /// The patterns of all rules.
    patterns: GlobSet,
    /// The index of the rule of each pattern.
    rule_of: Vec<usize>,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    /// The index of its section. Files for GitHub have only one section.
    section: usize,
    owners: String,
    /// GitLab's `!pattern`: a file that it matches has no owner in this section.
    is_exclusion: bool,
}

impl CodeOwners {
    /// Parses a CODEOWNERS file. A line that is not a rule is skipped, as GitHub and GitLab do.
    pub(crate) fn parse(text: &str) -> Self {
        let (mut patterns, mut rule_of, mut rules) =
            (GlobSetBuilder::new(), Vec::new(), Vec::new());
        let mut sections: Vec<String> = vec![String::new()];
        let (mut section, mut default) = (0, String::new());
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((name, owners)) = section_header(line) {
                // In GitLab, sections with the same name are one section. Upper and lower case are the same.
                let name = name.to_lowercase();
                section = sections.iter().position(|other| *other == name).unwrap_or_else(|| {
                    sections.push(name);
                    sections.len() - 1
                });
                default = owners;
                continue;
            }
            let (pattern, owners) = split_rule(line);
            let is_exclusion = pattern.starts_with('!');
            let globs = globs(pattern.trim_start_matches('!'));
            for glob in globs {
                patterns.add(glob);
                rule_of.push(rules.len());
            }
            // In GitLab, a rule without owners has the default owners of its section. In GitHub, it has no owner.
            let owners = if owners.is_empty() { default.clone() } else { owners };
            rules.push(Rule { section, owners, is_exclusion });
        }
        // If there are too many patterns for one automaton, no file has an owner. It is only a suggestion.
        Self { patterns: patterns.build().unwrap_or_default(), rule_of, rules }
    }

    /// Returns the owners of a file. In each section, the last rule that matches it decides.
    pub(crate) fn of(&self, path: &str) -> Option<String> {
        let mut last: Vec<(usize, &Rule)> = Vec::new();
        let matching = self.patterns.matches(path);
        let rules = matching.iter().filter_map(|index| self.rules.get(*self.rule_of.get(*index)?));
        for rule in rules {
            match last.iter_mut().find(|(section, _)| *section == rule.section) {
                // In GitLab, a later rule of the section cannot include an excluded file again.
                Some((_, known)) if !known.is_exclusion => *known = rule,
                Some(_) => {}
                None => last.push((rule.section, rule)),
            }
        }
        last.sort_by_key(|(section, _)| *section);
        let mut owners: Vec<&str> = Vec::new();
        for (_, rule) in last.iter().filter(|(_, rule)| !rule.is_exclusion) {
            for owner in rule.owners.split_whitespace() {
                if !owners.contains(&owner) {
                    owners.push(owner);
                }
            }
        }
        (!owners.is_empty()).then(|| owners.join(" "))
    }
}

/// Parses the header of a GitLab section, such as `[Section][2] @owner` or `^[Section]`. Returns its name and its
/// default owners, or `None` if the line is not a header.
fn section_header(line: &str) -> Option<(&str, String)> {
    let rest = line.strip_prefix('^').unwrap_or(line).strip_prefix('[')?;
    let (name, rest) = rest.split_once(']')?;
    let rest = match rest.strip_prefix('[') {
        Some(approvals) => approvals.split_once(']')?.1,
        None => rest,
    };
    // If text follows the bracket directly, the line is a pattern with a character class, such as `[ab].yml @owner`.
    (rest.is_empty() || rest.starts_with(' ')).then(|| (name, owners(rest)))
}

/// Splits a rule into its pattern and its owners. In a pattern, a backslash escapes a space.
fn split_rule(line: &str) -> (String, String) {
    let mut pattern = String::new();
    let mut characters = line.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => pattern.extend(characters.next().map(|(_, next)| next)),
            ' ' | '\t' => return (pattern, owners(line.get(at..).unwrap_or_default())),
            other => pattern.push(other),
        }
    }
    (pattern, String::new())
}

/// Returns the owners without a comment after them.
fn owners(text: &str) -> String {
    let names = text.split_whitespace().take_while(|name| !name.starts_with('#'));
    names.collect::<Vec<_>>().join(" ")
}

/// Converts a pattern to globs over whole paths. A pattern that matches a folder also matches all files below it. The
/// exception is `folder/*`: it matches only the files directly in the folder.
fn globs(pattern: &str) -> Vec<Glob> {
    let inner = pattern.trim_end_matches('/');
    let is_folder = pattern.ends_with('/');
    let is_anchored = inner.contains('/');
    let inner = inner.trim_start_matches('/');
    let base = if is_anchored { inner.to_owned() } else { format!("**/{inner}") };
    if inner.is_empty() {
        return Vec::new();
    }
    let mut texts = Vec::new();
    if !is_folder {
        texts.push(base.clone());
    }
    if !base.ends_with("/*") || base == "**/*" {
        texts.push(format!("{base}/**"));
    }
    let glob = |text: &String| {
        GlobBuilder::new(text).literal_separator(true).backslash_escape(true).build().ok()
    };
    texts.iter().filter_map(glob).collect()
}

/// Returns the owner that a comment in a rule file names: `# pint file/owner NAME`.
pub(crate) fn owner_comment(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let comment = line.trim_start().strip_prefix('#')?.trim_start();
        let rest = comment.strip_prefix("pint")?.trim_start().strip_prefix("file/owner")?;
        let owner = rest.trim();
        (rest.starts_with([' ', '\t']) && !owner.is_empty()).then_some(owner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn owned(text: &str, expected: &[(&str, Option<&str>)]) {
        let owners = CodeOwners::parse(text);
        for (path, owner) in expected {
            assert_eq!(owners.of(path).as_deref(), *owner, "{path}");
        }
    }

    #[test]
    fn github_takes_the_last_rule_that_matches() {
        owned(
            "# comment\n*       @global @all # everyone\n*.js    @js\n/build/logs/ @doctocat\ndocs/*  docs@example.com\napps/ @octocat\n/scripts @ops\n**/logs @logs\n/apps/github\n/a\\ b.yml @space\n",
            &[
                ("x.yml", Some("@global @all")),
                ("a/b/x.js", Some("@js")),
                ("build/logs/x/y", Some("@logs")),
                ("docs/a.md", Some("docs@example.com")),
                ("docs/a/b.md", Some("@global @all")),
                ("x/apps/y/z", Some("@octocat")),
                ("scripts/deploy.sh", Some("@ops")),
                ("apps/github", None),
                ("a b.yml", Some("@space")),
            ],
        );
    }

    #[test]
    fn gitlab_takes_the_last_rule_of_each_section() {
        owned(
            "* @all\n\n[Monitoring][2] @sre\nprometheus/\n!prometheus/old/\n*.rules @rules\n\n^[Docs]\n*.md @docs\n[MONITORING]\nlate.yml @late\n",
            &[
                ("prometheus/a.yml", Some("@all @sre")),
                ("prometheus/old/a.yml", Some("@all")),
                ("prometheus/a.rules", Some("@all @rules")),
                ("a.md", Some("@all @docs")),
                ("late.yml", Some("@all @late")),
            ],
        );
    }

    #[test]
    fn a_rule_file_names_its_owner() {
        assert_eq!(owner_comment("groups: []\n# pint file/owner team-a \n"), Some("team-a"));
        assert_eq!(owner_comment("  #pint file/owner b"), Some("b"));
        assert_eq!(owner_comment("# pint file/owners b\n# the pint file/owner"), None);
    }
}
