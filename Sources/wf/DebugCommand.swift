import ArgumentParser
import History
import JSON
import ObjectStore
import Platform
import Terminal

/// Measuring and looking inside; not part of what other programs may build on.
struct DebugCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debug", abstract: "Measure and look inside", shouldDisplay: false,
    subcommands: [DebugParseJSON.self, DebugGraphDiff.self, DebugGrow.self])
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

/// What `git diff --raw` tells of two commits, and nothing of what it means.
struct DebugGraphDiff: Command {
  static let configuration = CommandConfiguration(
    commandName: "graph-diff", abstract: "Paths that differ between two versions, without an audit")
  @OptionGroup var global: GlobalOptions
  @Argument var a: String
  @Argument var b: String

  func perform(_ session: Session) throws -> ExitStatus {
    let store = try session.store()
    let trees = try [a, b].map { text in
      try store.link(store.resolve(session.version(text, in: store)).commit).commit.tree
    }
    let graph = try GraphDiff(
      trees[0], trees[1],
      in: GraphDiff.Source(
        tree: { (id) throws(ObjectError) in try store.objects.tree(id) },
        size: { (id) throws(ObjectError) in try store.objects.size(of: id) }))
    for change in graph.changes {
      session.console.result("\(change.state.rawValue)\t\(change.path)")
    }
    return .done
  }
}
