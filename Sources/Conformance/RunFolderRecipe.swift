internal import Glibc
internal import JSON
internal import Platform

/// Makes run folders from `folders.json`: what a version control cannot hold (links, pipes, clashing
/// names, texts that look like tokens) is there as data, tokens in parts.
public struct RunFolderRecipe {
  private let files = FileSystem()
  private let tokens: [(name: String, value: String)]
  private let recipe: JSONValue
  private let source: String

  /// - Parameter folder: holds `folders.json` and `cases.json`.
  public init(_ folder: String) throws {
    source = folder
    recipe = try JSONValue.parse(try files.read(Path.join(folder, "folders.json")))
    tokens = (recipe["tokens"]?.object?.members ?? []).map { name, parts in
      (name, (parts.array ?? []).compactMap(\.string).joined())
    }
  }

  /// Whether a folder holds a recipe.
  public static func isThere(_ folder: String) -> Bool {
    FileSystem().exists(Path.join(folder, "folders.json"))
  }

  /// Makes all folders and `cases.json` below `target`.
  public func make(in target: String) throws {
    for (name, entries) in recipe["folders"]?.object?.members ?? [] {
      let folder = Path.join(target, name)
      try files.makeDirectories(folder)
      for entry in entries.array ?? [] { try make(entry, in: folder) }
    }
    for entry in recipe["beside"]?.array ?? [] { try make(entry, in: target) }
    let cases = String(
      decoding: try files.read(Path.join(source, "cases.json")), as: UTF8.self)
    // Names of tokens stand in strings of the table, where a token could need escapes.
    try write(Array(filled(cases, escaped: true).utf8), to: Path.join(target, "cases.json"))
  }

  private func make(_ entry: JSONValue, in folder: String) throws {
    guard let name = entry["path"]?.string else { throw Malformed() }
    if let count = entry["count"]?.int {
      for number in 0..<Int(count) {
        let digits = String(number)
        let padded = String(repeating: "0", count: 3 - digits.count) + digits
        let path = name.split(separator: "%03d", omittingEmptySubsequences: false)
          .joined(separator: padded)
        try write(bytes(entry), to: Path.join(folder, path))
      }
      return
    }
    let path = Path.join(folder, name)
    try files.makeDirectories(Path.parent(path))
    if let target = entry["link"]?.string {
      guard unsafe symlink(target, path) == 0 else { throw Malformed() }
    } else if entry["fifo"]?.bool == true {
      guard unsafe mkfifo(path, 0o600) == 0 else { throw Malformed() }
    } else {
      try write(bytes(entry), to: path)
      if let mode = entry["mode"]?.int { try files.changeMode(path, to: UInt32(mode)) }
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    try files.makeDirectories(Path.parent(path))
    try files.write(bytes, to: path)
  }

  /// `text` with names of tokens filled in, or `hex`, a run of zeros, and `tail`.
  private func bytes(_ entry: JSONValue) throws -> [UInt8] {
    if let text = entry["text"]?.string { return Array(filled(text, escaped: false).utf8) }
    guard let hex = entry["hex"]?.string, let head = Hex.decode(hex),
      let tail = Hex.decode(entry["tail"]?.string ?? "")
    else { throw Malformed() }
    return head + [UInt8](repeating: 0, count: Int(entry["zeros"]?.int ?? 0)) + tail
  }

  private func filled(_ text: String, escaped: Bool) -> String {
    var result = ""
    for (place, piece) in text.split(separator: "${", omittingEmptySubsequences: false).enumerated()
    {
      guard place > 0, let end = piece.firstIndex(of: "}"),
        let token = tokens.first(where: { $0.name == piece[..<end] })
      else {
        result += (place > 0 ? "${" : "") + piece
        continue
      }
      let value = token.value
      result += escaped ? value.split(separator: "\n").joined(separator: "\\n") : value
      result += piece[piece.index(after: end)...]
    }
    return result
  }

  /// The recipe does not say what it must.
  public struct Malformed: Error {}
}
