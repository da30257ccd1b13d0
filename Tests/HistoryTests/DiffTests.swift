import Audit
import Evidence
import History
import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

struct DiffTests {
  @Test func `a version compared with itself visits nothing and changes nothing`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let version = ResolvedVersion(commit: done.commit, slug: exampleSlug)
    let side = try DiffSide(name: "a", version: version, in: test.store)
    let diff = try PackageDiff(side, side)
    #expect(diff.members.isEmpty)
    #expect(diff.raw == PackageDiff.RawCounts(added: 0, removed: 0, changed: 0, kept: 6))
    #expect(diff.objectsVisited == 0)
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

  @Test func `only trees that differ are visited`() throws {
    var memory = ObjectMemory()
    func tree(_ changed: String) throws -> ObjectID {
      let blobs = (0..<256).flatMap { outer in
        (0..<4).map { inner -> (path: String, bytes: [UInt8]) in
          let folder = String(outer, radix: 16)
          let path = "raw/\(folder.count < 2 ? "0" + folder : folder)/\(inner)"
          return (path, Array((path == changed ? "new" : "old \(outer) \(inner)").utf8))
        }
      }
      return try PackageTree(members: [("claim.json", [1])], rawBlobs: blobs).write(to: &memory)
    }
    let a = try tree("")
    let b = try tree("raw/7f/2")
    let objects = memory.objects
    let diff = try GraphDiff(a, b) { (id) throws(ObjectError) in
      try Tree.parse(objects[id]?.bytes ?? [], id: id)
    }
    #expect(diff.changes.map(\.path) == ["raw/7f/2"])
    #expect(diff.changes.first?.state == .changed)
    // Root, raw/ and raw/7f/ on both sides, and the counted leaves of the others.
    #expect(diff.rawKept == 1023)
  }
}
