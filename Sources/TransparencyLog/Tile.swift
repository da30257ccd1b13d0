/// Up to 256 neighbouring hashes of one level of tiles, or the entries below such hashes of level 0.
///
/// C2SP tlog-tiles: tiles of height 8; level L + 1 holds the roots of full tiles of level L.
public struct Tile: Sendable, Hashable {
  public static let fullWidth = 256
  public static let maximumLevel = 63

  public enum Content: Sendable, Hashable {
    /// Hashes at a level from 0 to 63.
    case hashes(level: Int)
    case entries
  }

  public let content: Content
  public let index: Int64
  /// From 1 to 256.
  public let width: Int

  public init(_ content: Content, index: Int64, width: Int = fullWidth) {
    self.content = content
    self.index = index
    self.width = width
  }

  /// The last tile of its level or of the entries in a tree of `size` leaves, nil if there is none.
  static func last(_ content: Content, of size: Int64) -> Tile? {
    let level = if case .hashes(let level) = content { level } else { 0 }
    guard level * 8 < 63 else { return nil }
    let count = size >> Int64(level * 8)
    guard count > 0 else { return nil }
    let index = (count - 1) / Int64(fullWidth)
    return Tile(content, index: index, width: Int(count - index * Int64(fullWidth)))
  }

  /// Every tile of hashes that a tree of `size` leaves has, level by level.
  public static func all(of size: Int64) -> [Tile] {
    var tiles: [Tile] = []
    for level in 0...maximumLevel {
      guard let last = last(.hashes(level: level), of: size) else { break }
      tiles += (0..<last.index).map { Tile(.hashes(level: level), index: $0) }
      tiles.append(last)
    }
    return tiles
  }
}

extension Tile {
  /// `tile/L/N`, `tile/entries/N`, and with `.p/W` where the tile is partial.
  public var path: String {
    components.joined(separator: "/")
  }

  /// The names of folders and at last the file, from `tile` on.
  public var components: [String] {
    let kind =
      switch content {
      case .hashes(let level): String(level)
      case .entries: "entries"
      }
    var groups = [Self.group(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.insert("x" + Self.group(rest % 1000), at: 0)
      rest /= 1000
    }
    if width < Self.fullWidth { groups[groups.count - 1] += ".p" }
    return ["tile", kind] + groups + (width < Self.fullWidth ? [String(width)] : [])
  }

  private static func group(_ value: Int64) -> String {
    let digits = String(value)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Reads a path; there is one spelling of each tile.
  ///
  /// Throws `log_tile_path_invalid`.
  public init(path: String) throws(LogError) {
    func invalid() -> LogError {
      LogError(.logTilePathInvalid, "this is no path of a tile", place: path)
    }
    // twenty bytes of index in groups, level and width; nothing longer can be one
    guard path.utf8.count <= 64 else { throw invalid() }
    var parts = path.utf8.split(separator: 0x2F, omittingEmptySubsequences: false)
      .map { String($0) ?? "" }
    guard parts.count >= 3, parts[0] == "tile" else { throw invalid() }
    if parts[1] == "entries" {
      content = .entries
    } else {
      guard let level = Decimal.parse(parts[1]), level <= Int64(Self.maximumLevel) else {
        throw invalid()
      }
      content = .hashes(level: Int(level))
    }
    parts.removeFirst(2)
    if parts.count >= 2, let name = parts.dropLast().last, name.hasSuffix(".p") {
      guard let width = Decimal.parse(parts.removeLast()), width > 0,
        width < Int64(Self.fullWidth)
      else { throw invalid() }
      self.width = Int(width)
      parts[parts.count - 1] = String(name.dropLast(2))
    } else {
      width = Self.fullWidth
    }
    guard let index = Self.index(parts) else { throw invalid() }
    self.index = index
  }

  private static func index(_ groups: [String]) -> Int64? {
    var index: Int64 = 0
    for (place, group) in groups.enumerated() {
      let isLast = place == groups.count - 1
      var digits = Array(group.utf8)
      if !isLast {
        guard digits.first == 0x78 else { return nil }
        digits.removeFirst()
      }
      guard digits.count == 3, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
      let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
      // a leading group of zeros would be a second spelling
      if place == 0, !isLast, value == 0 { return nil }
      let (scaled, overflow) = index.multipliedReportingOverflow(by: 1000)
      let (sum, overflowOfSum) = scaled.addingReportingOverflow(value)
      if overflow || overflowOfSum { return nil }
      index = sum
    }
    return index
  }
}
