internal import CGit2
import GitRemotes
import ObjectStore

extension SHA1ID {
  init(_ oid: git_oid) {
    // Safe: an oid of libgit2 1.5 is 20 bytes.
    let bytes = unsafe withUnsafeBytes(of: oid.id) { raw in unsafe Array(raw) }
    guard let id = SHA1ID(bytes: bytes) else { preconditionFailure("an oid has 20 bytes") }
    self = id
  }

  var oid: git_oid {
    var oid = git_oid()
    // Safe: both have 20 bytes.
    unsafe withUnsafeMutableBytes(of: &oid.id) { raw in unsafe raw.copyBytes(from: bytes) }
    return oid
  }
}

extension ObjectKind {
  init?(_ type: git_object_t) {
    switch type {
    case GIT_OBJECT_BLOB: self = .blob
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TAG: self = .tag
    default: return nil
    }
  }

  var type: git_object_t {
    switch self {
    case .blob: GIT_OBJECT_BLOB
    case .tree: GIT_OBJECT_TREE
    case .commit: GIT_OBJECT_COMMIT
    case .tag: GIT_OBJECT_TAG
    }
  }
}
