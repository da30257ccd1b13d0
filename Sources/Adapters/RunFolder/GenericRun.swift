internal import Evidence

/// A saved run made of rows that no adapter knows, for the audit (IMPORT §3, generic rows).
struct GenericRun {
  let probe: RowProbe
  let plan: EvaluationProtocol
  let contract: RowContract?
  let input: InputFile

  func run() -> SavedRun {
    SavedRun(
      format: SourceFormat(name: probe.format, generation: nil, detectedBy: detectedBy),
      adapterVersion: "1", tasks: tasks(), seedLabel: hasSeeds ? .recorded : .missing,
      initialStateLabel: .missing,
      denominatorRule: probe.planned == nil ? nil : "declared_attempted",
      model: ModelIdentity(id: nil, checkpointDigest: nil, identity: .unknown),
      metricName: contract?.name ?? "success_rate", successRule: contract?.successRule,
      createdAt: nil, harnessVersion: nil, sourceAggregates: nil,
      notes: SourceNotes(partial: nil, warnings: [], generated: nil), inputs: [input],
      observations: [], lexemes: nil)
  }

  private var hasSeeds: Bool { probe.rows.rows.contains { $0.seed != nil } }

  private var detectedBy: [String] {
    var words = ["rows:boolean_success"]
    if contract != nil { words.append("key:metric_contract") }
    if probe.planned != nil { words.append("key:attempted") }
    return words
  }

  private func tasks() -> [SavedTask] {
    let identity = RowIdentity(plan)
    var places: [TaskName: [Int]] = [:]
    for (place, row) in probe.rows.rows.enumerated() {
      guard
        let name = identity.task(
          suite: probe.rows.text(row.suite), task: probe.rows.text(row.task))
      else { continue }
      places[name, default: []].append(place)
    }
    return places.map { task($0, $1) }.sorted { one, other in
      (one.suite + "/" + one.taskID).utf8.lexicographicallyPrecedes(
        (other.suite + "/" + other.taskID).utf8)
    }
  }

  private func task(_ name: TaskName, _ unsorted: [Int]) -> SavedTask {
    let rows = probe.rows.rows
    let places = unsorted.sorted { (rows[$0].episode, $0) < (rows[$1].episode, $1) }
    var task = SavedTask(
      suite: name.suite, taskID: name.taskID, name: nil,
      outcomes: places.map { rows[$0].outcome.letter })
    let indexes = places.map { rows[$0].episode }
    if !indexes.elementsEqual(0..<indexes.count) { task.indexes = indexes }
    if hasSeeds { task.seeds = places.map { rows[$0].seed.map { .integer($0) } } }
    for (place, row) in places.enumerated() {
      if let text = probe.rows.failures[row] { task.failures[place] = text }
    }
    return task
  }
}
