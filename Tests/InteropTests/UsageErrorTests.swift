import ArgumentParser
import JSON
import TestSupport
import Testing

@testable import wf

/// Every command's usage errors name a whole command to try next, and that command works.
struct UsageErrorTests {
  /// The names of every command and group of the tree.
  static let paths: [[String]] = {
    func all(_ type: any ParsableCommand.Type, _ path: [String]) -> [[String]] {
      [path] + type.configuration.subcommands.flatMap { all($0, path + [$0._commandName]) }
    }
    return WF.configuration.subcommands.flatMap { all($0, [$0._commandName]) } + [
      ["audit", "import", "run-folder"], ["audit", "lerobot"], ["audit", "auto"],
    ]
  }()

  private func hint(of path: [String]) -> String {
    if path.starts(with: ["audit", "import"]) { return "wf audit import run-folder --help" }
    if path.first == "audit", path.count == 2 { return "wf audit \(path[1]) --help" }
    return "wf help " + path.joined(separator: " ")
  }

  @Test func `a command that does not parse names its own page`() throws {
    let program = try Program.prepared()
    #expect(Self.paths.count > 35 && Self.paths.contains(["claim", "create"]))
    for path in Self.paths {
      let arguments = path + ["--no-such-option"]
      let told = try run(
        [program.binary] + arguments, in: program.work, env: program.environment())
      #expect(told.status == 64 && told.out.isEmpty, "\(path)")
      let expected = hint(of: path)
      #expect(told.err.contains("[usage]"), "\(path): \(told.err)")
      #expect(told.err.hasSuffix("try: \(expected)\n"), "\(path): \(told.err)")
      let asked = try run(
        [program.binary] + arguments + ["--json"], in: program.work, env: program.environment())
      let answer = try JSONValue.parse(asked.outBytes)
      #expect(asked.status == 64 && answer["reason"]?.string == "usage")
      #expect(answer["hint"]?.string == expected, "\(path)")
      #expect(answer["message"]?.string?.contains("--json") == false, "\(path)")
      let page = try program.shell("wf() { \"$WF\" \"$@\"; }; \(expected)")
      #expect(page.status == 0 && page.out.contains("OPTIONS"), "\(expected): \(page.err)")
    }
  }

  /// What a command falls back to where an error knows no next step.
  @Test func `every command's fallback is a command that works`() throws {
    let program = try Program.prepared()
    for path in Self.paths where path.first != "audit" {
      let type = try #require(
        path.reduce(WF.self as (any ParsableCommand.Type)?) { group, name in
          group?.configuration.subcommands.first { $0._commandName == name }
        })
      #expect(WF.path(to: type) == path)
      guard type is any Command.Type else { continue }
      let page = try run(
        [program.binary, "help"] + path, in: program.work, env: program.environment())
      #expect(page.status == 0 && page.out.contains("wf " + path.joined(separator: " ")))
    }
    let refused = try program(
      "claim", "create", "--template", "lerobot-pusht", "--output", "/dev/null/x")
    #expect(refused.status == 4 || refused.status == 70)
    #expect(refused.err.contains("try: "))
  }

  @Test func `a credential that is typed is not printed`() throws {
    let program = try Program.prepared()
    let token = "hf_" + String(repeating: "aB3dE5gH", count: 5)
    for arguments in [["claim", "create", "--" + token], [token], ["audit", token, "x"]] {
      for more in [[], ["--json"]] {
        let told = try run(
          [program.binary] + arguments + more, in: program.work, env: program.environment())
        #expect(told.status == 64 && !(told.out + told.err).contains("aB3dE5gH"), "\(arguments)")
      }
    }
  }
}
