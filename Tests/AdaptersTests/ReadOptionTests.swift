import Adapters
import Evidence
import Platform
import TestSupport
import Testing

/// Every option that only some sources can use, for every format: used, or refused with a word.
struct ReadOptionTests {
  private static let digests = ["a", "b"].map { "sha256:" + String(repeating: $0, count: 64) }

  struct Row: Sendable, CustomTestStringConvertible {
    var word: String
    var file: String
    /// The reason word of a start seed; nil where it is used.
    var seedStart: String?
    var recordsModel = false
    var testDescription: String { word + " " + file }
  }

  static let rows = [
    Row(word: "lerobot", file: "good/pusht-10-v0.4.json", seedStart: nil),
    Row(word: "lerobot", file: "good/ci95-pr4628.json", seedStart: nil),
    Row(word: "lerobot", file: "good/no-seed-7-v0.3.json", seedStart: nil),
    Row(word: "lerobot", file: "good/pusht-10-v0.3.json", seedStart: "option_not_used"),
    Row(word: "openpi", file: "good/libero-goal-3x4.log", seedStart: "option_not_used"),
    Row(
      word: "openpi", file: "good/droid/eval_09:02AM_July_04_2026.csv",
      seedStart: "option_not_used"),
    Row(
      word: "lbm_eval", file: "good/results-2026-03-02T09:15:30.250-05:00.json",
      seedStart: "option_not_used"),
    Row(
      word: "vla-eval", file: "good/LIBEROBenchmark_libero_goal_aggregate.json",
      seedStart: "option_not_used", recordsModel: true),
    Row(word: "vla-eval", file: "good/v1-flat-success.json", seedStart: "option_not_used"),
    Row(word: "gr00t-n1.7", file: "good/libero-10.log", seedStart: "option_not_used"),
    Row(
      word: "pi-0.7", file: "good/episodes.jsonl", seedStart: "option_not_used",
      recordsModel: true),
    Row(
      word: "embodied-gov-bench", file: "good/episodes.jsonl", seedStart: "option_not_used",
      recordsModel: true),
    Row(
      word: "cosmos-predict", file: "good/episodes.jsonl", seedStart: "option_not_used",
      recordsModel: true),
    Row(
      word: "worldflux", file: "good/episodes.jsonl", seedStart: "option_not_used",
      recordsModel: true),
  ]

  private func outcome(_ row: Row, _ options: ReadOptions) -> (SavedRun?, AdapterError?) {
    do throws(AdapterError) {
      return (
        try read(Fixtures.path("formats/\(row.word)/\(row.file)"), as: row.word, options: options),
        nil
      )
    } catch {
      return (nil, error)
    }
  }

  @Test(arguments: rows)
  func `a start seed gives seeds or is refused`(row: Row) throws {
    let (run, error) = outcome(row, ReadOptions(seedStart: 5))
    #expect(error?.reason == row.seedStart)
    if let error { #expect(error.kind == .usage && error.place == "--seed-start") }
    if let run {
      #expect(run.seedLabel == .derived)
      #expect(run.tasks.allSatisfy { $0.seeds?.first == .some(.some(.integer(5))) })
    }
    let manual = try #require(Formats.named(row.word)).manual
    if row.seedStart == nil { #expect(manual.takesSeedStart) }
  }

  @Test(arguments: rows)
  func `a model and a digest are taken where none is recorded, and never overrule`(row: Row) throws
  {
    let (plain, _) = outcome(row, ReadOptions())
    let recorded = try #require(plain).model
    #expect((recorded.id != nil) == row.recordsModel)
    let (named, refusal) = outcome(row, ReadOptions(modelID: "other/model"))
    if row.recordsModel {
      #expect(refusal?.reason == "option_contradicts_source" && refusal?.place == "--model-id")
      let (same, _) = outcome(row, ReadOptions(modelID: recorded.id))
      #expect(same?.model == recorded)
    } else {
      #expect(named?.model.id == "other/model" && named?.model.identity == .declared)
    }
    let (digested, _) = outcome(row, ReadOptions(checkpointDigest: Self.digests[0]))
    #expect(digested?.model.checkpointDigest == Self.digests[0])
    #expect(recorded.checkpointDigest == nil)
  }

  @Test func `a digest of a bridge file is not overruled`() throws {
    let text = BridgeSchemaTests.Base.worldflux.text
      .replacing("\"digest\":null}", with: "\"digest\":\"\(Self.digests[0])\"}", maxReplacements: 1)
    #expect(try read(text: text, as: "worldflux").model.checkpointDigest == Self.digests[0])
    let folder = TemporaryFolder()
    try write(Array(text.utf8), to: folder.path + "/a.jsonl")
    for (digest, reason) in zip(Self.digests, [nil, "option_contradicts_source"]) {
      do throws(AdapterError) {
        let run = try read(
          folder.path + "/a.jsonl", as: "worldflux", options: ReadOptions(checkpointDigest: digest))
        #expect(reason == nil && run.model.checkpointDigest == digest)
      } catch {
        #expect(error.reason == reason)
      }
    }
  }
}
