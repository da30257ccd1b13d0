import Platform
import TestSupport
import Testing
import TransparencyLog

/// Where Go and its packages for logs are.
private enum InstalledGo {
  /// `WF_GO_ROOT` names a folder in which Debian's packages were unpacked.
  static let root = Surroundings.process().environment["WF_GO_ROOT"] ?? ""
  static let program = root.isEmpty ? "/usr/bin/go" : root + "/usr/lib/go-1.19/bin/go"
  static let sources = root + "/usr/share/gocode"

  static var isThere: Bool {
    let files = FileSystem()
    return files.exists(program) && files.exists(sources + "/src/golang.org/x/mod/sumdb/tlog")
  }
}

/// Go's sumdb packages and ours agree about logs (Debian: golang-go, golang-golang-x-mod-dev).
@Suite(.enabled(if: InstalledGo.isThere, "Go and golang.org/x/mod are not installed"))
struct GoLogTests {
  /// The program, built once for each test: offline, without modules.
  private func built(in folder: String) throws -> String {
    let program = folder + "/log"
    let made = try run(
      [InstalledGo.program, "build", "-o", program, Fixtures.path("go-log/log.go")],
      env: [
        "GO111MODULE": "off", "GOPATH": InstalledGo.sources, "GOCACHE": folder + "/cache",
        "GOFLAGS": "", "GOPROXY": "off", "HOME": folder, "CGO_ENABLED": "0",
        "GOROOT": InstalledGo.root.isEmpty ? "" : InstalledGo.root + "/usr/lib/go-1.19",
      ])
    #expect(made.status == 0, "\(made.err)")
    return program
  }

  @Test func `Go opens our checkpoint and finds every proof in our tiles`() throws {
    let wf = try Program.prepared()
    let go = try built(in: wf.folder.path)
    _ = try wf.examplePackage()
    for _ in 0..<4 { #expect(try wf("commit", "pkg").status == 0) }
    let vkey =
      try wf.shell(
        "$WF log-check --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"logs\"][0][\"vkey\"])'"
      )
      .out.split(separator: "\n").last.map(String.init) ?? ""
    let tree = wf.work + "/tree"
    let unpacked = try wf.shell(
      "mkdir tree && git --git-dir .wf archive $(git --git-dir .wf for-each-ref --format='%(refname)' refs/wf/log) | tar -x -C tree"
    )
    #expect(unpacked.status == 0, "\(unpacked.err)")
    let checked = try run([go, "check", tree, vkey])
    #expect(checked.out == "4 entries hold\n", "\(checked.err)")
    // and notices what is not so
    let entries = try #require(
      try run(["find", tree + "/tile/entries", "-type", "f"]).out.split(separator: "\n").first)
    var bytes = try Fixtures.read(String(entries))
    bytes[bytes.count - 2] ^= 1
    try FileSystem().write(bytes, to: String(entries))
    #expect(try run([go, "check", tree, vkey]).status == 1)
  }

  @Test(arguments: [1, 255, 256, 257, 700])
  func `a log that Go made is read here`(count: Int) throws {
    let folder = TemporaryFolder()
    let go = try built(in: folder.path)
    let tree = folder.path + "/tree"
    let made = try run([go, "make", tree, "\(count)"])
    #expect(made.status == 0, "\(made.err)")
    let key = try VerifierKey(parsing: String(made.out.dropLast()))
    let signed = try SignedCheckpoint(
      parsing: try Fixtures.read(tree + "/checkpoint"), keys: [key])
    let size = signed.checkpoint.size
    #expect(size == Int64(count))
    var reader = TileReader(size: size) { try? Fixtures.read(tree + "/" + $0.path) }
    #expect(try reader.root() == signed.checkpoint.root)
    for index in 0..<size {
      let path = try reader.inclusionPath(of: index)
      let leaf = TreeHash.leaf(Array("entry \(index)\n".utf8))
      #expect(
        MerkleProof.includes(
          leaf, at: index, in: size, root: signed.checkpoint.root, path: path))
    }
    for tile in Tile.all(of: size) {
      #expect(try Fixtures.read(tree + "/" + tile.path).count == tile.width * TreeHash.byteCount)
    }
  }
}
