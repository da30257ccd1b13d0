"""Inputs of the benchmarks: saved runs of many sizes with a claim and a protocol that fit them."""
import hashlib
import json
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SUITES = ("libero_spatial", "libero_object", "libero_goal", "libero_10")


def claim_and_protocol(folder, tasks, last_index):
    """Writes claim.json and a frozen protocol.json for `tasks` = [(suite, id)], episodes 0…last_index."""
    claim = {
        "schema_version": "worldflux.claim.v0_draft", "id": "clm_01JD8Q4M2N0000000000000001", "slug": "bench",
        "claim_text": "The policy succeeds in at least 70 % of attempts.", "capability": "robot manipulation",
        "subject": {"type": "policy", "id": "bench-policy", "checkpoint_uri": None},
        "applicability": dict.fromkeys(
            ("benchmark", "benchmark_version", "robot_embodiment", "simulator", "camera_distribution")),
        "baseline": None,
        "metric": {"name": "success_rate", "kind": "at_least", "threshold": "0.7", "confidence": "0.95",
                   "aggregate": "micro", "margin": None},
        "created_at": "2026-01-01T00:00:00Z", "source": None, "open_questions": [],
    }
    frozen = {
        "robot_policy_profile": {
            **dict.fromkeys(("profile_id", "policy_id", "embodiment_class", "robot_model", "simulator_family",
                             "control_mode", "degrees_of_freedom", "camera_topology", "checkpoint_digest")),
            "action_space": [], "observation_space": []},
        "probe_registry_digest": None, "probes": [],
        "tasks": [{"suite": s, "task_id": str(t), "name": f"task {t} of {s}"} for s, t in tasks],
        "axes": [], "episode_indexes": [[0, last_index]],
        "seeds": {"kind": "unset"},
        "denominator_policy": {"policy": "errors_as_failures", "stopping": "fixed", "retries": "none",
                               "attempts_per_episode": 1, "exclusion_rules": []},
        "missing_evidence_questions": [],
    }
    canonical = json.dumps(frozen, sort_keys=True, separators=(",", ":"))
    protocol = {
        "schema_version": "worldflux.protocol.v0_draft", "id": "prt_01JD8Q4M2N0000000000000002",
        "claim_id": claim["id"], "created_at": "2026-01-01T00:00:00Z", "frozen_at": "2026-01-01T00:00:00Z",
        "grade_planned": "B", "environment": {"simulator_version": None, "environment_digest": None},
        "metric_contract": {"name": "success_rate", "kind": "binary_success", "unit": "fraction",
                            "direction": "higher_is_better", "success_rule": "environment_success", "horizon_steps": 280},
        "custom_eval_contract": None, "frozen": frozen,
        "freeze_digest": "sha256:" + hashlib.sha256(canonical.encode()).hexdigest(),
    }
    (folder / "claim.json").write_text(json.dumps(claim))
    (folder / "protocol.json").write_text(json.dumps(protocol))


def make_large(folder, tasks, episodes, seed, **options):
    args = [sys.executable, ROOT / "Fixtures/formats/make_large.py", "--tasks", tasks, "--episodes", episodes,
            "--seed", seed, "--output", folder / "eval_info.json"]
    for name, value in options.items():
        args += [f"--{name}", value]
    subprocess.run([str(a) for a in args], check=True)


def layout(tasks):
    """(suite, id) of each task as make_large.py numbers them."""
    per = -(-tasks // len(SUITES))
    return [(SUITES[min(t // per, len(SUITES) - 1)], t % per) for t in range(tasks)]


def many_references(folder, count, changed=0.0):
    """A run of count / 10 tasks × 10 episodes whose videos all lie there; `changed` rewrites a share of them."""
    folder.mkdir(exist_ok=True)
    tasks = count // 10
    make_large(folder, tasks, 10, 3, videos=10)
    claim_and_protocol(folder, layout(tasks), 9)
    choose = random.Random(11)
    for suite, task in layout(tasks):
        videos = folder / "outputs/eval/large/videos" / f"{suite}_{task}"
        videos.mkdir(parents=True, exist_ok=True)
        for episode in range(10):
            again = choose.random() < changed
            if changed and not again:
                continue
            body = f"{suite}/{task}/{episode}/{'again' if again else 'first'}\n".encode()
            (videos / f"eval_episode_{episode}.mp4").write_bytes(b"\0\0\0\x18ftypisom" + body)


def checkout(bench, work, tree):
    """The same files as a checkout of the committed package: members and raw/ reference files."""
    bench.run(bench.wf, "commit", "pkg", cwd=work, ok=(0, 4))
    archive = bench.folder / "checkout.tar"
    bench.run("git", "--git-dir", work / ".wf", "archive", "-o", archive, "HEAD")
    bench.run("tar", "-xf", archive, "-C", tree)


def plain_run(folder):
    folder.mkdir(exist_ok=True)
    make_large(folder, 40, 100, 5)
    claim_and_protocol(folder, layout(40), 99)


def change_one_percent(folder, index):
    make_large(folder, 40, 100, 5, flip=0.01 if index else 0.0)
    # The flips are the same for one seed; another share of them per version makes versions differ.
    if index:
        make_large(folder, 40, 100, 5, flip=0.01 + index * 0.0005)


def large_run(folder, episodes, flip=0.0):
    folder.mkdir(exist_ok=True)
    make_large(folder, 40, episodes, 7, flip=flip)
    claim_and_protocol(folder, layout(40), episodes - 1)


def paired_run(folder, episodes, flip):
    """One task whose episodes have recorded seeds, in a known environment, so that two runs pair."""
    folder.mkdir(exist_ok=True)
    outcome, other = random.Random(5), random.Random(99)
    rows = []
    for index in range(episodes):
        success = (outcome.random() < 0.8) != (other.random() < flip)
        rows.append('{"episode_ix":%d,"sum_reward":%d.0,"max_reward":%d.0,"success":%s,"seed":%d}'
                    % (index, success, success, "true" if success else "false", 100_000 + index))
    rate = sum('"success":true' in row for row in rows) / episodes
    (folder / "eval_info.json").write_text(
        '{"per_episode":[%s],"aggregated":{"avg_sum_reward":%r,"avg_max_reward":%r,"pc_success":%r,"eval_s":1.0,"eval_ep_s":0.1}}'
        % (",".join(rows), rate, rate, 100 * rate))
    claim_and_protocol(folder, [("", "")], episodes - 1)
    protocol = json.loads((folder / "protocol.json").read_text())
    protocol["environment"]["environment_digest"] = "sha256:" + "ab" * 32
    (folder / "protocol.json").write_text(json.dumps(protocol))


def size(folder):
    return sum(p.stat().st_size for p in pathlib.Path(folder).rglob("*") if p.is_file())


def python(folder):
    """A python with orjson, in a virtual environment kept beside the project."""
    venv = ROOT / ".venv"
    binary = venv / "bin/python"
    if not binary.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    probe = subprocess.run([binary, "-c", "import orjson"], stderr=subprocess.DEVNULL)
    if probe.returncode:
        subprocess.run([binary, "-m", "pip", "install", "-q", "orjson"], check=True)
    return str(binary)
