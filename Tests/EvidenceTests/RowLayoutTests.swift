import JSON
import Platform
import TestSupport
import Testing

@testable import Evidence

/// A row that is read by the layout of the row before is judged as if it stood alone.
@Suite struct RowLayoutTests {
  private static let lists: [MemberName] = [
    .episodeResults, .failureEvidenceIndex, .failureReplayManifest,
  ]

  private static func lines(_ name: MemberName) -> [[UInt8]] {
    ExamplePackage.bytes(name).split(separator: 0x0A).map { Array($0) + [0x0A] }
  }

  /// What became of the last row: its fields as they stand, or where and why it was refused.
  private static func outcome(_ bytes: [UInt8], _ name: MemberName) -> [String] {
    var last: [String] = []
    do throws(EvidenceError) {
      let pieces = MemberReader(name.rawValue, MemberPieces(bytes).open())
      _ = try readLines(name, from: { () throws(EvidenceError) in try pieces.checkedNext() }) {
        row in
        last = (0..<11).map { field in
          let kind = row.place(field).map { "\($0.kind) \($0.hasEscapes)" } ?? "absent"
          return kind + " " + String(decoding: row.lexeme(field), as: UTF8.self)
        }
        last.append(row.object.map { String(decoding: row.bytes[$0], as: UTF8.self) } ?? "")
      }
    } catch {
      return [error.code.rawValue, error.location.pointer ?? "", error.message]
    }
    return last
  }

  @Test(arguments: lists)
  func `every changed byte of a row is judged as without the row before`(_ name: MemberName) {
    let lines = Self.lines(name)
    var differing: [String] = []
    for number in 2..<min(lines.count, 4) {
      for (place, byte) in lines[number].enumerated().dropLast() {
        for replacement in Self.replacements(of: byte) {
          var row = lines[number]
          row.replaceSubrange(place...place, with: replacement)
          let after = Self.outcome(lines[0] + lines[number - 1] + row, name)
          let alone = Self.outcome(lines[0] + row, name)
          if after != alone {
            differing.append(
              "line \(number + 1), byte \(place), \(replacement): \(after) or \(alone)")
          }
        }
      }
    }
    #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(3))")
  }

  private static func replacements(of byte: UInt8) -> [[UInt8]] {
    [
      [byte ^ 1], [0x22], [0x5C], [0x2C], [0x20], [0xC3, 0xA9], [0x7F], [], [byte, byte],
      [0x30, byte], Array("null".utf8), Array("-1".utf8), Array("9007199254740993".utf8),
    ]
  }

  @Test func `every changed byte of a reference is judged as without the reference before`() throws
  {
    let manifest = String(decoding: ExamplePackage.bytes(.rawEvidenceManifest), as: UTF8.self)
    let value = try JSONValue.parse(Array(manifest.utf8))
    let rows = try #require(value["references"]?.array).map { try CanonicalJSON.bytes($0) }
    let head = Array(manifest.utf8.prefix(while: { $0 != 0x5B })) + [0x5B]
    func outcome(_ references: [[UInt8]]) -> [String] {
      let text = head + references.joined(separator: [0x2C]) + Array("]}".utf8)
      let shape = Shape.object([
        Shape.Field(name: "references", shape: Self.references, isRequired: true)
      ])
      do throws(EvidenceError) {
        let rules = ShapeReader.Rules(member: "m", isCanonical: true, isPublic: true)
        let captured = try checkText(text, shape, rules: rules)
        return captured.suffix(11).map { value in
          value.map { "\($0.kind) \(String(decoding: text[$0.range], as: UTF8.self))" } ?? "absent"
        }
      } catch {
        return [error.code.rawValue, error.location.pointer ?? "", error.message]
      }
    }
    var differing: [String] = []
    // Laid out in another way by a field that nobody knows.
    let other = rows[0].dropLast() + Array(",\"zz\":0}".utf8)
    for (place, byte) in rows[1].enumerated() {
      for replacement in Self.replacements(of: byte) {
        var row = rows[1]
        row.replaceSubrange(place...place, with: replacement)
        let after = outcome([rows[0], row])
        let alone = outcome([Array(other), row])
        if after != alone {
          differing.append("byte \(place), \(replacement): \(after) or \(alone)")
        }
      }
    }
    #expect(differing.isEmpty, "\(differing.count): \(differing.prefix(3))")
  }

  private static var references: Shape {
    guard case .object(let fields) = Shape.rawEvidenceManifest,
      let field = fields.first(where: { $0.name.description == "references" })
    else { return .any }
    return field.shape
  }

  @Test(arguments: lists)
  func `rows of one writer follow the layout of the first`(_ name: MemberName) throws {
    let lines = Self.lines(name)
    let bytes = lines.joined().map { $0 }
    var layouts = RowLayouts()
    var start = lines[0].count
    var followed = 0
    for line in lines.dropFirst() {
      if let end = layouts.follow(bytes, at: start) {
        followed += 1
        #expect(end == start + line.count - 1)
      } else {
        let rules = ShapeReader.Rules(member: name.rawValue, isCanonical: true, isPublic: false)
        let layout = try unsafe bytes.withRawBytes { buffer throws(EvidenceError) in
          let end = start + line.count - 1
          var reader = unsafe ShapeReader(bytes, buffer, range: start..<end, rules: rules, line: 2)
          return try reader.readRow(.shape(of: name), end: end)
        }
        layouts.learn(layout)
      }
      start += line.count
    }
    let expected: [MemberName: Int] = [
      .episodeResults: 3, .failureEvidenceIndex: 0, .failureReplayManifest: 5,
    ]
    #expect(followed >= expected[name] ?? 0)
  }
}
