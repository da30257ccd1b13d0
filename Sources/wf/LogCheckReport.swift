import History
import JSON
import ObjectStore
import Platform
import TransparencyLog

/// Whose keys count when a log or a proof is looked at.
struct LogQuestion {
  let keys: [VerifierKey]
  let policy: WitnessPolicy
  let now: Int64

  /// An entry whose place in a log was proven.
  struct Shown {
    let entry: TipEntry
    let index: Int64
    let checkpoint: Checkpoint
    let cosigners: [(witness: VerifierKey, time: Int64)]
  }

  /// Checks a proof file whose `extra` line holds the entry.
  ///
  /// Throws `log_proof_malformed` without one, and the words of the check.
  func verify(
    _ bytes: [UInt8], commit: String?, keys known: [VerifierKey] = []
  ) throws -> Shown {
    let file = try InclusionFile(parsing: bytes)
    guard let extra = file.extra else {
      throw LogError(.logProofMalformed, "the proof does not hold the entry that it is about")
    }
    let shown = try file.verify(
      entry: extra, keys: keys + known, policy: known.isEmpty ? policy : .none, now: now)
    let entry = try TipEntry(parsing: extra)
    if let commit, entry.new != commit {
      throw LogError(
        .inclusionProofInvalid, "the proven entry is of another commit", place: entry.new)
    }
    return Shown(
      entry: entry, index: file.index, checkpoint: shown.checkpoint, cosigners: shown.cosigners)
  }
}

extension LogQuestion.Shown {
  var lines: [String] {
    [
      "The log has this commit as entry \(index) of \(checkpoint.size).",
      "  commit     \(entry.new)",
      "  ref        \(entry.ref)",
      "  time       \(entry.time.rfc3339), by the log's own clock",
      "  log        \(checkpoint.origin)",
    ] + cosignerLines(cosigners) + ["It does not show that the commit is still the tip."]
  }

  var json: JSONValue {
    [
      "schema": "wf.log_proof/1", "ok": true, "index": .number(JSONNumber(index)),
      "commit": .string(entry.new), "ref": .string(entry.ref),
      "time": .string(entry.time.rfc3339), "origin": .string(checkpoint.origin),
      "size": .number(JSONNumber(checkpoint.size)), "root": .string(checkpoint.root.hex),
      "cosigned_by": cosignerRows(cosigners),
    ]
  }
}

/// What `wf log-check` says of a store.
struct LogCheckReport {
  let logs: [CheckedLog]
  /// What somebody saw of the log before.
  private(set) var seen: Checkpoint?
  private(set) var cosigners: [(witness: VerifierKey, time: Int64)] = []
  var included: LogQuestion.Shown?
  var written: String?

  init(logs: [CheckedLog]) { self.logs = logs }

  /// Throws where no log continues what the note says; of a fork both checkpoints are kept.
  mutating func compare(
    _ note: SignedNote, _ asked: LogQuestion, in store: EvidenceStore
  ) throws {
    let log = logs.first { log in note.signatures.contains { $0.name == log.key.name } } ?? logs[0]
    seen = try store.compare(note, with: log)
    try countCosigners(of: note, asked)
  }

  mutating func countCosigners(of note: SignedNote, _ asked: LogQuestion) throws {
    cosigners = try asked.policy.cosigners(of: note, now: asked.now)
  }

  var lines: [String] {
    var lines: [String] = []
    for log in logs {
      lines += [
        "The log is whole and continues what was seen here before.",
        "  log        \(log.checkpoint.origin)",
        "  entries    \(log.checkpoint.size)",
        "  root       \(log.checkpoint.root.base64)",
        "  key        \(log.key)",
      ]
    }
    if let seen { lines.append("It continues the checkpoint given, of \(seen.size) entries.") }
    lines += cosignerLines(cosigners)
    if let included { lines += included.lines }
    if let written { lines.append("Wrote \(written)") }
    return lines
  }

  var json: JSONValue {
    let logs = logs.map { log -> JSONValue in
      [
        "origin": .string(log.checkpoint.origin), "ref": .string(log.log.ref.text),
        "size": .number(JSONNumber(log.checkpoint.size)),
        "root": .string(log.checkpoint.root.hex), "vkey": .string(log.key.description),
        "checkpoint": .string(String(decoding: log.signed.bytes, as: UTF8.self)),
      ]
    }
    let seen = seen.map { seen -> JSONValue in
      [
        "origin": .string(seen.origin), "size": .number(JSONNumber(seen.size)),
        "root": .string(seen.root.hex),
      ]
    }
    return [
      "schema": "wf.log_check/1", "ok": true, "logs": .array(logs),
      "continues": seen ?? .null, "cosigned_by": cosignerRows(cosigners),
      "version": included?.json ?? .null, "proof": written.map(JSONValue.string) ?? .null,
    ]
  }
}

private func cosignerLines(_ cosigners: [(witness: VerifierKey, time: Int64)]) -> [String] {
  cosigners.map { "  cosigned   \($0.witness.name), \(UTCTime(seconds: $0.time).rfc3339)" }
}

private func cosignerRows(_ cosigners: [(witness: VerifierKey, time: Int64)]) -> JSONValue {
  .array(
    cosigners.map {
      ["name": .string($0.witness.name), "time": .string(UTCTime(seconds: $0.time).rfc3339)]
    })
}
