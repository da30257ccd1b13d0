import Evidence
import Platform

/// What can go wrong in the command line itself.
struct CommandError: Failure, Equatable {
  enum Code: String, CaseIterable, Sendable {
    case directoryMissing = "directory_missing"
    case optionInvalid = "option_invalid"
    case formatUnknown = "format_unknown"
    case interrupted = "interrupted"
    case addressNotSupported = "address_not_supported"
    /// The program for git remotes is not installed beside this one.
    case mirrorMissing = "mirror_program_missing"
    /// It ended without a word.
    case mirrorFailed = "mirror_program_failed"
    /// The program for requests over https is not installed beside this one.
    case netMissing = "net_program_missing"
    /// It ended without an answer.
    case netFailed = "net_program_failed"
    /// The share server's program is not installed beside this one.
    case serveMissing = "serve_program_missing"
    case outputExists = "output_exists"
    /// A credential where something is to be kept.
    case secretGiven = "secret_given"
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

  /// Refuses a credential in what would be kept, in a package or in the history.
  static func refuseSecret(_ text: String?, of option: String) throws(CommandError) {
    guard let text, Redactor.findsSecret(text) else { return }
    throw CommandError(
      .secretGiven, place: option, "this holds a credential, and would be kept",
      hint: "leave it out; a credential that was in clear somewhere should be replaced")
  }

  var reason: String { code.rawValue }
  var kind: FailureKind {
    switch code {
    case .directoryMissing, .addressNotSupported, .secretGiven: .invalidInput
    case .mirrorMissing, .netMissing, .serveMissing: .inputOutput
    case .mirrorFailed, .netFailed: .bug
    case .outputExists: .refused
    case .optionInvalid, .formatUnknown: .usage
    case .interrupted: .interrupted
    }
  }
}
