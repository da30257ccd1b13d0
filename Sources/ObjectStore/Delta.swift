/// A body told as copies from another one and new bytes.
///
/// gitformat-pack(5), "Deltified representation".
enum Delta {
  /// Bytes that the two lengths at a delta's start have at most.
  static var longestHead: Int { 18 }

  /// The size of the body that a delta builds, from the delta's first bytes.
  ///
  /// - Throws: `delta_invalid` where the lengths are cut off or have too many digits.
  static func size(
    promisedBy head: ArraySlice<UInt8>, place: String
  ) throws(ObjectError) -> Int {
    var rest = head
    _ = try length(&rest, place)
    return try length(&rest, place)
  }

  private static func length(
    _ text: inout ArraySlice<UInt8>, _ place: String
  ) throws(ObjectError) -> Int {
    var value = 0
    for shift in stride(from: 0, to: 56, by: 7) {
      guard let byte = text.popFirst() else {
        throw ObjectError(.deltaInvalid, place: place, message: "a delta is cut off")
      }
      value |= Int(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw ObjectError(
      .deltaInvalid, place: place, message: "a delta has a length with too many digits")
  }

  /// Builds the body that `delta` makes of `base`.
  ///
  /// - Throws: `delta_invalid` where a copy leaves the base, lengths disagree, or text is cut off;
  ///   `object_too_large` above `limit` bytes.
  static func apply(
    _ delta: [UInt8], to base: [UInt8], limit: Int, place: String
  ) throws(ObjectError) -> [UInt8] {
    var at = 0
    func broken(_ why: String) -> ObjectError {
      ObjectError(.deltaInvalid, place: place, message: "a delta \(why)")
    }
    func next() throws(ObjectError) -> UInt8 {
      guard at < delta.count else { throw broken("is cut off") }
      defer { at += 1 }
      return delta[at]
    }
    func length() throws(ObjectError) -> Int {
      var value = 0
      var shift = 0
      while true {
        let byte = try next()
        guard shift < 56 else { throw broken("has a length with too many digits") }
        value |= Int(byte & 0x7F) << shift
        shift += 7
        if byte & 0x80 == 0 { return value }
      }
    }
    guard try length() == base.count else { throw broken("is made for a base of another length") }
    let size = try length()
    if size > limit { throw tooLarge(nil, size) }
    var body: [UInt8] = []
    // No delta can promise more than its copies give: 7 bytes of text copy at most 16 MiB.
    body.reserveCapacity(min(size, 1 << 24))
    while at < delta.count {
      let operation = try next()
      if operation & 0x80 != 0 {
        var offset = 0
        var count = 0
        for bit in 0..<4 where operation & (1 << UInt8(bit)) != 0 {
          offset |= Int(try next()) << (8 * bit)
        }
        for bit in 0..<3 where operation & (16 << UInt8(bit)) != 0 {
          count |= Int(try next()) << (8 * bit)
        }
        if count == 0 { count = 0x10000 }
        guard offset <= base.count, count <= base.count - offset else {
          throw broken("copies from outside its base")
        }
        guard count <= size - body.count else { throw broken("makes more than it declares") }
        body.append(contentsOf: base[offset..<offset + count])
      } else {
        let count = Int(operation)
        guard count > 0 else { throw broken("uses the reserved operation") }
        guard count <= delta.count - at else { throw broken("is cut off") }
        guard count <= size - body.count else { throw broken("makes more than it declares") }
        body.append(contentsOf: delta[at..<at + count])
        at += count
      }
    }
    guard body.count == size else { throw broken("makes less than it declares") }
    return body
  }
}
