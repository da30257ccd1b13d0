import JSON
import Platform
import TestSupport
import Testing

@testable import Sigstore

struct LogTests {
  /// Roots by the definition (RFC 9162 §2.1.1), which share no code with the check of a path.
  private static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    if leaves.count == 1 { return sha256([0] + leaves[leaves.startIndex]) }
    let middle = leaves.startIndex + split(leaves.count)
    return sha256([1] + root(leaves[..<middle]) + root(leaves[middle...]))
  }

  private static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
    if leaves.count == 1 { return [] }
    let middle = leaves.startIndex + split(leaves.count)
    return index < middle
      ? path(index, leaves[..<middle]) + [root(leaves[middle...])]
      : path(index, leaves[middle...]) + [root(leaves[..<middle])]
  }

  private static func split(_ count: Int) -> Int {
    var size = 1
    while size * 2 < count { size *= 2 }
    return size
  }

  @Test func `every path of every small tree leads to its root and to no other place`() throws {
    for size in 1...40 {
      let leaves = (0..<size).map { Array("entry \($0)".utf8) }
      let root = Self.root(leaves[...])
      for index in 0..<size {
        let path = Self.path(index, leaves[...])
        func leads(_ leaf: [UInt8], _ index: Int, _ size: Int, _ path: [[UInt8]]) -> Bool {
          InclusionProof.root(leaf: leaf, index: Int64(index), size: Int64(size), path: path)
            == root
        }
        #expect(leads(leaves[index], index, size, path))
        #expect(!leads(leaves[index], index + 1, size, path))
        #expect(!leads(leaves[index] + [0], index, size, path))
        #expect(!leads(leaves[index], index, size, path + [root]))
        #expect(path.isEmpty || !leads(leaves[index], index, size, path.dropLast()))
        #expect(path.isEmpty || !leads(leaves[index], index, size, [[1]] + path.dropFirst()))
      }
    }
    let one = InclusionProof.root(leaf: [1], index: .max, size: .max, path: [])
    #expect(one == nil)
    #expect(InclusionProof.root(leaf: [1], index: 0, size: 0, path: []) == nil)
    #expect(InclusionProof.root(leaf: [1], index: -1, size: 2, path: []) == nil)
  }

  private static let root = Base64.encode([UInt8](repeating: 7, count: 32))

  @Test func `a checkpoint is read with its extension lines`() throws {
    let note = try #require(
      Checkpoint("host.example\n37\n\(Self.root)\nmore\n\n\u{2014} host.example AAAAAAE=\n"))
    #expect(note.origin == "host.example" && note.size == 37)
    #expect(note.text == Array("host.example\n37\n\(Self.root)\nmore\n".utf8))
    #expect(note.lines.map(\.name) == ["host.example"])
    // Only the last empty line ends the text.
    let two = try #require(Checkpoint("a\n1\n\(Self.root)\n\nb\n\n\u{2014} a AAAAAAE=\n"))
    #expect(two.text == Array("a\n1\n\(Self.root)\n\nb\n".utf8))
  }

  @Test(arguments: [
    "", "\n", "a\n1\n\(root)\n", "a\n1\n\(root)\n\n", "a\n1\n\(root)\n\n\u{2014} a AAAAAAE=",
    "a\n01\n\(root)\n\n\u{2014} a AAAAAAE=\n", "a\n-1\n\(root)\n\n\u{2014} a AAAAAAE=\n",
    "a\n+1\n\(root)\n\n\u{2014} a AAAAAAE=\n", "a\n1\nAAAA\n\n\u{2014} a AAAAAAE=\n",
    "\n1\n\(root)\n\n\u{2014} a AAAAAAE=\n", "a\n1\n\(root)\n\n- a AAAAAAE=\n",
    "a\n1\n\(root)\n\n\u{2014} a AAAA\n", "a\n1\n\(root)\n\n\u{2014} a AAAAAAE= x\n",
    "a\n1\n\(root)\n\n\u{2014} a+b AAAAAAE=\n", "a\u{7}\n1\n\(root)\n\n\u{2014} a AAAAAAE=\n",
    "1\n\(root)\n\n\u{2014} a AAAAAAE=\n", "a\n1\n\n\u{2014} a AAAAAAE=\n",
    "a\n9223372036854775808\n\(root)\n\n\u{2014} a AAAAAAE=\n",
  ])
  func `another note is no checkpoint`(_ text: String) {
    #expect(Checkpoint(text) == nil)
  }

  @Test(.enabled(if: Fixtures.shared("signing/tlog") != nil))
  func `cosignatures are counted as the table says`() throws {
    let folder = try #require(Fixtures.shared("signing/tlog"))
    let table = try JSONValue.parse(try Fixtures.read(folder + "/cases.json"))
    let rows = (table["cases"]?.array ?? []).filter { $0["kind"]?.string == "cosigned" }
    var judged = 0
    for row in rows {
      let name = row["name"]?.string ?? ""
      let file = String(
        decoding: try Fixtures.read(folder + "/" + (row["file"]?.string ?? "")), as: UTF8.self)
      let checkpoint = try #require(Checkpoint(file), "\(name)")
      let witnesses = (row["witnesses"]?.array ?? []).compactMap { $0.string }
        .compactMap(WitnessKey.init)
      let now = try #require(row["now"]?.int)
      var reason = "ok"
      do throws(SigstoreError) {
        try checkpoint.checkCosignatures(
          by: witnesses, quorum: Int(row["quorum"]?.int ?? 0), now: now)
      } catch {
        reason = error.reason
      }
      let wanted = row["wf_reason"]?.string ?? row["reason"]?.string ?? ""
      let also = (row["also"]?.array ?? []).compactMap(\.string)
      #expect(([wanted] + also).contains(reason), "\(name): \(reason) and not \(wanted)")
      judged += 1
    }
    #expect(judged >= 10)
  }

  @Test func `a witness's key is read in its one form`() {
    #expect(WitnessKey(vkey: "") == nil)
    #expect(WitnessKey(vkey: "w+0123+AAAA") == nil)
    let material = [UInt8(4)] + [UInt8](repeating: 9, count: 32)
    let id = Hex.encode(sha256(Array("w".utf8) + [10] + material).prefix(4))
    #expect(WitnessKey(vkey: "w+\(id)+\(Base64.encode(material))")?.name == "w")
    #expect(WitnessKey(vkey: "v+\(id)+\(Base64.encode(material))") == nil)
    #expect(WitnessKey(vkey: "w+\(id)+\(Base64.encode([1] + material.dropFirst()))") == nil)
  }

  @Test func `a log's host is that of its address`() throws {
    let root = try TrustedRoot(parsing: Samples.root)
    let log = try #require(root.logs.first)
    func hosts(_ url: String) -> [String] {
      LogKey(
        keyID: [], checkpointKeyID: nil, key: log.key, validFor: log.validFor, baseURL: url,
        operatorName: ""
      ).hosts
    }
    #expect(hosts("https://a.example/x?y") == ["a.example"])
    #expect(hosts("http://a.example:3000") == ["a.example:3000", "a.example"])
    #expect(hosts("https://user@a.example") == ["a.example"])
    #expect(hosts("a.example").isEmpty && hosts("https://").isEmpty && hosts("").isEmpty)
  }
}
