import JSON
import Platform
import TestSupport
import Testing

/// What tests of logs and key histories that travel begin with.
extension TwoStores {
  /// Runs lines of a shell in the remote; `$log` is the branch of the only log there, `$claim` the claim's.
  func onRemote(_ script: String) throws {
    let done = try run(
      [
        "bash", "-ec",
        """
        export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
        cd \(remote); claim=\(Self.branch)
        log=$(git for-each-ref --format='%(refname)' refs/heads/wf/log | head -1)
        \(script)
        """,
      ])
    try #require(done.status == 0, "\(done.err)")
  }

  /// The refs of a store below a prefix, with what they lead to.
  func refs(_ prefix: String, in store: String = "b") throws -> [String] {
    try git([
      "--git-dir", work + "/\(store)/.wf", "for-each-ref", "--format=%(refname) %(objectname)",
      prefix,
    ]).out.split(separator: "\n").map(String.init)
  }

  /// The name of the log of a store, and where it is.
  func log(of store: String = "a") throws -> (ref: String, tip: String) {
    let row = try #require(try refs("refs/wf/log", in: store).first).split(separator: " ")
    return (String(row[0]), String(row[1]))
  }

  /// Makes the log of a store known to the user.
  func knowLog(of store: String = "a", config: String = "config") throws {
    let json = try JSONValue.parse(try wf("log-check", "--json", in: store).outBytes)
    let key = try #require(json["logs"]?.array?.first?["vkey"]?.string)
    let path = "\(root)/\(config)/log_keys"
    let old = try FileSystem().readIfPresent(path, limit: 1 << 20) ?? []
    try FileSystem().write(old + Array((key + "\n").utf8), to: path)
  }

  /// The row of the log, or of another ref, in the answer of a command: its state or why not.
  static func row(_ finished: Finished, _ part: String = "/wf/log/") throws -> String? {
    try rows(finished).first { $0.name.contains(part) }.map { row in
      row.reason.map { "rejected " + $0 } ?? row.state
    }
  }

  /// The row `log` of verify's first target.
  func logCheck(in store: String = "b") throws -> (state: String?, reason: String?, detail: String)
  {
    let json = try JSONValue.parse(try wf("verify", "--json", in: store).outBytes)
    let checks = json["targets"]?.array?.first?["checks"]?.array ?? []
    let row = try #require(checks.first { $0["check"]?.string == "log" })
    return (row["state"]?.string, row["reason"]?.string, row["detail"]?.string ?? "")
  }

  /// All that a fetch could change: refs, objects, memories in the store and in the user's folder.
  func everything(_ store: String = "b") throws -> String {
    let user =
      "id=$(cat .wf/wf/id); cd \(root)/config; cat tips/$id | cut -d' ' -f1-4; ls checkpoints"
    return try state(store) + run(["bash", "-c", user], in: work + "/" + store).out
  }

  /// A copy of store `a` that goes on by itself on another machine: commits, and sends all to a remote
  /// of its own.
  ///
  /// - Returns: the remote's path.
  func goOnElsewhere() throws -> String {
    let other = root + "/other.git"
    let env = ["WF_CONFIG_DIR": root + "/config-c"]
    try #require(try run(["cp", "-R", root + "/config", root + "/config-c"]).status == 0)
    try #require(try run(["cp", "-R", "a", "c"], in: work).status == 0)
    try Self.need(try git(["init", "-q", "--bare", other]))
    try Self.need(try wf("commit", "../pkg", "-m", "other", env: env, in: "c"))
    try Self.need(try wf("remote", "add", "other", other, env: env, in: "c"))
    try Self.need(try wf("push", "other", env: env, in: "c"))
    return other
  }
}
