import ObjectStore
import Platform
import TestSupport
import Testing

/// A new store in a temporary folder.
struct StoreFolder {
  let folder = TemporaryFolder()
  let store: ObjectStore
  var path: String { store.path }
  let claim = RefName("refs/heads/claims/pick-place") ?? .head

  init(hook: FileSystem.Hook? = nil) throws {
    store = try ObjectStore.create(
      at: folder.path + "/.wf", system: FileSystem(), surroundings: fixedSurroundings)
  }

  /// The same folder seen through another file system, after a restart of the machine if not given.
  func reopened(
    _ system: FileSystem = FileSystem(holder: Machine.after)
  ) throws -> ObjectStore {
    try ObjectStore.open(at: path, system: system)
  }

  func git(_ args: String..., input: [UInt8]? = nil) throws -> Finished {
    try TestSupport.git(["--git-dir", path] + args, input: input)
  }

  /// Both our fsck and git's must find nothing.
  func expectSound(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let report = try reopened().fsck()
    #expect(report.findings == [], sourceLocation: sourceLocation)
    let stock = try git("fsck", "--strict", "--full", "--no-dangling")
    #expect(stock.status == 0, "\(stock.out)\(stock.err)", sourceLocation: sourceLocation)
  }
}

let fixedSurroundings = Surroundings(
  now: { 1_767_225_600 }, randomBytes: { Array(repeating: 7, count: $0) }, environment: [:])

let alice = Person(name: "alice lab", email: "alice@lab.example", seconds: 1_767_225_600)

extension ObjectStore {
  /// Commits files (path to text) and moves the ref; returns the commit.
  @discardableResult
  func commit(
    _ files: [String: String], to ref: RefName, message: String = "a version\n",
    durably: Bool = true
  ) throws -> ObjectID {
    let old = try self.ref(ref)
    let batch = try beginBatch()
    let tree = try batch.addTree(files.mapValues { Array($0.utf8) })
    let commit = try batch.add(
      .commit,
      Commit.encode(
        tree: tree, parents: old.map { [$0] } ?? [], author: alice, committer: alice,
        message: message))
    _ = try batch.finish(durably: durably)
    try update([RefUpdate(ref, from: old, to: commit)], head: ref, durably: durably)
    return commit
  }
}

extension ObjectBatch {
  /// Adds blobs and the trees above them.
  func addTree(_ files: [String: [UInt8]]) throws -> ObjectID {
    var entries: [TreeEntry] = []
    var below: [String: [String: [UInt8]]] = [:]
    for (path, bytes) in files {
      let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        below[parts[0], default: [:]][parts[1]] = bytes
      } else {
        entries.append(TreeEntry(mode: .file, name: path, id: try add(.blob, bytes)))
      }
    }
    for (name, files) in below {
      entries.append(TreeEntry(mode: .directory, name: name, id: try addTree(files)))
    }
    return try add(try Tree(entries))
  }
}
