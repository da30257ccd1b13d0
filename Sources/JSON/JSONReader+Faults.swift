extension JSONReader {
  /// The error to throw for a fault at an offset.
  ///
  /// FORMATS §1.2 orders faults by kind; the first kind that this text has, anywhere, is the answer.
  /// That costs a few passes over the text, once.
  @inline(never)
  func fail(_ code: JSONError.Code, at place: Int, _ message: String? = nil) -> JSONError {
    let found = error(code, at: place, message)
    // The pass below over the grammar alone reports to this one.
    guard judgesContent, code != .emptyInput else { return found }
    if let place = ByteScan.firstInvalidUTF8(bytes) {
      return error(.invalidUTF8, at: place)
    }
    if code == .byteOrderMark { return found }
    if let place = ByteScan.firstTooDeep(bytes, limit: depthLimit) {
      return error(.tooDeep, at: place, "nested deeper than \(depthLimit) levels")
    }
    return code.isAboutContent ? firstGrammarFault() ?? found : found
  }

  /// Code, line and column for an offset, for errors that a caller finds in the text.
  public func error(
    _ code: JSONError.Code, at place: Int, _ message: String? = nil
  ) -> JSONError {
    let (line, column) = lineAndColumn(of: place)
    return JSONError(code, offset: place, line: line, column: column, message: message)
  }

  /// Where an offset lies for a reader of the text: both from 1, the column in Unicode scalars.
  public func lineAndColumn(of offset: Int) -> (line: Int, column: Int) {
    var line = 1
    var lineStart = 0
    let end = min(max(offset, 0), bytes.count)
    for place in 0..<end where bytes[place] == 0x0A {
      line += 1
      lineStart = place + 1
    }
    if lineStart == 0, end >= 3, bytes.startsWithByteOrderMark { lineStart = 3 }
    var column = 1
    for place in lineStart..<end where bytes[place] & 0xC0 != 0x80 { column += 1 }
    return (line, column)
  }

  private func firstGrammarFault() -> JSONError? {
    let options = JSONOptions(
      allowNonFinite: true, maximumDepth: depthLimit, allowByteOrderMark: true)
    var grammar = JSONReader(bytes, options: options, judgesContent: false)
    do throws(JSONError) {
      try grammar.finish()
      return nil
    } catch {
      return error
    }
  }
}
