internal import JSON

// Lists, and rows that are laid out like one before.
extension ShapeReader {
  /// Checks the whole text, a row of its own, and gives its layout.
  mutating func readRow(_ shape: Shape, end: Int) throws(EvidenceError) -> RowLayout {
    scalars = []
    try read(shape, end: end)
    return layout(of: start..<end, from: 0)
  }

  /// The layout of the row that was read last; its fields stand in `captured` from `base` on.
  private mutating func layout(of row: Range<Int>, from base: Int) -> RowLayout {
    defer { scalars = nil }
    return RowLayout(
      row: row, scalars: scalars ?? [], captured: captured[base...], isPublic: rules.isPublic)
  }

  mutating func array(of element: Shape, _ limit: Int) throws(EvidenceError) {
    if case .row = element { return try rows(of: element, limit) }
    var count = 0
    path.append(.index(0))
    while true {
      let token = try next()
      if token.kind == .endArray { break }
      path[path.count - 1] = .index(count)
      guard count < limit else { throw fail(.fieldRange, "at most \(limit) elements") }
      note(token, element)
      try check(token, element)
      count += 1
    }
    path.removeLast()
    used += max(0, count - 1)
  }

  /// As `array(of:)`; rows that are laid out like one before are read by that layout.
  private mutating func rows(of element: Shape, _ limit: Int) throws(EvidenceError) {
    var layouts = RowLayouts()
    var count = 0
    path.append(.index(0))
    while true {
      let place = start + reader.offset
      if count > 0, count < limit, place < bytes.count, bytes[place] == 0x2C,
        let end = layouts.follow(bytes, at: place + 1)
      {
        reader.passOver(to: end - start)
        path[path.count - 1] = .index(count)
        captured += layouts.places
        used += end - place - 1
        count += 1
        continue
      }
      let before = used
      let token = try next()
      if token.kind == .endArray { break }
      path[path.count - 1] = .index(count)
      guard count < limit else { throw fail(.fieldRange, "at most \(limit) elements") }
      let base = captured.count
      scalars = []
      try check(token, element)
      let row = start + token.offset..<start + reader.offset
      // Between commas without space all of it is tokens: only such a row is one to follow.
      if used - before == row.count { layouts.learn(layout(of: row, from: base)) }
      scalars = nil
      count += 1
    }
    path.removeLast()
    used += max(0, count - 1)
  }

  /// Keeps a scalar for the layout of the row that it belongs to.
  mutating func note(_ token: JSONToken, _ shape: Shape) {
    guard scalars != nil else { return }
    switch token.kind {
    case .string, .number, .bool, .null, .nonFinite:
      let range = lexeme(token)
      scalars?.append(
        RowLayout.Scalar(
          kind: token.kind, hasEscapes: token.hasEscapes, range: range, shape: shape))
    default: return
    }
  }
}
