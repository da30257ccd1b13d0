internal import Platform

/// The file to read for an input that the user named.
struct InputLocation: Sendable, Equatable {
  /// To open, and to show to the user.
  var path: String
  /// What a package may know: the path inside the given folder, or the file's own name.
  var relativePath: String
}

/// Names of result files that a harness leaves in its output folder.
private let resultFileNames = ["eval_info.json"]

private let walkLimits = (entries: 1_000_000, depth: 32)

/// Finds the one file that an input stands for.
///
/// A folder must hold exactly one result file, at any depth; links inside it are not followed.
func locateInput(_ input: String, files: FileSystem) throws(AdapterError) -> InputLocation {
  let status: FileStatus
  do throws(PlatformError) {
    status = try files.status(input)
  } catch {
    throw AdapterError(error, path: input)
  }
  guard status.kind == .directory else {
    return InputLocation(path: input, relativePath: Path.lastComponent(input))
  }
  let found = try regularFiles(below: input, files: files).filter { file in
    resultFileNames.contains { Path.lastComponent(file) == $0 }
  }
  guard let first = found.first else {
    throw AdapterError(
      .noResultsFile, place: input,
      message: "there is no \(resultFileNames.joined(separator: ", ")) in this folder",
      hint: "name the results file itself")
  }
  guard found.count == 1 else {
    let some = found.prefix(8).map { shown(Path.join(input, $0)) }.joined(separator: ", ")
    throw AdapterError(
      .ambiguousInput, place: input,
      message: "this folder holds \(found.count) result files, and each is a run of its own",
      hint: "name one of: \(some)\(found.count > 8 ? ", …" : "")")
  }
  return InputLocation(path: Path.join(input, first), relativePath: first)
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
  return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
