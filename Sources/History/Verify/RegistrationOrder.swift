public import Audit
import Evidence
import JSON
import ObjectStore
import Platform

/// What shows that a registration came before the run, or why nothing does (SCHEMAS §5.1).
public struct RegistrationOrder: Sendable, Equatable {
  public enum Word: Sendable, Equatable {
    /// By the challenge, which trusts no clock.
    case seeds(SeedOrder)
    /// By the run's recorded start.
    case recordedStart
    case notRegistered, startNotRecorded, startNotLater, unreadable
    /// The history does not hold, or is not here.
    case historyFailed, historyNotHere
  }

  public var word: Word
  /// The registration whose claim and protocol are the package's own, in hex.
  public var registration: String?

  public init(_ word: Word, registration: String?) {
    self.word = word
    self.registration = registration
  }

  public var isProven: Bool { word == .seeds(.proven) || word == .recordedStart }

  /// The machine word; its sentence is `Wording.order`.
  public var reason: String {
    switch word {
    case .seeds(let order): order.rawValue
    case .recordedStart: "recorded_start"
    case .notRegistered: "not_registered"
    case .startNotRecorded: "start_not_recorded"
    case .startNotLater: "start_not_later"
    case .unreadable: "unreadable"
    case .historyFailed: "history_failed"
    case .historyNotHere: "history_not_here"
    }
  }

  /// The sentence with its word.
  public var text: String { Wording.bracketed(Wording.order(reason), reason) }

  var json: JSONValue {
    [
      "commit": registration.map { .string($0) } ?? .null, "proven": .bool(isProven),
      "reason": .string(reason), "detail": .string(Wording.order(reason)),
    ]
  }
}

extension RegistrationOrder {
  /// Compares a package with its registration.
  ///
  /// - Parameter registration: the commit whose claim and protocol are the package's own; nil where
  ///   there is none.
  init(of members: PackageMembers, after registration: ChainLink?) {
    self.init(.notRegistered, registration: registration?.id.hex)
    guard let registration else { return }
    do {
      word = try Self.word(members, registration)
    } catch {
      // What cannot be read proves nothing.
      word = .unreadable
    }
  }

  private static func word(_ members: PackageMembers, _ registration: ChainLink) throws -> Word {
    let input = try AuditInput.decode(try members.bytes(.auditInput))
    let plan = try EvaluationProtocol.decode(try members.bytes(.evaluationProtocol))
    let order = seedOrder(
      input: input, protocol: plan,
      firstSeed: challengeSeed(registrationCommit: registration.id.bytes))
    if order == .proven { return .seeds(order) }
    let start = try startedAt(members) ?? input.reportedAt
    if let time = start.flatMap(UTCTime.init(anyRFC3339:)) {
      if registration.commit.committer.seconds < time.seconds { return .recordedStart }
      return order == .noChallenge ? .startNotLater : .seeds(order)
    }
    return order == .noChallenge ? .startNotRecorded : .seeds(order)
  }

  private static func startedAt(_ members: PackageMembers) throws -> String? {
    guard let bytes = try? members.bytes(.rawEvidenceManifest) else { return nil }
    return try JSONValue.parse(bytes)["source_run"]?["started_at"]?.string
  }
}
