"""The limits of reading at full size: the largest run that is read, and one more, which is refused with its word.

Files of up to a gigabyte and more are made one at a time and removed again; a package of ten million episodes takes
about nine gigabytes beside them.
"""
import json
import os
import shutil
import subprocess
import sys

import inputs

TASKS, EPISODES, REFERENCES = 200_000, 10_000_000, 1_000_000


def spread(tasks, episodes):
    """How many episodes each task has; the first ones take what is left over."""
    each, more = divmod(episodes, tasks)
    return [each + (t < more) for t in range(tasks)]


def lerobot(file, counts):
    file.write('{"per_task":[')
    for task, count in enumerate(counts):
        ones = ",".join(["1.0"] * count)
        file.write('%s{"task_group":"s","task_id":%d,"metrics":{"sum_rewards":[%s],"max_rewards":[%s],"successes":[%s],"video_paths":[]}}'
                   % ("," if task else "", task, ones, ones, ",".join(["true"] * count)))
    figures = '{"avg_sum_reward":1.0,"avg_max_reward":1.0,"pc_success":100.0,"n_episodes":%d,"video_paths":[]%s}'
    total = sum(counts)
    file.write('],"per_group":{"s":%s},"overall":%s}' % (figures % (total, ""), figures % (total, ',"eval_s":1.0,"eval_ep_s":1.0')))


def lerobot_old(file, counts):
    file.write('{"per_episode":[')
    file.write(",".join('{"episode_ix":%d,"sum_reward":1.0,"max_reward":1.0,"success":true,"seed":%d}' % (i, 1000 + i)
                        for i in range(sum(counts))))
    file.write('],"aggregated":{"avg_sum_reward":1.0,"avg_max_reward":1.0,"pc_success":100.0,"eval_s":1.0,"eval_ep_s":1.0}}')


def bridge(file, counts):
    file.write(json.dumps({
        "schema": "worldflux.bridge/1", "source": "worldflux", "episodes": sum(counts), "metric": "success_rate",
        "denominator_rule": "all_attempted", "seed_label": "recorded",
        "model": {"id": None, "checkpoint": None, "digest": None},
        "harness": {"name": "made", "version": None, "commit": None}}) + "\n")
    for task, count in enumerate(counts):
        file.write("".join('{"suite":"s","task_id":"%d","episode_index":%d,"outcome":"succeeded","success":true,"seed":%d,"media":[]}\n'
                           % (task, i, 1000 + i) for i in range(count)))


def lbm_eval(file, counts):
    total = sum(counts)
    file.write('{"num_processes":8,"elapsed_time":1.0,"num_requested_evaluations":%d,"num_evaluated":%d,"num_success":%d,'
               '"success_rate":1.0,"evaluations":[' % (total, total, total))
    for task, count in enumerate(counts):
        file.write(("," if task else "") + ",".join(
            '{"skill_type":"%d","scenario_index":%d,"is_pending":false,"total_time":9.5,"is_success":true,"failure_message":null}'
            % (task, i) for i in range(count)))
    file.write("]}")


def vla_eval(file, counts):
    file.write('{"benchmark":"b","mode":"sync","harness_version":"0.4.1","created_at":"2026-08-02T00:00:00+00:00","tasks":[')
    for task, count in enumerate(counts):
        file.write('%s{"task":"%d","episodes":[%s],"num_episodes":%d,"avg_steps":9.0,"mean_success":1.0}' % (
            "," if task else "", task,
            ",".join('{"episode_id":%d,"metrics":{"success":true},"steps":9}' % i for i in range(count)), count))
    file.write('],"config":{"subname":"s"},"metric_keys":["success"],"mean_success":1.0}')


def openpi(file, counts):
    file.write("INFO:root:Task suite: s\n")
    done = 0
    for task, count in enumerate(counts):
        for k in range(1, count + 1):
            done += 1
            file.write("INFO:root:\nTask: task %d\nINFO:root:Starting episode %d...\nINFO:root:Success: True\n"
                       "INFO:root:# episodes completed so far: %d\nINFO:root:# successes: %d (100.0%%)\n" % (task, k, done, done))
        file.write("INFO:root:Current task success rate: 1.0\nINFO:root:Current total success rate: 1.0\n")
    file.write("INFO:root:Total success rate: 1.0\nINFO:root:Total episodes: %d\n" % done)


def droid(file, counts):
    file.write(",success,duration,video_filename\n")
    file.write("".join("%d,1.0,312,video_%d\n" % (i, i) for i in range(sum(counts))))


def gr00t(file, counts):
    for task, count in enumerate(counts):
        file.write("results:  ('s/%d', [%s], {})\nsuccess rate:  1.0\n" % (task, ", ".join(["True"] * count)))


# Word, the file's name, its writer, the suite of its tasks, and whether it has more tasks than one.
WRITERS = [
    ("lerobot", "eval_info.json", lerobot, "s", True), ("lerobot", "eval_info.json", lerobot_old, "", False),
    ("openpi", "eval.log", openpi, "s", True), ("openpi", "eval_09:02AM_July_04_2026.csv", droid, "", False),
    ("lbm_eval", "results-2026-03-02T09:15:30.250-05:00.json", lbm_eval, "lbm_eval", True),
    ("vla-eval", "b.json", vla_eval, "s", True), ("gr00t-n1.7", "eval.log", gr00t, "s", True),
    ("worldflux", "run.jsonl", bridge, "s", True),
]

NAMES = {lerobot: "per_task", lerobot_old: "per_episode", openpi: "libero_log", droid: "droid_csv", lbm_eval: "results_json",
         vla_eval: "v2_metrics", gr00t: "rollout_policy_stdout", bridge: "bridge_1"}


def limits(b, quick):
    """Every row of the table: what is just within is read in full, what is one over is refused."""
    most_tasks = 2_000 if quick else TASKS
    print("\n| limit | input | bytes | outcome | processor time | peak memory |\n|---|---|---|---|---|---|", flush=True)
    for word, name, write, suite, many in WRITERS:
        kind = f"{word}, {NAMES[write]}"
        most = 100_000 if quick else REFERENCES if write in (lbm_eval, droid) else EPISODES
        what = "files named" if write in (lbm_eval, droid) else "episodes"
        sizes = [(what, spread(200 if many else 1, most + more)) for more in (0, 1)]
        if many:
            sizes += [("tasks", [1] * (most_tasks + more)) for more in (0, 1)]
        for what, counts in sizes:
            amount = len(counts) if what == "tasks" else sum(counts)
            over = amount > (most_tasks if what == "tasks" else most)
            work = b.folder / "limits"
            work.mkdir()
            with open(work / name, "w", encoding="utf-8") as file:
                write(file, counts)
            ids = [(suite, t) for t in range(len(counts))] if suite else [("", "")]
            inputs.claim_and_protocol(work, ids, max(counts) - 1)
            audit = [b.wf, "audit", word, name, "--claim", "claim.json", "--protocol", "protocol.json", "--output", "pkg", "--json"]
            told(b, work, audit, f"{amount:,} {what}", kind, work / name, "limit_exceeded" if over and not quick else None)
            if what != "tasks" and not over and write is bridge:
                stated(b, work, quick)
            shutil.rmtree(work)
    folders(b, quick)


def stated(b, work, quick):
    """The audit_input.json of that package as an input of its own, and one padded to a gigabyte and over."""
    again = work / "pkg/audit_input.json"
    audit = [b.wf, "audit", "worldflux", again, "--claim", "claim.json", "--protocol", "protocol.json", "--output", "again", "--json"]
    told(b, work, audit, "its audit_input.json", "worldflux", again, None)
    shutil.rmtree(work / "pkg")
    shutil.rmtree(work / "again", ignore_errors=True)


def gibibyte(b):
    """An audit_input.json of exactly 1 GiB and one of a byte more: a text of the source fills it."""
    for more in (0, 1):
        work = b.folder / "limits"
        work.mkdir()
        with open(work / "run.jsonl", "w", encoding="utf-8") as file:
            bridge(file, [10])
        inputs.claim_and_protocol(work, [("s", 0)], 9)
        audit = [b.wf, "audit", "worldflux", "run.jsonl", "--claim", "claim.json", "--protocol", "protocol.json"]
        b.run(*audit, "--output", "pkg", cwd=work)
        text = (work / "pkg/audit_input.json").read_bytes()
        # Canonical order: an unknown field behind all known ones.
        head, tail = text[:-2], b'","zz_last":""}\n'
        filler = (1 << 30) + more - len(head) - len(b',"zz_fill":"') - len(tail)
        with open(work / "audit_input.json", "wb") as file:
            file.write(head + b',"zz_fill":"' + b"x" * filler + tail)
        assert (work / "audit_input.json").stat().st_size == (1 << 30) + more
        told(b, work, [b.wf, "audit", "worldflux", "audit_input.json", "--claim", "claim.json", "--protocol", "protocol.json",
                       "--output", "again", "--json"], "1 GiB" + (" and a byte" if more else ""), "worldflux, audit_input.json",
             work / "audit_input.json", "file_too_large" if more else None)
        shutil.rmtree(work)


def folders(b, quick):
    """Run folders: 200,000 entries, 5,000,000 rows of one file."""
    if not quick:
        gibibyte(b)
    for more in (0, 1):
        work = b.folder / "limits"
        work.mkdir()
        entries = (2_000 if quick else 200_000) + more
        for index in range(entries):
            if index % 1000 == 0:
                place = work / f"run/part_{index // 1000:03d}"
                # The folder is an entry too.
                place.mkdir(parents=True)
                continue
            (place / f"{index:06d}.txt").touch()
        imported(b, f"{entries:,} entries", "run folder", work / "run", "limits_exceeded" if more and not quick else "narrative_evidence")
        rows = (10_000 if quick else 5_000_000) + more
        shutil.rmtree(work)
        work.mkdir()
        with open(work / "episodes.jsonl", "w") as file:
            file.writelines('{"task":"0","episode":%d,"success":true}\n' % i for i in range(rows))
        imported(b, f"{rows:,} rows", "run folder, episodes.jsonl", work, "limits_exceeded" if more and not quick else "claim_not_given")
        shutil.rmtree(work)


def imported(b, limit, kind, folder, word):
    report = b.folder / "report.json"
    size = inputs.size(folder)
    args = [b.wf, "audit", "import", "run-folder", folder, "--report", report, "--force"]
    status, took, peak, _ = measured(b, b.folder, args)
    reasons = json.loads(report.read_text())["reasons"]
    line(limit, kind, size, f"{', '.join(reasons)} (exit {status})", took, peak, word in reasons)


def told(b, work, args, limit, kind, path, word):
    """One row; `word` is the reason that has to come, None for a package."""
    size = path.stat().st_size
    status, took, peak, out = measured(b, work, args)
    answer = json.loads(out or "{}")
    reason = answer.get("reason")
    outcome = f"refused: {reason} (exit {status})" if reason else f"read: {answer.get('attempted', 0):,} episodes (exit {status})"
    line(limit, kind, size, outcome, took, peak, reason == word)


def line(limit, kind, size, outcome, took, peak, held):
    print(f"| {limit} | {kind} | {size / 1e6:,.1f} MB | {outcome}{'' if held else ' **not as it should be**'} | {took:.1f} s | {peak / 1e6:,.0f} MB |",
          flush=True)


def measured(b, cwd, args):
    """Exit code, processor seconds, peak resident bytes and standard output of one child of a small parent."""
    small = ("import os, sys; pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ,"
             " file_actions=[(os.POSIX_SPAWN_OPEN, 1, sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)]);"
             " end = os.wait4(pid, 0); use = end[2]; print(os.waitstatus_to_exitcode(end[1]),"
             " use.ru_utime + use.ru_stime, use.ru_maxrss, file=sys.stderr)")
    out = b.folder / "answer.json"
    done = subprocess.run([sys.executable, "-S", "-c", small, str(out), *(str(a) for a in args)], cwd=cwd, env=b.env,
                          stderr=subprocess.PIPE, text=True, check=True)
    status, took, peak = done.stderr.split()[-3:]
    text = out.read_text() if out.exists() else ""
    return int(status), float(took), int(peak) * 1024, text if text.startswith("{") else ""
