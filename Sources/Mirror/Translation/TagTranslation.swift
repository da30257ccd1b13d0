import GitRemotes
import ObjectStore

enum TagTranslation {
  static func toSHA1(
    _ body: [UInt8], id: (ObjectID) throws -> SHA1ID, sign: ([UInt8], [UInt8]) throws -> [UInt8]?
  ) throws -> [UInt8] {
    let tag = try Tag.parse(body)
    let signature = tag.signature
    guard let text = SignedText(Array(body.dropLast(signature?.count ?? 0))) else {
      throw malformed
    }
    let start = Array("object \(try id(tag.target))\n".utf8)
    let others = text.lines.dropFirst()
    guard let signature else { return start + others.flatMap(\.bytes) + text.rest }
    let payload =
      start + others.filter { !CommitTranslation.isSignature($0.name) }.flatMap(\.bytes) + text.rest
    let kept = SignedText.header(
      SignedText.ownSignature, CommitTranslation.trimmed(signature))
    let added = try sign(payload, signature) ?? []
    return start + others.flatMap(\.bytes) + kept + text.rest + added
  }

  static func toSHA256(_ body: [UInt8], id: (SHA1ID) throws -> ObjectID) throws -> [UInt8] {
    guard let whole = SignedText(body) else { throw malformed }
    let added = lastArmour(in: body, from: body.count - whole.rest.count + 1)
    guard let text = SignedText(Array(body[..<(added ?? body.count)])) else { throw malformed }
    var result = Array("object \(try id(try target(body)))\n".utf8)
    var signature: [UInt8] = []
    for line in text.lines.dropFirst() {
      if line.name != SignedText.ownSignature {
        result += line.bytes
      } else if signature.isEmpty {
        signature = SignedText.value(line) + [10]
      } else {
        throw ObjectError(
          .signatureMultiple, object: nil, message: "the tag has more than one signature")
      }
    }
    return result + text.rest + signature
  }

  /// - Throws: `tag_malformed`.
  static func target(_ body: [UInt8]) throws(ObjectError) -> SHA1ID {
    let start = Array("object ".utf8)
    guard body.starts(with: start), body.count > start.count + 40, body[start.count + 40] == 10,
      let id = SHA1ID(hexDigits: body[start.count..<start.count + 40])
    else { throw malformed }
    return id
  }

  private static let armourStart = Array("-----BEGIN SSH SIGNATURE-----\n".utf8)

  /// Where the last line that starts an armour begins.
  private static func lastArmour(in body: [UInt8], from start: Int) -> Int? {
    var at = body.count - armourStart.count
    while at >= start {
      if at == start || body[at - 1] == 10, body[at...].starts(with: armourStart) { return at }
      at -= 1
    }
    return nil
  }

  private static var malformed: ObjectError {
    ObjectError(.tagMalformed, object: nil, message: "the tag does not name its object")
  }
}
