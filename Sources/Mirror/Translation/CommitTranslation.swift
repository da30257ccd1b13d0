import GitRemotes
import ObjectStore

enum CommitTranslation {
  static func toSHA1(
    _ body: [UInt8], id: (ObjectID) throws -> SHA1ID, sign: ([UInt8], [UInt8]) throws -> [UInt8]?
  ) throws -> [UInt8] {
    let commit = try Commit.parse(body)
    guard let text = SignedText(body) else { throw malformed }
    var start = Array("tree \(try id(commit.tree))\n".utf8)
    for parent in commit.parents { start += Array("parent \(try id(parent))\n".utf8) }
    let others = text.lines.dropFirst(1 + commit.parents.count)
    guard let signature = commit.signatures.first, commit.signatures.count == 1 else {
      return start + others.flatMap(\.bytes) + text.rest
    }
    let payload =
      start + others.filter { !isSignature($0.name) }.flatMap(\.bytes) + text.rest
    let added = try sign(payload, signature).map {
      SignedText.header(SignedText.addedSignature, trimmed($0))
    }
    var result = start
    for line in others {
      if line.name == SignedText.ownSignature { result += added ?? [] }
      result += line.bytes
    }
    return result + text.rest
  }

  static func toSHA256(_ body: [UInt8], id: (SHA1ID) throws -> ObjectID) throws -> [UInt8] {
    let head = try head(body)
    guard let text = SignedText(body) else { throw malformed }
    var result = Array("tree \(try id(head.tree))\n".utf8)
    for parent in head.parents { result += Array("parent \(try id(parent))\n".utf8) }
    for line in text.lines.dropFirst(1 + head.parents.count)
    where line.name != SignedText.addedSignature {
      result += line.bytes
    }
    return result + text.rest
  }

  /// The tree and the parents that a SHA-1 commit begins with.
  ///
  /// - Throws: `commit_malformed`.
  static func head(_ body: [UInt8]) throws(ObjectError) -> (tree: SHA1ID, parents: [SHA1ID]) {
    guard let text = SignedText(body), let first = text.lines.first, first.name == "tree",
      let tree = id(first)
    else { throw malformed }
    var parents: [SHA1ID] = []
    for line in text.lines.dropFirst() {
      guard line.name == "parent" else { break }
      guard let parent = id(line) else { throw malformed }
      parents.append(parent)
    }
    return (tree, parents)
  }

  static func isSignature(_ name: String) -> Bool {
    name == SignedText.ownSignature || name == SignedText.addedSignature
  }

  static func trimmed(_ armour: [UInt8]) -> ArraySlice<UInt8> {
    var value = armour[...]
    while value.last == 10 { value = value.dropLast() }
    return value
  }

  private static func id(_ line: SignedText.Line) -> SHA1ID? {
    SHA1ID(hexDigits: line.bytes.dropFirst(line.name.utf8.count + 1).dropLast())
  }

  private static var malformed: ObjectError {
    ObjectError(
      .commitMalformed, object: nil, message: "the commit does not name its tree and parents")
  }
}
