internal import Evidence
internal import JSON
internal import Platform

/// The first line of a bridge file (FORMATS §10).
struct BridgeHeader: Sendable {
  static let schema = "worldflux.bridge/1"

  var source = ""
  /// Lines that follow.
  var episodes = 0
  var planned: Int?
  var metric = ""
  var denominatorRule = ""
  var seedLabel = SeedLabel.missing
  var modelID: String?
  var modelDigest: String?
  var harnessVersion: String?
  var createdAt: String?
  var worldModel: WorldModel?
  var judge: Judge?

  /// What generated the rollouts, of which a package names the model alone.
  struct WorldModel: Sendable {
    var model: String?
  }

  /// Who decided on success.
  struct Judge: Sendable {
    var kind: String?
    var id: String?
    var version: String?
  }
}

/// Reads the header line.
struct BridgeHeaderReader {
  private var source: SourceReader
  private var header = BridgeHeader()
  private var seen: Set<String> = []

  private static let required = [
    "source", "episodes", "metric", "denominator_rule", "seed_label", "model", "harness",
  ]

  init(_ source: SourceReader) { self.source = source }

  /// The header, or a complaint; faults of the line's text come before any of them.
  ///
  /// - Parameter word: the format that was asked for.
  mutating func read(as word: String) throws(AdapterError) -> BridgeHeader {
    do throws(AdapterError) {
      guard try source.next().kind == .beginObject else { throw missingHeader() }
      try checkSchema()
      try readMembers()
      try source.finish()
      try check(as: word)
      return header
    } catch {
      if !error.isAboutText { try source.finish() }
      throw error
    }
  }

  /// Looks for `schema` first: without it no other field says anything.
  private func checkSchema() throws(AdapterError) {
    var probe = source
    var schema: String?
    try probe.members { (probe, key) throws(AdapterError) in
      guard key == "schema" else { return try probe.skipValue() }
      schema = try probe.name(at: "/schema")
    }
    guard let schema else { throw missingHeader() }
    guard schema == BridgeHeader.schema else {
      throw source.complaint(
        .unknownSchema, at: "/schema", "the schema is \(shown(schema)), not \(BridgeHeader.schema)")
    }
  }

  private func missingHeader() -> AdapterError {
    source.complaint(
      .missingHeader, at: "",
      "the first line is no header: an object with schema \(BridgeHeader.schema) belongs there")
  }

  private mutating func readMembers() throws(AdapterError) {
    var header = self.header
    var seen = self.seen
    try source.closedMembers(at: "") { (source, key) throws(AdapterError) in
      seen.insert(key)
      switch key {
      case "schema": try source.skipValue()
      case "source":
        header.source = try source.word(
          of: Formats.all.map(\.word), at: "/source", else: .unknownSource)
      case "episodes": header.episodes = try source.count(at: "/episodes")
      case "planned": header.planned = try source.countOrNull(at: "/planned")
      case "metric": header.metric = try source.name(at: "/metric")
      case "denominator_rule": header.denominatorRule = try Self.readRule(&source)
      case "seed_label":
        let label = try source.word(of: ["recorded", "derived", "missing"], at: "/seed_label")
        header.seedLabel = SeedLabel(rawValue: label) ?? .missing
      case "model": try Self.readModel(&source, into: &header)
      case "harness": try Self.readHarness(&source, into: &header)
      case "created_at": header.createdAt = try Self.readTime(&source)
      case "suite_version": _ = try source.nameOrNull(at: "/suite_version")
      case "world_model": header.worldModel = try Self.readWorldModel(&source)
      case "judge": header.judge = try Self.readJudge(&source)
      case "extra":
        guard try source.beginObjectOrNull(at: "/extra") else { return true }
        try source.members { (source, _) throws(AdapterError) in try source.skipValue() }
      default: return false
      }
      return true
    }
    self.header = header
    self.seen = seen
  }

  private func check(as word: String) throws(AdapterError) {
    for key in Self.required where !seen.contains(key) { throw source.missing(key, at: "") }
    if header.source != word {
      throw source.complaint(
        .unknownSource, at: "/source",
        "the file says that it is about \(header.source), and it was given as \(word)",
        hint: "wf audit \(header.source) FILE")
    }
    if word == "cosmos-predict" {
      if header.worldModel == nil { throw source.missing("world_model", at: "") }
      if header.judge == nil { throw source.missing("judge", at: "") }
    }
    if let planned = header.planned, planned < header.episodes {
      throw source.complaint(
        .countMismatch, at: "/planned",
        "\(planned) episodes were planned, and \(header.episodes) are here")
    }
  }
}

// MARK: - Parts

extension BridgeHeaderReader {
  private static func readRule(_ source: inout SourceReader) throws(AdapterError) -> String {
    let rule = try source.name(at: "/denominator_rule")
    guard TextRules.isLabel(rule) else {
      throw source.complaint(
        .wrongType, at: "/denominator_rule",
        "expected a word of small letters, digits and _, such as all_attempted")
    }
    return rule
  }

  private static func readTime(_ source: inout SourceReader) throws(AdapterError) -> String? {
    guard let text = try source.nameOrNull(at: "/created_at") else { return nil }
    guard UTCTime(anyRFC3339: text) != nil else {
      throw source.complaint(.wrongType, at: "/created_at", "expected a time of RFC 3339")
    }
    return text
  }

  private static func readModel(
    _ source: inout SourceReader, into header: inout BridgeHeader
  ) throws(AdapterError) {
    try source.beginObject(at: "/model")
    var hasID = false
    try source.closedMembers(at: "/model") { (source, key) throws(AdapterError) in
      switch key {
      case "id":
        hasID = true
        header.modelID = try source.nameOrNull(at: "/model/id")
      case "checkpoint": _ = try source.nameOrNull(at: "/model/checkpoint")
      case "digest": header.modelDigest = try source.digestOrNull(at: "/model/digest")
      default: return false
      }
      return true
    }
    guard hasID else { throw source.missing("id", at: "/model") }
  }

  private static func readHarness(
    _ source: inout SourceReader, into header: inout BridgeHeader
  ) throws(AdapterError) {
    try source.beginObject(at: "/harness")
    var hasName = false
    try source.closedMembers(at: "/harness") { (source, key) throws(AdapterError) in
      switch key {
      case "name":
        hasName = true
        _ = try source.nameOrNull(at: "/harness/name")
      case "version": header.harnessVersion = try source.nameOrNull(at: "/harness/version")
      case "commit": _ = try source.nameOrNull(at: "/harness/commit")
      default: return false
      }
      return true
    }
    guard hasName else { throw source.missing("name", at: "/harness") }
  }

  private static func readWorldModel(
    _ source: inout SourceReader
  ) throws(AdapterError) -> BridgeHeader.WorldModel? {
    guard try source.beginObjectOrNull(at: "/world_model") else { return nil }
    var result = BridgeHeader.WorldModel()
    try source.closedMembers(at: "/world_model") { (source, key) throws(AdapterError) in
      switch key {
      case "model": result.model = try source.nameOrNull(at: "/world_model/model")
      case "digest": _ = try source.digestOrNull(at: "/world_model/digest")
      case "conditioning":
        _ = try source.word(
          of: ["action", "text", "image", "video"], at: "/world_model/conditioning")
      case "num_steps", "chunk_size":
        _ = try source.countOrNull(at: pointer("/world_model", key))
      case "checkpoint", "guidance", "fps", "resolution":
        try source.scalar(at: pointer("/world_model", key))
      default: return false
      }
      return true
    }
    guard result.model != nil else { throw source.missing("model", at: "/world_model") }
    return result
  }

  private static func readJudge(
    _ source: inout SourceReader
  ) throws(AdapterError) -> BridgeHeader.Judge? {
    guard try source.beginObjectOrNull(at: "/judge") else { return nil }
    var result = BridgeHeader.Judge()
    try source.closedMembers(at: "/judge") { (source, key) throws(AdapterError) in
      switch key {
      case "kind":
        result.kind = try source.word(of: ["human", "vlm", "scripted"], at: "/judge/kind")
      case "id": result.id = try source.nameOrNull(at: "/judge/id")
      case "version": result.version = try source.nameOrNull(at: "/judge/version")
      case "prompt_digest": _ = try source.digestOrNull(at: "/judge/prompt_digest")
      default: return false
      }
      return true
    }
    guard result.kind != nil else { throw source.missing("kind", at: "/judge") }
    return result
  }
}
