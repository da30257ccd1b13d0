public import Platform

/// The numbers that a command may end with: the one table of them (CLI.md, "Exit codes").
public enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  case negative = 1
  case undecided = 2
  case partial = 3
  case invalidInput = 4
  case noStore = 10
  case locked = 11
  case wrongKey = 12
  case bytesChanged = 20
  case missing = 21
  case unsigned = 22
  case untrusted = 23
  case expired = 24
  case historyRewritten = 25
  case notFetched = 26
  case network = 30
  case otherSideRefused = 31
  case usage = 64
  case bug = 70
  case interrupted = 130

  /// The status of a kind of failure; no `default`, so that a new kind does not compile without one.
  public init(_ kind: FailureKind) {
    self =
      switch kind {
      case .invalidInput, .refused, .inputOutput: .invalidInput
      case .noStore: .noStore
      case .locked: .locked
      case .wrongKey: .wrongKey
      case .bytesChanged: .bytesChanged
      case .missing: .missing
      case .unsigned: .unsigned
      case .untrusted: .untrusted
      case .expired: .expired
      case .historyRewritten: .historyRewritten
      case .notFetched: .notFetched
      case .network: .network
      case .otherSideRefused: .otherSideRefused
      case .usage: .usage
      case .bug: .bug
      case .interrupted: .interrupted
      }
  }

  /// What the number means, for help texts and the table in the documentation.
  public var meaning: String {
    switch self {
    case .done: "done; supported; same; verified"
    case .negative: "refuted; differs; regression with --fail-on"
    case .undecided: "inconclusive or not auditable"
    case .partial: "done in part (the report says what)"
    case .invalidInput: "input invalid or refused"
    case .noStore: "no store here"
    case .locked: "locked by another process"
    case .wrongKey: "wrong password or key"
    case .bytesChanged: "bytes changed (hash or signature does not match)"
    case .missing: "an object or member is missing"
    case .unsigned: "unsigned where a signature is needed"
    case .untrusted: "signer not trusted"
    case .expired: "key expired or revoked"
    case .historyRewritten: "history rewritten, rollback or fork"
    case .notFetched: "not fetched (known, bytes elsewhere)"
    case .network: "network failed"
    case .otherSideRefused: "the other side refused"
    case .usage: "usage"
    case .bug: "bug in wf"
    case .interrupted: "interrupted"
    }
  }
}
