//! The tools whose subcommands decide whether a line acts or only reads.
//!
//! A tool does far more than any list can hold, and most of it acts. So the table lists completely what only reads.
//! The known acting subcommands are listed too: they tell a command line from a sentence (`docker run` from `docker
//! runs here`), and an option's value from a subcommand (`systemctl -H host restart`).

/// A tool, and what its subcommands do. The subcommands are separated by spaces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tool {
    /// The names of the program. Programs with the same subcommands share a row.
    pub(super) names: &'static [&'static str],
    /// Subcommands that have subcommands of their own, such as `docker container`.
    pub(super) groups: &'static str,
    /// Subcommands that only read, also behind a group. A `*` at the end stands for any ending.
    pub(super) reads: &'static str,
    /// Subcommands that act, as far as they are known.
    pub(super) acts: &'static str,
}

/// The table of tools. `aws`, `az` and `gcloud` have hundreds of groups, so any word may be one of theirs.
pub(super) const TOOLS: &[Tool] = &[
    Tool {
        names: &["docker", "podman", "nerdctl", "crictl", "docker-compose", "podman-compose"],
        groups: "compose container image volume network system stack service swarm node secret config \
            context plugin buildx builder manifest trust machine pod checkpoint model generate \
            kube scout sbom",
        reads: "ps images logs inspect info version stats top port diff history events search ls list \
            df show check tree exists du stat pods stacks services config inspectp statsp \
            imagefsinfo convert cves quickview compare recommendations",
        acts: "run restart exec stop start kill rm rmi up down pull push build cp update create \
            attach commit deploy export import load login logout pause rename save tag unpause \
            wait init prune join leave scale rollback promote demote connect disconnect use \
            enable disable install upgrade set watch rmp stopp runp remove bake imagetools mount \
            unmount checkpoint restore sign",
    },
    Tool {
        names: &["systemctl"],
        groups: "",
        reads: "status show cat help list-* is-* get-default show-environment whoami",
        acts: "restart reload reload-or-restart try-restart try-reload-or-restart stop start enable \
            disable reenable kill mask unmask daemon-reload daemon-reexec isolate edit \
            set-property set-default set-environment unset-environment import-environment revert \
            reset-failed link preset preset-all add-wants add-requires freeze thaw clean bind \
            mount-image cancel reboot poweroff halt suspend hibernate hybrid-sleep \
            suspend-then-hibernate soft-reboot kexec rescue emergency default exit switch-root \
            log-level log-target",
    },
    Tool {
        names: &["helm", "helmfile"],
        groups: "repo plugin registry dependency dep",
        reads: "list ls status get show inspect history search template lint version env verify diff",
        acts: "upgrade install uninstall delete rollback add update remove push pull fetch login \
            logout package create test build index apply sync destroy",
    },
    Tool {
        names: &["terraform", "tofu", "terragrunt"],
        groups: "state workspace providers metadata run-all",
        reads: "plan show validate output graph providers version metadata list schema functions \
            console pull modules",
        acts: "apply destroy import taint untaint init refresh get force-unlock login logout rm mv \
            push replace-provider new select delete test fmt mirror lock",
    },
    Tool {
        names: &["amtool"],
        groups: "silence alert config cluster template",
        reads: "query show routes check-config test render",
        acts: "add expire update import",
    },
    Tool {
        names: &["promtool"],
        groups: "tsdb push",
        reads: "check query test debug list analyze dump dump-openmetrics bench",
        acts: "metrics create-blocks-from",
    },
    Tool {
        names: &["mimirtool", "cortextool", "lokitool"],
        groups: "rules alertmanager alerts config acl analyze remote-read backfill",
        reads: "list print get diff lint check verify grafana ruler prometheus stats dump prepare",
        acts: "load sync delete convert",
    },
    Tool {
        names: &["sentry-cli"],
        groups: "releases deploys sourcemaps projects organizations monitors repos debug-files issues",
        reads: "list info check explain find bundle-jvm propose-version",
        acts: "new finalize set-commits delete archive restore upload inject send-event \
            send-envelope run login update resolve mute unresolve upload-dif upload-proguard",
    },
    Tool {
        names: &["grafana-cli", "grafana cli"],
        groups: "plugins admin",
        reads: "list-remote list-versions ls",
        acts: "install update update-all remove uninstall upgrade-all reset-admin-password \
            data-migration secrets-migration",
    },
    Tool {
        names: &["argocd"],
        groups: "app appset cluster repo repocreds proj account admin cert gpg context",
        reads: "list get diff history logs manifests resources wait version get-user-info can-i",
        acts: "sync rollback delete set unset create patch patch-resource terminate-op actions add \
            rm remove login logout relogin update-password generate-token edit add-source \
            add-destination",
    },
    Tool {
        names: &["flux"],
        groups: "source create delete suspend resume reconcile build push pull tag get export tree \
            diff list",
        reads: "get check logs export tree events stats trace diff version list envsubst build",
        acts: "bootstrap install uninstall migrate kustomization helmrelease git source image all \
            artifact",
    },
    Tool {
        names: &["nomad"],
        groups: "job alloc node deployment server system operator namespace volume var acl eval quota \
            service",
        reads: "status inspect plan logs members list history validate ui monitor version fs get \
            deployments info allocs agent-info",
        acts: "run stop restart exec signal drain eligibility gc promote fail revert dispatch \
            periodic scale init agent delete apply put purge pause resume unblock join \
            force-leave bootstrap snapshot deregister register reconcile",
    },
    Tool {
        names: &["consul"],
        groups: "kv acl catalog config services operator snapshot intention namespace connect",
        reads: "members catalog info version validate read list nodes datacenters services monitor \
            get export rtt inspect check match",
        acts: "put delete import reload leave join force-leave maint register deregister write save \
            restore lock exec event agent keygen keyring bootstrap create update login logout \
            watch",
    },
    // `vault read` and `vault kv get` print a secret, so they are not in the list of what only reads.
    Tool {
        names: &["vault", "bao"],
        groups: "kv secrets auth token policy operator lease audit plugin namespace transit pki",
        reads: "status list version path-help members capabilities lookup metadata",
        acts: "read get write put delete patch login unwrap renew revoke enable disable seal unseal \
            init rekey rotate create server agent ssh undelete destroy rollback tune move \
            step-down generate-root",
    },
    Tool {
        names: &["pulumi"],
        groups: "stack config plugin policy state org env package schema deployment",
        reads: "preview ls about logs version whoami history graph output view get env config stack \
            search tags get-schema check convert-trace",
        acts: "up update destroy refresh import cancel new login logout watch set rm init select \
            rename export install delete unprotect edit cp publish enable disable convert set-all \
            rm-all change-secrets-provider set-default run open rotate tag add gen-sdk",
    },
    Tool {
        names: &["supervisorctl"],
        groups: "",
        reads: "status tail maintail pid avail version",
        acts: "restart reload stop start update reread add remove shutdown clear signal fg",
    },
    Tool {
        names: &["pm2"],
        groups: "",
        reads: "list ls status logs monit describe show prettylist jlist info env report id",
        acts: "restart reload start stop delete kill save resurrect startup unstartup flush scale \
            update install deploy reset set reloadlogs gracefulreload",
    },
    Tool {
        names: &["launchctl"],
        groups: "",
        reads: "list print* blame dumpstate getenv managerpid manageruid hostinfo version",
        acts: "load unload start stop kickstart bootstrap bootout enable disable kill remove setenv \
            unsetenv submit reboot attach",
    },
    Tool {
        names: &["gh", "glab"],
        groups: "pr issue repo run release workflow gist secret auth cache codespace cs label ssh-key \
            gpg-key variable project extension alias config ruleset org attestation mr ci \
            agent-task",
        reads: "list ls view status diff checks watch search browse check verify version item-list \
            field-list get trace lint ports logs token trusted-root commits issues prs repos code \
            api",
        acts: "create merge close reopen edit delete clone fork sync rename archive unarchive rerun \
            cancel upload download run enable disable set remove login logout refresh setup-git \
            comment review ready checkout co lock unlock transfer pin unpin develop add install \
            upgrade import switch stop ssh cp rebuild copy link unlink exec item-add item-create \
            set-default revert deploy-key autolink close-issue approve retry trigger",
    },
    Tool {
        names: &["redis-cli", "valkey-cli"],
        groups: "",
        reads: "get mget info keys scan ping ttl type exists llen lrange hget hgetall smembers scard \
            zrange monitor dbsize lastsave role strlen time command",
        acts: "set del unlink flushall flushdb config shutdown expire persist rename hset hdel lpush \
            rpush lpop rpop sadd srem zadd zrem incr decr save bgsave bgrewriteaof slaveof \
            replicaof failover cluster client debug migrate publish eval acl script slowlog",
    },
    Tool {
        names: &["puppet"],
        groups: "agent cert module node resource ca ssl",
        reads: "list describe config facts lookup help parser epp print",
        acts: "agent apply resource sign clean install uninstall upgrade generate revoke purge \
            deactivate bootstrap",
    },
    Tool {
        names: &["apt", "apt-get", "yum", "dnf", "zypper", "apk", "snap", "brew"],
        groups: "module group copr history",
        reads: "list show search info policy check-update repolist repoquery provides check changelog \
            depends rdepends find changes list-* updateinfo",
        acts: "install remove purge update upgrade dist-upgrade full-upgrade autoremove autoclean \
            clean reinstall downgrade add del makecache refresh erase enable disable reset undo \
            redo rollback distro-sync swap mark hold unhold edit-sources revert login logout \
            abort localinstall build-dep source download builddep config-manager versionlock",
    },
    Tool {
        names: &["minikube", "kind", "k3d"],
        groups: "addons cluster node image profile registry",
        reads: "status list logs ip version service-list get ssh-key",
        acts: "start stop delete pause unpause ssh service dashboard tunnel mount enable disable \
            load create config update-context cp kubectl edit",
    },
    Tool {
        names: &["ufw", "firewall-cmd"],
        groups: "",
        reads: "status show version app",
        acts: "enable disable allow deny reject limit delete reload reset default route insert \
            logging prepend",
    },
];

/// Tools whose last subcommand says what they do: `aws ec2 describe-instances`, `gcloud compute instances list`.
pub(super) const CLOUDS: &[&str] = &["aws", "az", "gcloud", "oci", "doctl", "linode-cli", "hcloud"];

/// The beginnings of the subcommands of [`CLOUDS`] that only read.
pub(super) const CLOUD_READS: &str = "describe list get head ls wait search view lookup estimate validate simulate tail show \
    batch-get filter select check preview read info scan query test help version history explain \
    print logs download decode tree diff presign";

/// The beginnings of the subcommands of [`CLOUDS`] that act.
pub(super) const CLOUD_ACTS: &str = "create delete update put start stop reboot restart run terminate modify set add remove attach \
    detach associate disassociate register deregister enable disable invoke publish send copy cp \
    mv rm sync rb mb deploy apply ssh scp configure login logout revoke grant import export \
    restore promote failover scale resize rollback cancel reset rotate assume-role install \
    upgrade up down exec connect submit allocate release purge patch move assign deallocate \
    redeploy subscribe unsubscribe tag untag execute change allow authorize activate use init \
    auth alloc upload build push pull attach-acr swap set-alarm-state package clear decrypt \
    encrypt generate clone migrate stage push-image archive recover renew issue";
