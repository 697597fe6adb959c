"""Makes repositories with planted facts, and runs what docs/fleet.md shows on them. See .ci/fleet."""

import collections
import datetime
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import duckdb

FOLDER, TOOL = pathlib.Path(sys.argv[1]), sys.argv[2]
COUNTS = [int(text) for text in sys.argv[3:] if text]
REPOSITORIES, ANSWERS = (COUNTS + [200, 1_000_000][len(COUNTS) :])[:2]
KINDS = {"prometheus_rules": 300, "grafana_dashboard": 150, "alertmanager_config": 50}
SURFACES = sum(KINDS.values())
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
# The export shows the state in 40 days. Acceptances end before it, within 30 days after it, and much later.
AS_OF = NOW + datetime.timedelta(days=40)
ENDED, ENDING, LASTING = (NOW + datetime.timedelta(days=days) for days in (20, 60, 300))
# The repositories must not use the settings of the person who runs this.
GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
GIT |= {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in (("NAME", "Test"), ("EMAIL", "test@example.com"))}


def document(name):
    """Returns the blocks of docs/fleet.md that begin with a name in a comment."""
    text = pathlib.Path("docs/fleet.md").read_text(encoding="utf-8")
    found = re.findall(rf"```(?:sql|python)\n(?:--|#) {name}\n(.*?)```", text, re.S)
    assert len(found) == 1, f"docs/fleet.md must have one block {name}"
    return found[0]


def run(*arguments, code=0, **options):
    done = subprocess.run([TOOL, *arguments], capture_output=True, text=True, check=False, **options)
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_files(root, number):
    """Writes the files of a repository. In every second one, nobody owns the Alertmanager files."""
    for index in range(KINDS["prometheus_rules"]):
        rule = f"groups:\n- name: g{index}\n  rules:\n  - alert: Down{index}\n    expr: up == 0\n"
        write(root / f"rules/rule-{index:03}.yml", rule)
    for index in range(KINDS["grafana_dashboard"]):
        board = {"title": f"board {index}", "panels": [], "schemaVersion": 39, "uid": f"b{index}"}
        write(root / f"dashboards/board-{index:03}.json", json.dumps(board))
    for index in range(KINDS["alertmanager_config"]):
        write(root / f"alertmanager/am-{index:02}.yml", f"route: {{receiver: r{index}}}\nreceivers: [{{name: r{index}}}]\n")
    owners = ["/rules/ @rules-team", "/dashboards/ @boards-team"]
    write(root / "CODEOWNERS", "\n".join(owners + ["/alertmanager/ @pager-team"][: number % 2]) + "\n")


def filled(form, field="", key=""):
    """Fills in the blanks of a form. Texts differ from field to field, because triage reports a repeated text."""
    answers = {
        ("responder", "responder"): "Ada Owner",
        ("responded_at", "responded_at"): stamp(NOW - datetime.timedelta(hours=1)),
        ("decision", "decision"): "confirm_current_state",
        ("decision_reason", "decision_reason"): "The file matches what runs; the groups were compared.",
        ("redacted_evidence_refs", "redacted_evidence_refs"): ["artifact:run-12/readback.json"],
        ("live_config_hash_ref", "live_config_hash_ref"): "sha256:" + "1b" * 32,
        ("receiver_receipt_proof_ref", "receiver_receipt_proof_ref"): "message-id:<1@mail.local>",
        ("owner_response_ref", "owner_response_ref"): "ticket:OPS-12",
        ("route_smoke_plan", "route_smoke_plan"): "Watchdog is followed to its receipt.",
        ("maintenance_window", "per_change"): "the platform lead",
        ("false_green_risk_review", "health_rests_on"): ["receiver_receipt"],
    }
    left_blank = [("maintenance_window", "window"), ("maintenance_window", "standing"), ("alert_chain_health_ref", "receipt")]
    left_blank += [("incident_context_ref", "ref"), ("cross_project_notification_ref", "ref")]
    if isinstance(form, dict):
        return {name: filled(value, field or name, name) for name, value in form.items()}
    if (field, key) in answers:
        return answers[field, key]
    if form is not None or (field, key) in left_blank:
        return form
    if field == "alert_chain_health_ref":
        return "ticket:OPS-12"
    if field in ("stale_alert_review", "silence_or_dedup_review"):
        return "clear"
    if key in ("not_applicable", "reason"):
        return "there was none"
    return "platform on-call team" if field == key else f"{key}: the steps of {field} in the runbook"


def answer(root, surface, **changes):
    form = filled(json.loads(run("template", surface, "--root", root, "--format", "json")))
    if form.get("false_green_risk_review") and "live_config_hash_ref" not in form:
        form["false_green_risk_review"]["health_rests_on"] = ["no_health_claimed"]
    return {**form, **changes}


def record(root, surface, valid_until):
    draft = json.loads(run("template", surface, "--root", root, "--review", "--format", "json"))
    excused = {"incident_context_present", "cross_project_notification_present"}
    draft["checks"] = {check: "not_applicable" if check in excused else "pass" for check in draft["checks"]}
    return {
        **draft,
        "reviewer": "Rex Reviewer",
        "reviewer_kind": "person",
        "reviewed_at": stamp(datetime.datetime.now(datetime.timezone.utc)),
        "outcome": "accept",
        "valid_until": stamp(valid_until),
        "reason": "Compared with the readback.",
        "record_ref": "ticket:OPS-13",
    }


def make_repository(number, planted):
    """Makes a repository, answers some of its surfaces, and adds to the planted facts."""
    name = f"team-{number:03}"
    root = FOLDER / "repositories" / name
    make_files(root, number)
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it stands"]):
        subprocess.run(["git", *arguments], cwd=root, env={**os.environ, **GIT}, check=True)
    run("init", "--root", root)
    taken = []

    def take(surface, code=0, **changes):
        file = root / f"answer-{len(taken)}.json"
        write(file, json.dumps(answer(root, surface, **changes)))
        run("intake", file, "--root", root, code=code)
        taken.append(file)

    def accept(surface, valid_until):
        take(surface)
        file = root / "record.json"
        write(file, json.dumps(record(root, surface, valid_until)))
        run("review", file, "--root", root)
        taken.append(file)

    rules = [f"prometheus_rules:rules/rule-{index:03}.yml" for index in range(KINDS["prometheus_rules"])]
    boards = [f"grafana_dashboard:dashboards/board-{index:03}.json" for index in range(KINDS["grafana_dashboard"])]
    pager = "alertmanager_config:alertmanager/am-00.yml"
    lanes = collections.Counter()
    waiting = {"@rules-team": len(rules), "@boards-team": len(boards), ("@pager-team" if number % 2 else None): KINDS["alertmanager_config"]}
    accept(rules[0], LASTING)
    waiting["@rules-team"] -= 1
    lanes["accepted"] += 1
    if number % 3 == 0:
        accept(rules[1], ENDED)
        planted["ended"] += 1
        # Its owner has to answer again, and 20 days are not late yet.
        waiting["@rules-team"] -= 1
    if number % 5 == 0:
        accept(rules[2], ENDING)
        planted["expiring"].append((name, rules[2]))
        waiting["@rules-team"] -= 1
        lanes["accepted"] += 1
    take(boards[0])
    waiting["@boards-team"] -= 1
    lanes["ready_for_monitoring_review"] += 1
    if number % 4 == 0:
        take(boards[1], code=1, decision_reason="Please reload Grafana this afternoon.")
        lanes["reject_execution_request"] += 1
    if number % 2 == 0:
        # An answer names its owner, and a held one waits for that owner.
        take(pager, code=1, receiver_receipt_proof_ref=None)
        waiting[None] -= 1
        waiting["platform on-call team"] = 1
        lanes["receiver_receipt_gap_required"] += 1
        planted["without_receipt"][name] = KINDS["alertmanager_config"]
        planted["ownerless"][name] = KINDS["alertmanager_config"] - 1
    else:
        take(pager)
        waiting["@pager-team"] -= 1
        lanes["ready_for_monitoring_review"] += 1
        planted["without_receipt"][name] = KINDS["alertmanager_config"] - 1
    for file in set(taken):
        file.unlink()
    run("replay", "--root", root, "--output", root / "docs/security/monitoring-owner-response-acceptance.snapshot.json")
    planted["late"].update(waiting)
    planted["lanes"].update(lanes)


def export():
    start = time.monotonic()
    for what in ("candidates", "events", "findings"):
        (FOLDER / "fleet" / what).mkdir(parents=True, exist_ok=True)
        for root in sorted((FOLDER / "repositories").iterdir()):
            rows = run("export", what, "--root", root, "--repo", root.name, "--as-of", stamp(AS_OF))
            write(FOLDER / "fleet" / what / f"{root.name}.ndjson", rows)
    (FOLDER / "fleet/parquet").mkdir(exist_ok=True)
    return time.monotonic() - start


def size(pattern):
    return sum(file.stat().st_size for file in FOLDER.glob(pattern)) / 1e6


def query(planted):
    os.chdir(FOLDER)
    database = duckdb.connect()
    database.execute(LOAD)

    def timed(name, sql):
        start = time.monotonic()
        rows = database.execute(sql).fetchall()
        print(f"| {name} | {time.monotonic() - start:.2f} s | {len(rows)} |")
        return rows

    print("| DuckDB | time | rows |\n|---|---|---|")
    for statement in PARQUET.strip().split(";\n"):
        timed(statement.split(" TO ")[0].lower() + " to parquet", statement)
    late = {owner: surfaces for owner, surfaces, *_ in timed("who is late", QUERIES["late"])}
    assert late == {owner: count for owner, count in planted["late"].items() if count}, (late, planted["late"])
    expiring = [row[:2] for row in timed("what expires", QUERIES["expiring"])]
    assert sorted(expiring) == sorted(planted["expiring"]), (expiring, planted["expiring"])
    receivers = {repo: without for repo, _, without in timed("receivers without a receipt", QUERIES["receivers"])}
    assert receivers == dict(planted["without_receipt"]), receivers
    ownerless = {repo: count for repo, _, count in timed("surfaces without an owner", QUERIES["ownerless"])}
    assert ownerless == dict(planted["ownerless"]), ownerless
    lanes = timed("lanes over time", QUERIES["lanes"])
    first, last = (
        {lane: count for week, lane, count in lanes if week == edge} for edge in (lanes[0][0], lanes[-1][0])
    )
    # Rules alter alerts, so an accepted one waits for its gate.
    expected = collections.Counter(planted["lanes"])
    expected["waiting_runtime_gate"] = expected.pop("accepted")
    after = expected + collections.Counter({"waiting_owner_response": planted["ended"]})
    before = expected + collections.Counter({"waiting_runtime_gate": planted["ended"]})
    assert first == before and last == after, (first, before, last, after)
    total, verified = database.execute(
        "SELECT count(*), count(*) FILTER (verified) FROM 'fleet/parquet/candidates.parquet'"
    ).fetchone()
    # The ledger of a repository in which an acceptance has ended by then is out of date.
    is_current = REPOSITORIES - planted["ended"]
    assert (total, verified) == (REPOSITORIES * SURFACES, is_current * SURFACES), (total, verified)
    print(f"\n{total} rows; NDJSON {size('fleet/*/*.ndjson'):.1f} MB, Parquet {size('fleet/parquet/*'):.2f} MB", flush=True)


def make_answers(count):
    """Writes answers for Spark: of four answers, one asks for an action and one has no follow-up owner."""
    root = FOLDER / "repositories/team-000"
    surface = "grafana_dashboard:dashboards/board-002.json"
    clean = answer(root, surface)
    kinds = [clean, {**clean, "decision_reason": "Please reload Grafana this afternoon."}, clean, {**clean, "followup_owner": "TBD"}]
    names = sorted(repository.name for repository in (FOLDER / "repositories").iterdir())
    with open(FOLDER / "answers.ndjson", "w", encoding="utf-8") as file:
        for index in range(count):
            response = {**kinds[index % 4], "responder": f"Ada Owner {index}"}
            file.write(json.dumps({"repo": names[index * len(names) // count], "response": json.dumps(response)}) + "\n")
    whole = [len(range(kind, count, 4)) for kind in range(4)]
    return {
        "ready_for_monitoring_review": whole[0] + whole[2],
        "reject_execution_request": whole[1],
        "request_supplement": whole[3],
    }


def pipe_alone(count):
    start = time.monotonic()
    with open(FOLDER / "answers.ndjson", "rb") as answers:
        command = f"head -n {count} | {TOOL} triage --ndjson - --repos repositories | wc -l"
        done = subprocess.run(command, shell=True, cwd=FOLDER, stdin=answers, capture_output=True, text=True, check=True)
    assert int(done.stdout) == count
    return time.monotonic() - start


def spark(partitions, expected, file="answers.ndjson"):
    write(FOLDER / "job.py", JOB)
    start = time.monotonic()
    command = [sys.executable, FOLDER / "job.py", FOLDER / file, FOLDER / "repositories", TOOL, str(partitions)]
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": "--master local[2] --conf spark.ui.enabled=false pyspark-shell"}
    environment["PYSPARK_PYTHON"] = environment["PYSPARK_DRIVER_PYTHON"] = sys.executable
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == expected, (done.stdout, expected)
    return time.monotonic() - start


def main():
    for folder in ("repositories", "fleet"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    planted = {
        "late": collections.Counter(), "expiring": [], "without_receipt": {}, "ownerless": {}, "ended": 0, "lanes": collections.Counter()
    }
    start = time.monotonic()
    for number in range(REPOSITORIES):
        make_repository(number, planted)
    print(f"{REPOSITORIES} repositories of {SURFACES} surfaces made in {time.monotonic() - start:.0f} s")
    print(f"exported in {export():.0f} s\n")
    query(planted)
    sample = max(ANSWERS // 10, 1)
    expected = make_answers(sample)
    print(f"\n| {sample} answers | time | answers a second |\n|---|---|---|")
    seconds = pipe_alone(sample)
    print(f"| the binary alone | {seconds:.1f} s | {sample / seconds:.0f} |")
    for partitions in (2, 20, 200):
        seconds = spark(partitions, expected)
        print(f"| Spark, local[2], {partitions} partitions | {seconds:.1f} s | {sample / seconds:.0f} |", flush=True)
    expected = make_answers(ANSWERS)
    seconds = spark(20, expected)
    print(f"\n{ANSWERS} answers in Spark, 20 partitions: {seconds:.0f} s, {ANSWERS / seconds:.0f} a second")


LOAD, PARQUET, JOB = document("load"), document("parquet"), document("job")
QUERIES = {name: document(name) for name in ("late", "expiring", "receivers", "ownerless", "lanes")}
main()
