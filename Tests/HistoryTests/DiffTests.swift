import Audit
import Evidence
import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

@testable import History

struct DiffTests {
  @Test func `a version compared with itself changes nothing`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let version = ResolvedVersion(commit: done.commit, slug: exampleSlug)
    let side = try DiffSide(name: "a", version: version, in: test.store)
    let diff = try PackageDiff(side, side)
    #expect(diff.members.isEmpty)
    #expect(diff.raw == PackageDiff.RawCounts(added: 0, removed: 0, changed: 0, kept: 6))
    #expect(diff.objectsVisited == 2)  // the root and raw/, to count what is kept
    #expect(diff.comparison.flips.isEmpty)
    #expect(!diff.comparison.hasRegression)
  }

  @Test func `a folder and the version committed from it are the same tree`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let stored = try DiffSide(
      name: "a", version: ResolvedVersion(commit: done.commit, slug: exampleSlug), in: test.store)
    let folder = try DiffSide(name: "b", members: try TestStore.example())
    #expect(stored.tree == folder.tree)
    #expect(folder.tree == done.tree)
  }

  @Test func `the document has the fields that others build on`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let side = try DiffSide(
      name: "a", version: ResolvedVersion(commit: done.commit, slug: exampleSlug), in: test.store)
    let json = try PackageDiff(side, side).json
    let names = [
      "schema", "comparability", "verdict", "overall", "tasks", "flips", "members", "raw",
      "objects_visited",
    ]
    for name in names { #expect(json[name] != nil, "\(name)") }
    #expect(json["schema"]?.string == "wf.diff/1")
    #expect(json["comparability"]?["state"]?.string != nil)
  }

  @Test func `the bytes are the canonical form of the document`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let side = try DiffSide(
      name: "a", version: ResolvedVersion(commit: done.commit, slug: exampleSlug), in: test.store)
    let diff = try PackageDiff(side, side)
    #expect(try diff.jsonBytes() == CanonicalJSON.bytes(diff.json))
  }

  /// 10,000 references in 256 folders, those of `changed` with another name, and the salt.
  private func tree(
    _ memory: inout ObjectMemory, salt: UInt8 = 1, unhashed: Int = 0, changed: Set<Int> = []
  ) throws -> ObjectID {
    func path(_ number: Int, _ prefix: String) -> String {
      let text = String(number, radix: 16)
      let name = String(repeating: "0", count: 62 - text.count) + text
      let folder = String(number * 7919 % 256, radix: 16)
      return prefix + (folder.count < 2 ? "0" : "") + folder + "/" + name
    }
    var blobs: [(path: String, bytes: [UInt8])] = [("raw/salt", [salt])]
    for number in 0..<10_000 {
      let shown = changed.contains(number) ? number + 1_000_000 : number
      blobs.append((path(shown, "raw/"), Array("\(number)".utf8)))
    }
    for number in 0..<unhashed { blobs.append((path(number, "raw/unhashed/"), [7])) }
    return try PackageTree(members: [("claim.json", [1])], rawBlobs: blobs).write(to: &memory)
  }

  private func graph(
    _ a: ObjectID, _ b: ObjectID, _ memory: ObjectMemory
  ) throws -> (diff: GraphDiff, read: Int) {
    let counter = ReadCounter()
    let objects = memory.objects
    let diff = try GraphDiff(
      a, b,
      in: GraphDiff.Source(
        tree: { (id) throws(ObjectError) in
          counter.reads += 1
          return try Tree.parse(objects[id]?.bytes ?? [], id: id)
        },
        size: { (id) throws(ObjectError) in objects[id]?.bytes.count ?? 0 }))
    return (diff, counter.reads)
  }

  @Test func `of 10,000 references with one changed only the folders on its way are read`() throws {
    var memory = ObjectMemory()
    let a = try tree(&memory)
    let b = try tree(&memory, salt: 2, changed: [4321])
    let (diff, read) = try graph(a, b, memory)
    #expect(diff.changes.map(\.state).filter { $0 == .added }.count == 1)
    #expect(diff.changes.map(\.state).filter { $0 == .removed }.count == 1)
    #expect(diff.changes.filter { $0.state == .changed }.map(\.path) == ["raw/salt"])
    #expect(diff.rawKept == 9_999)
    // Root, raw/, and the folders of the old and of the new name, on both sides.
    #expect(diff.objectsVisited <= 8)
    #expect(diff.objectsVisited == read)
  }

  @Test func `equal versions are counted from two trees, references without digest too`() throws {
    var memory = ObjectMemory()
    let a = try tree(&memory, unhashed: 30)
    let (diff, read) = try graph(a, a, memory)
    #expect(diff.changes.isEmpty)
    #expect(diff.rawKept == 10_030)
    #expect(diff.objectsVisited == 3)  // root, raw/, raw/unhashed/
    #expect(read == 3)
  }

  @Test func `a folder whose size fits no number of references is read`() throws {
    var memory = ObjectMemory()
    let blobs = [("raw/salt", [1]), ("raw/7f/short", [2]), ("raw/7f/other", [3])]
      .map { (path: $0.0, bytes: $0.1.map { UInt8($0) }) }
    let a = try PackageTree(members: [("claim.json", [1])], rawBlobs: blobs).write(to: &memory)
    let b = try PackageTree(members: [("claim.json", [2])], rawBlobs: blobs).write(to: &memory)
    let (diff, read) = try graph(a, b, memory)
    #expect(diff.rawKept == 2)
    #expect(diff.objectsVisited == 4)  // both roots, raw/, raw/7f/
    #expect(read == 4)
  }

  @Test func `the store knows the size of a tree without reading it`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    for entry in try test.store.objects.tree(done.tree).entries {
      #expect(
        try test.store.objects.size(of: entry.id)
          == test.store.objects.object(entry.id).bytes.count)
    }
  }

  @Test func `a shared document names a folder by its last part`() throws {
    let folder = try DiffSide(name: "/home/someone/runs/v1/", members: try TestStore.example())
    #expect(folder.shownName(isPublic: true) == "v1")
    #expect(folder.shownName(isPublic: false) == "/home/someone/runs/v1/")
  }
}

/// Trees that were really read.
private final class ReadCounter {
  var reads = 0
}
