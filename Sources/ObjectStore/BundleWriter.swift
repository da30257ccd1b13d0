internal import Platform

extension ObjectStore {
  /// Everything that commits and tags lead to, each once: tags, commits from the newest back, then
  /// trees and blobs from the oldest commit on, so that equal histories give equal lists.
  public func reachable(from tips: [ObjectID]) throws(ObjectError) -> [ObjectID] {
    var order: [ObjectID] = []
    var seen: Set<ObjectID> = []
    var commits: [(id: ObjectID, tree: ObjectID)] = []
    for tip in tips {
      var id = tip
      while try kind(of: id) == .tag {
        if seen.insert(id).inserted { order.append(id) }
        id = try tag(id).target
      }
      try walkCommits(from: id) { (id, commit) throws(ObjectError) in
        guard seen.insert(id).inserted else { return true }
        commits.append((id, commit.tree))
        return true
      }
    }
    order += commits.map(\.id)
    for commit in commits.reversed() {
      try walkTree(commit.tree) { (step) throws(ObjectError) in
        guard seen.insert(step.id).inserted else { return false }
        order.append(step.id)
        return true
      }
    }
    return order
  }

  /// Writes refs and all their history as a git bundle into a new file.
  ///
  /// The same history gives the same bytes, however the store keeps it: whole objects in the order of
  /// `reachable`, compressed anew.
  ///
  /// - Parameters:
  ///   - rows: what the bundle names; a row for HEAD says what a clone checks out.
  ///   - progress: told how many objects of how many are written.
  /// - Returns: the number of objects.
  public func writeBundle(
    _ rows: [BundleHeader.Row], to path: String, progress: (Int, Int) -> Void = { _, _ in }
  ) throws(ObjectError) -> Int {
    let ids = try reachable(from: rows.map(\.target))
    let file = try wrapping { () throws(PlatformError) in try system.create(path) }
    var hash = ObjectHash()
    func put(_ bytes: [UInt8]) throws(ObjectError) {
      hash.update(bytes)
      try wrapping { () throws(PlatformError) in try file.append(bytes) }
    }
    try wrapping { () throws(PlatformError) in try file.append(BundleHeader(rows: rows).encoded) }
    var head = Array("PACK".utf8)
    appendBigEndian32(2, to: &head)
    appendBigEndian32(UInt32(truncatingIfNeeded: ids.count), to: &head)
    try put(head)
    var done = 0
    while done < ids.count {
      let end = try groupEnd(ids, from: done)
      let group = try objects(Array(ids[done..<end]))
      for part in concurrentMap(slices(group.count), { compressed(group[$0]) }) { try put(part) }
      done = end
      progress(done, ids.count)
    }
    let checksum = hash.finish().bytes
    try wrapping { () throws(PlatformError) in
      try file.append(checksum)
      try file.finish(durably: false)
    }
    return ids.count
  }

  /// As many objects as are read at once: 1,024, or those of about 8 MiB.
  private func groupEnd(_ ids: [ObjectID], from start: Int) throws(ObjectError) -> Int {
    var bytes = 0
    var end = start
    while end < ids.count, end - start < 1024, bytes < 8 << 20 {
      bytes += try size(of: ids[end])
      end += 1
    }
    return end
  }

  private func slices(_ count: Int) -> [Range<Int>] {
    let size = max(1, count / 8)
    return stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}

/// Entries of a pack, whole objects compressed one behind the other, on all cores.
///
/// Entries name no ids, so they are the same in a repository of either hash (gitformat-pack(5)).
public func packEntries(_ objects: [RawObject]) -> [UInt8] {
  let size = max(1, objects.count / 8)
  let parts = stride(from: 0, to: objects.count, by: size).map {
    objects[$0..<min($0 + size, objects.count)]
  }
  return concurrentMap(parts) { compressed($0) }.flatMap { $0 }
}

/// Entries of a pack, one behind the other.
private func compressed(_ objects: ArraySlice<RawObject>) -> [UInt8] {
  let deflater = Deflater()
  var bytes: [UInt8] = []
  for object in objects {
    PackEntry.appendHead(object.kind, size: object.bytes.count, to: &bytes)
    deflater.append(object.bytes, to: &bytes)
  }
  return bytes
}
