public import Evidence
public import Platform

/// What the user states about a run that its files do not record.
public struct ReadOptions: Sendable, Equatable {
  /// The seed of episode 0 of every task; episode i then has `seedStart + i`, labelled derived.
  public var seedStart: Int64?
  public var modelID: String?
  /// `sha256:` + 64 hex.
  public var checkpointDigest: String?
  public var limits = ReadLimits()

  public init(
    seedStart: Int64? = nil, modelID: String? = nil, checkpointDigest: String? = nil
  ) {
    self.seedStart = seedStart
    self.modelID = modelID
    self.checkpointDigest = checkpointDigest
  }
}

/// Reads a saved evaluation.
///
/// Nothing is run again and nothing is repaired: a file that is malformed or contradicts itself is
/// refused with the reason words of FORMATS §1.2.
///
/// - Parameters:
///   - format: a word of `Formats.all`, or `auto`.
///   - inputs: files, or folders as the harness leaves them.
public func readSavedRun(
  format: String, inputs: [String], options: ReadOptions, files: FileSystem
) throws(AdapterError) -> SavedRun {
  let asked = format == Formats.auto ? nil : try Formats.known(format)
  let sources = try openInputs(inputs, of: asked, limits: options.limits, files: files)
  guard let first = sources.first else {
    throw AdapterError(.noInput, place: nil, message: "no input file was given")
  }
  if let asked { return try readSources(sources, as: asked, detectedBy: [], options: options) }
  let found = try detectFormat(of: first)
  for source in sources.dropFirst() {
    let other = try detectFormat(of: source)
    if other.word == found.word { continue }
    throw AdapterError(
      .ambiguousInput, place: source.path,
      message: "this is of the format \(other.word), and \(shown(first.path)) of \(found.word)",
      hint: "audit each run by itself")
  }
  return try readSources(
    sources, as: try Formats.known(found.word), detectedBy: found.evidence, options: options)
}

/// Any source may be bridged, also one with a format of its own.
func readSources(
  _ sources: [SourceFile], as format: Format, detectedBy: [String], options: ReadOptions
) throws(AdapterError) -> SavedRun {
  let isBridged = try sources.first.map { (source) throws(AdapterError) in try isBridge(source) }
  let run =
    isBridged == true
    ? try readBridge(sources, as: format.word, detectedBy: detectedBy, options: options)
    : try format.reader(sources, detectedBy, options)
  try options.limits.check(run.tasks, of: sources.first?.path ?? "")
  try options.check(against: run)
  return run
}

extension ReadOptions {
  /// What a user states must say something: nothing that is given is left out without a word.
  ///
  /// - Throws: `option_not_used` for a start seed of a run to whose seeds it says nothing,
  ///   `option_contradicts_source` for another model or checkpoint than the source records.
  fileprivate func check(against run: SavedRun) throws(AdapterError) {
    // What is passed on as it is takes no option, which the audit tells.
    if run.statedInput != nil { return }
    if seedStart != nil, run.format.name != "lerobot" || run.seedLabel != .derived {
      throw AdapterError(
        .optionNotUsed, place: "--seed-start",
        message: run.format.name == "lerobot"
          ? "this file records the seeds of its episodes"
          : "the seeds of \(run.format.name) do not follow from a start seed by episode",
        hint: "leave out --seed-start; wf audit \(run.format.name) --help says what is recorded")
    }
    let stated = [
      ("--model-id", modelID, run.model.id),
      ("--checkpoint-digest", checkpointDigest, run.model.checkpointDigest),
    ]
    for case (let name, let given?, let recorded?) in stated where given != recorded {
      throw AdapterError(
        .optionContradictsSource, place: name,
        message: "the source records \(shown(recorded)), and \(shown(given)) is given",
        hint: "leave out \(name), or find out which one was evaluated")
    }
  }
}

private func openInputs(
  _ inputs: [String], of format: Format?, limits: ReadLimits, files: FileSystem
) throws(AdapterError) -> [SourceFile] {
  var sources: [SourceFile] = []
  for input in inputs {
    for location in try locateInput(input, of: format, files: files) {
      sources.append(try SourceFile(location, limits: limits, files: files))
    }
  }
  return sources
}
