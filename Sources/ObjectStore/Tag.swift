/// A name that a person gave to a commit, with who, when, why, and a signature at its end.
public struct Tag: Sendable, Equatable {
  public let target: ObjectID
  public let targetKind: ObjectKind
  /// What stands after `refs/tags/`.
  public let name: String
  public let tagger: Person
  /// The message without the signature.
  public let message: [UInt8]
  /// The armoured signature, or nil.
  public let signature: [UInt8]?
  /// What the signature covers: all before it, without `gpgsig` and `gpgsig-sha256` headers.
  public let payload: [UInt8]
  /// The body as stored.
  public let encoded: [UInt8]

  private static var armourStart: [UInt8] { Array("-----BEGIN SSH SIGNATURE-----\n".utf8) }

  /// The body of an unsigned tag of a commit; a signature is appended to it as it is.
  public static func encode(
    target: ObjectID, name: String, tagger: Person, message: String
  ) -> [UInt8] {
    var text = "object \(target)\ntype commit\ntag \(name)\ntagger \(tagger.text)\n\n\(message)"
    if text.utf8.last != 10 { text += "\n" }
    return Array(text.utf8)
  }

  /// Reads a body strictly: object, type, tag, tagger, others, empty line, message, signature.
  ///
  /// - Throws: `tag_malformed`. Kind and name are for the caller to hold against ref and target.
  public static func parse(_ body: [UInt8], id: ObjectID? = nil) throws(ObjectError) -> Tag {
    func malformed(_ why: String) -> ObjectError {
      ObjectError(.tagMalformed, object: id, message: "the tag is malformed: \(why)")
    }
    let headers: HeaderLines
    do throws(Person.Complaint) {
      headers = try HeaderLines.parse(body).get()
    } catch {
      throw malformed(error.why)
    }
    var rest = headers.lines[...]
    func next(_ name: String) throws(ObjectError) -> [UInt8] {
      guard let line = rest.first, line.name == name else {
        throw malformed("there is no \(name) in its place")
      }
      rest = rest.dropFirst()
      return line.value
    }
    guard let target = ObjectID(hexDigits: try next("object")) else {
      throw malformed("its object is no id")
    }
    guard let kind = ObjectKind(rawValue: String(decoding: try next("type"), as: UTF8.self)) else {
      throw malformed("its type is none of git's four")
    }
    guard let name = String(validating: try next("tag"), as: UTF8.self),
      RefName("refs/tags/" + name) != nil
    else { throw malformed("its name cannot be that of a ref") }
    let tagger: Person
    let taggerLine = try next("tagger")
    do throws(Person.Complaint) {
      tagger = try Person.parse(taggerLine[...]).get()
    } catch {
      throw malformed("in tagger, \(error.why)")
    }
    if rest.contains(where: { ["object", "type", "tag", "tagger"].contains($0.name) }) {
      throw malformed("a header stands twice")
    }
    let cut = lastArmour(in: body, from: headers.messageStart)
    return Tag(
      target: target, targetKind: kind, name: name, tagger: tagger,
      message: Array(body[headers.messageStart..<(cut ?? body.count)]),
      signature: cut.map { Array(body[$0...]) },
      payload: headers.payload(of: Array(body[..<(cut ?? body.count)])), encoded: body)
  }

  /// Where the last line that starts an armour begins (a message may hold such a block).
  private static func lastArmour(in body: [UInt8], from start: Int) -> Int? {
    let mark = armourStart
    var at = body.count - mark.count
    while at >= start {
      if at == start || body[at - 1] == 10, body[at...].starts(with: mark) { return at }
      at -= 1
    }
    return nil
  }
}
