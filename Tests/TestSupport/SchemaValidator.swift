public import JSON
import Platform

/// Python's `jsonschema`, which knows nothing of this project, over `Docs/schemas`.
public enum SchemaValidator {
  /// The validator could not be run at all.
  public struct NotRun: Error {
    public let why: String
  }

  public static let script = Fixtures.path("../Scripts/validate-schemas")

  /// Whether each value fits the schema of that file name, in order.
  public static func verdicts(_ rows: [(schema: String, value: JSONValue)]) throws -> [Bool] {
    var input: [UInt8] = []
    for row in rows {
      try CanonicalJSON.append(["schema": .string(row.schema), "value": row.value], to: &input)
      input.append(0x0A)
    }
    let finished = try run([script, "--verdicts"], input: input)
    let answers = finished.out.split(separator: "\n").map { $0 == "true" }
    guard finished.status == 0, answers.count == rows.count else {
      throw NotRun(why: "\(answers.count) answers for \(rows.count) values: \(finished.err)")
    }
    return answers
  }

  /// What does not fit in the members of these package folders; empty when everything does.
  public static func faults(packages: [String]) throws -> String {
    try faults([script] + packages)
  }

  /// What does not fit in the lines of these bridge files.
  public static func faults(bridges: [String]) throws -> String {
    try faults([script, "--bridge"] + bridges)
  }

  private static func faults(_ arguments: [String]) throws -> String {
    let finished = try run(arguments)
    guard finished.status < 2, finished.err.isEmpty else { throw NotRun(why: finished.err) }
    return finished.status == 0 ? "" : finished.out
  }

  /// Indented JSON for people, keys in the given order.
  public static func pretty(_ value: JSONValue, indent: String = "") throws -> String {
    let inner = indent + "  "
    switch value {
    case .object(let object) where !object.isEmpty:
      let flat = String(decoding: try CanonicalJSON.bytes(value), as: UTF8.self)
      if flat.count + indent.count <= 90 { return try inline(value) }
      let rows = try object.members.map {
        "\(inner)\(try inline(.string($0.key))): \(try pretty($0.value, indent: inner))"
      }
      return "{\n" + rows.joined(separator: ",\n") + "\n\(indent)}"
    case .array(let elements) where !elements.isEmpty:
      let flat = try inline(value)
      if flat.count + indent.count <= 90 { return flat }
      let rows = try elements.map { inner + (try pretty($0, indent: inner)) }
      return "[\n" + rows.joined(separator: ",\n") + "\n\(indent)]"
    default: return try inline(value)
    }
  }

  private static func inline(_ value: JSONValue) throws -> String {
    switch value {
    case .object(let object):
      let rows = try object.members.map {
        "\(try inline(.string($0.key))): \(try inline($0.value))"
      }
      return "{" + rows.joined(separator: ", ") + "}"
    case .array(let elements):
      return "[" + (try elements.map(inline)).joined(separator: ", ") + "]"
    default: return String(decoding: try CanonicalJSON.bytes(value), as: UTF8.self)
    }
  }
}
