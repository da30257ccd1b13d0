import JSON
import Platform
import TestSupport
import Testing

/// What goes wrong around a remote: a disk that is full here, a server that went back or never ends.
struct RemoteFaultTests {
  /// Whether this user may mount a small disk in a namespace of its own.
  private static let canMount =
    (try? run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).status) == 0

  @Test(.enabled(if: canMount))
  func `a full disk is told, changes nothing, and with room the same command works`() throws {
    let two = try TwoStores()
    let small = two.root + "/small"
    _ = try FileSystem().makeDirectories(small)
    // Smaller than the store, and than the store with its mirror and the quarantine.
    let script = """
      mount -t tmpfs -o size=64k none small; cd small
      for size in 16k 48k 80k; do
        mount -o remount,size=$size none . ; "$WF" clone ../r.git b --json; echo "status $?"; ls -A
      done
      mount -o remount,size=50m none . ; "$WF" clone ../r.git b > /dev/null; echo "status $?"
      (cd ../work/a && "$WF" commit ../pkg -m again && "$WF" push) > ../said 2>&1 || cat ../said
      used=$(du -sk . | cut -f1); mount -o remount,size=$((used + 16))k none . ; cd b
      "$WF" fetch --json; echo "status $?"; "$WF" verify > /dev/null; echo "verify $?"
      git --git-dir .wf for-each-ref --format='%(refname) %(objectname)' refs/remotes
      mount -o remount,size=50m none .. ; "$WF" fetch > /dev/null; echo "status $?"
      git --git-dir .wf for-each-ref --format='%(refname) %(objectname)' refs/remotes
      """
    let done = try run(
      ["unshare", "-rm", "bash", "-c", script], in: two.root,
      env: two.program.environment(["WF": two.program.binary]))
    let lines = done.out.split(separator: "\n").map(String.init)
    let states = lines.filter { $0.hasPrefix("status ") }.map { $0.dropFirst(7) }
    #expect(states.last == "0" && states.dropLast().last != "0", "\(done.out)\(done.err)")
    let failed = try lines.filter { $0.hasPrefix("{") }.map {
      try JSONValue.parse(Array($0.utf8))["reason"]?.string
    }
    #expect(failed == ["disk_full", "disk_full", "disk_full", "disk_full"], "\(done.out)")
    #expect(lines.contains("verify 0"))
    let refs = lines.filter { $0.hasPrefix("refs/remotes/origin/claims/") }
    #expect(refs.count == 2 && refs.first != refs.last, "\(refs)")
    // Of a clone that failed nothing is left.
    #expect(!lines.contains("b"), "\(done.out)")
  }

  @Test func `a push onto a server that went back says so, and puts it forward`() throws {
    let two = try TwoStores()
    let old = try two.remoteTip()
    try two.commit("again")
    let second = try two.wf("push")
    #expect(second.status == 0 && !second.err.contains("went back"), "\(second.err)")
    let tip = try two.remoteTip()
    try two.setRemote(old)
    let push = try two.wf("push")
    #expect(push.status == 0)
    #expect(push.err.contains("went back"), "\(push.err)")
    #expect(try two.remoteTip() == tip)
    try TwoStores.need(try git(["--git-dir", two.remote, "update-ref", "-d", TwoStores.branch]))
    let again = try two.wf("push")
    #expect(again.status == 0 && again.err.contains("was gone"), "\(again.err)")
    try two.commit("third")
    let usual = try two.wf("push")
    #expect(usual.status == 0 && usual.err.isEmpty, "\(usual.err)")
  }

  @Test func `versions go as changes of each other, a claim's first is sent whole`() throws {
    let two = try TwoStores(pushed: false)
    func sent(to name: String) throws -> String {
      let path = two.root + "/" + name
      try TwoStores.need(try run(["git", "init", "-q", "--bare", path]))
      try TwoStores.need(try git(["--git-dir", path, "config", "receive.unpackLimit", "1"]))
      try TwoStores.need(try two.wf("remote", "add", name, path))
      try TwoStores.need(try two.wf("push", name, "--all"))
      return try run(["bash", "-c", "git verify-pack -v \(path)/objects/pack/*.idx"]).out
    }
    #expect(!(try sent(to: "one").contains("chain length")))
    try TwoStores.need(try two.wf("debug", "grow", TwoStores.slug, "12"))
    let many = try sent(to: "many")
    #expect(many.contains("chain length"), "\(many)")
  }

  @Test func `a list of refs without end is given up`() throws {
    let two = try TwoStores()
    let script = two.root + "/endless"
    try FileSystem().write(
      Array(
        """
        #!/usr/bin/env python3
        import sys
        def line(text): sys.stdout.write("%04x%s" % (len(text) + 4, text))
        line("1" * 40 + " HEAD\\0side-band-64k ofs-delta\\n")
        number = 0
        while True:
            line("1" * 40 + " refs/heads/x/%s/%012d\\n" % ("long" * 200, number))
            number += 1

        """.utf8), to: script, mode: 0o755)
    let clone = try run(
      [two.program.binary, "clone", "ssh://host.invalid/e.git", "b", "--json"], in: two.work,
      env: two.program.environment(["GIT_SSH_COMMAND": script]))
    #expect(try Program.reason(clone) == "remote_too_large", "\(clone.out)\(clone.err)")
    #expect(clone.status == 31)
    #expect(!FileSystem().exists(two.work + "/b"))
  }

  /// Of 3 GiB, and of a size that 32 bits cut down to 16 MiB.
  @Test(arguments: [200, 257])
  func `a small delta that makes gigabytes is refused before they are there`(copies: Int) throws {
    let two = try TwoStores()
    let script = Fixtures.path("servers/delta-bomb.py")
    let clone = try run(
      [two.program.binary, "clone", "ssh://host.invalid/e.git", "b", "--json"], in: two.work,
      env: two.program.environment(["GIT_SSH_COMMAND": "python3 \(script) \(copies)"]))
    #expect(try Program.reason(clone) == "remote_pack_invalid", "\(clone.out)\(clone.err)")
    #expect(clone.status == 31)
    #expect(!FileSystem().exists(two.work + "/b"))
  }
}
