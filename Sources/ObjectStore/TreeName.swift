/// Which names may stand in a tree.
///
/// Stricter than git's fsck: a package is unpacked on any system, so what one of them could take
/// for another name, or for git's own folder, is refused.
enum TreeName {
  /// Why a name is forbidden; nil where it is fine.
  static func objection(to name: [UInt8]) -> String? {
    if isPlain(name) { return nil }
    if name.isEmpty { return "a name is empty" }
    if name == [46] || name == [46, 46] { return "a name is . or .." }
    if name.count > 255 { return "a name is longer than 255 bytes" }
    if name.contains(47) || name.contains(92) { return "a name has a slash or backslash" }
    guard let text = String(validating: name, as: UTF8.self) else { return "a name is not UTF-8" }
    if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
      return "a name has a control character"
    }
    if isGitFolder(text) { return "a name can be taken for .git" }
    return nil
  }

  /// Letters, digits, `_` and `-`, and dots inside: nearly every name of ours.
  private static func isPlain(_ name: [UInt8]) -> Bool {
    guard (1...255).contains(name.count), name[0] != 46 else { return false }
    return name.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45 || $0 == 46
        || (65...90).contains($0)
    }
  }

  /// `.git` as HFS+ (code points it ignores, case) and NTFS (`git~1`, dots, spaces and streams at
  /// the end) read it; git's utf8.c and path.c know the same two lists.
  private static func isGitFolder(_ text: String) -> Bool {
    let kept = text.unicodeScalars.filter { !isIgnoredByHFS($0.value) }
    var name = String(String.UnicodeScalarView(kept)).lowercased()
    if let colon = name.firstIndex(of: ":") { name = String(name[..<colon]) }
    while name.last == "." || name.last == " " { name.removeLast() }
    return name == ".git" || name == "git~1"
  }

  private static func isIgnoredByHFS(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
    default: false
    }
  }
}
