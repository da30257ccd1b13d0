/// How much an archive may unfold to before it is refused.
public struct ArchiveLimits: Sendable {
  /// Bytes of all entries together.
  public var bytes: Int
  public var entries: Int
  /// Bytes that may come out for one byte of the archive, once `freeBytes` are passed.
  ///
  /// Deflate reaches 1032. At 60, no archive below 16 MiB unfolds to 1 GiB.
  public var expansion: Int
  /// Bytes that may come out of an archive of any size.
  public var freeBytes: Int

  public init(
    bytes: Int = 4 << 30, entries: Int = 1_000_000, expansion: Int = 60,
    freeBytes: Int = 64 << 20
  ) {
    self.bytes = bytes
    self.entries = entries
    self.expansion = expansion
    self.freeBytes = freeBytes
  }

  /// The bytes that may come out of an archive of `size` bytes, and which limit that is.
  func allowance(archive size: Int) -> (bytes: Int, code: ArchiveError.Code) {
    let (product, overflow) = size.multipliedReportingOverflow(by: expansion)
    let honest = max(overflow ? .max : product, freeBytes)
    return honest < bytes ? (honest, .expansion) : (bytes, .tooLarge)
  }
}

/// What has come out of one archive so far.
struct Allowance {
  private let limits: ArchiveLimits
  private let code: ArchiveError.Code
  private var bytesLeft: Int
  private var entriesLeft: Int

  init(_ limits: ArchiveLimits, archive size: Int) {
    self.limits = limits
    (bytesLeft, code) = limits.allowance(archive: size)
    entriesLeft = limits.entries
  }

  /// Takes an entry of a declared size into account, before anything is allocated for it.
  mutating func take(_ size: Int, for name: String) throws(ArchiveError) {
    entriesLeft -= 1
    if entriesLeft < 0 {
      throw ArchiveError(
        .tooMany, "archive", "there are more than \(limits.entries) entries in it")
    }
    guard size >= 0, size <= bytesLeft else {
      throw ArchiveError(code, name, "the entries unfold to more bytes than are taken")
    }
    bytesLeft -= size
  }
}
