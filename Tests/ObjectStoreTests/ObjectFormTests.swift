import ObjectStore
import TestSupport
import Testing

struct TreeTests {
  private let id = ObjectID.of(.blob, [])

  private func row(_ mode: String, _ name: [UInt8]) -> [UInt8] {
    Array(mode.utf8) + [32] + name + [0] + id.bytes
  }

  private func reason(_ body: [UInt8]) -> String? {
    do throws(ObjectError) {
      _ = try Tree.parse(body)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [
    "", ".", "..", ".git", ".GIT", ".Git ", ".git.", ".git. .", "git~1", "GIT~1", ".git::$x",
    ".g\u{200C}it", "\u{FEFF}.git", "a/b", "a\\b", "a\nb", "a\u{7F}", "a\u{85}", "\u{1}",
  ])
  func `a name that some system takes for another is refused`(_ name: String) {
    #expect(reason(row("100644", Array(name.utf8))) == "tree_name_forbidden")
    #expect(throws: ObjectError.self) { try Tree([TreeEntry(mode: .file, name: name, id: id)]) }
  }

  @Test(arguments: [".gitignore", "git", ".gitx", "a b", "é", "...", "git~2", "a.git"])
  func `a name that is only like one is fine`(_ name: String) throws {
    #expect(reason(row("100644", Array(name.utf8))) == nil)
  }

  @Test func `names that are not UTF-8 or too long are refused`() {
    #expect(reason(row("100644", [0xFF, 0xFE])) == "tree_name_forbidden")
    #expect(reason(row("100644", [0xC3])) == "tree_name_forbidden")
    #expect(reason(row("100644", Array(repeating: 97, count: 256))) == "tree_name_forbidden")
  }

  @Test func `Unicode forms of one name clash`() {
    let composed = row("100644", Array("\u{E9}".utf8))
    let decomposed = row("100644", Array("e\u{301}".utf8))
    #expect(reason(decomposed + composed) == "tree_name_clash")
    #expect(
      reason(row("100644", Array("A".utf8)) + row("100644", Array("a".utf8))) == "tree_name_clash")
  }

  @Test func `a file and a folder of one name are a duplicate, also with a name between`() {
    let body = row("100644", [97]) + row("100644", [97, 46]) + row("40000", [97])
    #expect(reason(body) == "tree_duplicate_entry")
  }

  @Test(arguments: ["100755", "120000", "160000", "100664", "0100644", "040000", "0", "644"])
  func `any other mode is refused`(_ mode: String) {
    #expect(reason(row(mode, [97])) == "tree_mode_forbidden")
  }

  @Test func `a body that is cut anywhere is refused`() {
    let body = row("100644", Array("name".utf8)) + row("40000", Array("other".utf8))
    let whole = row("100644", Array("name".utf8)).count
    for count in 1..<body.count where count != whole {
      #expect(reason(Array(body[..<count])) != nil, "cut at \(count)")
    }
  }

  @Test func `entries are put into git's order and survive`() throws {
    let names: [(TreeEntry.Mode, String)] = [
      (.directory, "a"), (.file, "a.b"), (.file, "a0"), (.file, "a-"), (.directory, "b"),
    ]
    let tree = try Tree(names.map { TreeEntry(mode: $0.0, name: $0.1, id: id) })
    #expect(tree.entries.map(\.name) == ["a-", "a.b", "a", "a0", "b"])
    #expect(try Tree.parse(tree.encoded) == tree)
  }
}

struct CommitTests {
  private let tree = ObjectID.of(.tree, [])
  private var good: String {
    "tree \(tree)\nparent \(tree)\nauthor a b <a@b> 1 +0000\ncommitter c <c@d> 2 -0130\n\nhello\n"
  }

  private func reason(_ text: String) -> String? {
    do throws(ObjectError) {
      _ = try Commit.parse(Array(text.utf8))
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func `parts are read`() throws {
    let commit = try Commit.parse(Array(good.utf8))
    #expect(commit.author == Person(name: "a b", email: "a@b", seconds: 1))
    #expect(commit.committer.zone == "-0130")
    #expect(commit.parents == [tree])
    #expect(commit.messageText == "hello\n")
    #expect(commit.signatures.isEmpty)
    #expect(commit.payload == Array(good.utf8))
  }

  @Test(arguments: [
    ("author a b <a@b> 1 +0000", "author a b <a@b> 01 +0000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b>1 +0000"),
    ("author a b <a@b> 1 +0000", "author a b<a@b> 1 +0000"),
    ("author a b <a@b> 1 +0000", "author <a@b> 1 +0000"),
    ("author a b <a@b> 1 +0000", "author a > b <a@b> 1 +0000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b 1 +0000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b> 1 0000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b> 1 +000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b> 99999999999999999999 +0000"),
    ("author a b <a@b> 1 +0000", "author a b <a@b> -1 +0000"),
    ("author a b <a@b> 1 +0000\n", ""),
    ("committer c", "encoding x\ncommitter c"),
    ("-0130\n", "-0130\nauthor a <a@b> 1 +0000\n"),
    ("-0130\n", "-0130\n folded\n"),
    ("\n\nhello", ""),
    ("hello", "hel\u{0}lo"),
  ])
  func `a malformed line is refused`(_ old: String, _ new: String) {
    let text = good.replacing(old, with: new)
    #expect(text != good)
    if old == "\n\nhello" {
      #expect(reason(text) == nil)  // no message is no crime to git either
    } else {
      #expect(reason(text) == "commit_malformed")
    }
  }

  @Test func `ids in capitals are refused`() {
    #expect(reason(good.replacing("tree \(tree)", with: "tree \(tree.hex.uppercased())")) != nil)
  }

  @Test func `a signature goes in and out without a trace`() throws {
    let armour = Array("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n".utf8)
    let payload = Array(good.utf8)
    let signed = Commit.inserting(signature: armour, into: payload)
    let commit = try Commit.parse(signed)
    #expect(commit.payload == payload)
    #expect(commit.signatures == [armour])
    let text = String(decoding: signed, as: UTF8.self)
    #expect(text.contains("-0130\ngpgsig-sha256 -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END"))
    let twice = try Commit.parse(Commit.inserting(signature: armour, into: signed))
    #expect(throws: ObjectError.self) { try twice.checkSignatureCount(id: nil) }
  }

  @Test func `unknown headers with continuation lines are part of the payload`() throws {
    let text = good.replacing("-0130\n", with: "-0130\nx-note one\n two\n  three\n")
    let commit = try Commit.parse(Array(text.utf8))
    #expect(commit.extraHeaders == [.init(name: "x-note", value: Array("one\ntwo\n three".utf8))])
    #expect(commit.payload == Array(text.utf8))
  }

  @Test func `trailers are read from the last paragraph only`() throws {
    let text = "subject\n\nWF-Kind: no\n\nWF-Kind: package\nWF-Claim: pick\n"
    let body = Commit.encode(
      tree: tree, parents: [], author: alice, committer: alice, message: text)
    let commit = try Commit.parse(body)
    #expect(commit.subject == "subject")
    #expect(commit.trailers("WF-Kind") == ["package"])
    #expect(commit.trailer("WF-Claim") == "pick")
    #expect(commit.trailer("WF-Grade") == nil)
  }

  @Test func `a person's line cannot break out of its header`() {
    let person = Person(name: " a\n<b> ", email: "c>\nd", seconds: -5)
    #expect(person.text == "ab <cd> 0 +0000")
  }
}

struct TagTests {
  private let target = ObjectID.of(.commit, [])
  private let armour = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"

  @Test func `only the last armour is the signature`() throws {
    let message = "v1\n\n" + armour + "quoted above\n"
    let body = Tag.encode(target: target, name: "pick/v1", tagger: alice, message: message)
    let tag = try Tag.parse(body + Array(armour.utf8))
    #expect(tag.signature == Array(armour.utf8))
    #expect(tag.payload == body)
    #expect(tag.message == Array(message.utf8))
    #expect(tag.name == "pick/v1")
  }

  @Test(arguments: ["object", "type", "tag", "tagger"])
  func `a tag without one of its headers is refused`(_ header: String) {
    let body = Tag.encode(target: target, name: "v1", tagger: alice, message: "x")
    let lines = String(decoding: body, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let text = lines.filter { !$0.hasPrefix(header + " ") }.joined(separator: "\n")
    #expect(throws: ObjectError.self) { try Tag.parse(Array(text.utf8)) }
  }
}

struct ObjectIDTests {
  @Test func `hex and bytes survive, order is that of the bytes`() throws {
    var generator = SeededGenerator(seed: 4)
    var ids: [ObjectID] = []
    for _ in 0..<100 {
      let bytes = (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
      let id = try #require(ObjectID(bytes: bytes))
      #expect(id.bytes == bytes)
      #expect(ObjectID(hex: id.hex) == id)
      ids.append(id)
    }
    #expect(ids.sorted().map(\.hex) == ids.map(\.hex).sorted())
  }

  @Test(arguments: ["", "00", String(repeating: "A", count: 64), String(repeating: "0", count: 65)])
  func `anything but 64 lower-case digits is no id`(_ text: String) {
    #expect(ObjectID(hex: text) == nil)
  }
}

struct RefNameTests {
  @Test(arguments: [
    "refs/heads/claims/pick-place", "refs/tags/a/b", "refs/heads/é", "refs/x@y", "HEAD",
    "refs/heads/@",
  ])
  func `a good name is taken, by git too`(_ name: String) throws {
    #expect(RefName(name)?.text == name)
    if name != "HEAD" { #expect(try git(["check-ref-format", name]).status == 0) }
  }

  @Test(arguments: [
    "", "heads/x", "refs/", "refs//x", "refs/heads/.x", "refs/heads/x.", "refs/heads/x.lock",
    "refs/heads/x.lock/y", "refs/heads/a..b", "refs/heads/a b", "refs/heads/a~b", "refs/heads/a^b",
    "refs/heads/a:b", "refs/heads/a?b", "refs/heads/a*b", "refs/heads/a[b", "refs/heads/a\\b",
    "refs/heads/a@{b", "refs/heads/a\u{7F}b", "refs/heads/a\nb", "refs/../x", "/refs/heads/x",
  ])
  func `a bad name is refused, by git too where it is a matter of form`(_ name: String) throws {
    #expect(RefName(name) == nil)
    if name.hasPrefix("refs/") { #expect(try git(["check-ref-format", name]).status != 0) }
  }
}
