import Evidence
import JSON
import Platform
import TestSupport
import Testing

@testable import Sharing

struct AllowlistTests {
  /// Every field that the model's published schemas know, against the table of what may be shown.
  ///
  /// A new field of the model makes this fail until somebody has decided: a line in `ShareFields`, or
  /// a line in the fixture of what is withheld.
  @Test func `each field of the members is either shown by a line or withheld by one`() throws {
    var model: Set<String> = []
    for (name, source) in [
      ("claim", "claim"), ("protocol", "protocol"), ("evidence", "evidence"),
      ("audit_provenance", "provenance"), ("artifact_manifest", "manifest"),
    ] {
      let path = Fixtures.path("../Docs/schemas/\(name).schema.json")
      model.formUnion(Self.fields(of: try JSONValue.parse(try Fixtures.read(path)), source))
    }
    let shown = Set(Self.sources(ShareFields.package, []))
    let text = String(
      decoding: Fixtures.bytes("package-example/share/withheld.txt"), as: UTF8.self)
    let withheld = Set(text.split(separator: "\n").map(String.init))
    let undecided = model.subtracting(shown).subtracting(withheld)
    #expect(undecided.isEmpty, "not decided: \(undecided.sorted().joined(separator: " "))")
    #expect(withheld.isDisjoint(with: shown))
    #expect(withheld.isSubset(of: model), "gone: \(withheld.subtracting(model).sorted())")
    let made = shown.subtracting(model).filter { !$0.hasPrefix("found.") }
    #expect(made.isEmpty, "shown and not in the model: \(made.sorted())")
  }

  @Test func `the table of SHARING §5 has these first fields and no others`() {
    #expect(
      (ShareFields.share + ShareFields.package).map(\.name) == [
        "schema", "share", "approval", "display_id", "claim", "protocol", "result", "integrity",
        "tasks", "tasks_total", "scope", "recommendation", "verification", "deployment_summary",
        "missing_evidence", "next_falsification_axes", "artifacts", "wording", "members",
      ])
  }

  @Test func `a value of another form than its line says is not let through`() {
    let object = AllowedForm.object([AllowedField("a", .integer)])
    let cases: [(AllowedForm, JSONValue, JSONValue)] = [
      (.text(5), "abcdef", "abcd…"), (.text(5), "abcde", "abcde"), (.text(5), 7, nil),
      (.text(5), ["a"], nil), (.word(["x"]), "y", "other"), (.word(["x"]), nil, nil),
      (.word(["x"]), ["x"], nil), (.label, "a b", "other"), (.label, "no_rate", "no_rate"),
      (.integer, "7", nil), (.integer, 7, 7), (.flag, "true", nil), (.flag, true, true),
      (.decimal, "0.800000", "0.800000"), (.decimal, "80 %", "80 %"), (.decimal, "NaN", nil),
      (.decimal, "1e5/home", nil), (.digest, "sha256:x", nil), (.slug, "a/b", nil),
      (.time, "2026-11-24", nil), (.time, "2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
      (object, ["a": 1, "b": "secret"], ["a": 1]), (object, [:], ["a": nil]),
      (object, "text", nil), (.list(2, .integer), [1, 2, 3], [1, 2]),
      (.list(2, .integer), ["x"], [nil]), (.list(2, .integer), 1, nil),
    ]
    for (form, value, expected) in cases {
      #expect(form.allowed(value) == expected, "\(value)")
    }
    #expect(AllowedForm.text(3).allowed(nil) == .null)
  }

  @Test func `a fingerprint is none of what the redactor takes out, whatever its digits are`() {
    let digits = "+/ab/cd/ef" + String(repeating: "A", count: 33)
    #expect(TextScreen.isClean("SHA256:" + digits))
    #expect(!TextScreen.isClean("SHA256:" + digits + "A"))
    #expect(!TextScreen.isClean("key " + digits))
  }

  @Test func `times until the end are told coarsely`() {
    let day: Int64 = 86_400
    for (seconds, word) in [
      (-1, "under_1_day"), (day - 1, "under_1_day"), (day, "1_to_7_days"),
      (7 * day - 1, "1_to_7_days"), (7 * day, "7_to_30_days"), (30 * day, "7_to_30_days"),
      (30 * day + 1, "over_30_days"),
    ] { #expect(ExpiresIn.word(seconds) == word) }
  }

  @Test func `five hundred tasks are shown, and how many there are`() throws {
    let tasks = (0..<501).map { index -> JSONValue in
      ["task": "s/\(index)", "name": nil, "k": 1, "n": 2, "rate": "0.500000"]
    }
    let shown = ShareFields.package.allowed(in: [
      "evidence": ["tasks": .array(tasks)], "found": ["tasks_total": 501],
    ])
    #expect(shown["tasks"]?.array?.count == 500 && shown["tasks_total"]?.int == 501)
  }

  // MARK: - Paths

  /// Dotted paths of what the lines read; lists are walked through.
  static func sources(_ fields: [AllowedField], _ base: [String]) -> [String] {
    fields.flatMap { field -> [String] in
      let path = base + field.source
      func leaves(_ form: AllowedForm) -> [String] {
        switch form {
        case .object(let inner): sources(inner, path)
        case .list(_, let inner): leaves(inner)
        default: [path.joined(separator: ".")]
        }
      }
      return leaves(field.form)
    }
  }

  private static func fields(of schema: JSONValue, _ path: String) -> [String] {
    let branches = (schema["anyOf"]?.array ?? []) + (schema["oneOf"]?.array ?? [])
    if !branches.isEmpty { return branches.flatMap { fields(of: $0, path) } }
    if let items = schema["items"], items.object != nil { return fields(of: items, path) }
    guard let properties = schema["properties"]?.object, !properties.isEmpty else { return [path] }
    return properties.members.flatMap { fields(of: $0.value, "\(path).\($0.key)") }
  }
}
