internal import Glibc

/// What the system refused: a reason word, the path it was about, and the system's own text.
///
/// Equality means code and place, so that a test can build the error it expects.
public struct PlatformError: Failure, Equatable {
  /// The machine words of this module.
  public enum Code: String, CaseIterable, Sendable {
    case fileNotFound = "file_not_found"
    case permissionDenied = "permission_denied"
    case diskFull = "disk_full"
    case readOnly = "read_only"
    case isDirectory = "is_directory"
    case notDirectory = "not_directory"
    case notRegularFile = "not_regular_file"
    case fileTooLarge = "file_too_large"
    case fileExists = "file_exists"
    case directoryNotEmpty = "directory_not_empty"
    case outputExists = "output_exists"
    case tooManyOpenFiles = "too_many_open_files"
    case pathInvalid = "path_invalid"
    case ioFailed = "io_failed"
    case locked = "locked"
    case interrupted = "interrupted"
  }

  public let code: Code
  public let place: String?
  public let message: String
  /// The system's error number, 0 where there was none.
  public let errorNumber: Int32

  public init(_ code: Code, place: String?, message: String, errorNumber: Int32 = 0) {
    self.code = code
    self.place = place
    self.message = message
    self.errorNumber = errorNumber
  }

  /// The error of a system call that just failed.
  public init(errno number: Int32, doing verb: String, place: String?) {
    let text = unsafe String(cString: strerror(number))  // glibc keeps this text per thread
    self.init(
      Self.code(of: number), place: place, message: "cannot \(verb): \(text)",
      errorNumber: number)
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .locked: .locked
    case .interrupted: .interrupted
    case .diskFull, .ioFailed, .tooManyOpenFiles, .readOnly: .inputOutput
    case .outputExists: .refused
    case .fileNotFound, .permissionDenied, .isDirectory, .notDirectory, .notRegularFile,
      .fileTooLarge, .fileExists, .directoryNotEmpty, .pathInvalid:
      .invalidInput
    }
  }

  public var hint: String? {
    switch code {
    case .outputExists: "choose another name, or pass --force to replace it"
    case .locked:
      "wait for the other process to end, then run the command again; if it died on another host, remove this file"
    default: nil
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }

  private static func code(of number: Int32) -> Code {
    switch number {
    case ENOENT: .fileNotFound
    case EACCES, EPERM: .permissionDenied
    case ENOSPC, EDQUOT: .diskFull
    case EROFS: .readOnly
    case EISDIR: .isDirectory
    case ENOTDIR: .notDirectory
    case EFBIG, EOVERFLOW: .fileTooLarge
    case EEXIST: .fileExists
    case ENOTEMPTY: .directoryNotEmpty
    case EMFILE, ENFILE: .tooManyOpenFiles
    case ENAMETOOLONG, ELOOP, EINVAL: .pathInvalid
    case EINTR: .interrupted
    default: .ioFailed
    }
  }
}
