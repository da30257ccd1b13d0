internal import Platform

/// A member's bytes where they are too many to hold: they come piece by piece, the same each time
/// they are asked for.
public struct MemberPieces: Sendable {
  /// Gives the next piece, nil behind the last one.
  public typealias Next = () throws -> [UInt8]?

  /// Bytes of all pieces.
  public let size: Int
  let open: @Sendable () -> Next

  /// - Parameter open: begins again from the front.
  public init(size: Int, open: @escaping @Sendable () -> Next) {
    self.size = size
    self.open = open
  }

  init(_ bytes: [UInt8]) {
    self.init(size: bytes.count) {
      var rest: [UInt8]? = bytes.isEmpty ? nil : bytes
      return {
        defer { rest = nil }
        return rest
      }
    }
  }

  /// Pieces of a file.
  static func open(_ path: String, _ files: FileSystem) throws(PlatformError) -> Next {
    let file = try files.openForReading(path)
    return {
      var piece: [UInt8] = []
      return try file.read(into: &piece, upTo: Self.pieceSize) > 0 ? piece : nil
    }
  }

  private static var pieceSize: Int { 1 << 18 }
}

/// Reads one member from front to back.
///
/// A class because what it reads from moves on; it belongs to one thread at a time.
public final class MemberReader {
  private let name: String
  private let more: MemberPieces.Next
  private var digest: StreamingDigest?

  init(_ name: String, _ more: @escaping MemberPieces.Next) {
    self.name = name
    self.more = more
  }

  /// From now on `digest` is that of what was read.
  func beginDigest() { digest = StreamingDigest() }

  /// Digest and bytes of what was read since `beginDigest`.
  var read: (digest: String, size: Int)? { digest.map { ($0.text(), $0.size) } }

  /// The next piece, nil behind the last one.
  ///
  /// - Throws: what the source of the bytes throws.
  public func next() throws -> [UInt8]? {
    let piece = try more()
    if let piece { digest?.update(piece) }
    return piece
  }

  /// As `next`, for a check: `member_unreadable` whatever the source throws.
  func checkedNext() throws(EvidenceError) -> [UInt8]? {
    do {
      return try next()
    } catch {
      throw Self.unreadable(name, error)
    }
  }

  static func unreadable(_ name: String, _ error: any Error) -> EvidenceError {
    EvidenceError(
      .memberUnreadable, EvidencePlace(member: name),
      (error as? any Failure)?.message ?? "\(error)")
  }
}

extension Digest {
  /// Digest text and size of a member, read in pieces.
  ///
  /// - Throws: `member_missing`, `member_unreadable`.
  public static func measure(
    _ name: String, of members: PackageMembers
  ) throws(EvidenceError) -> (digest: String, size: Int) {
    let reader = try members.reader(name)
    var digest = StreamingDigest()
    while let piece = try reader.checkedNext() { digest.update(piece) }
    return (digest.text(), digest.size)
  }
}
