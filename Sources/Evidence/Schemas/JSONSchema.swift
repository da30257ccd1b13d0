public import JSON

/// The JSON Schema (draft 2020-12) of a member, made from the same table as the product's own check.
///
/// Of a JSONL member it describes one line: the header or a row. It says less than the product checks:
/// sums, digests, order, normalisation and what one member says of another are beyond it.
public func jsonSchema(of member: MemberName) -> JSONValue {
  var schema: [(key: String, value: JSONValue)] = [
    ("$schema", "https://json-schema.org/draft/2020-12/schema"),
    ("$id", .string("urn:worldflux:schema:" + member.schemaFile)),
    ("title", .string(member.rawValue)), ("description", .string(member.schemaDescription)),
  ]
  if member == .evidenceText {
    schema += evidenceTextSchema
  } else if member.isLines {
    schema += [
      ("if", ["properties": ["record": ["const": "header"]], "required": ["record"]]),
      ("then", Shape.header(of: member).jsonSchema), ("else", Shape.shape(of: member).jsonSchema),
    ]
  } else {
    schema += Shape.shape(of: member).jsonSchema.object?.members ?? []
  }
  return .object(JSONObject(schema))
}

/// The JSON Schema of the private contract file (`EvalContract`).
public func evalContractSchema() -> JSONValue {
  let head: [(key: String, value: JSONValue)] = [
    ("$schema", "https://json-schema.org/draft/2020-12/schema"),
    ("$id", "urn:worldflux:schema:eval_contract.schema.json"),
    ("title", "the contract of a custom evaluation"),
    ("description", "Whole; private: only its digest, metric, rules and consent leave the house."),
  ]
  return .object(JSONObject(head + (Shape.evalContract.jsonSchema.object?.members ?? [])))
}

extension MemberName {
  /// The file of the member's schema in `Docs/schemas`.
  public var schemaFile: String {
    let stem = rawValue.split(separator: ".").joined(separator: "_")
    let short = ["_json", "_jsonl"].first { stem.hasSuffix($0) }.map { stem.dropLast($0.count) }
    return (short.map(String.init) ?? stem) + ".schema.json"
  }

  fileprivate var schemaDescription: String {
    let unit =
      self == .evidenceText
      ? "The text as one JSON string" : isLines ? "One line: the header (first), or a row" : "Whole"
    return unit + "; " + (isPublic ? "public." : "private: it never leaves the house.")
      + " Unknown fields are allowed at every level."
  }
}

/// The outline of evidence.md: one title, then headings, one line feed at the end.
private var evidenceTextSchema: [(key: String, value: JSONValue)] {
  let headings = [
    "Result", "Tasks", "Integrity", "Scope", "Missing evidence",
    "Next falsification axes", "Recommendation", "Provenance",
  ]
  let outline = headings.map { "\\n## \($0)\\n[\\s\\S]*" }.joined()
  return [
    ("type", "string"), ("contentMediaType", "text/markdown"),
    (
      "pattern", .string("^# [^\\n]*WF-[0-9A-HJKMNP-TV-Z]{8}[^\\n]*\\n[\\s\\S]*" + outline + "\\n$")
    ),
  ]
}

extension Shape {
  var jsonSchema: JSONValue {
    switch self {
    case .any: return [:]
    case .optional(let inner): return Self.orNull(inner.jsonSchema)
    case .bool: return ["type": "boolean"]
    case .integer(let range):
      return [
        "type": "integer", "minimum": .number(JSONNumber(range.lowerBound)),
        "maximum": .number(JSONNumber(range.upperBound)),
      ]
    case .bareNumber: return ["type": "number"]
    case .seed:
      let integer = Shape.integer(-Self.maximumInteger...Self.maximumInteger)
      return ["anyOf": [integer.jsonSchema, TextPattern.seed.jsonSchema]]
    case .array(let element, let limit):
      return ["type": "array", "items": element.jsonSchema, "maxItems": Self.number(limit)]
    case .map(let keys, let value, let limit):
      return [
        "type": "object", "propertyNames": keys.pattern.jsonSchema,
        "additionalProperties": value.jsonSchema, "maxProperties": Self.number(limit),
      ]
    case .object(let fields), .row(let fields): return Self.object(fields)
    case .either(let one, let other): return ["anyOf": [one.jsonSchema, other.jsonSchema]]
    default: return textPattern.jsonSchema
    }
  }

  private var textPattern: TextPattern {
    switch self {
    case .text(let limit): .text(limit)
    case .episodeKey: .text(400)
    case .word(let words): .oneOf(words)
    case .label: .label
    case .slug: .slug
    case .digest: .digest
    case .keyedDigest: .keyedDigest
    case .salt: .salt
    case .time: .time
    case .sixDigits: .sixDigits
    case .decimal: .decimal
    case .id(let prefix): .id(prefix)
    case .lexeme: .number(atMost: 400)
    case .fileName: .withoutSlash
    case .rawURI: .rawURI
    case .checked(let pattern, _): pattern
    case .any, .optional, .bool, .integer, .bareNumber, .seed, .array, .map, .object, .row, .either:
      .nothing
    }
  }

  private static func object(_ fields: [Field]) -> JSONValue {
    let properties = fields.map { (key: $0.name.description, value: $0.shape.jsonSchema) }
    let required = fields.filter(\.isRequired).map { JSONValue.string($0.name.description) }
    return [
      "type": "object", "required": .array(required),
      "properties": .object(JSONObject(properties)),
    ]
  }

  private static func orNull(_ schema: JSONValue) -> JSONValue {
    guard case .object(var object) = schema, let type = object["type"]?.string,
      object["enum"] == nil
    else { return ["anyOf": [schema, ["type": "null"]]] }
    object["type"] = [.string(type), "null"]
    return .object(object)
  }

  private static func number(_ limit: Int) -> JSONValue { .number(JSONNumber(Int64(limit))) }
}

extension TextPattern {
  var jsonSchema: JSONValue {
    var schema: [(key: String, value: JSONValue)] = [("type", "string")]
    if let words { schema.append(("enum", .array(words.map { .string($0) }))) }
    if let expression { schema.append(("pattern", .string(expression))) }
    if let longest { schema.append(("maxLength", .number(JSONNumber(Int64(longest))))) }
    return .object(JSONObject(schema))
  }
}
