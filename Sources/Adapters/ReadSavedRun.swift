public import Evidence
public import Platform

/// What the user states about a run that its files do not record.
public struct ReadOptions: Sendable, Equatable {
  /// The seed of episode 0 of every task; episode i then has `seedStart + i`, labelled derived.
  public var seedStart: Int64?
  public var modelID: String?
  /// `sha256:` + 64 hex.
  public var checkpointDigest: String?

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
  let sources = try openInputs(inputs, of: asked, files: files)
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
  if let first = sources.first, try isBridge(first) {
    return try readBridge(sources, as: format.word, detectedBy: detectedBy, options: options)
  }
  return try format.reader(sources, detectedBy, options)
}

private func openInputs(
  _ inputs: [String], of format: Format?, files: FileSystem
) throws(AdapterError) -> [SourceFile] {
  var sources: [SourceFile] = []
  for input in inputs {
    for location in try locateInput(input, of: format, files: files) {
      sources.append(try SourceFile(location, files: files))
    }
  }
  return sources
}
