import Platform
import TestSupport
import Testing

/// Stock git and ssh-keygen on a store that wf made, and wf on one that git made.
struct StockToolsTests {
  @Test func `git reads, checks and clones the store`() throws {
    let program = try CommandJSONTests.demo()
    let fsck = try program.shell("git --git-dir .wf fsck --strict --full")
    #expect(fsck.status == 0)
    #expect(fsck.out.isEmpty && fsck.err.isEmpty, "\(fsck.out)\(fsck.err)")
    let log = try program.shell("git --git-dir .wf log --format=%B HEAD").out
    #expect(log.contains("WF-Kind: package") && log.contains("WF-Kind: registration"))
    #expect(log.contains("WF-Manifest: sha256:"))
    let members = try program.shell("git --git-dir .wf ls-tree --name-only HEAD").out
    for name in members.split(separator: "\n") where name != "raw" {
      let same = try program.shell(
        "cmp <(git --git-dir .wf cat-file blob HEAD:\(name)) <($WF show demo:\(name))")
      #expect(same.status == 0, "\(name): \(same.out)\(same.err)")
      let id = try program.shell(
        "test $(git --git-dir .wf rev-parse HEAD:\(name)) = $(git --git-dir .wf hash-object v2/\(name))"
      )
      #expect(id.status == 0, "\(name)")
    }
    let clone = try program.shell(
      "git clone -q .wf ../clone && cmp ../clone/evidence.json v2/evidence.json && git -C ../clone fsck --strict"
    )
    #expect(clone.status == 0, "\(clone.err)")
    let raw = try program.shell("find ../clone/raw -type f | wc -l")
    #expect((Int(raw.out.filter(\.isNumber)) ?? 0) > 10)
    #expect(try program.shell("$WF verify ../clone").status == 0)
  }

  @Test func `git and ssh-keygen find the signatures good, and changed bytes bad`() throws {
    let program = try CommandJSONTests.demo()
    _ = try program.shell("$WF trust export > signers")
    let git = "git -c gpg.format=ssh -c gpg.ssh.allowedSignersFile=$PWD/signers --git-dir .wf"
    for commit in ["HEAD", "HEAD~1", "HEAD~2"] {
      let good = try program.shell("\(git) verify-commit \(commit)")
      #expect(good.status == 0 && good.err.contains("Good \"git\" signature"), "\(good.err)")
    }
    let tag = try program.shell("\(git) verify-tag demo/v1-model")
    #expect(tag.status == 0 && tag.err.contains("Good \"git\" signature"), "\(tag.err)")
    let cut = try program.shell(
      """
      git --git-dir .wf cat-file commit HEAD > whole
      awk '/^gpgsig-sha256 /{s=1; sub(/^gpgsig-sha256 /,"")} s&&/^$/{exit} s{sub(/^ /,""); print}' whole > sig
      awk '/^gpgsig-sha256 /{s=1; next} s&&/^ /{next} {s=0; print}' whole > payload
      who=$(cut -d' ' -f1 signers)
      ssh-keygen -Y verify -f signers -I $who -n git -s sig < payload
      """)
    #expect(cut.status == 0, "\(cut.out)\(cut.err)")
    let changed = try program.shell(
      "sed -i s/supported/refuted/ payload; ssh-keygen -Y verify -f signers -I $(cut -d' ' -f1 signers) -n git -s sig < payload"
    )
    #expect(changed.status != 0)
  }

  @Test func `everything still works after git repacked the store with deltas and packed its refs`()
    throws
  {
    let program = try CommandJSONTests.demo()
    let packed = try program.shell(
      "git --git-dir .wf repack -adfq --depth=50 --window=50 && git --git-dir .wf pack-refs --all && git --git-dir .wf prune-packed"
    )
    try #require(packed.status == 0, "\(packed.err)")
    for arguments in [
      "verify --recompute", "log demo", "diff demo", "show demo@v1:evidence.md", "fsck", "claims",
      "verify demo@v1-model", "commit v1", "verify", "fsck", "fsck", "fsck", "fsck", "fsck",
    ] {
      let answer = try program.shell("$WF \(arguments)")
      #expect(answer.status == 0, "\(arguments): \(answer.out)\(answer.err)")
    }
    #expect(try program.shell("git --git-dir .wf fsck --strict").status == 0)
  }

  @Test func `a repository that git made and signed is read`() throws {
    let program = try Program.prepared()
    let made = try program.shell(
      """
      set -e
      git init -q --bare --object-format=sha256 ../made
      g="git --git-dir ../made -c gpg.format=ssh -c user.signingkey=$WF_CONFIG_DIR/key -c user.name=x -c user.email=x@y"
      blob=$(echo hello | $g hash-object -w --stdin)
      tree=$(printf '100644 blob %s\\tclaim.json\\n' $blob | $g mktree)
      commit=$($g commit-tree -S -m first $tree)
      $g update-ref refs/heads/claims/made $commit
      $g symbolic-ref HEAD refs/heads/claims/made
      echo $commit
      """)
    try #require(made.status == 0, "\(made.err)")
    #expect(try program("fsck", "--store", "../made").status == 0)
    let show = try program("show", "made:claim.json", "--store", "../made")
    #expect(show.out == "hello\n", "\(show.err)")
    let verify = try program("verify", "--store", "../made")
    #expect(verify.out.contains("graph      ok"), "\(verify.out)")
    #expect(verify.out.contains("signature  ok"), "\(verify.out)")
    #expect(verify.status == 21, "a tree without members is no package")
  }

  @Test(arguments: ["dir", "tar"])
  func `a stranger checks a public export without the store`(format: String) throws {
    let program = try CommandJSONTests.demo()
    let out = try program("export", "demo", "--format", format, "--public", "--output", "out")
    #expect(out.status == 0, "\(out.err)")
    _ = try program.shell(
      "$WF trust export > signers && mkdir ../stranger && mv out signers ../stranger")
    let place = program.folder.path + "/stranger"
    let env = ["WF_CONFIG_DIR": place + "/config"]
    let trusted = try program("verify", "./out", "--trust", "signers", env: env, in: place)
    #expect(trusted.status == 0, "\(trusted.out)\(trusted.err)")
    #expect(try program("verify", "./out", env: env, in: place).status == 23)
    let recomputed = try program(
      "verify", "./out", "--trust", "signers", "--recompute", env: env, in: place)
    #expect(recomputed.status == 0, "\(recomputed.out)")
    #expect(try program.shell("test -e ../stranger/config").status != 0)
  }
}
