/// The full name of a ref, valid by git's rules; or `HEAD`.
///
/// git-check-ref-format(1): parts between slashes are not empty, do not begin with a dot nor end
/// with `.lock`; no `..`, `@{`, control character, space, `~ ^ : ? * [ \`; no dot at the end.
public struct RefName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let text: String

  /// Nil for a name that git would refuse, or one outside `refs/`.
  public init?(_ text: String) {
    guard text == "HEAD" || text.hasPrefix("refs/"), Self.isValid(Array(text.utf8)) else {
      return nil
    }
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

  public static func < (a: Self, b: Self) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  private static func isValid(_ name: [UInt8]) -> Bool {
    guard name.count <= 1024, String(validating: name, as: UTF8.self) != nil, name.last != 46 else {
      return false
    }
    let forbidden: [UInt8] = [32, 127] + Array("~^:?*[\\".utf8)
    if name.contains(where: { $0 < 32 || forbidden.contains($0) }) { return false }
    for (a, b) in zip(name, name.dropFirst()) {
      if a == 46 && b == 46 || a == 64 && b == 123 { return false }
    }
    return name.split(separator: 47, omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.first != 46 && part.count <= 255
        && !String(decoding: part, as: UTF8.self).hasSuffix(".lock")
    }
  }
}
