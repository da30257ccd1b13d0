internal import Platform

/// A file to read for an input that the user named.
struct InputLocation: Sendable, Equatable {
  /// To open, and to show to the user.
  var path: String
  /// What a package may know: the path inside the given folder, or the file's own name.
  var relativePath: String
}

private let walkLimits = (entries: 1_000_000, depth: 32)

/// Finds the files that an input stands for.
///
/// A folder must hold exactly one run, at any depth: one result file, or the shards of one run.
/// Links inside it are not followed.
///
/// - Parameter format: nil to look for the results of every format.
func locateInput(
  _ input: String, of format: Format?, files: FileSystem
) throws(AdapterError) -> [InputLocation] {
  let status: FileStatus
  do throws(PlatformError) {
    status = try files.status(input)
  } catch {
    throw AdapterError(error, path: input)
  }
  guard status.kind == .directory else {
    return [InputLocation(path: input, relativePath: Path.lastComponent(input))]
  }
  return try FolderSearch(folder: input, format: format, files: files).locations()
}

/// Looks for results in a folder.
private struct FolderSearch {
  let folder: String
  let format: Format?
  let files: FileSystem

  /// Names that many things have: what lies under them is looked into before it counts.
  private static let commonNames: Set<String> = [
    "*.log", "*.txt", "*.out", "*.err", "*.jsonl", "eval_*.csv",
  ]
  private static let mostLookedInto = 256

  func locations() throws(AdapterError) -> [InputLocation] {
    let all = try regularFiles(below: folder, files: files)
    let patterns = (format.map { [$0] } ?? Formats.all).flatMap(\.fileNames)
    var found = matching(patterns.filter { !Self.commonNames.contains($0) }, all)
    // Where no format is named, a result with a name of its own must not hide another harness's log.
    if found.isEmpty || format == nil {
      let common = matching(patterns.filter(Self.commonNames.contains) + ["*.jsonl"], all)
      found += try results(among: common)
      // People rename results, and merge them into a name of their own.
      if found.isEmpty { found = try results(among: matching(["*.json"], all)) }
      // A log alone is handed on, so that its reader says what is wrong with it.
      if found.isEmpty, common.count == 1 { found = common }
    }
    guard !found.isEmpty else { throw nothing(patterns) }
    guard found.count == 1 || areShards(found) else { throw ambiguous(found) }
    return found.map { InputLocation(path: Path.join(folder, $0), relativePath: $0) }
  }

  private func matching(_ patterns: [String], _ names: [String]) -> [String] {
    names.filter { name in
      patterns.contains { matches(Path.lastComponent(name), pattern: $0) }
    }
  }

  /// Those of the files whose content is of a known format, and of the one that was asked for.
  private func results(among names: [String]) throws(AdapterError) -> [String] {
    // Of lines of JSON the first one tells; of a log any may, so that few of them are looked into.
    let logs = names.count { !$0.hasSuffix(".jsonl") }
    guard logs <= Self.mostLookedInto else {
      throw AdapterError(
        .limitExceeded, place: folder,
        message: "\(logs) files could be results here, too many to look into",
        hint: "name the results file itself")
    }
    return names.filter { name in
      guard let word = wordOfContent(name) else { return false }
      guard let format else { return true }
      return word == format.word
        || (format.readsLiberoLogs && word == "openpi" && !name.hasSuffix(".csv"))
    }
  }

  private func wordOfContent(_ name: String) -> String? {
    let location = InputLocation(path: Path.join(folder, name), relativePath: name)
    guard let file = try? SourceFile(location, files: files) else { return nil }
    if name.hasSuffix(".jsonl"), (try? isBridge(file)) != true { return nil }
    return try? detectFormat(of: file).word
  }

  /// `<name>_shard<i>of<n>.json`, all of one name and one number of shards.
  private func areShards(_ names: [String]) -> Bool {
    func run(_ name: String) -> String? {
      guard matches(Path.lastComponent(name), pattern: "*_shard*of*.json"),
        let shard = name.ranges(of: "_shard").last,
        let of = name[shard.upperBound...].firstRange(of: "of")
      else { return nil }
      return name[..<shard.lowerBound] + "|" + name[of.upperBound...]
    }
    let runs = Set(names.map(run))
    return runs.count == 1 && runs.first != .some(nil)
  }

  private func nothing(_ patterns: [String]) -> AdapterError {
    var seen: Set<String> = []
    let names = patterns.filter { seen.insert($0).inserted }
    return AdapterError(
      .noResultsFile, place: folder,
      message: "there is no \(names.joined(separator: ", ")) in this folder",
      hint: "name the results file itself")
  }

  private func ambiguous(_ names: [String]) -> AdapterError {
    let some = names.prefix(8).map { name in
      let path = shown(Path.join(folder, name))
      // Results of two harnesses are told apart.
      guard format == nil, let word = wordOfContent(name) else { return path }
      return "\(path) (\(word))"
    }.joined(separator: ", ")
    return AdapterError(
      .ambiguousInput, place: folder,
      message: "this folder holds \(names.count) result files, and each is a run of its own",
      hint: "name one of: \(some)\(names.count > 8 ? ", …" : "")")
  }
}

/// Whether a name fits a pattern in which `*` stands for any characters.
func matches(_ name: String, pattern: String) -> Bool {
  let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
  guard let first = parts.first, let last = parts.last else { return false }
  if parts.count == 1 { return name == pattern }
  guard name.hasPrefix(first), name.hasSuffix(last),
    name.utf8.count >= first.utf8.count + last.utf8.count
  else { return false }
  var rest = name.dropFirst(first.count).dropLast(last.count)
  for part in parts.dropFirst().dropLast() {
    guard let found = rest.firstRange(of: part) else { return false }
    rest = rest[found.upperBound...]
  }
  return true
}

/// Relative paths of the regular files below a folder, in byte order of each folder's names.
///
/// Symbolic links are neither followed nor listed; names that are not UTF-8 are left out.
func regularFiles(below folder: String, files: FileSystem) throws(AdapterError) -> [String] {
  var found: [String] = []
  var pending: [(path: String, depth: Int)] = [("", 0)]
  var entries = 0
  while let (part, depth) = pending.popLast() {
    let path = Path.join(folder, part)
    let listed: [DirectoryEntry]
    do throws(PlatformError) {
      listed = try files.list(path)
    } catch {
      throw AdapterError(error, path: path)
    }
    entries += listed.count
    if entries > walkLimits.entries || depth > walkLimits.depth {
      throw AdapterError(
        .limitExceeded, place: path, message: "this folder holds too much to be searched",
        hint: "name the folder of one run")
    }
    for entry in listed.reversed() {
      guard let name = entry.name else { continue }
      let relative = part.isEmpty ? name : part + "/" + name
      if entry.kind == .directory { pending.append((relative, depth + 1)) }
      if entry.kind == .regular { found.append(relative) }
    }
  }
  return found.sorted { $0.precedes($1) }
}
