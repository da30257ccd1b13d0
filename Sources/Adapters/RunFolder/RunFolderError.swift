public import Platform

/// Why a run folder was not looked at; what was found in one is never an error but a decision.
public struct RunFolderError: Failure, Equatable {
  public enum Code: String, CaseIterable, Sendable {
    case outputInsideInput = "output_inside_input"
    case candidateNotFound = "candidate_not_found"
    case contractInvalid = "contract_invalid"
    case folderUnreadable = "folder_unreadable"
  }

  public let code: Code
  public let place: String?
  public let message: String
  public let hint: String?

  public init(_ code: Code, place: String?, _ message: String, hint: String? = nil) {
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
  }

  public var reason: String { code.rawValue }
  public var kind: FailureKind { code == .outputInsideInput ? .refused : .invalidInput }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
