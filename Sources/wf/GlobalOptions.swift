import ArgumentParser

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: .customShort("C"),
    help: ArgumentHelp("Run as if started in this folder.", valueName: "dir"))
  var directory: String?

  @Option(
    help: ArgumentHelp(
      "The store to use (default: WF_STORE, else the .wf found by looking upward).",
      valueName: "dir"))
  var store: String?

  @Flag(help: "Print one JSON document on standard output and nothing else there.")
  var json = false

  @Flag(help: "No progress and no remarks.")
  var quiet = false

  @Flag(name: .customLong("no-color"), help: "No colour (also: NO_COLOR).")
  var noColor = false

  /// None of them given.
  static var none: GlobalOptions {
    var options = GlobalOptions()
    (options.directory, options.store) = (nil, nil)
    (options.json, options.quiet, options.noColor) = (false, false, false)
    return options
  }
}
