import Archives
import JSON
import Platform
import TestSupport
import Testing

@testable import ShareServer

struct UploadTests {
  private struct Begun {
    let test: TestService
    let artifact: String
    let run: String

    init() async throws {
      test = try await TestService()
      let made = try await test.json("POST", "/api/sync/runs", ["client_run_id": "r"])
      run = try #require(made.json["cloud_run_id"]?.string)
      let begun = try await test.json(
        "POST", "/api/sync/runs/\(run)/artifacts", test.package.announcement)
      artifact = try #require(begun.json["artifact_id"]?.string)
    }

    func put(_ name: String, _ bytes: [UInt8], _ more: [String: String] = [:]) async -> (
      Int, String
    ) {
      var headers = [
        "authorization": "Bearer \(test.key)", "content-digest": contentDigest(bytes),
      ]
      for (name, value) in more { headers[name] = value.isEmpty ? nil : value }
      return await answer(
        await test.call(
          "PUT", "/api/artifacts/\(artifact)/members/\(name)", headers: headers, body: bytes))
    }

    func putTar(_ bytes: [UInt8]) async -> (Int, String) {
      await answer(
        await test.call(
          "PUT", "/api/artifacts/\(artifact)/package.tar",
          headers: ["authorization": "Bearer \(test.key)"], body: bytes))
    }

    private func answer(
      _ answer: (status: Int, body: [UInt8], response: ServerResponse)
    ) async -> (Int, String) {
      let value = try? JSONValue.parse(answer.body)
      return (answer.status, value?["error"]?["reason"]?.string ?? "")
    }

    /// What lies in the folder of uploads.
    func arrived() throws -> [String] {
      try FileSystem().listIfPresent(test.folder.path + "/data/incoming/" + artifact)
        .compactMap(\.name)
    }
  }

  @Test func `bytes that are not those announced are thrown away`() async throws {
    let begun = try await Begun()
    let claim = begun.test.package.bytes("claim.json")
    var changed = claim
    changed[10] ^= 1
    #expect(await begun.put("claim.json", changed) == (422, "digest_mismatch"))
    // The header says what was announced, the bytes are others.
    #expect(
      await begun.put("claim.json", changed, ["content-digest": contentDigest(claim)])
        == (422, "digest_mismatch"))
    #expect(await begun.put("claim.json", claim + [10]) == (422, "digest_mismatch"))
    #expect(
      await begun.put("claim.json", claim, ["content-digest": ""]) == (400, "request_malformed"))
    #expect(
      await begun.put("claim.json", claim, ["content-digest": "md5=:AAAA:"])
        == (400, "request_malformed"))
    #expect(
      await begun.put("claim.json", claim, ["content-encoding": "gzip"]) == (415, "archive_type"))
    for name in ["raw_evidence_manifest.json", "Claim.json", "claim.json%20", "x/claim.json"] {
      #expect(await begun.put(name, claim) == (422, "member_not_allowed"), "\(name)")
    }
    #expect(
      await begun.put("signature.sigstore.json", claim) == (422, "member_not_allowed"))
    #expect(try begun.arrived() == [])
    #expect(await begun.put("claim.json", claim) == (204, ""))
    #expect(await begun.put("claim.json", claim) == (204, ""))
    #expect(try begun.arrived() == ["claim.json"])
  }

  @Test func `an upload goes on where it was left, and is verified once`() async throws {
    let begun = try await Begun()
    let test = begun.test
    for file in test.package.files.prefix(3) {
      #expect(await begun.put(file.name, file.bytes) == (204, ""))
    }
    let early = try await test.json(
      "POST", "/api/artifacts/\(begun.artifact)/commit", test.package.signing)
    #expect(early.status == 409)
    #expect(early.json["error"]?["reason"]?.string == "member_missing")
    let again = try await test.json(
      "POST", "/api/sync/runs/\(begun.run)/artifacts", test.package.announcement)
    #expect(again.json["artifact_id"]?.string == begun.artifact)
    let missing = again.json["missing"]?.array?.compactMap(\.string) ?? []
    #expect(Set(missing) == Set(test.package.files.dropFirst(3).map(\.name)))
    for name in missing { #expect(await begun.put(name, test.package.bytes(name)) == (204, "")) }
    for _ in 0..<2 {
      let committed = try await test.json(
        "POST", "/api/artifacts/\(begun.artifact)/commit", test.package.signing)
      #expect(committed.json["display_id"]?.string == "WF-6ZQBYP9S", "\(committed.json)")
    }
    #expect(try begun.arrived() == [])
    #expect(
      await begun.put("claim.json", test.package.bytes("claim.json")) == (409, "state_conflict"))
  }

  @Test func `an upload that was thrown away is gone`() async throws {
    let begun = try await Begun()
    _ = await begun.put("claim.json", begun.test.package.bytes("claim.json"))
    let path = "/api/artifacts/\(begun.artifact)"
    #expect(try await begun.test.json("POST", path + "/abort").status == 204)
    #expect(try begun.arrived() == [])
    #expect(
      try await begun.test.json("POST", path + "/commit", begun.test.package.signing).status == 409)
  }

  @Test func `archives that are more or less than a plain ustar are refused`() async throws {
    let begun = try await Begun()
    let good = try begun.test.package.tar()
    let folder = TemporaryFolder()
    for file in begun.test.package.files {
      try FileSystem().write(file.bytes, to: folder.path + "/" + file.name)
    }
    func made(_ script: String) throws -> [UInt8] {
      let done = try run(["bash", "-c", script], in: folder.path)
      #expect(done.status == 0, "\(done.err)")
      return done.outBytes
    }
    let names = begun.test.package.files.map(\.name).joined(separator: " ")
    #expect(
      await begun.putTar(try made("tar -czf - --format ustar \(names)")) == (415, "archive_type"))
    #expect(await begun.putTar(Array("PK\u{3}\u{4}".utf8) + good) == (415, "archive_type"))
    #expect(await begun.putTar(Array("no archive".utf8)) == (415, "archive_type"))
    for (script, reason) in [
      ("ln -s claim.json link; tar -cf - --format ustar \(names) link", "archive_entry_type"),
      ("ln claim.json hard; tar -cf - --format ustar \(names) hard", "archive_entry_type"),
      ("mkdir d; tar -cf - --format ustar d \(names)", "archive_type"),
      ("tar -cf - --format gnu \(names)", "archive_type"),
      ("cp claim.json x; tar -cf - --format ustar \(names) x", "member_missing"),
      ("tar -cf - --format ustar claim.json", "member_missing"),
      ("tar -cf - --format ustar \(names) claim.json", "archive_entry_type"),
      (
        "tar -cf - --format ustar --transform 's,claim,../claim,' -P \(names)",
        "archive_name_forbidden"
      ),
    ] {
      #expect(await begun.putTar(try made(script)) == (422, reason), "\(script)")
    }
    let pax = await begun.putTar(
      try made("tar -cf - --format pax --pax-option comment=x \(names)"))
    #expect(pax.0 == 422 && pax.1.hasPrefix("archive_"))
    #expect(await begun.putTar(Array(good.dropLast(1000))) == (422, "archive_truncated"))
    #expect(await begun.putTar(good + [1]) == (422, "archive_trailing_data"))
    #expect(try begun.arrived().filter { $0.hasPrefix(".") } == [])
    #expect(await begun.putTar(good) == (204, ""))
    #expect(await begun.putTar(try made("tar -cf - --format ustar \(names)")) == (204, ""))
  }

  @Test func `what the gate refuses is not kept`() async throws {
    let begun = try await Begun()
    let test = begun.test
    #expect(await begun.putTar(try test.package.tar()) == (204, ""))
    // The server trusts another signer; the publisher's own word does not matter.
    try FileSystem().write(
      Array("{\"revoked\":[],\"schema\":\"wf.trusted_signers/1\",\"signers\":[]}\n".utf8),
      to: test.folder.path + "/data/trusted-signers.json")
    let path = "/api/artifacts/\(begun.artifact)/commit"
    let refused = try await test.json("POST", path, test.package.signing)
    #expect(refused.status == 422)
    #expect(refused.json["error"]?["reason"]?.string == "signer_not_listed")
    #expect(try test.objects == [])
    let none = try await test.json(
      "POST", path, ["signing": ["backend": "sigstore", "config": [:]]])
    #expect(none.json["error"]?["reason"]?.string == "unsigned")
    try FileSystem().write(
      test.package.signers, to: test.folder.path + "/data/trusted-signers.json")
    let own = try await test.json(
      "POST", path,
      [
        "signing": [
          "backend": "self-sign",
          "config": ["revoked": [], "schema": "wf.trusted_signers/1", "signers": []],
        ]
      ])
    #expect(own.json["error"]?["reason"]?.string == "signer_not_listed")
    #expect(try await test.json("POST", path, test.package.signing).status == 200)
  }

  @Test(arguments: [
    ("kind", "log", 400), ("manifest_digest", "sha256:00", 400), ("extra", "x", 400),
  ])
  func `an announcement says what it has to`(
    _ member: String, _ value: String, _ status: Int
  ) async throws {
    let begun = try await Begun()
    var body = try #require(begun.test.package.announcement.object)
    body[member] = .string(value)
    let answer = try await begun.test.json(
      "POST", "/api/sync/runs/\(begun.run)/artifacts", .object(body))
    #expect(answer.status == status)
  }

  @Test func `a nearly full disk takes no uploads, and reading goes on`() async throws {
    let test = try await TestService { $0.limits.freeDisk = 101 }
    let run = try await test.json("POST", "/api/sync/runs", ["client_run_id": "r"])
    let id = run.json["cloud_run_id"]?.string ?? ""
    let begun = try await test.json(
      "POST", "/api/sync/runs/\(id)/artifacts", test.package.announcement)
    #expect(begun.status == 507)
    #expect(try await test.json("GET", "/api/shares").status == 200)
  }
}
