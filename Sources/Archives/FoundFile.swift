/// One file found in an archive: a small one as bytes, any other to be read from the archive again.
public struct FoundFile: Sendable {
  /// Gives the next piece, nil behind the last one.
  public typealias Next = () throws -> [UInt8]?

  public enum Content: Sendable {
    case bytes([UInt8])
    /// Each call begins anew from the front.
    case pieces(@Sendable () -> Next)
  }

  public let name: String
  /// Bytes of the content.
  public let size: Int
  public let content: Content

  public init(name: String, size: Int, content: Content) {
    self.name = name
    self.size = size
    self.content = content
  }

  public init(name: String, bytes: [UInt8]) {
    self.init(name: name, size: bytes.count, content: .bytes(bytes))
  }

  /// The file with its bytes; nil for one that is not held.
  var held: ArchiveFile? {
    guard case .bytes(let bytes) = content else { return nil }
    return ArchiveFile(name: name, bytes: bytes)
  }

  /// Files up to so many bytes are held; what is larger would be most of the memory of a reader.
  public static var mostHeld: Int { 1 << 20 }
}
