internal import Crypto
internal import Platform

/// A hash of RFC 6962's Merkle tree, 32 bytes.
public struct TreeHash: Sendable, Hashable {
  public static let byteCount = 32

  public let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = Array(bytes)
  }

  private init(digest: SHA256Digest) { bytes = Array(digest) }

  /// The root of a tree without leaves: SHA-256 of nothing.
  public static let empty = TreeHash(digest: SHA256.hash(data: [UInt8]()))

  /// The hash of an entry; its first byte keeps a node from being taken for a leaf.
  public static func leaf(_ entry: [UInt8]) -> TreeHash {
    var hasher = SHA256()
    hasher.update(data: [0])
    hasher.update(data: entry)
    return TreeHash(digest: hasher.finalize())
  }

  /// The hash above two others.
  public static func node(_ left: TreeHash, _ right: TreeHash) -> TreeHash {
    TreeHash(digest: SHA256.hash(data: [1] + left.bytes + right.bytes))
  }

  /// The root over these leaves, split at the largest power of two below their number.
  public static func root(over leaves: some RandomAccessCollection<TreeHash>) -> TreeHash {
    guard let first = leaves.first else { return .empty }
    if leaves.count == 1 { return first }
    let middle = leaves.index(leaves.startIndex, offsetBy: split(leaves.count))
    return node(root(over: leaves[..<middle]), root(over: leaves[middle...]))
  }

  /// The largest power of two below `count`, which is at least 2.
  static func split(_ count: Int) -> Int {
    1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
  }

  public var base64: String { Base64.encode(bytes) }
  public var hex: String { Hex.encode(bytes) }

  /// Strict standard base64 of 32 bytes.
  public init?(base64 text: some StringProtocol) {
    guard let bytes = Base64.decode(text) else { return nil }
    self.init(bytes)
  }
}
