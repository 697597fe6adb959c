//! Finds shell commands and SQL that act on a system, anywhere in a text.

mod line;
mod tools;

use crate::words::Problem;

use super::rule::{Rule, before};

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
                r"explain|api-resources|api-versions|cluster-info|autoscale|rolling-update|convert|certificate|completion|events|plugin|version|",
                r"alpha|krew|adm|login|logout|project|rsh|new-app|new-project|start-build|process|policy)(?:[^a-z-]|$)",
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
        keywords: &["ssh", "scp", "rsync", "sftp", "mosh"],
        patterns: &[
            concat!(
                r"(?:^|[^a-z0-9_/.-])(?:ssh|sftp)\s+(?:-[a-z0-9]+(?:=\S+|\x22[^\x22\n]*\x22)?\s+(?:\x22[^\x22\n]*\x22\s+|[^\s-][^\s]*\s+)?|-o[^\s]+\s+)*(?:[a-z0-9_.-]+@[a-z0-9]|",
                r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+|[a-z0-9_.-]+\s+[\x22']?(?:sudo|systemctl|cat|tail|ls|docker|",
                r"journalctl|grep|uptime|df|ps|curl|kill|rm|service)(?-u:\b))",
            ),
            r"(?:^|[^a-z0-9_/.-])(?:scp|rsync)\s+[^\n]*[a-z0-9_.@-]+:[~/.a-z0-9]",
            r"(?:^|[^a-z0-9_/.-])rsync\s+(?:-\S+\s+|/\S+\s+/)",
            r"(?:^|[^a-z0-9_/.-])(?:ssh-(?:copy-id|add|keygen|keyscan|agent)\s+(?:-[a-z]|[^\s@]+@\S|[~/])|mosh\s+\S+@\S|sshpass\s+-)",
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
    // Finds the tools whose subcommands decide. The pattern takes the rest of the line, up to the next command, and
    // `line::acts` reads its words. A path to the tool may be before its name.
    Rule {
        id: "tools",
        what: "docker, systemctl, helm, terraform and similar tools, unless they only read",
        keywords: &[
            "docker",
            "podman",
            "nerdctl",
            "crictl",
            "systemctl",
            "helm",
            "terraform",
            "tofu",
            "terragrunt",
            "amtool",
            "promtool",
            "mimirtool",
            "cortextool",
            "lokitool",
            "sentry-cli",
            "grafana-cli",
            "grafana cli",
            "argocd",
            "flux",
            "nomad",
            "consul",
            "vault",
            "bao ",
            "pulumi",
            "supervisorctl",
            "pm2",
            "launchctl",
            "gh ",
            "glab",
            "redis-cli",
            "valkey-cli",
            "puppet",
            "apt",
            "yum",
            "dnf",
            "zypper",
            "apk ",
            "snap ",
            "brew ",
            "minikube",
            "kind ",
            "k3d",
            "ufw",
            "firewall-cmd",
            "aws ",
            "az ",
            "gcloud",
            "oci ",
            "doctl",
            "linode-cli",
            "hcloud",
        ],
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:/[a-z0-9/._-]+/)?",
            r"((?:docker(?:-compose)?|podman(?:-compose)?|nerdctl|crictl|systemctl|helm(?:file)?|terraform|tofu|terragrunt|",
            r"amtool|promtool|mimirtool|cortextool|lokitool|sentry-cli|grafana[- ]cli|argocd|flux|nomad|consul|vault|bao|",
            r"pulumi|supervisorctl|pm2|launchctl|gh|glab|redis-cli|valkey-cli|puppet|apt(?:-get)?|yum|dnf|zypper|apk|snap|",
            r"brew|minikube|kind|k3d|ufw|firewall-cmd|aws|az|gcloud|oci|doctl|linode-cli|hcloud)",
            r"(?:[ \t]+|\\\s*\n)(?:[^\n;|&,\\]|\\[^\n]|\\\n){1,200})",
        )],
        counts: |line, text| line::acts(line, before(line, text)),
        hits: &[
            "helm upgrade kps prometheus-community/kube-prometheus-stack",
            "docker compose up -d",
            "docker container run -d prom/prometheus",
            "docker \\\n  restart prometheus",
            "請systemctl restart alertmanager",
            "systemctl unmask alertmanager",
            "docker ps; docker restart prometheus",
            "amtool silence add alertname=Watchdog",
            "promtool push metrics http://prom:9090",
            "amtool --alertmanager.url=http://am:9093 silence expire 1",
            "terraform apply -auto-approve",
            "argocd app sync monitoring",
            "redis-cli flushall",
        ],
        misses: &[
            "docker runs on this host",
            "docker ps -a",
            "the helm chart is pinned",
            "systemctl status was green",
            "amtool is installed",
            "amtool silence query",
            "promtool check passed in CI",
            "terraform plan -out x",
            "the terraform state is ours",
            "the aws account is shared",
        ],
        ..COMMAND
    },
    // Finds a service script, a signal to nginx, the tools of configuration management without subcommands, and cmdlets of
    // PowerShell with an option.
    Rule {
        id: "services_and_playbooks",
        what: "service, nginx -s, ansible, salt, git push and PowerShell's Restart-Service",
        keywords: &[
            "service ",
            "nginx -s",
            "rc-service",
            "ansible",
            "git push",
            "salt",
            "-service ",
            "-process ",
            "-computer",
            "-item ",
            "-scheduledtask ",
            "-netfirewallrule ",
        ],
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:(?:rc-)?service\s+[a-z0-9_.@-]+\s+(?:restart|reload|force-reload|try-restart|stop|start|",
            r"condrestart|zap)(?:[^a-z-]|$)|nginx\s+-s\s+\w+|ansible-(?:playbook|pull|console)\s+\S|",
            r"ansible-(?:galaxy|vault)\s+(?:\w+\s+)?(?:install|remove|init|create|encrypt|decrypt|edit|rekey)|",
            r"ansible\s+(?:-\S+\s+\S+\s+)*\S+\s+(?:-\S+\s+\S+\s+)*-(?:m|a|-module-name|-args)[\s=]|git\s+push(?:\s|$)|git\s+pull(?:\s+(?:-|origin|&&)|$)|",
            r"salt(?:-call|-ssh|-run)?\s+(?:-\S+\s+)*(?:'[^']+'\s+\S|\S+\s+[a-z]+\.[a-z_]+)|",
            r"(?:restart|stop)-computer(?:\s+-|\s*(?:$|[\n;]))|(?:start|stop)-process\s+(?:-[a-z]|[\x22'0-9])|(?:restart|stop|start|set|new|remove|suspend|resume|enable|disable|register|unregister|copy|move|rename|clear)-",
            r"(?:service|item|scheduledtask|netfirewallrule)\s+(?:-[a-z]|[\x22'$]))",
        )],
        hits: &[
            "service prometheus restart",
            "ansible-playbook site.yml",
            "ansible all -i hosts -m shell -a uptime",
            "git push origin main",
            "Restart-Service -Name prometheus -Force",
            "Stop-Process 4711",
        ],
        misses: &[
            "service prometheus is up",
            "ansible manages the host",
            "the salt minion is old",
            "Get-Service prometheus",
            "the start-process is documented",
            "the restart-service window is Tuesday",
            "new-item 3 on the list",
            "the self-service portal is up",
        ],
        ..COMMAND
    },
    // Finds an HTTP request that changes something: a method other than GET, a body, `/-/reload` and `/-/quit`, or a
    // download that a shell runs.
    // A curl that only reads, or the name of an endpoint without a request to it, is not a hit.
    Rule {
        id: "http_that_writes",
        what: "curl or wget with a method that writes or into a shell, or a reload over HTTP",
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
            r"(?:curl|wget)\s[^\n|]*https?://[^\n|]*\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:/(?:usr/)?bin/)?(?:(?:ba|da|z)?sh|python3?)(?:[^a-z0-9_-]|$)",
        ],
        hits: &[
            "curl -fsSL https://get.example.com/install.sh | sudo sh",
            "curl -X POST http://prom:9090/-/reload",
            "curl http://prom:9090/-/reload",
            "curl -d @silence.json http://am:9093/api/v2/silences",
            "wget --post-data=x http://am:9093/",
        ],
        misses: &[
            "curl returned 200 for the page",
            "curl -s http://prom:9090/api/v1/rules",
            "curl -s http://prom:9090/api/v1/rules | jq .data",
            "no curl | sh installs here",
            "the /-/reload endpoint is disabled",
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
                r"(?:^|[^a-z0-9_/.-])(?:psql\s+(?:-|[\x22']?postgres|[a-z0-9_]+\s+-[a-z])|mysql(?:dump|admin)?\s+(?:-|<)|",
                r"redis-cli\s+-[a-z]+\s+\S|mongosh?\s+(?:[\x22']?mongodb|--)|clickhouse-client\s+-|",
                r"sqlite3\s+\S+\s+[\x22'](?:insert|update|delete|drop|alter|create|vacuum|replace))",
            ),
            r"insert\s+into\s+[a-z_.]+\s*(?:\(|values|select)",
            r"delete\s+from\s+[a-z_.]+\s+where",
            r"(?:drop|truncate|alter)\s+table\s+[a-z_.]+",
            r"update\s+[a-z_.]+\s+set\s+[a-z_]+\s*=",
        ],
        hits: &["psql -h db -c 'select 1'", "UPDATE alert_rules SET enabled = false"],
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
            "rm /",
            "rm ~",
            "rm '",
            "rm \"",
            "reboot",
            "poweroff",
            "chmod",
            "chown",
            "crontab",
            "sed -",
            "iptables",
            "shutdown -",
            "mount",
            "swapoff",
            "swapon",
            "systemd-run",
            "fuser",
            "tee /",
            "mv /",
            "cp /",
            "bash ",
            "sh -c",
            "./",
        ],
        patterns: &[concat!(
            r"(?:^|[^a-z0-9_/.-])(?:sudo\s+(?:-\S+\s+)*(?:[./]|(?:service|nano|vim?|cat|tail|less|rm|cp|mv|kill|",
            r"reboot|poweroff|tee|sed|chmod|chown|journalctl|bash|sh|su)(?:[^a-z]|$))|",
            r"(?:pkill|killall)\s+(?:-\S+\s+)*[\x22'a-z]|kill\s+(?:-(?:9|[a-z]\S*|s\s*\w+|\d+)|\$|[0-9])|",
            r"rm\s+-[rf]+\s+\S|rm\s+(?:-\S+\s+)*(?:~/\S|[\x22']?/\S+/\S)|(?:reboot|poweroff)\s+(?:-|now|the host)|chmod\s+(?:-\S+\s+)?[0-7+a-z=,-]{2,}\s+[a-z0-9~]*[./]\S*|",
            r"chown\s+(?:-\S+\s+)?[a-z:]+\s+\S|crontab\s+(?:-[er]|/)|sed\s+(?:-[a-z]*i|--in-place)|",
            r"ip6?tables\s+(?:-t\s+\w+\s+)?-(?:[a-km-rt-z]|-(?:append|delete|insert|flush|policy))|shutdown\s+(?:-|now)|",
            r"mount\s+(?:-{1,2}[a-z]\S*\s+)*/\S+\s+/|umount\s+(?:-{1,2}[a-z]\S*\s+)*/|",
            r"u?mount\s+(?:-a|--all|-o\s|-t\s|--bind\s)|swapo(?:ff|n)\s+(?:-|/)|systemd-run\s+-|",
            r"fuser\s+(?:-[a-z]*k|--kill)|tee\s+/|(?:mv|cp)\s+(?:-\S+\s+)?/\S+\s+/|(?:bash|sh)\s+(?:-c\s|\S+\.sh)|",
            r"\./[a-z0-9_-]+\.sh)",
        )],
        hits: &[
            "sudo nano /etc/prometheus/prometheus.yml",
            "kill -HUP 1",
            "rm -rf /var/lib/prometheus",
            "rm /etc/prometheus/old.rules",
            "bash reload.sh",
            "umount /mnt/backup",
            "kill 4711",
        ],
        misses: &[
            "RM /SRE both signed off",
            "sudo is restricted",
            "the kill switch is documented",
            "no reboot happened",
            "the mount /data is full",
            "iptables -L",
        ],
        ..COMMAND
    },
];
