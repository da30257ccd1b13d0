import JSON

/// Whether what must hold for any bytes holds for these.
///
/// Tree and pull reader give the same answer, the array readers find the same faults, and what is
/// accepted keeps its canonical bytes when they are read again.
func isJSONReadSoundly(_ bytes: [UInt8]) -> Bool {
  let forms = [
    JSONOptions.strict,
    JSONOptions(allowNonFinite: true, maximumDepth: 8, allowByteOrderMark: true),
  ]
  return forms.allSatisfy { options in
    let fault = pulled(bytes, options)
    switch tree(bytes, options) {
    case .success(let value): return fault == nil && isStable(value)
    case .failure(let error): return fault == error
    }
  }
}

private func tree(_ bytes: [UInt8], _ options: JSONOptions) -> Result<JSONValue, JSONError> {
  Result { () throws(JSONError) in try JSONValue.parse(bytes, options: options) }
}

private func pulled(_ bytes: [UInt8], _ options: JSONOptions) -> JSONError? {
  do throws(JSONError) {
    try JSONReader.reading(bytes, options: options) { reader throws(JSONError) in
      var bools: [UInt8] = []
      var spans: [JSONNumberSpan] = []
      while true {
        let token = try reader.next()
        switch token.kind {
        case .endOfInput: return
        case .key where reader.string(token).utf8.count % 3 == 0:
          _ = try reader.readBoolArray(into: &bools)
        case .key where reader.string(token).utf8.count % 3 == 1:
          _ = try reader.readNumberSpans(into: &spans)
          for span in spans where span.isFinite {
            precondition(reader.double(span) == Double(reader.lexeme(span)))
          }
          spans = []
        default: break
        }
      }
    }
    return nil
  } catch {
    return error
  }
}

private func isStable(_ value: JSONValue) -> Bool {
  do throws(JSONError) {
    let bytes = try CanonicalJSON.bytes(value)
    return try CanonicalJSON.bytes(JSONValue.parse(bytes, options: JSONOptions(maximumDepth: 256)))
      == bytes
  } catch {
    return error.code == .nanNotAllowed
  }
}
