public import Audit
public import Platform

/// The product's own writer; what it wrote is kept for the validator of schemas.
public func writeCollectedPackage(
  _ request: PackageRequest, files: FileSystem
) throws(AuditError) -> WrittenPackage {
  let written = try writePackage(request, files: files)
  do {
    try PackageCollection.take(written.folder)
  } catch {
    throw AuditError(.outputFailed, place: written.folder, message: "not collected: \(error)")
  }
  return written
}
