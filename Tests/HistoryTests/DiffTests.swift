import Audit
import Evidence
import JSON
import ObjectStore
import Platform
import TestSupport
import Testing

@testable import History

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

  @Test func `kept references are counted without reading equal trees`() throws {
    let test = try TestStore()
    let done = try test.commitExample()
    let side = try DiffSide(
      name: "a", version: ResolvedVersion(commit: done.commit, slug: exampleSlug), in: test.store)
    let manifest = try TestStore.example().bytes(.rawEvidenceManifest)
    #expect(RawReferenceCount(manifest: manifest).count == 6)
    let diff = try PackageDiff(side, side)
    #expect(diff.raw.kept == 6 && diff.objectsVisited == 0)
  }

  static let manifests: [(String, Int)] = [
    (#"{"references":[]}"#, 0),
    (
      #"{"references":[{"role":"log","sha256":null,"size":1},{"role":"log","sha256":null,"size":2}]}"#,
      2
    ),
    (
      #"{"references":[{"role":"log","sha256":"sha256:D"},{"role":"other","sha256":"sha256:D"}]}"#,
      1
    ),
    (
      #"{"references":[{"role":"log","sha256":"sha256:D"},{"role":"other","sha256":"sha256:E"}]}"#,
      2
    ),
    (
      #"{"references":[{"export":{"redactions":1,"sha256":"sha256:E","size":3},"role":"log","sha256":"sha256:D"}]}"#,
      1
    ),
    (#"{"references":[{"original_name":"a\",\"sha256\":","role":"log","sha256":"sha256:D"}]}"#, 1),
  ]

  @Test(arguments: manifests)
  func `references of equal content are one`(text: String, count: Int) {
    let manifest = text.replacing("sha256:D", with: "sha256:" + String(repeating: "d", count: 64))
      .replacing("sha256:E", with: "sha256:" + String(repeating: "e", count: 64))
    #expect(RawReferenceCount(manifest: Array(manifest.utf8)).count == count)
  }

  @Test func `raw digests are found by the encoded key, part by part`() throws {
    let rows = [
      #"{"record":"header"}"#, #"{"episode_key":"a%2Fb/c/1","raw":["x"],"record":"episode"}"#,
      #"{"episode_key":"a%2Fb/c/1#2","raw":["y"],"record":"episode"}"#,
      #"{"episode_key":"a%2Fb/c/12","raw":["z"],"record":"episode"}"#,
      #"{"episode_key":"q\"/c/1","raw":["w"],"record":"episode"}"#,
    ]
    let side = try DiffSide(name: "a", members: try TestStore.example())
    let parts = [rows[0] + "\n" + rows[1] + "\n", rows[2] + "\n" + rows[3] + "\n" + rows[4]]
    let found = try EpisodeRaw(
      parts: parts.map { Array($0.utf8) }, keys: ["a%2Fb/c/1", #"q"/c/1"#])
    #expect(found.digests == ["a%2Fb/c/1": ["x", "y"], #"q"/c/1"#: ["w"]])
    #expect(side.shownName(isPublic: true) == "a")
    let folder = try DiffSide(name: "/home/someone/runs/v1/", members: try TestStore.example())
    #expect(folder.shownName(isPublic: true) == "v1")
    #expect(folder.shownName(isPublic: false) == "/home/someone/runs/v1/")
  }
}
