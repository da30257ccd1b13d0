import GitRemotes
import Mirror
import ObjectStore
import Platform
import TestSupport
import Testing

struct ObjectMapTests {
  private func pair(_ number: Int) -> ObjectMap.Pair {
    let body = Array("\(number)".utf8)
    return ObjectMap.Pair(ObjectID.of(.blob, body), SHA1ID.of(.blob, body))
  }

  @Test func `every pair is found by either name, and tables stay few`() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/map"
    for round in 0..<40 {
      let map = try ObjectMap(path, files: FileSystem())
      for number in (round * 25)..<(round * 25 + 25) {
        let pair = pair(number)
        map.add(pair.own, pair.other)
      }
      try map.save()
    }
    let tables = try FileSystem().list(path)
    #expect(tables.count <= 6, "\(tables.count)")
    let map = try ObjectMap(path, files: FileSystem())
    #expect(map.count == 1000)
    for number in 0..<1000 {
      let pair = pair(number)
      #expect(map.other(of: pair.own) == pair.other && map.own(of: pair.other) == pair.own)
    }
    let unknown = pair(5000)
    #expect(map.other(of: unknown.own) == nil && map.own(of: unknown.other) == nil)
  }

  @Test func `one object may have several forms, the last one first`() throws {
    let folder = TemporaryFolder()
    let map = try ObjectMap(folder.path, files: FileSystem())
    let (one, two) = (pair(1), pair(2))
    map.add(one.own, one.other)
    try map.save()
    map.add(one.own, two.other)
    #expect(map.others(of: one.own) == [two.other, one.other])
    try map.save()
    let again = try ObjectMap(folder.path, files: FileSystem())
    #expect(Set(again.others(of: one.own)) == [two.other, one.other])
    #expect(again.own(of: one.other) == one.own && again.own(of: two.other) == one.own)
  }

  @Test func `a table that is cut is an error, and one that is changed is none to build on`() throws
  {
    let folder = TemporaryFolder()
    let files = FileSystem()
    let map = try ObjectMap(folder.path, files: files)
    map.add(pair(1).own, pair(1).other)
    try map.save()
    let path = folder.path + "/" + (try #require(try files.list(folder.path).first?.name))
    let bytes = try files.read(path)
    try files.write(Array(bytes.dropLast()), to: path)
    #expect(throws: MirrorError(.mirrorDamaged, place: path, "")) {
      try ObjectMap(folder.path, files: files)
    }
    var changed = bytes
    changed[20] ^= 1
    try files.write(changed, to: path)
    let damaged = try ObjectMap(folder.path, files: files)
    damaged.add(pair(2).own, pair(2).other)
    #expect(throws: MirrorError(.mirrorDamaged, place: path, "")) { try damaged.save() }
  }
}
