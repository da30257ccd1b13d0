public import Evidence
public import Platform

/// Finds and hashes the raw evidence that a run names.
///
/// Without a folder every reference is `referenced`, unhashed. With one, each named video is looked
/// for below it (see `RawFolder`) and hashed on all cores; one that is not there, or that could be
/// several files, is `missing`.
///
/// - Parameters:
///   - inputs: the inputs as they were given to `readSavedRun`; a file among them is no raw evidence.
///   - rawFolder: the folder that `--raw` names.
/// - Throws: what the system refuses about the folder itself; a single file that cannot be read is
///   `unreadable`.
public func locateRaw(
  run: SavedRun, inputs: [String], rawFolder: String?, files: FileSystem
) throws(AdapterError) -> RawEvidence {
  guard let rawFolder else {
    return evidence(of: run) { reference in (rawURI(ofPath: reference.path), nil) }
  }
  let folder = try RawFolder(rawFolder, excluding: run.inputs, files: files)
  let found = folder.find(run.tasks.flatMap { $0.media.map(\.path) })
  let names = Set(found.values).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  let examined = concurrentMap(names) { name in
    examine(name, in: rawFolder, files: files)
  }
  let byName = Dictionary(zip(names, examined)) { first, _ in first }
  return evidence(of: run) { reference in
    guard let name = found[reference.path], let file = byName[name] else {
      return (rawURI(ofPath: reference.path), .missing)
    }
    return (rawURI(ofPath: name), file)
  }
}

/// What was found at the place of a reference.
private enum RawFile: Sendable {
  case present(digest: String, size: Int, mediaType: String)
  case unreadable
  case missing
}

private func evidence(
  of run: SavedRun, _ look: (MediaReference) -> (uri: String, file: RawFile?)
) -> RawEvidence {
  RawEvidence(
    media: run.tasks.map { task in
      task.media.map { reference in
        let (uri, file) = look(reference)
        return located(reference, of: task, uri: uri, file: file)
      }
    })
}

private func located(
  _ media: MediaReference, of task: SavedTask, uri: String, file: RawFile?
) -> LocatedReference {
  let name = safeName(ofPath: media.path)
  var reference = RawReference(
    role: media.role, mediaType: MediaType.unknown, size: nil, sha256: nil,
    originalName: name.text, nameRedacted: name.isRedacted, uri: uri,
    episodeKeys: episodeKeys(of: media, in: task))
  switch file {
  case nil: return LocatedReference(reference: reference, state: .referenced)
  case .missing: return LocatedReference(reference: reference, state: .missing)
  case .unreadable: return LocatedReference(reference: reference, state: .unreadable)
  case .present(let digest, let size, let mediaType):
    reference.sha256 = digest
    reference.size = size
    reference.mediaType = mediaType
    let isAsStated = media.statedDigest == nil || media.statedDigest == digest
    return LocatedReference(reference: reference, state: isAsStated ? .present : .changed)
  }
}

private func episodeKeys(of media: MediaReference, in task: SavedTask) -> [String] {
  guard let row = media.row, row >= 0, row < task.count else { return [] }
  return [
    EpisodeKey.text(
      suite: task.suite, taskID: task.taskID, index: task.indexes?[row] ?? row,
      attempt: task.attempts?[row] ?? 1)
  ]
}

/// The last part of a path as a package may show it.
private func safeName(ofPath path: String) -> (text: String, isRedacted: Bool) {
  let name = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
  var redactor = Redactor()
  let (text, counts) = redactor.redact(TextRules.nfc(name))
  if text.isEmpty { return ("unnamed", true) }
  return (TextRules.cut(text, to: 200), counts.total > 0)
}

/// Hashes one file; the walk has seen a regular file there, and a link put in its place is refused.
private func examine(_ name: String, in folder: String, files: FileSystem) -> RawFile {
  let path = Path.join(folder, name)
  do throws(PlatformError) {
    let seen = try files.status(path, followingLinks: false)
    let reader = try files.openForReading(path)
    guard seen.kind == .regular, seen.isSameFile(as: reader.status) else { return .unreadable }
    var digest = StreamingDigest()
    var mediaType: String?
    var piece: [UInt8] = []
    // No more than is left: a folder may hold ten thousand small files.
    while try reader.read(into: &piece, upTo: min(1 << 20, max(1, seen.size - digest.size))) > 0 {
      if mediaType == nil {
        mediaType = MediaType.detect(
          Array(piece.prefix(MediaType.prefixLength)),
          isWhole: seen.size <= min(piece.count, MediaType.prefixLength))
      }
      digest.update(piece)
      piece.removeAll(keepingCapacity: true)
    }
    return .present(
      digest: digest.text(), size: digest.size, mediaType: mediaType ?? MediaType.unknown)
  } catch {
    return .unreadable
  }
}
