/// That a commit, or a state of a log, was known at a time.
public struct Sighting: Sendable, Hashable {
  public enum Thing: Sendable, Hashable {
    case commit(ObjectID)
    /// `root` has 64 hex digits.
    case checkpoint(origin: String, size: Int64, root: String)
  }

  public let thing: Thing
  /// Unix seconds, by the clock of whoever remembered it.
  public let seconds: Int64

  public init(_ thing: Thing, seconds: Int64) {
    self.thing = thing
    self.seconds = seconds
  }
}

extension Tips {
  /// What this memory says was seen, and when.
  var sightings: [Sighting] {
    tips.values.map { Sighting(.commit($0.commit), seconds: $0.seconds) }
      + checkpoints.map { origin, point in
        Sighting(
          .checkpoint(
            // What a remote's log is remembered by has the remote's name and `+` before the origin.
            origin: origin.split(separator: "+").last.map(String.init) ?? origin,
            size: point.size, root: point.root), seconds: point.seconds)
      }
  }

  /// The sightings of every line of a memory, also of those in whose place others have come.
  ///
  /// - Throws: `tips_malformed`, as reading the memory does.
  static func sightings(
    in bytes: [UInt8], place: String
  ) throws(ObjectError) -> [Sighting] {
    let newest = try parse(bytes, place: place)
    let rows = Self.rows(of: bytes)
    // The first form has the newest alone.
    return rows.isEmpty ? newest.sightings : rows.flatMap(\.sightings)
  }

  /// The lines of a memory that say when something was seen which `newer` does not say, in the form of
  /// a memory without its head.
  static func superseded(in bytes: [UInt8], by newer: Tips) -> [UInt8] {
    let kept = Set(newer.sightings)
    return rows(of: bytes).filter { !kept.isSuperset(of: $0.sightings) }
      .flatMap { $0.bytes + [10] }
  }

  /// The whole lines of a memory of the present form that say when something was seen.
  private static func rows(of bytes: [UInt8]) -> [(bytes: [UInt8], sightings: [Sighting])] {
    let head = Array((Self.head + "\n").utf8)
    guard bytes.starts(with: head) else { return [] }
    return bytes.dropFirst(head.count).split(separator: 10).compactMap { row in
      // What power loss cut is no line, and is passed over by reading as well.
      guard let one = try? parse(head + row + [10]) else { return nil }
      let sightings = one.sightings
      return sightings.isEmpty ? nil : (Array(row), sightings)
    }
  }
}
