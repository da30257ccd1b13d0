import Adapters
import ArgumentParser
import JSON
import Terminal

struct FormatsCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the formats that wf audit reads",
    discussion: """
      The word of a format is what wf audit takes before the files. With auto the
      content decides, by what it is seen by here; names of files matter only where a
      folder is given and the results in it have to be found. A run of any source can
      also be given as a bridge file (worldflux.bridge/1, JSON Lines).

      Examples:
        wf formats
        wf formats --json
      """)
  @OptionGroup var global: GlobalOptions

  func perform(_ session: Session) throws -> ExitStatus {
    if session.console.json {
      session.console.result(
        jsonLine(["schema": "wf.formats/1", "formats": .array(Formats.all.map(row))]))
      return .done
    }
    let width = (Formats.all.map(\.word.count).max() ?? 0) + 2
    let indent = String(repeating: " ", count: width)
    for format in Formats.all {
      let word = format.word + String(repeating: " ", count: width - format.word.count)
      session.console.result(word + format.about)
      for line in wrapped(
        format.manual.needs, width: max(40, session.console.style.width - width), behind: "needs ")
      {
        session.console.result(indent + line)
      }
      session.console.result(indent + "seen by " + format.detectedBy.joined(separator: ", "))
      session.console.result(indent + "found as " + format.fileNames.joined(separator: ", "))
    }
    session.console.remark("Next: wf audit FORMAT --help shows an example that works")
    return .done
  }

  private func row(_ format: Format) -> JSONValue {
    [
      "format": .string(format.word), "about": .string(format.about),
      "detected_by": .array(format.detectedBy.map { .string($0) }),
      "files": .array(format.fileNames.map { .string($0) }),
      "needs": .string(format.manual.needs),
      "generations": .array(format.manual.generations.map(row)),
      "cannot_know": .array(format.manual.unknown.map { .string($0) }),
      "missing": .array(format.manual.missing.map { .string($0) }),
      "example": .array(format.manual.example.map { .string($0) }),
    ]
  }

  private func row(_ generation: FormatManual.Generation) -> JSONValue {
    [
      "generation": .string(generation.word), "about": .string(generation.about),
      "denominator_rule": generation.denominatorRule.map { .string($0) } ?? .null,
      "seeds": .array(generation.seeds.map { .string($0) }),
      "initial_states": .array(generation.initialStates.map { .string($0) }),
    ]
  }
}
