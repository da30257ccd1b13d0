import Platform

/// What can go wrong in the command line itself.
struct CommandError: Failure, Equatable {
  enum Code: String, CaseIterable, Sendable {
    case directoryMissing = "directory_missing"
    case optionInvalid = "option_invalid"
    case formatUnknown = "format_unknown"
    case interrupted = "interrupted"
    case addressNotSupported = "address_not_supported"
  }
  let code: Code
  let place: String?
  let message: String
  let hint: String?

  init(_ code: Code, place: String?, _ message: String, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
  }

  var reason: String { code.rawValue }
  var kind: FailureKind {
    switch code {
    case .directoryMissing, .addressNotSupported: .invalidInput
    case .optionInvalid, .formatUnknown: .usage
    case .interrupted: .interrupted
    }
  }
}
