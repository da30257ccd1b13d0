"""Rows about the store: growth of a history, and large members with few rows changed."""
import json
import pathlib
import random
import shutil
import subprocess
import time

import inputs


def packs(store):
    return len(list((store / "objects/pack").glob("*.pack")))


def growth(b, quick, full=False):
    """Time of a commit and of looking at the tip, bytes and packs, as a history gets longer."""
    sizes = (10, 100) if quick else (10, 100, 1_000, 10_000) if full else (10, 100, 1_000)
    work = b.folder / "growth"
    inputs.plain_run(work)
    b.run(b.wf, "init", work)
    b.run(b.wf, "audit", "lerobot", "eval_info.json", "--claim", "claim.json", "--protocol",
          "protocol.json", "--output", "pkg", cwd=work)
    b.run(b.wf, "commit", "pkg", cwd=work)
    store = work / ".wf"
    print(f"\n{'commits':>8} {'commit':>10} {'log':>10} {'verify tip':>11} {'bytes':>10} {'packs':>6} {'gc':>10} {'bytes after':>12}")
    commits = 1
    for size in sizes:
        b.run(b.wf, "debug", "grow", "bench", str(size - commits - 3), cwd=work)
        took = []
        for _ in range(3):
            start = time.perf_counter()
            b.run(b.wf, "commit", "pkg", cwd=work)
            took.append(time.perf_counter() - start)
        commits = size
        log = b.seconds(b.wf, "log", cwd=work, times=2)
        verify = b.seconds(b.wf, "verify", "bench", cwd=work, times=2)
        copy = b.folder / "growth-copy"
        shutil.copytree(work, copy)
        start = time.perf_counter()
        b.run(b.wf, "gc", cwd=copy)
        gc = time.perf_counter() - start
        print(f"{size:>8,} {min(took) * 1000:>7.1f} ms {log * 1000:>7.1f} ms {verify * 1000:>8.1f} ms "
              f"{inputs.size(store / 'objects') / 1e6:>7.1f} MB {packs(store):>6} {gc:>8.2f} s "
              f"{inputs.size(copy / '.wf/objects') / 1e6:>9.1f} MB", flush=True)
        shutil.rmtree(copy)


def large(b, quick):
    """A member of 100 MB of which one row in a hundred changes: in one place, and all over."""
    episodes = 5_000 if quick else 12_500
    for word, pick in (("in one place", contiguous), ("all over", scattered)):
        work = b.folder / f"large-{pick.__name__}"
        inputs.large_run(work, episodes)
        b.run(b.wf, "init", work)
        audit = [b.wf, "audit", "lerobot", "eval_info.json", "--claim", "claim.json", "--protocol",
                 "protocol.json", "--output", "pkg", "--force"]
        b.run(*audit, cwd=work)
        member = (work / "pkg/episode_results.jsonl").stat().st_size
        peak = b.peak(b.wf, "commit", "pkg", cwd=work)
        store = work / ".wf"
        first = inputs.size(store / "objects")
        change(work / "eval_info.json", pick)
        b.run(*audit, cwd=work)
        start = time.perf_counter()
        peak_again = b.peak(b.wf, "commit", "pkg", cwd=work)
        print(f"\nthe commit of the second version: {time.perf_counter() - start:.2f} s")
        git = ["git", "--git-dir", store]
        chunks = [set(b.run(*git, "ls-tree", f"HEAD{back}:episode_results.jsonl").decode().splitlines())
                  for back in ("~1", "")]
        ids = [{line.split()[2].split("\t")[0] for line in rows} for rows in chunks]
        grown = inputs.size(store / "objects") - first
        print(f"\n{member / 1e6:.0f} MB of episode_results.jsonl, 1 % of episodes changed {word}: "
              f"{len(ids[1] - ids[0])} of {len(ids[1])} chunks new, store +{grown / 1e6:.1f} MB on {first / 1e6:.1f} MB")
        b.row(f"new bytes of that member, 1 % changed {word}", on_disk(git, ids[1] - ids[0]),
              on_disk(git, ids[0]), "its bytes in the store before", 0.05, unit="B")
        b.run(b.wf, "gc", cwd=work)
        after = inputs.size(store / "objects")
        print(f"  after wf gc both versions together: {after / 1e6:.1f} MB")
        b.row(f"both versions after wf gc, 1 % changed {word}", after, first, "the first version alone", 1.05, unit="B")
        out = work / "out"
        peak_export = b.peak(b.wf, "export", "bench", "--format", "dir", "--output", out, cwd=work)
        same = (out / "episode_results.jsonl").read_bytes() == (work / "pkg/episode_results.jsonl").read_bytes()
        if not same:
            raise SystemExit("the joined member is not the one that was committed")
        whole = sum(p.stat().st_size for p in (work / "pkg").rglob("*") if p.is_file())
        print(f"  the package has {whole / 1e6:.0f} MB")
        b.row("peak memory of that commit", peak, 128e6, "128 MB, whatever the size", 1, unit="B")
        b.row("peak memory of the commit of the second version", peak_again, 128e6,
              "128 MB, whatever the size", 1, unit="B")
        b.row("peak memory of that export", peak_export, 128e6, "128 MB, whatever the size", 1, unit="B")
        shutil.rmtree(work)


def on_disk(git, ids):
    """Bytes that objects take in the packs: compressed, and as deltas where they are."""
    done = subprocess.run([*git, "cat-file", "--batch-check=%(objectsize:disk)"], check=True, text=True,
                          input="".join(i + "\n" for i in sorted(ids)), stdout=subprocess.PIPE)
    return sum(int(line) for line in done.stdout.split())


def contiguous(count):
    return range(count // 3, count // 3 + count // 100)


def scattered(count):
    return random.Random(17).sample(range(count), count // 100)


def change(path, pick):
    """Gives some episodes, counted over all tasks, the results of each other: sums and rates stay."""
    run = json.loads(path.read_text())
    tasks = run["per_task"]
    each = len(tasks[0]["metrics"]["successes"])
    chosen = {}
    for number in sorted(pick(each * len(tasks))):
        chosen.setdefault(number // each, []).append(number % each)
    for task, rows in chosen.items():
        for column in ("sum_rewards", "max_rewards", "successes"):
            values = tasks[task]["metrics"][column]
            old = [values[row] for row in rows]
            for row, value in zip(rows, old[1:] + old[:1]):
                values[row] = value
    path.write_text(json.dumps(run, indent=2))
