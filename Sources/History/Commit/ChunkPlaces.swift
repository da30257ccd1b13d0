public import ObjectStore

/// Where the chunks of a version's large members begin, so that the next version's chunks can be told
/// as changes of them.
public struct ChunkPlaces: Sendable {
  fileprivate typealias Row = (start: Int, id: ObjectID)
  private var members: [String: [Row]] = [:]

  public init() {}

  /// Of the tree of a version.
  public init(tree: ObjectID, in store: ObjectStore) throws(ObjectError) {
    for entry in try store.tree(tree).entries
    where entry.mode == .directory && entry.name.hasSuffix(".jsonl") {
      var rows: [Row] = []
      var start = 0
      for chunk in try store.tree(entry.id).entries {
        rows.append((start, chunk.id))
        start += try store.size(of: chunk.id)
      }
      members[entry.name] = rows
    }
  }

  func walk(_ member: String) -> Walk { Walk(rows: members[member] ?? []) }

  /// A walk along one member from front to back.
  struct Walk {
    fileprivate let rows: [Row]
    /// Where chunks of one content begin, in order.
    private let starts: [ObjectID: [Int]]
    /// How far the text moved: place in the version before minus place in this one.
    private var shift = 0

    fileprivate init(rows: [Row]) {
      self.rows = rows
      starts = Dictionary(grouping: rows, by: \.id).mapValues { $0.map(\.start) }
    }

    /// The chunk that began closest to where this one begins.
    func chunk(near start: Int) -> ObjectID? {
      Self.nearest(to: start + shift, of: rows.count) { rows[$0].start }.map { rows[$0].id }
    }

    /// Tells what the chunk at `start` became; one that both versions have shows how far text moved.
    mutating func note(_ id: ObjectID, at start: Int) {
      guard let same = starts[id],
        let row = Self.nearest(to: start + shift, of: same.count, { same[$0] })
      else { return }
      shift = same[row] - start
    }

    /// The one of `count` rising places that is nearest to a place, the first of two; nil of none.
    private static func nearest(to place: Int, of count: Int, _ at: (Int) -> Int) -> Int? {
      var (low, high) = (0, count)
      while low < high {
        let middle = (low + high) / 2
        if at(middle) < place { low = middle + 1 } else { high = middle }
      }
      return (max(0, low - 1)..<min(count, low + 1))
        .min { abs(at($0) - place) < abs(at($1) - place) }
    }
  }
}
