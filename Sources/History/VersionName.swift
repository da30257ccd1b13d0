import Platform

/// How a person names a version (CLI.md, "Naming a version"), parsed but not looked up yet.
public enum VersionName: Sendable, Equatable {
  /// `SLUG`: the tip of a claim.
  case tip(slug: String)
  /// `SLUG@vN`: the N-th package version, from 1.
  case number(slug: String, Int)
  /// `SLUG~N`: N commits before the tip.
  case back(slug: String, Int)
  /// `SLUG@registration`.
  case registration(slug: String)
  /// `SLUG@LABEL`: a tag.
  case label(slug: String, String)
  /// 8 to 64 lower-case hex digits of a commit id.
  case commit(prefix: String)
  /// A package folder, tar or other file.
  case path(String)

  /// Reads a name; a text with a slash or a leading dot, or that is something on disk, is a path.
  ///
  /// A slug of hex digits only reads as a slug when `slugExists` says that there is such a claim.
  public init(
    _ text: String, slugExists: (String) -> Bool, pathExists: (String) -> Bool
  ) throws(HistoryError) {
    if text.contains("/") || text.hasPrefix(".") {
      self = .path(text)
    } else if let name = try Self.slugName(text) {
      if case .tip(let slug) = name, !slugExists(slug) {
        if pathExists(text) {
          self = .path(text)
          return
        }
        if Self.isCommitPrefix(text) {
          self = .commit(prefix: text)
          return
        }
      }
      self = name
    } else if pathExists(text) {
      self = .path(text)
    } else {
      throw HistoryError(
        .versionNameInvalid, place: text,
        "this is no version name and no file of that name is here",
        hint: "wf claims lists the claims; SLUG, SLUG@vN, SLUG~N, SLUG@LABEL, a commit id or a path"
      )
    }
  }

  private static func isCommitPrefix(_ text: String) -> Bool {
    (8...64).contains(text.utf8.count) && text.utf8.allSatisfy { isHexDigit($0) }
  }

  private static func slugName(_ text: String) throws(HistoryError) -> VersionName? {
    if let at = text.firstIndex(of: "@") {
      let slug = String(text[..<at])
      let rest = String(text[text.index(after: at)...])
      guard isSlug(slug) else { return nil }
      if rest == "registration" { return .registration(slug: slug) }
      if rest.hasPrefix("v"), rest.dropFirst().utf8.allSatisfy({ isDigit($0) }), rest.count > 1 {
        guard let number = Int(rest.dropFirst()), number > 0 else { return nil }
        return .number(slug: slug, number)
      }
      guard Label.isValid(rest) else {
        throw HistoryError(.labelInvalid, place: text, Label.rule)
      }
      return .label(slug: slug, rest)
    }
    if let tilde = text.firstIndex(of: "~") {
      let slug = String(text[..<tilde])
      let digits = text[text.index(after: tilde)...]
      guard isSlug(slug), digits.utf8.allSatisfy({ isDigit($0) }), let back = Int(digits) else {
        return nil
      }
      return .back(slug: slug, back)
    }
    return isSlug(text) ? .tip(slug: text) : nil
  }
}

/// The label of a tag on a version, as a person gives it.
public enum Label {
  public static let rule =
    "a label has 1 to 64 of A-Z a-z 0-9 . _ -, begins with a letter or digit, has no '..', does not "
    + "end in '.' or '.lock', and is neither 'registration' nor 'v' with digits only"

  public static func isValid(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (1...64).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
      return false
    }
    guard bytes.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D }),
      isLetterOrDigit(first), last != 0x2E, !text.contains(".."), !text.hasSuffix(".lock"),
      text != "registration"
    else { return false }
    return !(first == 0x76 && bytes.count > 1 && bytes.dropFirst().allSatisfy { isDigit($0) })
  }
}

/// Whether a text is a slug of SCHEMAS §1.
public func isSlug(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  guard (1...80).contains(bytes.count), let first = bytes.first else { return false }
  let isWordByte = { (byte: UInt8) in isDigit(byte) || (0x61...0x7A).contains(byte) }
  return isWordByte(first) && bytes.allSatisfy { isWordByte($0) || $0 == 0x2D }
}

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x66).contains(byte) }
func isLetterOrDigit(_ byte: UInt8) -> Bool {
  isDigit(byte) || (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
}
