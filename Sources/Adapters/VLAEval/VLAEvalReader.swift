internal import Evidence
internal import JSON
internal import Platform

/// Reads one result file, of any generation, and compares its averages with its episodes.
struct VLAEvalReader {
  private var source: SourceReader
  private var file = VLAEvalFile()
  private var seen: Set<String> = []

  /// What the harness rounds averages to is four digits.
  static let rounding = 6e-5

  private let limits: ReadLimits

  init(_ source: SourceReader, limits: ReadLimits) {
    self.source = source
    self.limits = limits
  }

  mutating func read() throws(AdapterError) -> VLAEvalFile {
    var source = self.source
    let complaint = try source.readDocument { (source, key) throws(AdapterError) in
      seen.insert(key)
      try readMember(key, &source)
    }
    self.source = source
    guard seen.isSuperset(of: ["benchmark", "tasks"]) else {
      throw source.complaint(
        .unrecognisedShape, at: "",
        "this is no result of vla-evaluation-harness: it has not both benchmark and tasks",
        hint: "the file may belong to another tool: try the format `auto`")
    }
    if let complaint { throw complaint }
    try checkNames()
    try checkTotals()
    return file
  }

  private mutating func readMember(
    _ key: String, _ source: inout SourceReader
  ) throws(AdapterError) {
    switch key {
    case "benchmark": file.benchmark = try source.name(at: "/benchmark")
    case "tasks": try readTasks(&source)
    case "harness_version": file.harnessVersion = try source.nameOrNull(at: "/harness_version")
    case "created_at":
      let text = try source.nameOrNull(at: "/created_at")
      file.createdAt = text.flatMap { UTCTime(anyRFC3339: $0) == nil ? nil : $0 }
    case "config": try readConfig(&source)
    case "seed": file.seed = try source.integerOrNull(at: "/seed")
    case "shard": try readShard(&source)
    case "partial": file.isPartial = try source.bool(at: "/partial")
    case "merge_info": try readMergeInfo(&source)
    case "eval_id":
      file.hasEvalID = true
      try source.skipValue()
    case "metric_keys":
      file.hasMetricKeys = true
      try source.skipValue()
    case "mean_success", "overall_success_rate":
      file.rateKey = key
      file.rate = try source.number(at: "/" + key)
    case "num_episodes_total":
      file.statedTotals.append(("/" + key, try source.count(at: "/" + key)))
    case "num_errors": file.statedErrors = try source.count(at: "/" + key)
    case "server_info": try readServerInfo(&source)
    default: try source.skipValue()
    }
  }

  // MARK: - Parts

  private mutating func readConfig(_ source: inout SourceReader) throws(AdapterError) {
    guard try source.beginObjectOrNull(at: "/config") else { return }
    try source.members { (source, key) throws(AdapterError) in
      switch key {
      case "benchmark": file.configBenchmark = try source.textOrNull(at: "/config/benchmark")
      case "subname": file.subname = try source.nameOrNull(at: "/config/subname")
      case "episodes_per_task":
        file.episodesPerTask = try source.countOrNull(at: "/config/episodes_per_task")
      case "params":
        guard try source.beginObjectOrNull(at: "/config/params") else { return }
        try source.members { (source, key) throws(AdapterError) in
          guard key == "seed" else { return try source.skipValue() }
          file.paramsSeed = try source.integerOrNull(at: "/config/params/seed")
        }
      default: try source.skipValue()
      }
    }
  }

  private mutating func readShard(_ source: inout SourceReader) throws(AdapterError) {
    guard try source.beginObjectOrNull(at: "/shard") else { return }
    var id: Int?
    var total: Int?
    try source.members { (source, key) throws(AdapterError) in
      switch key {
      case "id": id = try source.count(at: "/shard/id")
      case "total": total = try source.count(at: "/shard/total")
      default: try source.skipValue()
      }
    }
    guard let id else { throw source.missing("id", at: "/shard") }
    guard let total else { throw source.missing("total", at: "/shard") }
    guard id < total else {
      throw source.complaint(
        .badShard, at: "/shard/id", "shard \(id) of \(total): ids go from 0 to one below the total")
    }
    file.shard = VLAEvalFile.Shard(id: id, total: total)
  }

  private mutating func readMergeInfo(_ source: inout SourceReader) throws(AdapterError) {
    guard try source.beginObjectOrNull(at: "/merge_info") else { return }
    try source.members { (source, key) throws(AdapterError) in
      switch key {
      case "shards_missing":
        try source.beginArray(at: "/merge_info/shards_missing")
        while true {
          let token = try source.next()
          if token.kind == .endArray { break }
          _ = try source.count(from: token, at: "/merge_info/shards_missing")
          file.missingShards += 1
        }
      case "total_episodes":
        let place = "/merge_info/total_episodes"
        file.statedTotals.append((place, try source.count(at: place)))
      default: try source.skipValue()
      }
    }
  }

  /// Whatever the policy server says; only the name of a checkpoint is taken from it.
  ///
  /// A place on somebody's disk names no model to anybody else, and would not leave the house: the
  /// model is then not recorded. A credential stays, so that the audit refuses it.
  private mutating func readServerInfo(_ source: inout SourceReader) throws(AdapterError) {
    let token = try source.next()
    guard token.kind == .beginObject else { return try source.climb(to: 1) }
    try source.members { (source, key) throws(AdapterError) in
      guard key == "checkpoint" else { return try source.skipValue() }
      let outside = source.json.depth
      let token = try source.next()
      if token.kind == .string {
        let text = source.json.string(token)
        file.namesLocalCheckpoint = Redactor.findsPrivate(text) && !Redactor.findsSecret(text)
        file.checkpoint = file.namesLocalCheckpoint ? nil : text
      }
      try source.climb(to: outside)
    }
  }

  private mutating func readTasks(_ source: inout SourceReader) throws(AdapterError) {
    try source.objects(at: "/tasks", atMost: limits.tasks) {
      (source, number) throws(AdapterError) in
      var reader = VLAEvalTaskReader(
        place: "/tasks/\(number)", mostEpisodes: limits.episodes)
      file.tasks.append(try reader.read(&source))
    }
  }

  // MARK: - Agreement

  private func checkNames() throws(AdapterError) {
    var names: Set<String> = []
    for (number, task) in file.tasks.enumerated() where !names.insert(task.name).inserted {
      throw source.complaint(
        .duplicateTask, at: "/tasks/\(number)/task", "the task \(shown(task.name)) is there twice")
    }
    if let one = file.seed, let other = file.paramsSeed, one != other {
      throw source.complaint(
        .aggregateMismatch, at: "/seed", "the seed is \(one), and config.params says \(other)")
    }
  }

  private func checkTotals() throws(AdapterError) {
    let episodes = file.episodes
    for (place, count) in file.statedTotals where count != episodes {
      throw source.complaint(
        .aggregateMismatch, at: place, "it says \(count), and \(episodes) episodes are listed")
    }
    let errors = file.tasks.reduce(0) { $0 + $1.errors }
    if let stated = file.statedErrors, stated != errors {
      throw source.complaint(
        .aggregateMismatch, at: "/num_errors",
        "it says \(stated), and \(errors) episodes have a failure reason")
    }
    guard let rate = file.rate, episodes > 0 else { return }
    let successes = file.tasks.reduce(0) { $0 + $1.successes }
    let computed = Double(successes) / Double(episodes)
    let isExact = file.rateKey == "overall_success_rate"
    guard
      isExact
        ? agree(rate.value, computed, relative: 1e-6)
        : abs(rate.value - computed) <= Self.rounding
    else {
      throw source.complaint(
        .aggregateMismatch, at: "/" + file.rateKey,
        "it says \(shown(rate.lexeme)), and \(successes) of \(episodes) succeeded")
    }
  }
}
