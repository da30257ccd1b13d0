import Adapters
import ArgumentParser
import Terminal

/// The page of one format: `wf audit FORMAT --help`, and `wf help audit FORMAT`.
struct FormatHelp {
  private let word: String
  private let about: String
  private let fileNames: [String]
  private let manual: FormatManual
  private static let width = 80

  /// - Parameter word: of `Formats.all`, or `auto`; nil for any other.
  init?(_ word: String) {
    if word == Formats.auto {
      about = "the format is told from the content"
      fileNames = []
      manual = .auto
    } else if let format = Formats.named(word) {
      about = format.about
      fileNames = format.fileNames
      manual = format.manual
    } else {
      return nil
    }
    self.word = word
  }

  /// The page that arguments ask for; nil for the pages of commands.
  init?(askedForBy arguments: [String]) {
    let named = arguments[..<(arguments.firstIndex(of: "--") ?? arguments.endIndex)]
    let isAsked = named.contains("--help") || named.contains("-h")
    if named.first == "audit", isAsked, let word = named.dropFirst().first {
      self.init(word)
    } else if named.starts(with: ["help", "audit"]), named.count == 3 {
      self.init(named[2])
    } else {
      return nil
    }
  }

  /// The page, without a last line feed.
  var text: String {
    var lines = ["NAME", "  wf audit \(word) - \(about)", ""]
    lines += ["SYNOPSIS", "  wf audit \(word) <input> ... --claim-package <dir> --output <dir>"]
    lines.append("")
    lines.append("NEEDS")
    lines += paragraph(manual.needs + ".")
    if !fileNames.isEmpty {
      lines += paragraph("In a folder it is found as \(fileNames.joined(separator: ", ")).")
    }
    lines.append("")
    lines.append("READING")
    lines += manual.notes.flatMap { item($0) }
    lines.append("")
    if !manual.generations.isEmpty { lines += records }
    lines.append("EXAMPLE")
    lines += manual.example.flatMap(Self.command)
    lines.append("")
    lines += options
    return lines.joined(separator: "\n")
  }

  private var records: [String] {
    var lines = ["WHAT IS RECORDED"]
    for generation in manual.generations {
      lines += item("\(generation.word): \(generation.about)")
      let rule = generation.denominatorRule ?? "as the file itself names it"
      lines += paragraph("denominator of the source: \(rule)", indent: 4)
      lines += paragraph("seeds: \(generation.seeds.joined(separator: ", "))", indent: 4)
      lines += paragraph(
        "initial states: \(generation.initialStates.joined(separator: ", "))", indent: 4)
    }
    lines += ["", "WHAT IT CANNOT KNOW"]
    lines += manual.unknown.flatMap { item($0) }
    lines += paragraph(
      "So every package of it misses: \(manual.missing.joined(separator: ", ")).")
    lines.append("")
    return lines
  }

  /// The options of the audit, as the parser lists them, and its exit codes.
  private var options: [String] {
    let all = WF.helpMessage(for: AuditCommand.self, columns: Self.width)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var lines: [String] = []
    var isSeedStart = false
    for line in all.drop(while: { $0 != "OPTIONS:" }) where !line.isEmpty {
      if line.hasPrefix("  -") { isSeedStart = line.hasPrefix("  --seed-start") }
      if isSeedStart, !manual.takesSeedStart { continue }
      lines.append(line == "OPTIONS:" ? "OPTIONS" : line)
    }
    lines += ["", "EXIT CODES"]
    lines += paragraph(
      "0 a package was written, whatever the verdict; 3 it was written and the source was partial; "
        + "4 the input is invalid, with the reason word in brackets; 64 usage.")
    return lines
  }

  private func paragraph(_ text: String, indent: Int = 2) -> [String] {
    let margin = String(repeating: " ", count: indent)
    return wrapped(text, width: Self.width - indent).map { margin + $0 }
  }

  private func item(_ text: String) -> [String] {
    wrapped(text, width: Self.width, behind: "  - ")
  }

  /// A command in lines that a shell joins again; a quoted part stays in one piece.
  private static func command(_ text: String) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in shellWords(text) {
      if line.count + 1 + word.count > width - 2, line != " " {
        lines.append(line + " \\")
        line = "   "
      }
      line += " " + word
    }
    lines.append(line)
    return lines
  }

  /// Words as they stand, an option with the value behind it.
  private static func shellWords(_ text: String) -> [String] {
    var words: [String] = []
    var isQuoted = false
    for part in text.split(separator: " ") {
      let joins =
        isQuoted || (words.last?.hasPrefix("--") == true && !(words.last ?? "").contains(" "))
      if joins { words[words.count - 1] += " " + part } else { words.append(String(part)) }
      if part.count(where: { $0 == "'" }) % 2 == 1 { isQuoted.toggle() }
    }
    return words
  }
}
