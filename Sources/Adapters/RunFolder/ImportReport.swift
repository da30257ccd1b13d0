internal import Evidence
public import JSON

/// The private report of an import (IMPORT §8); every text in it has passed the redactor.
public struct ImportReport: Sendable {
  struct Root: Sendable {
    var display = ""
    var entries = 0
    var files = 0
    var bytes = 0
    var isComplete = true
  }

  struct CandidateRow: Sendable {
    var path: String
    var candidate: Candidate
  }

  struct InventoryRow: Sendable {
    var kind: MaterialKind
    var files = 0
    var bytes = 0
    var examples: [String] = []
  }

  struct SecretRow: Sendable {
    var path: String
    var finding: SecretSearch.Finding
    var isInCandidate: Bool
  }

  struct NoteRow: Sendable, Equatable {
    var word: NoteWord
    var path: String
    var detail: String?
  }

  var reportID = ""
  var toolVersion = ""
  var root = Root()
  public internal(set) var decision = ImportDecision.Kind.reject
  public internal(set) var reasons: [ImportReason] = []
  public internal(set) var signals: [String] = []
  var claim: JSONValue = nil
  var selected: (path: String, candidate: Candidate, chosenBy: String)?
  /// The candidate that the reasons are about.
  var best: String?
  var candidates: [CandidateRow] = []
  var inventory: [InventoryRow] = []
  var secrets: [SecretRow] = []
  var redactions = RedactionCounts()
  var notes: [NoteRow] = []
  var limits = RunFolderLimits()
  var hit: RunFolderLimits.Hit?
  /// The letter to expect and the labels that stand in its way; filled by whoever can judge.
  public var gradeHint: (word: String?, missing: [String]) = (nil, [])
  public var questions: [(label: String, text: String)] = []

  /// The exit status that stands for the decision (IMPORT.md).
  public var exit: Int {
    switch decision {
    case .accept: 0
    case .reportOnly: 3
    case .reject: 4
    }
  }

  /// How often each kind of secret was found, by kind.
  public var secretsByKind: [(kind: String, count: Int)] {
    var counts: [String: Int] = [:]
    for row in secrets { counts[row.finding.kind, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.map { (kind: $0.key, count: $0.value) }
  }
}

// MARK: - JSON

extension ImportReport {
  /// The document of schema `wf.import_report/1`.
  public var json: JSONValue {
    [
      "schema": "wf.import_report/1", "classification": "LOCAL_PRIVATE",
      "notice": "private, do not share",
      "report_id": .string(reportID),
      "tool": ["name": "wf", "version": .string(toolVersion)],
      "root": [
        "display": .string(root.display), "entries": number(root.entries),
        "files": number(root.files), "bytes": number(root.bytes),
        "complete": .bool(root.isComplete),
      ],
      "decision": .string(decision.rawValue),
      "reasons": .array(reasons.map { .string($0.rawValue) }),
      "signals": .array(signals.map { .string($0) }), "exit": number(exit), "claim": claim,
      "selected": selectedJSON, "candidates": list(candidates.map(json)),
      "inventory": list(inventory.map(json)),
      "secrets": [
        "by_kind": .object(
          JSONObject(secretsByKind.map { (key: $0.kind, value: number($0.count)) })),
        "findings": list(secrets.map(json)),
      ],
      "redactions": [
        "path": number(redactions.path), "user": number(redactions.user),
        "host": number(redactions.host), "email": number(redactions.email),
        "ip": number(redactions.ip), "id": number(redactions.id),
      ],
      "notes": list(notes.map(json)), "limits": limitsJSON,
      "grade_hint": [
        "word": gradeHint.word.map { .string($0) } ?? .null,
        "missing": .array(gradeHint.missing.map { .string($0) }),
      ],
      "questions": list(
        questions.map { ["label": .string($0.label), "text": .string($0.text)] }),
      "next_steps": list(
        nextSteps.map {
          [
            "reason": .string($0.reason), "text": .string($0.text),
            "command": $0.command.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }

  private static let longestList = 10_000

  private func list(_ items: [JSONValue]) -> JSONValue {
    guard items.count > Self.longestList else { return .array(items) }
    let rest: JSONValue = ["truncated": number(items.count - Self.longestList)]
    return .array(items.prefix(Self.longestList) + [rest])
  }

  private func number(_ value: Int) -> JSONValue {
    // Members hold integers that are exact in a double.
    .number(JSONNumber(Int64(min(value, 1 << 53 - 1))))
  }

  private var selectedJSON: JSONValue {
    guard let selected else { return nil }
    let candidate = selected.candidate
    return [
      "path": .string(selected.path), "format": .string(candidate.format),
      "generation": candidate.generation.map { .string($0) } ?? .null,
      "rows": number(candidate.rows), "digest": .string(candidate.digest),
      "chosen_by": .string(selected.chosenBy),
    ]
  }

  private func json(_ row: CandidateRow) -> JSONValue {
    let candidate = row.candidate
    return [
      "path": .string(row.path), "format": .string(candidate.format),
      "eligible": .bool(candidate.isEligible),
      "failed_gates": .array(candidate.failed.map { .string($0.rawValue) }),
      "fault": candidate.fault.map { .string($0) } ?? .null,
      "rows": number(candidate.rows), "tasks": number(candidate.cells.tasks.count),
      "counts": [
        "succeeded": number(candidate.counts.succeeded),
        "failed": number(candidate.counts.failed), "errored": number(candidate.counts.errored),
        "pending": number(candidate.counts.pending),
      ],
      "normalized_digest": .string(candidate.normalizedDigest),
    ]
  }

  private func json(_ row: InventoryRow) -> JSONValue {
    [
      "group": .string(row.kind.group.rawValue), "kind": .string(row.kind.rawValue),
      "files": number(row.files), "bytes": number(row.bytes),
      "examples": .array(row.examples.map { .string($0) }),
    ]
  }

  private func json(_ row: SecretRow) -> JSONValue {
    [
      "kind": .string(row.finding.kind), "path": .string(row.path),
      "line": row.finding.line.map(number) ?? .null, "length": number(row.finding.length),
      "hmac": .string(row.finding.keyedDigest),
    ]
  }

  private func json(_ row: NoteRow) -> JSONValue {
    [
      "note": .string(row.word.rawValue), "path": .string(row.path),
      "detail": row.detail.map { .string($0) } ?? .null,
    ]
  }

  private var limitsJSON: JSONValue {
    [
      "entries": number(limits.entries), "depth": number(limits.depth),
      "name_bytes": number(limits.nameBytes), "path_bytes": number(limits.pathBytes),
      "bytes": number(limits.bytes), "candidate_bytes": number(limits.candidateBytes),
      "scanned_bytes": number(limits.scannedBytes), "candidates": number(limits.candidates),
      "json_depth": number(limits.jsonDepth), "rows": number(limits.rows),
      "seconds": number(limits.seconds), "hit": hit.map { .string($0.rawValue) } ?? .null,
    ]
  }
}
