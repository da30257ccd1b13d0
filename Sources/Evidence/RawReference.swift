internal import JSON
internal import Platform

/// What a package says about one raw file: who refers to it and how it is recognised (SCHEMAS §9).
public struct RawReference: Sendable, Equatable {
  /// A copy that was made for sharing, known by its hash only.
  public struct Export: Sendable, Equatable {
    public var sha256: String
    public var size: Int
    public var redactions: Int
    public init(sha256: String, size: Int, redactions: Int) {
      self.sha256 = sha256
      self.size = size
      self.redactions = redactions
    }
  }

  public static let roles = [
    "source_results", "run_config", "rollout_video", "rollout_data", "log", "checkpoint", "dataset",
    "tracker_summary", "attestation", "contract", "other",
  ]

  public var role: String
  /// From magic bytes, not from the name.
  public var mediaType: String
  /// Bytes, or nil when unknown.
  public var size: Int?
  /// `sha256:…` of the raw content as it lay; nil = not hashed.
  public var sha256: String?
  /// Last path component after redaction.
  public var originalName: String
  public var nameRedacted: Bool
  /// `run:` and a relative path, or another scheme of the allowlist.
  public var uri: String
  /// Sorted by bytes; empty = the whole run.
  public var episodeKeys: [String]
  public var export: Export?

  public init(
    role: String, mediaType: String, size: Int?, sha256: String?, originalName: String,
    nameRedacted: Bool, uri: String, episodeKeys: [String], export: Export? = nil
  ) {
    self.role = role
    self.mediaType = mediaType
    self.size = size
    self.sha256 = sha256
    self.originalName = originalName
    self.nameRedacted = nameRedacted
    self.uri = uri
    self.episodeKeys = episodeKeys
    self.export = export
  }

  /// The bytes of the reference's blob: canonical JSON without `state`, and `\n`.
  public func blob() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(320)
    append(to: &bytes, state: nil)
    bytes.append(0x0A)
    return bytes
  }

  /// Where the blob lies: `raw/<2 hex>/<62 hex>`, below `raw/unhashed/` without a digest.
  public var path: String { path(blob: sha256 == nil ? blob() : []) }

  /// The same, for a caller that has the blob already.
  public func path(blob: [UInt8]) -> String {
    if let hex = sha256.flatMap({ Digest.hex(of: $0) }) { return "raw/" + Self.fanOut(hex) }
    return "raw/unhashed/" + Self.fanOut(Hex.encode(Digest.raw(of: blob)))
  }

  /// Appends the canonical object, as a row of the manifest when there is a state.
  func append(to bytes: inout [UInt8], state: RawState?) {
    bytes.append(text: "{\"episode_keys\":[")
    for (place, key) in episodeKeys.enumerated() {
      if place > 0 { bytes.append(0x2C) }
      CanonicalJSON.appendString(key, to: &bytes)
    }
    bytes.append(text: "],\"export\":")
    if let export {
      bytes.append(text: "{\"redactions\":")
      bytes.append(integer: export.redactions)
      bytes.append(text: ",\"sha256\":")
      CanonicalJSON.appendString(export.sha256, to: &bytes)
      bytes.append(text: ",\"size\":")
      bytes.append(integer: export.size)
      bytes.append(0x7D)
    } else {
      bytes.append(text: "null")
    }
    bytes.append(text: ",\"media_type\":")
    CanonicalJSON.appendString(mediaType, to: &bytes)
    bytes.append(text: nameRedacted ? ",\"name_redacted\":true" : ",\"name_redacted\":false")
    bytes.append(text: ",\"original_name\":")
    CanonicalJSON.appendString(originalName, to: &bytes)
    bytes.append(text: ",\"role\":")
    CanonicalJSON.appendString(role, to: &bytes)
    bytes.append(text: ",\"sha256\":")
    bytes.append(stringOrNull: sha256)
    bytes.append(text: ",\"size\":")
    bytes.append(integerOrNull: size)
    if let state {
      bytes.append(text: ",\"state\":\"")
      bytes.append(text: state.rawValue)
      bytes.append(0x22)
    }
    bytes.append(text: ",\"uri\":")
    CanonicalJSON.appendString(uri, to: &bytes)
    bytes.append(0x7D)
  }

  static func fanOut(_ hex: String) -> String { "\(hex.prefix(2))/\(hex.dropFirst(2))" }
}

/// How a raw file was found when the audit was made.
public enum RawState: String, Sendable, CaseIterable {
  case present
  /// Named by the source, not looked for.
  case referenced
  case missing, unreadable, changed
  case skippedLimit = "skipped_limit"
}

/// A reference with its state: a row of raw_evidence_manifest.json.
public struct LocatedReference: Sendable, Equatable {
  public var reference: RawReference
  public var state: RawState
  public init(reference: RawReference, state: RawState) {
    self.reference = reference
    self.state = state
  }

  /// The order of rows: digest (those without first), role, uri, each by bytes.
  public static func isOrdered(_ a: LocatedReference, before b: LocatedReference) -> Bool {
    let (left, right) = (a.reference, b.reference)
    if left.sha256 != right.sha256 {
      guard let one = left.sha256 else { return true }
      guard let other = right.sha256 else { return false }
      return precedes(one, other)
    }
    if left.role != right.role { return precedes(left.role, right.role) }
    return precedes(left.uri, right.uri)
  }
}

/// The raw evidence of a run: for every task and every one of its media references what was found.
public struct RawEvidence: Sendable, Equatable {
  /// `media[t][m]` belongs to `run.tasks[t].media[m]`.
  public var media: [[LocatedReference]]
  /// Files of the whole run beyond the inputs, for example logs and configurations.
  public var others: [LocatedReference]
  /// Redacted copies by the relative path of what they were made of, an input among them.
  public var exports: [String: RawReference.Export]
  public init(
    media: [[LocatedReference]], others: [LocatedReference] = [],
    exports: [String: RawReference.Export] = [:]
  ) {
    self.media = media
    self.others = others
    self.exports = exports
  }
}

/// Whether a text comes first by its UTF-8 bytes.
func precedes(_ a: String, _ b: String) -> Bool {
  a.precedes(b)
}
