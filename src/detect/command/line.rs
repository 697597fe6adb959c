//! Decides whether the words behind a tool's name are a command that acts.

use super::tools::{CLOUD_ACTS, CLOUD_READS, CLOUDS, TOOLS, Tool};

/// Words before a tool's name that make it a part of a sentence: `the docker restart`, `no helm upgrade`.
const DETERMINERS: &[&str] = &[
    "the",
    "a",
    "an",
    "no",
    "any",
    "our",
    "your",
    "their",
    "its",
    "each",
    "every",
    "this",
    "that",
    "last",
    "next",
    "first",
    "of",
    "with",
    "about",
    "planned",
    "previous",
    "scheduled",
    "weekly",
    "nightly",
];

/// Words of English that no subcommand is named after. Behind a tool's name they begin the rest of a sentence.
const PROSE: &[&str] = &[
    "is", "was", "are", "were", "has", "had", "have", "will", "would", "can", "could", "may",
    "must", "should", "does", "did", "do", "and", "or", "but", "in", "on", "at", "by", "for",
    "from", "to", "of", "as", "with", "without", "that", "which", "when", "where", "because", "if",
    "then", "not", "no", "the", "a", "an", "our", "your", "their", "its", "this", "it", "we", "i",
    "they", "runs", "lives", "itself", "only", "also", "needs", "user", "users", "team", "host",
    "hosts", "file", "files", "role", "server", "account", "chart", "charts", "unit", "units",
    "cluster", "state", "module", "modules", "access", "here", "there", "today", "never", "still",
    "already", "under", "inside", "behind", "via", "per", "after", "before", "while", "since",
    "until", "over", "holds", "keeps", "says", "shows", "uses",
];

/// Returns whether `line`, which begins with the name of a tool, is a command that acts. `before` is the text before it.
///
/// A subcommand that only reads is none. A word that the tool's row does not have counts as a subcommand only if
/// something in the line has the form of an argument.
pub(super) fn acts(line: &str, before: &str) -> bool {
    let is_capitalized = line.starts_with(|character: char| character.is_ascii_uppercase());
    let line = line.to_ascii_lowercase();
    let mut words = words(&line);
    // `grafana cli` is a name of two words.
    let mut name = words.next().unwrap_or_default().to_owned();
    if name == "grafana" {
        name = format!("grafana {}", words.next().unwrap_or_default());
    }
    let words: Vec<&str> = words.collect();
    // With one of these options, any subcommand only reads.
    let only_shows = ["--dry-run", "--help", "--version", "--noop", "--generate-cli-skeleton"];
    if words.iter().any(|word| only_shows.iter().any(|option| word.starts_with(option))) {
        return false;
    }
    // `Docker` and `ArgoCD` are names in a sentence, unless something behind them has the form of an argument.
    if is_capitalized && !words.iter().any(|word| is_argument(word)) {
        return false;
    }
    if CLOUDS.contains(&name.as_str()) {
        return cloud_acts(&words) && !is_in_a_sentence(&words, before);
    }
    TOOLS.iter().find(|tool| tool.names.contains(&name.as_str())).is_some_and(|tool| {
        let reading = tool.reads(&words);
        match reading {
            Some(only_reads) => !only_reads && !is_in_a_sentence(&words, before),
            // `Vault holds it under kv/ops` is a sentence.
            None if is_capitalized => false,
            None => {
                words.first().is_some_and(|word| is_name(word)) && is_command_line(&words, before)
            }
        }
    })
}

impl Tool {
    /// Returns whether the subcommand in `words` only reads, or `None` if the row does not have it.
    fn reads(&self, words: &[&str]) -> Option<bool> {
        let is_in = |names: &str, word: &str| {
            names.split_whitespace().any(|name| match name.strip_suffix('*') {
                Some(start) => word.starts_with(start),
                None => name == word,
            })
        };
        let mut group = None;
        let mut was_option = false;
        // `restart/stop` names two subcommands.
        let words = words.iter().map(|word| word.split_once('/').map_or(*word, |(first, _)| first));
        for word in words.clone() {
            if group.is_none() && is_in(self.groups, word) {
                group = Some(word);
            } else if is_in(self.reads, word) {
                return Some(true);
            } else if is_in(self.acts, word) {
                return Some(false);
            } else if !was_option && !word.starts_with('-') {
                // Neither an option nor its value, so it is a subcommand that the row does not have.
                break;
            }
            was_option = word.starts_with('-');
        }
        // A group alone prints a list or a help text, and some groups are subcommands of their own (`docker volume`).
        group.filter(|_| words.count() == 1).map(|_| true)
    }
}

/// Returns whether the subcommand of a cloud's tool acts. It is the last word before the first option or argument.
fn cloud_acts(words: &[&str]) -> bool {
    let begins = |starts: &str, word: &str| {
        starts.split_whitespace().any(|start| {
            word.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
    };
    let names: Vec<_> = words.iter().take_while(|word| is_name(word)).collect();
    // The first word is a service (`aws logs tail`), so it says nothing, unless it is the only one (`az login`).
    let verbs = names.iter().skip(usize::from(names.len() > 1));
    for word in verbs {
        if begins(CLOUD_READS, word) {
            return false;
        }
        if begins(CLOUD_ACTS, word) {
            return true;
        }
    }
    false
}

/// Returns whether the words stand in a sentence about the tool: a determiner before it, or the rest of a sentence
/// behind its subcommand, and nothing that has the form of an argument.
fn is_in_a_sentence(words: &[&str], before: &str) -> bool {
    // The determiner may be before another word: `our standard argocd rollback`.
    let is_determined = before.ends_with(' ')
        && before
            .rsplit(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(2)
            .any(|word| DETERMINERS.contains(&word.to_ascii_lowercase().as_str()));
    is_determined && !words.iter().any(|word| is_argument(word))
}

/// Returns whether the words have the form of a command line: not a sentence, but quoted as code, or with an option. A
/// path alone is no sign, since a sentence names paths, too.
fn is_command_line(words: &[&str], before: &str) -> bool {
    let is_quoted = before.ends_with(['`', '$', '#', '"', '\'']) || before.ends_with("$ ");
    words.first().is_some_and(|word| !PROSE.contains(word))
        && (is_quoted || words.iter().any(|word| is_option(word)))
}

/// Returns whether a word can be the name of a subcommand.
fn is_name(word: &str) -> bool {
    word.starts_with(|character: char| character.is_ascii_lowercase())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

/// Returns whether a word has the form of an argument: an option, an assignment, a path, an address.
fn is_argument(word: &str) -> bool {
    let inner = word.trim_end_matches(['.', ',', ':', ')', '"', '\'', '`']);
    is_option(word)
        || inner.contains(['=', '/', '_', '@', '{', '$', '*'])
        || inner.get(1..).is_some_and(|rest| rest.contains(['.', ':']))
}

fn is_option(word: &str) -> bool {
    word.starts_with('-')
        && word
            .trim_start_matches('-')
            .starts_with(|character: char| character.is_ascii_alphanumeric())
}

/// The words of a command line. A line that ends with a backslash goes on in the next one. The line ends where Chinese
/// begins.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let end = line.find(|character: char| !character.is_ascii()).unwrap_or(line.len());
    line.get(..end)
        .unwrap_or_default()
        .split_whitespace()
        .filter(|word| !word.is_empty() && *word != "\\" && *word != "sudo")
        .map(|word| word.trim_end_matches(['`', '"', '\'', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subcommand_that_only_reads_is_no_command() {
        for line in [
            "docker ps -a",
            "docker container ls",
            "docker compose logs prometheus",
            "docker image inspect app:1",
            "docker compose",
            "systemctl status prometheus",
            "systemctl list-units --failed",
            "helm list -A",
            "terraform plan -out x.plan",
            "terraform state list",
            "amtool silence query",
            "amtool silence",
            "promtool check rules a.yml",
            "aws ec2 describe-instances --region eu",
            "az vm list",
            "gcloud compute instances list",
            "gh pr view 12",
        ] {
            assert!(!acts(line, "we ran "), "{line}");
        }
    }

    #[test]
    fn every_other_subcommand_is_one() {
        for line in [
            "docker container run -d app",
            "docker image pull app:1",
            "docker -H tcp://mon-1:2375 restart prometheus",
            "docker \\\n  restart prometheus",
            "docker frobnicate --all",
            "systemctl unmask alertmanager",
            "systemctl --user restart x",
            "helm -n monitoring upgrade kps charts/kps",
            "terraform state rm module.a",
            "amtool silence expire 1",
            "aws ec2 terminate-instances --instance-ids i-1",
            "az login",
            "gcloud compute instances stop vm-1",
            "grafana cli plugins install x",
        ] {
            assert!(acts(line, "we ran "), "{line}");
        }
    }

    #[test]
    fn a_sentence_about_a_tool_is_no_command() {
        for (before, line) in [
            ("", "docker runs on this host"),
            ("the ", "helm upgrade was approved"),
            ("no ", "systemctl restart was needed"),
            ("", "terraform state is ours"),
            ("", "vault is sealed at night"),
            ("our ", "flux install is old"),
            ("", "docker desktop users"),
            ("under ", "vault path secret/data/alerts"),
        ] {
            assert!(!acts(line, before), "{before}{line}");
        }
    }
}
