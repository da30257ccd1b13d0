public import Audit
public import JSON
public import Platform

/// The checks of `verify`, in the order in which they are made and reported (DESIGN §6).
public enum VerifyCheck: String, Sendable, CaseIterable {
  case graph, signature, history, shape, manifest, schema, cross, raw, recompute, log, attestation
  /// Made last, and only where a policy for it is given.
  case sigstore

  /// The checks that every target gets a row of.
  public static let allCases: [VerifyCheck] = [
    .graph, .signature, .history, .shape, .manifest, .schema, .cross, .raw, .recompute, .log,
    .attestation,
  ]
}

/// What one check found.
public struct CheckResult: Sendable, Equatable {
  public enum State: String, Sendable { case pass, fail, skipped }
  public var check: VerifyCheck
  public var state: State
  /// One machine word; nil for a plain pass.
  public var reason: String?
  /// Plain words.
  public var detail: String
  /// Hex id of the object at fault.
  public var object: String?
  /// The path by which the object or member is reached.
  public var path: String?
  /// What kind of fault, so that the exit code follows; nil when not failed.
  public var fault: Fault?

  /// The classes of exit code that a failed check can have (CLI.md).
  public enum Fault: Sendable, Equatable {
    case bytesChanged, missing, unsigned, untrusted, expired, historyRewritten, invalidInput

    /// The kind of failure that a command ends with for it.
    public var kind: FailureKind {
      switch self {
      case .bytesChanged: .bytesChanged
      case .missing: .missing
      case .unsigned: .unsigned
      case .untrusted: .untrusted
      case .expired: .expired
      case .historyRewritten: .historyRewritten
      case .invalidInput: .invalidInput
      }
    }
  }

  public init(
    _ check: VerifyCheck, _ state: State, reason: String? = nil, detail: String,
    object: String? = nil, path: String? = nil, fault: Fault? = nil
  ) {
    self.check = check
    self.state = state
    self.reason = reason
    self.detail = detail
    self.object = object
    self.path = path
    self.fault = fault
  }

  /// The kind of failure that a command ends with when the check fails.
  public var failureKind: FailureKind { fault?.kind ?? .bytesChanged }

  /// The same with something more to say.
  func adding(_ note: String) -> CheckResult {
    var result = self
    result.detail += "; " + note
    return result
  }

  /// One element of `checks` in `wf.verify/1`.
  public var json: JSONValue {
    [
      "check": .string(check.rawValue), "state": .string(state.rawValue),
      "reason": text(reason), "detail": .string(detail), "object": text(object),
      "path": text(path),
    ]
  }

  private func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

/// What was found for one thing that was verified.
public struct TargetReport: Sendable, Equatable {
  /// As the person named it, or the claim's slug.
  public var target: String
  public var commit: String?
  /// In the order of `VerifyCheck.allCases`, all of them.
  public var checks: [CheckResult]
  /// Who signed: principal and fingerprint, when a signature held.
  public var signer: Signer?
  /// Fingerprint of somebody else than the signer who vouches: by an envelope over the package that
  /// holds, or by a co-signature.
  public var attester: String?
  /// The grade to show: that of evidence.json lowered by what history and signature lack; nil where
  /// the bytes are not sound, or are no package.
  public var grade: DisplayedGrade?
  /// What the registration shows; nil for what is no package.
  public var registrationOrder: RegistrationOrder?

  public struct Signer: Sendable, Equatable {
    public var principal: String?
    public var fingerprint: String
    /// When it was signed, Unix seconds, or at the latest where that is proven.
    public var time: Int64
    public var timeSource: TimeSource

    public init(
      principal: String?, fingerprint: String, time: Int64, timeSource: TimeSource = .claimed
    ) {
      self.principal = principal
      self.fingerprint = fingerprint
      self.time = time
      self.timeSource = timeSource
    }
  }

  public init(target: String, commit: String?, checks: [CheckResult], signer: Signer?) {
    self.target = target
    self.commit = commit
    self.checks = checks
    self.signer = signer
    attester = nil
    grade = nil
    registrationOrder = nil
  }

  public var ok: Bool { !checks.contains { $0.state == .fail } }

  /// The letter of `grade`.
  public var displayedGrade: String? { grade?.letter.rawValue }

  /// The caps behind the letter: those of evidence.json, then those of history.
  public var gradeCaps: [GradeCap] { grade?.caps ?? [] }

  /// The first failed check in the order of the list.
  public var firstFailure: CheckResult? { checks.first { $0.state == .fail } }

  public var json: JSONValue {
    [
      "target": .string(target), "commit": commit.map { .string($0) } ?? .null, "ok": .bool(ok),
      "checks": .array(checks.map(\.json)), "registration": registrationOrder?.json ?? .null,
      "grade": grade.map(Self.json) ?? .null,
      "time": signer.map { .string(UTCTime(seconds: $0.time).rfc3339) } ?? .null,
      "time_source": signer.map { .string($0.timeSource.rawValue) } ?? .null,
    ]
  }

  private static func json(_ grade: DisplayedGrade) -> JSONValue {
    [
      "letter": .string(grade.letter.rawValue),
      "caps": .array(
        grade.caps.map { ["word": .string($0.word), "cap": .string($0.cap.rawValue)] }),
    ]
  }
}

/// The whole answer of `wf verify`.
public struct VerifyReport: Sendable, Equatable {
  public var targets: [TargetReport]
  public init(targets: [TargetReport]) { self.targets = targets }

  public var ok: Bool { targets.allSatisfy(\.ok) }

  public var json: JSONValue {
    [
      "schema": "wf.verify/1", "ok": .bool(ok), "targets": .array(targets.map(\.json)),
    ]
  }
}
