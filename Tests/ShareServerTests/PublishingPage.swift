/// Commands of a page and what it says that they print.
///
/// Ids, keys and times of the page are others than those of a run: each of the page's stands for one
/// of the run's, the same wherever it stands, also in later commands. `…` stands for what the page
/// leaves out: the rest of a line, or of a token, or alone any number of lines.
struct PublishingPage {
  struct Step {
    let command: String
    var expected: [String] = []

    /// Whether the page shows an error.
    var fails: Bool { expected.contains { $0.hasPrefix("error: ") } }
  }

  /// The run's by the page's.
  private var known: [String: String] = [:]

  static func steps(_ text: String) -> [Step] {
    var steps: [Step] = []
    var isInside = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        isInside = line == "```console"
      } else if isInside, line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if isInside, let last = steps.last, last.expected.isEmpty, last.command.hasSuffix("\\")
      {
        steps[steps.count - 1] = Step(command: last.command + "\n" + line)
      } else if isInside, !steps.isEmpty {
        steps[steps.count - 1].expected.append(line)
      }
    }
    return steps
  }

  mutating func learn(_ page: String, _ run: String) { known[page] = run }

  /// A command with the run's values in place of the page's.
  func filled(_ command: String) -> String {
    known.reduce(command) { $0.replacing($1.key, with: $1.value) }
  }

  /// What of the expected lines is not printed, or the other way round; nil where both are the same.
  mutating func difference(_ expected: [String], _ printed: String) -> String? {
    var lines = printed.split(separator: "\n").map(String.init)[...]
    for (place, line) in expected.enumerated() {
      if line == "…" {
        guard let next = expected[(place + 1)...].first else { return nil }
        while let line = lines.first, !matches(next, line) { lines.removeFirst() }
        continue
      }
      guard let first = lines.popFirst(), matches(line, first) else {
        return "not printed: \(line)"
      }
    }
    return lines.first.map { "not on the page: \($0)" }
  }

  private mutating func matches(_ expected: String, _ line: String) -> Bool {
    let (pieces, values) = Self.parts(expected)
    let (found, others) = Self.parts(line)
    if let cut = pieces.last?.firstRange(of: "…"), pieces.count <= found.count {
      let tail = pieces[pieces.count - 1]
      return line.hasPrefix(expected.prefix { $0 != "…" })
        && line.hasSuffix(tail[cut.upperBound...])
    }
    guard pieces == found, values.count == others.count else { return false }
    for (page, run) in zip(values, others) {
      if let old = known[page], old != run { return false }
      // Two of the page's are never one of the run's, but for times, which the clock of a test has one of.
      if known.contains(where: { $0.value == run && $0.key != page }), !page.hasSuffix("Z") {
        return false
      }
      known[page] = run
    }
    return true
  }

  /// A line's words, and between them the values that another run has others of.
  private static func parts(_ line: String) -> (pieces: [String], values: [String]) {
    let value =
      /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:shr|rel)_[0-9A-Z]{26}|http:\/\/127\.0\.0\.1:[0-9]+|wfs_[A-Za-z0-9_\-]{43}|wfs_[A-Za-z0-9_\-]{4}…|SHA256:[A-Za-z0-9+\/]{43}|[0-9a-f]{16}@keys\.invalid|20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z|signature\.dsse\.json +[0-9]+  sha256:[0-9a-f]{64}/
    var pieces: [String] = []
    var values: [String] = []
    var rest = line[...]
    while let match = rest.firstMatch(of: value) {
      pieces.append(String(rest[..<match.range.lowerBound]))
      values.append(String(match.output))
      rest = rest[match.range.upperBound...]
    }
    return (pieces + [String(rest)], values)
  }
}
