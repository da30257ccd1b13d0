import ArgumentParser
import JSON
import Platform
import Terminal

/// Measuring and looking inside; not part of what other programs may build on.
struct DebugCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debug", abstract: "Measure and look inside", shouldDisplay: false,
    subcommands: [DebugParseJSON.self, DebugGrow.self])
}

struct DebugParseJSON: Command {
  static let configuration = CommandConfiguration(
    commandName: "parse-json", abstract: "Read a file as JSON events three times, print the seconds"
  )
  @OptionGroup var global: GlobalOptions
  @Argument var file: String

  func perform(_ session: Session) throws -> ExitStatus {
    let mapped = try session.files.map(file)
    for _ in 0..<3 {
      let start = steadySeconds()
      try unsafe mapped.withBytes { (bytes) throws(JSONError) in
        // Safe because the mapping outlives the reader, which does not leave the closure.
        var reader = unsafe JSONReader(bytes, options: JSONOptions(allowNonFinite: true))
        while try reader.next().kind != .endOfInput {}
      }
      session.console.result("\(steadySeconds() - start)")
    }
    return .done
  }
}
