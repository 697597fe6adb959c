//! Commands that act on a system, wherever they stand.

use crate::words::Problem;

use super::rule::Rule;

const fn rule(
    id: &'static str,
    what: &'static str,
    keywords: &'static [&'static str],
    pattern: &'static str,
    hits: &'static [&'static str],
    misses: &'static [&'static str],
) -> Rule {
    Rule::of_every_match(Problem::Command, [id, what, pattern], keywords, hits, misses)
}

/// A tool's bare name in a sentence is no command. What stands before a command may be Chinese, so
/// a word begins where ASCII letters, digits and signs of a name end.
pub(crate) const RULES: &[Rule] = &[
    rule(
        "kubectl",
        "kubectl, also to read",
        &["kubectl", "oc "],
        r"(?:^|[^a-z0-9_/.-])(?:kubectl|oc)\s+(?:-{1,2}[a-z][^\s]*\s+(?:[a-z0-9_-]+\s+)?)*(?:get|describe|logs?|apply|create|delete|edit|exec|rollout|scale|patch|replace|label|annotate|port-forward|cp|drain|cordon|uncordon|run|set|expose|top|debug|attach|proxy|auth|config|wait|taint|diff|kustomize|explain|api-resources|cluster-info)(?:[^a-z-]|$)|(?:請|麻煩|幫忙|幫我|直接|跑|打)\s*kubectl(?:[^a-z]|$)|kubectl\s*(?:一下|看|查|套)",
        &[
            "kubectl get pods -n monitoring",
            "請kubectl一下",
            "run kubectl -n monitoring rollout restart deploy/am",
            "用kubectl看",
        ],
        &["kubectl is not used here", "nobody has kubectl access", "未使用 kubectl"],
    ),
    rule(
        "ssh",
        "ssh or scp, also to read",
        &["ssh", "scp", "rsync", "sftp"],
        r"(?:^|[^a-z0-9_/.-])(?:ssh|sftp)\s+(?:-[a-z0-9]+\s+(?:[^\s-][^\s]*\s+)?)*(?:[a-z0-9_.-]+@[a-z0-9]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|[a-z0-9_.-]+\s+[\x22']?(?:sudo|systemctl|cat|tail|ls|docker|journalctl|grep|uptime|df|ps|curl|kill|rm|service)(?-u:\b))|(?:^|[^a-z0-9_/.-])(?:scp|rsync)\s+[^\n]*[a-z0-9_.@-]+:[~/.a-z0-9]",
        &[
            "ssh ops@mon-1",
            "ssh -p 2222 mon-1.local",
            "ssh mon-1 'sudo systemctl restart x'",
            "scp rules.yml mon-1:/etc/prometheus/",
        ],
        &["ssh is closed on this host", "no ssh was needed", "ssh access stays with ops"],
    ),
    rule(
        "containers_and_services",
        "helm, docker, systemctl and their like",
        &[
            "helm",
            "docker",
            "podman",
            "systemctl",
            "service ",
            "supervisorctl",
            "pm2",
            "nomad",
            "crictl",
            "nginx -s",
            "launchctl",
            "rc-service",
        ],
        r"(?:^|[^a-z0-9_/.-])(?:helm\s+(?:upgrade|install|uninstall|rollback|delete|repo)|(?:docker|podman|crictl|nerdctl)\s+(?:compose\s+(?:-\S+\s+\S+\s+)*)?(?:restart|exec|run|rm|stop|start|kill|up|down|pull|push|build|cp|service|stack|system|update)(?:[^a-z-]|$)|docker-compose\s+(?:-\S+\s+\S+\s+)*(?:restart|up|down|stop|start|rm|pull|exec|kill)|systemctl\s+(?:--?\S+\s+)*(?:restart|reload|reload-or-restart|stop|start|enable|disable|kill|mask|daemon-reload)|service\s+[a-z0-9_-]+\s+(?:restart|reload|stop|start)(?:[^a-z-]|$)|supervisorctl\s+(?:restart|reload|stop|start|update)|pm2\s+(?:restart|reload|stop|start|delete)|nomad\s+(?:job|alloc)\s+\w+|nginx\s+-s\s+\w+)",
        &[
            "helm upgrade kps prometheus-community/kube-prometheus-stack",
            "docker compose up -d",
            "請systemctl restart alertmanager",
            "docker restart prometheus",
        ],
        &[
            "docker runs on this host",
            "the helm chart is pinned",
            "systemctl status was green",
            "service prometheus is up",
        ],
    ),
    rule(
        "http_that_writes",
        "curl or wget with a writing method, or a reload over HTTP",
        &["curl", "wget", "http post", "/-/", "invoke-"],
        r"curl[^\n]*?(?:\s-X\s*[\x22']?(?:POST|PUT|PATCH|DELETE)|\s--request[= ]\s*[\x22']?(?:POST|PUT|PATCH|DELETE)|\s(?:-d|-F|-T|--data[a-z-]*|--json|--form|--upload-file)(?:[\s=@\x22']|$)|/-/(?:reload|quit))|wget\s[^\n]*?--(?:post-data|post-file|body-data|method)[= ]|(?:POST|PUT)\s+(?:https?://)?[^\s]*/-/(?:reload|quit)|invoke-(?:webrequest|restmethod)\s[^\n]*-method\s+(?:post|put|delete|patch)|(?:^|[^a-z0-9_.-])https?\s+(?:POST|PUT|PATCH|DELETE)\s+\S",
        &[
            "curl -X POST http://prom:9090/-/reload",
            "curl http://prom:9090/-/reload",
            "curl -d @silence.json http://am:9093/api/v2/silences",
            "wget --post-data=x http://am:9093/",
        ],
        &[
            "curl returned 200 for the page",
            "curl -s http://prom:9090/api/v1/rules",
            "the /-/reload endpoint is disabled",
        ],
    ),
    rule(
        "monitoring_tools",
        "amtool silence, promtool push and their like",
        &[
            "amtool",
            "promtool",
            "sentry-cli",
            "grafana-cli",
            "grafana cli",
            "logcli",
            "mimirtool",
            "cortextool",
            "lokitool",
        ],
        r"amtool\s+(?:--?\S+(?:\s+\S+)?\s+)*?(?:silence|alert\s+add)(?:[^a-z-]|$)|promtool\s+push|sentry-cli\s+(?:releases?|deploys?|send-event|sourcemaps)|grafana[- ]cli\s+\w+|(?:mimirtool|cortextool|lokitool)\s+(?:rules|alertmanager)\s+(?:load|sync|delete)",
        &[
            "amtool silence add alertname=Watchdog",
            "promtool push metrics http://prom:9090",
            "amtool --alertmanager.url=http://am:9093 silence expire 1",
        ],
        &["amtool is installed", "promtool check passed in CI"],
    ),
    rule(
        "infrastructure_tools",
        "terraform, ansible and their like",
        &[
            "terraform",
            "tofu",
            "ansible",
            "pulumi",
            "argocd",
            "flux",
            "gcloud",
            "aws ",
            "az ",
            "git push",
            "gh ",
            "salt",
            "puppet",
            "jsonnet",
        ],
        r"(?:^|[^a-z0-9_/.-])(?:(?:terraform|tofu)\s+(?:-\S+\s+)*(?:apply|destroy|import|taint|untaint|init|plan|state\s+(?:rm|mv|push|pull|list|show))(?:[^a-z]|$)|ansible-playbook\s+\S|ansible\s+\S+\s+-m\s|pulumi\s+(?:up|destroy)|argocd\s+app\s+\w+|flux\s+(?:reconcile|suspend|resume)|gcloud\s+[a-z-]+\s+[a-z-]+|aws\s+[a-z0-9-]+\s+[a-z]+-[a-z-]+|git\s+push(?:\s|$)|gh\s+(?:workflow|run|pr|release)\s+\w+|salt\s+'[^']+'\s+\S|puppet\s+agent)",
        &[
            "terraform apply -auto-approve",
            "ansible-playbook site.yml",
            "git push origin main",
            "argocd app sync monitoring",
        ],
        &["the terraform state is ours", "ansible manages the host", "the aws account is shared"],
    ),
    rule(
        "databases",
        "psql and other database shells, or SQL that writes",
        &[
            "psql",
            "mysql",
            "redis-cli",
            "mongo",
            "clickhouse",
            "sqlite3",
            "insert into",
            "delete from",
            "drop table",
            "update ",
            "truncate table",
            "alter table",
        ],
        r"(?:^|[^a-z0-9_/.-])(?:psql\s+(?:-|[\x22']?postgres|[a-z0-9_]+\s+-c)|mysql(?:dump)?\s+-|redis-cli\s+(?:-\S+\s+\S+\s+)*(?:set|del|flushall|flushdb|config|shutdown|expire)|mongosh?\s+(?:mongodb|--)|clickhouse-client\s+-|sqlite3\s+\S+\s+[\x22'])|insert\s+into\s+[a-z_.]+\s*(?:\(|values|select)|delete\s+from\s+[a-z_.]+\s+where|(?:drop|truncate|alter)\s+table\s+[a-z_.]+|update\s+[a-z_.]+\s+set\s+[a-z_]+\s*=",
        &[
            "psql -h db -c 'select 1'",
            "UPDATE alert_rules SET enabled = false",
            "redis-cli flushall",
        ],
        &[
            "psql is not installed",
            "we update the set of rules weekly",
            "mysql holds the dashboards",
        ],
    ),
    rule(
        "shell",
        "shell commands that change a host",
        &[
            "sudo",
            "kill",
            "rm -",
            "reboot",
            "chmod",
            "chown",
            "crontab",
            "sed -i",
            "iptables",
            "shutdown -",
            "tee /",
            "mv /",
            "cp /",
            "bash ",
            "sh -c",
        ],
        r"(?:^|[^a-z0-9_/.-])(?:sudo\s+(?:-\S+\s+)*(?:[./]|(?:systemctl|service|docker|nano|vim?|cat|tail|less|rm|cp|mv|apt(?:-get)?|yum|dnf|kill|reboot|tee|sed|chmod|chown|journalctl|bash|sh|su|ufw|iptables)(?:[^a-z]|$))|(?:pkill|killall)\s+(?:-\S+\s+)?[a-z]|kill\s+-(?:9|hup|term|s\s*\w+|\d+)|rm\s+-[rf]+\s+\S|reboot\s+(?:-|now|the host)|chmod\s+[0-7+a-z=]{2,}\s+\S|chown\s+[a-z:]+\s+\S|crontab\s+-[er]|sed\s+-i|iptables\s+-[a-z]|shutdown\s+-|tee\s+/|(?:mv|cp)\s+(?:-\S+\s+)?/\S+\s+/|(?:bash|sh)\s+(?:-c\s|\S+\.sh)|\./[a-z0-9_-]+\.sh)",
        &[
            "sudo nano /etc/prometheus/prometheus.yml",
            "kill -HUP 1",
            "rm -rf /var/lib/prometheus",
            "bash reload.sh",
        ],
        &["sudo is restricted", "the kill switch is documented", "no reboot happened"],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::fold::Folded;
    use crate::detect::rule::RuleSet;

    #[test]
    fn every_rule_finds_its_hits_and_not_its_misses() {
        let rules = RuleSet::new(RULES);
        let finds = |text: &&&str| !rules.find(&Folded::new(text)).is_empty();
        for rule in RULES {
            let missed: Vec<_> = rule.hits.iter().filter(|hit| !finds(hit)).collect();
            let found: Vec<_> = rule.misses.iter().filter(finds).collect();
            assert!(
                missed.is_empty() && found.is_empty(),
                "{} misses {missed:?}, finds {found:?}",
                rule.id
            );
            assert!(!rule.what.is_empty() && !rule.hits.is_empty() && !rule.misses.is_empty());
        }
    }
}
