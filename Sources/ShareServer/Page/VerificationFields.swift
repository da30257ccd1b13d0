internal import Audit
internal import JSON
internal import Pages

/// Who signed, what this server checked, and the files that a browser can check again.
struct VerificationFields {
  let dto: JSONValue
  let token: String
  let files: SharedFiles

  var isServed: Bool { dto.text("share", "package_bytes") == "served" }

  var fields: [String: PageFields.Field] {
    let checks = dto.rows("verification", "checks")
    let verified = PageWords.moment(dto.text("verification", "verified_at"))
    return [
      "package_bytes": .text(isServed ? "served" : "withheld"), "is_served": .flag(isServed),
      "signature_file": .text(files.signature ?? Self.signatureFile(dto)),
      "proof": .text(files.proof.joined(separator: " ")),
      "public_key": .text(files.publicKey ?? ""),
      "verified_sentence": .text(
        "On \(verified) this server checked the signature and all bytes of the package, and "
          + "computed result and report again. A signature says who vouches for these bytes, not "
          + "that the claim is true."),
      "signer": .text(dto.text("verification", "signer") ?? "unknown"),
      "backend": .text(Self.backend(dto.text("verification", "backend") ?? "unknown")),
      "manifest": .text(dto.text("verification", "manifest_digest") ?? "unknown"),
      "checks_summary": .text(Self.summary(checks)), "checks": .rows(checks.map(Self.check)),
      "pick_label": .text(
        isServed
          ? "Or verify files that you have: choose all of them at once"
          : "Verify files that you were given: choose all of them at once"),
      "members_caption": .text(
        isServed
          ? "The files of the package, and what they hash to"
          : "The files of the package: not for download here, but these are their digests"),
      "members": .rows(dto.rows("members").map(member)),
      "tar": .text(isServed ? "/r/\(token)/package.tar" : nil),
    ]
  }

  static func signatureFile(_ dto: JSONValue) -> String {
    dto.text("verification", "backend") == "sigstore"
      ? "signature.sigstore.json" : "signature.dsse.json"
  }

  private static func backend(_ word: String) -> String {
    switch word {
    case "self-sign": "with an Ed25519 key that this server was told to trust (signature.dsse.json)"
    case "sigstore":
      "with a Sigstore identity that this server was told to trust (signature.sigstore.json)"
    default: Wording.plain(word)
    }
  }

  private static func summary(_ checks: [JSONValue]) -> String {
    func count(_ state: String) -> Int { checks.count { $0.text("state") == state } }
    let skipped = count("skipped")
    return "\(count("pass")) of \(Figures.amount(checks.count, "check", "checks")) passed"
      + (skipped > 0 ? ", \(skipped) not made" : "")
  }

  private static func check(_ row: JSONValue) -> PageFields {
    let word = row.text("check") ?? "other"
    let state = row.text("state") ?? "unknown"
    return PageFields([
      "check": .text(Wording.plain(word)), "sentence": .text(PageWords.check(word)),
      "state": .text(state == "pass" ? "passed" : state == "skipped" ? "not made" : state),
      "sign": .text(state == "pass" ? "✓" : state == "skipped" ? "–" : "✗"),
      "ink": .text(state == "pass" ? "good" : state == "skipped" ? "neutral" : "bad"),
    ])
  }

  private func member(_ row: JSONValue) -> PageFields {
    let name = row.text("name") ?? "?"
    let digest = row.text("digest") ?? ""
    return PageFields([
      "name": .text(name), "size": .text(row.count("size").map(Figures.grouped) ?? "–"),
      "hex": .text(digest.hasPrefix("sha256:") ? String(digest.dropFirst(7)) : digest),
      "link": .text(isServed ? "/r/\(token)/package/\(name)" : nil),
    ])
  }
}
