import Audit
import Evidence
import JSON
import Platform
import TestSupport
import Testing

struct BuildingRowTests {
  let folder = TemporaryFolder()

  @Test func `missing, extra and repeated episodes keep all members in step`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.evaluationProtocol = try BuildingExample.protocolBytes { frozen in
      var policy = frozen["denominator_policy"]?.object
      policy?["retries"] = "last_attempt"
      frozen["denominator_policy"] = policy.map { .object($0) }
    }
    var task = SavedTask(
      suite: "libero_spatial", taskID: "0", name: nil, outcomes: Array("FSFS".utf8))
    task.indexes = [0, 0, 2, 5]
    task.attempts = [1, 2, 1, 1]
    request.run.tasks[0] = task
    request.raw.media[0] = []
    request.run.tasks.append(
      SavedTask(suite: "other", taskID: "a/b", name: nil, outcomes: Array("F".utf8)))
    request.raw.media.append([])
    _ = try writeCollectedPackage(request, files: FileSystem())
    let results = try rows("episode_results.jsonl")
    #expect(
      results.compactMap { $0["episode_key"]?.string } == [
        "libero_spatial/0/0#2", "libero_spatial/0/1", "libero_spatial/0/2", "libero_spatial/1/0",
        "libero_spatial/1/1", "libero_spatial/1/2", "libero_spatial/0/5", "other/a%2Fb/0",
      ])
    #expect(
      results.compactMap { $0["outcome"]?.string } == [
        "succeeded", "missing", "failed", "succeeded", "errored", "succeeded", "succeeded",
        "failed",
      ])
    #expect(results[0]["attempt"] == 2)
    let failures = try rows("failure_evidence_index.jsonl")
    #expect(
      failures.compactMap { $0["label"]?.string } == [
        "missing_episode", "unlabelled", "simulator_error", "unlabelled",
      ])
    let replay = try rows("failure_replay_manifest.jsonl")
    #expect(
      replay.compactMap { $0["episode_key"]?.string } == [
        "libero_spatial/0/0", "libero_spatial/0/1", "libero_spatial/0/2", "libero_spatial/1/0",
        "libero_spatial/1/1", "libero_spatial/1/2",
      ])
  }

  @Test func `steps, texts and stated labels name a failure, and say by what`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.evaluationProtocol = try BuildingExample.protocolBytes {
      $0["episode_indexes"] = [[0, 3]]
    }
    request.run.tasks = ["FFFS", "FFES"].enumerated().map { number, letters in
      SavedTask(
        suite: "libero_spatial", taskID: String(number), name: nil, outcomes: Array(letters.utf8))
    }
    request.raw.media = [[], []]
    request.run.tasks[0].steps = [280, 100, nil, 7]
    request.run.tasks[1].failures = [
      0: "reached the time limit", 1: "safety_stop", 2: "odd_reason_of_ours",
    ]
    _ = try writeCollectedPackage(request, files: FileSystem())
    let failures = try rows("failure_evidence_index.jsonl")
    let found = failures.map {
      ($0["label"]?.string ?? "") + " " + ($0["label_source"]?.string ?? "") + " "
        + ($0["source_label"]?.string ?? "-")
    }
    #expect(
      found == [
        "timeout_without_success rule:steps_equal_horizon -",
        "early_termination rule:steps_below_horizon -", "unlabelled rule:none -",
        "timeout_without_success rule:error_class -",
        "safety_stop source:failure_reason safety_stop",
        "unlabelled rule:none odd_reason_of_ours",
      ])
    #expect(failures[5]["terms"]?.array?.contains("of") == false)
    #expect(failures[5]["terms"]?.array?.contains("bowl") == true)
  }

  @Test func `a failure's terms are its own words`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.run.tasks[1].failures[1] = "Gripper stuck at /opt/x/y: torque limit Überlast (3 N)"
    _ = try writeCollectedPackage(request, files: FileSystem())
    let failures = try rows("failure_evidence_index.jsonl")
    #expect(
      failures[1]["terms"] == [
        "black", "bowl", "gripper", "limit", "pick", "ramekin", "stuck", "torque", "überlast",
      ])
  }

  @Test func `one file that two episodes name is one row with both keys`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.raw.media[0][1] = request.raw.media[0][0]
    request.raw.media[0][2].reference.sha256 = nil
    request.raw.media[0][2].state = .missing
    _ = try writeCollectedPackage(request, files: FileSystem())
    let manifest = try JSONValue.parse(
      Fixtures.read(folder.path + "/package/raw_evidence_manifest.json"))
    let references = try #require(manifest["references"]?.array)
    #expect(references.count == 5)
    #expect(references[0]["sha256"] == .null)
    #expect(references[0]["state"] == "missing")
    let shared = references.first { $0["episode_keys"]?.array?.count == 2 }
    #expect(shared?["episode_keys"] == ["libero_spatial/0/0", "libero_spatial/0/1"])
    let results = try rows("episode_results.jsonl")
    #expect(results[0]["raw"] == results[1]["raw"])
    #expect(results[2]["raw"] == [])
  }

  @Test func `many rows are the same as few, on two threads`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    var letters = [UInt8](repeating: 0x53, count: 30_000)
    for place in stride(from: 0, to: letters.count, by: 7) { letters[place] = 0x46 }
    var task = SavedTask(suite: "libero_spatial", taskID: "0", name: nil, outcomes: letters)
    task.steps = letters.indices.map { $0 % 300 }
    request.run.tasks[0] = task
    request.raw.media[0] = []
    request.evaluationProtocol = try BuildingExample.protocolBytes {
      $0["episode_indexes"] = [[0, 29_999]]
    }
    let written = try writeCollectedPackage(request, files: FileSystem())
    let results = try rows("episode_results.jsonl")
    #expect(results.count == 60_000)
    let allInPlace = results.prefix(30_000).enumerated().allSatisfy { place, row in
      row["episode_index"]?.int == Int64(place) && row["steps"]?.int == Int64(place % 300)
        && row["outcome"] == (place % 7 == 0 ? "failed" : "succeeded")
    }
    #expect(allInPlace)
    for entry in written.members {
      let bytes = try Fixtures.read(folder.path + "/package/" + entry.name)
      #expect(entry.size == bytes.count)
      #expect(entry.digest == Digest.text(of: bytes), "\(entry.name)")
    }
  }

  @Test func `every header states the number of lines after it`() throws {
    _ = try writeCollectedPackage(
      BuildingExample.request(output: folder.path + "/package"), files: FileSystem())
    for name in MemberName.allCases where name.rawValue.hasSuffix(".jsonl") {
      let bytes = try Fixtures.read(folder.path + "/package/" + name.rawValue)
      let lines = bytes.split(separator: 10)
      let header = try JSONValue.parse(Array(lines[0]))
      #expect(header["rows"]?.int == Int64(lines.count - 1))
      #expect(bytes.last == 10)
    }
  }

  @Test func `a run without any success is audited`() throws {
    var request = BuildingExample.request(output: folder.path + "/package")
    request.run.tasks[0].outcomes = Array("FFF".utf8)
    request.run.tasks[1].outcomes = Array("FEF".utf8)
    let written = try writeCollectedPackage(request, files: FileSystem())
    #expect(written.counts.succeeded == 0)
    #expect(try rows("failure_evidence_index.jsonl").count == 6)
  }

  /// The rows after the header, of a package in which the independent checks find nothing.
  private func rows(_ member: String) throws -> [JSONValue] {
    let package = try readPackageFolder(folder.path + "/package", files: FileSystem())
    #expect(checkPackage(package, scope: .full).map { "\($0)" } == [])
    let bytes = try Fixtures.read(folder.path + "/package/" + member)
    return try bytes.split(separator: 10).dropFirst().map { try JSONValue.parse(Array($0)) }
  }
}
