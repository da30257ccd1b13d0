internal import Evidence
internal import JSON
internal import Platform

/// How a value has to look to be shown; whatever does not look so is left out.
indirect enum AllowedForm: Sendable {
  /// Cut at this many Unicode scalars, with `…`.
  case text(Int)
  /// One of these; any other is `other`.
  case word([String])
  /// A machine word whose list is open, such as why a number is not there.
  case label
  case integer
  case flag
  /// A decimal number in text, sign and percent sign included.
  case decimal
  case digest
  case slug
  /// `2026-11-24T10:05:00Z`.
  case time
  case object([AllowedField])
  /// The first so many.
  case list(Int, AllowedForm)
}

/// One line of an allowlist: what it is called where it is shown, and where it comes from.
struct AllowedField: Sendable {
  let name: String
  /// Keys from the value at hand; empty: the value itself, of which an object is made.
  let source: [String]
  let form: AllowedForm
  /// Whether `<name>_reason` stands beside it where the source says why it is null.
  let givesReason: Bool

  /// - Parameter source: dotted, `protocol.frozen.probes`; the name itself where it is not given.
  init(
    _ name: String, from source: String? = nil, _ form: AllowedForm, givesReason: Bool = false
  ) {
    self.name = name
    self.source = (source ?? name).split(separator: ".").map(String.init)
    self.form = form
    self.givesReason = givesReason
  }

  private init(_ name: String, _ source: [String], _ form: AllowedForm, _ givesReason: Bool) {
    (self.name, self.source, self.form, self.givesReason) = (name, source, form, givesReason)
  }

  /// The line that takes the same from a value that was made by it: nothing is renamed any more.
  var again: AllowedField { AllowedField(name, [name], form.again, givesReason) }
}

extension AllowedForm {
  fileprivate var again: AllowedForm {
    switch self {
    case .object(let fields): .object(fields.map(\.again))
    case .list(let limit, let form): .list(limit, form.again)
    default: self
    }
  }

  /// What of a value may be shown; null where it is not of this form.
  func allowed(_ value: JSONValue?) -> JSONValue {
    switch (self, value) {
    case (.text(let limit), .string(let text)?): .string(TextRules.cut(text, to: limit))
    case (.word(let words), .string(let word)?): .string(words.contains(word) ? word : "other")
    case (.label, .string(let word)?): .string(TextRules.isLabel(word) ? word : "other")
    case (.integer, .number(let number)?): number.integer.map { .number(JSONNumber($0)) } ?? .null
    case (.flag, .bool(let flag)?): .bool(flag)
    case (.decimal, .string(let text)?): Self.isDecimal(text) ? .string(text) : .null
    case (.digest, .string(let text)?): Digest.isValid(text) ? .string(text) : .null
    case (.slug, .string(let text)?): TextRules.isSlug(text) ? .string(text) : .null
    case (.time, .string(let text)?): UTCTime(rfc3339: text) == nil ? .null : .string(text)
    case (.object(let fields), .object?): .object(fields.allowed(in: value))
    case (.list(let limit, let form), .array(let elements)?):
      .array(elements.prefix(limit).map { form.allowed($0) })
    default: .null
    }
  }

  /// At most 40 of digits, one sign, one point, and a percent sign behind.
  private static func isDecimal(_ text: String) -> Bool {
    guard text.utf8.count <= 40, text.utf8.contains(where: { (0x30...0x39).contains($0) }) else {
      return false
    }
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) || "+-. %".utf8.contains($0) }
  }
}

extension [AllowedField] {
  /// An object of these fields and no others, all there, null where the source has nothing.
  func allowed(in source: JSONValue?) -> JSONObject {
    var result = JSONObject()
    for field in self {
      var value = source
      for key in field.source { value = value?[key] }
      result[field.name] = field.form.allowed(value)
      guard field.givesReason, let last = field.source.last else { continue }
      var holder = source
      for key in field.source.dropLast() { holder = holder?[key] }
      if let reason = holder?[last + "_reason"], case .string = reason {
        result[field.name + "_reason"] = AllowedForm.label.allowed(reason)
      }
    }
    return result
  }
}
