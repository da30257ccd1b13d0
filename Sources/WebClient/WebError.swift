public import Platform

/// Why an exchange gave no answer; never holds a header or a body.
public struct WebError: Failure, Equatable {
  public enum Code: String, CaseIterable, Sendable {
    case addressNotAllowed = "address_not_allowed"
    case requestMalformed = "web_request_malformed"
    case hostUnknown = "host_unknown"
    case connectionFailed = "connection_failed"
    case certificateRefused = "certificate_refused"
    case webTimeout = "web_timeout"
    case answerTooLarge = "answer_too_large"
    case transferBroken = "transfer_broken"
    case bodyUnreadable = "body_unreadable"
    case curlUnusable = "curl_unusable"
  }

  public let code: Code
  public let place: String?
  public let message: String

  public init(_ code: Code, _ message: String, place: String? = nil) {
    self.code = code
    self.message = message
    self.place = place
  }

  public static func == (one: Self, other: Self) -> Bool {
    one.code == other.code && one.place == other.place
  }

  public var reason: String { code.rawValue }
  public var kind: FailureKind {
    switch code {
    case .addressNotAllowed, .requestMalformed: .invalidInput
    case .bodyUnreadable, .curlUnusable: .inputOutput
    case .hostUnknown, .connectionFailed, .certificateRefused, .webTimeout, .answerTooLarge,
      .transferBroken:
      .network
    }
  }
  public var hint: String? {
    switch code {
    case .certificateRefused: "--ca FILE names the authority of a server of your own"
    case .connectionFailed, .hostUnknown: "see whether the server runs, and its address"
    case .webTimeout, .transferBroken: "run the command again; what has arrived is not sent again"
    default: nil
    }
  }
}
