import JSON
import Platform
import TestSupport

/// One user with a store `a`, a bare repository `r.git`, and room for further stores.
struct TwoStores {
  let program: Program
  static let slug = "examplevla-libero-spatial-two-tasks"
  static let branch = "refs/heads/claims/\(slug)"

  var root: String { program.folder.path }
  var work: String { program.work }
  var remote: String { root + "/r.git" }

  /// - Parameter pushed: whether the first version is on the remote already.
  init(pushed: Bool = true, hook: String? = nil) throws {
    program = try Program()
    let files = FileSystem()
    _ = try files.makeDirectories(program.work)
    try Self.need(try program("init", "a"))
    _ = try program.examplePackage()
    try Self.need(try git(["init", "-q", "--bare", remote]))
    try Self.need(try wf("commit", "../pkg", "--tag", "first"))
    try Self.need(try wf("remote", "add", "origin", remote))
    if pushed { try Self.need(try wf("push")) }
  }

  static func need(_ finished: Finished) throws {
    if finished.status != 0 { throw Unprepared(why: finished.out + finished.err) }
  }

  /// Why a test could not begin.
  struct Unprepared: Error { let why: String }

  /// Runs a command in store `a`, or another.
  func wf(
    _ arguments: String..., env: [String: String] = [:], in store: String = "a"
  ) throws -> Finished {
    try run(
      [program.binary] + arguments, in: work + "/" + store, env: program.environment(env))
  }

  /// Another store that has what the remote has.
  func clone(_ name: String = "b") throws {
    try Self.need(try program("clone", remote, name))
  }

  /// A further version in a store.
  func commit(_ message: String, in store: String = "a") throws {
    try Self.need(try wf("commit", "../pkg", "-m", message, in: store))
  }

  func tip(_ store: String = "a") throws -> String {
    try git(["--git-dir", work + "/\(store)/.wf", "rev-parse", Self.branch]).out
  }

  func remoteTip() throws -> String {
    try git(["--git-dir", remote, "rev-parse", Self.branch]).out
  }

  func setRemote(_ commit: String) throws {
    let name = commit.split(separator: "\n").first.map(String.init) ?? ""
    try Self.need(try git(["--git-dir", remote, "update-ref", Self.branch, name]))
  }

  /// Refs, remembered tips and objects of a store, to see that nothing changed.
  func state(_ store: String = "a") throws -> String {
    let folder = work + "/\(store)/.wf"
    let list =
      "git --git-dir . for-each-ref; cat wf/tips | cut -d' ' -f1-4; find objects -type f | sort"
    return try run(["bash", "-c", "cd \(folder) && \(list)"]).out
  }

  /// Claims, those of remotes too, and remembered tips: what a claim that is refused leaves as it was.
  func claimState(_ store: String) throws -> String {
    let list = "git --git-dir . for-each-ref refs/heads refs/tags 'refs/remotes/*/claims'"
    return try run([
      "bash", "-c", "cd \(work)/\(store)/.wf && \(list); cut -d' ' -f1-4 < wf/tips",
    ]).out
  }

  static func rows(_ finished: Finished) throws -> [(name: String, state: String, reason: String?)]
  {
    let json = try JSONValue.parse(finished.outBytes)
    return (json["rows"]?.array ?? []).map {
      ($0["name"]?.string ?? "", $0["state"]?.string ?? "", $0["reason"]?.string)
    }
  }

  /// Of claims and labels; the log of tips travels with each push and has a row of its own.
  static func states(_ finished: Finished) throws -> [String] {
    try rows(finished).filter { !$0.name.contains("/wf/log/") }.map { row in
      row.reason.map { "rejected " + $0 } ?? row.state
    }
  }
}
