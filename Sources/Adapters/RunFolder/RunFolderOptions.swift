/// How far an import may go (IMPORT §7); beyond any of these it stops at once.
public struct RunFolderLimits: Sendable, Equatable {
  public var entries = 200_000
  public var depth = 64
  /// Bytes of one name and of a whole relative path.
  public var nameBytes = 255
  public var pathBytes = 4096
  /// Apparent bytes of all files together.
  public var bytes = 1 << 40
  public var candidateBytes = 4 << 30
  /// Bytes of a text, and of a binary, that are searched for secrets.
  public var scannedBytes = 64 << 20
  public var scannedBinaryBytes = 16 << 20
  public var candidates = 256
  public var jsonDepth = 128
  public var rows = 5_000_000
  public var seconds = 600

  public init() {}

  /// Which limit ended an import.
  public enum Hit: String, Sendable, CaseIterable {
    case entries, depth, name, path, bytes, candidates, rows, time
    case candidateBytes = "candidate_bytes"
  }
}

/// What the user says about an import.
public struct RunFolderOptions: Sendable {
  public var limits = RunFolderLimits()
  /// Globs of relative paths that are not opened.
  public var exclude: [String] = []
  /// The relative path that a person chose among several candidates.
  public var candidate: String?
  /// The bytes of a contract file that was given apart from the folder.
  public var contract: [UInt8]?
  /// Whether videos, checkpoints and the like get a digest.
  public var hashesRaw = false

  public init() {}
}
