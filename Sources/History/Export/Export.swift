import Evidence
public import JSON
public import ObjectStore
import Platform

/// The forms in which a version leaves the store.
public enum ExportFormat: String, Sendable, CaseIterable {
  case dir, tar
  /// One self-contained page.
  case html
}

/// One file that an export wrote.
public struct ExportedFile: Sendable, Equatable {
  public let name: String
  public let size: Int
  public let digest: String

  /// One row of `wf.export/1`.
  public var json: JSONValue {
    [
      "name": .string(name), "old": .null, "new": .string(digest), "state": "written",
      "size": .number(JSONNumber(Int64(size))),
    ]
  }
}

extension EvidenceStore {
  /// The files of an export in order of their names: members, `raw/` in a full one, and the proof.
  ///
  /// - Throws: `not_a_package_version` for a registration; for `isPublic` a secret or a private
  ///   member can't be among them, since only the seven names are taken.
  public func exportFiles(
    _ commit: ObjectID, isPublic: Bool
  ) throws -> [(name: String, bytes: [UInt8])] {
    let link = try link(commit)
    guard link.kind == .package else {
      throw HistoryError(
        .notAPackageVersion, place: commit.hex, "this commit holds no package",
        hint: "wf log shows the versions")
    }
    let package = try StoredPackage(tree: link.commit.tree, in: objects, withRaw: !isPublic)
    var files: [(name: String, bytes: [UInt8])] = []
    for name in package.members.names {
      if isPublic, MemberName(rawValue: name)?.isPublic != true { continue }
      files.append((name, try package.members.bytes(name)))
    }
    for (path, bytes) in try Proof.of(commit, in: self).files { files.append((path, bytes)) }
    return files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Writes a version to a folder, a tar or a page that appears whole or not at all.
  ///
  /// The same commit gives the same bytes: order by name, times from the commit. A page depends on
  /// whom `options` trust too.
  ///
  /// - Parameter options: how the version is verified for its page; nil: the page says that it was not.
  public func export(
    _ commit: ObjectID, as format: ExportFormat, to output: String, isPublic: Bool,
    replacing: Bool, options: VerifyOptions? = nil
  ) throws -> [ExportedFile] {
    if format == .html {
      return [try exportPage(commit, to: output, replacing: replacing, options: options)]
    }
    let contents = try exportFiles(commit, isPublic: isPublic)
    switch format {
    case .html: break
    case .dir:
      let publication = try files.beginFolder(at: output, replacing: replacing)
      for (name, bytes) in contents {
        let path = Path.join(publication.path, name)
        _ = try files.makeDirectories(Path.parent(path))
        try files.write(bytes, to: path)
      }
      try publication.publish()
    case .tar:
      let time = try link(commit).commit.committer.seconds
      let archive = try Tar.write(
        contents.map { Tar.Entry(name: $0.name, bytes: $0.bytes) }, modified: time)
      let publication = try files.beginFile(at: output, replacing: replacing)
      try files.write(archive, to: publication.path)
      try publication.publish()
    }
    return contents.map {
      ExportedFile(name: $0.name, size: $0.bytes.count, digest: Digest.text(of: $0.bytes))
    }
  }
}
