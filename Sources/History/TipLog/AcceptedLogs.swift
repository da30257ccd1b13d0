import ObjectStore
import Platform
import Signing
import TransparencyLog

/// What the user took on purpose though a log says otherwise: `accepted/STORE` in the user's own
/// folder, lines `REF ORIGIN SIZE TIP`, where TIP may be `none`.
///
/// Not in the store, since whoever can write there could accept anything. Others, who did not accept
/// it, still see a broken chain.
struct AcceptedLogs {
  struct Row {
    let ref: String
    let origin: String
    /// Entries that the log had.
    let size: Int64
    let tip: String?
  }

  let rows: [Row]

  init(of store: EvidenceStore) throws {
    let bytes = try store.files.readIfPresent(try Self.path(store), limit: 1 << 24) ?? []
    rows = bytes.split(separator: 0x0A).compactMap { line in
      let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
      guard words.count == 4, let size = Int64(words[2]) else { return nil }
      return Row(
        ref: words[0], origin: words[1], size: size, tip: words[3] == "none" ? nil : words[3])
    }
  }

  /// Writes down that a ref is where it is, and takes the store's logs as they are.
  static func accept(_ ref: RefName, at tip: ObjectID?, in store: EvidenceStore) throws {
    let present = try store.tipLogs().compactMap { log in
      try? Checkpoint(text: try log.note().text)
    }
    let path = try path(store)
    _ = try store.files.makeDirectories(Path.parent(path), mode: 0o700)
    let writer = try store.files.openForAppending(path, mode: 0o600)
    for log in present {
      try writer.append("\(ref) \(log.origin) \(log.size) \(tip?.hex ?? "none")\n")
    }
    try writer.finish(durably: true)
    let now = store.surroundings.clock()
    for file in try TipMemory(store: store).memories() {
      try file.update { tips in
        for origin in tips.checkpoints.keys where TipMemory.isOwn(origin) {
          // nothing was promised; a line can replace another one and not take it away
          tips.checkpoints[origin] = Tips.Checkpoint(
            size: 0, root: TreeHash.empty.hex, seconds: now)
        }
        for log in present {
          tips.checkpoints[log.origin] = Tips.Checkpoint(
            size: log.size, root: log.root.hex, seconds: now)
        }
      }
    }
  }

  private static func path(_ store: EvidenceStore) throws -> String {
    Path.join(store.user.path, "accepted/" + (try store.objects.storeID() ?? "no-id"))
  }
}
