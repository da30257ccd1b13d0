public import Platform

/// What is wrong with a store or could not be done with it.
///
/// Equality means code and place, so that a test can build the error it expects.
public struct ObjectError: Failure, Equatable {
  /// The machine words of this module; most are the list of SIGNING §10.
  public enum Code: String, CaseIterable, Sendable {
    case repositoryVersionUnsupported = "repository_version_unsupported"
    case repositoryExtensionUnknown = "repository_extension_unknown"
    case repositoryMalformed = "repository_malformed"
    case objectFormatUnsupported = "object_format_unsupported"
    case alternatesRefused = "alternates_refused"
    case historyShallow = "history_shallow"
    case graftFile = "graft_file"
    case replaceRef = "replace_ref"

    case refMalformed = "ref_malformed"
    case refLoop = "ref_loop"
    case refTargetMissing = "ref_target_missing"
    case refTargetNotCommit = "ref_target_not_commit"
    case packedRefsMalformed = "packed_refs_malformed"
    case refNameInvalid = "ref_name_invalid"
    case refConflict = "ref_conflict"
    case refMoved = "ref_moved"
    case refMissing = "ref_missing"

    case packMalformed = "pack_malformed"
    case packChecksumMismatch = "pack_checksum_mismatch"
    case idxMalformed = "idx_malformed"
    case idxOffsetOutOfRange = "idx_offset_out_of_range"
    case deltaBaseMissing = "delta_base_missing"
    case deltaLoop = "delta_loop"
    case deltaInvalid = "delta_invalid"

    case objectMissing = "object_missing"
    case objectTruncated = "object_truncated"
    case zlibInvalid = "zlib_invalid"
    case zlibTrailingBytes = "zlib_trailing_bytes"
    case objectSizeMismatch = "object_size_mismatch"
    case objectTooLarge = "object_too_large"
    case objectTypeUnknown = "object_type_unknown"
    case objectTypeMismatch = "object_type_mismatch"
    case objectHashMismatch = "object_hash_mismatch"
    case objectIDInvalid = "object_id_invalid"

    case treeMalformed = "tree_malformed"
    case treeUnsorted = "tree_unsorted"
    case treeDuplicateEntry = "tree_duplicate_entry"
    case treeNameForbidden = "tree_name_forbidden"
    case treeNameClash = "tree_name_clash"
    case treeModeForbidden = "tree_mode_forbidden"
    case treeTooDeep = "tree_too_deep"
    case commitMalformed = "commit_malformed"
    case signatureMultiple = "signature_multiple"
    case tagMalformed = "tag_malformed"
    case tagNameMismatch = "tag_name_mismatch"

    case bundleMalformed = "bundle_malformed"
    case bundleCapabilityUnknown = "bundle_capability_unknown"
    case bundlePrerequisiteMissing = "bundle_prerequisite_missing"

    case noStore = "no_store"
    case storeExists = "store_exists"
    case tipsMalformed = "tips_malformed"
    /// The system refused; `cause` says what and gives the reason word.
    case system = "system_refused"
  }

  public let code: Code
  public let place: String?
  public let message: String
  /// The object at fault, where it is known.
  public let object: ObjectID?
  public let cause: PlatformError?

  @inline(never)
  public init(_ code: Code, object: ObjectID? = nil, place: String? = nil, message: String) {
    self.code = code
    self.object = object
    self.place = place ?? object?.hex
    self.message = message
    cause = nil
  }

  /// What the system refused, with its own reason word.
  @inline(never)
  public init(_ cause: PlatformError) {
    code = .system
    object = nil
    place = cause.place
    message = cause.message
    self.cause = cause
  }

  public var reason: String { cause?.reason ?? code.rawValue }
  public var hint: String? {
    switch code {
    case .noStore: "run `wf init` to make a store here"
    case .refMoved: "run the command again"
    case .tipsMalformed:
      "compare with another copy of the store; then wf trust accept-history begins this memory anew"
    default: cause?.hint
    }
  }

  public var kind: FailureKind {
    switch code {
    case .system: cause?.kind ?? .inputOutput
    case .noStore: .noStore
    case .storeExists, .refConflict, .refMoved: .refused
    case .refNameInvalid, .objectIDInvalid, .objectTooLarge, .bundleMalformed,
      .bundleCapabilityUnknown:
      .invalidInput
    case .objectMissing, .refTargetMissing, .deltaBaseMissing, .refMissing,
      .bundlePrerequisiteMissing:
      .missing
    case .historyShallow, .graftFile, .replaceRef: .historyRewritten
    default: .bytesChanged
    }
  }

  public static func == (a: Self, b: Self) -> Bool { a.code == b.code && a.place == b.place }

  /// The same error at another place: a path says more than an id once it is known.
  func at(_ place: String, object: ObjectID? = nil) -> ObjectError {
    if code == .system { return self }
    return ObjectError(code, object: object ?? self.object, place: place, message: message)
  }
}

/// Runs a call into Platform and wraps what it throws.
func wrapping<R>(_ body: () throws(PlatformError) -> R) throws(ObjectError) -> R {
  do throws(PlatformError) { return try body() } catch { throw ObjectError(error) }
}
