internal import Evidence
internal import JSON
public import Platform

/// Audits a run and writes its evidence package: eleven members in a new folder.
///
/// The folder appears whole or not at all. Same claim, protocol, run, options, tool version and
/// secret give the same bytes, wherever and whenever it is written (SCHEMAS §1.1).
///
/// - Throws: what `buildAuditInput` throws; `missing_evidence` when the options are strict and the
///   evidence lacks something that matters; `output_exists`; the word of a member that is not valid.
public func writePackage(
  _ request: PackageRequest, files: FileSystem
) throws(AuditError) -> WrittenPackage {
  guard request.secret.count == 32 else {
    throw AuditError(.secretInvalid, place: nil, message: "the user's secret must have 32 bytes")
  }
  let draft = try PackageDraft(request)
  try draft.refuseMissingEvidence()
  let publication: OutputPublication
  do throws(PlatformError) {
    publication = try files.beginFolder(at: request.output, replacing: request.replacesOutput)
  } catch {
    throw AuditError(.outputFailed, from: error)
  }
  // An error from here on takes the folder away again.
  defer { publication.abandon() }
  var entries = try draft.streamRows(into: publication.path, files: files)
  for (member, bytes) in try draft.smallMembers() {
    entries.append(try put(bytes, member, in: publication.path, files: files))
  }
  let manifest = try draft.manifest(entries)
  let manifestEntry = try put(manifest, .artifactManifest, in: publication.path, files: files)
  do throws(PlatformError) {
    try publication.publish()
  } catch {
    throw AuditError(.outputFailed, from: error)
  }
  return draft.written(publication.target, entries + [manifestEntry])
}

private func put(
  _ bytes: [UInt8], _ member: MemberName, in folder: String, files: FileSystem
) throws(AuditError) -> ManifestEntry {
  let stream = try MemberStream(member, in: folder, files: files)
  stream.bytes = bytes
  return try stream.finish()
}
