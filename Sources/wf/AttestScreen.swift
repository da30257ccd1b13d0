import Attestation
import Evidence
import History
import JSON
import Platform
import Terminal

/// What `wf attest` says of a file that it wrote.
struct AttestScreen {
  /// What the file is: an envelope, a bundle, or the bare statement.
  enum Form {
    case signed(fingerprint: String)
    /// By whom a bundle is signed, in words.
    case bundle(signer: String)
    case statement
  }

  /// As the user named it.
  let version: String
  let target: String
  let bytes: [UInt8]
  let predicate: PackagePredicate
  let request: AttestationRequest
  /// Our own statement, as it is in a bundle where there is one.
  let evidence: EvidenceStatement
  let form: Form

  func show(on console: Console) {
    if console.json { return console.result(jsonLine(.object(json))) }
    console.result("Wrote \(what) \(version): \(target)")
    for line in said { console.result("  " + line) }
    switch form {
    case .signed(let fingerprint): console.result("  signed    \(fingerprint)")
    case .bundle(let signer): console.result("  \(signer)")
    case .statement: break
    }
    for remark in remarks { console.remark(remark) }
  }

  private var what: String {
    let kind = predicate == .evidencePackage ? "" : predicate.rawValue + " "
    return switch form {
    case .signed: "a signed \(kind)statement about"
    case .bundle: predicate == .evidencePackage ? "the bundle about" : "a \(kind)bundle about"
    case .statement: "the \(kind)statement about"
    }
  }

  private var said: [String] {
    let members = "artifact_manifest.json and \(evidence.subjects.count - 1) members"
    switch request.foreign {
    case nil:
      return [
        "subjects  " + members, "says      \(evidence.verdict), grade \(evidence.grade)",
      ]
    case .testResult(let found, _):
      return [
        "subjects  " + members,
        "says      \(found.result.rawValue): \(evidence.verdict), grade \(evidence.grade)",
        "tests     "
          + [
            Self.counted("passed", found.passed, isNamed: false),
            Self.counted("warned", found.warned), Self.counted("failed", found.failed),
          ].joined(separator: ", "),
      ]
    case .model(let manifest):
      return [
        "files     artifact_manifest.json and \(manifest.resources.count - 1) more",
        "says      root digest sha256:\(manifest.rootDigest)",
      ]
    }
  }

  private static func counted(_ word: String, _ names: [String], isNamed: Bool = true) -> String {
    "\(names.count) \(word)"
      + (isNamed && !names.isEmpty ? " (\(names.joined(separator: " ")))" : "")
  }

  private var remarks: [String] {
    if predicate == .evidencePackage { return [] }
    var remarks = ["wf verify does not count this file: it is for other programs."]
    if predicate == .modelSigning, case .signed = form {
      remarks.append(
        "model_signing itself takes no Ed25519 key: sign what --statement-only writes with an EC key,"
          + " or give --fulcio and --rekor.")
    }
    return remarks
  }

  private var json: JSONObject {
    var object: JSONObject = [
      "schema": "wf.attest/1", "predicate": .string(predicate.rawValue),
      "output": .string(target), "digest": .string(Digest.text(of: bytes)),
      "claim": .string(evidence.claim), "commit": evidence.commit.map { .string($0) } ?? .null,
      "created": .string(UTCTime(seconds: evidence.created).rfc3339),
      "grade": .string(evidence.grade), "verdict": .string(evidence.verdict),
    ]
    var names = evidence.subjects.map { $0.name.map { JSONValue.string($0) } ?? .null }
    switch request.foreign {
    case nil: break
    case .testResult(let found, _): object["result"] = .string(found.result.rawValue)
    case .model(let manifest):
      names = manifest.resources.map { .string($0.name) }
      object["root_digest"] = .string("sha256:" + manifest.rootDigest)
    }
    object["subjects"] = .array(names)
    object["signed_by"] = .null
    if case .signed(let fingerprint) = form { object["signed_by"] = .string(fingerprint) }
    return object
  }
}
