internal import Platform

/// The full name of a ref, valid by git's rules; or `HEAD`.
///
/// git-check-ref-format(1): parts between slashes are not empty, do not begin with a dot nor end
/// with `.lock`; no `..`, `@{`, control character, space, `~ ^ : ? * [ \`; no dot at the end.
public struct RefName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  /// Nil for a name that git would refuse, or one outside `refs/`.
  public init?(_ text: String) {
    guard text == "HEAD" || text.hasPrefix("refs/"), Self.isValid(text.utf8) else {
      return nil
    }
    self.text = text
  }

  /// As above, from bytes; nil where they are no UTF-8, too.
  init?(bytes: ArraySlice<UInt8>) {
    guard bytes.starts(with: "refs/".utf8), Self.isValid(bytes),
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    self.text = text
  }

  private init(known text: String) { self.text = text }

  public static var head: RefName { RefName(known: "HEAD") }

  /// The history of the signers' keys (SIGNING §8).
  public static var keys: RefName { RefName(known: "refs/wf/keys") }

  /// The ref of a claim's history; nil where the slug cannot be in a ref.
  public static func claim(_ slug: String) -> RefName? { RefName("refs/heads/claims/" + slug) }

  /// The ref of a label; nil where one of the parts cannot be in a ref.
  public static func tag(_ slug: String, _ label: String) -> RefName? {
    RefName("refs/tags/\(slug)/\(label)")
  }

  /// What follows a prefix such as `refs/heads/claims/`.
  public func dropping(_ prefix: String) -> String? {
    text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
  }

  public var description: String { text }

  public static func < (a: Self, b: Self) -> Bool { a.text.precedes(b.text) }

  private static func isValid(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    guard name.count <= 1024, name.last != 46 else { return false }
    var before: UInt8 = 47
    var length = 0
    var tail: UInt64 = 0
    for byte in name {
      switch byte {
      case 0...32, 127, 42, 58, 63, 91, 92, 94, 126: return false  // also * : ? [ \ ^ ~
      case 46 where before == 46 || before == 47: return false
      case 47 where before == 47 || endsInLock(tail): return false
      case 123 where before == 64: return false
      default: break
      }
      length = byte == 47 ? 0 : length + 1
      if length > 255 { return false }
      before = byte
      tail = tail << 8 | UInt64(byte)
    }
    return before != 47 && !endsInLock(tail)
  }

  /// Whether the last five of these bytes are `.lock`.
  private static func endsInLock(_ tail: UInt64) -> Bool { tail & 0xFF_FFFF_FFFF == 0x2E_6C6F_636B }
}
