import TestSupport
import Testing

/// The `console` blocks of a page in Docs/: commands behind `$ `, and below each what it prints.
struct DocumentedCommands {
  struct Step {
    let command: String
    var expected: [String] = []
  }

  let steps: [Step]

  /// - Parameter page: its name in Docs/.
  init(page: String) throws {
    let text = String(
      decoding: try Fixtures.read(Fixtures.path("../Docs/" + page)), as: UTF8.self)
    var steps: [Step] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if isInside, !steps.isEmpty {
        steps[steps.count - 1].expected.append(String(line))
      }
    }
    self.steps = steps
  }

  /// Runs every command as it stands; each line below it has to be in what it prints.
  func check(with program: Program) throws {
    for step in steps {
      let command = "wf() { \"$WF\" \"$@\"; }; export GIT_CONFIG_GLOBAL=/dev/null; \(step.command)"
      let done = try program.shell(command)
      #expect(done.status == 0, "\(step.command): \(done.out)\(done.err)")
      for line in step.expected {
        #expect((done.out + done.err).contains(line), "\(step.command): \(done.out)\(done.err)")
      }
    }
  }
}
