internal import JSON

/// What the report says about a file beyond its kind: names, never values that could be outcomes.
struct FileRemarks {
  let file: WalkedFile
  /// In lower case.
  let name: String
  let kind: MaterialKind

  func add(to look: inout FileLook, from bytes: [UInt8]) {
    switch kind {
    case .hydra, .config: addNames(&look, bytes)
    case .wandb where name == "wandb-summary.json": addSuccessKeys(&look, topLevelKeys(bytes))
    case .mlflow:
      if isSuccess(name) { addSuccessKeys(&look, [name]) }
    case .lerobotDatasetV2, .lerobotDatasetV3:
      if name == "info.json" { addDataset(&look, bytes) }
    case .csv: addColumns(&look, bytes)
    case .ros2Bag:
      if name == "metadata.yaml" { addLine(&look, bytes, key: "version") }
    case .zarr: addZarr(&look, bytes)
    default: break
    }
  }

  private func note(_ word: NoteWord, _ detail: String) -> ImportNote {
    ImportNote(word, file.path, String(detail.prefix(400)))
  }

  // MARK: - Names

  private static let nameKeys: Set<String> = [
    "model", "model_id", "model_name", "model_path", "policy", "policy_id", "policy_name",
    "policy_path", "pretrained_name_or_path", "benchmark", "benchmark_name", "task_suite",
  ]

  /// `key: value` and `key = value` lines, by pattern; no YAML is read.
  private func addNames(_ look: inout FileLook, _ bytes: [UInt8]) {
    if name == "overrides.yaml" {
      let lines = bytes.prefix(1 << 14).split(separator: 0x0A).map {
        String(decoding: $0, as: UTF8.self)
      }
      look.notes.append(note(.hydraOverrides, lines.joined(separator: " ")))
      return
    }
    var found: [String] = []
    for line in bytes.split(separator: 0x0A).prefix(10_000) {
      guard let cut = line.firstIndex(where: { $0 == 0x3A || $0 == 0x3D }) else { continue }
      let key = text(line[..<cut])
      let value = text(line[line.index(after: cut)...])
      if Self.nameKeys.contains(key), !value.isEmpty, value != "null" {
        found.append("\(key): \(value.prefix(120))")
      }
    }
    if found.isEmpty { return }
    look.namesSomething = true
    look.notes.append(note(.configNames, found.joined(separator: ", ")))
  }

  /// Without spaces, quotes and list marks around it.
  private func text(_ bytes: ArraySlice<UInt8>) -> String {
    var rest = bytes
    while let first = rest.first, [0x20, 0x09, 0x22, 0x27, 0x2D].contains(first) {
      rest.removeFirst()
    }
    while let last = rest.last, [0x20, 0x09, 0x0D, 0x22, 0x27].contains(last) { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }

  // MARK: - Trackers

  private func isSuccess(_ key: String) -> Bool { key.lowercased().contains("success") }

  private func addSuccessKeys(_ look: inout FileLook, _ keys: [String]) {
    let found = keys.filter(isSuccess)
    if found.isEmpty { return }
    look.notes.append(note(.trackerSuccessKeys, found.joined(separator: ", ")))
  }

  private func topLevelKeys(_ bytes: [UInt8]) -> [String] {
    object(bytes)?.keys ?? []
  }

  private func object(_ bytes: [UInt8]) -> JSONObject? {
    guard bytes.count < 1 << 24,
      let value = try? JSONValue.parse(bytes, options: JSONOptions(allowNonFinite: true))
    else { return nil }
    return value.object
  }

  // MARK: - Data

  private func addDataset(_ look: inout FileLook, _ bytes: [UInt8]) {
    guard let info = object(bytes) else { return }
    let version = info["codebase_version"]?.string ?? "?"
    let episodes = info["total_episodes"]?.int.map { "\($0) episodes" }
    let fps = info["fps"]?.number.map { "\($0.lexeme) fps" }
    look.notes.append(
      note(.datasetInfo, ([version] + [episodes, fps].compactMap { $0 }).joined(separator: ", ")))
  }

  private func addColumns(_ look: inout FileLook, _ bytes: [UInt8]) {
    guard let line = bytes.split(separator: 0x0A, maxSplits: 1).first else { return }
    look.notes.append(note(.csvColumns, text(line)))
  }

  private func addLine(_ look: inout FileLook, _ bytes: [UInt8], key: String) {
    for line in bytes.split(separator: 0x0A).prefix(1000) {
      guard let cut = line.firstIndex(of: 0x3A), text(line[..<cut]) == key else { continue }
      look.notes.append(note(.formatVersion, "\(key) \(text(line[line.index(after: cut)...]))"))
      return
    }
  }

  private func addZarr(_ look: inout FileLook, _ bytes: [UInt8]) {
    guard let format = object(bytes)?["zarr_format"]?.int else { return }
    look.notes.append(note(.formatVersion, "zarr_format \(format)"))
  }
}
