import Audit
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct BuildingPrivacyTests {
  let folder = TemporaryFolder()
  private static let canaries = [
    "/home/canarybird/lab/run", "canarybird@example.com",
    "ghp_" + String(repeating: "Ab1", count: 13),
  ]

  @Test func `paths, names and secrets of a source reach no public member`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    let poison = Self.canaries.joined(separator: " ")
    request.run.tasks[1].failures[1] = poison + " host robot7.local 10.11.12.13"
    request.run.tasks[0].failures[2] = poison
    for task in request.run.tasks.indices {
      for media in request.run.tasks[task].media.indices {
        request.run.tasks[task].media[media].path = "/home/canarybird/lab/run/v\(media).mp4"
        request.raw.media[task][media].reference.uri = "run:canarybird/v\(media).mp4"
        request.raw.media[task][media].reference.originalName = "canarybird-v\(media).mp4"
      }
    }
    request.run.inputs[0].relativePath = "canarybird/outputs/eval_info.json"
    request.run.harnessVersion = poison
    request.options.clientRunID = "canarybird-1"
    request.options.recipe = poison
    request.options.runtime = poison
    _ = try writeCollectedPackage(request, files: FileSystem())
    for member in MemberName.allCases where member.isPublic {
      let text = String(
        decoding: try Fixtures.read(folder.path + "/package/" + member.rawValue), as: UTF8.self)
      for word in ["canarybird", "ghp_", "robot7", "10.11.12.13", "/home/", folder.path] {
        #expect(!text.contains(word), "\(member.rawValue) has \(word)")
      }
    }
    let results = String(
      decoding: try Fixtures.read(folder.path + "/package/episode_results.jsonl"), as: UTF8.self)
    #expect(!results.contains("canarybird"))
    #expect(results.contains("<secret:github_token>"))
    let provenance = try JSONValue.parse(
      Fixtures.read(folder.path + "/package/audit_provenance.json"))
    #expect((provenance["redactions"]?["secret"]?.int ?? 0) == 2)
    #expect((provenance["redactions"]?["path"]?.int ?? 0) >= 2)
  }

  @Test(arguments: canaries)
  func `a private text where a public field would be is an error, and nothing is written`(
    _ canary: String
  ) throws {
    let places: [(String, (inout SavedRun) -> Void)] = [
      ("task name", { $0.tasks[0].name = "pick " + canary }),
      ("suite", { $0.tasks[0].suite = "s " + canary }),
      ("task id", { $0.tasks[1].taskID = canary }), ("model", { $0.model.id = canary }),
      ("metric", { $0.metricName = canary }), ("success rule", { $0.successRule = canary }),
      ("detected by", { $0.format.detectedBy.append(canary) }),
      ("initial state", { $0.tasks[0].initialStates = [nil, canary, nil] }),
      ("warning", { $0.notes.warnings = [canary] }),
      (
        "judge",
        {
          $0.notes.generated = SourceNotes.Generated(
            model: nil, judgeKind: nil, judgeID: canary, judgeVersion: nil)
        }
      ),
      ("partial", { $0.notes.partial = SourceNotes.Partial(reason: canary, missing: 1) }),
      ("aggregate", { $0.sourceAggregates = ["pc_success": .string(canary)] }),
    ]
    for (place, plant) in places {
      var request = BuildingExample.request(output: folder.path + "/package")
      plant(&request.run)
      let error = #expect(throws: AuditError.self, "\(place)") {
        try writeCollectedPackage(request, files: FileSystem())
      }
      #expect(error?.code == .secretInPublicField, "\(place)")
      #expect(error?.description.contains("canarybird") == false)
      #expect(!FileSystem().exists(folder.path + "/package"))
    }
  }

  @Test func `a secret in the claim or the protocol is refused with its place`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    let claim = try JSONValue.parse(request.claim)
    var object = try #require(claim.object)
    object["extra"] = ["deep": [.string("token " + Self.canaries[2])]]
    request.claim = try CanonicalJSON.bytes(.object(object))
    let error = #expect(throws: AuditError.self) {
      try writeCollectedPackage(request, files: FileSystem())
    }
    #expect(error?.code == .secretInPublicField)
    #expect(error?.place == "claim.json /extra/deep/0")
  }

  @Test func `aggregates outside of the allowlist are dropped`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.run.sourceAggregates?["eval_s"] = "12.5"
    _ = try writeCollectedPackage(request, files: FileSystem())
    let bytes = try Fixtures.read(folder.path + "/package/audit_input.json")
    #expect(bytes == BuildingExample.member(.auditInput))
  }

  @Test func `a claim with spaces and unknown fields becomes canonical and keeps them`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    let text = String(decoding: request.claim, as: UTF8.self)
    request.claim = Array(
      ("{ \"zz_unknown\" : [ 1,\n 2 ] , " + text.dropFirst()).utf8)
    _ = try writeCollectedPackage(request, files: FileSystem())
    let bytes = try Fixtures.read(folder.path + "/package/claim.json")
    #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\"zz_unknown\":[1,2]}\n"))
  }
}
