internal import Evidence
internal import JSON
internal import Platform

/// A package that has passed the gate, as far as it may ever be shown.
///
/// What the gate lets through is kept, and no bytes of members: a server stores it as JSON text.
public struct VerifiedShare: Sendable, Equatable {
  /// One check and what became of it; a failed one never gets here.
  public struct Check: Sendable, Equatable {
    public let check: String
    /// `pass` or `skipped`.
    public let state: String
  }

  static let schema = "wf.verified_share/1"
  static let state = "verified"
  /// The checks that the page names, in order.
  static let checkWords = [
    "signature", "shape", "manifest", "schema", "cross", "recompute", "history", "raw",
  ]

  public let packageID: String
  /// `SHA256:…` of the signer's key; nil for a Sigstore identity.
  public let fingerprint: String?
  /// The fields of `ShareFields.package`.
  let shown: JSONObject

  init(packageID: String, fingerprint: String?, shown: JSONObject) {
    self.packageID = packageID
    self.fingerprint = fingerprint
    self.shown = shown
  }

  public var displayID: String { shown["display_id"]?.string ?? "" }
  public var manifestDigest: String { verification?["manifest_digest"]?.string ?? "" }
  public var backend: Backend {
    verification?["backend"]?.string.flatMap(Backend.init(rawValue:)) ?? .selfSign
  }
  /// Label and fingerprint, or class and issuer; never a personal address.
  public var signer: String { verification?["signer"]?.string ?? "" }
  public var checks: [Check] {
    (verification?["checks"]?.array ?? []).compactMap { row in
      guard let check = row["check"]?.string, let state = row["state"]?.string else { return nil }
      return Check(check: check, state: state)
    }
  }
  /// `A`…`D`, lowered by what is left to verify.
  public var grade: String { shown["result"]?["grade"]?["letter"]?.string ?? "D" }
  public var verdict: String { shown["result"]?["verdict"]?.string ?? "" }
  /// Unix seconds.
  public var verifiedAt: Int64 {
    verification?["verified_at"]?.string.flatMap(UTCTime.init(rfc3339:))?.seconds ?? 0
  }
  /// Name, size in bytes and `sha256:…` of the seven members.
  public var members: [(name: SharedName, size: Int64, digest: String)] {
    (shown["members"]?.array ?? []).compactMap { row in
      guard let name = row["name"]?.string.flatMap(SharedName.init(rawValue:)),
        let size = row["size"]?.int, let digest = row["digest"]?.string
      else { return nil }
      return (name, size, digest)
    }
  }

  private var verification: JSONValue? { shown["verification"] }
}

extension VerifiedShare {
  /// Canonical JSON, for a database.
  public var json: String {
    let value: JSONValue = [
      "schema": .string(Self.schema), "package_id": .string(packageID),
      "fingerprint": fingerprint.map { .string($0) } ?? .null, "shown": .object(shown),
    ]
    // Texts, whole numbers and flags alone can always be written.
    return (try? CanonicalJSON.bytes(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// Reads what `json` wrote; it passes the allowlist once more, so that an edited row shows no more
  /// than a package could.
  ///
  /// Throws `verified_share_malformed`.
  public init(json: String) throws(SharingError) {
    guard let value = try? JSONValue.parse(Array(json.utf8)),
      value["schema"]?.string == Self.schema, let packageID = value["package_id"]?.string,
      let shown = value["shown"]
    else {
      throw SharingError(
        .verifiedShareMalformed, "the stored result of a verification cannot be read")
    }
    self.init(
      packageID: packageID, fingerprint: value["fingerprint"]?.string,
      shown: ShareFields.package.map(\.again).allowed(in: shown))
    guard !displayID.isEmpty, Digest.isValid(manifestDigest) else {
      throw SharingError(
        .verifiedShareMalformed, "the stored result of a verification lacks its package")
    }
  }
}
