internal import JSON

/// What the sentence of a claim says in numbers and names, as far as fixed patterns show it.
///
/// Nothing here fills in a field: the reader only finds where sentence and fields differ.
struct ClaimTextReader {
  /// Rates as exact decimals: percentages and fractions that are not a confidence.
  private(set) var rates: [DecimalText] = []
  private(set) var confidences: [DecimalText] = []
  private(set) var taskCounts: [Int] = []
  private(set) var episodeCounts: [Int] = []
  /// Suites of known benchmarks that are named.
  private(set) var suites: [BenchmarkSuite] = []
  /// Benchmarks that are named, by the table's spelling.
  private(set) var benchmarks: [String] = []
  private(set) var says: Set<Comparison> = []

  enum Comparison { case atLeast, atMost, betterThan }

  init(_ text: String) {
    let tokens = Self.tokens(text)
    readNumbers(tokens)
    let spoken = " " + tokens.filter { $0 != "," }.joined(separator: " ") + " "
    readNames(spoken)
    readComparisons(spoken)
  }

  /// Words in lower case; `80 %`, `80%` and `80 percent` are one token `80%`; hyphens part words.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    var token = ""
    func ends(_ character: Character) -> Bool {
      if character == "." { return false }
      return !(character.isLetter || character.isNumber)
    }
    for character in text.lowercased() {
      if !ends(character) {
        token.append(character)
        continue
      }
      if !token.isEmpty { tokens.append(Self.withoutFinalPoint(token)) }
      token = ""
      switch character {
      case "%":
        if let last = tokens.last, Double(last) != nil { tokens[tokens.count - 1] = last + "%" }
      case "≥", "≤", "<", ">", "=": tokens.append(String(character))
      default: break
      }
    }
    if !token.isEmpty { tokens.append(Self.withoutFinalPoint(token)) }
    return joiningPercent(tokens.filter { !$0.isEmpty })
  }

  private static func withoutFinalPoint(_ token: String) -> String {
    var token = token
    while token.last == "." { token.removeLast() }
    return token
  }

  private static func joiningPercent(_ tokens: [String]) -> [String] {
    var result: [String] = []
    for token in tokens {
      if token == "percent", let last = result.last, Double(last) != nil {
        result[result.count - 1] = last + "%"
      } else {
        result.append(token)
      }
    }
    return result
  }

  private mutating func readNumbers(_ tokens: [String]) {
    for (place, token) in tokens.enumerated() {
      let next = tokens[min(place + 1, tokens.count)...].prefix(3)
      let before = tokens[..<place].suffix(2)
      if token.hasSuffix("%") || (token.hasPrefix("0.") && DecimalText(token) != nil) {
        guard let rate = DecimalText(token) else { continue }
        let isConfidence =
          next.first == "confidence" || next.first == "ci" || before.contains("confidence")
          || (next.contains("interval") && !next.contains("of"))
        if isConfidence { confidences.append(rate) } else { rates.append(rate) }
        continue
      }
      guard let count = Self.count(token) else { continue }
      // The counted word follows within three words, before another number.
      for word in next.prefix(while: { Self.count($0) == nil && !$0.hasSuffix("%") }) {
        if word == "tasks" || word == "task" {
          taskCounts.append(count)
          break
        }
        if ["episodes", "trials", "rollouts", "attempts", "episode"].contains(word) {
          episodeCounts.append(count)
          break
        }
      }
    }
  }

  private mutating func readNames(_ spoken: String) {
    for suite in BenchmarkSuite.known
    where suite.spoken.contains(where: { spoken.contains(" \($0) ") })
      || spoken.contains(" \(suite.id.replacingUnderscores) ")
    {
      suites.append(suite)
    }
    for (name, forms) in Self.benchmarkForms
    where forms.contains(where: { spoken.contains(" \($0) ") }) {
      benchmarks.append(name)
    }
  }

  private mutating func readComparisons(_ spoken: String) {
    let forms: [(Comparison, [String])] = [
      (.atLeast, ["at least", "no less than", "not less than", "or more", "≥", "> =", "minimum"]),
      (.atMost, ["at most", "no more than", "not more than", "or less", "≤", "< =", "fewer than"]),
      (.betterThan, ["better than", "outperforms", "outperform", "more often than", "exceeds"]),
    ]
    for (comparison, words) in forms where words.contains(where: { spoken.contains(" \($0) ") }) {
      says.insert(comparison)
    }
  }

  private static func count(_ token: String) -> Int? {
    let words = [
      "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
      "twelve",
    ]
    return Int(token) ?? words.firstIndex(of: token).map { $0 + 1 }
  }

  /// Benchmarks whose names cannot be mistaken for ordinary words.
  static let benchmarkForms: [(name: String, forms: [String])] = [
    ("LIBERO", ["libero"]), ("PushT", ["pusht", "push t"]), ("SimplerEnv", ["simplerenv"]),
    ("RoboCasa", ["robocasa"]), ("Meta-World", ["metaworld", "meta world"]),
    ("ALOHA", ["aloha"]), ("CALVIN", ["calvin"]), ("RLBench", ["rlbench"]),
    ("ManiSkill", ["maniskill"]), ("DROID", ["droid"]), ("BEHAVIOR", ["behavior 1k"]),
    ("VLABench", ["vlabench"]), ("RoboTwin", ["robotwin"]),
  ]

  /// The benchmark of a free text, by the table; nil when it names none of them.
  static func benchmark(in text: String?) -> String? {
    guard let text else { return nil }
    return ClaimTextReader(text).benchmarks.first
  }
}

extension String {
  fileprivate var replacingUnderscores: String {
    String(map { $0 == "_" ? " " : $0 })
  }
}
