public import Platform

/// Why an archive is not read, or cannot be written, and where.
///
/// Equality means code and place, so that a test can build the error it expects.
public struct ArchiveError: Failure, Equatable {
  /// The machine words of this module.
  public enum Code: String, CaseIterable, Sendable {
    /// Neither tar, gzip nor zip.
    case unknown = "archive_unknown"
    case malformed = "archive_malformed"
    case truncated = "archive_truncated"
    case checksumMismatch = "archive_checksum_mismatch"
    case trailingData = "archive_trailing_data"
    /// Two places of the archive say different things of one entry.
    case headersDiffer = "archive_headers_differ"
    /// Two entries share bytes.
    case overlap = "archive_overlap"
    case nameForbidden = "archive_name_forbidden"
    case nameDuplicate = "archive_name_duplicate"
    /// Two names that some file system takes for one.
    case nameClash = "archive_name_clash"
    /// A link, device or pipe.
    case entryType = "archive_entry_type"
    /// A header that would give another name, size or form to what follows.
    case extensionRefused = "archive_extension_refused"
    case encrypted = "archive_encrypted"
    case methodUnknown = "archive_method_unknown"
    case tooLarge = "archive_too_large"
    case tooMany = "archive_too_many_entries"
    /// Far more bytes than the archive's own size can honestly stand for.
    case expansion = "archive_expansion"
  }

  public let code: Code
  public let place: String?
  public let message: String

  @inline(never)
  public init(_ code: Code, _ place: String, _ message: String) {
    self.code = code
    self.place = place
    self.message = message
  }

  public var reason: String { code.rawValue }

  public var kind: FailureKind {
    switch code {
    case .checksumMismatch, .headersDiffer, .truncated: .bytesChanged
    default: .invalidInput
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }
}
