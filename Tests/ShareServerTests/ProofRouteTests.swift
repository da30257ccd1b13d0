import JSON
import Platform
import Sharing
import Signing
import TestSupport
import Testing

/// Signed approvals and the files of a proof, through the real program.
struct ProofRouteTests {
  private let server: ServedFolder
  private static let proof = ["proof/commit", "proof/history", "proof/tree"]

  private static let sealed = Result { try TestPackage(SealedPackage(registered: true)) }

  init() throws { server = try ServedFolder(package: Self.sealed.get()) }

  private func share(_ artifact: String, _ approval: [String: JSONValue]) throws -> String {
    var changes: [String: JSONValue] = [
      "password_required": false, "include_commit_proof": true,
    ]
    for (name, value) in approval { changes[name] = value }
    return try server.share(artifact, approval: changes).token
  }

  private func names(ofArchive bytes: [UInt8]) throws -> [String] {
    let listed = try run(["tar", "-tf", "-"], input: bytes)
    return listed.out.split(separator: "\n").map(String.init).sorted()
  }

  @Test func `a proof goes up, and down where the approval says so`() throws {
    let artifact = try server.upload()
    let state = try server.wire.json("GET", "/api/artifacts/\(artifact)", key: server.key)
    let sent = (state.json["members"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(Set(sent) == Set(server.package.files.map(\.name)) && sent.count == 11)
    for bytes in ["served", "withheld"] {
      let unasked = try server.wire.json(
        "POST", "/api/shares", key: server.key,
        [
          "artifact_id": .string(artifact),
          "approval": .string(
            try TestPackage.approval([
              "include_commit_proof": false, "package_bytes": .string(bytes),
              "password_required": false,
            ])),
        ])
      #expect(unasked.status == 422 && unasked.reason == "proof_not_approved")
      let isShown = bytes == "served"
      let token = try share(artifact, ["package_bytes": .string(bytes)])
      for name in Self.proof {
        let answer = try server.wire("GET", "/r/\(token)/package/\(name)")
        #expect(answer.status == (isShown ? 200 : 404), "\(name) \(bytes)")
        if isShown {
          #expect(answer.body == server.package.bytes(name))
          #expect(answer.header("Content-Type") == "application/octet-stream")
          let last = name.split(separator: "/")[1]
          #expect(answer.header("Content-Disposition") == "attachment; filename=\"\(last)\"")
        }
      }
      #expect(
        try server.wire("GET", "/r/\(token)/package/claim.json").status
          == (isShown ? 200 : 404))
      let tar = try server.wire("GET", "/r/\(token)/package.tar")
      if isShown {
        #expect(
          try names(ofArchive: tar.body) == server.package.files.map(\.name).sorted())
      } else {
        #expect(tar.status == 404)
      }
      let page = try server.wire("GET", "/r/\(token)").text
      #expect(
        page.contains("data-proof=\"proof/commit proof/history proof/tree\""))
    }
    // Without a proof there is none to be shown, whatever was approved.
    let other = try ServedFolder(package: server.package.without { Self.proof.contains($0) })
    let token = try other.share(
      try other.upload(),
      approval: [
        "include_commit_proof": true, "package_bytes": "served", "password_required": false,
      ]
    ).token
    for name in Self.proof {
      #expect(try other.wire("GET", "/r/\(token)/package/\(name)").status == 404)
    }
    #expect(try other.wire("GET", "/r/\(token)").text.contains("data-proof=\"\""))
  }

  @Test func `a history that holds the registration is what the page's check goes by`() throws {
    func history(_ server: ServedFolder) throws -> String? {
      let token = try server.share(
        try server.upload(),
        approval: ["password_required": false, "include_commit_proof": true]
      ).token
      let dto = try server.wire("GET", "/api/public/shares/\(token)")
      let rows = dto.json["verification"]?["checks"]?.array ?? []
      return rows.first { $0["check"] == "history" }?["state"]?.string
    }
    #expect(try history(server) == "pass")
    let without = server.package.without { Self.proof.contains($0) }
    #expect(try history(ServedFolder(package: without)) == "skipped")
  }

  @Test func `a proof that does not fit is refused, whatever of it was changed`() throws {
    for name in Self.proof {
      let bad = server.package.changing(name) { bytes in
        bytes[bytes.count / 2] ^= 1
      }
      let other = try ServedFolder(package: bad)
      let artifact = try other.beginUpload().artifact
      for file in bad.files { #expect(try other.put(file.name, of: artifact).status == 204) }
      let refused = try other.commit(artifact)
      #expect(refused.status == 422, "\(name): \(refused.text)")
      #expect(refused.reason?.isEmpty == false)
    }
    for name in Self.proof {
      let part = try ServedFolder(package: server.package.without { $0 == name })
      let artifact = try part.beginUpload().artifact
      for file in part.package.files {
        #expect(try part.put(file.name, of: artifact).status == 204)
      }
      #expect(try part.commit(artifact).status == 422, "\(name)")
    }
  }

  @Test func `an approval that names a key is taken with that key's signature only`() throws {
    let artifact = try server.upload()
    let key = Signer(try SecretKey(seed: [UInt8](repeating: 7, count: 32).span))
    let stranger = Signer(try SecretKey(seed: [UInt8](repeating: 8, count: 32).span))
    let record = try TestPackage.approval([
      "approver_key": .string(key.publicKey.fingerprint), "password_required": false,
      "include_commit_proof": true,
    ])
    func signature(_ text: String, _ signer: Signer, _ namespace: String = "wf-approval") throws
      -> JSONValue
    {
      .string(
        try signArmoured(message: Array(text.utf8), namespace: namespace, key: signer))
    }
    func create(_ approval: JSONValue, _ signature: JSONValue?) throws -> WireAnswer {
      var body: JSONObject = ["artifact_id": .string(artifact), "approval": approval]
      body["approval_signature"] = signature
      return try server.wire.json("POST", "/api/shares", key: server.key, .object(body))
    }
    let text = JSONValue.string(record)
    for (signed, reason) in [
      (nil, "approval_unsigned"), (JSONValue.null, "approval_unsigned"),
      ("nothing", "approval_signature_invalid"),
      (try signature(record, stranger), "approval_signature_invalid"),
      (try signature(record, key, "git"), "approval_signature_invalid"),
      (try signature(record + " ", key), "approval_signature_invalid"),
    ] {
      let refused = try create(text, signed)
      #expect(refused.status == 422 && refused.reason == reason, "\(refused.text)")
    }
    #expect(try create(text, 7).status == 400)
    let good = try signature(record, key)
    let made = try create(text, good)
    #expect(made.status == 201, "\(made.text)")
    // As an object it is the same record: its canonical bytes are what was signed.
    let object = try JSONValue.parse(Array(record.utf8))
    #expect(try create(object, good).status == 201)
    #expect(try create(object, try signature(record, stranger)).status == 422)
    let token = try #require(made.json["token"]?.string)
    let page = try server.wire("GET", "/r/\(token)")
    #expect(page.status == 200 && !page.text.contains(key.publicKey.fingerprint))
  }
}
