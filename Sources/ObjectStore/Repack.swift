internal import Platform

/// Writes objects into one new pack, versions of one thing as deltas of each other.
struct Repack {
  let store: ObjectStore
  /// Told how many objects are done, of how many.
  let progress: (Int, Int) -> Void

  /// What was written: the pack's path without ending, and how many objects are deltas.
  struct Outcome {
    let stem: String
    let deltas: Int
    /// Deltas that were copied as they were.
    let reused: Int
  }

  /// - Returns: nil for no objects.
  func write(_ objects: [ReachedObject], chunkGroups: Set<Int>) throws(ObjectError) -> Outcome? {
    if objects.isEmpty { return nil }
    let writer = try PackWriter(folder: store.packFolder, system: store.system)
    var (chains, large) = try plan(objects, chunkGroups)
    var offsets: [ObjectID: Int] = [:]
    offsets.reserveCapacity(objects.count)
    var deltas = 0
    var reused = 0
    progress(0, objects.count)
    var first = 0
    while first < chains.count {
      let chosen = Array((first..<chains.count).prefix(2 * processorCount()))
      let work = chosen.map { chains[$0] }
      let store = store
      let done = try concurrentMap(work) {
        (chain) throws(ObjectError) -> (DeltaChain, [PackedObject]) in
        var chain = chain
        let packed = try chain.run(store)
        return (chain, packed)
      }
      for (index, (chain, packed)) in zip(chosen, done) {
        chains[index] = chain
        for object in packed {
          if object.base != nil { deltas += 1 }
          if object.isReused { reused += 1 }
          try append(object, to: writer, &offsets)
        }
        progress(writer.count, objects.count)
      }
      // Chains that are done leave the row; their order does not matter to a reader.
      let open = chosen.filter { !chains[$0].isDone }.map { chains[$0] }
      first += chosen.count - open.count
      for (slot, chain) in open.enumerated() { chains[first + slot] = chain }
    }
    for row in large {
      try copyLarge(row, to: writer)
      progress(writer.count, objects.count)
    }
    return Outcome(stem: try writer.finish(durably: true), deltas: deltas, reused: reused)
  }

  /// Objects by what they are versions of: commits, tags, trees, then blobs.
  private func plan(
    _ objects: [ReachedObject], _ chunkGroups: Set<Int>
  ) throws(ObjectError) -> (chains: [DeltaChain], large: [ReachedObject]) {
    var groups: [Int: [ReachedObject]] = [:]
    var order: [Int] = []
    var large: [ReachedObject] = []
    for object in objects {
      if object.kind == .blob, try store.size(of: object.id) > DeltaChain.largest {
        large.append(object)
        continue
      }
      if groups[object.group] == nil { order.append(object.group) }
      groups[object.group, default: []].append(object)
    }
    func rank(_ group: Int) -> Int {
      switch groups[group]?.first?.kind {
      case .commit: 0
      case .tag: 1
      case .tree: 2
      default: 3
      }
    }
    let sorted = order.sorted { (rank($0), $0) < (rank($1), $1) }
    var chains: [DeltaChain] = []
    for group in sorted {
      let members = groups[group] ?? []
      if chunkGroups.contains(group) {
        chains += Self.clusters(members).map { DeltaChain($0) }
      } else {
        chains.append(DeltaChain(members))
      }
    }
    return (chains, large)
  }

  /// Chunks that begin at about the same place of their member, newest first.
  ///
  /// Their numbers say less: one cut more or less in a version renumbers all behind it.
  static func clusters(_ chunks: [ReachedObject]) -> [[ReachedObject]] {
    let gap = 32 << 10
    var clusters: [[Int]] = []
    var last = Int.min / 2
    for index in chunks.indices.sorted(by: { chunks[$0].offset < chunks[$1].offset }) {
      if chunks[index].offset - last > gap { clusters.append([]) }
      clusters[clusters.count - 1].append(index)
      last = chunks[index].offset
    }
    return clusters.map { $0.sorted().map { chunks[$0] } }
  }

  private func append(
    _ object: PackedObject, to writer: PackWriter, _ offsets: inout [ObjectID: Int]
  ) throws(ObjectError) {
    let offset = writer.byteCount
    var bytes: [UInt8] = []
    if let base = object.base {
      guard let start = offsets[base] else {
        preconditionFailure("a base is of the same chain and was written before")
      }
      PackEntry.appendDeltaHead(size: object.size, distance: offset - start, to: &bytes)
    } else {
      PackEntry.appendHead(object.kind, size: object.size, to: &bytes)
    }
    bytes += object.stream
    let sum = unsafe bytes.withRawBytes { raw in unsafe checksum32(raw) }
    offsets[object.id] = offset
    try writer.append(
      [PackWriter.Entry(id: object.id, count: bytes.count, checksum: sum)], bytes)
  }

  /// Copies a whole packed object as it lies there, in pieces; anything else is compressed anew.
  private func copyLarge(_ row: ReachedObject, to writer: PackWriter) throws(ObjectError) {
    if case .packed(let pack, let position)? = try store.location(of: row.id),
      try pack.hasWholeEntry(at: position)
    {
      return try pack.copyEntry(at: position, to: writer)
    }
    try writer.append(try store.object(row.id), row.id, Deflater())
  }
}

extension Pack {
  func hasWholeEntry(at position: Int) throws(ObjectError) -> Bool {
    let start = try offset(at: position)
    let file = try data()
    return try unsafe file.withBytes { (raw) throws(ObjectError) in
      let end = file.count - Pack.trailerSize
      guard case .whole = try unsafe PackEntry.parse(raw, at: start, end: end, place: path).form
      else { return false }
      return true
    }
  }

  /// - Throws: `pack_malformed` where the bytes do not have the CRC-32 that the index promises.
  func copyEntry(at position: Int, to writer: PackWriter) throws(ObjectError) {
    let start = try offset(at: position)
    let end = try places().end(of: start)
    let id = index.id(position)
    try unsafe data().withBytes { (raw) throws(ObjectError) in
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: raw[start..<end])
      guard unsafe checksum32(bytes) == index.checksum(position) else {
        throw ObjectError(
          .packMalformed, object: id, place: "\(path), offset \(start)",
          message: "the object's bytes are not those that the index was made for")
      }
      let sum = index.checksum(position)
      try unsafe writer.append(PackWriter.Entry(id: id, count: end - start, checksum: sum), bytes)
    }
  }
}
