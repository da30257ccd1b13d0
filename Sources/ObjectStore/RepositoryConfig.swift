/// What a store's `config` says about its format; the rest of the file is git's business.
struct RepositoryConfig: Equatable {
  /// `section.key` in lower case (a subsection kept as it is) and value, in order.
  let settings: [(key: String, value: String)]

  static func == (a: Self, b: Self) -> Bool {
    a.settings.elementsEqual(b.settings) { $0.key == $1.key && $0.value == $1.value }
  }

  subscript(_ key: String) -> String? { settings.last { $0.key == key }?.value }

  /// The config of a new store.
  static var fresh: String {
    """
    [core]
    \trepositoryformatversion = 1
    \tfilemode = true
    \tbare = true
    [extensions]
    \tobjectformat = sha256

    """
  }

  /// git-config(1), "Syntax": sections, `key = value`, comments, quotes, lines that go on.
  ///
  /// - Throws: `repository_malformed`.
  static func parse(_ bytes: [UInt8]) throws(ObjectError) -> RepositoryConfig {
    func malformed(_ line: Int) -> ObjectError {
      ObjectError(
        .repositoryMalformed, place: "config, line \(line)", message: "this line is no setting")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed(1) }
    var settings: [(key: String, value: String)] = []
    var section = ""
    var number = 0
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)[...]
    while var line = lines.popFirst() {
      number += 1
      while line.hasSuffix("\\"), let next = lines.popFirst() {
        line = line.dropLast() + next
        number += 1
      }
      line = trimmed(line)
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("[") {
        guard let end = line.firstIndex(of: "]") else { throw malformed(number) }
        section = sectionName(line[line.index(after: line.startIndex)..<end])
        line = trimmed(String(line[line.index(after: end)...]))
        if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = trimmed(String(parts[0])).lowercased()
      guard !section.isEmpty, let first = key.first, first.isLetter else { throw malformed(number) }
      settings.append(
        (section + "." + key, parts.count == 2 ? plainValue(String(parts[1])) : "true"))
    }
    return RepositoryConfig(settings: settings)
  }

  /// Refuses what this module does not know how to read.
  ///
  /// - Throws: `repository_version_unsupported` `repository_extension_unknown`
  ///   `object_format_unsupported`.
  func check() throws(ObjectError) {
    guard let text = self["core.repositoryformatversion"], let version = Int(text) else {
      throw ObjectError(
        .repositoryMalformed, place: "config", message: "there is no repositoryformatversion")
    }
    guard version == 0 || version == 1 else {
      throw ObjectError(
        .repositoryVersionUnsupported, place: "config",
        message: "the repository is of version \(version), this program reads 1")
    }
    for (key, _) in settings where key.hasPrefix("extensions.") && key != "extensions.objectformat"
    {
      throw ObjectError(
        .repositoryExtensionUnknown, place: "config",
        message: "the repository needs an extension this program does not know: \(key)")
    }
    let format = self["extensions.objectformat"] ?? "sha1"
    if version == 0 || format != "sha256" {
      throw ObjectError(
        .objectFormatUnsupported, place: "config",
        message: "the repository's objects are named by \(format), a store's by sha256")
    }
  }

  private static func sectionName(_ inner: Substring) -> String {
    let parts = inner.split(separator: " ", maxSplits: 1)
    guard let name = parts.first?.lowercased() else { return "" }
    if parts.count == 1 { return name }
    return name + "." + parts[1].filter { $0 != "\"" }
  }

  private static func plainValue(_ raw: String) -> String {
    var value = ""
    var isQuoted = false
    for character in trimmed(raw) {
      if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == "#" || character == ";" {
        break
      } else {
        value.append(character)
      }
    }
    return trimmed(value)
  }

  private static func trimmed(_ text: String) -> String {
    var slice = text[...]
    while let first = slice.first, first == " " || first == "\t" || first == "\r" {
      slice.removeFirst()
    }
    while let last = slice.last, last == " " || last == "\t" || last == "\r" { slice.removeLast() }
    return String(slice)
  }
}
