// Names of files and folders that say more than a text would: hosts and ids that tools put there.
extension Redactor {
  /// A private value as a whole, whatever it looks like.
  public mutating func hide(_ value: String, as kind: Kind) -> String { placeholder(kind, value) }

  /// A relative path without hosts in the names of event files, run ids of trackers and all else
  /// that a text must not hold.
  ///
  /// - Parameter isTracker: whether the file belongs to an experiment tracker.
  public mutating func redact(
    path: String, isTracker: Bool
  ) -> (text: String, counts: RedactionCounts) {
    var counts = RedactionCounts()
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      var name = String(part)
      if let host = Self.hostOfEventFile(part) {
        counts.count(.host)
        name = Self.replacing(host, in: part, by: placeholder(.host, String(host)))
      } else if isTracker, let id = Self.runID(part) {
        counts.count(.id)
        name = Self.replacing(id, in: part, by: placeholder(.id, String(id)))
      }
      return name
    }
    // What ends a name hides the end of an address or mail before it, so it is put aside.
    let (stem, ending) = Self.stemAndEnding(parts.joined(separator: "/"))
    let (text, others) = redact(stem)
    return (text + ending, counts + others)
  }

  /// A name before its extension, and the extension with its dot; only well-known ones count, since
  /// `ana@lab.example` has none.
  public static func stemAndEnding(_ name: String) -> (stem: String, ending: String) {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
      name[name.index(before: dot)] != "/"
    else { return (name, "") }
    let ending = name[name.index(after: dot)...]
    guard knownEndings.contains(ending.lowercased()) else { return (name, "") }
    return (String(name[..<dot]), String(name[dot...]))
  }

  private static let knownEndings: Set<String> = [
    "mp4", "mov", "webm", "mkv", "avi", "gif", "png", "jpg", "jpeg", "html", "json", "jsonl", "txt",
    "log", "out", "err", "csv", "tsv", "yaml", "yml", "toml", "ini", "cfg", "md", "rst", "pdf",
    "npz", "npy", "h5", "hdf5", "parquet", "pkl", "pickle", "pt", "pth", "ckpt", "bin",
    "safetensors", "bag", "mcap", "db3", "tfrecord", "zip", "tar", "gz", "bz2", "xz", "zst", "tgz",
    "7z", "rar", "wandb", "ipynb", "env", "py", "sh",
  ]

  private static func replacing(_ piece: Substring, in name: Substring, by text: String) -> String {
    name[..<piece.startIndex] + text + name[piece.endIndex...]
  }

  /// The host of `events.out.tfevents.SECONDS.HOST[.PID.NUMBER]`.
  static func hostOfEventFile(_ name: Substring) -> Substring? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard let mark = parts.firstIndex(of: "tfevents"), parts.count > mark + 2 else { return nil }
    var end = parts.count
    while end > mark + 3, isSuffix(parts[end - 1]) { end -= 1 }
    let host = name[parts[mark + 2].startIndex..<parts[end - 1].endIndex]
    return host.isEmpty || host.hasPrefix("<") ? nil : host
  }

  private static func isSuffix(_ part: Substring) -> Bool {
    part.utf8.allSatisfy(\.isDigit) || part == "v2" || part == "profile-empty"
  }

  /// The id in `run-20261101_120000-ID`, `offline-run-…-ID`, `run-ID.wandb`, or a name of 32 hex digits.
  static func runID(_ name: Substring) -> Substring? {
    if name.utf8.count == 32, name.utf8.allSatisfy(\.isLowerHex) { return name }
    guard name.hasPrefix("run-") || name.hasPrefix("offline-run-") else { return nil }
    let stem = name.prefix { $0 != "." }
    guard let last = stem.split(separator: "-").last, last != "run", last != stem,
      last.utf8.allSatisfy(\.isAlphanumeric)
    else { return nil }
    return last
  }
}
