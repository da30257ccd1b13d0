public import Evidence
public import Platform

/// Finds and hashes the raw evidence that a run names.
///
/// Without a folder every reference is `referenced`, unhashed. With one, each named video is looked
/// for below it (see `RawFolder`) and hashed on all cores; one that is not there, or that could be
/// several files, is `missing`, and one that is written to meanwhile `changed`.
///
/// - Parameters:
///   - inputs: the inputs as they were given to `readSavedRun`; a file among them is no raw evidence.
///   - rawFolder: the folder that `--raw` names.
///   - exports: the folder that `--redacted-exports` names.
///   - progress: told from any thread, one at a time, how many bytes of all are hashed.
/// - Throws: what the system refuses about the folders themselves, and `secret_in_export`; a single
///   file that cannot be read is `unreadable`.
public func locateRaw(
  run: SavedRun, inputs: [String], rawFolder: String?, exports: String? = nil, files: FileSystem,
  progress: (@Sendable (Int, Int) -> Void)? = nil
) throws(AdapterError) -> RawEvidence {
  var located: RawEvidence
  if let rawFolder {
    located = try hashedEvidence(of: run, in: rawFolder, files: files, progress: progress)
  } else {
    located = evidence(of: run) { reference in (rawURI(ofPath: reference.path), nil) }
  }
  if let exports {
    let uris =
      run.inputs.map { rawURI(ofPath: $0.relativePath) }
      + located.media.joined().map(\.reference.uri)
    let paths = Set(uris.filter { $0.hasPrefix("run:") }.map { String($0.dropFirst(4)) })
    let root = try openFolder(exports, "redacted copies lie in a folder", files: files)
    located.exports = try RedactedExports(root: root).hashes(
      of: paths.sorted { $0.precedes($1) })
  }
  return located
}

private func hashedEvidence(
  of run: SavedRun, in rawFolder: String, files: FileSystem,
  progress: (@Sendable (Int, Int) -> Void)?
) throws(AdapterError) -> RawEvidence {
  let root = try openFolder(rawFolder, "raw evidence lies in a folder", files: files)
  let folder = try RawFolder(root, at: rawFolder, excluding: run.inputs)
  let found = folder.find(run.tasks.flatMap { $0.media.map(\.path) })
  let wanted = Set(found.values)
  let named = folder.listed.filter { wanted.contains($0.path) }
  let examined = RawHashing(root: root, progress: progress).examine(named)
  let byName = Dictionary(zip(named.map(\.path), examined)) { first, _ in first }
  return evidence(of: run) { reference in
    guard let name = found[reference.path], let file = byName[name] else {
      return (rawURI(ofPath: reference.path), .missing)
    }
    return (rawURI(ofPath: name), file)
  }
}

private func openFolder(
  _ path: String, _ message: String, files: FileSystem
) throws(AdapterError) -> ForeignFolder {
  do throws(PlatformError) {
    guard try files.status(path).kind == .directory else {
      throw PlatformError(.notDirectory, place: path, message: message)
    }
    return try ForeignFolder(path, system: files)
  } catch {
    throw AdapterError(error, path: path)
  }
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
  // A digest of bytes that never lay there together would vouch for nothing.
  case .changing: return LocatedReference(reference: reference, state: .changed)
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

/// The last part of a path as a package may show it, its extension kept (SCHEMAS §9).
private func safeName(ofPath path: String) -> (text: String, isRedacted: Bool) {
  let last = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
  let (stem, ending) = Redactor.stemAndEnding(TextRules.nfc(last))
  var redactor = Redactor()
  let (text, counts) = redactor.redact(stem)
  if text.isEmpty { return ("unnamed", true) }
  let isCut = text.unicodeScalars.count + ending.unicodeScalars.count > 200
  let name = isCut ? TextRules.cut(text, to: 200 - ending.unicodeScalars.count) : text
  return (name + ending, counts.total > 0)
}
