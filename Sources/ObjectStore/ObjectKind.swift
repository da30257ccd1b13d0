/// What an object is.
public enum ObjectKind: String, Sendable, CaseIterable {
  case blob, tree, commit, tag

  /// gitformat-pack(5), "Object types".
  var packType: UInt8 {
    switch self {
    case .commit: 1
    case .tree: 2
    case .blob: 3
    case .tag: 4
    }
  }

  init?(packType: UInt8) {
    switch packType {
    case 1: self = .commit
    case 2: self = .tree
    case 3: self = .blob
    case 4: self = .tag
    default: return nil
    }
  }
}

/// An object's kind and body (without the header that is hashed in front of it).
public struct RawObject: Sendable, Equatable {
  public let kind: ObjectKind
  public let bytes: [UInt8]

  public init(kind: ObjectKind, bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }
}
