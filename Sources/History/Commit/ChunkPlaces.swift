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
    /// How far the text moved: place in the version before minus place in this one.
    private var shift = 0

    fileprivate init(rows: [Row]) { self.rows = rows }

    /// The chunk that began closest to where this one begins.
    func chunk(near start: Int) -> ObjectID? {
      let place = start + shift
      var (low, high) = (0, rows.count)
      while low < high {
        let middle = (low + high) / 2
        if rows[middle].start < place { low = middle + 1 } else { high = middle }
      }
      return rows[max(0, low - 1)..<min(rows.count, low + 1)]
        .min { abs($0.start - place) < abs($1.start - place) }?.id
    }

    /// Tells what the chunk at `start` became; one that both versions have shows how far text moved.
    mutating func note(_ id: ObjectID, at start: Int) {
      let place = start + shift
      let found = rows.filter { $0.id == id }.min { abs($0.start - place) < abs($1.start - place) }
      if let found { shift = found.start - start }
    }
  }
}
