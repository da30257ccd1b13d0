import Archives
public import Attestation
import Evidence
public import JSON
public import ObjectStore
import Platform
public import Signing

/// The forms in which a version leaves the store.
public enum ExportFormat: String, Sendable, CaseIterable {
  case dir, tar
  case tarGzip = "tar.gz"
  case zip
  /// The claim's whole history as a git bundle.
  case bundle
  /// An OCI image layout: a folder, or a tar where the output's name ends so.
  case oci
  /// One self-contained page.
  case html
  /// A signed in-toto statement about the members, alone.
  case intoto
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
  /// A chunked member is read from the store each time its content is asked for.
  ///
  /// - Throws: `not_a_package_version` for a registration; for `isPublic` a secret or a private
  ///   member can't be among them, since only the seven names are taken.
  func exportFiles(_ commit: ObjectID, isPublic: Bool) throws -> [ArchiveEntry] {
    let link = try packageLink(commit)
    let members = try StoredPackage(
      tree: link.commit.tree, in: objects, withRaw: !isPublic
    ).members
    var files: [ArchiveEntry] = []
    for name in members.names {
      if isPublic, MemberName(rawValue: name)?.isPublic != true { continue }
      files.append(
        ArchiveEntry(name: name, size: try members.size(name)) { sink in
          let reader = try members.reader(name)
          while let piece = try reader.next() { try sink(piece) }
        })
    }
    for (path, bytes) in try Proof.of(commit, in: self).files {
      files.append(ArchiveEntry(ArchiveFile(name: path, bytes: bytes)))
    }
    return files.sorted { $0.name.precedes($1.name) }
  }

  /// Writes a version in one of the forms; the output appears whole or not at all.
  ///
  /// The same commit gives the same bytes: order by name, times from the commit. A page depends on
  /// whom `options` trust too, a bundle on the labels that the claim has.
  ///
  /// - Parameters:
  ///   - options: how the version is verified for its page; nil: the page says that it was not.
  ///   - signer: who attests the members, in a file beside them; needed for `intoto`.
  ///   - predicate: what an `intoto` says; beside members lies our own statement alone.
  ///   - bundle: a Sigstore bundle about the version, which the caller has checked, put beside the
  ///     members.
  ///   - progress: told how many files, or objects of a bundle, of how many are written.
  /// - Throws: `export_not_public` for a public bundle, whose history holds private members.
  public func export(
    _ commit: ObjectID, as format: ExportFormat, to output: String, isPublic: Bool,
    replacing: Bool, options: VerifyOptions? = nil, signer: Signer? = nil,
    predicate: PackagePredicate = .evidencePackage, bundle: [UInt8]? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> [ExportedFile] {
    let envelope = try signer.map {
      try attestation(
        of: commit, isPublic: isPublic, predicate: format == .intoto ? predicate : .evidencePackage
      ).signed(by: $0)
    }
    switch format {
    case .intoto: return [try exportEnvelope(envelope, to: output, replacing: replacing)]
    case .html: return [try exportPage(commit, to: output, replacing: replacing, options: options)]
    case .bundle:
      if isPublic { throw bundleIsPrivate(output) }
      return [try exportBundle(commit, to: output, replacing: replacing, progress: progress)]
    case .dir, .tar, .tarGzip, .zip, .oci: break
    }
    var contents = try exportFiles(commit, isPublic: isPublic)
    for (name, bytes) in [(Envelope.fileName, envelope), (BundledPackage.fileName, bundle)] {
      guard let bytes else { continue }
      contents.append(ArchiveEntry(ArchiveFile(name: name, bytes: bytes)))
    }
    contents.sort { $0.name.precedes($1.name) }
    let link = try link(commit)
    let time = link.commit.committer.seconds
    var container = format
    if format == .oci {
      contents = try OCILayout.files(
        of: contents, name: link.message?.claim ?? commit.hex,
        annotations: annotations(of: link, isPublic: isPublic), modified: time)
      container = output.hasSuffix(".tar") ? .tar : .dir
    }
    var written: [ExportedFile] = []
    contents = contents.map { file in file.measured { written.append($0) } }
    if container == .dir {
      try writeFolder(contents, to: output, replacing: replacing, progress: progress)
    } else {
      let publication = try files.beginFile(at: output, replacing: replacing)
      let writer = try files.create(publication.path)
      try writeArchive(contents, as: container, modified: time, progress: progress) {
        try writer.append($0)
      }
      try writer.finish(durably: false)
      try publication.publish()
    }
    return written
  }

  private func exportEnvelope(
    _ envelope: [UInt8]?, to output: String, replacing: Bool
  ) throws -> ExportedFile {
    guard let envelope else {
      throw HistoryError(
        .noSigningKey, place: output, "a statement without a signature attests nothing")
    }
    try files.publish(envelope, at: output, replacing: replacing)
    return ExportedFile(
      name: Path.lastComponent(output), size: envelope.count, digest: Digest.text(of: envelope))
  }

  private func writeFolder(
    _ contents: [ArchiveEntry], to output: String, replacing: Bool, progress: (Int, Int) -> Void
  ) throws {
    let publication = try files.beginFolder(at: output, replacing: replacing)
    for (index, file) in contents.enumerated() {
      let path = Path.join(publication.path, file.name)
      _ = try files.makeDirectories(Path.parent(path))
      let writer = try files.create(path)
      try file.content { try writer.append($0) }
      try writer.finish(durably: false)
      progress(index + 1, contents.count)
    }
    try publication.publish()
  }

  private func writeArchive(
    _ contents: [ArchiveEntry], as format: ExportFormat, modified: Int64,
    progress: (Int, Int) -> Void, to sink: @escaping ArchiveSink
  ) throws {
    if format == .zip {
      var writer = ZipWriter(modified: modified, to: sink)
      for (index, file) in contents.enumerated() {
        try writer.add(file)
        progress(index + 1, contents.count)
      }
      return try writer.finish()
    }
    let gzip = format == .tarGzip ? GzipWriter(to: sink) : nil
    for (index, file) in contents.enumerated() {
      try Tar.write(file, modified: modified) { try gzip?.append($0) ?? sink($0) }
      progress(index + 1, contents.count)
    }
    try gzip?.append(Tar.end) ?? sink(Tar.end)
    try gzip?.finish()
  }

  private func annotations(of link: ChainLink, isPublic: Bool) -> [String: String] {
    var annotations = [
      "org.opencontainers.image.created": UTCTime(seconds: link.commit.committer.seconds).rfc3339,
      "org.opencontainers.image.title": link.message?.claim ?? link.id.hex,
      "org.worldflux.commit": link.id.hex,
      "org.worldflux.part": isPublic ? "public" : "full",
    ]
    annotations["org.worldflux.verdict"] = link.message?.verdict
    annotations["org.worldflux.grade"] = link.message?.grade
    return annotations
  }
}

extension ArchiveEntry {
  /// The same file; when its content has been given once, its digest is told.
  fileprivate func measured(_ tell: @escaping (ExportedFile) -> Void) -> ArchiveEntry {
    var isTold = false
    return ArchiveEntry(name: name, size: size) { [name, content] sink in
      if isTold { return try content(sink) }
      var digest = StreamingDigest()
      try content { piece in
        digest.update(piece)
        try sink(piece)
      }
      isTold = true
      tell(ExportedFile(name: name, size: digest.size, digest: digest.text()))
    }
  }
}
