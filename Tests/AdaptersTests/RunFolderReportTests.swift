import Conformance
import Evidence
import JSON
import Platform
import TestSupport
import Testing

@testable import Adapters

struct RunFolderReportTests {
  // Put together here, so that no scanner takes this file for a leak.
  private static let body = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY2zA4bC6d"
  private static let canaries = [
    "hf_" + body, "ghp_" + body, "AKIA" + "IOSFODNN7ABCDEFG", "sk-" + body, "wfx_" + body,
    "hunter22x", "canary-person", "canaryhost", "203.0.113.9", "canary.person@lab.example.org",
    "swordfish-1", "opensesame-2",
  ]

  /// A folder with a canary in every place that an import reads or shows.
  private func everyPlace() throws -> MadeRunFolder {
    let c = Self.canaries
    let made = try MadeRunFolder()
    try made.put("logs/\(c[0]).txt", "x")
    try made.put("logs/dir \(c[1])/a.log", "from 203.0.113.9 as \(c[9]) in /home/canary-person/x")
    try made.put("escaped.json", #"{"text": "line\n\#(c[2])", "\#(c[3])": 1}"#)
    try made.put("config.yaml", "policy: /home/canary-person/\(c[0])\nmodel: canaryhost.internal\n")
    try made.put(".hydra/overrides.yaml", "- token=\(c[4])\n- path=/home/canary-person/x\n")
    try made.put(".env", "DB_PASSWORD=\(c[10])\n")
    try made.put(".netrc", "machine x.example.org login me password \(c[11])\n")
    try made.put(".git/config", "url = https://me:hunter22x@git.example.org/x\n")
    try made.put("table.csv", "a,\(c[9]),/home/canary-person/t\n")
    try made.put(
      "wandb/run-20261101_120000-canaryid/files/wandb-summary.json",
      #"{"success /home/canary-person": 1, "success \#(c[0])": 2}"#)
    try made.put("tb/events.out.tfevents.1700000000.canaryhost.12.0", "x")
    try made.put("notebook.ipynb", #"{"nbformat": 4, "cells": [{"source": ["\n\#(c[1])"]}]}"#)
    try made.put("weights.bin", [0, 1, 2] + Array(c[3].utf8) + [0])
    try made.put("ds/meta/info.json", #"{"codebase_version": "v2.1 \#(c[0])"}"#)
    try made.put("canary-person.jsonl", episodeLines(sixRows()))
    try made.put("bad.jsonl", episodeLines(sixRows()) + "{\"\(c[0])\": }\n")
    try made.link("link", to: "/home/canary-person/\(c[1])")
    try made.put("key.pem", "-----BEGIN EC " + "PRIVATE KEY-----\n\(c[0])\n")
    return made
  }

  @Test func `no canary stands in anything that is written`() throws {
    let result = try everyPlace().look { $0.hashesRaw = true }
    #expect(result.decision.kind == .reject)
    let text = try written(result)
    for canary in Self.canaries { #expect(!text.contains(canary), "\(canary.prefix(4))…") }
    let kinds = Dictionary(
      uniqueKeysWithValues: result.report.secretsByKind.map { ($0.kind, $0.count) })
    #expect(kinds["hf_token"] == 5)
    #expect(kinds["private_key"] == 1)
    #expect(kinds["aws_access_key_id"] == 1)
    // In the notebook, and in the name of a folder.
    #expect(kinds["github_token"] == 2)
    #expect(kinds["openai_key"] == 2)
    #expect(
      kinds["env_assignment"] == 1 && kinds["netrc_password"] == 1 && kinds["url_userinfo"] == 1)
  }

  @Test func `equal values have equal digests under one key and others under another`() throws {
    let made = try MadeRunFolder(["a.txt": Self.canaries[0], "b.txt": "\n" + Self.canaries[0]])
    func digests(_ key: UInt8) throws -> [String] {
      var surroundings = MadeRunFolder.surroundings()
      surroundings.reportKey = [UInt8](repeating: key, count: 32)
      let result = try importRunFolder(
        made.path, claim: nil, plan: nil, options: RunFolderOptions(), surroundings: surroundings,
        files: FileSystem())
      return (result.report.json["secrets"]?["findings"]?.array ?? []).compactMap {
        $0["hmac"]?.string
      }
    }
    let one = try digests(1)
    #expect(one.count == 2 && one[0] == one[1])
    #expect(try digests(2)[0] != one[0])
    #expect(!one[0].contains(Digest.text(of: Array(Self.canaries[0].utf8)).suffix(20)))
  }

  @Test func `the same folder gives the same bytes, wherever and in whatever order it lies`() throws
  {
    let texts = [
      "a/one.jsonl": episodeLines(sixRows()), "a-b.txt": "x", "a/z.txt": "y",
      "B/q.yaml": "model: m\n",
      "b/tfevents.txt": "", "b/x.csv": "h\n",
    ]
    var seen = Set<String>()
    for order in [texts.keys.sorted(), texts.keys.sorted().reversed()] {
      let made = try MadeRunFolder()
      for name in order { try made.put(name, texts[name] ?? "") }
      seen.insert(try written(try made.look()))
    }
    #expect(seen.count == 1)
  }

  @Test func `the words fit a terminal and begin with the decision`() throws {
    let folder = TemporaryFolder()
    try RunFolderRecipe(Fixtures.path("run-folders")).make(in: folder.path)
    let claim = try FixtureClaim.frozen.claim()
    let plan = try FixtureClaim.frozen.plan()
    for entry in try FileSystem().list(folder.path) where entry.kind == .directory {
      let result = try importRunFolder(
        folder.path + "/" + (entry.name ?? ""), claim: claim, plan: plan,
        options: RunFolderOptions(), surroundings: MadeRunFolder.surroundings(),
        files: FileSystem())
      let lines = result.report.lines
      #expect(lines.count <= 60, "\(entry.name ?? "")")
      for line in lines where line.split(separator: " ").allSatisfy({ $0.count < 60 }) {
        #expect(line.unicodeScalars.count <= 80, "\(line)")
      }
      let start =
        switch result.decision.kind {
        case .accept: "ACCEPTED: "
        case .reportOnly: "REPORT ONLY: "
        case .reject: "REJECTED: "
        }
      #expect(lines[0].hasPrefix(start))
      for reason in result.decision.reasons {
        #expect(lines.prefix(12).joined(separator: " ").contains("(\(reason.rawValue))"))
      }
    }
  }

  @Test func `a list that is too long says how much is left out`() throws {
    let made = try MadeRunFolder()
    for number in 0..<10_050 { try made.put("p/\(number).fifo.yaml", "policy: x\n") }
    let notes = try made.look(claim: nil).report.json["notes"]?.array ?? []
    #expect(notes.count == 10_001)
    #expect(notes.last?["truncated"]?.int == 50)
  }
}
