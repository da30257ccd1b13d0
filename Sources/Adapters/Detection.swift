internal import JSON
internal import Platform

/// The format that a file's content shows, and what showed it.
struct DetectedFormat: Sendable, Equatable {
  /// A word of `Formats.all`.
  var word: String
  /// Machine words such as `key:per_task`.
  var evidence: [String]
}

/// Tells the format from the content, in the order of FORMATS §1.5; names of files decide nothing.
func detectFormat(of source: SourceFile) throws(AdapterError) -> DetectedFormat {
  try source.withBytes { (bytes) throws(AdapterError) in
    var probe = ContentProbe(bytes, path: source.path)
    return try probe.format()
  }
}

private struct ContentProbe {
  private let bytes: SourceBytes
  private let path: String
  private var keys: Set<String> = []
  /// `schema`, `schema_version` and `source`, where they are strings.
  private var texts: [String: String] = [:]
  private var fault: AdapterError?

  /// Up to here all of the top is looked at; behind it the format that was seen stands.
  ///
  /// So a large file is not read twice; its own reader finds what is wrong with the rest.
  private static let enough = 16 << 20

  init(_ bytes: SourceBytes, path: String) {
    self.bytes = bytes
    self.path = path
  }

  mutating func format() throws(AdapterError) -> DetectedFormat {
    let isObject = firstByte == 0x7B
    if isObject {
      readTopLevelKeys()
      if let found = try formatOfKeys() { return found }
    } else if let found = try formatOfText() {
      return found
    }
    if let fault { throw fault }
    throw try unrecognised()
  }

  /// The first byte that is neither a byte order mark's nor whitespace.
  private var firstByte: UInt8? {
    var place = startOfText
    while place < bytes.count {
      let byte = bytes[place]
      if ![0x20, 0x09, 0x0A, 0x0D].contains(byte) { return byte }
      place += 1
    }
    return nil
  }

  /// Collects keys until lerobot's are seen; what follows a fault of the text is left out.
  private mutating func readTopLevelKeys() {
    var source = bytes.reader(path: path, skipsNonFinite: true)
    source.json.allowNonFinite = true
    do throws(AdapterError) {
      _ = try source.next()
      while true {
        let token = try source.next()
        guard token.kind == .key else { return }
        let key = source.json.string(token)
        keys.insert(key)
        if key == "per_task" || key == "per_episode" { return }
        guard try readValue(of: key, from: &source) else { return }
      }
    } catch {
      fault = error
    }
  }

  /// - Returns: whether what comes behind the value still matters.
  private mutating func readValue(
    of key: String, from source: inout SourceReader
  ) throws(AdapterError) -> Bool {
    let outside = source.json.depth
    let token = try source.next()
    if token.kind == .string, ["schema", "schema_version", "source"].contains(key) {
      texts[key] = source.json.string(token)
    }
    let isDecided = formatsOfKeys().count == 1
    while source.json.depth > outside {
      if isDecided, source.json.offset > Self.enough { return false }
      _ = try source.next()
    }
    return true
  }

  private func formatOfKeys() throws(AdapterError) -> DetectedFormat? {
    for key in ["per_task", "per_episode"] where keys.contains(key) {
      return DetectedFormat(word: "lerobot", evidence: ["key:" + key])
    }
    return try only(formatsOfKeys())
  }

  private func formatsOfKeys() -> [DetectedFormat] {
    var found: [DetectedFormat] = []
    for (word, pair) in [
      ("lbm_eval", ["num_requested_evaluations", "evaluations"]),
      ("vla-eval", ["benchmark", "tasks"]),
    ] where keys.isSuperset(of: pair) {
      found.append(DetectedFormat(word: word, evidence: pair.map { "key:" + $0 }))
    }
    if let schema = texts["schema"], schema.hasPrefix("worldflux.bridge/") {
      let stated = texts["source"] ?? "worldflux"
      let word = Formats.named(stated) == nil ? "worldflux" : stated
      found.append(DetectedFormat(word: word, evidence: ["schema:" + schema]))
    }
    if let schema = texts["schema_version"], schema.hasPrefix("worldflux.audit_input.") {
      found.append(
        DetectedFormat(word: "worldflux", evidence: ["schema_version:worldflux.audit_input"]))
    }
    return found
  }

  private func formatOfText() throws(AdapterError) -> DetectedFormat? {
    var found: [DetectedFormat] = []
    if hasRolloutResults(bytes) {
      found.append(DetectedFormat(word: "gr00t-n1.7", evidence: ["line:results"]))
    }
    if bytes.find("# episodes completed so far:".utf8) != nil {
      found.append(
        DetectedFormat(word: "openpi", evidence: ["line:episodes_completed_so_far"]))
    }
    if DroidTable.begins(bytes) {
      found.append(
        DetectedFormat(word: "openpi", evidence: ["header:success_duration_video_filename"]))
    }
    return try only(found)
  }

  /// The one candidate; several are told with what speaks for each.
  private func only(_ found: [DetectedFormat]) throws(AdapterError) -> DetectedFormat? {
    guard found.count > 1 else { return found.first }
    let candidates = found.map { "\($0.word) (\($0.evidence.joined(separator: ", ")))" }
    throw AdapterError(
      .ambiguousShape, place: path,
      message: "the content is of several formats: \(candidates.joined(separator: "; "))",
      hint: "say which one it is instead of auto, if it is one run at all")
  }

  private var startOfText: Int { bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

  /// The error for a content that no adapter knows; a text that claims to be JSON is checked first.
  private func unrecognised() throws(AdapterError) -> AdapterError {
    guard let firstByte else {
      return AdapterError(.emptyInput, place: path, message: "the file holds nothing but space")
    }
    if firstByte == 0x7B || firstByte == 0x5B {
      var source = bytes.reader(path: path, skipsNonFinite: true)
      try source.finish()
    }
    let words = Formats.all.map(\.word).joined(separator: ", ")
    let wrapped = wrappedResults(in: bytes, path: path)
    return AdapterError(
      .unrecognisedShape, place: path,
      message: "the content is of no format that is known here",
      hint: wrapped.map(unwrapHint) ?? "formats: \(words)")
  }
}
