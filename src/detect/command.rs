//! Finds shell commands and SQL that act on a system, anywhere in a text.

use crate::words::Problem;

use super::rule::Rule;

/// The base of every rule for commands.
const COMMAND: Rule = Rule { problem: Problem::Command, ..Rule::BASE };

/// The table of rules for commands.
///
/// Owners write about tools in prose, so the bare name of a tool is not a command. A rule needs the arguments that
/// make it one: a verb, an option, a host or a path. A test checks that no rule finds the miss of another rule.
///
/// Many patterns begin with `(?:^|[^a-z0-9_/.-])`. It keeps a tool's name from matching inside a longer name or a
/// path. It is not a word boundary, because a Chinese character may be directly before the command.
/// Many end with `(?:[^a-z-]|$)`: it keeps a verb from matching the beginning of a longer word.
pub(crate) const RULES: &[Rule] = &[
    // Finds kubectl and oc with a verb, also with options before the verb. Verbs that only read count too, because any
    // use of kubectl is a blocked action. The last two alternatives are Chinese requests without an English verb
    // (請kubectl一下). A sentence about kubectl is not a hit (`nobody has kubectl access`).
    Rule {
        id: "kubectl",
        what: "kubectl, also if it only reads",
        keywords: &["kubectl", "oc "],
        patterns: &[
            concat!(
                r"(?:^|[^a-z0-9_/.-])(?:kubectl|oc)\s+(?:-{1,2}[a-z][^\s]*\s+(?:[a-z0-9_-]+\s+)?)*(?:get|describe|",
                r"logs?|apply|create|delete|edit|exec|rollout|scale|patch|replace|label|annotate|port-forward|cp|",
                r"drain|cordon|uncordon|run|set|expose|top|debug|attach|proxy|auth|config|wait|taint|diff|kustomize|",
                r"explain|api-resources|cluster-info)(?:[^a-z-]|$)",
            ),
            r"(?:請|麻煩|幫忙|幫我|直接|跑|打)\s*kubectl(?:[^a-z]|$)",
            r"kubectl\s*(?:一下|看|查|套)",
        ],
        hits: &[
            "kubectl get pods -n monitoring",
            "請kubectl一下",
            "run kubectl -n monitoring rollout restart deploy/am",
            "用kubectl看",
        ],
        misses: &["kubectl is not used here", "nobody has kubectl access", "未使用 kubectl"],
        ..COMMAND
    },
    // Finds a login or a copy. A read over ssh is a blocked action too. For ssh and sftp, the target must be clear:
    // `user@`, a name with a dot, or a host with a known command after it. A plain word is not enough (`ssh access`).
    // For scp and rsync, a `host:path` is the sign.
    Rule {
        id: "ssh",
        what: "ssh, scp and similar tools, also if they only read",
        keywords: &["ssh", "scp", "rsync", "sftp"],
        patterns: &[
            concat!(
                r"(?:^|[^a-z0-9_/.-])(?:ssh|sftp)\s+(?:-[a-z0-9]+\s+(?:[^\s-][^\s]*\s+)?)*(?:[a-z0-9_.-]+@[a-z0-9]|",
                r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|[a-z0-9_.-]+\s+[\x22']?(?:sudo|systemctl|cat|tail|ls|docker|",
                r"journalctl|grep|uptime|df|ps|curl|kill|rm|service)(?-u:\b))",
            ),
            r"(?:^|[^a-z0-9_/.-])(?:scp|rsync)\s+[^\n]*[a-z0-9_.@-]+:[~/.a-z0-9]",
        ],
        hits: &[
            "ssh ops@mon-1",
            "ssh -p 2222 mon-1.local",
            "ssh mon-1 'sudo systemctl restart x'",
            "scp rules.yml mon-1:/etc/prometheus/",
        ],
        misses: &["ssh is closed on this host", "no ssh was needed", "ssh access stays with ops"],
        ..COMMAND
    },
    // Finds tools that restart, change or enter a container or a service. Verbs that only read are not in the list
    // (`systemctl status`, `docker ps`). A sentence such as `service prometheus is up` is not a hit.
    Rule {
        id: "containers_and_services",
        what: "helm, docker, systemctl and similar tools",
        keywords: &[
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
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:helm\s+(?:upgrade|install|uninstall|rollback|delete|repo)|(?:docker|podman|",
            r"crictl|nerdctl)\s+(?:compose\s+(?:-\S+\s+\S+\s+)*)?(?:restart|exec|run|rm|stop|start|kill|up|down|",
            r"pull|push|build|cp|service|stack|system|update)(?:[^a-z-]|$)|",
            r"docker-compose\s+(?:-\S+\s+\S+\s+)*(?:restart|up|down|stop|start|rm|pull|exec|kill)|",
            r"systemctl\s+(?:--?\S+\s+)*(?:restart|reload|reload-or-restart|stop|start|enable|disable|kill|mask|",
            r"daemon-reload)|service\s+[a-z0-9_-]+\s+(?:restart|reload|stop|start)(?:[^a-z-]|$)|",
            r"supervisorctl\s+(?:restart|reload|stop|start|update)|pm2\s+(?:restart|reload|stop|start|delete)|",
            r"nomad\s+(?:job|alloc)\s+\w+|nginx\s+-s\s+\w+)",
        )],
        hits: &[
            "helm upgrade kps prometheus-community/kube-prometheus-stack",
            "docker compose up -d",
            "請systemctl restart alertmanager",
            "docker restart prometheus",
        ],
        misses: &[
            "docker runs on this host",
            "the helm chart is pinned",
            "systemctl status was green",
            "service prometheus is up",
        ],
        ..COMMAND
    },
    // Finds an HTTP request that changes something: a method other than GET, a body, or `/-/reload` and `/-/quit`.
    // A curl that only reads, or the name of an endpoint without a request to it, is not a hit.
    Rule {
        id: "http_that_writes",
        what: "curl or wget with a method that writes, or a reload over HTTP",
        keywords: &["curl", "wget", "http post", "/-/", "invoke-"],
        patterns: &[
            concat!(
                r"curl[^\n]*?(?:\s-X\s*[\x22']?(?:POST|PUT|PATCH|DELETE)|\s--request[= ]\s*[\x22']?(?:POST|PUT|PATCH|",
                r"DELETE)|\s(?:-d|-F|-T|--data[a-z-]*|--json|--form|--upload-file)(?:[\s=@\x22']|$)|/-/(?:reload|",
                r"quit))",
            ),
            r"wget\s[^\n]*?--(?:post-data|post-file|body-data|method)[= ]",
            r"(?:POST|PUT)\s+(?:https?://)?[^\s]*/-/(?:reload|quit)",
            r"invoke-(?:webrequest|restmethod)\s[^\n]*-method\s+(?:post|put|delete|patch)",
            r"(?:^|[^a-z0-9_.-])https?\s+(?:POST|PUT|PATCH|DELETE)\s+\S",
        ],
        hits: &[
            "curl -X POST http://prom:9090/-/reload",
            "curl http://prom:9090/-/reload",
            "curl -d @silence.json http://am:9093/api/v2/silences",
            "wget --post-data=x http://am:9093/",
        ],
        misses: &[
            "curl returned 200 for the page",
            "curl -s http://prom:9090/api/v1/rules",
            "the /-/reload endpoint is disabled",
        ],
        ..COMMAND
    },
    // Finds the verbs of monitoring tools that write: a silence, a pushed metric, a release, loaded rules.
    // `promtool check` only reads and is not a hit. `amtool silence` may have options before the verb.
    Rule {
        id: "monitoring_tools",
        what: "amtool silence, promtool push and similar commands",
        keywords: &[
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
        patterns: &[
            r"amtool\s+(?:--?\S+(?:\s+\S+)?\s+)*?(?:silence|alert\s+add)(?:[^a-z-]|$)",
            r"promtool\s+push",
            r"sentry-cli\s+(?:releases?|deploys?|send-event|sourcemaps)",
            r"grafana[- ]cli\s+\w+",
            r"(?:mimirtool|cortextool|lokitool)\s+(?:rules|alertmanager)\s+(?:load|sync|delete)",
        ],
        hits: &[
            "amtool silence add alertname=Watchdog",
            "promtool push metrics http://prom:9090",
            "amtool --alertmanager.url=http://am:9093 silence expire 1",
        ],
        misses: &["amtool is installed", "promtool check passed in CI"],
        ..COMMAND
    },
    // Finds tools that manage infrastructure, most of them with their verbs. The bare names are common in prose, so a
    // name alone is not enough (`the terraform state is ours`, `the aws account is shared`).
    Rule {
        id: "infrastructure_tools",
        what: "terraform, ansible and similar tools",
        keywords: &[
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
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:(?:terraform|tofu)\s+(?:-\S+\s+)*(?:apply|destroy|import|taint|untaint|init|",
            r"plan|state\s+(?:rm|mv|push|pull|list|show))(?:[^a-z]|$)|ansible-playbook\s+\S|ansible\s+\S+\s+-m\s|",
            r"pulumi\s+(?:up|destroy)|argocd\s+app\s+\w+|flux\s+(?:reconcile|suspend|resume)|",
            r"gcloud\s+[a-z-]+\s+[a-z-]+|aws\s+[a-z0-9-]+\s+[a-z]+-[a-z-]+|git\s+push(?:\s|$)|gh\s+(?:workflow|",
            r"run|pr|release)\s+\w+|salt\s+'[^']+'\s+\S|puppet\s+agent)",
        )],
        hits: &[
            "terraform apply -auto-approve",
            "ansible-playbook site.yml",
            "git push origin main",
            "argocd app sync monitoring",
        ],
        misses: &[
            "the terraform state is ours",
            "ansible manages the host",
            "the aws account is shared",
        ],
        ..COMMAND
    },
    // Finds a database shell with the start of its arguments, and SQL that writes. SQL words are common in English, so
    // each statement needs its next keyword or sign: `update the set of rules` lacks the `=` and is not a hit.
    Rule {
        id: "databases",
        what: "psql and other database shells, or SQL that writes",
        keywords: &[
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
        patterns: &[
            concat!(
                r"(?:^|[^a-z0-9_/.-])(?:psql\s+(?:-|[\x22']?postgres|[a-z0-9_]+\s+-c)|mysql(?:dump)?\s+-|",
                r"redis-cli\s+(?:-\S+\s+\S+\s+)*(?:set|del|flushall|flushdb|config|shutdown|expire)|",
                r"mongosh?\s+(?:mongodb|--)|clickhouse-client\s+-|sqlite3\s+\S+\s+[\x22'])",
            ),
            r"insert\s+into\s+[a-z_.]+\s*(?:\(|values|select)",
            r"delete\s+from\s+[a-z_.]+\s+where",
            r"(?:drop|truncate|alter)\s+table\s+[a-z_.]+",
            r"update\s+[a-z_.]+\s+set\s+[a-z_]+\s*=",
        ],
        hits: &[
            "psql -h db -c 'select 1'",
            "UPDATE alert_rules SET enabled = false",
            "redis-cli flushall",
        ],
        misses: &[
            "psql is not installed",
            "we update the set of rules weekly",
            "mysql holds the dashboards",
        ],
        ..COMMAND
    },
    // Finds shell commands that change a host. Their names are plain words in English (`kill`, `reboot`, `cat`), so
    // each needs the shape of an argument: a signal, an option, a mode, a path. `the kill switch` and `no reboot` are
    // not hits. sudo needs a path or a known command after it (`sudo is restricted` is not a hit).
    Rule {
        id: "shell",
        what: "shell commands that change a host",
        keywords: &[
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
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:sudo\s+(?:-\S+\s+)*(?:[./]|(?:systemctl|service|docker|nano|vim?|cat|tail|",
            r"less|rm|cp|mv|apt(?:-get)?|yum|dnf|kill|reboot|tee|sed|chmod|chown|journalctl|bash|sh|su|ufw|",
            r"iptables)(?:[^a-z]|$))|(?:pkill|killall)\s+(?:-\S+\s+)?[a-z]|kill\s+-(?:9|hup|term|s\s*\w+|\d+)|",
            r"rm\s+-[rf]+\s+\S|reboot\s+(?:-|now|the host)|chmod\s+[0-7+a-z=]{2,}\s+\S|chown\s+[a-z:]+\s+\S|",
            r"crontab\s+-[er]|sed\s+-i|iptables\s+-[a-z]|shutdown\s+-|tee\s+/|(?:mv|cp)\s+(?:-\S+\s+)?/\S+\s+/|",
            r"(?:bash|sh)\s+(?:-c\s|\S+\.sh)|\./[a-z0-9_-]+\.sh)",
        )],
        hits: &[
            "sudo nano /etc/prometheus/prometheus.yml",
            "kill -HUP 1",
            "rm -rf /var/lib/prometheus",
            "bash reload.sh",
        ],
        misses: &["sudo is restricted", "the kill switch is documented", "no reboot happened"],
        ..COMMAND
    },
];
