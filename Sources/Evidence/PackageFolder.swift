public import Platform

/// The members that lie in a folder, `raw/` included where it is there.
///
/// Nothing but regular files and the folders of `raw/` and of unknown members is accepted: a link
/// could lead out of the package, a pipe would make the reader wait.
///
/// - Throws: `not_a_package` for something else than a folder, and for links, pipes and names that
///   are not UTF-8 in it.
public func readPackageFolder(
  _ path: String, files: FileSystem
) throws(EvidenceError) -> PackageMembers {
  var members = PackageMembers(files: files)
  do throws(PlatformError) {
    guard let status = try files.statusIfPresent(path) else {
      throw PlatformError(.fileNotFound, place: path, message: "nothing is there")
    }
    guard status.kind == .directory else {
      throw PlatformError(.notDirectory, place: path, message: "this is not a folder")
    }
  } catch {
    throw EvidenceError(.notAPackage, EvidencePlace(member: path), error.message)
  }
  try collect(path, prefix: "", depth: 0, files: files, into: &members)
  return members
}

private func collect(
  _ folder: String, prefix: String, depth: Int, files: FileSystem,
  into members: inout PackageMembers
) throws(EvidenceError) {
  let entries: [DirectoryEntry]
  do throws(PlatformError) {
    entries = try files.list(folder)
  } catch {
    throw EvidenceError(
      .memberUnreadable, EvidencePlace(member: prefix.isEmpty ? folder : prefix), error.message)
  }
  for entry in entries {
    guard let name = entry.name, !TextRules.hasControl(name) else {
      let shown = String(decoding: entry.rawName, as: UTF8.self)
      throw EvidenceError(
        .notAPackage, EvidencePlace(member: prefix + shown), "expected a name in plain UTF-8")
    }
    // A checkout of a store is a package with git's own folder beside it.
    if prefix.isEmpty, name == ".git" { continue }
    let place = EvidencePlace(member: prefix + name)
    switch entry.kind {
    case .regular: members.add(prefix + name, .file(Path.join(folder, name)))
    case .directory:
      guard depth < 8 else {
        throw EvidenceError(.notAPackage, place, "expected at most eight levels of folders")
      }
      try collect(
        Path.join(folder, name), prefix: prefix + name + "/", depth: depth + 1, files: files,
        into: &members)
    case .symbolicLink, .fifo, .other:
      throw EvidenceError(.notAPackage, place, "expected regular files only")
    }
  }
}
