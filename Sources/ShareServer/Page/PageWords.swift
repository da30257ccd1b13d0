internal import Audit

/// Plain sentences for the words of a share; those of a package are in `Wording`.
enum PageWords {
  /// `2026-11-24 12:00 UTC`; of another spelling than `2026-11-24T12:00:00Z` the text itself.
  static func moment(_ time: String?) -> String {
    guard let time else { return "a time that is not known" }
    guard time.utf8.count == 20, time.hasSuffix("Z") else { return time }
    return "\(time.prefix(10)) \(time.dropFirst(11).prefix(5)) UTC"
  }

  /// A sentence as part of another: first letter small, no full stop.
  static func lowered(_ sentence: String) -> String {
    let text = sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  static func note(_ word: String) -> String { notes[word] ?? Wording.plain(word) + "." }
  static func check(_ word: String) -> String { checks[word] ?? "" }
  static func audience(_ word: String) -> String { audiences[word] ?? Wording.plain(word) }
  static func span(_ word: String) -> String { spans[word] ?? Wording.plain(word) }
  static func size(_ word: String) -> String { sizes[word] ?? Wording.plain(word) }
  static func artifactState(_ word: String) -> String { artifactStates[word] ?? "Unknown." }

  static func statement(_ word: String) -> String {
    word == "not_a_deployment_decision"
      ? "What the evaluation looked like. It is not a decision about deployment."
      : Wording.plain(word) + "."
  }

  static func retention(_ word: String, days: Int64?) -> String {
    switch word {
    case "delete_on_expiry": "deleted when the link expires or is withdrawn"
    case "keep_days":
      "deleted \(days.map { "\($0) days" } ?? "some days") after the link expires or is withdrawn"
    case "keep_until_revoked": "until the share is withdrawn"
    default: Wording.plain(word)
    }
  }

  private static let notes = [
    "packaged_imported_output":
      "What you see is packaged, imported output: saved results that were brought in and sealed.",
    "tamper_evident_when_signed":
      "It is tamper-evident: a changed byte breaks the signature. That does not make it true.",
    "limited_to_recorded_protocol":
      "It is limited to the recorded protocol and says nothing about anything outside of it.",
  ]

  private static let checks = [
    "signature": "A key or identity that this server was told to trust signed these bytes.",
    "shape": "The seven files that may be shared are there, and no others.",
    "manifest": "Each file has the size and SHA-256 that artifact_manifest.json lists.",
    "schema": "Each file has exactly the fields of its version.",
    "cross": "Ids, digests and counts agree between the files.",
    "recompute": "Result and report follow from the counts: they were computed again.",
    "history": "Claim and protocol were registered before the run.",
    "raw": "The raw files still have the recorded digests.",
    "graph": "The files belong to the signed commit.",
    "log": "The version is in a log that others can watch.",
    "attestation": "The signed statement names exactly these files.",
  ]

  private static let audiences = [
    "single_reviewer": "a single reviewer", "named_group": "a named group",
    "customer": "a customer", "internal": "people of the organisation",
    "public_link": "anybody who has the link",
  ]

  private static let spans = [
    "under_1_day": "in under a day", "1_to_7_days": "in 1 to 7 days",
    "7_to_30_days": "in 7 to 30 days", "over_30_days": "in over 30 days",
  ]

  private static let sizes = [
    "empty": "empty", "under_1_kib": "under 1 KiB", "1_kib_to_1_mib": "1 KiB to 1 MiB",
    "1_to_10_mib": "1 to 10 MiB", "10_to_100_mib": "10 to 100 MiB",
    "100_mib_to_1_gib": "100 MiB to 1 GiB", "1_to_10_gib": "1 to 10 GiB",
    "over_10_gib": "over 10 GiB", "unknown": "not known",
  ]

  private static let artifactStates = [
    "hashed": "Its digest is in the private part of the package.",
    "referenced": "It is named without a digest.",
    "missing": "It was not there when the package was made.",
    "changed": "It was no longer the same when the package was made.",
  ]
}
