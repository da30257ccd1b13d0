"""Benchmarks of raw hashing beside openssl, and of the import of a folder of very many files."""
import json
import os
import random
import resource
import shutil
import time


def raw(b, quick):
    """`wf audit --raw` beside `openssl dgst -sha256`, per core: CPU seconds of the hashing processes.

    wf does more in that time (it reads the run and writes a package), which an audit without --raw
    measures and which is taken off.
    """
    size = (128 if quick else 1024) << 20
    count = 1_000 if quick else 10_000
    for word, files, each in ((f"one file of {size >> 20} MiB", 1, size),
                              (f"{count:,} files of 100 KiB", count, 100 << 10)):
        work = b.folder / ("raw-one" if files == 1 else "raw-many")
        videos(b, work, files, each)
        if shutil.which("openssl") is None:
            print(f"raw hashing, {word}: skipped, there is no openssl here", flush=True)
            continue
        audit = [b.wf, "audit", "lerobot", "eval_info.json", "--claim", "claim.json", "--protocol",
                 "protocol.json", "--output", "pkg", "--force"]
        paths = sorted(str(p.relative_to(work)) for p in (work / "v").rglob("*.mp4"))
        ours, theirs, wall = [], [], []
        for _ in range(3):
            base = cpu(b, audit, work)
            hashed = cpu(b, audit + ["--raw", "."], work)
            ours.append(hashed[0] - base[0])
            wall.append(hashed[1] - base[1])
            theirs.append(sum(cpu(b, ["openssl", "dgst", "-sha256", *paths[i:i + 2000]], work)[0]
                              for i in range(0, len(paths), 2000)))
        total = files * each
        print(f"raw hashing, {word}: {total / min(ours) / 1e6:.0f} MB/s per core, {total / min(wall) / 1e6:.0f} MB/s"
              f" in all; openssl {total / min(theirs) / 1e6:.0f} MB/s per core", flush=True)
        b.row(f"raw hashing per core, {word}", min(ours), min(theirs), "openssl dgst -sha256", 1.25)
        shutil.rmtree(work)


def cpu(b, args, cwd):
    """User and system seconds, and wall-clock seconds, of one child."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    b.run(*args, cwd=cwd)
    took, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took


def videos(b, work, files, each):
    """A run of one task whose every episode has a video of its own."""
    from inputs import claim_and_protocol
    work.mkdir()
    claim_and_protocol(work, [("libero_spatial", 0)], files - 1)
    block = random.Random(3).randbytes(1 << 20)
    paths = []
    for index in range(files):
        path = work / f"v/{index // 500}/eval_episode_{index}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"\0\0\0\x18ftypisom" + index.to_bytes(8, "big"))
            left = each - 20
            while left > 0:
                left -= file.write(block[:left])
        paths.append(str(path.relative_to(work)))
    (work / "eval_info.json").write_text(json.dumps({
        "per_task": [{"task_group": "libero_spatial", "task_id": 0, "metrics": {
            "sum_rewards": [1.0] * files, "max_rewards": [1.0] * files, "successes": [True] * files,
            "video_paths": paths}}],
        "per_group": {"libero_spatial": {"avg_sum_reward": 1.0, "avg_max_reward": 1.0,
                                         "pc_success": 100.0, "n_episodes": files, "video_paths": paths}},
        "overall": {"avg_sum_reward": 1.0, "avg_max_reward": 1.0, "pc_success": 100.0,
                    "n_episodes": files, "eval_s": 1.0, "eval_ep_s": 1.0, "video_paths": paths}}))


def run_folder(b, quick):
    """The import of a messy folder: at least 20,000 files a second when its pages are in memory."""
    count = 20_000 if quick else 200_000
    work = b.folder / "messy"
    # The folders count as entries, and 200,000 is the limit.
    files = count - count // 400
    messy(work, files)
    args = [b.wf, "audit", "import", "run-folder", work, "--report", "report.json", "--force"]
    took = b.seconds(*args, times=4, ok=(0, 3, 4))
    print(f"import of {files:,} files: {files / took:,.0f} files a second", flush=True)
    b.row(f"import of {count:,} files", took, files / 20_000, "20,000 files a second", 1)
    b.row("peak memory of that import", b.peak(*args), files * 2048, "2 KiB for each file", 1, unit="B")
    shutil.rmtree(work)


def messy(folder, count):
    """Frames, arrays, logs, configurations and notes of about a kilobyte, 500 in each folder."""
    r = random.Random(4)
    kinds = [
        ("png", b"\x89PNG\r\n\x1a\n" + r.randbytes(700)), ("png", b"\x89PNG\r\n\x1a\n" + r.randbytes(900)),
        ("npy", b"\x93NUMPY\x01\x00" + r.randbytes(1100)),
        ("json", b'{"step": 1, "loss": 0.25, "lr": 1e-4, "note": "' + b"x" * 600 + b'"}\n'),
        ("log", b"".join(b"2026-01-01 10:00:%02d,123 INFO step %d loss 0.25 frames/%d.png\n" % (i, i, i) for i in range(20))),
        ("yaml", b"model: a/b\nlr: 0.1\nseed: 3\n" * 20),
        ("txt", b"Grasped the cup on the third try, then dropped it. " * 10),
    ]
    for index in range(count):
        if index % 500 == 0:
            place = folder / f"run_{index // 5000:02d}" / f"part_{index // 500:03d}"
            os.makedirs(place)
        end, body = kinds[index % len(kinds)]
        with open(place / f"file_{index:06d}.{end}", "wb", buffering=0) as file:
            file.write(body)
