internal import Crypto
import GitRemotes
import ObjectStore
import Platform

/// A pack that goes to a remote: entries copied from the mirror's packs as they lie there, others made anew.
///
/// Whole objects only. Where versions of a claim are changes of each other, libgit2 makes the pack.
struct OutgoingPack {
  /// The mirror's folder.
  let mirror: String
  /// Asked for where an object is not whole in a pack.
  let repository: () throws -> MirrorRepository
  let files: FileSystem
  let ids: [SHA1ID]

  /// Bytes that are gathered before they are written.
  private static var pieceSize: Int { 256 << 10 }
  /// Objects that are compressed together, and bytes of them.
  private static var mostObjects: Int { 512 }
  private static var mostBytes: Int { 32 << 20 }

  /// Writes the pack, piece by piece.
  ///
  /// - Parameter progress: told after each piece how many objects are done.
  /// - Throws: what `write` throws; `mirror_damaged` where an object is not there.
  func write(
    progress: (Int, Int) -> Void, _ write: ([UInt8]) throws -> Void
  ) throws {
    var hash = Insecure.SHA1()
    var piece = Array("PACK".utf8) + [0, 0, 0, 2]
    let total = UInt32(truncatingIfNeeded: ids.count)
    piece += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: total >> UInt32($0)) }
    func flush(_ done: Int) throws {
      hash.update(data: piece)
      try write(piece)
      piece.removeAll(keepingCapacity: true)
      progress(done, ids.count)
    }
    let packs = MirrorPack.all(in: mirror, files)
    var waiting: [RawObject] = []
    var waitingBytes = 0
    for (index, id) in ids.enumerated() {
      if let entry = packs.lazy.compactMap({ $0.wholeEntry(id) }).first {
        piece += entry
      } else {
        let object = try read(id)
        waiting.append(object)
        waitingBytes += object.bytes.count
      }
      if waiting.count >= Self.mostObjects || waitingBytes >= Self.mostBytes {
        piece += packEntries(waiting)
        (waiting, waitingBytes) = ([], 0)
      }
      if piece.count >= Self.pieceSize { try flush(index + 1 - waiting.count) }
    }
    piece += packEntries(waiting)
    try flush(ids.count)
    try write(Array(hash.finalize()))
  }

  private func read(_ id: SHA1ID) throws -> RawObject {
    do {
      return try repository().object(id)
    } catch let failure as any Failure {
      throw MirrorError(.mirrorDamaged, place: id.hex, failure.message)
    }
  }
}

extension MirrorPack {
  /// The packs of a mirror, the newest first; one that cannot be read is left to libgit2.
  static func all(in mirror: String, _ files: FileSystem) -> [MirrorPack] {
    let folder = Path.join(mirror, "objects/pack")
    let names = (try? files.listIfPresent(folder).compactMap(\.name)) ?? []
    return names.filter { $0.hasSuffix(".idx") }.compactMap { name in
      try? MirrorPack(Path.join(folder, String(name.dropLast(4))), files: files)
    }.sorted { $0.modified > $1.modified }
  }
}
