import Audit
import Evidence
import JSON
import Platform
import TestSupport
import Testing

/// The saved run of the worked example, 2 tasks × 3 episodes.
enum BuildingExample {
  static let secret = Array("example-user-secret-not-for-use!".utf8)
  static let folder = "package-example/package"

  static func member(_ name: MemberName) -> [UInt8] {
    Fixtures.bytes(folder + "/" + name.rawValue)
  }

  /// Bytes that spans point into.
  struct Text: LexemeSource {
    var bytes: [UInt8] = []
    mutating func add(_ text: String?) -> LexemeSpan {
      guard let text else { return .none }
      let span = LexemeSpan(offset: bytes.count, length: text.utf8.count)
      bytes += Array(text.utf8)
      return span
    }
    func append(_ span: LexemeSpan, to target: inout [UInt8]) {
      target += bytes[span.offset..<(span.offset + span.length)]
    }
    func release(upTo offset: Int) {}
  }

  static func run() -> SavedRun {
    var text = Text()
    var tasks: [SavedTask] = []
    let rows: [(String, [(UInt8, Int, String?)])] = [
      ("SSF", [(0x53, 101, "1.0"), (0x53, 118, "1.0"), (0x46, 280, "0.0")]),
      ("SES", [(0x53, 97, "1.0"), (0x45, 12, nil), (0x53, 133, "1.0")]),
    ]
    for (number, (letters, values)) in rows.enumerated() {
      var task = SavedTask(
        suite: "libero_spatial", taskID: String(number), name: nil, outcomes: Array(letters.utf8))
      task.seeds = [.integer(1000), .integer(1001), .integer(1002)]
      task.steps = values.map(\.1)
      task.sumRewards = values.map { text.add($0.2) }
      task.maxRewards = values.map { text.add($0.2) }
      for row in 0..<3 where !(number == 1 && row == 1) {
        task.media.append(
          MediaReference(
            row: row, role: "rollout_video",
            path: "videos/libero_spatial_\(number)/eval_episode_\(row).mp4"))
      }
      if number == 1 { task.failures[1] = "mujoco: unstable state in /opt/scenes/table.xml" }
      tasks.append(task)
    }
    return SavedRun(
      format: SourceFormat(
        name: "worldflux", generation: "bridge_1", detectedBy: ["schema:worldflux.bridge/1"]),
      adapterVersion: "1", tasks: tasks, seedLabel: .recorded, initialStateLabel: .missing,
      denominatorRule: "all_attempted",
      model: ModelIdentity(
        id: "example-org/example-vla", checkpointDigest: nil, identity: .declared),
      metricName: "success_rate", successRule: nil, createdAt: nil, harnessVersion: nil,
      sourceAggregates: ["pc_success": "66.66666666666666", "n_episodes": 6],
      notes: SourceNotes(partial: nil, warnings: [], generated: nil), inputs: [input],
      observations: [
        Observation(
          id: "I19", state: .pass, observed: "0 of 5 disagree", expected: nil, at: nil)
      ], lexemes: text)
  }

  static func raw() -> RawEvidence {
    RawEvidence(
      media: run().tasks.map { task in
        task.media.map { media in
          let data = Array(
            "stands for the video of task \(task.taskID) episode \(media.row ?? 0)\n".utf8)
          return LocatedReference(
            reference: RawReference(
              role: media.role, mediaType: "video/mp4", size: data.count,
              sha256: Digest.text(of: data), originalName: Path.lastComponent(media.path),
              nameRedacted: false, uri: "run:" + media.path, episodeKeys: []), state: .present)
        }
      })
  }

  static func request(output: String, rules: RuleSet = .current) -> PackageRequest {
    var options = AuditOptions()
    options.rawHashed = true
    options.clientRunID = "run-2026-11-21-a"
    options.recipe = "libero-eval"
    options.runtime = "local"
    return PackageRequest(
      run: run(), raw: raw(), claim: member(.claim),
      evaluationProtocol: member(.evaluationProtocol), options: options, secret: secret,
      toolVersion: "0.1.0", rules: rules, output: output)
  }

  /// The example's protocol with some fields of `frozen` replaced and its digest made new.
  static func protocolBytes(_ change: (inout JSONObject) -> Void) throws -> [UInt8] {
    let value = try JSONValue.parse(member(.evaluationProtocol))
    var object = try #require(value.object)
    var frozen = try #require(object["frozen"]?.object)
    change(&frozen)
    object["frozen"] = .object(frozen)
    object["freeze_digest"] = .string(
      Digest.text(of: try CanonicalJSON.bytes(.object(frozen))))
    return try CanonicalJSON.bytes(.object(object)) + [0x0A]
  }

  private static var input: InputFile {
    let bytes = Array("{\"note\":\"stands for the bytes of the bridge file that was read\"}\n".utf8)
    return InputFile(
      role: "source_results", mediaType: "application/json", size: bytes.count,
      digest: Digest.text(of: bytes), relativePath: "episodes.jsonl")
  }
}
