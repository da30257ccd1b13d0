import Evidence
import JSON
import Platform
import Sharing
import TestSupport
import Testing

/// SHARING §6 at the gate: each private datum is planted, and is refused or not shown.
///
/// Where it is refused, the refusal does not repeat it.
struct CanaryTests {
  enum Member: Sendable { case claim, plan, provenance, input, manifest }

  struct Plant: Sendable, CustomTestStringConvertible {
    let row: Int
    let member: Member
    let path: [String]
    let value: JSONValue
    let testDescription: String

    init(_ row: Int, _ member: Member, _ path: String, _ value: JSONValue) {
      (self.row, self.member, self.value) = (row, member, value)
      self.path = path.split(separator: ".").map(String.init)
      testDescription = "\(row) in \(member) \(path)"
    }
  }

  private static let token = "wfx_" + String(repeating: "c4N9ry", count: 5)
  private static let signedURL =
    "https://bucket.s3.example.com/CANARY-6?X-Amz-Signature=" + String(repeating: "0a1b", count: 16)

  static let plants: [Plant] = [
    Plant(1, .input, "log", "CANARY-1 Traceback (most recent call last)"),
    Plant(1, .provenance, "parameters.stderr", ["CANARY-1"]),
    Plant(
      2, .manifest, "artifacts",
      [
        [
          "display_name": "CANARY-2.mp4", "type": "video", "size_bucket": "empty",
          "state": "hashed",
        ]
      ]),
    Plant(3, .claim, "subject.checkpoint_uri", "/data/CANARY-3/last.ckpt"),
    Plant(3, .claim, "subject.id", "~/models/CANARY-3"),
    Plant(4, .claim, "provider_response", "{\"choices\": \"CANARY-4\"}"),
    Plant(4, .plan, "frozen.note", "CANARY-4"),
    Plant(5, .claim, "capability", "robot manipulation in /home/canary5/eval"),
    Plant(5, .claim, "claim_text", "It works on canary-5.internal."),
    Plant(5, .claim, "applicability.simulator", "MuJoCo of canary5@workstation"),
    Plant(5, .claim, "applicability.benchmark", "C:\\Users\\canary5\\bench"),
    Plant(5, .claim, "applicability.camera_distribution", "camera at 10.77.5.5"),
    Plant(6, .claim, "baseline.source_uri", .string(signedURL)),
    Plant(6, .claim, "baseline.source_uri", "https://canary:pass6word@example.com/x"),
    Plant(6, .claim, "subject.checkpoint_uri", "https://example.com/m?token=CANARY-6"),
    Plant(9, .provenance, "run_ref", "CANARY-9-run-2026"),
    Plant(10, .provenance, "recipe", "CANARY-10 finetune.yaml"),
    Plant(11, .input, "tasks_folder", "CANARY-11/videos"),
    Plant(13, .claim, "capability", .string("with " + token)),
    Plant(17, .provenance, "salt", "00112233445566778899aabbccddeeff"),
  ]

  @Test(arguments: plants) func `what is private is refused and not repeated`(
    _ plant: Plant
  ) throws {
    func change(_ member: Member) -> (inout JSONValue) -> Void {
      { value in if plant.member == member { value.set(plant.path, plant.value) } }
    }
    let refusal: String
    do {
      let made = try MadePackage(
        claim: change(.claim), plan: change(.plan), provenance: change(.provenance),
        input: change(.input), manifest: change(.manifest))
      let error = try #require(made.package.refusal(), "the gate lets it through")
      #expect(
        error.code == .notPublicSafe || error.code == .fieldUnknown
          || error.code == .secretInPublicField || error.code == .verificationFailed, "\(error)")
      refusal = "\(error) \(error.place ?? "") \(error.message) \(error.hint ?? "")"
    } catch let error as EvidenceError {
      // The schema of a member did not even let the package be made.
      refusal = "\(error)"
    }
    for marker in ["CANARY", "canary", "10.77.5.5", Self.token, "aabbccdd", "last.ckpt"] {
      #expect(!refusal.contains(marker), "\(refusal)")
    }
  }

  @Test func `a made package without a marker passes, so that the refusals mean something`() throws
  {
    let made = try MadePackage()
    #expect(made.package.refusal() == nil)
  }

  @Test func `the name of a file of somebody's in the manifest is refused`() throws {
    let made = try MadePackage(manifest: { manifest in
      var rows = manifest["members"]?.array ?? []
      rows.append([
        "name": "videos/CANARY-11/eval_0.mp4", "size": 5, "media_type": "video/mp4",
        "digest": .string("sha256:" + String(repeating: "1", count: 64)), "privacy": "private",
        "salted": false,
      ])
      manifest.set(["members"], .array(rows))
    })
    let error = try #require(made.package.refusal())
    #expect(error.code == .memberNotAllowed)
    #expect(error.place == "artifact_manifest.json /members/10/name")
  }

  @Test func `a local model has no name`() throws {
    let made = try MadePackage(claim: { claim in
      claim.set(["subject", "type"], "local_model")
      claim.set(["subject", "id"], "CANARY-3-name")
      claim.set(["subject", "checkpoint_uri"], "local:redacted")
    })
    let record = try approval([
      "package": [
        "package_id": .string(try made.package.check().packageID),
        "manifest_digest": .string(try made.package.check().manifestDigest),
      ]
    ])
    let dto = shareDTO(
      try made.package.check(approval: record), approval: record,
      share: ShareRow(
        state: .active, expiresAt: record.expiresAt, passwordProtected: false,
        packageBytes: .withheld), now: SharedPackage.now)
    #expect(dto["claim"]?["subject_id"]?.string == "local model")
    #expect(!String(decoding: try CanonicalJSON.bytes(dto), as: UTF8.self).contains("CANARY"))
  }

  @Test func `a public address of the baseline or the subject may stand`() throws {
    for (path, address) in [
      (["baseline", "source_uri"], "https://papers.example.net/baseline/2026"),
      (["subject", "checkpoint_uri"], "https://models.lab-example.io/vla/v1"),
    ] {
      let made = try MadePackage(claim: { $0.set(path, .string(address)) })
      #expect(made.package.refusal() == nil, "\(address)")
    }
    for address in ["https://node7.internal/x", "https://10.0.0.7/x", "https://host/x"] {
      let made = try? MadePackage(claim: { $0.set(["baseline", "source_uri"], .string(address)) })
      let error = made?.package.refusal()
      #expect(made == nil || error?.place == "claim.json /baseline/source_uri", "\(address)")
    }
  }

  @Test func `nothing of the record but its labels is shown`() throws {
    let markers = ["CANARY-16-purpose", "apr_0ZD78HCHMDW0G2V9FADXXJGTK6", "given", "SHA256:CANARY"]
    let record = try approval(["purpose": "CANARY-16-purpose"])
    let share = try SharedPackage().check()
    let dto = String(
      decoding: try CanonicalJSON.bytes(
        shareDTO(
          share, approval: record,
          share: ShareRow(
            state: .active, expiresAt: record.expiresAt, passwordProtected: true,
            packageBytes: .served), now: SharedPackage.now)), as: UTF8.self)
    for marker in markers + ["hmac-sha256", "run_ref", "package_id", "approval_id", "purpose"] {
      #expect(!dto.contains(marker), "\(marker)")
    }
    #expect(!share.json.contains("hmac-sha256"))
  }

  @Test func `a contract without the customer's consent is not published`() throws {
    let contract: JSONValue = [
      "task_manifest": [
        "ref": "manifest", "digest": .string("sha256:" + String(repeating: "2", count: 64)),
      ],
      "customer_consent": "not_given",
    ]
    let made = try? MadePackage(plan: { $0.set(["custom_eval_contract"], contract) })
    // Either the schema wants more of a contract, or the gate wants the consent; never a pass.
    if let made { #expect(made.package.refusal() != nil) }
  }
}
