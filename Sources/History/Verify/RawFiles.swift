import Evidence
import JSON
import Platform

/// Raw evidence that still lies in a folder, hashed again and held against the references.
struct RawFiles {
  let folder: String
  let files: FileSystem

  /// The check `raw` with files at hand: every reference with a digest is looked for.
  func check(_ members: PackageMembers) throws -> CheckResult {
    let manifest = try JSONValue.parse(try members.bytes(.rawEvidenceManifest))
    var wanted: [(path: String, digest: String)] = []
    var withoutPath = 0
    for row in manifest["references"]?.array ?? [] {
      guard let digest = row["sha256"]?.string else { continue }
      guard let uri = row["uri"]?.string, uri.hasPrefix("run:"),
        let path = Self.safe(String(uri.dropFirst(4)))
      else {
        withoutPath += 1
        continue
      }
      wanted.append((path, digest))
    }
    let states = concurrentMap(wanted) { item in state(of: item.path, digest: item.digest) }
    let changed = zip(wanted, states).filter { $0.1 == .changed }.map(\.0.path)
    let missing = zip(wanted, states).filter { $0.1 == .missing }.map(\.0.path)
    if let first = changed.first {
      return CheckResult(
        .raw, .fail, reason: EvidenceError.Code.digestMismatch.rawValue,
        detail: "\(changed.count) of \(wanted.count) raw files are not the ones that were audited",
        path: first, fault: .bytesChanged)
    }
    if let first = missing.first {
      return CheckResult(
        .raw, .fail, reason: "raw_file_missing",
        detail: "\(missing.count) of \(wanted.count) raw files are not in the folder", path: first,
        fault: .missing)
    }
    let rest = withoutPath > 0 ? "; \(withoutPath) have no path to look under" : ""
    return CheckResult(
      .raw, .pass, detail: "\(wanted.count) raw files hash to their references\(rest)")
  }

  private enum FileState { case same, changed, missing }

  private func state(of path: String, digest: String) -> FileState {
    guard let reader = try? files.openForReading(Path.join(folder, path)) else { return .missing }
    var hash = StreamingDigest()
    var chunk: [UInt8] = []
    do {
      while try reader.read(into: &chunk, upTo: 1 << 20) > 0 {
        hash.update(chunk)
        chunk.removeAll(keepingCapacity: true)
      }
    } catch {
      return .missing
    }
    return hash.text() == digest ? .same : .changed
  }

  /// A relative path without `..`, or nil: a reference never leads out of the folder.
  private static func safe(_ path: String) -> String? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isSafe = !path.isEmpty && !parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
    return isSafe ? path : nil
  }
}
