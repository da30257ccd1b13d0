public import Platform

/// What can go wrong between a store and a remote.
public struct MirrorError: Failure, Equatable {
  public enum Code: String, CaseIterable, Sendable {
    /// The connection could not be made, or broke.
    case networkFailed = "network_failed"
    case remoteTimeout = "remote_timeout"
    /// The server's certificate is not one that this machine believes.
    case certificateInvalid = "certificate_invalid"
    /// The server's ssh key is not the one in known_hosts, or not in it.
    case hostKeyUnknown = "host_key_unknown"
    /// No credentials, or not the right ones.
    case authenticationFailed = "authentication_failed"
    /// Credentials would go over the network in clear.
    case credentialsInClear = "credentials_in_clear"
    /// The server sends to another address.
    case redirectRefused = "redirect_refused"
    /// There is no repository at the address, or it may not be read.
    case remoteNotFound = "remote_not_found"
    /// The server did not take a ref, or not the pack.
    case pushRefused = "push_refused"
    /// The remote has commits that are not here.
    case remoteAhead = "remote_ahead"
    /// Somebody moved the ref between looking and moving.
    case remoteMoved = "remote_moved"
    /// The remote sends what is no good pack.
    case remotePackInvalid = "remote_pack_invalid"
    case remoteTooLarge = "remote_too_large"
    /// The SHA-1 form could not be turned back to the same bytes.
    case notReversible = "not_reversible"
    /// The mirror has lost something; it can be made anew.
    case mirrorDamaged = "mirror_damaged"
    case mirrorRequestInvalid = "mirror_request_invalid"
    case diskFull = "disk_full"
    case interrupted = "interrupted"
    case libraryFailed = "library_failed"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?

  public init(_ code: Code, place: String? = nil, _ message: String, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .networkFailed, .remoteTimeout, .certificateInvalid, .hostKeyUnknown: .network
    case .authenticationFailed: .wrongKey
    case .redirectRefused, .remoteNotFound, .pushRefused, .remoteAhead, .remoteMoved,
      .remotePackInvalid, .remoteTooLarge:
      .otherSideRefused
    case .notReversible: .bytesChanged
    case .credentialsInClear: .refused
    case .mirrorDamaged, .libraryFailed, .diskFull: .inputOutput
    case .mirrorRequestInvalid: .bug
    case .interrupted: .interrupted
    }
  }

  /// One line, at most 400 characters: the text may be a server's.
  public static func tidy(_ text: String) -> String {
    let line = text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) }
    return String(String(line).prefix(400)).split(separator: " ").joined(separator: " ")
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
