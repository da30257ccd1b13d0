/// One header of a commit or tag: its first line, and following lines that begin with a space.
struct HeaderLine {
  let name: String
  /// From the first byte of the name to the newline that ends the last continuation line.
  let range: Range<Int>
  /// The value; continuation lines joined by newlines, their leading space taken off.
  let value: [UInt8]
}

/// The headers of a commit or tag and where its message begins.
struct HeaderLines {
  let lines: [HeaderLine]
  /// After the empty line; the body's length where there is none.
  let messageStart: Int

  /// Nil, with the reason, for a body that is not headers, empty line, message.
  static func parse(_ body: [UInt8]) -> Result<HeaderLines, Person.Complaint> {
    func bad(_ why: String) -> Result<HeaderLines, Person.Complaint> {
      .failure(Person.Complaint(why: why))
    }
    if body.contains(0) { return bad("there is a NUL byte") }
    var lines: [HeaderLine] = []
    var at = 0
    while at < body.count {
      if body[at] == 10 { return .success(HeaderLines(lines: lines, messageStart: at + 1)) }
      guard var end = body[at...].firstIndex(of: 10) else { return bad("a header does not end") }
      if body[at] == 32 { return bad("a continuation line continues nothing") }
      let first = body[at..<end]
      let cut = first.firstIndex(of: 32) ?? end
      var value = Array(body[min(cut + 1, end)..<end])
      while end + 1 < body.count, body[end + 1] == 32 {
        guard let next = body[(end + 1)...].firstIndex(of: 10) else {
          return bad("a header does not end")
        }
        value.append(10)
        value.append(contentsOf: body[(end + 2)..<next])
        end = next
      }
      guard let name = String(validating: body[at..<cut], as: UTF8.self), !name.isEmpty else {
        return bad("a header has no name")
      }
      lines.append(HeaderLine(name: name, range: at..<(end + 1), value: value))
      at = end + 1
    }
    return .success(HeaderLines(lines: lines, messageStart: body.count))
  }

  /// The body without the headers that hold signatures.
  func payload(of body: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(body.count)
    var at = 0
    for line in lines where Self.holdsSignature(line.name) {
      result.append(contentsOf: body[at..<line.range.lowerBound])
      at = line.range.upperBound
    }
    result.append(contentsOf: body[at...])
    return result
  }

  static func holdsSignature(_ name: String) -> Bool { name == "gpgsig" || name == "gpgsig-sha256" }
}
