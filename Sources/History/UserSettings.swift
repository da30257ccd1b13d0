public import Platform
public import Signing

/// The user's `settings` file: lines `name = value`, `#` begins a comment line.
///
/// Known names: `author.name`, `author.email`, `server`. Unknown ones are kept and not used.
struct UserSettings: Sendable, Equatable {
  private(set) var values: [String: String] = [:]

  subscript(name: String) -> String? { values[name] }

  /// - Throws: `settings_malformed` with the line.
  init(parsing text: String, place: String) throws(HistoryError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let trimmed = Self.trim(line)
      if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
      guard let equals = trimmed.firstIndex(of: "=") else {
        throw HistoryError(
          .settingsMalformed, place: "\(place), line \(index + 1)", "a setting is NAME = VALUE")
      }
      let name = Self.trim(trimmed[..<equals])
      values[String(name)] = String(Self.trim(trimmed[trimmed.index(after: equals)...]))
    }
  }

  static func read(_ user: KeyFolder, files: FileSystem) throws -> UserSettings {
    let bytes = try files.readIfPresent(user.settingsPath, limit: 1 << 20) ?? []
    return try UserSettings(
      parsing: String(decoding: bytes, as: UTF8.self), place: user.settingsPath)
  }

  private static func trim(_ text: Substring) -> Substring {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
    return text
  }
}

/// One line of the user's `settings` file; nil where it has none of this name.
///
/// - Throws: `settings_malformed` with the line.
public func userSetting(
  _ name: String, of user: KeyFolder, files: FileSystem
) throws -> String? {
  try UserSettings.read(user, files: files)[name]
}
