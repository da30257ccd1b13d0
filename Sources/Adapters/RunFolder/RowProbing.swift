internal import JSON

/// Takes rows from a JSON or JSONL file, whatever is wrong with it (IMPORT §3).
///
/// Nothing is refused here: a fault of the text is kept and what was read before it stays.
struct RowProbing {
  let bytes: SourceBytes
  let limits: RunFolderLimits
  private var probe = RowProbe()

  init(_ bytes: SourceBytes, limits: RunFolderLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  static func probe(
    _ bytes: SourceBytes, isLines: Bool, limits: RunFolderLimits
  ) -> RowProbe {
    var probing = RowProbing(bytes, limits: limits)
    probing.run(isLines: isLines)
    return probing.probe
  }

  private mutating func run(isLines: Bool) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { probe.notes.append(.byteOrderMark) }
    if isLines {
      readLines()
    } else {
      readDocument()
    }
    if bytes.find("NaN".utf8) != nil || bytes.find("Infinity".utf8) != nil {
      probe.notes.append(.nonstandardNumber)
    }
  }

  private func reader(_ range: Range<Int>? = nil) -> JSONReader {
    let options = JSONOptions(
      allowNonFinite: true, maximumDepth: limits.jsonDepth, allowByteOrderMark: true)
    return bytes.json(range, options: options)
  }

  private mutating func keep(_ error: JSONError, line: Int? = nil) {
    if probe.fault != nil { return }
    probe.fault = (error.reason, "line \(line ?? error.line), column \(error.column)")
  }

  // MARK: - Documents

  private mutating func readDocument() {
    var top = TopLevel()
    var json = reader()
    if let error = top.read(&json) {
      // Several documents in one file are lines of rows by another name.
      if error.code == .trailingData { return readLines() }
      keep(error)
    }
    probe.keys = top.keys
    probe.contract = top.contract
    probe.planned = top.integers["attempted"]
    probe.isAggregate = top.isAggregate
    for key in ["model", "model_id", "policy", "benchmark"] {
      if let text = top.texts[key] { probe.namesSomething.append("\(key): \(text)") }
    }
    readRows(of: top)
  }

  /// Rows in the order of shapes that IMPORT §3 gives.
  private mutating func readRows(of top: TopLevel) {
    let keys = Set(top.keys)
    if keys.isSuperset(of: ["per_task", "overall"]), top.lists["per_task"] == true {
      probe.format = "lerobot"
      readList("per_task") { (probing, json) throws(JSONError) in try probing.readLeRobotTask(&json)
      }
    } else if keys.isSuperset(of: ["per_episode", "aggregated"]), top.lists["per_episode"] == true {
      probe.format = "lerobot"
      readList("per_episode", dialect: .generic)
    } else if keys.isSuperset(of: ["num_requested_evaluations", "evaluations"]),
      top.lists["evaluations"] == true
    {
      probe.format = "lbm_eval"
      probe.planned = top.integers["num_requested_evaluations"]
      readList("evaluations", dialect: .lbmEval)
      setSuite("lbm_eval")
    } else if keys.contains("benchmark"), top.lists["tasks"] == true {
      readList("tasks") { (probing, json) throws(JSONError) in try probing.readTaskOfEpisodes(&json)
      }
      if !probe.rows.rows.isEmpty { probe.format = "vla-eval" }
      setSuite(top.texts["benchmark"] ?? "")
    }
    if !probe.rows.rows.isEmpty { return }
    probe.format = RowProbe.generic
    if let key = Self.listKeys.first(where: { top.lists[$0] == true }) {
      readList(key, dialect: .generic)
    } else if keys.isEmpty {
      readTopLevelList()
    }
  }

  private static let listKeys = [
    "episodes", "results", "per_episode", "evaluations", "rollouts", "trials", "records",
  ]

  private mutating func setSuite(_ suite: String) {
    let number = probe.rows.number(of: suite)
    for place in probe.rows.rows.indices where probe.rows.rows[place].suite < 0 {
      probe.rows.rows[place].suite = number
    }
  }

  /// Reads the elements of a top-level list, all of them objects.
  private mutating func readList(_ key: String, dialect: RowReader.Dialect) {
    readList(key) { (probing, json) throws(JSONError) in
      try probing.readRow(&json, dialect: dialect)
    }
  }

  private mutating func readList(
    _ key: String, _ body: (inout RowProbing, inout JSONReader) throws(JSONError) -> Void
  ) {
    var json = reader()
    do throws(JSONError) {
      _ = try json.next()
      while true {
        let token = try json.next()
        guard token.kind == .key else { return }
        guard json.string(token) == key else {
          try json.skipValue()
          continue
        }
        _ = try json.next()
        return try readElements(&json, body)
      }
    } catch {
      keep(error)
    }
  }

  private mutating func readElements(
    _ json: inout JSONReader,
    _ body: (inout RowProbing, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    while probe.rows.rows.count <= limits.rows {
      let outside = json.depth
      let token = try json.next()
      if token.kind == .endArray { return }
      if token.kind == .beginObject {
        try body(&self, &json)
      } else {
        if probe.fault == nil { probe.fault = ("row_not_object", "byte \(token.offset)") }
        while json.depth > outside { _ = try json.next() }
      }
    }
  }

  private mutating func readTopLevelList() {
    var json = reader()
    do throws(JSONError) {
      guard try json.next().kind == .beginArray else { return }
      try readElements(&json) { (probing, json) throws(JSONError) in
        try probing.readRow(&json, dialect: .generic)
      }
    } catch {
      keep(error)
    }
  }

  private mutating func readRow(
    _ json: inout JSONReader, dialect: RowReader.Dialect
  ) throws(JSONError) {
    var row = RowReader(dialect: dialect)
    try row.read(&json)
    if row.record == nil || row.record == "episode", row.isRow { row.append(to: &probe.rows) }
  }

  /// One entry of lerobot's `per_task`: the place in the list is the episode.
  private mutating func readLeRobotTask(_ json: inout JSONReader) throws(JSONError) {
    let first = probe.rows.rows.count
    var suite: Int32 = -1
    var task: Int32 = -1
    while true {
      let key = try json.next()
      guard key.kind == .key else { break }
      let name = json.string(key)
      let outside = json.depth
      let token = try json.next()
      switch (name, token.kind) {
      case ("task_group", .string): suite = probe.rows.number(of: json.string(token))
      case ("task_id", .number), ("task_id", .string):
        let text = token.kind == .string ? json.string(token) : json.lexeme(token)
        task = probe.rows.number(of: text)
      case ("metrics", .beginObject): try readSuccesses(&json)
      default: break
      }
      while json.depth > outside { _ = try json.next() }
    }
    for place in first..<probe.rows.rows.count {
      probe.rows.rows[place].suite = suite
      probe.rows.rows[place].task = task
      probe.rows.rows[place].episode = place - first
    }
  }

  private mutating func readSuccesses(_ json: inout JSONReader) throws(JSONError) {
    while true {
      let key = try json.next()
      guard key.kind == .key else { return }
      guard json.matches(key, "successes") else {
        try json.skipValue()
        continue
      }
      guard try json.next().kind == .beginArray else { continue }
      while probe.rows.rows.count <= limits.rows {
        let outside = json.depth
        let token = try json.next()
        if token.kind == .endArray { break }
        var row = RawRow()
        row.outcome = token.bool.map { $0 ? .succeeded : .failed } ?? .notBoolean
        probe.rows.rows.append(row)
        while json.depth > outside { _ = try json.next() }
      }
    }
  }

  /// One entry of vla-eval's `tasks`.
  private mutating func readTaskOfEpisodes(_ json: inout JSONReader) throws(JSONError) {
    let first = probe.rows.rows.count
    var task: Int32 = -1
    while true {
      let key = try json.next()
      guard key.kind == .key else { break }
      let outside = json.depth
      let name = json.string(key)
      let token = try json.next()
      if name == "task", token.kind == .string { task = probe.rows.number(of: json.string(token)) }
      if name == "episodes", token.kind == .beginArray {
        try readElements(&json) { (probing, json) throws(JSONError) in
          try probing.readRow(&json, dialect: .vlaEval)
        }
      }
      while json.depth > outside { _ = try json.next() }
    }
    for place in first..<probe.rows.rows.count { probe.rows.rows[place].task = task }
  }

  // MARK: - Lines

  private mutating func readLines() {
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line = 0
    var dialect = RowReader.Dialect.generic
    var hasSeenRow = false
    while start < bytes.count, probe.rows.rows.count <= limits.rows {
      let feed = bytes.find([0x0A], from: start) ?? bytes.count
      var end = feed
      line += 1
      defer { start = feed + 1 }
      if end > start, bytes[end - 1] == 0x0D {
        if !probe.notes.contains(.crlf) { probe.notes.append(.crlf) }
        end -= 1
      }
      if bytes.isBlank(start..<end) { continue }
      if !hasSeenRow, readHeader(start..<end, &dialect) {
        hasSeenRow = true
        continue
      }
      hasSeenRow = true
      readLine(start..<end, line, dialect)
    }
  }

  private mutating func readLine(_ range: Range<Int>, _ line: Int, _ dialect: RowReader.Dialect) {
    var json = reader(range)
    do throws(JSONError) {
      guard try json.next().kind == .beginObject else {
        if probe.fault == nil { probe.fault = ("row_not_object", "line \(line)") }
        return
      }
      var row = RowReader(dialect: dialect)
      try row.read(&json)
      try json.finish()
      if row.record == nil || row.record == "episode", row.isRow { row.append(to: &probe.rows) }
    } catch {
      keep(error, line: line)
    }
  }

  /// Whether the first line is a header; then its words are kept.
  private mutating func readHeader(_ range: Range<Int>, _ dialect: inout RowReader.Dialect) -> Bool
  {
    var top = TopLevel()
    var json = reader(range)
    if top.read(&json) != nil { return false }
    if let schema = top.texts["schema"], schema.hasPrefix("worldflux.bridge/") {
      let source = top.texts["source"] ?? "worldflux"
      probe.format = Formats.named(source) == nil ? "worldflux" : source
      probe.planned = top.integers["planned"]
      probe.metric = top.texts["metric"]
      dialect = .bridge
      return true
    }
    guard top.texts["record"] == "header" else { return false }
    probe.contract = top.contract
    probe.planned = top.integers["attempted"]
    return true
  }
}

extension SourceBytes {
  /// A JSON reader over a part.
  func json(_ range: Range<Int>?, options: JSONOptions) -> JSONReader {
    // Safe because the memory outlives this value, and with it the reader.
    unsafe withPart(range ?? 0..<count) { unsafe JSONReader($0, options: options) }
  }

  func isBlank(_ range: Range<Int>) -> Bool {
    range.allSatisfy { self[$0] == 0x20 || self[$0] == 0x09 || self[$0] == 0x0D }
  }
}
