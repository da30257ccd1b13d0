internal import Platform

/// A file that a process left behind when it died.
public struct Leftover: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case temporaryFile = "temporary_file"
    case staleLock = "stale_lock"
    /// A pack that never got its index.
    case packWithoutIndex = "pack_without_index"
  }

  public let kind: Kind
  /// Below the store's folder.
  public let path: String
  public let bytes: Int
}

extension ObjectStore {
  /// Files of dead processes: temporary ones, locks, packs whose index never came.
  ///
  /// A temporary file of ours names its process, and goes when that one is surely dead. Where that
  /// can't be told (another machine's), it goes as those of other programs
  /// do: when it is older than `age` seconds, and an hour at least.
  func leftovers(now: Int64, age: Int64) throws(ObjectError) -> [Leftover] {
    var result: [Leftover] = []
    let fan = try looseFolders().map { "objects/" + $0 }
    let folders = try refFolders()
    for folder in ["objects", "objects/pack"] + fan + ["", "wf"] + folders {
      let entries = try wrapping { () throws(PlatformError) in
        try system.listIfPresent(folder.isEmpty ? path : path + "/" + folder)
      }
      let names = Set(entries.compactMap(\.name))
      for entry in entries {
        guard let name = entry.name else { continue }
        let isLock = entry.kind == .symbolicLink && name.hasSuffix(".lock")
        guard entry.kind == .regular || isLock else { continue }
        let place = folder.isEmpty ? name : folder + "/" + name
        guard
          let status = (try? system.statusIfPresent(path + "/" + place, followingLinks: false))
            ?? nil
        else {
          continue
        }
        let seconds = now - status.modified
        // The lock of the run that asks.
        if place == "wf/gc.lock" { continue }
        let isInPacks = folder == "objects/pack"
        var kind: Leftover.Kind?
        let isOld = seconds >= max(age, 3600)
        if Self.isTemporary(name) {
          if system.isTemporaryOfDead(name) ?? isOld { kind = .temporaryFile }
        } else if folder.hasPrefix("objects"), name.hasPrefix("tmp_") {
          if isOld { kind = .temporaryFile }
        } else if isInPacks, name.hasSuffix(".pack") {
          let isAlone = !names.contains(name.dropLast(5) + ".idx")
          if isAlone && isOld { kind = .packWithoutIndex }
        } else if name.hasSuffix(".lock"), system.isLockOfDead(path + "/" + place) {
          kind = .staleLock
        }
        if let kind { result.append(Leftover(kind: kind, path: place, bytes: status.size)) }
      }
    }
    return result
  }

  func remove(_ leftovers: [Leftover]) {
    for leftover in leftovers {
      let file = path + "/" + leftover.path
      if leftover.kind == .staleLock {
        // Taking it over and giving it up is the one way that cannot meet a new holder.
        try? system.lock(String(file.dropLast(5))).release()
      } else {
        try? system.remove(file)
      }
    }
  }

  private static func isTemporary(_ name: String) -> Bool {
    [".", "tmp_pack_", "tmp_idx_"].contains { name.hasPrefix($0) } && name.contains(".tmp-")
  }

  private func refFolders() throws(ObjectError) -> [String] {
    var result: [String] = []
    var waiting = ["refs"]
    while let folder = waiting.popLast(), result.count < 100_000 {
      result.append(folder)
      let entries = try wrapping { () throws(PlatformError) in
        try system.listIfPresent(path + "/" + folder)
      }
      for entry in entries where entry.kind == .directory {
        if let name = entry.name { waiting.append(folder + "/" + name) }
      }
    }
    return result
  }
}
