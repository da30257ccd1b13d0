/// What sort of thing went wrong, so that the one exit-code table can name a number for it.
///
/// Libraries name a kind and never a number; `Terminal/ExitStatus.swift` switches over all of them
/// without `default`, so that a new kind does not compile until it has a code.
public enum FailureKind: Sendable, CaseIterable {
  case invalidInput, refused, inputOutput, noStore, locked, wrongKey
  case bytesChanged, missing, unsigned, untrusted, expired, historyRewritten, notFetched
  case network, otherSideRefused, usage, bug, interrupted
}

/// The face that every module's error shows to the command line.
public protocol Failure: Error, Sendable, CustomStringConvertible {
  var kind: FailureKind { get }
  /// One machine word, snake case, with one meaning in the whole product.
  var reason: String { get }
  /// What happened, in plain words: one sentence without a full stop at its end.
  var message: String { get }
  /// To what: a path, an object id, a member and its JSON pointer, or line and column.
  var place: String? { get }
  /// The next thing to try, where the library knows one.
  var hint: String? { get }
}

extension Failure {
  public var hint: String? { nil }
  public var place: String? { nil }
  public var description: String {
    (place.map { "\($0): " } ?? "") + message + " [\(reason)]"
  }
}
