/// RFC 6962 §2.1: whether a path shows that a leaf or a smaller tree is in a tree.
///
/// A path says nothing about sizes: the same one can fit two of them. Size and root have to come
/// from a checkpoint whose signature was checked.
public enum MerkleProof {
  /// No tree that a signed 64-bit size can name has a longer path.
  public static let maximumHashes = 63

  /// Whether `path` leads from the leaf at `index` to the root of the tree of `size` leaves.
  ///
  /// - Parameter path: the leaf's sibling first.
  public static func includes(
    _ leaf: TreeHash, at index: Int64, in size: Int64, root: TreeHash, path: [TreeHash]
  ) -> Bool {
    self.root(above: leaf, at: index, in: size, path: path) == root
  }

  /// The root to which such a path leads; nil where it cannot be of a tree of that size.
  public static func root(
    above leaf: TreeHash, at index: Int64, in size: Int64, path: [TreeHash]
  ) -> TreeHash? {
    guard index >= 0, index < size else { return nil }
    var climb = Climb(index, last: size - 1)
    var hash = leaf
    for sibling in path {
      guard let side = climb.step() else { return nil }
      hash = side == .left ? .node(sibling, hash) : .node(hash, sibling)
    }
    return climb.isAtRoot ? hash : nil
  }

  /// Whether the tree of `newSize` leaves continues that of `oldSize`.
  ///
  /// From a tree without leaves anything continues, since it promised nothing; the path is then
  /// empty, as it is between equal sizes.
  public static func connects(
    _ oldSize: Int64, root old: TreeHash, to newSize: Int64, root new: TreeHash, path: [TreeHash]
  ) -> Bool {
    guard oldSize >= 0, oldSize <= newSize else { return false }
    if oldSize == newSize { return path.isEmpty && old == new }
    if oldSize == 0 { return path.isEmpty && old == .empty }
    // the old tree is a node of the new one then, and its own root need not be told
    let isWholeNode = oldSize & (oldSize - 1) == 0
    let hashes = isWholeNode ? [old] + path : path
    guard let first = hashes.first else { return false }
    var climb = Climb(oldSize - 1, last: newSize - 1)
    climb.skipRightEdges()
    var (before, after) = (first, first)
    for hash in hashes.dropFirst() {
      guard let side = climb.step() else { return false }
      if side == .left { before = .node(hash, before) }
      after = side == .left ? .node(hash, after) : .node(after, hash)
    }
    return climb.isAtRoot && before == old && after == new
  }
}

/// The way from a node up to the root, beside the way of the tree's last node.
private struct Climb {
  enum Side { case left, right }

  private var node: Int64
  private var last: Int64

  init(_ node: Int64, last: Int64) {
    self.node = node
    self.last = last
  }

  var isAtRoot: Bool { last == 0 }

  /// Up while the node is a right child, so that the next sibling is the first that is not known.
  mutating func skipRightEdges() {
    while node & 1 == 1 { up() }
  }

  /// The side on which the sibling stands, and a step up; nil at the root.
  mutating func step() -> Side? {
    guard last != 0 else { return nil }
    var side = Side.right
    if node & 1 == 1 || node == last {
      side = .left
      // the last node of a level without sibling is passed up as it is
      while node & 1 == 0, node != 0 { up() }
    }
    up()
    return side
  }

  private mutating func up() {
    node >>= 1
    last >>= 1
  }
}
