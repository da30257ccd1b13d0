"""Push and fetch beside stock git: the same SHA-1 objects, the same bare repository on a disk."""
import pathlib
import shutil
import statistics

FILES = 12


def remotes(b, quick, long=False):
    claims = 100 if quick else 1_000
    work = b.folder / "remotes"
    work.mkdir()
    b.run(b.wf, "init", work)
    many_claims(b, work / ".wf", claims)
    first, second = work / "first.git", work / "second.git"
    b.run("git", "init", "-q", "--bare", first)
    b.run(b.wf, "remote", "add", "first", first, cwd=work)
    with_translation = b.seconds(b.wf, "push", "first", "--all", cwd=work)
    b.run(b.wf, "remote", "add", "second", second, cwd=work)

    def forgotten():
        b.run(b.wf, "remote", "remove", "second", cwd=work)
        b.run(b.wf, "remote", "add", "second", second, cwd=work)
        shutil.rmtree(second, ignore_errors=True)
        b.run("git", "init", "-q", "--bare", second)

    def second_push():
        forgotten()
        return b.seconds(b.wf, "push", "second", "--all", cwd=work)

    # The same objects from a repository of git's own.
    plain, target = work / "plain.git", work / "target.git"
    b.run("git", "clone", "-q", "--bare", first, plain)

    def fresh():
        shutil.rmtree(target, ignore_errors=True)
        b.run("git", "init", "-q", "--bare", target)

    push = ["git", "-C", plain, "push", "-q", target, "--all"]
    without, git = b.in_turn(5, second_push, lambda: b.seconds(*push, before=fresh))
    b.row(f"first push of {claims:,} claims, translated before", without, git, "git push --all", 1.5)
    b.row(f"first push of {claims:,} claims with translation", with_translation,
          git + max(0.0, with_translation - without), "git push --all, and the translation", 1.5)
    # Both sides have their refs in one file: git's is a clone, and gc does that in a store.
    b.run(b.wf, "gc", cwd=work)
    ours, theirs = b.in_turn(
        15, lambda: b.seconds(b.wf, "push", "first", "--all", cwd=work), lambda: b.seconds(*push))
    b.row(f"no-op push of {claims:,} claims", ours, theirs, "git push --all", 1.5)
    fetch = ["git", "-C", plain, "fetch", "-q", first, "refs/heads/*:refs/heads/*"]
    b.run(*fetch)
    ours, theirs = b.in_turn(
        9, lambda: b.seconds(b.wf, "fetch", "first", cwd=work), lambda: b.seconds(*fetch))
    b.row(f"no-op fetch of {claims:,} claims", ours, theirs, "git fetch", 1.5)
    one_more(b, [10, 1_000] if not long else [10, 1_000, 10_000])


def one_more(b, lengths):
    """One new version after so many earlier ones; median of five."""
    times = {}
    for length in lengths:
        work = b.folder / f"chain{length}"
        work.mkdir()
        b.run(b.wf, "init", work)
        many_claims(b, work / ".wf", 1)
        b.run("git", "init", "-q", "--bare", work / "r.git")
        b.run(b.wf, "remote", "add", "origin", work / "r.git", cwd=work)
        b.run(b.wf, "debug", "grow", "c00000", length, cwd=work)
        b.run(b.wf, "push", "origin", "c00000", cwd=work)
        taken = []
        for _ in range(5):
            b.run(b.wf, "debug", "grow", "c00000", 1, cwd=work)
            taken.append(b.seconds(b.wf, "push", "origin", "c00000", cwd=work))
        times[length] = statistics.median(taken)
    for length in lengths[1:]:
        b.row(f"push of one version after {length:,}", times[length], times[lengths[0]],
              f"the same after {lengths[0]}", 1.2)


def many_claims(b, store: pathlib.Path, count):
    """Unsigned one-version claims of small files that differ; a push does not judge them."""
    lines = []
    for number in range(count):
        lines.append(f"commit refs/heads/claims/c{number:05}\ncommitter b <b@keys.invalid> 1780000000 +0000\n"
                     "data 8\nversion\n\n")
        for file in range(FILES):
            text = f'{{"claim":{number},"file":{file}}}\n' * 20
            lines.append(f"M 100644 inline f{file:02}.json\ndata {len(text)}\n{text}\n")
    stream = store / "stream"
    stream.write_text("".join(lines))
    b.run("bash", "-c", f"git --git-dir '{store}' fast-import --quiet --date-format=raw < '{stream}'")
    stream.unlink()
