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
  if format != Formats.auto { _ = try Formats.reader(of: format, seen: []) }
  let sources = try openInputs(inputs, files: files)
  guard let first = sources.first else {
    throw AdapterError(.noInput, place: nil, message: "no input file was given")
  }
  guard format == Formats.auto else {
    return try Formats.reader(of: format, seen: [])(sources, [], options)
  }
  let found = try detectFormat(of: first)
  let reader = try Formats.reader(of: found.word, seen: found.evidence)
  return try reader(sources, found.evidence, options)
}

private func openInputs(
  _ inputs: [String], files: FileSystem
) throws(AdapterError) -> [SourceFile] {
  var sources: [SourceFile] = []
  for input in inputs {
    sources.append(try SourceFile(try locateInput(input, files: files), files: files))
  }
  return sources
}
