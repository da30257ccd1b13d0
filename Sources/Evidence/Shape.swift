/// What a value of a member has to look like: the field tables of SCHEMAS as data.
///
/// Unknown fields are accepted at every level. A `Shape` says nothing about other members.
indirect enum Shape: Sendable {
  case any
  /// Or null.
  case optional(Shape)
  case bool
  case integer(ClosedRange<Int64>)
  /// A seed: an integer within ±(2⁵³−1), or the decimal text of a larger one.
  case seed
  /// NFC, no control characters, at most this many Unicode scalars.
  case text(Int)
  case word([String])
  case label, slug, digest, keyedDigest, salt, time, sixDigits, decimal, episodeKey
  /// A number of the source, in a string, as it stood there.
  case lexeme
  /// The last part of a path.
  case fileName
  /// Where a raw file is said to lie.
  case rawURI
  /// `prefix_` and 26 Crockford digits.
  case id(String)
  /// A text for which the check has no objection; the pattern is what JSON Schema can say of it.
  case checked(TextPattern, @Sendable (String) -> Objection?)
  case array(Shape, atMost: Int)
  /// An object whose keys are data.
  case map(keys: Keys, value: Shape, atMost: Int)
  case object([Field])
  /// An object whose fields are noted for whoever looks at rows.
  case row([Field])
  /// Any JSON number, for values from elsewhere that are only shown.
  case bareNumber
  /// The first shape whose kind of JSON value fits.
  case either(Shape, Shape)

  /// What is wrong with a text.
  struct Objection: Sendable {
    let code: EvidenceError.Code
    let expected: String
  }

  /// Which keys a map may have: the rule, and the same for JSON Schema.
  struct Keys: Sendable {
    let pattern: TextPattern
    let hold: @Sendable (String) -> Bool

    static let labels = Keys(pattern: .label, hold: TextRules.isLabel)
    static func words(_ words: [String]) -> Keys {
      Keys(pattern: .oneOf(words), hold: { words.contains($0) })
    }
  }

  /// A field of an object.
  struct Field: Sendable {
    let name: StaticString
    let shape: Shape
    let isRequired: Bool
  }

  static let maximumInteger: Int64 = 9_007_199_254_740_991
  /// Counts, sizes and indexes.
  static let count = Shape.integer(0...maximumInteger)
  static let name = Shape.text(200)
  static let long = Shape.text(2000)
  static let labels = Shape.array(.label, atMost: 10_000)
  static let digests = Shape.array(.digest, atMost: 100_000)
}

/// A field that has to be there.
func field(_ name: StaticString, _ shape: Shape) -> Shape.Field {
  Shape.Field(name: name, shape: shape, isRequired: true)
}

/// A field that may be absent or null.
func optionalField(_ name: StaticString, _ shape: Shape) -> Shape.Field {
  Shape.Field(name: name, shape: .optional(shape), isRequired: false)
}

/// A field that has to be there and may be null.
func nullable(_ name: StaticString, _ shape: Shape) -> Shape.Field {
  Shape.Field(name: name, shape: .optional(shape), isRequired: true)
}
