import Audit
import Evidence
import JSON
import Testing

struct JudgingAxesTests {
  private func axes(_ tasks: [String], _ change: (inout JudgingExample) -> Void = { _ in }) throws
    -> [JSONValue]
  {
    var example = try JudgingExample(tasks: tasks)
    change(&example)
    return try example.evidence()["next_axes"]?.array ?? []
  }

  @Test func `an axis that the claim names comes first`() throws {
    let first = try #require(
      try axes([mixed(48, 50)]) { $0.claim.text = "It succeeds under any lighting." }.first)
    #expect(first["axis"]?.string == "lighting")
    #expect(first["score"]?.int == 33)
    #expect(first.at("why").words == ["named_in_claim", "gap_not_recorded", "can_be_varied"])
    #expect(first["missing"]?.string == "not_recorded")
    #expect(first["episodes"]?.int == 116)
    #expect(first.at("design", "episodes_per_level").int == 24)
  }

  @Test(arguments: ["fixed lighting", "no lighting changes", "the same constant lighting"])
  func `an axis that the claim excludes is dropped`(phrase: String) throws {
    let rows = try axes([mixed(48, 50)]) {
      $0.claim.text = "It succeeds under \(phrase)."
      $0.plan.frozen.axes = []
    }
    #expect(rows.count == 3)
    #expect(!rows.contains { $0["axis"]?.string == "lighting" })
  }

  @Test func `cameras are outside of a claim on fixed cameras and inside of one on all`() throws {
    func score(_ cameras: String?) throws -> Int64? {
      try axes([mixed(48, 50)]) { example in
        example.claim.applicability.cameraDistribution = cameras
        example.claim.text = "It works."
        example.plan.frozen.axes = []
      }.first { $0["axis"]?.string == "camera_pose" }?["score"]?.int
    }
    #expect(try score("default fixed cameras") == nil)
    #expect(try score("randomised per episode") == 33)
  }

  @Test func `tasks that differ are the strongest signal`() throws {
    let first = try #require(try axes([mixed(50, 50), mixed(20, 50)]).first)
    #expect(first["axis"]?.string == "task")
    #expect(first["score"]?.int == 24)
    #expect(first["missing"]?.string == "few_levels")
    #expect(first.at("why").words == ["claim_unrestricted", "levels_differ", "can_be_varied"])
  }

  @Test func `a threshold of one tenth leaves no rate to plan for`() throws {
    let first = try #require(
      try axes([mixed(48, 50)]) { $0.claim.metric?.threshold = "0.1" }.first)
    #expect(first["episodes"]?.isNull == true)
    #expect(first["episodes_reason"]?.string == "threshold_too_low")
    #expect(first.at("design", "episodes_per_level").isNull)
  }

  @Test func `at most plans as at least does on failures`() throws {
    let rows = try axes([mixed(2, 50)]) {
      $0.claim.metric?.kind = .atMost
      $0.claim.metric?.threshold = "0.2"
    }
    #expect(rows.first?["episodes"]?.int == 116)
  }

  @Test func `ranks count up and no more than three are listed`() throws {
    let rows = try axes([mixed(48, 50)])
    #expect(rows.compactMap { $0["rank"]?.int } == [1, 2, 3])
    let scores = rows.compactMap { $0["score"]?.int }
    #expect(scores == scores.sorted(by: >))
  }
}
