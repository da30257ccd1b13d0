internal import Evidence
internal import JSON
internal import Platform

/// Runs the checks of evidence packages by themselves: shape, manifest, schema, cross, raw.
///
/// A folder holds a `cases.json`, or it is a package, or has one in `package/` (with the blobs of its
/// references in `raw-objects/`), or has several such folders below it. Without a table every check
/// has to pass, one result each. A row of a table names `package` (a folder or a tar archive) or
/// `files` (paths of members), and what is expected: `outcome` or `expect` (`accept`, or a word for
/// the opposite), `reason`, `check`, `member`. Throws when there is nothing to run.
public func packageCases(folder: String) throws -> [CaseResult] {
  let files = FileSystem()
  if files.exists(Path.join(folder, "cases.json")) {
    return try PackageTable(folder: folder, files: files).results()
  }
  let places = try packagePlaces(folder, files, depth: 2)
  guard !places.isEmpty else { throw NoPackage(folder: folder) }
  return try places.flatMap { place in
    try PackageCase(name: Path.lastComponent(place), path: place, files: files).resultPerCheck()
  }
}

/// The folders at or below a place that are packages or hold one in `package/`.
private func packagePlaces(
  _ folder: String, _ files: FileSystem, depth: Int
) throws -> [String] {
  let holder = Path.join(folder, "package")
  if (try? files.status(holder))?.kind == .directory { return [folder] }
  let manifest = Path.join(folder, MemberName.artifactManifest.rawValue)
  if files.exists(manifest) { return [folder] }
  guard depth > 0 else { return [] }
  return try files.list(folder).filter { $0.kind == .directory }.flatMap { entry in
    try packagePlaces(Path.join(folder, entry.name ?? ""), files, depth: depth - 1)
  }
}

/// One package on disk and its checks.
private struct PackageCase {
  let name: String
  let path: String
  let files: FileSystem

  /// One result for each check that applies.
  func resultPerCheck() throws -> [CaseResult] {
    let (findings, hasRaw) = try run()
    let checks = CheckFinding.Check.allCases.filter { $0 != .raw || hasRaw }
    return checks.map { check in
      let found = findings.filter { $0.check == check }
      return CaseResult(
        name: "\(name): \(check.rawValue)", passed: found.isEmpty, expected: "pass",
        got: found.isEmpty ? "pass" : found.prefix(3).map(\.description).joined(separator: "; "))
    }
  }

  func run() throws -> (findings: [CheckFinding], hasRaw: Bool) {
    let members = try read()
    let isPublic = !MemberName.allCases.contains { !$0.isPublic && members.contains($0) }
    let blobs = try rawObjects(members)
    var findings = checkPackage(
      members, scope: isPublic ? .publicSubset : .full,
      raw: blobs.map(RawTree.blobs) ?? .amongMembers)
    if blobs != nil {
      // `raw-objects` is a pile beside the package, which several packages may share, and not its
      // tree: a blob that this manifest does not name says nothing about this package.
      findings.removeAll { $0.check == .raw && $0.code == .memberExtra }
    }
    return (findings, blobs != nil || !members.rawPaths.isEmpty)
  }

  private func read() throws -> PackageMembers {
    if try files.status(path).kind != .directory {
      return try PackageMembers(tar: try files.read(path))
    }
    let inner = Path.join(path, "package")
    return try readPackageFolder(files.exists(inner) ? inner : path, files: files)
  }

  /// The tree beside the package, in the names that it has inside of a package.
  ///
  /// Such a tree may come without `raw/salt`, which then is the manifest's.
  private func rawObjects(_ members: PackageMembers) throws -> [String: [UInt8]]? {
    let folder = Path.join(path, "raw-objects")
    guard files.exists(folder) else { return nil }
    let tree = try readPackageFolder(folder, files: files)
    var blobs: [String: [UInt8]] = [:]
    for name in tree.names {
      blobs[name.hasPrefix("raw/") ? name : "raw/" + name] = try tree.bytes(name)
    }
    if blobs["raw/salt"] == nil, let bytes = try? members.bytes(.rawEvidenceManifest),
      let salt = (try? JSONValue.parse(bytes))?["salt"]?.string
    {
      blobs["raw/salt"] = Array(salt.utf8) + [0x0A]
    }
    return blobs
  }
}

/// A table of packages with what is expected of each.
private struct PackageTable {
  let folder: String
  let files: FileSystem

  func results() throws -> [CaseResult] {
    let table = try JSONValue.parse(try files.read(Path.join(folder, "cases.json")))
    guard let rows = table.array ?? table["cases"]?.array, !rows.isEmpty else {
      throw NoPackage(folder: folder)
    }
    return try rows.enumerated().map { number, row in
      let name = row["name"]?.string ?? row["package"]?.string ?? "row \(number + 1)"
      return judge(name, row, try findings(name, row))
    }
  }

  private func findings(_ name: String, _ row: JSONValue) throws -> [CheckFinding] {
    do {
      if let package = row["package"]?.string {
        let path = Path.join(folder, package)
        return try PackageCase(name: name, path: path, files: files).run().findings
      }
      guard let paths = row["files"]?.array?.compactMap(\.string), !paths.isEmpty else {
        throw NoPackage(folder: "\(folder), row \(name)")
      }
      var members: [String: [UInt8]] = [:]
      for path in paths {
        members[Path.lastComponent(path)] = try files.read(Path.join(folder, path))
      }
      let isPublic = !MemberName.allCases.contains { !$0.isPublic && members[$0.rawValue] != nil }
      return checkPackage(PackageMembers(members), scope: isPublic ? .publicSubset : .full)
    } catch let error as EvidenceError {
      // A package that cannot even be taken in has no good shape.
      return [CheckFinding(.shape, error.code, at: error.location, error.message)]
    }
  }

  private func judge(_ name: String, _ row: JSONValue, _ findings: [CheckFinding]) -> CaseResult {
    let outcome = row["outcome"]?.string ?? row["expect"]?.string
    let reason = row["reason"]?.string
    let accepts =
      outcome.map { ["accept", "ok", "pass", "valid", "good"].contains($0) } ?? (reason == nil)
    let got = findings.isEmpty ? "accept" : findings.map(\.description).joined(separator: "; ")
    if accepts {
      return CaseResult(name: name, passed: findings.isEmpty, expected: "accept", got: got)
    }
    let isMet = findings.contains { finding in
      (reason == nil || finding.reason == reason)
        && (row["check"]?.string ?? finding.check.rawValue) == finding.check.rawValue
        && (row["member"]?.string ?? finding.member) == finding.member
    }
    let expected = [row["check"]?.string, row["member"]?.string, reason ?? outcome]
    return CaseResult(
      name: name, passed: isMet, expected: expected.compactMap { $0 }.joined(separator: " "),
      got: got)
  }
}

/// There is no package where one was expected.
struct NoPackage: Error, CustomStringConvertible {
  let folder: String
  var description: String { "\(folder): no package and no table of packages" }
}
