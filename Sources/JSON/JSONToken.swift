/// One token of a JSON text: its kind and where its lexeme lies.
public struct JSONToken: Sendable, Equatable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    case beginObject, endObject, beginArray, endArray
    case key, string, number, bool, null
    /// `NaN`, `Infinity` or `-Infinity`, where these are allowed.
    case nonFinite
    /// The text is over; every further `next()` says so again.
    case endOfInput
  }

  public let kind: Kind
  /// Whether a key or string needs decoding.
  public let hasEscapes: Bool
  /// Bytes from the start of the buffer.
  public let offset: Int
  /// Bytes of the lexeme; for keys and strings with both quotes.
  public let length: Int

  init(_ kind: Kind, offset: Int, length: Int, hasEscapes: Bool = false) {
    self.kind = kind
    self.hasEscapes = hasEscapes
    self.offset = offset
    self.length = length
  }

  /// The value of a `bool` token; nil for others.
  public var bool: Bool? { kind == .bool ? length == 4 : nil }
}
