internal import Evidence
internal import JSON

/// The candidate that was selected, read a second time as the run that is audited.
struct SelectedCandidate {
  let candidate: Candidate
  let source: SourceFile
  let plan: EvaluationProtocol
  let contract: RowContract?
  let limits: RunFolderLimits

  /// nil when the bytes are not those that were judged.
  func run() -> SavedRun? {
    let bytes = try? source.withBytes { bytes throws(AdapterError) -> (RowProbe, String) in
      let isLines = source.relativePath.lowercased().hasSuffix(".jsonl")
      return (
        RowProbing.probe(bytes, isLines: isLines, limits: limits), digest(of: bytes)
      )
    }
    guard let (probe, digest) = bytes, digest == candidate.digest else { return nil }
    if probe.isKnownFormat, case .read(let run) = KnownFormat.ask(probe.format, source) {
      return run
    }
    return GenericRun(
      probe: probe, plan: plan, contract: probe.contract ?? contract,
      input: source.inputFile(
        mediaType: source.relativePath.hasSuffix("l") ? "application/jsonl" : "application/json",
        digest: digest)
    ).run()
  }

  private func digest(of bytes: SourceBytes) -> String {
    var digest = StreamingDigest()
    var place = 0
    while place < bytes.count {
      let end = min(bytes.count, place + 1 << 20)
      // Safe because the array copies the piece before the pointer goes.
      digest.update(unsafe bytes.withPart(place..<end) { unsafe [UInt8]($0) })
      place = end
    }
    return digest.text()
  }
}

/// The version of a LeRobot dataset.
enum DatasetVersion {
  /// From the bytes of `meta/info.json`.
  static func kind(_ bytes: [UInt8]) -> MaterialKind? {
    guard let value = try? JSONValue.parse(bytes, options: JSONOptions(allowNonFinite: true)),
      let version = value["codebase_version"]?.string
    else { return nil }
    if version.hasPrefix("v2") { return .lerobotDatasetV2 }
    return version.hasPrefix("v3") ? .lerobotDatasetV3 : .otherDataset
  }
}
