internal import Glibc

/// What sort of thing lies at a path.
public enum FileKind: Sendable, Equatable {
  case regular, directory, symbolicLink, fifo, other
}

/// What the system says about a file.
public struct FileStatus: Sendable, Equatable {
  public let kind: FileKind
  /// Bytes.
  public let size: Int
  /// Permission bits.
  public let mode: UInt32
  /// Time of the last change of content, Unix seconds.
  public let modified: Int64
  public let modifiedNanoseconds: Int64
  public let owner: UInt32
  public let inode: UInt64
  public let device: UInt64
  public let links: UInt64

  init(_ raw: stat) {
    kind = Self.kind(mode: raw.st_mode)
    size = Int(raw.st_size)
    mode = raw.st_mode & 0o7777
    modified = Int64(raw.st_mtim.tv_sec)
    modifiedNanoseconds = Int64(raw.st_mtim.tv_nsec)
    owner = raw.st_uid
    inode = UInt64(raw.st_ino)
    device = UInt64(raw.st_dev)
    links = UInt64(raw.st_nlink)
  }

  /// Whether two statuses are of the same file.
  public func isSameFile(as other: FileStatus) -> Bool {
    inode == other.inode && device == other.device
  }

  private static func kind(mode: mode_t) -> FileKind {
    switch mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .directory
    case S_IFLNK: .symbolicLink
    case S_IFIFO: .fifo
    default: .other
    }
  }
}

/// One name in a directory.
public struct DirectoryEntry: Sendable, Equatable {
  /// The name as the file system has it, which need not be UTF-8.
  public let rawName: [UInt8]
  public let kind: FileKind

  /// The name, or nil where it is not UTF-8.
  public var name: String? { String(validating: rawName, as: UTF8.self) }
}
