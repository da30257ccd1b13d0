internal import Synchronization

/// Bodies on which deltas were built, up to a fixed number of bytes; the one used longest ago goes
/// first.
///
/// Shared by all decoders of a store. Sendable: its list is guarded.
final class ObjectCache: Sendable {
  /// Holds on to the owner, a pack or the file of a foreign one: an address alone would be given to the
  /// next one when this one is gone.
  fileprivate struct Key: Hashable {
    let owner: any AnyObject & Sendable
    let offset: Int

    static func == (a: Self, b: Self) -> Bool { a.owner === b.owner && a.offset == b.offset }

    func hash(into hasher: inout Hasher) {
      hasher.combine(ObjectIdentifier(owner))
      hasher.combine(offset)
    }
  }

  /// A link of the list in order of use; slots are used again.
  fileprivate struct Slot {
    var key: Key?
    var object: RawObject
    var newer: Int
    var older: Int
  }

  fileprivate struct State {
    var slots: [Slot] = []
    var free: [Int] = []
    var slotOf: [Key: Int] = [:]
    var newest = -1
    var oldest = -1
    var size = 0
  }

  let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  /// Bytes of the bodies held.
  var size: Int { state.withLock { $0.size } }
  var count: Int { state.withLock { $0.slotOf.count } }

  func object(_ owner: any AnyObject & Sendable, _ offset: Int) -> RawObject? {
    state.withLock { state in
      guard !state.slotOf.isEmpty, let slot = state.slotOf[Key(owner: owner, offset: offset)]
      else {
        return nil
      }
      state.unlink(slot)
      state.linkNewest(slot)
      return state.slots[slot].object
    }
  }

  /// Takes a body; one that is larger than a quarter of the whole cache is not kept.
  func keep(_ object: RawObject, _ owner: any AnyObject & Sendable, _ offset: Int) {
    guard object.bytes.count <= limit / 4 else { return }
    let key = Key(owner: owner, offset: offset)
    state.withLock { state in
      if state.slotOf[key] != nil { return }
      let slot = state.take(Slot(key: key, object: object, newer: -1, older: -1))
      state.slotOf[key] = slot
      state.size += object.bytes.count
      state.linkNewest(slot)
      while state.size > limit { state.remove(state.oldest) }
    }
  }

  /// Lets go of everything that lies in these packs.
  func forget(_ packs: Set<String>) {
    state.withLock { state in
      for (key, slot) in state.slotOf {
        if let pack = key.owner as? Pack, packs.contains(pack.stem) { state.remove(slot) }
      }
    }
  }
}

extension ObjectCache.State {
  fileprivate mutating func take(_ slot: ObjectCache.Slot) -> Int {
    if let old = free.popLast() {
      slots[old] = slot
      return old
    }
    slots.append(slot)
    return slots.count - 1
  }

  fileprivate mutating func remove(_ slot: Int) {
    unlink(slot)
    if let key = slots[slot].key { slotOf[key] = nil }
    size -= slots[slot].object.bytes.count
    slots[slot] = ObjectCache.Slot(
      key: nil, object: RawObject(kind: .blob, bytes: []), newer: -1, older: -1)
    free.append(slot)
  }

  fileprivate mutating func unlink(_ slot: Int) {
    let (newer, older) = (slots[slot].newer, slots[slot].older)
    if newer >= 0 { slots[newer].older = older } else { newest = older }
    if older >= 0 { slots[older].newer = newer } else { oldest = newer }
  }

  fileprivate mutating func linkNewest(_ slot: Int) {
    slots[slot].newer = -1
    slots[slot].older = newest
    if newest >= 0 { slots[newest].newer = slot }
    newest = slot
    if oldest < 0 { oldest = slot }
  }
}
