import Audit
import JSON
import Testing

@testable import Evidence

struct JudgingShapeTests {
  @Test(arguments: JudgingGradeTests.rows + JudgingMissingEvidenceTests.rows)
  func `evidence of any run is a valid member`(row: JudgingGradeTests.Row) throws {
    var example = try JudgingGradeTests.clean()
    row.change(&example)
    try expectValid(try example.evidence())
  }

  @Test(arguments: JudgingIntegrityTests.failing)
  func `evidence with a failed check is a valid member`(row: JudgingIntegrityTests.Row) throws {
    var example = try JudgingIntegrityTests.clean()
    row.change(&example)
    try expectValid(try example.evidence())
  }

  @Test(arguments: ["MMM", "S", "F", "SSSFFF", mixed(95, 100), mixed(3, 100)])
  func `evidence of any counts is a valid member`(letters: String) throws {
    for isPlanned in [true, false] where isPlanned || !letters.contains("M") {
      for kind in ClaimMetric.Kind.allCases {
        for policy in ["as_planned", "errors_excluded", nil] {
          var example = try JudgingExample(tasks: [letters, letters + "S"], kind: kind)
          if !isPlanned { example.plan.frozen.episodeIndexes = nil }
          example.plan.frozen.denominators.policy = policy
          example.recount()
          try expectValid(try example.evidence())
        }
      }
    }
  }

  private func expectValid(_ evidence: JSONValue) throws {
    let bytes = try CanonicalJSON.bytes(evidence) + [0x0A]
    #expect(throws: Never.self) { try readMember(bytes, .evidence, spelling: .canonical) }
  }
}
