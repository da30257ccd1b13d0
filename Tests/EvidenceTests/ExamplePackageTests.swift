import Evidence
import JSON
import Platform
import TestSupport
import Testing

@Suite struct ExamplePackageTests {
  @Test func `the worked example passes every check`() throws {
    let findings = checkPackage(
      ExamplePackage.members, scope: .full, raw: .blobs(try ExamplePackage.rawBlobs()))
    #expect(findings == [])
  }

  @Test func `the seven public members pass the checks of a public subset`() {
    var members = ExamplePackage.members
    for name in MemberName.allCases where !name.isPublic { members.set(name.rawValue, to: nil) }
    #expect(checkPackage(members, scope: .publicSubset) == [])
    #expect(checkPackage(members, scope: .full).filter { $0.code == .memberMissing }.count == 4)
  }

  @Test func `a public subset with a private member in it is refused`() {
    var members = ExamplePackage.members
    members.set(MemberName.failureReplayManifest.rawValue, to: nil)
    let extra = checkPackage(members, scope: .publicSubset).filter { $0.check == .shape }
    #expect(
      extra.map(\.member).sorted() == [
        "episode_results.jsonl", "failure_evidence_index.jsonl", "raw_evidence_manifest.json",
      ])
    #expect(extra.allSatisfy { $0.code == .memberExtra })
  }

  @Test(arguments: MemberName.allCases)
  func `each of the eleven members is missed by name`(_ name: MemberName) {
    var members = ExamplePackage.members
    members.set(name.rawValue, to: nil)
    let findings = checkPackage(members, scope: .full)
    #expect(
      findings.contains {
        $0.check == .shape && $0.code == .memberMissing && $0.member == name.rawValue
      })
  }

  @Test func `package id, failure keys and salt of the example are derived again`() throws {
    let digests = [MemberName.claim, .evaluationProtocol, .auditInput].map {
      Digest.text(of: ExamplePackage.bytes($0))
    }
    let id = DerivedID.text(prefix: "pkg", parts: digests)
    #expect(id == "pkg_26CK8653DPXCVNBV3Y6ZQBYP9S")
    #expect(
      DerivedID.text(prefix: "flr", parts: [id, "libero_spatial/0/2"])
        == "flr_2NB71E7W9MVHH24RNJJ1SB8M4D")
    #expect(
      DerivedID.text(prefix: "flr", parts: [id, "libero_spatial/1/1"])
        == "flr_3Q20F7J8RXEKYZKGJ97FA79QG8")
    let salt = Salt(
      secret: ExamplePackage.secret, auditInput: ExamplePackage.bytes(.auditInput))
    #expect(salt.hex == "988abca3769153a533a8e3e68185ef4e")
    #expect(Salt(secret: ExamplePackage.secret, auditInputDigest: digests[2]) == salt)
    #expect(
      salt.runReference(clientRunID: "run-2026-11-21-a")
        == "hmac-sha256:0a9e9c9687882092e292f9122f379249")
    let source = Array(
      "{\"note\":\"stands for the bytes of the bridge file that was read\"}\n".utf8)
    #expect(
      salt.keyedDigest(role: "source_results", digest: Digest.text(of: source))
        == "hmac-sha256:8949470cda44b91a0cb9ae4672a551a3")
    #expect(salt.runReference(clientRunID: nil) == nil)
  }

  @Test func `audit_input.json is written again byte for byte`() throws {
    let bytes = ExamplePackage.bytes(.auditInput)
    let input = try AuditInput.decode(bytes)
    #expect(try input.memberBytes() == bytes)
    #expect(try memberBytes(input.encoded(), of: .auditInput) == bytes)
    #expect(input.counts.planned == 6)
    #expect(input.tasks.map(\.episodes.outcomes) == [Array("SSF".utf8), Array("SES".utf8)])
    try input.checkCounts()
  }

  @Test func `claim and protocol are read as they were written`() throws {
    let claim = try Claim.decode(ExamplePackage.bytes(.claim), spelling: .canonical)
    let plan = try EvaluationProtocol.decode(
      ExamplePackage.bytes(.evaluationProtocol), spelling: .canonical)
    #expect(claim.metric?.threshold == "0.8")
    #expect(claim.subject.checkpointURI == "hf://example-org/example-vla")
    #expect(claim.applicability.cameraDistribution == "default fixed cameras")
    #expect(plan.frozen.episodeIndexes == [0...2])
    #expect(
      plan.frozen.seeds
        == .list([.integer(1000), .integer(1001), .integer(1002)], sameForEveryTask: true))
    #expect(plan.frozen.denominators.policy == "errors_as_failures")
    #expect(plan.frozen.tasks.map(\.taskID) == ["0", "1"])
    #expect(try plan.effectiveMetric(claim) == claim.metric)
  }

  @Test func `raw manifest and reference blobs are written again byte for byte`() throws {
    let manifest = try ExamplePackage().rawManifest()
    #expect(manifest.encoded() == ExamplePackage.bytes(.rawEvidenceManifest))
    let blobs = Dictionary(uniqueKeysWithValues: manifest.blobs().map { ($0.path, $0.bytes) })
    #expect(blobs == (try ExamplePackage.rawBlobs()))
    for row in manifest.references { #expect(blobs[row.reference.path] == row.reference.blob()) }
  }

  @Test func `artifact groups and manifest are written again byte for byte`() throws {
    let manifest = try ExamplePackage().rawManifest()
    let entries = MemberName.allCases.filter { $0 != .artifactManifest }.map {
      let bytes = ExamplePackage.bytes($0)
      return ManifestEntry($0, size: bytes.count, digest: Digest.text(of: bytes))
    }
    let bytes = try artifactManifest(
      packageID: manifest.packageID, members: entries.reversed(),
      artifacts: ArtifactGroup.groups(of: manifest.references), complete: true)
    #expect(bytes == ExamplePackage.bytes(.artifactManifest))
  }

  @Test func `audit_provenance.json is written again byte for byte`() throws {
    let example = try ExamplePackage()
    let manifest = try example.rawManifest()
    func digest(_ name: MemberName) -> String { Digest.text(of: ExamplePackage.bytes(name)) }
    let source = manifest.references.first { $0.reference.role == "source_results" }?.reference
    var redactions = RedactionCounts()
    redactions.path = 1
    let provenance = AuditProvenance(
      packageID: manifest.packageID, toolVersion: "0.1.0", adapterName: "worldflux",
      adapterVersion: "1",
      digests: .init(
        claim: digest(.claim), protocolMember: digest(.evaluationProtocol),
        protocolFreeze: example[.evaluationProtocol, "/freeze_digest"]?.string ?? "",
        auditInput: digest(.auditInput), evidence: digest(.evidence),
        evidenceText: digest(.evidenceText)),
      inputs: [
        InputFile(
          role: "source_results", mediaType: "application/json", size: source?.size ?? 0,
          digest: source?.sha256 ?? "", relativePath: "episodes.jsonl")
      ],
      clientRunID: "run-2026-11-21-a",
      parameters: [
        ("strict_missing_evidence", .bool(false)), ("raw_hashed", .bool(true)),
        ("exit_verdict", .bool(false)),
      ],
      redactions: redactions, identity: .declared, attestation: nil, isImported: true)
    #expect(
      try provenance.encoded(salt: manifest.salt) == ExamplePackage.bytes(.auditProvenance))
  }

  @Test func `the rows of the JSONL members are written again byte for byte`() throws {
    let example = try ExamplePackage()
    let salt = Salt(secret: ExamplePackage.secret, auditInput: ExamplePackage.bytes(.auditInput))
    let id = example[.evidence, "/package_id"]?.string ?? ""
    for name in MemberName.allCases where name.isLines {
      let lines = example.values[name]?.array ?? []
      var bytes: [UInt8] = []
      RowWriter.appendHeader(
        member: name, salt: salt, packageID: id,
        auditInputDigest: Digest.text(of: ExamplePackage.bytes(.auditInput)),
        rows: lines.count - 1, to: &bytes)
      for line in lines.dropFirst() { line.appendRow(of: name, packageID: id, to: &bytes) }
      #expect(bytes == ExamplePackage.bytes(name), "\(name.rawValue)")
    }
  }
}

extension ExamplePackage {
  /// Member 8 as the writer's value.
  func rawManifest() throws -> RawManifest {
    let rows = (self[.rawEvidenceManifest, "/references"]?.array ?? []).map { row in
      LocatedReference(
        reference: RawReference(
          role: row["role"]?.string ?? "", mediaType: row["media_type"]?.string ?? "",
          size: row["size"]?.int.map { Int($0) }, sha256: row["sha256"]?.string,
          originalName: row["original_name"]?.string ?? "",
          nameRedacted: row["name_redacted"]?.bool ?? false, uri: row["uri"]?.string ?? "",
          episodeKeys: (row["episode_keys"]?.array ?? []).compactMap(\.string)),
        state: RawState(rawValue: row["state"]?.string ?? "") ?? .missing)
    }
    let run = self[.rawEvidenceManifest, "/source_run"] ?? nil
    return RawManifest(
      salt: try #require(Salt(hex: self[.rawEvidenceManifest, "/salt"]?.string ?? "")),
      packageID: self[.rawEvidenceManifest, "/package_id"]?.string ?? "",
      sourceRun: SourceRun(
        clientRunID: run["client_run_id"]?.string, recipe: run["recipe"]?.string,
        runtime: run["runtime"]?.string),
      references: rows.reversed())
  }
}

extension JSONValue {
  private func texts(_ key: String) -> [String] { (self[key]?.array ?? []).compactMap(\.string) }
  private func number(_ key: String) -> Int? { self[key]?.int.map { Int($0) } }
  private func lexeme(_ key: String) -> Lexeme { self[key]?.string.map { .text($0) } ?? .none }
  private var seed: Seed? { self["seed"]?.int.map { .integer($0) } }

  /// Writes a parsed row with the row writers.
  func appendRow(of name: MemberName, packageID: String, to bytes: inout [UInt8]) {
    let task = RowTask(
      suite: self["suite"]?.string ?? "", taskID: self["task_id"]?.string ?? "",
      instruction: self["instruction"]?.string)
    let outcome = Outcome(rawValue: self["outcome"]?.string ?? "") ?? .missing
    switch name {
    case .episodeResults:
      var row = EpisodeRow(index: number("episode_index") ?? -1, outcome: outcome)
      row.attempt = number("attempt") ?? -1
      row.seed = seed
      row.steps = number("steps")
      row.sumReward = lexeme("sum_reward")
      row.maxReward = lexeme("max_reward")
      row.duration = lexeme("duration_s")
      row.raw = texts("raw")
      if let error = self["error"], !error.isNull {
        row.error = .init(
          class: error["class"]?.string ?? "", message: error["message"]?.string ?? "",
          redactions: error.number("redactions") ?? 0)
      }
      RowWriter.append(row, of: task, to: &bytes)
    case .failureEvidenceIndex:
      var row = FailureRow(
        episodeKey: self["episode_key"]?.string ?? "", outcome: outcome,
        label: self["label"]?.string ?? "", labelSource: self["label_source"]?.string ?? "")
      row.axes = (self["axes"]?.object?.members ?? []).map { ($0.key, $0.value.string ?? "") }
      row.seed = seed
      row.steps = number("steps")
      row.terms = texts("terms")
      row.raw = texts("raw")
      RowWriter.append(row, packageID: packageID, to: &bytes)
    default:
      let row = ReplayRow(
        index: number("episode_index") ?? -1, seed: seed, horizonSteps: number("horizon_steps"),
        hashes: .init())
      RowWriter.append(row, of: task, to: &bytes)
    }
  }
}
