/// The kind of a file from its path and its first bytes, magic before extension (IMPORT §2).
struct MaterialDetection: Sendable {
  let names: MaterialNames

  struct Found: Sendable, Equatable {
    var kind: MaterialKind
    /// The extension says something else than the bytes do.
    var isMismatch = false
  }

  /// - Parameter head: the first 64 KiB, all of a shorter file.
  func kind(of file: WalkedFile, head: ArraySlice<UInt8>) -> Found {
    let parts = file.path.split(separator: 0x2F)
    let name = String(decoding: file.name, as: UTF8.self).lowercased()
    if head.starts(with: "version https://git-lfs.github.com/spec/".utf8) {
      return Found(kind: .lfsPointer)
    }
    if parts.count >= 2, parts[parts.count - 2].elementsEqual(".git".utf8) {
      return Found(kind: .git)
    }
    if let kind = names.folderKind(of: file.path, parts: parts) { return Found(kind: kind) }
    let wanted = names.kind(of: parts, name: name)
    if let seen = MaterialMagic.kind(head, name: name) {
      return found(seen, wanted: wanted, name: name)
    }
    if head.isEmpty { return Found(kind: wanted ?? .other) }
    let isBinary = head.prefix(8192).contains(0)
    if let wanted, wanted.hasMagic || isBinary {
      // `.bin` is anybody's ending.
      return Found(kind: isBinary ? .otherBinary : .other, isMismatch: !name.hasSuffix(".bin"))
    }
    if isBinary { return Found(kind: .otherBinary) }
    return Found(kind: textKind(wanted, parts, name, head))
  }

  private func found(_ seen: MaterialKind, wanted: MaterialKind?, name: String) -> Found {
    guard let wanted, wanted != seen else { return Found(kind: seen) }
    // What a path knows of a parquet file is more than its bytes tell.
    if seen == .otherDataset, wanted.group == .dataset { return Found(kind: wanted) }
    let isMismatch = wanted.group != seen.group && !name.hasSuffix(".bin")
    return Found(kind: seen, isMismatch: isMismatch)
  }

  private func textKind(
    _ wanted: MaterialKind?, _ parts: [ArraySlice<UInt8>], _ name: String,
    _ head: ArraySlice<UInt8>
  ) -> MaterialKind {
    if name == "meta.yaml", hasLine(head, "experiment_id:") || hasLine(head, "run_id:") {
      return .mlflow
    }
    if name == "metadata.yaml", hasLine(head, "rosbag2_bagfile_information") { return .ros2Bag }
    if wanted == nil, parts.count >= 2, parts[parts.count - 2].elementsEqual("metrics".utf8),
      isMetricLine(head)
    {
      return .mlflow
    }
    // Where a file says more by itself than its folder does, that holds.
    if wanted == nil || wanted == .json || wanted == .config,
      let simulated = MaterialNames.isSimulated(parts, name: name), wanted != .json
    {
      return simulated
    }
    return wanted ?? .other
  }

  private func hasLine(_ head: ArraySlice<UInt8>, _ start: String) -> Bool {
    head.split(separator: 0x0A).contains { $0.starts(with: start.utf8) }
  }

  /// `milliseconds value step`, as MLflow keeps a metric.
  private func isMetricLine(_ head: ArraySlice<UInt8>) -> Bool {
    guard let line = head.split(separator: 0x0A, maxSplits: 1).first else { return false }
    let words = line.split(separator: 0x20)
    return words.count == 3
      && words.allSatisfy { Double(String(decoding: $0, as: UTF8.self)) != nil }
  }
}
