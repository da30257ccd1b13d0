internal import Evidence
internal import Platform

/// The files below a folder, to be found again by the paths that a source wrote down.
///
/// Such paths begin with the output folder of a machine that is long gone, so they are compared from
/// their end. Only regular files that lie in the folder itself are candidates: no links, and a path
/// with `..`, a backslash or a control character finds nothing.
struct RawFolder {
  /// Relative to the folder, in byte order.
  let files: [String]
  private let parts: [[String]]
  private let byName: [String: [Int]]
  /// By the last two parts: every task has an `eval_episode_0.mp4`, so names alone find too many.
  private let byTail: [[String]: [Int]]

  /// The files with their sizes, where they were listed.
  let listed: [FolderListing.File]

  /// - Throws: what the system refuses about the folder, and `limit_exceeded`.
  init(
    _ root: ForeignFolder, at place: String, excluding inputs: [InputFile]
  ) throws(AdapterError) {
    let listing: FolderListing
    do throws(PlatformError) { listing = try FolderListing(root) } catch {
      throw AdapterError(error, path: place)
    }
    if listing.isCut {
      throw AdapterError(
        .limitExceeded, place: place, message: "this folder holds too much to be searched",
        hint: "name the folder of one run")
    }
    let results = Set(inputs.map { Path.lastComponent($0.relativePath) })
    self.init(listed: listing.files.filter { !results.contains(Path.lastComponent($0.path)) })
  }

  init(files: [String]) { self.init(listed: files.map { FolderListing.File(path: $0, size: 0) }) }

  private init(listed: [FolderListing.File]) {
    self.listed = listed
    files = listed.map(\.path)
    parts = files.map { $0.split(separator: "/").map(String.init) }
    var byName: [String: [Int]] = [:]
    var byTail: [[String]: [Int]] = [:]
    for (place, parts) in parts.enumerated() {
      byName[parts.last ?? "", default: []].append(place)
      if parts.count > 1 { byTail[Array(parts.suffix(2)), default: []].append(place) }
    }
    self.byName = byName
    self.byTail = byTail
  }

  /// The file of each path, nil where there is none or more than one could be meant.
  func find(_ paths: [String]) -> [String: String] {
    let wanted = paths.compactMap { path in usableParts(of: path).map { (path, $0) } }
    var names: [String: Set<[String]>] = [:]
    for (_, parts) in wanted { names[parts.last ?? "", default: []].insert(parts) }
    var matches: [Int: (length: Int, paths: Set<[String]>)] = [:]
    var found: [(path: String, parts: [String], file: Int)] = []
    for (path, parts) in wanted {
      let isOnlyOfItsName = names[parts.last ?? ""]?.count == 1
      guard let best = bestFile(for: parts, isOnlyOfItsName: isOnlyOfItsName) else { continue }
      let length = matches[best.file]?.length ?? 0
      // The path that shares more with the file is the one it was written for.
      if best.length > length { matches[best.file] = (best.length, []) }
      if best.length >= length { matches[best.file]?.paths.insert(parts) }
      found.append((path, parts, best.file))
    }
    // One file cannot be two videos: a match as good as another says nothing about either.
    var result: [String: String] = [:]
    for match in found where matches[match.file]?.paths == [match.parts] {
      result[match.path] = files[match.file]
    }
    return result
  }

  /// The one file that shares the longest end with a path.
  ///
  /// A file name alone (`eval_episode_0.mp4`) is enough only when no other path has it and the file
  /// lies at the top of the folder, since every task has such a file.
  private func bestFile(
    for parts: [String], isOnlyOfItsName: Bool
  ) -> (length: Int, file: Int)? {
    var best: (length: Int, file: Int)?
    var isTie = false
    for place in candidates(for: parts) {
      let other = self.parts[place]
      let length = zip(parts.reversed(), other.reversed()).prefix { $0 == $1 }.count
      let isEnough =
        length >= 2 || length == parts.count || (other.count == 1 && isOnlyOfItsName)
      guard isEnough, length >= best?.length ?? 0 else { continue }
      isTie = length == best?.length
      best = (length, place)
    }
    return isTie ? nil : best
  }

  /// Files that could be meant: where two parts agree no other file can do better.
  private func candidates(for parts: [String]) -> [Int] {
    if parts.count > 1, let places = byTail[Array(parts.suffix(2))] { return places }
    let named = byName[parts.last ?? ""] ?? []
    return parts.count > 1 ? named.filter { self.parts[$0].count == 1 } : named
  }

  /// The parts of a path that may be looked for, the current folder left out.
  private func usableParts(of path: String) -> [String]? {
    guard isHarmless(path) else { return nil }
    let parts = path.split(separator: "/").map(String.init).filter { $0 != "." }
    return parts.isEmpty || parts.contains("..") ? nil : parts
  }
}

/// Whether a path holds neither a backslash nor a character that is not text.
func isHarmless(_ path: String) -> Bool {
  !path.isEmpty
    && path.unicodeScalars.allSatisfy {
      $0 != "\\" && $0 != "\u{FFFD}" && $0.properties.generalCategory != .control
        && $0.properties.generalCategory != .format
    }
}

/// The uri of a path that a source wrote: `run:` for a relative one inside of the run, else redacted.
///
/// SCHEMAS §9; absolute paths, `..`, `~`, drive letters, other schemes and secrets do not get
/// through.
func rawURI(ofPath path: String) -> String {
  let parts = path.split(separator: "/").filter { $0 != "." }
  let isInside = path.utf8.first != 0x2F && !parts.isEmpty && !parts.contains("..")
  let uri = "run:" + TextRules.nfc(parts.joined(separator: "/"))
  let isPlain =
    isHarmless(path) && !path.contains(":") && path.utf8.first != 0x7E
    && uri.unicodeScalars.count <= 400
  return isInside && isPlain && !Redactor.findsSecret(path)
    ? uri : "redacted:" + Digest.text(of: Array(path.utf8))
}
