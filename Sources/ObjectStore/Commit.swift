/// One step of a history: a tree, the commits before it, who and when, why.
public struct Commit: Sendable, Equatable {
  public let tree: ObjectID
  public let parents: [ObjectID]
  public let author: Person
  public let committer: Person
  /// Headers after committer that are no signatures, in order; a value's lines are joined by `\n`.
  public let extraHeaders: [Header]
  /// Values of all `gpgsig-sha256` headers, each an armoured text ending with a newline.
  ///
  /// A good commit of a store has one; none is *unsigned*, two are *signature_multiple*.
  public let signatures: [[UInt8]]
  /// Values of `gpgsig` headers, which belong to the SHA-1 form.
  public let foreignSignatures: [[UInt8]]
  /// All after the empty line, byte for byte.
  public let message: [UInt8]
  /// The bytes that a signature covers: the body without `gpgsig` and `gpgsig-sha256` headers.
  public let payload: [UInt8]
  /// The body as stored.
  public let encoded: [UInt8]

  public struct Header: Sendable, Equatable {
    public let name: String
    public let value: [UInt8]

    public init(name: String, value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  /// The message as text, foreign bytes repaired.
  public var messageText: String { String(decoding: message, as: UTF8.self) }

  /// The message's first line.
  public var subject: String {
    String(decoding: message.prefix { $0 != 10 }, as: UTF8.self)
  }

  /// Values of the trailer lines `NAME: value` in the message's last paragraph.
  public func trailers(_ name: String) -> [String] {
    let text = messageText
    let paragraphs = text.split(separator: "\n", omittingEmptySubsequences: false)
      .split(separator: "")
    guard paragraphs.count > 1, let last = paragraphs.last else { return [] }
    let start = name + ": "
    return last.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }
  }

  public func trailer(_ name: String) -> String? { trailers(name).first }

  /// The body of an unsigned commit: what is signed, and what is stored when nobody signs.
  public static func encode(
    tree: ObjectID, parents: [ObjectID], author: Person, committer: Person,
    extraHeaders: [Header] = [], message: String
  ) -> [UInt8] {
    var text = "tree \(tree)\n"
    for parent in parents { text += "parent \(parent)\n" }
    text += "author \(author.text)\ncommitter \(committer.text)\n"
    var bytes = Array(text.utf8)
    for header in extraHeaders { appendHeader(header.name, header.value, to: &bytes) }
    bytes.append(10)
    bytes.append(contentsOf: message.utf8)
    if bytes.last != 10 { bytes.append(10) }
    return bytes
  }

  /// Puts a signature into a payload, as the last header.
  ///
  /// - Parameter armour: the lines of an armoured signature; newlines at its end are left out.
  public static func inserting(signature armour: [UInt8], into payload: [UInt8]) -> [UInt8] {
    var value = armour
    while value.last == 10 { value.removeLast() }
    var cut = payload.count
    for index in payload.indices.dropFirst() where payload[index] == 10 && payload[index - 1] == 10
    {
      cut = index
      break
    }
    var bytes = Array(payload[..<cut])
    appendHeader("gpgsig-sha256", value, to: &bytes)
    bytes.append(contentsOf: payload[cut...])
    return bytes
  }

  /// Reads a body strictly: order of headers, ids in lower case, dates as git's fsck wants them.
  ///
  /// - Throws: `commit_malformed`. Several signatures are no error here: `checkSignatureCount`.
  public static func parse(_ body: [UInt8], id: ObjectID? = nil) throws(ObjectError) -> Commit {
    func malformed(_ why: String) -> ObjectError {
      ObjectError(.commitMalformed, object: id, message: "the commit is malformed: \(why)")
    }
    let headers: HeaderLines
    do throws(Person.Complaint) {
      headers = try HeaderLines.parse(body).get()
    } catch {
      throw malformed(error.why)
    }
    var rest = headers.lines[...]
    func next(_ name: String) -> HeaderLine? {
      guard let line = rest.first, line.name == name else { return nil }
      rest = rest.dropFirst()
      return line
    }
    func person(_ name: String) throws(ObjectError) -> Person {
      guard let line = next(name) else { throw malformed("there is no \(name) in its place") }
      do throws(Person.Complaint) {
        return try Person.parse(line.value[...]).get()
      } catch {
        throw malformed("in \(name), \(error.why)")
      }
    }
    guard let tree = next("tree").flatMap({ ObjectID(hexDigits: $0.value) }) else {
      throw malformed("it does not begin with the id of a tree")
    }
    var parents: [ObjectID] = []
    while let line = next("parent") {
      guard let parent = ObjectID(hexDigits: line.value) else {
        throw malformed("a parent is no id")
      }
      parents.append(parent)
    }
    let author = try person("author")
    let committer = try person("committer")
    var extra: [Header] = []
    for line in rest where !HeaderLines.holdsSignature(line.name) {
      if ["tree", "parent", "author", "committer"].contains(line.name) {
        throw malformed("there is a second \(line.name), or one out of place")
      }
      extra.append(Header(name: line.name, value: line.value))
    }
    func values(_ name: String) -> [[UInt8]] {
      rest.filter { $0.name == name }.map { $0.value + [10] }
    }
    return Commit(
      tree: tree, parents: parents, author: author, committer: committer, extraHeaders: extra,
      signatures: values("gpgsig-sha256"), foreignSignatures: values("gpgsig"),
      message: Array(body[headers.messageStart...]), payload: headers.payload(of: body),
      encoded: body)
  }

  /// - Throws: `signature_multiple`: git would join two, ssh-keygen read the first.
  public func checkSignatureCount(id: ObjectID?) throws(ObjectError) {
    if signatures.count > 1 {
      throw ObjectError(
        .signatureMultiple, object: id, message: "the commit has more than one signature")
    }
  }

  private static func appendHeader(_ name: String, _ value: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(32)
    for byte in value {
      bytes.append(byte)
      if byte == 10 { bytes.append(32) }
    }
    bytes.append(10)
  }
}
